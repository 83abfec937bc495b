//! Loss curves of single training runs: the published split of the multi-power law, forecasts
//! within runs, and sparse runs of other sources. Writes the tables of `docs/curves.md`; `--check`
//! compares them, and `--slow` adds the exact searches.
//!
//! `--speed` prints how long a log of a million steps takes instead.
//!
//! `--curves FILE` and `--size NAME` score another file, or one size of it, and print the table of
//! the published split only.

mod data;
mod in_run;
mod kinds;
mod outcome;
mod published;
mod speed;

use data::{corpus, curves};
use scalewise::Result;
use std::path::PathBuf;
use studies::{Table, publish};

/// A rounded number may differ on another machine.
const STALE: f64 = 0.11;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let value = |flag: &str| {
        let place = arguments.iter().position(|a| a == flag)?;
        arguments.get(place + 1)
    };
    if has("--speed") {
        return speed::print();
    }
    let own = || corpus().join("data/mpl_curves.csv");
    let mut all = curves(&value("--curves").map_or_else(own, PathBuf::from))?;
    if let Some(size) = value("--size") {
        all.retain(|curve| curve.size == *size);
    }
    if value("--curves").or(value("--size")).is_some() {
        print!("{}", published::table(&all, has("--slow"))?);
        return Ok(());
    }
    let mut tables = vec![
        ("published", published::table(&all, false)?),
        ("within", in_run::table(&all)?),
        ("left-out", in_run::left_out(&all)?),
        ("kinds", kinds::table()?),
    ];
    if has("--slow") {
        tables.push(("searches", published::table(&all, true)?));
    }
    let tables: Vec<Table> = tables
        .into_iter()
        .map(|(name, text)| Table {
            name: name.to_owned(),
            text,
        })
        .collect();
    publish("docs/curves.md", "curves", &tables, has("--check"), STALE)
}
