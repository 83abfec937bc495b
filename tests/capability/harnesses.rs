//! Results as evaluation programs publish them.

use super::*;
use scalewise::internal::{CountsUnderstood, foreign_table};

/// The table of one file of this name.
fn table(name: &str, text: &str) -> Vec<u8> {
    let source = foreign_table(text.as_bytes().to_vec(), name, None).unwrap();
    source.read().unwrap()
}

fn read(bytes: &[u8], options: &CountOptions) -> Result<CountTable, String> {
    read_counts(bytes, "t", options).map_err(|error| error.to_string())
}

fn by_compute(column: &str) -> CountOptions {
    CountOptions {
        compute_col: Some(column.into()),
        ..CountOptions::default()
    }
}

fn joined(other: &str) -> CountOptions {
    let mut options = CountOptions::default();
    options.reshape.join.push(other.as_bytes().to_vec());
    options
}

const HARNESS: &str = r#"{"results": {
    "arc_easy": {"alias": "arc_easy", "acc,none": 0.4, "acc_stderr,none": 0.01,
        "acc_norm,none": 0.5, "acc_norm_stderr,none": 0.02},
    "gsm8k": {"alias": "gsm8k", "exact_match,flexible-extract": 0.3,
        "exact_match_stderr,flexible-extract": 0.03, "exact_match,strict-match": 0.2,
        "exact_match_stderr,strict-match": 0.04},
    "humaneval": {"alias": "humaneval", "pass@1,create_test": 0.1,
        "pass@1_stderr,create_test": "N/A"},
    "wikitext": {"alias": "wikitext", "bits_per_byte,none": 0.9}},
    "versions": {"arc_easy": 1.0}, "config": {"model": "hf", "model_num_parameters": 20000000},
    "n-samples": {"arc_easy": {"original": 2376, "effective": 1000},
        "gsm8k": {"original": 1319, "effective": 1319}}, "model_name": "org/20M"}"#;

#[test]
fn each_task_of_a_harness_has_its_metric_error_size_and_chance() {
    let bytes = table("results.json", HARNESS);
    let table = read(&bytes, &by_compute("model_num_parameters")).unwrap();
    let said = "the score is column 'acc' of arc_easy; 'pass@1,create_test' of humaneval; \
                'exact_match,strict-match' of gsm8k; scores stand in \
                'exact_match,flexible-extract', 'acc_norm' too";
    let notes = CountsUnderstood::of(&table).notes.to_vec();
    assert_eq!(notes, [said]);
    let CountTable::Rates(rates) = table else {
        panic!("counts")
    };
    let mut found: Vec<_> = rates
        .rates()
        .iter()
        .map(|rate| (rate.rate, rate.stderr, rate.samples, rate.chance))
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let expected = [
        (0.1, None, None, Some(0.0)),
        (0.2, Some(0.04), Some(1319), Some(0.0)),
        (0.4, Some(0.01), Some(1000), Some(0.25)),
    ];
    assert_eq!(found, expected);
    assert!(rates.rates().iter().all(|rate| rate.model == "org/20M"));
    assert_eq!(rates.excluded()[0].reason, "acc is blank");
}

#[test]
fn another_metric_of_a_harness_is_read_by_its_name() {
    let bytes = table("results.json", HARNESS);
    for (column, rate, stderr) in [
        ("acc_norm", 0.5, 0.02),
        ("exact_match,flexible-extract", 0.3, 0.03),
    ] {
        let options = CountOptions {
            pass_rate_col: Some(column.into()),
            ..by_compute("model_num_parameters")
        };
        let CountTable::Rates(rates) = read(&bytes, &options).unwrap() else {
            panic!("counts")
        };
        assert_eq!(rates.rates().len(), 1, "{column}");
        let found = (rates.rates()[0].rate, rates.rates()[0].stderr);
        assert_eq!(found, (rate, Some(stderr)), "{column}");
    }
}

/// If a task has two equally good columns, the user must choose.
#[test]
fn two_metrics_of_one_task_are_named() {
    let csv =
        |exact: &str| format!("compute,task,acc,exact_match\n1e18,a,0.2,{exact}\n1e18,b,,0.3\n");
    let both = read(csv("0.1").as_bytes(), &CountOptions::default()).unwrap_err();
    assert_eq!(both, "t: 2 columns could be the score: acc, exact_match");
    let apart = read(csv("").as_bytes(), &CountOptions::default()).unwrap();
    let CountTable::Rates(rates) = apart else {
        panic!("counts")
    };
    assert_eq!(rates.rates().len(), 2);
}

#[test]
fn the_parameters_that_a_user_gives_come_before_those_of_a_harness() {
    let bytes = table("results.json", HARNESS);
    let options = CountOptions {
        filters: vec!["task = arc_easy".parse().unwrap()],
        ..joined("model,n_params,n_tokens\norg/20M,15000000,400000000\n")
    };
    let CountTable::Rates(rates) = read(&bytes, &options).unwrap() else {
        panic!("counts")
    };
    assert_eq!(rates.rates()[0].size, Some((15e6, 4e8)));
}

