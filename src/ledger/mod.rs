//! Forecasts fixed in advance, what came true, and how well the intervals kept their promise.
//!
//! A [`Registration`] holds what is predicted, from which rows, by which method and settings, and what will count as the
//! outcome; [`Registration::seal`] turns it into an [`Entry`]: canonical bytes that carry their own digest. A [`Score`]
//! is a second sealed file about an entry, whose bytes stay as they were. A [`Ledger`] is many of both, with the
//! [`Coverage`] of the intervals and the [`Bias`] of the points.
//!
//! Nothing here reads a clock or a file: a [`Time`] is an argument.
//!
//! ```
//! use scalewise::ledger::{DataUsed, Entry, Ledger, Prediction, Registration, Score, Subject};
//! use scalewise::{Dataset, Fit, Target, tables::Rows, law::Power};
//! let csv = b"flops,loss\n1e18,3.1\n1e19,2.74\n1e20,2.46\n1e21,2.25\n1e22,2.1\n";
//! let fit = Fit::new(Power).run(&Dataset::from_csv_bytes(csv, "runs.csv", &Default::default())?)?;
//! let forecast = fit.forecast(Target::at(1e23)).levels(&[0.9]).run()?;
//! let entry = Registration {
//!     subject: Subject::Forecast,
//!     registered_at: "2026-03-01T12:00:00Z".parse()?,
//!     made_by: "an example".into(),
//!     machine: String::new(),
//!     outcome: "the loss of the run at compute 1e23".into(),
//!     data: DataUsed::of(&Rows::read(csv, "runs.csv", None)?, "runs.csv", 1e22),
//!     request: serde_json::Value::Null,
//!     predictions: vec![Prediction::of_loss(&forecast)],
//!     result: serde_json::Value::Null,
//! }
//! .seal()?;
//! assert_eq!(Entry::read(entry.text().as_bytes(), "entry.json")?, entry);
//! assert!(Entry::read(entry.text().replace("1e23", "1e24").as_bytes(), "entry.json").is_err());
//!
//! let score = Score::of(&entry, "entry.json", &[(None, 1.96)], "2026-06-01T12:00:00Z".parse()?, None)?;
//! println!("off by {:+.3} on the logarithm", score.scores[0].error);
//!
//! let files = [("entry.json", entry.text()), ("entry.score.json", score.text())];
//! let files = files.map(|(name, text)| (name.to_owned(), Ok(text.as_bytes().to_vec())));
//! let ledger = Ledger::read(files);
//! assert_eq!(ledger.coverage()[0].forecasts, 1);
//! # Ok::<(), scalewise::Error>(())
//! ```

mod agree;
mod binomial;
mod book;
mod entry;
mod prediction;
mod rows;
mod score;
mod seal;
mod summary;
mod time;

pub use agree::{Agreement, TOLERANCE};
pub use binomial::clopper_pearson;
pub use book::{Ledger, Listed, Outcome, Skipped};
pub use entry::{ENTRY_FORMAT_VERSION, Entry, Registration, Subject};
pub use prediction::{Claim, Prediction};
pub use rows::DataUsed;
pub(crate) use score::made_by;
pub use score::{Advance, Judged, SCORE_FORMAT_VERSION, Score, Scored, Scores};
pub use summary::{Bias, Coverage, LEVEL};
pub use time::Time;
