//! The outcome of an entry and the error of its predictions: file format version 1.

use super::prediction::SCORE;
use super::seal;
use super::{Claim, Entry, Prediction, Time};
use crate::fit::central_quantile;
use crate::text::{list, quoted};
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// Version of the score's format; files up to this version can be read.
pub const SCORE_FORMAT_VERSION: u32 = 1;

pub(super) const FORMAT: &str = "scalewise.score";

/// Whether the outcome came after the registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Advance {
    /// The training that gave the outcome is stated to have ended after the registration.
    Yes,
    /// It is stated to have ended before.
    No,
    /// Nothing is stated.
    NotStated,
}

/// An interval, and whether it contained the outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The interval.
    #[serde(flatten)]
    pub claim: Claim,
    /// Whether the actual value lies inside, ends included.
    pub inside: bool,
    /// Interval score on the logarithm (Gneiting & Raftery 2007, eq. 43); smaller is better. An end
    /// further than a factor of 50 from the point counts as that far.
    pub interval_score: f64,
}

read_only!(
    /// One prediction and its outcome. Every quantity is positive, and errors are differences of
    /// logarithms: 0.01 is one percent.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Scored {
        /// The prediction's name.
        [&str] id: String,
        /// The predicted value.
        [copy] point: f64,
        /// The outcome.
        [copy] actual: f64,
        /// ln(point) − ln(actual): positive if the forecast was too high.
        [copy] error: f64,
        /// The same error for the fitted law's value, if it differs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        law_error: Option<f64>,
        /// The error in standard deviations implied by the interval to quote: its half-width on the
        /// side of the actual value is the normal quantile of its level. Absent without an
        /// interval.
        [copy] z: Option<f64>,
        /// Every interval.
        intervals: Vec<Judged>,
    }
);

/// The entry that a score is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    file: String,
    digest: String,
}

/// The outcome of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// When it was scored.
    pub scored_at: Time,
    /// Program and version.
    pub made_by: String,
    /// The training of the run that gave the outcome ended after this time.
    pub trained_after: Option<Time>,
    /// Whether that time is after the registration.
    pub in_advance: Advance,
    entry: About,
    /// One score per prediction with a known outcome.
    pub scores: Vec<Scored>,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    scores: &'a Scores,
}

/// A sealed outcome; the bytes of its entry do not change.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    pub(crate) said: Scores,
    text: String,
}

impl Scored {
    /// Scores a prediction against its outcome (> 0, finite).
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an outcome that is not positive and finite, or above 1 for a score;
    /// [`ErrorKind::Data`] for a predicted value without a logarithm.
    #[doc(hidden)]
    pub fn of(prediction: &Prediction, actual: f64) -> Result<Scored> {
        if !(actual > 0.0 && actual.is_finite()) {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the outcome of {} is {actual}, and is scored on its logarithm",
                    prediction.id
                ),
            ));
        }
        if prediction.quantity == SCORE && actual > 1.0 {
            let message = format!(
                "the outcome of {} is {actual}, and a score is a fraction from 0 to 1",
                prediction.id
            );
            return Err(Error::new(ErrorKind::Usage, message)
                .with_hint("write 0.516 for a score of 51.6 per cent"));
        }
        if !(prediction.point > 0.0 && prediction.point.is_finite()) {
            let message = format!(
                "{} predicts {}, which no score is defined for",
                prediction.id, prediction.point
            );
            return Err(Error::new(ErrorKind::Data, message));
        }
        let y = actual.ln();
        let error = prediction.point.ln() - y;
        let judged = |claim: &Claim| {
            let band = claim.band(prediction.point);
            Judged {
                claim: claim.clone(),
                inside: band.covers(y),
                interval_score: band.interval_score(y, claim.level),
            }
        };
        Ok(Scored {
            id: prediction.id.clone(),
            point: prediction.point,
            actual,
            error,
            law_error: prediction.law_point.map(|point| point.ln() - y),
            z: prediction
                .quoted()
                .and_then(|claim| z(claim, prediction.point, error)),
            intervals: prediction.intervals.iter().map(judged).collect(),
        })
    }
}

