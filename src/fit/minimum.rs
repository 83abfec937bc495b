//! Whether a search ended at a minimum, whatever stopped it.
//!
//! A search stops when its steps are small. If the runs are many, or hardly determine a parameter,
//! rounding keeps the steps larger than that, which does not make the fit worse. A search counts as
//! converged when its objective differs from the minimum by no more than the rounding of its
//! evaluation. The remaining gain is the squared length of the residuals along the tangent plane of
//! the law (the relative offset of Bates & Watts 1981). It depends neither on the units of the
//! parameters nor on the length of a flat valley.

use super::basin::Basin;
use super::general::Problem;
use super::objective::Objective;
use super::observations::Observations;
use super::search::in_own_units;
use super::settings::Settings;
use crate::law::Law;
use std::cell::Cell;

/// Rounding of one value of a law (a power and a few sums), relative to the loss.
const OF_A_VALUE: f64 = 64.0 * f64::EPSILON;
/// Rounding of a scalar product over n runs, relative to √n: its errors add up like noise.
const OF_A_PRODUCT: f64 = 8.0 * f64::EPSILON;

/// A point this many standard errors from the minimum of its tangent plane is not a minimum,
/// however small the last step was: damping makes steps small too.
const FAR: f64 = 1.0;

/// Judges whether the best basin is a minimum, whatever stopped the search.
pub(super) fn settle(law: &dyn Law, o: &Observations, settings: &Settings, best: &mut Basin) {
    // A sum of absolute residuals has its minimum in a corner, where there is no tangent plane.
    if settings.objective.is_absolute() {
        return;
    }
    let place = Cell::new(Place::Far);
    in_own_units(law, o, settings, &best.parameters, |problem, p| {
        place.set(at(problem, p));
        None
    });
    best.converged = match place.get() {
        Place::Minimum => true,
        Place::Near => best.converged,
        Place::Far => false,
    };
}

/// What the tangent plane shows about a point.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    /// The gain is rounding.
    Minimum,
    /// There is a gain, smaller than the noise.
    Near,
    /// The objective still falls.
    Far,
}

fn at(problem: &Problem<'_>, p: &[f64]) -> Place {
    let Some(local) = problem.local(p) else {
        return Place::Far;
    };
    // A flat point is not a minimum. The search already judged which flat points count.
    if problem.ran_flat(p) {
        return Place::Near;
    }
    let o = problem.observations;
    let n = problem.rows();
    // Weights with which least squares has the same stationary point as the objective.
    let roots: Vec<f64> = local
        .r
        .iter()
        .map(|r| match problem.objective {
            Objective::Huber { delta } if r.abs() > delta => (delta / r.abs()).sqrt(),
            _ => 1.0,
        })
        .collect();
    let weighted =
        |values: &[f64]| -> Vec<f64> { values.iter().zip(&roots).map(|(v, w)| v * w).collect() };
    let r = weighted(local.r.as_slice());
    let noise = |i: usize| OF_A_VALUE * roots[i] * o.slope(i, o.y[i]) * o.y[i];
    let noise: f64 = (0..o.len()).map(|i| noise(i).powi(2)).sum::<f64>().sqrt();
    let columns = (0..p.len()).filter_map(|k| {
        let column = weighted(local.j.column(k).as_slice());
        let downhill = -dot(&column, &r);
        problem.may_move(p, k, downhill).then_some(column)
    });
    let columns: Vec<Vec<f64>> = columns.collect();
    let (squares, free) = (dot(&r, &r), columns.len() as f64);
    let gain = gain(columns, r, noise);
    let rounding = n as f64 * f64::EPSILON * squares + 2.0 * squares.sqrt() * noise;
    if gain <= rounding {
        return Place::Minimum;
    }
    let freedom = n as f64 - free;
    let error2 = (squares - gain) / freedom;
    // A curve through all runs leaves no noise to compare with.
    match freedom > 0.0 && gain > FAR * FAR * free * error2 {
        true => Place::Far,
        false => Place::Near,
    }
}

