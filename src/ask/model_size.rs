//! The size of a model in a request: its compute, or its parameters and tokens.

use crate::error::{Error, ErrorKind, Result};
use crate::size::Size;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The size of a model in a request. In files it is written like [`Size`], or as a text such as
/// `"1.3e10:5e12"`.
///
/// ```
/// use scalewise::{Size, ask::ModelSize};
/// assert_eq!("13B:5T".parse::<ModelSize>()?, ModelSize::Trained { params: 1.3e10, tokens: 5e12 });
/// assert_eq!("100x".parse::<ModelSize>()?, ModelSize::Compute(Size::Times(100.0)));
/// assert!("13B:".parse::<ModelSize>().is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ModelSize {
    /// Training compute, or a multiple of the largest fitted compute.
    Compute(Size),
    /// Parameters N and training tokens D; the compute is 6ND.
    Trained {
        /// Parameters N.
        params: f64,
        /// Training tokens D.
        tokens: f64,
    },
}

impl FromStr for ModelSize {
    type Err = Error;

    fn from_str(text: &str) -> Result<ModelSize> {
        let Some((params, tokens)) = text.split_once(':') else {
            return text.parse().map(ModelSize::Compute);
        };
        let one = |part: &str, what: &str| match part.trim().parse::<Size>() {
            Ok(Size::Of(value)) => Ok(value),
            Ok(Size::Times(_)) | Err(_) => Err(Error::new(
                ErrorKind::Usage,
                format!("'{}' is no number of {what}", crate::text::excerpt(part)),
            )
            .with_hint("write parameters and tokens such as 13B:5T, or the compute alone")),
        };
        Ok(ModelSize::Trained {
            params: one(params, "parameters")?,
            tokens: one(tokens, "tokens")?,
        })
    }
}

impl From<Size> for ModelSize {
    fn from(size: Size) -> ModelSize {
        ModelSize::Compute(size)
    }
}

impl fmt::Display for ModelSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelSize::Compute(size) => size.fmt(f),
            ModelSize::Trained { params, tokens } => write!(f, "{params:e}:{tokens:e}"),
        }
    }
}

impl Serialize for ModelSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            ModelSize::Compute(size) => size.serialize(serializer),
            ModelSize::Trained { .. } => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for ModelSize {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<ModelSize, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a size is a number, or a text such as 100x or 13B:5T"
        )]
        enum Written {
            Number(f64),
            Text(String),
        }
        use serde::de::Error as _;
        match Written::deserialize(from)? {
            Written::Number(value) if value > 0.0 && value.is_finite() => {
                Ok(ModelSize::Compute(Size::Of(value)))
            }
            Written::Number(_) => Err(D::Error::custom("a size must be positive and finite")),
            Written::Text(text) => text.parse().map_err(D::Error::custom),
        }
    }
}
