//! The search for the minima of any law: where it starts, and in which units it works.

use super::general::Problem;
use super::levenberg::Effort;
use super::objective::{Objective, Weights};
use super::observations::Observations;
use super::result::{Basin, Settings};
use crate::law::{Form, Law};

/// Every basin, and of how many starts (agreeing, tried) where starts were needed.
pub(super) type Found = (Vec<Basin>, Option<(usize, usize)>);

/// Units in which a law's runs are of the order of one: the largest argument, the median value.
struct Units {
    x: Vec<f64>,
    y: f64,
}

impl Units {
    fn of(o: &Observations) -> Option<Units> {
        let width = if o.is_empty() { 0 } else { o.input(0).len() };
        let largest = |k: usize| {
            (0..o.len())
                .map(|i| o.input(i)[k].abs())
                .fold(0.0, f64::max)
        };
        let x: Vec<f64> = (0..width).map(largest).collect();
        let mut sizes: Vec<f64> = o.y.iter().map(|y| y.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let y = *sizes.get(sizes.len() / 2)?;
        let usable = |v: &f64| *v > 0.0 && v.is_finite();
        (x.iter().all(usable) && usable(&y)).then_some(Units { x, y })
    }

    /// Parameters for these units from those for units of one.
    fn enter(&self, law: &dyn Law, p: &[f64]) -> Option<Vec<f64>> {
        law.change_units(p, &self.x, self.y)
    }

    /// The way back.
    fn leave(&self, law: &dyn Law, p: &[f64]) -> Option<Vec<f64>> {
        let inverse: Vec<f64> = self.x.iter().map(|unit| unit.recip()).collect();
        law.change_units(p, &inverse, self.y.recip())
    }
}

/// What `work` makes of parameters in the units in which a law is fitted, in the user's units.
pub(super) fn in_own_units(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    p: &[f64],
    work: impl Fn(&Problem<'_>, &[f64]) -> Option<Vec<f64>>,
) -> Option<Vec<f64>> {
    let problem = Problem {
        law,
        observations: o,
        objective: settings.objective,
        lower: settings.lower.clone(),
        upper: settings.upper.clone(),
    };
    let units = Units::of(o).filter(|_| natural(law, settings));
    let Some((units, entered)) = units.and_then(|u| u.enter(law, p).map(|p| (u, p))) else {
        return work(&problem, p);
    };
    let scaled = o.in_units(&units.x, units.y);
    let inside = Problem {
        observations: &scaled,
        ..problem
    };
    units.leave(law, &work(&inside, &entered)?)
}

/// Whether nothing but the law itself bounds its parameters.
fn natural(law: &dyn Law, settings: &Settings) -> bool {
    let bounds = settings.lower.iter().zip(&settings.upper);
    law.parameters()
        .iter()
        .zip(bounds)
        .all(|(p, (low, high))| p.lower == *low && p.upper == *high)
}

/// Starts that the law finds in the data.
fn data_driven(law: &dyn Law, o: &Observations) -> Vec<Vec<f64>> {
    let x: Vec<&[f64]> = (0..o.len()).map(|i| o.input(i)).collect();
    let mut starts = law.starts(&x, &o.y);
    starts.retain(|p| p.len() == law.parameters().len() && p.iter().all(|v| v.is_finite()));
    starts
}

/// Every basin of a law of form [`Form::General`], best first; `start` is the user's.
pub(super) fn basins(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    start: Option<Vec<f64>>,
) -> Found {
    let minima = minima(law, o, settings, start, [Effort::Exact; 2]);
    let tried = minima.len();
    let best = minima
        .iter()
        .map(|m| m.objective)
        .fold(f64::INFINITY, f64::min);
    let close = |m: &&Basin| m.objective <= best * (1.0 + 1e-8) + f64::MIN_POSITIVE;
    let agreeing = minima.iter().filter(close).count();
    (Basin::distinct(minima), Some((agreeing, tried)))
}

/// The least-squares fit of `law` within its own bounds as fast as it can be had: the best basin
/// alone, no verdict. Where the runs determine the parameters it is the minimum; on flat ground,
/// where they do not, it may stop before.
///
/// ```
/// use scalewise::{fit::{best_fit, Observations, Residuals}, law::{Law, M3}};
/// let x = [1.0, 3.0, 10.0, 30.0, 100.0];
/// let y = x.map(|x| M3.predict(&[x], &[2.0, -0.4, 0.01]));
/// let o = Observations::new(x.map(|x| vec![x]).to_vec(), y.to_vec(), Residuals::Relative)?;
/// let best = best_fit(&M3, &o).unwrap();
/// assert!((best.parameters[1] + 0.4).abs() < 1e-6);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn best_fit(law: &dyn Law, o: &Observations) -> Option<Basin> {
    best_fit_in_order(law, &o.in_order())
}

/// The same for observations that are in canonical order already.
pub(crate) fn best_fit_in_order(law: &dyn Law, o: &Observations) -> Option<Basin> {
    let list = law.parameters();
    let settings = Settings {
        objective: Objective::Squared,
        residuals: o.residuals,
        weights: Weights::Equal,
        lower: list.iter().map(|p| p.lower).collect(),
        upper: list.iter().map(|p| p.upper).collect(),
    };
    let found = match law.form() {
        Form::General | Form::Surface => minima(law, o, &settings, None, QUICK),
        Form::PowerPlusConstant | Form::Power => super::power::basins(law, o, &settings),
    };
    let best = found
        .into_iter()
        .filter(|basin| basin.parameters.iter().all(|v| v.is_finite()))
        .min_by(|p, q| p.objective.total_cmp(&q.objective))?;
    if law.form().is_power() {
        return Some(best);
    }
    let polished = minima(law, o, &settings, Some(best.parameters.clone()), POLISH);
    Some(polished.into_iter().next().unwrap_or(best))
}

/// A quick descent from the best start, and from the others.
const QUICK: [Effort; 2] = [Effort::Quick(60), Effort::Quick(25)];
/// From the best point that quick descents found.
const POLISH: [Effort; 2] = [Effort::Bounded(100); 2];

/// Where the descent of any law from `start` ends.
pub(super) fn descent(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    start: &[f64],
) -> Option<Basin> {
    let efforts = [Effort::Exact; 2];
    minima(law, o, settings, Some(start.to_vec()), efforts).pop()
}

/// Where the descents from all starts end.
fn minima(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    start: Option<Vec<f64>>,
    efforts: [Effort; 2],
) -> Vec<Basin> {
    let problem = Problem {
        law,
        observations: o,
        objective: settings.objective,
        lower: settings.lower.clone(),
        upper: settings.upper.clone(),
    };
    let probe = vec![1.0; settings.lower.len()];
    let Some(units) = Units::of(o).filter(|u| u.enter(law, &probe).is_some()) else {
        let starts = start.map_or_else(|| all_starts(&problem), |p| vec![p]);
        return descend(&problem, &starts, efforts);
    };
    let scaled = o.in_units(&units.x, units.y);
    let inside = Problem {
        observations: &scaled,
        ..problem.clone()
    };
    let starts = match start {
        Some(p) => units.enter(law, &p).into_iter().collect(),
        None => all_starts(&inside),
    };
    if natural(law, settings) {
        let mut minima = descend(&inside, &starts, efforts);
        for m in &mut minima {
            m.parameters = units.leave(law, &m.parameters).unwrap_or_default();
        }
        return minima;
    }
    // The user's bounds hold in the user's units.
    let starts: Vec<Vec<f64>> = starts.iter().filter_map(|p| units.leave(law, p)).collect();
    descend(&problem, &starts, efforts)
}

fn all_starts(problem: &Problem) -> Vec<Vec<f64>> {
    let starts = data_driven(problem.law, problem.observations);
    if starts.is_empty() {
        problem.starts()
    } else {
        starts
    }
}

fn descend(problem: &Problem, starts: &[Vec<f64>], efforts: [Effort; 2]) -> Vec<Basin> {
    starts
        .iter()
        .enumerate()
        .filter_map(|(k, start)| problem.minimise_with(start, efforts[k.min(1)]))
        .map(|m| Basin {
            parameters: m.p,
            objective: m.objective,
            converged: m.converged,
        })
        .filter(|basin| basin.objective.is_finite())
        .collect()
}
