//! The findings of the data checks on clean and faulty tables: the tables of `docs/diagnoses.md`.

use super::tables::{CLEAN, FAULTY, Kind, Made, OFF, Random, Reading};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::capability::CapabilityFit;
use scalewise::fit::Code;
use scalewise::law::{Chinchilla, Saturating};
use scalewise::runs::CountTable;
use scalewise::tables::{CountOptions, Needs, Reshape, read_counts};
use scalewise::{Dataset, Error, ErrorKind, Fit, ReadOptions, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use studies::Table;

/// Number of clean tables in all, and of faulty ones of each kind. Seeds are 0, 1, 2, … within each
/// kind.
const ALL_CLEAN: u64 = 1000;
const EACH_FAULTY: u64 = 100;
/// Most clean tables with a finding.
const MOST_ALARMS: usize = 10;
/// Largest difference of a share that rounding on another machine can cause.
const STALE: f64 = 1.0;

/// The findings of the data checks. Others are verdicts on a fit.
const LINTER: [Code; 10] = [
    Code::SeveralSteps,
    Code::TasksPooled,
    Code::RunsLost,
    Code::SweepPooled,
    Code::EndedEarly,
    Code::DuplicateRuns,
    Code::MixedUnits,
    Code::ScatterAtOneCompute,
    Code::UnequalNoise,
    Code::RunFarOff,
];

/// The clean tables of this repository, and how each is read.
const OURS: [(&str, Reading); 4] = [
    ("cerebras_gpt.csv", Reading::Curve),
    ("simulated_ladder.csv", Reading::Curve),
    ("ladder/losses.csv", Reading::Curve),
    ("ladder/runs.csv", Reading::Curve),
];

/// Writes the tables into the page, or compares them with it.
pub fn publish(check: bool) -> Result<()> {
    let (clean, alarms) = clean()?;
    if alarms > MOST_ALARMS {
        return Err(failed(format!(
            "{alarms} of {ALL_CLEAN} clean tables are alarmed:\n{clean}"
        )));
    }
    ours()?;
    let tables = [
        Table {
            name: "clean tables".to_owned(),
            text: clean,
        },
        Table {
            name: "faulty tables".to_owned(),
            text: faulty()?,
        },
    ];
    studies::publish(
        "docs/diagnoses.md",
        "false_alarms linter",
        &tables,
        check,
        STALE,
    )
}

fn failed(message: String) -> Error {
    Error::new(ErrorKind::Data, message)
}

/// The findings about a table.
fn said(made: &Made) -> Result<Vec<Code>> {
    let bytes = made.text.as_bytes();
    if made.reading == Reading::Rates {
        let table = read_counts(bytes, "rates.csv", &CountOptions::default())?;
        let mut codes: Vec<Code> = table.findings().iter().map(|d| d.code).collect();
        if let CountTable::Rates(rates) = &table
            && let Ok(fit) = CapabilityFit::new().run_rates(rates)
        {
            codes.extend(fit.overall.diagnoses.iter().map(|d| d.code));
        }
        return Ok(of_the_linter(codes));
    }
    let surface = made.reading == Reading::Surface;
    let options = ReadOptions {
        needs: match surface {
            true => Needs::SURFACE,
            false => Needs::CURVE,
        },
        reshape: Reshape {
            reduce: match made.reading {
                Reading::Reduced => Some("last".parse()?),
                _ => None,
            },
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let data = Dataset::from_csv_bytes(bytes, "runs.csv", &options)?;
    let fit = match surface {
        true => Fit::new(Chinchilla).run(&data),
        false => Fit::new(Saturating).run(&data),
    };
    let found = match &fit {
        Ok(fit) => fit.diagnoses(),
        Err(_) => data.findings(),
    };
    Ok(of_the_linter(found.iter().map(|d| d.code).collect()))
}

fn of_the_linter(mut codes: Vec<Code>) -> Vec<Code> {
    codes.retain(|code| LINTER.contains(code));
    codes
}

/// The findings about this many tables of one kind.
fn all_said(kind: Kind, count: u64) -> Result<Vec<Vec<Code>>> {
    let one = |seed: u64| said(&(kind.1)(&mut Random::seeded(seed)));
    (0..count).into_par_iter().map(one).collect()
}

/// How many clean tables of each kind have a finding, and which; and how many in all.
fn clean() -> Result<(String, usize)> {
    let mut text = "| clean tables | tables | alarmed | by |\n|---|--:|--:|---|\n".to_owned();
    let (mut alarms, mut left) = (0, ALL_CLEAN);
    for (k, kind) in CLEAN.into_iter().enumerate() {
        let count = left / (CLEAN.len() - k) as u64;
        left -= count;
        let said = all_said(kind, count)?;
        let alarmed = said.iter().filter(|codes| !codes.is_empty()).count();
        alarms += alarmed;
        let mut by: BTreeMap<&str, usize> = BTreeMap::new();
        for code in said.iter().flatten() {
            *by.entry(code.as_str()).or_default() += 1;
        }
        let by: Vec<String> = by.iter().map(|(code, n)| format!("{code} {n}")).collect();
        let _ = writeln!(
            text,
            "| {} | {count} | {alarmed} | {} |",
            kind.0,
            by.join(", ")
        );
    }
    let _ = writeln!(text, "| all | {ALL_CLEAN} | {alarms} | |");
    Ok((text, alarms))
}

/// How many faulty tables of each kind have the expected finding.
fn faulty() -> Result<String> {
    let mut text = "| faulty tables | code | found |\n|---|---|--:|\n".to_owned();
    for (code, kind) in FAULTY.into_iter().chain([OFF]) {
        let said = all_said(kind, EACH_FAULTY)?;
        let has = |codes: &&Vec<Code>| codes.iter().any(|c| c.as_str() == code);
        let found = said.iter().filter(has).count();
        let share = 100.0 * found as f64 / EACH_FAULTY as f64;
        let _ = writeln!(text, "| {} | `{code}` | {share:.0} % |", kind.0);
    }
    Ok(text)
}

/// Fails if a clean table of this repository has a finding.
fn ours() -> Result<()> {
    for (file, reading) in OURS {
        let path = studies::root().join("data").join(file);
        let text = std::fs::read_to_string(&path).map_err(|e| failed(format!("{file}: {e}")))?;
        let codes = said(&Made { text, reading })?;
        if !codes.is_empty() {
            return Err(failed(format!("data/{file} is alarmed: {codes:?}")));
        }
    }
    Ok(())
}
