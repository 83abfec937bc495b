//! Flags of questions that cannot be registered.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};

/// Flags that decide how an answer is shown, or ask for something that cannot be scored.
const NOT_REGISTERED: [&str; 18] = [
    "dpi",
    "follow",
    "format",
    "no_title",
    "page",
    "plot",
    "plot_problems",
    "view",
    "price",
    "reach",
    "size",
    "targets",
    "theme",
    "title",
    "unique",
    "verbose",
    "xlim",
    "ylim",
];

fn is_refused(arg: &Arg) -> bool {
    NOT_REGISTERED.contains(&arg.get_id().as_str())
}

fn flags<Q: Args>() -> Vec<Arg> {
    let command = Q::augment_args(Command::new("question"));
    command.get_arguments().cloned().collect()
}

/// Hides the flags that cannot be registered from the help.
pub fn hide<Q: Args>(mut command: Command) -> Command {
    for arg in flags::<Q>().iter().filter(|arg| is_refused(arg)) {
        command = command.mut_arg(arg.get_id(), |arg| arg.hide(true));
    }
    command
}

/// A given flag that cannot be registered, if any.
pub fn refused<Q: Args>(matches: &ArgMatches) -> Option<String> {
    let given =
        |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let all = flags::<Q>();
    let found = all.iter().filter(|arg| is_refused(arg)).find(given)?;
    found.get_long().map(str::to_owned)
}
