//! Sixty-five published laws on eight public tables (arXiv 2604.22753), each typed as its formula
//! and fitted within its bounds from no start: the sum of squares beside the best known one, and
//! the published recipe's.
//!
//! It writes the tables "laws" and "presets", and with `--slow` "learning-rate", of
//! `docs/formulas.md`; `--check` compares the first two. `scalebench TASK [LAW]` prints what each
//! law gives. The data are no part of this repository: they lie in `SCALEWISE_CORPUS` (default
//! `../shared`), in `data/scalebench`.

mod presets;
mod tables;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scalewise::fit::Residuals;
use scalewise::internal::Observations;
use scalewise::law::{Input, Law, TypedLaw};
use scalewise::{Error, ErrorKind, Fit, Result};
use std::fmt::Write as _;
use std::time::Instant;
use studies::{Table, publish};
use tables::{Bench, Entry, Known, Output, Rows, Runs};

/// Fits that take minutes.
const SLOW: &str = "lr_bsz";
/// Sums of squares that differ by a smaller share are equal.
const SAME: f64 = 1e-6;
/// A recipe that misses the best known sum by this share has failed.
const MISSED: f64 = 1e-3;
/// The mean test R² that the paper prints for all data, by task (table 2).
const PUBLISHED: [(&str, f64); 8] = [
    ("parallel", 0.99),
    ("vocab", 0.93),
    ("domain", 0.81),
    ("moe", 0.81),
    ("data_con", 0.79),
    ("lr_bsz", 0.04),
    ("sparsity", 0.37),
    ("farseer", 0.91),
];
/// The last digits of a table may differ on another machine.
const STALE: f64 = 0.011;

/// The result of one law.
struct Outcome {
    objective: f64,
    test_r2: f64,
    seconds: f64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let names: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    let bench = Bench::read()?;
    if let Some(task) = names.first() {
        return show(&bench, task, names.get(1).map(|law| law.as_str()));
    }
    let all = |slow: bool| {
        PUBLISHED
            .iter()
            .filter(move |(task, _)| (*task == SLOW) == slow)
    };
    let mut tables = vec![Table {
        name: "laws".to_owned(),
        text: table(&bench, all(false))?,
    }];
    tables.push(Table {
        name: "presets".to_owned(),
        text: presets::table(&bench)?,
    });
    if has("--slow") {
        tables.push(Table {
            name: "learning-rate".to_owned(),
            text: table(&bench, all(true))?,
        });
    }
    publish(
        "docs/formulas.md",
        "scalebench",
        &tables,
        has("--check"),
        STALE,
    )
}

/// One line per task.
fn table<'a>(bench: &Bench, tasks: impl Iterator<Item = &'a (&'a str, f64)>) -> Result<String> {
    let mut text = "| task | laws | at the best known sum of squares | missed by the published recipe | mean test R²: here | published recipe, run again | published |\n|---|--:|--:|--:|--:|--:|--:|\n".to_owned();
    for (task, published) in tasks {
        let entries: Vec<&Entry> = bench.entries.iter().filter(|e| e.task == *task).collect();
        let outcomes = entries
            .par_iter()
            .map(|entry| outcome(bench, entry))
            .collect::<Result<Vec<_>>>()?;
        let known: Vec<&Known> = entries.iter().map(|entry| bench.known(entry)).collect();
        let reached = outcomes
            .iter()
            .zip(&known)
            .filter(|(o, k)| o.objective <= k.objective * (1.0 + SAME));
        let missed = known.iter().filter(|k| k.recipe > 1.0 + MISSED);
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let _ = writeln!(
            text,
            "| {task} | {} | {} | {} | {:.2} | {:.2} | {published:.2} |",
            entries.len(),
            reached.count(),
            missed.count(),
            mean(outcomes.iter().map(|o| o.test_r2).collect()),
            mean(known.iter().map(|k| k.recipe_r2).collect()),
        );
    }
    Ok(text)
}

