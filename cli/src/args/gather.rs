//! How files and folders become one table.

use clap::Args;
use scalewise::tables::{LogLine, RunFrom};

/// How several files become one table.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Files")]
pub struct GatherArgs {
    /// What names the run of a file: file, folder, or a regular expression with a group around the
    /// name [default: the file, or the folder that tells equal files apart]
    #[arg(long, value_name = "RULE", value_parser = rule)]
    pub run_from: Option<RunFrom>,
    /// The files are text logs: megatron, modded-nanogpt, nanogpt, or a regular expression whose
    /// named groups are the columns (repeatable)
    #[arg(long, value_name = "PATTERN", value_parser = line)]
    pub log_line: Vec<LogLine>,
}

/// The part of an error after clap's own words, which name the flag.
fn said<T>(read: scalewise::Result<T>) -> Result<T, String> {
    read.map_err(|error| match error.hint() {
        Some(hint) => format!("{}; {hint}", error.message()),
        None => error.message().to_owned(),
    })
}

fn rule(text: &str) -> Result<RunFrom, String> {
    said(text.parse())
}

fn line(text: &str) -> Result<LogLine, String> {
    said(text.parse())
}
