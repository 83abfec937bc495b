//! Pass counts: estimators against exact expectations, tables and messages, recovery, verdicts.

#[cfg(feature = "corpus")]
mod corpus;
mod estimators;
mod harnesses;
mod intervals;
mod laws;
mod own;
mod tables;
mod verdicts;

use scalewise::Role;
use scalewise::capability::{About, CapabilityFit, Estimator, Rule, Verdict, pass_at_k};
use scalewise::fit::{Code, Severity};
use scalewise::internal::{Benchmark, Truth};
use scalewise::runs::{Count, CountTable, PassCounts, PassRates};
use scalewise::tables::{CountOptions, read_counts};
use scalewise::{ErrorKind, Kind, Method};

fn counts(csv: &str) -> PassCounts {
    match read_counts(csv.as_bytes(), "t.csv", &CountOptions::default()).unwrap() {
        CountTable::Counts(counts) => counts,
        CountTable::Rates(_) => panic!("rates"),
    }
}

fn rates(csv: &str, options: &CountOptions) -> PassRates {
    match read_counts(csv.as_bytes(), "t.csv", options).unwrap() {
        CountTable::Rates(rates) => rates,
        CountTable::Counts(_) => panic!("counts"),
    }
}
