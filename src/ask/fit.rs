//! A law from a table of runs.

use super::law::{CURVE, LawChoice};
use super::table::{RunTable, is_default};
use super::{Ask, LEVEL, Trust, runs_by};
use crate::error::Result;
use crate::fit::FitResult;
use crate::progress::Progress;
use crate::runs::Dataset;
use crate::tables::{Series, Source};
use serde::{Deserialize, Serialize, Serializer};

/// Asks for the law of a table of runs.
///
/// ```
/// use scalewise::{ask::{Ask, FitRequest}, tables::Source};
/// let csv = b"flops,loss\n1e18,3.1\n1e19,2.74\n1e20,2.46\n1e21,2.25\n1e22,2.1\n";
/// let answer = FitRequest::default().answer(&Source::bytes(csv, "runs.csv"))?;
/// assert!(answer.fit.value("b").unwrap() < 0.0);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FitRequest {
    /// How the table is read.
    #[serde(skip_serializing_if = "is_default")]
    pub table: RunTable,
    /// The law and how it is fitted; a saturating power law where none is named.
    #[serde(skip_serializing_if = "is_default")]
    pub fit: LawChoice,
    /// Level of the intervals of the parameters.
    pub level: f64,
}

impl Default for FitRequest {
    fn default() -> FitRequest {
        FitRequest {
            table: RunTable::default(),
            fit: LawChoice::default(),
            level: LEVEL,
        }
    }
}

/// A fitted law.
#[derive(Debug, Clone)]
pub struct FitAnswer {
    /// The law with its runs.
    pub fit: FitResult,
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
    /// How far the fit can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        trust(&self.fit)
    }
}

/// The law file.
impl Serialize for FitAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.fit.document().serialize(serializer)
    }
}

impl Ask for FitRequest {
    type Data = Dataset;
    type Answer = FitAnswer;

    fn read(&self, table: &Source<'_>) -> Result<Dataset> {
        Dataset::from_source(table, &self.table.options(Some(self.fit.law(CURVE)?))?)
    }

    fn read_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Dataset>>> {
        runs_by(table, by, self.table.options(Some(self.fit.law(CURVE)?))?)
    }

    fn of(&self, data: Dataset, _progress: &dyn Progress) -> Result<FitAnswer> {
        let fit = self.fit.fit(CURVE)?.level(self.level).run(&data)?;
        Ok(FitAnswer { fit })
    }
}
