//! What a column's name says: its words, whatever separates them, and the unit of its numbers.

use crate::quantity::{Scale, parse_quantity};

/// A column's name taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    /// The name without a tracker's prefix and without a unit in brackets.
    pub(super) bare: String,
    /// The words in lower case with `_` between them, without the unit.
    pub(super) words: String,
    /// The unit of the column's numbers.
    pub(super) unit: Option<Unit>,
}

/// A unit that a name gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    pub(super) scale: Scale,
    pub(super) kind: Kind,
    /// Whether it is a unit only after a known name: the last letter of `params_m`.
    needs_known: bool,
}

/// What a unit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any count, scaled by a power of ten.
    Count,
    /// Floating-point operations.
    Flop,
    /// Operations at a rate for one day.
    FlopDays,
    PerCent,
}

/// Prefixes that trackers put before a column's own name, separated by a point or a slash.
const PREFIXES: [&str; 9] = [
    "metrics",
    "metric",
    "summary",
    "config",
    "params",
    "hparams",
    "throughput",
    "tags.mlflow",
    "perf",
];

impl Name {
    pub(super) fn of(column: &str) -> Name {
        let column = without_prefix(column.trim());
        let (bare, bracket) = without_bracket(column);
        let words = words(bare);
        let (words, unit) = match bracket {
            Some(unit) => (words, unit),
            None => without_unit(words),
        };
        Name {
            bare: bare.to_owned(),
            words,
            unit,
        }
    }

    /// The column's words if its last letter is not a unit.
    pub(super) fn whole(column: &str) -> String {
        words(without_prefix(column.trim()))
    }

    /// The unit. If the name is not `known`, only one that is certain.
    pub(super) fn unit(&self, known: bool) -> Option<Unit> {
        self.unit.filter(|unit| known || !unit.needs_known)
    }
}

impl Unit {
    fn new(scale: Scale, kind: Kind) -> Unit {
        Unit {
            scale,
            kind,
            needs_known: false,
        }
    }

    /// The usual name of the unit.
    pub(super) fn called(self) -> String {
        let power = self.scale.power;
        if self.kind == Kind::PerCent {
            return "per cent".to_owned();
        }
        let prefix = match power {
            0 => "",
            3 => "K",
            6 => "M",
            9 => "G",
            12 => "T",
            15 => "P",
            18 => "E",
            21 => "Z",
            24 => "Y",
            _ => return format!("1e{power}"),
        };
        match (self.kind, power) {
            (Kind::FlopDays, _) => format!("{prefix}F-days"),
            (Kind::Flop, _) => format!("{prefix}FLOP"),
            (Kind::Count, 3) => "thousands".to_owned(),
            (Kind::Count, 6) => "millions".to_owned(),
            (Kind::Count, 9) => "billions".to_owned(),
            (Kind::Count, 12) => "trillions".to_owned(),
            (Kind::Count | Kind::PerCent, _) => format!("1e{power}"),
        }
    }
}

fn without_prefix(mut column: &str) -> &str {
    let after = |column: &str| {
        PREFIXES.iter().find_map(|prefix| {
            let (start, rest) = column.split_at_checked(prefix.len())?;
            let rest = rest.strip_prefix(['.', '/'])?;
            (start.eq_ignore_ascii_case(prefix) && !rest.is_empty())
                .then_some(column.len() - rest.len())
        })
    };
    while let Some(at) = after(column) {
        column = &column[at..];
    }
    column
}

/// The name before a unit in brackets at its end, and that unit; `Some(None)` is a unit that scales
/// nothing.
fn without_bracket(column: &str) -> (&str, Option<Option<Unit>>) {
    let inside = |opens, closes| {
        let (bare, inside) = column.strip_suffix(closes)?.rsplit_once(opens)?;
        let unit = bracketed(inside.trim())?;
        Some((bare.trim_end(), unit))
    };
    match inside('(', ')').or_else(|| inside('[', ']')) {
        Some((bare, unit)) if !bare.is_empty() => (bare, Some(unit)),
        _ => (column, None),
    }
}

