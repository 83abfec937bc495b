//! Numbers as the field writes them, read exactly.

use super::problem::Problem;
use super::scale::Scale;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) value: f64,
    /// Whether the text says that the number is only nearly so.
    pub(crate) approximate: bool,
}

/// Reads trimmed text. A number without a suffix or unit of its own is in `unit`.
pub(super) fn parse(text: &str, unit: Scale) -> Result<Parsed, Problem> {
    if text.is_empty() {
        return Err(Problem::Blank);
    }
    let exactly = precise(text);
    let value = number(exactly.unwrap_or(text), unit)?;
    match value.is_finite() {
        true => Ok(Parsed {
            value,
            approximate: exactly.is_some(),
        }),
        false => Err(Problem::TooLarge),
    }
}

/// What stands behind a sign or a word for "about".
fn precise(text: &str) -> Option<&str> {
    const WORDS: [&str; 6] = ["about ", "approx. ", "approx ", "around ", "circa ", "ca. "];
    let signless = text.trim_start_matches(['~', '≈', '∼', '≃']);
    if signless.len() < text.len() {
        return Some(signless.trim_start());
    }
    WORDS.iter().find_map(|word| {
        let (start, rest) = text.split_at_checked(word.len())?;
        start.eq_ignore_ascii_case(word).then(|| rest.trim_start())
    })
}

fn number(text: &str, unit: Scale) -> Result<f64, Problem> {
    if unit == Scale::ONE
        && let Some(value) = parse_plain(text)
    {
        return Ok(value);
    }
    let (sign, unsigned) = match text.strip_prefix(['-', '−']) {
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
    let (digits, after) = mantissa(unsigned);
    let digits = plain_digits(&digits)?;
    let (exponent, written) = power_of_ten(&digits, after)?;
    let written = written.trim();
    let scale = match written.is_empty() {
        true => unit,
        false => Scale::of(written)?,
    };
    let digits = match exponent.replaces {
        true => "1.",
        false => &digits,
    };
    // The suffix goes into the exponent before rounding, so that 1.1B is exactly the double nearest
    // to 1100000000.
    let value: f64 = format!("{digits}e{}", exponent.power.saturating_add(scale.power))
        .parse()
        .map_err(|_| Problem::NotANumber)?;
    Ok(sign * value * scale.factor)
}

/// A number without suffix, unit or separators.
fn parse_plain(text: &str) -> Option<f64> {
    let is_plain = |b: u8| b.is_ascii_digit() || b".eE+-".contains(&b);
    text.bytes().all(is_plain).then(|| text.parse().ok())?
}

/// Spaces and apostrophes that separate groups of three digits, and nothing else.
const BETWEEN_GROUPS: [char; 6] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];

/// The digits with their points and commas, without what separates groups of three; and the rest.
fn mantissa(text: &str) -> (String, &str) {
    let is_digit = |c: char| c.is_ascii_digit() || "_,.".contains(c);
    let (first, mut rest) = text.split_at(text.find(|c| !is_digit(c)).unwrap_or(text.len()));
    let mut digits = first.to_owned();
    let grouped = (1..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_digit());
    if !grouped || first.starts_with('0') {
        return (digits, rest);
    }
    while let Some(group) = rest.strip_prefix(BETWEEN_GROUPS) {
        let end = group.find(|c: char| !c.is_ascii_digit());
        let (three, after) = group.split_at(end.unwrap_or(group.len()));
        if three.len() != 3 {
            break;
        }
        digits.push_str(three);
        rest = after;
    }
    if digits.len() > first.len()
        && let Some(fraction) = rest.strip_prefix('.')
    {
        let end = fraction.find(|c: char| !c.is_ascii_digit());
        let (fraction, after) = fraction.split_at(end.unwrap_or(fraction.len()));
        digits.push('.');
        digits.push_str(fraction);
        rest = after;
    }
    (digits, rest)
}

/// The power of ten behind a mantissa.
struct Exponent {
    power: i32,
    /// Whether the mantissa is the ten itself, as in `10^21`.
    replaces: bool,
}

