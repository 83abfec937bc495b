//! `scalewise.toml`: defaults for commands that run in its folder, with the names of flags as keys.

mod file;
mod keys;
mod place;

pub use keys::CONFIG_KEYS;
use place::wrong;
pub use place::{FILE, is_path};

use super::args::{Cli, CountColumns, DataArgs, FitArgs, LookArgs};
use clap::{Arg, ArgAction, Args, Command, CommandFactory};
use scalewise::internal::{closest, excerpt, is_unprintable, list, one_line};
use scalewise::{Error, Result};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Flags for reading and fitting a table, which do not apply to a law file.
fn of_tables() -> Command {
    let command = DataArgs::augment_args(Command::new("table"));
    CountColumns::augment_args(FitArgs::augment_args(command))
}

/// The variable of the law: a default only for verbs that can use it.
const OVER: &str = "over";
/// Verbs that always use parameters and tokens.
const OF_BOTH: [&str; 2] = ["allocate", "isoflop"];
/// The hint for a value that one verb accepts and another refuses.
const OF_ONE_VERB: &str = "put a default for one verb into its table, for example [forecast]";

/// The arguments of the process with the defaults of the file added, and the names of those added.
///
/// # Errors
/// When the file cannot be read, and as for [`put_in`].
pub fn with_defaults(arguments: Vec<OsString>) -> Result<(Vec<OsString>, Vec<String>)> {
    match file::read()? {
        Some(text) => put_in(&text, arguments),
        None => Ok((arguments, Vec::new())),
    }
}

/// Arguments with the defaults from the text of a `scalewise.toml` added, and the names of those
/// added.
///
/// ```
/// let arguments = ["scalewise", "forecast", "runs.csv"].map(Into::into).to_vec();
/// let (all, used) = scalewise_cli::put_in("level = [0.8]", arguments)?;
/// assert_eq!(all[2], "--level=0.8");
/// assert_eq!(used, ["level"]);
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the text is not TOML, has a key that is not a flag of any verb or not one of
/// [`CONFIG_KEYS`], or a value that its flag does not accept.
pub fn put_in(text: &str, arguments: Vec<OsString>) -> Result<(Vec<OsString>, Vec<String>)> {
    let file = DeTable::parse(text).map_err(|e| {
        let line = e.span().map(|span| line_of(text, &span));
        wrong(one_line(e.message()), line)
            .with_hint("write flag = value, for example level = [0.8, 0.95]")
    })?;
    let mut command = Cli::command();
    command.build();
    let defaults = Defaults::of(file.get_ref(), text, &command)?;
    let words: Vec<_> = arguments.iter().map(|w| w.to_string_lossy()).collect();
    let words: Vec<&str> = words.iter().map(|w| &**w).collect();
    let Some((at, name, verb)) = verb_of(&words, &command) else {
        return Ok((arguments, Vec::new()));
    };
    let is_input = |word: &str| !word.starts_with('-') && word.ends_with(".json");
    let of_law_file = words[at + 1..].iter().any(|word| is_input(word));
    let of_tables = of_tables();
    let is_of_tables = |arg: &Arg| {
        of_tables
            .get_arguments()
            .any(|one| one.get_id() == arg.get_id())
    };
    let files = LookArgs::files_of(name);
    let names_picture = |arg: &&Arg| files.contains(&arg.get_id().as_str());
    let mut of_pictures = verb.get_arguments().filter(names_picture);
    let draws = of_pictures.any(|arg| words.iter().any(|word| gives(word, arg)));
    let (mut more, mut used) = (Vec::new(), Vec::new());
    for (key, entry) in defaults.for_verb(name) {
        let of_verb = |a: &&Arg| a.get_long() == Some(key) && !a.is_hide_set();
        let Some(arg) = verb.get_arguments().find(of_verb) else {
            continue;
        };
        let is_settled = (key == OVER && OF_BOTH.contains(&name))
            || (of_law_file && is_of_tables(arg))
            || (LookArgs::OF_FILES.contains(&arg.get_id().as_str()) && !draws);
        if is_settled || words.iter().any(|word| gives(word, arg)) {
            continue;
        }
        let flags = entry.flags(arg)?;
        if !flags.is_empty() {
            more.extend(flags);
            used.push(key.to_owned());
        }
    }
    let mut all = arguments;
    all.splice(at + 1..at + 1, more);
    Ok((all, used))
}

