//! The named published laws, each on public runs: the results beside the published ones, or beside
//! the laws of the benchmark.

use super::tables::{Bench, Rows, Runs, Table};
use super::{best_of, r_squared};
use scalewise::Result;
use scalewise::fit::Residuals;
use scalewise::law::{self, Law, TypedLaw};
use std::fmt::Write as _;
use std::sync::Arc;

/// Names, in the benchmark, of the columns of a law.
type Columns<'a> = &'a [&'a str];

/// The benchmark's best fit of the law `sl_5` of parallel streams, k of each group.
const K: [(&str, f64); 2] = [("pile", 0.346), ("stack", 0.408)];
/// The exponents of Li et al. 2025 (arXiv 2503.04715): the rate in N and D, the batch in D.
const STEP_LAW: [(&str, &str, &str, f64); 3] = [
    ("step-law-lr", "lr", "a", -0.713),
    ("step-law-lr", "lr", "b", 0.307),
    ("step-law-batch", "bs", "a", 0.571),
];
/// The domains of the mixtures.
const DOMAINS: usize = 5;

/// One line per preset and comparison.
pub fn table(bench: &Bench) -> Result<String> {
    let mut text =
        "| preset | public runs | what is compared | published | here |\n|---|---|---|--:|--:|\n"
            .to_owned();
    let mut row = |preset: &str, runs: &str, what: &str, published: f64, here: f64| {
        let _ = writeln!(
            text,
            "| `{preset}` | {runs} | {what} | {published:.2} | {here:.2} |"
        );
    };
    for (group, published) in K {
        let law = law::named("parallel")?;
        let rows = bench.tables["parallel"].rows("train", group);
        let (_, values) = fitted(&law, &rows, &["N", "S"], "loss", Residuals::Absolute)?;
        let what = format!("k ({group})");
        row(
            "parallel",
            "parallel",
            &what,
            published,
            value(&*law, &values, "k"),
        );
    }
    let steps = Table::read_beside("steplaw_best.csv")?;
    for (preset, outcome, name, published) in STEP_LAW {
        let law = law::named(preset)?;
        let columns: Columns<'_> = match law.inputs().len() {
            2 => &["n_params", "n_tokens"],
            _ => &["n_tokens"],
        };
        let rows = steps.all();
        let (_, values) = fitted(&law, &rows, columns, outcome, Residuals::Log)?;
        let here = value(&*law, &values, name);
        row(
            preset,
            "17 best cells of Step Law",
            &format!("exponent {name}"),
            published,
            here,
        );
    }
    let on: [(&str, &str, Columns<'_>); 3] = [
        ("farseer", "farseer", &["N", "D"]),
        ("experts", "moe", &["N", "E"]),
        ("vocabulary", "vocab", &["P", "V", "D"]),
    ];
    for (preset, task, columns) in on {
        let law = law::named(preset)?;
        let table = &bench.tables[task];
        let rows = table.rows("train", "");
        let (_, values) = fitted(&law, &rows, columns, "loss", Residuals::Absolute)?;
        let test = table.rows("test", "");
        let predicted = inputs(&test, columns)?;
        let predicted: Vec<f64> = predicted.iter().map(|x| law.predict(x, &values)).collect();
        let here = r_squared(&predicted, &test.column("loss")?);
        row(preset, task, "test R²", bench.mean_r2(task), here);
    }
    let here = mixtures(bench)?;
    row(
        "mixture-2",
        "domain, with five domains",
        "test R²",
        bench.mean_r2("domain"),
        here,
    );
    Ok(text)
}

/// The law of mixtures typed for five domains, fitted to each model size and outcome.
fn mixtures(bench: &Bench) -> Result<f64> {
    let table = &bench.tables["domain"];
    let terms = (1..=DOMAINS).map(|k| format!("t{k}*r{k}"));
    let terms: Vec<String> = terms.collect();
    // The shares add up to one, so k replaces one of the t.
    let right = format!("c + exp({})", terms.join(" + "));
    let (mut predicted, mut observed) = (Vec::new(), Vec::new());
    for group in table.groups() {
        for k in 1..=DOMAINS {
            let law = TypedLaw::parse(&format!("L{k}(r1, r2, r3, r4, r5) = {right}"))?;
            let columns = ["r1", "r2", "r3", "r4", "r5"];
            let law: Arc<dyn Law> = Arc::new(law);
            let (name, rows) = (format!("L{k}"), table.rows("train", &group));
            let (_, values) = fitted(&law, &rows, &columns, &name, Residuals::Absolute)?;
            let test = table.rows("test", &group);
            predicted.extend(
                inputs(&test, &columns)?
                    .iter()
                    .map(|x| law.predict(x, &values)),
            );
            observed.extend(test.column(&name)?);
        }
    }
    Ok(r_squared(&predicted, &observed))
}

fn value(law: &dyn Law, values: &[f64], name: &str) -> f64 {
    let mut parameters = law.parameters().iter().zip(values);
    let found = parameters.find(|(parameter, _)| parameter.name == name);
    found.map_or(f64::NAN, |(_, value)| *value)
}

/// The arguments of each row.
fn inputs(rows: &Rows<'_>, columns: Columns<'_>) -> Result<Runs> {
    let columns = columns.iter().map(|name| rows.column(name));
    let columns: Runs = columns.collect::<Result<_>>()?;
    let count = columns.first().map_or(0, Vec::len);
    Ok((0..count)
        .map(|i| columns.iter().map(|column| column[i]).collect())
        .collect())
}

/// The best sum of squares and its parameters.
fn fitted(
    law: &Arc<dyn Law>,
    rows: &Rows<'_>,
    columns: Columns<'_>,
    outcome: &str,
    residuals: Residuals,
) -> Result<(f64, Vec<f64>)> {
    let fit = scalewise::Fit::shared(Arc::clone(law)).residuals(residuals);
    best_of(
        &fit,
        inputs(rows, columns)?,
        rows.column(outcome)?,
        residuals,
    )
}
