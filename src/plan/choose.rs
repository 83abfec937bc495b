//! Chooses runs one after the other within a budget, by the posterior of a law.

use super::candidate::{Candidate, Design};
use super::posterior::{Posterior, Seen};
use crate::random::uniform;
use crate::resampling::stream;

/// The powers of the cost by which gains are divided. The power with the smallest error after the
/// whole budget wins: greedy choice by gain alone or by gain per cost can each be far from the
/// best, but the better of both cannot (Leskovec et al. 2007).
const POWERS: [f64; 3] = [0.0, 0.5, 1.0];

/// Candidates in the order of training.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chosen {
    /// Indices of the candidates.
    pub order: Vec<usize>,
    /// The mean squared error of the law at the targets after each run.
    pub errors: Vec<f64>,
}

/// Chooses at most `most` runs within a budget.
pub(crate) fn choose(
    posterior: &Posterior<'_>,
    candidates: &[Candidate],
    design: Design,
    budget: f64,
    most: usize,
    seed: u64,
) -> Chosen {
    let seen: Vec<Option<Seen>> = candidates.iter().map(|c| posterior.see(&c.x)).collect();
    let greedy = |power: f64, gain: &dyn Fn(&Posterior<'_>, &Seen) -> f64| {
        by_gain(posterior, candidates, &seen, (budget, most), |p, k| {
            let seen = seen[k].as_ref()?;
            Some(gain(p, seen) / candidates[k].cost.powf(power))
        })
    };
    match design {
        Design::Ours => {
            let all = POWERS.map(|power| greedy(power, &|p, seen| p.gain(seen)));
            let last = |c: &Chosen| c.errors.last().copied().unwrap_or(f64::INFINITY);
            let best = all.into_iter().min_by(|a, b| last(a).total_cmp(&last(b)));
            best.unwrap_or_default()
        }
        Design::D => greedy(1.0, &|p, seen| p.gain_of_determinant(seen)),
        Design::V => greedy(1.0, &|p, seen| p.gain_of_best(seen)),
        Design::Cheapest => by_gain(posterior, candidates, &seen, (budget, most), |_, k| {
            Some(1.0 / candidates[k].cost)
        }),
        Design::Random => {
            let mut rng = stream(seed, 0);
            let at: Vec<f64> = candidates.iter().map(|_| uniform(&mut rng)).collect();
            by_gain(posterior, candidates, &seen, (budget, most), |_, k| {
                Some(at[k])
            })
        }
    }
}

/// Takes the candidate with the largest score, updates the posterior and repeats, until no
/// candidate is affordable.
fn by_gain(
    posterior: &Posterior<'_>,
    candidates: &[Candidate],
    seen: &[Option<Seen>],
    (budget, most): (f64, usize),
    score: impl Fn(&Posterior<'_>, usize) -> Option<f64>,
) -> Chosen {
    let mut posterior = posterior.clone();
    let (mut chosen, mut left) = (Chosen::default(), budget);
    let mut open = vec![true; candidates.len()];
    while chosen.order.len() < most {
        let affordable = (0..candidates.len()).filter(|&k| open[k] && candidates[k].cost <= left);
        let scored = affordable.filter_map(|k| {
            let score = score(&posterior, k).filter(|s| s.is_finite())?;
            Some((k, score))
        });
        // Among equal scores the first candidate wins.
        let best = scored.fold(None, |best: Option<(usize, f64)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        });
        let Some((k, _)) = best else { break };
        left -= candidates[k].cost;
        open[k] = candidates[k].repeatable;
        if let Some(seen) = &seen[k] {
            posterior.with(seen);
        }
        chosen.order.push(k);
        chosen.errors.push(posterior.error());
    }
    chosen
}
