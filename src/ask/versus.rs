//! Whether one recipe is better than another, by how much compute, and whether the advantage lasts.

use super::law::LawChoice;
use super::recipe::Recipe;
use super::size::{each_once, near_the_runs, positive, positives, same_number, targets};
use super::table::{RunTable, is_default};
use super::versus_answer::{Compared, Fitted, VersusAnswer};
use super::{Ask, CURVE, FLOPS, LEVEL, LEVELS, ObjectiveName, REPLICATES, Withheld, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Code, Diagnosis, Residuals, Severity};
use crate::forecast::request::far_beyond;
use crate::interval::{LEVELS as POSSIBLE, Method, check_levels};
use crate::law::{BuiltIn, Form, Law};
use crate::progress::{Listener, Progress};
use crate::remedy::Setting;
use crate::size::Size;
use crate::text::excerpt;
use crate::versus::{Asked, Held, Place, Side, SideRun, compare};

request!(
    /// Asks how much more compute a base recipe needs to reach the loss of another recipe.
    ///
    /// The compute multiplier m solves L_base(m·C) = L_recipe(C); above 1 the recipe is better.
    /// Both laws are fitted jointly. Runs with the same compute and seed in both recipes are
    /// paired, so that their common noise cancels.
    ///
    /// ```
    /// use scalewise::{Dataset, ask::{Recipe, VersusRequest}};
    /// let law = |s: f64| [1e18, 1e19, 1e20, 1e21, 1e22].map(|c: f64| (c, s * c.powf(-0.1) + 1.5));
    /// let a = Recipe::new("A", Dataset::from_runs(law(20.0))?);
    /// let b = Recipe::new("B", Dataset::from_runs(law(19.0))?);
    /// let answer = VersusRequest::default().of(&[a, b])?;
    /// // (19/20)^(1/-0.1)
    /// assert!((answer.multiplier("B", 1e22).unwrap() - 1.670).abs() < 1e-3);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct VersusRequest {
        /// How the tables are read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law of every recipe and what is held or known of it; the default is a saturating
        /// power law. Only a·C^b + c, a·C^b and E + A/N^alpha + B/D^beta can be compared, the last
        /// one along its compute-optimal path.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// The column that names the recipes of one table.
        #[serde(skip_serializing_if = "is_default")]
        [text] by: Option<String>,
        /// The recipe with which the others are compared; the default is the first.
        #[serde(skip_serializing_if = "is_default")]
        [text] base: Option<String>,
        /// The column of the seeds, by which runs of two recipes are paired, if it has no usual
        /// name.
        #[serde(skip_serializing_if = "is_default")]
        [text] pair: Option<String>,
        /// Pair no runs.
        #[serde(skip_serializing_if = "is_default")]
        unpaired: bool,
        /// Computes besides the largest that all recipes have runs at; multiples refer to that one.
        [list Size] at: Vec<Size>,
        /// FLOP of a run of a law of N and D: `6nd`, or `k` (k·N·D, fitted to the compute of the runs
        /// of each recipe).
        [into] flops: String = FLOPS.to_owned(),
        /// Parameters at which the multiplier of tokens is computed.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] params: Vec<f64>,
        /// Tokens at which it is computed; the default is the largest that all recipes have runs
        /// at.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] tokens: Vec<f64>,
        /// Levels of the intervals. The level of 90 %, or else the highest, decides which recipes
        /// differ.
        [list f64] levels: Vec<f64> = LEVELS.to_vec(),
        /// Methods of the intervals; the first that gives an interval decides.
        [list Method] methods: Vec<Method> = vec![Method::Profile, Method::Delta, Method::Bootstrap],
        /// The standard deviation of the loss over seeds, in units of the loss.
        #[serde(skip_serializing_if = "is_default")]
        [into] seed_sd: Option<f64>,
        /// Whether to compute the smallest difference that these runs could have shown.
        #[serde(skip_serializing_if = "is_default")]
        power: bool,
        /// Refits of the method bootstrap, 50 or more.
        replicates: usize = REPLICATES,
        /// Seed of the bootstrap.
        seed: u64,
        /// Give numbers even if a finding refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

impl VersusRequest {
    /// The law, which must be one that can be compared.
    pub(super) fn law(&self) -> Result<BuiltIn> {
        let law = self.fit.built_in_or(CURVE)?;
        if !matches!(
            law.form(),
            Form::Power | Form::PowerPlusConstant | Form::Surface
        ) {
            let message = format!("laws '{}' of two recipes cannot be compared", law.name());
            return Err(usage(message)
                .with_hint(
                    "the laws saturating, power, chinchilla and chinchilla-tied can: they have a \
                     multiplier in closed form",
                )
                .with_remedy(Setting::Law.to("saturating")));
        }
        let objective = self.fit.objective.unwrap_or_default();
        let residuals = self.fit.residuals.unwrap_or(Residuals::Relative);
        if objective != ObjectiveName::Squared || residuals != Residuals::Relative {
            return Err(
                usage("recipes are compared by least squares on relative residuals")
                    .with_hint("leave the objective and the scale of the residuals out")
                    .with_remedy(Setting::Objective.to("squared"))
                    .with_remedy(Setting::Residuals.to("relative")),
            );
        }
        self.check_surface(&law)?;
        let known = self.fit.prior.iter().flat_map(|prior| &prior.names);
        let held = self.fit.fix.keys().chain(self.fit.bounds.keys());
        if held.chain(known).any(|name| name == "a") {
            return Err(
                usage("the parameter a must stay free, because recipes differ in it")
                    .with_hint("hold the exponent b and the floor c, and leave a to the runs")
                    .with_remedy(Setting::Fix.to("c=1.6")),
            );
        }
        Ok(law)
    }

    /// Answers the request.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the request is invalid; [`ErrorKind::NoFit`] when the runs of a
    /// recipe give no law.
    pub fn of(&self, recipes: &[Recipe]) -> Result<VersusAnswer> {
        self.answered(recipes, &crate::progress::Silent)
    }

    /// Reads one recipe per table, or those that a column names, and answers the request.
    ///
    /// # Errors
    /// As for [`VersusRequest::of`], and when a table cannot be read.
    #[cfg(feature = "tables")]
    pub fn answer(&self, tables: &[crate::tables::Source<'_>]) -> Result<VersusAnswer> {
        self.of(&self.read(tables)?)
    }

    fn answered(&self, recipes: &[Recipe], progress: &dyn Progress) -> Result<VersusAnswer> {
        let law = self.law()?;
        check_levels(&self.levels)?;
        let request = VersusRequest {
            levels: each_once(self.levels.iter().copied(), same_number),
            methods: each_once(self.methods.iter().copied(), Method::eq),
            params: positives("a number of parameters", &self.params)?,
            tokens: positives("a number of tokens", &self.tokens)?,
            ..self.clone()
        };
        let recipes = request.in_order(recipes)?;
        let mut fitted: Vec<Fitted> = recipes
            .iter()
            .map(|recipe| request.fitted(recipe))
            .collect::<Result<_>>()?;
        one_unit(&fitted)?;
        let held = request.held(&law, &fitted)?;
        let sides: Vec<Side> = fitted
            .iter()
            .map(|one| request.side(&law, one))
            .collect::<Result<_>>()?;
        for (one, side) in fitted.iter_mut().zip(&sides) {
            one.computes = side.runs.iter().map(|run| run.compute).collect();
        }
        let largest = largest_common(&sides, |run| run.compute);
        let computes = sides.iter().flat_map(|side| &side.runs);
        let smallest = computes
            .map(|run| run.compute)
            .fold(f64::INFINITY, f64::min);
        let at = near_the_runs(targets(&request.at, largest)?, smallest)?;
        let sizes = request.sizes(&sides)?;
        let main = request.main();
        let family = fitted.iter().filter(|one| one.refused.is_none()).count();
        let family = family.saturating_sub(1).max(1);
        let asked = Asked {
            largest,
            at: &at,
            sizes: &sizes,
            levels: &request.levels,
            methods: &request.methods,
            main,
            family,
            paired: !request.unpaired,
            power: request.power,
            replicates: request.replicates,
            seed: request.seed,
            listener: Listener(progress),
        };
        request.check_family(family * (family + 1) / 2)?;
        let mut compared = Vec::new();
        let sound = |k: usize| fitted[k].refused.is_none();
        for k in (1..fitted.len()).filter(|k| sound(0) && sound(*k)) {
            let comparison = compare(&sides[0], &sides[k], &held, &asked)
                .map_err(|e| about(&fitted[k].name, &e))?;
            compared.push(Compared {
                name: fitted[k].name.clone(),
                comparison,
            });
        }
        let loss = |one: &Compared| one.comparison.places.first().map_or(f64::MAX, |p| p.loss);
        compared.sort_by(|p, q| loss(p).total_cmp(&loss(q)));
        let groups = match compared.len() {
            0 | 1 => Vec::new(),
            _ => groups(&fitted, &sides, &compared, &held, &asked)?,
        };
        let findings = [without_noise(&compared), far(&compared)];
        Ok(VersusAnswer {
            recipes: fitted,
            largest,
            main,
            family,
            groups,
            findings: findings.into_iter().flatten().collect(),
            compared,
        })
    }

    /// The level that decides.
    fn main(&self) -> f64 {
        match self.levels.contains(&LEVEL) {
            true => LEVEL,
            false => self.levels.iter().copied().fold(0.0, f64::max),
        }
    }

    /// Refuses levels that are too high for this many joint intervals.
    fn check_family(&self, family: usize) -> Result<()> {
        let highest = self.levels.iter().copied().fold(0.0, f64::max);
        match crate::versus::each_of(highest, family) <= *POSSIBLE.end() {
            true => Ok(()),
            false => Err(usage(format!(
                "the intervals of {family} comparisons cannot hold together at so high a level"
            ))
            .with_hint("ask for a lower level")
            .with_remedy(Setting::Levels)),
        }
    }

    /// The recipes, the base first.
    fn in_order<'r>(&self, recipes: &'r [Recipe]) -> Result<Vec<&'r Recipe>> {
        let names: Vec<&str> = recipes.iter().map(|recipe| recipe.name.as_str()).collect();
        if names.len() < 2 {
            return Err(usage("two recipes are compared, and there are fewer")
                .with_hint("give the runs of each recipe"));
        }
        if let Some(twice) = (1..names.len()).find(|k| names[..*k].contains(&names[*k])) {
            let message = format!("two recipes have the name '{}'", excerpt(names[twice]));
            return Err(usage(message).with_hint("give each recipe a name of its own"));
        }
        let first = match &self.base {
            None => 0,
            Some(base) => names.iter().position(|name| name == base).ok_or_else(|| {
                usage(format!("there is no recipe '{}'", excerpt(base)))
                    .about(Setting::Base)
                    .with_hint(format!("the recipes are {}", names.join(", ")))
            })?,
        };
        let others = (0..recipes.len()).filter(|k| *k != first);
        Ok([first]
            .into_iter()
            .chain(others)
            .map(|k| &recipes[k])
            .collect())
    }

    /// The law of a recipe alone.
    fn fitted(&self, recipe: &Recipe) -> Result<Fitted> {
        let mut data = recipe.data.clone();
        if let Some(sd) = self.seed_sd {
            positive("the standard deviation over seeds", sd)?;
            data.runs.iter_mut().for_each(|run| run.sigma = Some(sd));
        }
        let fit = self.fit.fit_or(CURVE)?.level(LEVEL).run(&data);
        let fit = fit.map_err(|e| about(&recipe.name, &e))?;
        let refusal = fit.refusal().filter(|_| !self.force);
        let refused = refusal.map(|d| Withheld {
            code: d.code.to_string(),
            reason: d.message.clone(),
        });
        Ok(Fitted {
            name: recipe.name.clone(),
            fit,
            computes: Vec::new(),
            refused,
        })
    }
}

