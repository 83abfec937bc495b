//! What many verbs ask about their result.

use super::super::input::{each_once, same_number};
use super::super::printer::Printer;
use super::super::save::emit_table;
use super::Format;
use crate::error::Result;
use clap::Args;
use std::path::PathBuf;

/// Where the result goes, and how.
#[derive(Debug, Args)]
pub struct ResultArgs {
    /// Write the result here instead of to standard output; a table of --format csv as Parquet if the name ends in .parquet
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result; json has all of it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// How sure the intervals are.
#[derive(Debug, Args)]
pub struct LevelArgs {
    /// Levels of the intervals
    #[arg(
        long,
        value_name = "P",
        value_delimiter = ',',
        default_value = "0.8,0.9"
    )]
    level: Vec<f64>,
}

impl ResultArgs {
    /// Whether the result goes to standard output.
    pub fn to_screen(&self) -> bool {
        self.output
            .as_deref()
            .is_none_or(|path| path.as_os_str() == "-")
    }

    /// Prints the result, or writes it where it is to go.
    pub fn emit(&self, text: &str, printer: &Printer) -> Result<()> {
        emit_table(self.output.as_deref(), self.format, text, printer)
    }
}

impl LevelArgs {
    /// The levels asked for, each once.
    pub fn once(&self) -> Vec<f64> {
        each_once(self.level.iter().copied(), same_number)
    }

    /// The highest of them.
    pub fn highest(&self) -> f64 {
        self.level.iter().copied().fold(0.0, f64::max)
    }
}
