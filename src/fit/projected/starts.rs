//! Starts of the search for a typed law: each parameter gets values of the size that the formula
//! and the columns imply, in any unit.

use super::super::observations::Observations;
use super::super::settings::Settings;
use crate::formula::{Graph, Op, Prepared, Program, Scratch};
use crate::law::{Law, TypedLaw};
use crate::random::uniform;
use rand_chacha::ChaCha8Rng;

/// A way to draw a value for a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Draw {
    /// Of either sign, evenly in the logarithm around this size.
    Around(f64),
    /// Of either sign, evenly in the logarithm between two sizes.
    Either(f64, f64),
    /// Evenly between two values.
    Between(f64, f64),
    /// Evenly in the logarithm between two positive values.
    Sizes(f64, f64),
}

/// A draw around a size is up to this many times smaller or larger.
const SPREAD: f64 = 20.0;
/// For a range that begins at zero, sizes down to this share of its end are drawn.
const SMALLEST: f64 = 1e-9;

/// How starts are drawn.
pub(super) struct Starts<'a> {
    settings: &'a Settings,
    /// The parameters that are drawn, with the ways to draw them.
    draws: Vec<(usize, Vec<Draw>)>,
    /// For each of these parameters, the values that it is added to or that it divides, in order.
    beside: Vec<Vec<f64>>,
    /// The point near zero that starts are drawn around.
    neutral: Vec<f64>,
}

impl<'a> Starts<'a> {
    pub(super) fn new(
        law: &TypedLaw,
        o: &Observations,
        settings: &'a Settings,
        others: &[usize],
    ) -> Starts<'a> {
        let sizes = Sizes::of(law, o);
        let draws = others.iter().map(|&k| {
            let (low, high) = (settings.lower[k], settings.upper[k]);
            let mut draws = sizes.of_parameter(k);
            if draws.is_empty() {
                draws.push(Draw::Around(1.0));
            }
            draws.extend(within(low, high));
            (k, draws)
        });
        let neutral = (0..settings.lower.len()).map(|k| {
            let (low, high) = (settings.lower[k], settings.upper[k]);
            0.0_f64.clamp(low, high)
        });
        let beside = others.iter().map(|&k| sizes.values_beside(k));
        Starts {
            settings,
            beside: beside.collect(),
            draws: draws.collect(),
            neutral: neutral.collect(),
        }
    }

    /// The point where every parameter is zero, or as close to it as its bounds allow.
    pub(super) fn neutral(&self) -> Vec<f64> {
        self.neutral.clone()
    }

    /// One random start. Some starts stay close to the neutral point, since a formula with many
    /// exponents has no value far from it.
    pub(super) fn draw(&self, random: &mut ChaCha8Rng) -> Vec<f64> {
        const NEARNESS: [f64; 4] = [1.0, 1.0, 0.3, 0.03];
        let near = NEARNESS[(uniform(random) * NEARNESS.len() as f64) as usize];
        let mut p = self.neutral.clone();
        for which in 0..self.draws.len() {
            p[self.draws[which].0] = self.value(which, near, random);
        }
        p
    }

    /// A start at the ends of the ranges: most parameters lie on a bound or, if they are compared
    /// with values in the runs, between two neighbouring values. A law with a threshold may have
    /// its minimum there, with a single run beyond the threshold.
    pub(super) fn at_ends(&self, random: &mut ChaCha8Rng) -> Vec<f64> {
        let mut p = self.draw(random);
        for ((k, _), values) in self.draws.iter().zip(&self.beside) {
            let (low, high) = (self.settings.lower[*k], self.settings.upper[*k]);
            let ends = [low, high].into_iter().filter(|end| end.is_finite());
            let ends: Vec<f64> = ends.collect();
            let (is_moved, at, t) = (uniform(random), uniform(random), uniform(random));
            if is_moved < 0.3 {
                continue;
            }
            if values.len() > 1 {
                let before = (at * (values.len() - 1) as f64) as usize;
                let value = values[before] + t * (values[before + 1] - values[before]);
                p[*k] = value.clamp(low, high);
            } else if !ends.is_empty() {
                p[*k] = ends[(at * ends.len() as f64) as usize];
            }
        }
        p
    }

    /// The number of drawn parameters.
    pub(super) fn len(&self) -> usize {
        self.draws.len()
    }

    pub(super) fn place(&self, which: usize) -> usize {
        self.draws[which].0
    }

    /// A value for one of the drawn parameters.
    pub(super) fn value(&self, which: usize, near: f64, random: &mut ChaCha8Rng) -> f64 {
        let (k, draws) = &self.draws[which];
        let draw = draws[(uniform(random) * draws.len() as f64) as usize];
        let (t, sign) = (uniform(random), uniform(random) < 0.5);
        let signed = |size: f64| if sign { -size } else { size };
        let value = match draw {
            Draw::Around(size) => near * signed(size * SPREAD.powf(2.0 * t - 1.0)),
            Draw::Either(low, high) => signed(low * (high / low).powf(t)),
            Draw::Between(low, high) => low + t * (high - low),
            Draw::Sizes(low, high) => low * (high / low).powf(t),
        };
        let (low, high) = (self.settings.lower[*k], self.settings.upper[*k]);
        // Clamping alone would give the bound itself again and again.
        match (low..=high).contains(&value) {
            true => value,
            false if (low..=high).contains(&-value) => -value,
            false => value.clamp(low, high),
        }
    }

    /// A start near a point: each parameter moves by up to this share of its size.
    pub(super) fn near(&self, at: &[f64], share: f64, random: &mut ChaCha8Rng) -> Vec<f64> {
        let mut p = at.to_vec();
        for (k, draws) in &self.draws {
            let natural = draws.iter().find_map(|draw| match draw {
                Draw::Around(size) => Some(0.1 * size),
                _ => None,
            });
            let size = p[*k].abs().max(natural.unwrap_or(0.0));
            let (low, high) = (self.settings.lower[*k], self.settings.upper[*k]);
            let moved = p[*k] + share * size * (2.0 * uniform(random) - 1.0);
            p[*k] = moved.clamp(low, high);
        }
        p
    }
}

