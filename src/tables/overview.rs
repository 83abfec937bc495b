//! What the first rows of a table show, for users who have to name its columns.

use super::candidates::{candidates, counted_by_letters, likely_column};
use super::columns::{VARIABLE, named_if_any};
use super::count_roles::{MODEL, PASS_RATE, PASSES, PROBLEM, SAMPLES};
use super::heading::Unit;
use super::lint::tasks_of;
use super::log::{RawRow, RawTable};
use super::numeral::{Numeral, has_thousands};
use super::options::{CountOptions, ReadOptions};
use super::roles::{COMPUTE, ColumnRole, GROUP, LOSS, PARAMS, SIGMA, STEP, TOKENS, UNIQUE};
use super::run_columns::{likely_loss, metrics, parts};
use super::score_columns::ScoreColumns;
use super::task_columns::columns_of_tasks;
use crate::error::Error;
use crate::quantity::parse_quantity;
use crate::remedy::{Remedy, Setting};
use crate::runs::Variable;
use crate::seen::{ColumnSeen, Holds, TableKind, TableSeen};
use crate::text::{closest, excerpt};
use std::collections::{HashMap, HashSet};

/// Bytes of rows that are examined, so that a large table is not read for this.
pub(super) const OPENING: usize = 1 << 16;

/// The limit for rows that are already in memory.
pub(super) const HELD: usize = 4 << 20;

/// A placeholder for a value that the user must find.
const A_COLUMN: &str = "COLUMN";

/// A role with the column that the user named for it.
type Asked<'a> = (&'static ColumnRole, Option<&'a str>);

/// The first rows of a table.
pub(super) fn opening(table: &RawTable) -> &[RawRow] {
    let mut bytes = 0;
    let first = table.rows.iter().take_while(|row| {
        bytes += row.size();
        bytes <= HELD
    });
    let count = first.count().max(1).min(table.rows.len());
    &table.rows[..count]
}

/// Adds what was seen of the table of runs to an error about columns.
pub(super) fn beside(error: Error, table: &RawTable, options: &ReadOptions) -> Error {
    match error.is_about_columns() {
        true => error.with_table(of_runs(table, options)),
        false => error,
    }
}

/// As [`beside`] before tables are joined: sizes may be in the other tables.
pub(super) fn before_joins(error: Error, table: &RawTable, options: &ReadOptions) -> Error {
    let mut seen = of_runs(table, options);
    if !options.reshape.join.is_empty() {
        let sizes = [COMPUTE.setting, PARAMS.setting, TOKENS.setting].map(Setting::name);
        seen.choices
            .retain(|choice| !sizes.contains(&choice.setting()));
    }
    error.with_table(seen)
}

/// As [`beside`] for a table of pass counts.
pub(super) fn beside_counts(error: Error, table: &RawTable, options: &CountOptions) -> Error {
    match error.is_about_columns() {
        true => error.with_table(of_counts(table, options)),
        false => error,
    }
}

