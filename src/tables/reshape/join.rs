//! Adds what another table says about runs or their steps.

use super::super::log::{self, RawRow, RawTable, Source, bad};
use super::anchors::Anchors;
use super::keys::{Key, Keys};
use super::wanted::{Prefer, Reshape};
use super::wide;
use crate::Result;
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::text::{excerpt, list, quoted};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The other table, with the columns that it adds.
pub(super) struct Join {
    /// Its name in messages.
    name: String,
    key: Key,
    known: HashMap<String, RawRow>,
    /// Its runs, if it has several rows per run.
    runs: Option<HashSet<String>>,
    added: Vec<usize>,
    /// Columns that both tables have.
    both: Vec<Both>,
    prefer: Option<Prefer>,
    /// Rows of a known run at an unknown step.
    without: AtomicUsize,
}

/// A column that both tables have.
struct Both {
    here: usize,
    there: usize,
    name: String,
    /// Whether a fit needs it.
    used: bool,
    /// Rows in which the tables differ and the cell here is kept, since a fit does not need it.
    kept: AtomicUsize,
}

impl Join {
    /// Adds the columns of the other table to the header. Also returns which of the wanted pairs of
    /// keys was used.
    pub(super) fn plan(
        table: &mut RawTable,
        (name, bytes): (String, &[u8]),
        how: &Reshape,
        anchors: &Anchors,
    ) -> Result<(Join, Option<usize>)> {
        let mut other = log::read_with(&Source::bytes(bytes, &name), how.decimal)?;
        let keys = match Keys::find(table, &other, how, anchors)? {
            Some(keys) => keys,
            None => {
                other = wide::long_of_all(other, how)?;
                Keys::of_long(table, &other, anchors)?
            }
        };
        let mut notes = keys.notes(table, &other);
        let (known, runs) = gathered(&mut other, &keys, anchors)?;
        let stepped = runs.is_some();
        if stepped {
            notes.push("it has several rows a run: runs and steps have to agree".to_owned());
        }
        let unwanted = anchors.unwanted(&other, keys.there(), stepped);
        if !unwanted.is_empty() {
            let names = unwanted.iter().map(|k| other.header[*k].as_str());
            notes.push(format!(
                "it has one row a run, so its {} are not used: steps and losses are those of each row here",
                list(names)
            ));
        }
        let places: HashMap<&str, usize> = table
            .header
            .iter()
            .enumerate()
            .map(|(place, name)| (name.as_str(), place))
            .collect();
        let (mut added, mut both) = (Vec::new(), Vec::new());
        let is_key = |k: &usize| keys.there().contains(k) || (stepped && keys.step() == Some(*k));
        for k in (0..other.header.len()).filter(|k| !is_key(k) && !unwanted.contains(k)) {
            match places.get(other.header[k].as_str()) {
                Some(here) => both.push(Both {
                    here: *here,
                    there: k,
                    name: other.header[k].clone(),
                    used: true,
                    kept: AtomicUsize::new(0),
                }),
                None => added.push(k),
            }
        }
        let join = Join {
            key: keys.here(stepped),
            known,
            runs,
            prefer: how.prefer,
            without: AtomicUsize::new(0),
            both,
            name,
            added,
        };
        let names = join.added.iter().map(|k| other.header[*k].clone());
        table.header.extend(names);
        let notes = notes.iter().map(|note| format!("{}: {note}", join.name));
        table.notes.extend(notes);
        Ok((join, keys.wanted))
    }

    /// Whether the join may fill cells of this column.
    pub(super) fn fills(&self, column: usize) -> bool {
        self.both.iter().any(|both| both.here == column)
    }

    /// Takes the tables to agree about the columns that a fit does not need.
    pub(super) fn pass_over(&mut self, used: &HashSet<usize>) {
        for both in &mut self.both {
            both.used = used.contains(&both.here);
        }
    }

