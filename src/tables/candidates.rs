//! The columns that can play a role, and the errors when there is none or there are several.

use super::heading::Name;
use super::log::RawTable;
use super::roles::{COMPUTE, ColumnRole, PARAMS, Rank, TOKENS, is_none, same_name};
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::text::{closest, list, quoted};
use crate::{Error, ErrorKind};

pub(super) fn columns_of(table: &RawTable) -> String {
    list(table.header.iter().map(String::as_str))
}

/// The columns whose names mean a role best, in the order of the table.
pub(super) fn candidates(table: &RawTable, role: &ColumnRole, taken: &[usize]) -> Vec<usize> {
    let ranked = (0..table.header.len()).filter(|k| !taken.contains(k));
    let ranked: Vec<(Rank, usize)> = ranked
        .filter_map(|k| Some((role.rank(&table.header[k])?, k)))
        .filter(|(rank, k)| {
            *rank == Rank::First || !role.is_number() || may_hold_numbers(table, *k)
        })
        .collect();
    let Some(best) = ranked.iter().map(|(rank, _)| *rank).min() else {
        return Vec::new();
    };
    let of = |wanted: &dyn Fn(Rank) -> bool| -> Vec<usize> {
        let some = ranked.iter().filter(|(rank, _)| wanted(*rank));
        some.map(|(_, k)| *k).collect()
    };
    let found = of(&|rank| rank == best);
    match role.setting {
        // Names of runs are unique enough to take the likeliest column.
        Setting::GroupCol | Setting::ModelCol => {
            let likeliest = found.into_iter();
            let likeliest = likeliest.min_by_key(|k| role.place(&table.header[*k]));
            likeliest.into_iter().collect()
        }
        // A column named only `loss` may hold the training loss, so it is ambiguous beside a
        // held-out one.
        Setting::LossCol
            if best == Rank::First && found.iter().all(|k| is_of_any_text(table, *k)) =>
        {
            of(&|rank| rank != Rank::Last)
        }
        // A training loss is not the obvious choice beside held-out losses.
        Setting::LossCol if best == Rank::Last => {
            let held_out = |k: &usize| !found.contains(k) && is_held_out(&table.header[*k]);
            let others = (0..table.header.len()).filter(|k| !taken.contains(k));
            let others: Vec<usize> = others.filter(held_out).collect();
            let numbers = others.into_iter().filter(|k| may_hold_numbers(table, *k));
            let mut all: Vec<usize> = found.iter().copied().chain(numbers).collect();
            all.sort_unstable();
            all
        }
        _ => found,
    }
}

/// Whether a column's name says that it is a loss on held-out text.
fn is_held_out(name: &str) -> bool {
    const TEXTS: [&str; 6] = ["val", "eval", "test", "valid", "validation", "dev"];
    let name = Name::of(name);
    let words: Vec<&str> = name.words.split('_').collect();
    words.contains(&"loss") && words.iter().any(|word| TEXTS.contains(word))
}

/// Whether the name of a loss column leaves open which text it is measured on.
fn is_of_any_text(table: &RawTable, column: usize) -> bool {
    ["loss", "L"]
        .iter()
        .any(|name| same_name(name, &table.header[column]))
}

/// Rows that are searched for numbers.
const LOOKED_AT: usize = 64;

/// Whether a column has numbers in its first rows, or only blank cells.
pub(super) fn may_hold_numbers(table: &RawTable, column: usize) -> bool {
    let cells = table
        .rows
        .iter()
        .take(LOOKED_AT)
        .map(|row| row.cell(column));
    let mut written = cells.filter(|cell| !cell.is_empty()).peekable();
    let begins = |cell: &str| {
        let number = cell.trim_start_matches(|c: char| !c.is_alphanumeric());
        number.starts_with(|c: char| c.is_ascii_digit()) || parse_quantity(cell).is_ok()
    };
    written.peek().is_none() || written.any(begins)
}

/// Columns that are offered at most.
const OFFERED: usize = 6;

pub(super) fn ambiguous(table: &RawTable, role: &ColumnRole, candidates: &[usize]) -> Error {
    let names = candidates.iter().map(|i| table.header[*i].as_str());
    let message = format!(
        "{} columns could be the {}: {}",
        candidates.len(),
        role.name,
        list(names.clone())
    );
    let error = Error::new(ErrorKind::Data, message)
        .at(&table.source, None, None)
        .about_columns()
        .with_hint("choose one of them");
    names
        .take(OFFERED)
        .fold(error, |e, name| e.with_remedy(role.setting.to(name)))
}

pub(super) fn missing(table: &RawTable, role: &ColumnRole) -> Error {
    let message = format!(
        "no column for the {}; the columns are {}",
        role.name,
        columns_of(table)
    );
    let error = Error::new(ErrorKind::Data, message)
        .at(&table.source, None, None)
        .about_columns();
    let headerless = table.header.iter().all(|name| parse_quantity(name).is_ok());
    let one_column = table.header.len() == 1 && !table.rows.is_empty();
    if one_column && table.header[0].contains([' ', '|', ':', '/']) {
        error.with_hint(
            "the first line names one column: separate the columns by commas, semicolons or tabs",
        )
    } else if headerless {
        error.with_hint("the first line holds numbers: put a line with the column names above it")
    } else if let Some(near) = likely_column(table, role) {
        error
            .with_hint(format!("if it is {}, name that column", quoted(near)))
            .with_remedy(role.setting.to(near))
    } else if role.name == COMPUTE.name {
        error
            .with_hint("name its column, or those of the parameters and the tokens, which give 6ND")
            .with_remedy(COMPUTE.setting)
            .with_remedy(PARAMS.setting)
            .with_remedy(TOKENS.setting)
    } else {
        error.with_hint("name its column").with_remedy(role.setting)
    }
}

/// A numeric column whose name contains, or nearly equals, one of the usual names. A name without a
/// unit comes first.
pub(super) fn likely_column<'a>(table: &'a RawTable, role: &ColumnRole) -> Option<&'a str> {
    let proposed = (0..table.header.len()).filter(|k| {
        let name = &table.header[*k];
        let fits = !role.is_number() || may_hold_numbers(table, *k);
        fits && !is_none(&Name::of(name).words, role)
    });
    let proposed: Vec<&str> = proposed.map(|k| table.header[k].as_str()).collect();
    let long = || role.names.iter().filter(|name| name.len() > 2);
    let parts = || long().chain(role.parts());
    let holds = |column: &str, parts: &&&str| column.to_lowercase().contains(**parts);
    long()
        .find_map(|name| closest(name, proposed.iter().copied()))
        .or_else(|| {
            let some = proposed
                .iter()
                .filter(|c| parts().any(|part| holds(c, &part)));
            some.copied().min_by_key(|column| {
                let part = parts().position(|part| holds(column, &part));
                (Name::of(column).unit.is_some(), part)
            })
        })
}

/// The passes column `c` beside a samples column `n`.
pub(super) fn counted_by_letters(table: &RawTable) -> Option<usize> {
    let place = |letter: &str| table.header.iter().position(|name| name == letter);
    place("c").filter(|_| place("n").is_some())
}
