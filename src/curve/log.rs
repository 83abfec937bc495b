//! The points of a training run in the order of their file, and which of them can be used.

/// A point of a loss curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The step, or whatever the run counts.
    pub step: f64,
    /// The loss there.
    pub loss: f64,
    /// The learning rate there, if it was logged.
    pub lr: Option<f64>,
}

/// Where a run went back to an earlier step and went on from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Restart {
    /// The last step before.
    pub from: f64,
    /// The step that it went back to.
    pub to: f64,
}

/// Steps at which the loss jumped up and came down again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spike {
    /// Its first step.
    pub from: f64,
    /// Its last step.
    pub to: f64,
    /// Its largest loss above that of its neighbours, as a share of it.
    pub height: f64,
}

/// The points of a run that a fit uses, and what was left out.
#[derive(Debug, Clone, Default)]
pub struct Cleaned {
    /// In the order of their steps, each step once.
    pub points: Vec<Point>,
    /// How many had no finite step, or no finite and positive loss.
    pub unusable: usize,
    /// How many a restart replaced, or another point of the same step.
    pub replaced: usize,
    /// Where the run went back.
    pub restarts: Vec<Restart>,
    /// What was taken for spikes, and left out.
    pub spikes: Vec<Spike>,
    /// How many points the spikes had.
    pub spiked: usize,
}

/// A spike is this many times the usual distance from the median of its neighbours.
const SPIKE: f64 = 8.0;
/// And at least this share of the loss above them.
const LEAST_SPIKE: f64 = 0.01;
/// Points on either side that a point is compared with.
const NEIGHBOURS: usize = 7;
/// With fewer points than these nothing is called a spike.
const ENOUGH: usize = 3 * NEIGHBOURS;
/// Medians that are taken in a log at the most, about.
const GROUPS: usize = 20_000;
/// A stretch above its neighbours that is longer than this share of the points is no spike.
const LONGEST: f64 = 0.05;

impl Cleaned {
    /// The usable ones of these points. They are read in the order of the file: a step that is not
    /// above the one before takes back everything from that step on, as a run that is started again
    /// from a checkpoint does.
    #[must_use]
    pub fn new(points: &[Point]) -> Cleaned {
        let mut cleaned = Cleaned::default();
        for point in points {
            cleaned.push(*point);
        }
        cleaned.leave_out_spikes();
        cleaned
    }

    /// Takes the next point of the file.
    pub(super) fn push(&mut self, point: Point) {
        let usable = point.step.is_finite() && point.step >= 0.0;
        if !(usable && point.loss.is_finite() && point.loss > 0.0) {
            self.unusable += 1;
            return;
        }
        let point = Point {
            lr: point.lr.filter(|lr| lr.is_finite() && *lr >= 0.0),
            ..point
        };
        if let Some(last) = self.points.last().filter(|last| point.step <= last.step) {
            if point.step < last.step {
                self.restarts.push(Restart {
                    from: last.step,
                    to: point.step,
                });
            }
            let kept = self.points.partition_point(|p| p.step < point.step);
            self.replaced += self.points.len() - kept;
            self.points.truncate(kept);
        }
        self.points.push(point);
    }

    /// Leaves out points far above the middle of their neighbours, where only few of them are.
    pub(super) fn leave_out_spikes(&mut self) {
        let count = self.points.len();
        if count < ENOUGH {
            return;
        }
        let logs: Vec<f64> = self.points.iter().map(|p| p.loss.ln()).collect();
        // Neighbours share their median in long logs, where it hardly differs between them.
        let shared = count.div_ceil(GROUPS);
        let mut above = Vec::with_capacity(count);
        for from in (0..count).step_by(shared) {
            let to = (from + shared).min(count);
            let low = from.saturating_sub(NEIGHBOURS).min(count - ENOUGH);
            let high = (to + NEIGHBOURS).min(count).max(low + 2 * NEIGHBOURS + 1);
            let middle = median(logs[low..high].to_vec());
            above.extend(logs[from..to].iter().map(|l| l - middle));
        }
        let usual = 1.4826 * median(above.iter().map(|a| a.abs()).collect());
        let limit = (SPIKE * usual).max(LEAST_SPIKE);
        // The first points fall fast, and so they lie above their neighbours.
        let high = |i: usize| i >= NEIGHBOURS && above[i] > limit;
        let spiked: Vec<usize> = (0..count).filter(|i| high(*i)).collect();
        if spiked.is_empty() || spiked.len() as f64 > LONGEST * count as f64 {
            return;
        }
        for &i in &spiked {
            let step = self.points[i].step;
            let height = above[i].exp_m1();
            let before = i.checked_sub(1).map(|k| self.points[k].step);
            match self.spikes.last_mut() {
                Some(spike) if Some(spike.to) == before => {
                    (spike.to, spike.height) = (step, spike.height.max(height));
                }
                _ => self.spikes.push(Spike {
                    from: step,
                    to: step,
                    height,
                }),
            }
        }
        self.spiked = spiked.len();
        let mut place = 0;
        self.points.retain(|_| {
            place += 1;
            !high(place - 1)
        });
    }

    /// The rates that were logged, by step.
    pub(super) fn rates(&self) -> Vec<(f64, f64)> {
        let logged = |p: &Point| p.lr.map(|lr| (p.step, lr));
        self.points.iter().filter_map(logged).collect()
    }
}

/// The median; nothing has none, and gives 0.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
