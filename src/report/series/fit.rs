//! Laws of many series.

use super::{OfSeries, csv_of, table_of};
use crate::fit::{Estimate, FitResult, Severity};
use crate::law::Law;
use crate::number::with_uncertainty;
use crate::report::document::Document;
use crate::report::fit::{noise_size, parameter_rows};

/// What a table of many laws says of one.
#[derive(Debug, Clone, PartialEq)]
pub struct OfFit {
    runs: usize,
    parameters: Vec<Estimate>,
    noise: String,
    findings: String,
}

impl OfFit {
    /// Of a fit, which need not be kept.
    #[must_use]
    pub fn new(fit: &FitResult) -> OfFit {
        let against = fit
            .diagnoses()
            .iter()
            .filter(|d| d.severity > Severity::Note);
        let mut codes: Vec<&str> = against.map(|d| d.code.as_str()).collect();
        if codes.is_empty() && !fit.trustworthy() {
            codes.push(fit.status().name());
        }
        OfFit {
            runs: fit.fitted_runs().count(),
            parameters: fit.parameters().to_vec(),
            noise: fit
                .residual_sd()
                .map_or(String::new(), |(sd, _)| noise_size(fit, sd)),
            findings: codes.join(" "),
        }
    }
}

/// Columns between `series` and `status`: those of one law's parameters, the runs fitted and the codes of what was found
/// against it.
const COLUMNS: [&str; 10] = [
    "name", "value", "stderr", "level", "kind", "method", "lower", "upper", "runs", "findings",
];

/// One row a parameter and interval of every series, at full precision.
#[must_use]
pub fn fits_csv(all: &[OfSeries<OfFit>]) -> String {
    csv_of(&COLUMNS, all, |of| {
        parameter_rows(&of.parameters)
            .into_iter()
            .map(|row| (row, of.runs, of.findings.as_str()))
            .collect()
    })
}

/// One row a series.
#[must_use]
pub fn fits_table(source: &str, law: &dyn Law, all: &[OfSeries<OfFit>]) -> Document {
    let mut head = vec!["runs".to_owned()];
    head.extend(law.parameters().iter().map(|p| p.name.to_owned()));
    head.extend(["noise".to_owned(), "found against it".to_owned()]);
    table_of(source, &head, all, |of| {
        let mut cells = vec![of.runs.to_string()];
        cells.extend(
            of.parameters
                .iter()
                .map(|p| with_uncertainty(p.value, p.stderr)),
        );
        // All of them would make a line too long to read; the CSV has them.
        let (first, rest) = of.findings.split_once(' ').unwrap_or((&of.findings, ""));
        let more = rest.split_whitespace().count();
        let found = match more {
            0 => first.to_owned(),
            more => format!("{first} and {more} more"),
        };
        cells.extend([of.noise.clone(), found]);
        cells
    })
}
