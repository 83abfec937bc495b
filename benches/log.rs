//! Speed of reducing a training log of 20 MB in memory to one row per run, beside a plain reading
//! by the csv crate.
//!
//! Both are measured in one run, so that their ratio also holds on a busy machine.
//! `docs/performance.md` times the whole command on a file of 5 GB.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use scalewise::ReadOptions;
use scalewise::tables::{Reduce, Reshape, Source, read_source};
use std::fmt::Write;

fn main() {
    divan::main();
}

/// Rows of 24 runs that alternate every 50 rows, as loggers with buffers write them.
fn log() -> String {
    const BYTES: usize = 20_000_000;
    let mut text = "run,n_params,step,tokens,flops,lr,grad_norm,loss,tokens_per_s\n".to_owned();
    let mut flush = 0;
    while text.len() < BYTES {
        for run in 0..24_u32 {
            let params = 1e7 * 1.3_f64.powi(run as i32);
            for step in flush * 50 + 1..=(flush + 1) * 50 {
                let tokens = f64::from(step) * 524_288.0;
                let loss = 1.8172 + 482.01 / params.powf(0.3478) + 2085.43 / tokens.powf(0.3658);
                let _ = writeln!(
                    text,
                    "width-{run},{params:.0},{step},{tokens:.0},{:.4e},{:.3e},{:.3},{loss:.4},{}",
                    6.0 * params * tokens,
                    3e-4 / f64::from(step).sqrt(),
                    0.5 + f64::from(step % 97) / 100.0,
                    410_000 + step % 1000,
                );
            }
        }
        flush += 1;
    }
    text
}

fn bench(bencher: Bencher, read: impl Fn(&[u8]) -> usize + Sync) {
    let text = log();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| read(black_box(text.as_bytes())));
}

#[divan::bench]
fn reduced_to_the_last_loss(bencher: Bencher) {
    let options = ReadOptions {
        reshape: Reshape {
            reduce: Some(Reduce::Last),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    bench(bencher, |bytes| {
        let read = read_source(&Source::bytes(bytes, "log.csv"), &options);
        read.map_or(0, |(data, _)| data.runs().len())
    });
}

/// Reads every record once and does nothing else.
#[divan::bench]
fn records_of_the_csv_crate(bencher: Bencher) {
    bench(bencher, |bytes| {
        let mut reader = csv::Reader::from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let mut rows = 0;
        while let Ok(true) = reader.read_byte_record(&mut record) {
            rows += 1;
        }
        rows
    });
}
