//! Least squares of two laws together, with parameters that they may share.

use super::design::{Design, Group, Held, Row, Side, Start};
use super::surface::{Along, At, Full, PLACES, five, loss, parameters, unit};
use crate::fit::{Basin, Objective, Observations, Problem, Residuals};
use crate::law::{Form, Law, Parameter};
use crate::numeric::EXPONENTS;

/// Which parameters of both recipes are shared: for each, the index of the parameter that it
/// equals. In `Joint` it is the index among the distinct parameters.
pub(super) type Tie = [usize; 10];

/// Nothing is shared.
pub(super) const FREE: Tie = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/// The multiplier fixed by a profile: ln m = `log_m` at `u` of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pin {
    pub(super) along: Along,
    pub(super) u: f64,
    pub(super) log_m: f64,
}

/// Both laws as one. Its arguments are (u_A, w_A, u_B, w_B) of a [`Row`]; or (x_A, w_A, x_B, w_B),
/// the mark `SIZES`, z_A and z_B; or four zeros, the mark `FACTORS`, and a factor for every
/// parameter.
#[derive(Debug)]
struct Joint {
    tie: Tie,
    /// Number of parameters: 6 for laws of compute, 10 for surfaces.
    count: usize,
    pin: Option<Pin>,
    list: Vec<Parameter>,
}

impl Joint {
    /// All parameters; if a pin determines s of A, also the gradient of s.
    fn full(&self, p: &[f64]) -> (Full, Option<Full>) {
        let mut full: Full = [0.0; 10];
        for (value, place) in full.iter_mut().zip(self.tie).take(self.count) {
            *value = p[place];
        }
        let pin = self.pin.map(|pin| {
            let of_a = pin.along.at(0, pin.u + pin.log_m);
            let (e, by_shape) = unit(&five(&full, 0), of_a);
            let (loss, by_b) = loss(&five(&full, 1), pin.along.at(1, pin.u));
            full[0] = (loss - full[2]) / e;
            let mut by = [0.0; 10];
            for (place, g) in PLACES[1].iter().zip(by_b) {
                by[*place] = g / e;
            }
            for (place, g) in [1, 6, 7].into_iter().zip(by_shape) {
                by[place] = -full[0] * (g / e);
            }
            by[2] = -1.0 / e;
            by
        });
        (full, pin)
    }
}

/// Number of arguments of a row of two laws of compute.
const PLAIN: usize = 4;
/// Marks of rows with more arguments.
const SIZES: f64 = 2.0;
const FACTORS: f64 = 1.0;

/// The place and weight of each recipe; `None` if the row holds factors.
fn asked(x: &[f64]) -> Option<[(At, f64); 2]> {
    match x.get(PLAIN) {
        Some(&SIZES) => Some([(At::Sizes(x[0], x[5]), x[1]), (At::Sizes(x[2], x[6]), x[3])]),
        Some(&FACTORS) => None,
        _ => Some([(At::Path(x[0]), x[1]), (At::Path(x[2]), x[3])]),
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
        match asked(x) {
            None => x[PLAIN + 1..].iter().zip(full).map(|(f, p)| f * p).sum(),
            Some([(of_a, a), (of_b, b)]) => {
                a * loss(&five(&full, 0), of_a).0 + b * loss(&five(&full, 1), of_b).0
            }
        }
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let (full, pin) = self.full(p);
        let mut own: Full = [0.0; 10];
        match asked(x) {
            None => own.copy_from_slice(&x[PLAIN + 1..]),
            Some(both) => {
                for (side, (at, weight)) in both.into_iter().enumerate() {
                    let (_, gradient) = loss(&five(&full, side), at);
                    for (place, g) in PLACES[side].iter().zip(gradient) {
                        own[*place] = weight * g;
                    }
                }
            }
        }
        if let Some(pin) = pin {
            let of_s = std::mem::take(&mut own[0]);
            own.iter_mut().zip(pin).for_each(|(g, p)| *g += of_s * p);
        }
        out.fill(0.0);
        for (g, place) in own.iter().zip(self.tie).take(self.count) {
            out[place] += g;
        }
    }
}

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

/// A fit of two laws: the rows, the shared parameters and the bounds.
#[derive(Debug, Clone)]
pub(super) struct Task<'a> {
    pub(super) design: &'a Design,
    pub(super) held: &'a Held,
    pub(super) tie: Tie,
    pub(super) scales: Scales,
}

/// The minimum of the sum of squares.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    /// Parameters of both recipes.
    pub(super) full: Full,
    /// Sum of squares in units of the scales.
    pub(super) rss: f64,
}

