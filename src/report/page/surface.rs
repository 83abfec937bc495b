//! The page of a law of N and D.

use super::super::allocation::{graded, in_one_line};
use super::super::answer::Shown;
use super::super::document::Block;
use super::super::fit::{law_and_parameters, parameters_csv};
use super::what_if_surface::what_if;
use super::{Page, Picture, Provenance, checklist, plain, plain_verdict, without_findings};
use crate::ask::SurfaceReport;
use crate::chart;

const CONTOURS: &str = "Each thin line has one loss; the thick one is the cheapest way to every loss, solid where there are runs and dashed \
     beyond.";
const ALLOCATION: &str = "How many parameters and tokens a budget should buy, with confidence bands: a wide band says that the runs do not settle the split.";
const VALLEY: &str = "What a smaller or larger model costs at the same training budget: the bottom is flat, so that a size can be chosen for what its use costs.";
const RESIDUALS: &str = "Dots should scatter about zero in every panel. A trend against N, D or C names what the form lacks.";

/// The page.
pub(super) fn surface_page(page: &SurfaceReport, provenance: Provenance) -> Page {
    let fit = &page.allocation.fit;
    let found = page.allocation.diagnoses();
    let allocation = match page.allocation.refusal() {
        Some(_) => Vec::new(),
        None => page.allocation.document().blocks,
    };
    let title = "What should be trained, and what will it reach?".to_owned();
    let forced = page.allocation.request.force;
    // The banner is the grade of the allocation, or without one the verdict on the fit.
    let verdict =
        graded(&page.allocation).unwrap_or_else(|| plain_verdict(fit.status(), &found, forced));
    let mut out = Page::new(title, in_one_line(&page.allocation), verdict);
    out.section("allocation", "Allocation", without_findings(allocation));
    out.section("findings", "What was found", checklist::found(&found));
    out.section("what-if", "What if?", what_if(page));
    out.section("chart", "The surface", charts(page));
    out.section(
        "parameters",
        "Parameters",
        law_and_parameters(fit, forced).to_vec(),
    );
    out.section(
        "residuals",
        "Residuals",
        vec![Picture::of(&chart::residuals(fit), RESIDUALS)],
    );
    out.section("excluded", "Rows left out", checklist::left_out(fit.data()));
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
    out.forced_if(forced).signed(provenance)
}

fn charts(page: &SurfaceReport) -> Vec<Block> {
    match &page.picture {
        Ok(picture) => vec![
            Picture::of(&chart::contours(picture), CONTOURS),
            Picture::of(&chart::allocation(picture), ALLOCATION),
            Picture::of(&chart::valley(picture), VALLEY),
        ],
        Err(why) => vec![Block::Text(format!("There is no picture: {why}."))],
    }
}
