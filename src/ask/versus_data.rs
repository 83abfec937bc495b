//! Reads the recipes to compare.

use super::recipe::Recipe;
use super::usage;
use super::versus::VersusRequest;
use crate::error::{Error, Result};
use crate::remedy::Setting;
use crate::runs::{Dataset, Excluded};
use crate::tables::{ReadOptions, Source, series_of};
use std::path::Path;

impl VersusRequest {
    /// Reads one recipe per table, or those that a column of one table names.
    ///
    /// # Errors
    /// When the request is invalid, a table cannot be read, or a finding says that the rows of a
    /// recipe are not independent runs of one curve.
    pub fn read(&self, tables: &[Source<'_>]) -> Result<Vec<Recipe>> {
        Ok(self.read_saying(tables)?.0)
    }

    /// As [`VersusRequest::read`], and also returns notes on recipes without any row left by the
    /// conditions.
    ///
    /// # Errors
    /// As for [`VersusRequest::read`].
    #[doc(hidden)]
    pub fn read_saying(&self, tables: &[Source<'_>]) -> Result<(Vec<Recipe>, Vec<String>)> {
        let law = self.law()?;
        let options = ReadOptions {
            pair_col: self.pair.clone(),
            pairs: !self.unpaired,
            by: self.by.clone(),
            ..self.table.options(Some(&law))?
        };
        let rows = &self.table.rows;
        let conditions = !rows.conditions.is_empty() || !rows.exclude.is_empty();
        let (mut found, mut left_out) = (Vec::new(), Vec::new());
        for table in tables {
            match &self.by {
                Some(_) => {
                    for series in series_of(table, &options)? {
                        let named = |e: Error| of_recipe(&series.key, &e);
                        if let (true, Err(error)) = (conditions, &series.data) {
                            left_out.push(of_recipe(&series.key, error).to_string());
                            continue;
                        }
                        let data = series.data.and_then(|data| self.usable(data));
                        found.push(Recipe::new(series.key.clone(), data.map_err(named)?));
                    }
                }
                None => {
                    let data = self.usable(Dataset::from_source(table, &options)?)?;
                    found.push(Recipe::new(stem(table.name()), data));
                }
            }
        }
        // Files of the same name in several folders are named with their folders.
        let twice = |k: usize| (0..tables.len()).any(|i| i != k && found[i].name == found[k].name);
        if self.by.is_none() && (0..tables.len()).any(twice) {
            for (recipe, table) in found.iter_mut().zip(tables) {
                recipe.name = table.name().to_owned();
            }
        }
        match (found.len(), &self.by) {
            (0 | 1, None) => Err(usage("one table is one recipe, and two are compared")
                .with_hint("give a table of each recipe, or name the column that tells them apart")
                .with_remedy(Setting::By)),
            (0 | 1, Some(by)) => Err(usage(format!(
                "column '{}' names one recipe, and two are compared",
                crate::text::excerpt(by)
            ))
            .with_hint("name the column that tells the recipes apart")
            .with_remedy(Setting::By)),
            _ => Ok((found, left_out)),
        }
    }

    fn usable(&self, data: Dataset) -> Result<Dataset> {
        data.unless_blocked(|_| self.force || self.table.force)
    }

    /// The rows that were left out, and why.
    #[doc(hidden)]
    #[must_use]
    pub fn excluded(recipes: &[Recipe]) -> Vec<(&str, &[Excluded])> {
        let all = recipes.iter();
        all.map(|recipe| (recipe.name.as_str(), recipe.data.excluded()))
            .collect()
    }
}

/// An error about the runs of one recipe.
fn of_recipe(name: &str, error: &Error) -> Error {
    let message = format!("recipe '{}': {error}", crate::text::excerpt(name));
    Error::new(error.kind(), message).with_advice_of(error)
}

/// The name of a file without its folder and its endings.
fn stem(name: &str) -> String {
    let file = Path::new(name).file_name();
    let file = file.map_or(name.into(), |file| file.to_string_lossy());
    let mut stem = &*file;
    for ending in [
        ".gz", ".zst", ".csv", ".tsv", ".txt", ".jsonl", ".json", ".parquet",
    ] {
        stem = stem
            .strip_suffix(ending)
            .filter(|s| !s.is_empty())
            .unwrap_or(stem);
    }
    stem.to_owned()
}
