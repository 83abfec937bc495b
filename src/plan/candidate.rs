//! Runs that could be trained, their place among the fitted runs, and ways to choose among them.

use serde::{Deserialize, Serialize};

/// The place of a candidate among the fitted runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// It repeats a fitted run with another seed.
    Seed,
    /// It lies within the range of the fitted runs in every column.
    Inside,
    /// It lies outside that range.
    Beyond,
}

impl Place {
    /// All places.
    pub(crate) const ALL: [Place; 3] = [Place::Seed, Place::Inside, Place::Beyond];

    /// Its name in a sentence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Place::Seed => "a seed",
            Place::Inside => "a rung inside",
            Place::Beyond => "a rung beyond",
        }
    }

    /// The place of a point among the fitted runs.
    pub(crate) fn of(x: &[f64], fitted: &[Vec<f64>]) -> Place {
        if fitted.iter().any(|run| run == x) {
            return Place::Seed;
        }
        let within = |k: usize| {
            let all = || fitted.iter().map(|run| run[k]);
            all().any(|value| value <= x[k]) && all().any(|value| value >= x[k])
        };
        match (0..x.len()).all(within) {
            true => Place::Inside,
            false => Place::Beyond,
        }
    }
}

/// The criterion by which runs are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Design {
    /// The reduction of the error of the forecast.
    #[default]
    Ours,
    /// The determinant of the information about the parameters, per cost.
    D,
    /// The variance of the best law at the target, per cost.
    V,
    /// The lowest cost.
    Cheapest,
    /// Random choice.
    Random,
}

impl Design {
    /// All criteria.
    pub const ALL: [Design; 5] = [
        Design::Ours,
        Design::D,
        Design::V,
        Design::Cheapest,
        Design::Random,
    ];

    /// Its name in requests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Design::Ours => "ours",
            Design::D => "d",
            Design::V => "v",
            Design::Cheapest => "cheapest",
            Design::Random => "random",
        }
    }
}

/// A run that could be trained.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// The arguments of the law.
    pub x: Vec<f64>,
    pub cost: f64,
    /// Its line in the table of candidates.
    pub line: Option<u64>,
    pub place: Place,
    /// Whether it may be trained more than once, with other seeds.
    pub repeatable: bool,
}
