//! The wording of a prediction and its intervals.

use crate::ledger::{Claim, Prediction, SCORE, Scored};
use crate::number::{percent, with_uncertainty};
use crate::said::Said;

/// A quarter of the interval to quote: the uncertainty that sets the number of digits.
pub(super) fn spread(prediction: &Prediction) -> Option<f64> {
    let claim = prediction.quoted()?;
    Some(0.25 * (claim.upper? - claim.lower?))
}

/// `90% calibrated prediction interval`.
pub(super) fn words(claim: &Claim) -> String {
    format!(
        "{} {} {} interval{}",
        percent(claim.level),
        claim.method,
        claim.kind.name(),
        about(claim.about.as_deref())
    )
}

/// Which problems a claim is about, after a comma, if there are several sets.
pub(super) fn about(about: Option<&str>) -> String {
    about.map_or_else(String::new, |a| format!(", {}", a.replace('-', " ")))
}

/// `[lower, upper]` with the digits that the spread supports.
pub(super) fn bracket(claim: &Claim, spread: Option<f64>) -> String {
    let end = |v: Option<f64>| match v {
        Some(v) => with_uncertainty(v, spread),
        None => "no limit".to_owned(),
    };
    format!("[{}, {}]", end(claim.lower), end(claim.upper))
}

/// An error of a quantity: in percentage points for a score, otherwise relative.
pub(super) fn off_by(quantity: &str, scored: &Scored) -> String {
    match quantity == SCORE {
        true => format!(
            "{:+.1} points",
            Said(100.0 * (scored.point - scored.actual))
        ),
        false => off(scored.error),
    }
}

/// A logarithmic error as a relative error: +2.1 %.
pub(super) fn off(error: f64) -> String {
    format!("{:+.1} %", Said(error.exp_m1() * 100.0))
}
