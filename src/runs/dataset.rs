//! The runs of a fit, valid by construction.

use super::curve_kind::CurveKind;
use super::order::in_order;
use super::run::{Excluded, Role, Run};
use super::variable::Variable;
use crate::digest::sha256;
use crate::finding::{Diagnosis, Severity};
use crate::{ErrorKind, Result};

/// Valid runs, and every row that was left out.
///
/// It is made from numbers in memory, as by [`Dataset::of_compute`], or by a reader of tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    pub(crate) source: String,
    pub(crate) loss_column: Option<String>,
    pub(crate) loss_unit: Option<String>,
    pub(crate) variable: Variable,
    pub(crate) curve: CurveKind,
    pub(crate) runs: Vec<Run>,
    pub(crate) excluded: Vec<Excluded>,
    /// Notes on how cells of the table were read if that is not obvious.
    pub(crate) notes: Vec<String>,
    /// What became of the rows of the table before each was read as a run.
    pub(crate) reading: Vec<String>,
    pub(crate) findings: Vec<Diagnosis>,
}

impl Dataset {
    /// Every usable row, in the order of the file.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Every other row, with the reason; rows read = runs + excluded.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }

    /// Findings about the table that the runs were read from. A finding that refuses means that
    /// rows cannot be independent runs of one curve.
    #[must_use]
    pub fn findings(&self) -> &[Diagnosis] {
        &self.findings
    }

    /// The runs, or an error if a finding refuses them and is not forced. A forced finding becomes
    /// a warning.
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

    /// The name of the loss column, if the runs come from a table.
    #[must_use]
    pub fn loss_column(&self) -> Option<&str> {
        self.loss_column.as_deref()
    }

    /// The unit of the losses, if known.
    #[must_use]
    pub fn loss_unit(&self) -> Option<&str> {
        self.loss_unit.as_deref()
    }

    /// The variable that [`Run::x`] holds.
    #[must_use]
    pub fn variable(&self) -> Variable {
        self.variable
    }

    /// The kind of points that the runs are.
    #[must_use]
    pub fn curve(&self) -> CurveKind {
        self.curve
    }

    /// The runs that the fit uses.
    pub fn fit_runs(&self) -> impl Iterator<Item = &Run> {
        self.with_role(Role::Fit)
    }

    /// The runs that the fit does not use.
    pub fn actuals(&self) -> impl Iterator<Item = &Run> {
        self.with_role(Role::Actual)
    }

    /// The runs that the fit does not use, in canonical order.
    pub(crate) fn actuals_in_order(&self) -> Vec<&Run> {
        in_order(self.actuals())
    }

    fn with_role(&self, role: Role) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.role == role)
    }

    /// The largest [`Run::x`] among the fitted runs, from which extrapolation is measured; `None`
    /// if no compute is known.
    #[must_use]
    pub fn largest_fitted(&self) -> Option<f64> {
        self.fit_runs().filter_map(Run::known_x).reduce(f64::max)
    }

    /// Whether the runs have a known compute, or a known parameter or token count as the single
    /// variable of the law. Laws in other columns do not need it; without it there is no largest
    /// run, no extrapolation factor and no axis of compute.
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

    /// The names of the other columns in which every run has a value, in alphabetical order. From a
    /// table these are the columns requested by [`ReadOptions::columns`](crate::ReadOptions) that
    /// it has.
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

    /// `sha256:` and the digest of everything that is used of the runs, in their order; line
    /// numbers and excluded rows are not part of it.
    ///
    /// The digested text has one line per run: compute, params, tokens, loss, sigma, group and
    /// role, joined by tabs, with every number in the shortest form that reads back the same.
    /// Unique tokens, the budget and further columns follow if the run has them; the last two have
    /// a name, a space and the value.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(self.runs.iter().map(canonical_line))
    }
}

/// An error for a finding that refuses; if it is forced, it becomes a warning instead.
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
    // Only laws of repeated data have this field, so other digests stay unchanged.
    let unique = match run.unique_tokens {
        Some(unique) => format!("\t{unique:e}"),
        None => String::new(),
    };
    // Only the comparison of approaches uses budgets.
    let budget = match run.budget {
        Some(budget) => format!("\tbudget {budget:e}"),
        None => String::new(),
    };
    // Only laws in further columns use these.
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