/// The largest value that all recipes have runs at.
pub(super) fn largest_common(sides: &[Side], value: impl Fn(&SideRun) -> f64) -> f64 {
    let largest = |side: &Side| side.runs.iter().map(&value).fold(0.0, f64::max);
    sides.iter().map(largest).fold(f64::INFINITY, f64::min)
}

/// An error about the runs of a recipe.
pub(super) fn about(name: &str, error: &Error) -> Error {
    let message = format!("recipe '{}': {error}", excerpt(name));
    let named = Error::new(error.kind(), message).with_advice_of(error);
    match error.kind() {
        ErrorKind::NoFit => named.with_hint(
            "add runs, or hold the exponent and the floor of an earlier ladder, for example \
                 c=1.6 and b=-0.094",
        ),
        _ => named,
    }
}

/// The finding that the noise is unknown, so that nothing has an interval.
fn without_noise(compared: &[Compared]) -> Option<Diagnosis> {
    let mut places = compared.iter().flat_map(|one| &one.comparison.places);
    let few = |place: &&Place| {
        let mut none = place.abstentions.iter();
        none.any(|none| none.code == Code::TooFewRuns)
    };
    places.find(few).map(|_| {
        Diagnosis::new(
            Code::TooFewRuns,
            Severity::Warn,
            "the noise of the runs is not known, and no interval says whether a multiplier differs \
             from 1",
            "give the standard deviation of the loss over seeds, or more runs or seeds of each recipe",
        )
        .with_remedy(Setting::SeedSd)
    })
}

