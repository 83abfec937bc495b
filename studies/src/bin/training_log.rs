//! Makes a training log of any size, always the same one, and times a plain reading of it.
//!
//! ```console
//! $ cargo run --release -p studies --bin training_log -- make 5000 log.csv    # 5000 MB
//! $ cargo run --release -p studies --bin training_log -- read log.csv         # csv::ByteRecord, nothing done with it
//! ```

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::internal::standard_normal;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

const SEED: u64 = 2026;
const RUNS: usize = 24;
/// Loggers write many rows at once, so parallel runs alternate by this many rows.
const FLUSH: u64 = 50;
/// Tokens a step.
const BATCH: u64 = 1 << 19;
/// Approximate bytes of a row.
const ROW: u64 = 78;

struct Run {
    name: String,
    params: u64,
    step: u64,
}

/// E + A/N^α + B/D^β with the coefficients of Besiroglu et al. 2024.
fn loss(params: f64, tokens: f64) -> f64 {
    1.8172 + 482.01 / params.powf(0.3478) + 2085.43 / tokens.powf(0.3658)
}

fn make(bytes: u64, path: &str) -> Result<(), Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut runs: Vec<Run> = (0..RUNS)
        .map(|k| Run {
            name: format!("width-{}", 64 + 32 * k),
            params: 1_000_000 * (10.0 * 1.3f64.powi(k as i32)).round() as u64,
            step: 0,
        })
        .collect();
    writeln!(
        out,
        "run,n_params,step,tokens,flops,lr,grad_norm,loss,tokens_per_s"
    )?;
    let steps = bytes / ROW / RUNS as u64;
    for flush in 0..steps.div_ceil(FLUSH) {
        for run in &mut runs {
            for step in flush * FLUSH + 1..=((flush + 1) * FLUSH).min(steps) {
                run.step = step;
                let (n, d) = (run.params as f64, (run.step * BATCH) as f64);
                let noise = standard_normal(&mut rng);
                let rate = 3e-4 * (1.0 - step as f64 / (1.1 * steps as f64));
                writeln!(
                    out,
                    "{},{},{step},{},{:.4e},{rate:.3e},{:.3},{:.4},{:.0}",
                    run.name,
                    run.params,
                    run.step * BATCH,
                    6.0 * n * d,
                    0.4 + 0.05 * noise,
                    loss(n, d) * (1.0 + 0.01 * noise),
                    4e13 / n,
                )?;
            }
        }
    }
    out.flush()?;
    let written = out.into_inner()?.metadata()?.len();
    println!("{path}: {RUNS} runs of {steps} steps, {written} bytes");
    Ok(())
}

fn read(path: &str) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut rows = 0_u64;
    while reader.read_byte_record(&mut record)? {
        rows += 1;
    }
    println!("{rows} rows in {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["make", megabytes, path] => make(megabytes.parse::<u64>()? * 1_000_000, path),
        ["read", path] => read(path),
        _ => Err("write: make MEGABYTES FILE, or read FILE".into()),
    }
}
