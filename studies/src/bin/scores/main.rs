//! Forecasts of benchmark scores: within a published ladder of 16 models and 8 tasks, for its 13B
//! target model, and for simulated tasks. Writes the tables of `docs/scores.md`; `--check` compares
//! them. The table "simulated" takes longer than all others, so it is made only with `--slow`.

mod held_out;
mod ladder;
mod recipes;
mod simulated;

use scalewise::internal::SCORE_RECORD;
use scalewise::{Error, ErrorKind, Result};
use studies::{Table, publish};

/// A rounded number may differ on another machine.
const STALE: f64 = 0.11;

fn main() -> Result<()> {
    let has = |flag: &str| std::env::args().any(|a| a == flag);
    let check = has("--check");
    let cells = ladder::read()?;
    let forecasts = ladder::within(&cells);
    let (target, outcomes) = ladder::target(&cells)?;
    let record = ladder::record(forecasts.iter().chain(&outcomes));
    let mut tables = vec![
        ("within", ladder::table(&forecasts)),
        ("target", target),
        ("record", ladder::record_table(&record)),
        ("recipes", recipes::table(&cells)),
        ("held_out", held_out::table(&cells)),
    ];
    if has("--slow") {
        tables.push(("simulated", simulated::table()?));
    }
    let tables = tables.into_iter().map(|(name, text)| Table {
        name: name.to_owned(),
        text,
    });
    let tables: Vec<Table> = tables.collect();
    publish("docs/scores.md", "scores", &tables, check, STALE)?;
    for (now, there) in record.iter().zip(SCORE_RECORD) {
        let same = now.0 == there.0 && now.1 == there.1 && (now.2 - there.2).abs() < 5e-4;
        if check && !same {
            let message = format!("the record is {record:?}, and the source says {SCORE_RECORD:?}");
            return Err(Error::new(ErrorKind::Data, message).at(
                "src/ask/score_grades.rs",
                None,
                None,
            ));
        }
    }
    Ok(())
}