/// The ways to draw a value within these bounds; none for an infinite range that does not begin
/// above zero.
fn within(low: f64, high: f64) -> Vec<Draw> {
    if !(low.is_finite() && high.is_finite()) {
        return match (low.is_finite(), low > 0.0) {
            (true, true) => vec![Draw::Sizes(low, 1e6 * low)],
            _ => Vec::new(),
        };
    }
    let mut draws = vec![Draw::Between(low, high)];
    let largest = low.abs().max(high.abs());
    if low >= 0.0 {
        draws.push(Draw::Sizes(low.max(SMALLEST * largest), high));
    } else {
        draws.push(Draw::Either(SMALLEST * largest, largest));
    }
    draws
}

/// Sizes that the columns imply for the parameters combined with them.
struct Sizes {
    /// A parameter, its operation with a value that has no parameters, and the range of that value.
    beside: Vec<(usize, Beside, (f64, f64))>,
    /// For sums and quotients, the parameter and these values in the runs, in order: a threshold
    /// may lie between them.
    values: Vec<(usize, Vec<f64>)>,
}

/// The operation between a parameter and a value that has no parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Beside {
    /// Their product: the range of the value sets the size of the parameter.
    Factor,
    /// Their sum or difference; the parameter is comparable with the value times this sign.
    Sum(f64),
    /// The value divided by the parameter.
    Divisor,
}

