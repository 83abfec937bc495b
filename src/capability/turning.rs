//! Problems whose pass rate falls with scale, or falls and rises, or rises and falls.
//!
//! The null hypothesis of a problem is that its pass rate never falls. The counts are transformed
//! by the arcsine of the square root (Anscombe 1948), which gives sampling the variance 1/(4n + 2).
//! The slope over ln C is tested for a fall over all models. With five values of compute or more it
//! is also tested over the smaller and the larger half of the models, and the p-value is then three
//! times the smallest of the three.
//!
//! A problem also scatters from model to model beyond sampling. This variance comes from the
//! residuals about a parabola, or about a line with fewer values of compute. The residuals of one
//! problem are moderated by those of all (Smyth 2004), and the slope has Student's t distribution.
//! The scatter that all problems share from model to model is known only from the residuals of
//! their mean, and counts with these few degrees of freedom (Satterthwaite 1946). The named
//! problems have a false discovery rate of at most [`SHARE`] (Benjamini and Hochberg 1995).

use crate::runs::{Count, PassCounts};
use crate::text::list;
use nalgebra::{DMatrix, DVector};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::gamma::digamma;

/// Largest expected share of named problems that do not turn.
pub(crate) const SHARE: f64 = 0.05;
/// Fewest values of compute for the test.
const LEAST_MODELS: usize = 4;
/// Fewest values of compute for tests over halves of the models.
const HALVES: usize = 5;
/// The scatter is estimated from problems with at least this many passes and failures in all.
const TELLING: u64 = 10;
/// From these degrees of freedom on, Student's t is replaced by the normal distribution.
const MANY: f64 = 1e6;

/// How the pass rate of a problem turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Turn {
    /// It falls with scale.
    Falls,
    /// It falls, and rises again.
    FallsThenRises,
    /// It rises, and falls again.
    RisesThenFalls,
}

impl Turn {
    fn words(self) -> &'static str {
        match self {
            Turn::Falls => "falls",
            Turn::FallsThenRises => "falls, then rises",
            Turn::RisesThenFalls => "rises, then falls",
        }
    }
}

/// A problem whose pass rate does not simply rise with scale.
///
/// ```
/// use scalewise::capability::{CapabilityFit, Turn};
/// use scalewise::runs::{Count, PassCounts};
/// // Twenty problems get easier, and one gets harder.
/// let models: Vec<_> = (0..6).map(|m| (format!("m{m}"), 10f64.powi(18 + m))).collect();
/// let problems: Vec<_> = (0..21).map(|i| format!("p{i}")).collect();
/// let passes = |m: u64, i: u64| if i == 20 { 90 - 12 * m } else { 10 + 2 * i + 8 * m };
/// let row = |m| (0..21).map(|i| Count::new(passes(m, i), 100)).collect();
/// let counts = PassCounts::new(models, problems, (0..6).map(row).collect())?;
/// let turning = CapabilityFit::new().run(&counts)?.turning;
/// assert_eq!((turning.len(), turning[0].problem.as_str()), (1, "p20"));
/// assert_eq!(turning[0].turn, Turn::Falls);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Turning {
    /// Its name.
    pub problem: String,
    /// How it turns.
    pub turn: Turn,
    /// The p-value of the hypothesis that its pass rate never falls.
    pub p_value: f64,
    /// The smallest false discovery rate at which it is named.
    pub q_value: f64,
}

/// The problems among these that turn, the smallest p-value first.
pub(super) fn turning(table: &PassCounts, fitted: &[usize], problems: &[usize]) -> Vec<Turning> {
    let x: Vec<f64> = fitted
        .iter()
        .map(|&m| table.models[m].compute.ln())
        .collect();
    let mut different = x.clone();
    different.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
    if different.len() < LEAST_MODELS {
        return Vec::new();
    }
    let row = |i: &usize| fitted.iter().map(|&m| table.counts[m][*i]).collect();
    let rows: Vec<Vec<Count>> = problems.iter().map(row).collect();
    let tested = Test::of(&x, &rows, different.len());
    let mut found: Vec<Turning> = problems
        .iter()
        .zip(tested)
        .map(|(&i, (p_value, turn))| Turning {
            problem: table.problems[i].clone(),
            turn,
            p_value,
            q_value: 1.0,
        })
        .collect();
    found.sort_by(|a, b| a.p_value.total_cmp(&b.p_value));
    let count = found.len() as f64;
    let mut least = 1.0;
    for (rank, one) in found.iter_mut().enumerate().rev() {
        least = f64::min(least, one.p_value * count / (rank + 1) as f64);
        one.q_value = least;
    }
    found.retain(|one| one.q_value <= SHARE);
    found
}

