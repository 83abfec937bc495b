//! Coverage and bias of the outcomes in a ledger.

use super::prediction::SCORE;
use super::{Judged, Ledger, Scored, clopper_pearson};
use crate::interval::Kind;
use serde::Serialize;

/// Level of the binomial intervals.
pub const LEVEL: f64 = 0.9;

read_only!(
    /// How often the intervals of one kind contained the outcome.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct Coverage {
        /// The quantity.
        [&str] quantity: String,
        /// The method of the intervals.
        [&str] method: String,
        /// Whether they are for the curve or for an observed value.
        [copy] kind: Kind,
        /// The problems that they are about.
        about: Option<String>,
        /// Their nominal probability.
        [copy] level: f64,
        /// Number of forecasts with an outcome.
        [copy] forecasts: usize,
        /// Number of these whose interval contains it.
        [copy] inside: usize,
        /// inside ÷ forecasts.
        coverage: f64,
        /// Lower end of the Clopper–Pearson interval of the coverage at level [`LEVEL`], which
        /// assumes independent outcomes.
        lower: f64,
        /// Its upper end.
        upper: f64,
        /// Mean interval score on the logarithm.
        interval_score: f64,
    }
);

read_only!(
    /// The errors of the points, on the logarithm; for scores, on their own scale.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct Bias {
        /// The quantity.
        [&str] quantity: String,
        /// Number of forecasts with an outcome.
        [copy] forecasts: usize,
        /// Mean of ln(point) − ln(actual), or of point − actual for scores: positive if forecasts
        /// are too high.
        [copy] mean: f64,
        /// Its standard error; absent for one outcome.
        [copy] standard_error: Option<f64>,
        /// Mean absolute error.
        mean_absolute: f64,
        /// Root of the mean squared z: 1 if the intervals to quote have the right width; absent
        /// without intervals.
        rms_z: Option<f64>,
    }
);

impl Ledger {
    /// One row per quantity, method, kind, problems and level, in the order of their first
    /// occurrence.
    #[must_use]
    pub fn coverage(&self) -> Vec<Coverage> {
        let mut groups: Vec<(&str, Vec<&Judged>)> = Vec::new();
        for (prediction, outcome) in self.counted() {
            let quantity = prediction.quantity.as_str();
            for judged in &outcome.scored.intervals {
                let alike = |(q, members): &&mut (&str, Vec<&Judged>)| {
                    *q == quantity && members.iter().take(1).all(|m| same_promise(m, judged))
                };
                match groups.iter_mut().find(alike) {
                    Some((_, members)) => members.push(judged),
                    None => groups.push((quantity, vec![judged])),
                }
            }
        }
        let made = |(quantity, members): (&str, Vec<&Judged>)| {
            let claim = &members.first()?.claim;
            let forecasts = members.len();
            let inside = members.iter().filter(|m| m.inside).count();
            let (lower, upper) = clopper_pearson(inside, forecasts, LEVEL);
            let score: f64 = members.iter().map(|m| m.interval_score).sum();
            Some(Coverage {
                quantity: quantity.to_owned(),
                method: claim.method.clone(),
                kind: claim.kind,
                about: claim.about.clone(),
                level: claim.level,
                forecasts,
                inside,
                coverage: inside as f64 / forecasts as f64,
                lower,
                upper,
                interval_score: score / forecasts as f64,
            })
        };
        groups.into_iter().filter_map(made).collect()
    }

    /// One row per quantity, in the order of their first occurrence.
    #[must_use]
    pub fn bias(&self) -> Vec<Bias> {
        let mut groups: Vec<(&str, Vec<&Scored>)> = Vec::new();
        for (prediction, outcome) in self.counted() {
            let quantity = prediction.quantity.as_str();
            match groups.iter_mut().find(|(q, _)| *q == quantity) {
                Some((_, members)) => members.push(&outcome.scored),
                None => groups.push((quantity, vec![&outcome.scored])),
            }
        }
        groups
            .into_iter()
            .map(|(quantity, members)| bias(quantity, &members))
            .collect()
    }
}

fn same_promise(p: &Judged, q: &Judged) -> bool {
    let of = |j: &Judged| (j.claim.level, j.claim.kind);
    of(p) == of(q) && p.claim.method == q.claim.method && p.claim.about == q.claim.about
}

fn bias(quantity: &str, members: &[&Scored]) -> Bias {
    let n = members.len() as f64;
    let errors = members.iter().map(|s| match quantity == SCORE {
        true => s.point - s.actual,
        false => s.error,
    });
    let errors: Vec<f64> = errors.collect();
    let mean = errors.iter().sum::<f64>() / n;
    let squares: f64 = errors.iter().map(|error| (error - mean).powi(2)).sum();
    let z: Vec<f64> = members.iter().filter_map(|s| s.z).collect();
    let mean_square = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
    Bias {
        quantity: quantity.to_owned(),
        forecasts: members.len(),
        mean,
        standard_error: (members.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt()),
        mean_absolute: errors.iter().map(|error| error.abs()).sum::<f64>() / n,
        rms_z: (!z.is_empty()).then(|| mean_square.sqrt()),
    }
}
