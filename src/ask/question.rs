//! The questions that can be registered.

#[cfg(feature = "tables")]
use super::Observed;
use super::{
    AllocateRequest, CapabilityRequest, CurveRequest, ForecastRequest, PointsRequest,
    ScoresRequest, usage,
};
use crate::error::{Error, Result};
use crate::ledger::Subject;
use crate::remedy::Setting;
#[cfg(feature = "tables")]
use crate::runs::Series;
use serde::{Deserialize, Serialize};

/// A question whose answer can be registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// The loss of larger runs.
    Forecast(ForecastRequest),
    /// How often a larger model solves problems.
    Capability(CapabilityRequest),
    /// What to train with a budget.
    Allocation(AllocateRequest),
    /// The scores of a larger model on the tasks of a benchmark.
    Scores(ScoresRequest),
    /// The values of a law of several columns at points.
    Points(PointsRequest),
    /// The loss at the end of a training run.
    Curve(CurveRequest),
}

/// Series without a prediction, and why.
pub(super) type Without = Vec<(String, String)>;

/// The rows that a question uses.
#[derive(Default)]
pub(super) struct Used {
    /// The line of each, and its compute.
    pub(super) rows: Vec<(u64, f64)>,
    /// Series without a usable row, and why.
    pub(super) unread: Without,
    /// The finding that forbids using the rows, if any.
    pub(super) blocked: Option<Error>,
}

impl Question {
    pub(super) fn subject(&self) -> Subject {
        match self {
            Question::Forecast(_) | Question::Points(_) => Subject::Forecast,
            Question::Capability(_) => Subject::Capability,
            Question::Allocation(_) => Subject::Allocation,
            Question::Scores(_) => Subject::Scores,
            Question::Curve(_) => Subject::Curve,
        }
    }

    /// The finding about some series that forbids using the rows, unless it is forced.
    #[cfg(feature = "tables")]
    pub(super) fn blocked(&self, all: &[Series<Observed>]) -> Option<Error> {
        use super::read::AskTable;
        let usable = |data: &Observed| match (self, data.clone()) {
            (Question::Forecast(q), Observed::Runs(data)) => q.usable(data).map(drop),
            (Question::Allocation(q), Observed::Runs(data)) => q.usable(data).map(drop),
            (Question::Points(q), Observed::Runs(data)) => q.usable(data).map(drop),
            (Question::Capability(q), Observed::Counts(table)) => q.usable(table).map(drop),
            (Question::Scores(q), Observed::Counts(table)) => {
                table.unless_blocked(q.force || q.table.force).map(drop)
            }
            _ => Ok(()),
        };
        let mut read = all.iter().filter_map(|one| one.data.as_ref().ok());
        read.find_map(|data| usable(data).err())
    }

    /// Refuses a question that cannot be registered.
    pub(super) fn check(&self) -> Result<()> {
        let (asks, table) = match self {
            Question::Forecast(q) => (!q.at.is_empty(), Some(&q.table)),
            Question::Capability(q) => (!q.at.is_empty(), None),
            Question::Allocation(q) => (true, Some(&q.table)),
            Question::Scores(q) => (!q.at.is_empty(), None),
            Question::Points(q) => (!q.at.is_empty(), Some(&q.table)),
            Question::Curve(_) => (true, None),
        };
        if !asks {
            return Err(usage("there is nothing to register")
                .with_hint("say what is predicted: give a target such as 1e25 or 100x")
                .with_remedy(Setting::At));
        }
        if let Question::Allocation(q) = self
            && q.is_of_repeats(None)?
        {
            let message = "an allocation by a law of repeated tokens cannot be registered";
            return Err(usage(message)
                .with_hint("register one by the law 'chinchilla'")
                .with_remedy(Setting::Law.to("chinchilla")));
        }
        if let Question::Forecast(q) = self
            && !q.reach.is_empty()
        {
            return Err(usage("the compute that reaches a loss is not scored")
                .with_hint("register the loss at a compute"));
        }
        let made = table.map(|table| &table.reshape);
        if made.is_some_and(|r| r.wide || r.reduce.is_some()) {
            let message = "reshaping makes runs of many rows, and an entry is about single rows";
            return Err(usage(message)
                .with_hint("write the runs to a table with one row each, and register that"));
        }
        Ok(())
    }
}
