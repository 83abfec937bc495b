//! Read and print quantities the way the field writes them: `70B`, `1.4T`, `5.88e23`, `3.1 PF-day`.

use std::fmt;

use crate::digits;
use crate::said::Said;
use crate::text::{excerpt, quoted, trimmed};

/// FLOP in one day at one FLOP per second.
const SECONDS_A_DAY: f64 = 86_400.0;

/// Why a text is not a quantity.
///
/// Its `Display` is a predicate, so that a message can put the thing's name in front: `loss` + `is not a number`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Nothing but white space.
    Blank,
    /// No number at all, or `NaN`.
    NotANumber,
    /// `inf` in one of its spellings.
    Infinite,
    /// A number too large for double precision, such as `1e999`.
    TooLarge,
    /// A hexadecimal number such as `0x1F`.
    Hexadecimal,
    /// A comma that may be a decimal or a thousands separator, as in `1,5` or `1,234`.
    AmbiguousComma,
    /// A number followed by something that is no known suffix or unit.
    UnknownUnit(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Blank => f.write_str("is blank"),
            Problem::NotANumber => f.write_str("is not a number"),
            Problem::Infinite => f.write_str("is infinite"),
            Problem::TooLarge => f.write_str("is too large for a number"),
            Problem::Hexadecimal => f.write_str("is hexadecimal"),
            Problem::AmbiguousComma => f.write_str("has a comma where a decimal point is expected"),
            Problem::UnknownUnit(unit) => write!(f, "has the unknown unit {}", quoted(unit)),
        }
    }
}

/// A text that is not a quantity, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantityError {
    text: String,
    problem: Problem,
}

impl QuantityError {
    /// The reason alone.
    #[must_use]
    pub(crate) fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The offending text, escaped and cut to the length of a message.
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
/// Suffixes are `K`, `M`, `B` and `T` in either case; units are `FLOP` (also `PFLOP`, `EFLOP`, `ZFLOP`, …) and
/// `PF-day` (8.64e19 FLOP). Digits may be grouped by underscores, or by commas where these cannot be decimal commas.
///
/// ```
/// use scalewise::quantity::parse_quantity;
/// assert_eq!(parse_quantity("70B"), Ok(70e9));
/// assert_eq!(parse_quantity("5.88e23 FLOP"), Ok(5.88e23));
/// assert_eq!(parse_quantity("1 PF-day"), Ok(8.64e19));
/// assert_eq!(parse_quantity("1,000,000"), Ok(1e6));
/// assert!(parse_quantity("1,5").is_err());
/// assert!(parse_quantity("NaN").is_err());
/// ```
///
/// # Errors
/// When the text is blank, no number, not finite, hexadecimal, or has an ambiguous comma or an unknown unit.
#[inline]
pub fn parse_quantity(text: &str) -> Result<f64, QuantityError> {
    // Nearly every cell of a table.
    match digits::short(text.as_bytes()) {
        Some(value) => Ok(value),
        None => parse_any(text),
    }
}

fn parse_any(text: &str) -> Result<f64, QuantityError> {
    parse(trimmed(text)).map_err(|problem| QuantityError {
        text: excerpt(text.trim()),
        problem,
    })
}

fn parse(text: &str) -> Result<f64, Problem> {
    if text.is_empty() {
        return Err(Problem::Blank);
    }
    if let Some(value) = parse_plain(text) {
        return if value.is_finite() {
            Ok(value)
        } else {
            Err(Problem::TooLarge)
        };
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if ["inf", "infinity"]
        .iter()
        .any(|word| unsigned.eq_ignore_ascii_case(word))
    {
        return Err(Problem::Infinite);
    }
    if unsigned.starts_with("0x") || unsigned.starts_with("0X") {
        return Err(Problem::Hexadecimal);
    }
    let (digits, after) = split_at_first(unsigned, |c| !c.is_ascii_digit() && !"_,.".contains(c));
    let digits = plain_digits(digits)?;
    let (exponent, unit) = split_exponent(after);
    let (power, factor) = scale(unit.trim())?;
    let exponent = match exponent {
        "" => 0,
        written => written.parse::<i32>().map_err(|_| Problem::TooLarge)?,
    };
    // The suffix goes into the exponent before rounding, so that 1.1B is exactly the double nearest to 1100000000.
    let value: f64 = format!("{digits}e{}", exponent.saturating_add(power))
        .parse()
        .map_err(|_| Problem::NotANumber)?;
    let value = sign * value * factor;
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Problem::TooLarge)
    }
}

