//! What is asked for where it is not said.

/// Levels of the intervals where none are asked for.
pub const LEVELS: [f64; 2] = [0.8, 0.9];
/// The level where there is room for one.
pub const LEVEL: f64 = 0.9;
/// Refits of a bootstrap where no number is asked for.
pub const REPLICATES: usize = 1000;

/// Fewest runs that a back-test forecasts from, where no number is asked for.
pub const MIN_RUNS: usize = 3;
/// Difficulty buckets where no number is asked for.
pub const BUCKETS: usize = 6;
/// Runs whose 6ND agree within this fraction share an IsoFLOP budget, where no tolerance is asked
/// for.
pub const TOLERANCE: f64 = 0.1;
/// The budget that the three approaches answer for where none is asked for.
pub const ISOFLOP_BUDGET: &str = "100x";
/// How FLOP are counted where it is not said: 6ND.
pub const FLOPS: &str = "6nd";

/// The law of one variable that is fitted where none is named.
pub const CURVE: &str = "saturating";
/// The law of N and D that is fitted where none is named.
pub const SURFACE: &str = "chinchilla";
