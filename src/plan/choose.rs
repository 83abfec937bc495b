//! Chooses runs one after the other within a budget, by the posteriors of laws.

use super::candidate::{Candidate, Design};
use super::posterior::{Posterior, Seen};
use crate::random::uniform;
use crate::resampling::stream;

/// The powers of the cost by which gains are divided. The power with the smallest risk after the
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
    /// The risk after the last run.
    risk: f64,
}

/// The law of one outcome of every candidate.
#[derive(Debug, Clone)]
pub(crate) struct Outcome<'a> {
    posterior: Posterior<'a>,
    seen: Vec<Option<Seen>>,
}

impl<'a> Outcome<'a> {
    /// `candidates` have the arguments of this law.
    pub(crate) fn new(posterior: &Posterior<'a>, candidates: &[Candidate]) -> Outcome<'a> {
        Outcome {
            posterior: posterior.clone(),
            seen: candidates.iter().map(|c| posterior.see(&c.x)).collect(),
        }
    }

    /// Updates the posterior for a candidate.
    fn take(&mut self, k: usize) {
        let Some(run) = self.seen[k].clone() else {
            return;
        };
        self.posterior.with(&run);
        for other in self.seen.iter_mut().flatten() {
            self.posterior.tell(other, &run);
        }
    }
}

/// The most to spend, the most runs, and the seed of what is random.
pub(crate) type Limits = (f64, usize, u64);

/// Chooses runs, each of which has all these outcomes: gains are summed over the outcomes.
pub(crate) fn choose(
    outcomes: &[Outcome<'_>],
    candidates: &[Candidate],
    design: Design,
    limits: Limits,
) -> Chosen {
    let greedy = |power: f64, least: f64, gain: &dyn Fn(&Posterior<'_>, &Seen) -> f64| {
        by_score(outcomes, candidates, limits, |all, k| {
            let gains = all.iter().map(|one| {
                let seen = one.seen[k].as_ref()?;
                Some(gain(&one.posterior, seen))
            });
            let gain = gains.sum::<Option<f64>>().filter(|gain| *gain > least)?;
            Some(gain / candidates[k].cost.powf(power))
        })
    };
    match design {
        Design::Ours => {
            // A run that is expected to mislead the law is not worth its cost.
            let all = POWERS.map(|power| greedy(power, 0.0, &|p, seen| p.gain(seen)));
            let best = all.into_iter().min_by(|a, b| a.risk.total_cmp(&b.risk));
            best.unwrap_or_default()
        }
        Design::D => greedy(1.0, f64::NEG_INFINITY, &|p, seen| {
            p.gain_of_determinant(seen)
        }),
        Design::V => greedy(1.0, f64::NEG_INFINITY, &|p, seen| p.gain_of_best(seen)),
        Design::Cheapest => by_score(outcomes, candidates, limits, |_, k| {
            Some(1.0 / candidates[k].cost)
        }),
        Design::Random => {
            let mut rng = stream(limits.2, 0);
            let at: Vec<f64> = candidates.iter().map(|_| uniform(&mut rng)).collect();
            by_score(outcomes, candidates, limits, |_, k| Some(at[k]))
        }
    }
}

/// Takes the candidate with the largest score, updates the posteriors and repeats, until no
/// candidate is affordable.
fn by_score(
    outcomes: &[Outcome<'_>],
    candidates: &[Candidate],
    (budget, most, _): Limits,
    score: impl Fn(&[Outcome<'_>], usize) -> Option<f64>,
) -> Chosen {
    let mut outcomes = outcomes.to_vec();
    let (mut chosen, mut left) = (Chosen::default(), budget);
    let mut open = vec![true; candidates.len()];
    while chosen.order.len() < most {
        let affordable = (0..candidates.len()).filter(|&k| open[k] && candidates[k].cost <= left);
        let scored = affordable.filter_map(|k| {
            let score = score(&outcomes, k).filter(|s| s.is_finite())?;
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
        outcomes.iter_mut().for_each(|outcome| outcome.take(k));
        chosen.order.push(k);
        let errors = outcomes.iter().map(|outcome| outcome.posterior.error());
        chosen.errors.push(errors.sum());
    }
    chosen.risk = outcomes.iter().map(|o| o.posterior.risk()).sum();
    chosen
}

#[cfg(test)]
mod tests;
