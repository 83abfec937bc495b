//! A law from a table of runs.

use super::CURVE;
use super::law::LawChoice;
use super::table::{RunTable, is_default};
use super::{Ask, LEVEL, Trust};
use crate::error::Result;
use crate::fit::FitResult;
use crate::progress::Progress;
use crate::runs::Dataset;

request!(
    /// Asks for the law of a table of runs.
    ///
    /// ```
    /// use scalewise::{Dataset, ask::FitRequest};
    /// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1)];
    /// let answer = FitRequest::default().of(&Dataset::from_runs(runs)?)?;
    /// assert!(answer.fit().value("b").unwrap() < 0.0);
    ///
    /// let csv = b"flops,loss\n1e18,3.1\n1e19,2.74\n1e20,2.46\n1e21,2.25\n1e22,2.1\n";
    /// let table = scalewise::tables::Source::bytes(csv, "runs.csv");
    /// assert_eq!(FitRequest::default().answer(&table)?.fit().value("b"), answer.fit().value("b"));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct FitRequest of Dataset, FitAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted; the default is a saturating power law.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Level of the intervals of the parameters.
        level: f64 = LEVEL,
    }
);

/// A fitted law.
#[derive(Debug, Clone)]
pub struct FitAnswer {
    /// The law with its runs.
    pub(crate) fit: FitResult,
}

/// How far a fit can be relied on.
pub(super) fn trust(fit: &FitResult) -> Trust {
    if fit.refusal().is_some() {
        Trust::Refused
    } else if fit.trustworthy() {
        Trust::Trustworthy
    } else {
        Trust::NotTrustworthy
    }
}

impl FitAnswer {
    /// The answer from a fit that a law file holds.
    #[doc(hidden)]
    #[must_use]
    pub fn of(fit: FitResult) -> FitAnswer {
        FitAnswer { fit }
    }

    /// The law with its runs.
    #[must_use]
    pub fn fit(&self) -> &FitResult {
        &self.fit
    }

    /// How far the fit can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        trust(&self.fit)
    }
}

// The law file.
serialized!(FitAnswer, |answer| answer.fit);

impl Ask for FitRequest {
    type Data = Dataset;
    type Answer = FitAnswer;

    fn watched(&self, data: &Dataset, _progress: &dyn Progress) -> Result<FitAnswer> {
        let fit = self.fit.fit_for(CURVE, data)?.level(self.level).run(data)?;
        Ok(FitAnswer { fit })
    }
}
