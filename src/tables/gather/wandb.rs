//! The folder of a run as W&B writes it: the last values of what was logged, and the configuration.

use super::super::log::bad;
use super::extract::Object;
use crate::{Error, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use yaml_rust2::{Yaml, YamlLoader};

pub(super) const NAME: &str = "W&B run";

/// A run with what is known of it.
pub(super) struct Run {
    pub(super) folder: PathBuf,
    /// `config` and `summary`, as trackers write them in one document.
    pub(super) document: Object,
}

/// Reads `wandb-summary.json` and `config.yaml`.
pub(super) fn read(folder: &Path) -> Result<Run> {
    let files = folder.join("files");
    let at = if files.is_dir() {
        files
    } else {
        folder.to_owned()
    };
    let folder = match super::file_name(folder) {
        "files" => folder.parent().unwrap_or(folder),
        _ => folder,
    };
    let summary_path = at.join("wandb-summary.json");
    let summary = super::super::log::without_nan(&text(&summary_path)?).into_owned();
    let summary: Value = serde_json::from_str(&summary).map_err(|e| damaged(&summary_path, &e))?;
    let mut document = Object::new();
    document.insert("summary".into(), summary);
    let config_path = at.join("config.yaml");
    let config = match config_path.exists() {
        true => config(&config_path)?,
        false => Object::new(),
    };
    document.insert("config".into(), Value::Object(config));
    Ok(Run {
        folder: folder.to_owned(),
        document,
    })
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

/// The configuration: each key has its value under `value`, what begins with `_` is about W&B.
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
        // As it is written: every digit is kept.
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
