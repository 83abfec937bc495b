//! The learning rate along a run: its sum, and where it falls.

use super::schedule::{Schedule, on_lines};

/// Number of nodes from a schedule, and approximate largest number from a log.
const NODES: usize = 600;
/// A rate of at least this share of the largest one ends the warm-up.
const AT_PEAK: f64 = 0.999;

/// Neighbouring changes of the rate that add up to less than this share of its peak are merged.
const FINE: f64 = 0.01;

/// A change of the rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drop {
    /// The step of the change.
    pub step: f64,
    /// The sum of the rates until then, in units of the peak.
    pub s: f64,
    /// The rate after the change, as a share of the peak.
    pub rate: f64,
    /// By how much the rate falls, as a share of the peak; negative if it rises.
    pub size: f64,
}

/// The learning rate along a run. Rates are shares of the largest one, or of a common unit of
/// several runs.
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// The largest rate in its own unit, if known.
    pub peak: Option<f64>,
    /// (step, rate); steps do not decrease.
    nodes: Vec<(f64, f64)>,
    /// The sum of the rates at each node.
    sums: Vec<f64>,
    /// The changes of the rate in the order of steps; the rises of the warm-up come first.
    pub changes: Vec<Drop>,
    /// Number of these changes that belong to the warm-up.
    pub rises: usize,
    /// Where the warm-up ends.
    pub warmed_up: f64,
    /// The last step.
    pub end: f64,
}

impl Path {
    /// The path of a run until `end`, from the rates of its log if it has them, and from the
    /// schedule elsewhere. Without either, the rate is constant. Rates are in units of `unit`, or
    /// of their own peak if `unit` or the peak is unknown.
    pub(super) fn new(
        log: &[(f64, f64)],
        schedule: Option<&Schedule>,
        end: f64,
        unit: Option<f64>,
    ) -> Path {
        let planned = schedule.map_or_else(Vec::new, |schedule| planned(schedule, end));
        let logged = thinned(log);
        let mut peak = schedule.and_then(|s| s.peak);
        let mut nodes: Vec<(f64, f64)> = Vec::new();
        match (logged.first(), logged.last()) {
            (Some(first), Some(last)) => {
                // A schedule without a peak gives shares of the largest logged rate.
                let scale = match schedule {
                    Some(schedule) if schedule.peak.is_none() && !schedule.is_table() => {
                        logged.iter().map(|p| p.1).fold(0.0, f64::max)
                    }
                    _ => 1.0,
                };
                let planned = planned.iter().map(|p| (p.0, p.1 * scale));
                let planned: Vec<(f64, f64)> = planned.collect();
                nodes.extend(planned.iter().filter(|p| p.0 < first.0));
                if nodes.is_empty() && first.0 > 0.0 {
                    nodes.push((0.0, first.1));
                }
                nodes.extend(&logged);
                if last.0 < end && !planned.is_empty() {
                    nodes.push((last.0, on_lines(&planned, last.0)));
                }
                nodes.extend(planned.iter().filter(|p| p.0 > last.0));
                if last.0 < end && planned.is_empty() {
                    nodes.push((end, last.1));
                }
                peak = Some(nodes.iter().map(|p| p.1).fold(0.0, f64::max));
            }
            _ if planned.is_empty() => nodes.extend([(0.0, 1.0), (end, 1.0)]),
            _ => nodes = planned,
        }
        let highest = nodes.iter().map(|p| p.1).fold(0.0, f64::max);
        if !(highest > 0.0 && highest.is_finite()) {
            return Path::of(vec![(0.0, 1.0), (end, 1.0)], None, end);
        }
        if schedule.is_some_and(Schedule::is_table) {
            peak = peak.or(Some(highest));
        }
        let unit = match (unit, peak) {
            (Some(unit), Some(_)) => unit,
            _ => highest,
        };
        nodes.iter_mut().for_each(|p| p.1 /= unit);
        Path::of(nodes, peak, end)
    }

    fn of(nodes: Vec<(f64, f64)>, peak: Option<f64>, end: f64) -> Path {
        let mut sums = vec![0.0; nodes.len()];
        for k in 1..nodes.len() {
            let ((t0, r0), (t1, r1)) = (nodes[k - 1], nodes[k]);
            sums[k] = sums[k - 1] + 0.5 * (r0 + r1) * (t1 - t0);
        }
        let highest = nodes.iter().map(|p| p.1).fold(0.0, f64::max);
        let top = nodes.iter().position(|p| p.1 >= AT_PEAK * highest);
        let top = top.unwrap_or(0);
        let mut path = Path {
            warmed_up: nodes.get(top).map_or(0.0, |p| p.0),
            peak,
            nodes,
            sums,
            changes: Vec::new(),
            rises: 0,
            end,
        };
        for k in 1..path.nodes.len() {
            let ((t0, r0), (t1, r1)) = (path.nodes[k - 1], path.nodes[k]);
            if (r0 - r1).abs() > 1e-12 {
                let step = 0.5 * (t0 + t1);
                let change = Drop {
                    step,
                    s: path.sum(step),
                    rate: r1,
                    size: r0 - r1,
                };
                let first = path.changes.len() == path.rises && k > top;
                path.add(change, first);
                if k <= top {
                    path.rises = path.changes.len();
                }
            }
        }
        path
    }

