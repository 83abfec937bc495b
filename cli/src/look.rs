//! Refuses flags of pictures that have no picture to change, instead of ignoring them.

use super::args::LookArgs;
use super::input::usage;
use super::paths::innermost;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use scalewise::Result;

/// Checks the flags of pictures before anything is read.
///
/// # Errors
/// When a picture is described that is not written, or when a headline or the ends of an axis are
/// given for two pictures, which do not have the same axes.
pub fn check(command: &Command, matches: &ArgMatches) -> Result<()> {
    let (verb, matches) = innermost(command, matches);
    let given = |ids: &[&str]| -> Vec<String> {
        let is_given = |arg: &&Arg| {
            let id = arg.get_id().as_str();
            ids.contains(&id) && matches.value_source(id) == Some(ValueSource::CommandLine)
        };
        let flags = verb.get_arguments().filter(is_given);
        let flags = flags.filter_map(Arg::get_long);
        flags.map(|name| format!("--{name}")).collect()
    };
    let name = verb.get_name();
    let pictures = given(LookArgs::files_of(name));
    let (of_files, of_charts) = (given(&LookArgs::OF_FILES), given(&LookArgs::OF_CHARTS));
    // The verb plot also draws in the terminal, where a chart has a headline and axes.
    let lost = match (pictures.is_empty(), name) {
        (true, "plot") => of_files,
        (true, _) => [of_files, of_charts].concat(),
        (false, _) if pictures.len() > 1 && !of_charts.is_empty() => {
            let message = format!(
                "{} is for one picture, and {} are two",
                of_charts.join(", "),
                pictures.join(" and ")
            );
            return Err(usage(message).with_hint("draw one picture at a time"));
        }
        (false, _) => Vec::new(),
    };
    match lost.is_empty() {
        true => Ok(()),
        false => {
            let message = format!("{} is for a picture, and none is written", lost.join(", "));
            let flag = if name == "plot" { "-o" } else { "--plot" };
            Err(usage(message).with_hint(format!("name its file, such as {flag} picture.svg")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::help;
    use super::*;

    /// A verb that writes a picture can change how it looks, and no other verb has these flags.
    #[test]
    fn every_verb_that_writes_a_picture_has_the_flags_of_pictures() {
        let command = help::command();
        let mut count = 0;
        for verb in help::all(&command) {
            let has = |id: &&str| {
                let mut shown = verb.get_arguments().filter(|arg| !arg.is_hide_set());
                shown.any(|arg| arg.get_id() == *id)
            };
            let name = verb.get_name();
            let draws = name == "plot" || has(&"plot");
            for id in LookArgs::OF_FILES.iter().chain(&LookArgs::OF_CHARTS) {
                assert_eq!(has(id), draws, "{name} {id}");
            }
            count += usize::from(draws);
        }
        assert!(count > 8, "{count}");
    }
}
