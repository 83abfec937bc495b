//! The contents of a law file.

use super::basin::Basin;
use super::objective::{Objective, Residuals, Weights};
use super::prior::Prior;
use super::result::{FitResult, ParameterEstimate};
use super::status::{Diagnosis, FitStatus};
use crate::error::{Error, ErrorKind};
use crate::runs::{CurveKind, Excluded, Run, Variable};
use serde::{Deserialize, Serialize};

/// Version of the law file's format; files of every version up to this one can be read.
pub(super) const LAW_FORMAT_VERSION: u32 = 1;

pub(super) const FORMAT: &str = "scalewise.law";

#[derive(Serialize, Deserialize)]
pub(super) struct LawFile {
    pub format: String,
    pub version: u32,
    pub law: String,
    pub formula: String,
    pub status: FitStatus,
    pub trustworthy: bool,
    pub diagnoses: Vec<Diagnosis>,
    pub parameters: Vec<ParameterEstimate>,
    pub vcov: Option<Vec<Vec<Option<f64>>>>,
    pub fit: FitEntry,
    pub data: DataEntry,
    pub units: Units,
    pub made_by: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct FitEntry {
    pub loss: String,
    pub residuals: Residuals,
    pub delta: Option<f64>,
    /// The share of runs below a curve that is a quantile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    pub weights: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_values: Option<Vec<f64>>,
    /// `[lower, upper]` of each parameter; null is infinite.
    pub bounds: Vec<(Option<f64>, Option<f64>)>,
    pub objective: f64,
    pub basins: Vec<Basin>,
    /// `[agreeing, tried]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<(usize, usize)>,
    /// Where the user had the search start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub start: Vec<(String, f64)>,
    /// What was known of the parameters beforehand; the objective counts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<Prior>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct DataEntry {
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_column: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_unit: Option<String>,
    #[serde(default, skip_serializing_if = "Variable::is_compute")]
    pub variable: Variable,
    #[serde(default, skip_serializing_if = "CurveKind::is_ladder")]
    pub curve: CurveKind,
    pub rows: usize,
    pub used: usize,
    pub excluded: Vec<Excluded>,
    /// Findings about the table, which cannot be derived from the runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Diagnosis>,
    pub range: Range,
    pub digest: String,
    pub runs: Vec<Run>,
}

#[derive(Serialize, Deserialize, PartialEq)]
pub(super) struct Range {
    pub compute: (f64, f64),
    pub loss: (f64, f64),
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct Units {
    pub compute: String,
    pub loss: String,
}

impl FitResult {
    /// The law file of a fit.
    pub(super) fn entry(&self) -> LawFile {
        let s = &self.settings;
        let finite = |v: f64| v.is_finite().then_some(v);
        let extent = |value: fn(&Run) -> f64| {
            self.fitted_runs()
                .map(value)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
                    (l.min(v), h.max(v))
                })
        };
        LawFile {
            format: FORMAT.to_owned(),
            version: LAW_FORMAT_VERSION,
            law: self.law.name().to_owned(),
            formula: self.formula(),
            status: self.status,
            trustworthy: self.trustworthy(),
            diagnoses: self.diagnoses.clone(),
            parameters: self.parameters.clone(),
            vcov: self.vcov.clone(),
            fit: FitEntry {
                loss: s.objective.name().to_owned(),
                residuals: s.residuals,
                delta: match s.objective {
                    Objective::Huber { delta } => finite(delta),
                    _ => None,
                },
                quantile: match s.objective {
                    Objective::Quantile { q } => Some(q),
                    _ => None,
                },
                weights: s.weights.name().to_owned(),
                weight_values: match &s.weights {
                    Weights::Relative(v) | Weights::Counts(v) => Some(v.clone()),
                    Weights::Equal | Weights::KnownSigma => None,
                },
                bounds: s
                    .lower
                    .iter()
                    .zip(&s.upper)
                    .map(|(l, u)| (finite(*l), finite(*u)))
                    .collect(),
                objective: self.objective(),
                basins: self.basins.clone(),
                starts: self.starts,
                start: self.start.clone(),
                prior: s.prior.as_ref().map(|p| p.prior.clone()),
            },
            data: DataEntry {
                source: self.data.source.clone(),
                loss_column: self.data.loss_column.clone(),
                loss_unit: self.data.loss_unit.clone(),
                variable: self.data.variable,
                curve: self.data.curve,
                rows: self.data.runs.len() + self.data.excluded.len(),
                used: self.fitted_runs().count(),
                excluded: self.data.excluded.clone(),
                findings: self.data.findings.clone(),
                range: Range {
                    compute: extent(|r| r.x),
                    loss: extent(|r| r.loss),
                },
                digest: self.data.digest(),
                runs: self.data.runs.clone(),
            },
            units: Units {
                compute: match self.data.variable {
                    Variable::Compute => "FLOP, or the unit of the compute column".to_owned(),
                    other => format!("{}, in place of compute", other.noun()),
                },
                loss: match &self.data.loss_unit {
                    Some(unit) => unit.clone(),
                    None => "the unit of the loss column".to_owned(),
                },
            },
            made_by: this_program(),
        }
    }
}

/// The program and its version, as law files name what made them.
pub(super) fn this_program() -> String {
    format!("scalewise {}", env!("CARGO_PKG_VERSION"))
}

/// The error for a file that no fit has written.
pub(super) fn altered(source: &str, what: impl std::fmt::Display) -> Error {
    bad(source, format!("{what}: the file is not as it was written"))
        .with_hint("fit the runs again and write a new law file")
}

/// The error for a file that is not a law file, or a newer one.
pub(super) fn bad(source: &str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Data, message).at(source, None, None)
}
