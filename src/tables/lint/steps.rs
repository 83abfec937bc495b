//! Several steps of several runs: training curves that were not reduced.

use super::seen::{RunColumn, Seen};
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::runs::{CurveKind, Run};
use crate::text::excerpt;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// This many evenly spaced checkpoints are a training curve and not a choice of sizes.
const EVEN: usize = 8;
/// The same number if the column certainly names runs.
const FEW_EVEN: usize = 4;
/// Relative difference up to which quantities of one run count as equal.
const SAME: f64 = 0.05;

/// The rows of one run, each with its step where there is a column of steps.
type Curve<'a> = Vec<(&'a Run, &'a str)>;

/// The curves by the name and the seed of their run.
type Runs<'a> = HashMap<(Cow<'a, str>, &'a str), Curve<'a>>;

/// Rows of one run that differ in their step, where the rows are of several runs.
pub(super) fn several_steps(seen: &Seen<'_>) -> Option<Diagnosis> {
    let reduced = seen.options.reshape.reduce.is_some();
    if reduced || seen.curve == CurveKind::TrainingRun {
        return None;
    }
    let step = seen.step_column();
    let by = match seen.run_column() {
        Some(column) => column,
        // Without names, the sizes of the models may tell training curves apart.
        None => RunColumn {
            columns: vec![seen.columns.params.filter(|_| step.is_some())?.index],
            names_runs: false,
        },
    };
    let named = seen.run_column().is_some();
    let runs = curves(seen, &by, step);
    let is_curve = |curve: &Curve<'_>| match (step, by.names_runs) {
        _ if are_told_apart(curve) => false,
        (Some(_), true) => several(curve),
        (Some(_), false) => several(curve) && same_size(curve) && along_steps(curve, named),
        (None, _) => {
            let numbered = are_numbered(&runs);
            of_one_model(curve, by.names_runs && !numbered)
        }
    };
    let found: Vec<(&str, &Curve<'_>)> = runs
        .iter()
        .filter(|(_, curve)| is_curve(curve))
        .map(|(key, curve)| (&*key.0, curve))
        .collect();
    if found.is_empty() {
        return None;
    }
    if runs.len() < 2 {
        return at_one_compute(&found).filter(|_| step.is_some());
    }
    let rows: usize = runs.values().map(Vec::len).sum();
    let of_curves = found.iter().flat_map(|(_, curve)| curve.iter());
    let what = match step {
        Some(column) => format!("steps (column '{}')", excerpt(seen.name(column))),
        None => "checkpoints".to_owned(),
    };
    let message = format!(
        "{rows} rows are of {} runs: {} of them have several {what} ({}), which are training curves and not independent runs",
        runs.len(),
        match found.len() == runs.len() {
            true => "all".to_owned(),
            false => found.len().to_string(),
        },
        lines(of_curves.map(|(run, _)| run.line))
    );
    let mut diagnosis = blocking(message, "make one loss of each run");
    diagnosis = diagnosis.with_remedy(Setting::Reduce.to("last"));
    if seen.columns.group.is_empty() {
        let names = by.columns.iter().map(|column| seen.name(*column));
        let names = names.collect::<Vec<_>>().join(",");
        diagnosis = diagnosis.with_remedy(Setting::GroupCol.to(names));
    }
    Some(diagnosis.with_remedy(Setting::Force))
}

fn blocking(message: String, hint: &str) -> Diagnosis {
    Diagnosis::new(Code::SeveralSteps, Severity::Refuse, message, hint)
}

/// The rows by the name and the seed of their run.
fn curves<'a>(seen: &Seen<'a>, by: &RunColumn, step: Option<usize>) -> Runs<'a> {
    let seed = seen.seed_column();
    let mut runs: Runs<'a> = HashMap::new();
    for (run, row) in seen.pairs() {
        let name = row.name(&by.columns);
        if !name.is_empty() {
            let key = (name, seed.map_or("", |seed| row.cell(seed)));
            let step = step.map_or("", |step| row.cell(step));
            runs.entry(key).or_default().push((run, step));
        }
    }
    runs
}

