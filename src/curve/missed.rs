//! How far laws miss the later part of a run from its earlier parts.

/// How a law missed the later part of what is known, from earlier parts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Missed {
    count: f64,
    squares: f64,
    standardised: f64,
}

impl Missed {
    /// Takes a relative error and its square in units of the variance that was claimed.
    pub(super) fn add(&mut self, error: f64, standardised: f64) {
        self.count += 1.0;
        self.squares += error * error;
        self.standardised += standardised;
    }

    /// The root mean square of its relative errors.
    pub(super) fn root(&self) -> Option<f64> {
        (self.count > 0.0).then(|| (self.squares / self.count).sqrt())
    }

    /// The root mean square of its errors in units of the deviation that it claimed.
    pub(super) fn standardised(&self) -> Option<f64> {
        (self.count > 0.0).then(|| (self.standardised / self.count).sqrt())
    }
}
