//! Names of columns that findings use, as [`last_name`] gives them.

/// Columns that each name a run.
pub(super) const RUNS: [&str; 6] = ["run", "run_name", "run_id", "runid", "runname", "wandb_id"];

/// Columns that may name a run, a model or a family.
pub(super) const MODELS: [&str; 7] = [
    "name",
    "display_name",
    "model",
    "model_name",
    "experiment",
    "experiment_name",
    "group",
];

/// Columns that number repetitions.
pub(super) const SEEDS: [&str; 4] = ["seed", "random_seed", "rng_seed", "data_seed"];

/// Names of training hyperparameters. A seed is not one: its runs are replicates.
pub(super) const HYPERPARAMETERS: [&str; 24] = [
    "lr",
    "learning_rate",
    "max_lr",
    "peak_lr",
    "base_lr",
    "lr_max",
    "peak_learning_rate",
    "batch",
    "bs",
    "batch_size",
    "global_batch_size",
    "train_batch_size",
    "batch_size_tokens",
    "beta1",
    "beta2",
    "adam_beta1",
    "adam_beta2",
    "warmup",
    "warmup_steps",
    "warmup_ratio",
    "weight_decay",
    "wd",
    "dropout",
    "momentum",
];

/// Columns of the learning rate at a step.
pub(super) const LEARNING_RATES: [&str; 8] = [
    "lr",
    "learning_rate",
    "current_lr",
    "current_learning_rate",
    "lr_adamw",
    "lr_adam",
    "lr_0",
    "group0_lr",
];

/// Columns that say whether a run finished.
pub(super) const STATES: [&str; 6] = [
    "state",
    "status",
    "run_state",
    "run_status",
    "job_state",
    "job_status",
];

/// Columns that name the run from whose constant rate a run branched off.
pub(super) const TRUNKS: [&str; 1] = ["trunk"];

/// Columns that say by which recipe a run was trained.
pub(super) const RECIPES: [&str; 10] = [
    "recipe",
    "recipe_name",
    "variant",
    "arm",
    "ablation",
    "treatment",
    "optimizer",
    "optimiser",
    "architecture",
    "arch",
];

/// Columns with the planned last step of a run.
pub(super) const PLANNED_STEPS: [&str; 8] = [
    "max_steps",
    "total_steps",
    "num_train_steps",
    "planned_steps",
    "target_steps",
    "train_iters",
    "max_iters",
    "num_iterations",
];

/// Columns with the planned tokens of a run.
pub(super) const PLANNED_TOKENS: [&str; 4] = [
    "planned_tokens",
    "target_tokens",
    "max_tokens",
    "token_budget",
];

/// Columns that say what a model was measured on.
pub(super) const TASKS: [&str; 22] = [
    "key",
    "tag",
    "filter",
    "subject",
    "language",
    "lang",
    "task",
    "task_name",
    "tasks",
    "benchmark",
    "bench",
    "dataset",
    "dataset_name",
    "eval_dataset",
    "eval_set",
    "test_set",
    "subset",
    "split",
    "metric",
    "domain",
    "suite",
    "eval_name",
];

/// Columns that number the rows.
pub(super) const NUMBERS: [&str; 4] = ["", "index", "unnamed:_0", "row"];

/// All the names above.
const ALL: [&[&str]; 12] = [
    &LEARNING_RATES,
    &RUNS,
    &MODELS,
    &SEEDS,
    &HYPERPARAMETERS,
    &STATES,
    &PLANNED_STEPS,
    &PLANNED_TOKENS,
    &TASKS,
    &RECIPES,
    &TRUNKS,
    &NUMBERS,
];

/// The columns of a table that some finding may use. A table may have very many others.
#[derive(Debug)]
pub(in crate::tables) struct Known(Vec<(usize, String)>);

impl Known {
    /// The columns of this header.
    pub(in crate::tables) fn of(header: &[String]) -> Known {
        let named = header.iter().map(|name| last_name(name)).enumerate();
        let known = named.filter(|(_, name)| ALL.iter().any(|all| all.contains(&&**name)));
        Known(known.collect())
    }

    /// The columns with one of these names.
    pub(super) fn called(&self, names: &[&str]) -> Vec<usize> {
        let is = |column: &&(usize, String)| names.contains(&&*column.1);
        self.0.iter().filter(is).map(|column| column.0).collect()
    }
}

/// A name in lower case, without anything up to its last `/` or `.`.
pub(super) fn last_name(column: &str) -> String {
    let last = column.rsplit(['/', '.']).next().unwrap_or(column);
    last.trim().to_lowercase().replace([' ', '-'], "_")
}