/// The unit in a bracket; `None` if it is not a unit, `Some(None)` for a unit of losses.
fn bracketed(inside: &str) -> Option<Option<Unit>> {
    const OF_LOSSES: [&str; 8] = [
        "nats",
        "nat",
        "bits",
        "nats/token",
        "bits/byte",
        "bits/token",
        "nats per token",
        "bpb",
    ];
    if OF_LOSSES
        .iter()
        .any(|unit| unit.eq_ignore_ascii_case(inside))
    {
        return Some(None);
    }
    if ["%", "pct", "percent", "per cent", "in %"]
        .iter()
        .any(|unit| unit.eq_ignore_ascii_case(inside))
    {
        return Some(Some(Unit::new(Scale::power(-2), Kind::PerCent)));
    }
    let inside = inside.strip_prefix("in ").unwrap_or(inside).trim_start();
    let inside = inside.trim_start_matches(['×', 'x', '*']).trim_start();
    if inside.starts_with(|c: char| c.is_ascii_digit() || c == 'e') {
        return power_of_ten(inside).map(Some);
    }
    // `EF` is certain to be a unit only in a bracket.
    let inside = match inside.as_bytes() {
        [b'G' | b'T' | b'P' | b'E' | b'Z' | b'Y', b'F'] => format!("{inside}LOP"),
        _ => inside.to_owned(),
    };
    // A noun alone, as in `count (params)`, scales nothing.
    let scale = Scale::of(&inside).ok()?;
    Some(Some(Unit::new(scale, kind_of(&inside, scale))))
}

/// `1e18`, `e18` or `10^18`, with or without FLOP after it.
fn power_of_ten(text: &str) -> Option<Unit> {
    let text = text.replacen('e', "1e", usize::from(text.starts_with('e')));
    let value = parse_quantity(&text).ok()?;
    let power = value.log10();
    let exact = power.fract() == 0.0 && (1.0..=30.0).contains(&power);
    let kind = match text.to_ascii_lowercase().contains("flop") {
        true => Kind::Flop,
        false => Kind::Count,
    };
    exact.then(|| Unit::new(Scale::power(power as i32), kind))
}

fn kind_of(unit: &str, scale: Scale) -> Kind {
    if scale.factor != 1.0 {
        Kind::FlopDays
    } else if unit.to_ascii_lowercase().contains("flop") {
        Kind::Flop
    } else {
        Kind::Count
    }
}

/// Words in lower case with `_` between them. A character that is neither a letter nor a digit
/// separates words, as does a capital after a small letter.
fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 4);
    let mut before = '_';
    for c in text.chars() {
        let parts = match c {
            '@' => "_at_".to_owned(),
            '%' => "_pct".to_owned(),
            c if c.is_alphanumeric() && c.is_uppercase() && before.is_lowercase() => {
                format!("_{}", c.to_lowercase())
            }
            c if c.is_alphanumeric() => c.to_lowercase().to_string(),
            _ => "_".to_owned(),
        };
        for part in parts.chars() {
            if part != '_' || !(words.is_empty() || words.ends_with('_')) {
                words.push(part);
            }
        }
        before = c;
    }
    words.truncate(words.trim_end_matches('_').len());
    words
}

