//! Whether the minimum of a robust objective is unique, and which law is chosen if it is not.
//!
//! Least absolute deviations and Huber's loss can be flat: with two runs at one compute, every
//! curve that passes between them has the same sum of log residuals. All laws of such a flat set
//! fit equally well. The one with the smallest sum of squared residuals among them is chosen. It is
//! unique, it passes through the middle of replicated runs, and neither the order of the rows nor
//! the start of a descent decides it.

use super::basin::Basin;
use super::general::Problem;
use super::objective::Objective;
use super::observations::Observations;
use super::result::FitResult;
use super::search::in_own_units;
use super::settings::Settings;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::law::Law;
use crate::quantity::format_quantity;
use nalgebra::{DMatrix, DVector};

/// Two minima are equal if their objectives differ by at most this share (and by at most rounding).
/// It is far above the rounding of a sum over the runs, and far below any difference that noise
/// would not hide.
const EQUAL: f64 = 1e-10;
/// Two laws are different when the residual of some run differs by more than this share of the mean
/// residual.
const DIFFERENT: f64 = 1e-3;
/// Residuals below this share of the losses are rounding.
const ROUNDING: f64 = 1e-9;
/// A residual of least absolute deviations below this share of the mean one is zero.
const ZERO: f64 = 1e-6;
/// Singular values below this share are zero, and so is a slope below this share of its terms.
const FLAT: f64 = 1e-7;
/// The most steps towards the law of smallest squared residuals.
const STEPS: usize = 200;
/// How often a step that leaves the flat set is halved.
const HALVINGS: i32 = 20;
/// The most corrections of the residuals that a step must not change.
const CORRECTIONS: usize = 30;

/// Replaces the best basin by the law that is chosen where other laws fit equally well.
pub(super) fn settle(law: &dyn Law, o: &Observations, settings: &Settings, best: &mut Basin) {
    let chosen = in_own_units(law, o, settings, &best.parameters, |problem, p| {
        elsewhere(problem, p)?;
        middle(problem, p)
    });
    let problem = Problem::new(law, o, settings);
    let Some(chosen) = chosen else { return };
    let objective = problem.value(&chosen);
    if objective <= best.objective * (1.0 + 2.0 * EQUAL) {
        best.parameters = chosen;
        best.objective = objective;
    }
}

/// A finding if other laws fit equally well, with one of them.
pub(super) fn minimum_not_unique(fit: &FitResult, o: &Observations) -> Option<Diagnosis> {
    let other = in_own_units(&*fit.law, o, &fit.settings, &fit.values(), elsewhere)?;
    let names = fit.law.parameters().iter().zip(&other);
    let values: Vec<String> = names
        .map(|(p, value)| format!("{} = {}", p.name, format_quantity(*value)))
        .collect();
    Some(Diagnosis::new(
        Code::MinimumNotUnique,
        Severity::Warn,
        format!(
            "the minimum is not unique: other laws have the same sum of losses, for example {}; the law given is the \
             one of them with the smallest sum of squared residuals",
            values.join(", ")
        ),
        "fit by least squares, or add runs: two runs at one compute, for example, leave open where the curve passes \
         between them",
    ))
}

/// A point of a flat set of a robust objective.
struct Face<'a> {
    problem: &'a Problem<'a>,
    /// Parameters that are neither fixed nor on a bound, and the sizes of their columns of the
    /// Jacobian.
    moving: Vec<usize>,
    scale: Vec<f64>,
    /// Where the loss changes from quadratic to linear; 0 for least absolute deviations.
    threshold: f64,
    mean: f64,
    objective: f64,
    tolerance: f64,
}

/// Weighted residuals and their derivatives by the moving parameters, in units of the sizes of the
/// columns.
struct Here {
    r: DVector<f64>,
    j: DMatrix<f64>,
}

