//! The choice of a law and how it is fitted.

use super::CURVE;
use super::table::is_default;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{DEFAULT_HUBER_DELTA, Fit, FitResult, Objective, Prior, Residuals};
use crate::law::{self, BuiltIn, Form, Input, Law, TypedLaw};
use crate::remedy::Setting;
use crate::runs::Dataset;
use crate::text::{excerpt, quoted};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The objective by name; the threshold of Huber's loss is a separate field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectiveName {
    /// Least squares.
    #[default]
    Squared,
    /// Huber's loss.
    Huber,
    /// Least absolute deviations.
    Lad,
    /// A quantile of the runs.
    Quantile,
}

impl ObjectiveName {
    /// Every objective.
    #[doc(hidden)]
    pub const ALL: [ObjectiveName; 4] = [
        ObjectiveName::Squared,
        ObjectiveName::Huber,
        ObjectiveName::Lad,
        ObjectiveName::Quantile,
    ];

    /// Its name in requests.
    #[doc(hidden)]
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ObjectiveName::Squared => "squared",
            ObjectiveName::Huber => "huber",
            ObjectiveName::Lad => "lad",
            ObjectiveName::Quantile => "quantile",
        }
    }
}

request!(
    /// A law and how it is fitted; fields that are left out have the default of the request.
    ///
    /// The default threshold of Huber's loss is 0.001 for a law of compute (Hoffmann et al. 2022)
    /// and 1.345 times the robust scale of the residuals for a law of N and D (Huber 1981).
    ///
    /// ```
    /// use scalewise::ask::{FitRequest, LawChoice, ObjectiveName};
    /// let choice = LawChoice::default()
    ///     .objective(ObjectiveName::Huber)
    ///     .fix([("c".to_owned(), 1.7)]);
    /// # let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1)];
    /// # let data = scalewise::Dataset::from_runs(runs)?;
    /// let answer = FitRequest::default().fit(choice).of(&data)?;
    /// assert_eq!(answer.fit().value("c"), Some(1.7));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct LawChoice {
        /// Name of the law, or its formula: `L(N, S) = a*N^b + c/(1 + S)`.
        #[serde(skip_serializing_if = "is_default")]
        [text] law: Option<String>,
        /// What is minimised.
        #[serde(skip_serializing_if = "is_default")]
        [into] objective: Option<ObjectiveName>,
        /// Threshold of Huber's loss, in units of the residuals.
        #[serde(skip_serializing_if = "is_default")]
        [into] delta: Option<f64>,
        /// The share of runs below the curve, for the quantile objective.
        #[serde(skip_serializing_if = "is_default")]
        [into] quantile: Option<f64>,
        /// Scale of the residuals, logarithmic or absolute.
        #[serde(skip_serializing_if = "is_default")]
        [into] residuals: Option<Residuals>,
        /// Parameters that are held, and their values.
        #[serde(skip_serializing_if = "is_default")]
        [into] fix: BTreeMap<String, f64>,
        /// Parameters that are kept between two values; a missing end means no limit.
        #[serde(skip_serializing_if = "is_default")]
        [into] bounds: BTreeMap<String, (Option<f64>, Option<f64>)>,
        /// Priors on parameters.
        #[serde(skip_serializing_if = "is_default")]
        [list Prior] prior: Vec<Prior>,
    }
);

/// The built-in law of that name.
///
/// # Errors
/// [`ErrorKind::Usage`] when there is no such law.
pub fn law_named(name: &str) -> Result<BuiltIn> {
    law::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = law::all().iter().map(|law| law.name()).collect();
        Error::new(
            ErrorKind::Usage,
            format!("there is no law '{}'", excerpt(name)),
        )
        .with_hint(format!("the laws are {}", names.join(", ")))
    })
}

impl LawChoice {
    /// Sets the law from these texts: the name of a law, a formula, or several formulas of outcomes
    /// that may share parameters.
    ///
    /// ```
    /// use scalewise::ask::LawChoice;
    /// let law = LawChoice::default().formulas(["x = a + b/N", "y = c + b/N"])?;
    /// assert_eq!(law, LawChoice::default().law("x = a + b/N; y = c + b/N"));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for several texts of which one is not a formula.
    pub fn formulas(self, texts: impl IntoIterator<Item = impl Into<String>>) -> Result<LawChoice> {
        let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        match texts.iter().find(|text| !law::is_formula(text)) {
            Some(name) if texts.len() > 1 => {
                let message = format!("several laws are given, and {} is no formula", quoted(name));
                Err(Error::new(ErrorKind::Usage, message)
                    .with_hint("give one law, or a formula for each of several outcomes")
                    .with_remedy(Setting::Law))
            }
            _ if texts.is_empty() => Ok(self),
            _ => Ok(self.law(texts.join("; "))),
        }
    }

