//! What came true of a registered forecast.

use super::table::is_default;
use crate::error::Result;
use crate::ledger::{Entry, Score, Scores, Time};
use serde::{Deserialize, Serialize, Serializer};

/// Asks for the score of an entry.
///
/// ```
/// use scalewise::ask::{Outcome, ScoreRequest};
/// let request = ScoreRequest {
///     outcomes: vec![Outcome { prediction: None, actual: 1.83 }],
///     trained_after: Some("2026-05-01T00:00:00Z".parse()?),
/// };
/// let written = serde_json::to_string(&request).unwrap();
/// assert_eq!(written, r#"{"outcomes":[{"actual":1.83}],"trained_after":"2026-05-01T00:00:00Z"}"#);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreRequest {
    /// What came true.
    pub outcomes: Vec<Outcome>,
    /// The training that gave the outcomes ended after this time, where that is known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trained_after: Option<Time>,
}

/// What came true of a prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The name of the prediction, which can be left out where the entry has one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prediction: Option<String>,
    /// Its value.
    pub actual: f64,
}

/// An entry and what came true of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreAnswer {
    /// The entry.
    pub entry: Entry,
    /// What came true of it, in a sealed file of its own.
    pub score: Score,
}

impl ScoreRequest {
    /// Scores an entry; `name` says where it lies, and `scored_at` when, which no library can know.
    ///
    /// # Errors
    /// As [`Score::of`].
    pub fn answer(&self, entry: &Entry, name: &str, scored_at: Time) -> Result<ScoreAnswer> {
        let outcomes = self.outcomes.iter();
        let actuals: Vec<(Option<String>, f64)> = outcomes
            .map(|outcome| (outcome.prediction.clone(), outcome.actual))
            .collect();
        Ok(ScoreAnswer {
            score: Score::of(entry, name, &actuals, scored_at, self.trained_after)?,
            entry: entry.clone(),
        })
    }
}

impl Serialize for ScoreAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let scores: &Scores = &self.score;
        scores.serialize(serializer)
    }
}