/// The rows whose residuals a step must not change.
struct Held {
    rows: Vec<usize>,
    /// Directions that change none of these residuals, one per column.
    free: DMatrix<f64>,
    /// Steps that change one of these residuals by one, one per column.
    inverse: DMatrix<f64>,
}

impl Held {
    fn new(j: &DMatrix<f64>, rows: Vec<usize>) -> Option<Held> {
        let k = j.ncols();
        let mut square = DMatrix::zeros(rows.len().max(k), k);
        for (i, &row) in rows.iter().enumerate() {
            square.set_row(i, &j.row(row));
        }
        let svd = square.try_svd(true, true, f64::EPSILON, 10_000)?;
        let v = svd.v_t.as_ref()?.transpose();
        let open: Vec<usize> = (0..k).filter(|&i| svd.singular_values[i] <= FLAT).collect();
        let free = v.select_columns(&open);
        let inverse = svd.pseudo_inverse(FLAT).ok()?;
        let inverse = inverse.columns(0, rows.len()).into_owned();
        Some(Held {
            rows,
            free,
            inverse,
        })
    }

    fn without(&self, row: usize) -> Vec<usize> {
        let others = self.rows.iter().copied();
        others.filter(|other| *other != row).collect()
    }

    /// The step to the smallest sum of squares of the other rows that changes no held row; `None`
    /// if all rows are held.
    fn least_squares(&self, here: &Here, rest: &[usize]) -> Option<DVector<f64>> {
        if self.free.ncols() == 0 || rest.is_empty() {
            return None;
        }
        let j = here.j.select_rows(rest) * &self.free;
        let wanted = -here.r.select_rows(rest);
        let svd = j.try_svd(true, true, f64::EPSILON, 10_000)?;
        Some(&self.free * svd.solve(&wanted, FLAT).ok()?)
    }
}

