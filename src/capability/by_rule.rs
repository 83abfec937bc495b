//! The rules that choose problems by their counts: `solved-by-all` and `split`.

use super::builder::{CapabilityFit, Rule};
use super::curve::{Curve, CurvePoint};
use super::findings::{exponents_differ, judge_line, resolution, zero_cells};
use super::line::{Line, logs, usable};
use super::problems;
use super::result::Capability;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Code, Diagnosis, Severity};
use crate::remedy::Setting;
use crate::runs::{Count, PassCounts, Role};
use nalgebra::{DMatrix, DVector};

impl CapabilityFit {
    pub(super) fn by_rule(
        &self,
        table: &PassCounts,
        fitted: &[usize],
        order: &[usize],
    ) -> Result<Capability> {
        let halves = (self.rule == Rule::Split).then(|| problems::split(&table.counts, self.seed));
        let (choosing, measuring) = match &halves {
            Some([first, second]) => (first, second),
            None => (&table.counts, &table.counts),
        };
        let (used, trade_off) = problems::trade_off(table, choosing, fitted);
        let solved = problems::solved_by_all(choosing, &used);
        let kept: Vec<usize> = order
            .iter()
            .copied()
            .filter(|i| solved.contains(i))
            .collect();
        if kept.is_empty() {
            return Err(Error::new(
                ErrorKind::NoFit,
                "no problem was solved at least once by every model",
            )
            .with_hint(
                "use the rule 'likelihood', which uses the zeros too, or leave weak models out",
            )
            .with_remedy(Setting::Rule.to("likelihood"))
            .with_remedy(Setting::Where));
        }
        let role = |m: usize| {
            if used.contains(&m) {
                Role::Fit
            } else {
                Role::Actual
            }
        };
        let curve = |name: String, problems: &[usize]| -> Result<Curve> {
            let mut points = Vec::new();
            let mut lambda: Vec<Vec<f64>> = Vec::new();
            for (m, model) in table.models.iter().enumerate() {
                let (values, point) = self.measure(table, measuring, m, problems, role(m))?;
                if used.contains(&m) {
                    lambda.push(values);
                }
                if used.contains(&m) || model.role == Role::Actual {
                    points.push(point);
                }
            }
            let y: Vec<f64> = of_fit(&points)
                .map(|p| p.metric.unwrap_or(f64::INFINITY))
                .collect();
            let x: Vec<f64> = of_fit(&points).map(|p| p.compute.ln()).collect();
            let line = usable(&y).then(|| {
                if self.rule == Rule::SolvedByAll {
                    return Line::ordinary(&x, &logs(&y));
                }
                let errors = of_fit(&points).map(|p| p.stderr.unwrap_or(0.0).powi(2));
                Line::weighed(
                    &x,
                    &y,
                    &DMatrix::from_diagonal(&DVector::from_iterator(y.len(), errors)),
                )
            });
            let means: Vec<f64> = (0..problems.len())
                .map(|i| {
                    let relative = lambda.iter().zip(&y).map(|(row, mean)| row[i] / mean);
                    relative.sum::<f64>() / y.len() as f64
                })
                .collect();
            let mut curve = Curve {
                relative_variance: means.iter().map(|d| (d - 1.0).powi(2)).sum::<f64>()
                    / (problems.len() as f64 - 1.0).max(1.0),
                difficulties: means.into_iter().map(|d| vec![(d, 1.0)]).collect(),
                ..Curve::new(name, problems, points, line)
            };
            curve.diagnoses = self.findings(table, &used, &curve);
            judge_line(&mut curve);
            Ok(curve)
        };
        let mut overall = curve("all".to_owned(), &kept)?;
        let buckets = self.bucketed(&kept, &overall, curve)?;
        let dropped = order.len() - kept.len();
        if dropped > 0 || used.len() < fitted.len() {
            let zeros = Diagnosis::new(
                Code::ZeroPassCells,
                Severity::Warn,
                format!(
                    "{dropped} of {} problems and {} of {} models are left out because of zeros ({} of {} cells \
                     without a pass; a rate below about {} cannot be told from 0): nothing is said about them, and the \
                     choice itself bends the law",
                    order.len(),
                    fitted.len() - used.len(),
                    fitted.len(),
                    zero_cells(table, fitted),
                    fitted.len() * table.problems.len(),
                    resolution(table, fitted),
                ),
                "use the rule 'likelihood', which uses every count, zeros included",
            );
            let likelihood = Setting::Rule.to("likelihood");
            overall.diagnoses.push(zeros.with_remedy(likelihood));
        }
        exponents_differ(&mut overall, &buckets);
        Ok(self.assemble(table, fitted, &used, trade_off, overall, buckets))
    }

    /// One model's −ln p for each problem, and their mean.
    fn measure(
        &self,
        table: &PassCounts,
        counts: &[Vec<Count>],
        m: usize,
        problems: &[usize],
        role: Role,
    ) -> Result<(Vec<f64>, CurvePoint)> {
        let model = &table.models[m];
        let mut values = Vec::with_capacity(problems.len());
        let mut variance = Some(0.0);
        for &i in problems {
            let count = counts[m][i];
            let estimate = self
                .estimator
                .estimate(count.samples, count.passes)
                .map_err(|e| {
                    let message = format!(
                        "model '{}', problem '{}': {}",
                        model.name,
                        table.problems[i],
                        e.message()
                    );
                    Error::new(e.kind(), message).with_advice_of(&e)
                })?;
            values.push(estimate.value);
            variance = variance.zip(estimate.stderr).map(|(v, s)| v + s * s);
        }
        let n = problems.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let point = CurvePoint {
            model: model.name.clone(),
            compute: model.compute,
            metric: mean.is_finite().then_some(mean),
            stderr: variance.map(|v| v.sqrt() / n).filter(|_| mean.is_finite()),
            role,
        };
        Ok((values, point))
    }
}

fn of_fit(points: &[CurvePoint]) -> impl Iterator<Item = &CurvePoint> {
    points.iter().filter(|p| p.role == Role::Fit)
}
