//! `scalewise.toml`: defaults of the folder in which a command runs, under the names of the flags.

use super::args::Cli;
use crate::error::{Error, ErrorKind, Result};
use crate::text::{closest, list};
use clap::{Arg, ArgAction, Command, CommandFactory};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use toml::{Table, Value};

/// Its name.
pub const FILE: &str = "scalewise.toml";
/// Flags that say how a table becomes runs and a law: a law file has both behind it.
const OF_TABLES: [&str; 4] = ["Reading", "Reshaping", "Units of the loss", "Fitting"];

/// What the law is a law of: a default for verbs that ask for one.
const OVER: &str = "over";
/// Verbs that are always about parameters and tokens.
const OF_BOTH: [&str; 2] = ["allocate", "isoflop"];

/// The arguments of the process with the defaults of the file put in, and the names of those.
///
/// # Errors
/// When the file cannot be read, is no TOML, or has a key that is no flag of any verb.
pub fn with_defaults(arguments: Vec<OsString>) -> Result<(Vec<OsString>, Vec<String>)> {
    let path = Path::new(FILE);
    if !path.is_file() {
        return Ok((arguments, Vec::new()));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::new(ErrorKind::Io, e.to_string()).at(FILE, None, None))?;
    put_in(&text, arguments)
}

/// Arguments with the defaults of the text of a `scalewise.toml` put in, and the names of those.
///
/// ```
/// let arguments = ["scalewise", "forecast", "runs.csv"].map(Into::into).to_vec();
/// let (all, used) = scalewise::cli::put_in("level = [0.8]", arguments)?;
/// assert_eq!(all[2], "--level=0.8");
/// assert_eq!(used, ["level"]);
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the text is no TOML, or has a key that is no flag of any verb.
pub fn put_in(text: &str, arguments: Vec<OsString>) -> Result<(Vec<OsString>, Vec<String>)> {
    let file: Table = text.parse().map_err(|e: toml::de::Error| {
        let before = e.span().and_then(|at| text.get(..at.start));
        let line = before.map(|before| 1 + before.matches('\n').count() as u64);
        wrong(e.message().to_owned())
            .at(FILE, line, None)
            .with_hint("write flag = value, for example level = [0.8, 0.95]")
    })?;
    let mut command = Cli::command();
    command.build();
    let defaults = Defaults::of(&file, &command)?;
    let words: Vec<_> = arguments.iter().map(|w| w.to_string_lossy()).collect();
    let found = (1..words.len()).find_map(|k| Some((k, command.find_subcommand(&*words[k])?)));
    let Some((at, verb)) = found else {
        return Ok((arguments, Vec::new()));
    };
    let is_input = |word: &str| !word.starts_with('-') && word.ends_with(".json");
    let of_law_file = words[at + 1..].iter().any(|word| is_input(word));
    let (mut more, mut used) = (Vec::new(), Vec::new());
    for (key, value) in defaults.for_verb(verb.get_name()) {
        if key == OVER && OF_BOTH.contains(&verb.get_name()) {
            continue;
        }
        let Some(arg) = verb.get_arguments().find(|a| a.get_long() == Some(key)) else {
            continue;
        };
        let flag = format!("--{key}");
        let given = |word: &str| word == flag || word.starts_with(&format!("{flag}="));
        let heading = arg.get_help_heading().unwrap_or("");
        if words.iter().any(|word| given(word)) || (of_law_file && OF_TABLES.contains(&heading)) {
            continue;
        }
        more.extend(flags(arg, &flag, value)?);
        used.push(key.to_owned());
    }
    let mut all = arguments;
    all.splice(at + 1..at + 1, more);
    Ok((all, used))
}

/// What the file says, every key known.
struct Defaults<'a> {
    everywhere: BTreeMap<&'a str, &'a Value>,
    of_verbs: BTreeMap<&'a str, &'a Table>,
}

