//! The names of runs from the paths of their files.

use super::file_table::{FileTable, RUN};
use super::name::{file_name, stem};
use crate::remedy::Setting;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};
use regex_lite::Regex;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Which part of a path names the run: `file`, `folder`, or the first group of a regular
/// expression.
///
/// ```
/// use scalewise::tables::RunFrom;
/// let _: RunFrom = "tb_(.*)\\.csv".parse()?;
/// assert!("(".parse::<RunFrom>().is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RunFrom(Rule);

#[derive(Debug, Clone)]
enum Rule {
    File,
    Folder,
    Pattern(Regex),
}

impl FromStr for RunFrom {
    type Err = Error;

    fn from_str(text: &str) -> Result<RunFrom> {
        Ok(RunFrom(match text {
            "file" => Rule::File,
            "folder" => Rule::Folder,
            _ => {
                let wrong = |message: String| {
                    Error::new(ErrorKind::Usage, message)
                        .about(Setting::RunFrom)
                        .with_hint("write file, folder, or a regular expression with a group around the run's name, for example 'tb_(.*)\\.csv'")
                };
                let regex = Regex::new(text).map_err(|e| {
                    wrong(format!("{} is no regular expression: {e}", quoted(text)))
                })?;
                if regex.captures_len() < 2 {
                    return Err(wrong(format!("{} has no group", quoted(text))));
                }
                Rule::Pattern(regex)
            }
        }))
    }
}

/// The name of each table's run; `None` if its rows name their runs.
pub(super) fn of_tables(
    tables: &[FileTable],
    rule: Option<&RunFrom>,
) -> Result<Vec<Option<String>>> {
    if let Some(RunFrom(rule)) = rule {
        if let Some(table) = tables
            .iter()
            .find(|t| t.table.header.iter().any(|h| h == RUN))
        {
            let message = "the file has a column 'run' of its own";
            return Err(Error::new(ErrorKind::Usage, message)
                .at(&table.table.source, None, None)
                .about(Setting::RunFrom)
                .with_hint("leave the setting out, or rename the column"));
        }
        return tables
            .iter()
            .map(|table| by_rule(rule, &table.place).map(Some))
            .collect();
    }
    if tables.iter().all(FileTable::names_its_runs) && !share_a_model(tables) {
        return Ok(vec![None; tables.len()]);
    }
    if let [one] = tables
        && !one.is_one_run()
    {
        return Ok(vec![None]);
    }
    let unnamed: Vec<&Path> = tables
        .iter()
        .filter(|table| table.run.is_none() && !table.names_its_runs())
        .map(|table| table.place.as_path())
        .collect();
    let mut told = told_apart(&unnamed).into_iter();
    let names = tables.iter().map(|table| match &table.run {
        Some(run) => Some(run.clone()),
        None if table.names_its_runs() => None,
        None => told.next(),
    });
    Ok(names.collect())
}

/// Whether one model occurs in several tables that give no other name of a run.
fn share_a_model(tables: &[FileTable]) -> bool {
    let mut seen: HashSet<String> = HashSet::new();
    tables
        .iter()
        .any(|table| table.models().into_iter().any(|model| !seen.insert(model)))
}

fn by_rule(rule: &Rule, path: &Path) -> Result<String> {
    let text = path.to_string_lossy();
    let failed = |message: &str| {
        Error::new(ErrorKind::Usage, message)
            .at(&text, None, None)
            .about(Setting::RunFrom)
            .with_hint("choose another rule, or name other files")
    };
    match rule {
        Rule::File => Ok(stem(file_name(path)).to_owned()),
        Rule::Folder => part(path, 1).ok_or_else(|| failed("the path has no folder")),
        Rule::Pattern(regex) => {
            let found = regex.captures(&text);
            let group = found
                .as_ref()
                .and_then(|f| f.name("run").or_else(|| f.get(1)));
            group
                .map(|group| group.as_str().to_owned())
                .filter(|name| !name.is_empty())
                .ok_or_else(|| failed("the regular expression finds no name of a run in the path"))
        }
    }
}

/// The name of the folder `above` levels up, or of the path itself without its ending.
fn part(path: &Path, above: usize) -> Option<String> {
    let name = file_name(path.ancestors().nth(above)?);
    let name = if above == 0 { stem(name) } else { name };
    (!name.is_empty()).then(|| name.to_owned())
}

/// Names that tell paths apart: the file names, else the nearest folders that differ, else the
/// paths as far as they differ. A path that occurs several times, such as the parts of one run, has
/// one name.
fn told_apart(paths: &[&Path]) -> Vec<String> {
    let different: HashSet<&Path> = paths.iter().copied().collect();
    let deepest = paths
        .iter()
        .map(|path| path.components().count())
        .max()
        .unwrap_or(0);
    for above in 0..deepest {
        let names: Option<Vec<String>> = paths.iter().map(|path| part(path, above)).collect();
        let Some(names) = names else { break };
        if names.iter().collect::<HashSet<_>>().len() == different.len() {
            return names;
        }
    }
    let common = common_folder(paths);
    let name = |path: &&Path| {
        let rest = path
            .strip_prefix(&common)
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned();
        stem(&rest).to_owned()
    };
    paths.iter().map(name).collect()
}

fn common_folder(paths: &[&Path]) -> PathBuf {
    let mut common = paths
        .first()
        .and_then(|p| p.parent())
        .map(Path::to_owned)
        .unwrap_or_default();
    while !paths.iter().all(|path| path.starts_with(&common)) {
        if !common.pop() {
            break;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Vec<String> {
        told_apart(&paths.iter().map(|p| Path::new(*p)).collect::<Vec<_>>())
    }

    #[test]
    fn runs_are_named_by_what_tells_their_paths_apart() {
        assert_eq!(
            names(&["h/190M-1xC.csv", "h/1B.csv.gz"]),
            ["190M-1xC", "1B"]
        );
        assert_eq!(names(&["r/a/m.jsonl", "r/b/m.jsonl"]), ["a", "b"]);
        assert_eq!(names(&["r/a/files/m.json", "r/b/files/m.json"]), ["a", "b"]);
        assert_eq!(
            names(&["r/a/s1/m.csv", "r/a/s2/m.csv", "r/b/s1/m.csv"]),
            ["a/s1/m", "a/s2/m", "b/s1/m"]
        );
        assert_eq!(names(&["tb/a", "tb/a", "tb/b"]), ["a", "a", "b"]);
        assert_eq!(names(&[".csv"]), [".csv"]);
    }

    #[test]
    fn a_rule_of_the_user_wins_and_says_where_it_fails() {
        let by = |rule: &str, path: &str| {
            let RunFrom(rule) = rule.parse().unwrap();
            by_rule(&rule, Path::new(path)).map_err(|e| e.to_string())
        };
        assert_eq!(
            by("tb_(.*)\\.csv", "x/tb_gpt-20M.csv"),
            Ok("gpt-20M".into())
        );
        assert_eq!(by("(x)/(?P<run>\\w+)", "x/tb.csv"), Ok("tb".into()));
        assert_eq!(by("folder", "x/tb.csv"), Ok("x".into()));
        assert_eq!(by("file", "x/tb.csv"), Ok("tb".into()));
        assert!(by("y(.)", "x/tb.csv").is_err_and(|e| e.contains("x/tb.csv")));
        assert!("[".parse::<RunFrom>().is_err() && "x".parse::<RunFrom>().is_err());
    }
}