impl<'a> Face<'a> {
    /// `None` if the objective is nowhere flat, or if the residuals are rounding.
    fn new(problem: &'a Problem<'a>, p: &[f64]) -> Option<Face<'a>> {
        let threshold = match problem.objective {
            Objective::Lad => 0.0,
            Objective::Huber { delta } if delta.is_finite() => delta,
            _ => return None,
        };
        let inside = |k: &usize| problem.lower[*k] < p[*k] && p[*k] < problem.upper[*k];
        let moving: Vec<usize> = (0..p.len()).filter(inside).collect();
        let local = problem.local(p)?;
        let scale: Vec<f64> = moving.iter().map(|&k| local.j.column(k).norm()).collect();
        let rows = local.r.len() as f64;
        let mean = local.r.iter().map(|r| r.abs()).sum::<f64>() / rows;
        let size = problem.observations.size_of_a_loss();
        let objective = problem.value(p);
        let steepest = if threshold == 0.0 { 1.0 } else { threshold };
        let usable = !moving.is_empty()
            && scale.iter().all(|s| *s > 0.0 && s.is_finite())
            && mean > ROUNDING * size
            && objective.is_finite();
        usable.then_some(Face {
            problem,
            moving,
            scale,
            threshold,
            mean,
            objective,
            tolerance: EQUAL * objective + 8.0 * f64::EPSILON * rows * size * steepest,
        })
    }

    fn here(&self, p: &[f64]) -> Option<Here> {
        let local = self.problem.local(p)?;
        let mut j = local.j.select_columns(&self.moving);
        for (mut column, scale) in j.column_iter_mut().zip(&self.scale) {
            column /= *scale;
        }
        Some(Here { r: local.r, j })
    }

    /// Rows whose residuals lie in the curved part of the loss.
    fn curved(&self, r: &DVector<f64>) -> Vec<usize> {
        let limit = match self.threshold {
            0.0 => ZERO * self.mean,
            threshold => threshold * (1.0 + ZERO),
        };
        (0..r.len()).filter(|&i| r[i].abs() <= limit).collect()
    }

    /// Rows in the linear part of the loss, without those so close to the border that rounding
    /// decides.
    fn linear(&self, r: &DVector<f64>) -> Vec<usize> {
        let limit = self.threshold * (1.0 + ZERO) + ZERO * self.mean;
        (0..r.len()).filter(|&i| r[i].abs() > limit).collect()
    }

    /// Whether the objective stays constant to first order if the residuals change in proportion to
    /// `change`, and row `released` leaves the curved part of the loss.
    fn is_level(
        &self,
        here: &Here,
        held: &Held,
        change: &DVector<f64>,
        released: Option<usize>,
    ) -> bool {
        let slope = |i: usize| match self.threshold {
            0.0 if held.rows.contains(&i) => 0.0,
            0.0 => here.r[i].signum(),
            threshold => here.r[i].clamp(-threshold, threshold),
        };
        let mut sum: f64 = (0..change.len()).map(|i| slope(i) * change[i]).sum();
        let mut terms: f64 = (0..change.len())
            .map(|i| (slope(i) * change[i]).abs())
            .sum();
        if let (Some(i), 0.0) = (released, self.threshold) {
            sum += change[i].abs();
            terms += change[i].abs();
        }
        sum.abs() <= FLAT * terms
    }

    /// How far the residuals can change in proportion to `change` until another row enters the
    /// curved part.
    fn reach(
        &self,
        r: &DVector<f64>,
        change: &DVector<f64>,
        rest: &[usize],
    ) -> Option<(f64, usize)> {
        let end = |&i: &usize| {
            let border = self.threshold.copysign(r[i]);
            let away = (r[i] - border) * r[i].signum();
            let t = away.max(0.0) / -(change[i] * r[i].signum());
            (t >= 0.0 && t.is_finite()).then_some((t, i))
        };
        rest.iter()
            .filter_map(end)
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// The point one step away that keeps the residuals of the held rows; `None` if the objective
    /// differs there.
    fn step(&self, p: &[f64], d: &DVector<f64>, held: &Held, kept: &[f64]) -> Option<Vec<f64>> {
        let mut q = p.to_vec();
        self.add(&mut q, d);
        for _ in 0..CORRECTIONS {
            let r = self.problem.local(&q)?.r;
            let off = held.rows.iter().zip(kept).map(|(&i, kept)| r[i] - kept);
            let off = DVector::from_iterator(kept.len(), off);
            let small = off.amax() <= 4.0 * f64::EPSILON * self.mean;
            if off.is_empty() || small {
                break;
            }
            self.add(&mut q, &(-&held.inverse * off));
        }
        let inside = self
            .moving
            .iter()
            .all(|&k| self.problem.lower[k] < q[k] && q[k] < self.problem.upper[k]);
        let equal = (self.problem.value(&q) - self.objective).abs() <= self.tolerance;
        (inside && equal).then_some(q)
    }

    fn add(&self, p: &mut [f64], d: &DVector<f64>) {
        for ((&k, scale), d) in self.moving.iter().zip(&self.scale).zip(d.iter()) {
            p[k] += d / scale;
        }
    }

    /// Steps out of a point along which the objective may be flat, each with the rows held on the
    /// way.
    fn ways_out(&self, here: &Here) -> Option<Vec<(DVector<f64>, Vec<usize>)>> {
        let held = Held::new(&here.j, self.curved(&here.r))?;
        let both = |d: DVector<f64>| [(d.clone(), held.rows.clone()), (-d, held.rows.clone())];
        let mut ways: Vec<_> = (held.free.column_iter())
            .flat_map(|d| both(d.into_owned()))
            .collect();
        ways.extend((self.releases(here, &held)).map(|(d, i)| (d, held.without(i))));
        Some(ways)
    }

    /// Steps without a change of the objective that move a held row out of the curved part, each
    /// with its row.
    fn releases(&self, here: &Here, held: &Held) -> impl Iterator<Item = (DVector<f64>, usize)> {
        let signs = held
            .rows
            .iter()
            .enumerate()
            .flat_map(|row| [(row, 1.0), (row, -1.0)]);
        signs.filter_map(|((column, &i), sign)| {
            let on_border = (here.r[i] * sign - self.threshold).abs() <= ZERO * self.threshold;
            let d = held.inverse.column(column) * sign;
            let level = || self.is_level(here, held, &(&here.j * &d), Some(i));
            ((self.threshold == 0.0 || on_border) && level()).then_some((d, i))
        })
    }

    /// The one of these steps that lowers the sum of squared residuals most steeply.
    fn steepest_release(&self, here: &Here, held: &Held) -> Option<(DVector<f64>, usize)> {
        let gain = |d: &DVector<f64>| {
            let change = &here.j * d;
            -here.r.dot(&change) / change.norm()
        };
        let steps = self.releases(here, held).map(|(d, i)| (gain(&d), d, i));
        let best = steps.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 > ZERO * self.mean).then_some((best.1, best.2))
    }
}

