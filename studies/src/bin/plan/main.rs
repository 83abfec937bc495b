//! The value of plans: whether the promised width is reached, whether a wrong run is named, and the
//! forecasts from planned subsets of published ladders and of a public benchmark.
//!
//! It writes the tables "promise", "planted" and "ladders" of `docs/planning.md`, and with `--slow`
//! "benchmark" (arXiv 2604.22753); `--check` compares the first three. `plan benchmark TASK LAW...`
//! prints a task law by law. The data of the last two are no part of this repository: they lie in
//! `SCALEWISE_CORPUS` (default `../shared`).

mod benchmark;
mod ladders;
mod planted;
mod promise;
#[path = "../scalebench/tables.rs"]
#[allow(dead_code, reason = "the other study reads more of them")]
mod tables;

use scalewise::Result;
use studies::{Table, publish};

/// The last digits of a table may differ on another machine.
const STALE: f64 = 0.02;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let names: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    if let [first, task, laws @ ..] = names.as_slice()
        && first.as_str() == "benchmark"
    {
        return benchmark::show(task, laws);
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|n| n.as_str() == name);
    let mut tables = Vec::new();
    let mut add = |name: &str, made: &dyn Fn() -> Result<String>| -> Result<()> {
        if wanted(name) {
            tables.push(Table {
                name: name.to_owned(),
                text: made()?,
            });
        }
        Ok(())
    };
    add("promise", &promise::table)?;
    add("planted", &planted::table)?;
    add("ladders", &ladders::table)?;
    if has("--slow") {
        add("benchmark", &benchmark::table)?;
    }
    if has("--print") {
        for table in &tables {
            println!("{}", table.text);
        }
        return Ok(());
    }
    publish("docs/planning.md", "plan", &tables, has("--check"), STALE)
}
