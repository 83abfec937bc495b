//! The page of a law of several columns.

use super::super::answer::Shown;
use super::super::document::Block;
use super::super::fit::{law_and_parameters, parameters_csv};
use super::super::points::{NO_RECORD, every_interval, said, typed, widest};
use super::{Page, Picture, Provenance, checklist, plain, plain_verdict};
use crate::ask::{PointAt, PointsAnswer};
use crate::chart;
use crate::number::{digits, percent};

const READING: &str = "In the first panel each dot is a fitted run: the law is right where the dot lies on \
     the dashed line. A star with its interval is a run that was held out, or a point that has not \
     come out yet, which lies on the line. In the other panels dots should scatter about zero: a \
     trend against a column names what the law lacks.";
const UNCERTAINTY: &str = "delta method: it holds if the law is exactly right";

/// The page.
pub(super) fn points_page(answer: &PointsAnswer, provenance: Provenance) -> Page {
    let fit = &answer.fit;
    let found = fit.diagnoses();
    let mut out = Page::new(
        title(answer),
        in_one_line(answer),
        plain_verdict(fit.status(), found, answer.force),
    );
    let forecasts = match answer.refusal() {
        Some(_) => Vec::new(),
        None => said(answer)
            .into_iter()
            .chain(every_interval(answer))
            .collect(),
    };
    out.section("forecast", "Forecast", forecasts);
    out.section("findings", "What was found", checklist::found(found));
    let picture = Picture::first(&chart::points(answer), READING);
    out.section("chart", "The law and its runs", vec![picture]);
    out.section(
        "parameters",
        "Parameters",
        law_and_parameters(fit, answer.force).to_vec(),
    );
    out.section("excluded", "Rows left out", checklist::left_out(fit.data()));
    out.section("method", "Method in plain words", method(answer));
    let csv = |text: String| vec![Block::Verbatim(text)];
    let details = |title: &str, text| Block::Details(title.to_owned(), csv(text));
    out.section(
        "numbers",
        "Exact numbers",
        vec![
            details("Forecasts as CSV", answer.table()),
            details("Parameters as CSV", parameters_csv(fit)),
        ],
    );
    out.section(
        "checklist",
        "Reproducibility checklist",
        vec![checklist::of_fit(fit, UNCERTAINTY)],
    );
    out.forced_if(answer.force).signed(provenance)
}

/// The main point of the page: the last requested one, or else a held-out run.
fn main_point(answer: &PointsAnswer) -> Option<&PointAt> {
    let mut points = answer.points.iter();
    let asked = points.rfind(|at| at.observed.is_none());
    asked.or(answer.points.last())
}

fn title(answer: &PointsAnswer) -> String {
    match main_point(answer) {
        Some(at) => format!("What will a run at {} reach?", typed(at)),
        None => "A law of several columns and its runs".to_owned(),
    }
}

fn in_one_line(answer: &PointsAnswer) -> String {
    if let Some(why) = answer.refusal() {
        return format!("No number is given: {}", why.message);
    }
    let Some(at) = main_point(answer) else {
        return "No point was asked for.".to_owned();
    };
    match (at.point, widest(at)) {
        (Some(point), Some(i)) => format!(
            "Loss {}, {} prediction interval {} to {}",
            digits(point, 4),
            percent(i.level),
            digits(i.lower, 4),
            digits(i.upper, 4)
        ),
        (Some(point), None) => format!("Loss {}, without an interval", digits(point, 4)),
        (None, _) => "The law has no value there.".to_owned(),
    }
}

fn method(answer: &PointsAnswer) -> Vec<Block> {
    let fit = &answer.fit;
    vec![
        Block::Text(format!(
            "{} was fitted to the runs. The parameters that enter linearly were solved exactly, and \
             the others were searched from many starts, the ends of their ranges among them.",
            fit.formula()
        )),
        Block::Text(format!("Record of such forecasts: {NO_RECORD}.")),
        Block::Text(plain::PREDICTION.to_owned()),
    ]
}
