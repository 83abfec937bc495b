//! Chooses which runs to train next, and when to stop.

use super::plan_answer::{OfPlace, PlanAnswer, PlanStep, Planned, Stop, Widths};
use super::plan_points::{Names, points};
use super::plan_pool::names_of;
use super::plan_request::PlanRequest;
use super::{Ask, CURVE, LEVEL, usage};
use crate::error::Result;
use crate::fit::{FitResult, Prior, central_quantile};
use crate::interval::check_levels;
use crate::law::Input;
use crate::plan::{
    Asked, Candidate, Design, How, Ladder, Outcome, Place, Posterior, Rungs, best_ladder, choose,
    of_ladder, of_points, suspicious,
};
use crate::progress::{Listener, Progress, Silent};
use crate::runs::{Dataset, Variable};
use crate::said::Said;

/// A sequence is worth following as long as its rest narrows the interval by at least this share.
const WORTH: f64 = 0.05;
/// The default relative noise of a run: residuals of published ladders about their laws are 0.1 to
/// 0.5 %.
const NOISE: f64 = 0.003;

impl PlanRequest {
    /// Answers the request.
    ///
    /// # Errors
    /// When the request is invalid, or the data give no fit at all. A fit that a finding refuses is
    /// an answer, not an error.
    pub fn of(&self, data: &Dataset) -> Result<PlanAnswer> {
        self.watched(data, &Silent)
    }

    /// Reads a table and answers the request.
    ///
    /// # Errors
    /// When the request is invalid, the table cannot be read, or its rows give no fit at all.
    #[cfg(feature = "tables")]
    pub fn answer(&self, table: &crate::tables::Source<'_>) -> Result<PlanAnswer> {
        self.of(&super::AskTable::read(self, table)?)
    }

    fn check(&self) -> Result<()> {
        check_levels(&[self.level])?;
        let positive = |name: &str, value: f64| match value > 0.0 && value.is_finite() {
            true => Ok(()),
            false => Err(usage(format!(
                "{name} must be positive and finite, not {}",
                Said(value)
            ))),
        };
        positive("the budget", self.budget)?;
        positive("the width that is enough", self.width.unwrap_or(1.0))?;
        positive("the noise", self.noise.unwrap_or(1.0))?;
        let (compute, loss) = self.anchor.unwrap_or((1.0, 1.0));
        positive("the compute of the expected loss", compute)?;
        positive("the expected loss", loss)?;
        let within = |name: &str, value: usize, low: usize, high: usize| match (low..=high)
            .contains(&value)
        {
            true => Ok(()),
            false => Err(usage(format!(
                "{name} must be from {low} to {high}, not {value}"
            ))),
        };
        within("the draws", self.draws, 8, 10_000)?;
        within("the runs of the sequence", self.most, 1, 1000)?;
        within("the batch", self.batch, 1, 1000)?;
        match self.at.is_empty() {
            true => Err(usage("there is no target to plan for")
                .with_hint("give one such as 1e24, 100x or N=7B,D=1T")),
            false => Ok(()),
        }
    }