/// The message that names them.
pub(super) fn in_words(turning: &[Turning], of: usize) -> String {
    let named: Vec<String> = turning
        .iter()
        .map(|one| {
            format!(
                "{} ({})",
                crate::text::excerpt(&one.problem),
                one.turn.words()
            )
        })
        .collect();
    format!(
        "the pass rate of {} of {of} problems does not simply rise with compute, at a false discovery rate of {:.0} % \
         (Benjamini and Hochberg): {}",
        turning.len(),
        100.0 * SHARE,
        list(named.iter().map(String::as_str))
    )
}

/// The counts of one problem after the arcsine transformation.
struct Line {
    y: Vec<f64>,
    /// Variance of sampling.
    sampling: Vec<f64>,
    telling: bool,
}

impl Line {
    fn of(row: &[Count]) -> Line {
        let passes: u64 = row.iter().map(|c| c.passes).sum();
        let failures: u64 = row.iter().map(|c| c.samples - c.passes).sum();
        let scaled = |c: &Count| {
            let share = (c.passes as f64 + 0.375) / (c.samples as f64 + 0.75);
            share.sqrt().asin()
        };
        Line {
            y: row.iter().map(scaled).collect(),
            sampling: row
                .iter()
                .map(|c| 1.0 / (4.0 * c.samples as f64 + 2.0))
                .collect(),
            telling: passes >= TELLING && failures >= TELLING,
        }
    }
}

/// What the tests of all problems share.
struct Test<'a> {
    x: &'a [f64],
    /// Variance of a problem from model to model beyond sampling.
    scatter: f64,
    /// Prior of a problem's variance ratio from all problems: degrees of freedom and expected
    /// value.
    prior: (f64, f64),
    /// Degrees of freedom of the residuals of one problem.
    own: f64,
    /// The part of a problem's variance that is common to all problems.
    shared: f64,
}

impl Test<'_> {
    /// The p-value of every problem, and the way it turns if it does.
    fn of(x: &[f64], rows: &[Vec<Count>], different: usize) -> Vec<(f64, Turn)> {
        let lines: Vec<Line> = rows.iter().map(|row| Line::of(row)).collect();
        let bend = different >= HALVES;
        let residuals = Residuals::about(x, if bend { 2 } else { 1 });
        let equal = vec![1.0; x.len()];
        let mut excess = Vec::new();
        for line in lines.iter().filter(|line| line.telling) {
            let mean = line.sampling.iter().sum::<f64>() / x.len() as f64;
            excess.push(residuals.squares(&line.y, &equal) / residuals.freedom - mean);
        }
        let count = lines.len() as f64;
        let mean = (0..x.len()).map(|m| lines.iter().map(|line| line.y[m]).sum::<f64>() / count);
        let of_mean = residuals.squares(&mean.collect::<Vec<_>>(), &equal);
        let own = lines.iter().map(|line| residuals.squares(&line.y, &equal));
        let shared = (of_mean - own.sum::<f64>() / (count * count)) / residuals.freedom;
        let scatter = (excess.iter().sum::<f64>() / excess.len().max(1) as f64).max(0.0);
        let ratio = |line: &Line| {
            let weights: Vec<f64> = line.sampling.iter().map(|v| 1.0 / (v + scatter)).collect();
            residuals.squares(&line.y, &weights) / residuals.freedom
        };
        let ratios: Vec<f64> = lines.iter().map(ratio).collect();
        let telling = lines.iter().zip(&ratios).filter(|(line, _)| line.telling);
        let logs: Vec<f64> = telling.map(|(_, ratio)| ratio.max(1e-4).ln()).collect();
        let test = Test {
            x,
            scatter,
            prior: moderation(&logs, residuals.freedom),
            own: residuals.freedom,
            shared: shared.max(0.0),
        };
        let tested = lines.iter().zip(&ratios);
        tested
            .map(|(line, ratio)| test.one(line, *ratio, bend))
            .collect()
    }

    fn one(&self, line: &Line, ratio: f64, halves: bool) -> (f64, Turn) {
        let (freedom, expected) = self.prior;
        let all = freedom + self.own;
        let moderated = match freedom.is_finite() {
            true => (freedom * expected + self.own * ratio) / all,
            false => expected,
        };
        let variance: Vec<f64> = line
            .sampling
            .iter()
            .map(|v| (moderated * (v + self.scatter)).max(*v))
            .collect();
        let falls = |from: usize, to: usize| {
            let (x, y) = (&self.x[from..to], &line.y[from..to]);
            let (t, share) = slope(x, y, &variance[from..to], self.shared);
            let rest = (1.0 - share).powi(2) / all + share * share / self.own;
            (below(t, 1.0 / rest), t)
        };
        let models = self.x.len();
        let (whole, _) = falls(0, models);
        if !halves {
            return (whole, Turn::Falls);
        }
        let half = models / 2 + 1;
        let (first, early) = falls(0, half);
        let (last, late) = falls(models - half, models);
        let least = whole.min(first).min(last);
        let turn = if first <= least && late > 0.0 {
            Turn::FallsThenRises
        } else if last <= least && early > 0.0 {
            Turn::RisesThenFalls
        } else {
            Turn::Falls
        };
        ((3.0 * least).min(1.0), turn)
    }
}

