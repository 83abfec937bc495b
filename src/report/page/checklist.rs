//! The checklist for papers on scaling laws by Li et al. 2025, *(Mis)Fitting: a survey of scaling
//! laws*, filled in.

use super::super::document::Block;
use super::super::excluded::excluded as listed_rows;
use super::super::fit::agreement;
use crate::ask::name_of;
use crate::fit::{Diagnosis, FitResult, Objective, Weights, argument};
use crate::law::{Form, Input};
use crate::number::{compute, digits};
use crate::runs::{Dataset, Excluded, Variable};
use crate::said::Said;

/// A table with one row per question and answer.
pub(super) fn table(rows: Vec<(&str, String)>) -> Block {
    let rows = rows.into_iter();
    let rows = rows.map(|(question, answer)| vec![question.to_owned(), answer]);
    Block::word_table(&["question", "answer"], rows)
}

/// Most left-out rows that are listed.
const LISTED: usize = 50;

/// The left-out rows with their lines and reasons.
pub(super) fn excluded(excluded: &[Excluded]) -> Vec<Block> {
    match listed_rows(excluded, LISTED, "left out because") {
        none if none.is_empty() => vec![Block::text("Every row was used.")],
        blocks => blocks,
    }
}

/// How the page lists this many left-out rows.
pub(super) fn listed(count: usize) -> &'static str {
    match count <= LISTED {
        true => "all listed on this page",
        false => "listed on this page by their reasons",
    }
}

/// The same for a table, with what became of its rows before it was read.
pub(super) fn left_out(data: &Dataset) -> Vec<Block> {
    let mut blocks = match (data.excluded.is_empty(), data.reading.is_empty()) {
        (true, false) => vec![Block::text("Every run of the table below was used.")],
        _ => excluded(&data.excluded),
    };
    blocks.extend(
        data.reading
            .iter()
            .chain(&data.notes)
            .map(|note| Block::Text(sentence(note))),
    );
    blocks
}

/// A note as a sentence.
fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!(
        "{}{}.",
        first.unwrap_or_default(),
        letters.as_str().trim_end_matches('.')
    )
}

/// Findings with their hints.
pub(super) fn found(diagnoses: &[Diagnosis]) -> Vec<Block> {
    match diagnoses.is_empty() {
        true => vec![Block::text("Nothing.")],
        false => vec![Block::Findings(diagnoses.to_vec().into())],
    }
}

/// The checklist of a fit.
pub(super) fn of_fit(fit: &FitResult, uncertainty: &str) -> Block {
    let (law, data, settings) = (fit.law(), fit.data(), fit.settings());
    let objective = match settings.objective {
        Objective::Squared => "sum of squares".to_owned(),
        Objective::Huber { delta } => format!("Huber's loss, delta = {}", Said(delta)),
        Objective::Lad => "least absolute deviations".to_owned(),
        Objective::Quantile { q } => format!("tilted absolute deviations, quantile {}", Said(q)),
    };
    let objective = match &settings.prior {
        Some(penalty) => format!(
            "{objective} in units of the noise, and squared distance from the prior {}",
            penalty.prior.said()
        ),
        None => objective,
    };
    let optimiser = match law.form() {
        _ if settings.prior.is_some() => {
            "damped Gauss-Newton from the best places of a scan of the exponent"
        }
        Form::Power | Form::PowerPlusConstant => {
            "scan of the exponent with the other parameters solved exactly, every minimum polished; no starting point"
        }
        Form::Surface => {
            "scan of both exponents with the other parameters solved exactly, Newton's method from the best cells; no starting point"
        }
        Form::General if law.typed().is_some() => {
            "damped Gauss-Newton from many starts, with the linear parameters solved exactly"
        }
        Form::General => "damped Gauss-Newton from every start of the law",
    };
    let weights = match settings.weights {
        Weights::KnownSigma => "given standard deviation of every run",
        Weights::Equal => "equal",
        _ => "given",
    };
    let free = law.parameters().len()
        - (0..law.parameters().len())
            .filter(|&k| settings.lower[k] == settings.upper[k])
            .count();
    table(vec![
        (
            "Form",
            match law.typed() {
                Some(_) => format!("{}, {free} free parameters", fit.formula()),
                None => format!("{} ({}), {free} free parameters", fit.formula(), law.name()),
            },
        ),
        ("Variables", variables(fit)),
        ("Counting of compute", counting(data)),
        (
            "Loss",
            format!(
                "column '{}', in {}",
                data.loss_column.as_deref().unwrap_or("loss"),
                data.loss_unit.as_deref().unwrap_or("its own unit")
            ),
        ),
        ("Runs used", used(fit)),
        (
            "Runs kept out as actuals",
            data.actuals().count().to_string(),
        ),
        (
            "Rows left out",
            format!("{}, {}", data.excluded.len(), listed(data.excluded.len())),
        ),
        (
            "Objective",
            format!(
                "{objective} of {} residuals, weights: {weights}",
                settings.residuals.name()
            ),
        ),
        ("Optimiser", optimiser.to_owned()),
        (
            "Minima found",
            match fit.starts() {
                Some((agree, tried)) => {
                    format!("{}; {}", fit.basins().len(), agreement(agree, tried))
                }
                None => fit.basins().len().to_string(),
            },
        ),
        ("Uncertainty", uncertainty.to_owned()),
        ("Digest of the rows used", data.digest()),
        ("Code", format!("scalewise {}", env!("CARGO_PKG_VERSION"))),
    ])
}

