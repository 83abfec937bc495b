//! Runs made from columns of numbers in memory.

use super::curve_kind::CurveKind;
use super::dataset::Dataset;
use super::decay::decay_ahead;
use super::range::{
    LOGARITHM, LOSSES, SIX_ND, SIZES, WEIGHT, check_positive, sigma_beside, within,
};
use super::run::{Role, Run};
use super::variable::Variable;
use crate::code::Code;
use crate::{Error, ErrorKind, Result};

impl Dataset {
    /// Runs with these amounts of training compute and these losses.
    ///
    /// Further columns are added one by one: [`sigma`](Dataset::sigma), [`group`](Dataset::group),
    /// [`unique_tokens`](Dataset::unique_tokens). Weights belong to a fit: see
    /// [`Fit::weights`](crate::Fit::weights).
    ///
    /// ```
    /// use scalewise::Dataset;
    /// let (compute, loss) = ([1e18, 1e19, 1e20], [3.1, 2.8, 2.6]);
    /// let data = Dataset::of_compute(&compute, &loss)?
    ///     .sigma(&[0.02, 0.02, 0.01])?
    ///     .group(&["small", "medium", "large"])?
    ///     .fit_below(1e20);
    /// assert_eq!(data.largest_fitted(), Some(1e19));
    /// assert_eq!(data.runs()[2].group(), Some("large"));
    /// assert!(Dataset::of_compute(&compute, &[3.1, 2.8, -2.6]).is_err());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no run, the columns differ in length, or a number is not positive and finite.
    /// Compute must lie within 1e-100 to 1e100, and losses within 1e-140 to 1e140.
    pub fn of_compute(compute: &[f64], loss: &[f64]) -> Result<Dataset> {
        Dataset::of(Variable::Compute, compute, loss)
    }

    /// Runs whose loss is a law in one variable, which may be the parameters or the tokens alone.
    ///
    /// ```
    /// use scalewise::{Dataset, runs::Variable};
    /// let data = Dataset::of(Variable::Params, &[1e6, 1e7], &[4.2, 3.6])?;
    /// assert_eq!(data.runs()[1].params(), Some(1e7));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Dataset::of_compute`].
    pub fn of(variable: Variable, x: &[f64], loss: &[f64]) -> Result<Dataset> {
        check_length(&format!("values of {}", variable.noun()), x, loss.len())?;
        make(variable, loss, |run| Run {
            params: (variable == Variable::Params).then_some(x[run]),
            tokens: (variable == Variable::Tokens).then_some(x[run]),
            ..blank(x[run], loss[run])
        })
    }

    /// Runs with these numbers of parameters and training tokens, and compute C = 6ND.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, law::Chinchilla};
    /// let (mut params, mut tokens, mut loss) = (Vec::new(), Vec::new(), Vec::new());
    /// for n in [1e7_f64, 1e8, 1e9] {
    ///     for d in [1e9_f64, 1e10, 1e11] {
    ///         params.push(n);
    ///         tokens.push(d);
    ///         loss.push(1.7 + 400.0 * n.powf(-0.34) + 410.0 * d.powf(-0.28));
    ///     }
    /// }
    /// let data = Dataset::of_params_tokens(&params, &tokens, &loss)?;
    /// assert_eq!(data.runs()[0].x(), 6e16);
    /// let fit = Fit::new(Chinchilla).run(&data)?;
    /// let floor = fit.parameters().iter().find(|p| p.name == "E");
    /// assert!(floor.is_some_and(|floor| (floor.value - 1.7).abs() < 1e-6));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Dataset::of_compute`]; parameters and tokens have the range of compute.
    pub fn of_params_tokens(params: &[f64], tokens: &[f64], loss: &[f64]) -> Result<Dataset> {
        check_length("parameters", params, loss.len())?;
        check_length("tokens", tokens, loss.len())?;
        make(Variable::Compute, loss, |run| Run {
            params: Some(params[run]),
            tokens: Some(tokens[run]),
            ..blank(6.0 * params[run] * tokens[run], loss[run])
        })
    }

    /// Runs of pairs of compute and loss.
    ///
    /// ```
    /// let data = scalewise::Dataset::from_runs([(1e18, 3.1), (1e19, 2.8), (1e20, 2.6)])?;
    /// assert_eq!(data.largest_fitted(), Some(1e20));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Dataset::of_compute`].
    pub fn from_runs(pairs: impl IntoIterator<Item = (f64, f64)>) -> Result<Dataset> {
        let (compute, loss): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        Dataset::of_compute(&compute, &loss)
    }

