//! A capability in words and numbers.

use super::capability_target::target_blocks;
use super::document::{Block, Document, Tone};
use super::fit::{fact, findings};
use crate::capability::{Capability, Curve, CurveForecast, Rule, TradeOff, Verdict};
use crate::fit::Severity;
use crate::number::{compute, digits, with_uncertainty};
use crate::said::Said;

/// A fit with what was asked of it.
#[derive(Debug, Clone)]
pub struct CapabilityReport<'a> {
    /// The fit.
    pub fit: &'a Capability,
    /// Targets.
    pub targets: Vec<f64>,
    /// Levels of the intervals.
    pub levels: Vec<f64>,
    /// Give numbers even where a finding forbids them.
    pub force: bool,
}

impl CapabilityReport<'_> {
    /// The forecasts of a curve; none where a finding forbids them.
    pub(super) fn forecasts(&self, curve: &Curve) -> Vec<CurveForecast> {
        self.targets
            .iter()
            .filter_map(|c| curve.forecast(*c, &self.levels, self.force).ok())
            .collect()
    }

    /// What every row of a machine-readable table says of a curve.
    pub(super) fn status(&self, curve: &Curve) -> String {
        match curve.refusal() {
            Some(d) if self.force => format!("forced: {}", d.code),
            Some(d) => format!("abstained: {}", d.code),
            None => "ok".to_owned(),
        }
    }
}

/// What `capability` prints.
#[must_use]
pub fn capability(report: &CapabilityReport<'_>) -> Document {
    let fit = report.fit;
    let mut blocks = vec![Block::Facts(facts(fit)), model_table(fit)];
    if !fit.trade_off.is_empty() {
        blocks.push(trade_off_table(&fit.trade_off));
    }
    blocks.push(law_table(fit));
    for &target in &report.targets {
        blocks.extend(target_blocks(report, target));
    }
    blocks.extend(findings(&fit.overall.diagnoses));
    blocks.extend(bucket_findings(fit));
    Document { blocks }
}

fn facts(fit: &Capability) -> Vec<(String, String, Tone)> {
    let law = match fit.rule {
        Some(_) => "-E[ln pass_rate(C)] = alpha*C^(-k)",
        None => "-ln(pass_rate(C)) = alpha*C^(-k)",
    };
    let mut facts = vec![
        fact("Law", law),
        fact("Data", data_line(fit)),
        fact("Fit", fit_line(fit)),
    ];
    if fit.rule.is_some() {
        facts.push(fact("Problems", problem_line(fit)));
    }
    let tone = match fit.verdict() {
        Verdict::Predictable => Tone::Good,
        Verdict::OnlyWhereSolved | Verdict::NotPredictable => Tone::Bad,
    };
    facts.push(("Verdict".to_owned(), verdict_line(&fit.overall), tone));
    facts
}

pub(super) fn verdict_line(curve: &Curve) -> String {
    let verdict = curve.verdict();
    let decisive = match verdict {
        Verdict::NotPredictable => Severity::Refuse,
        _ => Severity::Warn,
    };
    let because = curve.diagnoses.iter().find(|d| d.severity == decisive);
    because.map_or(verdict.words().to_owned(), |d| {
        format!("{}: {}: {}", verdict.words(), d.code, d.message)
    })
}

fn data_line(fit: &Capability) -> String {
    let source = match fit.source.as_str() {
        "" => "in memory",
        "-" => "standard input",
        name => name,
    };
    let count = |role: &str| fit.models.iter().filter(|m| m.role == role).count();
    let mut line = format!(
        "{source}: {} rows, {} models fitted",
        fit.rows,
        count("fit")
    );
    for (role, words) in [("actual", "kept as actual"), ("dropped", "dropped")] {
        if count(role) > 0 {
            line += &format!(", {} {words}", count(role));
        }
    }
    if !fit.excluded.is_empty() {
        line += &format!(
            ", {} rows excluded (line {}: {}{})",
            fit.excluded.len(),
            fit.excluded[0].line,
            fit.excluded[0].reason,
            if fit.excluded.len() > 1 { "; …" } else { "" }
        );
    }
    line
}

