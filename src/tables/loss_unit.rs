//! Units of a loss, and conversion between them.

use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use crate::text::{closest, quoted};
use std::f64::consts::LN_2;
use std::fmt;
use std::str::FromStr;

/// The unit of information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    /// Natural logarithms.
    Nats,
    /// Logarithms to base 2.
    Bits,
    /// The exponential of nats.
    Perplexity,
}

/// What a loss is averaged over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Per {
    /// Tokens of the model's tokenizer.
    Token,
    /// Bytes of UTF-8.
    Byte,
    /// Words of the text.
    Word,
}

/// A unit such as `nats/token`, `bits/byte` or `ppl/word`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LossUnit {
    /// Nats, bits or perplexity.
    amount: Amount,
    /// Per token, byte or word.
    per: Per,
}

const AMOUNTS: [(&str, Amount); 4] = [
    ("nats", Amount::Nats),
    ("bits", Amount::Bits),
    ("ppl", Amount::Perplexity),
    ("perplexity", Amount::Perplexity),
];
const PERS: [(&str, Per); 3] = [
    ("token", Per::Token),
    ("byte", Per::Byte),
    ("word", Per::Word),
];

impl FromStr for LossUnit {
    type Err = Error;

    fn from_str(text: &str) -> Result<LossUnit> {
        let wrong = |part: &str, known: &[&str]| {
            let hint = match closest(part, known.iter().copied()) {
                Some(near) => format!("did you mean {}?", quoted(near)),
                None => "units are nats, bits or ppl, per token, byte or word".to_owned(),
            };
            let message = format!("{} is no unit of a loss: {}", quoted(text), quoted(part));
            Error::new(ErrorKind::Usage, message).with_hint(hint)
        };
        let (amount, per) = text.split_once('/').ok_or_else(|| {
            let message = format!("{} is no unit of a loss", quoted(text));
            Error::new(ErrorKind::Usage, message)
                .with_hint("for example nats/token, bits/byte or ppl/word")
        })?;
        let (amount, per) = (amount.trim(), per.trim());
        let names = AMOUNTS.map(|a| a.0);
        let found = AMOUNTS.iter().find(|a| a.0 == amount);
        let over = PERS.iter().find(|p| p.0 == per);
        Ok(LossUnit {
            amount: found.ok_or_else(|| wrong(amount, &names))?.1,
            per: over.ok_or_else(|| wrong(per, &PERS.map(|p| p.0)))?.1,
        })
    }
}

impl fmt::Display for LossUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = AMOUNTS.iter().find(|a| a.1 == self.amount);
        let per = PERS.iter().find(|p| p.1 == self.per);
        let name = |found: Option<&'static str>| found.unwrap_or_default();
        write!(
            f,
            "{}/{}",
            name(amount.map(|a| a.0)),
            name(per.map(|p| p.0))
        )
    }
}

/// A conversion from the unit of a column to the unit that is fitted.
///
/// ```
/// use scalewise::tables::{LossConversion, Text};
/// let text = Text { bytes_per_token: Some(4.0), words_per_token: None };
/// let to_bits = LossConversion::new("nats/token", "bits/byte", text)?;
/// // 2.7725887 nats a token are 4 bits a token, 1 bit a byte.
/// assert!((to_bits.value(2.7725887).unwrap() - 1.0).abs() < 1e-7);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossConversion {
    from: LossUnit,
    to: LossUnit,
    /// Units of `from.per` in one unit of `to.per`.
    share: f64,
}

/// The length of tokens in the text on which the loss is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Text {
    /// Bytes per token.
    pub bytes_per_token: Option<f64>,
    /// Words per token, usually below 1.
    pub words_per_token: Option<f64>,
}

impl Text {
    /// How many of a unit one token has.
    fn in_a_token(self, per: Per) -> Result<f64> {
        let (given, setting) = match per {
            Per::Token => return Ok(1.0),
            Per::Byte => (self.bytes_per_token, Setting::BytesPerToken),
            Per::Word => (self.words_per_token, Setting::WordsPerToken),
        };
        match given {
            Some(count) if count > 0.0 && count.is_finite() => Ok(count),
            Some(count) => {
                let message = format!("{count} is not positive");
                Err(Error::new(ErrorKind::Usage, message).about(setting))
            }
            None => {
                let message = format!(
                    "a loss per {0} and another need the number of {0}s in a token",
                    name(per)
                );
                Err(Error::new(ErrorKind::Usage, message)
                    .with_hint("count both in the very text that the loss is measured on")
                    .with_remedy(setting))
            }
        }
    }
}