/// LightEval's files have `versions` too, like those of lm-evaluation-harness.
#[test]
fn results_of_lighteval_have_their_model() {
    let text = r#"{"config_general": {"model_name": "org/20M", "max_samples": null},
        "results": {"leaderboard|arc:challenge|25": {"acc": 0.3, "acc_stderr": 0.01},
            "leaderboard|gsm8k|5": {"qem": 0.1, "qem_stderr": 0.02}}, "versions": {}}"#;
    let bytes = table("results.json", text);
    let options = joined("model,compute\norg/20M,1e18\n");
    let CountTable::Rates(rates) = read(&bytes, &options).unwrap() else {
        panic!("counts")
    };
    let found: Vec<_> = rates
        .rates()
        .iter()
        .map(|r| (r.rate, r.stderr, r.chance))
        .collect();
    let expected = [(0.1, Some(0.02), Some(0.0)), (0.3, Some(0.01), Some(0.25))];
    assert_eq!(found, expected);
}

#[test]
fn an_inspect_log_without_samples_has_its_scores() {
    let text = r#"{"version": 2, "status": "success", "eval": {"task": "inspect_evals/arc_easy",
        "model": "hf/20M", "dataset": {"name": "arc"}}, "results": {"total_samples": 16,
        "completed_samples": 16, "scores": [{"name": "choice", "scorer": "choice", "params": {},
        "metrics": {"accuracy": {"name": "accuracy", "value": 0.375},
            "stderr": {"name": "stderr", "value": 0.125}}}]}}"#;
    let options = joined("model,compute\nhf/20M,1e18\n");
    let CountTable::Rates(rates) = read(&table("log.json", text), &options).unwrap() else {
        panic!("counts")
    };
    let rate = &rates.rates()[0];
    assert_eq!((rate.rate, rate.stderr), (0.375, Some(0.125)));
    assert_eq!((rate.samples, rate.chance), (Some(16), Some(0.25)));
}

/// EvalPlus counts a sample that fails a base test as failed, whatever the further tests.
#[test]
fn a_sample_of_evalplus_passes_all_its_tests_or_none() {
    let sample = |base: &str, plus: &str| {
        format!(r#"{{"task_id": "a", "base_status": "{base}", "plus_status": "{plus}"}}"#)
    };
    let samples = [
        sample("pass", "pass"),
        sample("pass", "fail"),
        sample("fail", "pass"),
    ];
    let text = format!(
        r#"{{"date": "x", "hash": "y", "eval": {{"a": [{}]}}}}"#,
        samples.join(", ")
    );
    let bytes = table("20M_eval_results.json", &text);
    let error = read(&bytes, &CountOptions::default()).unwrap_err();
    assert!(
        error.contains("2 columns could be the passes: base_status, plus_status"),
        "{error}"
    );
    for (column, passes) in [("base_status", 2), ("plus_status", 1)] {
        let options = CountOptions {
            passes_col: Some(column.into()),
            ..joined("run,compute\n20M,1e18\n")
        };
        let CountTable::Counts(counts) = read(&bytes, &options).unwrap() else {
            panic!("rates")
        };
        assert_eq!(counts.counts(0)[0], Count::new(passes, 3), "{column}");
    }
}

/// A folder with the same results twice would count each of them twice.
#[test]
fn scores_that_are_listed_twice_are_said() {
    let found = |csv: &str| {
        let read = read(csv.as_bytes(), &CountOptions::default()).unwrap();
        let codes = read.findings().iter().map(|found| found.code);
        codes.collect::<Vec<_>>()
    };
    let twice = "model,compute,acc\ns,1e18,0.2\nl,1e20,0.3\ns,1e18,0.2\n";
    assert_eq!(found(twice), [Code::DuplicateRuns]);
    let differ = twice.replacen("s,1e18,0.2", "s,1e18,0.25", 1);
    assert_eq!(found(&differ), [Code::SeveralScores]);
    let seeds = "model,seed,compute,acc\ns,0,1e18,0.2\nl,0,1e20,0.3\ns,1,1e18,0.25\n";
    assert_eq!(found(seeds), []);
    assert_eq!(found("compute,acc\n1e18,0.2\n1e18,0.2\n"), []);
}

/// Problem 1 of two tasks is two problems; so is a problem whose answers two filters grade.
#[test]
fn samples_of_two_tasks_are_not_pooled() {
    let csv = |column: &str| {
        format!("model,compute,{column},problem,passed\ns,1e18,a,1,0\ns,1e18,b,1,1\n")
    };
    for column in ["task", "filter", "dataset"] {
        let error = read(csv(column).as_bytes(), &CountOptions::default()).unwrap_err();
        let said = format!(
            "t:3: the same model and problem are of {column} 'b' here and of 'a' on line 2"
        );
        assert_eq!(error, said);
        let options = CountOptions {
            filters: vec![format!("{column} = a").parse().unwrap()],
            ..CountOptions::default()
        };
        assert!(read(csv(column).as_bytes(), &options).is_ok(), "{column}");
    }
    for column in ["seed", "tag", "attempt"] {
        assert!(
            read(csv(column).as_bytes(), &CountOptions::default()).is_ok(),
            "{column}"
        );
    }
}
