//! The page of a loss law L(C).

use super::super::backtest::{BacktestReport, backtest, what_was_tested};
use super::super::document::Block;
use super::super::fit::{fact, fit as fit_document};
use super::super::forecast::{ForecastReport, forecast as forecast_document};
use super::super::forecast_rows::{Row, rows_csv};
use super::{Page, Picture, Provenance, checklist, plain, plain_verdict, without_verbatim};
use crate::backtest::Backtest;
use crate::chart::{self, ScalingView};
use crate::fit::FitResult;
use crate::forecast::Forecast;
use crate::interval::{Kind, Method};
use crate::number::{digits, percent, with_uncertainty};
use crate::runs::{Role, in_order};
use crate::said::Said;

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct LossPage<'a> {
    /// The fitted law.
    pub fit: &'a FitResult,
    /// One a target.
    pub forecasts: Vec<Forecast>,
    /// The farthest target with intervals at many levels.
    pub fan: Option<Forecast>,
    /// Other laws through the same runs.
    pub others: Vec<FitResult>,
    /// What would have been forecast.
    pub tested: Option<(Method, Backtest)>,
    /// Why no number is given, where none is.
    pub refused: Option<String>,
}

/// The page.
#[must_use]
pub fn loss_page(page: &LossPage<'_>, provenance: Provenance) -> Page {
    let fit = page.fit;
    let found: Vec<_> = match page.forecasts.first() {
        Some(f) => f.diagnoses.clone(),
        None => fit.diagnoses().to_vec(),
    };
    let mut out = Page::new(
        title(page),
        answer(page),
        plain_verdict(fit.status(), &found),
    );
    out.section("forecast", "Forecast", forecast_blocks(page));
    out.section(
        "findings",
        "What was found against it",
        checklist::found(&found),
    );
    out.section("chart", "The law and its runs", charts(page));
    out.section("forms", "How the forms agree", forms(page));
    out.section("parameters", "Parameters", parameters(fit));
    out.section(
        "residuals",
        "Residuals",
        vec![Picture::of(&chart::residual(fit), plain::RESIDUALS)],
    );
    out.section("backtest", "Back-test", tested(page));
    out.section(
        "excluded",
        "Rows left out",
        checklist::excluded(&fit.data().excluded),
    );
    out.section("method", "Method in plain words", method(page));
    out.section("numbers", "Exact numbers", exact(page));
    out.section(
        "checklist",
        "Reproducibility checklist",
        vec![checklist::of_fit(fit, &uncertainty(page))],
    );
    out.signed(provenance)
}

fn title(page: &LossPage<'_>) -> String {
    match page.forecasts.last() {
        Some(f) => format!(
            "What will {}{} reach?",
            page.fit.variable().before(),
            page.fit.variable().shown(f.compute)
        ),
        None => "A scaling law and its runs".to_owned(),
    }
}

fn main_interval(f: &Forecast) -> Option<&crate::interval::Interval> {
    let of = |method| {
        f.intervals
            .iter()
            .rfind(|i| i.method == method && i.kind == Kind::Prediction)
    };
    of(Method::Calibrated)
        .or_else(|| of(Method::Profile))
        .or_else(|| of(Method::Delta))
}

fn answer(page: &LossPage<'_>) -> String {
    if let Some(why) = &page.refused {
        return format!("No number is given: {why}");
    }
    let Some(f) = page.forecasts.last() else {
        return "No target was asked for.".to_owned();
    };
    let Some(i) = main_interval(f) else {
        return format!("Loss {}, without an interval", digits(f.point, 4));
    };
    let spread = Some(0.25 * (i.upper - i.lower));
    let end = |v| with_uncertainty(v, spread);
    format!(
        "Loss {}, {} {} prediction interval {} to {}",
        end(f.point_of(i.method).unwrap_or(f.point)),
        percent(i.level),
        i.method.name(),
        end(i.lower),
        end(i.upper)
    )
}

fn forecast_blocks(page: &LossPage<'_>) -> Vec<Block> {
    if page.forecasts.is_empty() {
        return Vec::new();
    }
    let report = ForecastReport {
        fit: page.fit,
        forecasts: page.forecasts.clone(),
        reaches: Vec::new(),
    };
    // Law, status and findings have places of their own.
    let mut blocks = without_verbatim(forecast_document(&report).blocks);
    blocks.remove(0);
    if let Some(fan) = &page.fan {
        blocks.push(Picture::of(
            &chart::levels(fan, page.fit.variable()),
            plain::LEVELS,
        ));
    }
    blocks
}

