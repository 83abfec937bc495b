//! Points at which a law of several variables is to be forecast, from a text or a table.

use super::candidates::missing;
use super::columns::{Column, find_by, find_named, find_role};
use super::log::{self, RawRow, RawTable, Source};
use super::numeral::has_thousands;
use super::options::ReadOptions;
use super::roles::{COMPUTE, ColumnRole, PARAMS, TOKENS, UNIQUE};
use super::row::{positive, unreadable};
use super::series::blank_key;
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::runs::{LOGARITHM, SIZES, check_positive, within};
use crate::text::{closest, excerpt, list, quoted};
use crate::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// The value of each variable of a law, by its name.
pub type Point = BTreeMap<String, f64>;

/// The variables that are found by usual column names and must be positive: compute, parameters,
/// tokens and unique tokens.
const SIZED: [(&str, &ColumnRole); 4] = [
    ("C", &COMPUTE),
    ("N", &PARAMS),
    ("D", &TOKENS),
    ("U", &UNIQUE),
];

fn sized(name: &str) -> Option<&'static ColumnRole> {
    let found = SIZED.iter().find(|(symbol, _)| *symbol == name);
    found.map(|(_, role)| *role)
}

/// Reads a point such as `N=7B,S=8`, with a value for each of these variables: a positive quantity
/// for C, N, D and U, and one of any sign for the others.
///
/// ```
/// use scalewise::internal::read_point;
/// let point = read_point("N=7B, S=8", &["N", "S"])?;
/// assert_eq!((point["N"], point["S"]), (7e9, 8.0));
/// let error = read_point("N=7B", &["N", "S"]).unwrap_err();
/// assert_eq!(error.to_string(), "'N=7B' gives no value to S");
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Usage`] when a part is not NAME=VALUE, a value is not a finite number, a name is
/// not that of a variable, or a variable has no value or several.
pub fn read_point(text: &str, variables: &[impl AsRef<str>]) -> Result<Point> {
    let usage = |message: String| Error::new(ErrorKind::Usage, message);
    let names = || variables.iter().map(AsRef::as_ref);
    let all = || {
        let all: Vec<String> = names().map(|name| format!("{name}=1")).collect();
        format!(
            "give each variable of the law a value, as in {}",
            all.join(",")
        )
    };
    let mut point = Point::new();
    for part in text.split(',') {
        let Some((name, value)) = part.split_once('=') else {
            let message = format!(
                "{} of {} is not NAME=VALUE",
                quoted(part.trim()),
                quoted(text)
            );
            return Err(usage(message).with_hint(all()));
        };
        let (name, value) = (name.trim(), value.trim());
        if !names().any(|known| known == name) {
            let message = format!(
                "the law has no variable {}; its variables are {}",
                quoted(name),
                list(names())
            );
            let hint = closest(name, names());
            let hint = hint.map_or_else(all, |near| format!("did you mean {}?", quoted(near)));
            return Err(usage(message).with_hint(hint));
        }
        let number = parse_quantity(value).map_err(|e| {
            usage(format!("{}: {e}", excerpt(name)))
                .with_hint("write a number such as 8, 1e-3 or 7B")
        })?;
        let number = checked(number, name).map_err(|why| usage(why).with_hint(all()))?;
        if point.insert(name.to_owned(), number).is_some() {
            let message = format!("{} gives {} two values", quoted(text), excerpt(name));
            return Err(usage(message).with_hint(all()));
        }
    }
    match names().find(|name| !point.contains_key(*name)) {
        None => Ok(point),
        Some(name) => {
            let message = format!("{} gives no value to {}", quoted(text), excerpt(name));
            Err(usage(message).with_hint(all()))
        }
    }
}

/// As [`read_point`] when the law is not known yet: the caller checks the names.
///
/// # Errors
/// As for [`read_point`], except for names.
pub fn read_named(text: &str) -> Result<Point> {
    let names = text.split(',').map(|part| part.split('=').next());
    let names: Vec<&str> = names.map(|name| name.unwrap_or_default().trim()).collect();
    read_point(text, &names)
}

/// Checks that a variable can have this value.
fn checked(value: f64, name: &str) -> std::result::Result<f64, String> {
    match sized(name) {
        None => Ok(value + 0.0),
        Some(_) => check_positive(value, LOGARITHM)
            .map_err(|problem| format!("{name} {problem}"))
            .and_then(|()| within(value, &SIZES, name)),
    }
}

/// A row of a table of points.
#[derive(Debug, Clone, PartialEq)]
pub struct PointRow {
    /// 1-based line in the file.
    pub line: u64,
    /// The series' key; empty where no column tells series apart.
    pub series: String,
    /// The file's name as messages show it.
    source: String,
    /// What the cells hold, or the error about one.
    values: std::result::Result<Point, String>,
}

impl PointRow {
    /// The value of each variable.
    ///
    /// # Errors
    /// When a cell is blank or not a number, or is not positive for C, N, D or U.
    pub fn values(&self) -> Result<&Point> {
        self.values.as_ref().map_err(|problem| {
            Error::new(ErrorKind::Data, problem.clone())
                .at(&self.source, Some(self.line), None)
                .with_hint("give each variable of the law a number, for example 8, 1e-3 or 7B")
        })
    }
}

/// Reads a table of points: a column for each of these variables, and the columns `by` that name
/// the series. C, N, D and U are found as in the table of runs, the others by their names; other
/// columns are ignored.
///
/// ```
/// use scalewise::{ReadOptions, internal::read_points};
/// let table = b"params,S\n7B,8\n70B,\n";
/// let rows = read_points(table, "points.csv", None, &["N", "S"], &ReadOptions::default())?;
/// assert_eq!(rows[0].values()?["N"], 7e9);
/// let error = rows[1].values().unwrap_err();
/// assert_eq!(error.to_string(), "points.csv:3: S is blank");
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the table cannot be read, a column is missing, or a row has no series. Errors in a row's
/// values come from [`PointRow::values`].
pub fn read_points(
    bytes: &[u8],
    source: &str,
    by: Option<&str>,
    variables: &[impl AsRef<str>],
    options: &ReadOptions,
) -> Result<Vec<PointRow>> {
    let table = log::read_with(&Source::bytes(bytes, source), options.reshape.decimal)?;
    let by = match by {
        Some(names) => find_by(&table, names)?,
        None => Vec::new(),
    };
    let found = variables.iter().map(|name| {
        let name = name.as_ref();
        let mut column = found(&table, name, options)?;
        column.numeral.thousands = has_thousands(&table, column.index, None);
        Ok((name, column))
    });
    let found = found.collect::<Result<Vec<(&str, Column)>>>()?;
    let row = |row: &RawRow| {
        let series = match by.is_empty() {
            true => String::new(),
            false => match row.key(&by) {
                Some(series) => series.into_owned(),
                None => return Err(blank_key(&table, &by, &[row])),
            },
        };
        let value = |(name, column): &(&str, Column)| {
            Ok(((*name).to_owned(), value(&table, row, name, *column)?))
        };
        Ok(PointRow {
            line: row.line,
            series,
            source: table.source.clone(),
            values: found.iter().map(value).collect(),
        })
    };
    table.rows.iter().map(row).collect()
}

