//! The best rows of a table: one of each configuration, or those that no cheaper row beats.

use super::super::columns::Columns;
use super::super::log::{MEMORY, RawRow, RawTable, Stream, bad, too_large};
use super::super::options::ReadOptions;
use super::super::row::{Notes, RowReader};
use super::super::select::Sieve;
use super::additions::Additions;
use super::reduce::Reduce;
use crate::Result;
use crate::remedy::Setting;
use crate::runs::Run;
use crate::text::{excerpt, list, quoted};
use std::cmp::Ordering;
use std::collections::HashMap;

/// At least this many rows are held before beaten ones are discarded.
const AT_ONCE: usize = 4096;

/// A row that may be one of the best.
struct Candidate {
    /// Its place among all rows.
    at: usize,
    series: String,
    run: Run,
    row: RawRow,
}

/// The rows of which only the best are kept.
pub(super) struct Best<'a> {
    table: &'a RawTable,
    columns: Columns,
    options: &'a ReadOptions,
    sieve: Sieve<'a>,
    rule: Reduce,
    /// The columns that name the run, if runs are separated before configurations.
    runs: Vec<usize>,
}

impl<'a> Best<'a> {
    pub(super) fn plan(
        table: &'a RawTable,
        rule: Reduce,
        options: &'a ReadOptions,
    ) -> Result<Best<'a>> {
        let columns = Columns::find(table, options)?;
        // A name column that the user did not choose may name a family; in a table of curves it
        // names runs.
        let steps = super::super::columns::step_if_any(table, options)?.is_some();
        let runs = match steps || options.group_col.is_some() {
            true => columns.group.clone(),
            false => Vec::new(),
        };
        Ok(Best {
            sieve: Sieve::new(table, &options.excludes, &options.filters)?,
            table,
            columns,
            options,
            rule,
            runs,
        })
    }

    /// The remaining rows in order, and what was done in words.
    pub(super) fn of(
        &self,
        mut rows: Stream<'_>,
        additions: &Additions<'_>,
    ) -> Result<(Vec<RawRow>, String)> {
        let reader = RowReader::new(self.table, &self.columns, self.options);
        let mut held: Vec<Candidate> = Vec::new();
        let mut unusable: Vec<(usize, RawRow)> = Vec::new();
        let [mut seen, mut unwanted, mut blank, mut usable, mut enough] = [0, 0, 0, 0, AT_ONCE];
        let mut size = 0;
        let mut row = RawRow::default();
        while rows.next(&mut row)? {
            seen += 1;
            additions.add_to(&mut row, &self.table.source)?;
            if self.sieve.refusal(&row.view(), self.table)?.is_some() {
                unwanted += 1;
                continue;
            }
            match reader.run(&row, &mut Notes::default()) {
                Ok(run) => {
                    self.refuse_unnamed(&row)?;
                    usable += 1;
                    held.push(Candidate {
                        at: seen,
                        series: row.name(&self.columns.by).into_owned(),
                        run,
                        row: row.clone(),
                    });
                }
                Err(_) if row.cell(self.columns.loss.index).is_empty() => {
                    blank += 1;
                    continue;
                }
                // Kept, so that it is excluded with its reason like every unusable row.
                Err(_) => unusable.push((seen, row.clone())),
            }
            size += row.size();
            if held.len() > enough || size > MEMORY {
                held = self.best(held);
                enough = AT_ONCE.max(2 * held.len());
                let kept = held.iter().map(|one| &one.row);
                let all = kept.chain(unusable.iter().map(|(_, row)| row));
                size = all.map(RawRow::size).sum();
                if size > MEMORY {
                    return Err(too_large(&self.table.source, row.line));
                }
            }
        }
        if seen == 0 {
            return Err(rows.without_rows(&self.table.source));
        }
        held = self.best(held);
        let note = format!(
            "{usable} rows became {} by {}; {unwanted} rows were left out by conditions and {blank} \
             without a loss were passed over",
            held.len(),
            self.rule_in_words(),
        );
        let mut left: Vec<(usize, RawRow)> = held.into_iter().map(|c| (c.at, c.row)).collect();
        left.extend(unusable);
        if left.is_empty() {
            return Err(bad(&self.table.source, None, "no row has a loss to reduce"));
        }
        left.sort_unstable_by_key(|(at, _)| *at);
        Ok((left.into_iter().map(|(_, row)| row).collect(), note))
    }

    /// The rows that no other row beats.
    fn best(&self, mut rows: Vec<Candidate>) -> Vec<Candidate> {
        if self.rule == Reduce::Pareto {
            return front(rows);
        }
        if !self.runs.is_empty() {
            rows = smallest(rows, |one| {
                Some((one.series.clone(), one.run.group.clone()?))
            });
        }
        match self.by_configuration() {
            true => smallest(rows, |one| {
                Some((one.series.clone(), configuration(&one.run)))
            }),
            false => rows,
        }
    }

    /// Whether runs of one size are compared: only if the user named no groups.
    fn by_configuration(&self) -> bool {
        self.options.group_col.is_none()
    }

    fn rule_in_words(&self) -> String {
        if self.rule == Reduce::Pareto {
            let variable = self.options.over.noun();
            return format!("the smallest loss of any row of at most their {variable}");
        }
        let mut groups: Vec<String> = Vec::new();
        if !self.runs.is_empty() {
            let names = self.runs.iter().map(|k| self.table.header[*k].as_str());
            groups.push(list(names));
        }
        if self.by_configuration() {
            let columns = &self.columns;
            let mut sizes: Vec<char> = [
                ('N', columns.params),
                ('D', columns.tokens),
                ('U', columns.unique),
            ]
            .into_iter()
            .filter_map(|(symbol, column)| column.map(|_| symbol))
            .collect();
            let symbol = self.options.over.symbol();
            let known = columns.of(self.options.over).is_some();
            let both = columns.params.is_some() && columns.tokens.is_some();
            if known && !both && !sizes.contains(&symbol) {
                sizes.push(symbol);
            }
            let mut names: Vec<String> = sizes.iter().map(char::to_string).collect();
            names.extend(columns.wanted.iter().map(|wanted| excerpt(&wanted.name)));
            groups.push(match names.len() {
                1 => names.concat(),
                _ => format!("({})", names.join(", ")),
            });
        }
        format!(
            "the smallest loss of each {}",
            groups.join(", then of each ")
        )
    }

    fn refuse_unnamed(&self, row: &RawRow) -> Result<()> {
        let mut runs = self.runs.iter();
        let named_by_user = self.options.group_col.is_some();
        match runs.find(|k| named_by_user && row.cell(**k).is_empty()) {
            None => Ok(()),
            Some(column) => {
                let column = quoted(&self.table.header[*column]);
                let message = format!("the row has a loss, and column {column} is blank");
                Err(bad(&self.table.source, Some(row.line), message)
                    .with_hint("write the name, take the loss out, or leave the row out")
                    .with_remedy(Setting::Exclude))
            }
        }
    }
}

