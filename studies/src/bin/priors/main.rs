//! The effect of priors on forecasts. Writes the tables of `docs/priors.md`; `--check` compares.
//!
//! The tables of simulated ladders need only this repository. Those of published ladders need the
//! curves of the feature `corpus`.

mod families;
mod score;
mod simulated;

use scalewise::Result;
use studies::Table;

/// In a cell, one or two runs may fall on the other side of an end on another machine.
const STALE: f64 = 1.1;

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let table = |name: &str, text: String| Table {
        name: name.to_owned(),
        text,
    };
    let mut tables = vec![
        table("few runs", simulated::few_runs()?),
        table("many runs", simulated::many_runs()?),
    ];
    let families = families::read()?;
    tables.push(table("between recipes", families.between()));
    tables.push(table("families", families.scores()?));
    studies::publish("docs/priors.md", "priors", &tables, check, STALE)
}
