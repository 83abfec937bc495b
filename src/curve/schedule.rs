//! Learning-rate schedules: the rate at every step of a run.

use crate::error::{Error, ErrorKind, Result};
use std::f64::consts::PI;

/// A length of a schedule: so many steps, or a share of the whole run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Span {
    /// In steps, or whatever the run counts.
    Steps(f64),
    /// A share of the whole run, from 0 to 1.
    Share(f64),
    /// All but the last so many steps of the run.
    AllBut(f64),
}

impl Span {
    fn of(self, total: f64) -> f64 {
        match self {
            Span::Steps(steps) => steps,
            Span::AllBut(steps) => total - steps,
            Span::Share(share) => share * total,
        }
    }
}

/// The rate at the end of a decay: a rate, or a share of the peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// A learning rate.
    Rate(f64),
    /// A share of the peak, from 0 to 1.
    Share(f64),
}

impl Level {
    fn of(self, peak: f64) -> f64 {
        match self {
            Level::Rate(rate) => rate,
            Level::Share(share) => share * peak,
        }
    }
}

/// How the rate falls from the peak to the end of a decay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// Along a straight line.
    Linear,
    /// By the same factor every step.
    Exponential,
    /// As 1 − √x, where x is the share of the decay that is done (Hägele et al. 2024).
    Sqrt,
    /// Along half a cosine.
    Cosine,
}

impl Decay {
    /// Every shape with its name in texts.
    pub(super) const ALL: [(&'static str, Decay); 4] = [
        ("linear", Decay::Linear),
        ("exponential", Decay::Exponential),
        ("sqrt", Decay::Sqrt),
        ("cosine", Decay::Cosine),
    ];

    /// The rate after a share of the decay.
    fn at(self, share: f64, peak: f64, end: f64) -> f64 {
        let x = share.clamp(0.0, 1.0);
        match self {
            Decay::Linear => peak + (end - peak) * x,
            // A decay to nothing has no constant factor; a thousandth of the peak stands for it.
            Decay::Exponential => {
                let end = end.max(1e-3 * peak);
                peak * (end / peak).powf(x)
            }
            Decay::Sqrt => peak + (end - peak) * x.sqrt(),
            Decay::Cosine => end + (peak - end) * 0.5 * (1.0 + (PI * x).cos()),
        }
    }
}

/// What the rate does after its warm-up.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// It stays at the peak.
    Constant,
    /// It falls from the peak all the way to the end.
    Falling(Decay),
    /// It stays at the peak, and then falls over the last part of the run (WSD, trapezoid).
    ConstantThenDecay {
        /// How the rate falls.
        decay: Decay,
        /// Where the fall begins.
        start: Span,
    },
    /// It falls as peak·(step / warm-up)^(−exponent); 0.5 is the inverse square root.
    Power {
        /// The exponent.
        exponent: f64,
    },
    /// Straight lines through points (step, rate), and constant beyond them.
    Table(Vec<(f64, f64)>),
}

/// A learning-rate schedule, such as [`Schedule::parse`] reads from `cosine:peak=3e-4,end=10%`.
///
/// ```
/// use scalewise::internal::Schedule;
/// let schedule = Schedule::parse("wsd:peak=3e-4,warmup=2000,decay=20%")?;
/// assert_eq!(schedule.rate(1000.0, 10_000.0), 1.5e-4);
/// assert_eq!(schedule.rate(8000.0, 10_000.0), 3e-4);
/// assert!((schedule.rate(9000.0, 10_000.0) - 1.5e-4).abs() < 1e-18);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// What the rate does after its warm-up.
    pub shape: Shape,
    /// The largest rate. A schedule without one counts rates as shares of the peak.
    pub peak: Option<f64>,
    /// The rate at the end of a decay.
    pub end: Level,
    /// How long the rate rises, from nothing along a straight line.
    pub warmup: Span,
    /// The length that the schedule was made for, if that is not the length of the run.
    pub total: Option<f64>,
}

impl Schedule {
    /// A schedule of this shape that ends at nothing, without warm-up.
    #[must_use]
    pub fn new(shape: Shape) -> Schedule {
        Schedule {
            shape,
            peak: None,
            end: Level::Share(0.0),
            warmup: Span::Steps(0.0),
            total: None,
        }
    }

