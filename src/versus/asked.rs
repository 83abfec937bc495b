//! What is asked of two recipes.

use crate::interval::Method;
use crate::progress::Listener;

/// What is asked of two recipes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The first compute: the largest that all recipes have runs at.
    pub largest: f64,
    /// More computes.
    pub at: &'a [f64],
    /// N and D at which the multiplier of tokens is asked for; of surfaces alone.
    pub sizes: &'a [(f64, f64)],
    pub levels: &'a [f64],
    pub methods: &'a [Method],
    /// The level that decides what can be told apart.
    pub main: f64,
    /// How many comparisons hold together at each level.
    pub family: usize,
    /// Whether runs of one compute and seed are paired.
    pub paired: bool,
    /// Whether the power is asked for.
    pub power: bool,
    pub replicates: usize,
    pub seed: u64,
    pub listener: Listener<'a>,
}

/// The level at which each of so many intervals is made, for all to hold together at `level`
/// whatever their correlation (Šidák 1967).
pub(crate) fn each_of(level: f64, family: usize) -> f64 {
    match family {
        0 | 1 => level,
        many => level.powf(1.0 / many as f64),
    }
}

impl Asked<'_> {
    /// The level at which each of the comparisons is made.
    pub(super) fn each(&self, level: f64) -> f64 {
        each_of(level, self.family)
    }
}
