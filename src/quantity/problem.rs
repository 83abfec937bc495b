//! Why a text is not a quantity.

use crate::text::quoted;
use std::fmt;

/// Why a text is not a quantity.
///
/// Its `Display` is a predicate, so that a message can put the thing's name in front: `loss` + `is
/// not a number`.
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
    /// Points that separate thousands, as in `20.000.000`.
    PointsBetweenThousands,
    /// A number followed by something that is no known suffix or unit.
    UnknownUnit(String),
    /// A number followed by a remark, as in `3.6 (best)` or `3.05†`.
    Remark(String),
}

impl Problem {
    /// Whether it is clear once it is known which sign stands before decimals.
    pub(crate) fn is_about_separators(&self) -> bool {
        matches!(
            self,
            Problem::AmbiguousComma | Problem::PointsBetweenThousands
        )
    }

    /// Whether what is wrong is how a number is written, and not that it is none.
    pub(crate) fn is_of_a_number(&self) -> bool {
        self.is_about_separators() || matches!(self, Problem::Remark(_))
    }
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
            Problem::PointsBetweenThousands => f.write_str("has points between thousands"),
            Problem::UnknownUnit(unit) => write!(f, "has the unknown unit {}", quoted(unit)),
            Problem::Remark(remark) => {
                write!(f, "has the remark {} after the number", quoted(remark))
            }
        }
    }
}