/// The finding that a target lies farther beyond the runs than any forecast that was checked.
fn far(compared: &[Compared]) -> Option<Diagnosis> {
    let places = compared.iter().flat_map(|one| &one.comparison.places);
    far_beyond(places.map(|place| place.extrapolation).fold(1.0, f64::max))
}

/// Refuses losses in different units and laws of different variables.
fn one_unit(fitted: &[Fitted]) -> Result<()> {
    let Some((first, others)) = fitted.split_first() else {
        return Ok(());
    };
    let unit = |one: &Fitted| one.fit.data().loss_unit.clone();
    for other in others {
        let variables = first.fit.variable() == other.fit.variable();
        if unit(first) == unit(other) && variables {
            continue;
        }
        let message = format!(
            "the losses of '{}' and '{}' are in different units, or laws of different variables",
            excerpt(&first.name),
            excerpt(&other.name)
        );
        return Err(Error::new(ErrorKind::Data, message).with_hint("read both tables alike"));
    }
    Ok(())
}

/// Groups of recipes that cannot be told apart, each from the best on. The intervals of all pairs
/// hold jointly.
fn groups(
    fitted: &[Fitted],
    sides: &[Side],
    compared: &[Compared],
    held: &Held,
    asked: &Asked<'_>,
) -> Result<Vec<Vec<String>>> {
    let place = |name: &str| fitted.iter().position(|one| one.name == name);
    let loss = |k: usize| match compared.iter().find(|one| one.name == fitted[k].name) {
        Some(one) => one.comparison.places.first().map_or(f64::MAX, |p| p.loss),
        None => compared[0]
            .comparison
            .places
            .first()
            .map_or(f64::MAX, |p| p.base_loss),
    };
    let mut order: Vec<usize> = compared.iter().filter_map(|one| place(&one.name)).collect();
    order.push(0);
    order.sort_by(|p, q| loss(*p).total_cmp(&loss(*q)));
    let asked = Asked {
        at: &[],
        sizes: &[],
        levels: &[asked.main],
        methods: &[],
        power: false,
        family: order.len() * (order.len() - 1) / 2,
        ..*asked
    };
    let mut alike = vec![vec![true; order.len()]; order.len()];
    for i in 0..order.len() {
        for k in i + 1..order.len() {
            let found = compare(&sides[order[i]], &sides[order[k]], held, &asked)?;
            let place = &found.places[0];
            let interval = place.difference_intervals.first();
            alike[i][k] = interval.is_none_or(|i| i.lower <= 0.0 && i.upper >= 0.0);
        }
    }
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for i in 0..order.len() {
        let apart = |k: &usize| (i..*k).any(|j| !alike[j][*k]);
        let end = (i + 1..order.len()).find(apart).unwrap_or(order.len());
        // A group within another one adds nothing.
        if groups.last().is_none_or(|last| last.1 < end) {
            groups.push((i, end));
        }
    }
    let named = |(from, to): &(usize, usize)| {
        let members = &order[*from..*to];
        members.iter().map(|k| fitted[*k].name.clone()).collect()
    };
    Ok(groups.iter().map(named).collect())
}

impl Ask for VersusRequest {
    type Data = Vec<Recipe>;
    type Answer = VersusAnswer;

    fn watched(&self, data: &Vec<Recipe>, progress: &dyn Progress) -> Result<VersusAnswer> {
        self.answered(data, progress)
    }
}
