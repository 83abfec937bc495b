//! Orders the help: first the flags of a verb, then those that many verbs share, under headings.
//! `-h` leaves out rarely needed flags, and `--help` has all of them.

use super::args::{Cli, ManArgs};
use clap::{Arg, Command, CommandFactory};
use scalewise::{Error, ErrorKind, Result};
use std::ffi::OsString;
use std::sync::OnceLock;

/// The command line with its flags in order.
pub fn command() -> Command {
    arranged(Cli::command())
}

/// What was parsed: to make it again takes as long as most fits.
static KEPT: OnceLock<Command> = OnceLock::new();

/// Keeps the command line for the rest of the program.
pub fn keep(command: Command) -> &'static Command {
    KEPT.get_or_init(|| command)
}

/// The command line that is kept.
pub fn kept() -> &'static Command {
    KEPT.get_or_init(command)
}

/// The manual page of the program, or of one verb, in roff.
pub fn manual(args: &ManArgs) -> Result<String> {
    let mut command = command();
    command.build();
    if let Some(name) = &args.verb {
        let names: Vec<String> = command
            .get_subcommands()
            .map(|c| c.get_name().to_owned())
            .collect();
        command = command.find_subcommand(name).cloned().ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("there is no verb '{name}'"))
                .with_hint(format!("the verbs are {}", names.join(", ")))
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|e| Error::new(ErrorKind::Io, format!("the page cannot be made: {e}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

const ROWS: &str = "Rows";
const COLUMNS: &str = "Columns";
const READING: &str = "Reading";
const FITTING: &str = "Fitting";
const UNITS: &str = "Units of the loss";
const PICTURE: &str = "Picture";

/// Flags that many verbs share, by heading. Flags of columns get their heading by name.
const SHARED: [(&str, &[&str]); 5] = [
    (
        ROWS,
        &[
            "fit_below",
            "hold",
            "filters",
            "exclude",
            "reduce",
            "lets",
            "force",
        ],
    ),
    (
        READING,
        &[
            "run_from",
            "log_line",
            "join",
            "join_on",
            "prefer",
            "wide",
            "decimal",
            "over",
            "curve",
            "lr_decay_ahead",
        ],
    ),
    (
        FITTING,
        &[
            "law",
            "objective",
            "delta",
            "quantile",
            "residuals",
            "fix",
            "bound",
            "prior",
            "prior_between",
        ],
    ),
    (
        UNITS,
        &["loss_unit", "loss_in", "bytes_per_token", "words_per_token"],
    ),
    (
        PICTURE,
        &["theme", "size", "dpi", "title", "no_title", "xlim", "ylim"],
    ),
];
/// Shared flags that most people need.
const FIRST: [&str; 5] = ["fit_below", "filters", "compute_col", "loss_col", "law"];
/// Rarely needed flags.
const LAST: [&str; 28] = [
    "batch",
    "buckets",
    "color",
    "design",
    "draws",
    "estimator",
    "flops",
    "hardest",
    "joint",
    "kind",
    "law_from",
    "min_runs",
    "most",
    "no_seeds",
    "noise",
    "price",
    "quiet",
    "rates",
    "registered_at",
    "replicates",
    "resample",
    "rule",
    "seed",
    "seed_sd",
    "skip_until",
    "strict",
    "unique",
    "unpaired",
];

/// The last line of a help text that leaves flags out.
const MORE: &str = "--help has all flags; -h has those that most people need.";

/// The first example of the help of the verb among these words.
pub fn example(command: &Command, words: &[OsString]) -> Option<String> {
    let verbs = words.iter().filter_map(|word| word.to_str());
    let verb = verbs.fold(command, |at, word| at.find_subcommand(word).unwrap_or(at));
    let help = verb.get_after_help()?.to_string();
    let mut lines = help.lines().map(str::trim);
    let example = lines.find(|line| line.starts_with("scalewise "))?;
    (verb.get_name() != command.get_name()).then(|| example.to_owned())
}

fn arranged(mut command: Command) -> Command {
    if let Some(examples) = command.get_after_help().map(ToString::to_string) {
        command = command
            .after_help(format!("{examples}\n\n{MORE}"))
            .after_long_help(examples);
    }
    command
        .mut_args(|arg| match arg.is_positional() {
            true => arg,
            false => placed(arg),
        })
        .mut_subcommands(arranged)
}

fn placed(arg: Arg) -> Arg {
    let id = arg.get_id().to_string();
    let shared = SHARED.iter().find(|(_, ids)| ids.contains(&&*id));
    let heading = match shared {
        Some((heading, _)) => Some(*heading),
        None if id.ends_with("_col") => Some(COLUMNS),
        None => None,
    };
    let is_last = match heading {
        Some(_) => !FIRST.contains(&&*id),
        None => LAST.contains(&&*id),
    };
    // A verb's own flag after a group of shared ones would inherit their heading.
    let inherited = matches!(
        arg.get_help_heading(),
        Some("Reading" | "Reshaping" | "Files" | "Fitting" | "Units of the loss" | "Picture")
    );
    let arg = match (heading, inherited) {
        (Some(heading), _) => arg.help_heading(heading),
        (None, true) => arg.help_heading(None),
        (None, false) => arg,
    };
    match is_last {
        true => arg.hide_short_help(true),
        false => arg,
    }
}

/// A command and all below it.
#[cfg(test)]
pub fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().flat_map(all);
    std::iter::once(command).chain(below).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name in the lists that is not a flag would have no effect.
    #[test]
    fn every_name_is_that_of_a_flag() {
        let command = command();
        let all = all(&command);
        let has = |id: &&str| {
            let mut flags = all.iter().flat_map(|c| c.get_arguments());
            flags.any(|arg| arg.get_id() == *id)
        };
        let listed = SHARED.iter().flat_map(|(_, ids)| *ids);
        let unknown: Vec<&&str> = listed
            .chain(&FIRST)
            .chain(&LAST)
            .filter(|id| !has(id))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    /// Each shared flag has the same heading in all verbs, and no verb's own flag has it.
    #[test]
    fn a_flag_has_one_heading() {
        let command = command();
        for verb in all(&command) {
            for arg in verb.get_arguments().filter(|arg| !arg.is_positional()) {
                let id = arg.get_id().as_str();
                let shared = SHARED.iter().find(|(_, ids)| ids.contains(&id));
                let heading = arg.get_help_heading();
                match shared {
                    Some((own, _)) => assert_eq!(heading, Some(*own), "{id}"),
                    None if id.ends_with("_col") => assert_eq!(heading, Some(COLUMNS), "{id}"),
                    None => assert!(
                        !SHARED.iter().any(|(name, _)| heading == Some(*name)),
                        "{} {id}: {heading:?}",
                        verb.get_name()
                    ),
                }
            }
        }
    }

    /// The short help fits a screen.
    #[test]
    fn the_short_help_fits_a_screen() {
        const SCREEN: usize = 56;
        let mut command = command();
        command.build();
        let long: Vec<(String, usize)> = (command.get_subcommands_mut())
            .map(|verb| {
                let help = verb.render_help().to_string();
                (verb.get_name().to_owned(), help.lines().count())
            })
            .filter(|(_, lines)| *lines > SCREEN)
            .collect();
        assert!(long.is_empty(), "{long:?}");
    }
}
