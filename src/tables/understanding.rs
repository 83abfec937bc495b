//! How a table was understood, so that people can check it.

use super::log::{Delimiter, RawTable};
use std::borrow::Cow;
use std::collections::HashSet;

use serde::{Serialize, Serializer};

use super::overview;
use super::roles::ColumnRole;
use super::select::Plan;
use crate::finding::Diagnosis;
use crate::remedy::Remedy;
use crate::runs::{CurveKind, Dataset, Excluded, Run, Variable};
use crate::seen::{ColumnSeen, Holds, TableKind};

/// What was found in a table and what was made of it. All of it is in its JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Understanding {
    /// Name of the file as the user gave it.
    pub(crate) source: String,
    /// What separates the fields.
    pub(crate) delimiter: Delimiter,
    /// Every column, in the order of the file.
    pub(crate) columns: Vec<ColumnUse>,
    /// What the rows are.
    pub(crate) kind: TableKind,
    /// Settings that the next command needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) choices: Vec<Remedy>,
    /// The variable of the law.
    pub(crate) variable: Variable,
    /// What the runs are points of.
    pub(crate) curve: CurveKind,
    /// Where the compute of a run, or the variable in its place, comes from.
    pub(crate) compute_from: ComputeFrom,
    /// The unit of the losses, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loss_unit: Option<String>,
    /// Rows below the column names without blank lines: the sum of `used` and the excluded rows.
    pub(crate) rows: usize,
    /// Rows that became runs.
    pub(crate) used: usize,
    /// Runs that the fit uses; the other runs are actuals.
    pub(crate) fitted: usize,
    /// Rows that were left out.
    pub(crate) excluded: Vec<Excluded>,
    /// Smallest and largest value of every number that the runs hold.
    pub(crate) ranges: Vec<Range>,
    /// Factors of ten between the smallest and the largest compute.
    pub(crate) compute_decades: f64,
    /// Number of different series, or else of groups; absent if no column names either.
    pub(crate) groups: Option<usize>,
    /// What was done with cells that are unusable but not needed, in words.
    pub(crate) notes: Vec<String>,
    /// Findings about the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) findings: Vec<Diagnosis>,
}

impl Understanding {
    /// What the rows are.
    #[must_use]
    #[doc(hidden)]
    pub fn kind(&self) -> TableKind {
        self.kind
    }

    /// Settings that the next command needs.
    #[must_use]
    #[doc(hidden)]
    pub fn choices(&self) -> &[Remedy] {
        &self.choices
    }

    /// Rows below the column names without blank lines: the runs and the excluded rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Every column, in the order of the file.
    #[must_use]
    pub fn columns(&self) -> &[ColumnUse] {
        &self.columns
    }

    /// The same with these findings.
    #[doc(hidden)]
    #[must_use]
    pub fn with_findings(self, findings: Vec<Diagnosis>) -> Understanding {
        Understanding { findings, ..self }
    }

    /// What was done with cells that are unusable but not needed, in words.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl ColumnUse {
    /// The unit of numbers that have none of their own, if the column's name gives it.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.seen.unit.as_deref()
    }
}

/// What one column is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ColumnUse {
    /// Its name in the first line; may be empty.
    pub name: String,
    /// `compute`, `params`, `tokens`, `loss`, `sigma`, `group`, `variable` (another variable of the
    /// law), `series`, `filter`, `step` (the order in which curves are reduced) or `ignored`.
    pub role: &'static str,
    /// Whether the user named the column; otherwise its usual name was recognised.
    pub named_by_user: bool,
    /// What its first rows hold, and the unit that its name gives to numbers without one.
    #[serde(flatten, serialize_with = "without_name")]
    pub(crate) seen: ColumnSeen,
}

/// The parts of `ColumnSeen` that [`ColumnUse`] does not already have.
fn without_name<S: Serializer>(seen: &ColumnSeen, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Parts<'a> {
        holds: Holds,
        #[serde(skip_serializing_if = "Option::is_none")]
        range: Option<(f64, f64)>,
        example: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        unit: Option<&'a str>,
    }
    let parts = Parts {
        holds: seen.holds,
        range: seen.range,
        example: &seen.example,
        unit: seen.unit.as_deref(),
    };
    parts.serialize(serializer)
}

