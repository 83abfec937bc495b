//! The command line: verbs, files, exit codes and messages.

mod allocation;
mod allocation_grades;
mod allocation_sizes;
mod budget_columns;
mod budgets;
mod by;
mod capability;
mod comparable;
mod config;
mod conventions;
mod curve;
mod curves;
mod details;
mod documents;
mod edges;
mod edited_laws;
mod external;
mod finite;
mod forecasts;
mod foreign;
mod formats;
mod formulas;
mod grades;
mod held_out;
mod hostile_texts;
#[cfg(unix)]
mod interrupts;
mod joins;
mod law_files;
mod levels;
#[cfg(unix)]
mod limits;
mod linter;
mod meaning;
mod optimum;
mod order;
mod other_verbs;
mod outputs;
mod packed;
mod plan;
mod points;
mod priors;
mod progress;
mod recipes;
mod refusals;
mod repeated_tokens;
mod repeats;
mod report;
mod report_browser;
mod report_scores;
mod scores;
mod series;
mod short;
mod ties;
mod variables;
mod versus;
mod versus_surfaces;

#[path = "../common/counts.rs"]
mod counts;
#[path = "../../../tests/common/normal.rs"]
mod normal;
#[cfg(unix)]
#[path = "../../../tests/common/pipe.rs"]
mod pipe;
#[path = "../common/process.rs"]
mod process;
#[path = "../../../studies/src/truths/random.rs"]
mod random;
#[path = "../../../tests/common/tools.rs"]
mod tools;

use assert_cmd::Command;
use process::{Ran, root, run_in};
use std::path::{Path, PathBuf};

const RUNS: &str = "data/cerebras_gpt.csv";

fn run(args: &[&str]) -> Ran {
    run_with(args, "")
}

fn run_with(args: &[&str], stdin: &str) -> Ran {
    run_in(root(), args, stdin)
}

fn ok(args: &[&str]) -> String {
    let ran = run(args);
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    ran.out
}

fn temporary(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Rows of a forecast table as maps from column to cell.
fn table(csv_text: &str) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn number(row: &std::collections::HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}
