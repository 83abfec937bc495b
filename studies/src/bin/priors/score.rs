//! Scores of forecasts of one kind.

use scalewise::forecast::Forecast;
use scalewise::{Interval, Kind, Method};

/// Scores of many forecasts of a run that was trained.
#[derive(Default)]
pub struct Scores {
    forecasts: usize,
    covered: usize,
    half_widths: Vec<f64>,
    squares: f64,
    errors: Vec<f64>,
    score: f64,
}

pub fn interval(forecast: &Forecast, method: Method) -> Option<&Interval> {
    forecast.interval(method, 0.9, Kind::Prediction)
}

impl Scores {
    /// Counts a forecast with its 90 % interval.
    pub fn add(&mut self, point: f64, interval: &Interval, actual: f64) {
        let (low, high) = (interval.lower.ln(), interval.upper.ln());
        let error = (point / actual).ln();
        let miss = (low - actual.ln()).max(0.0) + (actual.ln() - high).max(0.0);
        self.forecasts += 1;
        self.covered += usize::from(miss == 0.0);
        self.half_widths.push(0.5 * (high - low));
        self.squares += error * error;
        self.errors.push(error.abs());
        self.score += high - low + 20.0 * miss;
    }

    pub fn forecasts(&self) -> usize {
        self.forecasts
    }

    fn mean(&self, sum: f64) -> f64 {
        sum / self.forecasts as f64
    }

    /// In %.
    pub fn coverage(&self) -> f64 {
        100.0 * self.mean(self.covered as f64)
    }

    /// Median half-width, in %.
    pub fn half_width(&self) -> f64 {
        100.0 * median(&self.half_widths)
    }

    /// Median error, in %.
    pub fn error(&self) -> f64 {
        100.0 * median(&self.errors)
    }

    /// Root of the mean squared error, in %.
    pub fn rms(&self) -> f64 {
        100.0 * self.mean(self.squares).sqrt()
    }

    /// Mean interval score (Winkler) in ln L.
    pub fn score(&self) -> f64 {
        self.mean(self.score)
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
