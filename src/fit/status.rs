//! The verdict: [`FitStatus`] and named [`Diagnosis`] entries.

use crate::remedy::{Remedy, hint_in_words};
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// Our verdict on a fit, not the optimiser's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FitStatus {
    /// A minimum inside the bounds.
    Converged,
    /// A parameter lies on a bound.
    AtBound,
    /// The data determine the parameters so badly that rounding decides them.
    IllConditioned,
    /// Another basin explains the data about as well, or the best one was reached by chance.
    StartsDisagree,
    /// No minimum was reached.
    NotConverged,
}

impl FitStatus {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FitStatus::Converged => "converged",
            FitStatus::AtBound => "at-bound",
            FitStatus::IllConditioned => "ill-conditioned",
            FitStatus::StartsDisagree => "starts-disagree",
            FitStatus::NotConverged => "not-converged",
        }
    }
}

/// What a diagnosis means for the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The forecast is given; do not trust it without reading this.
    Warn,
    /// No forecast is given.
    Refuse,
}

impl Severity {
    /// Its name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warn => "warn",
            Severity::Refuse => "refuse",
        }
    }
}

/// A named finding about a fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// One of the constants in [`code`].
    pub code: String,
    /// What it means for the forecast.
    pub severity: Severity,
    /// What was found, with its numbers.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The settings that the hint is about.
    #[serde(skip_serializing_if = "Vec::is_empty", skip_deserializing)]
    pub remedies: Vec<Remedy>,
}

impl Diagnosis {
    pub(crate) fn new(
        code: &str,
        severity: Severity,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Diagnosis {
        Diagnosis {
            code: code.to_owned(),
            severity,
            message: message.into(),
            hint: hint.into(),
            remedies: Vec::new(),
        }
    }

    /// The finding as an error, for callers that need a number.
    pub(crate) fn to_error(&self) -> Error {
        let message = format!("{}: {}", self.code, self.message);
        let error = Error::new(ErrorKind::NoFit, message).with_hint(&self.hint);
        self.remedies
            .iter()
            .cloned()
            .fold(error, Error::with_remedy)
    }

    /// Adds a setting that helps.
    pub(crate) fn with_remedy(mut self, remedy: impl Into<Remedy>) -> Diagnosis {
        self.remedies.push(remedy.into());
        self
    }

    /// The hint in the words of a face, as in [`Error::in_words`](crate::Error::in_words).
    #[must_use]
    pub fn hint_in_words(&self, word: impl Fn(&Remedy) -> String) -> String {
        hint_in_words(&self.hint, &self.remedies, word)
    }
}

/// The codes of diagnoses; they are never renamed.
pub mod code {
    /// The data do not tell c from 0.
    pub const FLOOR_NOT_IDENTIFIED: &str = "floor-not-identified";
    /// n − p < 3: the noise cannot be estimated.
    pub const TOO_FEW_RUNS: &str = "too-few-runs";
    /// Leaving one run out moves the forecast further than the noise explains.
    pub const ONE_RUN_DECIDES: &str = "one-run-decides";
    /// Neighbouring residuals resemble each other: the form does not fit.
    pub const STRUCTURED_RESIDUALS: &str = "structured-residuals";
    /// ln N and ln D of the runs are collinear: their terms cannot be told apart.
    pub const COLLINEAR_N_D: &str = "collinear-n-d";
    /// The data do not tell a term of the surface from none.
    pub const TERM_NOT_IDENTIFIED: &str = "term-not-identified";
    /// An exponent has a standard error of its own size.
    pub const EXPONENT_FLAT: &str = "exponent-flat";
    /// The threshold of Huber's loss was taken from the residuals.
    pub const DELTA_FROM_DATA: &str = "delta-from-data";
    /// The exponent lies on a bound.
    pub const EXPONENT_AT_BOUND: &str = "exponent-at-bound";
    /// Units look mixed up.
    pub const UNITS_SUSPECT: &str = "units-suspect";
    /// The loss rises again where a law would fall.
    pub const NON_MONOTONE: &str = "non-monotone";
    /// The loss drops faster and faster.
    pub const BREAK: &str = "break";
    /// The loss stopped falling more abruptly than the law does.
    pub const PLATEAU: &str = "plateau";
    /// The smallest runs lie on a plateau before the power law.
    pub const CONCAVE_ONSET: &str = "concave-onset";
    /// The loss does not fall with compute, or a score does.
    pub const INVERSE_SCALING: &str = "inverse-scaling";
    /// A second basin explains the data about as well.
    pub const SECOND_BASIN: &str = "second-basin";
    /// Other laws have the same value of a robust objective.
    pub const MINIMUM_NOT_UNIQUE: &str = "minimum-not-unique";
    /// Residuals are larger than the given σ allows.
    pub const SIGMA_TOO_SMALL: &str = "sigma-too-small";
    /// No minimum was reached.
    pub const NOT_CONVERGED: &str = "not-converged";
    /// Rounding decides the parameters.
    pub const ILL_CONDITIONED: &str = "ill-conditioned";
    /// A parameter lies on a bound that the user gave.
    pub const AT_BOUND: &str = "at-bound";
    /// The envelope's linear programs have no solution: no mixture of power laws passes through the runs.
    pub const ENVELOPE_INFEASIBLE: &str = "envelope-infeasible";
    /// The envelope has no limit at the target.
    pub const ENVELOPE_UNBOUNDED: &str = "envelope-unbounded";
    /// The target lies far below the smallest run.
    pub const TARGET_BELOW_RUNS: &str = "target-below-runs";
    /// The target lies farther beyond the largest run than any forecast that was checked.
    pub const TARGET_FAR_BEYOND: &str = "target-far-beyond";
    /// The envelope's noise bands had to be widened before a mixture of power laws passed through.
    pub const ENVELOPE_WIDENED: &str = "envelope-widened";
    /// Quadrature and the envelope, which the calibrated interval is made of, contradict each other.
    pub const METHODS_DISAGREE: &str = "methods-disagree";
    /// The runs' own back-test widened the calibrated interval.
    pub const WIDENED_BY_BACKTEST: &str = "widened-by-backtest";
    /// The method speaks of a new run, not of the curve.
    pub const PREDICTION_ONLY: &str = "prediction-only";
    /// The profile interval is defined for least squares on relative or absolute residuals.
    pub const PROFILE_UNDEFINED: &str = "profile-undefined";
    /// The method's widths were measured at other levels only.
    pub const LEVEL_NOT_MEASURED: &str = "level-not-measured";
    /// So few refits lie beyond the ends of a bootstrap interval that these are the outermost refits.
    pub const TOO_FEW_REFITS: &str = "too-few-refits";
    /// A bootstrap was asked for where it is not defined.
    pub const BOOTSTRAP_UNDEFINED: &str = "bootstrap-undefined";
}