impl<'a> Defaults<'a> {
    fn of(file: &'a Table, command: &Command) -> Result<Defaults<'a>> {
        let flags: Vec<&str> = command
            .get_subcommands()
            .flat_map(Command::get_arguments)
            .filter_map(Arg::get_long)
            .collect();
        let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let mut found = Defaults {
            everywhere: BTreeMap::new(),
            of_verbs: BTreeMap::new(),
        };
        for (key, value) in file {
            match value {
                Value::Table(table) => {
                    known(key, "verb", &verbs)?;
                    for inner in table.keys() {
                        known(inner, "flag", &flags)?;
                    }
                    found.of_verbs.insert(key, table);
                }
                value => {
                    known(key, "flag", &flags)?;
                    found.everywhere.insert(key, value);
                }
            }
        }
        Ok(found)
    }

    /// What holds for a verb: its own table before what stands above all tables.
    fn for_verb(&self, verb: &str) -> BTreeMap<&'a str, &'a Value> {
        let mut all = self.everywhere.clone();
        for (key, value) in self.of_verbs.get(verb).into_iter().flat_map(|t| t.iter()) {
            all.insert(key, value);
        }
        all
    }
}

fn known(key: &str, what: &str, names: &[&str]) -> Result<()> {
    if names.contains(&key) {
        return Ok(());
    }
    let error = wrong(format!("there is no {what} '{key}'"));
    Err(match closest(key, names.iter().copied()) {
        Some(near) => error.with_hint(format!("did you mean '{near}'?")),
        None if what == "verb" => error.with_hint(format!(
            "tables are for verbs: {}",
            list(names.iter().copied())
        )),
        None => error
            .with_hint("keys are flags without their dashes, as 'scalewise VERB -h' lists them"),
    })
}

/// A value as words of the command line.
fn flags(arg: &Arg, flag: &str, value: &Value) -> Result<Vec<OsString>> {
    let wrong_kind = |wanted: &str| {
        let kind = value.type_str();
        wrong(format!(
            "{} must be {wanted}, not of kind {kind}",
            &flag[2..]
        ))
    };
    if matches!(arg.get_action(), ArgAction::SetTrue) {
        return match value {
            Value::Boolean(true) => Ok(vec![flag.into()]),
            Value::Boolean(false) => Ok(Vec::new()),
            _ => Err(wrong_kind("true or false")),
        };
    }
    let word = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(format!("{number:?}")),
        _ => Err(wrong_kind("text or a number")),
    };
    let one = |text: String| OsString::from(format!("{flag}={text}"));
    match value {
        Value::Array(list) => list.iter().map(|v| Ok(one(word(v)?))).collect(),
        single => Ok(vec![one(word(single)?)]),
    }
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Usage, message).at(FILE, None, None)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn words(text: &str, line: &str) -> Vec<String> {
        let arguments = line.split(' ').map(OsString::from).collect();
        let (all, _) = put_in(text, arguments).unwrap();
        all.into_iter().map(|w| w.into_string().unwrap()).collect()
    }

    #[test]
    fn defaults_stand_where_the_user_said_nothing() {
        let file = "loss-col = 'eval/loss'\nlevel = [0.5, 0.9]\nwide = true\nwhere = ['a = 1', 'b = 2']\n[fit]\nlevel = 0.95\n";
        assert_eq!(
            words(file, "scalewise forecast t.csv --at 1e25 --level=0.8"),
            [
                "scalewise",
                "forecast",
                "--loss-col=eval/loss",
                "--where=a = 1",
                "--where=b = 2",
                "--wide",
                "t.csv",
                "--at",
                "1e25",
                "--level=0.8"
            ]
        );
        assert_eq!(
            words("over = 'params'\n", "scalewise fit t.csv"),
            ["scalewise", "fit", "--over=params", "t.csv"]
        );
        for line in ["scalewise allocate t.csv", "scalewise isoflop t.csv"] {
            let asked: Vec<&str> = line.split(' ').collect();
            assert_eq!(words("over = 'params'\n", line), asked);
        }
        assert_eq!(
            words("[fit]\nlevel = 0.95\n", "scalewise -q fit t.csv"),
            ["scalewise", "-q", "fit", "--level=0.95", "t.csv"]
        );
        // A law file was read and fitted already.
        assert_eq!(
            words(file, "scalewise forecast law.json --at 1e25"),
            [
                "scalewise",
                "forecast",
                "--level=0.5",
                "--level=0.9",
                "law.json",
                "--at",
                "1e25"
            ]
        );
        // Verbs without such a flag are left alone.
        assert_eq!(words(file, "scalewise laws"), ["scalewise", "laws"]);
    }

    #[test]
    fn unknown_keys_are_refused_with_what_may_be_meant() {
        let refused = |text: &str| {
            let arguments = vec!["scalewise".into(), "laws".into()];
            put_in(text, arguments).unwrap_err()
        };
        let error = refused("loss_col = 'x'");
        assert!(error.hint().unwrap().contains("loss-col"), "{error}");
        assert!(
            refused("[forcast]\nlevel = 0.9")
                .hint()
                .unwrap()
                .contains("'forecast'")
        );
        assert!(refused("level = ").to_string().contains("scalewise.toml"));
        let arguments = vec!["scalewise".into(), "check".into(), "t.csv".into()];
        let error = put_in("wide = 'yes'", arguments).unwrap_err();
        assert!(error.to_string().contains("true or false"), "{error}");
    }
}
