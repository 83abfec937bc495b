//! The known file formats.

use super::format::{Format, PLAIN, Run, Shape};

/// The formats in order of preference: a file is read as the first that fits.
pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "Hugging Face Trainer state",
        has: &["log_history"],
        rows: "log_history[]",
        columns: &[("total_flos", "/total_flos")],
        run: Run::Folder,
        ..PLAIN
    },
    // Before lm-evaluation-harness, whose keys these files also have.
    Format {
        name: "LightEval results",
        has: &["config_general", "results"],
        rows: "results.{task}",
        columns: &[
            ("model", "/config_general.model_name"),
            ("model", "/config_general.model_config.model_name"),
        ],
        ..PLAIN
    },
    Format {
        name: "lm-evaluation-harness results",
        has: &["results", "versions"],
        rows: "results.{task}",
        columns: &[
            ("model", "/model_name"),
            ("model", "/config.model"),
            ("model_num_parameters", "/config.model_num_parameters"),
            ("n_samples", "/n-samples.{task}.effective"),
        ],
        without: &[",none"],
        ..PLAIN
    },
    Format {
        name: "lm-evaluation-harness samples",
        shape: Shape::Lines,
        has: &["doc_id", "doc", "target", "resps"],
        file: "^samples_(?P<task>.+)_[^_]*$",
        run: Run::Folder,
        ..PLAIN
    },
    Format {
        name: "human-eval results",
        shape: Shape::Lines,
        has: &["task_id", "completion", "passed"],
        file: "^(?P<run>.+?)(?:_samples)?(?:\\.jsonl_results)?$",
        run: Run::File,
        ..PLAIN
    },
    Format {
        name: "EvalPlus results",
        has: &["eval", "hash"],
        rows: "eval.{task_id}[]",
        kept: &["task_id", "base_status", "plus_status"],
        needs: &[("plus_status", "base_status", "pass")],
        file: "^(?P<run>.+?)_eval_results$",
        run: Run::File,
        ..PLAIN
    },
    Format {
        name: "Inspect log",
        has: &["eval.task", "samples"],
        rows: "samples[]",
        columns: &[
            ("model", "/eval.model"),
            ("task", "/eval.task"),
            ("problem", "id"),
            ("passed", "scores.*.value"),
        ],
        kept: &["epoch"],
        words: &[("C", "1"), ("I", "0"), ("N", "0")],
        ..PLAIN
    },
    Format {
        name: "Inspect log without samples",
        has: &["eval.task", "results.scores"],
        rows: "results.scores[]",
        columns: &[
            ("model", "/eval.model"),
            ("task", "/eval.task"),
            ("scorer", "name"),
            ("accuracy", "metrics.accuracy.value"),
            ("accuracy", "metrics.mean.value"),
            ("stderr", "metrics.stderr.value"),
            ("n_samples", "/results.completed_samples"),
        ],
        kept: &["scorer"],
        ..PLAIN
    },
    Format {
        name: "tracker summary (Levanter, W&B)",
        has: &["config", "summary"],
        lifted: &["summary"],
        file: "^(?:offline-)?run-\\d+_\\d+-(?P<run>.+)$",
        run: Run::Folder,
        ..PLAIN
    },
    Format {
        name: "pandas table",
        has: &["schema.fields", "data"],
        rows: "data[]",
        ..PLAIN
    },
    Format {
        name: "TensorBoard scalars",
        shape: Shape::Delimited,
        has: &["Wall time", "Step", "Value"],
        file: "^(?:run-)?(?P<run>.+?)-tag-(?P<value>.+)$",
        run: Run::File,
        ..PLAIN
    },
];
