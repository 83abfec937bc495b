//! Learning-rate schedules: the rate at every step of a run.

use crate::error::{Error, ErrorKind, Result};
use std::f64::consts::PI;

/// A length in a schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Span {
    /// In steps, or in whatever unit the run counts.
    Steps(f64),
    /// A share of the whole run, from 0 to 1.
    Share(f64),
    /// The whole run except so many steps at its end.
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

/// The rate at the end of a decay.
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

/// The shape of a decay from the peak to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// Along a straight line.
    Linear,
    /// By the same factor every step.
    Exponential,
    /// As 1 − √x, where x is the completed share of the decay (Hägele et al. 2024).
    Sqrt,
    /// Along half a cosine.
    Cosine,
}

impl Decay {
    /// Every shape with its name in schedule texts.
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
            // An exponential decay cannot reach zero, so it stops at a thousandth of the peak.
            Decay::Exponential => {
                let end = end.max(1e-3 * peak);
                peak * (end / peak).powf(x)
            }
            Decay::Sqrt => peak + (end - peak) * x.sqrt(),
            Decay::Cosine => end + (peak - end) * 0.5 * (1.0 + (PI * x).cos()),
        }
    }
}

/// The course of the rate after its warm-up.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Constant at the peak.
    Constant,
    /// Falling from the peak all the way to the end.
    Falling(Decay),
    /// Constant at the peak, then falling over the last part of the run (WSD, trapezoid).
    ConstantThenDecay {
        /// The shape of the fall.
        decay: Decay,
        /// Where the fall begins.
        start: Span,
    },
    /// Falling as peak·(step / warm-up)^(−exponent); 0.5 is the inverse square root.
    Power {
        /// The exponent.
        exponent: f64,
    },
    /// Straight lines through points (step, rate), constant beyond them.
    Table(Vec<(f64, f64)>),
}

/// A learning-rate schedule; [`Schedule::parse`] reads one from a text such as
/// `cosine:peak=3e-4,end=10%`.
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
    /// The course of the rate after its warm-up.
    pub shape: Shape,
    /// The largest rate. Without it, rates are shares of the peak.
    pub peak: Option<f64>,
    /// The rate at the end of a decay.
    pub end: Level,
    /// The length of the warm-up, in which the rate rises linearly from zero.
    pub warmup: Span,
    /// The length that the schedule was made for, if it differs from the length of the run.
    pub total: Option<f64>,
}

impl Schedule {
    /// A schedule of this shape that ends at zero and has no warm-up.
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

    /// A schedule through points (step, rate) with increasing steps.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] if no rate is positive, if a step or rate is negative or not finite, or
    /// if steps do not increase.
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

    /// The length of the schedule in a run that ends at `end`.
    pub(super) fn length(&self, end: f64) -> f64 {
        self.total.unwrap_or(end).max(f64::MIN_POSITIVE)
    }

    /// The step at which its warm-up ends, in a run that ends at `end`.
    pub(super) fn warmed_up(&self, end: f64) -> f64 {
        self.warmup.of(self.length(end)).max(0.0)
    }

    /// The rate at a step of a run that ends at `end`; without a peak, as a share of the peak.
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
                // Without a warm-up, the peak is at the first step.
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