    /// Plans from a law that is already fitted.
    ///
    /// # Errors
    /// As for [`PlanRequest::of`].
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult, progress: &dyn Progress) -> Result<PlanAnswer> {
        self.check()?;
        let unused = [
            (self.anchor.is_some(), "an expected loss"),
            (self.noise.is_some(), "a noise"),
        ];
        if let Some((_, what)) = unused.iter().find(|(given, _)| *given) {
            return Err(usage(format!("{what} is for a plan without runs"))
                .with_hint("leave it out: the runs show it"));
        }
        let targets = points("at", &self.at, &names_of(&fit))?;
        if fit.refusal().is_some() && !self.force {
            return Ok(self.planned(Planned::Refused, fit, targets));
        }
        match fit.law().inputs() == [Input::Compute] {
            true => self.of_ladder(fit, targets, progress),
            false => self.of_points(fit, targets),
        }
    }

    fn planned(&self, planned: Planned, fit: FitResult, targets: Vec<Vec<f64>>) -> PlanAnswer {
        PlanAnswer {
            request: self.clone(),
            names: names_of(&fit).names,
            fit: Some(fit),
            targets,
            planned,
        }
    }

    /// The candidates within the budget, and how many are too expensive.
    fn affordable(&self, fit: &FitResult, targets: &[Vec<f64>]) -> Result<Affordable> {
        let pool = self.pool(fit, targets)?;
        let all = pool.candidates.len();
        let mut candidates = pool.candidates;
        candidates.retain(|c| c.cost <= self.budget);
        if candidates.is_empty() {
            let message = match all {
                0 => "there are no runs to choose from".to_owned(),
                all => format!("none of the {all} candidates costs as little as the budget"),
            };
            return Err(usage(message).with_hint("raise the budget, or give cheaper candidates"));
        }
        Ok(Affordable {
            too_dear: all - candidates.len(),
            candidates,
            excluded: pool.excluded,
        })
    }

    fn how<'a>(&self, listener: Listener<'a>) -> How<'a> {
        How {
            design: self.design,
            budget: self.budget,
            most: self.most,
            listener,
        }
    }

    fn of_ladder(
        &self,
        fit: FitResult,
        targets: Vec<Vec<f64>>,
        progress: &dyn Progress,
    ) -> Result<PlanAnswer> {
        let listener = Listener(progress);
        let found = self.affordable(&fit, &targets)?;
        let places: Vec<f64> = targets.iter().map(|t| t[0]).collect();
        let ladder = Ladder::new(&fit, &places, (self.level, self.draws, self.seed))?;
        let now = ladder.width_after(&[]).map(|w| w.width);
        listener.0.expect(found.candidates.len());
        let alone = |c: &Candidate| {
            listener.go_on()?;
            let width = ladder.ranked(&c.x);
            listener.0.step();
            Ok(width)
        };
        let alone: Vec<Option<f64>> = found.candidates.iter().map(alone).collect::<Result<_>>()?;
        let (order, after) = ladder.choose(&found.candidates, &self.how(listener), &alone)?;
        let after: Vec<Option<f64>> = after.iter().map(|w| w.map(|w| w.width)).collect();
        let existing = of_ladder(&fit, &ladder);
        let mut widths = self.widths(&found, now, &order, &after, &alone, Vec::new());
        // What is shown has as many draws as the sequence; fewer suffice to rank candidates.
        for best in &mut widths.by_place {
            let shown = ladder.width_after(&best.x).map(|w| w.width);
            best.width = shown.unwrap_or(best.width);
        }
        let planned = Planned::Runs(Box::new(Widths {
            existing,
            suspicious: suspicious(&fit),
            is_calibrated: true,
            ..widths
        }));
        Ok(self.planned(planned, fit, targets))
    }

    fn of_points(&self, fit: FitResult, targets: Vec<Vec<f64>>) -> Result<PlanAnswer> {
        let found = self.affordable(&fit, &targets)?;
        let o = fit.observations()?;
        let points = (targets.as_slice(), found.candidates.as_slice());
        let posterior = Posterior::new(fit.law(), &o, fit.settings(), fit.basins(), points)
            .ok_or_else(|| {
                usage("the runs leave no covariance of the parameters to plan with")
                    .with_hint("hold a parameter, or give it bounds")
            })?;
        let values: Vec<f64> = targets.iter().map(|t| fit.predict(t).abs()).collect();
        let size = values.iter().sum::<f64>() / values.len() as f64;
        let quantile = central_quantile(self.level, None);
        let width = |error: f64| Some(quantile * error.sqrt() / size).filter(|w| w.is_finite());
        let now = width(posterior.error());
        let after = |c: &Candidate| {
            let mut posterior = posterior.clone();
            let seen = posterior.see(&c.x)?;
            posterior.with(&seen);
            width(posterior.error())
        };
        let alone: Vec<Option<f64>> = found.candidates.iter().map(after).collect();
        let chosen = choose(
            &[Outcome::new(&posterior, &found.candidates)],
            &found.candidates,
            self.design,
            (self.budget, self.most, self.seed),
        );
        let after: Vec<Option<f64>> = chosen.errors.iter().map(|e| width(*e)).collect();
        let minima = posterior.weights();
        let widths = self.widths(&found, now, &chosen.order, &after, &alone, minima);
        let existing = of_points(&fit, &targets);
        let planned = Planned::Runs(Box::new(Widths {
            existing,
            suspicious: suspicious(&fit),
            ..widths
        }));
        Ok(self.planned(planned, fit, targets))
    }

    fn widths(
        &self,
        found: &Affordable,
        now: Option<f64>,
        order: &[usize],
        after: &[Option<f64>],
        alone: &[Option<f64>],
        minima: Vec<f64>,
    ) -> Widths {
        let mut spent = 0.0;
        let step = |(k, width): (&usize, &Option<f64>)| {
            let candidate = &found.candidates[*k];
            spent += candidate.cost;
            PlanStep {
                x: candidate.x.clone(),
                line: candidate.line,
                place: candidate.place,
                cost: candidate.cost,
                spent,
                width: *width,
            }
        };
        let steps: Vec<PlanStep> = order.iter().zip(after).map(step).collect();
        let by_place = Place::ALL.into_iter().filter_map(|place| {
            let all = found.candidates.iter().zip(alone);
            let own = all.filter_map(|(c, width)| Some((c, (*width)?)));
            let own = own.filter(|(c, _)| c.place == place);
            let best = own.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cost.total_cmp(&b.0.cost)));
            best.map(|(c, width)| OfPlace {
                place,
                x: c.x.clone(),
                cost: c.cost,
                width,
            })
        });
        Widths {
            stop: self.stop(now, &steps),
            now,
            by_place: by_place.collect(),
            steps,
            candidates: found.candidates.len(),
            too_dear: found.too_dear,
            excluded: found.excluded.clone(),
            existing: Vec::new(),
            suspicious: None,
            is_calibrated: false,
            minima,
        }
    }

    /// The number of runs after which to stop.
    fn stop(&self, now: Option<f64>, steps: &[PlanStep]) -> Stop {
        if let Some(enough) = self.width {
            if now.is_some_and(|now| now <= enough) {
                return Stop::met(0);
            }
            let met = steps
                .iter()
                .position(|s| s.width.is_some_and(|w| w <= enough));
            return match met {
                Some(k) => Stop::met(k + 1),
                None => Stop::unmet(steps.len()),
            };
        }
        // One run may narrow the interval little and the runs after it a lot, so the whole rest of
        // the sequence decides.
        let width = |k: usize| match k {
            0 => now,
            k => steps[k - 1].width,
        };
        let narrowest = |from: usize| {
            let rest = (from..=steps.len()).filter_map(width);
            rest.reduce(f64::min)
        };
        let is_enough = |k: &usize| match (width(*k), narrowest(k + 1)) {
            (Some(here), Some(later)) => later >= (1.0 - WORTH) * here,
            (None, Some(_)) => false,
            (_, None) => true,
        };
        let all = 0..=steps.len();
        Stop {
            after: all.into_iter().find(is_enough).unwrap_or(steps.len()),
            least: WORTH,
            met: None,
        }
    }

    /// Plans a ladder before any run is trained, from a prior on b and c.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there is no such prior, or no ladder has
    /// an interval.
    pub fn without_runs(&self, progress: &dyn Progress) -> Result<PlanAnswer> {
        self.check()?;
        let needs = |what: &str, hint: &str| {
            Err(usage(format!("a plan without runs needs {what}")).with_hint(hint.to_owned()))
        };
        let unused = [
            (self.candidates.is_some(), "a table of candidates"),
            (!self.grid.is_empty(), "a grid"),
            (self.cost.is_some(), "a cost"),
            (self.design != Design::Ours, "another design"),
        ];
        if let Some((_, what)) = unused.iter().find(|(given, _)| *given) {
            return Err(usage(format!("{what} is for a plan with runs")).with_hint(
                "leave it out: a plan without runs chooses rungs evenly spaced in ln C",
            ));
        }
        if self.fit.law.as_deref().is_some_and(|law| law != CURVE) {
            return needs("the law saturating", "leave the law out");
        }
        let Some(prior) = Prior::joined(&self.fit.prior)? else {
            return needs(
                "what is known of b and c",
                "give priors of both, such as b=-0.1+-0.02 and c=1.6+-0.1, or an earlier law",
            );
        };
        if !["b", "c"].iter().all(|name| prior.of(name).is_some()) {
            return needs(
                "what is known of both b and c",
                "give a prior of the other as well",
            );
        }
        let Some(anchor) = self.anchor else {
            return needs(
                "a loss that is expected at a compute",
                "give one such as 1e18=3.2: the level of the loss is the recipe's own",
            );
        };
        let names = Names {
            names: vec!["C".to_owned()],
            variable: Variable::Compute,
            largest: None,
        };
        let targets = points("at", &self.at, &names)?;
        let [target] = targets.as_slice() else {
            return needs("one target", "plan for each target by itself");
        };
        let noise = self.noise.or(prior.noise).unwrap_or(NOISE);
        let asked = Asked {
            prior: &prior,
            anchor,
            target: target[0],
            budget: self.budget,
            noise,
            level: self.level,
            draws: self.draws,
            seed: self.seed,
        };
        let laws = asked.laws();
        if 2 * laws.len() < self.draws {
            return needs(
                "laws that fall to a floor below the expected loss",
                "the priors of b and c allow hardly any: look at their means and the expected loss",
            );
        }
        let ladders: Vec<Rungs> = best_ladder(&asked, &laws, Listener(progress))?;
        let enough = |r: &Rungs| self.width.is_some_and(|width| r.width <= width);
        let cheapest = ladders.iter().position(enough);
        let best = cheapest.or_else(|| {
            let all = ladders.iter().enumerate();
            all.min_by(|a, b| a.1.width.total_cmp(&b.1.width))
                .map(|(k, _)| k)
        });
        let Some(best) = best else {
            return Err(
                usage("no ladder that the budget buys has an interval at the target")
                    .with_hint("raise the budget, or look for a nearer target"),
            );
        };
        Ok(PlanAnswer {
            request: self.clone(),
            names: names.names,
            fit: None,
            planned: Planned::Ladder {
                before: asked.width_before(&laws),
                prior: prior.said(),
                noise,
                met: self.width.map(|_| cheapest.is_some()),
                ladders,
                best,
            },
            targets,
        })
    }
}