    /// The law, or the one named `default` if none is chosen. This is for use before a table is
    /// read: a formula that does not list its columns may not know them yet.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no law of that name, or the formula is invalid.
    pub(crate) fn law_or(&self, default: &str) -> Result<Arc<dyn Law>> {
        match self.law.as_deref().filter(|law| law::is_formula(law)) {
            Some(formula) => Ok(Arc::new(TypedLaw::before_its_table(formula)?)),
            None => self.law_with(default, &[]),
        }
    }

    fn law_with(&self, default: &str, columns: &[String]) -> Result<Arc<dyn Law>> {
        let name = self.law.as_deref().unwrap_or(default);
        law::named_with(name, columns)
    }

    /// As `law_or`, where only a built-in law can be used.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a formula, too.
    pub(crate) fn built_in_or(&self, default: &str) -> Result<BuiltIn> {
        let name = self.law.as_deref().unwrap_or(default);
        if law::is_formula(name) {
            let message = format!(
                "a law typed as a formula, {}, cannot be used here",
                quoted(name)
            );
            return Err(Error::new(ErrorKind::Usage, message)
                .with_hint("name a law that comes with the program")
                .with_remedy(Setting::Law));
        }
        law_named(name)
    }

    /// The columns besides compute, parameters and tokens that a formula may use, each with whether
    /// a table must have it: those that the formula lists, or else all its names.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the formula is invalid.
    pub(crate) fn further_columns(&self) -> Result<Vec<(String, bool)>> {
        let Some(name) = &self.law else {
            return Ok(Vec::new());
        };
        let (names, needed) = match law::is_formula(name) {
            true => TypedLaw::candidates(name)?,
            false => (law::named(name)?.columns().to_vec(), true),
        };
        let names = names.into_iter().map(|name| (name, needed));
        // The first outcome is the loss of a run.
        let others = self.outcomes()?.into_iter().skip(1);
        Ok(others.map(|name| (name, true)).chain(names).collect())
    }

    /// The column of the first outcome that the user's formula names. `None` if the only outcome is
    /// `L` or `loss`, which mean any column of losses.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the formula is invalid.
    pub(crate) fn outcome(&self) -> Result<Option<String>> {
        let outcomes = self.outcomes()?;
        let is_any = |name: &String| outcomes.len() == 1 && (name == "L" || name == "loss");
        Ok(outcomes.first().filter(|name| !is_any(name)).cloned())
    }

    fn outcomes(&self) -> Result<Vec<String>> {
        let Some(name) = &self.law else {
            return Ok(Vec::new());
        };
        match law::is_formula(name) {
            true => TypedLaw::outcomes_of(name),
            false => Ok(law::named(name)?
                .typed()
                .map_or(Vec::new(), |law| law.outcomes().to_vec())),
        }
    }

    /// Whether the law is a formula, of the user or from the literature.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no law of that name.
    #[doc(hidden)]
    pub fn is_typed(&self) -> Result<bool> {
        Ok(self.law_or(CURVE)?.typed().is_some())
    }

    /// Whether the law is a built-in law of compute. Of a formula, only the table shows which names
    /// are columns.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no law of that name.
    #[doc(hidden)]
    pub fn is_plain_curve(&self) -> Result<bool> {
        let law = self.law_or(CURVE)?;
        Ok(law.typed().is_none() && law.inputs() == [Input::Compute])
    }

    /// The law, if it has a single variable.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no law of that name, or it has several variables.
    pub(crate) fn curve(&self) -> Result<Arc<dyn Law>> {
        let law = self.law_or(CURVE)?;
        law::of_one_variable(&*law)?;
        Ok(law)
    }

    /// Whether losses may be zero or negative: the residuals are absolute, and either the law is a
    /// formula, or it is a law of one variable with a positive parameter that the user allows below
    /// zero.
    pub(crate) fn admits_negative(&self, law: &dyn Law) -> bool {
        let lower = |name: &str| match (self.fix.get(name), self.bounds.get(name)) {
            (Some(value), _) => Some(*value),
            (None, Some((low, _))) => Some(low.unwrap_or(f64::NEG_INFINITY)),
            (None, None) => None,
        };
        let below = |p: &crate::law::Parameter| {
            p.lower >= 0.0 && lower(&p.name).is_some_and(|lower| lower < 0.0)
        };
        self.residuals == Some(Residuals::Absolute)
            && (law.typed().is_some()
                || law.inputs() == [Input::Compute] && law.parameters().iter().any(below))
    }

    /// The fit to run.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no law of that name, or the threshold is invalid.
    pub(crate) fn fit_or(&self, default: &str) -> Result<Fit> {
        self.fit_of(self.law_with(default, &[])?)
    }

    /// The fit to run on these data, whose columns a formula may name.
    ///
    /// # Errors
    /// As for [`LawChoice::fit_or`].
    pub(crate) fn fit_for(&self, default: &str, data: &Dataset) -> Result<Fit> {
        self.fit_of({
            let columns: Vec<String> = data.columns().map(str::to_owned).collect();
            self.law_with(default, &columns)?
        })
    }

