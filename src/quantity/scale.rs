//! What suffixes and units multiply a number by.

use super::problem::Problem;

/// FLOP in one day at one FLOP per second.
const SECONDS_A_DAY: f64 = 86_400.0;

/// What a number is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// The power of ten, which is exact.
    pub(crate) power: i32,
    /// What is left.
    pub(crate) factor: f64,
}

impl Scale {
    /// A number as it stands.
    pub(crate) const ONE: Scale = Scale::power(0);

    pub(crate) const fn power(power: i32) -> Scale {
        Scale { power, factor: 1.0 }
    }

    /// What a suffix or unit stands for, in any case and with or without spaces and hyphens. A noun
    /// such as `tokens` may follow a suffix.
    pub(crate) fn of(unit: &str) -> Result<Scale, Problem> {
        let unknown = || match is_remark(unit) {
            true => Problem::Remark(unit.to_owned()),
            false => Problem::UnknownUnit(unit.to_owned()),
        };
        let name: String = unit
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if name.is_empty() && unit.is_empty() {
            return Ok(Scale::ONE);
        }
        if let Some(power) = suffix_power(&name) {
            return Ok(Scale::power(power));
        }
        let name = name.strip_suffix('s').unwrap_or(&name);
        if let Some(power) = suffix_power(name) {
            return Ok(Scale::power(power));
        }
        if let Some(rate) = name.strip_suffix("day") {
            let prefix = rate
                .strip_suffix("flop/s")
                .or_else(|| rate.strip_suffix("flops"))
                .or_else(|| rate.strip_suffix("flop"))
                .or_else(|| rate.strip_suffix('f'))
                .ok_or_else(unknown)?;
            return Ok(Scale {
                power: prefix_power(prefix).ok_or_else(unknown)?,
                factor: SECONDS_A_DAY,
            });
        }
        let noun = NOUNS.iter().find_map(|noun| name.strip_suffix(noun));
        if let Some(suffix) = noun {
            let power = match suffix {
                "" => Some(0),
                suffix => suffix_power(suffix),
            };
            return power.map(Scale::power).ok_or_else(unknown);
        }
        let prefix = name.strip_suffix("flop").ok_or_else(unknown)?;
        let power = prefix_power(prefix).or_else(|| suffix_power(prefix));
        Ok(Scale::power(power.ok_or_else(unknown)?))
    }
}

/// What may follow a suffix, as in `300B tokens`.
const NOUNS: [&str; 5] = ["token", "tok", "param", "parameter", "weight"];

/// A footnote, an error or a bracket, and no unit.
fn is_remark(unit: &str) -> bool {
    unit.starts_with(|c: char| "([*†‡§¶±#'′^".contains(c) || "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c))
}

fn suffix_power(suffix: &str) -> Option<i32> {
    Some(match suffix {
        "k" | "thousand" => 3,
        "m" | "mn" | "mio" | "million" => 6,
        "b" | "bn" | "billion" => 9,
        "t" | "tn" | "trillion" => 12,
        _ => return None,
    })
}

fn prefix_power(prefix: &str) -> Option<i32> {
    Some(match prefix {
        "" => 0,
        "k" | "kilo" => 3,
        "m" | "mega" => 6,
        "g" | "giga" => 9,
        "t" | "tera" => 12,
        "p" | "peta" => 15,
        "e" | "exa" => 18,
        "z" | "zetta" => 21,
        "y" | "yotta" => 24,
        _ => return None,
    })
}
