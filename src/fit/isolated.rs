//! Finds one run that makes a smooth curve look broken.

use super::shape::Shape;
use crate::runs::Run;

/// How many runs are left out in turn: those farthest from their neighbours.
const CANDIDATES: usize = 4;
/// Without the run every test stays below this share of its limit. A kink over several runs stays
/// above it whichever run is left out.
const CLEARED: f64 = 0.5;
/// Smallest distance of the run from its neighbours, in ln L.
const LEAST: f64 = 0.01;

/// A run without which no test speaks against the curve.
pub(super) struct Isolated<'a> {
    pub run: &'a Run,
    /// How far it lies above the line between its neighbours, in ln L.
    pub height: f64,
    /// The shape of the other runs.
    pub rest: Shape,
}

/// Finds the run without which `unrest` is far below one; `None` if there is none. `unrest` gives
/// the largest statistic of a shape in units of its limit, from the shape and its largest compute.
/// Of several such runs it is the one that leaves the smoothest curve by `any`, which also counts
/// statistics that are too small to matter. Runs are in canonical order.
pub(super) fn run<'a>(
    runs: &[&'a Run],
    unrest: impl Fn(&Shape, f64) -> f64,
    any: impl Fn(&Shape) -> f64,
) -> Option<Isolated<'a>> {
    let mut heights: Vec<(usize, f64)> = (0..runs.len())
        .filter_map(|i| Some((i, height(runs, i)?)))
        .collect();
    heights.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let cleared = heights
        .into_iter()
        .take(CANDIDATES)
        .filter(|(_, height)| height.abs() >= LEAST)
        .filter_map(|(i, height)| {
            let mut others = runs.to_vec();
            let run = others.remove(i);
            let rest = Shape::in_order(&others)?;
            let clear = unrest(&rest, others.last()?.x) < CLEARED;
            clear.then(|| (any(&rest), Isolated { run, height, rest }))
        });
    let (_, found) = cleared.min_by(|a, b| a.0.total_cmp(&b.0))?;
    // A rise at the end may be where the curve turns, and no later run can show otherwise.
    let last = found.run.x >= runs.last()?.x;
    (!(last && found.height > 0.0)).then_some(found)
}

/// Height of ln L above the line in ln C through the nearest runs on both sides, or at an end
/// through the two nearest runs.
fn height(runs: &[&Run], i: usize) -> Option<f64> {
    let others = |k: &usize| runs[*k].x != runs[i].x;
    let mut below = (0..i).rev().filter(others);
    let mut above = (i + 1..runs.len()).filter(others);
    let (p, q) = match (below.next(), above.next()) {
        (Some(p), Some(q)) => (p, q),
        (Some(p), None) => (p, below.find(|k| runs[*k].x != runs[p].x)?),
        (None, Some(q)) => (q, above.find(|k| runs[*k].x != runs[q].x)?),
        (None, None) => return None,
    };
    let (u, y) = (|k: usize| runs[k].x.ln(), |k: usize| runs[k].loss.ln());
    let share = (u(i) - u(p)) / (u(q) - u(p));
    let height = y(i) - y(p) - share * (y(q) - y(p));
    height.is_finite().then_some(height)
}
