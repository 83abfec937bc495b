//! Random starts for laws without an exact scan: what the fit says about its descents must hold.

use crate::random::Random;
use crate::sets::{self, Shape};
use crate::surface;
use scalewise::ReadOptions;
use scalewise::fit::{Objective, Residuals};
use scalewise::internal::Observations;
use scalewise::law::{BuiltIn, Input, Law};
use scalewise::tables::Needs;
use scalewise::{Dataset, Fit};

/// Arguments and losses of runs.
pub struct Table {
    x: Vec<Vec<f64>>,
    y: Vec<f64>,
}

/// A table for a law of compute alone, or of parameters and tokens (and unique tokens).
pub fn table(law: &dyn Law, seed: u64) -> Option<Table> {
    let (x, y): (Vec<Vec<f64>>, Vec<f64>) = if law.inputs() == [Input::Compute] {
        let shape = sets::SHAPES[seed as usize % sets::SHAPES.len()];
        if shape == Shape::ManyRuns || shape == Shape::Replicates {
            return None;
        }
        let runs = sets::runs(shape, 5_000 + seed);
        runs.iter().map(|r| (vec![r.0], r.1)).unzip()
    } else {
        let shape = surface::SHAPES[seed as usize % surface::SHAPES.len()];
        let runs = surface::runs(shape, 5_000 + seed);
        let mut random = Random::seeded(seed);
        let unique = law.inputs().len() == 3;
        let row = |r: &(f64, f64, f64)| {
            let mut x = vec![r.0, r.1];
            if unique {
                x.push(r.1 * 10_f64.powf(random.uniform(-1.5, 0.3)).min(1.0));
            }
            (x, r.2)
        };
        runs.iter().map(row).unzip()
    };
    let enough = y.len() > law.parameters().len();
    enough.then_some(Table { x, y })
}

impl Table {
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// The largest argument of each kind and the median value.
    fn sizes(&self) -> (Vec<f64>, f64) {
        let width = self.x[0].len();
        let largest = |k: usize| self.x.iter().map(|x| x[k]).fold(0.0, f64::max);
        let mut y = self.y.clone();
        y.sort_by(f64::total_cmp);
        ((0..width).map(largest).collect(), y[y.len() / 2])
    }

    pub fn dataset(&self, law: &dyn Law) -> Dataset {
        let names: Vec<&str> = law
            .inputs()
            .iter()
            .map(|input| match input {
                Input::Compute => "compute",
                Input::Params => "params",
                Input::Tokens => "tokens",
                _ => "unique_tokens",
            })
            .collect();
        let mut csv = format!("{},loss\n", names.join(","));
        for (x, y) in self.x.iter().zip(&self.y) {
            x.iter().for_each(|x| csv += &format!("{x:?},"));
            csv += &format!("{y:?}\n");
        }
        let curve = law.inputs() == [Input::Compute];
        let options = ReadOptions {
            needs: Needs {
                unique_tokens: law.inputs().len() == 3,
                ..if curve { Needs::CURVE } else { Needs::SURFACE }
            },
            ..ReadOptions::default()
        };
        Dataset::from_csv_bytes(csv.as_bytes(), "runs.csv", &options).unwrap()
    }
}

fn log(random: &mut Random, low: f64, high: f64) -> f64 {
    10_f64.powf(random.uniform(low, high))
}

/// The smallest objective that random starts lead to.
pub fn minimum(law: BuiltIn, table: &Table, objective: Objective, starts: u64, seed: u64) -> f64 {
    let o = Observations::new(table.x.clone(), table.y.clone(), Residuals::Relative).unwrap();
    let (x, y) = table.sizes();
    let mut random = Random::seeded(77 * seed + 1);
    (0..starts)
        .map(|_| {
            let r = &mut random;
            let mut fit = Fit::new(law).loss(objective).residuals(Residuals::Relative);
            let (b, b2) = (-log(r, -2.3, 0.4), -log(r, -2.3, 0.4));
            let (alpha, beta) = (log(r, -2.0, 0.5), log(r, -2.0, 0.5));
            let reducible = y * r.uniform(0.02, 1.5);
            for p in law.parameters() {
                let value = match &*p.name {
                    "a" => reducible * (x[0] * log(r, -4.0, 0.0)).powf(-b),
                    "b" => b,
                    "b2" => b2,
                    "c" | "E" => y * r.uniform(0.0, 1.2),
                    "d" => x[0] * log(r, -6.0, 0.5),
                    "f" => log(r, -1.3, 0.47),
                    "g" => log(r, -2.0, 5.0) / x[0],
                    "l0" => y * r.uniform(0.9, 3.0),
                    "alpha" if law.name() == "m4" => r.uniform(0.0, 6.0),
                    "A" => reducible * (x[0] * log(r, -3.0, 0.0)).powf(alpha),
                    "B" => reducible * (x[1] * log(r, -3.0, 0.0)).powf(beta),
                    "alpha" | "alpha_N" => alpha.min(2.4),
                    "beta" | "alpha_D" => beta.min(2.4),
                    "Nc" => x[0] * log(r, -4.0, 6.0),
                    "Dc" => x[1] * log(r, -4.0, 6.0),
                    _ => log(r, -2.0, 4.0),
                };
                fit = fit.start(&p.name, value);
            }
            fit.run_observations(&o)
                .map_or(f64::INFINITY, |b| b[0].objective)
        })
        .fold(f64::INFINITY, f64::min)
}
