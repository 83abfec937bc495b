//! Reads a table of runs as a [`Dataset`].

use super::log::{RawTable, Source};
use super::options::ReadOptions;
use super::overview;
use super::reshape;
use super::roles::LOSS;
use super::select::Plan;
use super::understanding::{self, Understanding};
use crate::Result;
use crate::runs::Dataset;
use crate::text::{excerpt, list};
use std::path::Path;

/// Reads a table of runs, and says how it was understood.
///
/// # Errors
/// When the bytes are not a table, a needed column is missing or ambiguous, a filter does not fit
/// the columns, or no row is usable.
pub fn read(bytes: &[u8], source: &str, options: &ReadOptions) -> Result<(Dataset, Understanding)> {
    read_source(&Source::bytes(bytes, source), options)
}

/// As [`read`] for a file or standard input. With [`Reshape::reduce`](super::Reshape::reduce), a
/// table of curves is read row by row; it takes memory for its runs only, however long it is.
///
/// # Errors
/// As for [`read`], and when the source cannot be read or decompressed, or more than 2 GiB would be
/// held in memory.
pub fn read_source(source: &Source<'_>, options: &ReadOptions) -> Result<(Dataset, Understanding)> {
    source.placed(read_placed(source, options))
}

fn read_placed(source: &Source<'_>, options: &ReadOptions) -> Result<(Dataset, Understanding)> {
    let table = reshape::read(source, options)?;
    let explained = |error| overview::beside(error, &table, options);
    let plan = Plan::new(&table, options).map_err(explained)?;
    let mut dataset = plan.select(&table, table.rows.iter()).map_err(explained)?;
    source.place(&mut dataset.excluded);
    dataset
        .notes
        .extend(choice_of_loss(&table, &dataset, options));
    dataset.reading.splice(0..0, table.notes.iter().cloned());
    let understanding = understanding::describe(&table, &plan, &dataset);
    Ok((dataset, understanding))
}

/// Which column the loss is, if the user did not name it and others could be it too.
fn choice_of_loss(table: &RawTable, dataset: &Dataset, options: &ReadOptions) -> Option<String> {
    let used = dataset
        .loss_column()
        .filter(|_| options.loss_col.is_none())?;
    let header = table.header.iter().map(String::as_str);
    // A column such as 'run-1 - val/loss' is of one run of a table with one column a run.
    let others = header.filter(|name| *name != used && !name.contains(" - "));
    let others = others.filter(|name| LOSS.is_called(name));
    let others = list(others);
    (!others.is_empty()).then(|| format!("loss from '{}' and not from {others}", excerpt(used)))
}

impl Dataset {
    /// Reads a CSV file with the default [`ReadOptions`]; `-` is standard input.
    ///
    /// ```no_run
    /// let data = scalewise::Dataset::read_csv("runs.csv")?;
    /// println!("{} runs, {} rows excluded", data.runs().len(), data.excluded().len());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the file cannot be read or is not a table of runs.
    pub fn read_csv(path: impl AsRef<Path>) -> Result<Dataset> {
        Dataset::from_source(&Source::open(path.as_ref())?, &ReadOptions::default())
    }

    /// Only the dataset of [`read_source`].
    ///
    /// # Errors
    /// As for [`read_source`].
    pub fn from_source(source: &Source<'_>, options: &ReadOptions) -> Result<Dataset> {
        read_source(source, options).map(|(dataset, _)| dataset)
    }

    /// Only the dataset of [`read`].
    ///
    /// # Errors
    /// As for [`read`].
    pub fn from_csv_bytes(bytes: &[u8], source: &str, options: &ReadOptions) -> Result<Dataset> {
        read(bytes, source, options).map(|(dataset, _)| dataset)
    }
}
