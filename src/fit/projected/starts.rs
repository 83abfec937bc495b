//! Where the search of a typed law starts: at values of the size that the formula and the columns
//! give to each parameter, whatever unit they are in.

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
/// If a range begins at zero, sizes down to this share of its end are drawn.
const SMALLEST: f64 = 1e-9;

/// How starts are drawn.
pub(super) struct Starts<'a> {
    settings: &'a Settings,
    /// The parameters that are drawn, with the ways to draw them.
    draws: Vec<(usize, Vec<Draw>)>,
    /// Where no parameter is drawn.
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
        Starts {
            settings,
            draws: draws.collect(),
            neutral: neutral.collect(),
        }
    }

    /// Where every parameter is zero, or as near to it as its bounds allow.
    pub(super) fn neutral(&self) -> Vec<f64> {
        self.neutral.clone()
    }

    /// One start. Some starts keep near the neutral point, since a formula with many exponents has
    /// no value far from it.
    pub(super) fn draw(&self, random: &mut ChaCha8Rng) -> Vec<f64> {
        const NEARNESS: [f64; 4] = [1.0, 1.0, 0.3, 0.03];
        let near = NEARNESS[(uniform(random) * NEARNESS.len() as f64) as usize];
        let mut p = self.neutral.clone();
        for which in 0..self.draws.len() {
            p[self.draws[which].0] = self.value(which, near, random);
        }
        p
    }

    /// How many parameters are drawn, and the place of one of them among all.
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
        // A value beyond a bound would be drawn again and again as the bound itself.
        match (low..=high).contains(&value) {
            true => value,
            false if (low..=high).contains(&-value) => -value,
            false => value.clamp(low, high),
        }
    }

    /// A start near a point: each parameter moved by up to this share of its size.
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

/// The ways to draw a value between two bounds that are both numbers.
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

/// Sizes that columns give to the parameters beside them.
struct Sizes {
    /// A parameter, how it meets a value that no parameter changes, and the range of that value.
    beside: Vec<(usize, Beside, (f64, f64))>,
}

/// How a parameter meets a value that no parameter changes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Beside {
    /// Their product: what counts is by how much the value varies.
    Factor,
    /// Their sum, or difference with this sign.
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
        let ranges = ranges(graph, &ids, o, law.inputs().len());
        let beside = found.iter().zip(ranges).filter_map(|(f, range)| {
            let (low, high) = range;
            (low.is_finite() && high.is_finite()).then_some((f.0, f.1, range))
        });
        Sizes {
            beside: beside.collect(),
        }
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

/// The smallest and the largest value over the runs of operations that no parameter changes.
fn ranges(graph: &Graph, ids: &[usize], o: &Observations, width: usize) -> Vec<(f64, f64)> {
    let program = Program::of(graph, ids);
    let column = |k: usize| (0..o.len()).map(|i| o.input(i)[k]).collect();
    let columns: Vec<Vec<f64>> = (0..width).map(column).collect();
    let prepared = Prepared::new(&program, &columns, o.len());
    let mut scratch = Scratch::default();
    prepared.evaluate(&[], &mut scratch);
    let mut values = vec![0.0; o.len()];
    let range = |which: usize| {
        prepared.result(which, &scratch, &mut values);
        values
            .iter()
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
                (l.min(*v), h.max(*v))
            })
    };
    (0..ids.len()).map(range).collect()
}
