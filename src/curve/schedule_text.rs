//! Schedules as text: `cosine:peak=3e-4,end=10%,warmup=2000`.

use super::schedule::{Decay, Level, Schedule, Shape, Span};
use crate::error::{Error, ErrorKind, Result};
use crate::quantity::parse_quantity;
use crate::text::{closest, excerpt};
use std::fmt;

/// All names of schedules.
const NAMES: [&str; 8] = [
    "constant",
    "cosine",
    "linear",
    "exponential",
    "sqrt",
    "wsd",
    "trapezoid",
    "power",
];
/// All keys of schedules.
const KEYS: [&str; 8] = [
    "peak",
    "end",
    "warmup",
    "steps",
    "decay",
    "decay-start",
    "shape",
    "exponent",
];
/// The default share of the run over which WSD and trapezoid decay.
const DECAY: f64 = 0.2;
/// The default exponent of a power: the inverse square root.
const EXPONENT: f64 = 0.5;

impl Schedule {
    /// Reads a schedule: its name, then `key=value` pairs.
    ///
    /// The names are constant, cosine, linear, exponential, sqrt, wsd, trapezoid and power. The
    /// keys are `peak`, `end` (a rate, or a share of the peak such as `10%`), `warmup`, `decay` and
    /// `decay-start` (steps, or a share of the run), `steps` (the length that the schedule was made
    /// for), `shape` (of the decay of WSD: linear, exponential, sqrt or cosine) and `exponent`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an unknown or impossible name, key or value; the error names it and
    /// lists the known ones.
    pub fn parse(text: &str) -> Result<Schedule> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let name = name.trim().to_ascii_lowercase();
        let mut given = Given::default();
        for pair in rest.split(',').filter(|pair| !pair.trim().is_empty()) {
            given.read(pair.trim(), text)?;
        }
        let mut schedule = Schedule::new(given.shape(&name, text)?);
        schedule.peak = given.peak;
        schedule.end = given.end.unwrap_or(schedule.end);
        schedule.warmup = given.warmup.unwrap_or(schedule.warmup);
        schedule.total = given.steps;
        if let (Some(peak), Level::Rate(end)) = (schedule.peak, schedule.end)
            && end > peak
        {
            return Err(bad(text, "its end is higher than its peak"));
        }
        if schedule.peak.is_none() && matches!(schedule.end, Level::Rate(end) if end > 0.0) {
            let what = "it has an end that is a rate, and no peak";
            return Err(bad(text, what).with_hint("give peak=RATE, or the end as a share: end=10%"));
        }
        Ok(schedule)
    }
}

#[derive(Default)]
struct Given {
    peak: Option<f64>,
    end: Option<Level>,
    warmup: Option<Span>,
    steps: Option<f64>,
    decay: Option<Span>,
    start: Option<Span>,
    shape: Option<Decay>,
    exponent: Option<f64>,
}

impl Given {
    fn read(&mut self, pair: &str, text: &str) -> Result<()> {
        let Some((key, value)) = pair.split_once('=') else {
            let what = format!("'{}' is not of the form key=value", excerpt(pair));
            return Err(bad(text, what).with_hint(known("keys", &KEYS)));
        };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        let positive = |low: f64| {
            let value = number(value).filter(|v| v.is_finite() && *v >= low);
            value.ok_or_else(|| unusable(text, &key, value_of(pair)))
        };
        match key.as_str() {
            "peak" => self.peak = Some(positive(f64::MIN_POSITIVE)?),
            "steps" => self.steps = Some(positive(f64::MIN_POSITIVE)?),
            "exponent" => self.exponent = Some(positive(0.0)?),
            "end" => {
                self.end = Some(match share(value) {
                    Some(share) => Level::Share(part(share, text, pair)?),
                    None => Level::Rate(positive(0.0)?),
                });
            }
            "warmup" | "decay" | "decay-start" => {
                let span = match share(value) {
                    Some(share) => Span::Share(part(share, text, pair)?),
                    None => Span::Steps(positive(0.0)?),
                };
                match key.as_str() {
                    "warmup" => self.warmup = Some(span),
                    "decay" => self.decay = Some(span),
                    _ => self.start = Some(span),
                }
            }
            "shape" => {
                let shape = Decay::ALL.iter().find(|(name, _)| *name == value);
                let names = Decay::ALL.map(|(name, _)| name);
                let unknown = || {
                    let what = format!("its decay has no shape '{}'", excerpt(value));
                    bad(text, what).with_hint(known("shapes", &names))
                };
                self.shape = Some(shape.ok_or_else(unknown)?.1);
            }
            other => {
                let what = format!("a schedule has no '{}'", excerpt(other));
                return Err(bad(text, what).with_hint(suggestion(other, "keys", &KEYS)));
            }
        }
        Ok(())
    }

