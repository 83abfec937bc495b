//! Forecasts with their outcomes.

/// A forecast with its outcome.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// ln of the forecast over the truth.
    pub error: f64,
    /// Half the width of the interval, in ln L.
    pub half: f64,
    pub inside: bool,
    /// The interval score in ln L at 90 %.
    pub score: f64,
}

impl Outcome {
    pub fn new(point: f64, (lower, upper): (f64, f64), truth: f64) -> Outcome {
        let (low, high, t) = (lower.ln(), upper.ln(), truth.ln());
        let missed = (low - t).max(0.0) + (t - high).max(0.0);
        Outcome {
            error: (point / truth).ln(),
            half: 0.5 * (high - low),
            inside: missed == 0.0,
            score: high - low + 20.0 * missed,
        }
    }
}

/// The cells of a row: coverage, interval score in per cent, median error and half-width.
pub fn cells(all: &[Outcome]) -> String {
    let inside = all.iter().filter(|o| o.inside).count();
    let count = all.len().max(1) as f64;
    let score = all.iter().map(|o| o.score).sum::<f64>() / count;
    let error = median(all.iter().map(|o| o.error.abs()).collect());
    let half = median(all.iter().map(|o| o.half).collect());
    format!(
        "{inside} of {} | {:.0} % | {:.1} | {:.2} % | {:.2} %",
        all.len(),
        100.0 * inside as f64 / count,
        100.0 * score,
        100.0 * error,
        100.0 * half
    )
}

/// The median; that of nothing is 0.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    0.5 * (values[last / 2] + values[last.div_ceil(2)])
}
