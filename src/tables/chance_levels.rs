//! Chance levels of well-known tasks.
//!
//! A task with the same number of options in every question has a chance level of one over that
//! number; a free-form task has none. Tasks whose questions have different numbers of options, such
//! as TruthfulQA, are left out. The few ARC questions with three or five options are ignored.

/// The number of options, or 0 for a free-form task, and the task names without separators.
const OPTIONS: [(u32, &[&str]); 6] = [
    (
        2,
        &[
            "blimp",
            "boolq",
            "copa",
            "crowspairs",
            "mrpc",
            "paws",
            "pawsx",
            "piqa",
            "qnli",
            "qqp",
            "rte",
            "sst2",
            "storycloze",
            "wic",
            "winograd",
            "winogrande",
            "wnli",
            "wsc",
            "wsc273",
            "xcopa",
            "xstorycloze",
            "xwinograd",
        ],
    ),
    (
        3,
        &[
            "anli",
            "bbq",
            "cb",
            "mnli",
            "pubmedqa",
            "siqa",
            "socialiqa",
            "xnli",
        ],
    ),
    (
        4,
        &[
            "arc",
            "arcc",
            "arcchallenge",
            "arce",
            "arceasy",
            "belebele",
            "ceval",
            "cmmlu",
            "globalmmlu",
            "gpqa",
            "hellaswag",
            "hendryckstest",
            "kmmlu",
            "logiqa",
            "logiqa2",
            "mmmlu",
            "medmcqa",
            "medqa4options",
            "mmlu",
            "obqa",
            "openbookqa",
            "race",
            "sciq",
            "swag",
        ],
    ),
    (5, &["commonsenseqa", "csqa", "mathqa"]),
    (10, &["mmlupro"]),
    (
        0,
        &[
            "aime",
            "apps",
            "arcagi",
            "asdiv",
            "codexhumaneval",
            "coqa",
            "drop",
            "gsm8k",
            "hendrycksmath",
            "humaneval",
            "humanevalplus",
            "ifeval",
            "jeopardy",
            "lambada",
            "livecodebench",
            "math",
            "math500",
            "mawps",
            "mbpp",
            "mbppplus",
            "mgsm",
            "minervamath",
            "naturalqs",
            "naturalquestions",
            "nq",
            "nqopen",
            "squad",
            "svamp",
            "swebench",
            "triviaqa",
            "webqs",
        ],
    ),
];

/// Prefixes that harnesses put before the name of a task.
const BEFORE: [&str; 6] = [
    "leaderboard",
    "olmes",
    "helm",
    "lighteval",
    "eval",
    "downstream",
];

/// Words after a task's name that mean a free-form variant, or a metric that is not an accuracy.
const OTHERWISE: [&str; 6] = ["generative", "gen", "seq2seq", "bpb", "perplexity", "ppl"];

/// Words after a task's name that say how its score was taken.
const SCORED: [&str; 12] = [
    "acc", "accuracy", "norm", "score", "exact", "match", "em", "shot", "pass", "cot", "pct",
    "percent",
];

/// Whether a column of this name holds the score of a task: its words are a known task, and then
/// only how the score was taken.
pub(super) fn is_task(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .skip_while(|word| BEFORE.contains(word))
        .collect();
    let is_known = |task: &[&str]| {
        let joined = task.concat();
        OPTIONS
            .iter()
            .any(|(_, all)| all.contains(&joined.as_str()))
    };
    let how = |word: &&str| SCORED.contains(word) || word.bytes().all(|b| b.is_ascii_digit());
    (1..=words.len()).any(|count| is_known(&words[..count]) && words[count..].iter().all(how))
}

/// The chance level (a fraction) of a task with this name; `None` if the task is unknown.
///
/// Text around the task's own name, separated by `/`, `|` or `:`, is ignored. The longest known
/// name wins: `leaderboard_mmlu_pro` is not `mmlu`.
pub(super) fn of_task(name: &str) -> Option<f64> {
    name.split(['/', '|', ':', '.']).find_map(of_part)
}

fn of_part(part: &str) -> Option<f64> {
    let lower = part.to_ascii_lowercase().replace('+', " plus");
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .skip_while(|word| BEFORE.contains(word))
        .collect();
    if words.iter().any(|word| OTHERWISE.contains(word)) {
        return None;
    }
    let options = (1..=words.len()).rev().find_map(|count| {
        let joined = words[..count].concat();
        let known = OPTIONS
            .iter()
            .find(|(_, names)| names.contains(&joined.as_str()));
        known.map(|(options, _)| *options)
    })?;
    Some(match options {
        0 => 0.0,
        options => 1.0 / f64::from(options),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_scores_are_named_as_their_tasks() {
        for name in [
            "mmlu",
            "MMLU (5-shot)",
            "arc_easy acc_norm",
            "eval/downstream/csqa",
            "gsm8k (%)",
        ] {
            assert!(is_task(name), "{name}");
        }
        for name in [
            "mmlu_stderr",
            "drop_rate",
            "math_tokens",
            "average",
            "acc",
            "",
            "race id",
        ] {
            assert!(!is_task(name), "{name}");
        }
    }

    #[test]
    fn known_tasks_have_their_chance_however_harnesses_write_them() {
        for (name, options) in [
            ("mmlu", 4.0),
            ("mmlu_stem", 4.0),
            ("MMLU (5-shot)", 4.0),
            ("mmlu_pro", 10.0),
            ("leaderboard_mmlu_pro", 10.0),
            ("MMLU-Pro", 10.0),
            ("leaderboard|mmlu:abstract_algebra|5", 4.0),
            ("arc_challenge:rc::olmes", 4.0),
            ("ARC-Easy", 4.0),
            ("lighteval|arc:challenge|25", 4.0),
            ("HellaSwag", 4.0),
            ("eval/downstream/hellaswag_len_norm", 4.0),
            ("openbookqa", 4.0),
            ("csqa", 5.0),
            ("commonsense_qa", 5.0),
            ("CommonsenseQA", 5.0),
            ("math_qa", 5.0),
            ("piqa", 2.0),
            ("winogrande_xl", 2.0),
            ("boolq", 2.0),
            ("copa", 2.0),
            ("social_iqa", 3.0),
            ("SocialIQa", 3.0),
            ("anli_r1", 3.0),
        ] {
            assert_eq!(of_task(name), Some(1.0 / options), "{name}");
        }
        for name in [
            "gsm8k",
            "gsm8k_cot",
            "HumanEval+",
            "mbpp",
            "math_algebra",
            "minerva_math_algebra::olmes",
            "triviaqa",
            "naturalqs",
            "drop",
            "arc_agi",
        ] {
            assert_eq!(of_task(name), Some(0.0), "{name}");
        }
    }

    #[test]
    fn other_tasks_have_none() {
        for name in [
            "",
            "truthfulqa_mc1",
            "mmlu_generative",
            "arcade",
            "mathematics",
            "my_mmlu",
            "bbh",
            "acc",
        ] {
            assert_eq!(of_task(name), None, "{name}");
        }
    }
}