/// The least-squares slope in units of its standard error, and the share of its variance that is
/// common to all problems.
fn slope(x: &[f64], y: &[f64], variance: &[f64], shared: f64) -> (f64, f64) {
    let weights: Vec<f64> = variance.iter().map(|v| 1.0 / v).collect();
    let sum: f64 = weights.iter().sum();
    let center = weights.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() / sum;
    let all = || weights.iter().zip(x).map(|(w, x)| w * (x - center));
    let spread: f64 = all().zip(x).map(|(w, x)| w * (x - center)).sum();
    let moved: f64 = all().zip(y).map(|(w, y)| w * y).sum();
    let squares: f64 = all().map(|w| w * w).sum();
    match spread > 0.0 {
        true => (moved / spread.sqrt(), (shared * squares / spread).min(1.0)),
        false => (0.0, 0.0),
    }
}

/// The probability that Student's t is below a value.
fn below(t: f64, freedom: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, freedom) {
        Ok(student) if freedom < MANY => student.cdf(t),
        _ => Normal::standard().cdf(t),
    }
}

/// Residuals about a polynomial in ln C.
struct Residuals {
    powers: DMatrix<f64>,
    freedom: f64,
}

impl Residuals {
    fn about(x: &[f64], degree: usize) -> Residuals {
        let center = x.iter().sum::<f64>() / x.len() as f64;
        let far = x.iter().map(|x| (x - center).abs()).fold(0.0, f64::max);
        let power = |m: usize, k: usize| ((x[m] - center) / far).powi(k as i32);
        Residuals {
            powers: DMatrix::from_fn(x.len(), degree + 1, power),
            freedom: (x.len() - degree - 1) as f64,
        }
    }

    /// The weighted sum of squares of the residuals.
    fn squares(&self, y: &[f64], weights: &[f64]) -> f64 {
        let root = DVector::from_iterator(weights.len(), weights.iter().map(|w| w.sqrt()));
        let mut rows = self.powers.clone();
        for (mut row, root) in rows.row_iter_mut().zip(root.iter()) {
            row *= *root;
        }
        let y = DVector::from_column_slice(y).component_mul(&root);
        let normal = rows.tr_mul(&rows);
        let Some(inverse) = normal.try_inverse() else {
            return 0.0;
        };
        let fitted = &rows * (inverse * rows.tr_mul(&y));
        (y - fitted).norm_squared()
    }
}

/// Degrees of freedom and expected value of the variance ratios over all problems, from the
/// logarithms of the single ratios with `own` degrees of freedom each.
fn moderation(logs: &[f64], own: f64) -> (f64, f64) {
    let n = logs.len() as f64;
    if n < 3.0 {
        return (f64::INFINITY, 1.0);
    }
    let mean = logs.iter().sum::<f64>() / n;
    let shift = |freedom: f64| digamma(0.5 * freedom) - (0.5 * freedom).ln();
    let center = mean - shift(own);
    let spread = logs.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let more = spread - trigamma(0.5 * own);
    if more <= 0.0 {
        return (f64::INFINITY, center.exp());
    }
    // The trigamma function is decreasing, and nearly a power of its argument.
    let (mut low, mut high) = (1e-3_f64.ln(), MANY.ln());
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        match trigamma(middle.exp()) > more {
            true => low = middle,
            false => high = middle,
        }
    }
    let freedom = 2.0 * low.exp();
    (freedom, (center + shift(freedom)).exp())
}