/// A number without suffix, unit or separators.
fn parse_plain(text: &str) -> Option<f64> {
    let is_plain = |b: u8| b.is_ascii_digit() || b".eE+-".contains(&b);
    text.bytes().all(is_plain).then(|| text.parse().ok())?
}

fn split_at_first(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// Splits `e+18 FLOP` into `+18` and ` FLOP`; without an exponent the first part is empty.
fn split_exponent(after: &str) -> (&str, &str) {
    let Some(rest) = after.strip_prefix(['e', 'E']) else {
        return ("", after);
    };
    let signed = usize::from(rest.starts_with(['+', '-']));
    let digits = rest[signed..]
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    if digits == 0 {
        ("", after)
    } else {
        rest.split_at(signed + digits)
    }
}

/// The mantissa without its separators, if these can mean only one thing.
fn plain_digits(digits: &str) -> Result<String, Problem> {
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(w, f)| (w, Some(f)));
    let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let whole = if whole.contains(',') {
        ungroup_thousands(whole, fraction.is_some()).ok_or(Problem::AmbiguousComma)?
    } else if whole.contains('_') && whole.split('_').all(is_number) {
        whole.replace('_', "")
    } else {
        whole.to_owned()
    };
    let fraction = fraction.unwrap_or("");
    let valid = |s: &str| s.is_empty() || is_number(s);
    if (whole.is_empty() && fraction.is_empty()) || !valid(&whole) || !valid(fraction) {
        return Err(Problem::NotANumber);
    }
    Ok(format!("{whole}.{fraction}"))
}

/// `1,000,000` or `1,234` before a decimal point; a single comma alone may be a decimal comma.
fn ungroup_thousands(whole: &str, point_follows: bool) -> Option<String> {
    let groups: Vec<&str> = whole.split(',').collect();
    let (first, rest) = groups.split_first()?;
    let all_digits = groups
        .iter()
        .all(|group| group.bytes().all(|b| b.is_ascii_digit()));
    let well_formed = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && rest.iter().all(|group| group.len() == 3);
    (all_digits && well_formed && (rest.len() > 1 || point_follows)).then(|| groups.concat())
}

/// The power of ten and the factor that a suffix or unit stands for.
fn scale(unit: &str) -> Result<(i32, f64), Problem> {
    let unknown = || Problem::UnknownUnit(unit.to_owned());
    let name: String = unit
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let suffix = match name.as_str() {
        "" if unit.is_empty() => Some(0),
        "k" => Some(3),
        "m" => Some(6),
        "b" => Some(9),
        "t" => Some(12),
        _ => None,
    };
    if let Some(power) = suffix {
        return Ok((power, 1.0));
    }
    let name = name.strip_suffix('s').unwrap_or(&name);
    if let Some(rate) = name.strip_suffix("day") {
        let prefix = rate
            .strip_suffix("flop/s")
            .or_else(|| rate.strip_suffix('f'))
            .ok_or_else(unknown)?;
        return Ok((prefix_power(prefix).ok_or_else(unknown)?, SECONDS_A_DAY));
    }
    let prefix = name.strip_suffix("flop").ok_or_else(unknown)?;
    Ok((prefix_power(prefix).ok_or_else(unknown)?, 1.0))
}

fn prefix_power(prefix: &str) -> Option<i32> {
    Some(match prefix {
        "" => 0,
        "k" => 3,
        "m" => 6,
        "g" => 9,
        "t" => 12,
        "p" => 15,
        "e" => 18,
        "z" => 21,
        "y" => 24,
        _ => return None,
    })
}

/// Prints a quantity for people, with three significant digits: `70B`, `1.4T`, `5.88e23`, `0.05`.
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
