//! The flags of a question as names and texts: enough to ask it again.

use crate::error::{Error, ErrorKind, Result};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command};
use std::collections::BTreeMap;

/// Names of flags, and the values of each, of which a switch has none.
pub type Settings = BTreeMap<String, Vec<String>>;

/// Flags that decide how an answer is shown, or ask what cannot be scored.
const NOT_REGISTERED: [&str; 8] = [
    "format",
    "plot",
    "plot_problems",
    "view",
    "price",
    "reach",
    "by",
    "targets",
];

fn is_refused(arg: &Arg) -> bool {
    NOT_REGISTERED.contains(&arg.get_id().as_str())
}

fn flags<Q: Args>() -> Vec<Arg> {
    let command = Q::augment_args(Command::new("question"));
    command.get_arguments().cloned().collect()
}

/// Leaves the flags that cannot be registered out of the help.
pub fn hide<Q: Args>(mut command: Command) -> Command {
    for arg in flags::<Q>().iter().filter(|arg| is_refused(arg)) {
        command = command.mut_arg(arg.get_id(), |arg| arg.hide(true));
    }
    command
}

/// A flag that was given and cannot be registered.
pub fn refused<Q: Args>(matches: &ArgMatches) -> Option<String> {
    let given =
        |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let all = flags::<Q>();
    let found = all.iter().filter(|arg| is_refused(arg)).find(given)?;
    found.get_long().map(str::to_owned)
}

/// Every flag that decides the answer, with its value or default.
pub fn given<Q: Args>(matches: &ArgMatches) -> Settings {
    let mut settings = Settings::new();
    for arg in flags::<Q>() {
        let id = arg.get_id().as_str();
        let Some(name) = arg
            .get_long()
            .filter(|_| !is_refused(&arg) && id != "output")
        else {
            continue;
        };
        if matches!(arg.get_action(), ArgAction::SetTrue) {
            if matches.get_flag(id) {
                settings.insert(name.to_owned(), Vec::new());
            }
        } else if let Some(values) = matches.get_raw(id) {
            let texts = values.map(|v| v.to_string_lossy().into_owned());
            settings.insert(name.to_owned(), texts.collect());
        }
    }
    settings
}

/// The question that was asked with these settings; `source` names their entry in errors.
pub fn question<Q: Args>(settings: &Settings, source: &str) -> Result<Q> {
    let mut words = vec!["question".to_owned()];
    for (name, values) in settings {
        if values.is_empty() {
            words.push(format!("--{name}"));
        }
        words.extend(values.iter().map(|value| format!("--{name}={value}")));
    }
    words.extend(["--", "table"].map(str::to_owned));
    Q::augment_args(Command::new("question"))
        .try_get_matches_from(words)
        .and_then(|matches| Q::from_arg_matches(&matches))
        .map_err(|e| {
            let text = e.to_string();
            let first = text.lines().next().unwrap_or_default();
            let why = first.trim_start_matches("error: ");
            Error::new(
                ErrorKind::Data,
                format!("its settings are not understood: {why}"),
            )
            .at(source, None, None)
            .with_hint("verify it with the version that made it")
        })
}