    /// Adds the known standard deviations of the losses, in units of the loss. Fits weight by them
    /// unless other weights are set.
    ///
    /// # Errors
    /// Unless there is one positive, finite number per run that differs from the loss by at most a
    /// factor of 1e100.
    pub fn sigma(self, sigma: &[f64]) -> Result<Dataset> {
        check_length("standard deviations", sigma, self.runs.len())?;
        self.each(|at, run| {
            run.sigma = Some(sigma_beside(
                positive(sigma[at], "sigma", WEIGHT)?,
                run.loss,
            )?);
            Ok(())
        })
    }

    /// Adds the number of unique tokens among the training tokens of each run.
    ///
    /// # Errors
    /// Unless there is one number per run, each within 1e-100 to 1e100.
    pub fn unique_tokens(self, unique: &[f64]) -> Result<Dataset> {
        check_length("numbers of unique tokens", unique, self.runs.len())?;
        self.each(|at, run| {
            run.unique_tokens = Some(size(unique[at], "unique tokens")?);
            Ok(())
        })
    }

    /// Adds a label that each run shares with a run of another recipe, such as its seed; an empty
    /// text means no label.
    ///
    /// # Errors
    /// Unless there is one text per run.
    pub fn pair(self, labels: &[impl AsRef<str>]) -> Result<Dataset> {
        check_length("labels", labels, self.runs.len())?;
        self.each(|at, run| {
            let label = labels[at].as_ref();
            run.pair = (!label.is_empty()).then(|| label.to_owned());
            Ok(())
        })
    }

    /// Adds the name of the run or model that each row belongs to; an empty text means no name.
    ///
    /// # Errors
    /// Unless there is one name per run.
    pub fn group(self, names: &[impl AsRef<str>]) -> Result<Dataset> {
        check_length("names", names, self.runs.len())?;
        self.each(|at, run| {
            let name = names[at].as_ref();
            run.group = (!name.is_empty()).then(|| name.to_owned());
            Ok(())
        })
    }

    /// Sets the kind of points that the runs are. The width of the calibrated interval and the
    /// record that a forecast quotes depend on it.
    ///
    /// ```
    /// use scalewise::{Dataset, runs::CurveKind};
    /// let log = Dataset::from_runs([(1e18, 3.1), (2e18, 2.9), (3e18, 2.8)])?;
    /// assert_eq!(log.of_kind(CurveKind::TrainingRun).curve(), CurveKind::TrainingRun);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn of_kind(mut self, kind: CurveKind) -> Dataset {
        self.curve = kind;
        self
    }

    /// Says that the learning rate of a training run still decays after its last row. Its loss will
    /// then end below any forecast from these rows, and such a forecast has a low grade.
    ///
    /// ```
    /// use scalewise::{Dataset, fit::Code, runs::CurveKind};
    /// let log = Dataset::from_runs([(1e18, 3.1), (2e18, 2.9), (3e18, 2.8)])?;
    /// let log = log.of_kind(CurveKind::TrainingRun).lr_decay_ahead();
    /// assert_eq!(log.findings()[0].code, Code::DecayAhead);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn lr_decay_ahead(mut self) -> Dataset {
        if self.findings.iter().all(|d| d.code != Code::DecayAhead) {
            self.findings.push(decay_ahead(""));
        }
        self
    }

    /// Fits only runs with [`Run::x`] below `limit`; the others become actuals. Runs without a
    /// known compute are all fitted; [`Dataset::hold`] can hold them out.
    #[must_use]
    pub fn fit_below(mut self, limit: f64) -> Dataset {
        for run in &mut self.runs {
            run.role = Role::below(Some(limit), run.x);
        }
        self
    }

    /// Holds runs out: they become actuals, whatever their compute.
    ///
    /// ```
    /// use scalewise::Dataset;
    /// let data = Dataset::of_columns(&[2.6, 2.5])?.column("lr", &[1e-3, 3e-4])?;
    /// let data = data.hold(|run| run.column("lr") == Some(3e-4));
    /// assert_eq!((data.fit_runs().count(), data.actuals().count()), (1, 1));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn hold(mut self, is_held: impl Fn(&Run) -> bool) -> Dataset {
        for run in &mut self.runs {
            if is_held(run) {
                run.role = Role::Actual;
            }
        }
        self
    }

    /// Changes every run; an error says which run cannot be changed, and why.
    pub(super) fn each(
        mut self,
        change: impl Fn(usize, &mut Run) -> std::result::Result<(), String>,
    ) -> Result<Dataset> {
        for (at, run) in self.runs.iter_mut().enumerate() {
            change(at, run).map_err(|problem| refusal(at, problem))?;
        }
        Ok(self)
    }
}