fn z(claim: &Claim, point: f64, error: f64) -> Option<f64> {
    let end = if error > 0.0 {
        claim.lower
    } else {
        claim.upper
    };
    let half = (end?.ln() - point.ln()).abs();
    let z = error / half * central_quantile(claim.level, None);
    z.is_finite().then_some(z)
}

impl Score {
    /// Scores an entry against its outcomes: values with the names of their predictions. The name
    /// may be omitted if there is only one prediction. `file` is the file of the entry.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a name that is not in the entry or is given twice, an outcome that
    /// `Scored::of` refuses, no outcome, or times in an impossible order.
    #[doc(hidden)]
    pub fn of(
        entry: &Entry,
        file: &str,
        actuals: &[(Option<String>, f64)],
        scored_at: Time,
        trained_after: Option<Time>,
    ) -> Result<Score> {
        let usage = |message: String| Error::new(ErrorKind::Usage, message);
        let registered_at = entry.registration().registered_at;
        if scored_at < registered_at {
            return Err(usage(format!(
                "scored at {scored_at}, before it was registered at {registered_at}"
            )));
        }
        if let Some(time) = trained_after.filter(|t| *t > scored_at) {
            return Err(usage(format!(
                "trained after {time}, which is later than the score, at {scored_at}"
            )));
        }
        let mut scores: Vec<Scored> = Vec::new();
        for (name, actual) in actuals {
            let scored = Scored::of(found(entry, name.as_deref())?, *actual)?;
            if scores.iter().any(|s| s.id == scored.id) {
                return Err(usage(format!("two outcomes are given for {}", scored.id)));
            }
            scores.push(scored);
        }
        if scores.is_empty() {
            return Err(usage("no outcome is given".to_owned()));
        }
        Scores {
            scored_at,
            made_by: made_by(),
            trained_after,
            in_advance: match trained_after {
                Some(time) if time >= registered_at => Advance::Yes,
                Some(_) => Advance::No,
                None => Advance::NotStated,
            },
            entry: About {
                file: file.to_owned(),
                digest: entry.digest().to_owned(),
            },
            scores,
        }
        .seal()
    }

    /// Reads the bytes of a score; `source` names it in errors.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] if a byte differs from what was written, or if it is not a score of a
    /// known version.
    pub fn read(bytes: &[u8], source: &str) -> Result<Score> {
        let (said, _, _) = seal::read(bytes, source, (FORMAT, SCORE_FORMAT_VERSION, "a score"))?;
        Ok(Score {
            said,
            text: String::from_utf8_lossy(bytes).into_owned(),
        })
    }

    /// The whole file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the outcome came after the registration.
    #[must_use]
    pub fn in_advance(&self) -> Advance {
        self.said.in_advance
    }

    /// One score per prediction with a known outcome.
    #[must_use]
    pub fn scores(&self) -> &[Scored] {
        &self.said.scores
    }

    /// Digest of the entry it is about.
    #[doc(hidden)]
    #[must_use]
    pub fn entry_digest(&self) -> &str {
        &self.said.entry.digest
    }
}

impl Scores {
    fn seal(self) -> Result<Score> {
        let (text, _) = seal::sealed(&Written {
            format: FORMAT,
            version: SCORE_FORMAT_VERSION,
            scores: &self,
        })?;
        Ok(Score { said: self, text })
    }
}

/// Program and version, as written in files.
pub(crate) fn made_by() -> String {
    format!("scalewise {}", env!("CARGO_PKG_VERSION"))
}

/// The prediction with this name: its whole name, or the part before `@` if that is unique.
fn found<'a>(entry: &'a Entry, name: Option<&str>) -> Result<&'a Prediction> {
    let all = &entry.registration().predictions;
    let mut fitting = all.iter().filter(|p| match name {
        None => true,
        Some(name) => p.id == name || p.id.split('@').next() == Some(name),
    });
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        (first, _) => {
            let what = match (name, first) {
                (None, _) => "it is not said which prediction came true".to_owned(),
                (Some(name), None) => format!("there is no prediction {}", quoted(name)),
                (Some(name), Some(_)) => format!("several predictions are called {}", quoted(name)),
            };
            let names = list(all.iter().map(|p| p.id.as_str()));
            Err(Error::new(ErrorKind::Usage, what)
                .with_hint(format!("say NAME=VALUE; the predictions are {names}")))
        }
    }
}
