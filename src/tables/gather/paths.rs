//! Paths, patterns and folders → the files and runs to read, in a fixed order.

use super::name::file_name;
use super::wandb;
use crate::tables::log::bad;
use crate::text::{excerpt, list};
use crate::{Error, ErrorKind, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Deepest nesting of folders: a link that leads back must not be followed forever.
const DEEPEST: usize = 32;
/// Endings of files that a folder search reads.
const ENDINGS: [&str; 8] = [
    ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".xls",
];
/// Endings of compressed files, after the others.
const PACKED: [&str; 2] = [".gz", ".zst"];

/// What is read as one table.
pub(super) enum Item {
    /// A file that the user names.
    Named(PathBuf),
    /// A file found in a folder or by a pattern, which may not be a table.
    Met(PathBuf),
    /// The folder of a run that W&B writes.
    Wandb(PathBuf),
    /// The folder of a run that MLflow writes.
    Mlflow(PathBuf),
}

impl Item {
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Item::Named(path) | Item::Met(path) | Item::Wandb(path) | Item::Mlflow(path) => {
                path.clone()
            }
        }
    }
}

/// The files and runs that paths stand for.
#[derive(Default)]
pub(super) struct Found {
    pub(super) items: Vec<Item>,
    /// Files of folders that are not tables.
    pub(super) passed_over: Vec<PathBuf>,
    /// Checkpoints that a later one contains.
    earlier: Vec<PathBuf>,
    /// Files of settings that were used, in words.
    pub(super) settings: Option<String>,
}

impl Found {
    /// What was not read, in words.
    pub(super) fn notes(&self) -> Vec<String> {
        let said = |what: &str, paths: &[PathBuf]| {
            let files = if paths.len() == 1 { "file" } else { "files" };
            // Many runs have files of one name.
            let mut seen = HashSet::new();
            let names = paths.iter().map(|path| file_name(path));
            let names = list(names.filter(|name| seen.insert(*name)));
            (!paths.is_empty()).then(|| format!("{} {files} {what}: {names}", paths.len()))
        };
        let earlier: Vec<PathBuf> = self.earlier.clone();
        [
            said("that are no tables were not read", &self.passed_over),
            said("of earlier checkpoints were not read", &earlier),
        ]
        .into_iter()
        .chain([self.settings.clone()])
        .flatten()
        .collect()
    }
}

/// The files of paths: named ones as they are, patterns and folders in alphabetic order.
pub(super) fn find(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" {
            found.items.push(Item::Named(path.clone()));
        } else if path.is_dir() {
            let before = found.items.len();
            walk(path, DEEPEST, &mut found)?;
            if found.items.len() == before {
                return Err(nothing(std::slice::from_ref(path), &found));
            }
        } else if !path.exists() && is_pattern(path) {
            matches(path, &mut found)?;
        } else {
            found.items.push(Item::Named(path.clone()));
        }
    }
    once(&mut found);
    Ok(found)
}

/// The error when there is nothing to read.
pub(super) fn nothing(paths: &[PathBuf], found: &Found) -> Error {
    let name = paths.first().map_or("", |path| path.to_str().unwrap_or(""));
    let kinds = "CSV, TSV, JSON, JSON Lines, Parquet, event files, W&B and MLflow runs";
    let message = match found.passed_over.is_empty() {
        true => "no file is a table".to_owned(),
        false => format!(
            "no file is a table; not read: {}",
            list(found.passed_over.iter().map(|p| file_name(p)))
        ),
    };
    bad(name, None, message).with_hint(format!(
        "name the files themselves; a folder is searched for {kinds}"
    ))
}

/// Keeps a file that two paths stand for only once.
fn once(found: &mut Found) {
    let mut seen = HashSet::new();
    found.items.retain(|item| {
        let path = item.path();
        path.as_os_str() == "-" || seen.insert(path.canonicalize().unwrap_or(path))
    });
}

fn is_pattern(path: &Path) -> bool {
    path.to_str()
        .is_some_and(|text| text.contains(['*', '?', '[']))
}

