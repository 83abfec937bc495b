//! A fit prepared for many targets: what does not depend on the target is computed once.

use super::abstain::Abstain;
use super::bootstrap::{Bootstrap, Refits};
use super::delta;
use super::free::FreeAt;
use super::grade::{Grade, Grounds};
use super::profile;
use super::profile_general;
use super::record::Record;
use super::result::Forecast;
use super::whole::Whole;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Code, FitResult, Inference, Severity};
use crate::interval::{Kind, Method};
use crate::remedy::Setting;
use std::borrow::Cow;

pub(crate) struct Prepared<'a> {
    fit: &'a FitResult,
    methods: &'a [Method],
    inference: Inference,
    free: Option<Cow<'a, Whole>>,
    bootstrap: std::result::Result<Bootstrap, Abstain>,
    covers: profile::Covers,
}

impl<'a> Prepared<'a> {
    /// For whole forecasts: the point does not depend on the requested methods.
    pub(crate) fn new(
        fit: &'a FitResult,
        methods: &'a [Method],
        refits: Refits<'_>,
    ) -> Result<Prepared<'a>> {
        Ok(Prepared {
            free: Whole::new(fit, &[Method::Calibrated]),
            ..Prepared::for_intervals(fit, methods, refits)?
        })
    }

    /// For intervals only: without the method `calibrated` the point is that of the law.
    pub(crate) fn for_intervals(
        fit: &'a FitResult,
        methods: &'a [Method],
        refits: Refits<'_>,
    ) -> Result<Prepared<'a>> {
        let inference = fit.inference()?;
        let bootstrap = match methods.contains(&Method::Bootstrap) {
            true => Bootstrap::new(fit, &inference, refits)?,
            false => Err(Abstain::not_asked()),
        };
        Ok(Prepared {
            fit,
            methods,
            free: Whole::new(fit, methods),
            inference,
            bootstrap,
            covers: profile::Covers::default(),
        })
    }

    pub(crate) fn inference(&self) -> &Inference {
        &self.inference
    }

    /// The forecast at a compute. Its findings are only those of the law-free methods.
    pub(crate) fn at(&self, compute: f64, levels: &[f64], kinds: &[Kind]) -> Result<Forecast> {
        let fit = self.fit;
        let point = fit.predict(&[compute]);
        let admitted = point > 0.0 || fit.settings().admit_negative(fit.law());
        if !(admitted && point.is_finite()) {
            return Err(Error::new(
                ErrorKind::NoFit,
                format!("the law has no positive value at {compute:e}"),
            )
            .with_hint(
                "keep its floor at 0 or above; where losses may be negative, fit absolute residuals",
            )
            .with_remedy(Setting::Bounds)
            .with_remedy(Setting::Residuals.to("absolute")));
        }
        let free = self
            .free
            .as_ref()
            .map(|free| free.at(compute, self.methods));
        let recommended = free
            .as_ref()
            .and_then(|free| free.point(Method::Calibrated));
        // The findings of the law-free methods are about the calibrated interval.
        let found = free
            .iter()
            .filter(|_| self.methods.contains(&Method::Calibrated));
        let (grade, because, record) = self.grade(compute, free.as_ref());
        let (record, no_record) = match record {
            Ok(record) => (record, None),
            Err(why) => (None, Some(why)),
        };
        let mut forecast = Forecast {
            grade,
            because,
            record,
            no_record,
            x: compute,
            variable: fit.variable(),
            point: recommended.unwrap_or(point),
            law_point: point,
            is_recommended: recommended.is_some(),
            members: free.iter().flat_map(FreeAt::members).collect(),
            extrapolation: compute / fit.largest_fitted(),
            span_decades: fit.span_decades(),
            prior_share: self.prior_share(compute),
            intervals: Vec::new(),
            abstentions: Vec::new(),
            diagnoses: found.flat_map(FreeAt::findings).collect(),
        };
        for &method in self.methods {
            let mut solver = self.solver(method, compute, free.as_ref());
            for &level in levels {
                for kind in given(method, kinds) {
                    forecast.add(method, level, kind, solver.bounds(level, kind));
                }
            }
        }
        Ok(forecast)
    }

    /// The share of the variance of the law's value that comes from the prior; `None` without a
    /// prior.
    fn prior_share(&self, compute: f64) -> Option<f64> {
        let fit = self.fit;
        let penalty = fit.settings().prior.as_ref()?;
        let mut gradient = vec![0.0; fit.parameters().len()];
        fit.law().gradient(&[compute], &fit.values(), &mut gradient);
        self.inference.share_of(penalty, &gradient)
    }

    /// The grade of a forecast at a compute, its reason, and its record or why there is none.
    fn grade(
        &self,
        compute: f64,
        free: Option<&FreeAt>,
    ) -> (Grade, String, std::result::Result<Option<Record>, String>) {
        let fit = self.fit;
        let why = withheld(fit, Method::Calibrated);
        let missing = "the law alone gives the number";
        let band = match (&why, free.map(|free| &free.calibrated)) {
            (Some(why), _) | (None, Some(Err(why))) => Err(why.reason.as_str()),
            (None, Some(Ok(band))) => Ok(band),
            (None, None) => Err(missing),
        };
        let doubts = fit.data().findings();
        let doubts = doubts.iter().filter(|d| d.severity == Severity::Warn);
        let refusal = fit.refusal().map(|d| d.message.as_str());
        let grounds = Grounds {
            band,
            falls: free.is_none_or(FreeAt::falls),
            factor: compute / fit.largest_fitted(),
            refusal,
            doubts: doubts.map(|d| d.message.as_str()).collect(),
            informed: self.free.as_ref().is_some_and(|free| free.is_informed()),
        };
        let (grade, because, no_record) = grounds.grade();
        let record = match no_record {
            Some(why) => Err(why),
            None => Ok(Record::of(grade, fit.data().curve())),
        };
        (grade, because, record)
    }

    /// The recommended point at a compute, if there is one.
    pub(super) fn point(&self, compute: f64) -> Option<f64> {
        let calibrated = &[Method::Calibrated];
        let free = self.free.as_ref()?.at(compute, calibrated);
        free.point(Method::Calibrated)
    }

    /// Whether the number to quote is the recommended point instead of the law's value.
    pub(super) fn is_recommended(&self, compute: f64) -> bool {
        withheld(self.fit, Method::Calibrated).is_none() && self.point(compute).is_some()
    }

    /// One interval at a compute, or the reason for its absence.
    pub(super) fn bounds(
        &self,
        method: Method,
        compute: f64,
        level: f64,
        kind: Kind,
    ) -> std::result::Result<(f64, f64), Abstain> {
        let free = (self.free.as_ref()).filter(|_| !method.parametric());
        let free = free.map(|free| free.at(compute, self.methods));
        self.solver(method, compute, free.as_ref())
            .bounds(level, kind)
    }

    fn solver<'s>(&'s self, method: Method, compute: f64, free: Option<&'s FreeAt>) -> Solver<'s> {
        if let Some(why) = withheld(self.fit, method) {
            return Solver::Nothing(why);
        }
        match (free, &self.bootstrap) {
            (Some(free), _) if !method.parametric() => Solver::Free(method, free),
            (_, Ok(bootstrap)) if method == Method::Bootstrap => {
                Solver::Bootstrap(self.fit, bootstrap, vec![compute])
            }
            (_, Err(why)) if method == Method::Bootstrap => Solver::Nothing(why.clone()),
            _ => Solver::of_law(self.fit, &self.inference, &self.covers, method, compute),
        }
    }
}