/// What the first rows of a table of runs show.
pub(super) fn of_runs(table: &RawTable, options: &ReadOptions) -> TableSeen {
    let asked: [Asked<'_>; 8] = [
        (&COMPUTE, options.compute_col.as_deref()),
        (&PARAMS, options.params_col.as_deref()),
        (&TOKENS, options.tokens_col.as_deref()),
        (&UNIQUE, options.unique_col.as_deref()),
        (&LOSS, options.loss_col.as_deref()),
        (&SIGMA, options.sigma_col.as_deref()),
        (&GROUP, options.group_col.as_deref()),
        (&STEP, options.reshape.step_col.as_deref()),
    ];
    let mut looked = Looked::at(table, &asked);
    for wanted in &options.columns {
        if let Some(index) = named_if_any(table, &wanted.name) {
            looked.columns[index].role = Some(VARIABLE);
        }
    }
    let kind = looked.kind_of_runs();
    if kind == TableKind::OneColumnARun && !options.reshape.wide {
        let choices = choices_of_wide(table, &looked, options);
        return looked.into_seen(kind, choices);
    }
    let mut needed: Vec<&'static ColumnRole> = match options.over {
        _ if options.needs.params && options.needs.tokens => vec![&PARAMS, &TOKENS],
        _ if options.needs.params => vec![&PARAMS],
        _ if options.needs.tokens => vec![&TOKENS],
        Variable::Params => vec![&PARAMS],
        Variable::Tokens => vec![&TOKENS],
        Variable::Compute if !options.needs.compute => vec![],
        Variable::Compute => vec![&COMPUTE],
    };
    if options.compute_is_asked_for().is_some() && !options.needs.params {
        needed.push(&COMPUTE);
    }
    if options.needs.unique_tokens {
        needed.push(&UNIQUE);
    }
    needed.push(&LOSS);
    if options.reshape.reduce.is_some() {
        needed.push(&GROUP);
    }
    let mut choices = looked.choices(&needed);
    let reshaped = options.reshape.reduce.is_some() || !options.reshape.join.is_empty();
    if options.group_col.is_none() && !reshaped {
        looked.forget_models();
    }
    if options.reshape.decimal.is_none() && looked.has_unclear_signs() {
        choices.push(Setting::Decimal.to(","));
    }
    if kind == TableKind::TrainingCurves && options.reshape.reduce.is_none() {
        choices.push(Setting::Reduce.to("last"));
    }
    looked.into_seen(kind, choices)
}

/// The settings that a table with one column a run needs.
fn choices_of_wide(table: &RawTable, looked: &Looked<'_>, options: &ReadOptions) -> Vec<Remedy> {
    let mut choices = vec![Setting::Reduce.to("last")];
    let metrics = looked.place(&STEP).map(|step| metrics(&parts(table, step)));
    if let Some(several) = metrics.filter(|all| all.len() > 1 && options.loss_col.is_none()) {
        choices.extend(likely_loss(&several).map(|metric| Setting::LossCol.to(metric)));
    }
    choices
}

/// What the first rows of a table of pass counts show.
pub(super) fn of_counts(table: &RawTable, options: &CountOptions) -> TableSeen {
    let asked: [Asked<'_>; 8] = [
        (&COMPUTE, options.compute_col.as_deref()),
        (&PARAMS, options.params_col.as_deref()),
        (&TOKENS, options.tokens_col.as_deref()),
        (&MODEL, options.model_col.as_deref()),
        (&PROBLEM, options.problem_col.as_deref()),
        (&SAMPLES, options.samples_col.as_deref()),
        (&PASSES, options.passes_col.as_deref()),
        (&PASS_RATE, options.pass_rate_col.as_deref()),
    ];
    let mut looked = Looked::at(table, &asked);
    looked.find_passes();
    let has = |role: &ColumnRole| looked.place(role).is_some();
    let kind = match (has(&PROBLEM), has(&SAMPLES)) {
        (true, true) => TableKind::PassCounts,
        (true, false) => TableKind::Samples,
        _ if has(&PASS_RATE) => TableKind::Scores,
        _ => TableKind::Unknown,
    };
    let needed: &[&ColumnRole] = match kind {
        TableKind::PassCounts | TableKind::Samples if !has(&PASS_RATE) => &[&COMPUTE, &PASSES],
        TableKind::Unknown => &[&COMPUTE, &PASS_RATE],
        _ => &[&COMPUTE],
    };
    if kind == TableKind::Scores {
        looked.find_beside([
            options.stderr_col.as_deref(),
            options.chance_col.as_deref(),
            options.task_loss_col.as_deref(),
        ]);
        looked.find_tasks();
    }
    let mut choices = looked.choices(needed);
    if options.reshape.decimal.is_none() && looked.has_unclear_signs() {
        choices.push(Setting::Decimal.to(","));
    }
    looked.into_seen(kind, choices)
}

