//! The points of a training run in the order of their file, and which of them are usable.

/// A point of a loss curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The step, or whatever the run counts.
    pub step: f64,
    /// The loss there.
    pub loss: f64,
    /// The learning rate there, if logged.
    pub lr: Option<f64>,
}

/// A place where a run went back to an earlier step and continued from there.
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
    /// Its largest loss above the median of its neighbours, as a share of that median.
    pub height: f64,
}

/// The points of a run that a fit uses, and a record of what was left out.
#[derive(Debug, Clone, Default)]
pub struct Cleaned {
    /// The points in the order of their steps, each step once.
    pub points: Vec<Point>,
    /// Number of points without a finite step that is not negative, or without a finite and
    /// positive loss.
    pub unusable: usize,
    /// Number of points replaced by a restart, or by another point of the same step.
    pub replaced: usize,
    /// The restarts.
    pub restarts: Vec<Restart>,
    /// The spikes, which were left out.
    pub spikes: Vec<Spike>,
    /// Number of points in the spikes.
    pub spiked: usize,
}

/// A spike lies this many times the usual distance above the median of its neighbours.
const SPIKE: f64 = 8.0;
/// It also lies above them by at least this share of the loss.
const LEAST_SPIKE: f64 = 0.01;
/// Points on either side that a point is compared with.
const NEIGHBOURS: usize = 7;
/// With fewer points, no point is called a spike.
const ENOUGH: usize = 3 * NEIGHBOURS;
/// Approximate largest number of medians computed for a log.
const GROUPS: usize = 20_000;
/// If more points than this share lie so far above their neighbours, none is called a spike.
const LONGEST: f64 = 0.05;

impl Cleaned {
    /// The usable points among these, read in the order of the file. A step that is not above the
    /// one before discards everything from that step on, since the run was restarted from a
    /// checkpoint.
    #[must_use]
    pub fn new(points: &[Point]) -> Cleaned {
        let mut cleaned = Cleaned::default();
        for point in points {
            cleaned.push(*point);
        }
        cleaned.leave_out_spikes();
        cleaned
    }

    /// Adds the next point of the file.
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

    /// Leaves out points far above the median of their neighbours, unless there are many.
    pub(super) fn leave_out_spikes(&mut self) {
        let count = self.points.len();
        if count < ENOUGH {
            return;
        }
        let logs: Vec<f64> = self.points.iter().map(|p| p.loss.ln()).collect();
        // In long logs neighbours share one median, since it hardly changes between them.
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
        // The first points lie above their neighbours only because the loss falls fast there.
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

    /// (step, rate) of the logged rates.
    pub(super) fn rates(&self) -> Vec<(f64, f64)> {
        let logged = |p: &Point| p.lr.map(|lr| (p.step, lr));
        self.points.iter().filter_map(logged).collect()
    }
}

/// The median; 0 without values.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
