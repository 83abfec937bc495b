//! The page of a loss law L(C).

use super::super::answer::Shown;
use super::super::backtest::{in_short, what_was_tested};
use super::super::document::{Block, fact};
use super::super::fit::{details_of, law_and_parameters, objective_words, parameters_csv};
use super::super::forecast::{actual_lines, widest};
use super::super::forecast_rows::{ForecastRow, rows_csv};
use super::super::grade;
use super::super::members::combined;
use super::what_if::what_if;
use super::{Page, Picture, Provenance, checklist, plain, plain_verdict, without_findings};
use crate::ask::{LossReport, main_interval};
use crate::chart;
use crate::fit::Drawn;
use crate::forecast::Forecast;
use crate::interval::Method;
use crate::number::{digits, percent, with_uncertainty};
use crate::runs::{Role, in_order};
use crate::said::Said;

/// The page.
pub(super) fn loss_page(page: &LossReport, provenance: Provenance) -> Page {
    let fit = &page.forecast.fit;
    let found: Vec<_> = match page.forecast.forecasts().next() {
        Some(f) => f.diagnoses.clone(),
        None => fit.diagnoses().to_vec(),
    };
    let forced = page.forecast.request.force;
    // The banner is the grade of the forecast, or without a forecast the verdict on the fit.
    let last = page.forecast.forecasts().next_back();
    let verdict = match last {
        Some(forecast) => (graded(page, forecast), grade::tone(forecast.grade)),
        None => plain_verdict(fit.status(), &found, forced),
    };
    let mut out = Page::new(title(page), answer(page), verdict);
    out.section("chart", "The law and its runs", charts(page));
    out.before_contents = 1;
    out.section("what-if", "What if?", what_if(page));
    out.section("forecast", "Forecast", forecast_blocks(page));
    out.section("findings", "What was found", checklist::found(&found));
    out.section("forms", "How the forms agree", forms(page));
    out.section("backtest", "Back-test", tested(page));
    out.section("parameters", "Parameters", parameters(page));
    out.section(
        "residuals",
        "Residuals",
        vec![
            Picture::of(&chart::reducible(&page.picture), plain::REDUCIBLE),
            Picture::of(&chart::residual(fit), plain::RESIDUALS),
        ],
    );
    out.section("excluded", "Rows left out", checklist::left_out(fit.data()));
    out.section("method", "Method in plain words", method(page));
    out.section("numbers", "Exact numbers", exact(page));
    out.section(
        "checklist",
        "Reproducibility checklist",
        vec![checklist::of_fit(fit, &uncertainty(page))],
    );
    out.forced_if(forced).signed(provenance)
}

/// The grade with its record, the reasons for it, and how the back-test of the runs came out.
fn graded(page: &LossReport, forecast: &Forecast) -> String {
    let mut because = forecast.reasons();
    let tested = page.tested.as_ref().ok();
    if let Some(said) = tested.and_then(|answer| in_short(&answer.tested)) {
        because += &format!("; {said}");
    }
    format!("{}. Because: {because}.", grade::in_one_line(forecast))
}

fn title(page: &LossReport) -> String {
    let variable = page.forecast.fit.variable();
    match page.forecast.forecasts().next_back() {
        Some(f) => format!(
            "What will {}{} reach?",
            variable.before(),
            variable.shown(f.x)
        ),
        None => "A scaling law and its runs".to_owned(),
    }
}

fn answer(page: &LossReport) -> String {
    if let Some(why) = page.forecast.refusal() {
        return format!("No number is given: {}", why.message);
    }
    let Some(f) = page.forecast.forecasts().next_back() else {
        let mut withheld = page.forecast.targets.iter();
        return match withheld.find_map(|t| t.forecast.as_ref().err()) {
            Some(why) => format!("No number is given: {}", why.reason),
            None => "No target was asked for.".to_owned(),
        };
    };
    let Some(i) = page.quoted() else {
        return format!("Loss {}, without an interval", digits(f.point, 4));
    };
    let spread = Some(0.25 * (i.upper - i.lower));
    let end = |v| with_uncertainty(v, spread);
    let far = match f.x / page.forecast.fit.largest_fitted() {
        factor if factor > 1.0 + 1e-9 => {
            format!("; {} times the largest fitted run", digits(factor, 3))
        }
        _ => String::new(),
    };
    format!(
        "Loss {}, {} {} prediction interval {} to {}{far}",
        end(f.point_of(i.method).unwrap_or(f.point)),
        percent(i.level),
        i.method.name(),
        end(i.lower),
        end(i.upper)
    )
}

fn forecast_blocks(page: &LossReport) -> Vec<Block> {
    if page.forecast.refusal().is_some() {
        return Vec::new();
    }
    // Law, status and findings are shown elsewhere on the page.
    let mut blocks = without_findings(page.forecast.document().blocks);
    blocks.remove(0);
    if let Some(fan) = &page.fan {
        blocks.push(Picture::of(
            &chart::levels(fan, page.forecast.fit.variable()),
            plain::LEVELS,
        ));
    }
    blocks
}

/// Most rows of a table of runs on a page, to limit its size.
const MOST_ROWS: usize = 500;