fn charts(page: &LossPage<'_>) -> Vec<Block> {
    let quoted = page.forecasts.last().and_then(main_interval);
    let view = ScalingView {
        fit: page.fit,
        forecasts: &page.forecasts,
        level: quoted.map_or(0.9, |i| i.level),
        method: quoted.map_or(Method::Calibrated, |i| i.method),
    };
    let runs = in_order(&page.fit.data().runs).into_iter().map(|r| {
        vec![
            r.line.to_string(),
            r.group.clone().unwrap_or_default(),
            page.fit.variable().shown(r.compute),
            digits(r.loss, 5),
            if r.role == Role::Fit { "fit" } else { "actual" }.to_owned(),
        ]
    });
    let table = Block::Table {
        head: ["line", "run", page.fit.variable().noun(), "loss", "role"]
            .map(str::to_owned)
            .to_vec(),
        text: vec![false, true, false, false, true],
        rows: runs.collect(),
    };
    let [loss, reducible] = chart::loss_and_reducible(&view);
    vec![
        Picture::of(&loss, plain::SCALING),
        Block::Details("The runs as a table".to_owned(), vec![table]),
        Picture::of(&reducible, plain::REDUCIBLE),
    ]
}

fn forms(page: &LossPage<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    for f in page.forecasts.iter().filter(|f| !f.members.is_empty()) {
        let spread = main_interval(f).map(|i| 0.25 * (i.upper - i.lower));
        let mut rows: Vec<Vec<String>> = f
            .members
            .iter()
            .map(|m| (m.name, m.point))
            .chain([(page.fit.law().name(), f.law_point)])
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
        blocks.push(Block::Table {
            head: vec![
                format!(
                    "at {}{}",
                    page.fit.variable().before(),
                    page.fit.variable().shown(f.compute)
                ),
                "loss".to_owned(),
                "against the point".to_owned(),
            ],
            text: vec![true, false, false],
            rows,
        });
    }
    if !page.others.is_empty() {
        let chart = chart::laws(&page.others, page.forecasts.last());
        blocks.push(Picture::of(&chart, plain::LAWS));
    }
    blocks
}

fn parameters(fit: &FitResult) -> Vec<Block> {
    let mut blocks = without_verbatim(fit_document(fit, false).blocks);
    let details = fit_document(fit, true).blocks;
    let tables: Vec<Block> = details
        .into_iter()
        .filter(|b| matches!(b, Block::Table { .. }))
        .skip(1)
        .collect();
    blocks.push(Block::Details(
        "Every minimum and every residual".to_owned(),
        tables,
    ));
    blocks
}

fn tested(page: &LossPage<'_>) -> Vec<Block> {
    let Some((method, tested)) = &page.tested else {
        return vec![Block::Text(
            "There are too few runs to forecast the larger ones from the smaller ones.".to_owned(),
        )];
    };
    let document = backtest(&BacktestReport {
        data: page.fit.data(),
        law: page.fit.law(),
        method: *method,
        tested,
    });
    let mut blocks = vec![Picture::of(&chart::backtest(tested), plain::BACKTEST)];
    let chosen = what_was_tested(&tested.chosen);
    blocks.push(Block::Facts(vec![fact("Test", chosen)]));
    blocks.extend(document.blocks.into_iter().skip(1));
    blocks
}

fn methods(page: &LossPage<'_>) -> Vec<Method> {
    let mut used: Vec<Method> = Vec::new();
    for i in page.forecasts.iter().flat_map(|f| &f.intervals) {
        if !used.contains(&i.method) {
            used.push(i.method);
        }
    }
    used
}

fn method(page: &LossPage<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Text(format!(
        "{} was fitted to the runs by {} on {} residuals.",
        page.fit.formula(),
        page.fit.settings().objective.name(),
        page.fit.settings().residuals.name()
    ))];
    blocks.extend(
        methods(page)
            .into_iter()
            .map(|m| Block::Text(plain::method(m).to_owned())),
    );
    blocks.push(Block::Text(plain::PREDICTION.to_owned()));
    blocks
}

fn uncertainty(page: &LossPage<'_>) -> String {
    let names: Vec<&str> = methods(page).iter().map(|m| m.name()).collect();
    match names.is_empty() {
        true => "standard errors and profile intervals of the parameters".to_owned(),
        false => names.join(", "),
    }
}

fn exact(page: &LossPage<'_>) -> Vec<Block> {
    let rows: Vec<Row> = page.forecasts.iter().flat_map(|f| Row::of("", f)).collect();
    let mut blocks = Vec::new();
    if !rows.is_empty() {
        blocks.push(Block::Details(
            "Forecasts as CSV".to_owned(),
            vec![Block::Verbatim(rows_csv(&rows, page.fit.variable()))],
        ));
    }
    blocks.push(Block::Details(
        "Parameters as CSV".to_owned(),
        vec![Block::Verbatim(super::super::fit::parameters_csv(page.fit))],
    ));
    blocks.insert(
        0,
        Block::Facts(vec![fact(
            "Objective at the minimum",
            format!("{:e}", Said(page.fit.objective())),
        )]),
    );
    blocks
}

impl LossPage<'_> {
    /// Whether nothing speaks against the numbers.
    #[must_use]
    pub fn trustworthy(&self) -> bool {
        self.refused.is_none()
            && self.fit.trustworthy()
            && self.forecasts.iter().all(Forecast::trustworthy)
    }
}
