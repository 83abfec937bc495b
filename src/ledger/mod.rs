//! Forecasts that are fixed in advance, their outcomes, and how often the intervals contained them.
//!
//! An [`Entry`] holds what is predicted, from which rows, by which request, and what will count as
//! the outcome, as canonical bytes with their own digest. A [`Score`] is a second sealed file about
//! an entry, whose bytes do not change. A [`Ledger`] holds many of both, with the [`Coverage`] of
//! the intervals and the [`Bias`] of the points. [`RegisterRequest`](crate::ask::RegisterRequest)
//! makes entries and [`ScoreRequest`](crate::ask::ScoreRequest) scores.
//!
//! Nothing here reads a clock or a file: a [`Time`] is an argument.
//!
//! ```
//! use scalewise::ask::{Actual, ForecastRequest, Question, RegisterRequest, ScoreRequest, Stamp};
//! use scalewise::{Dataset, ledger::{Entry, Ledger}};
//! let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1)];
//! let question = Question::Forecast(ForecastRequest::default().at(["1e23".parse()?]));
//! let stamp = Stamp::new("2026-03-01T12:00:00Z".parse()?, "a laptop");
//! let registered = RegisterRequest::new(question).of(Dataset::from_runs(runs)?, &stamp)?;
//! let entry = registered.entry();
//! assert_eq!(&Entry::read(entry.text().as_bytes(), "entry.json")?, entry);
//! assert!(Entry::read(entry.text().replace("1e23", "1e24").as_bytes(), "entry.json").is_err());
//!
//! let request = ScoreRequest::default().outcomes([Actual::new(1.96)]);
//! let scored = request.of(entry, "2026-06-01T12:00:00Z".parse()?)?;
//!
//! let files = [("entry.json", entry.text()), ("entry.score.json", scored.score().text())];
//! let files = files.map(|(name, text)| (name.to_owned(), Ok(text.as_bytes().to_vec())));
//! let ledger = Ledger::read(files);
//! assert!(ledger.coverage().iter().all(|coverage| coverage.forecasts() == 1));
//! # Ok::<(), scalewise::Error>(())
//! ```

#[macro_use]
mod read_only;

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

pub use agree::Agreement;
pub use book::Ledger;
pub use entry::Entry;
pub(crate) use prediction::SCORE;
pub use prediction::{Claim, Prediction};
pub(crate) use score::made_by;
pub use score::{Advance, Score, Scored};
pub use summary::{Bias, Coverage};
pub use time::Time;

/// What the command line, the studies and the tests use besides the public items.
pub(crate) mod hidden {
    pub use super::agree::TOLERANCE as AGREEMENT_TOLERANCE;
    pub use super::binomial::clopper_pearson;
    pub use super::book::{Listed, Outcome, Skipped};
    pub use super::entry::{ENTRY_FORMAT_VERSION, Registration, Subject};
    pub use super::rows::DataUsed;
    pub use super::score::{Judged, SCORE_FORMAT_VERSION, Scores};
    pub use super::summary::LEVEL as COVERAGE_LEVEL;
}

pub(crate) use hidden::*;