fn charts(page: &LossReport) -> Vec<Block> {
    let fit = &page.forecast.fit;
    let variable = fit.variable();
    let all = fit.data().runs.len();
    let runs = in_order(&fit.data().runs).into_iter().take(MOST_ROWS);
    let runs = runs.map(|r| {
        vec![
            r.line.to_string(),
            r.group.clone().unwrap_or_default(),
            variable.shown(r.x),
            digits(r.loss, 5),
            if r.role == Role::Fit { "fit" } else { "actual" }.to_owned(),
        ]
    });
    let head = ["line", "run", variable.noun(), "loss", "role"];
    let table = Block::table(&head, &[1, 4], runs);
    let mut blocks = vec![Picture::first(
        &chart::scaling(&page.picture),
        plain::SCALING,
    )];
    let last = page.forecast.forecasts().next_back();
    let actual = last
        .into_iter()
        .flat_map(|f| actual_lines(fit, f, widest(f)));
    let actual: Vec<_> = actual.map(|line| fact("Actual", line)).collect();
    if !actual.is_empty() {
        blocks.push(Block::Facts(actual));
    }
    let title = match all > MOST_ROWS {
        true => format!("The first {MOST_ROWS} of {all} runs as a table"),
        false => "The runs as a table".to_owned(),
    };
    blocks.push(Block::Details(title, vec![table]));
    blocks
}

fn forms(page: &LossReport) -> Vec<Block> {
    let fit = &page.forecast.fit;
    let variable = fit.variable();
    let mut blocks = Vec::new();
    for f in page.forecast.forecasts().filter(|f| !f.members.is_empty()) {
        let spread = main_interval(f).map(|i| 0.25 * (i.upper - i.lower));
        let mut rows: Vec<Vec<String>> = f
            .members
            .iter()
            .map(|m| (m.name, m.point))
            .chain([(fit.law().name(), f.law_point)])
            .map(|(name, point)| {
                vec![
                    name.to_owned(),
                    with_uncertainty(point, spread),
                    format!("{:+.2} %", Said(100.0 * (point / f.point - 1.0))),
                ]
            })
            .collect();
        rows.sort();
        rows.dedup();
        let at = format!("at {}{}", variable.before(), variable.shown(f.x));
        blocks.push(Block::table(
            &[&at, "loss", "against the point"],
            &[0],
            rows,
        ));
        blocks.extend(combined(f).map(|words| Block::Text(format!("{words}."))));
    }
    let others = page
        .others
        .iter()
        .filter_map(|(_, made)| made.as_ref().ok().cloned());
    let laws: Vec<Drawn> = std::iter::once(fit.into()).chain(others).collect();
    let chart = chart::laws_of(fit, &laws, page.forecast.forecasts().next_back());
    blocks.push(Picture::of(&chart, plain::LAWS));
    for (name, made) in &page.others {
        if let Err(why) = made {
            blocks.push(Block::Text(format!("Not drawn: {name}: {why}.")));
        }
    }
    blocks
}

fn parameters(page: &LossReport) -> Vec<Block> {
    let fit = &page.forecast.fit;
    let forced = page.forecast.request.force;
    let mut blocks = law_and_parameters(fit, forced).to_vec();
    let residuals = match fit.fitted_runs().count() {
        all if all > MOST_ROWS => format!("the residuals of the first {MOST_ROWS} of {all} runs"),
        _ => "every residual".to_owned(),
    };
    blocks.push(Block::Details(
        format!("Every minimum and {residuals}"),
        details_of(fit, MOST_ROWS).to_vec(),
    ));
    blocks
}

fn tested(page: &LossReport) -> Vec<Block> {
    let answer = match &page.tested {
        Ok(answer) => answer,
        Err(why) => return vec![Block::Text(format!("Nothing was tested: {why}."))],
    };
    let document = answer.document();
    let mut blocks = vec![Picture::of(
        &chart::backtest(&answer.tested),
        plain::BACKTEST,
    )];
    let chosen = what_was_tested(&answer.tested.chosen);
    blocks.push(Block::Facts(vec![fact("Test", chosen)]));
    blocks.extend(document.blocks.into_iter().skip(1));
    blocks
}

fn methods(page: &LossReport) -> Vec<Method> {
    let mut used: Vec<Method> = Vec::new();
    for i in page.forecast.forecasts().flat_map(|f| &f.intervals) {
        if !used.contains(&i.method) {
            used.push(i.method);
        }
    }
    used
}

fn method(page: &LossReport) -> Vec<Block> {
    let mut blocks = vec![Block::Text(format!(
        "{} was fitted to the runs by {} on {} residuals.",
        page.forecast.fit.formula(),
        objective_words(page.forecast.fit.settings().objective),
        page.forecast.fit.settings().residuals.name()
    ))];
    blocks.extend(
        methods(page)
            .into_iter()
            .map(|m| Block::Text(m.explained().to_owned())),
    );
    blocks.push(Block::Text(plain::PREDICTION.to_owned()));
    blocks
}

fn uncertainty(page: &LossReport) -> String {
    let names: Vec<&str> = methods(page).iter().map(|m| m.name()).collect();
    match names.is_empty() {
        true => "standard errors and profile intervals of the parameters".to_owned(),
        false => names.join(", "),
    }
}

fn exact(page: &LossReport) -> Vec<Block> {
    let fit = &page.forecast.fit;
    let minimum = format!("{:e}", Said(fit.objective()));
    let mut blocks = vec![Block::Facts(vec![fact(
        "Objective at the minimum",
        minimum,
    )])];
    let given = page.forecast.forecasts();
    let rows: Vec<ForecastRow> = given.flat_map(|f| ForecastRow::of(fit, f)).collect();
    if !rows.is_empty() {
        blocks.push(Block::Details(
            "Forecasts as CSV".to_owned(),
            vec![Block::Verbatim(rows_csv(&rows, fit.variable()))],
        ));
    }
    blocks.push(Block::Details(
        "Parameters as CSV".to_owned(),
        vec![Block::Verbatim(parameters_csv(fit))],
    ));
    blocks
}
