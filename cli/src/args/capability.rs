//! Arguments of capabilities.

use super::table::flags_given;
use super::{GatherArgs, LevelArgs, LookArgs, ResultArgs, TableArgs, explained};
use clap::Args;
use scalewise::capability::{Estimator, Rule};
use scalewise::internal;
use scalewise::internal::scores::ScoreLaw;
use std::path::PathBuf;

const RULES: [(&str, &str); 3] = [
    (
        "solved-by-all",
        "Problems that every fitted model solved; least squares",
    ),
    (
        "split",
        "Problems chosen by one half of the samples and measured by the other",
    ),
    ("likelihood", "Every count, zeros included"),
];

const ESTIMATORS: [(&str, &str); 4] = [
    ("harmonic", "H_n - H_c"),
    ("plug-in", "-ln(c/n)"),
    ("plug-in-cc", "-ln((c + 1/2)/(n + 1/2))"),
    (
        "until",
        "psi(n) - psi(c): samples drawn until the c-th pass",
    ),
];

const LAWS: [(&str, &str); 3] = [
    (
        "compute",
        "-ln Q = A/C^alpha, with Q = (score - chance)/(1 - chance)",
    ),
    ("size", "-ln Q = A/N^alpha + B/D^beta"),
    (
        "two-step",
        "A sigmoid of a loss on the task, which has a law of its own",
    ),
];

/// Which problems are used, and how they are measured.
#[derive(Debug, Clone, Args)]
pub struct RuleArgs {
    /// Which problems are used and how [default: likelihood]
    #[arg(long, value_name = "NAME", value_parser = explained::<Rule>(&RULES))]
    pub rule: Option<Rule>,
    /// How -ln p is estimated from n samples with c passes, for --rule solved-by-all and split
    /// [default: harmonic]
    #[arg(long, value_name = "NAME", value_parser = explained::<Estimator>(&ESTIMATORS))]
    pub estimator: Option<Estimator>,
    /// Number of difficulty buckets, judged by the smaller half of the fitted models
    #[arg(long, value_name = "N", default_value_t = internal::BUCKETS)]
    pub buckets: usize,
    /// Number of hardest problems to leave out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub hardest: usize,
    /// Pass rate of guessing, which overrides a column and the name of the task
    #[arg(long, value_name = "P")]
    pub chance: Option<f64>,
    /// Seed of --rule split
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

/// Columns of a table of pass counts, besides those of any table.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct CountColumns {
    /// Column of the model's name
    #[arg(long, value_name = "COLUMN")]
    pub model_col: Option<String>,
    /// Column of the problem's name
    #[arg(long, value_name = "COLUMN")]
    pub problem_col: Option<String>,
    /// Column of the number of samples
    #[arg(long, value_name = "COLUMN")]
    pub samples_col: Option<String>,
    /// Column of the number of passes, or of whether one sample passed
    #[arg(long, value_name = "COLUMN")]
    pub passes_col: Option<String>,
    /// Column of the pass rate of a whole benchmark
    #[arg(long, value_name = "COLUMN")]
    pub pass_rate_col: Option<String>,
    /// Column of the standard error of that rate
    #[arg(long, value_name = "COLUMN")]
    pub stderr_col: Option<String>,
    /// Column of the pass rate of guessing
    #[arg(long, value_name = "COLUMN")]
    pub chance_col: Option<String>,
    /// Column of a loss on the same task, such as the bits per byte of the right answers
    #[arg(long, value_name = "COLUMN")]
    pub task_loss_col: Option<String>,
}

impl CountColumns {
    /// Names of the flags given.
    pub fn given(&self) -> Vec<&'static str> {
        flags_given(&[
            (self.model_col.is_some(), "--model-col"),
            (self.problem_col.is_some(), "--problem-col"),
            (self.samples_col.is_some(), "--samples-col"),
            (self.passes_col.is_some(), "--passes-col"),
            (self.pass_rate_col.is_some(), "--pass-rate-col"),
            (self.stderr_col.is_some(), "--stderr-col"),
            (self.chance_col.is_some(), "--chance-col"),
            (self.task_loss_col.is_some(), "--task-loss-col"),
        ])
    }
}

impl RuleArgs {
    /// Names of the flags given with a value other than their default.
    pub fn given(&self) -> Vec<&'static str> {
        flags_given(&[
            (self.rule.is_some(), "--rule"),
            (self.estimator.is_some(), "--estimator"),
            (self.buckets != 6, "--buckets"),
            (self.hardest != 0, "--hardest"),
            (self.chance.is_some(), "--chance"),
            (self.seed != 0, "--seed"),
        ])
    }

    /// Names of the flags given that apply to single problems.
    pub fn of_problems(&self) -> Vec<&'static str> {
        let mut given = self.given();
        given.retain(|flag| *flag != "--chance");
        given
    }
}

#[derive(Debug, Args)]
pub struct CapabilityArgs {
    /// Table of pass counts (model, compute, problem, n_samples, n_correct), of samples (model,
    /// compute, problem, passed) or of scores (params, tokens, accuracy); - is standard input
    #[arg(value_name = "COUNTS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Compute to forecast at: quantities, or 100x for 100 times the largest fitted model; scores
    /// also take parameters and tokens, such as 13B:5T
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Law of a table of scores [default: the mean of those that the table allows]
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = explained::<ScoreLaw>(&LAWS)
    )]
    pub law: Vec<ScoreLaw>,
    /// Also give pass@K, the chance that one of K samples passes, at the fitted models and targets
    #[arg(
        long,
        value_name = "K",
        value_delimiter = ',',
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub pass_at: Vec<u64>,
    /// One law for each value of this column, such as the task of a suite, of which the average is
    /// forecast too; several columns, separated by commas, name a series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub levels: LevelArgs,
    /// Draw the metric against compute, one panel a bucket: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Draw every problem's pass rate as a heat map: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot_problems: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Show all of the answer, and not only the first lines
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub table: TableArgs,
    #[command(flatten)]
    pub columns: CountColumns,
}
