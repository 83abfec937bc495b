//! The direct laws with the recipes behind their published results, beside the library.

use crate::ladder::{Cell, tasks};
use std::fmt::Write as _;

/// The recipes drop cells with less than this above chance.
const LEAST: f64 = 0.02;

/// Q and −ln Q of the models of a task that a recipe keeps, and the model to forecast.
struct Task<'c> {
    kept: Vec<(&'c Cell, f64)>,
    target: &'c Cell,
    chance: f64,
}

fn task<'c>(cells: &'c [Cell], name: &str, chance: Option<f64>) -> Option<Task<'c>> {
    let own: Vec<&Cell> = cells.iter().filter(|c| c.task == name).collect();
    let chance = chance.unwrap_or(own.first()?.run.chance);
    let ladder = own.iter().filter(|c| !c.target);
    let kept = ladder.filter_map(|c| {
        let q = (c.run.score - chance) / (1.0 - chance);
        (q > LEAST).then(|| (*c, -q.ln()))
    });
    Some(Task {
        kept: kept.collect(),
        target: own.iter().find(|c| c.target)?,
        chance,
    })
}

impl Task<'_> {
    fn score(&self, loss: f64) -> f64 {
        self.chance + (1.0 - self.chance) * (-loss).exp()
    }

    /// A straight line in ln(−ln Q) against ln C.
    fn of_compute(&self) -> f64 {
        let x = |c: &Cell| c.run.compute.ln();
        let n = self.kept.len() as f64;
        let mean = self.kept.iter().map(|(c, _)| x(c)).sum::<f64>() / n;
        let height = self.kept.iter().map(|(_, l)| l.ln()).sum::<f64>() / n;
        let (mut both, mut own) = (0.0, 0.0);
        for (c, l) in &self.kept {
            both += (x(c) - mean) * (l.ln() - height);
            own += (x(c) - mean).powi(2);
        }
        let at = height + both / own * (x(self.target) - mean);
        self.score(at.exp())
    }

    /// Relative least squares over A, B ≥ 0, with both exponents from 0.05 to 1.5 in steps of 0.05.
    fn of_size(&self) -> f64 {
        let size = |c: &Cell| c.run.size.map_or((1.0, 1.0), |(n, d)| (n / 1e9, d / 1e9));
        let exponents = || (1..=30).map(|k| 0.05 * f64::from(k));
        let mut best = (f64::INFINITY, 0.0);
        for alpha in exponents() {
            for beta in exponents() {
                let row = |c: &Cell| (size(c).0.powf(-alpha), size(c).1.powf(-beta));
                let rows: Vec<(f64, f64)> = (self.kept.iter())
                    .map(|(c, l)| (row(c).0 / l, row(c).1 / l))
                    .collect();
                let (a, b) = not_negative(&rows);
                let sum: f64 = rows
                    .iter()
                    .map(|(u, v)| (a * u + b * v - 1.0).powi(2))
                    .sum();
                if sum < best.0 {
                    let (u, v) = row(self.target);
                    best = (sum, a * u + b * v);
                }
            }
        }
        self.score(best.1)
    }
}

/// The least squares of a·u + b·v = 1 with a, b ≥ 0.
fn not_negative(rows: &[(f64, f64)]) -> (f64, f64) {
    let sum = |of: fn(&(f64, f64)) -> f64| rows.iter().map(of).sum::<f64>();
    let (uu, uv, vv) = (sum(|r| r.0 * r.0), sum(|r| r.0 * r.1), sum(|r| r.1 * r.1));
    let (u, v) = (sum(|r| r.0), sum(|r| r.1));
    let determinant = uu * vv - uv * uv;
    let (a, b) = (
        (u * vv - v * uv) / determinant,
        (v * uu - u * uv) / determinant,
    );
    match (a >= 0.0, b >= 0.0) {
        (true, true) => (a, b),
        (false, _) => (0.0, (v / vv).max(0.0)),
        (_, false) => ((u / uu).max(0.0), 0.0),
    }
}

/// Mean absolute errors at the target in points.
pub fn table(cells: &[Cell]) -> String {
    let error = |chance: Option<f64>, forecast: fn(&Task) -> f64| {
        let names = tasks(cells);
        let all = names.iter().filter_map(|name| task(cells, name, chance));
        let errors: Vec<f64> = all
            .map(|t| 100.0 * (forecast(&t) - t.target.run.score).abs())
            .collect();
        errors.iter().sum::<f64>() / errors.len() as f64
    };
    let mut text = "| recipe | published | here |\n|---|---|---|\n".to_owned();
    for (name, published, here) in [
        (
            "a straight line in ln(−ln Q) against ln C",
            4.35,
            error(None, |t| t.of_compute()),
        ),
        (
            "the same with chance 0",
            3.68,
            error(Some(0.0), |t| t.of_compute()),
        ),
        (
            "A/N^α + B/D^β on a grid of exponents",
            3.25,
            error(None, |t| t.of_size()),
        ),
    ] {
        let _ = writeln!(text, "| {name} | {published:.2} | {here:.2} |");
    }
    text
}