    /// Adds a change of the rate, or merges it with the last one if both are small and have the
    /// same sign.
    fn add(&mut self, change: Drop, first: bool) {
        match self.changes.last_mut().filter(|_| !first) {
            Some(last)
                if last.size * change.size > 0.0 && (last.size + change.size).abs() < FINE =>
            {
                let share = change.size / (last.size + change.size);
                last.step += share * (change.step - last.step);
                last.s += share * (change.s - last.s);
                last.size += change.size;
                last.rate = change.rate;
            }
            _ => self.changes.push(change),
        }
    }

    /// The sum of the rates until a step, in units of the peak.
    pub(super) fn sum(&self, step: f64) -> f64 {
        let after = self.nodes.partition_point(|p| p.0 <= step);
        let Some(k) = after.checked_sub(1) else {
            return 0.0;
        };
        let (t0, r0) = self.nodes[k];
        self.sums[k] + 0.5 * (r0 + self.rate(step)) * (step - t0)
    }

    /// The rate at a step, as a share of the peak.
    pub(super) fn rate(&self, step: f64) -> f64 {
        on_lines(&self.nodes, step)
    }

    /// (step, rate) of the corners of the rate, between which it is a straight line.
    pub(super) fn rates(&self) -> &[(f64, f64)] {
        &self.nodes
    }

    /// The rate at the beginning, as a share of the peak.
    pub(super) fn first_rate(&self) -> f64 {
        self.nodes.first().map_or(1.0, |p| p.1)
    }

    /// Whether the rate changes after its warm-up.
    pub(super) fn falls(&self) -> bool {
        self.changes.len() > self.rises
    }

    /// By how much the rate has fallen from its peak until a step, as a share of the peak. A change
    /// at this step, from the logged rate to the planned one, is still to come.
    pub(super) fn fallen(&self, step: f64) -> f64 {
        let falls = self.changes[self.rises..].iter();
        let until = falls.filter(|drop| drop.step < step);
        until
            .map(|drop| drop.size)
            .fold(0.0, |sum, size| sum + size)
    }
}

/// The rates of a schedule at many steps, and on both sides of its corners.
fn planned(schedule: &Schedule, end: f64) -> Vec<(f64, f64)> {
    if !(end > 0.0 && end.is_finite()) {
        return Vec::new();
    }
    let mut steps: Vec<f64> = (0..=NODES).map(|k| end * k as f64 / NODES as f64).collect();
    // A rate that falls as a power of the step falls fastest at the beginning.
    let begin = schedule.warmed_up(end).max(end * 1e-6);
    steps.extend((0..NODES / 4).map(|k| begin * (end / begin).powf(k as f64 * 4.0 / NODES as f64)));
    let corners = schedule.corners(end);
    let gap = end * 1e-9;
    steps.extend(corners.iter().flat_map(|c| [c - gap, *c, c + gap]));
    steps.retain(|step| (0.0..=end).contains(step));
    steps.sort_by(f64::total_cmp);
    steps.dedup();
    let with_rate = |step: f64| (step, schedule.rate(step, end).max(0.0));
    steps.into_iter().map(with_rate).collect()
}

/// The points of a log where the rate changes its course, and only some of the others.
fn thinned(log: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let usable = |p: &&(f64, f64)| p.0.is_finite() && p.1.is_finite() && p.0 >= 0.0 && p.1 >= 0.0;
    let mut points: Vec<(f64, f64)> = log.iter().filter(usable).copied().collect();
    points.dedup_by(|later, earlier| later.0 <= earlier.0);
    let points = with_jumps(&points);
    if points.len() <= NODES {
        return points;
    }
    let highest = points.iter().map(|p| p.1).fold(0.0, f64::max);
    let (first, last) = (points[0].0, points[points.len() - 1].0);
    let mut kept: Vec<(f64, f64)> = vec![points[0]];
    for pair in points.windows(2) {
        let (from, (step, rate)) = (kept[kept.len() - 1], pair[1]);
        // A jump keeps the point before it as well.
        let jumps = (rate - pair[0].1).abs() > highest / 100.0;
        if jumps && pair[0].0 > from.0 {
            kept.push(pair[0]);
        }
        let far = step - from.0 >= (last - first) / NODES as f64;
        let moved = (rate - from.1).abs() > highest / NODES as f64;
        if jumps || far && rate != from.1 || moved || step == last {
            kept.push((step, rate));
        }
    }
    kept
}

/// A change of the rate between two points is a jump if it exceeds this share of the largest rate,
/// unless the rate changes similarly around it.
const JUMP: f64 = 0.05;

/// The points with an extra one before each jump. A log gives the rate from its row on, so the
/// earlier rate applies until that row.
fn with_jumps(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let highest = points.iter().map(|p| p.1).fold(0.0, f64::max);
    let change = |k: usize| match (points.get(k), points.get(k + 1)) {
        (Some(a), Some(b)) => (b.1 - a.1).abs(),
        _ => 0.0,
    };
    let mut with = Vec::with_capacity(points.len());
    for (k, point) in points.iter().enumerate() {
        if let Some(before) = k.checked_sub(1) {
            let others = before.checked_sub(1).map_or(0.0, change).max(change(k));
            if change(before) > (JUMP * highest).max(4.0 * others) {
                let near = point.0 - 1e-6 * (point.0 - points[before].0);
                with.push((near, points[before].1));
            }
        }
        with.push(*point);
    }
    with
}
