//! How far a long computation has come, told to a listener, who may also stop it.
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

/// Hears of the steps of a long computation, from any of its threads, and may stop it.
pub trait Progress: Sync {
    /// So many more steps are to come.
    fn expect(&self, steps: usize);
    /// One of them is done.
    fn step(&self);
    /// Whether the computation should stop. It is asked before each step; a computation that stops
    /// ends with an error of kind [`ErrorKind::Cancelled`].
    fn cancelled(&self) -> bool {
        false
    }
}

/// A listener that a request carries with it.
#[derive(Clone, Copy)]
pub(crate) struct Listener<'a>(pub &'a dyn Progress);

impl Listener<'_> {
    /// # Errors
    /// [`ErrorKind::Cancelled`] where the listener wants the computation to stop.
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

/// Nobody listens, and nobody stops the computation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn expect(&self, _steps: usize) {}
    fn step(&self) {}
}
