//! The log of one training run: its loss, and its learning rate if known, at each step.

use super::range::{LOSSES, within};
use super::run::Excluded;
use crate::digest::sha256;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// The unit in which a run is counted.
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
    /// The step, or the number of tokens.
    pub(crate) x: f64,
    pub(crate) loss: f64,
    pub(crate) lr: Option<f64>,
}

/// What is known about a run at its end, besides its loss.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Carried {
    /// A value that is the same in every row.
    Same(String),
    /// A count that grows in proportion to the steps, by this much per step.
    Grows(f64),
}

/// What a log says of the size of its model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ModelSize {
    /// Parameters.
    Params(f64),
    /// FLOP per token.
    FlopPerToken(f64),
    /// FLOP per step.
    FlopPerStep(f64),
}

impl ModelSize {
    /// The number.
    pub(crate) fn value(self) -> f64 {
        match self {
            ModelSize::Params(value)
            | ModelSize::FlopPerToken(value)
            | ModelSize::FlopPerStep(value) => value,
        }
    }

    /// What is counted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ModelSize::Params(_) => "the parameters",
            ModelSize::FlopPerToken(_) => "the FLOP per token",
            ModelSize::FlopPerStep(_) => "the FLOP per step",
        }
    }
}

/// The log of one training run, in the order of its file. If the run went back to a checkpoint, its
/// steps go back as well.
///
/// ```
/// use scalewise::runs::RunLog;
/// let log = RunLog::of(&[100.0, 200.0, 300.0], &[4.1, 3.6, 3.4])?;
/// assert_eq!(log.len(), 3);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunLog {
    /// The file, or the caller's name for it.
    pub(crate) source: String,
    /// The name of the run if a file has several; empty otherwise.
    pub(crate) name: String,
    pub(crate) axis: LogAxis,
    pub(crate) points: Vec<LogPoint>,
    /// The learning rate after its last row.
    pub(crate) last_lr: Option<f64>,
    /// The names of the columns.
    pub(crate) x_column: Option<String>,
    pub(crate) loss_column: Option<String>,
    pub(crate) lr_column: Option<String>,
    /// Whether another column of the file counts tokens.
    pub(crate) has_tokens: bool,
    /// Number of rows that filters leave out.
    pub(crate) unwanted: usize,
    /// Number of rows with a blank loss: trackers log other metrics in separate rows.
    pub(crate) blank: usize,
    /// The step at which the run will end, if a column says so.
    pub(crate) end: Option<f64>,
    /// The size of the model, if columns say it.
    pub(crate) size: Option<ModelSize>,
    /// The run that it branches off from, if a column says so.
    pub(crate) trunk: Option<String>,
    /// Other columns that describe the run, if several runs are read.
    pub(crate) carried: Vec<(String, Carried)>,
    /// Rows without a usable step or loss.
    pub(crate) excluded: Vec<Excluded>,
}

impl RunLog {
    /// The log of a run with these losses at these steps.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] unless there is one loss per step, every step is finite and not
    /// negative, and every loss lies within 1e-140 to 1e140.
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

    /// Adds the learning rate at each step.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] unless there is one rate per step, each finite and not negative.
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

    /// Counts the log in tokens instead of steps.
    #[must_use]
    pub fn in_tokens(mut self) -> RunLog {
        self.axis = LogAxis::Tokens;
        self
    }

    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether it has no point.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The rows that were left out, with reasons.
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