    /// A schedule through points (step, rate) of increasing steps.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] for a table without a positive rate, or with a step or a rate that is
    /// negative or no finite number, or for steps that do not increase.
    pub fn table(points: Vec<(f64, f64)>) -> Result<Schedule> {
        let refuse = |what: String| Err(Error::new(ErrorKind::Data, what));
        let impossible = |v: f64| !v.is_finite() || v < 0.0;
        for (place, (step, rate)) in points.iter().enumerate() {
            if impossible(*step) || impossible(*rate) {
                return refuse(format!(
                    "point {} of the schedule has a step or a rate that is negative or no number",
                    place + 1
                ));
            }
            if place > 0 && *step <= points[place - 1].0 {
                return refuse(format!(
                    "the steps of the schedule do not increase at its point {}",
                    place + 1
                ));
            }
        }
        if points.iter().all(|p| p.1 <= 0.0) {
            return refuse("the schedule has no positive rate".to_owned());
        }
        Ok(Schedule::new(Shape::Table(points)))
    }

    /// Whether its rates are given step by step.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.shape, Shape::Table(_))
    }

    /// The length that the schedule is laid over, in a run that ends at `end`.
    pub(super) fn length(&self, end: f64) -> f64 {
        self.total.unwrap_or(end).max(f64::MIN_POSITIVE)
    }

    /// Where its warm-up ends in a run that ends at `end`.
    pub(super) fn warmed_up(&self, end: f64) -> f64 {
        self.warmup.of(self.length(end)).max(0.0)
    }

    /// The rate at a step of a run that ends at `end`. Without a peak it is a share of the peak.
    #[must_use]
    pub fn rate(&self, step: f64, end: f64) -> f64 {
        let total = self.length(end);
        let peak = self.peak.unwrap_or(1.0);
        let last = self.end.of(peak);
        let warmed_up = self.warmed_up(end);
        if step < warmed_up && !matches!(self.shape, Shape::Table(_)) {
            return peak * (step / warmed_up).max(0.0);
        }
        let share = |from: f64| (step - from) / (total - from).max(f64::MIN_POSITIVE);
        match &self.shape {
            Shape::Constant => peak,
            Shape::Falling(decay) => decay.at(share(warmed_up), peak, last),
            Shape::ConstantThenDecay { decay, start } => {
                let from = start.of(total).clamp(warmed_up, total);
                if step <= from {
                    return peak;
                }
                decay.at(share(from), peak, last)
            }
            Shape::Power { exponent } => {
                // Without a warm-up the first step is where the peak is.
                let from = warmed_up.max(1.0);
                peak * (step.max(from) / from).powf(-exponent)
            }
            Shape::Table(points) => on_lines(points, step),
        }
    }

    /// Steps where the rate changes its course, in a run that ends at `end`.
    pub(super) fn corners(&self, end: f64) -> Vec<f64> {
        let total = self.length(end);
        let mut corners = vec![self.warmed_up(end), total];
        match &self.shape {
            Shape::ConstantThenDecay { start, .. } => corners.push(start.of(total)),
            Shape::Table(points) => corners.extend(points.iter().map(|p| p.0)),
            _ => {}
        }
        corners.retain(|step| step.is_finite() && (0.0..=end).contains(step));
        corners
    }

    /// Whether the rate falls after its warm-up in a run that ends at `end`.
    #[must_use]
    pub fn falls(&self, end: f64) -> bool {
        let steps = (0..=200).map(|k| end * f64::from(k) / 200.0);
        let highest = steps.map(|s| self.rate(s, end)).fold(0.0, f64::max);
        self.rate(end, end) < 0.98 * highest
    }
}

/// The value at `x` of straight lines through points, constant beyond them.
pub(super) fn on_lines(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|p| p.0 <= x);
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return 0.0;
    };
    match after {
        0 => first.1,
        k if k == points.len() => last.1,
        k => {
            let ((x0, y0), (x1, y1)) = (points[k - 1], points[k]);
            y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        }
    }
}
