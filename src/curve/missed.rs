//! The errors of laws that forecast the later part of a run from its earlier part.

/// The errors of one law that forecasts the later part of a run from its earlier part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Missed {
    count: f64,
    squares: f64,
    standardised: f64,
}

impl Missed {
    /// Adds a relative error, and its square divided by the claimed variance.
    pub(super) fn add(&mut self, error: f64, standardised: f64) {
        self.count += 1.0;
        self.squares += error * error;
        self.standardised += standardised;
    }

    /// The root mean square of the relative errors.
    pub(super) fn root(&self) -> Option<f64> {
        (self.count > 0.0).then(|| (self.squares / self.count).sqrt())
    }

    /// The root mean square of the errors in units of the claimed standard deviation.
    pub(super) fn standardised(&self) -> Option<f64> {
        (self.count > 0.0).then(|| (self.standardised / self.count).sqrt())
    }
}
