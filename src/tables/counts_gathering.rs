//! Gathers rows of counts or samples into one count per model and problem.

use super::candidates::missing;
use super::columns::Column;
use super::count_roles::PASSES;
use super::counts_reading::{Reader, whole};
use super::log::RawRow;
use crate::remedy::Setting;
use crate::runs::{Count, CountedModel, Excluded, PassCounts};
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

impl Reader<'_> {
    pub(super) fn counts(&self, rows: &[&RawRow]) -> Result<PassCounts> {
        let (Some(problem), Some(passes)) = (self.columns.problem, self.columns.passes) else {
            return Err(missing(self.table, &PASSES));
        };
        let mut gathered = Gathered::default();
        let mut excluded = Vec::new();
        let tasks: Vec<usize> = self.free_tasks().filter(|k| !self.is_a_mark(*k)).collect();
        for &row in rows {
            if let Some(reason) = self.unwanted(row)? {
                excluded.push(Excluded {
                    line: row.line,
                    reason,
                });
                continue;
            }
            let m = self.model_of(row, &mut gathered)?;
            let name = row.cell(problem.index);
            if name.is_empty() {
                let message = "the problem has no name".to_owned();
                return Err(self.without_name(row, message));
            }
            let p = gathered.problem(name);
            let own = self.columns.metrics.of(row);
            let count = self.count(row, own.map_or(passes, |metric| metric.rate))?;
            let cell = gathered.cell(m, p);
            let first = cell.first.unwrap_or(row);
            if let Some(task) = tasks.iter().find(|k| row.cell(**k) != first.cell(**k)) {
                return Err(self.of_two_tasks(row, first, *task));
            }
            match (cell.first, self.columns.samples) {
                (None, _) => {
                    *cell = Cell {
                        first: Some(row),
                        count,
                    }
                }
                (_, None) => {
                    cell.count.samples += 1;
                    cell.count.passes += count.passes;
                }
                (Some(RawRow { line: earlier, .. }), Some(_)) => {
                    let message = format!(
                        "model {} and problem {} are counted twice (first on line {earlier})",
                        quoted(gathered.models[m].name),
                        quoted(name)
                    );
                    let hint =
                        "keep one row a model and problem: add the counts up, or choose one row";
                    return Err(self.bad(row, message, hint).with_remedy(Setting::Where));
                }
            }
        }
        if gathered.models.is_empty() {
            return Err(self.nothing_left(&excluded));
        }
        self.complete(gathered, excluded, rows.len())
    }

    /// Whether a column's name (`key`, `tag`) may mean a marker of the row and not a task.
    fn is_a_mark(&self, column: usize) -> bool {
        ["key", "tag"].contains(&self.table.header[column].to_lowercase().as_str())
    }

    /// The error for two rows of one model and problem that belong to different tasks.
    fn of_two_tasks(&self, row: &RawRow, first: &RawRow, task: usize) -> Error {
        let name = &self.table.header[task];
        let message = format!(
            "the same model and problem are of {} {} here and of {} on line {}",
            excerpt(name),
            quoted(row.cell(task)),
            quoted(first.cell(task)),
            first.line
        );
        let hint = "make one curve for each of them, or choose one";
        self.bad(row, message, hint)
            .with_remedy(Setting::By.to(name.as_str()))
            .with_remedy(Setting::Where.to(format!("{name} = '{}'", first.cell(task))))
    }

    /// The model of a row, new or known.
    fn model_of<'r>(&self, row: &'r RawRow, gathered: &mut Gathered<'r>) -> Result<usize>
    where
        Self: 'r,
    {
        let written = self.compute_cells(row);
        let name = match self.columns.model {
            Some(model) => row.cell(model.index),
            None => written[0],
        };
        if name.is_empty() {
            return Err(self.without_name(row, "the model has no name".to_owned()));
        }
        let known = gathered.model(name);
        if let Some(m) = known {
            if gathered.models[m].written == written {
                return Ok(m);
            }
            let compute = self
                .compute(row)
                .map_err(|why| self.without_compute(row, name, &why))?;
            if compute == gathered.models[m].compute {
                return Ok(m);
            }
            let message = format!(
                "model {} has compute {} here and {} on line {}",
                quoted(name),
                quoted(written[0]),
                quoted(gathered.models[m].written[0]),
                gathered.models[m].line
            );
            return Err(self.bad(
                row,
                message,
                "give every model one compute, or name its checkpoints apart",
            ));
        }
        let compute = self
            .compute(row)
            .map_err(|why| self.without_compute(row, name, &why))?;
        Ok(gathered.add(Model {
            name,
            written,
            compute,
            line: row.line,
        }))
    }

    fn without_name(&self, row: &RawRow, message: String) -> Error {
        self.bad(row, message, "fill it in, or leave the row out")
            .with_remedy(Setting::Exclude)
    }

    fn without_compute(&self, row: &RawRow, name: &str, why: &str) -> Error {
        self.bad(
            row,
            format!("model {} has no compute: {why}", quoted(name)),
            "give every model a positive compute, or leave it out",
        )
        .with_remedy(Setting::Exclude)
    }

    fn count(&self, row: &RawRow, passes: Column) -> Result<Count> {
        let name = &self.table.header[passes.index];
        let cell = row.cell(passes.index);
        let Some(samples) = self.columns.samples else {
            let passed = match cell {
                "1" => true,
                "0" => false,
                _ => one_of(cell).ok_or_else(|| {
                    let message =
                        format!("{} is {}, not a yes or no", excerpt(name), quoted(cell));
                    self.bad(
                        row,
                        message,
                        "one row a sample says 1 or 0, true or false; for counts, name the column of the number of \
                         samples",
                    )
                    .with_remedy(Setting::SamplesCol)
                })?,
            };
            return Ok(Count {
                samples: 1,
                passes: u64::from(passed),
            });
        };
        let samples_name = &self.table.header[samples.index];
        let no_count = |why| {
            let hint = "counts are whole numbers below 2^53: repair the row, or leave it out";
            self.bad(row, why, hint).with_remedy(Setting::Exclude)
        };
        let n = row.cell(samples.index);
        let n = whole(&samples.numeral, n, samples_name, 1).map_err(no_count)?;
        let c = whole(&passes.numeral, cell, name, 0).map_err(no_count)?;
        if c > n {
            let message = format!(
                "{} = {c} is more than {} = {n}",
                excerpt(name),
                excerpt(samples_name)
            );
            return Err(self.bad(
                row,
                message,
                "a sample passes at most once; are the two columns swapped?",
            ));
        }
        Ok(Count {
            samples: n,
            passes: c,
        })
    }

    /// Checks that every model has every problem.
    fn complete(
        &self,
        gathered: Gathered<'_>,
        excluded: Vec<Excluded>,
        rows: usize,
    ) -> Result<PassCounts> {
        let problems = gathered.problems.len();
        let models = gathered.models.len();
        let all = models.saturating_mul(problems);
        let absent = all - gathered.cells.len();
        // The search ends at the first missing cell, so it visits at most one more cell than there
        // are.
        let mut places = (0..models).flat_map(|m| (0..problems).map(move |p| (m, p)));
        if let Some((m, p)) = places.find(|place| !gathered.cells.contains_key(place)) {
            let message = format!(
                "model {} has no row for problem {} ({} of {all} cells are missing)",
                quoted(gathered.models[m].name),
                quoted(gathered.problems[p]),
                absent
            );
            return Err(Error::new(ErrorKind::Data, message)
                .at(&self.table.source, None, None)
                .with_hint("add the missing rows, or leave the model or the problem out")
                .with_remedy(Setting::Exclude));
        }
        let models = gathered
            .models
            .iter()
            .map(|model| CountedModel {
                name: model.name.to_owned(),
                compute: model.compute,
                role: self.role(model.compute),
            })
            .collect();
        let mut counts = PassCounts {
            source: self.table.source.clone(),
            compute_name: self.compute_name(),
            models,
            problems: gathered.problems.iter().map(|&p| p.to_owned()).collect(),
            counts: (0..gathered.models.len())
                .map(|m| {
                    let cell = |p| gathered.cells.get(&(m, p)).copied().unwrap_or_default();
                    (0..problems).map(|p| cell(p).count).collect()
                })
                .collect(),
            rows,
            excluded,
        };
        counts.sort();
        Ok(counts)
    }
}

