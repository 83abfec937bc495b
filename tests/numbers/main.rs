//! Fits and forecasts against known truths, second implementations and other units.

mod alarms;
mod below_zero;
mod bootstrap;
mod cancelling;
mod families;
mod free;
mod invariance;
mod laws;
#[path = "../common/normal.rs"]
mod normal;
mod points;
mod predictability;
mod presets;
mod priors;
mod quantiles;
#[path = "../../studies/src/truths/random.rs"]
mod random;
mod recovery;
#[path = "../../studies/src/truths/surfaces.rs"]
mod surfaces;
#[path = "../../studies/src/truths/truths.rs"]
mod truths;
