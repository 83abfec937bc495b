//! Makes the messy export of `docs/quickstart.md`: training curves of nine runs in a tracker's
//! format, one column per run, and a table that describes each run. With `--check`, fails if the
//! files in `data/` differ.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::internal::standard_normal;
use scalewise::{Error, ErrorKind, Result};
use std::fmt::Write;

const SEED: u64 = 2026;
const STEPS: usize = 60;

/// Final loss of a run: E + A/N^α + B/D^β with the coefficients of Besiroglu et al. 2024.
fn final_loss(params: f64, tokens: f64) -> f64 {
    1.8172 + 482.01 / params.powf(0.3478) + 2085.43 / tokens.powf(0.3658)
}

fn main() -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let runs: Vec<(String, f64, f64)> = (0..9)
        .map(|k| {
            let params = (10f64.powf(7.0 + 0.33 * f64::from(k)) / 1e5).round() * 1e5;
            (format!("width-{}", 64 << k), params, 20.0 * params)
        })
        .collect();
    let mut facts = "run,n_params,n_tokens,seed\n".to_owned();
    let mut export = "\"Step\"".to_owned();
    for (name, params, tokens) in &runs {
        let _ = writeln!(facts, "{name},{params},{tokens},0");
        for what in ["eval/loss", "eval/loss__MIN", "eval/loss__MAX", "train/lr"] {
            let _ = write!(export, ",\"{name} - {what}\"");
        }
    }
    export.push('\n');
    for step in 1..=STEPS {
        let done = step as f64 / STEPS as f64;
        let _ = write!(export, "{}", step * 500);
        for (k, (_, params, tokens)) in runs.iter().enumerate() {
            // Larger runs have fewer evaluations, as with a real budget.
            let noise = 1.0 + 0.003 * standard_normal(&mut rng);
            if step % (1 + k / 4) == 0 {
                let loss = (final_loss(*params, *tokens) + 2.5 * (1.0 - done).powi(3)) * noise;
                let _ = write!(
                    export,
                    ",{loss:.4},{loss:.4},{loss:.4},{:.2e}",
                    1e-3 * (1.0 - done)
                );
            } else {
                export.push_str(",,,,");
            }
        }
        export.push('\n');
    }
    let check = std::env::args().any(|argument| argument == "--check");
    for (name, text) in [("tracker_export.csv", export), ("tracker_runs.csv", facts)] {
        let path = studies::root().join("data").join(name);
        if !check {
            studies::write(&path, text.as_bytes())?;
            println!("wrote data/{name}");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            return Err(
                Error::new(ErrorKind::Data, "it is not what this program makes")
                    .at(&format!("data/{name}"), None, None)
                    .with_hint("run: cargo run --release -p studies --bin tracker_export"),
            );
        }
    }
    Ok(())
}
