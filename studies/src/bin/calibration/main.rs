//! The record of forecasts on published curves: the tables of `docs/calibration.md`, the
//! half-widths at levels other than 90 % (`src/forecast/level_table.rs`) and the record that every
//! forecast quotes (`src/forecast/record_table.rs`).
//!
//! Reads `data/extrapolation_{dev,kinds}/{runs,targets}.csv` in the folder SCALEWISE_CORPUS
//! (default `../shared`), which is not part of this repository. With `--check`, computes everything
//! again and fails when what is committed is stale.

mod before;
mod cases;
mod chosen;
mod figures;
mod grades;
mod levels;
mod tables;

use scalewise::Result;
use studies::Table;

/// Largest difference that rounding on another machine can cause.
const STALE: f64 = 0.011;

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let cases = cases::cases()?;
    let held_out = chosen::held_out(&cases);
    levels::write(&cases, check)?;
    grades::write(&held_out, check)?;
    let tables = [
        ("kinds", tables::kinds(&cases)),
        ("records", grades::records(&held_out)),
        ("grades", grades::grades(&held_out)),
        ("methods", tables::methods(&cases)),
        ("sets", tables::sets(&cases)),
        ("distances", tables::distances(&cases)),
        ("levels", levels::table(&cases)),
        ("points", tables::points(&cases)),
        ("nested", chosen::nested(&cases, &held_out)),
    ]
    .map(|(name, text)| Table {
        name: name.to_owned(),
        text,
    });
    studies::publish("docs/calibration.md", "calibration", &tables, check, STALE)
}
