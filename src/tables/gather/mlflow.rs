//! The folder of an MLflow run: a file for each metric, parameter and tag.

use super::super::log::bad;
use super::file_table::FileTable;
use super::objects::Object;
use super::objects::of_objects;
use super::wandb::{damaged, json, text};
use crate::text::excerpt;
use crate::{Error, ErrorKind, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yaml_rust2::YamlLoader;

pub(super) const NAME: &str = "MLflow run";

/// MLflow's names of run states, indexed by its codes.
const STATES: [&str; 6] = ["", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"];

/// One row per step, with the parameters of the run in each.
pub(super) fn read(folder: &Path) -> Result<FileTable> {
    let name = folder.to_string_lossy().into_owned();
    let about_path = folder.join("meta.yaml");
    let about =
        YamlLoader::load_from_str(&text(&about_path)?).map_err(|e| damaged(&about_path, &e))?;
    let about = about.first().map_or(Value::Null, json);
    let mut known = Object::new();
    for file in files(&folder.join("params"))? {
        known.insert(
            name_in(folder, "params", &file),
            Value::from(text(&file)?.trim()),
        );
    }
    let state = about["status"]
        .as_u64()
        .and_then(|k| STATES.get(usize::try_from(k).ok()?));
    if let Some(state) = state {
        known.insert("status".into(), Value::from(*state));
    }
    // Metrics of one step form one row, in whatever order they were logged.
    let mut steps: BTreeMap<i64, Object> = BTreeMap::new();
    for file in files(&folder.join("metrics"))? {
        let metric = name_in(folder, "metrics", &file);
        for (k, line) in text(&file)?.lines().enumerate() {
            let parts: Vec<&str> = line.split(' ').collect();
            let [_, value, step, ..] = parts[..] else {
                return Err(no_line(&file, k, line));
            };
            let step: i64 = step.parse().map_err(|_| no_line(&file, k, line))?;
            // A later value replaces an earlier one, as in MLflow's own tables.
            steps
                .entry(step)
                .or_default()
                .insert(metric.clone(), Value::from(value));
        }
    }
    let only = steps.len() == 1;
    let rows: Vec<Object> = steps
        .into_iter()
        .map(|(step, mut row)| {
            if !only {
                row.insert("step".into(), Value::from(step));
            }
            for (key, value) in &known {
                row.entry(key.clone()).or_insert_with(|| value.clone());
            }
            row
        })
        .collect();
    if rows.is_empty() {
        return Err(bad(&name, None, "the run has no metric").with_hint("leave its folder out"));
    }
    let mut file = FileTable::of_one_run(folder, of_objects(&name, &rows)?, NAME);
    let named = folder.join("tags").join("mlflow.runName");
    file.run = match named.exists() {
        true => Some(text(&named)?.trim().to_owned()),
        false => about["run_name"].as_str().map(str::to_owned),
    };
    Ok(file)
}

/// The name of a metric or parameter, which may include folders.
fn name_in(folder: &Path, kind: &str, file: &Path) -> String {
    let inside = file.strip_prefix(folder.join(kind)).unwrap_or(file);
    inside.to_string_lossy().replace('\\', "/")
}

/// All files below a folder in alphabetical order; none if the folder is missing.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let failed = |cause: std::io::Error| {
        Error::new(ErrorKind::Io, format!("the folder cannot be read: {cause}")).at(
            &excerpt(&folder.to_string_lossy()),
            None,
            None,
        )
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        match path.symlink_metadata().is_ok_and(|about| about.is_dir()) {
            true => found.extend(files(&path)?),
            false => found.push(path),
        }
    }
    found.sort();
    Ok(found)
}

fn no_line(file: &Path, k: usize, line: &str) -> Error {
    let message = format!("'{}' is no time, value and step", excerpt(line));
    bad(&file.to_string_lossy(), Some(k as u64 + 1), message)
        .with_hint("copy the run's folder again, or leave it out")
}
