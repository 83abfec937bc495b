//! Scores of benchmarks: one task, a suite, and what is refused.

use super::run_with;
use crate::process::{root, run_in};
use serde_json::Value;
use std::fmt::Write as _;

const LADDER: &str = "data/olmo_ladder_tasks.csv";

fn run(args: &[&str]) -> (i32, String, String) {
    let ran = run_in(root(), args, "");
    (ran.code, ran.out, ran.err)
}

fn json(args: &[&str]) -> Value {
    let (code, out, err) = run(&[args, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).unwrap()
}

/// Made once from the ladder and not tuned on it: see `docs/scores.md`.
#[test]
fn the_13b_model_lies_inside_of_every_interval() {
    let answer = json(&["capability", LADDER, "--by", "task", "--fit-below", "3e21"]);
    let tasks = answer["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 8);
    let (mut errors, mut widths) = (0.0, Vec::new());
    for task in tasks {
        let forecast = &task["forecasts"][0];
        let number = |value: &Value| value.as_f64().unwrap();
        let (point, actual) = (number(&forecast["point"]), number(&forecast["actual"]));
        let intervals = forecast["intervals"].as_array().unwrap();
        let interval = intervals.iter().find(|i| i["level"] == 0.9).unwrap();
        let (lower, upper) = (number(&interval["lower"]), number(&interval["upper"]));
        assert!(
            0.0 < lower && upper < 1.0 && lower <= actual && actual <= upper,
            "{task}"
        );
        errors += (point - actual).abs() / 8.0;
        widths.push(0.5 * (upper - lower));
    }
    widths.sort_by(f64::total_cmp);
    assert!(errors < 0.032, "{errors}");
    assert!(widths[4] < 0.1, "{widths:?}");
    let average = &answer["averages"][0];
    assert!(
        (average["point"].as_f64().unwrap() - 0.691).abs() < 0.015,
        "{average}"
    );
}

#[test]
fn a_suite_is_a_table_with_the_average_at_its_end() {
    let at = ["capability", LADDER, "--by", "task", "--fit-below", "3e21"];
    let (code, out, _) = run(&[&at[..], &["--format", "csv", "--level", "0.9"]].concat());
    assert_eq!(code, 0);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("series,bucket,quantity,compute,point,about,level"));
    assert!(lines[0].ends_with("verdict,params,tokens,grade,actual"));
    assert_eq!(lines.len(), 10);
    assert!(lines[9].starts_with("average,all,score,"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suite.svg");
    let (code, out, err) = run(&[&at[..], &["--plot", path.to_str().unwrap()]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("came true: 69.1 %"), "{out}");
    let svg = std::fs::read_to_string(path).unwrap();
    assert!(["mmlu", "openbookqa"].iter().all(|task| svg.contains(task)));
}

/// Scores of six models between chance and one, in per cent.
fn per_cent(of: impl Fn(f64) -> f64) -> String {
    let mut csv = "model,compute,accuracy (%)\n".to_owned();
    for k in 0..6 {
        let _ = writeln!(csv, "m{k},1e{},{:.3}", 18 + k, 100.0 * of(f64::from(k)));
    }
    csv
}

#[test]
fn per_cent_is_read_and_chance_matters() {
    let csv = per_cent(|k| 0.25 + 0.75 * (-1.4 * (-0.25 * k).exp()).exp());
    let point = |chance: &str| {
        let args = ["capability", "-", "--at", "100x", "--format", "json"];
        let ran = run_in(root(), &[&args[..], &["--chance", chance]].concat(), &csv);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let answer: Value = serde_json::from_str(&ran.out).unwrap();
        let task = &answer["tasks"][0];
        (
            task["forecasts"][0]["point"].as_f64().unwrap(),
            task["laws"][0].clone(),
        )
    };
    let (with, law) = point("0.25");
    let truth = 0.25 + 0.75 * f64::exp(-1.4 * f64::exp(-0.25 * 7.0));
    assert!((with - truth).abs() < 2e-3, "{with} for {truth}");
    let alpha = law["parameters"]["alpha"].as_f64().unwrap();
    assert!((alpha - 0.25 / f64::ln(10.0)).abs() < 1e-3, "{alpha}");
    assert!((point("0").0 - truth).abs() > 5e-3);
}

#[test]
fn what_is_refused_says_why() {
    for (code, csv) in [
        (
            "inverse-scaling",
            per_cent(|k| 0.6 - 0.05 * k + 0.004 * (k % 2.0)),
        ),
        ("at-chance", per_cent(|k| 0.25 + 0.001 * (k % 3.0))),
    ] {
        let args = ["capability", "-", "--at", "10x", "--chance", "0.25"];
        let ran = run_in(root(), &args, &csv);
        assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
        assert!(
            ran.out.contains(&format!("NOT PREDICTABLE: {code}")),
            "{}",
            ran.out
        );
    }
    for (args, message) in [
        (vec!["--at", "13B:x"], "--at"),
        (vec!["--at", "13B:-1"], "not positive"),
        (vec!["--chance", "1"], "the chance level must be"),
        (vec!["--rule", "split"], "--rule needs counts"),
        (vec!["--law", "chinchilla"], "--law"),
    ] {
        let (code, _, err) = run(&[&["capability", LADDER, "--by", "task"], &args[..]].concat());
        assert_eq!(code, 2, "{args:?}: {err}");
        assert!(err.contains(message), "{args:?}: {err}");
    }
}

#[test]
fn one_law_can_be_asked_for() {
    let task = [
        "capability",
        LADDER,
        "--where",
        "task = piqa",
        "--fit-below",
        "3e21",
    ];
    for (law, point) in [("size", 0.857), ("two-step", 0.814), ("compute", 0.856)] {
        let answer = json(&[&task[..], &["--law", law]].concat());
        let forecast = &answer["tasks"][0]["forecasts"][0];
        let members = forecast["members"].as_array().unwrap();
        assert_eq!((members.len(), members[0]["law"].as_str()), (1, Some(law)));
        assert!(
            (forecast["point"].as_f64().unwrap() - point).abs() < 1e-3,
            "{forecast}"
        );
    }
}

/// Five models and three tasks, one of which may be the other two together.
fn suite(group: &str, of: impl Fn(f64, f64) -> f64) -> String {
    let mut csv = "model,compute,task,accuracy,n_examples\n".to_owned();
    for k in 0..5 {
        let (a, b) = (0.3 + 0.06 * f64::from(k), 0.4 + 0.08 * f64::from(k));
        for (task, score) in [("mmlu_stem", a), ("mmlu_law", b), (group, of(a, b))] {
            let _ = writeln!(csv, "m{k},1e{},{task},{score:.5},500", 18 + k);
        }
    }
    csv
}

#[test]
fn a_task_that_is_others_together_does_not_count_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suite.csv");
    let path = path.to_str().unwrap();
    let ask = |csv: String| {
        std::fs::write(path, csv).unwrap();
        let args = ["capability", path, "--by", "task", "--at", "10x"];
        let (_, out, _) = run(&[&args[..], &["--format", "json"]].concat());
        (serde_json::from_str::<Value>(&out).unwrap(), run(&args).1)
    };
    let point = |json: &Value, task: usize| json["tasks"][task]["forecasts"][0]["point"].as_f64();
    let average = |json: &Value| json["averages"][0]["point"].as_f64().unwrap();
    let mean = |json: &Value, tasks: &[usize]| {
        let sum: f64 = tasks.iter().map(|task| point(json, *task).unwrap()).sum();
        sum / tasks.len() as f64
    };
    let (json, text) = ask(suite("mmlu", |a, b| 0.55 * a + 0.45 * b));
    assert_eq!(json["not_averaged"], serde_json::json!(["mmlu"]));
    assert!((average(&json) - mean(&json, &[0, 1])).abs() < 1e-12);
    assert!(
        text.contains("not counted, since they are others together: mmlu"),
        "{text}"
    );
    assert!(text.contains("group-of-tasks"), "{text}");
    let (json, text) = ask(suite("mmlu", |a, b| 0.95 * a + 0.05 * b));
    assert!((average(&json) - mean(&json, &[0, 1, 2])).abs() < 1e-12);
    assert!(
        text.contains("may be mmlu_stem, mmlu_law together"),
        "{text}"
    );
    let (json, text) = ask(suite("arc", |a, b| 0.5 * (a + b)));
    assert_eq!(json["not_averaged"], serde_json::json!([]));
    assert!(!text.contains("group-of-tasks"), "{text}");
}

#[test]
fn models_with_several_scores_are_said_and_check_says_each_task() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suite.csv");
    let csv = suite("arc", |a, b| 0.5 * (a + b)) + "m4,1e22,arc,0.7,500\n";
    std::fs::write(&path, csv).unwrap();
    let path = path.to_str().unwrap();
    let (_, out, _) = run(&["capability", path, "--by", "task", "--at", "10x"]);
    let said = "1 of 5 models have several scores (lines 16, 17)";
    assert!(
        out.contains("several-scores") && out.contains(said),
        "{out}"
    );
    let (code, out, _) = run(&["check", path, "--by", "task"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("3, told apart by task") && out.contains("several-scores"),
        "{out}"
    );
    let (_, out, _) = run(&["check", path, "--by", "task", "--format", "csv"]);
    let head =
        "series,rows,fitted,actuals,excluded,compute_min,compute_max,problems,findings,error";
    assert!(out.starts_with(head), "{out}");
    assert!(
        out.contains("arc,6,6,0,0,1e18,1e22,,several-scores,"),
        "{out}"
    );
    // The number of examples is read, and the score is named.
    let (_, out, _) = run(&["check", path, "--where", "task = mmlu_law"]);
    assert!(out.contains("500") && !out.contains("pass rate,"), "{out}");
}

#[test]
fn a_page_bounds_the_list_of_excluded_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "model,compute,task,accuracy\n".to_owned();
    for k in 0..5 {
        let _ = writeln!(csv, "m{k},1e{},a,0.{}", 18 + k, 30 + 6 * k);
        for other in 0..40 {
            let _ = writeln!(csv, "m{k},1e{},b{other},0.5", 18 + k);
        }
    }
    let path = folder.path().join("suite.csv");
    std::fs::write(&path, csv).unwrap();
    let page = folder.path().join("page.html");
    let (path, page) = (path.to_str().unwrap(), page.to_str().unwrap());
    let (code, _, err) = run(&[
        "report", path, "--where", "task = a", "--at", "10x", "-o", page,
    ]);
    assert_eq!(code, 0, "{err}");
    let html = std::fs::read_to_string(page).unwrap();
    assert!(
        html.contains("195 more") || html.contains("200 left out"),
        "{err}"
    );
    assert!(html.contains("listed on this page by their reasons"));
}

/// If no law can be fitted nothing is predictable. Laws that a table does not allow are named.
#[test]
fn laws_that_cannot_be_fitted_are_named() {
    let mut table = "model,params,tokens,task,accuracy,n_samples\n".to_owned();
    for (k, ratio) in [20.0, 80.0].into_iter().cycle().take(12).enumerate() {
        let n = 1.5e8 * 2f64.powi(k as i32 / 2);
        let q = (-30.0 * (6.0 * n * n * ratio).powf(-0.08)).exp();
        for (task, chance) in [("hellaswag", 0.25), ("quiz", 0.0)] {
            let score = chance + (1.0 - chance) * q;
            table += &format!("m{k},{n},{},{task},{score},5000\n", n * ratio);
        }
    }
    let one = [
        "capability",
        "-",
        "--where",
        "task = hellaswag",
        "--at",
        "70B:1.4T",
    ];
    let none = run_with(&[&one[..], &["--law", "size"]].concat(), &table);
    assert_eq!(none.code, 4, "{}", none.out);
    assert!(
        none.out.contains("NOT PREDICTABLE: too-few-runs"),
        "{}",
        none.out
    );
    let some = run_with(&one, &table);
    assert_eq!(some.code, 0, "{}", some.err);
    let why = "size: the models have two values of tokens per parameter, and the law needs three";
    assert!(some.out.contains(why), "{}", some.out);
    // The only law says what the forecast says, so it has no column. A suite says which chance it
    // takes for which task.
    let suite = run_with(
        &["capability", "-", "--by", "task", "--at", "70B:1.4T"],
        &table,
    );
    let head = suite
        .out
        .lines()
        .find(|line| line.contains("forecast"))
        .unwrap_or_default();
    assert!(
        head.contains("grade") && !head.contains("by "),
        "{}",
        suite.out
    );
    assert!(
        suite
            .out
            .contains("0.2500 (hellaswag); 0 (quiz), as neither"),
        "{}",
        suite.out
    );
}

/// A task that follows a law, and one that follows a logistic curve of ln C, which is no law here.
fn two_shapes() -> String {
    let mut csv = "model,compute,task,accuracy,n_samples\n".to_owned();
    for k in 0..10 {
        let c = 1e18 * 10f64.powf(f64::from(k) * 4.0 / 9.0);
        let law = 0.25 + 0.75 * (-1.6 * (c / 1e20).powf(-0.16)).exp();
        let logistic = 0.25 + 0.75 / (1.0 + (c / 3e21).powf(-0.5));
        for (task, score) in [("power", law), ("logistic", logistic)] {
            let _ = writeln!(csv, "m{k},{c:e},{task},{score:.4},1000");
        }
    }
    csv
}

/// The grade would be high by the width of the interval, which does not contain what comes at a
/// hundred times the compute.
#[test]
fn larger_models_that_miss_their_forecasts_lower_the_grade() {
    let table = two_shapes();
    let asked = ["--chance", "0.25", "--at", "100x"];
    let suite = [&["capability", "-", "--by", "task"], &asked[..]].concat();
    let ran = run_with(&[&suite[..], &["--format", "json"]].concat(), &table);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    for task in answer["tasks"].as_array().unwrap() {
        let found = task["diagnoses"].as_array().unwrap();
        let found = found.iter().find(|d| d["code"] == "held-out-misses");
        let (forecast, held_out) = (&task["forecasts"][0], &task["held_out"]);
        assert_eq!(held_out["models"], 5);
        match task["task"].as_str() {
            Some("logistic") => {
                assert_eq!(found.unwrap()["severity"], "warn");
                assert_eq!(forecast["grade"], "low");
                assert!(
                    forecast["because"]
                        .as_str()
                        .unwrap()
                        .contains("held-out-misses")
                );
                assert!(held_out["p_mean"].as_f64().unwrap() < 0.05, "{held_out}");
            }
            _ => {
                assert!(found.is_none(), "{task}");
                assert_eq!(forecast["grade"], "high");
                assert_eq!(held_out["inside"], 5);
            }
        }
    }
    let ran = run_with(&suite, &table);
    assert!(
        ran.out
            .contains("but see the finding held-out-misses of logistic"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("of power"), "{}", ran.out);
    assert_eq!(
        run_with(&[&suite[..], &["--strict"]].concat(), &table).code,
        5
    );
    // One task alone: the record of forecasts of its grade is not quoted for it.
    let words = ["capability", "-", "--where", "task = logistic"];
    let alone = run_with(&[&words[..], &asked].concat(), &table).out;
    assert!(
        alone.contains("PREDICTABLE, with a warning: held-out-misses"),
        "{alone}"
    );
    assert!(
        alone.contains("LOW: the 90 % interval") && alone.contains("warning: held-out"),
        "{alone}"
    );
    assert!(!alone.contains("published ladder"), "{alone}");
    let words = ["report", "-", "--by", "task", "--format", "markdown"];
    let page = run_with(&[&words[..], &asked].concat(), &table).out;
    let said = "2 of 2 tasks are predictable, 1 of them with a warning.";
    assert!(
        page.contains(said) && page.contains("held-out-misses"),
        "{page}"
    );
}

/// The table with the scores of each task in a column of its own gives what the table with a row for
/// each task and model gives.
#[test]
fn a_column_for_each_task_is_read_as_its_rows() {
    let text = std::fs::read_to_string(root().join(LADDER)).unwrap();
    let (mut long, mut tasks) = ("model,params,tokens,task,accuracy\n".to_owned(), Vec::new());
    let mut models: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let model = cells[..3].join(",");
        long += &format!("{model},{},{}\n", cells[4], cells[6]);
        if !tasks.contains(&cells[4]) {
            tasks.push(cells[4]);
        }
        match models.iter_mut().find(|(name, _)| *name == model) {
            Some((_, scores)) => scores.push(cells[6].to_owned()),
            None => models.push((model, vec![cells[6].to_owned()])),
        }
    }
    let rows = |scores: &dyn Fn(&[String]) -> String| -> String {
        let rows = models
            .iter()
            .map(|(m, all)| format!("{m},{}\n", scores(all)));
        rows.collect()
    };
    let wide = format!(
        "model,params,tokens,{}\n{}",
        tasks.join(","),
        rows(&|all| all.join(","))
    );
    let asked = ["capability", "-", "--by", "task", "--fit-below", "3e21"];
    let csv = [&asked[..], &["--format", "csv"]].concat();
    let [of_long, of_wide] = [&long, &wide].map(|table| run_with(&csv, table));
    assert_eq!(of_long.code, 0, "{}", of_long.err);
    assert_eq!(of_wide.out, of_long.out);
    let said = run_with(&asked, &wide);
    let note = "columns mmlu, hellaswag, arc_challenge, arc_easy, piqa";
    assert!(said.out.contains(note), "{}", said.out);
    let seen = run_with(&["check", "-", "--where", "task = mmlu"], &wide);
    assert!(
        seen.code == 0 && seen.out.contains("one a model"),
        "{}",
        seen.out
    );
    // A blank cell is the score of no model, and is counted.
    let blank = wide.replacen(&models[0].1[7], "", 1);
    let said = run_with(&asked, &blank);
    assert!(said.out.contains("1 blank cell"), "{}", said.out);
}

/// Scores in per cent that no task's column admits: an error, and no answer without tasks.
#[test]
fn a_suite_of_which_no_task_can_be_read_is_an_error() {
    let mut table = "model,params,tokens,task,accuracy\n".to_owned();
    for k in 0..6 {
        for task in ["arc", "csqa"] {
            table += &format!("m{k},{}e8,{}e9,{task},{}\n", k + 1, 2 * k + 2, 30 + 5 * k);
        }
    }
    let (folder, page) = (tempfile::tempdir().unwrap(), "page.html");
    std::fs::write(folder.path().join("t.csv"), &table).unwrap();
    for verb in [
        &["capability", "t.csv"][..],
        &["report", "t.csv", "-o", page],
        &["register", "capability", "t.csv", "-o", "entry.json"],
    ] {
        let asked = [verb, &["--by", "task", "--at", "10B:1T"]].concat();
        let ran = run_in(folder.path(), &asked, "");
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.err.contains("not between 0 and 1"), "{}", ran.err);
    }
}

/// A suite of which one task is at chance has no average, and says why.
#[test]
fn an_average_that_is_missing_is_explained() {
    let text = std::fs::read_to_string(root().join(LADDER)).unwrap();
    let mut table = String::new();
    for line in text.lines() {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[4] == "mmlu" {
            cells[6] = "0.25";
        }
        table += &format!("{}\n", cells.join(","));
    }
    let asked = ["capability", "-", "--by", "task", "--fit-below", "3e21"];
    let said = run_with(&asked, &table);
    let why = "none: 1 of 8 tasks has no forecast; leave it out for an average of the others";
    assert!(said.out.contains(why), "{}", said.out);
    let without = [&asked[..], &["--exclude", "task = mmlu"]].concat();
    let said = run_with(&without, &table);
    assert!(
        !said.out.contains(why) && said.out.contains("Average"),
        "{}",
        said.out
    );
}

/// A task that cannot be read is a task of the suite in every form of the answer.
#[test]
fn a_task_that_cannot_be_read_is_named() {
    let mut table = "compute,task,accuracy\n".to_owned();
    for (k, score) in [0.30, 0.38, 0.45, 0.55].into_iter().enumerate() {
        table += &format!("1e{},a,{score}\n1e{},b,{}\n", 18 + k, 18 + k, 100.0 * score);
    }
    let asked = ["capability", "-", "--by", "task", "--at", "1e22"];
    let said = run_with(&asked, &table);
    assert_eq!(said.code, 0, "{}", said.err);
    for words in ["2 tasks, 1 not read (b)", "not between 0 and 1"] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    let csv = run_with(&[&asked[..], &["--format", "csv"]].concat(), &table);
    let unread = csv.out.lines().find(|line| line.starts_with("b,"));
    assert!(
        unread.is_some_and(|line| line.contains("abstained: no-fit")),
        "{}",
        csv.out
    );
}

#[test]
fn targets_and_tables_without_meaning_are_errors() {
    let table = "compute,accuracy\n1e18,0.30\n1e19,0.38\n1e20,0.45\n1e21,0.55\n";
    let low = run_with(&["capability", "-", "--at", "7e9"], table);
    assert!(
        low.code == 2 && low.err.contains("of the smallest run"),
        "{}",
        low.err
    );
    let none = run_with(
        &["capability", "-", "--at", "1e23", "--fit-below", "1e10"],
        table,
    );
    assert!(
        none.code == 3 && none.err.contains("every model is kept out"),
        "{}",
        none.err
    );
    let equal = "compute,accuracy\n1e18,.3\n3.162e18,.3\n1e19,.3\n3.162e19,.3\n";
    let flat = run_with(&["capability", "-", "--at", "1e24"], equal);
    assert!(
        flat.out.contains("no-trend") && !flat.out.contains("inverse"),
        "{}",
        flat.out
    );
}