/// Splits `e+18 FLOP`, `×10¹⁸ FLOP` or, behind `10`, `^18 FLOP` into the power and ` FLOP`.
fn power_of_ten<'a>(mantissa: &str, after: &'a str) -> Result<(Exponent, &'a str), Problem> {
    let found = |power, replaces, rest| Ok((Exponent { power, replaces }, rest));
    if mantissa == "10."
        && let Some((power, rest)) = raised(after)
    {
        return found(power?, true, rest);
    }
    let times = after.trim_start().strip_prefix(TIMES);
    if let Some(times) = times
        && let Some(ten) = times.trim_start().strip_prefix("10")
        && let Some((power, rest)) = raised(ten)
    {
        return found(power?, false, rest);
    }
    let (exponent, rest) = split_exponent(after);
    let power = match exponent {
        "" => 0,
        written => written.parse().map_err(|_| Problem::TooLarge)?,
    };
    found(power, false, rest)
}

/// Signs of multiplication.
const TIMES: [char; 9] = ['×', 'x', 'X', '*', '·', '⋅', '∙', '•', '✕'];

/// The exponent that a ten is raised to, as `^18`, `**18`, `^{18}`, `^(18)` or `¹⁸`, and the rest.
fn raised(after: &str) -> Option<(Result<i32, Problem>, &str)> {
    let caret = after.strip_prefix("**").or_else(|| after.strip_prefix('^'));
    let (number, rest) = match caret.map(str::trim_start) {
        Some(power) => in_brackets(power).unwrap_or_else(|| {
            let signed = usize::from(power.starts_with(['+', '-']));
            let digits = power[signed..].bytes().take_while(u8::is_ascii_digit);
            let (number, rest) = power.split_at(signed + digits.count());
            (number.to_owned(), rest)
        }),
        None => superscript(after),
    };
    let digits = number.strip_prefix(['+', '-']).unwrap_or(&number);
    let is_integer = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_integer.then(|| (number.parse().map_err(|_| Problem::TooLarge), rest))
}

fn in_brackets(power: &str) -> Option<(String, &str)> {
    let (inside, rest) = match power.strip_prefix('{') {
        Some(inside) => inside.split_once('}')?,
        None => power.strip_prefix('(')?.split_once(')')?,
    };
    Some((inside.trim().to_owned(), rest))
}

/// Raised digits as plain ones, and the rest.
fn superscript(after: &str) -> (String, &str) {
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻";
    let plain = |c: char| {
        let place = RAISED.chars().position(|raised| raised == c)?;
        "0123456789+-".chars().nth(place)
    };
    let end = after.find(|c| plain(c).is_none()).unwrap_or(after.len());
    let (raised, rest) = after.split_at(end);
    (raised.chars().filter_map(plain).collect(), rest)
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
    if points_between_thousands(digits) {
        return Err(Problem::PointsBetweenThousands);
    }
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(w, f)| (w, Some(f)));
    let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let whole = if whole.contains(',') {
        let least = if fraction.is_some() { 1 } else { 2 };
        between_thousands(whole, ',', least).ok_or(Problem::AmbiguousComma)?
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

/// `20.000.000` or `20.000,5`, which are whole numbers of thousands with a decimal comma.
fn points_between_thousands(digits: &str) -> bool {
    let (whole, least) = match digits.split_once(',') {
        Some((whole, decimals)) if decimals.bytes().all(|b| b.is_ascii_digit()) => (whole, 1),
        _ => (digits, 2),
    };
    between_thousands(whole, '.', least).is_some()
}

/// `1,000,000` without its at least `least` separators of groups of three digits.
pub(crate) fn between_thousands(digits: &str, separator: char, least: usize) -> Option<String> {
    let groups: Vec<&str> = digits.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let all_digits = groups
        .iter()
        .all(|group| group.bytes().all(|b| b.is_ascii_digit()));
    let well_formed = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && rest.iter().all(|group| group.len() == 3);
    (all_digits && well_formed && rest.len() >= least).then(|| groups.concat())
}
