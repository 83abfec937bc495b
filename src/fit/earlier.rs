//! The fit of an earlier recipe's ladder as a prior.

use super::objective::Residuals;
use super::prior::{BetweenRecipes, EarlierRuns, Prior};
use super::result::FitResult;
use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use crate::runs::Dataset;

impl Prior {
    /// A prior of the exponent b and the floor c from the ladder of an earlier recipe: its
    /// estimates, with its covariance plus the variance between recipes. It says nothing about a,
    /// because the level of the loss differs between recipes.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] if the earlier runs do not determine both parameters.
    pub fn earlier(fit: &FitResult, between: BetweenRecipes) -> Result<Prior> {
        let place = |name: &str| fit.parameters().iter().position(|p| p.name == name);
        let none = |why: &str| {
            Err(Error::new(
                ErrorKind::NoFit,
                format!("the earlier law is no prior: {why}"),
            )
            .with_hint("give the mean and the standard deviation of a parameter instead, for example c=1.6+-0.1")
            .with_remedy(Setting::Prior.to("c=1.6+-0.1")))
        };
        let (Some(b), Some(c), true) = (place("b"), place("c"), fit.law().name() == "saturating")
        else {
            return none("it is no saturating power law");
        };
        let loss = fit.runs_in_order().last().map_or(f64::NAN, |run| run.loss);
        let widened = [
            (between.b * fit.parameters()[b].value).powi(2),
            (between.c * loss).powi(2),
        ];
        let (free, vcov) = (fit.settings().fixed(), fit.vcov());
        let own = |i: usize, k: usize| match (free[i] || free[k], vcov) {
            // A parameter that was fixed in the earlier fit has no covariance.
            (true, _) => Some(0.0),
            (false, Some(vcov)) => vcov[i][k],
            (false, None) => None,
        };
        let on_bound = [b, c].into_iter().any(|k| fit.on_bound(k));
        let (Some(bb), Some(bc), Some(cc), false) = (own(b, b), own(b, c), own(c, c), on_bound)
        else {
            return none("its runs do not determine its exponent and its floor");
        };
        let noise = fit.residual_sd().map(|(sd, _)| sd);
        let relative = fit.settings().residuals != Residuals::Absolute;
        let prior = Prior {
            names: vec!["b".to_owned(), "c".to_owned()],
            mean: [b, c].map(|k| fit.parameters()[k].value).to_vec(),
            covariance: vec![vec![bb + widened[0], bc], vec![bc, cc + widened[1]]],
            noise: noise.filter(|sd| relative && *sd > 0.0),
            source: fit.data().source.clone(),
            earlier: Some(EarlierRuns {
                variable: fit.variable(),
                loss_unit: fit.data().loss_unit.clone(),
                digest: fit.data().digest(),
            }),
        };
        match prior.factor() {
            Some(_) => Ok(prior),
            None => none("its covariance is not that of a distribution"),
        }
    }

    /// Checks that the earlier ladder is about the same quantity and unit as these runs, and is not
    /// made of these very runs.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if not.
    pub(super) fn fits(&self, data: &Dataset) -> Result<()> {
        let Some(earlier) = &self.earlier else {
            return Ok(());
        };
        let refused = |message: String, hint: &str| {
            let error = Error::new(ErrorKind::Usage, message).about(Setting::Prior);
            Err(error.with_hint(hint))
        };
        let own = data.variable;
        if earlier.variable != own {
            let (one, other) = (earlier.variable.noun(), own.noun());
            let message =
                format!("the earlier law is one of {one}, and these runs are fitted over {other}");
            return refused(message, "fit the earlier runs over the same quantity");
        }
        if let (Some(one), Some(other)) = (&earlier.loss_unit, &data.loss_unit)
            && one != other
        {
            let message =
                format!("the earlier law is of losses in {one}, and these are in {other}");
            return refused(message, "fit the earlier runs in the same unit");
        }
        if earlier.digest == data.digest() {
            let message = "the earlier law was fitted to these very runs, which would count twice";
            return refused(
                message.to_owned(),
                "give the ladder of another recipe, or no prior",
            );
        }
        Ok(())
    }
}