fn fit_line(fit: &Capability) -> String {
    let estimator = fit.estimator.map_or("", |e| e.name());
    match fit.rule {
        Some(Rule::Likelihood) => {
            let tau = fit.overall.problem_scatter.unwrap_or(0.0);
            format!(
                "likelihood of every count, difficulties integrated out (problems scatter by {:.0} % of -ln p, models by \
                 {:.1} % of the metric)",
                Said(100.0 * tau),
                Said(100.0 * fit.overall.model_scatter().unwrap_or(0.0))
            )
        }
        Some(Rule::SolvedByAll) => {
            format!("problems solved by all, {estimator} estimates, least squares on logarithms")
        }
        Some(Rule::Split) => format!(
            "problems solved by all in one half of the samples, {estimator} estimates from the other, generalised least \
             squares on logarithms"
        ),
        None => "rates of the whole benchmark, least squares on logarithms".to_owned(),
    }
}

fn problem_line(fit: &Capability) -> String {
    let used = fit.overall.problems.len();
    let fitted = fit.models.iter().filter(|m| m.role != "actual").count();
    let mut line = format!("{used} of {} used", fit.problems);
    if fit.hardest > 0 {
        line += &format!(", the hardest {} left out on request", fit.hardest);
    }
    let unsolved = fit.problems - used - fit.hardest;
    if unsolved > 0 {
        line += &format!(", {unsolved} left out because a fitted model never solved them");
    }
    line += &format!(
        "; {} of {} cells of the fitted models have no pass",
        fit.zero_cells,
        fitted * fit.problems
    );
    line
}

pub(super) fn table(head: &[&str], words: &[usize], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        head: head.iter().map(|h| (*h).to_owned()).collect(),
        text: (0..head.len()).map(|k| words.contains(&k)).collect(),
        rows,
    }
}

fn model_table(fit: &Capability) -> Block {
    let rows = fit
        .models
        .iter()
        .map(|m| {
            vec![
                m.model.clone(),
                compute(m.compute),
                m.solved.map_or(String::new(), |s| s.to_string()),
                format!("{:.4}", Said(m.mean_pass_rate)),
                m.metric.map_or("none".to_owned(), |v| digits(v, 4)),
                m.stderr.map_or("n/a".to_owned(), |s| digits(s, 2)),
                m.role.to_owned(),
            ]
        })
        .collect();
    let metric = if fit.rule.is_some() {
        "-mean ln p"
    } else {
        "-ln p"
    };
    let head = [
        "model",
        &fit.compute_name,
        "solved",
        "pass rate",
        metric,
        "std. error",
        "role",
    ];
    table(&head, &[0, 6], rows)
}

fn trade_off_table(steps: &[TradeOff]) -> Block {
    let rows = steps
        .iter()
        .map(|s| {
            vec![
                s.without.clone().unwrap_or_else(|| "none".to_owned()),
                s.models.to_string(),
                s.problems.to_string(),
                if s.used { "used" } else { "" }.to_owned(),
            ]
        })
        .collect();
    table(
        &["also leaving out", "models", "problems solved by all", ""],
        &[0, 3],
        rows,
    )
}

/// All problems, those that every fitted model solved, and the buckets unless there is only one.
pub(super) fn curves(fit: &Capability) -> Vec<&Curve> {
    let mut curves = vec![&fit.overall];
    curves.extend(&fit.solved_by_all);
    if fit.buckets.len() > 1 {
        curves.extend(&fit.buckets);
    }
    curves
}

fn law_table(fit: &Capability) -> Block {
    let rows = curves(fit)
        .into_iter()
        .map(|c| {
            let (k, stderr) = c.exponent().unwrap_or((f64::NAN, None));
            let (alpha, _) = c.alpha().unwrap_or((f64::NAN, None));
            let number = |v: f64, text: String| {
                if v.is_finite() {
                    text
                } else {
                    "none".to_owned()
                }
            };
            vec![
                c.name.clone(),
                match c.problems.len() {
                    0 => String::new(),
                    n => n.to_string(),
                },
                number(k, with_uncertainty(k, stderr)),
                stderr.map_or("n/a".to_owned(), |s| digits(s, 2)),
                number(alpha, digits(alpha, 4)),
                c.verdict().words().to_lowercase(),
            ]
        })
        .collect();
    table(
        &["problems", "number", "k", "std. error", "alpha", "verdict"],
        &[0, 5],
        rows,
    )
}

/// Refusals and warnings of single buckets, one line a code.
fn bucket_findings(fit: &Capability) -> Option<Block> {
    if fit.buckets.len() < 2 {
        return None;
    }
    let rows: Vec<Vec<String>> = fit
        .buckets
        .iter()
        .flat_map(|b| {
            let bad = b.diagnoses.iter().filter(|d| d.severity > Severity::Note);
            bad.map(|d| vec![b.name.clone(), d.code.clone(), d.message.clone()])
        })
        .collect();
    (!rows.is_empty()).then(|| table(&["", "finding", ""], &[0, 1, 2], rows))
}