fn used(fit: &FitResult) -> String {
    if fit.law().typed().is_some() && fit.law().inputs() != [Input::Compute] {
        return used_columns(fit);
    }
    format!(
        "{}, {} {} to {} ({:.1} decades), losses {}",
        fit.fitted_runs().count(),
        fit.variable().noun(),
        compute(fit.smallest_fitted()),
        compute(fit.largest_fitted()),
        Said(fit.span_decades()),
        losses(fit)
    )
}

/// The runs of a law of several columns, with the range of each column.
fn used_columns(fit: &FitResult) -> String {
    let law = fit.law();
    let ranges = law.asked_inputs().iter().map(|input| {
        let values = fit
            .fitted_runs()
            .filter_map(|run| argument(law, *input, run));
        let (low, high) = ends(values);
        format!(
            "{} {} to {}",
            name_of(law, *input),
            digits(low, 4),
            digits(high, 4)
        )
    });
    let count = fit.fitted_runs().count();
    let ranges: Vec<String> = ranges.collect();
    format!("{count}, {}, losses {}", ranges.join(", "), losses(fit))
}

/// The smallest and the largest.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    values.fold(start, |(low, high), value| {
        (low.min(value), high.max(value))
    })
}

fn losses(fit: &FitResult) -> String {
    let (low, high) = ends(fit.fitted_runs().map(|run| run.loss));
    format!("{} to {}", digits(low, 4), digits(high, 4))
}

fn variables(fit: &FitResult) -> String {
    let names: Vec<&str> = fit
        .law()
        .inputs()
        .iter()
        .map(|input| match input {
            Input::Compute => match fit.variable() {
                Variable::Compute => "C, training compute",
                Variable::Params => "N, parameters (in place of compute)",
                Variable::Tokens => "D, training tokens (in place of compute)",
            },
            Input::Params => "N, parameters",
            Input::Tokens => "D, training tokens",
            Input::UniqueTokens => "U, unique tokens",
            Input::Column(k) => &fit.law().columns()[*k],
        })
        .collect();
    names.join("; ")
}

fn counting(data: &Dataset) -> String {
    if data.runs.iter().all(|run| run.known_x().is_none()) {
        return "not used: the table has none".to_owned();
    }
    if data.variable != Variable::Compute {
        return format!("not used: the law is one of {}", data.variable.noun());
    }
    let made = data
        .runs
        .iter()
        .any(|r| matches!((r.params, r.tokens), (Some(n), Some(d)) if r.x == 6.0 * n * d));
    if made {
        "6ND from the table's parameters and tokens; whether embeddings count is up to its column of parameters".to_owned()
    } else {
        "as given in the table".to_owned()
    }
}
