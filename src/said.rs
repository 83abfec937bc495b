//! Numbers in sentences: values that are not finite become words, and a rounded zero has no minus
//! sign.

use std::fmt::{Display, Formatter, LowerExp, Result};

/// A number in a sentence, with the precision and sign of the format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said(pub f64);

impl Said {
    /// The words for a number without digits.
    fn words(self) -> Option<&'static str> {
        match self.0 {
            x if x.is_nan() => Some("undefined"),
            f64::INFINITY => Some("more than 1e308"),
            f64::NEG_INFINITY => Some("less than -1e308"),
            _ => None,
        }
    }

    /// Whether all digits with this precision are zero.
    fn rounds_to_zero(self, precision: Option<usize>) -> bool {
        match precision {
            Some(decimals) => {
                let text = format!("{:.decimals$}", self.0.abs());
                text.bytes().all(|b| b == b'0' || b == b'.')
            }
            None => self.0 == 0.0,
        }
    }
}

impl Display for Said {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.words() {
            Some(words) => f.write_str(words),
            None if self.rounds_to_zero(f.precision()) => Display::fmt(&0.0, f),
            None => Display::fmt(&self.0, f),
        }
    }
}

impl LowerExp for Said {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.words() {
            Some(words) => f.write_str(words),
            None => LowerExp::fmt(&self.0, f),
        }
    }
}

/// Powers of ten between two positive numbers, even if their ratio is not a normal float.
pub(crate) fn decades(from: f64, to: f64) -> f64 {
    match to / from {
        ratio if ratio.is_normal() => ratio.log10(),
        _ => to.log10() - from.log10(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_are_finite_for_all_positive_numbers() {
        assert_eq!(decades(1e18, 1e20), 2.0);
        assert!((decades(1e-300, 1e300) - 600.0).abs() < 1e-9);
        assert!((decades(1e308, 1e-308) + 616.0).abs() < 1e-9);
    }

    #[test]
    fn finite_numbers_keep_their_format_and_others_become_words() {
        assert_eq!(format!("{:+.2} %", Said(1.5)), "+1.50 %");
        assert_eq!(format!("{:.1e}", Said(12345.0)), "1.2e4");
        assert_eq!(Said(0.25).to_string(), "0.25");
        assert_eq!(format!("{:.1}", Said(f64::NAN)), "undefined");
        assert_eq!(
            format!("{:+.1} %", Said(f64::INFINITY)),
            "more than 1e308 %"
        );
        assert_eq!(
            format!("{:.3e}", Said(f64::NEG_INFINITY)),
            "less than -1e308"
        );
    }

    #[test]
    fn what_rounds_to_zero_has_no_minus_sign() {
        for (value, wanted) in [(-0.04, "+0.0"), (-0.06, "-0.1"), (0.04, "+0.0")] {
            assert_eq!(format!("{:+.1}", Said(value)), wanted);
        }
        assert_eq!(format!("{:.0}", Said(-0.0)), "0");
        assert_eq!(format!("{:.3}", Said(-0.0004)), "0.000");
        assert_eq!(format!("{:.3}", Said(-0.0006)), "-0.001");
    }
}
