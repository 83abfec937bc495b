//! Tests of what two laws have in common, by fits with shared parameters.

use super::estimate::Estimate;
use super::joint::{Task, Tie};
use super::surface::{Along, View};
use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

/// A hypothesis about two laws, with its tests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Hypothesis {
    /// Its name.
    pub(crate) name: &'static str,
    /// Number of parameters that it removes.
    pub(crate) constraints: usize,
    /// F with `constraints` and `dof` degrees of freedom; if the noise is known, χ² divided by
    /// `constraints`.
    pub(crate) f: f64,
    /// Degrees of freedom of the noise; absent if it is known.
    pub(crate) dof: Option<f64>,
    /// The probability of an F at least as large if the hypothesis is true.
    pub(crate) p: Option<f64>,
    /// Twice the logarithm of the likelihood ratio.
    pub(crate) likelihood_ratio: f64,
    /// Its probability by χ².
    pub(crate) likelihood_ratio_p: Option<f64>,
    /// Akaike's criterion for few runs (AICc), minus that of two separate laws.
    pub(crate) aicc: Option<f64>,
    /// Schwarz's criterion (BIC), minus that of two separate laws.
    pub(crate) bic: f64,
    /// The multiplier under the hypothesis at each requested place; absent if there is none.
    pub(crate) multipliers: Vec<Option<f64>>,
}

const ALL: [(&str, Tie); 5] = [
    ("equal exponents", [0, 1, 2, 3, 1, 5, 6, 7, 8, 9]),
    ("equal floors", [0, 1, 2, 3, 4, 2, 6, 7, 8, 9]),
    (BOTH, [0, 1, 2, 3, 1, 2, 6, 7, 8, 9]),
    (REDUCIBLE, [0, 1, 2, 0, 1, 5, 6, 7, 8, 9]),
    (OF_SURFACES, [0, 1, 2, 3, 1, 5, 6, 7, 6, 9]),
];
const BOTH: &str = "equal exponents and floors";
const REDUCIBLE: &str = "equal reducible loss";
/// Equal exponents of the path, and equal shares of the term of N.
const OF_SURFACES: &str = "equal alpha and beta";

/// Tests every hypothesis that removes parameters from the two laws.
pub(super) fn all(estimate: &Estimate<'_>, places: &[f64]) -> Vec<Hypothesis> {
    if estimate.task.held.shared {
        return Vec::new();
    }
    let free = estimate.task.free();
    let mut found: Vec<Hypothesis> = Vec::new();
    let mut sizes = vec![free];
    for (name, tie) in ALL {
        let task = Task {
            tie,
            ..estimate.task.clone()
        };
        let constraints = free.saturating_sub(task.free());
        // If the floor is fixed, equal exponents and floors are the same as equal exponents.
        let twice = name == BOTH && sizes.contains(&task.free());
        // If the floor is fixed, an equal reducible loss is an equal loss.
        let same = name == REDUCIBLE && estimate.task.fixed(2);
        // Laws of compute have no shares, and shares that are fixed are equal already.
        let none = name == OF_SURFACES && (task.count() < 10 || task.fixed(6));
        if constraints == 0 || twice || same || none {
            continue;
        }
        sizes.push(task.free());
        found.extend(tested(estimate, name, &task, constraints, places));
    }
    found
}

fn tested(
    estimate: &Estimate<'_>,
    name: &'static str,
    task: &Task<'_>,
    constraints: usize,
    places: &[f64],
) -> Option<Hypothesis> {
    let full = estimate.solution.full;
    let mean = |k: usize| 0.5 * (full[k] + full[k + 3]);
    let with = |six: [f64; 6]| {
        let mut start = full;
        start[..6].copy_from_slice(&six);
        start
    };
    let starts = [
        full,
        with([full[3], full[4], full[5], full[0], full[1], full[2]]),
        with([full[0], mean(1), mean(2), full[3], mean(1), mean(2)]),
        // The exponent and floor of B for both recipes.
        with([full[0], full[4], full[5], full[3], full[4], full[5]]),
    ];
    let ends = starts
        .iter()
        .filter_map(|start| task.solve(start, None, None));
    let best = ends.min_by(|p, q| p.rss.total_cmp(&q.rss))?;
    let design = task.design;
    let least = estimate.solution.rss;
    let more = (best.rss - least).max(0.0);
    let q = constraints as f64;
    let dof = (!design.known).then(|| estimate.dof());
    let p = match dof {
        None => ChiSquared::new(q).ok().map(|chi| chi.sf(more)),
        Some(dof) if dof >= super::estimate::MIN_DOF => {
            FisherSnedecor::new(q, dof).ok().map(|f| f.sf(more / q))
        }
        Some(_) => None,
    };
    let n = design.rows.len() as f64;
    let ratio = match design.known {
        true => more,
        false => n * (best.rss / least).ln(),
    };
    let parameters = |free: usize| free as f64 + if design.known { 0.0 } else { 1.0 };
    let small = |k: f64| (n - k - 1.0 > 0.0).then(|| 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0));
    let (k, k0) = (parameters(estimate.task.free()), parameters(task.free()));
    let two = View::new(&best.full, Along::Path).two;
    let there = |u: &f64| {
        two.log_multiplier(*u)
            .map(f64::exp)
            .filter(|m| m.is_finite())
    };
    let chi = ChiSquared::new(q).ok();
    Some(Hypothesis {
        name,
        constraints,
        f: more / q,
        dof,
        p: p.filter(|p| p.is_finite()),
        likelihood_ratio: ratio,
        likelihood_ratio_p: chi.map(|chi| chi.sf(ratio)).filter(|p| p.is_finite()),
        aicc: small(k0)
            .zip(small(k))
            .map(|(own, free)| ratio + own - free),
        bic: ratio + (k0 - k) * n.ln(),
        multipliers: places.iter().map(there).collect(),
    })
    .filter(|found| found.f.is_finite() && found.likelihood_ratio.is_finite())
}
