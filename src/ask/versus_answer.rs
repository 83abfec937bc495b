//! The comparison of recipes with a base, and its JSON.

use super::size::same_number;
use super::{Trust, Withheld};
use crate::fit::{Diagnosis, FitResult};
use crate::versus::{Comparison, Crossing, Growth, Hypothesis, Place, Station};
use serde::Serialize;

/// A recipe with its own law.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    pub(crate) name: String,
    /// The law of this recipe alone.
    pub(crate) fit: FitResult,
    /// The values by which its fitted runs are compared, in canonical order: compute, which
    /// surfaces count from N and D.
    pub(crate) computes: Vec<f64>,
    /// Why it is not compared.
    pub(crate) refused: Option<Withheld>,
}

impl Fitted {
    /// Whether the recipe is compared in spite of a finding that forbids its numbers.
    pub(crate) fn is_forced(&self) -> bool {
        self.refused.is_none() && self.fit.refusal().is_some()
    }
}

/// A recipe against the base.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    pub(crate) name: String,
    pub(crate) comparison: Comparison,
}

/// Recipes compared with a base.
#[derive(Debug, Clone)]
pub struct VersusAnswer {
    /// The recipes, the base first.
    pub(crate) recipes: Vec<Fitted>,
    /// The other recipes, the best first.
    pub(crate) compared: Vec<Compared>,
    /// The largest compute that all recipes have runs at.
    pub(crate) largest: f64,
    /// The level that decides.
    pub(crate) main: f64,
    /// How many comparisons hold jointly at each level.
    pub(crate) family: usize,
    /// Groups of recipes that cannot be told apart at the largest common compute, if there are more
    /// than two recipes; each group from the best on.
    pub(crate) groups: Vec<Vec<String>>,
    /// Findings about the comparison.
    pub(crate) findings: Vec<Diagnosis>,
}

impl VersusAnswer {
    /// The name of the base.
    #[must_use]
    pub fn base(&self) -> &str {
        self.recipes.first().map_or("", |base| &base.name)
    }

    /// The multiple of a recipe's compute that the base needs to reach the recipe's loss at this
    /// compute; `None` if that was not asked for, or the base never reaches it.
    #[must_use]
    pub fn multiplier(&self, recipe: &str, compute: f64) -> Option<f64> {
        let compared = self.compared.iter().find(|one| one.name == recipe)?;
        let mut places = compared.comparison.places.iter();
        let place = places.find(|place| same_number(&place.compute, &compute))?;
        place.multiplier
    }

    /// The law of each recipe, the base first.
    pub fn fits(&self) -> impl Iterator<Item = (&str, &FitResult)> {
        self.recipes.iter().map(|one| (one.name.as_str(), &one.fit))
    }

    /// Whether any recipe is compared with the base.
    #[doc(hidden)]
    #[must_use]
    pub fn is_compared(&self) -> bool {
        !self.compared.is_empty()
    }

    /// Recipes without numbers, and why.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&str, &Withheld)> {
        let all = self.recipes.iter();
        all.filter_map(|one| Some((one.name.as_str(), one.refused.as_ref()?)))
    }

    /// How far the comparison can be relied on: refused if no recipe is compared, trustworthy if
    /// each has an interval, no law is in doubt, and nothing was found against the comparison.
    #[must_use]
    pub fn trust(&self) -> Trust {
        if self.compared.is_empty() {
            return Trust::Refused;
        }
        let places = || self.compared.iter().flat_map(|one| &one.comparison.places);
        let sound = self.refused().next().is_none()
            && self.findings.is_empty()
            && places().all(|place| !place.intervals.is_empty())
            && self.recipes.iter().all(|one| one.fit.trustworthy());
        match sound {
            true => Trust::Trustworthy,
            false => Trust::NotTrustworthy,
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    base: &'a str,
    law: &'a str,
    largest_common: f64,
    level: f64,
    /// How many comparisons hold jointly at each level (Šidák 1967).
    simultaneous: usize,
    recipes: Vec<RecipeJson<'a>>,
    compared: Vec<ComparedJson<'a>>,
    groups: &'a [Vec<String>],
    findings: &'a [Diagnosis],
}

#[derive(Serialize)]
struct RecipeJson<'a> {
    name: &'a str,
    runs: usize,
    parameters: Vec<(&'a str, f64)>,
    findings: &'a [Diagnosis],
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a Withheld>,
}

#[derive(Serialize)]
struct ComparedJson<'a> {
    recipe: &'a str,
    pairs: usize,
    correlation: Option<f64>,
    noise: Option<f64>,
    dof: Option<f64>,
    common: (f64, f64),
    places: &'a [Place],
    #[serde(skip_serializing_if = "<[Place]>::is_empty")]
    of_tokens: &'a [Place],
    growth: Option<Growth>,
    hypotheses: &'a [Hypothesis],
    crossings: &'a [Crossing],
    looked_at: (f64, f64),
    curve: &'a [Station],
    searched: (f64, f64),
}

serialized!(VersusAnswer, |answer| {
    Json {
        format: "scalewise.versus",
        version: 1,
        base: answer.base(),
        law: answer
            .recipes
            .first()
            .map_or("", |one| one.fit.law().name()),
        largest_common: answer.largest,
        level: answer.main,
        simultaneous: answer.family,
        recipes: answer.recipes.iter().map(RecipeJson::of).collect(),
        compared: answer.compared.iter().map(ComparedJson::of).collect(),
        groups: &answer.groups,
        findings: &answer.findings,
    }
});

impl<'a> RecipeJson<'a> {
    fn of(one: &'a Fitted) -> RecipeJson<'a> {
        let parameters = one.fit.parameters().iter();
        RecipeJson {
            name: &one.name,
            runs: one.fit.fitted_runs().count(),
            parameters: parameters.map(|p| (p.name.as_str(), p.value)).collect(),
            findings: one.fit.diagnoses(),
            digest: one.fit.data().digest(),
            refused: one.refused.as_ref(),
        }
    }
}

impl<'a> ComparedJson<'a> {
    fn of(one: &'a Compared) -> ComparedJson<'a> {
        let found = &one.comparison;
        ComparedJson {
            recipe: &one.name,
            pairs: found.pairs,
            correlation: found.correlation,
            noise: found.noise,
            dof: found.dof,
            common: found.common,
            places: &found.places,
            of_tokens: &found.of_tokens,
            growth: found.growth,
            hypotheses: &found.hypotheses,
            crossings: &found.crossings,
            looked_at: found.looked_at,
            curve: &found.stations,
            searched: found.searched,
        }
    }
}
