//! Least squares of two laws together, with parameters that may be shared.

use super::curve::{Gradient, Two};
use super::design::{Design, Group, Held, Row, Side};
use crate::fit::{Basin, Objective, Observations, Problem, Residuals};
use crate::law::{Form, Law, Parameter};
use crate::numeric::EXPONENTS;

/// Which parameters of (s, b, c) of A and (s, b, c) of B are one: the place of each among the free
/// ones.
pub(super) type Tie = [usize; 6];

/// Nothing is shared.
pub(super) const FREE: Tie = [0, 1, 2, 3, 4, 5];

/// Where a profile holds the multiplier: ln m = `log_m` at `u`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pin {
    pub(super) u: f64,
    pub(super) log_m: f64,
}

/// Both laws as one: its arguments are a [`Row`]'s (u_A, w_A, u_B, w_B), or a factor of every
/// parameter.
#[derive(Debug)]
struct Joint {
    tie: Tie,
    pin: Option<Pin>,
    list: Vec<Parameter>,
}

impl Joint {
    /// All six parameters, and how each moves with (s, b, c, s, b, c) where a pin takes up s of A.
    fn full(&self, p: &[f64]) -> (Gradient, Option<Gradient>) {
        let mut full = self.tie.map(|place| p[place]);
        let pin = self.pin.map(|pin| {
            let two = Two::of(&full);
            let there = pin.u + pin.log_m;
            let (loss, e) = (two.b.at(pin.u), (two.a.b * there).exp());
            full[0] = (loss - two.a.c) / e;
            let of_b = (two.b.b * pin.u).exp();
            let along_b = two.b.s * pin.u * of_b;
            [
                0.0,
                -full[0] * there,
                -1.0 / e,
                of_b / e,
                along_b / e,
                1.0 / e,
            ]
        });
        (full, pin)
    }
}

impl Law for Joint {
    fn name(&self) -> &str {
        "joint"
    }

    fn formula(&self) -> &str {
        ""
    }

    fn parameters(&self) -> &[Parameter] {
        &self.list
    }

    fn form(&self) -> Form {
        Form::General
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        let (full, _) = self.full(p);
        if x.len() > PLAIN && x[PLAIN] != 0.0 {
            return x[PLAIN + 1..].iter().zip(full).map(|(f, p)| f * p).sum();
        }
        let two = Two::of(&full);
        x[1] * two.a.at(x[0]) + x[3] * two.b.at(x[2])
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let (full, pin) = self.full(p);
        let mut own: Gradient = [0.0; 6];
        if x.len() > PLAIN && x[PLAIN] != 0.0 {
            own.copy_from_slice(&x[PLAIN + 1..]);
        } else {
            for (side, k) in [(0, 0), (1, 3)] {
                let (u, w) = (x[2 * side], x[2 * side + 1]);
                let e = (full[k + 1] * u).exp();
                own[k] = w * e;
                own[k + 1] = w * full[k] * u * e;
                own[k + 2] = w;
            }
        }
        if let Some(pin) = pin {
            let of_s = std::mem::take(&mut own[0]);
            own.iter_mut().zip(pin).for_each(|(g, p)| *g += of_s * p);
        }
        out.fill(0.0);
        for (g, place) in own.iter().zip(self.tie) {
            out[place] += g;
        }
    }
}

/// Arguments of a row; then whether it is a row of factors, and the six of them.
const PLAIN: usize = 4;

/// Standard deviations of the rows of each group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scales {
    pub(super) single: f64,
    pub(super) sum: f64,
    pub(super) difference: f64,
}

impl Scales {
    pub(super) const ONE: Scales = Scales {
        single: 1.0,
        sum: 1.0,
        difference: 1.0,
    };

    pub(super) fn of(&self, group: Group) -> f64 {
        match group {
            Group::Single => self.single,
            Group::Sum => self.sum,
            Group::Difference => self.difference,
            Group::Prior => 1.0,
        }
    }
}

/// A problem of two laws: rows, what is shared, and within which bounds.
#[derive(Debug, Clone)]
pub(super) struct Task<'a> {
    pub(super) design: &'a Design,
    pub(super) held: &'a Held,
    pub(super) tie: Tie,
    pub(super) scales: Scales,
}

/// Where the sum of squares is least.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    /// (s, b, c) of A and of B.
    pub(super) full: Gradient,
    /// Sum of squares in units of the scales.
    pub(super) rss: f64,
}

