//! The rows of a table to a [`Dataset`]: every row becomes a run or an exclusion.

use super::columns::Columns;
use super::curve_kind;
use super::filter::Filter;
use super::lint::{self, Known, Lost, Seen};
use super::log::{RawRow, RawTable, RowView};
use super::options::ReadOptions;
use super::overview;
use super::row::{Notes, RowReader};
use super::row_filter::RowFilter;
use crate::remedy::Setting;
use crate::runs::{Dataset, Excluded, NO_COMPUTE, Role, Run};
use crate::seen::TableSeen;
use crate::{Error, ErrorKind, Result};
use std::collections::HashSet;
use std::sync::OnceLock;

/// How to treat the rows of a table, worked out once.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) columns: Columns,
    options: &'a ReadOptions,
    sieve: Sieve<'a>,
    /// Conditions for holding rows out.
    holds: Vec<RowFilter<'a>>,
    /// The columns, once it is known whose commas separate thousands.
    looked_at: OnceLock<Columns>,
    /// The columns that findings may look at.
    known: OnceLock<Known>,
}

/// The result of selecting rows.
#[derive(Default)]
struct Selected<'r> {
    runs: Vec<Run>,
    /// The rows of the runs.
    used: Vec<&'r RawRow>,
    /// The rows that the conditions keep but that could not become runs.
    lost: Vec<Lost<'r>>,
    excluded: Vec<Excluded>,
    notes: Notes,
}

/// The conditions on rows.
#[derive(Debug)]
pub(super) struct Sieve<'a> {
    excludes: Vec<RowFilter<'a>>,
    filters: Vec<RowFilter<'a>>,
}

/// Finds the conditions' columns; `setting` says what the conditions are for.
fn found<'a>(
    table: &RawTable,
    filters: &'a [Filter],
    setting: Setting,
) -> Result<Vec<RowFilter<'a>>> {
    let found = filters.iter();
    found
        .map(|filter| RowFilter::new(filter, setting, table))
        .collect()
}

impl<'a> Sieve<'a> {
    pub(super) fn new(
        table: &RawTable,
        excludes: &'a [Filter],
        filters: &'a [Filter],
    ) -> Result<Sieve<'a>> {
        Ok(Sieve {
            excludes: found(table, excludes, Setting::Exclude)?,
            filters: found(table, filters, Setting::Where)?,
        })
    }

    /// The conditions whose columns all exist already.
    pub(super) fn of_present(
        table: &RawTable,
        excludes: &'a [Filter],
        filters: &'a [Filter],
    ) -> Sieve<'a> {
        let present = |filters: &'a [Filter], setting| {
            let found = filters.iter().map(|f| RowFilter::new(f, setting, table));
            found.filter_map(Result::ok).collect()
        };
        Sieve {
            excludes: present(excludes, Setting::Exclude),
            filters: present(filters, Setting::Where),
        }
    }

    /// The condition that leaves a row out, and whether the row met it (`"met"` or `"not met"`).
    #[inline]
    pub(super) fn refusal(
        &self,
        row: &RowView<'_>,
        table: &RawTable,
    ) -> Result<Option<(&RowFilter<'a>, &'static str)>> {
        for exclude in &self.excludes {
            if exclude.is_met(row, table)? {
                return Ok(Some((exclude, "met")));
            }
        }
        for filter in &self.filters {
            if !filter.is_met(row, table)? {
                return Ok(Some((filter, "not met")));
            }
        }
        Ok(None)
    }

    /// The same as text.
    pub(super) fn reason(&self, row: &RawRow, table: &RawTable) -> Result<Option<String>> {
        let refusal = self.refusal(&row.view(), table)?;
        Ok(refusal.map(|(filter, how)| format!("{} {how}", filter.name())))
    }

    /// The columns that conditions use.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        let all = self.excludes.iter().chain(&self.filters);
        all.flat_map(|filter| filter.columns().iter().copied())
    }
}

/// The columns that a fit of the rows uses: those with a role, and those of conditions. `None` if
/// the table lacks a column, since then nothing is known of the others.
pub(super) fn used(table: &RawTable, options: &ReadOptions) -> Option<HashSet<usize>> {
    let plan = Plan::new(table, options).ok()?;
    Some(plan.columns.used().chain(plan.filtered()).collect())
}

