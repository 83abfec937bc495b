//! The search for the minima of a typed law.
//!
//! A law is linear in some of its parameters, together: for any values of the others they are found
//! exactly, within their bounds. What is searched is the space of the others. Many starts are
//! scored on some of the runs, the best of them descend a little, the best of those to the end, and
//! then points near the best one, until none of them is lower. Everything is drawn from one fixed
//! stream, and in sizes that the formula and the columns give, so that no unit matters.

mod bounded;
mod descent;
mod model;
mod starts;

use super::basin::{Basin, Found};
use super::general::{Effort, Problem, relative_change};
use super::objective::Objective;
use super::observations::Observations;
use super::settings::Settings;
use crate::law::{Law, TypedLaw};
use descent::{Limits, descend};
use model::{Model, Point, Room};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use starts::Starts;

/// The stream that the starts of the first round are drawn from; later rounds have the next ones.
const STREAM: u64 = 1;
/// So many runs score a start, where there are more.
const SCORING_RUNS: usize = 240;
/// So many runs are searched, where there are more; the ends descend on all of them.
const SEARCHED_RUNS: usize = 3000;
/// Sums below this share of that of the values themselves are rounding.
const ROUNDING: f64 = 1e-26;
/// How many starts a round has.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// So many starts a parameter are scored, and so many at most.
    scored: (usize, usize),
    /// So many take their first steps, so many of these descend further, and so many of those to
    /// the end.
    begun: usize,
    continued: usize,
    seen_through: usize,
}
/// The first round: where all its descents end in one minimum, it is the last.
const FIRST: Size = Size {
    scored: (60, 600),
    begun: 24,
    continued: 16,
    seen_through: 8,
};
const FULL: Size = Size {
    scored: (300, 4000),
    begun: 96,
    continued: 32,
    seen_through: 10,
};
/// Of each of these every so many is not one of the best, but taken from all the others: what
/// begins high may end lowest.
const OTHERS: usize = 4;
/// Other values of each parameter alone that are tried at a start before its first step.
const VALUES: usize = 12;
/// Steps of the three stages.
const FIRST_STEPS: usize = 12;
const MORE_STEPS: usize = 40;
const LAST_STEPS: usize = 400;
/// Points near the best one that descend at a time, times without a lower one that end it, and
/// times at most.
const NEAR: usize = 12;
const FRUITLESS: usize = 2;
const TIMES: usize = 12;
/// Rounds at most. A round is the last when it finds nothing lower, and two starts or more have led
/// to the best point.
const ROUNDS: u64 = 7;
/// Sums closer than this share are of the same minimum.
const SAME: f64 = 1e-6;
/// Points closer than this are one.
const TOGETHER: f64 = 0.01;

/// A point that some starts have led to.
#[derive(Clone)]
struct Place {
    p: Vec<f64>,
    value: f64,
    starts: usize,
}

/// Every basin that was found, best first, and of how many starts (agreeing, tried) it was reached.
pub(super) fn basins(law: &TypedLaw, o: &Observations, settings: &Settings) -> Found {
    let mut room = Room::default();
    let model = Model::new(law, o, settings, &some_rows(o.len(), SEARCHED_RUNS));
    if model.others.is_empty() {
        // The solution of a linear problem is the only one.
        let whole = Model::new(law, o, settings, &some_rows(o.len(), usize::MAX));
        let neutral = Starts::new(law, o, settings, &[]).neutral();
        let solved = whole.solved(&neutral, &mut room);
        let ends = solved.into_iter().map(|point| place(point, 1)).collect();
        return (Basin::distinct(polished(law, o, settings, ends)), None);
    }
    let rounding = ROUNDING * model.size();
    let search = Search {
        starts: Starts::new(law, o, settings, &model.others),
        scoring: Model::new(law, o, settings, &some_rows(o.len(), SCORING_RUNS)),
        model,
    };
    let mut ends: Vec<Place> = Vec::new();
    for round in 0..ROUNDS {
        let before = best_of(&ends).map_or(f64::INFINITY, |best| best.value);
        let size = if round == 0 { FIRST } else { FULL };
        ends.extend(search.round(STREAM + round, size, &mut room));
        let best = best_of(&ends).map_or(f64::INFINITY, |best| best.value);
        let (agreeing, tried) = agreement(&ends, rounding);
        let is_last = match round {
            0 => agreeing == tried && agreeing >= FIRST.seen_through,
            // Where no start has a value, none will.
            _ if best.is_infinite() => true,
            _ => best + rounding >= before * (1.0 - SAME) && agreeing > 1,
        };
        if is_last {
            break;
        }
    }
    let agreement = agreement(&ends, rounding);
    if o.len() > SEARCHED_RUNS {
        let whole = Model::new(law, o, settings, &some_rows(o.len(), usize::MAX));
        let last = Limits {
            steps: LAST_STEPS,
            enough: 1e-9,
        };
        ends = advance(chosen(ends, FULL.seen_through), &whole, last, &mut room);
    }
    let basins = Basin::distinct(polished(law, o, settings, ends));
    (basins, Some(agreement))
}

/// Of how many starts (agreeing, tried) the best point was reached.
fn agreement(ends: &[Place], rounding: f64) -> (usize, usize) {
    let best = best_of(ends).map_or(f64::INFINITY, |best| best.value);
    let reaches = |end: &&Place| end.value <= best * (1.0 + SAME) + rounding;
    let reached = ends.iter().filter(reaches).map(|end| end.starts).sum();
    (reached, ends.iter().map(|end| end.starts).sum())
}

