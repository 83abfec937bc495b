//! The answer for which runs to train next.

use super::plan_request::PlanRequest;
use super::{Trust, fit};
use crate::fit::{Diagnosis, FitResult};
use crate::number::percent;
use crate::plan::{Design, Existing, Place, Rungs, Suspicious};
use crate::quantity::format_quantity;
use crate::runs::Excluded;
use serde::Serialize;
use std::collections::BTreeMap;

/// Which runs to train next, and when to stop.
#[derive(Debug, Clone)]
pub struct PlanAnswer {
    pub(crate) request: PlanRequest,
    /// The columns of the law.
    pub(crate) names: Vec<String>,
    /// The fitted law; `None` if there are no runs yet.
    pub(crate) fit: Option<FitResult>,
    pub(crate) targets: Vec<Vec<f64>>,
    pub(crate) planned: Planned,
}

/// The plan.
#[derive(Debug, Clone)]
pub(crate) enum Planned {
    /// A finding forbids the numbers.
    Refused,
    /// Further runs beside the existing ones.
    Runs(Box<Widths>),
    /// A first ladder.
    Ladder {
        /// The half-width without any run.
        before: Option<f64>,
        /// The prior, in words.
        prior: String,
        noise: f64,
        /// Whether the requested width is reached.
        met: Option<bool>,
        /// The best ladder for each share of the budget, the cheapest first.
        ladders: Vec<Rungs>,
        /// The index of the ladder to train.
        best: usize,
    },
}

/// Runs in the order of training, and their expected effect.
#[derive(Debug, Clone)]
pub(crate) struct Widths {
    /// Whether widths are those of the calibrated interval.
    pub(crate) is_calibrated: bool,
    /// The relative half-width with the existing runs.
    pub(crate) now: Option<f64>,
    pub(crate) steps: Vec<PlanStep>,
    pub(crate) stop: Stop,
    /// The best single run at each place.
    pub(crate) by_place: Vec<OfPlace>,
    pub(crate) existing: Vec<Existing>,
    pub(crate) suspicious: Option<Suspicious>,
    pub(crate) candidates: usize,
    pub(crate) too_dear: usize,
    pub(crate) excluded: Vec<Excluded>,
    /// The weights of the law's minima, if there are several.
    pub(crate) minima: Vec<f64>,
}

/// A run to train.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlanStep {
    pub(crate) x: Vec<f64>,
    pub(crate) line: Option<u64>,
    pub(crate) place: Place,
    pub(crate) cost: f64,
    pub(crate) spent: f64,
    /// The relative half-width expected after it.
    pub(crate) width: Option<f64>,
}

/// The best single run at a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OfPlace {
    pub(crate) place: Place,
    pub(crate) x: Vec<f64>,
    pub(crate) cost: f64,
    pub(crate) width: f64,
}

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Stop {
    /// After this many runs of the sequence.
    pub(crate) after: usize,
    /// Runs that narrow the interval by a smaller share are not worth it.
    #[serde(rename = "least_narrowing")]
    pub(crate) least: f64,
    /// Whether the requested width is reached, if one was given.
    pub(crate) met: Option<bool>,
}

impl Stop {
    pub(super) fn met(after: usize) -> Stop {
        Stop {
            after,
            least: 0.0,
            met: Some(true),
        }
    }

    pub(super) fn unmet(after: usize) -> Stop {
        Stop {
            after,
            least: 0.0,
            met: Some(false),
        }
    }
}

/// The words that texts, pages and charts of a plan share.
impl PlanAnswer {
    /// A point as the user would type it.
    pub(crate) fn typed(&self, x: &[f64]) -> String {
        let each = self.names.iter().zip(x);
        let each = each.map(|(name, value)| format!("{name}={}", format_quantity(*value)));
        each.collect::<Vec<_>>().join(",")
    }

    /// The first targets, and how many there are besides.
    pub(crate) fn targets_typed(&self) -> String {
        let shown = self.targets.iter().take(3);
        let shown: Vec<String> = shown.map(|x| self.typed(x)).collect();
        match self.targets.len() - shown.len() {
            0 => shown.join("; "),
            more => format!("{}; {more} more", shown.join("; ")),
        }
    }

    /// The meaning of a width, in words.
    pub(crate) fn measure(&self) -> String {
        let level = percent(self.request.level);
        match self.method() {
            "delta" => format!(
                "half of the {level} interval of the law, by the delta method and the differences \
                 of its minima; it holds if the law is right"
            ),
            _ => format!("half of the calibrated {level} interval of a new run, as a share of it"),
        }
    }
}

impl PlanAnswer {
    /// The fitted law; `None` if there are no runs yet.
    #[must_use]
    pub fn fit(&self) -> Option<&FitResult> {
        self.fit.as_ref()
    }

    /// The total cost of the sequence.
    #[must_use]
    pub fn spent(&self) -> f64 {
        match &self.planned {
            Planned::Runs(widths) => widths.steps.last().map_or(0.0, |step| step.spent),
            Planned::Ladder { ladders, best, .. } => ladders[*best].cost,
            Planned::Refused => 0.0,
        }
    }

    /// The relative half-width of the interval with the existing runs, then after each run of the
    /// sequence. For a plan without runs, the half-width of the ladder for each share of the
    /// budget.
    #[must_use]
    pub fn widths(&self) -> Vec<f64> {
        match &self.planned {
            Planned::Runs(widths) => {
                let after = widths.steps.iter().map(|step| step.width);
                [widths.now].into_iter().chain(after).flatten().collect()
            }
            Planned::Ladder { ladders, .. } => ladders.iter().map(|l| l.width).collect(),
            Planned::Refused => Vec::new(),
        }
    }