    fn fit_of(&self, law: Arc<dyn Law>) -> Result<Fit> {
        let usage = |message: &str| Error::new(ErrorKind::Usage, message);
        let name = self.objective.unwrap_or_default();
        let objective = match (name, self.delta) {
            (ObjectiveName::Huber, Some(delta)) if delta.is_infinite() => {
                return Err(
                    usage("the threshold of Huber's loss must be a finite number")
                        .with_hint("an infinite threshold is least squares: choose the objective 'squared'")
                        .with_remedy(Setting::Objective.to("squared")),
                );
            }
            (ObjectiveName::Huber, delta) => Objective::Huber {
                delta: delta.unwrap_or(DEFAULT_HUBER_DELTA),
            },
            (_, Some(_)) => {
                return Err(usage("a threshold belongs to Huber's loss")
                    .with_hint("choose the objective 'huber', or give no threshold")
                    .with_remedy(Setting::Objective.to("huber")));
            }
            (ObjectiveName::Squared, None) => Objective::Squared,
            (ObjectiveName::Lad, None) => Objective::Lad,
            (ObjectiveName::Quantile, None) => Objective::Quantile {
                q: self.wanted_quantile()?,
            },
        };
        if self.quantile.is_some() && name != ObjectiveName::Quantile {
            return Err(usage(
                "a share of runs below the curve belongs to the objective 'quantile'",
            )
            .with_hint("choose that objective, or give no share")
            .with_remedy(Setting::Objective.to("quantile")));
        }
        let of_params = law.inputs().contains(&Input::Params);
        let mut fit = Fit::shared(law).loss(objective);
        let from_data = name == ObjectiveName::Huber && self.delta.is_none();
        if from_data && of_params {
            fit = fit.huber_from_data();
        }
        if let Some(scale) = self.residuals {
            fit = fit.residuals(scale);
        }
        if let Some(name) = self.fix.keys().find(|name| self.bounds.contains_key(*name)) {
            return Err(
                usage(&format!("{} is held, and bounded as well", excerpt(name)))
                    .about(Setting::Fix)
                    .with_hint("hold it or bound it, not both")
                    .with_remedy(Setting::Bounds),
            );
        }
        for (name, value) in &self.fix {
            fit = fit.fix(name, *value);
        }
        for (name, (low, high)) in &self.bounds {
            let low = low.unwrap_or(f64::NEG_INFINITY);
            fit = fit.bounds(name, low..=high.unwrap_or(f64::INFINITY));
        }
        Ok(self.prior.iter().cloned().fold(fit, Fit::prior))
    }

    /// This choice with the exponent and the floor fixed at those of an earlier law, as if without
    /// error.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when that is not a power law.
    #[doc(hidden)]
    pub fn held_as_in(self, earlier: &FitResult) -> Result<LawChoice> {
        let kind = earlier.law().name();
        if !matches!(earlier.law().form(), Form::Power | Form::PowerPlusConstant) {
            let message = format!("an earlier law '{kind}' has no exponent b and floor c to hold");
            return Err(Error::new(ErrorKind::Usage, message)
                .with_hint("give one of the law saturating or power"));
        }
        let known = ["b", "c"].into_iter();
        let known = known.filter_map(|p| Some((p.to_owned(), earlier.value(p)?)));
        let known: BTreeMap<String, f64> = known.collect();
        Ok(self.law(kind).fix(known))
    }

    fn wanted_quantile(&self) -> Result<f64> {
        self.quantile.ok_or_else(|| {
            let message = "the objective 'quantile' needs the share of runs that lie below the curve";
            Error::new(ErrorKind::Usage, message)
                .with_hint("give a number between 0 and 1, for example 0.3 where small runs are undertuned")
                .with_remedy(Setting::Quantile.to("0.3"))
        })
    }

    /// This choice with every default that the fit used written out, so that a later change of a
    /// default does not affect it.
    pub(super) fn settled(mut self, fit: &FitResult) -> LawChoice {
        let settings = fit.settings();
        // A formula is written with the columns that it turned out to use.
        self.law = Some(fit.law().name().to_owned());
        self.objective.get_or_insert(match settings.objective {
            Objective::Squared => ObjectiveName::Squared,
            Objective::Huber { .. } => ObjectiveName::Huber,
            Objective::Lad => ObjectiveName::Lad,
            Objective::Quantile { .. } => ObjectiveName::Quantile,
        });
        self.residuals.get_or_insert(settings.residuals);
        // For a law of N and D the rule is kept, since its threshold depends on the residuals.
        if let Objective::Huber { delta } = settings.objective
            && !fit.law().inputs().contains(&Input::Params)
        {
            self.delta.get_or_insert(delta);
        }
        self
    }
}
