//! How far the answers of Approaches 2 and 3 can be relied on.

use super::isoflop_lines::Approach2;
use super::isoflop_row::ApproachRow;
use crate::allocation::{
    Allocation, Flops, Own, PowerLine, Standing, Surface, Uncertainty, budget_findings,
    cost_findings, graded_by, of_split,
};
use crate::fit::Diagnosis;
use crate::runs::Run;

/// The data behind the grades.
pub(super) struct Evidence<'a> {
    /// The fitted runs.
    pub(super) runs: &'a [&'a Run],
    /// The same runs with their own compute.
    pub(super) own: &'a Own,
    pub(super) flops: &'a Flops,
    /// The smallest and the largest run, in the unit of the budgets.
    pub(super) extent: (f64, f64),
    /// Findings about the budgets and about the line through their minima.
    pub(super) of_line: &'a [Diagnosis],
    pub(super) second: &'a Approach2<'a>,
    pub(super) bias: Option<&'a PowerLine>,
    pub(super) third: Option<(&'a Uncertainty<'a>, &'a Surface)>,
    /// Whether the runs are grouped by their own budget or compute.
    pub(super) counted: bool,
}

impl Evidence<'_> {
    /// Grades the rows with an answer. Returns the findings about them, each once, for the largest
    /// budget.
    pub(super) fn grade(&self, rows: &mut [ApproachRow]) -> Vec<Diagnosis> {
        let mut about: Vec<(f64, Diagnosis)> = Vec::new();
        for row in rows.iter_mut() {
            let compute = row.compute;
            let found = match row.approach {
                2 => self.second_graded(row),
                3 => self.third_graded(row),
                _ => Vec::new(),
            };
            about.extend(found.into_iter().map(|found| (compute, found)));
        }
        // Of two approaches at one compute, the finding of the surface is kept, which comes later.
        about.reverse();
        about.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut found: Vec<Diagnosis> = Vec::new();
        for (_, one) in about {
            if found.iter().all(|other| other.code != one.code) {
                found.push(one);
            }
        }
        found
    }

    fn second_graded(&self, row: &mut ApproachRow) -> Vec<Diagnosis> {
        let Some((params, tokens)) = row.sizes() else {
            return Vec::new();
        };
        let best = Allocation {
            compute: row.compute,
            params,
            tokens,
            loss: f64::NAN,
        };
        let mut found = of_split(self.runs, self.extent, &best);
        found.extend(cost_findings(self.flops, self.own, &[params]));
        found.extend(budget_findings(self.runs, self.own.named, self.counted));
        let factor = row.compute / self.extent.1;
        let reach = self.second.reach(self.bias, row);
        let doubts = self.of_line.iter().chain(&found);
        let (grade, because) = graded_by("N*", reach, factor, None, doubts);
        (row.grade, row.because) = (Some(grade), Some(because));
        found
    }

    fn third_graded(&self, row: &mut ApproachRow) -> Vec<Diagnosis> {
        let best = row.sizes().zip(self.third);
        let Some(((params, tokens), (uncertainty, surface))) = best else {
            return Vec::new();
        };
        let best = Allocation {
            compute: row.compute,
            params,
            tokens,
            loss: surface.loss(params, tokens),
        };
        let Standing {
            grade,
            because,
            found,
        } = uncertainty.standing(&best, self.own);
        (row.grade, row.because) = (Some(grade), Some(because));
        found
    }
}
