//! The multi-power law on the published split: fitted to three schedules, scored on the six others.

use crate::data::{Curve, PEAK, run};
use scalewise::Result;
use scalewise::internal::{
    CurveEffort, CurveLaw, LawParameters, Recipe, Response, curve_losses, fit_curves,
};
use std::fmt::Write;

/// Published parameters (arXiv 2503.12811): L0, A, α, B, C, β, γ.
const PARAMETERS: [(&str, [f64; 7]); 2] = [
    ("25M", [3.040, 0.525, 0.508, 363.8, 2.066, 0.583, 0.641]),
    ("100M", [2.651, 0.601, 0.453, 437.9, 2.132, 0.598, 0.655]),
];
/// Published scores: R², MAE, RMSE, mean and largest relative error.
const SCORES: [(&str, [f64; 5]); 2] = [
    ("25M", [0.9988, 0.00376, 0.00465, 0.00110, 0.00409]),
    ("100M", [0.9983, 0.00435, 0.00592, 0.00142, 0.00583]),
];
/// The published threshold of Huber's loss.
const DELTA: f64 = 1e-3;

/// Several laws, whose mean is used.
type Laws = Vec<(CurveLaw, LawParameters)>;

/// Published parameters in the units of the library. The law answers the rise of the warm-up by the
/// whole amplitude, so the floor of the library is higher by it.
fn published(size: &str) -> Option<Laws> {
    let [floor, a, exponent, b, c, beta, gamma] = PARAMETERS.iter().find(|p| p.0 == size)?.1;
    let parameters = LawParameters {
        floor: floor + b * PEAK,
        reducible: a * PEAK.powf(-exponent),
        exponent,
        amplitude: b * PEAK,
        response: Some(Response::MultiPower {
            speed: c * PEAK.powf(1.0 - gamma),
            beta,
            gamma,
        }),
        unit: 1.0,
    };
    Some(vec![(CurveLaw::MultiPower, parameters)])
}

/// Every loss of a curve with that of the mean of some laws.
fn pairs(laws: &Laws, curve: &Curve) -> Vec<(f64, f64)> {
    let run = run(curve);
    let each: Vec<Vec<(f64, f64)>> = laws
        .iter()
        .map(|(law, p)| curve_losses(*law, p, &run, Some(PEAK)))
        .collect();
    let mean = |k: usize| each.iter().map(|e| e[k].1).sum::<f64>() / each.len() as f64;
    (0..each[0].len())
        .map(|k| (each[0][k].0, mean(k)))
        .collect()
}

/// R², MAE, RMSE, and mean and largest relative error of each curve, averaged over curves as
/// published.
fn scores(laws: &Laws, curves: &[&Curve]) -> [f64; 5] {
    let mut sums = [0.0; 5];
    for curve in curves {
        let of_curve = of_pairs(&pairs(laws, curve));
        for (sum, value) in sums.iter_mut().zip(of_curve) {
            *sum += value / curves.len() as f64;
        }
    }
    sums
}

fn of_pairs(pairs: &[(f64, f64)]) -> [f64; 5] {
    let n = pairs.len() as f64;
    let mean = pairs.iter().map(|p| p.0).sum::<f64>() / n;
    let total: f64 = pairs.iter().map(|p| (p.0 - mean).powi(2)).sum();
    let rest: f64 = pairs.iter().map(|p| (p.0 - p.1).powi(2)).sum();
    let absolute = pairs.iter().map(|p| (p.0 - p.1).abs()).sum::<f64>() / n;
    let relative = || pairs.iter().map(|p| (p.1 / p.0 - 1.0).abs());
    [
        1.0 - rest / total,
        absolute,
        (rest / n).sqrt(),
        relative().sum::<f64>() / n,
        relative().fold(0.0, f64::max),
    ]
}

/// The published objective on the three schedules of the fit.
fn objective(laws: &Laws, curves: &[&Curve]) -> f64 {
    let huber = |(loss, law): (f64, f64)| {
        let r = (law / loss).ln().abs();
        if r <= DELTA {
            0.5 * r * r
        } else {
            DELTA * (r - 0.5 * DELTA)
        }
    };
    curves.iter().flat_map(|c| pairs(laws, c)).map(huber).sum()
}

/// The sizes in a file, in their order.
fn sizes(all: &[Curve]) -> Vec<&str> {
    let mut sizes: Vec<&str> = Vec::new();
    for curve in all {
        if !sizes.contains(&curve.size.as_str()) {
            sizes.push(&curve.size);
        }
    }
    sizes
}

/// The table; `slow` adds the exact searches of three laws.
pub fn table(all: &[Curve], slow: bool) -> Result<String> {
    let mut text =
        "| size | law | objective of the fit, ×10⁴ | R² | MAE, ×10³ | RMSE, ×10³ | mean \
                    relative error, ×10³ | largest, ×10³ |\n|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for size in sizes(all) {
        let of = |train: bool| -> Vec<&Curve> {
            let own = all.iter().filter(|c| c.size == size && c.train == train);
            own.collect()
        };
        let (train, test) = (of(true), of(false));
        if let Some((_, s)) = SCORES.iter().find(|s| s.0 == size) {
            line(&mut text, size, "multi-power, as published", None, *s);
        }
        let mut add = |name: &str, laws: &Laws| {
            let objective = 1e4 * objective(laws, &train);
            line(&mut text, size, name, Some(objective), scores(laws, &test));
        };
        if let Some(laws) = published(size) {
            add("multi-power, the published parameters here", &laws);
        }
        let runs: Vec<_> = train.iter().map(|c| run(c)).collect();
        if slow {
            let mut searched = Vec::new();
            for law in CurveLaw::WITH_SCHEDULE {
                let effort = CurveEffort {
                    delta: DELTA,
                    descents: 4,
                };
                let fit = fit_curves(&runs, law, effort)?;
                let laws = vec![(law, fit.parameters)];
                add(&format!("{}, exact search", law.name()), &laws);
                searched.extend(laws);
            }
            add("mean of the three searches", &searched);
        }
        let recipe = Recipe::fit(&runs)?;
        for (law, parameters) in &recipe.laws {
            let laws = vec![(*law, *parameters)];
            add(&format!("{}, responses of a recipe", law.name()), &laws);
        }
        add("mean of the three, as a recipe has them", &recipe.laws);
    }
    Ok(text)
}

fn line(text: &mut String, size: &str, name: &str, objective: Option<f64>, scores: [f64; 5]) {
    let objective = objective.map_or("–".to_owned(), |o| format!("{o:.3}"));
    let [r2, errors @ ..] = scores;
    let [mae, rmse, relative, largest] = errors.map(|e| 1e3 * e);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "| {size} | {name} | {objective} | {r2:.4} | {mae:.2} | {rmse:.2} | {relative:.2} | \
         {largest:.2} |"
    );
}
