//! A capability in words and numbers.

use super::answer::{Among, Shown, code_and_words};
use super::capability_data::{PassLawRow, PassRateRow, capability_csv};
use super::capability_target::{pass_at_blocks, target_blocks, verdict_line};
use super::document::{Block, Document, Fact, Tone, fact};
use super::fit::{findings, source_name};
use super::rows::names;
use crate::ask::{CapabilityAnswer, CapabilityRequest, Trust, each_once, same_number, same_size};
use crate::capability::{Capability, Rule, TradeOff, Verdict};
use crate::fit::Severity;
use crate::interval::Method;
use crate::number::{compute, digits, with_uncertainty};
use crate::said::Said;
use crate::size::Size;

impl Shown for CapabilityAnswer {
    fn document(&self) -> Document {
        let fit = &self.fit;
        let mut blocks = vec![Block::Facts(facts(fit)), model_table(fit)];
        if !fit.trade_off.is_empty() {
            blocks.push(trade_off_table(&fit.trade_off));
        }
        blocks.push(law_table(self));
        for place in 0..self.targets.len() {
            blocks.extend(target_blocks(self, place));
        }
        blocks.extend(pass_at_blocks(self));
        blocks.extend(findings(&fit.overall.diagnoses));
        blocks.extend(bucket_findings(fit));
        Document::from(blocks).forced_if(self.request.force)
    }

    fn table(&self) -> String {
        capability_csv(self)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.refusal().map(code_and_words)
    }
}

impl Among for CapabilityAnswer {
    type Request = CapabilityRequest;
    const NAME: &'static str = "capability";

    fn columns(request: &CapabilityRequest) -> Vec<&'static str> {
        match request.at.is_empty() && request.pass_at.is_empty() {
            true => PassLawRow::COLUMNS.to_vec(),
            false => PassRateRow::COLUMNS.to_vec(),
        }
    }

    fn head(request: &CapabilityRequest) -> Vec<String> {
        let mut head = names(["models", "problems", "k"]);
        let targets = each_once(request.at.iter().copied(), same_size).into_iter();
        head.extend(targets.map(|size| format!("-mean ln p at {size}")));
        head.push("verdict".to_owned());
        head
    }

    fn line(&self) -> Vec<String> {
        let overall = &self.fit.overall;
        let k = overall.exponent().filter(|k| k.0.is_finite());
        let mut cells = vec![
            self.fit.models.len().to_string(),
            self.fit.problems.to_string(),
            k.map_or("none".to_owned(), |(k, se)| with_uncertainty(k, se)),
        ];
        // Every requested target has a column, even if two of them are equal for this series.
        let largest = overall.largest_fitted();
        let at = |size: &Size| {
            let wanted = size.beside(largest);
            let mut all = self.targets.iter().zip(&self.overall);
            all.find(|(target, _)| same_number(target, &wanted))
                .and_then(|(_, forecast)| forecast.as_ref().ok())
                .map_or("none".to_owned(), |f| {
                    digits(f.metric.point_of(Method::Calibrated), 4)
                })
        };
        cells.extend(self.request.at.iter().map(at));
        cells.push(overall.verdict().words().to_lowercase());
        cells
    }
}

/// The law in words.
pub(super) fn law_words(fit: &Capability) -> &'static str {
    match fit.rule {
        Some(_) => "-E[ln pass_rate(C)] = alpha*C^(-k)",
        None => "-ln(pass_rate(C)) = alpha*C^(-k)",
    }
}

fn facts(fit: &Capability) -> Vec<Fact> {
    let mut facts = vec![
        fact("Law", law_words(fit)),
        fact("Data", data_line(fit)),
        fact("Fit", fit_line(fit)),
    ];
    if fit.rule.is_some() {
        facts.push(fact("Problems", problem_line(fit)));
    }
    facts.push(("Verdict".to_owned(), verdict_line(&fit.overall), tone(fit)));
    facts
}

/// The tone of the verdict; a warning makes a good one plain.
pub(super) fn tone(fit: &Capability) -> Tone {
    let mut found = fit.overall.diagnoses.iter();
    match fit.verdict() {
        Verdict::Predictable if found.all(|d| d.severity == Severity::Note) => Tone::Good,
        Verdict::Predictable => Tone::Plain,
        _ => Tone::Bad,
    }
}

pub(super) fn data_line(fit: &Capability) -> String {
    let source = source_name(&fit.source);
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

fn model_table(fit: &Capability) -> Block {
    let rows = fit.models.iter().map(|m| {
        vec![
            m.model.clone(),
            compute(m.compute),
            m.solved.map_or(String::new(), |s| s.to_string()),
            format!("{:.4}", Said(m.mean_pass_rate)),
            m.metric.map_or("none".to_owned(), |v| digits(v, 4)),
            m.stderr.map_or("n/a".to_owned(), |s| digits(s, 2)),
            m.role.to_owned(),
        ]
    });
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
    Block::table(&head, &[0, 6], rows)
}

fn trade_off_table(steps: &[TradeOff]) -> Block {
    let rows = steps.iter().map(|s| {
        vec![
            s.without.clone().unwrap_or_else(|| "none".to_owned()),
            s.models.to_string(),
            s.problems.to_string(),
            if s.used { "used" } else { "" }.to_owned(),
        ]
    });
    Block::table(
        &["also leaving out", "models", "problems solved by all", ""],
        &[0, 3],
        rows,
    )
}

fn law_table(report: &CapabilityAnswer) -> Block {
    let rows = report.curves().into_iter().map(|(c, _)| {
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
    });
    Block::table(
        &["problems", "number", "k", "std. error", "alpha", "verdict"],
        &[0, 5],
        rows,
    )
}

/// Refusals and warnings of single buckets, one line per code.
fn bucket_findings(fit: &Capability) -> Option<Block> {
    if fit.buckets.len() < 2 {
        return None;
    }
    let rows: Vec<Vec<String>> = fit
        .buckets
        .iter()
        .flat_map(|b| {
            let bad = b.diagnoses.iter().filter(|d| d.severity > Severity::Note);
            bad.map(|d| vec![b.name.clone(), d.code.to_string(), d.message.clone()])
        })
        .collect();
    (!rows.is_empty()).then(|| Block::table(&["", "finding", ""], &[0, 1, 2], rows))
}
