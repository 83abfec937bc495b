//! The settings of a comparison of two recipes.

use crate::interval::Method;
use crate::progress::Listener;

/// The settings of a comparison of two recipes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The first compute: the largest that all recipes have runs at.
    pub largest: f64,
    /// Further computes.
    pub at: &'a [f64],
    /// N and D at which to give the multiplier of tokens; only for surfaces.
    pub sizes: &'a [(f64, f64)],
    pub levels: &'a [f64],
    pub methods: &'a [Method],
    /// The level that decides whether a recipe is better.
    pub main: f64,
    /// Number of comparisons that are joint at each level.
    pub family: usize,
    /// Whether to pair runs of one compute and seed.
    pub paired: bool,
    /// Whether to compute the power.
    pub power: bool,
    pub replicates: usize,
    pub seed: u64,
    pub listener: Listener<'a>,
}

/// The level of each of `family` intervals that makes them joint at `level`, whatever their
/// correlation (Šidák 1967).
pub(crate) fn each_of(level: f64, family: usize) -> f64 {
    match family {
        0 | 1 => level,
        many => level.powf(1.0 / many as f64),
    }
}

impl Asked<'_> {
    /// The level of each comparison for joint intervals at `level`.
    pub(super) fn each(&self, level: f64) -> f64 {
        each_of(level, self.family)
    }
}
