//! Levenberg–Marquardt in the nonlinear parameters of a law, with the linear ones solved at each
//! step (variable projection; Golub & Pereyra 1973).

use super::bounded::{Basis, dot};
use super::model::{Model, Point, Room};

/// How far a descent goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The most steps that are tried.
    pub(super) steps: usize,
    /// A step gains little if it lowers the sum by less than this share of it.
    pub(super) enough: f64,
}

/// A descent ends after this many steps in a row that gain little.
const PATIENCE: usize = 4;

/// Descends from a point.
pub(super) fn descend(model: &Model<'_>, start: Point, limits: Limits, room: &mut Room) -> Point {
    let mut at = start;
    let mut damping = 1e-2;
    let (mut little, mut tried) = (0, 0);
    'outer: while tried < limits.steps && !model.others.is_empty() && at.value > 0.0 {
        let Some(slopes) = model.slopes(&at, room) else {
            break;
        };
        let n = model.rows();
        let local = Local::of(&slopes.columns, &slopes.residuals, n);
        loop {
            if tried >= limits.steps {
                break 'outer;
            }
            tried += 1;
            let next = local.step(model, &at.p, damping);
            let moved = next.as_ref().is_some_and(|next| *next != at.p);
            let solved = next
                .filter(|_| moved)
                .and_then(|next| model.solved(&next, room));
            match solved.filter(|next| next.value < at.value) {
                Some(next) => {
                    little = match at.value - next.value < limits.enough * at.value {
                        true => little + 1,
                        false => 0,
                    };
                    at = next;
                    damping = (damping * 0.15_f64).max(1e-12);
                    if little >= PATIENCE {
                        break 'outer;
                    }
                    break;
                }
                None => {
                    damping *= 6.0;
                    if damping > 1e9 || !moved {
                        break 'outer;
                    }
                }
            }
        }
    }
    at
}

/// The slopes at a point, reduced to as many rows as there are parameters.
struct Local {
    /// R of the slopes, column by column.
    r: Vec<f64>,
    /// The residuals in the basis of the slopes.
    along: Vec<f64>,
    /// The length of each column.
    lengths: Vec<f64>,
    count: usize,
}

impl Local {
    fn of(columns: &[f64], residuals: &[f64], n: usize) -> Local {
        let count = columns.len() / n.max(1);
        let mut basis = Basis::default();
        basis.fill(columns, n);
        let mut rest = residuals.to_vec();
        let along = basis.explain(&mut rest);
        let lengths = columns
            .chunks_exact(n.max(1))
            .map(|c| dot(c, c).sqrt())
            .collect();
        let mut r = vec![0.0; count * count];
        for k in 0..count {
            for i in 0..=k {
                r[k * count + i] = basis.entry(i, k);
            }
        }
        Local {
            r,
            along,
            lengths,
            count,
        }
    }

    /// The point one damped step from `p`. A parameter that would cross its bound stops there, and
    /// the rest are solved again.
    fn step(&self, model: &Model<'_>, p: &[f64], damping: f64) -> Option<Vec<f64>> {
        let m = self.count;
        let mut next = p.to_vec();
        let mut taken = vec![0.0; m];
        let downhill = |j: usize| -dot(&self.r[j * m..(j + 1) * m], &self.along);
        let mut moving: Vec<usize> = (0..m)
            .filter(|&j| {
                let k = model.others[j];
                let held = (p[k] <= model.lower[k] && downhill(j) <= 0.0)
                    || (p[k] >= model.upper[k] && downhill(j) >= 0.0);
                !held && self.lengths[j] > 0.0
            })
            .collect();
        while !moving.is_empty() {
            let step = self.solve(&moving, &taken, damping)?;
            let mut stopped = false;
            for (&j, d) in moving.iter().zip(&step) {
                let k = model.others[j];
                let wanted = p[k] + d;
                next[k] = wanted.clamp(model.lower[k], model.upper[k]);
                if next[k] != wanted {
                    taken[j] = next[k] - p[k];
                    stopped = true;
                }
            }
            if !stopped {
                break;
            }
            moving.retain(|&j| {
                let k = model.others[j];
                taken[j] == 0.0 && next[k] != p[k]
            });
        }
        next.iter().all(|v| v.is_finite()).then_some(next)
    }

    /// The damped step of the moving parameters, given the steps already taken by the others.
    fn solve(&self, moving: &[usize], taken: &[f64], damping: f64) -> Option<Vec<f64>> {
        let (m, count) = (self.count, moving.len());
        let length = m + count;
        let mut stacked = vec![0.0; length * count];
        for (i, &j) in moving.iter().enumerate() {
            let column = &mut stacked[i * length..(i + 1) * length];
            column[..m].copy_from_slice(&self.r[j * m..(j + 1) * m]);
            column[m + i] = damping.sqrt() * self.lengths[j];
        }
        let mut target = vec![0.0; length];
        target[..m].copy_from_slice(&self.along);
        for (j, d) in taken.iter().enumerate().filter(|(_, d)| **d != 0.0) {
            let column = &self.r[j * m..(j + 1) * m];
            target.iter_mut().zip(column).for_each(|(t, c)| *t += d * c);
        }
        target.iter_mut().for_each(|t| *t = -*t);
        let mut basis = Basis::default();
        basis.fill(&stacked, length);
        let along = basis.explain(&mut target);
        let open = vec![(f64::NEG_INFINITY, f64::INFINITY); count];
        Some(basis.solve(&along, &open).0)
    }
}
