//! Scores a registered forecast by its outcome.

use super::register::base_name;
use super::table::is_default;
use crate::error::Result;
use crate::ledger::{Entry, Score, Time};
use serde::{Deserialize, Serialize};

request!(
    /// Asks for the score of an entry.
    ///
    /// ```
    /// use scalewise::{ask::{Actual, ScoreRequest}, ledger::Time};
    /// let after: Time = "2026-05-01T00:00:00Z".parse()?;
    /// let request = ScoreRequest::default().outcomes([Actual::new(1.83)]).trained_after(after);
    /// let written = serde_json::to_string(&request).unwrap();
    /// assert_eq!(written, r#"{"outcomes":[{"actual":1.83}],"trained_after":"2026-05-01T00:00:00Z"}"#);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct ScoreRequest {
        /// The outcomes.
        [list Actual] outcomes: Vec<Actual>,
        /// The time after which the training ended, if known.
        #[serde(skip_serializing_if = "is_default")]
        [into] trained_after: Option<Time>,
    }
);

/// The outcome of a prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actual {
    #[serde(default, skip_serializing_if = "is_default")]
    prediction: Option<String>,
    actual: f64,
}

impl Actual {
    /// The outcome of the only prediction of an entry.
    #[must_use]
    pub fn new(actual: f64) -> Actual {
        Actual {
            prediction: None,
            actual,
        }
    }

    /// The name of the prediction, if the entry has several.
    #[must_use]
    pub fn prediction(mut self, prediction: impl Into<String>) -> Actual {
        self.prediction = Some(prediction.into());
        self
    }
}

/// An entry and its scored outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreAnswer {
    pub(crate) entry: Entry,
    pub(crate) score: Score,
}

impl ScoreAnswer {
    /// The scored outcomes, in a sealed file of their own.
    #[must_use]
    pub fn score(&self) -> &Score {
        &self.score
    }
}

impl ScoreRequest {
    /// Scores an entry. `scored_at` is the present time, which the library cannot know.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for a name that the entry lacks or that is
    /// given twice, a value that is not positive, and times in an impossible order.
    pub fn of(&self, entry: &Entry, scored_at: Time) -> Result<ScoreAnswer> {
        let outcomes = self.outcomes.iter();
        let actuals: Vec<(Option<String>, f64)> = outcomes
            .map(|outcome| (outcome.prediction.clone(), outcome.actual))
            .collect();
        let file = base_name(entry.source());
        Ok(ScoreAnswer {
            score: Score::of(entry, file, &actuals, scored_at, self.trained_after)?,
            entry: entry.clone(),
        })
    }
}

serialized!(ScoreAnswer, |answer| answer.score.said);
