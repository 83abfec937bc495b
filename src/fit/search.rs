//! The search for the minima of any law: where it starts, and in which units it works.

use super::basin::{Basin, Found};
use super::fewer::{FEW_LOOKS, Fewer};
use super::general::{Effort, Problem, relative_change};
use super::objective::{Objective, Weights};
use super::observations::Observations;
use super::settings::Settings;
use crate::law::{Form, Input, Law};

/// Units in which the runs are of order one: the largest argument and the median value.
struct Units {
    x: Vec<f64>,
    y: f64,
}

impl Units {
    fn of(law: &dyn Law, o: &Observations) -> Option<Units> {
        let width = if o.is_empty() { 0 } else { o.input(0).len() };
        let largest = |k: usize| {
            (0..o.len())
                .map(|i| o.input(i)[k].abs())
                .fold(0.0, f64::max)
        };
        let mut x: Vec<f64> = (0..width).map(largest).collect();
        // Unique tokens are measured in the unit of all tokens.
        let column = |kind: Input| law.inputs().iter().position(|input| *input == kind);
        if let (Some(all), Some(unique)) = (column(Input::Tokens), column(Input::UniqueTokens)) {
            x[unique] = x[all];
        }
        let mut sizes: Vec<f64> = o.y.iter().map(|y| y.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let y = *sizes.get(sizes.len() / 2)?;
        let usable = |v: &f64| *v > 0.0 && v.is_finite();
        (x.iter().all(usable) && usable(&y)).then_some(Units { x, y })
    }

    /// Converts parameters from the user's units into these.
    fn enter(&self, law: &dyn Law, p: &[f64]) -> Option<Vec<f64>> {
        law.change_units(p, &self.x, self.y)
    }

    /// Converts parameters back into the user's units.
    fn leave(&self, law: &dyn Law, p: &[f64]) -> Option<Vec<f64>> {
        let inverse: Vec<f64> = self.x.iter().map(|unit| unit.recip()).collect();
        law.change_units(p, &inverse, self.y.recip())
    }
}

/// Runs `work` on parameters in the units in which the law is fitted, and returns its result in the
/// user's units.
pub(super) fn in_own_units(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    p: &[f64],
    work: impl Fn(&Problem<'_>, &[f64]) -> Option<Vec<f64>>,
) -> Option<Vec<f64>> {
    let problem = Problem::new(law, o, settings);
    let units = Units::of(law, o).filter(|_| natural(law, settings));
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

/// Whether the bounds are only those of the law, and there is no prior.
fn natural(law: &dyn Law, settings: &Settings) -> bool {
    if settings.prior.is_some() {
        return false;
    }
    let bounds = settings.lower.iter().zip(&settings.upper);
    law.parameters()
        .iter()
        .zip(bounds)
        .all(|(p, (low, high))| p.lower == *low && p.upper == *high)
}

/// The arguments and values of all runs.
fn columns(o: &Observations) -> (Vec<&[f64]>, &[f64]) {
    ((0..o.len()).map(|i| o.input(i)).collect(), &o.y)
}

/// The starts that have a value for every parameter.
fn usable(law: &dyn Law, mut starts: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    starts.retain(|p| p.len() == law.parameters().len() && p.iter().all(|v| v.is_finite()));
    starts
}

/// Starts that the law finds in the data.
fn data_driven(law: &dyn Law, o: &Observations) -> Vec<Vec<f64>> {
    let (x, y) = columns(o);
    usable(law, law.starts(&x, y))
}

/// Every basin of a law of form [`Form::General`], best first; `start` is the user's.
pub(super) fn basins(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    start: Option<Vec<f64>>,
) -> Found {
    const EXACT: [Effort; 2] = [Effort::Exact; 2];
    if let (Some(fewer), None) = (Fewer::of(o, settings), &start) {
        let (some, agreement) = basins(law, &fewer.observations, settings, None);
        let from = |found: Basin, effort: Effort| {
            let start = Starts::First(Some(found.parameters));
            minima(law, o, settings, start, [effort; 2])
        };
        let (few, many) = fewer.efforts(o.len());
        let seen = some.into_iter().take(SEEN_IN_ALL);
        let mut found: Vec<Basin> = seen.flat_map(|basin| from(basin, few)).collect();
        // Only now is the lowest minimum among all runs known.
        let lowest = (0..found.len())
            .min_by(|&i, &k| found[i].objective.total_cmp(&found[k].objective))
            .map(|lowest| found.swap_remove(lowest));
        found.extend(lowest.into_iter().flat_map(|basin| from(basin, many)));
        return (Basin::distinct(found), agreement);
    }
    let given = start.is_some();
    let mut ends = ends(law, o, settings, Starts::First(start), EXACT);
    if !given && doubtful(&ends, settings) {
        ends.extend(self::ends(law, o, settings, Starts::More, EXACT));
    }
    let agreement = agreement(&ends);
    let minima = ends.into_iter().map(|end| end.basin).collect();
    (Basin::distinct(minima), Some(agreement))
}

/// This many of the lowest minima among fewer runs descend to the end among all runs.
const SEEN_IN_ALL: usize = 4;

/// The points that a descent reached after its first step and at its end.
struct End {
    first: Vec<f64>,
    basin: Basin,
}

/// Starts closer than this after their first step count as one start.
const TOGETHER: f64 = 0.01;

/// How many different starts reached the best minimum, and how many were tried: (agreeing, tried).
fn agreement(ends: &[End]) -> (usize, usize) {
    let mut different: Vec<&End> = Vec::new();
    for end in ends {
        let together = |other: &End| relative_change(&other.first, &end.first) < TOGETHER;
        if !different.iter().any(|other| together(other)) {
            different.push(end);
        }
    }
    let best = best_of(ends).map_or(f64::INFINITY, |b| b.objective);
    let agreeing = different.iter().filter(|end| reaches(&end.basin, best));
    (agreeing.count(), different.len())
}

fn reaches(basin: &Basin, best: f64) -> bool {
    basin.objective <= best * (1.0 + 1e-8) + f64::MIN_POSITIVE
}

fn best_of(ends: &[End]) -> Option<&Basin> {
    let all = ends.iter().map(|end| &end.basin);
    all.min_by(|p, q| p.objective.total_cmp(&q.objective))
}

/// Whether more starts are needed: no second start reached the best minimum, few were tried for the
/// number of parameters, or the minimum lies on a bound, where the law's own starts may be far off.
fn doubtful(ends: &[End], settings: &Settings) -> bool {
    let Some(best) = best_of(ends) else {
        return true;
    };
    let bounds = settings.lower.iter().zip(&settings.upper);
    let agreement = agreement(ends);
    let few = 2 * agreement.1 <= best.parameters.len();
    let on_bound = (best.parameters.iter().zip(bounds))
        .any(|(p, (low, high))| low < high && (p <= low || p >= high));
    agreement.0 < 2 || few || on_bound || !best.converged
}

/// A quick least-squares fit of `law` within its own bounds: only the best basin, without a
/// verdict. It is the minimum if the runs determine the parameters. On flat ground it may stop
/// before the minimum.
///
/// ```
/// use scalewise::{fit::Residuals, internal::{Observations, best_fit}, law::{Law, M3}};
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
        prior: None,
    };
    let searched = law.typed().is_none() && !law.form().is_power();
    let fewer = searched.then(|| Fewer::of(o, &settings)).flatten();
    let found = match law.form() {
        _ if law.typed().is_some() => {
            let own = law
                .typed()
                .map(|law| super::projected::basins(law, o, &settings).0);
            return own?.into_iter().next();
        }
        Form::General | Form::Surface => {
            let few = fewer.as_ref().map_or(o, |fewer| &fewer.observations);
            minima(law, few, &settings, Starts::First(None), QUICK)
        }
        Form::PowerPlusConstant | Form::Power => super::power::basins(law, o, &settings),
    };
    let best = found
        .into_iter()
        .filter(|basin| basin.parameters.iter().all(|v| v.is_finite()))
        .min_by(|p, q| p.objective.total_cmp(&q.objective))?;
    if law.form().is_power() {
        return Some(best);
    }
    let start = Starts::First(Some(best.parameters.clone()));
    let efforts = match fewer {
        Some(Fewer { condensed, .. }) if condensed => [Effort::Bounded(FEW_LOOKS); 2],
        _ => POLISH,
    };
    let polished = minima(law, o, &settings, start, efforts);
    Some(polished.into_iter().next().unwrap_or(best))
}

/// A quick descent from the best start, and from the others.
const QUICK: [Effort; 2] = [Effort::Quick(60), Effort::Quick(25)];
/// From the best point that quick descents found.
const POLISH: [Effort; 2] = [Effort::Bounded(100); 2];

/// The end of the descent of any law from `start`.
pub(super) fn descent(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    start: &[f64],
) -> Option<Basin> {
    let efforts = [Effort::Exact; 2];
    minima(
        law,
        o,
        settings,
        Starts::First(Some(start.to_vec())),
        efforts,
    )
    .pop()
}

/// Where descents start from.
enum Starts {
    /// The user's start, or else those of the law, or else those of a grid.
    First(Option<Vec<f64>>),
    /// Further starts of the law, and starts scattered over its search ranges.
    More,
}

impl Starts {
    fn of(self, problem: &Problem) -> Vec<Vec<f64>> {
        match self {
            Starts::First(Some(start)) => vec![start],
            Starts::First(None) => all_starts(problem),
            Starts::More => {
                let (x, y) = columns(problem.observations);
                let mut starts = usable(problem.law, problem.law.more_starts(&x, y));
                starts.extend(problem.scattered());
                starts
            }
        }
    }
}

/// The minima that descents from these starts reach.
fn minima(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    starts: Starts,
    efforts: [Effort; 2],
) -> Vec<Basin> {
    let ends = ends(law, o, settings, starts, efforts);
    ends.into_iter().map(|end| end.basin).collect()
}

/// The ends of the descents from these starts.
fn ends(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    starts: Starts,
    efforts: [Effort; 2],
) -> Vec<End> {
    let problem = Problem::new(law, o, settings);
    let probe = vec![1.0; settings.lower.len()];
    let Some(units) = Units::of(law, o).filter(|u| u.enter(law, &probe).is_some()) else {
        return descend(&problem, &starts.of(&problem), efforts);
    };
    let scaled = o.in_units(&units.x, units.y);
    let inside = Problem {
        observations: &scaled,
        ..problem.clone()
    };
    let starts = match starts {
        Starts::First(Some(p)) => units.enter(law, &p).into_iter().collect(),
        starts => starts.of(&inside),
    };
    if natural(law, settings) {
        let mut ends = descend(&inside, &starts, efforts);
        ends.retain_mut(|end| {
            let found = units.leave(law, &end.basin.parameters);
            let expressed = found.is_some();
            end.basin.parameters = found.unwrap_or_default();
            expressed
        });
        // In the user's units the coefficients of a flat curve may overflow.
        if !ends.is_empty() {
            return ends;
        }
    }
    // The bounds are in the user's units, so the descent is too.
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

/// For a law of several arguments, only this many different starts descend to the end: those whose
/// first steps lead lowest.
const SEEN_THROUGH: usize = 16;
/// The first steps from every start take this many passes over the runs. `BEGUN` starts are kept
/// and take `MORE_LOOKS` more before the remaining ones are compared.
const LOOKS: usize = 25;
const BEGUN: usize = 40;
const MORE_LOOKS: usize = 100;
/// How often a vanished term may be brought back: for two terms, with some to spare.
const RETURNS: usize = 4;

fn descend(problem: &Problem, starts: &[Vec<f64>], efforts: [Effort; 2]) -> Vec<End> {
    let several = problem.law.inputs().len() > 1;
    if several && efforts == [Effort::Exact; 2] && starts.len() > SEEN_THROUGH {
        return descend_from_lowest(problem, starts);
    }
    starts
        .iter()
        .enumerate()
        .filter_map(|(k, start)| {
            let effort = efforts[k.min(1)];
            let basin = basin_from(problem, start, effort)?;
            // The agreement of quick descents is not needed.
            let first = match effort {
                Effort::Exact => (problem.first_steps(start, 1))
                    .map_or_else(|| start.clone(), |first| first.parameters),
                _ => start.clone(),
            };
            Some(End { first, basin })
        })
        .collect()
}

fn basin_from(problem: &Problem, start: &[f64], effort: Effort) -> Option<Basin> {
    let found = problem.minimise_with(start, effort)?;
    found.objective.is_finite().then_some(found)
}

/// Descents from many starts: some steps from all, then to the end from the lowest places that
/// these reach.
fn descend_from_lowest(problem: &Problem, starts: &[Vec<f64>]) -> Vec<End> {
    let mut begun: Vec<(Basin, &Vec<f64>)> = starts
        .iter()
        .filter_map(|start| Some((problem.first_steps(start, LOOKS)?, start)))
        .collect();
    let lowest_first = |begun: &mut Vec<(Basin, &Vec<f64>)>| {
        begun.sort_by(|(p, _), (q, _)| p.objective.total_cmp(&q.objective));
    };
    lowest_first(&mut begun);
    begun.truncate(BEGUN);
    for (far, _) in &mut begun {
        *far = problem
            .first_steps(&far.parameters, MORE_LOOKS)
            .unwrap_or(far.clone());
    }
    lowest_first(&mut begun);
    let mut places: Vec<(Vec<f64>, Option<Basin>)> = Vec::new();
    let mut ends = Vec::new();
    for (Basin { parameters: p, .. }, start) in begun {
        let place = problem.without_inert(&p);
        let near =
            |(other, _): &&(Vec<f64>, Option<Basin>)| relative_change(other, &place) < TOGETHER;
        let basin = match places.iter().find(near) {
            Some((_, basin)) => basin.clone(),
            None if places.len() == SEEN_THROUGH => continue,
            None => {
                let basin = basin_from(problem, &p, Effort::Exact);
                places.push((place, basin.clone()));
                basin
            }
        };
        if let Some(basin) = basin {
            let first = problem.first_steps(start, 1);
            let first = first.map_or(p, |first| first.parameters);
            ends.push(End {
                first: problem.without_inert(&first),
                basin,
            });
        }
    }
    for _ in 0..RETURNS {
        let best = best_of(&ends).cloned();
        let Some((best, lower)) =
            best.and_then(|b| Some((b.clone(), with_vanished_term(problem, &b)?)))
        else {
            break;
        };
        let stuck = |end: &&mut End| reaches(&end.basin, best.objective);
        for end in ends.iter_mut().filter(stuck) {
            end.basin = lower.clone();
        }
    }
    ends
}

/// A lower minimum in which a vanished term is used again, if there is one. The exponent of a
/// vanished term cannot move, although the term may be useful with another exponent.
fn with_vanished_term(problem: &Problem, best: &Basin) -> Option<Basin> {
    let start = problem.best_with_inert(&best.parameters)?;
    let lower = basin_from(problem, &start, Effort::Exact)?;
    (lower.objective < best.objective * (1.0 - 1e-8)).then_some(lower)
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
