//! Suggests a command after a table could not be read as requested.

use super::words;
use clap::ArgMatches;
use scalewise::Remedy;
use scalewise::internal::{TableKind, TableSeen, shell_quoted};
use std::path::PathBuf;

/// Verbs for tables of runs, whose flags `capability` lacks.
const OF_RUNS: [&str; 11] = [
    "check", "fit", "forecast", "backtest", "compare", "allocate", "isoflop", "plan", "plot",
    "report", "versus",
];

/// The command to type next, for a table of this kind read with these words.
pub fn next(typed: &[String], matches: &ArgMatches, kind: TableKind, choices: &[Remedy]) -> String {
    let verb = matches.subcommand_name().unwrap_or_default();
    let counts = matches!(
        kind,
        TableKind::PassCounts | TableKind::Samples | TableKind::Scores
    );
    let mut words = match verb {
        "check" if !counts => with_verb(typed, "fit"),
        verb if counts && OF_RUNS.contains(&verb) => of_counts(typed, verb, matches),
        _ => typed.to_vec(),
    };
    if kind == TableKind::OneColumnARun && !words.iter().any(|word| word == "--wide") {
        // The facts about the runs are in another table.
        let more = ["--wide", "--join", "RUNS.csv"];
        words.extend(more.iter().map(|word| (*word).to_owned()));
    }
    // Curves and counts seldom give the cost of a run; a table of the runs does.
    let elsewhere = counts || kind == TableKind::TrainingCurves;
    for choice in choices.iter().filter(|choice| !is_other(choice, counts)) {
        match choice.value() {
            Some("COLUMN") if elsewhere && choice.setting() == "compute_col" => {
                words.extend(["--join".to_owned(), "RUNS.csv".to_owned()]);
            }
            _ => put(&mut words, choice),
        }
    }
    let words = words.iter().map(|word| shell_quoted(word));
    std::iter::once("scalewise".to_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether another verb or another form of the table helps.
pub fn is_of_another_verb(kind: TableKind) -> bool {
    !matches!(
        kind,
        TableKind::Runs | TableKind::TrainingCurves | TableKind::Unknown
    )
}

/// Whether a choice applies only to the other kind of table.
fn is_other(choice: &Remedy, counts: bool) -> bool {
    counts && ["loss_col", "reduce"].contains(&choice.setting())
}

/// The same words with another verb.
fn with_verb(typed: &[String], verb: &str) -> Vec<String> {
    let mut words = typed.to_vec();
    if let Some(word) = words.iter_mut().find(|word| *word == "check") {
        verb.clone_into(word);
    }
    words
}

/// A command that forecasts pass rates from the same files.
fn of_counts(typed: &[String], verb: &str, matches: &ArgMatches) -> Vec<String> {
    if verb == "check" {
        let mut words = with_verb(typed, "capability");
        words.extend(["--at".to_owned(), "10x".to_owned()]);
        return words;
    }
    let given = matches.subcommand().map(|(_, given)| given);
    let paths = given.and_then(|given| given.try_get_many::<PathBuf>("input").ok().flatten());
    let paths = paths.into_iter().flatten();
    let paths = paths.map(|path| path.to_string_lossy().into_owned());
    let at = ["--at".to_owned(), "10x".to_owned()];
    std::iter::once("capability".to_owned())
        .chain(paths)
        .chain(at)
        .collect()
}

/// Replaces the value given for a setting, or adds the setting at the end.
fn put(words: &mut Vec<String>, choice: &Remedy) {
    let flag = words::flag_name(choice);
    let value = choice.value().unwrap_or_default().to_owned();
    let with_sign = format!("{flag}=");
    if let Some(at) = words.iter().position(|word| *word == flag) {
        match words.get_mut(at + 1) {
            Some(given) => *given = value,
            None => words.push(value),
        }
    } else if let Some(word) = words.iter_mut().find(|word| word.starts_with(&with_sign)) {
        *word = with_sign + &value;
    } else {
        words.push(flag);
        words.push(value);
    }
}

/// Most columns that an error lists.
const LISTED: usize = 12;

/// The columns that an error about columns lists, one per line.
pub fn columns(seen: &TableSeen) -> Vec<String> {
    let mut lines = scalewise::internal::column_lines(seen, LISTED);
    let more = seen.columns.len().saturating_sub(LISTED);
    if more > 0 {
        lines.push(format!("… and {more} more: scalewise check lists them"));
    }
    lines
}