fn make(variable: Variable, loss: &[f64], run: impl Fn(usize) -> Run) -> Result<Dataset> {
    let runs = (0..loss.len())
        .map(|at| {
            let run = run(at);
            checked(&run, variable).map_err(|problem| refusal(at, problem))?;
            Ok(run)
        })
        .collect::<Result<Vec<Run>>>()?;
    if runs.is_empty() {
        return Err(no_runs());
    }
    let curve = match variable {
        Variable::Tokens => CurveKind::DatasetSize,
        _ => CurveKind::default(),
    };
    Ok(of_runs(variable, curve, runs))
}

pub(super) fn no_runs() -> Error {
    Error::new(ErrorKind::Data, "no runs").with_hint("give at least one run and its loss")
}

/// Runs that do not come from a table.
pub(super) fn of_runs(variable: Variable, curve: CurveKind, runs: Vec<Run>) -> Dataset {
    Dataset {
        source: String::new(),
        loss_column: None,
        loss_unit: None,
        variable,
        curve,
        runs,
        excluded: Vec::new(),
        notes: Vec::new(),
        reading: Vec::new(),
        findings: Vec::new(),
    }
}

fn checked(run: &Run, variable: Variable) -> std::result::Result<(), String> {
    if variable == Variable::Compute {
        for (name, value) in [("parameters", run.params), ("tokens", run.tokens)] {
            value.map(|value| size(value, name)).transpose()?;
        }
    }
    let derived = variable == Variable::Compute && run.params.is_some();
    size(run.x, if derived { SIX_ND } else { variable.noun() })?;
    within(positive(run.loss, "loss", LOGARITHM)?, &LOSSES, "loss").map(drop)
}

pub(super) fn size(value: f64, name: &str) -> std::result::Result<f64, String> {
    within(positive(value, name, LOGARITHM)?, &SIZES, name)
}

fn positive(value: f64, name: &str, not_zero: &str) -> std::result::Result<f64, String> {
    check_positive(value, not_zero)
        .map(|()| value)
        .map_err(|problem| format!("{name} {problem}"))
}

pub(super) fn refusal(at: usize, problem: String) -> Error {
    Error::new(ErrorKind::Data, format!("run {}: {problem}", at + 1))
        .with_hint("leave the run out, or correct the number")
}

pub(super) fn check_length<T>(what: &str, column: &[T], runs: usize) -> Result<()> {
    if column.len() == runs {
        return Ok(());
    }
    let message = format!("{} {what} for {runs} runs", column.len());
    Err(Error::new(ErrorKind::Usage, message).with_hint("give one for each run"))
}

pub(super) fn blank(x: f64, loss: f64) -> Run {
    Run {
        line: 0,
        x,
        params: None,
        tokens: None,
        unique_tokens: None,
        budget: None,
        pair: None,
        columns: Default::default(),
        loss,
        sigma: None,
        group: None,
        role: Role::Fit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_memory_are_checked() {
        let said = |made: Result<Dataset>| made.map(drop).map_err(|error| error.to_string());
        let pairs = |pairs: &[(f64, f64)]| said(Dataset::from_runs(pairs.iter().copied()));
        let surface = |n, d, loss| said(Dataset::of_params_tokens(&[n], &[d], &[loss]));
        let two = || Dataset::of_compute(&[1e18, 1e19], &[3.1, 2.8]);
        for (found, wanted) in [
            (pairs(&[]), "no runs"),
            (
                pairs(&[(1.0, 1.0), (0.0, 1.0)]),
                "run 2: compute is zero: its logarithm is needed",
            ),
            (
                pairs(&[(1.0, f64::NAN)]),
                "run 1: loss is not a number (NaN)",
            ),
            (
                pairs(&[(f64::INFINITY, 1.0)]),
                "run 1: compute is infinite (inf)",
            ),
            (
                said(Dataset::of_compute(&[1.0], &[1.0, 2.0])),
                "1 values of compute for 2 runs",
            ),
            (surface(1e9, -1.0, 2.0), "run 1: tokens is negative (-1.0)"),
            (
                said(two().and_then(|data| data.sigma(&[0.1, 0.0]))),
                "run 2: sigma is zero: a run cannot be free of noise",
            ),
            (
                said(two().and_then(|data| data.group(&["a"]))),
                "1 names for 2 runs",
            ),
        ] {
            assert_eq!(found, Err(wanted.to_owned()));
        }
        let product = surface(1e60, 1e60, 2.0).unwrap_err();
        assert!(product.starts_with("run 1: compute = 6ND is "), "{product}");
        assert!(two().and_then(|data| data.sigma(&[0.1, 1e-120])).is_err());
    }
}
