//! Predictions registered in advance: entries, their data, scores and ledgers.

mod crashes;
mod documented;
mod entries;
mod forgeries;
#[path = "../../../studies/src/truths/ladders.rs"]
mod ladders;
#[path = "../common/process.rs"]
mod process;
mod rows;
mod scores;
mod simulated;
mod suites;

use process::{Ran, run_in};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const AT: &str = "2026-03-01T12:00:00Z";
const CEREBRAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cerebras_gpt.csv");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/register");

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scalewise"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    run_in(folder, args, "")
}

fn ok(folder: &Path, args: &[&str]) -> String {
    let ran = run(folder, args);
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    ran.out
}

fn temporary() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    (folder, path)
}

/// The arguments that register the Cerebras-GPT forecast.
fn cerebras<'a>(table: &'a str, entry: &'a str) -> Vec<&'a str> {
    vec![
        "register",
        table,
        "--fit-below",
        "1e22",
        "--at",
        "2.3e22",
        "--registered-at",
        AT,
        "-o",
        entry,
    ]
}

/// A folder with that entry in `entry.json` and its table in `runs.csv`.
fn registered() -> (tempfile::TempDir, PathBuf) {
    let (guard, folder) = temporary();
    std::fs::copy(CEREBRAS, folder.join("runs.csv")).unwrap();
    ok(&folder, &cerebras("runs.csv", "entry.json"));
    (guard, folder)
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// Runs with N, D and a loss of 0.3 % wobble on E = 1.8, A = 480, B = 2100, α = 0.35, β = 0.37.
fn surface_table() -> String {
    let mut csv = "run,N,D,loss\n".to_owned();
    let mut k = 0.0_f64;
    for c in [1e18, 1e19, 1e20, 1e21, 1e22] {
        for step in -2..=2 {
            let n = (c / 120.0_f64).sqrt() * 2f64.powi(step);
            let d = c / (6.0 * n);
            k += 1.0;
            let wobble = 1.0 + 3e-3 * ((k * 12.9898).sin() * 43_758.547).fract();
            let loss = (1.8 + 480.0 / n.powf(0.35) + 2100.0 / d.powf(0.37)) * wobble;
            csv += &format!("r{step},{n},{d},{loss}\n");
        }
    }
    csv
}

/// Runs of two tasks.
fn many_table() -> String {
    let mut csv = "task,compute,loss\n".to_owned();
    for k in 0..7 {
        let c = 10f64.powi(17 + k);
        csv += &format!(
            "a,{c:e},{}\nb,{c:e},{}\n",
            20.0 * c.powf(-0.1) + 1.5,
            30.0 * c.powf(-0.12) + 1.2
        );
    }
    csv
}

/// Pass counts of five models on twenty problems, with known truth.
fn counts_table() -> String {
    let benchmark = scalewise::internal::Benchmark {
        models: 5,
        samples: 50,
        problems: 20,
        seed: 11,
        ..scalewise::internal::Benchmark::default()
    };
    let counts = benchmark.simulate().unwrap().counts;
    let mut csv = "model,compute,problem,n_samples,n_correct\n".to_owned();
    for (place, model) in counts.models().iter().enumerate() {
        let row = counts.counts(place);
        for (problem, count) in counts.problems().iter().zip(row) {
            csv += &format!(
                "{},{:e},{problem},{},{}\n",
                model.name, model.compute, count.samples, count.passes
            );
        }
    }
    csv
}