impl Task<'_> {
    /// Number of parameters of both recipes, free or not.
    pub(super) fn count(&self) -> usize {
        if self.design.surface { 10 } else { 6 }
    }

    /// The indices of the free parameters.
    pub(super) fn places(&self) -> Vec<usize> {
        let free = |k: &usize| self.tie[*k] == *k && !self.fixed(*k);
        (0..self.count()).filter(free).collect()
    }

    /// Number of free parameters.
    pub(super) fn free(&self) -> usize {
        self.places().len()
    }

    /// Whether a parameter is fixed at a value.
    pub(super) fn fixed(&self, k: usize) -> bool {
        let (low, high) = self.range(k);
        low == high
    }

    fn range(&self, k: usize) -> (f64, f64) {
        match k {
            0 | 3 => (0.0, f64::INFINITY),
            1 | 4 => (
                self.held.b.0.max(EXPONENTS.0),
                self.held.b.1.min(EXPONENTS.1),
            ),
            2 | 5 => self.held.c,
            6 | 8 => self.held.share,
            _ => (-FAR, FAR),
        }
    }

    /// Descends to the least sum of squares from this start, with `targets` in place of the rows'
    /// own if given.
    pub(super) fn solve(
        &self,
        start: &Full,
        pin: Option<Pin>,
        targets: Option<&[f64]>,
    ) -> Option<Solution> {
        let count = self.count();
        let places: Vec<usize> = (0..count).filter(|&k| self.tie[k] == k).collect();
        let of = |k: usize| places.iter().position(|p| *p == self.tie[k]).unwrap_or(0);
        let law = Joint {
            tie: FREE.map(of),
            count,
            pin,
            list: places
                .iter()
                .map(|k| Parameter::owned(k.to_string(), crate::law::Search::Linear))
                .collect(),
        };
        let observations = self.observations(targets)?;
        let mut lower: Vec<f64> = places.iter().map(|&k| self.range(k).0).collect();
        let mut upper: Vec<f64> = places.iter().map(|&k| self.range(k).1).collect();
        // What is held of the laws may leave no exponent with which they fall.
        if lower.iter().zip(&upper).any(|(low, high)| low > high) {
            return None;
        }
        let mut start: Vec<f64> = places.iter().map(|&k| start[k]).collect();
        for (value, (low, high)) in start.iter_mut().zip(lower.iter().zip(&upper)) {
            *value = value.clamp(*low, *high);
        }
        if pin.is_some() {
            // The pin determines s of A.
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
        let mut inputs: Vec<Vec<f64>> = rows.map(arguments).collect();
        let mut y: Vec<f64> = match targets {
            Some(targets) => targets.to_vec(),
            None => self.design.rows.iter().map(|row| row.target).collect(),
        };
        let scale = |row: &Row| 1.0 / self.scales.of(row.group);
        let mut weight: Vec<f64> = self.design.rows.iter().map(scale).collect();
        if !self.held.prior.is_empty() {
            inputs.iter_mut().for_each(|row| row.resize(15, 0.0));
            for (factors, wanted) in prior_rows(self.held, &self.tie) {
                let mut row = vec![0.0, 0.0, 0.0, 0.0, FACTORS];
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

/// Bound of ν: the path lies within this distance of the sizes of the runs, in ln N.
const FAR: f64 = 60.0;

/// The arguments of a row.
fn arguments(row: &Row) -> Vec<f64> {
    let [a, b] = row.w;
    match row.at {
        [At::Sizes(xa, za), At::Sizes(xb, zb)] => vec![xa, a, xb, b, SIZES, za, zb],
        [of_a, of_b] => vec![of_a.compute(), a, of_b.compute(), b],
    }
}

/// The rows of the prior: for each recipe, or once if the exponent is shared.
pub(super) fn prior_rows(held: &Held, tie: &Tie) -> Vec<(Full, f64)> {
    let of = |k: usize| {
        held.prior.iter().map(move |([b, c], wanted)| {
            let mut row: Full = [0.0; 10];
            (row[k + 1], row[k + 2]) = (*b, *c);
            (row, *wanted)
        })
    };
    match tie[4] == 1 {
        true => of(0).collect(),
        false => of(0).chain(of(3)).collect(),
    }
}

/// The laws of both recipes as the start of a fit.
pub(super) fn start(a: &Side, b: &Side, design: &Design) -> Full {
    let of = |start: &Start| match *start {
        Start::Curve([a, b, c]) => {
            let s = (a.ln() + b * design.reference).exp();
            let s = if s > 0.0 && s.is_finite() { s } else { 1e-3 };
            [s, b, c, 0.0, 0.0]
        }
        Start::Surface { surface, ln_k } => {
            parameters(&surface, ln_k, design.reference, design.ln_size)
        }
    };
    let (a, b) = (of(&a.law), of(&b.law));
    [a[0], a[1], a[2], b[0], b[1], b[2], a[3], a[4], b[3], b[4]]
}
