//! Runs of one size that differ in a hyperparameter: all but the best lie above the curve.

use super::names::HYPERPARAMETERS;
use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::runs::Run;
use crate::text::excerpt;
use std::collections::BTreeMap;

/// Width of a size class on a log scale: sizes that differ by rounding count as equal.
const STEP: f64 = 0.02;
/// Relative difference below which values of a hyperparameter count as equal.
const SAME: f64 = 0.01;

/// The size class of a run (parameters and tokens if both are known, else compute), and its other
/// variables of the law.
type OneSize = (i64, i64, Vec<u64>);

fn size(run: &Run) -> OneSize {
    let step = |value: f64| (value.ln() / STEP).round() as i64;
    match (run.params, run.tokens) {
        (Some(n), Some(d)) => (step(n), step(d), run.column_bits()),
        _ => (step(run.x), 0, run.column_bits()),
    }
}

/// Several values of a hyperparameter at two sizes, or three at one.
pub(super) fn pooled_sweep(seen: &Seen<'_>) -> Option<Diagnosis> {
    let columns = seen.called(&HYPERPARAMETERS);
    let found = columns
        .into_iter()
        .filter(|k| seen.columns.role_at(*k).is_none());
    let mut found = found.filter_map(|column| Some((column, swept(seen, column)?)));
    let (column, sizes) = found.next()?;
    let others: Vec<&str> = found.map(|(column, _)| seen.name(column)).collect();
    let most = sizes.iter().map(|of| of.values.len()).max()?;
    let worse = sizes.iter().flat_map(|of| of.worse());
    let name = excerpt(seen.name(column));
    let also = match others.is_empty() {
        true => String::new(),
        false => format!(" (and of {})", crate::text::list(others.into_iter())),
    };
    let message = format!(
        "up to {most} values of '{name}'{also} at one size, at {} sizes: runs that are not the best of theirs ({}) \
         lie above the curve of well-tuned runs",
        sizes.len(),
        lines(worse)
    );
    let size = match (
        seen.columns.compute,
        seen.columns.params,
        seen.columns.tokens,
    ) {
        (_, Some(n), Some(d)) => format!("{},{}", seen.name(n.index), seen.name(d.index)),
        (Some(compute), ..) => seen.name(compute.index).to_owned(),
        _ => return None,
    };
    Some(
        Diagnosis::new(
            Code::SweepPooled,
            Severity::Warn,
            message,
            "keep the best run of each size",
        )
        .with_remedy(Setting::Reduce.to("min"))
        .with_remedy(Setting::GroupCol.to(size)),
    )
}

/// The runs of one size.
#[derive(Default)]
struct OfSize {
    /// The different values of the hyperparameter.
    values: Vec<f64>,
    /// Loss and line.
    runs: Vec<(f64, u64)>,
}

impl OfSize {
    /// The lines of all runs but the best.
    fn worse(&self) -> impl Iterator<Item = u64> {
        let best = self
            .runs
            .iter()
            .map(|run| run.0)
            .fold(f64::INFINITY, f64::min);
        let worse = self.runs.iter().filter(move |run| run.0 > best);
        worse.map(|run| run.1)
    }
}

/// The sizes at which the values of a column differ, if it is swept.
fn swept(seen: &Seen<'_>, column: usize) -> Option<Vec<OfSize>> {
    let mut sizes: BTreeMap<OneSize, OfSize> = BTreeMap::new();
    for (run, row) in seen.pairs() {
        let Ok(value) = parse_quantity(row.cell(column)) else {
            continue;
        };
        let of = sizes.entry(size(run)).or_default();
        let known = |other: &f64| (value - other).abs() <= SAME * value.abs().max(other.abs());
        if !of.values.iter().any(known) {
            of.values.push(value);
        }
        of.runs.push((run.loss, run.line));
    }
    let several: Vec<OfSize> = sizes
        .into_values()
        .filter(|of| of.values.len() > 1)
        .collect();
    let three = several.iter().any(|of| of.values.len() > 2);
    (several.len() > 1 || three).then_some(several)
}
