//! The roles of tables about passing, and the names by which their columns are known.

use super::roles::ColumnRole;
use crate::remedy::Setting;

pub(super) const MODEL: ColumnRole = ColumnRole {
    name: "model",
    names: &["model", "model_name"],
    more: &["name", "run", "run_name", "display_name", "run_id"],
    last: &[],
    setting: Setting::ModelCol,
};
pub(super) const PROBLEM: ColumnRole = ColumnRole {
    name: "problem",
    names: &["problem", "problem_idx", "problem_id", "task_id"],
    more: &["doc_id", "question_id", "example_id", "instance_id"],
    last: &[],
    setting: Setting::ProblemCol,
};
pub(super) const SAMPLES: ColumnRole = ColumnRole {
    name: "number of samples",
    names: &["n_samples", "num_samples", "n_examples", "n"],
    more: &["num_examples", "samples", "n_total", "num_total"],
    last: &[],
    setting: Setting::SamplesCol,
};
pub(super) const PASSES: ColumnRole = ColumnRole {
    name: "passes",
    names: &["n_correct", "num_correct", "passes", "passed"],
    more: &["n_passed", "num_passed", "n_passes", "num_passes", "n_pass"],
    last: &[
        "correct",
        "is_correct",
        "resolved",
        "base_status",
        "plus_status",
    ],
    setting: Setting::PassesCol,
};
pub(super) const PASS_RATE: ColumnRole = ColumnRole {
    name: "score",
    names: &["pass_rate", "pass_at_1", "accuracy"],
    more: &["acc", "acc_none", "exact_match", "score"],
    last: &[
        "acc_norm",
        "acc_norm_none",
        "exact_match_none",
        "success_rate",
        "em",
        "qem",
        "extractive_match",
        "prompt_level_strict_acc",
    ],
    setting: Setting::PassRateCol,
};

/// The standard error of a pass rate if its name does not follow from the rate's name: see
/// `score_columns`.
pub(super) const STDERR: ColumnRole = ColumnRole {
    name: "standard error",
    names: &["stderr", "std_err", "std_error", "standard_error", "se"],
    more: &[],
    last: &[],
    setting: Setting::StderrCol,
};
pub(super) const CHANCE: ColumnRole = ColumnRole {
    name: "chance level",
    names: &[
        "chance",
        "chance_level",
        "random_baseline",
        "baseline_random",
    ],
    more: &[
        "chance_rate",
        "chance_accuracy",
        "random_chance",
        "random_accuracy",
        "random_guess",
        "guessing_rate",
        "baseline_chance",
    ],
    last: &[],
    setting: Setting::ChanceCol,
};
pub(super) const TASK_LOSS: ColumnRole = ColumnRole {
    name: "loss on the task",
    names: &["task_loss", "bits_per_byte", "bpb"],
    more: &[
        "task_bpb",
        "task_bits_per_byte",
        "bpb_correct",
        "correct_bpb",
        "bits_per_byte_corr",
        "bits_per_byte_correct",
    ],
    last: &[],
    setting: Setting::TaskLossCol,
};
