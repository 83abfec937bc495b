//! Laws ranked by how they forecast the held-out runs.

use super::Ask;
use super::law::LawChoice;

use super::size::each_once;
use super::table::{RunTable, is_default};
use crate::backtest::{Comparison, compare_watched};
use crate::error::Result;
use crate::fit::Diagnosis;
use crate::law::{self, Input, Law};
use crate::progress::Progress;
use crate::runs::Dataset;
use serde::Serialize;
use std::sync::Arc;

request!(
    /// Asks which law forecasts the larger runs of a table best from its smaller ones.
    pub struct CompareRequest of Dataset, CompareAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// Names of the laws; the default is every law of compute.
        #[serde(skip_serializing_if = "is_default")]
        [texts] laws: Vec<String>,
    }
);

/// Laws ranked by their errors.
#[derive(Debug, Clone)]
pub struct CompareAnswer {
    /// The runs.
    pub(crate) data: Dataset,
    /// The ranking.
    pub(crate) comparison: Comparison,
}

impl CompareAnswer {
    /// The ranking.
    #[must_use]
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }
}

impl CompareRequest {
    pub(super) fn chosen(&self) -> Result<Vec<Arc<dyn Law>>> {
        if self.laws.is_empty() {
            let all = law::all().iter().copied();
            let curves = all.filter(|law| law.inputs() == [Input::Compute]);
            return Ok(curves.map(|law| Arc::new(law) as Arc<dyn Law>).collect());
        }
        each_once(self.laws.iter().map(|name| name.trim()), |a, b| a == b)
            .into_iter()
            .map(|name| LawChoice::default().law(name).curve())
            .collect()
    }
}

impl Ask for CompareRequest {
    type Data = Dataset;
    type Answer = CompareAnswer;

    fn watched(&self, data: &Dataset, progress: &dyn Progress) -> Result<CompareAnswer> {
        let laws = self.chosen()?;
        let laws: Vec<&dyn Law> = laws.iter().map(|law| &**law).collect();
        let comparison = compare_watched(data, &laws, progress)?;
        Ok(CompareAnswer {
            data: data.clone(),
            comparison,
        })
    }
}

#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    comparison: &'a Comparison,
    #[serde(skip_serializing_if = "<[Diagnosis]>::is_empty")]
    findings: &'a [Diagnosis],
}

serialized!(CompareAnswer, |answer| Json {
    comparison: &answer.comparison,
    findings: &answer.data.findings,
});
