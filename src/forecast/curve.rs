//! The fitted runs as the law-free methods use them: ln C relative to the largest run, loss, noise.

use super::held::Held;
use crate::fit::FitResult;
use crate::runs::CurveKind;
use std::ops::Range;

/// The most points of a condensed curve.
pub(crate) const MANY: usize = 64;

/// Runs in order of compute; runs at one compute follow each other.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    /// ln(C/C_max) ≤ 0.
    pub u: Vec<f64>,
    /// Loss.
    pub y: Vec<f64>,
    /// Known standard deviation of each ln L, if every run has one.
    pub sigma: Option<Vec<f64>>,
    /// ln C_max.
    pub log_reference: f64,
    /// Unit of the losses, a power of two: 1 unless squares of the losses would leave the range of
    /// a float.
    pub unit: f64,
    /// The kind of its points.
    pub kind: CurveKind,
    /// The floor that the losses are measured from, if it is known.
    pub held: Option<Held>,
}

/// Losses in this range need no unit.
const ORDINARY: std::ops::Range<f64> = 1e-60..1e60;

/// The power of two closest to a number of any size.
fn power_of_two(near: f64) -> f64 {
    near.log2().round().clamp(-1000.0, 1000.0).exp2()
}

impl Curve {
    pub(crate) fn of(fit: &FitResult) -> Curve {
        let runs = fit.runs_in_order();
        let rows = runs
            .into_iter()
            .map(|run| (run.x, run.loss, run.sigma.map(|s| s / run.loss)));
        Curve {
            kind: fit.data().curve(),
            ..Curve::new(rows)
        }
    }

    /// A curve of any positive values that fall with compute. Each row has C, the value, and the
    /// known standard deviation of its logarithm.
    pub(crate) fn new(rows: impl Iterator<Item = (f64, f64, Option<f64>)>) -> Curve {
        let mut runs: Vec<(f64, f64, Option<f64>)> =
            rows.map(|(c, y, sigma)| (c.ln(), y, sigma)).collect();
        // Of copies of a row with different sigmas, the one with the smallest sigma is kept.
        let sigma = |run: &(f64, f64, Option<f64>)| run.2.unwrap_or(f64::INFINITY);
        runs.sort_by(|p, q| {
            (p.0.total_cmp(&q.0))
                .then(p.1.total_cmp(&q.1))
                .then(sigma(p).total_cmp(&sigma(q)))
        });
        // Equal numbers are a copied row, not a repeated run: no two runs agree to the last digit.
        runs.dedup_by(|p, q| p.0 == q.0 && p.1 == q.1);
        let log_reference = runs.last().map_or(0.0, |run| run.0);
        let last = runs.last().map_or(1.0, |run| run.1);
        let unit = match ORDINARY.contains(&last) {
            true => 1.0,
            false => power_of_two(last),
        };
        Curve {
            u: runs.iter().map(|run| run.0 - log_reference).collect(),
            y: runs.iter().map(|run| run.1 / unit).collect(),
            sigma: runs.iter().map(|run| run.2).collect(),
            log_reference,
            unit,
            kind: CurveKind::Ladder,
            held: None,
        }
    }

    /// The same curve with its losses measured from a floor below all of them.
    pub(super) fn above(&self, held: Held) -> Curve {
        let floor = held.floor / self.unit;
        Curve {
            y: self.y.iter().map(|y| y - floor).collect(),
            held: Some(held),
            ..self.clone()
        }
    }

    /// The floor that was subtracted, in the unit of the curve.
    pub(super) fn floor(&self) -> f64 {
        self.held.map_or(0.0, |held| held.floor / self.unit)
    }

    /// Relative noise of what lies above the floor, divided by the relative noise of the loss.
    pub(super) fn noise_at(&self, y: f64) -> f64 {
        match self.held {
            None => 1.0,
            Some(_) => (y + self.floor()) / y,
        }
    }

    /// The rows of each value of compute, in order.
    pub(crate) fn groups(&self) -> Vec<Range<usize>> {
        let mut groups = Vec::with_capacity(self.u.len());
        let mut start = 0;
        for same in self.u.chunk_by(|p, q| p == q) {
            groups.push(start..start + same.len());
            start += same.len();
        }
        groups
    }

    /// The curve with one point per value of compute, and at most [`MANY`] points. Only the means
    /// of repeated runs matter to the law-free methods, which were made for tens of runs that
    /// differ in compute.
    pub(crate) fn condensed(&self) -> Curve {
        let groups = self.groups();
        if groups.len() == self.u.len() && groups.len() <= MANY {
            return self.clone();
        }
        if groups.len() <= MANY {
            let size = |range: &Range<usize>| range.len() as f64;
            let mean = |values: &[f64], range: &Range<usize>| {
                values[range.clone()].iter().sum::<f64>() / size(range)
            };
            return Curve {
                u: groups.iter().map(|g| self.u[g.start]).collect(),
                y: groups.iter().map(|g| mean(&self.y, g)).collect(),
                sigma: None,
                log_reference: self.log_reference,
                unit: self.unit,
                kind: self.kind,
                held: self.held,
            };
        }
        let first = self.u[0];
        let place = |u: f64| ((1.0 - u / first) * MANY as f64) as usize;
        let (mut u, mut y) = (Vec::with_capacity(MANY), Vec::with_capacity(MANY));
        let mut start = 0;
        while start < self.u.len() {
            let bin = place(self.u[start]).min(MANY - 1);
            let same = self.u[start..]
                .iter()
                .take_while(|u| place(**u).min(MANY - 1) == bin)
                .count();
            let range = start..start + same;
            let mean = |values: &[f64]| values.iter().sum::<f64>() / same as f64;
            u.push(mean(&self.u[range.clone()]));
            y.push(mean(&self.y[range]));
            start += same;
        }
        let largest = u[u.len() - 1];
        Curve {
            u: u.iter().map(|u| u - largest).collect(),
            y,
            sigma: None,
            log_reference: self.log_reference + largest,
            unit: self.unit,
            kind: self.kind,
            held: self.held,
        }
    }

    /// The first `rows` runs, with ln C relative to the largest of them.
    pub(crate) fn first(&self, rows: usize) -> Curve {
        let largest = self.u[rows - 1];
        Curve {
            u: self.u[..rows].iter().map(|u| u - largest).collect(),
            y: self.y[..rows].to_vec(),
            sigma: self.sigma.as_ref().map(|s| s[..rows].to_vec()),
            log_reference: self.log_reference + largest,
            unit: self.unit,
            kind: self.kind,
            held: self.held,
        }
    }

    /// ln(C/C_max) of a target.
    pub(crate) fn distance(&self, compute: f64) -> f64 {
        compute.ln() - self.log_reference
    }
}
