//! Fits and forecasts against known truths, second implementations and other units.

mod bootstrap;
mod cancelling;
mod families;
mod free;
mod invariance;
mod laws;
mod predictability;
mod recovery;
