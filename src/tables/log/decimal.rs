//! Numbers with a decimal sign that the user names, rewritten with a decimal point.

use super::raw::RawRow;
use crate::quantity::between_thousands;
use crate::remedy::Setting;
use crate::{Error, ErrorKind, Result};
use std::str::FromStr;

/// The decimal sign; the other one separates thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimal {
    /// `4,63` and `20.000.000`.
    Comma,
    /// `4.63` and `20,000,000`.
    Point,
}

impl FromStr for Decimal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Decimal> {
        match text.trim() {
            "," | "comma" => Ok(Decimal::Comma),
            "." | "point" => Ok(Decimal::Point),
            _ => Err(
                Error::new(ErrorKind::Usage, format!("'{text}' is no decimal sign"))
                    .about(Setting::Decimal)
                    .with_hint("write , or ."),
            ),
        }
    }
}

impl Decimal {
    /// Rewrites every number of the row with a decimal point and without thousands separators.
    pub(super) fn mend(self, row: &mut RawRow) {
        for column in 0..row.width() {
            if let Some(plain) = self.plain(row.cell(column)) {
                *row = row.with_cell(column, &plain);
            }
        }
    }

    /// The cell with its number rewritten; `None` if it needs no change or is not such a number.
    fn plain(self, cell: &str) -> Option<String> {
        let start = cell.find(|c: char| c.is_ascii_digit())?;
        let (before, number) = cell.split_at(start);
        let sign = before.trim();
        // Digits after letters belong to a name.
        let is_number = sign.is_empty()
            || sign.chars().all(|c| "+-−~≈∼≃".contains(c))
            || ["about", "ca.", "circa", "approx.", "around"].contains(&sign);
        if !is_number {
            return None;
        }
        let end = number.find(|c: char| !c.is_ascii_digit() && !",.".contains(c));
        let (digits, after) = number.split_at(end.unwrap_or(number.len()));
        // Nobody separates thousands in a mantissa.
        let is_mantissa = after.starts_with(['e', 'E']) && !digits.contains(',');
        let digits = match self {
            Decimal::Comma if is_mantissa => return None,
            Decimal::Comma => with_point(digits)?,
            Decimal::Point => {
                let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
                let point = &digits[whole.len()..digits.len() - decimals.len()];
                let whole = between_thousands(whole, ',', 1)?;
                format!("{whole}{point}{decimals}")
            }
        };
        Some(format!("{before}{digits}{after}"))
    }
}

/// Digits such as `20.000,5` or `4,63` with a decimal point and without thousands separators.
fn with_point(digits: &str) -> Option<String> {
    let Some((whole, decimals)) = digits.split_once(',') else {
        return between_thousands(digits, '.', 1);
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(decimals) {
        return None;
    }
    let whole = match are_digits(whole) {
        true => whole.to_owned(),
        false => between_thousands(whole, '.', 1)?,
    };
    Some(format!("{whole}.{decimals}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_plainly_and_names_stay() {
        for (cell, plain) in [
            ("4,6315", Some("4.6315")),
            ("4,800e+16", Some("4.800e+16")),
            ("4.800e+16", None),
            ("20.000.000,5", Some("20000000.5")),
            ("20.000.000", Some("20000000")),
            ("-1,5 B", Some("-1.5 B")),
            ("~8,02 T", Some("~8.02 T")),
            ("0,130", Some("0.130")),
            ("4.6315", None),
            ("875", None),
            ("gpt-1,3B", None),
            ("1,234,567", None),
            ("2.0.1", None),
            ("", None),
        ] {
            assert_eq!(Decimal::Comma.plain(cell).as_deref(), plain, "{cell}");
        }
        for (cell, plain) in [
            ("5,387", Some("5387")),
            ("1,234,567.5 M", Some("1234567.5 M")),
            ("1,5", None),
            ("4.5", None),
            ("0,130", None),
        ] {
            assert_eq!(Decimal::Point.plain(cell).as_deref(), plain, "{cell}");
        }
    }
}