/// The requested kinds that the method gives, or all of them if it gives none, so that it abstains.
fn given(method: Method, kinds: &[Kind]) -> Vec<Kind> {
    let given: Vec<Kind> = kinds.iter().copied().filter(|k| method.gives(*k)).collect();
    if given.is_empty() {
        kinds.to_vec()
    } else {
        given
    }
}

/// One method at one target, for any level and kind.
enum Solver<'a> {
    Delta(delta::Delta<'a>),
    Power(Box<profile::PowerForecast<'a>>),
    General(profile_general::GeneralProfile<'a>),
    Bootstrap(&'a FitResult, &'a Bootstrap, Vec<f64>),
    Free(Method, &'a FreeAt),
    Nothing(Abstain),
}

/// Why a method cannot be used on this fit at any target; `None` if it can.
pub(super) fn withheld(fit: &FitResult, method: Method) -> Option<Abstain> {
    if fit.settings().objective.is_quantile() {
        let reason = format!(
            "the curve is a quantile of the runs, and {} intervals are made for their middle",
            method.name()
        );
        return Some(Abstain::new(Code::QuantileFit, reason));
    }
    (!method.parametric() && fit.signed()).then(|| {
        let reason = format!(
            "{} takes logarithms of the losses, and some are not positive",
            method.name()
        );
        Abstain::new(Code::NeedsPositiveLosses, reason)
    })
}

/// Why objectives other than least squares have no profile interval.
pub(super) fn profile_undefined() -> Abstain {
    Abstain::new(
        Code::ProfileUndefined,
        "the profile interval is defined for least squares only",
    )
}

impl<'a> Solver<'a> {
    fn of_law(
        fit: &'a FitResult,
        inference: &'a Inference,
        covers: &'a profile::Covers,
        method: Method,
        compute: f64,
    ) -> Solver<'a> {
        if !inference.enough() {
            return Solver::Nothing(Abstain::too_few_runs(inference));
        }
        let point = fit.predict(&[compute]);
        if method == Method::Delta {
            return Solver::Delta(delta::Delta::new(fit, inference, &[compute], point));
        }
        if fit.settings().objective != crate::fit::Objective::Squared {
            return Solver::Nothing(profile_undefined());
        }
        match fit.power_profile(&inference.observations) {
            Some(profile) => Solver::Power(Box::new(profile::PowerForecast::new(
                fit, inference, profile, covers, compute,
            ))),
            None => Solver::General(profile_general::GeneralProfile::new(
                fit,
                inference,
                &[compute],
                point,
            )),
        }
    }

    fn bounds(&mut self, level: f64, kind: Kind) -> std::result::Result<(f64, f64), Abstain> {
        match self {
            Solver::Delta(delta) => delta.bounds(level, kind),
            Solver::Power(profile) => profile.bounds(level, kind),
            Solver::General(profile) => profile.bounds(level, kind),
            Solver::Bootstrap(fit, bootstrap, x) => bootstrap.bounds(fit.law(), x, level, kind),
            Solver::Free(method, _) if !method.gives(kind) => Err(Abstain::new(
                Code::PredictionOnly,
                format!(
                    "{} intervals speak of a new run, not of the curve",
                    method.name()
                ),
            )),
            Solver::Free(method, free) => free.bounds(*method, level),
            Solver::Nothing(why) => Err(why.clone()),
        }
    }
}
