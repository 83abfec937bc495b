//! The rules by which a training curve is reduced to one loss.

use crate::remedy::Setting;
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::str::FromStr;

/// How the losses of a run are reduced to one.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Reduce {
    /// The last one.
    Last,
    /// The mean of the last part: `tail=0.1` is the last tenth of the rows, at least one row.
    Tail(f64),
    /// The smallest mean of this many neighbours: `smooth-min=5`.
    SmoothMin(usize),
    /// The row with the smallest loss of each group, or without groups of each configuration.
    Min,
    /// The rows that no row with at most the same compute beats.
    Pareto,
}

impl Reduce {
    /// Whether the rule chooses among rows and needs no steps.
    pub(in crate::tables) fn chooses_rows(self) -> bool {
        matches!(self, Reduce::Min | Reduce::Pareto)
    }
}

impl FromStr for Reduce {
    type Err = Error;

    fn from_str(text: &str) -> Result<Reduce> {
        let usage = || {
            Error::new(ErrorKind::Usage, format!("'{text}' is no rule"))
                .about(Setting::Reduce)
                .with_hint(
                    "write last, tail=10% (mean of the last tenth), smooth-min=5 (smallest mean of 5 neighbours), \
                     min (best row of each group) or pareto (rows that no cheaper one beats)",
                )
        };
        match text.trim().split_once('=') {
            None if text.trim() == "last" => Ok(Reduce::Last),
            None if text.trim() == "min" => Ok(Reduce::Min),
            None if text.trim() == "pareto" => Ok(Reduce::Pareto),
            Some(("tail", part)) => {
                let share = match part.trim().strip_suffix('%') {
                    Some(percent) => percent.trim().parse::<f64>().map(|p| p / 100.0),
                    None => part.trim().parse(),
                };
                let share = share.map_err(|_| usage())?;
                (share > 0.0 && share <= 1.0)
                    .then_some(Reduce::Tail(share))
                    .ok_or_else(usage)
            }
            Some(("smooth-min", count)) => match count.trim().parse() {
                Ok(count) if count > 0 => Ok(Reduce::SmoothMin(count)),
                _ => Err(usage()),
            },
            _ => Err(usage()),
        }
    }
}

impl fmt::Display for Reduce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reduce::Last => write!(f, "the last loss"),
            Reduce::Tail(share) => {
                write!(f, "the mean of the last {} % of the losses", share * 100.0)
            }
            Reduce::SmoothMin(count) => {
                write!(f, "the smallest mean of {count} neighbouring losses")
            }
            Reduce::Min => write!(f, "the smallest loss"),
            Reduce::Pareto => write!(f, "the smallest loss so far"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_refused() {
        assert_eq!("tail=10%".parse(), Ok(Reduce::Tail(0.1)));
        assert_eq!("tail=0.25".parse(), Ok(Reduce::Tail(0.25)));
        assert_eq!(" last ".parse(), Ok(Reduce::Last));
        assert_eq!("min".parse(), Ok(Reduce::Min));
        assert_eq!("pareto".parse(), Ok(Reduce::Pareto));
        for wrong in [
            "",
            "mean",
            "min=3",
            "tail",
            "tail=0",
            "tail=120%",
            "smooth-min=0",
            "smooth-min=x",
        ] {
            assert!(wrong.parse::<Reduce>().is_err(), "{wrong}");
        }
    }
}
