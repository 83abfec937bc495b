//! The page of any answer.

use super::{Page, Provenance, capability, loss, surface};
use crate::ask::ReportAnswer;

impl Page {
    /// The page of an answer.
    #[must_use]
    pub fn of(answer: &ReportAnswer, provenance: Provenance) -> Page {
        match answer {
            ReportAnswer::Loss(report) => loss::loss_page(report, provenance),
            ReportAnswer::Surface(report) => surface::surface_page(report, provenance),
            ReportAnswer::Capability(answer) => capability::capability_page(answer, provenance),
        }
    }
}