/// The column of a variable.
fn found(table: &RawTable, name: &str, options: &ReadOptions) -> Result<Column> {
    let Some(role) = sized(name) else {
        let index = find_named(table, name, Setting::Targets)?;
        return Ok(Column::plain(index, true));
    };
    let named = match name {
        "C" => &options.compute_col,
        "N" => &options.params_col,
        "D" => &options.tokens_col,
        _ => &options.unique_col,
    };
    let index = find_role(table, role, named.as_deref())?.ok_or_else(|| missing(table, role))?;
    Ok(Column::new(table, role, index, named.is_some()))
}

fn value(
    table: &RawTable,
    row: &RawRow,
    name: &str,
    column: Column,
) -> std::result::Result<f64, String> {
    let (heading, cell) = (&table.header[column.index], row.cell(column.index));
    if sized(name).is_some() {
        let read = positive(&column.numeral, cell, heading, LOGARITHM)?;
        return within(read.value, &SIZES, &excerpt(heading));
    }
    let read = column.numeral.read(cell);
    let read = read.map_err(|error| unreadable(cell, heading, &error))?;
    Ok(read.value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(text: &str) -> String {
        match read_point(text, &["N", "lr"]) {
            Ok(point) => format!("{point:?}"),
            Err(error) => format!("{error} ({})", error.hint().unwrap_or_default()),
        }
    }

    #[test]
    fn a_point_has_one_number_for_each_variable() {
        assert_eq!(said(" N = 7B ,lr=-0"), r#"{"N": 7000000000.0, "lr": 0.0}"#);
        assert_eq!(
            said("lr=3e-4,N=1.5e9"),
            r#"{"N": 1500000000.0, "lr": 0.0003}"#
        );
        let give = "give each variable of the law a value, as in N=1,lr=1";
        for (text, wanted) in [
            ("", format!("'' of '' is not NAME=VALUE ({give})")),
            (
                "N=1,000,lr=1",
                format!("'000' of 'N=1,000,lr=1' is not NAME=VALUE ({give})"),
            ),
            ("N=1", format!("'N=1' gives no value to lr ({give})")),
            (
                "N=1,lr=1,N=2",
                format!("'N=1,lr=1,N=2' gives N two values ({give})"),
            ),
            (
                "N=0,lr=1",
                format!("N is zero: its logarithm is needed ({give})"),
            ),
            (
                "N=1,lrr=1",
                "the law has no variable 'lrr'; its variables are N, lr (did you mean 'lr'?)"
                    .into(),
            ),
            (
                "N=1,lr=high",
                "lr: 'high' is not a number (write a number such as 8, 1e-3 or 7B)".into(),
            ),
        ] {
            assert_eq!(said(text), wanted);
        }
    }

    #[test]
    fn rows_of_points_are_looked_at_one_by_one() {
        let csv = b"task,n_params,LR,note\nqa,1B,3e-4,x\ncode,-1,3e-4,\nqa,2B,warm,\n";
        let options = ReadOptions::default();
        let rows =
            read_points(csv, "p.csv", Some("task"), &["N", "lr"], &options).unwrap_or_default();
        let said: Vec<String> = rows
            .iter()
            .map(|row| match row.values() {
                Ok(point) => format!("{} {point:?}", row.series),
                Err(error) => format!("{} {error}", row.series),
            })
            .collect();
        assert_eq!(
            said,
            [
                r#"qa {"N": 1000000000.0, "lr": 0.0003}"#,
                "code p.csv:3: n_params is negative (-1.0)",
                "qa p.csv:4: LR is not a number ('warm')",
            ]
        );
    }

    #[test]
    fn a_table_of_points_needs_its_columns() {
        let options = ReadOptions::default();
        let said =
            |by, names: &[&str]| match read_points(b"N,lr\n1,2\n", "p.csv", by, names, &options) {
                Ok(rows) => format!("{} rows", rows.len()),
                Err(error) => error.to_string(),
            };
        assert_eq!(said(None, &["N", "lr"]), "1 rows");
        assert!(said(None, &["D"]).contains("no column for the tokens"));
        assert!(said(None, &["bsz"]).contains("no column 'bsz'; the columns are N, lr"));
        assert!(said(Some("task"), &["N"]).contains("no column 'task'"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[NSlr0-9=,.eB -]{0,24}|\\PC{0,12}") {
            let _ = read_point(&text, &["N", "S"]);
            let none: [&str; 0] = [];
            let _ = read_point(&text, &none);
            let _ = read_points(text.as_bytes(), "p.csv", None, &["N", "S"], &ReadOptions::default());
        }
    }
}
