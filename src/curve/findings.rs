//! Findings about a run's log and about what its past cannot show.

use super::log::Cleaned;
use super::path::Path;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity};
use crate::said::Said;

/// Falls of the rate below this share of its peak do not matter.
const FALL: f64 = 0.02;
/// If less than this share of all falls has been seen, the run shows nothing about their effect.
const SEEN: f64 = 0.25;
/// Less than this share of a run is little.
const LITTLE: f64 = 0.1;
/// Most spikes and restarts that a message lists.
const NAMED: usize = 3;

/// What the findings are made from.
pub(super) struct Ground<'a> {
    pub cleaned: &'a Cleaned,
    pub path: &'a Path,
    pub has_schedule: bool,
    pub has_recipe: bool,
    /// The factor that intervals were widened by.
    pub widening: f64,
}

/// All findings.
pub(super) fn findings(ground: &Ground<'_>) -> Vec<Diagnosis> {
    let found = [
        schedule(ground),
        annealing(ground),
        little(ground),
        missed(ground),
        restarts(ground.cleaned),
        spikes(ground.cleaned),
        unusable(ground.cleaned),
    ];
    found.into_iter().flatten().collect()
}

fn last(ground: &Ground<'_>) -> f64 {
    ground.cleaned.points.last().map_or(0.0, |p| p.step)
}

fn schedule(ground: &Ground<'_>) -> Option<Diagnosis> {
    if ground.has_schedule {
        return None;
    }
    let logged = ground.cleaned.points.iter().any(|p| p.lr.is_some());
    let taken = match logged {
        true => "the learning rate is taken to stay at its last value",
        false => "the learning rate is taken to be constant",
    };
    Some(Diagnosis::new(
        Code::ScheduleUnknown,
        Severity::Warn,
        format!("the learning rate until the end is unknown: {taken}"),
        "give the schedule: where the rate falls the loss falls with it, by 2 % to 5 % in language \
         models, and the forecast is too high by that much",
    ))
}

fn annealing(ground: &Ground<'_>) -> Option<Diagnosis> {
    let (seen, whole) = (
        ground.path.fallen(last(ground)),
        ground.path.fallen(ground.path.end),
    );
    if whole - seen < FALL || seen > SEEN * whole {
        return None;
    }
    let (severity, source) = match ground.has_recipe {
        true => (Severity::Note, "comes from the earlier runs of the recipe"),
        false => (
            Severity::Warn,
            "comes from published curves of other models",
        ),
    };
    Some(Diagnosis::new(
        Code::AnnealingNotSeen,
        severity,
        format!(
            "the learning rate falls by {:.0} % of its peak until the end, of which this run has \
             seen {:.0} %: what that brings {source}",
            Said(100.0 * whole),
            Said(100.0 * seen)
        ),
        "an earlier complete run of the same recipe narrows the interval",
    ))
}

fn little(ground: &Ground<'_>) -> Option<Diagnosis> {
    let share = last(ground) / ground.path.end;
    let message = format!(
        "only {:.1} % of the run is known; forecasts were checked from 30 % on",
        Said(100.0 * share)
    );
    (share < LITTLE).then(|| {
        Diagnosis::new(
            Code::LittleOfTheRun,
            Severity::Warn,
            message,
            "wait for more of the run",
        )
    })
}

fn missed(ground: &Ground<'_>) -> Option<Diagnosis> {
    let message = format!(
        "from the earlier part of this run the laws missed the later part by more than they \
         claimed; the intervals are widened {:.2} times",
        Said(ground.widening)
    );
    (ground.widening > 1.05).then(|| {
        Diagnosis::new(
            Code::WidenedByBacktest,
            Severity::Note,
            message,
            "compare the laws: this run follows none of them closely",
        )
    })
}

fn restarts(cleaned: &Cleaned) -> Option<Diagnosis> {
    let first = cleaned.restarts.iter().take(NAMED);
    let named: Vec<String> = first.map(|r| format!("{} to {}", r.from, r.to)).collect();
    (!named.is_empty()).then(|| {
        Diagnosis::new(
            Code::RunRestarted,
            Severity::Note,
            format!(
                "the steps go back {} times (from {}); {} points that were trained again are left \
                 out",
                cleaned.restarts.len(),
                named.join(", from "),
                cleaned.replaced
            ),
            "if the rows are of several runs, choose one",
        )
    })
}

fn spikes(cleaned: &Cleaned) -> Option<Diagnosis> {
    let name = |from: f64, to: f64| match from == to {
        true => format!("{from}"),
        false => format!("{from} to {to}"),
    };
    let first = cleaned.spikes.iter().take(NAMED);
    let named: Vec<String> = first.map(|s| name(s.from, s.to)).collect();
    (!named.is_empty()).then(|| {
        let highest = cleaned.spikes.iter().map(|s| s.height).fold(0.0, f64::max);
        Diagnosis::new(
            Code::LossSpikes,
            Severity::Note,
            format!(
                "the loss has {} spikes (step {}), the highest {:.1} % above its neighbours; their \
                 {} points are left out",
                cleaned.spikes.len(),
                named.join(", "),
                Said(100.0 * highest),
                cleaned.spiked
            ),
            "look at the log: if the loss does not recover, this is not a spike",
        )
    })
}

fn unusable(cleaned: &Cleaned) -> Option<Diagnosis> {
    (cleaned.unusable > 0).then(|| {
        Diagnosis::new(
            Code::PointsUnusable,
            Severity::Note,
            format!(
                "{} points without a step, or without a finite and positive loss, are left out",
                cleaned.unusable
            ),
            "a loss that is no number late in a run means that the run diverged",
        )
    })
}
