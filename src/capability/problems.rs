//! Which problems and models a fit uses: the rules of the GPT-4 report (OpenAI 2023, §3.2) and
//! their bias.

use crate::draws::hypergeometric;
use crate::runs::{Count, PassCounts};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;

use super::estimator::reciprocals;

/// One step of the trade-off between the number of models and of problems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TradeOff {
    /// The model that was dropped in this step; none in the first step.
    pub(crate) without: Option<String>,
    /// Number of models kept.
    pub(crate) models: usize,
    /// Number of problems that all of these models solved at least once.
    pub(crate) problems: usize,
    /// Whether the fit uses this set.
    pub(crate) used: bool,
}

/// The rule drops models until at least this many problems are left.
pub(super) const LEAST_PROBLEMS: usize = 5;
/// The rule keeps at least this many models.
const LEAST_MODELS: usize = 3;

/// Problems that each of `models` solved at least once.
pub(super) fn solved_by_all(counts: &[Vec<Count>], models: &[usize]) -> Vec<usize> {
    let problems = counts.first().map_or(0, Vec::len);
    (0..problems)
        .filter(|&i| models.iter().all(|&m| counts[m][i].passes > 0))
        .collect()
}

/// The models to use, and the numbers of models and problems after each step. Each step drops the
/// model that solved the fewest problems.
pub(super) fn trade_off(
    table: &PassCounts,
    counts: &[Vec<Count>],
    fitted: &[usize],
) -> (Vec<usize>, Vec<TradeOff>) {
    let solved = |m: usize| counts[m].iter().filter(|c| c.passes > 0).count();
    let mut kept = fitted.to_vec();
    let mut without = None;
    let mut chosen: Option<Vec<usize>> = None;
    let mut steps = Vec::new();
    loop {
        let problems = solved_by_all(counts, &kept).len();
        let last = kept.len() <= LEAST_MODELS.min(fitted.len());
        let used = chosen.is_none() && (problems >= LEAST_PROBLEMS || last);
        if used {
            chosen = Some(kept.clone());
        }
        steps.push(TradeOff {
            without: without.take(),
            models: kept.len(),
            problems,
            used,
        });
        if last {
            break;
        }
        let Some(place) = (0..kept.len()).min_by_key(|&k| solved(kept[k])) else {
            break;
        };
        without = Some(table.models[kept.remove(place)].name.clone());
    }
    (chosen.unwrap_or(kept), steps)
}

/// The difficulty of each problem for the small models: the mean of H_n − H_c, which is finite for
/// every count.
pub(super) fn difficulty(table: &PassCounts, small: &[usize]) -> Vec<f64> {
    (0..table.problems.len())
        .map(|i| {
            let total: f64 = small
                .iter()
                .map(|&m| reciprocals(table.counts[m][i].passes, table.counts[m][i].samples))
                .sum();
            total / small.len() as f64
        })
        .collect()
}

/// Problems from easiest to hardest. Equally hard ones keep their order.
pub(super) fn by_difficulty(problems: &[usize], difficulty: &[f64]) -> Vec<usize> {
    let mut order = problems.to_vec();
    order.sort_by(|&a, &b| difficulty[a].total_cmp(&difficulty[b]));
    order
}

/// Cuts an ordered list into parts of equal size. If it does not divide evenly, the first parts are
/// longer by one.
pub(super) fn buckets(order: &[usize], number: usize) -> Vec<Vec<usize>> {
    let number = number.clamp(1, order.len().max(1));
    let (size, rest) = (order.len() / number, order.len() % number);
    let mut from = 0;
    (0..number)
        .map(|b| {
            let to = from + size + usize::from(b < rest);
            let part = order[from..to].to_vec();
            from = to;
            part
        })
        .collect()
}

/// Splits the samples of every count at random into two halves, so that choosing problems by one
/// half does not bias the rates measured by the other.
pub(super) fn split(counts: &[Vec<Count>], seed: u64) -> [Vec<Vec<Count>>; 2] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut first = counts.to_vec();
    let mut second = counts.to_vec();
    for (m, row) in counts.iter().enumerate() {
        for (i, count) in row.iter().enumerate() {
            let half = count.samples / 2;
            let drawn = hypergeometric(count.samples, count.passes, half, &mut rng);
            first[m][i] = Count {
                samples: half,
                passes: drawn,
            };
            second[m][i] = Count {
                samples: count.samples - half,
                passes: count.passes - drawn,
            };
        }
    }
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_have_equal_counts() {
        let order: Vec<usize> = (0..149).collect();
        let sizes: Vec<usize> = buckets(&order, 6).iter().map(Vec::len).collect();
        assert_eq!(sizes, [25, 25, 25, 25, 25, 24]);
        assert_eq!(buckets(&order, 6).concat(), order);
        assert_eq!(buckets(&[3], 6), [vec![3]]);
    }

    #[test]
    fn halves_add_up() {
        let counts = vec![vec![
            Count {
                samples: 21,
                passes: 8,
            };
            200
        ]];
        let [a, b] = split(&counts, 7);
        let mut drawn = 0;
        for (a, b) in a[0].iter().zip(&b[0]) {
            assert_eq!((a.samples, b.samples), (10, 11));
            assert_eq!(a.passes + b.passes, 8);
            drawn += a.passes;
        }
        // 200 hypergeometric draws of mean 80/21 and variance 10·(8/21)(13/21)(11/20): within 4
        // standard errors.
        let expected = 200.0 * 80.0 / 21.0;
        let sd = (200.0f64 * 10.0 * 8.0 / 21.0 * 13.0 / 21.0 * 11.0 / 20.0).sqrt();
        assert!((drawn as f64 - expected).abs() < 4.0 * sd);
    }
}