impl Sizes {
    fn of(law: &TypedLaw, o: &Observations) -> Sizes {
        let graph = &law.graph;
        let parameter = |id: usize| match graph.op(id) {
            Op::Parameter(k) => Some(k),
            Op::Negate(inside) => match graph.op(inside) {
                Op::Parameter(k) => Some(k),
                _ => None,
            },
            _ => None,
        };
        let fixed = |id: usize| graph.uses(id).parameters == 0;
        let mut found: Vec<(usize, Beside, usize)> = Vec::new();
        for id in 0..=law.root {
            match graph.op(id) {
                Op::Multiply(a, b) => {
                    for (a, b) in [(a, b), (b, a)] {
                        if let Some(k) = parameter(a).filter(|_| fixed(b)) {
                            found.push((k, Beside::Factor, b));
                        }
                    }
                }
                Op::PowerOfLn(power, ln) => {
                    let all = graph.uses(power).parameters;
                    let those =
                        (0..law.linear.len().max(64)).filter(|k| *k < 64 && all >> k & 1 == 1);
                    found.extend(those.map(|k| (k, Beside::Factor, ln)));
                }
                Op::Add(a, b) => {
                    for (a, b) in [(a, b), (b, a)] {
                        if let Some(k) = parameter(a).filter(|_| fixed(b)) {
                            found.push((k, Beside::Sum(-1.0), b));
                        }
                    }
                }
                Op::Subtract(a, b) => {
                    if let Some(k) = parameter(b).filter(|_| fixed(a)) {
                        found.push((k, Beside::Sum(1.0), a));
                    }
                    if let Some(k) = parameter(a).filter(|_| fixed(b)) {
                        found.push((k, Beside::Sum(1.0), b));
                    }
                }
                Op::Divide(a, b) => {
                    if let Some(k) = parameter(b).filter(|_| fixed(a)) {
                        found.push((k, Beside::Divisor, a));
                    }
                }
                _ => {}
            }
        }
        let ids: Vec<usize> = found.iter().map(|f| f.2).collect();
        let columns = values_of(graph, &ids, o, law.inputs().len());
        let values = found.iter().zip(&columns).filter_map(|(f, column)| {
            let sign = match f.1 {
                Beside::Sum(sign) => sign,
                Beside::Divisor => 1.0,
                Beside::Factor => return None,
            };
            let mut values: Vec<f64> = column.iter().map(|value| sign * value).collect();
            values.retain(|value| value.is_finite());
            values.sort_by(f64::total_cmp);
            values.dedup();
            Some((f.0, values))
        });
        let values = values.collect();
        let beside = found.iter().zip(&columns).filter_map(|(f, column)| {
            let range = range(column);
            (range.0.is_finite() && range.1.is_finite()).then_some((f.0, f.1, range))
        });
        Sizes {
            beside: beside.collect(),
            values,
        }
    }

    /// The values in the runs that a parameter is compared with.
    fn values_beside(&self, k: usize) -> Vec<f64> {
        let own = self.values.iter().filter(|values| values.0 == k);
        let longest = own.max_by_key(|values| values.1.len());
        longest.map_or(Vec::new(), |values| values.1.clone())
    }

    fn of_parameter(&self, k: usize) -> Vec<Draw> {
        let mut draws = Vec::new();
        for (_, beside, (low, high)) in self.beside.iter().filter(|beside| beside.0 == k) {
            let (low, high) = (*low, *high);
            let largest = low.abs().max(high.abs());
            match beside {
                Beside::Factor if high > low => draws.push(Draw::Around((high - low).recip())),
                Beside::Factor if largest > 0.0 => draws.push(Draw::Around(largest.recip())),
                Beside::Sum(sign) => {
                    let (a, b) = (sign * low, sign * high);
                    let room = 0.3 * (high - low);
                    draws.push(Draw::Between(a.min(b) - room, a.max(b) + room));
                    if low > 0.0 {
                        draws.push(Draw::Sizes(low / SPREAD, high * SPREAD));
                    }
                }
                Beside::Divisor if low > 0.0 => {
                    draws.push(Draw::Sizes(low / SPREAD, high * SPREAD));
                }
                Beside::Factor | Beside::Divisor => draws.push(Draw::Around(largest.max(1.0))),
            }
        }
        draws.dedup();
        draws
    }
}

/// The values, in the runs, of operations that contain no parameter.
fn values_of(graph: &Graph, ids: &[usize], o: &Observations, width: usize) -> Vec<Vec<f64>> {
    let program = Program::of(graph, ids);
    let column = |k: usize| (0..o.len()).map(|i| o.input(i)[k]).collect();
    let columns: Vec<Vec<f64>> = (0..width).map(column).collect();
    let prepared = Prepared::new(&program, &columns, o.len());
    let mut scratch = Scratch::default();
    prepared.evaluate(&[], &mut scratch);
    let values = |which: usize| {
        let mut values = vec![0.0; o.len()];
        prepared.result(which, &scratch, &mut values);
        values
    };
    (0..ids.len()).map(values).collect()
}

/// The smallest and the largest number.
fn range(values: &[f64]) -> (f64, f64) {
    let numbers = values.iter().filter(|v| v.is_finite());
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
        (l.min(*v), h.max(*v))
    })
}
