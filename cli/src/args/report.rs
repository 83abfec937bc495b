//! Arguments of the report.

use super::{CountColumns, DataArgs, FitArgs, GatherArgs, LevelArgs, RuleArgs};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What kind of data a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Losses against compute.
    Loss,
    /// Losses against parameters and tokens.
    Surface,
    /// Pass counts or pass rates.
    Capability,
    /// A registered forecast, with its score where that lies beside it.
    Entry,
}

impl ReportKind {
    /// The kind of the data, unless they are an entry.
    pub fn of_data(self) -> Option<scalewise::ask::ReportKind> {
        match self {
            ReportKind::Loss => Some(scalewise::ask::ReportKind::Loss),
            ReportKind::Surface => Some(scalewise::ask::ReportKind::Surface),
            ReportKind::Capability => Some(scalewise::ask::ReportKind::Capability),
            ReportKind::Entry => None,
        }
    }
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Html,
    Markdown,
    Json,
    Text,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Table of runs, law file, table of pass counts, or registered entry; - is standard input
    #[arg(value_name = "INPUT", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Compute to forecast at: quantities, or 100x for 100 times the largest fitted run; for a
    /// formula of several columns points such as N=1e9,S=8 [default: where the runs kept out of the
    /// fit are, or 10x]
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// One answer for each value of this column; several columns, separated by commas, name a
    /// series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// FLOP of a run, for laws of N and D: 6nd, k (k*N*D) or column (6ND + k*N^p*D), both fitted to
    /// the compute of the runs, or a formula of N and D [default: 6nd]
    #[arg(long, value_name = "6nd|k|column|EXPR", allow_hyphen_values = true)]
    pub flops: Option<String>,
    /// What the data is [default: from the columns and the law]
    #[arg(long, value_name = "KIND")]
    pub kind: Option<ReportKind>,
    #[command(flatten)]
    pub levels: LevelArgs,
    /// Write the report here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What to write [default: from the name of the file: .html, .md, .json, .txt; html otherwise]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub columns: CountColumns,
    #[command(flatten, next_help_heading = "Capabilities")]
    pub rules: RuleArgs,
}
