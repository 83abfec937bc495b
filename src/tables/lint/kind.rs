//! Points of unknown kind.

use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity};
use crate::remedy::Setting;
use crate::runs::CurveKind;
use crate::text::excerpt;

/// The finding that neither the columns nor the user say what the rows are.
pub(super) fn unknown(seen: &Seen<'_>) -> Option<Diagnosis> {
    let by_user = seen.options.curve.is_some();
    let compute = seen
        .columns
        .compute
        .filter(|_| seen.curve == CurveKind::Unknown && !by_user)?;
    let message = format!(
        "'{}' is no known name of compute, and nothing else says what the rows are points of: the calibrated interval is the \
         widest of all kinds",
        excerpt(seen.name(compute.index))
    );
    let hint = "say what they are, such as runs of several sizes or steps of one run";
    Some(
        Diagnosis::new(Code::CurveUnknown, Severity::Note, message, hint)
            .with_remedy(Setting::Curve.to(CurveKind::Ladder.name()))
            .with_remedy(Setting::Curve.to(CurveKind::TrainingRun.name())),
    )
}