/// Where the compute of a run comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ComputeFrom {
    /// The column of this name.
    Column(String),
    /// Six times parameters times tokens, because no column holds it.
    SixParamsTokens,
    /// Not known for every run, and not needed by the law.
    Unknown,
}

/// Smallest and largest value of a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Range {
    /// The role of the number.
    pub(crate) role: &'static str,
    /// Smallest value.
    pub(crate) min: f64,
    /// Largest value.
    pub(crate) max: f64,
}

pub(super) fn describe(table: &RawTable, plan: &Plan<'_>, data: &Dataset) -> Understanding {
    let compute = data.variable == Variable::Compute;
    let ranges: Vec<Range> = [
        range("compute", data, |run| run.known_x().filter(|_| compute)),
        range("params", data, |run| run.params),
        range("tokens", data, |run| run.tokens),
        range("loss", data, |run| Some(run.loss)),
        range("sigma", data, |run| run.sigma),
    ]
    .into_iter()
    .flatten()
    .collect();
    let decades =
        range("", data, Run::known_x).map_or(0.0, |range| range.max.log10() - range.min.log10());
    let columns = &plan.columns;
    let seen = plan.seen(table);
    Understanding {
        source: table.source.clone(),
        delimiter: table.delimiter,
        columns: column_uses(table, plan),
        kind: seen.kind,
        choices: seen.choices,
        variable: data.variable,
        curve: data.curve,
        loss_unit: data.loss_unit.clone(),
        compute_from: match columns.of(data.variable).filter(|_| data.has_compute()) {
            Some(column) => ComputeFrom::Column(table.header[column.index].clone()),
            None if data.has_compute() => ComputeFrom::SixParamsTokens,
            None => ComputeFrom::Unknown,
        },
        rows: table.rows.len(),
        used: data.runs.len(),
        fitted: data.fit_runs().count(),
        excluded: data.excluded.clone(),
        ranges,
        compute_decades: decades,
        groups: count_groups(table, plan, data),
        notes: [data.reading.clone(), data.notes.clone()].concat(),
        findings: data.findings.clone(),
    }
}

fn range(role: &'static str, data: &Dataset, value: impl Fn(&Run) -> Option<f64>) -> Option<Range> {
    let values = || data.runs.iter().filter_map(&value);
    Some(Range {
        role,
        min: values().reduce(f64::min)?,
        max: values().reduce(f64::max)?,
    })
}

fn column_uses(table: &RawTable, plan: &Plan<'_>) -> Vec<ColumnUse> {
    let (filtered, step) = (plan.filtered(), plan.step());
    let role = |index: usize| {
        if let Some((role, column)) = plan.columns.role_at(index) {
            (role, column.by_user)
        } else if plan.columns.by.contains(&index) {
            ("series", true)
        } else if filtered.contains(&index) {
            ("filter", true)
        } else if let Some((_, by_user)) = step.filter(|(step, _)| *step == index) {
            ("step", by_user)
        } else {
            ("ignored", false)
        }
    };
    let rows = overview::opening(table);
    let uses = table.header.iter().enumerate().map(|(index, name)| {
        let (role, named_by_user) = role(index);
        ColumnUse {
            name: name.clone(),
            role,
            named_by_user,
            seen: overview::column(table, rows, index, ColumnRole::named(role)),
        }
    });
    uses.collect()
}

/// Different series among all rows, or different groups among the runs.
fn count_groups(table: &RawTable, plan: &Plan<'_>, data: &Dataset) -> Option<usize> {
    let by = &plan.columns.by;
    let distinct: HashSet<Cow<'_, str>> = if !by.is_empty() {
        table.rows.iter().filter_map(|row| row.key(by)).collect()
    } else {
        if plan.columns.group.is_empty() {
            return None;
        }
        data.runs
            .iter()
            .filter_map(|run| run.group.as_deref().map(Cow::Borrowed))
            .collect()
    };
    Some(distinct.len())
}