impl<'a> Plan<'a> {
    /// Finds the columns of the roles and of the filters.
    pub(super) fn new(table: &RawTable, options: &'a ReadOptions) -> Result<Plan<'a>> {
        Ok(Plan {
            columns: Columns::find(table, options)?,
            options,
            sieve: Sieve::new(table, &options.excludes, &options.filters)?,
            holds: found(table, &options.holds, Setting::Hold)?,
            looked_at: OnceLock::new(),
            known: OnceLock::new(),
        })
    }

    /// What the first rows of the table show.
    pub(super) fn seen(&self, table: &RawTable) -> TableSeen {
        overview::of_runs(table, self.options)
    }

    /// The columns, with how all rows write their numbers.
    pub(super) fn columns_as_written(&self) -> &Columns {
        self.looked_at.get().unwrap_or(&self.columns)
    }

    /// Turns rows of the table into runs and exclusions.
    pub(super) fn select<'r>(
        &self,
        table: &RawTable,
        rows: impl Iterator<Item = &'r RawRow>,
    ) -> Result<Dataset> {
        let rows: Vec<&RawRow> = rows.collect();
        let mut selected = self.with(&self.columns, table, &rows)?;
        // A whole column is examined only if one of its cells could not be used.
        if !selected.excluded.is_empty() || selected.notes.passed_over() {
            let columns = self.looked_at.get_or_init(|| self.columns.looked_at(table));
            if *columns != self.columns {
                selected = self.with(columns, table, &rows)?;
            }
        }
        let Selected {
            mut runs,
            used,
            lost,
            excluded,
            notes,
        } = selected;
        if runs.is_empty() {
            return Err(match self.in_two_tables(&rows, &table.source) {
                Some(error) => error,
                None => self.nothing_left(&table.source, &excluded),
            });
        }
        let without = all_or_none(&mut runs);
        let curve = curve_kind::kind(table, &self.columns, self.options, &runs, &used);
        let seen = Seen {
            table,
            known: self.known.get_or_init(|| Known::of(&table.header)),
            options: self.options,
            columns: self.columns_as_written(),
            filtered: self.filtered(),
            curve,
            runs: &runs,
            rows: &used,
            lost: &lost,
        };
        let findings = lint::findings(&seen);
        let dataset = Dataset {
            source: table.source.clone(),
            loss_column: Some(table.header[self.columns.loss.index].clone()),
            loss_unit: self.options.loss.map(|loss| loss.unit().to_string()),
            variable: self.options.over,
            curve,
            runs,
            excluded,
            notes: [
                self.columns_as_written().numerals(table),
                notes.of_numbers(),
                without.into_iter().collect(),
            ]
            .concat(),
            reading: notes.sentences(),
            findings,
        };
        Ok(dataset)
    }

