//! Reports the progress of a long computation to a listener, which may also stop it.
//!
//! ```
//! use scalewise::backtest::{ByFit, backtest};
//! use scalewise::{Dataset, Fit, Method, law::Power, progress::Progress};
//! use std::sync::atomic::{AtomicUsize, Ordering};
//!
//! #[derive(Default)]
//! struct Count { expected: AtomicUsize, done: AtomicUsize }
//! impl Progress for Count {
//!     fn expect(&self, steps: usize) { self.expected.fetch_add(steps, Ordering::Relaxed); }
//!     fn step(&self) { self.done.fetch_add(1, Ordering::Relaxed); }
//! }
//!
//! let data = Dataset::from_runs((0..8).map(|k| (10f64.powi(18 + k), 3.0 * 0.9f64.powi(k))))?;
//! let by_fit = ByFit::new(Fit::new(Power)).method(Method::Delta).force(true);
//! let count = Count::default();
//! backtest(&data, &by_fit).smallest(3).progress(&count).run()?;
//! assert_eq!(count.expected.into_inner(), count.done.into_inner());
//! # Ok::<(), scalewise::Error>(())
//! ```

use crate::error::{Error, ErrorKind, Result};
use std::fmt;

/// Listens to the steps of a long computation, from any of its threads, and may stop it.
pub trait Progress: Sync {
    /// Announces this many further steps.
    fn expect(&self, steps: usize);
    /// Reports that one step is done.
    fn step(&self);
    /// Whether the computation should stop; called before each step. A computation that stops
    /// returns an error of kind [`ErrorKind::Cancelled`].
    fn cancelled(&self) -> bool {
        false
    }
}

/// The listener of a request.
#[derive(Clone, Copy)]
pub(crate) struct Listener<'a>(pub &'a dyn Progress);

impl Listener<'_> {
    /// # Errors
    /// [`ErrorKind::Cancelled`] if the listener wants the computation to stop.
    pub(crate) fn go_on(self) -> Result<()> {
        match self.0.cancelled() {
            true => Err(Error::new(
                ErrorKind::Cancelled,
                "the computation was stopped",
            )),
            false => Ok(()),
        }
    }
}

impl Default for Listener<'_> {
    fn default() -> Self {
        Listener(&Silent)
    }
}

impl fmt::Debug for Listener<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// A listener that ignores progress and never stops the computation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn expect(&self, _steps: usize) {}
    fn step(&self) {}
}
