//! Forecasts published by others, kept beside those of this program.

use super::predicted::value;
use super::register::Stamp;
use super::usage;
use crate::error::Result;
use crate::ledger::{DataUsed, Entry, Prediction, Registration, Subject, made_by};
use crate::runs::Rows;
use crate::said::Said;
use serde_json::json;

/// Longest text that says who, where or when.
const LONGEST: usize = 500;

request!(
    /// A forecast that others published: a point, its source and its date. It has no interval and
    /// cannot be derived again.
    ///
    /// ```
    /// use scalewise::ask::{ExternalForecast, Stamp};
    /// let forecast = ExternalForecast::default()
    ///     .who("a laboratory")
    ///     .source("its report, table 2")
    ///     .published("2026-04")
    ///     .compute(1e23)
    ///     .point(2.25);
    /// let stamp = Stamp::new("2026-11-29T12:00:00Z".parse()?, "a laptop");
    /// let entry = forecast.entry(&stamp)?;
    /// assert_eq!(entry.predictions()[0].id(), "loss@1e23");
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct ExternalForecast {
        /// Who made it.
        [into] who: String,
        /// The publication.
        [into] source: String,
        /// When it was published, as far as that is known.
        [into] published: String,
        /// What the forecast is based on, and other remarks.
        [into] note: String,
        /// The compute of the run, in FLOP.
        compute: f64,
        /// The loss that was predicted.
        point: f64,
    }
);

impl ExternalForecast {
    /// Registers it as an entry.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when who, where or when is missing, or a
    /// number is not positive and finite.
    pub fn entry(&self, stamp: &Stamp) -> Result<Entry> {
        let texts = [
            ("who", &self.who),
            ("source", &self.source),
            ("published", &self.published),
        ];
        for (name, text) in texts {
            if text.trim().is_empty() {
                let message = format!("{name} of a published forecast is missing");
                return Err(usage(message).with_hint("say who published it, where and when"));
            }
        }
        let longest = texts.iter().map(|(_, text)| text.len()).max().unwrap_or(0);
        if longest.max(self.note.len()) > LONGEST {
            return Err(usage(format!("a text has more than {LONGEST} bytes")));
        }
        for (what, number) in [("compute", self.compute), ("point", self.point)] {
            if !(number > 0.0 && number.is_finite()) {
                let message = format!("the {what} of a published forecast is {}", Said(number));
                return Err(usage(message).with_hint("give a positive and finite number"));
            }
        }
        let none = Rows {
            columns: Vec::new(),
            rows: Vec::new(),
        };
        Registration {
            subject: Subject::External,
            registered_at: stamp.at,
            made_by: made_by(),
            machine: stamp.machine.clone(),
            outcome: "the loss of the run that the source forecasts, as its authors report it"
                .to_owned(),
            data: DataUsed::of(&none, &self.source, 0.0),
            request: value(self)?,
            predictions: vec![Prediction::of_others(self.compute, self.point)],
            result: json!({ "who": self.who, "published": self.published, "note": self.note }),
        }
        .seal()
    }
}
