//! The runs of two recipes as rows of one least-squares problem.

use std::collections::BTreeMap;

/// A run of a recipe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideRun {
    pub compute: f64,
    pub loss: f64,
    /// The known standard deviation of the loss.
    pub sd: Option<f64>,
    /// What the run has in common with a run of the other recipe, such as its seed.
    pub pair: Option<String>,
}

/// The runs of a recipe, and a law of them to begin with: (a, b, c) of a·C^b + c.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    pub runs: Vec<SideRun>,
    pub law: [f64; 3],
}

/// What holds for the exponent and the floor of every recipe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// Smallest and largest exponent; equal ones hold it.
    pub b: (f64, f64),
    /// Smallest and largest floor; equal ones hold it.
    pub c: (f64, f64),
    /// Whitened rows of what is known of (b, c): factors of both, and what their sum has to be with
    /// variance one.
    pub prior: Vec<([f64; 2], f64)>,
    /// Whether the recipes have one exponent and one floor.
    pub shared: bool,
}

/// Rows of equal variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// A run alone.
    Single,
    /// The sum of two paired runs over √2.
    Sum,
    /// Their difference over √2, from which common noise is gone.
    Difference,
    /// What is known beforehand, of variance one.
    Prior,
}

/// One row: w_A·L_A(u_A) + w_B·L_B(u_B), and what was observed of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) u: [f64; 2],
    pub(super) w: [f64; 2],
    pub(super) target: f64,
    pub(super) group: Group,
}

/// The rows of two recipes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    pub(super) rows: Vec<Row>,
    /// ln C where u is 0.
    pub(super) reference: f64,
    /// Whether every row has a known standard deviation, in units of which it is written.
    pub(super) known: bool,
    pub(super) pairs: usize,
}

/// Computes that differ by a smaller share are one rung: recipes differ in their FLOP.
const SAME: f64 = 0.01;

impl Design {
    /// The rows; runs are paired where both recipes have one run of a compute and a seed.
    pub(super) fn new(a: &Side, b: &Side, paired: bool) -> Design {
        let all = || a.runs.iter().chain(&b.runs);
        let largest = all().map(|run| run.compute).fold(0.0, f64::max);
        let reference = largest.ln();
        let known = all().all(|run| run.sd.is_some());
        let pairs = match paired && !known {
            true => pairs(&a.runs, &b.runs),
            false => Vec::new(),
        };
        let u = |run: &SideRun| (run.compute / largest).ln();
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
                    u: [u(of_a), u(of_b)],
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
                    u: [u(run); 2],
                    target: w[side] * run.loss,
                    w,
                    group: Group::Single,
                });
            }
        }
        Design {
            rows,
            reference,
            known,
            pairs: pairs.len(),
        }
    }

    /// How many rows are of a group.
    pub(super) fn count(&self, group: Group) -> usize {
        self.rows.iter().filter(|row| row.group == group).count()
    }
}

/// Places of the runs that have a partner: each label at each compute once in either recipe.
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
    let alone = |places: &[usize], runs: &[SideRun], compute: f64| -> Option<usize> {
        let mut there = places.iter().filter(|i| near(runs[**i].compute, compute));
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
            let compute = a[i].compute;
            let own = alone(places, a, compute);
            if let (Some(_), Some(k)) = (own, alone(others, b, compute)) {
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