/// Whether no two rows are equal to the law, because its other variables differ.
fn are_told_apart(curve: &Curve<'_>) -> bool {
    let mut known = HashSet::new();
    let mut others = curve.iter().map(|(run, _)| run.column_bits());
    others.all(|columns| !columns.is_empty() && known.insert(columns))
}

/// Whether the rows have more than one step.
fn several(curve: &Curve<'_>) -> bool {
    let number = |step: &str| parse_quantity(step).ok();
    let first = curve.first().map_or("", |row| row.1);
    let other = |step: &str| match (number(first), number(step)) {
        (Some(a), Some(b)) => a != b,
        _ => first != step,
    };
    curve.iter().any(|row| other(row.1))
}

/// Whether the rows can be of one model, as far as its size is known.
fn same_size(curve: &Curve<'_>) -> bool {
    let size = |run: &Run| run.params.or_else(|| Some(run.x / run.tokens?));
    let sizes = curve.iter().filter_map(|(run, _)| size(run));
    spread(sizes).is_none_or(|spread| spread <= 1.0 + SAME)
}

/// Largest value over smallest.
fn spread(values: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    Some(values.clone().reduce(f64::max)? / values.reduce(f64::min)?)
}

/// Whether the compute grows in proportion to the steps or stays the same.
fn along_steps(curve: &Curve<'_>, named: bool) -> bool {
    let pairs = curve
        .iter()
        .filter_map(|(run, step)| Some((run.x, parse_quantity(step).ok()?)));
    let pairs = pairs.filter(|(_, step)| *step > 0.0);
    let rate = pairs.clone().map(|(x, step)| x / step);
    let together = spread(rate).is_some_and(|s| s <= 1.0 + SAME);
    let still = spread(pairs.map(|(x, _)| x)).is_some_and(|s| s <= 1.0 + SAME);
    (together || still) && (named || evenly(curve) >= EVEN)
}

/// Whether rows without steps are checkpoints of one model.
fn of_one_model(curve: &Curve<'_>, names_runs: bool) -> bool {
    let known = curve
        .iter()
        .all(|(run, _)| run.params.or(run.tokens).is_some());
    let even = evenly(curve);
    let several = spread(curve.iter().map(|(run, _)| run.x)).is_some_and(|s| s > 1.0 + SAME);
    match names_runs {
        true if known => several && same_size(curve),
        true => even >= FEW_EVEN,
        false => even >= EVEN && same_size(curve),
    }
}

/// The number of checkpoints if they are evenly spaced, else 0: sizes are usually chosen by
/// factors.
fn evenly(curve: &Curve<'_>) -> usize {
    let mut x: Vec<f64> = curve.iter().map(|(run, _)| run.x).collect();
    x.sort_by(f64::total_cmp);
    x.dedup();
    let mut gaps: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    match gaps.last() {
        Some(largest) if gaps[gaps.len() / 2] >= 0.6 * largest => x.len(),
        _ => 0,
    }
}

/// Whether the runs only have numbers, as repetitions of a whole ladder also do.
fn are_numbered(runs: &Runs<'_>) -> bool {
    runs.keys().all(|(name, _)| name.parse::<f64>().is_ok())
}

/// Steps of one run at one compute: each loss would count as if all of the compute had been spent.
fn at_one_compute(found: &[(&str, &Curve<'_>)]) -> Option<Diagnosis> {
    let (name, curve) = found.first()?;
    let mut first: HashMap<u64, (&str, u64)> = HashMap::new();
    let (a, b) = curve.iter().find_map(|(run, step)| {
        let (at, line) = *first.entry(run.x.to_bits()).or_insert((step, run.line));
        (at != *step).then_some((line, run.line))
    })?;
    let message = format!(
        "run '{}' has several steps at one compute ({}): a training curve, not runs",
        excerpt(name),
        lines([a, b])
    );
    let diagnosis = blocking(message, "make one loss of each run, or choose a step")
        .with_remedy(Setting::Reduce.to("tail=10%"))
        .with_remedy(Setting::Where);
    Some(diagnosis.with_remedy(Setting::Force))
}