    /// The columns of the law at each run to train before the next plan.
    #[must_use]
    pub fn next_at(&self) -> Vec<Vec<f64>> {
        match &self.planned {
            Planned::Runs(widths) => {
                let next = widths.steps.iter().take(self.request.batch);
                next.map(|step| step.x.clone()).collect()
            }
            Planned::Ladder { ladders, best, .. } => {
                ladders[*best].rungs.iter().map(|x| vec![*x]).collect()
            }
            Planned::Refused => Vec::new(),
        }
    }

    /// The line of the fitted run that lies too far from the law of the others, if any.
    #[must_use]
    pub fn suspicious_line(&self) -> Option<u64> {
        match &self.planned {
            Planned::Runs(widths) => widths.suspicious.map(|run| run.line),
            _ => None,
        }
    }

    /// The finding that forbids the numbers, unless the request forces them.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        let fit = self.fit.as_ref()?;
        fit.refusal().filter(|_| !self.request.force)
    }

    /// How far the plan can be relied on: as far as its fit.
    #[must_use]
    pub fn trust(&self) -> Trust {
        match (&self.planned, &self.fit) {
            (Planned::Refused, _) => Trust::Refused,
            (_, Some(fit)) => match fit::trust(fit) {
                Trust::Trustworthy if !self.widths().is_empty() => Trust::Trustworthy,
                _ => Trust::NotTrustworthy,
            },
            (_, None) => Trust::NotTrustworthy,
        }
    }

    /// The columns of the law at a point, by name.
    fn named(&self, x: &[f64]) -> BTreeMap<&str, f64> {
        let names = self.names.iter().map(String::as_str);
        names.zip(x.iter().copied()).collect()
    }
}

#[derive(Serialize)]
struct Step<'a> {
    at: BTreeMap<&'a str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    place: Place,
    cost: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    spent: Option<f64>,
    width: Option<f64>,
}

#[derive(Serialize)]
struct Of<'a> {
    at: BTreeMap<&'a str, f64>,
    #[serde(flatten)]
    run: &'a Existing,
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    targets: Vec<BTreeMap<&'a str, f64>>,
    level: f64,
    budget: f64,
    design: Design,
    seed: u64,
    /// The method of the interval whose relative half-width is given.
    method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    law: Option<&'a str>,
    findings: &'a [Diagnosis],
    width_now: Option<f64>,
    next: usize,
    runs: Vec<Step<'a>>,
    stop: Option<Stop>,
    best_of_place: Vec<Step<'a>>,
    existing: Vec<Of<'a>>,
    suspicious: Option<Suspicious>,
    candidates: usize,
    too_dear: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    prior: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<f64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ladders: &'a [Rungs],
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<usize>,
}

impl PlanAnswer {
    /// The interval that the widths belong to.
    pub(crate) fn method(&self) -> &'static str {
        match &self.planned {
            Planned::Runs(widths) if !widths.is_calibrated => "delta",
            _ => "calibrated",
        }
    }
}

serialized!(PlanAnswer, |answer| {
    let mut json = Json {
        format: "scalewise.plan",
        version: 1,
        targets: answer.targets.iter().map(|x| answer.named(x)).collect(),
        level: answer.request.level,
        budget: answer.request.budget,
        design: answer.request.design,
        seed: answer.request.seed,
        method: answer.method(),
        law: answer.fit.as_ref().map(|fit| fit.law().name()),
        findings: answer.fit.as_ref().map_or(&[], FitResult::diagnoses),
        width_now: None,
        next: 0,
        runs: Vec::new(),
        stop: None,
        best_of_place: Vec::new(),
        existing: Vec::new(),
        suspicious: None,
        candidates: 0,
        too_dear: 0,
        prior: None,
        noise: None,
        ladders: &[],
        best: None,
    };
    match &answer.planned {
        Planned::Refused => {}
        Planned::Runs(widths) => {
            json.width_now = widths.now;
            json.next = answer.request.batch.min(widths.steps.len());
            let step = |step: &PlanStep| (step.line, Some(step.spent), step.width);
            let runs = widths.steps.iter().map(|one| {
                let (line, spent, width) = step(one);
                Step {
                    at: answer.named(&one.x),
                    line,
                    place: one.place,
                    cost: one.cost,
                    spent,
                    width,
                }
            });
            json.runs = runs.collect();
            json.stop = Some(widths.stop);
            let of_place = widths.by_place.iter().map(|one| Step {
                at: answer.named(&one.x),
                line: None,
                place: one.place,
                cost: one.cost,
                spent: None,
                width: Some(one.width),
            });
            json.best_of_place = of_place.collect();
            let existing = widths.existing.iter().map(|run| Of {
                at: answer.named(&run.x),
                run,
            });
            json.existing = existing.collect();
            json.suspicious = widths.suspicious;
            json.candidates = widths.candidates;
            json.too_dear = widths.too_dear;
        }
        Planned::Ladder {
            before,
            prior,
            noise,
            ladders,
            best,
            ..
        } => {
            json.width_now = *before;
            json.prior = Some(prior);
            json.noise = Some(*noise);
            json.ladders = ladders;
            json.best = Some(*best);
        }
    }
    json
});
