//! Back-tests in words and numbers.

use super::answer::{Among, Shown};
use super::check::of_findings;
use super::document::{Block, Document, fact};
use super::fit::{data_line, findings};
use super::rows::csv;
use crate::ask::{BacktestAnswer, BacktestRequest, Trust};
use crate::backtest::{Backtest, Chosen, Scores};
use crate::number::{compute, digits, percent};
use crate::runs::Variable;
use crate::said::Said;

impl Shown for BacktestAnswer {
    fn document(&self) -> Document {
        let (tested, law, variable) = (&self.tested, &self.law, self.data.variable);
        let formula = variable.written(law.formula());
        let facts = vec![
            fact("Law", format!("{formula}   ({})", law.name())),
            fact("Data", data_line(&self.data)),
            fact(
                "Test",
                format!(
                    "{}; {} prediction intervals at {}",
                    what_was_tested(&tested.chosen),
                    self.method.name(),
                    percent(tested.level)
                ),
            ),
        ];
        let mut blocks = vec![Block::Facts(facts), cut_table(tested, variable)];
        if tested.by_factor.len() > 1 {
            blocks.push(factor_table(tested));
        }
        blocks.extend(words(tested).into_iter().map(Block::Text));
        blocks.extend(findings(&self.data.findings));
        blocks.into()
    }

    fn table(&self) -> String {
        csv(&BacktestRow::COLUMNS, rows(&self.tested))
    }

    fn trust(&self) -> Trust {
        of_findings(&self.data.findings)
    }
}

impl Among for BacktestAnswer {
    type Request = BacktestRequest;
    const NAME: &'static str = "backtest";

    fn columns(_: &BacktestRequest) -> Vec<&'static str> {
        BacktestRow::COLUMNS.to_vec()
    }

    fn head(_: &BacktestRequest) -> Vec<String> {
        let head = [&["cuts", "forecasts"][..], &SCORES, &["to widen"]].concat();
        head.into_iter().map(str::to_owned).collect()
    }

    fn line(&self) -> Vec<String> {
        let tested = &self.tested;
        let mut cells = vec![
            tested.cuts.len().to_string(),
            tested.total.forecasts.to_string(),
        ];
        cells.extend(score_cells(&tested.total));
        let factor = tested.widening.factor;
        cells.push(factor.map_or("n/a".to_owned(), |factor| digits(factor, 3)));
        cells
    }

    fn scores(&self) -> Option<(usize, Scores)> {
        Some((self.tested.cuts.len(), self.tested.total))
    }
}

/// Which larger runs were forecast from which sets of smaller ones.
pub(super) fn what_was_tested(chosen: &Chosen) -> String {
    let Chosen {
        seen,
        of_seen,
        cuts,
        of_cuts,
        runs,
        of_runs,
    } = chosen;
    let mut said = "every run forecast from all smaller ones".to_owned();
    if seen < of_seen {
        said += &format!(", for {seen} of the {of_seen} runs, chosen over the whole range");
    }
    if cuts < of_cuts {
        said += &format!(", at {cuts} of {of_cuts} cuts, chosen evenly");
    }
    if runs < of_runs {
        said += &format!("; {runs} of the {of_runs} larger runs at these, chosen evenly");
    }
    said
}

pub(super) const SCORES: [&str; 5] = [
    "bias",
    "mean |error|",
    "coverage",
    "interval score",
    "no forecast",
];

/// Mean errors of ln L are shown as the corresponding percentage of the loss.
pub(super) fn score_cells(s: &Scores) -> [String; 5] {
    let show = |value: Option<f64>, text: &dyn Fn(f64) -> String| {
        value.map_or_else(|| "n/a".to_owned(), text)
    };
    [
        show(s.bias, &|v| format!("{:+.2} %", Said(percent_of(v)))),
        show(s.mae, &|v| format!("{:.2} %", Said(percent_of(v)))),
        show(s.coverage, &|v| {
            let hits = (v * s.forecasts as f64).round();
            format!("{hits} of {}", s.forecasts)
        }),
        show(s.interval_score, &|v| digits(v, 3)),
        s.abstained.to_string(),
    ]
}

fn cut_table(tested: &Backtest, variable: Variable) -> Block {
    let up_to = format!("up to {}", variable.noun());
    let factor = |low: f64, high: f64| format!("{}..{}", digits(low, 3), digits(high, 3));
    let cuts = tested.cuts.iter().map(|cut| {
        let row = [
            cut.runs.to_string(),
            compute(cut.largest),
            cut.held_out.to_string(),
            factor(cut.factor_min, cut.factor_max),
        ];
        scored(row, &cut.scores)
    });
    let factors = || tested.forecasts.iter().map(|f| f.factor);
    let total = [
        "all".to_owned(),
        String::new(),
        tested.forecasts.len().to_string(),
        factor(
            factors().fold(f64::INFINITY, f64::min),
            factors().fold(1.0, f64::max),
        ),
    ];
    let rows = cuts.chain([scored(total, &tested.total)]);
    table(&["runs used", &up_to, "held out", "factor"], rows)
}

