//! Runs in memory for laws in columns other than compute, parameters and tokens.

use super::curve_kind::CurveKind;
use super::dataset::Dataset;
use super::in_memory::{blank, check_length, no_runs, of_runs, refusal, size};
use super::range::{SIX_ND, SIZES, of_any_sign, within};
use super::run::{NO_COMPUTE, Run};
use super::variable::Variable;
use crate::Result;

impl Dataset {
    /// Runs with these outcomes and no known compute, for a law in other columns. Outcomes may have
    /// any sign; a fit refuses those that are not positive unless its residuals are absolute.
    ///
    /// ```
    /// use scalewise::Dataset;
    /// let data = Dataset::of_columns(&[2.6, 2.5, 2.7])?
    ///     .column("lr", &[1e-3, 3e-4, 1e-4])?
    ///     .column("bsz", &[256.0, 512.0, 1024.0])?;
    /// assert_eq!(data.columns().collect::<Vec<_>>(), ["bsz", "lr"]);
    /// assert!(!data.has_compute() && data.largest_fitted().is_none());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no run, or an outcome is not finite or has a size outside 1e-140 to 1e140
    /// without being zero.
    pub fn of_columns(loss: &[f64]) -> Result<Dataset> {
        if loss.is_empty() {
            return Err(no_runs());
        }
        let run = |(at, loss): (usize, &f64)| {
            let loss = of_any_sign(*loss, "loss").map_err(|problem| refusal(at, problem))?;
            Ok(blank(NO_COMPUTE, loss))
        };
        let runs = loss.iter().enumerate().map(run).collect::<Result<_>>()?;
        Ok(of_runs(Variable::Compute, CurveKind::default(), runs))
    }

    /// Adds a column with this name and these values, which may have any sign, as a variable of a
    /// law.
    ///
    /// ```
    /// use scalewise::Dataset;
    /// let data = Dataset::of_params_tokens(&[1e9, 1e9], &[2e10, 4e10], &[2.6, 2.5])?
    ///     .column("S", &[0.0, 4.0])?;
    /// assert_eq!(data.runs()[1].column("S"), Some(4.0));
    /// assert!(data.column("S", &[1.0]).is_err());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// Unless there is one finite number per run.
    pub fn column(self, name: &str, values: &[f64]) -> Result<Dataset> {
        check_length(&format!("values of {name}"), values, self.runs.len())?;
        self.each(|at, run| {
            let value = finite(values[at], name)?;
            run.columns.insert(name.to_owned(), value);
            Ok(())
        })
    }

    /// Adds the parameters N of each run. If the tokens are known and the compute is not, compute
    /// becomes 6ND.
    ///
    /// ```
    /// use scalewise::Dataset;
    /// let data = Dataset::of_columns(&[2.6, 2.5])?.params(&[1e9, 2e9])?;
    /// assert!(!data.has_compute());
    /// assert_eq!(data.tokens(&[1e10, 1e10])?.runs()[0].x(), 6e19);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// Unless there is one number per run, each within 1e-100 to 1e100.
    pub fn params(self, params: &[f64]) -> Result<Dataset> {
        check_length("parameters", params, self.runs.len())?;
        self.each(|at, run| {
            run.params = Some(size(params[at], "parameters")?);
            with_compute(run)
        })
    }

    /// Adds the training tokens D of each run. If the parameters are known and the compute is not,
    /// compute becomes 6ND.
    ///
    /// # Errors
    /// As for [`Dataset::params`].
    pub fn tokens(self, tokens: &[f64]) -> Result<Dataset> {
        check_length("tokens", tokens, self.runs.len())?;
        self.each(|at, run| {
            run.tokens = Some(size(tokens[at], "tokens")?);
            with_compute(run)
        })
    }
}

/// Sets the compute to 6ND if it is not known.
fn with_compute(run: &mut Run) -> std::result::Result<(), String> {
    if let (Some(n), Some(d), false) = (run.params, run.tokens, run.has_compute()) {
        run.x = within(6.0 * n * d, &SIZES, SIX_ND)?;
    }
    Ok(())
}

/// A finite variable of a law; −0 becomes 0.
fn finite(value: f64, name: &str) -> std::result::Result<f64, String> {
    match value.is_finite() {
        true => Ok(value + 0.0),
        false => Err(format!("{name} is not a finite number ({value})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_memory_are_checked() {
        let two = || Dataset::of_columns(&[1.0, -2.0]);
        let said = |made: Result<Dataset>| made.map(drop).map_err(|error| error.to_string());
        for (found, wanted) in [
            (said(Dataset::of_columns(&[])), "no runs"),
            (
                said(Dataset::of_columns(&[1.0, f64::NAN])),
                "run 2: loss is not a number (NaN)",
            ),
            (
                said(two().and_then(|data| data.column("lr", &[1.0]))),
                "1 values of lr for 2 runs",
            ),
            (
                said(two().and_then(|data| data.column("lr", &[1.0, f64::INFINITY]))),
                "run 2: lr is not a finite number (inf)",
            ),
            (
                said(two().and_then(|data| data.params(&[1e9, 0.0]))),
                "run 2: parameters is zero: its logarithm is needed",
            ),
        ] {
            assert_eq!(found, Err(wanted.to_owned()));
        }
        let product = two().and_then(|data| data.params(&[1e60; 2])?.tokens(&[1e60; 2]));
        assert!(said(product).is_err_and(|said| said.starts_with("run 1: compute = 6ND is ")));
    }

    #[test]
    fn a_zero_of_a_column_has_no_sign() {
        let data = Dataset::of_columns(&[1.0]).and_then(|data| data.column("S", &[-0.0]));
        let data = data.unwrap_or_else(|error| unreachable!("{error}"));
        let zero = data.runs()[0].column("S").unwrap_or(-0.0);
        assert!(zero.is_sign_positive());
    }
}
