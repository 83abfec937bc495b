//! The log of one training run: its loss, and its learning rate where that is known, step by step.

use super::range::{LOSSES, within};
use super::run::Excluded;
use crate::digest::sha256;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// What a run counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogAxis {
    /// Steps.
    #[default]
    Step,
    /// Tokens.
    Tokens,
}

impl LogAxis {
    /// Both.
    #[doc(hidden)]
    pub const ALL: [LogAxis; 2] = [LogAxis::Step, LogAxis::Tokens];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LogAxis::Step => "step",
            LogAxis::Tokens => "tokens",
        }
    }
}

/// A point of a log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogPoint {
    /// The step, or the tokens.
    pub(crate) x: f64,
    pub(crate) loss: f64,
    pub(crate) lr: Option<f64>,
}

/// What is known of a run at its end beside its loss.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Carried {
    /// A cell that is the same in every row.
    Same(String),
    /// A count in proportion to the steps: so much for each of them.
    Grows(f64),
}

/// The log of one training run, in the order of its file: a run that went back to a checkpoint goes
/// back in its steps.
///
/// ```
/// use scalewise::runs::RunLog;
/// let log = RunLog::of(&[100.0, 200.0, 300.0], &[4.1, 3.6, 3.4])?;
/// assert_eq!(log.len(), 3);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunLog {
    /// The file, or what a caller calls it.
    pub(crate) source: String,
    /// What tells the run apart where a file has several; empty otherwise.
    pub(crate) name: String,
    pub(crate) axis: LogAxis,
    pub(crate) points: Vec<LogPoint>,
    /// The names of the columns.
    pub(crate) x_column: Option<String>,
    pub(crate) loss_column: Option<String>,
    pub(crate) lr_column: Option<String>,
    /// Whether the file counts tokens in another column.
    pub(crate) has_tokens: bool,
    /// Rows that conditions leave out.
    pub(crate) unwanted: usize,
    /// Rows whose loss is blank: trackers log other metrics in rows of their own.
    pub(crate) blank: usize,
    /// The step at which it will end, where a column says so.
    pub(crate) end: Option<f64>,
    /// Other columns that say what the run is, where several runs are read.
    pub(crate) carried: Vec<(String, Carried)>,
    /// Rows whose step or loss is no positive number.
    pub(crate) excluded: Vec<Excluded>,
}

impl RunLog {
    /// The log of a run that has these losses at these steps.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] when there is not one loss for each step, a step is negative or no
    /// finite number, or a loss is not positive.
    pub fn of(steps: &[f64], losses: &[f64]) -> Result<RunLog> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Data, message));
        if steps.len() != losses.len() {
            return refuse(format!(
                "there are {} steps and {} losses",
                steps.len(),
                losses.len()
            ));
        }
        let mut points = Vec::with_capacity(steps.len());
        for (k, (x, loss)) in steps.iter().zip(losses).enumerate() {
            if !(x.is_finite() && *x >= 0.0) {
                return refuse(format!("step {} is negative or no number", k + 1));
            }
            let loss = match within(*loss, &LOSSES, "the loss") {
                Ok(loss) => loss,
                Err(why) => return refuse(format!("at step {x}: {why}")),
            };
            points.push(LogPoint {
                x: *x,
                loss,
                lr: None,
            });
        }
        Ok(RunLog {
            points,
            ..RunLog::default()
        })
    }

    /// The same with the learning rate at each step.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] when there is not one rate for each step, or a rate is negative or no
    /// finite number.
    pub fn rates(mut self, rates: &[f64]) -> Result<RunLog> {
        let impossible = |rate: &f64| !(rate.is_finite() && *rate >= 0.0);
        if rates.len() != self.points.len() || rates.iter().any(impossible) {
            let message = "a log needs one learning rate for each step, none of them negative";
            return Err(Error::new(ErrorKind::Data, message));
        }
        for (point, rate) in self.points.iter_mut().zip(rates) {
            point.lr = Some(*rate);
        }
        Ok(self)
    }

    /// The same counted in tokens.
    #[must_use]
    pub fn in_tokens(mut self) -> RunLog {
        self.axis = LogAxis::Tokens;
        self
    }

    /// How many points it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether it has no point.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The rows that are left out, and why.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }

    /// The digest of its points.
    pub(crate) fn digest(&self) -> String {
        let bits = |value: f64| value.to_bits().to_le_bytes();
        let bytes = |p: &LogPoint| {
            let lr = bits(p.lr.unwrap_or(f64::NAN));
            [bits(p.x), bits(p.loss), lr].concat()
        };
        sha256(self.points.iter().map(bytes))
    }
}
