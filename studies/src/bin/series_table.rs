//! A table of many series with known truths, for measurements: `series_table SERIES RUNS >
//! table.csv`.
//!
//! Each series has its own saturating law with 1 % noise, over compute 1e17 to 1e22.

use scalewise::internal::Ladder;
use scalewise::law::Saturating;
use scalewise::{Error, ErrorKind, Result};
use std::io::Write;

fn main() -> Result<()> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let (Some(Ok(series)), Some(Ok(runs))) = (numbers.next(), numbers.next()) else {
        return Err(
            Error::new(ErrorKind::Usage, "two numbers are needed").with_hint(
                "cargo run --release -p studies --bin series_table -- 10000 50 > table.csv",
            ),
        );
    };
    let mut text = String::from("series,compute,loss\n");
    for seed in 0..series {
        // Exponents from -0.05 to -0.25 and floors from 1 to 2; no pair repeats within a thousand
        // series.
        let share = |every: u64| (seed % every) as f64 / (every - 1) as f64;
        let (b, c) = (-0.05 - 0.2 * share(40), 1.0 + share(25));
        let ladder = Ladder {
            law: &Saturating,
            parameters: vec![2.0 * 1e18_f64.powf(-b), b, c],
            plus: Vec::new(),
            range: (1e17, 1e22),
            runs: runs as usize,
            beyond: Vec::new(),
            noise: 0.01,
            seed,
        };
        for run in ladder.simulate()? {
            text += &format!("s{seed},{:e},{}\n", run.compute, run.loss);
        }
    }
    // A reader that stops early is no failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}
