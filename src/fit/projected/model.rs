//! A typed law over the runs of a fit, which solves its linear parameters for the others.

use super::super::objective::Residuals;
use super::super::observations::Observations;
use super::super::settings::Settings;
use super::bounded::{Basis, dot};
use crate::formula::{Prepared, Scratch};
use crate::law::{Law, TypedLaw};

/// A law, the runs it is fitted to, and its free parameters.
pub(super) struct Model<'a> {
    prepared: Prepared<'a>,
    /// The observed values.
    y: Vec<f64>,
    /// Factor from the difference between the law and the value to the residual.
    weight: Vec<f64>,
    pub(super) lower: &'a [f64],
    pub(super) upper: &'a [f64],
    /// The free parameters that the law is linear in, and the other free parameters.
    pub(super) linear: Vec<usize>,
    pub(super) others: Vec<usize>,
}

/// A point with the linear parameters solved.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) p: Vec<f64>,
    /// The sum of squares.
    pub(super) value: f64,
    /// Which linear parameters are free (not at a bound).
    free: Vec<bool>,
}

/// Residuals, and their slopes by the nonlinear parameters when the linear ones follow.
pub(super) struct Slopes {
    pub(super) residuals: Vec<f64>,
    /// One column after the other.
    pub(super) columns: Vec<f64>,
}

/// Buffers of one evaluation.
#[derive(Default)]
pub(super) struct Room {
    scratch: Scratch,
    columns: Vec<f64>,
    rest: Vec<f64>,
    basis: Basis,
}

impl<'a> Model<'a> {
    /// The model of these rows. Log residuals are replaced by relative ones, which are close to
    /// them if the law is close to the values.
    pub(super) fn new(
        law: &'a TypedLaw,
        o: &Observations,
        settings: &'a Settings,
        rows: &[usize],
    ) -> Model<'a> {
        let width = law.inputs().len();
        let column = |k: usize| rows.iter().map(|&i| o.input(i)[k]).collect();
        let columns: Vec<Vec<f64>> = (0..width).map(column).collect();
        let weight = |&i: &usize| match o.residuals {
            Residuals::Absolute => o.weight[i],
            Residuals::Relative | Residuals::Log => o.weight[i] / o.y[i],
        };
        let moves = |k: &usize| settings.lower[*k] < settings.upper[*k];
        let is_linear = |k: &usize| law.linear.contains(k);
        Model {
            prepared: Prepared::new(&law.program, &columns, rows.len()),
            y: rows.iter().map(|&i| o.y[i]).collect(),
            weight: rows.iter().map(weight).collect(),
            lower: &settings.lower,
            upper: &settings.upper,
            linear: (0..settings.lower.len())
                .filter(moves)
                .filter(is_linear)
                .collect(),
            others: (0..settings.lower.len())
                .filter(moves)
                .filter(|k| !is_linear(k))
                .collect(),
        }
    }

    /// The weighted sum of squares of the observed values.
    pub(super) fn size(&self) -> f64 {
        let each = self.y.iter().zip(&self.weight);
        each.map(|(y, w)| (y * w).powi(2)).sum()
    }

    pub(super) fn rows(&self) -> usize {
        self.y.len()
    }

    /// Evaluates the law at `p`: weighted residuals to `room.rest`, weighted slopes by the
    /// parameters `which` to `room.columns`. Returns whether all are finite.
    fn evaluate(&self, p: &[f64], which: &[usize], room: &mut Room) -> bool {
        let n = self.rows();
        self.prepared.evaluate(p, &mut room.scratch);
        room.rest.resize(n, 0.0);
        self.prepared.result(0, &room.scratch, &mut room.rest);
        let differences = room.rest.iter_mut().zip(&self.y).zip(&self.weight);
        differences.for_each(|((f, y), w)| *f = (*f - y) * w);
        room.columns.resize(n * which.len(), 0.0);
        for (&k, column) in which.iter().zip(room.columns.chunks_exact_mut(n.max(1))) {
            self.prepared.result(k + 1, &room.scratch, column);
            column
                .iter_mut()
                .zip(&self.weight)
                .for_each(|(c, w)| *c *= w);
        }
        room.rest.iter().chain(&room.columns).all(|v| v.is_finite())
    }

    /// The point with the linear parameters solved for the others; `None` if the law has no value
    /// there.
    pub(super) fn solved(&self, p: &[f64], room: &mut Room) -> Option<Point> {
        let mut p = p.to_vec();
        for (k, value) in p.iter_mut().enumerate() {
            *value = value.clamp(self.lower[k], self.upper[k]);
        }
        if !self.evaluate(&p, &self.linear, room) {
            // A linear parameter may have a value at which the law overflows.
            for &k in &self.linear {
                p[k] = 0.0_f64.clamp(self.lower[k], self.upper[k]);
            }
            if !self.evaluate(&p, &self.linear, room) {
                return None;
            }
        }
        if self.linear.is_empty() {
            let value = dot(&room.rest, &room.rest);
            return value.is_finite().then_some(Point {
                p,
                value,
                free: Vec::new(),
            });
        }
        let bounds: Vec<(f64, f64)> = self
            .linear
            .iter()
            .map(|&k| (self.lower[k] - p[k], self.upper[k] - p[k]))
            .collect();
        room.basis.fill(&room.columns, self.rows());
        let mut rest = room.rest.clone();
        let along: Vec<f64> = room.basis.explain(&mut rest).iter().map(|v| -v).collect();
        let (change, free) = room.basis.solve(&along, &bounds);
        for (&k, change) in self.linear.iter().zip(&change) {
            p[k] = (p[k] + change).clamp(self.lower[k], self.upper[k]);
        }
        // Evaluated again at the stored parameters, so that the residuals belong to them exactly.
        if !self.evaluate(&p, &[], room) {
            return None;
        }
        let value = dot(&room.rest, &room.rest);
        value.is_finite().then_some(Point { p, value, free })
    }

    /// The residuals at a point, and their slopes by the nonlinear parameters when the linear ones
    /// follow (Kaufman 1975).
    pub(super) fn slopes(&self, at: &Point, room: &mut Room) -> Option<Slopes> {
        let all: Vec<usize> = self.linear.iter().chain(&self.others).copied().collect();
        if !self.evaluate(&at.p, &all, room) {
            return None;
        }
        let n = self.rows();
        let (linear, others) = room.columns.split_at(n * self.linear.len());
        let basis = Basis::of_some(linear, n, &at.free);
        let mut columns = others.to_vec();
        for column in columns.chunks_exact_mut(n.max(1)) {
            basis.explain(column);
        }
        Some(Slopes {
            residuals: room.rest.clone(),
            columns,
        })
    }
}
