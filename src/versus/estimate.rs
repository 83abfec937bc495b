//! Both laws fitted together, and the standard errors of functions of them.

use super::curve::Two;
use super::design::{Design, Group, Held, Row, Side};
use super::joint::{FREE, Scales, Solution, Task, Tie, prior_rows, start};
use super::surface::{Along, Full, PLACES, View, five, loss};
use crate::fit::central_quantile;
use nalgebra::{DMatrix, DVector};

/// Rounds that estimate the scales of paired runs; they converge in three or four.
const ROUNDS: usize = 8;
/// Fewest degrees of freedom for an interval from estimated noise. The rule is 3, and those of
/// paired runs are rounded to it, since two laws do not share theirs exactly evenly.
pub(super) const MIN_DOF: f64 = 2.5;

/// Both laws at the least sum of squares.
#[derive(Debug, Clone)]
pub(super) struct Estimate<'a> {
    pub(super) task: Task<'a>,
    pub(super) solution: Solution,
    /// The laws of compute; for surfaces, of the compute-optimal paths.
    pub(super) two: Two,
    /// (JᵀJ)⁻¹ over the free parameters, whose indices are in `free`.
    inverse: Option<DMatrix<f64>>,
    free: Vec<usize>,
    /// Rows of the Jacobian in units of the scales; `groups` has the group of each.
    jacobian: DMatrix<f64>,
    groups: Vec<Group>,
    /// Degrees of freedom of the scales, of single rows, sums and differences; `None` if the scales
    /// are known.
    freedom: Option<[f64; 3]>,
}

/// A function of the parameters: its value, its standard error and the degrees of freedom of that
/// error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Known {
    pub(super) value: f64,
    pub(super) se: f64,
    /// `None` if the noise is known.
    pub(super) dof: Option<f64>,
}

impl Known {
    /// Half-width of an interval of this level.
    pub(super) fn reach(&self, level: f64) -> f64 {
        self.se * central_quantile(level, self.dof)
    }

    /// Whether the noise is known, or estimated with enough degrees of freedom.
    pub(super) fn enough(&self) -> bool {
        self.dof.is_none_or(|dof| dof >= MIN_DOF)
    }
}

