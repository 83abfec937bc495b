//! Findings about what the user fixed or knew beforehand.

use super::inference::Inference;
use super::result::FitResult;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::finding::lines;
use crate::law::Form;
use crate::number::digits;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::said::Said;
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

/// A prior conflicts with the runs if the probability of such a distance is below this.
const CONFLICT: f64 = 0.05;

pub(super) fn findings(fit: &FitResult, inference: &Inference) -> Vec<Diagnosis> {
    let found = [
        floor_above_runs(fit),
        prior_conflict(fit, inference),
        noise_assumed(fit),
    ];
    found.into_iter().flatten().collect()
}

/// A fixed or bounded floor lies above some losses, which no positive a can reach.
fn floor_above_runs(fit: &FitResult) -> Option<Diagnosis> {
    if fit.law.form() != Form::PowerPlusConstant {
        return None;
    }
    let floor = fit.settings.lower[2];
    let runs = fit.runs_in_order();
    let below = || runs.iter().filter(|run| run.loss <= floor);
    let count = below().count();
    if count == 0 {
        return None;
    }
    let held = match floor == fit.settings.upper[2] {
        true => "c is held at",
        false => "c is kept above",
    };
    let named: Vec<String> = below()
        .take(5)
        .map(|run| {
            let place = lines(std::iter::once(run.line));
            let line = if run.line > 0 {
                format!(" ({place})")
            } else {
                String::new()
            };
            format!("{}{line}", format_quantity(run.loss))
        })
        .collect();
    let more = if count > named.len() { ", …" } else { "" };
    let verb = if count == 1 { "has" } else { "have" };
    Some(
        Diagnosis::new(
            Code::FloorAboveRuns,
            Severity::Warn,
            format!(
                "{held} {}, but {count} of {} runs {verb} a lower loss: {}{more}",
                Said(floor),
                runs.len(),
                named.join(", ")
            ),
            "a loss cannot fall below its floor: choose a lower floor, or check the unit of the losses",
        )
        .with_remedy(Setting::Fix)
        .with_remedy(Setting::Bounds),
    )
}

/// Predictive p-value of the distance between the runs and the prior: of the increase of the least
/// sum of squares that the prior causes (Box 1980). `None` if the runs do not determine what the
/// prior is about.
fn conflict(fit: &FitResult, inference: &Inference) -> Option<f64> {
    let penalty = fit.settings.prior.as_ref()?;
    let runs_alone = fit.without_prior()?;
    let added = (fit.objective() - runs_alone).max(0.0);
    let rows = penalty.prior.names.len();
    let distinct = super::prior_noise::distinct(&inference.observations);
    let open = inference.free.len().saturating_sub(distinct);
    let tested = rows.checked_sub(open).filter(|tested| *tested > 0)? as f64;
    match penalty.dof {
        None => Some(ChiSquared::new(tested).ok()?.sf(added)),
        Some(dof) => Some(FisherSnedecor::new(tested, dof).ok()?.sf(added / tested)),
    }
}

fn prior_conflict(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let p = conflict(fit, inference).filter(|p| *p < CONFLICT)?;
    let penalty = fit.settings.prior.as_ref()?;
    Some(
        Diagnosis::new(
            Code::PriorConflict,
            Severity::Warn,
            format!(
                "the runs contradict the prior {}: of such runs a share of {} lies as far from it (predictive p-value)",
                penalty.prior.said(),
                digits(p, 2)
            ),
            "compare with a fit without the prior; widen it where the recipes differ more than it says",
        )
        .with_remedy(Setting::Prior),
    )
}

fn noise_assumed(fit: &FitResult) -> Option<Diagnosis> {
    let penalty = fit.settings.prior.as_ref().filter(|p| p.assumed)?;
    let size = fit.observations().ok().map_or(1.0, |o| match o.residuals {
        super::Residuals::Absolute => o.mean_size(),
        _ => 1.0,
    });
    Some(
        Diagnosis::new(
            Code::NoiseAssumed,
            Severity::Note,
            format!(
                "nothing tells how much a run scatters, and {:.1} % is assumed",
                Said(100.0 * penalty.noise / size)
            ),
            "give a column of standard deviations, or the law file of an earlier ladder as prior",
        )
        .with_remedy(Setting::SigmaCol),
    )
}
