//! Laws typed as formulas, compared with the built-in laws, whose searches are exact or
//! specialised.

use crate::{sets, surface};
use scalewise::Fit;
use scalewise::fit::{Basin, Residuals};
use scalewise::internal::Observations;
use scalewise::law::{Broken, BuiltIn, Chinchilla, Law, Saturating, Shifted, TypedLaw};

/// Problems per law: 500 if published data are available, since that build is optimised.
const PROBLEMS: u64 = if cfg!(feature = "corpus") { 500 } else { 24 };

/// The law with six parameters takes more than half a second per problem: `SCALEWISE_PROBLEMS=500
/// cargo test --release --features corpus --test solvers typed` checks 500.
fn problems_of_broken() -> u64 {
    let wanted = std::env::var("SCALEWISE_PROBLEMS").ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok());
    wanted.unwrap_or(PROBLEMS.min(120))
}

/// Largest relative excess of a typed law's sum of squares over that of the built-in one.
const SAME: f64 = 1e-9;

/// Sums below this (per run, in units of the losses) are rounding.
const ROUNDING: f64 = 1e-24;

fn best(fit: &Fit, o: &Observations) -> Option<Basin> {
    fit.run_observations(o).ok()?.into_iter().next()
}

/// Asserts that the typed law never ends above the built-in one.
fn compare(law: BuiltIn, text: &str, problems: u64, data: impl Fn(u64) -> Observations) {
    let typed = TypedLaw::parse(text).unwrap();
    let mut fit = Fit::new(typed).residuals(Residuals::Relative);
    for (name, low, high) in bounds(law) {
        fit = fit.bounds(&name, low..=high);
    }
    let built_in = Fit::new(law).residuals(Residuals::Relative);
    let mut above = Vec::new();
    let mut compared = 0;
    for seed in 0..problems {
        let o = data(seed);
        let Some(known) = best(&built_in, &o) else {
            continue;
        };
        let found = best(&fit, &o).unwrap();
        compared += 1;
        let rounding = ROUNDING * o.len() as f64;
        if found.objective > known.objective * (1.0 + SAME) + rounding {
            above.push((seed, found.objective / known.objective - 1.0));
        }
    }
    assert!(compared > problems / 2);
    assert!(above.is_empty(), "{text}: {above:?} of {compared}");
}

/// The bounds of a built-in law.
fn bounds(law: BuiltIn) -> Vec<(String, f64, f64)> {
    let range = law.parameters().iter().map(|p| {
        let (low, high) = p.range();
        (p.name.to_string(), low, high)
    });
    range.collect()
}

fn curves(seed: u64) -> Observations {
    let shape = sets::SHAPES[(seed % sets::SHAPES.len() as u64) as usize];
    crate::observations(&sets::runs(shape, seed), Residuals::Relative)
}

#[test]
fn a_typed_power_law_reaches_the_exact_minimum() {
    compare(Saturating, "L = a*C^b + c", PROBLEMS, curves);
}

#[test]
fn a_typed_shifted_law_reaches_the_built_in_minimum() {
    compare(Shifted, "L = a*(C + d)^b + c", PROBLEMS, curves);
}

#[test]
fn a_typed_broken_law_reaches_the_built_in_minimum() {
    let text = "L = c + a*C^b*(1 + (C/d)^(1/f))^(f*(b2 - b))";
    compare(Broken, text, problems_of_broken(), curves);
}

#[test]
fn a_typed_surface_reaches_the_exact_minimum() {
    let text = "L = E + A/N^alpha + B/D^beta";
    compare(Chinchilla, text, PROBLEMS, |seed| {
        let shape = surface::SHAPES[(seed % surface::SHAPES.len() as u64) as usize];
        let runs = surface::runs(shape, seed);
        let inputs = runs.iter().map(|run| vec![run.0, run.1]).collect();
        let y = runs.iter().map(|run| run.2).collect();
        Observations::new(inputs, y, Residuals::Relative).unwrap()
    });
}

#[test]
fn no_unit_and_no_order_matters() {
    let law = || TypedLaw::parse("L = E + A/N^alpha + B/D^beta").unwrap();
    let fit = Fit::new(law()).residuals(Residuals::Relative);
    let runs = surface::runs(surface::Shape::Usual, 3);
    let with = |unit: f64, reversed: bool| {
        let mut rows: Vec<_> = (runs.iter())
            .map(|run| (vec![run.0 * unit, run.1 * unit], run.2))
            .collect();
        if reversed {
            rows.reverse();
        }
        let (inputs, y) = rows.into_iter().unzip();
        best(
            &fit,
            &Observations::new(inputs, y, Residuals::Relative).unwrap(),
        )
        .unwrap()
    };
    let (one, other) = (with(1.0, false), with(1e9, false));
    assert_eq!(one, with(1.0, true));
    approx::assert_relative_eq!(one.objective, other.objective, max_relative = 1e-9);
    for exponent in [2, 4] {
        let (a, b) = (one.parameters[exponent], other.parameters[exponent]);
        approx::assert_relative_eq!(a, b, max_relative = 1e-6);
    }
}