impl<'a> Estimate<'a> {
    /// Fits both laws; `None` if there is no fit.
    pub(super) fn new(
        a: &Side,
        b: &Side,
        design: &'a Design,
        held: &'a Held,
    ) -> Option<Estimate<'a>> {
        let tie: Tie = match held.shared {
            true => [0, 1, 2, 3, 1, 2, 6, 7, 8, 9],
            false => FREE,
        };
        let mut task = Task {
            design,
            held,
            tie,
            scales: Scales::ONE,
        };
        let mut from = start(a, b, design);
        let again = !design.known && (design.pairs > 0 || !held.prior.is_empty());
        for _ in 0..if again { ROUNDS } else { 0 } {
            let solution = task.solve(&from, None, None)?;
            from = solution.full;
            task.scales = Estimate::at(task.clone(), solution).scales()?;
        }
        let solution = task.solve(&from, None, None)?;
        let mut made = Estimate::at(task, solution);
        if !again && let Some(scales) = made.scales() {
            made.solution.rss /= scales.single * scales.single;
            made.task.scales = scales;
            made = Estimate::at(made.task, made.solution);
        }
        Some(made)
    }

    fn at(task: Task<'a>, solution: Solution) -> Estimate<'a> {
        let free = task.places();
        let rows = &task.design.rows;
        let of_prior = prior_rows(task.held, &task.tie);
        let mut jacobian = DMatrix::zeros(rows.len() + of_prior.len(), free.len());
        let p = &solution.full;
        let mut fill = |i: usize, gradient: Full| {
            for (k, g) in gradient.iter().enumerate() {
                if let Some(column) = free.iter().position(|f| *f == task.tie[k]) {
                    jacobian[(i, column)] += g;
                }
            }
        };
        let mut groups = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let scale = task.scales.of(row.group);
            let mut gradient: Full = [0.0; 10];
            for (side, places) in PLACES.iter().enumerate() {
                let (_, own) = loss(&five(p, side), row.at[side]);
                for (place, g) in places.iter().zip(own) {
                    gradient[*place] = row.w[side] * g / scale;
                }
            }
            fill(i, gradient);
            groups.push(row.group);
        }
        for (i, (factors, _)) in of_prior.iter().enumerate() {
            fill(rows.len() + i, *factors);
            groups.push(Group::Prior);
        }
        let inverse = crate::numeric::QrFactor::new(&jacobian).and_then(|qr| qr.inverse_gram());
        let mut made = Estimate {
            two: View::new(&solution.full, Along::Path).two,
            task,
            solution,
            inverse,
            free,
            jacobian,
            groups,
            freedom: None,
        };
        if !made.task.design.known {
            let dof = |group| made.freedom_of(group);
            made.freedom = Some([dof(Group::Single), dof(Group::Sum), dof(Group::Difference)]);
        }
        made
    }

    /// The same laws with the runs of another task.
    pub(super) fn moved<'b>(&self, task: Task<'b>) -> Estimate<'b> {
        Estimate::at(task, self.solution.clone())
    }

    /// Number of rows of a group minus the parameters that they determine.
    fn freedom_of(&self, group: Group) -> f64 {
        let count = self.task.design.count(group) as f64;
        let Some(inverse) = &self.inverse else {
            return 0.0;
        };
        let leverage = |i: usize| {
            let row = self.jacobian.row(i);
            (row * inverse * row.transpose())[(0, 0)]
        };
        let own = (0..self.groups.len()).filter(|i| self.groups[*i] == group);
        let left = count - own.map(leverage).sum::<f64>();
        // Rounding errors of the leverages are not a degree of freedom.
        if left < 1e-6 { 0.0 } else { left }
    }

    /// The value of the laws for a row.
    pub(super) fn fitted(&self, row: &Row) -> f64 {
        let of = |side: usize| loss(&five(&self.solution.full, side), row.at[side]).0;
        row.w[0] * of(0) + row.w[1] * of(1)
    }

    /// Both laws along a line.
    pub(super) fn view(&self, along: Along) -> View {
        View::new(&self.solution.full, along)
    }

    /// Both laws of compute, or both paths.
    pub(super) fn path(&self) -> View {
        self.view(Along::Path)
    }

    /// The residuals of the rows, in units of their scales.
    pub(super) fn residuals(&self) -> Vec<f64> {
        let rows = self.task.design.rows.iter();
        rows.map(|row| (self.fitted(row) - row.target) / self.task.scales.of(row.group))
            .collect()
    }

    /// The scales estimated from the residuals; `None` if they cannot be estimated.
    fn scales(&self) -> Option<Scales> {
        let [single, sum, difference] = self.freedom?;
        let residuals = self.residuals();
        let of = |group: Group, dof: f64| {
            let own = (residuals.iter().zip(&self.groups)).filter(|(_, g)| **g == group);
            let squares: f64 = own.map(|(r, _)| r * r).sum();
            let scale = self.task.scales.of(group) * (squares / dof).sqrt();
            (dof > 0.0 && scale > 0.0 && scale.is_finite()).then_some(scale)
        };
        if self.task.design.pairs == 0 {
            let single = of(Group::Single, single)?;
            return Some(Scales {
                single,
                sum: single,
                difference: single,
            });
        }
        let (sum, difference) = (of(Group::Sum, sum)?, of(Group::Difference, difference)?);
        // The variance of a single run is the mean of both variances.
        let single = (0.5 * (sum * sum + difference * difference)).sqrt();
        Some(Scales {
            single,
            sum,
            difference,
        })
    }

    /// The relative standard deviation of a run about its law.
    pub(super) fn noise(&self) -> Option<f64> {
        let some = !self.task.design.known && self.dof() > 0.0;
        some.then_some(self.task.scales.single)
    }

    /// The correlation of the noise of paired runs.
    pub(super) fn correlation(&self) -> Option<f64> {
        let Scales {
            sum, difference, ..
        } = self.task.scales;
        let (s, d) = (sum * sum, difference * difference);
        (self.task.design.pairs > 0).then(|| (s - d) / (s + d))
    }

    /// Degrees of freedom of the noise that decides: that of differences if runs are paired.
    pub(super) fn dof(&self) -> f64 {
        match self.freedom {
            None => f64::INFINITY,
            Some([single, ..]) if self.task.design.pairs == 0 => single,
            Some([_, _, difference]) => difference,
        }
    }

    /// Degrees of freedom of single rows, sums and differences; zero if the noise is known.
    pub(super) fn freedoms(&self) -> [f64; 3] {
        let [single, sum, difference] = self.freedom.unwrap_or_default();
        match self.task.design.pairs > 0 {
            // With pairs, the variance of a single run is the mean of two estimates.
            true => [sum.min(difference), sum, difference],
            false => [single; 3],
        }
    }

    /// The standard error and degrees of freedom of a function with this value and gradient.
    pub(super) fn known(&self, (value, gradient): (f64, Full)) -> Option<Known> {
        let inverse = self.inverse.as_ref()?;
        let mut reduced = DVector::zeros(self.free.len());
        for (k, g) in gradient.iter().enumerate() {
            if let Some(place) = self.free.iter().position(|f| *f == self.task.tie[k]) {
                reduced[place] += g;
            }
        }
        let along = &self.jacobian * (inverse * reduced);
        let part = |group: Group| -> f64 {
            let own = along.iter().zip(&self.groups).filter(|(_, g)| **g == group);
            own.map(|(v, _)| v * v).sum()
        };
        let parts = [Group::Single, Group::Sum, Group::Difference].map(part);
        let variance = along.norm_squared();
        let known = self.freedom.is_none();
        let dof = (!known).then(|| satterthwaite(variance, &parts, self.freedoms()));
        let se = variance.sqrt();
        let sound = se.is_finite() && value.is_finite() && dof != Some(f64::INFINITY);
        sound.then_some(Known {
            value,
            se,
            dof: dof.filter(|_| self.freedom.is_some()),
        })
    }
}

/// Degrees of freedom of a sum of variances that have their own (Satterthwaite 1946).
fn satterthwaite(variance: f64, parts: &[f64; 3], dof: [f64; 3]) -> f64 {
    let squares = parts.iter().zip(dof).filter(|(v, _)| **v > 0.0);
    let below: f64 = squares
        .map(|(v, dof)| match dof > 0.0 {
            true => v * v / dof,
            false => f64::INFINITY,
        })
        .sum();
    match below > 0.0 {
        // If only the prior contributes, no noise is estimated.
        true => variance * variance / below,
        false => 1e9,
    }
}
