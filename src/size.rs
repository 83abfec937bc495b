//! The size of a requested run: a number, or a multiple of the largest fitted run.

use crate::error::{Error, ErrorKind, Result};
use crate::quantity::parse_quantity;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The size of a requested run. In files it is a number, or a text such as `"100x"`.
///
/// ```
/// use scalewise::Size;
/// assert_eq!("70B".parse::<Size>()?, Size::Of(7e10));
/// assert_eq!("100x".parse::<Size>()?, Size::Times(100.0));
/// assert_eq!("100X".parse::<Size>()?, Size::Times(100.0));
/// // Parameters and tokens stand for 6ND.
/// assert_eq!("4.5B:90B".parse::<Size>()?, Size::Of(6.0 * 4.5e9 * 9e10));
/// assert_eq!(Size::Times(100.0).to_string(), "100x");
/// assert!("-1".parse::<Size>().is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Size {
    /// In FLOP, or in the variable of the law.
    Of(f64),
    /// A multiple of the largest fitted run.
    Times(f64),
}

impl Size {
    /// A quantity, a multiple such as `100x`, or parameters and tokens such as `4.5B:90B`, which
    /// stand for a compute of 6ND; `positive` reads a number.
    #[doc(hidden)]
    pub fn read<E>(
        text: &str,
        positive: impl Fn(&str) -> std::result::Result<f64, E>,
    ) -> std::result::Result<Size, E> {
        if let Some((params, tokens)) = text.split_once(':') {
            let (params, tokens) = (positive(params.trim())?, positive(tokens.trim())?);
            return Ok(Size::Of(6.0 * params * tokens));
        }
        match text.trim().strip_suffix(['x', 'X', '×']) {
            Some(factor) => positive(factor.trim_end()).map(Size::Times),
            None => positive(text).map(Size::Of),
        }
    }

    /// The size as a number, given the largest fitted run.
    #[must_use]
    pub(crate) fn beside(self, largest: f64) -> f64 {
        match self {
            Size::Of(compute) => compute,
            Size::Times(factor) => factor * largest,
        }
    }
}

impl FromStr for Size {
    type Err = Error;

    fn from_str(text: &str) -> Result<Size> {
        Size::read(text, |number| {
            let usage = |message: String| Error::new(ErrorKind::Usage, message);
            let value = parse_quantity(number).map_err(|e| {
                usage(e.to_string()).with_hint("write a quantity such as 2.6e18, 70B or 3.1 PF-day")
            })?;
            match value > 0.0 {
                true => Ok(value),
                false => Err(usage(format!("'{number}' is not positive"))),
            }
        })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size::Of(value) => write!(f, "{value:e}"),
            Size::Times(factor) if (1e-6..1e9).contains(factor) => write!(f, "{factor}x"),
            Size::Times(factor) => write!(f, "{factor:e}x"),
        }
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Size::Of(value) => serializer.serialize_f64(*value),
            Size::Times(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Size, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a size is a number, or a text such as 100x")]
        enum Written {
            Number(f64),
            Text(String),
        }
        match Written::deserialize(from)? {
            Written::Number(value) if value > 0.0 && value.is_finite() => Ok(Size::Of(value)),
            Written::Number(_) => Err(D::Error::custom("a size must be positive and finite")),
            Written::Text(text) => text.parse().map_err(D::Error::custom),
        }
    }
}