/// The position of the verb, or of the verb below it; the name of the first, and the arguments of
/// the second.
fn verb_of<'a>(words: &[&str], command: &'a Command) -> Option<(usize, &'a str, &'a Command)> {
    let (at, verb) =
        (1..words.len()).find_map(|k| Some((k, command.find_subcommand(words[k])?)))?;
    let next = words.get(at + 1);
    let inner = next.and_then(|word| Some((at + 1, verb.find_subcommand(word)?)));
    let (at, inner) = inner.unwrap_or((at, verb));
    Some((at, verb.get_name(), inner))
}

/// Whether a word of the command line gives a value to this flag.
fn gives(word: &str, arg: &Arg) -> bool {
    let long = arg.get_long().unwrap_or_default();
    let after = word.strip_prefix("--").and_then(|w| w.strip_prefix(long));
    let is_short = |short: char| {
        let letters = word.strip_prefix('-').unwrap_or_default();
        !letters.starts_with('-') && letters.contains(short)
    };
    after.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        || arg.get_short().is_some_and(is_short)
}

fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

/// The value of a key.
#[derive(Clone, Copy)]
struct Entry<'a> {
    key: &'a str,
    value: &'a DeValue<'a>,
    line: u64,
}

/// The contents of the file, with all keys checked.
struct Defaults<'a> {
    everywhere: BTreeMap<&'a str, Entry<'a>>,
    of_verbs: BTreeMap<&'a str, BTreeMap<&'a str, Entry<'a>>>,
}

impl<'a> Defaults<'a> {
    fn of(file: &'a DeTable<'a>, text: &str, command: &Command) -> Result<Defaults<'a>> {
        let verbs: Vec<&Command> = command.get_subcommands().collect();
        let names: Vec<&str> = verbs.iter().map(|verb| verb.get_name()).collect();
        let mut found = Defaults {
            everywhere: BTreeMap::new(),
            of_verbs: BTreeMap::new(),
        };
        for entry in Entry::all(file, text) {
            let DeValue::Table(table) = entry.value else {
                known_flag(entry, None, command)?;
                found.everywhere.insert(entry.key, entry);
                continue;
            };
            let Some(verb) = verbs.iter().find(|verb| verb.get_name() == entry.key) else {
                return Err(no_verb(entry, &names));
            };
            let inner = found.of_verbs.entry(entry.key).or_default();
            for entry in Entry::all(table, text) {
                known_flag(entry, Some(verb), command)?;
                inner.insert(entry.key, entry);
            }
        }
        Ok(found)
    }

    /// The defaults of a verb: those in its own table take precedence over those above all tables.
    fn for_verb(&self, verb: &str) -> BTreeMap<&'a str, Entry<'a>> {
        let mut all = self.everywhere.clone();
        all.extend(self.of_verbs.get(verb).into_iter().flatten());
        all
    }
}

/// Refuses a key that is not a flag, may not be set, or is not a flag of the verb in whose table it
/// is.
fn known_flag(entry: Entry<'_>, verb: Option<&Command>, command: &Command) -> Result<()> {
    let Entry { key, line, .. } = entry;
    let of_verbs = command.get_subcommands();
    let of_verbs = of_verbs.flat_map(|verb| verb.get_arguments().chain(keys::arguments(verb)));
    let all: Vec<&Arg> = command.get_arguments().chain(of_verbs).collect();
    let named: Vec<&Arg> = all
        .iter()
        .filter(|a| a.get_long() == Some(key))
        .copied()
        .collect();
    if named.is_empty() {
        let error = wrong(format!("there is no flag '{}'", excerpt(key)), Some(line));
        return Err(
            match closest(key, all.iter().filter_map(|a| a.get_long())) {
                Some(near) => error.with_hint(format!("did you mean '{near}'?")),
                None => error.with_hint(
                    "keys are flags without their dashes, as 'scalewise VERB -h' lists them",
                ),
            },
        );
    }
    keys::refuse(key, &named, line)?;
    match verb {
        Some(verb)
            if !keys::arguments(verb)
                .iter()
                .any(|a| a.get_long() == Some(key)) =>
        {
            let name = verb.get_name();
            let message = format!("verb '{name}' has no flag '{key}'");
            Err(wrong(message, Some(line)).with_hint("put it above all tables, or take it out"))
        }
        _ => Ok(()),
    }
}