/// The words before those of a unit, and the unit.
fn without_unit(words: String) -> (String, Option<Unit>) {
    let all: Vec<&str> = words.split('_').collect();
    let (last, before) = match all.split_last() {
        Some((last, before)) if !all.contains(&"per") => (*last, before),
        _ => return (words, None),
    };
    if ["pct", "percent", "percentage"].contains(&last) && !before.is_empty() {
        let unit = Unit::new(Scale::power(-2), Kind::PerCent);
        return (before.join("_"), Some(unit));
    }
    if last.trim_end_matches('s').ends_with("day") {
        for count in 1..=all.len().min(3) {
            let (bare, unit) = all.split_at(all.len() - count);
            let unit = unit.concat();
            if let Ok(scale) = Scale::of(&unit)
                && scale.factor != 1.0
            {
                return (bare.join("_"), Some(Unit::new(scale, Kind::FlopDays)));
            }
        }
        return (words, None);
    }
    if let Ok(scale) = Scale::of(last)
        && scale.power > 0
        && last.contains("flop")
    {
        let unit = Unit::new(scale, Kind::Flop);
        // Below exa, operations per second are also a machine's rate, so such a word alone is
        // ambiguous.
        let bare = match before {
            [] if scale.power < 18 => words.clone(),
            before => [before, &["flops"]].concat().join("_"),
        };
        return (bare, Some(unit));
    }
    if before.is_empty() {
        return (words, None);
    }
    let unit = match last.len() {
        // Two letters alone may be a word or a unit.
        1 => Scale::of(last).ok(),
        2 => Scale::of(last).ok().filter(|_| last == "bn"),
        _ => Scale::of(last).ok(),
    };
    let unit = unit.filter(|scale| scale.power > 0).map(|scale| Unit {
        needs_known: last.len() < 3,
        ..Unit::new(scale, Kind::Count)
    });
    let power = || {
        let starts = last.starts_with("1e") || last.starts_with('e');
        let unit = power_of_ten(last).filter(|_| starts)?;
        Some(Unit {
            needs_known: true,
            ..unit
        })
    };
    match unit.or_else(power) {
        Some(unit) => {
            let bare = before.strip_suffix(&["in"]).unwrap_or(before);
            (bare.join("_"), Some(unit))
        }
        None => (words, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_off_and_named() {
        for (column, words, unit) in [
            ("params (M)", "params", "millions"),
            ("Tokens [B]", "tokens", "billions"),
            ("tokens (billions)", "tokens", "billions"),
            ("params_millions", "params", "millions"),
            ("params_thousands", "params", "thousands"),
            ("tokens_in_billions", "tokens", "billions"),
            ("tokens_b", "tokens", "billions"),
            ("N (M)", "n", "millions"),
            ("throughput/total_gflops", "total_flops", "GFLOP"),
            ("train_zflops", "train_flops", "ZFLOP"),
            ("compute_pf_days", "compute", "PF-days"),
            ("compute (PF-days)", "compute", "PF-days"),
            ("C (EF)", "c", "EFLOP"),
            ("compute_pflop_s_days", "compute", "PF-days"),
            ("compute (petaflop/s-days)", "compute", "PF-days"),
            ("C (×10^18 FLOP)", "c", "EFLOP"),
            ("compute (1e21)", "compute", "1e21"),
            ("acc_pct", "acc", "per cent"),
            ("accuracy (%)", "accuracy", "per cent"),
        ] {
            let name = Name::of(column);
            let found = (&*name.words, name.unit.map(Unit::called));
            assert_eq!(found, (words, Some(unit.to_owned())), "{column}");
        }
    }

    #[test]
    fn other_names_have_no_unit() {
        for column in [
            "params",
            "active (non-emb)",
            "num_params",
            "tflops_per_gpu",
            "tokens_per_second",
            "wall_days",
            "size (gpt-2)",
            "loss (nats)",
            "item",
            "b",
            "M",
            "total_flops",
            "params_total",
            "rate",
            "step (e)",
        ] {
            assert_eq!(Name::of(column).unit, None, "{column}");
        }
    }

    #[test]
    fn words_are_the_same_however_they_are_separated() {
        for (column, words) in [
            ("metrics.val_loss", "val_loss"),
            ("summary/eval/loss", "eval_loss"),
            ("params.n_params", "n_params"),
            ("Validation Loss", "validation_loss"),
            ("tags.mlflow.runName", "run_name"),
            ("Training FLOPs", "training_flops"),
            ("acc,none", "acc_none"),
            ("pass@1", "pass_at_1"),
            ("loss (nats)", "loss"),
            ("  ", ""),
        ] {
            assert_eq!(Name::of(column).words, words, "{column}");
        }
    }
}
