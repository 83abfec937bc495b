//! What `-v`, CSV and JSON say beyond the short answer.

use super::*;
use serde_json::Value;

const TASKS: &str = "data/olmo_ladder_tasks.csv";

#[test]
fn the_whole_answer_of_a_suite_has_what_the_short_one_leaves_out() {
    let asked = [
        "capability",
        TASKS,
        "--by",
        "task",
        "--where",
        "role = ladder",
        "--at",
        "13B:5T",
    ];
    let short = ok(&asked);
    let whole = ok(&[&asked[..], &["-v"]].concat());
    for part in [
        "What each law says of ",
        "reasons of the grade",
        "part of the mean",
    ] {
        assert!(
            !short.contains(part) && whole.contains(part),
            "{part}: {whole}"
        );
    }
    assert!(
        short.contains("-v shows what each law says of every task"),
        "{short}"
    );
    let row = |line: &&str| line.trim_start().starts_with("piqa");
    assert!(whole.lines().filter(row).count() > short.lines().filter(row).count() + 4);
}

#[test]
fn the_whole_answer_at_points_has_every_interval_and_the_parameters() {
    let law = "L(N) = c + a*N^b";
    let asked = ["forecast", RUNS, "--law", law, "--at", "N=2e10"];
    let short = ok(&asked);
    let whole = ok(&[&asked[..], &["-v"]].concat());
    for part in ["std. error", "confidence", "Noise"] {
        assert!(
            !short.contains(part) && whole.contains(part),
            "{part}: {whole}"
        );
    }
    assert!(
        short.contains("More        -v shows how the law was fitted"),
        "{short}"
    );
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&ok(&[args, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn json_says_how_a_bootstrap_was_drawn() {
    let bootstrap = ["--method", "bootstrap", "--replicates", "60", "--seed", "5"];
    let points = [
        "forecast",
        RUNS,
        "--law",
        "L(N) = c + a*N^b",
        "--at",
        "N=2e10",
    ];
    let curve = ["forecast", RUNS, "--at", "1e24"];
    for asked in [&points[..], &curve] {
        let drawn = json(&[asked, &bootstrap].concat());
        assert_eq!(
            (&drawn["replicates"], &drawn["seed"]),
            (&60.into(), &5.into())
        );
        assert!(json(asked).get("replicates").is_none());
    }
}

#[test]
fn tables_say_what_came_true() {
    let asked = [
        "forecast",
        RUNS,
        "--fit-below",
        "1e22",
        "--at",
        "2.3e22,1e24",
    ];
    let rows = table(&ok(&[&asked[..], &["--format", "csv"]].concat()));
    let known = |row: &&std::collections::HashMap<String, String>| !row["actual"].is_empty();
    assert_eq!(rows.iter().filter(known).count() * 2, rows.len());
    let first = &rows[0];
    assert_eq!(number(first, "actual"), 1.575);
    let error = number(first, "point") / 1.575 - 1.0;
    assert!((number(first, "error") - error).abs() < 1e-12);
    let all = json(&asked);
    let actual = &all["forecasts"][0]["actuals"][0];
    assert_eq!(
        (&actual["loss"], &actual["inside"]),
        (&1.575.into(), &true.into())
    );
    assert_eq!(actual["line"], 8);
    assert!(all["forecasts"][1].get("actuals").is_none());
}

#[test]
fn many_series_forecast_their_held_out_runs() {
    let of_bits = ["--by", "task", "--loss-col", "bits_per_byte"];
    let asked = [
        &["forecast", TASKS][..],
        &of_bits,
        &["--hold", "role = target"],
    ]
    .concat();
    let rows = table(&ok(&[&asked[..], &["--format", "csv"]].concat()));
    let tasks: std::collections::HashSet<&str> = rows.iter().map(|r| &*r["series"]).collect();
    assert_eq!(tasks.len(), 8);
    assert!(rows.iter().all(|row| !row["actual"].is_empty()));
    assert!(ok(&asked).contains("actual"));
    let none = run(&[&["forecast", TASKS][..], &of_bits].concat());
    assert_eq!(none.code, 2);
    assert!(
        none.err.contains("or runs that are held out"),
        "{}",
        none.err
    );
}

#[test]
fn a_refused_split_has_rows_that_say_so() {
    let law = "L(N, D) = E + A*N^a + B*D^b";
    let asked = [
        "allocate",
        RUNS,
        "--law",
        law,
        "--compute",
        "1e23,1e24",
        "--format",
        "csv",
    ];
    let ran = run(&asked);
    assert_eq!(ran.code, 4, "{}", ran.err);
    let rows = table(&ran.out);
    let budgets: Vec<f64> = rows.iter().map(|row| number(row, "budget")).collect();
    assert_eq!(budgets, [1e23, 1e24]);
    assert!(
        rows.iter()
            .all(|row| row["status"] == "abstained: collinear-n-d")
    );
}

/// Each budget has findings of its own, and the message says which.
#[test]
fn a_finding_of_one_budget_names_it() {
    let table = ["--where", "task = hellaswag", "--loss-col", "bits_per_byte"];
    let asked = [
        &["allocate", TASKS][..],
        &table,
        &["--compute", "1e22,1e25", "-v"],
    ]
    .concat();
    let out = ok(&asked);
    assert!(out.contains(": at 1e22 FLOP: D*/N* = "), "{out}");
}

/// Five runs determine five parameters exactly, so no refit shows any noise.
#[test]
fn as_many_runs_as_parameters_give_no_interval() {
    let runs = "n_params,n_tokens,loss\n1e8,1e10,3.1\n1e8,4e9,3.3\n\
                4e8,1e10,2.8\n1e9,8e9,2.75\n1e9,4e10,2.5\n";
    let short = run_with(&["allocate", "-", "--compute", "1e22"], runs);
    assert_eq!(short.code, 0, "{}", short.err);
    assert!(!short.out.contains("confidence interval"), "{}", short.out);
    let whole = run_with(&["allocate", "-", "--compute", "1e22", "-v"], runs).out;
    assert!(
        whole.contains("No delta, profile, bootstrap interval"),
        "{whole}"
    );
    assert!(!whole.contains("refits of resampled"), "{whole}");
}

#[test]
fn a_suite_counts_its_models_and_not_its_rows() {
    let ran = run(&["check", TASKS]);
    assert!(
        ran.out
            .contains("Models            17: 17 fitted, 0 kept as actual"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("136 scores of these models"),
        "{}",
        ran.out
    );
}

/// A series that a condition leaves out completely is not counted or named.
#[test]
fn a_series_that_conditions_leave_out_is_not_named() {
    let of_bits = [
        "--by",
        "task",
        "--loss-col",
        "bits_per_byte",
        "--where",
        "task != piqa",
    ];
    for verb in ["check", "fit", "compare"] {
        let ran = run(&[&[verb, TASKS][..], &of_bits].concat());
        assert_eq!(ran.code, 0, "{verb}: {}", ran.err);
        assert!(!(ran.out + &ran.err).contains("piqa"), "{verb}");
    }
}

/// The command to type next chooses among the metrics of a table with one column a run.
#[test]
fn the_next_command_of_a_wide_table_names_its_loss() {
    let ran = run(&["check", "data/tracker_export.csv"]);
    let next = "try: scalewise fit data/tracker_export.csv --wide --join RUNS.csv --reduce last \
                --loss-col eval/loss";
    assert!(ran.err.contains(next), "{}", ran.err);
    let runs = "data/tracker_runs.csv";
    let command = next
        .trim_start_matches("try: scalewise ")
        .replace("RUNS.csv", runs);
    assert_eq!(run(&command.split(' ').collect::<Vec<_>>()).code, 0);
}
