//! The same allocation under several conventions for counting parameters.

use super::likelihood::{log_densities, sum, vuong};
use super::size::each_once;
use super::{AllocateAnswer, AllocateRequest, Ask, AskTable, SURFACE, Trust};
use crate::backtest::rolling_origin;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::remedy::Setting;
use crate::runs::{Dataset, Excluded, Role};
use crate::tables::Source;
use serde::Serialize;
use std::collections::BTreeSet;

/// Critical value of Vuong's statistic for one convention being clearly better: two-sided 5 %.
const CLEAR: f64 = 1.96;
/// Smallest difference of the log-likelihoods (a factor of 20), since Vuong's statistic means
/// little between conventions that hardly differ.
const DECISIVE: f64 = 3.0;

/// Allocations of the same runs under several conventions for counting parameters.
#[derive(Debug, Clone, Serialize)]
pub struct ConventionsAnswer {
    format: &'static str,
    version: u32,
    /// Fitted runs, which are the same in every convention.
    pub(crate) runs: usize,
    /// Runs that lack a number in some convention, and are used in none.
    pub(crate) left_out: usize,
    /// The index of the convention that the runs prefer.
    pub(crate) preferred: usize,
    /// The margin over the next best; absent if there is only one convention.
    pub(crate) margin: Option<Margin>,
    /// The conventions in the order in which they were named.
    pub(crate) conventions: Vec<Convention>,
}

/// One convention for counting parameters.
#[derive(Debug, Clone, Serialize)]
pub struct Convention {
    /// The column or the sum of columns.
    pub(crate) params: String,
    /// Root mean squared residual.
    pub(crate) noise: f64,
    /// Log-likelihood at the fit, relative to the preferred convention.
    pub(crate) log_likelihood: f64,
    /// Whether the convention is clearly worse than the preferred one, by the rule of
    /// [`Margin::clear`].
    pub(crate) clearly_worse: bool,
    /// Mean |ln(forecast ÷ loss)| of the larger runs, over every cut into smaller and larger runs.
    pub(crate) rolling_origin: Option<f64>,
    /// Number of these forecasts.
    pub(crate) forecasts: usize,
    /// The allocation.
    pub(crate) allocation: AllocateAnswer,
}

/// The margin by which the runs prefer a convention to the next best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Margin {
    /// The index of the next best.
    pub(crate) to: usize,
    /// Difference of the log-likelihoods.
    pub(crate) log_likelihood: f64,
    /// Vuong's (1989) statistic for laws that are not nested; absent if both fit every run equally.
    pub(crate) vuong: Option<f64>,
    /// Whether the statistic is beyond its two-sided 95 % point and the likelihoods differ by a
    /// factor of 20.
    pub(crate) clear: bool,
}

impl ConventionsAnswer {
    /// How far the preferred allocation can be relied on.
    #[must_use]
    pub(crate) fn trust(&self) -> Trust {
        self.conventions[self.preferred].allocation.trust()
    }
}

impl AllocateRequest {
    /// The alternatives in the setting for the column of parameters; none if it names one column or
    /// sum.
    fn alternatives(&self) -> Result<Vec<String>> {
        let column = self.table.columns.params.as_deref().unwrap_or_default();
        if !column.contains(super::OR) {
            return Ok(Vec::new());
        }
        let names = column.split(super::OR).map(|name| name.trim().to_owned());
        let names = each_once(names, String::eq);
        match names.len() > 1 && names.iter().all(|name| !name.is_empty()) {
            true => Ok(names),
            false => Err(Error::new(
                ErrorKind::Usage,
                format!("'{column}' does not name different ways to count parameters"),
            )
            .with_hint("name each by a column or a sum of columns, as in 'A|A+B'")
            .with_remedy(Setting::ParamsCol)),
        }
    }

    /// Answers under each convention, if the column of the parameters lists several, such as
    /// `transformer|transformer+head`; `None` if it names one.
    ///
    /// # Errors
    /// As for each of them alone.
    #[doc(hidden)]
    pub fn conventions(
        &self,
        table: &Source<'_>,
        progress: &dyn Progress,
    ) -> Result<Option<ConventionsAnswer>> {
        let names = self.alternatives()?;
        if names.is_empty() {
            return Ok(None);
        }
        // A pipe can be read only once.
        let held = match table.reopens() {
            true => None,
            false => Some(table.read()?),
        };
        let again = held
            .as_ref()
            .map(|bytes| Source::bytes(bytes, table.name()));
        let table = again.as_ref().unwrap_or(table);
        if self.read_any(table).is_ok() {
            // A column has exactly this name.
            return Ok(None);
        }
        let mut requests = Vec::new();
        let mut data = Vec::new();
        for name in names {
            let mut request = self.clone();
            request.table.columns.params = Some(name);
            data.push(request.read(table)?);
            requests.push(request);
        }
        compared(&requests, data, progress).map(Some)
    }
}

