//! The request for scores on a benchmark.

use super::model_size::ModelSize;
use super::size::each_once;
use super::table::{CountChoice, is_default};
use super::{LEVEL, LEVELS, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::runs::{CountTable, PassRates, Series};
use crate::scores::hidden::ScoreLaw;

request!(
    /// Asks for the scores of larger models (accuracies, exact matches or pass rates) on one task
    /// or on a suite of them.
    ///
    /// ```
    /// use scalewise::ask::ScoresRequest;
    /// use scalewise::tables::Source;
    /// let mut csv = "model,params,tokens,accuracy\n".to_owned();
    /// for (n, d) in [(1e8, 2e9), (1e8, 8e9), (3e8, 6e9), (3e8, 2e10), (1e9, 2e10), (1e9, 8e10)] {
    ///     let left = (-(40.0 * f64::powf(n, -0.25) + 90.0 * f64::powf(d, -0.25))).exp();
    ///     csv += &format!("{n:e},{n:e},{d:e},{}\n", 0.25 + 0.75 * left);
    /// }
    /// let request = ScoresRequest::default().chance(0.25).at(["7e9:1e12".parse()?]);
    /// let answer = request.answer(&Source::bytes(csv.as_bytes(), "scores.csv"))?;
    /// let point = answer.point("", 0).unwrap();
    /// assert!(point > 0.65 && point < 0.9);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct ScoresRequest {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: CountChoice,
        /// The column that names the tasks of a suite.
        #[serde(skip_serializing_if = "is_default")]
        [text] by: Option<String>,
        /// The chance level, if the table does not give it or gives a wrong one.
        #[serde(skip_serializing_if = "is_default")]
        [into] chance: Option<f64>,
        /// The laws to use; the default is all that the table allows.
        #[serde(skip_serializing_if = "is_default")]
        [list ScoreLaw] laws: Vec<ScoreLaw>,
        /// Models to forecast; the default is the held-out models.
        [list ModelSize] at: Vec<ModelSize>,
        /// Levels of the intervals.
        [list f64] levels: Vec<f64> = LEVELS.to_vec(),
        /// Give numbers even if a finding forbids them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

/// The scores of every task.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// One series per task; a single one without a name if there is no suite.
    pub(crate) tasks: Vec<Series<PassRates>>,
}

impl Suite {
    /// The suite in a table, unless the table holds counts of problems.
    #[doc(hidden)]
    pub fn of(series: Vec<Series<CountTable>>) -> Result<Suite> {
        let rates = |one: Series<CountTable>| Series {
            data: one.data.and_then(|table| match table {
                CountTable::Rates(rates) => Ok(rates),
                CountTable::Counts(_) => Err(usage(
                    "the table has passes for every problem, and not a score for every model",
                )),
            }),
            key: one.key,
        };
        let tasks: Vec<Series<PassRates>> = series.into_iter().map(rates).collect();
        match tasks.as_slice() {
            [] => Err(Error::new(ErrorKind::Data, "the table has no rows")),
            [only] if only.data.is_err() => Err(tasks.into_iter().find_map(|t| t.data.err()))
                .map_err(|e| e.unwrap_or_else(|| usage("the table has no rows"))),
            _ => Ok(Suite { tasks }),
        }
    }
}

impl ScoresRequest {
    /// The level of the intervals that tables and charts show.
    pub(super) fn main(&self) -> f64 {
        match self.levels.contains(&LEVEL) {
            true => LEVEL,
            false => self.levels.iter().copied().fold(0.0, f64::max),
        }
    }

    pub(super) fn chosen(&self) -> Vec<ScoreLaw> {
        match self.laws.is_empty() {
            true => ScoreLaw::ALL.to_vec(),
            false => each_once(self.laws.iter().copied(), ScoreLaw::eq),
        }
    }

    /// This request with every default written out.
    pub(super) fn settled(self) -> ScoresRequest {
        ScoresRequest {
            laws: self.chosen(),
            ..self
        }
    }
}
