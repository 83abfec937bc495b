//! How earlier forecasts of a curve would have turned out.

use super::CURVE;
use super::law::LawChoice;
use super::table::{RunTable, is_default};
use super::{Ask, LEVEL, MIN_RUNS, usage};
use crate::backtest::{Backtest, ByFit, backtest};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, FitResult};
use crate::forecast::not_measured;
use crate::interval::Method;
use crate::law::Law;
use crate::progress::Progress;
use crate::remedy::Setting;
use crate::runs::{CurveKind, Dataset, Variable};
use serde::Serialize;
use std::sync::Arc;

request!(
    /// Asks how forecasts of the larger runs of a table from its smaller ones would have turned
    /// out.
    pub struct BacktestRequest of Dataset, BacktestAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted; the default is a saturating power law.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Level of the intervals.
        level: f64 = LEVEL,
        /// Method of the intervals.
        method: Method = Method::Calibrated,
        /// Fewest runs to forecast from.
        min_runs: usize = MIN_RUNS,
        /// Score forecasts even if a finding refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

/// A back-test and what was tested.
#[derive(Debug, Clone)]
pub struct BacktestAnswer {
    /// The runs.
    pub(crate) data: Dataset,
    /// The law that was fitted to each set of smaller runs.
    pub(crate) law: Arc<dyn Law>,
    /// Method of the intervals.
    pub(crate) method: Method,
    /// The scored forecasts.
    pub(crate) tested: Backtest,
}

impl BacktestAnswer {
    /// The scored forecasts.
    #[must_use]
    pub fn tested(&self) -> &Backtest {
        &self.tested
    }
}

impl BacktestRequest {
    pub(super) fn by_fit(&self) -> Result<ByFit> {
        if let Some(reason) = not_measured(self.method, self.level) {
            let name = self.method.name();
            return Err(
                usage(format!("there is no {name} interval to test: {reason}"))
                    .with_hint("choose another level, or the method 'delta' or 'profile'")
                    .with_remedy(Setting::Levels)
                    .with_remedy(Setting::Methods.to("delta"))
                    .with_remedy(Setting::Methods.to("profile")),
            );
        }
        Ok(ByFit::new(self.fit.fit_or(CURVE)?)
            .method(self.method)
            .level(self.level)
            .force(self.force))
    }

    /// Adds to the error that the fits were refused, if forcing them would give forecasts.
    fn explained(&self, error: Error, data: &Dataset, by_fit: &ByFit) -> Error {
        let forced = by_fit.clone().force(true);
        let tested = || {
            let asked = backtest(data, &forced).level(self.level);
            asked.smallest(self.min_runs).run()
        };
        let refused = error.kind() == ErrorKind::NoFit && !self.force && tested().is_ok();
        let fit = refused.then(|| by_fit.fit.run(data).ok()).flatten();
        match fit.as_ref().and_then(FitResult::refusal) {
            Some(found) => {
                let message = format!(
                    "nothing to test, since fits of these runs are refused: {}: {}",
                    found.code, found.message
                );
                Error::new(ErrorKind::NoFit, message)
                    .at(&data.source, None, None)
                    .with_hint("force the test to have it all the same")
                    .with_remedy(Setting::Force)
            }
            None => error,
        }
    }
}

impl Ask for BacktestRequest {
    type Data = Dataset;
    type Answer = BacktestAnswer;

    fn watched(&self, data: &Dataset, progress: &dyn Progress) -> Result<BacktestAnswer> {
        let by_fit = self.by_fit()?;
        let tested = backtest(data, &by_fit)
            .level(self.level)
            .smallest(self.min_runs)
            .progress(progress)
            .run()
            .map_err(|error| self.explained(error, data, &by_fit))?;
        Ok(BacktestAnswer {
            law: self.fit.curve()?,
            method: self.method,
            tested,
            data: data.clone(),
        })
    }
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    law: &'a str,
    formula: String,
    /// The variable that the fields named `compute` hold, if it is another.
    #[serde(skip_serializing_if = "Variable::is_compute")]
    variable: Variable,
    /// Absent if the runs are of several sizes.
    #[serde(skip_serializing_if = "CurveKind::is_ladder")]
    curve: CurveKind,
    method: Method,
    digest: String,
    #[serde(skip_serializing_if = "<[Diagnosis]>::is_empty")]
    findings: &'a [Diagnosis],
    #[serde(flatten)]
    backtest: &'a Backtest,
}

serialized!(BacktestAnswer, |answer| Json {
    format: "scalewise.backtest",
    version: 1,
    law: answer.law.name(),
    formula: answer.data.variable.written(answer.law.formula()),
    variable: answer.data.variable,
    curve: answer.data.curve,
    method: answer.method,
    digest: answer.data.digest(),
    findings: &answer.data.findings,
    backtest: &answer.tested,
});
