//! The keys that a config file may have, and why others are refused.

use super::place::{is_path, wrong};
use clap::{Arg, Command};
use scalewise::Error;

/// The flags that `scalewise.toml` may set, without their dashes: those that only change how tables
/// are read, what is fitted, what is asked, and how the answer is shown.
///
/// The file comes with its folder, which may come from somebody else. Therefore it cannot name a
/// file to read or write, override a refusal, hide a note or state a fact. A new flag is refused
/// until it is listed here, and a flag whose value is a path is always refused.
pub const CONFIG_KEYS: &[&str] = &[
    "at",
    "base",
    "bound",
    "buckets",
    "budget-col",
    "by",
    "bytes-per-token",
    "chance",
    "chance-col",
    "color",
    "compute",
    "compute-col",
    "decimal",
    "delta",
    "dpi",
    "estimator",
    "exclude",
    "exhaustive",
    "fit-below",
    "fix",
    "flops",
    "format",
    "group-col",
    "hardest",
    "hold",
    "joint",
    "kind",
    "law",
    "laws",
    "let",
    "level",
    "loss-col",
    "loss-in",
    "loss-unit",
    "lr-col",
    "method",
    "min-runs",
    "model-col",
    "n-inference",
    "objective",
    "over",
    "pair-col",
    "params",
    "params-col",
    "pass-rate-col",
    "passes-col",
    "power",
    "price",
    "problem-col",
    "ratio",
    "reach",
    "reduce",
    "replicates",
    "resample",
    "residuals",
    "rule",
    "samples-col",
    "seed",
    "sigma-col",
    "size",
    "stderr-col",
    "step-col",
    "strict",
    "task-loss-col",
    "theme",
    "tokens",
    "tokens-col",
    "tolerance",
    "unique-col",
    "unpaired",
    "verbose",
    "view",
    "where",
    "wide",
    "words-per-token",
];

/// Every visible argument of a verb and of the verbs below it.
pub fn arguments(verb: &Command) -> Vec<&Arg> {
    let inner = verb.get_subcommands().flat_map(Command::get_arguments);
    let all = verb.get_arguments().chain(inner);
    all.filter(|arg| !arg.is_hide_set()).collect()
}

/// Refuses a flag that may not be set; `of` are the arguments of that name in every verb.
pub fn refuse(key: &str, of: &[&Arg], line: u64) -> Result<(), Error> {
    let is_file = of.iter().any(|arg| is_path(arg));
    if CONFIG_KEYS.contains(&key) && !is_file {
        return Ok(());
    }
    let why = match key {
        _ if is_file => "it names a file, and this file may not choose what is read or written",
        "force" => "it overrides refusals, which only you may ask for",
        "overwrite" => "it overwrites files, which only you may ask for",
        "quiet" => "it would hide that this file is used",
        _ => "this file may only set how runs are read, fitted, forecast and shown",
    };
    let message = format!("'{key}' may not stand in a config file: {why}");
    Err(wrong(message, Some(line))
        .with_hint(format!("take it out, and type --{key} where you want it")))
}

#[cfg(test)]
mod tests {
    use super::super::super::args::Cli;
    use super::super::put_in;
    use super::*;
    use clap::CommandFactory;
    use std::collections::BTreeSet;

    fn verbs() -> Command {
        let mut command = Cli::command();
        command.build();
        command
    }

    /// Every flag of every verb, including hidden ones and those of verbs within verbs.
    fn flags(command: &Command, found: &mut Vec<(String, bool)>) {
        for arg in command.get_arguments() {
            found.extend(arg.get_long().map(|long| (long.to_owned(), is_path(arg))));
        }
        command.get_subcommands().for_each(|c| flags(c, found));
    }

    #[test]
    fn only_listed_flags_are_taken_and_never_a_path() {
        let mut all = Vec::new();
        flags(&verbs(), &mut all);
        let paths: BTreeSet<&str> = all.iter().filter(|f| f.1).map(|f| &*f.0).collect();
        assert_eq!(
            paths,
            BTreeSet::from([
                "candidates",
                "join",
                "law-from",
                "output",
                "page",
                "plot",
                "plot-problems",
                "prior",
                "rates",
                "targets"
            ])
        );
        for (flag, _) in &all {
            let taken = put_in(&format!("{flag} = '1'"), vec!["scalewise".into()]);
            let is_listed = CONFIG_KEYS.contains(&flag.as_str());
            assert_eq!(
                taken.is_ok(),
                is_listed && !paths.contains(&**flag),
                "{flag}"
            );
            if let Err(error) = taken {
                let text = error.to_string();
                assert!(
                    text.starts_with(&format!("scalewise.toml:1: '{flag}' may not stand")),
                    "{text}"
                );
            }
        }
        let known: BTreeSet<&str> = all.iter().map(|f| &*f.0).collect();
        for key in CONFIG_KEYS {
            assert!(known.contains(key), "'{key}' is no flag");
            assert!(!paths.contains(key), "'{key}' is a path");
        }
        for key in [
            "force",
            "overwrite",
            "quiet",
            "output",
            "plot",
            "plot-problems",
            "join",
            "targets",
            "actual",
            "outcome",
            "seed-sd",
            "registered-at",
            "scored-at",
            "trained-after",
            "help",
            "version",
        ] {
            assert!(!CONFIG_KEYS.contains(&key), "{key}");
        }
        assert!(CONFIG_KEYS.is_sorted());
    }

    /// The same holds in the table of a verb, whose flag of that name may be another one.
    #[test]
    fn tables_of_verbs_take_no_more() {
        let command = verbs();
        for verb in command.get_subcommands() {
            for arg in verb.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let (name, flag) = (verb.get_name(), arg.get_long().unwrap());
                let text = format!("[{name}]\n{flag} = '1'");
                let taken = put_in(&text, vec!["scalewise".into()]);
                let may = CONFIG_KEYS.contains(&flag) && !is_path(arg) && !arg.is_hide_set();
                assert_eq!(taken.is_ok(), may, "[{name}] {flag}");
            }
        }
    }

    /// The documentation must list every key.
    #[test]
    fn the_page_lists_every_key() {
        let page = include_str!("../../../docs/formats.md");
        let (_, after) = page.split_once("These keys may stand in it:").unwrap();
        let listed = after.split("\n\n").next().unwrap();
        let listed: BTreeSet<&str> = listed.split('`').skip(1).step_by(2).collect();
        assert_eq!(listed, CONFIG_KEYS.iter().copied().collect());
    }
}
