//! The page of scores: of one task, or of a suite.

use super::super::answer::Shown;
use super::super::document::{Block, Tone};
use super::super::scores::{average_words, findings_of, forecast_words, laws, overall, said_of};
use super::super::scores_words::model;
use super::what_if_scores::what_if;
use super::{Page, Picture, Provenance, checklist, plain};
use crate::ask::{ScoresAnswer, TaskAnswer};
use crate::capability::Verdict;
use crate::chart;
use crate::fit::Severity;
use crate::number::{compute, digits};
use crate::runs::Excluded;

const READING: &str = "One panel a task. Dots are the models that were fitted, and the line is what the laws together say of \
     them; the dashed line with its band is what they forecast beyond. The star is the forecast with its interval, and the dotted line \
     is the score of guessing.";
const KEPT_OUT: &str = " An open circle is a model that was kept out of the fit.";

/// The page.
pub(super) fn scores_page(answer: &ScoresAnswer, provenance: Provenance) -> Page {
    let several = answer.only().is_none();
    let of = match several {
        true => format!(" on {} tasks", answer.tasks.len() + answer.failed.len()),
        false => String::new(),
    };
    let title = match answer.targets.last() {
        Some(target) => format!("What will {} score{of}?", model(target, "compute")),
        None => format!("The scores of models{of}"),
    };
    let mut page = Page::new(title, in_one_line(answer), verdict(answer));
    page.section("forecast", "Models, laws and forecast", said_of(answer));
    let found = match several {
        true => findings_of(answer),
        false => answer
            .tasks
            .first()
            .map_or(Vec::new(), |task| checklist::found(&task.diagnoses)),
    };
    let found = match found.is_empty() {
        true => vec![Block::text("Nothing.")],
        false => found,
    };
    page.section("findings", "What was found", found);
    let is_kept_out = answer.tasks.iter().any(|task| !task.actuals.is_empty());
    let reading = format!("{READING}{}", if is_kept_out { KEPT_OUT } else { "" });
    let picture = Picture::first(&chart::scores(answer), &reading);
    page.section("chart", "Scores against compute", vec![picture]);
    page.section("what-if", "What if?", what_if(answer));
    page.section("laws", "The laws of every task", vec![laws(answer)]);
    page.section("excluded", "Rows left out", excluded(answer));
    page.section("method", "Method in plain words", method());
    let csv = Block::Verbatim(answer.table());
    page.section(
        "numbers",
        "Exact numbers",
        vec![Block::Details("As CSV".to_owned(), vec![csv])],
    );
    page.section(
        "checklist",
        "Reproducibility checklist",
        vec![questions(answer)],
    );
    page.forced_if(answer.request.force).signed(provenance)
}

/// The forecast of the last target: of the only task, or on average.
fn in_one_line(answer: &ScoresAnswer) -> String {
    let Some(last) = answer.targets.len().checked_sub(1) else {
        return "No target was asked for.".to_owned();
    };
    if let Some(only) = answer.only() {
        return match &only.forecasts[last] {
            Ok(made) => format!("Score {}", forecast_words(made, answer.main())),
            Err(why) => format!("No number is given: {}", why.reason),
        };
    }
    match &answer.averages[last] {
        Some(average) => format!(
            "On average {}",
            average_words(answer, average, answer.main())
        ),
        None => {
            let given = |task: &&TaskAnswer| task.forecasts[last].is_ok();
            let count = answer.tasks.iter().filter(given).count();
            format!(
                "{count} of {} tasks have a forecast, and no average is given without all of them",
                answer.tasks.len() + answer.failed.len()
            )
        }
    }
}

fn verdict(answer: &ScoresAnswer) -> (String, Tone) {
    if let Some(only) = answer.only() {
        let (_, words, tone) = overall(only);
        return (words, tone);
    }
    let good = |task: &&TaskAnswer| task.verdict() == Verdict::Predictable;
    let good = answer.tasks.iter().filter(good).count();
    let all = answer.tasks.len() + answer.failed.len();
    let mut words = format!("{good} of {all} tasks are predictable");
    let warned = |task: &&TaskAnswer| {
        let mut found = task.diagnoses.iter();
        task.verdict() == Verdict::Predictable && found.any(|d| d.severity == Severity::Warn)
    };
    let warned = answer.tasks.iter().filter(warned).count();
    if warned > 0 {
        words += &format!(", {warned} of them with a warning");
    }
    let tone = match (good == all, warned) {
        (true, 1..) => Tone::Plain,
        (all_good, _) => Tone::good_if(all_good),
    };
    (words + ".", tone)
}

