//! The runs of a fit, valid by construction, and what they can be asked for.

use super::curve_kind::CurveKind;
use super::order::in_order;
use super::run::{Excluded, Role, Run};
use super::variable::Variable;
use crate::digest::sha256;
use crate::finding::{Diagnosis, Severity};
use crate::{ErrorKind, Result};

/// Valid runs, and every row that was left out.
///
/// It is made from numbers in memory, as in [`Dataset::of_compute`], or by a reader of tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    pub(crate) source: String,
    pub(crate) loss_column: Option<String>,
    pub(crate) loss_unit: Option<String>,
    pub(crate) variable: Variable,
    pub(crate) curve: CurveKind,
    pub(crate) runs: Vec<Run>,
    pub(crate) excluded: Vec<Excluded>,
    /// How cells of the table were read, where that is not plain, in words.
    pub(crate) notes: Vec<String>,
    pub(crate) findings: Vec<Diagnosis>,
}

impl Dataset {
    /// Every usable row, in the order of the file.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Every other row with its reason; rows read = runs + excluded.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }

    /// What was found against the table that the runs were read from. A finding that
    /// refuses speaks of rows that cannot be independent runs of one curve.
    #[must_use]
    pub fn findings(&self) -> &[Diagnosis] {
        &self.findings
    }

    /// The runs, unless a finding refuses them that is not forced. A forced one is a warning.
    #[cfg_attr(not(feature = "tables"), allow(dead_code))]
    pub(crate) fn unless_blocked(
        mut self,
        is_forced: impl Fn(&Diagnosis) -> bool,
    ) -> Result<Dataset> {
        unless_blocked(&mut self.findings, &self.source, is_forced)?;
        Ok(self)
    }

    /// The name of the file as the user gave it (`-` for standard input, empty: made in memory).
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The name of the column of the losses, where the runs come from a table.
    #[must_use]
    pub fn loss_column(&self) -> Option<&str> {
        self.loss_column.as_deref()
    }

    /// The unit of the losses, where it is known.
    #[must_use]
    pub fn loss_unit(&self) -> Option<&str> {
        self.loss_unit.as_deref()
    }

    /// What [`Run::x`] is.
    #[must_use]
    pub fn variable(&self) -> Variable {
        self.variable
    }

    /// What the runs are points of.
    #[must_use]
    pub fn curve(&self) -> CurveKind {
        self.curve
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

    /// The largest [`Run::x`] among the fitted runs; extrapolation is counted from here. None where
    /// no compute is known.
    #[must_use]
    pub fn largest_fitted(&self) -> Option<f64> {
        self.fit_runs().filter_map(Run::known_x).reduce(f64::max)
    }

    /// Whether the compute of the runs is known, or what else the loss is a law of one variable of.
    /// Laws of other columns do not need it; without it there is no largest run, no extrapolation
    /// factor and no axis of compute.
    ///
    /// ```
    /// use scalewise::Dataset;
    /// assert!(Dataset::of_compute(&[1e18], &[3.1])?.has_compute());
    /// assert!(!Dataset::of_columns(&[3.1])?.column("lr", &[1e-3])?.has_compute());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn has_compute(&self) -> bool {
        self.runs.iter().all(Run::has_compute)
    }

    /// The names of the other columns in which every run has a value, in the order of the alphabet:
    /// of those that [`ReadOptions::columns`](crate::ReadOptions) asks for the ones that the table
    /// has.
    ///
    /// ```
    /// use scalewise::{Dataset, ReadOptions, tables::WantedColumn};
    /// let options = ReadOptions {
    ///     columns: vec![WantedColumn::if_there("lr"), WantedColumn::if_there("c0")],
    ///     ..ReadOptions::default()
    /// };
    /// let csv = b"flops,loss,lr\n1e18,3.1,1e-3\n1e19,2.8,3e-4\n";
    /// let data = Dataset::from_csv_bytes(csv, "runs.csv", &options)?;
    /// assert_eq!(data.columns().collect::<Vec<_>>(), ["lr"]);
    /// assert_eq!(data.runs()[1].column("lr"), Some(3e-4));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let names = self.runs.first().into_iter();
        let names = names.flat_map(|run| run.columns.keys().map(String::as_str));
        names.filter(|name| self.runs.iter().all(|run| run.columns.contains_key(*name)))
    }

    /// `sha256:` and the digest of all that is used of the runs, in order; lines and excluded rows
    /// do not enter.
    ///
    /// The digested text has one line a run: compute, params, tokens, loss, sigma, group and role,
    /// joined by tabs, every number in the shortest form that reads back the same; then what else a
    /// law is a function of, each as its name, a space and its value.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(self.runs.iter().map(canonical_line))
    }
}

/// Refuses what a finding refuses, unless it is forced: then the finding becomes a warning.
#[cfg_attr(not(feature = "tables"), allow(dead_code))]
pub(super) fn unless_blocked(
    findings: &mut [Diagnosis],
    source: &str,
    is_forced: impl Fn(&Diagnosis) -> bool,
) -> Result<()> {
    for found in findings {
        match found.severity {
            Severity::Refuse if is_forced(found) => found.severity = Severity::Warn,
            Severity::Refuse => return Err(found.as_error(ErrorKind::Data).at(source, None, None)),
            Severity::Note | Severity::Warn => {}
        }
    }
    Ok(())
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
    // Only the comparison of approaches reads budgets.
    let budget = match run.budget {
        Some(budget) => format!("\tbudget {budget:e}"),
        None => String::new(),
    };
    // Only laws of further columns read these.
    let column = |(name, value): (&String, &f64)| format!("\t{} {value:e}", name.escape_default());
    let columns: String = run.columns.iter().map(column).collect();
    format!(
        "{}\t{}\t{}\t{:e}\t{}\t{group}\t{role}{unique}{budget}{columns}\n",
        optional(run.known_x()),
        optional(run.params),
        optional(run.tokens),
        run.loss,
        optional(run.sigma),
    )
}

#[cfg(test)]
mod tests {
    use super::super::run::NO_COMPUTE;
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
            changed(|run| run.columns = [("lr".to_owned(), 1.0)].into()),
            changed(|run| run.columns = [("lr".to_owned(), 2.0)].into()),
            changed(|run| run.x = NO_COMPUTE),
        ];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 10);
    }
}
