//! Suggests a command after a table could not be read as requested.

use super::{help, invocation, words};
use clap::{Arg, ArgMatches, Command};
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
    as_typed(&words)
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

/// Flags of results and of pictures, which the next command does not take over.
const OF_RESULTS: [&str; 8] = [
    "format",
    "output",
    "overwrite",
    "plot",
    "plot_problems",
    "page",
    "verbose",
    "exhaustive",
];

/// The command of the verb that goes on with what was typed: its tables and those of its flags that
/// the verb has as well. `more` is added at the end.
pub fn going_on(verb: &str, more: &[&str]) -> String {
    let typed = invocation::typed();
    let command = help::kept();
    let from = typed
        .iter()
        .position(|w| command.find_subcommand(w).is_some());
    let own = from.and_then(|at| command.find_subcommand(&typed[at]));
    let other = command.find_subcommand(verb);
    let mut words = vec![verb.to_owned()];
    if let (Some(at), Some(own), Some(other)) = (from, own, other) {
        words.extend(taken_over(&typed[at + 1..], own, other));
    }
    words.extend(more.iter().map(|word| (*word).to_owned()));
    as_typed(&words)
}

/// The words after a verb without the flags that the other verb lacks and their values.
fn taken_over(words: &[String], own: &Command, other: &Command) -> Vec<String> {
    let has = |arg: &Arg| other.get_arguments().any(|a| a.get_id() == arg.get_id());
    let mut kept = Vec::new();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let Some(arg) = flag_of(word, own) else {
            kept.push(word.clone());
            continue;
        };
        let id = arg.get_id().as_str();
        let keep = has(arg) && !OF_RESULTS.contains(&id);
        let value = match arg.get_action().takes_values() && !word.contains('=') {
            true => rest.next(),
            false => None,
        };
        if keep {
            kept.push(word.clone());
            kept.extend(value.cloned());
        }
    }
    kept
}

/// The flag that a word is.
fn flag_of<'a>(word: &str, of: &'a Command) -> Option<&'a Arg> {
    let mut args = of.get_arguments();
    match word.strip_prefix("--") {
        Some(long) => {
            let name = long.split('=').next();
            args.find(|arg| arg.get_long().is_some() && arg.get_long() == name)
        }
        None => {
            let mut letters = word.strip_prefix('-')?.chars();
            let first = letters.next()?;
            args.find(|arg| arg.get_short() == Some(first))
        }
    }
}

/// A command with its words quoted for a shell where they need it.
fn as_typed(words: &[String]) -> String {
    let words = words.iter().map(|word| shell_quoted(word));
    std::iter::once("scalewise".to_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The next command reads the same table in the same way.
    #[test]
    fn the_next_command_keeps_what_chooses_the_rows() {
        let command = help::command();
        let of = |verb: &str| command.find_subcommand(verb).expect("a verb");
        let typed = "my runs.csv|--loss-col|final loss|--where=lr < 1|-o|law.json|--format=json|-v";
        let words: Vec<String> = typed.split('|').map(str::to_owned).collect();
        let kept = taken_over(&words, of("fit"), of("forecast"));
        let command = as_typed(&kept);
        let expected = "scalewise 'my runs.csv' --loss-col 'final loss' '--where=lr < 1'";
        assert_eq!(command, expected);
    }
}
