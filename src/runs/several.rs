//! Converts runs with several outcomes into one row per outcome.

use super::dataset::Dataset;
use super::in_memory::refusal;
use super::range::of_any_sign;
use super::run::Run;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};

/// The column with the index of the outcome that a row is about.
pub(crate) const OUTCOME: &str = "outcome";

impl Dataset {
    /// Converts each run into one row per outcome. The first outcome is the loss of a run, the
    /// others are among its columns. Rows that are already converted stay unchanged.
    ///
    /// # Errors
    /// If a run lacks an outcome, or has a known standard deviation, since that belongs to the
    /// first outcome only.
    pub(crate) fn by_outcome(&self, outcomes: &[String]) -> Result<Dataset> {
        let is_row = |run: &Run| run.column(OUTCOME).is_some();
        if self.runs.iter().all(is_row) {
            return Ok(self.clone());
        }
        let mut rows = Vec::with_capacity(self.runs.len() * outcomes.len());
        for (at, run) in self.runs.iter().enumerate() {
            if run.sigma.is_some() {
                let message = "the table has a known standard deviation of the first outcome alone";
                return Err(Error::new(ErrorKind::Data, message)
                    .at(&self.source, None, None)
                    .with_hint("read the table without its column sigma"));
            }
            let mut inputs = run.columns.clone();
            outcomes[1..].iter().for_each(|name| {
                inputs.remove(name);
            });
            for (place, name) in outcomes.iter().enumerate() {
                let value = match place {
                    0 => run.loss,
                    _ => run.column(name).ok_or_else(|| {
                        refusal(at, format!("it has no value of {}", quoted(name)))
                    })?,
                };
                let mut row = run.clone();
                row.loss = of_any_sign(value, name).map_err(|problem| refusal(at, problem))?;
                row.columns = inputs.clone();
                row.columns.insert(OUTCOME.to_owned(), place as f64);
                rows.push(row);
            }
        }
        let mut data = self.clone();
        data.notes
            .push(format!("{} outcomes of each run", outcomes.len()));
        Ok(Dataset { runs: rows, ..data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> [String; 2] {
        ["x", "y"].map(str::to_owned)
    }

    #[test]
    fn a_run_is_one_row_for_each_outcome() -> Result<()> {
        let data = Dataset::of_columns(&[1.0, 2.0])?
            .column("S", &[5.0, 6.0])?
            .column("y", &[3.0, 4.0])?;
        let rows = data.by_outcome(&names())?;
        let of = |run: &Run| (run.loss(), run.column("S"), run.column(OUTCOME));
        let found: Vec<_> = rows.runs().iter().map(of).collect();
        let wanted = [
            (1.0, Some(5.0), Some(0.0)),
            (3.0, Some(5.0), Some(1.0)),
            (2.0, Some(6.0), Some(0.0)),
            (4.0, Some(6.0), Some(1.0)),
        ];
        assert_eq!(found, wanted);
        assert!(rows.runs().iter().all(|run| run.column("y").is_none()));
        // Converted rows stay unchanged.
        assert_eq!(rows.by_outcome(&names())?.runs(), rows.runs());
        Ok(())
    }

    #[test]
    fn a_missing_outcome_and_a_deviation_of_one_alone_are_refused() -> Result<()> {
        let without = Dataset::of_columns(&[1.0])?.column("S", &[5.0])?;
        let said = without.by_outcome(&names()).map(drop);
        let said = said.map_err(|error| error.to_string());
        assert!(said.is_err_and(|said| said.contains("no value of 'y'")));
        let known = Dataset::of_columns(&[1.0])?.column("y", &[5.0])?;
        let said = known.sigma(&[0.1])?.by_outcome(&names()).map(drop);
        let said = said.map_err(|error| error.to_string());
        assert!(said.is_err_and(|said| said.contains("first outcome alone")));
        Ok(())
    }
}