/// Columns with their roles, as far as these are known.
struct Looked<'a> {
    table: &'a RawTable,
    rows: &'a [RawRow],
    columns: Vec<ColumnSeen>,
    /// For each role: its column, if known.
    roles: Vec<(&'static ColumnRole, Option<usize>)>,
    /// Roles for which the user named a column that does not exist.
    wrong: Vec<Asked<'a>>,
}

impl<'a> Looked<'a> {
    fn at(table: &'a RawTable, asked: &[Asked<'a>]) -> Looked<'a> {
        let rows = opening(table);
        let named = |name: &str| {
            let same = |column: &String| column.eq_ignore_ascii_case(name.trim());
            table.header.iter().position(same)
        };
        let places: Vec<Option<usize>> = asked.iter().map(|a| a.1.and_then(named)).collect();
        let taken: Vec<usize> = places.iter().flatten().copied().collect();
        let mut roles = Vec::new();
        let mut wrong = Vec::new();
        for ((role, name), place) in asked.iter().zip(places) {
            let place = match (place, name) {
                (None, Some(name)) if !name.contains(',') => {
                    wrong.push((*role, Some(*name)));
                    None
                }
                (None, _) => match candidates(table, role, &taken)[..] {
                    [one] => Some(one),
                    _ => None,
                },
                (place, _) => place,
            };
            roles.push((*role, place));
        }
        let columns = (0..table.header.len()).map(|index| {
            let role = roles.iter().find(|(_, place)| *place == Some(index));
            column(table, rows, index, role.map(|(role, _)| *role))
        });
        Looked {
            table,
            rows,
            columns: columns.collect(),
            roles,
            wrong,
        }
    }

    /// Assigns the role of passes to a `c` beside an `n` of samples.
    fn find_passes(&mut self) {
        let Some(index) = counted_by_letters(self.table) else {
            return;
        };
        let open = |(role, place): &&mut (&ColumnRole, Option<usize>)| {
            role.name == PASSES.name && place.is_none()
        };
        if let Some((_, place)) = self.roles.iter_mut().find(open) {
            *place = Some(index);
            self.columns[index].role = Some(PASSES.name);
        }
    }

    /// Finds the columns that describe a pass rate: those that the user named, or those with clear
    /// names.
    fn find_beside(&mut self, named: [Option<&str>; 3]) {
        let Some(rate) = self.place(&PASS_RATE) else {
            return;
        };
        let taken: Vec<usize> = self.roles.iter().filter_map(|(_, place)| *place).collect();
        let found = ScoreColumns::see(self.table, rate, named, &taken);
        for (role, index) in found {
            self.roles.push((role, Some(index)));
            self.columns[index] = column(self.table, self.rows, index, Some(role));
        }
    }

    /// Finds the columns that say what a score is of; they tell the tasks of a suite apart.
    fn find_tasks(&mut self) {
        for index in tasks_of(self.table) {
            self.columns[index].role.get_or_insert("task");
        }
    }

    /// A model's name groups rows only if they are reduced or joined, so it loses the role.
    fn forget_models(&mut self) {
        for column in &mut self.columns {
            if column.role == Some(GROUP.name) && !GROUP.is_first(&column.name) {
                column.role = None;
            }
        }
    }

    /// Whether the decimal sign of a numeric column with a role is unclear.
    fn has_unclear_signs(&self) -> bool {
        let loss = self.place(&LOSS);
        let mut sized = self.roles.iter().filter(|(role, _)| role.is_number());
        sized.any(|(_, place)| {
            let Some(index) = *place else { return false };
            let unclear = |row: &RawRow| {
                let read = Numeral::default().read(row.cell(index));
                read.is_err_and(|error| error.problem().is_about_separators())
            };
            self.rows.iter().any(unclear)
                && (loss == Some(index) || !has_thousands(self.table, index, loss))
        })
    }

    fn place(&self, role: &ColumnRole) -> Option<usize> {
        let found = self
            .roles
            .iter()
            .find(|(known, ..)| known.name == role.name);
        found.and_then(|(_, place)| *place)
    }

    fn kind_of_runs(&self) -> TableKind {
        let header = &self.table.header;
        let step = self.place(&STEP);
        let of_runs = header.iter().filter(|name| name.contains(" - ")).count();
        if step.is_some() && of_runs > 1 {
            return TableKind::OneColumnARun;
        }
        let counted = |role: &ColumnRole| header.iter().any(|name| role.is_called(name));
        let loss = counted(&LOSS);
        let letters = counted_by_letters(self.table).is_some();
        if !loss && !columns_of_tasks(self.table).is_empty() {
            return TableKind::Scores;
        }
        if !loss && (counted(&PASSES) || counted(&PASS_RATE) || letters) {
            return match (counted(&PROBLEM), counted(&SAMPLES)) {
                (true, true) => TableKind::PassCounts,
                (true, false) => TableKind::Samples,
                _ => TableKind::Scores,
            };
        }
        match step {
            Some(step) if self.repeats(step) => TableKind::TrainingCurves,
            _ if loss => TableKind::Runs,
            _ => TableKind::Unknown,
        }
    }

    /// Whether some run has several steps in the rows that were examined.
    fn repeats(&self, step: usize) -> bool {
        let group = self.place(&GROUP);
        let name = |row: &'a RawRow| group.map_or("", |group| row.cell(group));
        let mut first: HashMap<&str, &str> = HashMap::new();
        let steps = self.rows.iter().filter(|row| !row.cell(step).is_empty());
        let mut others = steps.filter(|row| {
            let at = row.cell(step);
            *first.entry(name(row)).or_insert(at) != at
        });
        others.next().is_some()
    }

    /// Whether the first line holds no column names.
    fn is_headless(&self) -> bool {
        let header = &self.table.header;
        header.len() == 1 || header.iter().all(|name| parse_quantity(name).is_ok())
    }

    /// Settings that name a column for each needed role that is not clear.
    fn choices(&self, needed: &[&'static ColumnRole]) -> Vec<Remedy> {
        let mut choices = Vec::new();
        if self.is_headless() {
            return choices;
        }
        for (role, name) in &self.wrong {
            let names = self.table.header.iter().map(String::as_str);
            let near = name.and_then(|name| closest(name, names));
            let near = near.or_else(|| self.guess(role)).unwrap_or(A_COLUMN);
            choices.push(role.setting.to(near));
        }
        for role in needed {
            let wrong = self.wrong.iter().any(|(wrong, _)| wrong.name == role.name);
            if wrong || self.place(role).is_some() {
                continue;
            }
            if role.name == COMPUTE.name {
                choices.extend(self.choices_of_compute());
            } else {
                choices.push(self.choice(role));
            }
        }
        choices
    }

    /// Compute, or the parameters and the tokens, whichever can be guessed.
    fn choices_of_compute(&self) -> Vec<Remedy> {
        if self.place(&PARAMS).is_some() && self.place(&TOKENS).is_some() {
            return Vec::new();
        }
        let halves = || {
            let sizes = [&PARAMS, &TOKENS].into_iter();
            let open = sizes.filter(|role| self.place(role).is_none());
            let guessed = open.map(|role| Some(role.setting.to(self.guess(role)?)));
            guessed.collect::<Option<Vec<Remedy>>>()
        };
        match self.guess(&COMPUTE) {
            Some(name) => vec![COMPUTE.setting.to(name)],
            None => halves().unwrap_or_else(|| vec![COMPUTE.setting.to(A_COLUMN)]),
        }
    }

    fn choice(&self, role: &ColumnRole) -> Remedy {
        role.setting.to(self.guess(role).unwrap_or(A_COLUMN))
    }

    /// The likeliest column of a role.
    fn guess(&self, role: &ColumnRole) -> Option<&str> {
        let name = |index: usize| self.table.header[index].as_str();
        let taken: Vec<usize> = self.roles.iter().filter_map(|(_, place)| *place).collect();
        let several = candidates(self.table, role, &taken);
        if !several.is_empty() {
            // A bare `loss` leaves open which loss it is, so another column comes first.
            let open = |k: &&usize| ["loss", "L"].contains(&name(**k));
            let clear = several.iter().find(|k| !open(k));
            return clear.or(several.first()).map(|k| name(*k));
        }
        let near = likely_column(self.table, role);
        near.filter(|near| taken.iter().all(|k| name(*k) != *near))
            .or_else(|| self.guess_by_numbers(role, &taken).map(name))
    }

    /// The only column of text without a role, if some of its texts repeat.
    fn guess_by_repeats(&self, taken: &[usize]) -> Option<usize> {
        let is_text = |k: &usize| self.columns[*k].holds == Holds::Text && !taken.contains(k);
        let mut texts = (0..self.columns.len()).filter(is_text);
        let only = texts.next().filter(|_| texts.next().is_none())?;
        let mut seen = HashSet::new();
        let repeats = self.rows.iter().any(|row| !seen.insert(row.cell(only)));
        repeats.then_some(only)
    }

    /// The only column without a role whose numbers have the size of the role's.
    fn guess_by_numbers(&self, role: &ColumnRole, taken: &[usize]) -> Option<usize> {
        let is_broken = |(low, high): (f64, f64)| low.fract() != 0.0 || high.fract() != 0.0;
        let (low, high) = match role.setting {
            Setting::GroupCol => return self.guess_by_repeats(taken),
            Setting::ComputeCol => (1e15, 1e30),
            Setting::LossCol => (0.3, 15.0),
            _ => return None,
        };
        let fits = |k: &usize| {
            let column = &self.columns[*k];
            let inside = |(min, max): (f64, f64)| min >= low && max <= high && min < max;
            !taken.contains(k)
                && column.range.is_some_and(inside)
                && (role.setting != Setting::LossCol || column.range.is_some_and(is_broken))
        };
        let mut fitting = (0..self.columns.len()).filter(fits);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    fn into_seen(self, kind: TableKind, choices: Vec<Remedy>) -> TableSeen {
        TableSeen {
            kind,
            rows: self.rows.len(),
            whole: self.rows.len() == self.table.rows.len(),
            columns: self.columns,
            choices,
        }
    }
}

/// What a column holds in some rows.
pub(super) fn column(
    table: &RawTable,
    rows: &[RawRow],
    index: usize,
    role: Option<&ColumnRole>,
) -> ColumnSeen {
    let name = &table.header[index];
    let numeral = Numeral {
        unit: role.and_then(|role| role.unit(name)),
        thousands: false,
    };
    let (mut written, mut numbers) = (0_usize, 0_usize);
    let mut range: Option<(f64, f64)> = None;
    let mut example = "";
    for row in rows {
        let cell = row.cell(index);
        if cell.is_empty() {
            continue;
        }
        written += 1;
        // The choice must not depend on the order of the rows.
        if example.is_empty() || (cell.len(), cell) < (example.len(), example) {
            example = cell;
        }
        match numeral.read(cell) {
            Ok(read) => {
                numbers += 1;
                let (low, high) = range.unwrap_or((read.value, read.value));
                range = Some((low.min(read.value), high.max(read.value)));
            }
            Err(error) => numbers += usize::from(error.problem().is_of_a_number()),
        }
    }
    let holds = match numbers {
        _ if written == 0 => Holds::Empty,
        numbers if 2 * numbers >= written => Holds::Number,
        _ => Holds::Text,
    };
    ColumnSeen {
        name: name.clone(),
        holds,
        range: range.filter(|_| holds == Holds::Number),
        example: excerpt(example),
        role: role.map(|role| role.name),
        unit: numeral.unit.map(Unit::called),
    }
}
