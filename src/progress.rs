//! How far a long computation has come, told to whoever listens.
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

/// Hears of the steps of a long computation, from any of its threads.
pub trait Progress: Sync {
    /// So many more steps are to come.
    fn expect(&self, steps: usize);
    /// One of them is done.
    fn step(&self);
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn expect(&self, _steps: usize) {}
    fn step(&self) {}
}
