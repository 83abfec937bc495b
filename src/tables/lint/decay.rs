//! Steps of one run whose learning rate has not yet decayed.

use super::names::LEARNING_RATES;
use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity};
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::runs::{CurveKind, Role, decay_ahead};
use crate::said::Said;
use crate::text::excerpt;

/// A learning rate below this share of its peak has decayed: many schedules end at a tenth, and the
/// last logged row comes a little before their end.
const DECAYED: f64 = 0.12;
/// Relative difference below which rates count as equal: logs round them.
const SAME: f64 = 1e-3;
/// The last rows, this fraction (1 / `END`) of all, show whether the rate falls.
const END: usize = 4;

/// How the learning rate ends.
struct Rate<'a> {
    column: &'a str,
    /// The last rate as a share of the highest.
    share: f64,
    /// Whether it falls at the last rows.
    falls: bool,
}

/// The learning rate over the steps that are fitted, if a column has it.
fn rate<'a>(seen: &Seen<'a>) -> Option<Rate<'a>> {
    let column = *seen.called(&LEARNING_RATES).first()?;
    let fitted = seen.pairs().filter(|(run, _)| run.role == Role::Fit);
    let mut rates: Vec<(f64, f64)> = fitted
        .filter_map(|(run, row)| Some((run.x, parse_quantity(row.cell(column)).ok()?)))
        .collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let highest = |rates: &[(f64, f64)]| rates.iter().map(|r| r.1).fold(0.0, f64::max);
    let last = rates.last()?.1;
    let peak = highest(&rates);
    let end = rates.len() - (rates.len() / END).max(2).min(rates.len());
    (rates.len() > 2 && peak > 0.0).then(|| Rate {
        column: seen.name(column),
        share: last / peak,
        falls: last < highest(&rates[end..]) * (1.0 - SAME),
    })
}

/// The finding that the learning rate still decays, as the user or a column says, or that the rows
/// leave it open.
pub(super) fn still_decays(seen: &Seen<'_>) -> Option<Diagnosis> {
    if seen.options.lr_decay_ahead {
        return Some(decay_ahead(""));
    }
    let rate = rate(seen).filter(|_| seen.curve == CurveKind::TrainingRun)?;
    let name = excerpt(rate.column);
    if rate.falls && rate.share > DECAYED {
        let share = Said(100.0 * rate.share);
        return Some(decay_ahead(&format!(
            " ('{name}' is at {share:.0} % of its peak there, and falling)"
        )));
    }
    (rate.share >= 1.0 - SAME).then(|| {
        Diagnosis::new(
            Code::DecayAhead,
            Severity::Note,
            format!("'{name}' is at its peak to the last row: if it decays afterwards, the loss will end below this forecast"),
            "if a decay follows, say so",
        )
        .with_remedy(Setting::LrDecayAhead)
    })
}