/// What a round of the search needs.
struct Search<'a> {
    model: Model<'a>,
    /// The law over some of the runs.
    scoring: Model<'a>,
    starts: Starts<'a>,
}

impl Search<'_> {
    /// Where the descents of a round end.
    fn round(&self, stream: u64, size: Size, room: &mut Room) -> Vec<Place> {
        let mut random = ChaCha8Rng::seed_from_u64(stream);
        let count = (size.scored.0 * self.model.others.len()).min(size.scored.1);
        let drawn = (0..count).map(|_| self.starts.draw(&mut random));
        let drawn = std::iter::once(self.starts.neutral()).chain(drawn);
        let scored = drawn.filter_map(|p| Some(place(self.scoring.solved(&p, room)?, 1)));
        let mut places = chosen(scored.collect(), size.begun);
        for place in &mut places {
            self.try_values(place, &mut random, room);
        }
        let limits = |steps: usize, enough: f64| Limits { steps, enough };
        let places = advance(places, &self.scoring, limits(FIRST_STEPS, 1e-4), room);
        let places = chosen(places, size.continued);
        let places = advance(places, &self.model, limits(MORE_STEPS, 1e-5), room);
        let places = chosen(places, size.seen_through);
        let mut places = advance(places, &self.model, limits(LAST_STEPS, 1e-9), room);
        let mut fruitless = 0;
        for time in 0..TIMES {
            let Some(best) = best_of(&places).cloned() else {
                break;
            };
            let near = (0..NEAR).map(|k| {
                let share = [0.1, 0.5, 1.5][(time + k) % 3];
                let p = self.starts.near(&best.p, share, &mut random);
                Place { p, ..best.clone() }
            });
            let found = advance(near.collect(), &self.model, limits(MORE_STEPS, 1e-6), room);
            match best_of(&found).filter(|found| found.value < best.value * (1.0 - SAME)) {
                Some(lower) => {
                    fruitless = 0;
                    let lower = Place {
                        starts: 1,
                        ..lower.clone()
                    };
                    places.extend(advance(
                        vec![lower],
                        &self.model,
                        limits(LAST_STEPS, 1e-9),
                        room,
                    ));
                }
                None => fruitless += 1,
            }
            if fruitless >= FRUITLESS {
                break;
            }
        }
        places
    }

    /// Gives each parameter in turn another value where that is lower: a parameter whose size
    /// nothing tells is far off in most starts.
    fn try_values(&self, place: &mut Place, random: &mut ChaCha8Rng, room: &mut Room) {
        for which in 0..self.starts.len() {
            for _ in 0..VALUES {
                let mut p = place.p.clone();
                p[self.starts.place(which)] = self.starts.value(which, 1.0, random);
                if let Some(found) = self.scoring.solved(&p, room)
                    && found.value < place.value
                {
                    (place.p, place.value) = (found.p, found.value);
                }
            }
        }
    }
}

fn place(point: Point, starts: usize) -> Place {
    Place {
        p: point.p,
        value: point.value,
        starts,
    }
}

/// Descends from each place.
fn advance(places: Vec<Place>, model: &Model<'_>, limits: Limits, room: &mut Room) -> Vec<Place> {
    let again = |from: Place| {
        let start = model.solved(&from.p, room)?;
        Some(place(descend(model, start, limits, room), from.starts))
    };
    places.into_iter().filter_map(again).collect()
}

fn best_of(places: &[Place]) -> Option<&Place> {
    places.iter().min_by(|p, q| p.value.total_cmp(&q.value))
}

/// So many places: most are the lowest ones, and some are spread over all the others. Of those that
/// are close together there is one.
fn chosen(mut places: Vec<Place>, most: usize) -> Vec<Place> {
    places.sort_by(|p, q| p.value.total_cmp(&q.value));
    let mut different: Vec<Place> = Vec::new();
    for place in places {
        let near = |other: &Place| relative_change(&other.p, &place.p) < TOGETHER;
        match different.iter().position(near) {
            Some(k) => different[k].starts += place.starts,
            None => different.push(place),
        }
    }
    if different.len() <= most {
        return different;
    }
    let others = different.split_off(most - most / OTHERS);
    let step = others.len() / (most / OTHERS).max(1);
    different.extend(others.into_iter().step_by(step.max(1)).take(most / OTHERS));
    different
}

/// So many rows spread over all, in their order.
fn some_rows(all: usize, most: usize) -> Vec<usize> {
    let some = all.min(most);
    (0..some).map(|i| i * all / some.max(1)).collect()
}

/// The minima of the wanted objective that are near the places.
fn polished(
    law: &TypedLaw,
    o: &Observations,
    settings: &Settings,
    mut ends: Vec<Place>,
) -> Vec<Basin> {
    ends.sort_by(|p, q| p.value.total_cmp(&q.value));
    let problem = Problem::new(law as &dyn Law, o, settings);
    let mut basins: Vec<Basin> = Vec::new();
    for end in &ends {
        let known = |basin: &Basin| {
            settings.objective == Objective::Squared
                && relative_change(&basin.parameters, &end.p) < 1e-6
        };
        if !basins.iter().any(known) {
            basins.extend(problem.minimise_with(&end.p, Effort::Exact));
        }
    }
    basins
}
