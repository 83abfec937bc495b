//! Decay branches of one run of constant learning rate, which are not independent runs.

use super::names::TRUNKS;
use super::seen::{Seen, is_blank};
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::remedy::Setting;
use std::collections::BTreeMap;

/// The column in which `scalewise curve` writes the standard deviations of its losses.
const SIGMA: &str = "sigma";

/// Branches that share a trunk, in a fit that counts them as independent runs.
pub(super) fn share_a_trunk(seen: &Seen<'_>) -> Option<Diagnosis> {
    // With σ, `scalewise curve` has already made each branch count for less.
    if seen.options.sigma_col.is_some() || seen.options.needs.sigma {
        return None;
    }
    let column = *seen.called(&TRUNKS).first()?;
    let mut trunks: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (run, row) in seen.pairs().filter(|(_, row)| !is_blank(row.cell(column))) {
        trunks.entry(row.cell(column)).or_default().push(run.line);
    }
    trunks.retain(|_, branches| branches.len() > 1);
    let branches: Vec<u64> = trunks.values().flatten().copied().collect();
    let shared = match trunks.len() {
        0 => return None,
        1 => "one trunk".to_owned(),
        many => format!("{many} trunks"),
    };
    Some(
        Diagnosis::new(
            Code::BranchesShareTrunk,
            Severity::Warn,
            format!(
                "{} of {} runs are decay branches of {shared} ({}); their errors are correlated, but the fit counts them as independent runs",
                branches.len(),
                seen.runs.len(),
                lines(branches.iter().copied())
            ),
            "use the column sigma that 'scalewise curve' writes: with it all branches of a trunk together count as one run",
        )
        .with_remedy(match seen.table.header.iter().any(|name| name == SIGMA) {
            true => Setting::SigmaCol.to(SIGMA),
            false => Setting::SigmaCol.into(),
        }),
    )
}
