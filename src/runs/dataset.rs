//! The runs of a fit, valid by construction, and what they can be asked for.

use super::order::in_order;
use super::range::{LOGARITHM, LOSSES, SIZES, check_positive, within};
use super::run::{Excluded, Role, Run};
use super::variable::Variable;
use crate::digest::sha256;
use crate::{Error, ErrorKind, Result};

/// Valid runs, and every row that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name of the file as the user gave it (`-` for standard input, empty: made in memory).
    pub source: String,
    /// Name of the column of the losses, where the runs come from a table.
    pub loss_column: Option<String>,
    /// The unit of the losses, where it is known.
    pub loss_unit: Option<String>,
    /// What [`Run::compute`] is.
    pub variable: Variable,
    /// Every usable row, in the order of the file.
    pub runs: Vec<Run>,
    /// Every other row with its reason; rows read = runs + excluded.
    pub excluded: Vec<Excluded>,
}

impl Dataset {
    /// Runs made in memory, each a pair of compute and loss.
    ///
    /// ```
    /// let data = scalewise::Dataset::from_runs([(1e18, 3.1), (1e19, 2.8), (1e20, 2.6)])?;
    /// assert_eq!(data.largest_fitted(), Some(1e20));
    /// assert!(scalewise::Dataset::from_runs([(1e18, -3.1)]).is_err());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no pair, or one holds a number that is not positive and finite, a compute outside 1e-100 to 1e100
    /// or a loss outside 1e-140 to 1e140.
    pub fn from_runs(points: impl IntoIterator<Item = (f64, f64)>) -> Result<Dataset> {
        let runs = points
            .into_iter()
            .enumerate()
            .map(|(i, (compute, loss))| run_in_memory(i + 1, compute, loss))
            .collect::<Result<Vec<Run>>>()?;
        if runs.is_empty() {
            return Err(Error::new(ErrorKind::Data, "no runs")
                .with_hint("give at least one pair of compute and loss"));
        }
        Ok(Dataset {
            source: String::new(),
            loss_column: None,
            loss_unit: None,
            variable: Variable::Compute,
            runs,
            excluded: Vec::new(),
        })
    }

    /// The runs that the fit uses.
    pub fn fit_runs(&self) -> impl Iterator<Item = &Run> {
        self.with_role(Role::Fit)
    }

    /// The runs that the fit never sees.
    pub fn actuals(&self) -> impl Iterator<Item = &Run> {
        self.with_role(Role::Actual)
    }

    /// The runs that the fit never sees, in canonical order.
    pub(crate) fn actuals_in_order(&self) -> Vec<&Run> {
        in_order(self.actuals())
    }

    fn with_role(&self, role: Role) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.role == role)
    }

    /// The largest compute among the fitted runs; extrapolation is counted from here.
    #[must_use]
    pub fn largest_fitted(&self) -> Option<f64> {
        self.fit_runs().map(|run| run.compute).reduce(f64::max)
    }

    /// `sha256:` and the digest of all that is used of the runs, in order; lines and excluded rows do not enter.
    ///
    /// The digested text has one line a run: compute, params, tokens, loss, sigma, group and role, joined by tabs, every
    /// number in the shortest form that reads back the same.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(self.runs.iter().map(canonical_line))
    }
}

fn run_in_memory(number: usize, compute: f64, loss: f64) -> Result<Run> {
    for (name, value, range) in [("compute", compute, SIZES), ("loss", loss, LOSSES)] {
        check_positive(value, LOGARITHM)
            .map_err(|problem| format!("{name} {problem}"))
            .and_then(|()| within(value, &range, name))
            .map_err(|problem| {
                Error::new(ErrorKind::Data, format!("run {number}: {problem}"))
                    .with_hint("leave the run out, or correct the number")
            })?;
    }
    Ok(Run {
        line: 0,
        compute,
        params: None,
        tokens: None,
        unique_tokens: None,
        loss,
        sigma: None,
        group: None,
        role: Role::Fit,
    })
}

fn canonical_line(run: &Run) -> String {
    let optional = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:e}"));
    let group = run.group.as_deref().unwrap_or("").escape_default();
    let role = match run.role {
        Role::Fit => "fit",
        Role::Actual => "actual",
    };
    // Only laws of repeated data have this field: the digests of other runs stay as they were.
    let unique = match run.unique_tokens {
        Some(unique) => format!("\t{unique:e}"),
        None => String::new(),
    };
    format!(
        "{:e}\t{}\t{}\t{:e}\t{}\t{group}\t{role}{unique}\n",
        run.compute,
        optional(run.params),
        optional(run.tokens),
        run.loss,
        optional(run.sigma),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(points: &[(f64, f64)]) -> Dataset {
        match Dataset::from_runs(points.iter().copied()) {
            Ok(data) => data,
            Err(error) => unreachable!("{error}"),
        }
    }

    #[test]
    fn the_digest_is_fixed_for_ever() {
        // printf '1e18\t\t\t3.1e0\t\t\tfit\n' | sha256sum
        assert_eq!(
            dataset(&[(1e18, 3.1)]).digest(),
            "sha256:9041d5cc35f33be8a6e3d34a3a6967e84dafb1a593214d96e26e6f78b32dd7f4"
        );
    }

    #[test]
    fn any_digit_or_field_changes_the_digest_and_lines_do_not() {
        let base = dataset(&[(1e18, 3.1), (1e19, 2.8)]);
        assert_ne!(
            dataset(&[(1e18, 3.1), (1e19, 2.8000000000000003)]).digest(),
            base.digest()
        );
        assert_ne!(dataset(&[(1e19, 2.8), (1e18, 3.1)]).digest(), base.digest());
        let changed = |change: fn(&mut Run)| {
            let mut data = base.clone();
            change(&mut data.runs[0]);
            data.digest()
        };
        assert_eq!(changed(|run| run.line = 7), base.digest());
        let mut all: Vec<String> = vec![
            base.digest(),
            changed(|run| run.params = Some(1.0)),
            changed(|run| run.tokens = Some(1.0)),
            changed(|run| run.sigma = Some(1.0)),
            changed(|run| run.group = Some("a".into())),
            changed(|run| run.role = Role::Actual),
            changed(|run| run.unique_tokens = Some(1.0)),
        ];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 7);
    }

    #[test]
    fn runs_in_memory_are_checked() {
        let refusal = |points: &[(f64, f64)]| {
            Dataset::from_runs(points.iter().copied()).map_err(|error| error.to_string())
        };
        assert_eq!(refusal(&[]), Err("no runs".into()));
        assert_eq!(
            refusal(&[(1.0, 1.0), (0.0, 1.0)]),
            Err("run 2: compute is zero: its logarithm is needed".into())
        );
        assert_eq!(
            refusal(&[(1.0, f64::NAN)]),
            Err("run 1: loss is not a number (NaN)".into())
        );
        assert_eq!(
            refusal(&[(f64::INFINITY, 1.0)]),
            Err("run 1: compute is infinite (inf)".into())
        );
    }
}
