//! The runs of two recipes as rows of one least-squares problem.

use super::surface::At;
use crate::numeric::Surface;
use std::collections::BTreeMap;

/// A run of a recipe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideRun {
    pub compute: f64,
    /// N and D, if the law is in both.
    pub sizes: Option<(f64, f64)>,
    pub loss: f64,
    /// The known standard deviation of the loss.
    pub sd: Option<f64>,
    /// A label that it shares with a run of the other recipe, such as its seed.
    pub pair: Option<String>,
}

/// The law of one recipe alone, as a start of the joint fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Start {
    /// (a, b, c) of a·C^b + c.
    Curve([f64; 3]),
    /// A surface; a run costs e^`ln_k`·N·D.
    Surface { surface: Surface, ln_k: f64 },
}

/// The runs of a recipe, and the law from which the fit starts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    pub runs: Vec<SideRun>,
    pub law: Start,
}

/// Bounds and priors of the exponent and the floor, for every recipe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// Smallest and largest exponent (for surfaces, that of the path); equal bounds fix it.
    pub b: (f64, f64),
    /// Smallest and largest share of the term of N in the reducible loss of the path.
    pub share: (f64, f64),
    /// Smallest and largest floor; equal bounds fix it.
    pub c: (f64, f64),
    /// Whitened rows of the prior of (b, c): the factors of both, and the value of their weighted
    /// sum, which has variance one.
    pub prior: Vec<([f64; 2], f64)>,
    /// Whether the recipes share their exponent and floor.
    pub shared: bool,
}

/// A group of rows with equal variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// A single run.
    Single,
    /// The sum of two paired runs divided by √2.
    Sum,
    /// Their difference divided by √2, in which common noise cancels.
    Difference,
    /// A row of the prior, with variance one.
    Prior,
}

/// One row: w_A·L_A + w_B·L_B at their places, and the observed value of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) at: [At; 2],
    pub(super) w: [f64; 2],
    pub(super) target: f64,
    pub(super) group: Group,
}

/// The rows of two recipes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    pub(super) rows: Vec<Row>,
    /// ln C at u = 0.
    pub(super) reference: f64,
    /// ln N at x = 0.
    pub(super) ln_size: f64,
    /// z − ln D of each recipe, so that x + z = u.
    pub(super) offset: [f64; 2],
    /// Whether the laws are surfaces.
    pub(super) surface: bool,
    /// Whether every row has a known standard deviation; rows are in units of it.
    pub(super) known: bool,
    pub(super) pairs: usize,
}

/// Computes that differ by a smaller share count as one rung, because recipes differ in their FLOP.
const SAME: f64 = 0.01;

