//! The page of any answer.

use super::{Page, Provenance, capability, loss, points, scores, surface};
use crate::ask::{ReportAnswer, ReportOf};

impl Page {
    /// The page of an answer.
    #[must_use]
    pub fn of(answer: &ReportAnswer, provenance: Provenance) -> Page {
        match &answer.about {
            ReportOf::Loss(report) => loss::loss_page(report, provenance),
            ReportOf::Surface(report) => surface::surface_page(report, provenance),
            ReportOf::Capability(answer) => capability::capability_page(answer, provenance),
            ReportOf::Scores(answer) => scores::scores_page(answer, provenance),
            ReportOf::Points(answer) => points::points_page(answer, provenance),
        }
    }
}
