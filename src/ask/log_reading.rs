//! Reads logs of training runs as a request describes them.

use super::log_table::LogTable;
use super::usage;
use crate::error::Result;
use crate::remedy::Setting;
use crate::runs::RunLog;
use crate::tables::{
    Decimal, LogNames, LogOptions, Opening, Source, log_lines, read_logs, read_more,
};

impl LogTable {
    fn options(&self) -> Result<LogOptions> {
        let parsed = |all: &[String]| all.iter().map(|text| text.parse()).collect::<Result<_>>();
        let decimal = self.decimal.as_deref().map(str::parse::<Decimal>);
        Ok(LogOptions {
            names: LogNames {
                axis: self.axis,
                step: self.step.clone(),
                tokens: self.tokens.clone(),
                loss: self.loss.clone(),
                lr: self.lr.clone(),
                end: self.end.clone(),
                trunk: self.trunk.clone(),
            },
            filters: parsed(&self.conditions)?,
            excludes: parsed(&self.exclude)?,
            decimal: decimal.transpose()?,
            by: self.by.clone(),
        })
    }

    /// Reads the runs of a log.
    ///
    /// # Errors
    /// When a condition is invalid, a column is missing, or no row has a loss.
    #[doc(hidden)]
    pub fn read_all(&self, table: &Source<'_>) -> Result<Vec<RunLog>> {
        read_logs(table, &self.options()?)
    }

    /// Reads the later rows of the log of one run; `None` if they have to be read together with the
    /// earlier ones.
    pub(super) fn read_more(
        &self,
        rows: &Source<'_>,
        opening: &Opening,
        lr: Option<f64>,
    ) -> Result<Option<RunLog>> {
        read_more(rows, &self.options()?, opening, lr)
    }

    /// The line of every row of the run, and the step of that row.
    pub(super) fn lines(&self, table: &Source<'_>) -> Result<Vec<(u64, f64)>> {
        log_lines(table, &self.options()?)
    }

    /// Reads the log of one run.
    ///
    /// # Errors
    /// As for [`LogTable::read_all`], and when the log has several runs.
    #[doc(hidden)]
    pub fn read(&self, table: &Source<'_>) -> Result<RunLog> {
        let mut all = self.read_all(table)?;
        if let (Some(by), true) = (&self.by, all.len() > 1) {
            let message = format!("the log has {} runs by '{by}', and one is meant", all.len());
            return Err(usage(message)
                .with_hint("choose one of them by a condition")
                .with_remedy(Setting::Where));
        }
        all.pop()
            .ok_or_else(|| usage("the log has no run").with_hint("look at the conditions on rows"))
    }
}