/// Answers each request from its own data, and compares the answers.
fn compared(
    requests: &[AllocateRequest],
    mut data: Vec<Dataset>,
    progress: &dyn Progress,
) -> Result<ConventionsAnswer> {
    let left_out = keep_common(&mut data);
    // All conventions are tested on the same runs, so one of them defines the cuts.
    let order = data[0].clone();
    let mut conventions = Vec::new();
    let mut by_run: Vec<Vec<f64>> = Vec::new();
    for (request, data) in requests.iter().zip(data) {
        let name = request.table.columns.params.clone().unwrap_or_default();
        let named = |error: Error| {
            let message = format!("with parameters counted by '{name}': {}", error.message());
            let hint = error.hint().unwrap_or("leave this way to count out");
            Error::new(error.kind(), message).with_hint(hint)
        };
        let mut tested = data.clone();
        for (run, of) in tested.runs.iter_mut().zip(&order.runs) {
            run.x = of.x;
        }
        let tested = rolling_origin(&tested, request.fit.fit_or(SURFACE)?, true);
        let total = tested.ok().map(|tested| tested.total);
        let allocation = request.watched(&data, progress).map_err(named)?;
        let residuals = allocation.fit.residuals();
        let squares = sum(residuals.iter().map(|r| r * r));
        by_run.push(log_densities(&allocation.fit, &residuals));
        conventions.push(Convention {
            params: name,
            noise: (squares / residuals.len() as f64).sqrt(),
            log_likelihood: 0.0,
            clearly_worse: false,
            rolling_origin: total.and_then(|total| total.mae),
            forecasts: total.map_or(0, |total| total.forecasts),
            allocation,
        });
    }
    let totals: Vec<f64> = by_run.iter().map(|of| sum(of.iter().copied())).collect();
    let mut ranked: Vec<usize> = (0..totals.len()).collect();
    ranked.sort_by(|a, b| totals[*b].total_cmp(&totals[*a]));
    let preferred = ranked[0];
    let is_clear = |(difference, vuong): (f64, Option<f64>)| {
        difference > DECISIVE && vuong.is_some_and(|z| z > CLEAR)
    };
    for (k, (convention, total)) in conventions.iter_mut().zip(&totals).enumerate() {
        convention.log_likelihood = total - totals[preferred];
        convention.clearly_worse =
            k != preferred && is_clear(vuong(&by_run[preferred], &by_run[k]));
    }
    Ok(ConventionsAnswer {
        format: "scalewise.conventions",
        version: 1,
        runs: by_run[0].len(),
        left_out,
        preferred,
        margin: ranked.get(1).map(|&to| {
            let (difference, vuong) = vuong(&by_run[preferred], &by_run[to]);
            Margin {
                to,
                log_likelihood: difference,
                vuong,
                clear: is_clear((difference, vuong)),
            }
        }),
        conventions,
    })
}

/// Keeps the runs that every data set has, and returns how many were removed.
fn keep_common(data: &mut [Dataset]) -> usize {
    let lines = |data: &Dataset| -> BTreeSet<u64> { data.runs.iter().map(|r| r.line).collect() };
    let sets: Vec<BTreeSet<u64>> = data.iter().map(lines).collect();
    let common = |line: &u64| sets.iter().all(|set| set.contains(line));
    let mut lacking = BTreeSet::new();
    for one in data {
        let (kept, left): (Vec<_>, Vec<_>) = one.runs.drain(..).partition(|r| common(&r.line));
        one.runs = kept;
        lacking.extend(left.iter().map(|run| run.line));
        one.excluded.extend(left.into_iter().map(|run| Excluded {
            line: run.line,
            reason: "another way to count the parameters has no number here".to_owned(),
        }));
        // Each run must be at the same position in all data sets.
        one.runs
            .sort_by_key(|run| (run.role == Role::Actual, run.line));
    }
    lacking.len()
}
