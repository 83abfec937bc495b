//! The steps of a fit of pass counts that all rules share.

use super::builder::{CapabilityFit, Rule};
use super::curve::{Curve, CurvePoint};
use super::findings::{mean_rate, zero_cells};
use super::problems::{self, TradeOff};
use super::result::{Capability, row};
use super::turning::{in_words, turning};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Code, Diagnosis, Severity};
use crate::remedy::Setting;
use crate::runs::PassCounts;

impl CapabilityFit {
    /// Fits counts.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] with fewer than two models to fit, or if no problem is left;
    /// [`ErrorKind::Data`] for counts that the estimator cannot use.
    pub fn run(&self, table: &PassCounts) -> Result<Capability> {
        self.check()?;
        let fitted = table.fitted();
        enough(fitted.len(), &table.source)?;
        if self.hardest >= table.problems.len() {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "leaving out the hardest {} of {} problems leaves none",
                    self.hardest,
                    table.problems.len()
                ),
            ));
        }
        // The smaller half of the models determines the order of difficulty.
        let small = &fitted[..fitted.len().div_ceil(2)];
        let difficulty = problems::difficulty(table, small);
        let all: Vec<usize> = (0..table.problems.len()).collect();
        let mut order = problems::by_difficulty(&all, &difficulty);
        order.truncate(order.len() - self.hardest);
        let mut made = match self.rule {
            Rule::Likelihood => self.by_likelihood(table, &fitted, small.len(), &order)?,
            Rule::SolvedByAll | Rule::Split => self.by_rule(table, &fitted, &order)?,
        };
        let used = &made.overall.problems;
        made.turning = turning(table, &fitted, used);
        if !made.turning.is_empty() {
            let found = Diagnosis::new(
                Code::ProblemsTurn,
                Severity::Note,
                in_words(&made.turning, used.len()),
                "look at these problems: one that gets worse with scale can turn around, and no forecast counts on that",
            );
            made.overall.diagnoses.push(found);
        }
        Ok(made)
    }

    /// The curves of the buckets. A single bucket has the curve of all problems.
    pub(super) fn bucketed(
        &self,
        order: &[usize],
        overall: &Curve,
        curve: impl Fn(String, &[usize]) -> Result<Curve>,
    ) -> Result<Vec<Curve>> {
        let parts = problems::buckets(order, self.buckets);
        if parts.len() == 1 {
            let mut whole = overall.clone();
            whole.name = "bucket 1".to_owned();
            return Ok(vec![whole]);
        }
        parts
            .iter()
            .enumerate()
            .map(|(b, part)| curve(format!("bucket {}", b + 1), part))
            .collect()
    }

    pub(super) fn assemble(
        &self,
        table: &PassCounts,
        fitted: &[usize],
        used: &[usize],
        trade_off: Vec<TradeOff>,
        overall: Curve,
        buckets: Vec<Curve>,
    ) -> Capability {
        let models = (0..table.models.len())
            .map(|m| {
                let model = &table.models[m];
                let rate = mean_rate(overall.problems.iter().map(|&i| table.counts[m][i]));
                let solved = Some(table.solved(m));
                let point = overall
                    .points
                    .iter()
                    .find(|p| p.model == model.name && p.compute == model.compute);
                match point {
                    Some(point) => row(point, solved, rate, true),
                    None => {
                        let absent = CurvePoint {
                            model: model.name.clone(),
                            compute: model.compute,
                            metric: None,
                            stderr: None,
                            role: model.role,
                        };
                        row(&absent, solved, rate, used.contains(&m))
                    }
                }
            })
            .collect();
        Capability {
            source: table.source.clone(),
            compute_name: table.compute_name.clone(),
            rows: table.rows,
            excluded: table.excluded.clone(),
            rule: Some(self.rule),
            estimator: (self.rule != Rule::Likelihood).then_some(self.estimator),
            models,
            problems: table.problems.len(),
            zero_cells: zero_cells(table, fitted),
            hardest: self.hardest,
            trade_off,
            overall,
            solved_by_all: None,
            turning: Vec::new(),
            fitted: None,
            buckets,
            counts: Some(table.clone()),
        }
    }
}

/// A law needs two models.
pub(super) fn enough(models: usize, source: &str) -> Result<()> {
    if models < 2 {
        let message = format!("{models} models to fit: a law needs at least two");
        return Err(Error::new(ErrorKind::NoFit, message)
            .at(source, None, None)
            .with_hint("add models, or raise the compute below which they are fitted")
            .with_remedy(Setting::FitBelow));
    }
    Ok(())
}