/// Squared length of the residuals `r` along the columns, less what rounding can explain. `noise`
/// is the total rounding of the values that the residuals are made of.
fn gain(mut columns: Vec<Vec<f64>>, mut r: Vec<f64>, noise: f64) -> f64 {
    let product = OF_A_PRODUCT * (r.len() as f64).sqrt();
    let size = dot(&r, &r).sqrt();
    let mut gain = 0.0;
    let lengths: Vec<f64> = columns.iter().map(|c| dot(c, c).sqrt()).collect();
    for k in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(k + 1);
        let pivot = &done[k];
        let length = dot(pivot, pivot).sqrt();
        // The column is zero, or the earlier ones explain it: nothing to gain.
        if length <= product * lengths[k] {
            continue;
        }
        let along = dot(pivot, &r) / length;
        // The smaller the rest of a column, the larger its rounding error.
        let uncertain = noise + size * product * (lengths[k] / length);
        gain += (along.abs() - uncertain).max(0.0).powi(2);
        for column in rest.iter_mut() {
            let share = dot(pivot, column) / (length * length);
            column
                .iter_mut()
                .zip(pivot)
                .for_each(|(c, p)| *c -= share * p);
        }
        let share = along / length;
        r.iter_mut().zip(pivot).for_each(|(r, p)| *r -= share * p);
    }
    gain
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::{Residuals, Weights};
    use crate::law::{M4, Shifted};

    /// A ladder with a scatter of 1 % and no two residuals alike.
    fn ladder(law: &dyn Law, p: &[f64], n: usize) -> Observations {
        let x: Vec<Vec<f64>> = (0..n)
            .map(|i| vec![1e18 * 1e4f64.powf(i as f64 / (n - 1) as f64)])
            .collect();
        let scatter = |i: usize| 0.01 * (12.9898 * (i + 1) as f64).sin();
        let y = x.iter().enumerate();
        let y = y.map(|(i, x)| law.predict(x, p) * (1.0 + scatter(i)));
        let y = y.collect();
        Observations::new(x, y, Residuals::Relative).unwrap()
    }

    fn settings(law: &dyn Law, objective: Objective) -> Settings {
        Settings {
            objective,
            residuals: Residuals::Relative,
            weights: Weights::Equal,
            lower: law.parameters().iter().map(|p| p.lower).collect(),
            upper: law.parameters().iter().map(|p| p.upper).collect(),
            prior: None,
        }
    }

    #[test]
    fn minima_are_minima_and_places_beside_them_are_none() {
        let shifted = vec![200.0, -0.15, 1.7, 1e19];
        let m4 = vec![200.0, -0.15, 1.7, 5.0, 0.5];
        let laws: [(&dyn Law, Vec<f64>); 2] = [(&Shifted, shifted), (&M4, m4)];
        for (law, truth) in laws {
            for n in [12, 300] {
                for objective in [Objective::Squared, Objective::Huber { delta: 0.005 }] {
                    let (o, settings) = (ladder(law, &truth, n), settings(law, objective));
                    let best = super::super::search::descent(law, &o, &settings, &truth).unwrap();
                    let judged = |p: &[f64]| {
                        let place = Cell::new(Place::Far);
                        in_own_units(law, &o, &settings, p, |problem, p| {
                            place.set(at(problem, p));
                            None
                        });
                        place.get()
                    };
                    let what = format!("{} {n} {objective:?}", law.name());
                    assert_eq!(judged(&best.parameters), Place::Minimum, "{what}");
                    // A search that stops where the objective still falls has not converged.
                    let mut beside = best.parameters.clone();
                    beside[1] *= 1.0 + 1e-6;
                    assert_ne!(judged(&beside), Place::Minimum, "{what}");
                    beside[1] *= 1.0 + 1e-1;
                    assert_eq!(judged(&beside), Place::Far, "{what}");
                }
            }
        }
    }
}