/// A word such as yes or no as a truth value.
fn one_of(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(cell));
    if is(&["true", "yes", "pass", "passed", "correct", "1.0"]) {
        Some(true)
    } else if is(&["false", "no", "fail", "failed", "incorrect", "0.0"]) {
        Some(false)
    } else {
        None
    }
}

#[derive(Clone, Copy, Default)]
struct Cell<'r> {
    /// The first row that was counted.
    first: Option<&'r RawRow>,
    count: Count,
}

struct Model<'r> {
    name: &'r str,
    written: [&'r str; 2],
    compute: f64,
    line: u64,
}

/// The cells found so far.
#[derive(Default)]
struct Gathered<'r> {
    models: Vec<Model<'r>>,
    problems: Vec<&'r str>,
    /// The cells that were counted, by model and problem. A map, since a dense table with many gaps
    /// would fill the memory.
    cells: HashMap<(usize, usize), Cell<'r>>,
    model_places: HashMap<&'r str, usize>,
    problem_places: HashMap<&'r str, usize>,
    /// The last model and problem: their rows often follow one another.
    last: (usize, usize),
}

impl<'r> Gathered<'r> {
    fn model(&mut self, name: &str) -> Option<usize> {
        if self.models.get(self.last.0).is_some_and(|m| m.name == name) {
            return Some(self.last.0);
        }
        self.last.0 = *self.model_places.get(name)?;
        Some(self.last.0)
    }

    fn add(&mut self, model: Model<'r>) -> usize {
        self.last.0 = self.models.len();
        self.model_places.insert(model.name, self.last.0);
        self.models.push(model);
        self.last.0
    }

    fn problem(&mut self, name: &'r str) -> usize {
        if self.problems.get(self.last.1) == Some(&name) {
            return self.last.1;
        }
        let new = self.problems.len();
        self.last.1 = *self.problem_places.entry(name).or_insert(new);
        if self.last.1 == new {
            self.problems.push(name);
        }
        self.last.1
    }

    fn cell(&mut self, m: usize, p: usize) -> &mut Cell<'r> {
        self.cells.entry((m, p)).or_default()
    }
}