impl Design {
    /// The rows. If `paired` and the noise is unknown, runs are paired if both recipes have exactly
    /// one run of a compute and label.
    pub(super) fn new(a: &Side, b: &Side, paired: bool) -> Design {
        let all = || a.runs.iter().chain(&b.runs);
        let largest = all().map(|run| run.compute).fold(0.0, f64::max);
        let reference = largest.ln();
        let known = all().all(|run| run.sd.is_some());
        let pairs = match paired && !known {
            true => pairs(&a.runs, &b.runs),
            false => Vec::new(),
        };
        let sizes: Vec<f64> = all().filter_map(|run| Some(run.sizes?.0.ln())).collect();
        let surface = sizes.len() == a.runs.len() + b.runs.len();
        let ln_size = sizes.iter().sum::<f64>() / sizes.len().max(1) as f64;
        let offset = [a, b].map(|side| match side.law {
            Start::Surface { ln_k, .. } => ln_k - reference + ln_size,
            Start::Curve(_) => 0.0,
        });
        let at = |side: usize, run: &SideRun| match run.sizes {
            Some((n, d)) if surface => At::Sizes(n.ln() - ln_size, d.ln() + offset[side]),
            _ => At::Path((run.compute / largest).ln()),
        };
        let weight = |run: &SideRun| match run.sd.filter(|_| known) {
            Some(sd) => 1.0 / sd,
            None => 1.0 / run.loss,
        };
        let mut rows = Vec::with_capacity(a.runs.len() + b.runs.len());
        for &(i, k) in &pairs {
            let (of_a, of_b) = (&a.runs[i], &b.runs[k]);
            for (sign, group) in [(1.0, Group::Sum), (-1.0, Group::Difference)] {
                let half = std::f64::consts::FRAC_1_SQRT_2;
                let w = [weight(of_a) * half, sign * weight(of_b) * half];
                rows.push(Row {
                    at: [at(0, of_a), at(1, of_b)],
                    target: w[0] * of_a.loss + w[1] * of_b.loss,
                    w,
                    group,
                });
            }
        }
        for (side, runs) in [(0, &a.runs), (1, &b.runs)] {
            let is_paired = |i: usize| pairs.iter().any(|p| [p.0, p.1][side] == i);
            for (_, run) in runs.iter().enumerate().filter(|(i, _)| !is_paired(*i)) {
                let mut w = [0.0; 2];
                w[side] = weight(run);
                rows.push(Row {
                    at: [at(side, run); 2],
                    target: w[side] * run.loss,
                    w,
                    group: Group::Single,
                });
            }
        }
        Design {
            rows,
            reference,
            ln_size,
            offset,
            surface,
            known,
            pairs: pairs.len(),
        }
    }

    /// Number of rows in a group.
    pub(super) fn count(&self, group: Group) -> usize {
        self.rows.iter().filter(|row| row.group == group).count()
    }
}

/// Indices of the paired runs: those whose label occurs exactly once in each recipe at their
/// compute, or at their N and D.
fn pairs(a: &[SideRun], b: &[SideRun]) -> Vec<(usize, usize)> {
    type Labels<'r> = BTreeMap<&'r str, Vec<usize>>;
    fn labelled(runs: &[SideRun]) -> Labels<'_> {
        let mut found = Labels::new();
        for (i, run) in runs.iter().enumerate() {
            if let Some(pair) = &run.pair {
                found.entry(pair).or_default().push(i);
            }
        }
        found
    }
    let near = |p: f64, q: f64| (p - q).abs() <= SAME * p.max(q);
    let alike = |p: &SideRun, q: &SideRun| match (p.sizes, q.sizes) {
        (Some(p), Some(q)) => near(p.0, q.0) && near(p.1, q.1),
        _ => near(p.compute, q.compute),
    };
    let alone = |places: &[usize], runs: &[SideRun], run: &SideRun| -> Option<usize> {
        let mut there = places.iter().filter(|i| alike(&runs[**i], run));
        let first = there.next().copied();
        first.filter(|_| there.next().is_none())
    };
    let (of_a, of_b) = (labelled(a), labelled(b));
    let mut found = Vec::new();
    for (label, places) in &of_a {
        let Some(others) = of_b.get(label) else {
            continue;
        };
        for &i in places {
            let own = alone(places, a, &a[i]);
            if let (Some(_), Some(k)) = (own, alone(others, b, &a[i])) {
                found.push((i, k));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(compute: f64, pair: &str) -> SideRun {
        SideRun {
            compute,
            sizes: None,
            loss: 2.0,
            sd: None,
            pair: (!pair.is_empty()).then(|| pair.to_owned()),
        }
    }

    #[test]
    fn runs_are_paired_by_compute_and_label_where_each_is_one() {
        let a = [
            run(1e18, "0"),
            run(1e18, "1"),
            run(1e19, "0"),
            run(1e19, ""),
        ];
        let b = [
            run(1e19, "0"),
            run(1e18, "1"),
            run(1e18, "0"),
            run(1e18, "0"),
        ];
        assert_eq!(pairs(&a, &b), [(2, 0), (1, 1)]);
    }
}