    /// The selection for columns whose number format is known.
    fn with<'r>(
        &self,
        columns: &Columns,
        table: &RawTable,
        rows: &[&'r RawRow],
    ) -> Result<Selected<'r>> {
        let reader = RowReader::new(table, columns, self.options);
        let mut selected = Selected::default();
        for &row in rows {
            let outcome = match self.sieve.reason(row, table)? {
                Some(reason) => Err(reason),
                None => {
                    let role = self.held(row, table)?;
                    let run = reader.run(row, &mut selected.notes);
                    let run = run.map(|run| Run {
                        role: role.unwrap_or(run.role),
                        ..run
                    });
                    run.inspect_err(|reason| {
                        let reason = reason.clone();
                        selected.lost.push(Lost { row, reason });
                    })
                }
            };
            match outcome {
                Ok(run) => {
                    selected.runs.push(run);
                    selected.used.push(row);
                }
                Err(reason) => selected.excluded.push(Excluded {
                    line: row.line,
                    reason,
                }),
            }
        }
        Ok(selected)
    }

    /// Whether a condition leaves a row out. A condition that cannot be read leaves none out here.
    pub(super) fn leaves_out(&self, row: &RawRow, table: &RawTable) -> bool {
        let refusal = self.sieve.refusal(&row.view(), table);
        refusal.is_ok_and(|refusal| refusal.is_some())
    }

    /// The columns that conditions use.
    pub(super) fn filtered(&self) -> HashSet<usize> {
        let held = self.holds.iter();
        let held = held.flat_map(|hold| hold.columns().iter().copied());
        self.sieve.columns().chain(held).collect()
    }

    /// The role of a row that a condition holds out.
    fn held(&self, row: &RawRow, table: &RawTable) -> Result<Option<Role>> {
        for hold in &self.holds {
            if hold.is_met(&row.view(), table)? {
                return Ok(Some(Role::Actual));
            }
        }
        Ok(None)
    }

    /// The column that ordered the rows of a run before they were reduced, and whether the user
    /// named it.
    pub(super) fn step(&self) -> Option<(usize, bool)> {
        let reshape = &self.options.reshape;
        reshape.reduce.filter(|rule| !rule.chooses_rows())?;
        Some((self.columns.step?, reshape.step_col.is_some()))
    }

    /// The error if the rows of a log and the facts about its runs were put below each other: some
    /// rows have only the loss, and all others only what it is a law of.
    fn in_two_tables(&self, rows: &[&RawRow], source: &str) -> Option<Error> {
        let columns = &self.columns;
        let has = |row: &RawRow, index: usize| {
            let cell = row.filled().find(|(column, _)| *column == index);
            cell.is_some_and(|(_, text)| !text.trim().is_empty())
        };
        let sizes = [&columns.compute, &columns.params, &columns.tokens];
        let sizes: Vec<usize> = sizes.into_iter().flatten().map(|c| c.index).collect();
        let (mut losses, mut facts) = (0, 0);
        for row in rows {
            match (
                has(row, columns.loss.index),
                sizes.iter().any(|index| has(row, *index)),
            ) {
                (true, false) => losses += 1,
                (false, true) => facts += 1,
                (true, true) => return None,
                (false, false) => {}
            }
        }
        (losses > 0 && facts > 0).then(|| {
            let message = format!(
                "no row has both a loss and the size of its run: {losses} have only a loss, and \
                 {facts} only the size"
            );
            Error::new(ErrorKind::Data, message)
                .at(source, None, None)
                .with_hint(
                    "the sizes are facts about the runs: join their table to the logs, and keep one \
                     loss of each run",
                )
                .with_remedy(Setting::Join.to("RUNS.csv"))
                .with_remedy(Setting::Reduce.to("last"))
        })
    }

    fn nothing_left(&self, source: &str, excluded: &[Excluded]) -> Error {
        const SHOWN: usize = 3;
        let mut reasons: Vec<String> = excluded
            .iter()
            .take(SHOWN)
            .map(|row| format!("line {}: {}", row.line, row.reason))
            .collect();
        if excluded.len() > SHOWN {
            reasons.push(format!("{} more", excluded.len() - SHOWN));
        }
        let some = |part: &str| excluded.iter().any(|row| row.reason.contains(part));
        let rows = if excluded.len() == 1 {
            "the only row is unusable"
        } else {
            "no row is usable"
        };
        let error = Error::new(ErrorKind::Data, format!("{rows}: {}", reasons.join("; ")))
            .at(source, None, None);
        if some("has a comma") || some("has points between") {
            error
                .with_hint("say which sign stands before the decimals")
                .with_remedy(Setting::Decimal.to(","))
                .with_remedy(Setting::Decimal.to("."))
                .about_columns()
        } else if some(" is negative") && !self.options.columns.is_empty() {
            error
                .with_hint("a formula is fitted to losses of any sign by their absolute residuals")
                .with_remedy(Setting::Residuals.to("absolute"))
        } else if some("condition '") || some("exclusion '") {
            error
                .with_hint("loosen the conditions on rows")
                .with_remedy(Setting::Where)
                .with_remedy(Setting::Exclude)
        } else {
            error
                .with_hint("repair the rows, or name other columns")
                .with_remedy(Setting::ComputeCol)
                .with_remedy(Setting::LossCol)
        }
    }
}

/// If some runs lack compute, removes it from all and says so, since some runs cannot be compared
/// with the others by it.
fn all_or_none(runs: &mut [Run]) -> Option<String> {
    let known = runs.iter().filter(|run| run.has_compute()).count();
    if known == 0 || known == runs.len() {
        return None;
    }
    for run in &mut *runs {
        run.x = NO_COMPUTE;
    }
    Some(format!(
        "compute is known of {known} of {} runs, and is not used",
        runs.len()
    ))
}
