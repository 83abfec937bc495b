//! Reading tables of runs, and errors about tables that cannot be read.

mod arbitrary;
mod choosing;
mod columns;
mod complaints;
mod joining;
mod kinds;
mod packed;
mod quotes;
mod reshaping;
mod rows;
mod series;
mod streaming;

#[cfg(unix)]
#[path = "../common/pipe.rs"]
mod pipe;

use proptest::prelude::*;
use scalewise::internal::{read_bytes, read_targets};
use scalewise::runs::Series;
use scalewise::tables::{self, Filter, Needs, Reshape, Understanding, read_series};
use scalewise::{Dataset, Error, ReadOptions, Role};
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/bad")
        .join(name);
    match read_bytes(&path) {
        Ok(bytes) => bytes,
        Err(error) => unreachable!("{error}"),
    }
}

fn filter(text: &str) -> Filter {
    match text.parse() {
        Ok(filter) => filter,
        Err(error) => unreachable!("{error}"),
    }
}

fn read(text: &str, options: &ReadOptions) -> (Dataset, Understanding) {
    match tables::read(text.as_bytes(), "runs.csv", options) {
        Ok(read) => read,
        Err(error) => unreachable!("{error}"),
    }
}

/// The whole description of how a table was understood.
fn in_json(understanding: &Understanding) -> serde_json::Value {
    serde_json::to_value(understanding).unwrap()
}

/// An error with its hint and its remedies.
fn said(error: &Error) -> String {
    let error = error.clone().in_words(ToString::to_string);
    format!("{error}\n{}", error.hint().unwrap_or("(no hint)"))
}

/// The error about a fixture that cannot be read.
fn complaint(name: &str, options: &ReadOptions) -> String {
    match tables::read(&fixture(name), name, options) {
        Ok((data, _)) => format!("was read: {data:?}"),
        Err(error) => said(&error),
    }
}

/// The reasons for the left-out rows of a fixture.
fn exclusions(name: &str, options: &ReadOptions) -> Vec<String> {
    match tables::read(&fixture(name), name, options) {
        Ok((data, understanding)) => {
            assert_eq!(
                understanding.rows(),
                data.runs().len() + data.excluded().len()
            );
            let excluded = serde_json::to_value(data.excluded()).unwrap();
            assert_eq!(in_json(&understanding)["excluded"], excluded);
            let say = |row: &scalewise::runs::Excluded| format!("{}: {}", row.line, row.reason);
            data.excluded().iter().map(say).collect()
        }
        Err(error) => vec![said(&error)],
    }
}

fn plain() -> ReadOptions {
    ReadOptions::default()
}

fn with_where(condition: &str) -> ReadOptions {
    ReadOptions {
        filters: vec![filter(condition)],
        ..plain()
    }
}

fn surface() -> ReadOptions {
    ReadOptions {
        needs: Needs::SURFACE,
        ..plain()
    }
}

fn by(column: &str) -> ReadOptions {
    ReadOptions {
        by: Some(column.into()),
        ..plain()
    }
}