/// A different law with the same objective, if there is one.
fn elsewhere(problem: &Problem<'_>, p: &[f64]) -> Option<Vec<f64>> {
    let face = Face::new(problem, p)?;
    let here = face.here(p)?;
    face.ways_out(&here)?.into_iter().find_map(|(d, rows)| {
        let change = &here.j * &d;
        let held = Held::new(&here.j, rows)?;
        let most = face.mean / change.amax();
        let rest = face.linear(&here.r);
        let end = face.reach(&here.r, &change, &rest);
        let far = end.map_or(most, |(t, _)| most.min(0.5 * t));
        let kept: Vec<f64> = held.rows.iter().map(|&i| here.r[i]).collect();
        let q = face.step(p, &(d * far), &held, &kept)?;
        let there = problem.local(&q)?.r;
        ((there - &here.r).amax() > DIFFERENT * face.mean).then_some(q)
    })
}

/// The law with the smallest sum of squared residuals in the flat set of `p`. The active-set method
/// makes Gauss–Newton steps that hold the rows of the curved part, until another row enters it or
/// one may leave it.
fn middle(problem: &Problem<'_>, p: &[f64]) -> Option<Vec<f64>> {
    let face = Face::new(problem, p)?;
    let mut p = p.to_vec();
    let mut rows = face.curved(&face.here(&p)?.r);
    for _ in 0..STEPS {
        let here = face.here(&p)?;
        let held = Held::new(&here.j, rows.clone())?;
        let rest: Vec<usize> = (0..here.r.len()).filter(|i| !rows.contains(i)).collect();
        let inside = held.least_squares(&here, &rest);
        let (d, released) = match inside.filter(|d| (&here.j * d).amax() > ROUNDING * face.mean) {
            Some(d) => (d, None),
            None => match face.steepest_release(&here, &held) {
                Some((d, i)) => (d, Some(i)),
                None => break,
            },
        };
        let change = &here.j * &d;
        let whole = -here.r.dot(&change) / change.norm_squared();
        let end = face
            .reach(&here.r, &change, &rest)
            .filter(|end| end.0 < whole);
        rows.retain(|i| Some(*i) != released);
        let full = end.map_or(whole, |end| end.0);
        // A long step on a curved set may leave it; a shorter one meets no further row.
        let shorter = (0..=HALVINGS).find_map(|halving| {
            let met = end.filter(|_| halving == 0).map(|(_, i)| i);
            let held: Vec<usize> = rows.iter().copied().chain(met).collect();
            let border = |&i: &usize| match met {
                Some(met) if met == i => face.threshold.copysign(here.r[i]),
                _ => here.r[i],
            };
            let kept: Vec<f64> = held.iter().map(border).collect();
            let d = &d * (full * 0.5_f64.powi(halving));
            let q = face.step(&p, &d, &Held::new(&here.j, held.clone())?, &kept)?;
            Some((q, held))
        });
        let Some(next) = shorter else { break };
        (p, rows) = next;
    }
    Some(p)
}
