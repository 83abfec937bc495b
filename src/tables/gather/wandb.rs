//! The folder of a W&B run: the last value of everything logged, and the configuration.

use super::super::log::bad;
use super::objects::{Object, plain};
use super::wandb_log::{self, Logged};
use crate::{Error, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use yaml_rust2::{Yaml, YamlLoader};

pub(super) const NAME: &str = "W&B run";

/// A run and what is known about it.
pub(super) struct Run {
    pub(super) folder: PathBuf,
    /// The name that the user or W&B gave it.
    pub(super) name: Option<String>,
    /// `config` and `summary`, as trackers write them in one document.
    pub(super) document: Object,
}

/// The log of the run in its folder.
pub(super) fn log_of(folder: &Path) -> Option<PathBuf> {
    let inside = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path());
    let mut logs: Vec<PathBuf> = inside
        .filter(|path| path.extension().is_some_and(|ending| ending == "wandb"))
        .collect();
    logs.sort();
    logs.pop()
}

/// Reads `wandb-summary.json`, `config.yaml` and `config.json`, and adds what only the log of the
/// run has.
pub(super) fn read(folder: &Path) -> Result<Run> {
    let folder = match super::name::file_name(folder) {
        "files" => folder.parent().unwrap_or(folder),
        _ => folder,
    };
    let files = folder.join("files");
    let at = if files.is_dir() {
        files
    } else {
        folder.to_owned()
    };
    let mut known = match log_of(folder) {
        Some(path) => {
            let bytes = super::super::log::read_bytes(&path)?;
            wandb_log::read(&bytes).ok_or_else(|| damaged(&path, &"a record is no log of a run"))?
        }
        None => Logged::default(),
    };
    let summary = at.join("wandb-summary.json");
    if summary.exists() {
        let text = text(&summary)?;
        let text = super::super::log::without_nan(&text);
        let found: Object = serde_json::from_str(&text).map_err(|e| damaged(&summary, &e))?;
        known.summary.extend(found);
    }
    let config = at.join("config.yaml");
    if config.exists() {
        known.config.extend(self::config(&config)?);
    }
    // Programs that copy a run through the API of W&B often write the configuration as JSON.
    let config = at.join("config.json");
    if config.exists() {
        let found: Object =
            serde_json::from_str(&text(&config)?).map_err(|e| damaged(&config, &e))?;
        for (name, value) in plain(found) {
            known.config.entry(name).or_insert(value);
        }
    }
    Ok(Run::of_log(folder, known))
}

impl Run {
    /// A run from what is known about it.
    pub(super) fn of_log(folder: &Path, mut known: Logged) -> Run {
        known.summary.remove("_wandb");
        if !known.state.is_empty() {
            let state = Value::from(known.state);
            known.summary.entry("state").or_insert(state);
        }
        let mut document = Object::new();
        document.insert("summary".into(), Value::Object(known.summary));
        document.insert("config".into(), Value::Object(known.config));
        Run {
            folder: folder.to_owned(),
            name: known.name.filter(|name| !name.is_empty()),
            document,
        }
    }
}

pub(super) fn text(path: &Path) -> Result<String> {
    let bytes = super::super::log::read_bytes(path)?;
    String::from_utf8(bytes).map_err(|e| damaged(path, &e))
}

pub(super) fn damaged(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    bad(
        &path.to_string_lossy(),
        None,
        format!("the file is damaged: {cause}"),
    )
    .with_hint("copy the run's folder again, or leave it out")
}

/// The configuration. Each key has its value under `value`; keys that begin with `_` are about W&B.
fn config(path: &Path) -> Result<Object> {
    let parsed = YamlLoader::load_from_str(&text(path)?).map_err(|e| damaged(path, &e))?;
    let mut config = Object::new();
    if let Some(Yaml::Hash(entries)) = parsed.first() {
        for (key, entry) in entries {
            let Some(name) = key
                .as_str()
                .filter(|name| *name != "wandb_version" && !name.starts_with('_'))
            else {
                continue;
            };
            let value = match entry {
                Yaml::Hash(inner) => inner.get(&Yaml::String("value".into())).unwrap_or(entry),
                other => other,
            };
            config.insert(name.to_owned(), json(value));
        }
    }
    Ok(config)
}

/// The same value as JSON.
pub(super) fn json(value: &Yaml) -> Value {
    match value {
        Yaml::Integer(number) => Value::from(*number),
        // The text is kept so that no digit is lost.
        Yaml::Real(text) | Yaml::String(text) => Value::from(text.as_str()),
        Yaml::Boolean(yes) => Value::from(*yes),
        Yaml::Array(all) => Value::Array(all.iter().map(json).collect()),
        Yaml::Hash(entries) => {
            let entry =
                |(key, value): (&Yaml, &Yaml)| Some((key.as_str()?.to_owned(), json(value)));
            Value::Object(entries.iter().filter_map(entry).collect())
        }
        _ => Value::Null,
    }
}
