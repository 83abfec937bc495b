//! One run that makes a smooth curve look as if it broke.

use super::shape::Shape;
use crate::runs::Run;

/// Runs that are left out in turn: those that lie farthest from their neighbours.
const CANDIDATES: usize = 4;
/// Without the run no test comes closer to its limit than this share. A kink that goes on over
/// several runs stays beyond it whichever of them is left out.
const CLEARED: f64 = 0.5;
/// Smallest distance of the run from its neighbours, in ln L.
const LEAST: f64 = 0.01;

/// A run without which nothing speaks against the curve.
pub(super) struct Isolated<'a> {
    pub run: &'a Run,
    /// How far it lies above the line between its neighbours, in ln L.
    pub height: f64,
    /// The shape of the others.
    pub rest: Shape,
}

/// The run without which `unrest`, the largest statistic of a shape in units of its limit, is far
/// below one; it is given the shape and its largest compute. Of several such runs it is the one that
/// leaves the smoothest curve: whatever statistic is the largest of it in units of its limit, `any`
/// of them counts. Runs are in canonical order.
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
    // A rise that ends the curve may be where it turns, and no later run says otherwise.
    let last = found.run.x >= runs.last()?.x;
    (!(last && found.height > 0.0)).then_some(found)
}

/// Height of ln L above the line in ln C through the runs on either side, or beyond the ends
/// through the two next ones.
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
