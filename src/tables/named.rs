//! Columns found by the names that a user or a law gives.

use super::candidates::columns_of;
use super::log::RawTable;
use super::numeral::Numeral;
use super::roles::{ColumnRole, same_name};
use crate::remedy::Setting;
use crate::text::{closest, quoted};
use crate::{Error, ErrorKind, Result};

/// A column that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Column {
    pub(super) index: usize,
    /// Whether the user named it.
    pub(super) by_user: bool,
    pub(super) numeral: Numeral,
}

impl Column {
    /// A column of a role, in the unit that its name gives.
    pub(super) fn new(table: &RawTable, role: &ColumnRole, index: usize, by_user: bool) -> Column {
        let numeral = Numeral {
            unit: role.unit(&table.header[index]),
            thousands: false,
        };
        Column {
            index,
            by_user,
            numeral,
        }
    }

    /// A column of text.
    pub(super) fn plain(index: usize, by_user: bool) -> Column {
        Column {
            index,
            by_user,
            numeral: Numeral::default(),
        }
    }
}

/// The column of this name: an exact match, or one in another case if only one fits.
pub(super) fn named_if_any(table: &RawTable, name: &str) -> Option<usize> {
    let wanted = name.trim();
    if let Some(index) = table.header.iter().position(|column| column == wanted) {
        return Some(index);
    }
    let mut others = (0..table.header.len()).filter(|i| same_name(wanted, &table.header[*i]));
    others.next().filter(|_| others.next().is_none())
}

/// The column that a setting or a filter names: an exact match, or one in another case if only one
/// fits.
pub(super) fn find_named(table: &RawTable, name: &str, setting: Setting) -> Result<usize> {
    let wanted = name.trim();
    if let Some(index) = named_if_any(table, wanted) {
        return Ok(index);
    }
    let message = format!(
        "no column {}; the columns are {}",
        quoted(wanted),
        columns_of(table)
    );
    let error = Error::new(ErrorKind::Data, message)
        .at(&table.source, None, None)
        .about(setting);
    let error = match is_all_of(setting) {
        true => error.about_columns(),
        false => error,
    };
    if setting == Setting::ParamsCol && wanted.contains('|') {
        return Err(error.with_hint(
            "alternatives are compared where one series is allocated: name one column, or a sum such as A+B",
        ));
    }
    let Some(near) = closest(wanted, table.header.iter().map(String::as_str)) else {
        return Err(error.with_hint("use one of the names in the first line of the file"));
    };
    let error = error.with_hint(format!("did you mean {}?", quoted(near)));
    Err(match is_all_of(setting) {
        true => error.with_remedy(setting.to(near)),
        false => error,
    })
}

/// Whether the setting holds nothing but the name of a column.
fn is_all_of(setting: Setting) -> bool {
    !matches!(
        setting,
        Setting::Where
            | Setting::Exclude
            | Setting::Hold
            | Setting::Let
            | Setting::Law
            | Setting::Targets
    )
}