fn factor_table(tested: &Backtest) -> Block {
    let rows = tested.by_factor.iter().map(|bin| {
        let range = match bin.to {
            Some(to) => format!("{} to {to}", bin.from),
            None => format!("{} and more", bin.from),
        };
        scored([range], &bin.scores)
    });
    table(&["factor"], rows)
}

/// Cells, followed by the scores.
fn scored<const N: usize>(cells: [String; N], scores: &Scores) -> Vec<String> {
    cells.into_iter().chain(score_cells(scores)).collect()
}

fn table(first: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Block {
    Block::table(&[first, &SCORES].concat(), &[], rows)
}

/// An error of ln L as a percentage of the loss. A forecast that is too low by a factor has the
/// same percentage as one that is too high by it, so that one error is as large as its bias.
fn percent_of(error: f64) -> f64 {
    100.0 * error.abs().exp_m1().copysign(error)
}

/// How many outcomes the intervals contained, and the mean error; `None` without a forecast.
pub(super) fn in_short(tested: &Backtest) -> Option<String> {
    let total = &tested.total;
    let (mae, coverage) = (total.mae?, total.coverage?);
    Some(format!(
        "in the back-test of these runs {} of {} outcomes lie inside the {} interval, and the \
         mean error is {:.2} %",
        (coverage * total.forecasts as f64).round(),
        total.forecasts,
        percent(tested.level),
        Said(percent_of(mae))
    ))
}

/// Explanations of the terms in the tables.
fn words(tested: &Backtest) -> Vec<String> {
    let total = &tested.total;
    let (Some(bias), Some(mae), Some(coverage)) = (total.bias, total.mae, total.coverage) else {
        return Vec::new();
    };
    let n = total.forecasts;
    let direction = if bias > 0.0 { "high" } else { "low" };
    let mut said = vec![
        format!(
            "In {n} forecast{} of runs that are known the error was {:.2} % on average, and the forecasts were too {direction} by {:.2} %.",
            if n == 1 { "" } else { "s" },
            Said(percent_of(mae)),
            Said(percent_of(bias).abs())
        ),
        format!(
            "Intervals at {} held {:.0} % of the runs, {} of {n}; a run that stays out costs 2/(1 - level) times its distance in the interval \
             score, smaller is better.",
            percent(tested.level),
            100.0 * coverage,
            (coverage * n as f64).round()
        ),
    ];
    if total.abstained > 0 {
        said.push(format!(
            "{} more were not given: at those cuts a diagnosis refuses, or there are too few runs; forcing scores refused ones too.",
            total.abstained
        ));
    }
    let widening = &tested.widening;
    said.push(match widening.factor {
        Some(factor) if factor > 1.0 && coverage >= tested.level => format!(
            "They held as often as they promise. So few forecasts vouch for {} of the next ones only with half-widths on ln L that are {} \
             times as large.",
            percent(tested.level),
            digits(factor, 3)
        ),
        Some(factor) if factor > 1.0 => format!(
            "They were too narrow for this curve: their half-widths on ln L would have had to be {} times as large.",
            digits(factor, 3)
        ),
        Some(_) => "They were wide enough for this curve: no widening is needed.".to_owned(),
        None if widening.forecasts < widening.needed => format!(
            "No widening is claimed: that takes {} forecasts at this level.",
            widening.needed
        ),
        None => "No widening is claimed: an interval of width zero missed its run.".to_owned(),
    });
    said.push(format!(
        "The same run is forecast from several cuts, so these forecasts are not independent; nothing was tested more than {} times beyond \
         the runs used.",
        digits(tested.farthest(), 3)
    ));
    said
}

table_row!(
    /// One row of a back-test's CSV: a cut, a range of factors, or the total.
    pub(super) struct BacktestRow {
        scope: &'static str,
        runs: Option<usize>,
        forecasts: usize,
        abstained: usize,
        factor_min: Option<f64>,
        factor_max: Option<f64>,
        bias: Option<f64>,
        mae: Option<f64>,
        rmse: Option<f64>,
        coverage: Option<f64>,
        interval_score: Option<f64>,
    }
);

fn rows(tested: &Backtest) -> impl Iterator<Item = BacktestRow> {
    let all = BacktestRow::new("all", None, &tested.total);
    let cuts = tested.cuts.iter().map(|cut| BacktestRow {
        factor_min: Some(cut.factor_min),
        factor_max: Some(cut.factor_max),
        ..BacktestRow::new("cut", Some(cut.runs), &cut.scores)
    });
    let factors = tested.by_factor.iter().map(|bin| BacktestRow {
        factor_min: Some(bin.from),
        factor_max: bin.to,
        ..BacktestRow::new("factor", None, &bin.scores)
    });
    cuts.chain(factors).chain([all])
}

impl BacktestRow {
    fn new(scope: &'static str, runs: Option<usize>, s: &Scores) -> BacktestRow {
        BacktestRow {
            scope,
            runs,
            forecasts: s.forecasts,
            abstained: s.abstained,
            factor_min: None,
            factor_max: None,
            bias: s.bias,
            mae: s.mae,
            rmse: s.rmse,
            coverage: s.coverage,
            interval_score: s.interval_score,
        }
    }
}