    /// What the other table lacked and where it differs, in words.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let without = match self.without.load(Ordering::Relaxed) {
            0 => None,
            rows => Some(format!(
                "{}: its cells are blank for {rows} rows, since it has no row of their run and step",
                self.name
            )),
        };
        let kept = self.both.iter().filter_map(|both| {
            let rows = both.kept.load(Ordering::Relaxed);
            (rows > 0).then(|| {
                format!(
                    "{}: its {} differs in {rows} row{}, and the cells of the table are kept, \
                     since \
                     the fit does not use the column",
                    self.name,
                    quoted(&both.name),
                    if rows == 1 { "" } else { "s" }
                )
            })
        });
        without.into_iter().chain(kept)
    }

    /// Adds what is known about the row's run; `unwanted` says whether conditions leave the row
    /// out.
    pub(super) fn add_to(
        &self,
        row: &mut RawRow,
        source: &str,
        unwanted: impl Fn(&RawRow) -> Result<bool>,
    ) -> Result<()> {
        let key = self.key.of(row);
        let Some(facts) = self.known.get(&*key) else {
            let run = self.key.run_of(row);
            if self.runs.as_ref().is_some_and(|runs| runs.contains(&*run)) {
                self.without.fetch_add(1, Ordering::Relaxed);
            } else if !unwanted(row)? {
                let message = format!("nothing is known of run '{}'", excerpt(&run));
                return Err(bad(source, Some(row.line), message)
                    .with_hint(format!(
                        "add it to the {}, or leave its rows out",
                        self.name
                    ))
                    .with_remedy(Setting::Exclude));
            }
            self.added.iter().for_each(|_| row.add(""));
            return Ok(());
        };
        for both in &self.both {
            let (left, right) = (row.cell(both.here), facts.cell(both.there));
            let take = match (left, right) {
                (_, "") => false,
                ("", _) => true,
                _ if same(left, right) => false,
                _ => match self.prefer {
                    Some(prefer) => prefer == Prefer::Right,
                    None if unwanted(row)? => false,
                    None if !both.used => {
                        both.kept.fetch_add(1, Ordering::Relaxed);
                        false
                    }
                    None => {
                        let cells = [left, right];
                        return Err(self.differ(row, source, &both.name, cells, facts.line));
                    }
                },
            };
            if take {
                *row = row.with_cell(both.here, right);
            }
        }
        self.added.iter().for_each(|k| row.add(facts.cell(*k)));
        Ok(())
    }

    fn differ(
        &self,
        row: &RawRow,
        source: &str,
        column: &str,
        [left, right]: [&str; 2],
        line: u64,
    ) -> crate::Error {
        let message = format!(
            "run '{}' has {} {} here and {} on line {line} of the {}",
            excerpt(&self.key.run_of(row)),
            quoted(column),
            excerpt(left),
            excerpt(right),
            self.name
        );
        bad(source, Some(row.line), message)
            .with_hint("say which of the tables is right, or rename the column in one of them")
            .with_remedy(Setting::Prefer.to("left"))
            .with_remedy(Setting::Prefer.to("right"))
    }
}

/// Whether two cells are equal, as text or as numbers.
fn same(left: &str, right: &str) -> bool {
    left == right
        || match (parse_quantity(left), parse_quantity(right)) {
            (Ok(left), Ok(right)) => left == right,
            _ => false,
        }
}

type Known = (HashMap<String, RawRow>, Option<HashSet<String>>);

/// The rows of the other table by key, and its runs if it has several rows per run.
fn gathered(other: &mut RawTable, keys: &Keys, anchors: &Anchors) -> Result<Known> {
    let of_run = keys.there_of(false);
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut twice = None;
    for row in &other.rows {
        let run = of_run.of(row).into_owned();
        if let Some(first) = lines.insert(run.clone(), row.line) {
            twice = Some((run, first, row.line));
            break;
        }
    }
    let stepped = match &twice {
        None => false,
        Some(_) if keys.step().is_some() && anchors.step.is_some() => true,
        Some((run, first, line)) => {
            return Err(twice_there(other, &of_run, run, None, [*first, *line]));
        }
    };
    let key = keys.there_of(stepped);
    let mut known: HashMap<String, RawRow> = HashMap::new();
    let mut runs = HashSet::new();
    for row in std::mem::take(&mut other.rows) {
        if stepped {
            runs.insert(of_run.of(&row).into_owned());
        }
        let name = key.of(&row).into_owned();
        if let Some(first) = known.get(&name) {
            let step = keys.step().map(|step| row.cell(step));
            let (run, lines) = (of_run.of(&row), [first.line, row.line]);
            return Err(twice_there(other, &of_run, &run, step, lines));
        }
        known.insert(name, row);
    }
    Ok((known, stepped.then_some(runs)))
}

fn twice_there(
    other: &RawTable,
    key: &Key,
    run: &str,
    step: Option<&str>,
    [first, line]: [u64; 2],
) -> crate::Error {
    let columns = key.columns().iter().map(|k| other.header[*k].as_str());
    let step = step.map_or(String::new(), |step| {
        format!(" has step {} and", excerpt(step))
    });
    let message = format!(
        "run {}{step} is on lines {first} and {line} (column {})",
        quoted(&run.replace(super::keys::BETWEEN, " / ")),
        list(columns)
    );
    let hint = match step.is_empty() {
        true => "give one row a run, or name the columns that tell the runs apart",
        false => "give one row a run and step",
    };
    bad(&other.source, Some(line), message)
        .with_hint(hint)
        .with_remedy(Setting::JoinOn)
}
