//! Reads and prints quantities as they are usually written: `70B`, `1.4T`, `5.88e23`, `3.1 PF-day`.

mod parse;
mod problem;
mod scale;

use std::fmt;

use crate::digits;
use crate::said::Said;
use crate::text::{excerpt, trimmed};

pub(crate) use parse::{Parsed, between_thousands};
pub(crate) use problem::Problem;
pub(crate) use scale::Scale;

/// A text that is not a quantity, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantityError {
    text: String,
    problem: Problem,
}

impl QuantityError {
    /// The reason without the text.
    #[must_use]
    pub(crate) fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The text, escaped and cut to fit a message.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' {}", self.text, self.problem)
    }
}

impl std::error::Error for QuantityError {}

/// Reads a finite number with an optional suffix or unit.
///
/// Suffixes are `K`, `M`, `B` and `T` in either case and their words, such as `billion`; units are
/// `FLOP` (also `PFLOP`, `EFLOP`, `ZFLOP`, …) and `PF-day` (8.64e19 FLOP); `tokens` and `params`
/// may follow a suffix. A power of ten may be written as `e19`, `×10^19` or `×10¹⁹`. Digits may be
/// grouped by underscores, spaces or apostrophes, or by commas if these cannot be decimal commas. A
/// sign or a word for "about" may precede the number.
///
/// ```
/// use scalewise::quantity::parse_quantity;
/// assert_eq!(parse_quantity("70B"), Ok(70e9));
/// assert_eq!(parse_quantity("5.88e23 FLOP"), Ok(5.88e23));
/// assert_eq!(parse_quantity("1 PF-day"), Ok(8.64e19));
/// assert_eq!(parse_quantity("2.00×10¹⁹"), Ok(2e19));
/// assert_eq!(parse_quantity("300B tokens"), Ok(3e11));
/// assert_eq!(parse_quantity("1,000,000"), Ok(1e6));
/// assert!(parse_quantity("1,5").is_err());
/// assert!(parse_quantity("NaN").is_err());
/// ```
///
/// # Errors
/// If the text is blank, not a number, not finite or hexadecimal, or has an ambiguous comma, an
/// unknown unit, or a remark after the number.
#[inline]
pub fn parse_quantity(text: &str) -> Result<f64, QuantityError> {
    // This fast path reads nearly every cell of a table.
    match digits::short(text.as_bytes()) {
        Some(value) => Ok(value),
        None => parse_in(text, Scale::ONE).map(|parsed| parsed.value),
    }
}

/// As [`parse_quantity`] for a number in `unit` unless it has its own. The result also says whether
/// the number is only approximate.
pub(crate) fn parse_in(text: &str, unit: Scale) -> Result<Parsed, QuantityError> {
    parse::parse(trimmed(text), unit).map_err(|problem| QuantityError {
        text: excerpt(text.trim()),
        problem,
    })
}

/// Formats a quantity for people, with three significant digits: `70B`, `1.4T`, `5.88e23`, `0.05`.
///
/// ```
/// use scalewise::quantity::format_quantity;
/// assert_eq!(format_quantity(6_795_600_349.3), "6.8B");
/// assert_eq!(format_quantity(1e24), "1e24");
/// assert_eq!(format_quantity(2.566), "2.57");
/// ```
#[must_use]
pub fn format_quantity(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return if value == 0.0 {
            "0".to_owned()
        } else {
            Said(value).to_string()
        };
    }
    let scientific = format!("{value:.2e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    let rounded: f64 = scientific.parse().unwrap_or(value);
    let suffix = match power {
        -3..=2 => "",
        3..=5 => "K",
        6..=8 => "M",
        9..=11 => "B",
        12..=14 => "T",
        _ => return format!("{}e{power}", without_trailing_zeros(mantissa)),
    };
    let shift = if power < 3 {
        0
    } else {
        power - power.rem_euclid(3)
    };
    let decimals = usize::try_from(2 - (power - shift)).unwrap_or(0);
    let scaled = format!("{:.decimals$}", rounded / 10f64.powi(shift));
    format!("{}{suffix}", without_trailing_zeros(&scaled))
}

