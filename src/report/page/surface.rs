//! The page of a law of N and D.

use super::super::document::{Block, Document};
use super::super::fit::{fit as fit_document, parameters_csv};
use super::{Page, Picture, Provenance, checklist, plain, plain_verdict, without_verbatim};
use crate::allocation::Uncertainty;
use crate::chart;
use crate::fit::FitResult;

const CONTOURS: &str = "Each thin line has one loss; the thick one is the cheapest way to every loss, solid where there are runs and dashed \
     beyond.";
const ALLOCATION: &str = "How many parameters and tokens a budget should buy, with confidence bands: a wide band says that the runs do not settle the split.";
const RESIDUALS: &str = "Dots should scatter about zero in every panel. A trend against N, D or C names what the form lacks.";

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct SurfacePage<'a> {
    /// The fitted law.
    pub fit: &'a FitResult,
    /// What to train with the budgets that were asked for.
    pub allocation: Document,
    /// The answer in one line.
    pub answer: String,
}

/// The page.
#[must_use]
pub fn surface_page(page: &SurfacePage<'_>, provenance: Provenance) -> Page {
    let fit = page.fit;
    let title = "What should be trained, and what will it reach?".to_owned();
    let mut out = Page::new(
        title,
        page.answer.clone(),
        plain_verdict(fit.status(), fit.diagnoses()),
    );
    out.section(
        "allocation",
        "Allocation",
        without_verbatim(page.allocation.blocks.clone()),
    );
    out.section(
        "findings",
        "What was found against it",
        checklist::found(fit.diagnoses()),
    );
    out.section("chart", "The surface", charts(fit));
    out.section(
        "parameters",
        "Parameters",
        without_verbatim(fit_document(fit, false).blocks),
    );
    out.section(
        "residuals",
        "Residuals",
        vec![Picture::of_figure(&chart::residuals(fit), RESIDUALS)],
    );
    out.section(
        "excluded",
        "Rows left out",
        checklist::excluded(&fit.data().excluded),
    );
    out.section(
        "method",
        "Method in plain words",
        vec![
            Block::Text(format!(
                "{} was fitted to the runs: both exponents are scanned with the other parameters solved exactly, and the best cells are \
                 followed to their minima. A budget of C FLOP is then split so that one more parameter and one more token lower the loss \
                 equally.",
                fit.law().formula()
            )),
            Block::Text(plain::PREDICTION.to_owned()),
        ],
    );
    let csv = Block::Verbatim(parameters_csv(fit));
    out.section(
        "numbers",
        "Exact numbers",
        vec![Block::Details("Parameters as CSV".to_owned(), vec![csv])],
    );
    out.section(
        "checklist",
        "Reproducibility checklist",
        vec![checklist::of_fit(
            fit,
            "delta, profile, and a bootstrap of whole runs, each on its own",
        )],
    );
    out.signed(provenance)
}

fn charts(fit: &FitResult) -> Vec<Block> {
    let Ok(uncertainty) = Uncertainty::new(fit) else {
        return Vec::new();
    };
    vec![
        Picture::of(&chart::contours(&uncertainty), CONTOURS),
        Picture::of(&chart::allocation(&uncertainty, 0.9), ALLOCATION),
    ]
}
