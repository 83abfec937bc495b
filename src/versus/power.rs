//! The multiplier that a comparison could have detected, and the runs that smaller ones need.

use super::design::{Design, Group, Row};
use super::estimate::{Estimate, MIN_DOF};
use super::joint::Task;
use super::surface::{Along, At};
use crate::fit::central_quantile;
use crate::numeric::bisect;
use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

/// The power that counts as detecting.
const POWER: f64 = 0.9;
/// Multipliers for which the needed runs are reported.
const WANTED: [f64; 3] = [1.02, 1.05, 1.1];
/// More seeds or rungs than this are not practical.
const MOST: usize = 1000;

/// What a comparison could have detected at a compute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Power {
    /// The level of the interval that has to exclude 1.
    pub(crate) level: f64,
    /// The probability of excluding it.
    pub(crate) power: f64,
    /// The smallest multiplier above 1 that these runs would have detected.
    pub(crate) smallest: Option<f64>,
    /// The runs that certain multipliers need.
    pub(crate) needed: Vec<Needed>,
}

/// How many runs would detect a multiplier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Needed {
    /// The multiplier.
    pub(crate) multiplier: f64,
    /// How many times the runs of both recipes would have to be repeated with new seeds; absent
    /// above a thousand.
    pub(crate) repeats: Option<usize>,
    /// Number of runs of each recipe, evenly spaced from its smallest to its largest compute;
    /// absent above a thousand.
    pub(crate) rungs: Option<usize>,
}

/// The probability that an interval of this level excludes 1 if ln m is `log_m` and its estimate
/// has this standard error.
pub(crate) fn power_of(log_m: f64, se: f64, dof: Option<f64>, level: f64) -> f64 {
    const NODES: usize = 400;
    let normal = Normal::standard();
    let critical = central_quantile(level, dof);
    let shift = log_m.abs() / se;
    let beyond = |reach: f64| normal.cdf(shift - reach) + normal.cdf(-shift - reach);
    match dof.and_then(|dof| Some((dof, ChiSquared::new(dof).ok()?))) {
        None => beyond(critical),
        // Non-central t: the mean over the distribution of the estimated noise.
        Some((dof, chi)) => {
            let node = |k: usize| chi.inverse_cdf((k as f64 + 0.5) / NODES as f64) / dof;
            let all = (0..NODES).map(|k| beyond(critical * node(k).sqrt()));
            all.sum::<f64>() / NODES as f64
        }
    }
}

/// The smallest ln m that is detected with probability [`POWER`].
fn smallest(se: f64, dof: Option<f64>, level: f64) -> Option<f64> {
    let enough = dof.is_none_or(|dof| dof >= MIN_DOF);
    if !(enough && se > 0.0 && se.is_finite()) {
        return None;
    }
    let shown = |log_m: f64| power_of(log_m, se, dof, level) >= POWER;
    let mut high = se;
    while !shown(high) {
        high *= 2.0;
        if high > 1e3 {
            return None;
        }
    }
    Some(bisect(0.0, high, |log_m| !shown(log_m)).1)
}

/// The factor 1/c4 of quality control by which an estimated standard deviation is too small on
/// average. Without it the power would be too optimistic.
fn unbiased(dof: f64) -> f64 {
    // For large arguments the logarithms of gamma functions differ by less than their rounding.
    const MANY: f64 = 1e3;
    let half = 0.5 * dof;
    let factor = match dof < MANY {
        true => half.sqrt() * (ln_gamma(half) - ln_gamma(half + 0.5)).exp(),
        false => 1.0 + 0.25 / dof,
    };
    if factor.is_finite() { factor } else { 1.0 }
}

/// What the comparison could have detected at `u` of a line.
pub(super) fn at(estimate: &Estimate<'_>, (along, u): (Along, f64), level: f64) -> Power {
    let raw = |of: &Estimate<'_>| {
        let known = of.view(along).multiplier_with_gradient(u);
        of.known(known?).map(|k| (k.se, k.dof))
    };
    let estimated = raw(estimate);
    let factor = estimated.and_then(|(_, dof)| dof).map_or(1.0, unbiased);
    let error = |of: &Estimate<'_>| raw(of).map(|(se, dof)| (factor * se, dof));
    let own = estimated.map(|(se, dof)| (factor * se, dof));
    let design = estimate.task.design;
    let shows = |(se, dof): (f64, Option<f64>), m: f64| {
        dof.is_none_or(|dof| dof >= MIN_DOF) && power_of(m.ln(), se, dof, level) >= POWER
    };
    let free = estimate.task.free() as f64;
    let repeated = |times: usize| {
        let (se, dof) = own?;
        let rows = design.rows.len() as f64;
        let more = |dof: f64| match design.pairs > 0 {
            // Every repetition adds one difference per pair, and no parameters.
            true => dof + (times as f64 - 1.0) * design.pairs as f64,
            false => (rows * times as f64 - free).max(dof),
        };
        Some((se / (times as f64).sqrt(), dof.map(more)))
    };
    let spaced = |rungs: usize| {
        let all = || design.rows.iter().flat_map(|row| row.at.map(At::compute));
        // Runs of a single compute have no range to space rungs over, and surfaces have no rungs.
        if design.surface {
            return None;
        }
        all().find(|u| Some(*u) != all().next())?;
        let made = evenly(design, rungs)?;
        let task = Task {
            design: &made,
            ..estimate.task.clone()
        };
        error(&estimate.moved(task))
    };
    let needed = WANTED.map(|multiplier| Needed {
        multiplier,
        repeats: first(1, |times| {
            repeated(times).is_some_and(|e| shows(e, multiplier))
        }),
        rungs: first(2, |rungs| {
            spaced(rungs).is_some_and(|e| shows(e, multiplier))
        }),
    });
    Power {
        level,
        power: POWER,
        smallest: own
            .and_then(|(se, dof)| smallest(se, dof, level))
            .map(f64::exp)
            .filter(|m| m.is_finite()),
        needed: match own {
            Some(_) => needed.to_vec(),
            None => Vec::new(),
        },
    }
}