fn no_verb(entry: Entry<'_>, names: &[&str]) -> Error {
    let message = format!("there is no verb '{}'", excerpt(entry.key));
    wrong(message, Some(entry.line)).with_hint(match closest(entry.key, names.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("tables are for verbs: {}", list(names.iter().copied())),
    })
}

impl<'a> Entry<'a> {
    /// The entries of a table, in order.
    fn all(table: &'a DeTable<'a>, text: &str) -> Vec<Entry<'a>> {
        let entry = |(key, value): (&'a Spanned<_>, &'a Spanned<_>)| {
            let key: &'a Spanned<std::borrow::Cow<'a, str>> = key;
            Entry {
                key: key.get_ref(),
                value: value.get_ref(),
                line: line_of(text, &key.span()),
            }
        };
        let mut all: Vec<Entry<'a>> = table.iter().map(entry).collect();
        all.sort_by_key(|entry| entry.line);
        all
    }

    fn wrong(&self, message: impl std::fmt::Display) -> Error {
        wrong(format!("{}: {message}", self.key), Some(self.line))
    }

    /// The value as command-line words, each checked against its flag.
    fn flags(&self, arg: &Arg) -> Result<Vec<OsString>> {
        let values: Vec<&DeValue<'_>> = match self.value {
            DeValue::Array(list) => list.iter().map(Spanned::get_ref).collect(),
            single => vec![single],
        };
        if is_switch(arg) {
            return match values[..] {
                [DeValue::Boolean(true)] => Ok(vec![format!("--{}", self.key).into()]),
                [DeValue::Boolean(false)] => Ok(Vec::new()),
                _ => Err(self.wrong_kind("true or false", self.value)),
            };
        }
        if values.len() > 1 && !matches!(arg.get_action(), ArgAction::Append) {
            return Err(self
                .wrong("it takes one value, not a list")
                .with_hint(OF_ONE_VERB));
        }
        values
            .into_iter()
            .map(|value| self.word(arg, value))
            .collect()
    }

    fn word(&self, arg: &Arg, value: &DeValue<'_>) -> Result<OsString> {
        let text = match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_err(|_| self.wrong(format!("{} is too large", excerpt(number.as_str()))))?
                .to_string(),
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => format!("{number:?}"),
                _ => {
                    let text = excerpt(number.as_str());
                    return Err(self.wrong(format!("{text} is not a finite number")));
                }
            },
            other => return Err(self.wrong_kind("text or a number", other)),
        };
        // Such text could add its own lines to messages on a terminal.
        if text.chars().any(is_unprintable) {
            let message = format!("'{}' holds a control character", excerpt(&text));
            return Err(self.wrong(message).with_hint("take the character out"));
        }
        let word = OsString::from(format!("--{}={text}", self.key));
        self.takes(arg, &word)?;
        Ok(word)
    }

    /// Checks that the flag accepts a value. Only this flag is parsed, so that the message names
    /// this file.
    fn takes(&self, arg: &Arg, word: &OsString) -> Result<()> {
        let Some(name) = CONFIG_KEYS.iter().find(|name| **name == self.key) else {
            return Ok(());
        };
        let mut alone = Arg::new("value")
            .long(*name)
            .value_names(arg.get_value_names().unwrap_or_default().to_vec())
            .action(arg.get_action().clone())
            .value_parser(arg.get_value_parser().clone());
        if let Some(delimiter) = arg.get_value_delimiter() {
            alone = alone.value_delimiter(delimiter);
        }
        let command = Command::new("config").no_binary_name(true).arg(alone);
        let Err(error) = command.try_get_matches_from([word]) else {
            return Ok(());
        };
        let said = error.to_string();
        let mut lines = said.lines().map(str::trim);
        let first = lines
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let possible = lines.find(|line| line.starts_with("[possible values"));
        let message = [first.as_str(), possible.unwrap_or_default()].join(" ");
        Err(self.wrong(one_line(message.trim())).with_hint(OF_ONE_VERB))
    }

    fn wrong_kind(&self, wanted: &str, value: &DeValue<'_>) -> Error {
        let kind = value.type_str();
        self.wrong(format!("it must be {wanted}, not of kind {kind}"))
    }
}

fn line_of(text: &str, span: &Range<usize>) -> u64 {
    let before = text.as_bytes().iter().take(span.start);
    1 + before.filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
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
        // A law file was already read and fitted, so these defaults do not apply.
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
        // Verbs without such a flag are unaffected.
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
