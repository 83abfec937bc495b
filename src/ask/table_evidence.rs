//! Entries whose evidence is the rows of a table, as written.

use super::evidence::{Evidence, size_of};
use super::observed::Observed;
use super::question::{Question, Used};
use super::read::AskTable;
use super::register::{RegisterAnswer, RegisterRequest, Stamp};
use super::verify::{VerifyAnswer, VerifyRequest};
use crate::error::Result;
use crate::ledger::Entry;
use crate::runs::{Rows, Series};
use crate::tables::{CountOptions, Source, fitted_counts};

impl RegisterRequest {
    /// Answers the question from a table, and registers the answer.
    ///
    /// # Errors
    /// As for the question, and when the answer cannot be scored or has no number.
    pub fn answer(&self, table: &Source<'_>, stamp: &Stamp) -> Result<RegisterAnswer> {
        self.on_evidence(table, stamp)
    }
}

impl VerifyRequest {
    /// Looks for the rows of an entry in a table and derives its forecast again.
    ///
    /// # Errors
    /// As for [`VerifyRequest::of`].
    pub fn answer(&self, entry: &Entry, table: &Source<'_>) -> Result<VerifyAnswer> {
        self.on_evidence(entry, table)
    }
}

impl Evidence for Source<'_> {
    fn name(&self) -> &str {
        Source::name(self)
    }

    fn rows(&self, columns: Option<&[String]>) -> Result<Rows> {
        Rows::read(&self.read()?, self.name(), columns)
    }

    fn used(&self, question: &Question, by: Option<&str>, rows: &Rows) -> Result<Used> {
        let all = self.given(question, by, rows, self.name());
        let blocked = all.as_ref().ok().and_then(|all| question.blocked(all));
        let counted = match question {
            Question::Capability(q) => Some((&q.table, by)),
            Question::Scores(q) => Some((&q.table, q.by.as_deref())),
            _ => None,
        };
        if let Question::Curve(q) = question {
            let text = rows.to_csv();
            let rows = q.log.lines(&Source::bytes(text.as_bytes(), self.name()))?;
            all?;
            return Ok(Used {
                rows,
                ..Used::default()
            });
        }
        if let Some((table, by)) = counted {
            let options = CountOptions {
                by: by.map(str::to_owned),
                ..table.options()?
            };
            return Ok(Used {
                rows: fitted_counts(rows.to_csv().as_bytes(), self.name(), &options)?,
                blocked,
                ..Used::default()
            });
        }
        let mut used = Used {
            blocked,
            ..Used::default()
        };
        for one in all? {
            match one.data {
                Ok(Observed::Runs(data)) => used
                    .rows
                    .extend(data.fit_runs().map(|run| (run.line, size_of(run)))),
                Ok(Observed::Counts(_) | Observed::Log(_)) => {}
                Err(why) => used.unread.push((one.key, format!("no prediction: {why}"))),
            }
        }
        Ok(used)
    }

    fn given(
        &self,
        question: &Question,
        by: Option<&str>,
        rows: &Rows,
        source: &str,
    ) -> Result<Vec<Series<Observed>>> {
        let text = rows.to_csv();
        let table = Source::bytes(text.as_bytes(), source);
        match question {
            Question::Forecast(q) => read(q, &table, by, Observed::Runs),
            Question::Allocation(q) => read(q, &table, by, Observed::Runs),
            Question::Points(q) => read(q, &table, by, Observed::Runs),
            Question::Capability(q) => read(q, &table, by, Observed::Counts),
            Question::Curve(q) => Ok(vec![Series {
                key: String::new(),
                data: q.read(&table).map(Observed::Log),
            }]),
            Question::Scores(q) => {
                let counts = q.as_counts();
                read(&counts, &table, q.by.as_deref(), Observed::Counts)
            }
        }
    }
}

fn read<Q: AskTable>(
    question: &Q,
    table: &Source<'_>,
    by: Option<&str>,
    make: fn(Q::Data) -> Observed,
) -> Result<Vec<Series<Observed>>> {
    let series = match by {
        Some(by) => question.read_any_by(table, by)?,
        None => vec![Series {
            key: String::new(),
            data: Ok(question.read_any(table)?),
        }],
    };
    Ok(series.into_iter().map(|one| one.map(make)).collect())
}
