//! Capabilities of many series.

use super::{OfSeries, csv_of, table_of};
use crate::capability::Verdict;
use crate::interval::Method;
use crate::number::{digits, with_uncertainty};
use crate::report::capability_data::{FORECAST, LAW, Line, lines};
use crate::report::capability_report::CapabilityReport;
use crate::report::document::Document;

/// What a table of many capabilities says of one.
#[derive(Debug, Clone, PartialEq)]
pub struct OfCounts {
    lines: Vec<Line>,
    models: usize,
    problems: usize,
    k: Option<(f64, Option<f64>)>,
    /// −E[ln pass_rate] at each target, calibrated where that is given.
    metric: Vec<Option<f64>>,
    verdict: Verdict,
}

impl OfCounts {
    /// Of a fit with its targets, which need not be kept.
    #[must_use]
    pub fn new(report: &CapabilityReport<'_>) -> OfCounts {
        let overall = &report.fit.overall;
        let at = |target: &f64| overall.forecast(*target, &report.levels, report.force);
        OfCounts {
            lines: lines(report),
            models: report.fit.models.len(),
            problems: report.fit.problems,
            k: overall.exponent(),
            metric: report
                .targets
                .iter()
                .map(|t| Some(at(t).ok()?.metric.point_of(Method::Calibrated)))
                .collect(),
            verdict: overall.verdict(),
        }
    }
}

/// The lines of every series, at full precision.
#[must_use]
pub fn capabilities_csv(all: &[OfSeries<OfCounts>], with_targets: bool) -> String {
    let columns: &[&str] = if with_targets { &FORECAST } else { &LAW };
    csv_of(columns, all, |of| of.lines.iter().collect())
}

/// One row a series; `targets` as they were asked for.
#[must_use]
pub fn capabilities_table(
    source: &str,
    targets: &[String],
    all: &[OfSeries<OfCounts>],
) -> Document {
    let mut head: Vec<String> = ["models", "problems", "k"].map(str::to_owned).to_vec();
    head.extend(targets.iter().map(|t| format!("-mean ln p at {t}")));
    head.push("verdict".to_owned());
    table_of(source, &head, all, |of| {
        let k = of.k.filter(|k| k.0.is_finite());
        let mut cells = vec![
            of.models.to_string(),
            of.problems.to_string(),
            k.map_or("none".to_owned(), |(k, se)| with_uncertainty(k, se)),
        ];
        let shown = |v: &Option<f64>| v.map_or("none".to_owned(), |v| digits(v, 4));
        cells.extend(of.metric.iter().map(shown));
        cells.push(of.verdict.words().to_lowercase());
        cells
    })
}
