//! The search for the minima of a typed law.
//!
//! A law is linear in some of its parameters, together. For any values of the other parameters, the
//! linear ones are found exactly within their bounds, so only the others are searched. The search
//! scores many starts on some of the runs. The best of them descend a few steps, and the best of
//! these descend to the end. Points near the best minimum descend as well, until none of them ends
//! lower. All draws come from one fixed stream. Their sizes come from the formula and the columns,
//! so no unit matters.

mod bounded;
mod descent;
mod model;
mod starts;

use super::basin::{Basin, Found};
use super::general::{Effort, Problem, relative_change};
use super::objective::Objective;
use super::observations::{Observations, SEARCHED_RUNS, some_rows};
use super::settings::Settings;
use crate::law::{Law, TypedLaw};
use descent::{Limits, descend};
use model::{Model, Point, Room};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use starts::Starts;

/// The stream that the starts of the first round are drawn from; later rounds have the next ones.
const STREAM: u64 = 1;
/// Starts are scored on at most this many runs.
const SCORING_RUNS: usize = 240;
/// A sum of squares below this share of the sum of the squared values is rounding.
const ROUNDING: f64 = 1e-26;
/// How many starts a round has.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// Starts that are scored for each parameter, and the most starts that are scored.
    scored: (usize, usize),
    /// Starts that take their first steps.
    begun: usize,
    /// Of these, the number that takes more steps.
    continued: usize,
    /// Of these, the number that descends to the end.
    seen_through: usize,
}
/// With more searched parameters than this, one round is not enough even if all its descents agree:
/// they have all ended in a minimum that was not the lowest (2 of 500 broken power laws).
const FEW: usize = 3;
/// The first round. If all its descents end in one minimum, and few parameters are searched, no
/// other round follows.
const FIRST: Size = Size {
    scored: (60, 600),
    begun: 24,
    continued: 16,
    seen_through: 8,
};
/// Every later round.
const FULL: Size = Size {
    scored: (300, 4000),
    begun: 96,
    continued: 32,
    seen_through: 10,
};
/// One in this many places is chosen from all but the best starts: a start with a high sum may lead
/// to the lowest minimum.
const OTHERS: usize = 4;
/// The stream of a round's starts at the ends of ranges is this much above the round's own.
const ENDS: u64 = 1000;
/// This many times as many starts at the ends are scored as other starts.
const ENDS_SCORED: usize = 2;
/// The number of starts that take their first steps, divided by this, is that of starts at the
/// ends.
const ENDS_BEGUN: usize = 2;
/// Values that are tried for each single parameter of a start before its first step.
const VALUES: usize = 12;
/// Steps of the three stages.
const FIRST_STEPS: usize = 12;
const MORE_STEPS: usize = 40;
const LAST_STEPS: usize = 400;
/// Points near the best minimum that descend in one attempt.
const NEAR: usize = 12;
/// The search near the best minimum ends after this many attempts in a row without a lower one.
const FRUITLESS: usize = 2;
/// The most attempts of the search near the best minimum.
const TIMES: usize = 12;
/// The most rounds. The search ends earlier after a round that finds nothing lower, if at least two
/// starts have reached the best minimum.
const ROUNDS: u64 = 7;
/// Sums that differ by less than this share belong to the same minimum.
const SAME: f64 = 1e-6;
/// Points closer than this are one point.
const TOGETHER: f64 = 0.01;

/// A point that some starts have reached.
#[derive(Clone)]
struct Place {
    p: Vec<f64>,
    value: f64,
    starts: usize,
}

/// Every basin found, best first, and how many starts reached the best: (agreeing, tried).
pub(super) fn basins(law: &TypedLaw, o: &Observations, settings: &Settings) -> Found {
    let mut room = Room::default();
    let model = Model::new(law, o, settings, &some_rows(o.len(), SEARCHED_RUNS));
    if model.others.is_empty() {
        // A linear problem has a single solution.
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
    let few = search.model.others.len() <= FEW;
    let mut ends: Vec<Place> = Vec::new();
    for round in 0..ROUNDS {
        let before = best_of(&ends).map_or(f64::INFINITY, |best| best.value);
        let size = if round == 0 { FIRST } else { FULL };
        ends.extend(search.round(STREAM + round, size, &mut room));
        let best = best_of(&ends).map_or(f64::INFINITY, |best| best.value);
        let (agreeing, tried) = agreement(&ends, rounding);
        let is_last = match round {
            0 => agreeing == tried && agreeing >= FIRST.seen_through && few,
            // If no start has had a value so far, none will.
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

/// The end of a descent from `start`; `None` if the law has no value there.
pub(super) fn near(
    law: &TypedLaw,
    o: &Observations,
    settings: &Settings,
    start: &[f64],
) -> Option<Vec<f64>> {
    let mut room = Room::default();
    let model = Model::new(law, o, settings, &some_rows(o.len(), usize::MAX));
    let from = model.solved(start, &mut room)?;
    let last = Limits {
        steps: LAST_STEPS,
        enough: 1e-9,
    };
    Some(descend(&model, from, last, &mut room).p)
}

/// How many starts reached the best point, and how many there were: (agreeing, tried).
fn agreement(ends: &[Place], rounding: f64) -> (usize, usize) {
    let best = best_of(ends).map_or(f64::INFINITY, |best| best.value);
    let reaches = |end: &&Place| end.value <= best * (1.0 + SAME) + rounding;
    let reached = ends.iter().filter(reaches).map(|end| end.starts).sum();
    (reached, ends.iter().map(|end| end.starts).sum())
}

/// What a round of the search needs.
struct Search<'a> {
    model: Model<'a>,
    /// The law over the runs on which starts are scored.
    scoring: Model<'a>,
    starts: Starts<'a>,
}

impl Search<'_> {
    /// The ends of the descents of one round.
    fn round(&self, stream: u64, size: Size, room: &mut Room) -> Vec<Place> {
        let mut random = ChaCha8Rng::seed_from_u64(stream);
        let count = (size.scored.0 * self.model.others.len()).min(size.scored.1);
        let drawn = (0..count).map(|_| self.starts.draw(&mut random));
        let drawn = std::iter::once(self.starts.neutral()).chain(drawn);
        let mut scored = |p: Vec<f64>| Some(place(self.scoring.solved(&p, room)?, 1));
        let places = drawn.filter_map(&mut scored).collect();
        let mut places = chosen(places, size.begun);
        let mut at_ends = ChaCha8Rng::seed_from_u64(ENDS + stream);
        let ends = (0..ENDS_SCORED * count).map(|_| self.starts.at_ends(&mut at_ends));
        let ends = ends.filter_map(&mut scored).collect();
        places.extend(chosen(ends, size.begun / ENDS_BEGUN));
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

    /// Tries other values for each parameter in turn and keeps those with a lower sum. A parameter
    /// whose size neither the formula nor the columns show is far off in most starts.
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

/// At most `most` places: mostly the lowest, and some spread over all the others. Places that are
/// close together count as one.
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

/// The minima of the objective near these places.
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