fn without_trailing_zeros(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> Problem {
        match parse_quantity(text) {
            Ok(value) => unreachable!("{text} was read as {value}"),
            Err(error) => error.problem().clone(),
        }
    }

    #[test]
    fn numbers_are_read_exactly() {
        for (text, value) in [
            ("2.6e18", 2.6e18),
            ("1E+20", 1e20),
            ("5e-3", 5e-3),
            ("+7", 7.0),
            ("-1.2", -1.2),
            (" \t42 ", 42.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("0", 0.0),
            ("1_000_000", 1e6),
            ("1,000,000", 1e6),
            ("12,345.5", 12_345.5),
            ("6795600349.289497", 6795600349.289497),
        ] {
            assert_eq!(parse_quantity(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn suffixes_and_units_scale_exactly() {
        for (text, value) in [
            ("111M", 111e6),
            ("1.1b", 1.1e9),
            ("70 B", 70e9),
            ("1.4T", 1.4e12),
            ("8k", 8e3),
            ("1e3M", 1e9),
            ("2.3e22 FLOP", 2.3e22),
            ("2.3e22FLOPs", 2.3e22),
            ("5 ZFLOP", 5e21),
            ("5EFLOP", 5e18),
            ("3 pflops", 3e15),
            ("1 PF-day", 8.64e19),
            ("2 PF-days", 2.0 * 8.64e19),
            ("1pfday", 8.64e19),
            ("1 PFLOP/s-day", 8.64e19),
            ("12 petaflop/s-days", 12.0 * 8.64e19),
            ("300B tokens", 3e11),
            ("300 tokens", 300.0),
            ("20M params", 20e6),
            ("1.3 billion", 1.3e9),
            ("1.3 Billion parameters", 1.3e9),
            ("2 trillion", 2e12),
            ("10 zettaFLOPs", 1e22),
        ] {
            assert_eq!(parse_quantity(text), Ok(value), "{text}");
        }
        approx::assert_relative_eq!(
            parse_quantity("3.1 PF-day").unwrap_or(f64::NAN),
            3.1 * 8.64e19,
            max_relative = 1e-15
        );
    }

    #[test]
    fn powers_of_ten_are_read_however_they_are_written() {
        for (text, value) in [
            ("2.00×10¹⁹", 2e19),
            ("1.31×10^20", 1.31e20),
            ("1.31x10^20", 1.31e20),
            ("1.3 * 10^20 FLOP", 1.3e20),
            ("1.3·10**20", 1.3e20),
            ("1.3 × 10^{20}", 1.3e20),
            ("7×10⁻³", 7e-3),
            ("10^21", 1e21),
            ("10²¹", 1e21),
            ("-3x10^2", -300.0),
        ] {
            assert_eq!(parse_quantity(text), Ok(value), "{text}");
        }
        for text in ["2^10", "10^", "3×10", "3.05¹", "10^x"] {
            assert!(parse_quantity(text).is_err(), "{text}");
        }
        assert_eq!(problem("10^999999999999"), Problem::TooLarge);
    }

    #[test]
    fn groups_of_three_digits_are_one_number() {
        for (text, value) in [
            ("20 000 000", 2e7),
            ("1\u{a0}234.5", 1234.5),
            ("1'000'000", 1e6),
            ("75 300 B", 75_300e9),
        ] {
            assert_eq!(parse_quantity(text), Ok(value), "{text}");
        }
        for text in ["1 2", "1234 567", "0 123", "1 2345"] {
            assert!(parse_quantity(text).is_err(), "{text}");
        }
        for text in ["20.000.000", "1.600.000.000", "20.000,5"] {
            assert_eq!(problem(text), Problem::PointsBetweenThousands, "{text}");
        }
    }

    #[test]
    fn a_unit_is_that_of_numbers_without_one() {
        let read = |text: &str, unit| parse_in(text, unit).map(|parsed| parsed.value);
        for (text, value) in [
            ("1.1", 1.1e9),
            ("1.1M", 1.1e6),
            ("2e-3", 2e6),
            ("10^2", 1e11),
        ] {
            assert_eq!(read(text, Scale::power(9)), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_nearly_so_is_read_and_told() {
        for (text, nearly) in [
            ("~8.02 T", true),
            ("≈8.02T", true),
            ("about 8.02T", true),
            ("8.02T", false),
        ] {
            let parsed = parse_in(text, Scale::ONE);
            let wanted = Parsed {
                value: 8.02e12,
                approximate: nearly,
            };
            assert_eq!(parsed, Ok(wanted), "{text}");
        }
        assert!(parse_quantity("~").is_err());
        assert!(parse_quantity("about it").is_err());
    }

    #[test]
    fn remarks_are_named() {
        for (text, remark) in [
            ("3.6 (best)", "(best)"),
            ("3.05†", "†"),
            ("3.05*", "*"),
            ("3.05¹", "¹"),
        ] {
            assert_eq!(problem(text), Problem::Remark(remark.into()), "{text}");
        }
    }

    #[test]
    fn each_refusal_has_its_reason() {
        assert_eq!(problem("  "), Problem::Blank);
        for text in [
            "NaN", "nan", "abc", "-", ".", "e18", "B", "--1", "1__0", "_1", "1.2.3", "1.5,000",
            "FLOP",
        ] {
            assert_eq!(problem(text), Problem::NotANumber, "{text}");
        }
        for text in ["inf", "-Inf", "+infinity"] {
            assert_eq!(problem(text), Problem::Infinite, "{text}");
        }
        for text in ["1e999", "1e99999999999", "-1e400", "1e308 PF-day"] {
            assert_eq!(problem(text), Problem::TooLarge, "{text}");
        }
        assert_eq!(problem("0x1F"), Problem::Hexadecimal);
        for text in [
            "1,5",
            "1,234",
            "2,345e3",
            "0,123,456",
            "1,00,000",
            ",5",
            "1,000,00",
        ] {
            assert_eq!(problem(text), Problem::AmbiguousComma, "{text}");
        }
        assert_eq!(problem("5 apples"), Problem::UnknownUnit("apples".into()));
        assert_eq!(problem("5G"), Problem::UnknownUnit("G".into()));
        assert_eq!(problem("50%"), Problem::UnknownUnit("%".into()));
        assert_eq!(problem("1-"), Problem::UnknownUnit("-".into()));
        assert_eq!(problem("1e"), Problem::UnknownUnit("e".into()));
        assert_eq!(problem("1 2"), Problem::UnknownUnit("2".into()));
    }

    #[test]
    fn messages_quote_and_escape_the_text() {
        let message = |text: &str| parse_quantity(text).map_err(|e| e.to_string());
        assert_eq!(
            message("abc\u{7}"),
            Err(r"'abc\u{7}' is not a number".into())
        );
        assert_eq!(
            message("1,5"),
            Err("'1,5' has a comma where a decimal point is expected".into())
        );
        assert_eq!(message("5 x"), Err("'5 x' has the unknown unit 'x'".into()));
    }

    #[test]
    fn people_read_short_numbers() {
        for (value, text) in [
            (70e9, "70B"),
            (1.4e12, "1.4T"),
            (5.88e23, "5.88e23"),
            (1e24, "1e24"),
            (111e6, "111M"),
            (999_999.0, "1M"),
            (999.9, "1K"),
            (999.4, "999"),
            (1500.0, "1.5K"),
            (2e15, "2e15"),
            (0.05, "0.05"),
            (0.00123, "0.00123"),
            (1.5e-7, "1.5e-7"),
            (-70e9, "-70B"),
            (0.0, "0"),
            (-0.0, "0"),
            (100.0, "100"),
            (f64::NAN, "undefined"),
            (f64::INFINITY, "more than 1e308"),
        ] {
            assert_eq!(format_quantity(value), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            if let Ok(value) = parse_quantity(&text) {
                prop_assert!(value.is_finite());
            }
        }

        #[test]
        fn shortest_decimal_text_is_read_back_exactly(value in proptest::num::f64::NORMAL) {
            prop_assert_eq!(parse_quantity(&format!("{value:e}")), Ok(value));
            prop_assert_eq!(parse_quantity(&value.to_string()), Ok(value));
        }

        #[test]
        fn printed_quantities_are_short_and_near(value in -1e30..1e30f64) {
            let text = format_quantity(value);
            prop_assert!(text.len() <= 9, "{}", text);
            let back = parse_quantity(&text).unwrap_or(f64::NAN);
            prop_assert!((back - value).abs() <= 0.00501 * value.abs());
        }
    }
}