/// The derivative of the digamma function.
fn trigamma(mut z: f64) -> f64 {
    let mut sum = 0.0;
    while z < 12.0 {
        sum += 1.0 / (z * z);
        z += 1.0;
    }
    let square = 1.0 / (z * z);
    sum + 1.0 / z + 0.5 * square + square / z * (1.0 / 6.0 - square * (1.0 / 30.0 - square / 42.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::simulation::Benchmark;

    /// The share of benchmarks without a turning problem in which one is named.
    fn named(benchmark: &Benchmark, seeds: u64) -> f64 {
        let mut any = 0;
        for seed in 0..seeds {
            let one = Benchmark {
                seed,
                ..benchmark.clone()
            };
            let table = one.simulate().unwrap().counts;
            let models: Vec<usize> = (0..table.models.len()).collect();
            let problems: Vec<usize> = (0..table.problems.len()).collect();
            any += usize::from(!turning(&table, &models, &problems).is_empty());
        }
        any as f64 / seeds as f64
    }

    #[test]
    fn trigamma_has_its_known_values() {
        let pi = std::f64::consts::PI;
        assert!((trigamma(1.0) - pi * pi / 6.0).abs() < 1e-10);
        assert!((trigamma(0.5) - pi * pi / 2.0).abs() < 1e-10);
        assert!((trigamma(30.0) - 0.033_895_060_4).abs() < 1e-9);
    }

    #[test]
    fn benchmarks_of_rising_or_flat_problems_name_few() {
        let flat = Benchmark {
            exponent: 0.0,
            problems: 100,
            ..Benchmark::default()
        };
        for benchmark in [
            flat.clone(),
            Benchmark {
                samples: 20,
                ..flat.clone()
            },
            Benchmark {
                samples: 10_000,
                problem_scatter: 0.2,
                ..flat.clone()
            },
            Benchmark {
                samples: 10_000,
                model_scatter: 0.1,
                ..flat.clone()
            },
            Benchmark {
                models: 4,
                problem_scatter: 0.2,
                ..flat.clone()
            },
            Benchmark {
                models: 8,
                problem_scatter: 0.2,
                ..flat.clone()
            },
            Benchmark {
                exponent: 0.1,
                ..flat
            },
        ] {
            let share = named(&benchmark, 200);
            assert!(share <= SHARE + 0.05, "{share}: {benchmark:?}");
        }
    }

    /// Six of a hundred problems of medium difficulty, with the counts of all models, or of the
    /// smaller half, in reverse order.
    fn turned(seed: u64, whole: bool) -> (PassCounts, Vec<usize>) {
        let benchmark = Benchmark {
            models: 7,
            problems: 100,
            exponent: 0.2,
            problem_scatter: 0.1,
            seed,
            ..Benchmark::default()
        };
        let mut table = benchmark.simulate().unwrap().counts;
        let middle = |i: &usize| (10..60).contains(&table.counts[0][*i].passes);
        let chosen: Vec<usize> = (0..100).filter(middle).take(6).collect();
        for &i in &chosen {
            let own: Vec<Count> = table.counts.iter().map(|row| row[i]).collect();
            for m in 0..7_usize {
                let from = match whole {
                    true => 6 - m,
                    // Falls over the first four models and rises equally over the others.
                    false => m.abs_diff(3) * 2,
                };
                table.counts[m][i] = own[from];
            }
        }
        (table, chosen)
    }

    #[test]
    fn problems_that_fall_or_turn_are_found_and_hardly_any_others() {
        let (mut right, mut wrong, mut shaped) = (0, 0, 0);
        for seed in 0..20 {
            let whole = seed % 2 == 0;
            let (table, chosen) = turned(seed, whole);
            let names: Vec<&str> = chosen.iter().map(|i| table.problems[*i].as_str()).collect();
            let all: Vec<usize> = (0..100).collect();
            let wanted = match whole {
                true => Turn::Falls,
                false => Turn::FallsThenRises,
            };
            for one in turning(&table, &(0..7).collect::<Vec<_>>(), &all) {
                let found = names.contains(&one.problem.as_str());
                right += usize::from(found);
                wrong += usize::from(!found);
                shaped += usize::from(found && one.turn == wanted);
                assert!(one.p_value <= one.q_value && one.q_value <= SHARE);
            }
        }
        // Of 120. One in twenty of those named may be wrong.
        assert!(right >= 110 && shaped >= right - 2, "{right} {shaped}");
        assert!(20 * wrong <= right, "{wrong} of {right}");
    }

    #[test]
    fn three_models_show_no_turn() {
        let (table, _) = turned(0, true);
        let all: Vec<usize> = (0..100).collect();
        assert_eq!(turning(&table, &[0, 3, 6], &all), []);
    }
}
