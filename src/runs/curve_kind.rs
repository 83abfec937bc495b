//! The kind of curve that the runs lie on.

use serde::{Deserialize, Serialize};

/// What the rows of a table are points of.
///
/// ```
/// use scalewise::{Dataset, ReadOptions, runs::CurveKind};
/// let log = b"run,step,flops,loss\na,1,1e18,3.1\na,2,2e18,2.9\na,3,3e18,2.8\n";
/// let data = Dataset::from_csv_bytes(log, "log.csv", &ReadOptions::default())?;
/// assert_eq!(data.curve(), CurveKind::TrainingRun);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CurveKind {
    /// Runs of several sizes, each with its final loss.
    #[default]
    Ladder,
    /// Steps of one training run.
    TrainingRun,
    /// Models trained on training sets of several sizes.
    DatasetSize,
    /// One model at several numbers of samples, such as pass@k.
    Samples,
    /// Unknown: neither the columns nor the user say what the points are.
    Unknown,
}

impl CurveKind {
    /// Its name in requests and on the command line.
    #[must_use]
    #[doc(hidden)]
    pub fn name(self) -> &'static str {
        match self {
            CurveKind::Ladder => "ladder",
            CurveKind::TrainingRun => "training-run",
            CurveKind::DatasetSize => "dataset-size",
            CurveKind::Samples => "samples",
            CurveKind::Unknown => "unknown",
        }
    }

    /// A description of its points, for use in a sentence.
    pub(crate) fn points(self) -> &'static str {
        match self {
            CurveKind::Ladder => "runs of several sizes",
            CurveKind::TrainingRun => "steps of one training run",
            CurveKind::DatasetSize => "training sets of several sizes",
            CurveKind::Samples => "numbers of samples",
            CurveKind::Unknown => "points of an unknown kind",
        }
    }

    pub(crate) fn is_ladder(&self) -> bool {
        *self == CurveKind::Ladder
    }
}
