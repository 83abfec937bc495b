//! Forecasts of the ends of the published curves from their beginnings.

use crate::data::{Curve, run, schedule};
use crate::outcome::{Outcome, cells, median};
use rayon::prelude::*;
use scalewise::Result;
use scalewise::internal::{CurveLaw, CurvePoint, CurveQuestion, Recipe, Tuning, forecast_curve};
use std::fmt::Write;

const SHARES: [f64; 4] = [0.3, 0.5, 0.7, 0.85];

/// What is known besides the beginning of the run.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Prior {
    Nothing,
    /// All runs of the other size under other schedules.
    OtherSize,
    /// The cosine run of 24,000 steps of the other size, or the WSD run if that is the schedule.
    OneRun,
}

/// The recipe of an earlier fit without runs of the curve's size or schedule.
fn recipe(all: &[Curve], curve: &Curve, prior: Prior) -> Option<Recipe> {
    let one = match curve.schedule.as_str() {
        "cosine_24000" => "wsd_20000_24000",
        _ => "cosine_24000",
    };
    let wanted = |c: &&Curve| match prior {
        Prior::Nothing => false,
        Prior::OtherSize => c.size != curve.size && c.schedule != curve.schedule,
        Prior::OneRun => c.size != curve.size && c.schedule == one,
    };
    let runs: Vec<_> = all.iter().filter(wanted).map(run).collect();
    Recipe::fit(&runs).ok()
}

fn truth(curve: &Curve) -> CurvePoint {
    curve.points[curve.points.len() - 1]
}

fn known(curve: &Curve, share: f64) -> Vec<CurvePoint> {
    let until = share * truth(curve).step;
    let points = curve.points.iter().filter(|p| p.step <= until);
    points.copied().collect()
}

fn forecast(
    curve: &Curve,
    share: f64,
    recipe: Option<&Recipe>,
    laws: &[CurveLaw],
    tuning: &Tuning,
) -> Result<Outcome> {
    let end = truth(curve);
    let mut question = CurveQuestion::new(end.step);
    question.schedule = Some(schedule(curve)?);
    question.recipe = recipe.cloned();
    question.laws = laws.to_vec();
    question.tuning = tuning.clone();
    let told = forecast_curve(&known(curve, share), &question)?;
    let interval = told.intervals[0];
    Ok(Outcome::new(
        told.point,
        (interval.lower, interval.upper),
        end.loss,
    ))
}

/// A method: its name, the recipe known for each curve, and its laws; an empty list means all laws.
type Method<'a> = (&'static str, &'a [Option<Recipe>], &'a [CurveLaw]);

/// Coverage, score and error by share and by method.
pub fn table(all: &[Curve]) -> Result<String> {
    let fit = |prior: Prior| -> Vec<Option<Recipe>> {
        all.par_iter().map(|c| recipe(all, c, prior)).collect()
    };
    let (nothing, other, one) = (
        fit(Prior::Nothing),
        fit(Prior::OtherSize),
        fit(Prior::OneRun),
    );
    let methods: [Method<'_>; 6] = [
        ("all laws, runs of the other size", &other, &[]),
        ("all laws, one run of the other size", &one, &[]),
        ("all laws", &nothing, &[]),
        (
            "annealing law, runs of the other size",
            &other,
            &[CurveLaw::Annealing],
        ),
        ("annealing law", &nothing, &[CurveLaw::Annealing]),
        (
            "straight power law in steps",
            &nothing,
            &[CurveLaw::PowerInSteps],
        ),
    ];
    let mut text =
        "| known | method | inside 90 % | coverage | interval score, % | median error | \
                    half-width |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    let tuning = Tuning::default();
    for share in SHARES {
        for (name, recipes, laws) in methods {
            let outcomes = all
                .iter()
                .zip(recipes)
                .map(|(curve, recipe)| forecast(curve, share, recipe.as_ref(), laws, &tuning));
            let outcomes: Vec<Outcome> = outcomes.collect::<Result<_>>()?;
            let _ = writeln!(
                text,
                "| {:.0} % | {name} | {} |",
                100.0 * share,
                cells(&outcomes)
            );
        }
        let last = all.iter().map(|curve| {
            let points = known(curve, share);
            (points[points.len() - 1].loss / truth(curve).loss)
                .ln()
                .abs()
        });
        let error = 100.0 * median(last.collect());
        let share = 100.0 * share;
        let _ = writeln!(
            text,
            "| {share:.0} % | the last value | – | – | – | {error:.2} % | – |"
        );
    }
    Ok(text)
}

/// The widths chosen without the schedule that they are scored on.
pub fn left_out(all: &[Curve]) -> Result<String> {
    let recipes: Vec<Option<Recipe>> = all
        .par_iter()
        .map(|c| recipe(all, c, Prior::OtherSize))
        .collect();
    let mut tunings = Vec::new();
    for spread in [1.0, 1.5] {
        for change in [0.05, 0.1, 0.2] {
            for least in [5e-4, 1e-3] {
                tunings.push(Tuning {
                    spread,
                    change,
                    least,
                    ..Tuning::default()
                });
            }
        }
    }
    // By tuning, curve, and share.
    let under = |tuning: &Tuning| -> Result<Vec<Vec<Outcome>>> {
        let of_curve = |(curve, recipe): (&Curve, &Option<Recipe>)| {
            let at = |s: &f64| forecast(curve, *s, recipe.as_ref(), &[], tuning);
            SHARES.iter().map(at).collect()
        };
        all.iter().zip(&recipes).map(of_curve).collect()
    };
    let outcomes: Vec<Vec<Vec<Outcome>>> = tunings.par_iter().map(under).collect::<Result<_>>()?;
    let mut schedules: Vec<&str> = Vec::new();
    for curve in all {
        if !schedules.contains(&curve.schedule.as_str()) {
            schedules.push(&curve.schedule);
        }
    }
    let mut scored: Vec<Vec<Outcome>> = vec![Vec::new(); SHARES.len()];
    for schedule in schedules {
        let own = |k: usize| all[k].schedule == schedule;
        let others = |t: usize| -> f64 {
            let kept = (0..all.len()).filter(|k| !own(*k));
            kept.flat_map(|k| &outcomes[t][k]).map(|o| o.score).sum()
        };
        let best = (0..tunings.len()).min_by(|a, b| others(*a).total_cmp(&others(*b)));
        let best = best.unwrap_or(0);
        for k in (0..all.len()).filter(|k| own(*k)) {
            for (share, outcome) in outcomes[best][k].iter().enumerate() {
                scored[share].push(*outcome);
            }
        }
    }
    let mut text = "| known | inside 90 % | coverage | interval score, % | median error | \
                    half-width |\n|---|---|---|---|---|---|\n"
        .to_owned();
    for (share, outcomes) in SHARES.iter().zip(&scored) {
        let _ = writeln!(text, "| {:.0} % | {} |", 100.0 * share, cells(outcomes));
    }
    let whole: Vec<Outcome> = scored.into_iter().flatten().collect();
    let _ = writeln!(text, "| all | {} |", cells(&whole));
    Ok(text)
}