impl Task<'_> {
    /// How many parameters are free.
    pub(super) fn free(&self) -> usize {
        let fixed = |k: usize| matches!(k % 3, 1 | 2) && self.range(k).0 == self.range(k).1;
        (0..6).filter(|&k| self.tie[k] == k && !fixed(k)).count()
    }

    /// Whether a parameter of the six is held at a value.
    pub(super) fn fixed(&self, k: usize) -> bool {
        let (low, high) = self.range(k);
        low == high
    }

    fn range(&self, k: usize) -> (f64, f64) {
        match k % 3 {
            0 => (0.0, f64::INFINITY),
            1 => (
                self.held.b.0.max(EXPONENTS.0),
                self.held.b.1.min(EXPONENTS.1),
            ),
            _ => self.held.c,
        }
    }

    /// The least sum of squares from this start, with targets of its own where they are given.
    pub(super) fn solve(
        &self,
        start: &Gradient,
        pin: Option<Pin>,
        targets: Option<&[f64]>,
    ) -> Option<Solution> {
        let places: Vec<usize> = (0..6).filter(|&k| self.tie[k] == k).collect();
        let of = |k: usize| places.iter().position(|p| *p == self.tie[k]).unwrap_or(0);
        let tie: Tie = [0, 1, 2, 3, 4, 5].map(of);
        let law = Joint {
            tie,
            pin,
            list: places
                .iter()
                .map(|k| Parameter::owned(k.to_string(), crate::law::Search::Linear))
                .collect(),
        };
        let observations = self.observations(targets)?;
        let mut lower: Vec<f64> = places.iter().map(|&k| self.range(k).0).collect();
        let mut upper: Vec<f64> = places.iter().map(|&k| self.range(k).1).collect();
        let mut start: Vec<f64> = places.iter().map(|&k| start[k]).collect();
        for (value, (low, high)) in start.iter_mut().zip(lower.iter().zip(&upper)) {
            *value = value.clamp(*low, *high);
        }
        if pin.is_some() {
            // The pin takes up s of A.
            (lower[0], upper[0]) = (start[0], start[0]);
        }
        let problem = Problem {
            law: &law,
            observations: &observations,
            objective: Objective::Squared,
            lower,
            upper,
            prior: None,
        };
        let Basin {
            parameters,
            objective,
            ..
        } = problem.minimise(&start)?;
        let (full, _) = law.full(&parameters);
        let sound = objective.is_finite() && full.iter().all(|v| v.is_finite());
        (sound && full[0] > 0.0 && full[3] > 0.0).then_some(Solution {
            full,
            rss: objective,
        })
    }

    fn observations(&self, targets: Option<&[f64]>) -> Option<Observations> {
        let rows = self.design.rows.iter();
        let mut inputs: Vec<Vec<f64>> = rows
            .map(|row| vec![row.u[0], row.w[0], row.u[1], row.w[1]])
            .collect();
        let mut y: Vec<f64> = match targets {
            Some(targets) => targets.to_vec(),
            None => self.design.rows.iter().map(|row| row.target).collect(),
        };
        let scale = |row: &Row| 1.0 / self.scales.of(row.group);
        let mut weight: Vec<f64> = self.design.rows.iter().map(scale).collect();
        if !self.held.prior.is_empty() {
            inputs.iter_mut().for_each(|row| row.extend([0.0; 7]));
            for (factors, wanted) in prior_rows(self.held, &self.tie) {
                let mut row = vec![0.0, 0.0, 0.0, 0.0, 1.0];
                row.extend(factors);
                inputs.push(row);
                y.push(wanted);
                weight.push(1.0);
            }
        }
        let mut made = Observations::new(inputs, y, Residuals::Absolute).ok()?;
        made.weight = weight;
        Some(made)
    }
}

/// Rows of what is known beforehand: of each recipe, or once where they share it.
pub(super) fn prior_rows(held: &Held, tie: &Tie) -> Vec<(Gradient, f64)> {
    let of = |k: usize| {
        held.prior.iter().map(move |([b, c], wanted)| {
            let mut row: Gradient = [0.0; 6];
            (row[k + 1], row[k + 2]) = (*b, *c);
            (row, *wanted)
        })
    };
    match tie[4] == 1 {
        true => of(0).collect(),
        false => of(0).chain(of(3)).collect(),
    }
}

/// The laws of both sides as a start.
pub(super) fn start(a: &Side, b: &Side, reference: f64) -> Gradient {
    let of = |[a, b, c]: [f64; 3]| {
        let s = (a.ln() + b * reference).exp();
        [if s > 0.0 && s.is_finite() { s } else { 1e-3 }, b, c]
    };
    let (a, b) = (of(a.law), of(b.law));
    [a[0], a[1], a[2], b[0], b[1], b[2]]
}