/// What two trials of one configuration share: the size, and the other variables of the law.
fn configuration(run: &Run) -> ([Option<u64>; 4], Vec<u64>) {
    let bits = |value: Option<f64>| value.map(f64::to_bits);
    let [params, tokens] = [bits(run.params), bits(run.tokens)];
    let x = (params.is_none() || tokens.is_none()).then_some(run.x);
    let size = [params, tokens, bits(run.unique_tokens), bits(x)];
    (size, run.column_bits())
}

/// The row with the smallest loss of each key; rows without a key are kept.
fn smallest<K: Eq + std::hash::Hash>(
    rows: Vec<Candidate>,
    key: impl Fn(&Candidate) -> Option<K>,
) -> Vec<Candidate> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut best: Vec<Candidate> = Vec::new();
    for row in rows {
        let place = key(&row).map(|key| *places.entry(key).or_insert(best.len()));
        match place.and_then(|place| best.get_mut(place)) {
            None => best.push(row),
            Some(known) if by_loss(&row, known).is_lt() => *known = row,
            Some(_) => {}
        }
    }
    best
}

/// The rows of each series that no row with at most the same x beats.
fn front(mut rows: Vec<Candidate>) -> Vec<Candidate> {
    rows.sort_by(|a, b| {
        (a.series.cmp(&b.series))
            .then_with(|| a.run.x.total_cmp(&b.run.x))
            .then_with(|| by_loss(a, b))
    });
    let mut kept: Vec<Candidate> = Vec::new();
    for row in rows {
        let is_beaten = kept.last().is_some_and(|last| {
            let twin = last.run.x == row.run.x && last.run.loss == row.run.loss;
            last.series == row.series && last.run.loss <= row.run.loss && !twin
        });
        if !is_beaten {
            kept.push(row);
        }
    }
    kept
}

/// Order by loss, then by the other cells, so that the order of rows never matters.
fn by_loss(a: &Candidate, b: &Candidate) -> Ordering {
    let cells = |one: &Candidate| {
        (0..one.row.width())
            .map(|k| one.row.cell(k).to_owned())
            .collect()
    };
    (a.run.loss.total_cmp(&b.run.loss)).then_with(|| {
        let [a, b]: [Vec<String>; 2] = [cells(a), cells(b)];
        a.cmp(&b)
    })
}
