//! The defaults of requests.

/// Levels of the intervals.
pub const LEVELS: [f64; 2] = [0.8, 0.9];
/// The level, if there is only one.
pub const LEVEL: f64 = 0.9;
/// Refits of a bootstrap.
pub const REPLICATES: usize = 1000;

/// Fewest runs that a back-test forecasts from.
pub const MIN_RUNS: usize = 3;
/// Difficulty buckets.
pub const BUCKETS: usize = 6;
/// Runs whose 6ND agree within this fraction share an IsoFLOP budget.
pub const TOLERANCE: f64 = 0.1;
/// The budget for which the three approaches answer.
pub const ISOFLOP_BUDGET: &str = "100x";
/// The count of FLOP: 6ND.
pub const FLOPS: &str = "6nd";

/// The law of one variable.
pub const CURVE: &str = "saturating";
/// The law of N and D.
pub const SURFACE: &str = "chinchilla";