fn matches(pattern: &Path, found: &mut Found) -> Result<()> {
    let text = pattern.to_str().unwrap_or("");
    let failed = |message: String| {
        Error::new(ErrorKind::Io, message)
            .at(&excerpt(text), None, None)
            .with_hint(
                "a pattern has * for any part of a name, ? for one character and ** for folders",
            )
    };
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        ..glob::MatchOptions::new()
    };
    let all = glob::glob_with(text, options).map_err(|e| failed(format!("no pattern: {e}")))?;
    let before = found.items.len();
    for path in all {
        let path = path.map_err(|e| failed(format!("cannot be read: {e}")))?;
        match path.is_dir() {
            true => walk(&path, DEEPEST, found)?,
            false => found.items.push(Item::Met(path)),
        }
    }
    match found.items.len() == before {
        true => Err(failed("no file fits the pattern".to_owned())),
        false => Ok(()),
    }
}

/// Collects everything that is a table by its name, or the folder of a run.
fn walk(folder: &Path, depth: usize, found: &mut Found) -> Result<()> {
    if let Some(run) = run_folder(folder) {
        found.items.push(run);
        return Ok(());
    }
    let failed = |cause: std::io::Error| {
        Error::new(ErrorKind::Io, format!("the folder cannot be read: {cause}")).at(
            &excerpt(&folder.to_string_lossy()),
            None,
            None,
        )
    };
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        inside.push(entry.map_err(failed)?.path());
    }
    inside.sort();
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = inside
        .into_iter()
        .filter(|path| !is_hidden(path))
        .partition(|path| path.is_dir());
    for file in files {
        match is_table(&file) {
            true => found.items.push(Item::Met(file)),
            false => found.passed_over.push(file),
        }
    }
    if depth == 0 {
        return Ok(());
    }
    for folder in without_earlier(folders, found) {
        walk(&folder, depth - 1, found)?;
    }
    Ok(())
}

fn is_hidden(path: &Path) -> bool {
    file_name(path).starts_with('.')
}

fn is_table(path: &Path) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let unpacked = PACKED.iter().find_map(|ending| name.strip_suffix(ending));
    let name = unpacked.unwrap_or(&name);
    name.contains("tfevents") || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The tracker run that a folder holds.
fn run_folder(folder: &Path) -> Option<Item> {
    let has = |name: &str| folder.join(name).exists();
    if has("files/wandb-summary.json")
        || has("wandb-summary.json")
        || wandb::log_of(folder).is_some()
    {
        return Some(Item::Wandb(folder.to_owned()));
    }
    (has("meta.yaml") && has("metrics")).then(|| Item::Mlflow(folder.to_owned()))
}

/// The folders without earlier checkpoints: each holds the history of the run so far, so the last
/// one holds all of it.
fn without_earlier(folders: Vec<PathBuf>, found: &mut Found) -> Vec<PathBuf> {
    let step = |path: &PathBuf| {
        file_name(path)
            .strip_prefix("checkpoint-")?
            .parse::<u64>()
            .ok()
    };
    let last = folders.iter().filter_map(step).max();
    let (kept, earlier) = folders
        .into_iter()
        .partition(|path| step(path).is_none_or(|step| Some(step) == last));
    found.earlier.extend::<Vec<PathBuf>>(earlier);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(folder: &Path, files: &[&str]) {
        for file in files {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "a,b\n1,2\n").unwrap();
        }
    }

    fn names(folder: &Path, paths: &[&str]) -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(|p| folder.join(p)).collect();
        let found = find(&paths).unwrap();
        let name = |path: PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
        found.items.iter().map(|item| name(item.path())).collect()
    }

    #[test]
    fn folders_and_patterns_stand_for_their_tables() {
        let folder = tempfile::tempdir().unwrap();
        made(
            folder.path(),
            &[
                "r/b.csv",
                "r/a.csv.gz",
                "r/notes.txt",
                "r/.hidden.csv",
                "r/sub/m.jsonl",
                "w/run-1/files/wandb-summary.json",
                "w/run-1/files/config.yaml",
                "m/1/abc/meta.yaml",
                "m/1/abc/metrics/loss",
                "h/checkpoint-9/trainer_state.json",
                "h/checkpoint-10/trainer_state.json",
            ],
        );
        assert_eq!(
            names(folder.path(), &["r"]),
            ["r/a.csv.gz", "r/b.csv", "r/sub/m.jsonl"]
        );
        assert_eq!(names(folder.path(), &["r/*.csv", "r/b.csv"]), ["r/b.csv"]);
        assert_eq!(names(folder.path(), &["w", "m"]), ["w/run-1", "m/1/abc"]);
        assert_eq!(
            names(folder.path(), &["h"]),
            ["h/checkpoint-10/trainer_state.json"]
        );
        assert!(find(&[folder.path().join("none*.csv")]).is_err());
    }
}
