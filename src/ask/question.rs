//! What can be registered.

use super::{AllocateRequest, Ask, CapabilityRequest, ForecastRequest, usage};
use crate::error::Result;
use crate::ledger::Subject;
use crate::remedy::Setting;
use crate::runs::Dataset;
use crate::tables::{CountOptions, Series, Source, fitted_counts};
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
}

/// Series without a prediction, and why.
pub(super) type Without = Vec<(String, String)>;

/// The rows that a question uses.
pub(super) struct Used {
    /// The line of each, and its compute.
    pub(super) rows: Vec<(u64, f64)>,
    /// Series of which no row can be used, and why.
    pub(super) unread: Without,
}

impl Question {
    pub(super) fn subject(&self) -> Subject {
        match self {
            Question::Forecast(_) => Subject::Forecast,
            Question::Capability(_) => Subject::Capability,
            Question::Allocation(_) => Subject::Allocation,
        }
    }

    /// Refuses what cannot be registered.
    pub(super) fn check(&self) -> Result<()> {
        let (asks, table) = match self {
            Question::Forecast(q) => (!q.at.is_empty(), Some(&q.table)),
            Question::Capability(q) => (!q.at.is_empty(), None),
            Question::Allocation(q) => (true, Some(&q.table)),
        };
        if !asks {
            return Err(usage("there is nothing to register")
                .with_hint("say what is predicted: give a target such as 1e25 or 100x")
                .with_remedy(Setting::At));
        }
        if let Question::Forecast(q) = self
            && !q.reach.is_empty()
        {
            return Err(usage("the compute that reaches a loss is not scored")
                .with_hint("register the loss at a compute"));
        }
        let made = table.map(|table| &table.reshape);
        if made.is_some_and(|r| r.wide || r.join.is_some() || r.reduce.is_some()) {
            let message =
                "reshaping and joining make runs of many rows, and an entry is about single rows";
            return Err(usage(message)
                .with_hint("write the runs to a table with one row each, and register that"));
        }
        Ok(())
    }

    /// Lines of the rows that the fit uses, and the compute of each.
    pub(super) fn used(&self, table: &Source<'_>, by: Option<&str>) -> Result<Used> {
        fn of(data: &Dataset) -> Vec<(u64, f64)> {
            data.fit_runs().map(|run| (run.line, run.compute)).collect()
        }
        fn each(series: Vec<Series<Dataset>>) -> Used {
            let (mut rows, mut unread) = (Vec::new(), Vec::new());
            for one in series {
                match one.data {
                    Ok(data) => rows.extend(of(&data)),
                    Err(why) => unread.push((one.key, format!("no prediction: {why}"))),
                }
            }
            Used { rows, unread }
        }
        let whole = |rows| Used {
            rows,
            unread: Vec::new(),
        };
        match (self, by) {
            (Question::Forecast(q), None) => Ok(whole(of(&q.read(table)?))),
            (Question::Allocation(q), None) => Ok(whole(of(&q.read(table)?))),
            (Question::Forecast(q), Some(by)) => Ok(each(q.read_by(table, by)?)),
            (Question::Allocation(q), Some(by)) => Ok(each(q.read_by(table, by)?)),
            (Question::Capability(q), by) => {
                let options = CountOptions {
                    by: by.map(str::to_owned),
                    ..q.table.options()?
                };
                let rows = fitted_counts(&table.read()?, table.name(), &options)?;
                Ok(whole(rows))
            }
        }
    }
}
