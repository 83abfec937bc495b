//! The fit of a·C^b + c with a prior: least squares on the runs and on the rows of the prior.
//!
//! With a prior the objective is no longer linear in two of the parameters. Descents start from the
//! best points of a scan over the exponent, with the other parameters at their best values for the
//! runs and with the floor at its prior mean.

use super::basin::Basin;
use super::centred::{Centred, centre, relative};
use super::general::Problem;
use super::observations::Observations;
use super::prior::Penalty;
use super::settings::Settings;
use crate::law::Law;
use crate::numeric::{self, EXPONENTS, Limits, PowerProblem};

/// Exponents that are tried.
const TRIED: usize = 40;
/// Points that descents start from.
const STARTS: usize = 8;

/// Every basin, best first.
pub(super) fn basins(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    prior: &Penalty,
    constant: bool,
) -> Vec<Basin> {
    let keep = if constant { 3 } else { 2 };
    let limits = settings.power_limits(constant);
    let linear = relative(o);
    let Some(mut problem) = PowerProblem::new(&linear, constant, limits) else {
        return Vec::new();
    };
    let mean = |name: &str| prior.prior.of(name).map(|(mean, _)| mean);
    let held = mean("c").filter(|c| constant && (limits.c.0..=limits.c.1).contains(c));
    let mut with_floor = held.and_then(|c| {
        let c = (c, c);
        PowerProblem::new(&linear, constant, Limits { c, ..limits })
    });
    let mut exponents: Vec<f64> = (0..TRIED)
        .map(|k| {
            let t = k as f64 / (TRIED - 1) as f64;
            EXPONENTS.1 * (EXPONENTS.0 / EXPONENTS.1).powf(t)
        })
        .chain(mean("b"))
        .map(|b| b.clamp(limits.b.0, limits.b.1))
        .collect();
    exponents.dedup();
    let mut places: Vec<[f64; 3]> = Vec::new();
    for problem in std::iter::once(&mut problem).chain(with_floor.as_mut()) {
        for &b in &exponents {
            let (s, c, _) = problem.project(b);
            places.push([s, b, c]);
        }
    }
    // Without bounds or a prior on a, the search works in ln(C/C_max) and in units of the median
    // loss. Otherwise it works in the user's units.
    let centred = limits.a == (0.0, f64::INFINITY) && !prior.is_about("a");
    if !centred {
        let general = Problem::new(law, o, settings);
        let raw = |[s, b, c]: [f64; 3]| {
            let basin = basin([s, b, c]);
            problem.raw(&basin)[..keep].to_vec()
        };
        return descents(&general, places.into_iter().map(raw).collect());
    }
    let inside = centre(o, &problem);
    let law = Centred { constant };
    let own = match constant {
        true => prior.in_unit(2, problem.unit),
        false => prior.clone(),
    };
    let unit = problem.unit;
    let general = Problem {
        law: &law,
        observations: &inside,
        objective: settings.objective,
        lower: vec![0.0, limits.b.0, limits.c.0 / unit][..keep].to_vec(),
        upper: vec![f64::INFINITY, limits.b.1, limits.c.1 / unit][..keep].to_vec(),
        prior: Some(&own),
    };
    let places = places.iter().map(|p| p[..keep].to_vec()).collect();
    let mut found = descents(&general, places);
    for one in &mut found {
        let p = &one.parameters;
        let centred = basin([p[0], p[1], p.get(2).copied().unwrap_or(0.0)]);
        one.parameters = problem.raw(&centred)[..keep].to_vec();
        // Rounding must not move a value out of its bounds or off its fixed value.
        for (k, value) in one.parameters.iter_mut().enumerate() {
            *value = value.clamp(settings.lower[k], settings.upper[k]);
        }
    }
    found
}

fn basin([s, b, c]: [f64; 3]) -> numeric::Basin {
    numeric::Basin {
        s,
        b,
        c,
        rss: 0.0,
        converged: true,
    }
}

/// The minima that descents from the best of these points reach.
fn descents(general: &Problem, places: Vec<Vec<f64>>) -> Vec<Basin> {
    let valued = places.into_iter().map(|p| (general.value(&p), p));
    let mut valued: Vec<(f64, Vec<f64>)> = valued.filter(|(v, _)| v.is_finite()).collect();
    valued.sort_by(|p, q| p.0.total_cmp(&q.0));
    valued.truncate(STARTS);
    let ends = valued.iter().filter_map(|(_, p)| general.minimise(p));
    Basin::distinct(ends.collect())
}