/// The candidates within the budget.
struct Affordable {
    candidates: Vec<Candidate>,
    too_dear: usize,
    excluded: Vec<crate::runs::Excluded>,
}

impl Ask for PlanRequest {
    type Data = Dataset;
    type Answer = PlanAnswer;

    fn watched(&self, data: &Dataset, progress: &dyn Progress) -> Result<PlanAnswer> {
        self.check()?;
        let fit = self.fit.fit_for(CURVE, data)?.level(LEVEL).run(data)?;
        self.of_fit(fit, progress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(widths: &[f64]) -> Vec<PlanStep> {
        let step = |(k, width): (usize, &f64)| PlanStep {
            x: vec![1e18],
            line: None,
            place: Place::Inside,
            cost: 1.0,
            spent: k as f64 + 1.0,
            width: width.is_finite().then_some(*width),
        };
        widths.iter().enumerate().map(step).collect()
    }

    /// A run that helps little does not end the plan if the runs after it help.
    #[test]
    fn the_rest_of_the_sequence_decides_when_to_stop() {
        let request = PlanRequest::default();
        let after = |now: Option<f64>, widths: &[f64]| request.stop(now, &steps(widths)).after;
        // From 8.01 on the rest still narrows the interval by 16 %, from 7.04 on by less than 5 %.
        let flat = [8.01, 7.95, 7.75, 7.49, 7.20, 7.16, 7.04, 6.70];
        assert_eq!(after(Some(9.53), &flat), 7);
        assert_eq!(after(Some(9.53), &[9.5, 9.4, 9.3]), 0);
        assert_eq!(after(Some(10.0), &[8.0, 7.9]), 1);
        // Without an interval yet, the runs that give one are worth their cost.
        assert_eq!(after(None, &[f64::NAN, 5.0, 4.9]), 2);
        assert_eq!(after(None, &[]), 0);
        // A wanted width ends the plan by itself.
        let wanted = PlanRequest::default().width(7.5);
        let stop = wanted.stop(Some(9.53), &steps(&flat));
        assert_eq!((stop.after, stop.met), (4, Some(true)));
        let unmet = wanted.stop(Some(9.53), &steps(&[8.0]));
        assert_eq!((unmet.after, unmet.met), (1, Some(false)));
    }
}