/// The smallest number from `least` on that is enough; it relies on more runs never detecting less.
fn first(least: usize, enough: impl Fn(usize) -> bool) -> Option<usize> {
    let (mut low, mut high) = (least, least);
    while !enough(high) {
        if high >= MOST {
            return None;
        }
        low = high + 1;
        high = (2 * high).min(MOST);
    }
    while low < high {
        let middle = low.midpoint(high);
        match enough(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Some(high)
}

/// A design with this many runs of each recipe over the same range, alone or in pairs.
fn evenly(design: &Design, rungs: usize) -> Option<Design> {
    let of = |side: usize| {
        let own = design.rows.iter().filter(move |row| row.w[side] != 0.0);
        let (mut low, mut high, mut sum, mut n) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0);
        for row in own {
            let u = row.at[side].compute();
            low = low.min(u);
            high = high.max(u);
            // A row of a pair has each run with weight 1/√2.
            let whole = if row.group == Group::Single {
                1.0
            } else {
                2f64.sqrt()
            };
            sum += row.w[side].abs() * whole;
            n += 1;
        }
        (n > 0).then(|| (low, high, sum / f64::from(n)))
    };
    let sides = [of(0)?, of(1)?];
    let place = |(low, high, _): (f64, f64, f64), k: usize| {
        low + (high - low) * k as f64 / (rungs - 1) as f64
    };
    let mut rows = Vec::new();
    for k in 0..rungs {
        let u = sides.map(|side| At::Path(place(side, k)));
        let w = sides.map(|side| side.2);
        match design.pairs > 0 {
            true => {
                let half = std::f64::consts::FRAC_1_SQRT_2;
                for (sign, group) in [(1.0, Group::Sum), (-1.0, Group::Difference)] {
                    rows.push(Row {
                        at: u,
                        w: [w[0] * half, sign * w[1] * half],
                        target: 0.0,
                        group,
                    });
                }
            }
            false => {
                for side in 0..2 {
                    let mut own = [0.0; 2];
                    own[side] = w[side];
                    rows.push(Row {
                        at: [u[side]; 2],
                        w: own,
                        target: 0.0,
                        group: Group::Single,
                    });
                }
            }
        }
    }
    Some(Design {
        rows,
        pairs: if design.pairs > 0 { rungs } else { 0 },
        ..design.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_is_that_of_the_normal_and_of_the_non_central_t() {
        // With known noise, 1.6449 + 1.2816 standard errors are detected with 90 % power.
        let shift = 1.644_853_627 + 1.281_551_566;
        assert!((power_of(shift, 1.0, None, 0.9) - 0.9).abs() < 1e-5);
        // scipy.stats.nct with 4 degrees of freedom, by studies/references/versus.py.
        let found = power_of(3.0, 1.0, Some(4.0), 0.9);
        assert!((found - NCT_4).abs() < 2e-3, "{found}");
        assert!((power_of(0.0, 1.0, Some(4.0), 0.9) - 0.1).abs() < 1e-3);
    }

    #[test]
    fn few_runs_know_their_noise_too_small() {
        // c4 of samples of 4 and of 11 in the tables of ASTM E2587.
        assert!((1.0 / unbiased(3.0) - 0.9213).abs() < 5e-5);
        assert!((1.0 / unbiased(10.0) - 0.9754).abs() < 5e-5);
        assert!((unbiased(999.9) / unbiased(1000.1) - 1.0).abs() < 1e-6);
        assert!((unbiased(1e9) - 1.0).abs() < 1e-6);
    }

    /// P(|T| > 2.1318) with 4 degrees of freedom and non-centrality 3.
    const NCT_4: f64 = 0.791_099_901_5;
}