fn name(per: Per) -> &'static str {
    PERS.iter().find(|p| p.1 == per).map_or("", |p| p.0)
}

impl LossConversion {
    /// The conversion between two units. Each is nats, bits or perplexity (`ppl`) per token, byte
    /// or word: `nats/token`, `ppl/word`. The length of tokens is needed only between units per
    /// different things.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a text is not a unit, or a needed length is missing or not
    /// positive.
    pub fn new(from: &str, to: &str, text: Text) -> Result<LossConversion> {
        let (from, to): (LossUnit, LossUnit) = (from.parse()?, to.parse()?);
        let share = match from.per == to.per {
            true => 1.0,
            false => text.in_a_token(from.per)? / text.in_a_token(to.per)?,
        };
        Ok(LossConversion { from, to, share })
    }

    /// The unit of the result.
    #[must_use]
    pub(super) fn unit(&self) -> LossUnit {
        self.to
    }

    /// A loss in the new unit.
    ///
    /// # Errors
    /// A reason in words: a perplexity of 1 or less has no positive loss.
    pub fn value(&self, loss: f64) -> std::result::Result<f64, String> {
        let nats = match self.from.amount {
            Amount::Nats => loss,
            Amount::Bits => loss * LN_2,
            Amount::Perplexity if loss > 1.0 => loss.ln(),
            Amount::Perplexity => return Err(format!("{loss} is no perplexity above 1")),
        };
        let nats = nats * self.share;
        let value = match self.to.amount {
            Amount::Nats => nats,
            Amount::Bits => nats / LN_2,
            Amount::Perplexity => nats.exp(),
        };
        match value.is_finite() {
            true => Ok(value),
            false => Err(format!("{loss} is too large to be written in {}", self.to)),
        }
    }

    /// The derivative of the new loss with respect to `loss`, which converts small errors.
    #[must_use]
    pub(super) fn slope(&self, loss: f64) -> f64 {
        let into_nats = match self.from.amount {
            Amount::Nats => 1.0,
            Amount::Bits => LN_2,
            Amount::Perplexity => 1.0 / loss,
        };
        let out_of_nats = match self.to.amount {
            Amount::Nats => 1.0,
            Amount::Bits => 1.0 / LN_2,
            Amount::Perplexity => self.value(loss).unwrap_or(f64::NAN),
        };
        into_nats * self.share * out_of_nats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Text = Text {
        bytes_per_token: Some(4.3),
        words_per_token: Some(0.75),
    };

    fn conversion(from: &str, to: &str) -> LossConversion {
        LossConversion::new(from, to, TEXT).unwrap()
    }

    /// A perplexity of 20 per token is ln 20 = 2.995732 nats per token, /0.75 words = 3.994310 nats
    /// per word, whose exponential is 54.288.
    #[test]
    fn a_perplexity_a_token_is_another_a_word() {
        let value = conversion("ppl/token", "ppl/word").value(20.0).unwrap();
        assert!((value - (20f64.ln() / 0.75).exp()).abs() < 1e-9 * value);
        assert!((value - 54.2883).abs() < 1e-3);
    }

    #[test]
    fn there_and_back_is_the_same() {
        let units = ["nats/token", "bits/byte", "ppl/word", "bits/token"];
        for from in units {
            for to in units {
                let there = conversion(from, to).value(2.5).unwrap();
                let back = conversion(to, from).value(there).unwrap();
                assert!((back - 2.5).abs() < 1e-12, "{from} to {to}: {back}");
            }
        }
    }

    #[test]
    fn the_slope_is_the_derivative() {
        for (from, to) in [
            ("nats/token", "bits/byte"),
            ("ppl/token", "nats/word"),
            ("bits/byte", "ppl/token"),
        ] {
            let c = conversion(from, to);
            let h = 1e-6;
            let difference = (c.value(2.5 + h).unwrap() - c.value(2.5 - h).unwrap()) / (2.0 * h);
            assert!(
                (c.slope(2.5) / difference - 1.0).abs() < 1e-7,
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn a_missing_length_is_asked_for() {
        let error = LossConversion::new("nats/token", "nats/byte", Text::default());
        let remedies = error.unwrap_err().remedies().to_vec();
        assert_eq!(remedies[0].setting(), "bytes_per_token");
    }

    #[test]
    fn units_are_read_and_refused() {
        let unit: LossUnit = "bits/byte".parse().unwrap();
        assert_eq!(unit.to_string(), "bits/byte");
        let error = "bits/bite".parse::<LossUnit>().unwrap_err();
        assert!(error.to_string().contains("bite"), "{error}");
    }
}