    fn shape(&self, name: &str, text: &str) -> Result<Shape> {
        let shape = match name {
            "constant" => Shape::Constant,
            "cosine" => Shape::Falling(Decay::Cosine),
            "linear" => Shape::Falling(Decay::Linear),
            "exponential" => Shape::Falling(Decay::Exponential),
            "sqrt" => Shape::Falling(Decay::Sqrt),
            "power" => Shape::Power {
                exponent: self.exponent.unwrap_or(EXPONENT),
            },
            "wsd" | "trapezoid" => Shape::ConstantThenDecay {
                decay: self.shape.unwrap_or(Decay::Linear),
                start: self.decay_start(text)?,
            },
            other => {
                let what = format!("there is no schedule '{}'", excerpt(other));
                return Err(bad(text, what).with_hint(suggestion(other, "schedules", &NAMES)));
            }
        };
        let decays = matches!(shape, Shape::ConstantThenDecay { .. });
        let misplaced = [
            ("decay", self.decay.is_some() && !decays),
            ("decay-start", self.start.is_some() && !decays),
            ("shape", self.shape.is_some() && !decays),
            ("exponent", self.exponent.is_some() && name != "power"),
        ];
        if let Some((key, _)) = misplaced.iter().find(|(_, wrong)| *wrong) {
            return Err(bad(text, format!("'{key}' says nothing of {name}")));
        }
        Ok(shape)
    }

    fn decay_start(&self, text: &str) -> Result<Span> {
        match (self.start, self.decay) {
            (Some(_), Some(_)) => Err(bad(text, "it has both decay and decay-start")),
            (Some(start), None) => Ok(start),
            (None, None) => Ok(Span::Share(1.0 - DECAY)),
            (None, Some(Span::Share(share))) => Ok(Span::Share(1.0 - share)),
            (None, Some(Span::Steps(steps) | Span::AllBut(steps))) => Ok(Span::AllBut(steps)),
        }
    }
}

fn value_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(_, value)| value.trim())
}

/// A number, with the suffixes allowed in quantities.
fn number(value: &str) -> Option<f64> {
    value.parse().ok().or_else(|| parse_quantity(value).ok())
}

/// A share written in per cent: `10%`.
fn share(value: &str) -> Option<f64> {
    let digits = value.strip_suffix('%')?;
    Some(digits.trim().parse::<f64>().unwrap_or(f64::NAN) / 100.0)
}

fn part(share: f64, text: &str, pair: &str) -> Result<f64> {
    match (0.0..=1.0).contains(&share) {
        true => Ok(share),
        false => {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Err(unusable(text, key, value).with_hint("a share lies between 0% and 100%"))
        }
    }
}

fn unusable(text: &str, key: &str, value: &str) -> Error {
    bad(text, format!("{key} cannot be '{}'", excerpt(value)))
}

fn bad(text: &str, what: impl fmt::Display) -> Error {
    let message = format!("the schedule '{}' is not understood: {what}", excerpt(text));
    Error::new(ErrorKind::Usage, message)
}

fn suggestion(word: &str, what: &str, all: &[&str]) -> String {
    match closest(word, all.iter().copied()) {
        Some(near) => format!("did you mean '{near}'? {}", known(what, all)),
        None => known(what, all),
    }
}

fn known(what: &str, all: &[&str]) -> String {
    format!("the {what} are {}", all.join(", "))
}

/// A share in per cent, without digits from rounding errors.
fn percent(share: f64) -> f64 {
    (share * 1e12).round() / 1e10
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Steps(steps) => write!(f, "{steps}"),
            Span::Share(share) => write!(f, "{}%", percent(*share)),
            Span::AllBut(steps) => write!(f, "all but {steps}"),
        }
    }
}

impl fmt::Display for Schedule {
    /// The text that [`Schedule::parse`] reads; for a table, only its number of points.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |wanted: Decay| {
            let found = Decay::ALL.iter().find(|(_, decay)| *decay == wanted);
            found.map_or("linear", |(name, _)| name)
        };
        let mut keys: Vec<String> = Vec::new();
        let name = match &self.shape {
            Shape::Constant => "constant",
            Shape::Falling(decay) => named(*decay),
            Shape::ConstantThenDecay { decay, start } => {
                keys.push(match start {
                    Span::AllBut(steps) => format!("decay={steps}"),
                    Span::Share(share) => format!("decay={}%", percent(1.0 - share)),
                    Span::Steps(step) => format!("decay-start={step}"),
                });
                keys.push(format!("shape={}", named(*decay)));
                "wsd"
            }
            Shape::Power { exponent } => {
                keys.push(format!("exponent={exponent}"));
                "power"
            }
            Shape::Table(points) => return write!(f, "table of {} points", points.len()),
        };
        let ends = !matches!(self.shape, Shape::Constant | Shape::Power { .. });
        match self.end {
            _ if !ends => {}
            Level::Rate(rate) => keys.insert(0, format!("end={rate}")),
            Level::Share(share) => keys.insert(0, format!("end={}%", percent(share))),
        }
        if let Some(peak) = self.peak {
            keys.insert(0, format!("peak={peak}"));
        }
        if !matches!(self.warmup, Span::Steps(0.0) | Span::Share(0.0)) {
            keys.push(format!("warmup={}", self.warmup));
        }
        if let Some(total) = self.total {
            keys.push(format!("steps={total}"));
        }
        match keys.is_empty() {
            true => f.write_str(name),
            false => write!(f, "{name}:{}", keys.join(",")),
        }
    }
}