/// What each law of a task gives.
fn show(bench: &Bench, task: &str, law: Option<&str>) -> Result<()> {
    println!("law,sum_of_squares,excess,recipe,test_r2,known_r2,seconds");
    let is_asked = |entry: &&Entry| entry.task == task && law.is_none_or(|law| law == entry.law);
    for entry in bench.entries.iter().filter(is_asked) {
        let (outcome, known) = (outcome(bench, entry)?, bench.known(entry));
        println!(
            "{},{:e},{:.1e},{},{:.4},{:.4},{:.3}",
            entry.law,
            outcome.objective,
            outcome.objective / known.objective - 1.0,
            known.recipe,
            outcome.test_r2,
            known.test_r2,
            outcome.seconds
        );
    }
    Ok(())
}

/// One law fitted to each group of its table. Outputs that share no parameter are fitted
/// separately, others jointly.
fn outcome(bench: &Bench, entry: &Entry) -> Result<Outcome> {
    let table = &bench.tables[&entry.task];
    let begun = Instant::now();
    let mut objective = 0.0;
    let (mut predicted, mut observed) = (Vec::new(), Vec::new());
    let together = match entry.is_separable() {
        true => entry.outputs.chunks(1).collect(),
        false => vec![&entry.outputs[..]],
    };
    for group in table.groups() {
        for outputs in &together {
            let text: Vec<String> = outputs.iter().map(|o| o.text(&table.header)).collect();
            let law = TypedLaw::parse(&text.join("; "))?;
            let best = best(&law, outputs, &table.rows("train", &group))?;
            objective += best.0;
            let (inputs, values) = melted(&law, outputs, &table.rows("test", &group))?;
            predicted.extend(inputs.iter().map(|x| law.predict(x, &best.1)));
            observed.extend(values);
        }
    }
    Ok(Outcome {
        objective,
        test_r2: r_squared(&predicted, &observed),
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// The best sum of squares and its parameters.
fn best(law: &TypedLaw, outputs: &[Output], rows: &Rows<'_>) -> Result<(f64, Vec<f64>)> {
    let (inputs, values) = melted(law, outputs, rows)?;
    let mut fit = Fit::new(law.clone()).residuals(Residuals::Absolute);
    for (name, low, high) in outputs.iter().flat_map(|output| &output.bounds) {
        fit = fit.bounds(name, *low..=*high);
    }
    best_of(&fit, inputs, values, Residuals::Absolute)
}

fn best_of(
    fit: &Fit,
    inputs: Runs,
    values: Vec<f64>,
    residuals: Residuals,
) -> Result<(f64, Vec<f64>)> {
    let basins = fit.run_observations(&Observations::new(inputs, values, residuals)?)?;
    Ok((basins[0].objective, basins[0].parameters.clone()))
}

/// One row for each output of a row: the arguments of the law, and the value.
fn melted(law: &TypedLaw, outputs: &[Output], rows: &Rows<'_>) -> Result<(Runs, Vec<f64>)> {
    let own = law.inputs().len() - usize::from(outputs.len() > 1);
    let columns = law.inputs()[..own].iter().map(|input| {
        rows.column(match input {
            Input::Compute => "C",
            Input::Params => "N",
            Input::Tokens => "D",
            Input::UniqueTokens => "U",
            Input::Column(k) => &law.columns()[*k],
            _ => return Err(Error::new(ErrorKind::Data, "a column of an unknown kind")),
        })
    });
    let columns: Runs = columns.collect::<Result<_>>()?;
    let (mut inputs, mut values) = (Vec::new(), Vec::new());
    for (place, output) in outputs.iter().enumerate() {
        for (i, value) in rows.column(&output.name)?.into_iter().enumerate() {
            let mut row: Vec<f64> = columns.iter().map(|column| column[i]).collect();
            if outputs.len() > 1 {
                row.push(place as f64);
            }
            inputs.push(row);
            values.push(value);
        }
    }
    Ok((inputs, values))
}

fn r_squared(predicted: &[f64], observed: &[f64]) -> f64 {
    let mean = observed.iter().sum::<f64>() / observed.len() as f64;
    let rest = predicted.iter().zip(observed).map(|(p, o)| (p - o).powi(2));
    let total = observed.iter().map(|o| (o - mean).powi(2));
    (1.0 - rest.sum::<f64>() / total.sum::<f64>()).clamp(-1.0, 1.0)
}
