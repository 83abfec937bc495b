//! The settings of a run, from a JSON file beside its table.

use super::file_table::FileTable;
use super::name::file_name;
use super::objects::{Object, of_objects, plain};
use super::paths::Item;
use crate::text::list;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Names of files that hold the settings of the run in their folder.
const NAMES: [&str; 6] = [
    "config.json",
    "args.json",
    "hparams.json",
    "params.json",
    "hyperparameters.json",
    "run_config.json",
];

/// The files of settings among items: those with such a name in a folder that also has a table.
pub(super) fn among(items: &[Item]) -> HashSet<PathBuf> {
    let met = items.iter().filter_map(|item| match item {
        Item::Met(path) => Some(path),
        _ => None,
    });
    let (named, others): (Vec<&PathBuf>, Vec<&PathBuf>) =
        met.partition(|path| NAMES.contains(&file_name(path)));
    let folders: HashSet<&Path> = others.iter().filter_map(|path| path.parent()).collect();
    let beside = |path: &&PathBuf| path.parent().is_some_and(|own| folders.contains(own));
    named.into_iter().filter(beside).cloned().collect()
}

/// Adds the settings of runs as columns of the only table of their folder, and removes the files
/// that were used from `passed_over`. Returns what was done, in words.
pub(super) fn add(tables: &mut [FileTable], passed_over: &mut Vec<PathBuf>) -> Option<String> {
    let mut of_folder: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    for (k, table) in tables.iter().enumerate() {
        // A table is named after its file, or after the folder if that is the run.
        for place in [Some(table.place.as_path()), table.place.parent()]
            .into_iter()
            .flatten()
        {
            of_folder.entry(place.to_owned()).or_default().push(k);
        }
    }
    let mut used: Vec<String> = Vec::new();
    passed_over.retain(|path| {
        let Some(folder) = path.parent().filter(|_| NAMES.contains(&file_name(path))) else {
            return true;
        };
        let beside = of_folder.get(folder).map_or(&[][..], Vec::as_slice);
        // Settings beside several tables are not those of one run.
        let (&[table], Some(settings)) = (beside, read(path)) else {
            return true;
        };
        tables[table].added.extend(settings);
        let name = file_name(path).to_owned();
        used.push(match file_name(folder) {
            "" => name,
            folder => format!("{folder}/{name}"),
        });
        false
    });
    let names = list(used.iter().map(String::as_str));
    (!used.is_empty()).then(|| format!("columns from the settings beside the tables: {names}"))
}

/// Names and values of a file of settings; `None` if it is not one object.
fn read(path: &Path) -> Option<Vec<(String, String)>> {
    let bytes = crate::tables::log::read_bytes(path).ok()?;
    let settings: Object = serde_json::from_slice(&bytes).ok()?;
    let table = of_objects("", &[plain(settings)]).ok()?;
    let row = table.rows.first()?;
    let cells = table.header.iter().enumerate();
    let cells = cells.map(|(k, name)| (name.clone(), row.cell(k).to_owned()));
    let cells = cells.filter(|(name, text)| !name.is_empty() && !text.is_empty());
    Some(cells.collect())
}

#[cfg(test)]
mod tests {
    use super::super::{Gather, Source};
    use crate::Dataset;
    use crate::tables::ReadOptions;
    use std::path::Path;

    fn write(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn ladder(folder: &Path, table: &str, settings: &str) {
        for (k, n) in [1e7, 4e7, 1.6e8, 6.4e8].into_iter().enumerate() {
            let at = folder.join(format!("run-{k}"));
            let loss = 2.0 + 30.0 * f64::powf(n, -0.2);
            write(
                &at.join(table),
                &format!("tokens,val/loss\n{},{loss}\n", 20.0 * n),
            );
            let value = format!("{{\"n_params\": {n}, \"optimizer\": {{\"lr\": 0.01}}}}");
            write(&at.join(settings), &value);
        }
    }

    fn read(folder: &Path) -> crate::Result<Dataset> {
        let table = Source::gather(&[folder.to_owned()], &Gather::default())?;
        Dataset::from_source(&table, &ReadOptions::default())
    }

    #[test]
    fn settings_beside_a_table_are_columns_of_it() {
        let folder = tempfile::tempdir().unwrap();
        ladder(folder.path(), "history.csv", "config.json");
        let data = read(folder.path()).unwrap();
        let sizes: Vec<f64> = data.runs().iter().filter_map(|run| run.params()).collect();
        assert_eq!(sizes, [1e7, 4e7, 1.6e8, 6.4e8]);
        // As W&B writes them, each value is under a key of its own.
        for run in 0..4 {
            let at = folder.path().join(format!("run-{run}/config.json"));
            write(
                &at,
                "{\"n_params\": {\"value\": 5e7, \"desc\": null}, \"_wandb\": {}}",
            );
        }
        let data = read(folder.path()).unwrap();
        assert!(data.runs().iter().all(|run| run.params() == Some(5e7)));
        // Beside two tables they belong to neither.
        write(
            &folder.path().join("run-0/more.csv"),
            "tokens,val/loss\n2e8,3.1\n",
        );
        let table = Source::gather(&[folder.path().join("run-0")], &Gather::default()).unwrap();
        let text = String::from_utf8(table.beside().unwrap()).unwrap();
        assert!(!text.contains("n_params"), "{text}");
    }

    #[test]
    fn the_configuration_of_a_wandb_run_may_be_json() {
        let folder = tempfile::tempdir().unwrap();
        for (k, n) in [1e7, 4e7, 1.6e8, 6.4e8].into_iter().enumerate() {
            let at = folder.path().join(format!("run-{k}"));
            let loss = 2.0 + 30.0 * f64::powf(n, -0.2);
            let summary = format!("{{\"val/loss\": {loss}, \"tokens\": {}}}", 20.0 * n);
            write(&at.join("wandb-summary.json"), &summary);
            write(&at.join("config.json"), &format!("{{\"n_params\": {n}}}"));
        }
        let data = read(folder.path()).unwrap();
        assert_eq!(data.runs().iter().filter_map(|run| run.params()).count(), 4);
    }
}
