//! The default rule: the likelihood of every count.

use super::builder::CapabilityFit;
use super::cells::Cells;
use super::curve::{Curve, CurvePoint};
use super::exponents::Exponents;
use super::findings::{exponents_differ, judge_line, zeros};
use super::fitted::Fitted;
use super::hierarchy::{Counts, Hierarchy};
use super::line::{Line, logs, usable};
use super::problems;
use super::result::Capability;
use super::seen::seen;
use super::trend::Trend;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Code, Diagnosis, Severity};
use crate::remedy::Setting;
use crate::runs::{Count, PassCounts, Role};

impl CapabilityFit {
    pub(super) fn by_likelihood(
        &self,
        table: &PassCounts,
        fitted: &[usize],
        small: usize,
        order: &[usize],
    ) -> Result<Capability> {
        let whole = |models: &[usize]| {
            let rows = models.iter().map(|&m| table.counts[m].as_slice());
            let counts = Counts {
                rows: rows.collect(),
                small,
            };
            let fit = Hierarchy::fit(&counts);
            let cells = Cells::new(&counts.rows, fit.tau);
            (fit, cells)
        };
        let passing = fitted
            .iter()
            .filter(|&&m| table.counts[m].iter().any(|c| c.passes > 0))
            .count();
        if passing < 2 {
            let message = format!(
                "{passing} of {} models passed anything at all: there is no trend to see",
                fitted.len()
            );
            return Err(Error::new(ErrorKind::NoFit, message)
                .at(&table.source, None, None)
                .with_hint("draw more samples, add larger models, or take easier problems"));
        }
        let (fit, cells) = whole(fitted);
        let models = fitted.len();
        // The metrics of actuals come from a separate fit, so that no forecast depends on them.
        let everything: Vec<usize> = (0..table.models.len()).collect();
        let later = (models < everything.len()).then(|| whole(&everything));
        let x: Vec<f64> = fitted
            .iter()
            .map(|&m| table.models[m].compute.ln())
            .collect();
        let rows: Vec<&[Count]> = fitted.iter().map(|&m| table.counts[m].as_slice()).collect();
        let exponents = Exponents::fit(&rows, &x, &fit);
        let curve = |name: String, problems: &[usize], own: &Hierarchy| -> Result<Curve> {
            // The levels are those of the bucket; the shape of the difficulties is that of all
            // problems.
            let mut parameters = own.covariance.clone();
            for k in models..parameters.nrows() {
                for l in models..parameters.nrows() {
                    parameters[(k, l)] = fit.covariance[(k, l)];
                }
            }
            let here = seen(own, &parameters, &cells, problems);
            let line =
                usable(&here.metric).then(|| Line::general(&x, &logs(&here.metric), &here.errors));
            let trend = line.as_ref().map(|_| {
                let y = logs(&here.metric);
                Trend::new(&exponents, problems, &x, &y, &here.errors)
            });
            let point = |m: usize, role: Role, metric: f64, variance: f64| CurvePoint {
                model: table.models[m].name.clone(),
                compute: table.models[m].compute,
                metric: Some(metric),
                stderr: Some(metric * variance.sqrt()),
                role,
            };
            let mut points: Vec<CurvePoint> = Vec::new();
            if let Some((fit, cells)) = &later {
                let all = seen(fit, &fit.covariance, cells, problems);
                let actuals = everything.iter().copied().filter(|m| !fitted.contains(m));
                points.extend(
                    actuals.map(|m| point(m, Role::Actual, all.metric[m], all.errors[(m, m)])),
                );
            }
            points.extend(fitted.iter().enumerate().map(|(k, &m)| {
                let variance = here.errors[(k, k)].max(0.0);
                point(m, Role::Fit, here.metric[k], variance)
            }));
            points.sort_by(|a, b| a.compute.total_cmp(&b.compute));
            let never = |i: usize| fitted.iter().all(|&m| table.counts[m][i].passes == 0);
            let unsolved: f64 = problems
                .iter()
                .zip(&here.means)
                .filter(|(i, _)| never(**i))
                .map(|(_, d)| d)
                .sum();
            let spread: f64 = here
                .difficulties
                .iter()
                .flatten()
                .map(|(d, w)| w * (d - 1.0) * (d - 1.0))
                .sum();
            let mut curve = Curve {
                // Adding zero turns −0, the sum of nothing, into 0.
                unsolved_share: (unsolved + 0.0) / problems.len() as f64,
                problem_scatter: Some(own.tau),
                difficulties: here.difficulties,
                relative_variance: spread / problems.len() as f64,
                trend,
                ..Curve::new(name, problems, points, line)
            };
            curve.diagnoses = self.findings(table, fitted, &curve);
            curve.diagnoses.extend(zeros(table, fitted, &curve));
            if !own.converged {
                let not_converged = Diagnosis::new(
                    Code::NotConverged,
                    Severity::Warn,
                    "the search for the maximum of the likelihood did not end well",
                    "compare with the rule 'split'; more samples or more problems make the maximum sharper",
                );
                let split = Setting::Rule.to("split");
                curve.diagnoses.push(not_converged.with_remedy(split));
            }
            judge_line(&mut curve);
            Ok(curve)
        };
        let mut overall = curve("all".to_owned(), order, &fit)?;
        if fit.tau > 0.1 {
            overall.diagnoses.push(Diagnosis::new(
                Code::ProblemScatter,
                Severity::Note,
                format!(
                    "problems scatter about the common law by {:.0} % of -ln p from model to model, beyond sampling",
                    100.0 * fit.tau
                ),
                "a bucket of similar problems can be steadier; the intervals include it",
            ));
        }
        let buckets = self.bucketed(order, &overall, |name, problems| {
            curve(name, problems, &fit.refit(&cells, problems))
        })?;
        exponents_differ(&mut overall, &buckets);
        overall
            .diagnoses
            .extend(self.ties(table, &fitted[..small], order));
        let solved = problems::solved_by_all(&table.counts, fitted);
        let solved: Vec<usize> = order
            .iter()
            .copied()
            .filter(|i| solved.contains(i))
            .collect();
        let every = solved.len() == order.len() || solved.len() < problems::LEAST_PROBLEMS;
        let solved_by_all = (!every)
            .then(|| {
                curve(
                    "solved by all".to_owned(),
                    &solved,
                    &fit.refit(&cells, &solved),
                )
            })
            .transpose()?;
        let mut made = self.assemble(table, fitted, fitted, Vec::new(), overall, buckets);
        made.solved_by_all = solved_by_all;
        made.fitted = Some(Fitted {
            hierarchy: fit,
            models: fitted.to_vec(),
        });
        Ok(made)
    }

    /// A note if many problems were solved by no small model, and so have no order of difficulty.
    fn ties(&self, table: &PassCounts, small: &[usize], order: &[usize]) -> Option<Diagnosis> {
        let never = |i: usize| small.iter().all(|&m| table.counts[m][i].passes == 0);
        let tied = order.iter().filter(|&&i| never(i)).count();
        (self.buckets > 1 && tied > order.len() / self.buckets).then(|| {
            Diagnosis::new(
                Code::TiedDifficulty,
                Severity::Note,
                format!(
                    "{tied} of {} problems were never solved by the {} smaller models, which judge difficulty: the \
                     hardest buckets are not in order",
                    order.len(),
                    small.len()
                ),
                "use fewer buckets, or more samples of the small models",
            )
        })
    }
}