/// The left-out rows, listed once if every task leaves out the same.
fn excluded(answer: &ScoresAnswer) -> Vec<Block> {
    let mut all: Vec<Excluded> = Vec::new();
    for one in answer.tasks.iter().flat_map(|task| &task.excluded) {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    checklist::excluded(&all)
}

fn method() -> Vec<Block> {
    [
        "What guessing reaches is taken away first: with g the score of guessing, Q = (score - g)/(1 - g). The law of compute is \
         -ln Q = A/C^alpha and that of parameters and tokens -ln Q = A/N^alpha + B/D^beta. Where the table has a loss on the task, the \
         two-step law forecasts that loss first and reads the score off a sigmoid of it.",
        "The forecast is the mean of the laws that the table allows, on the scale of ln(score/(1 - score)), so that it stays between 0 and \
         1. Laws that are surer count more. Where the law of parameters and tokens has a forecast, the law of compute is shown and not counted.",
        "The interval counts the uncertainty of every law, how far they disagree, how far scores may drift from all of them with distance, \
         and the noise of a new model and of a finite number of examples. The interval of an average counts that the errors of tasks go \
         together.",
        "Each larger model of the table is also forecast from all smaller ones. If more of these forecasts \
         miss than chance explains, or if some miss and all lean to one side, the score follows another \
         curve than the laws: the finding held-out-misses says so, and the grade is low.",
        plain::PREDICTION,
    ]
    .map(|text| Block::Text(text.to_owned()))
    .to_vec()
}

fn questions(answer: &ScoresAnswer) -> Block {
    let tasks = &answer.tasks;
    let counted = |of: fn(&TaskAnswer) -> usize| {
        let all = tasks.iter().map(of);
        match (all.clone().min().unwrap_or(0), all.max().unwrap_or(0)) {
            (few, many) if few == many => many.to_string(),
            (few, many) => format!("{few} to {many}"),
        }
    };
    let mut columns: Vec<&str> = tasks.iter().map(|task| task.score_name.as_str()).collect();
    columns.dedup();
    let mut chances: Vec<f64> = tasks.iter().map(|task| task.fit.chance()).collect();
    chances.sort_by(f64::total_cmp);
    chances.dedup();
    let chances: Vec<String> = chances.iter().map(|g| digits(*g, 4)).collect();
    let rows = tasks.iter().map(|task| task.rows).sum::<usize>();
    let left_out = excluded_count(answer);
    checklist::table(vec![
        (
            "Scores",
            format!("column '{}', fractions from 0 to 1", columns.join("', '")),
        ),
        ("Score of guessing", chances.join(", ")),
        (
            "Compute",
            format!(
                "column or rule '{}'; the largest fitted model has {}",
                answer.compute_name,
                compute(answer.largest)
            ),
        ),
        (
            "Models",
            format!(
                "{} fitted a task, {} kept as actuals",
                counted(|task| task.models.len()),
                counted(|task| task.actuals.len())
            ),
        ),
        (
            "Rows",
            format!(
                "{rows} read, {left_out} left out, {}",
                checklist::listed(left_out)
            ),
        ),
        (
            "Laws",
            "all that the table allows; each has its parameters on this page".to_owned(),
        ),
        (
            "Objective",
            "least squares, weighted by the variance of a score about its law".to_owned(),
        ),
        (
            "Uncertainty",
            "calibrated prediction intervals, Student's t on ln(score/(1 - score))".to_owned(),
        ),
        ("Code", format!("scalewise {}", env!("CARGO_PKG_VERSION"))),
    ])
}

fn excluded_count(answer: &ScoresAnswer) -> usize {
    answer.tasks.iter().map(|task| task.excluded.len()).sum()
}
