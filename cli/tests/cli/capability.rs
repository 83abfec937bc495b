//! `scalewise capability`: outputs, exit codes, pictures.

use crate::counts;
use crate::process;

use process::{root, run_in};
use scalewise::internal::Benchmark;
use std::path::Path;

const HINDSIGHT: [&str; 8] = [
    "capability",
    "data/hindsight_neglect_opt.csv",
    "--compute-col",
    "n_params",
    "--pass-rate-col",
    "accuracy",
    "--at",
    "1.75e11",
];

fn run(args: &[&str]) -> (i32, String, String) {
    let ran = run_in(root(), args, "");
    (ran.code, ran.out, ran.err)
}

/// A benchmark as a long table, with models and problems in reverse order.
fn table(folder: &Path, actual: bool) -> String {
    let models = if actual { 6 } else { 5 };
    let benchmark = Benchmark {
        models,
        samples: 100,
        problems: 60,
        seed: 11,
        ..Benchmark::default()
    };
    let path = folder.join("counts.csv");
    std::fs::write(&path, counts::csv(&benchmark)).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn hindsight_neglect_is_refused_by_name() {
    let (code, out, err) = run(&HINDSIGHT);
    assert_eq!(code, 4, "{out}{err}");
    assert!(out.contains("NOT PREDICTABLE: inverse-scaling"), "{out}");
    assert!(out.contains("NONE GIVEN"), "{out}");
    let csv = [&HINDSIGHT[..], &["--format", "csv"]].concat();
    let (code, out, _) = run(&csv);
    assert_eq!(code, 4);
    assert!(
        out.contains("abstained: inverse-scaling,not-predictable"),
        "{out}"
    );
}

#[test]
fn a_forced_number_carries_the_verdict_into_every_output() {
    let forced = |format: &str| run(&[&HINDSIGHT[..], &["--force", "--format", format]].concat());
    for format in ["text", "markdown"] {
        let (code, out, err) = forced(format);
        assert_eq!(code, 0);
        assert!(
            out.contains("FORCED against the verdict NOT PREDICTABLE"),
            "{out}"
        );
        assert!(err.contains("FORCED"), "{err}");
    }
    let (_, out, _) = forced("csv");
    assert!(
        out.lines()
            .skip(1)
            .all(|l| l.contains("forced: inverse-scaling,not-predictable")),
        "{out}"
    );
    let (_, out, _) = forced("json");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let task = &json["tasks"][0];
    assert_eq!(task["forced"], true);
    assert_eq!(task["verdict"], "not-predictable");
    assert_eq!(task["diagnoses"][0]["code"], "inverse-scaling");
    assert!(task["forecasts"][0]["point"].as_f64().is_some());
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("x.svg");
    run(&[
        &HINDSIGHT[..],
        &["--force", "--plot", svg.to_str().unwrap()],
    ]
    .concat());
    assert!(
        std::fs::read_to_string(svg)
            .unwrap()
            .contains("NOT PREDICTABLE")
    );
    let strict = [&HINDSIGHT[..], &["--force", "--strict"]].concat();
    assert_eq!(run(&strict).0, 5);
}

#[test]
fn json_says_everything_at_full_precision() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), true);
    let args = [
        "capability",
        &path,
        "--fit-below",
        "9e20",
        "--at",
        "1e21,100x",
        "--format",
        "json",
    ];
    let (code, out, err) = run(&args);
    assert_eq!(code, 0, "{err}");
    assert_eq!(run(&args).1, out, "the same input gives the same bytes");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["format"], "scalewise.capability");
    assert_eq!(json["models"].as_array().unwrap().len(), 6);
    assert_eq!(json["models"][5]["role"], "actual");
    let buckets = json["buckets"].as_array().unwrap();
    assert_eq!(buckets.len(), 6);
    for bucket in buckets {
        assert_eq!(bucket["problems"].as_array().unwrap().len(), 10);
        assert!(bucket["k"].is_number() && bucket["alpha"].is_number());
        assert!(bucket["stderr"]["k"].is_number());
        assert!(bucket["verdict"].is_string());
    }
    let forecasts = json["overall"]["forecasts"].as_array().unwrap();
    assert_eq!(forecasts.len(), 2);
    let i = &forecasts[0]["intervals"][0];
    assert!(
        ["level", "kind", "method", "lower", "upper", "about"]
            .iter()
            .all(|k| !i[k].is_null())
    );
    let geometric = forecasts[0]["geometric_mean_pass_rate"]["value"]
        .as_f64()
        .unwrap();
    let metric = forecasts[0]["metric"].as_f64().unwrap();
    assert!((geometric - (-metric).exp()).abs() < 1e-15);
    assert!(forecasts[0]["mean_pass_rate"]["value"].as_f64().unwrap() > geometric);
    assert_eq!(json["turning"], serde_json::json!([]));
    for graded in [&forecasts[0], &forecasts[0]["mean_pass_rate"]] {
        let because = graded["because"].as_str().unwrap();
        assert!(because.contains("the 90 % interval of"), "{because}");
        let record = &graded["record"];
        assert!(record["forecasts"].as_u64().unwrap() >= 10 && record["origins"] == 11);
        assert!(record["held"].as_f64().unwrap() <= 1.0);
    }
    assert!(forecasts[0]["geometric_mean_pass_rate"]["grade"].is_null());
}

#[test]
fn every_calibrated_row_has_its_grade_and_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), true);
    let ask = |at: &str| {
        let args = ["capability", &path, "--fit-below", "9e20", "--at", at];
        run(&[&args[..], &["--format", "csv", "--level", "0.8"]].concat()).1
    };
    let graded = |csv: &str| -> Vec<[String; 4]> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let head = reader.headers().unwrap().clone();
        let last: Vec<&str> = head.iter().rev().take(3).collect();
        assert_eq!(last, ["record_held", "record_forecasts", "grade"]);
        let rows = reader.records().map(|row| row.unwrap());
        let rows = rows.filter(|row| &row[0] == "all" && &row[7] == "calibrated");
        rows.filter(|row| &row[4] == "these-problems")
            .map(|row| [1, 13, 14, 15].map(|k| row[k].to_owned()))
            .collect()
    };
    let near = graded(&ask("1e21"));
    assert_eq!(near.len(), 3);
    for [quantity, grade, forecasts, held] in near {
        let has = quantity != "geometric_mean_pass_rate";
        assert_eq!(has, !grade.is_empty(), "{quantity}");
        assert_eq!((has, has), (!forecasts.is_empty(), !held.is_empty()));
    }
    // Farther than any checked forecast.
    for [quantity, grade, forecasts, _] in graded(&ask("2000x")) {
        if quantity != "geometric_mean_pass_rate" {
            assert!(["moderate", "low"].contains(&grade.as_str()), "{grade}");
            assert_eq!(forecasts, "");
        }
    }
    let (_, out, _) = run(&["capability", &path, "--fit-below", "9e20", "--at", "1e21"]);
    assert!(
        out.contains("Grade") && out.contains("from 11 sets of models"),
        "{out}"
    );
}

#[test]
fn problems_that_fall_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "model,compute,problem,n_samples,n_correct\n".to_owned();
    for m in 0..6 {
        for i in 0..30 {
            let passes = match i < 15 {
                true => 85 - 12 * m,
                false => 5 + 2 * (i - 15) + 9 * m,
            };
            csv += &format!("m{m},1e{},p{i},100,{passes}\n", 18 + m);
        }
    }
    let path = folder.path().join("turning.csv");
    std::fs::write(&path, csv).unwrap();
    let path = path.to_str().unwrap();
    let (_, out, _) = run(&["capability", path, "--at", "10x", "-v"]);
    let said = "the pass rate of 15 of 30 problems does not simply rise";
    assert!(out.contains("problems-turn") && out.contains(said), "{out}");
    assert!(
        out.contains("(falls)") && out.contains("and 3 more"),
        "{out}"
    );
    let (_, out, _) = run(&["capability", path, "--at", "10x", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let turning = json["turning"].as_array().unwrap();
    assert_eq!(turning.len(), 15);
    assert!(turning.iter().all(|one| one["turn"] == "falls"));
}

#[test]
fn text_shows_the_actual_the_buckets_and_the_trade_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), true);
    let asked = [
        "capability",
        &path,
        "--fit-below",
        "9e20",
        "--at",
        "1e21",
        "-v",
    ];
    let (code, out, err) = run(&asked);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("Actual") && out.contains("the law is off by"),
        "{out}"
    );
    assert!(out.contains("bucket 6"), "{out}");
    let plain = [
        "capability",
        &path,
        "--rule",
        "solved-by-all",
        "--estimator",
        "plug-in",
        "--buckets",
        "1",
        "-v",
    ];
    let (code, out, _) = run(&plain);
    assert_eq!(code, 0);
    assert!(
        out.contains("also leaving out") && !out.contains("bucket 1"),
        "{out}"
    );
    let (code, csv, _) = run(&["capability", &path, "--format", "csv"]);
    assert_eq!(code, 0);
    assert!(
        csv.starts_with("bucket,problems,k,k_stderr,alpha,ln_alpha_stderr,verdict\nall,60,"),
        "{csv}"
    );
}

#[test]
fn pictures_are_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), false);
    let (svg, png) = (folder.path().join("b.svg"), folder.path().join("p.png"));
    let (code, _, err) = run(&[
        "capability",
        &path,
        "--at",
        "1e23",
        "--plot",
        svg.to_str().unwrap(),
        "--plot-problems",
        png.to_str().unwrap(),
    ]);
    assert_eq!(code, 0, "{err}");
    let svg = std::fs::read_to_string(svg).unwrap();
    assert!(
        svg.contains("bucket 6 of 6, the hardest") && svg.ends_with("</svg>\n"),
        "{}",
        &svg[..300]
    );
    assert_eq!(std::fs::read(png).unwrap()[1..4], *b"PNG");
    let (code, _, err) = run(&["capability", &path, "--plot", "x.gif"]);
    assert_eq!(code, 2);
    assert!(err.contains("no known picture format"), "{err}");
}

#[test]
fn requests_that_make_no_sense_are_usage_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), false);
    for (args, message) in [
        (
            vec!["--estimator", "plug-in"],
            "an estimator is for the rules",
        ),
        (vec!["--buckets", "0"], "at least one bucket"),
        (vec!["--hardest", "60"], "leaves none"),
        (vec!["--chance", "1.5"], "chance level"),
        (vec!["--level", "1.5"], "a level must lie between"),
        (vec!["--at", "0"], "is not positive"),
        (vec!["--fit-below", "x"], "--fit-below"),
    ] {
        let (code, _, err) = run(&[&["capability", &path], &args[..]].concat());
        assert_eq!(code, 2, "{args:?}: {err}");
        assert!(err.contains(message), "{args:?}: {err}");
    }
    let (code, _, err) = run(&["capability", &path, "--fit-below", "2e18"]);
    assert_eq!(code, 4);
    assert!(err.contains("1 models to fit"), "{err}");
    let (code, _, err) = run(&[&HINDSIGHT[..], &["--rule", "split"]].concat());
    assert_eq!(code, 2);
    assert!(
        err.contains("--rule needs counts for every problem"),
        "{err}"
    );
}

/// Chen et al. 2021: ln(−ln p) linear in ln N on seven Codex models predicts 33.2 % for the 12B
/// model's 28.81 %.
#[test]
fn codex_pass_rates_in_per_cent() {
    let (code, out, err) = run(&[
        "capability",
        "data/codex_humaneval.csv",
        "--where",
        "family = Codex",
        "--compute-col",
        "n_params_nominal",
        "--pass-rate-col",
        "pass_at_1_pct",
        "--fit-below",
        "1e10",
        "--at",
        "12e9",
        "--format",
        "json",
    ]);
    assert_eq!(code, 0, "{err}");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let forecast = &json["tasks"][0]["forecasts"][0];
    let point = forecast["point"].as_f64().unwrap();
    // The scores are weighted by their variance, and the line of the paper is not.
    assert!((point - 0.332).abs() < 0.01, "{point}");
    let intervals = forecast["intervals"].as_array().unwrap();
    let interval = intervals.iter().find(|i| i["level"] == 0.9).unwrap();
    let end = |name: &str| interval[name].as_f64().unwrap();
    assert!(end("lower") < 0.2881 && 0.2881 < end("upper"), "{interval}");
}

#[test]
fn models_that_pass_nothing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zeros.csv");
    let mut text = "model,compute,problem,n_samples,n_correct\n".to_owned();
    for m in 0..5 {
        for i in 0..30 {
            text += &format!("m{m},1e{},{i},100,0\n", 18 + m);
        }
    }
    std::fs::write(&path, text).unwrap();
    let (code, _, err) = run(&["capability", path.to_str().unwrap(), "--at", "100x"]);
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("0 of 5 models passed anything"), "{err}");
}

/// Problems with widely different exponents once took the search outside its tables, where it was
/// unbounded.
#[test]
fn real_counts_of_very_different_problems_converge() {
    let args = [
        "capability",
        "data/ladder/pass_counts.csv",
        "--where",
        "seed = 0",
        "--fit-below",
        "1.05e12",
        "--at",
        "1e13",
        "--buckets",
        "1",
        "--format",
        "json",
    ];
    let (code, out, err) = run(&args);
    assert_eq!(code, 0, "{err}");
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    let codes: Vec<&str> = value["diagnoses"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|d| d["code"].as_str())
        .collect();
    assert!(!codes.contains(&"not-converged"), "{codes:?}");
    // The mean of the exact −ln p over the problems is 6.6 at the smallest and 3.7 at the largest
    // of these models; zeros are extrapolated upwards at the small end.
    let metric = |k: usize| value["models"][k]["metric"].as_f64().unwrap();
    assert!((3.4..4.4).contains(&metric(8)), "{}", metric(8));
    assert!((6.0..14.0).contains(&metric(0)), "{}", metric(0));
}

#[test]
fn check_tells_how_counts_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let counts = table(folder.path(), true);
    let (code, out, _) = run(&[
        "check",
        &counts,
        "--fit-below",
        "1e22",
        "--where",
        "problem != 'p1'",
    ]);
    assert_eq!(code, 0);
    assert!(
        out.contains("Problems") && out.contains("Without a pass"),
        "{out}"
    );
    assert!(
        out.contains("excluded because") || out.contains(" 0 excluded"),
        "{out}"
    );
    let (code, out, _) = run(&["check", &counts, "--format", "json"]);
    assert_eq!(code, 0);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["problems"], 60);
    assert_eq!(json["samples"], serde_json::json!([100, 100]));
    assert_eq!(json["models"].as_array().unwrap().len(), 6);
    // A column that a flag calls the loss makes it a table of runs again.
    let (code, out, err) = run(&[
        "check",
        "data/hindsight_neglect_opt.csv",
        "--compute-col",
        "n_params",
        "--loss-col",
        "loss",
    ]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("loss"), "{out}");
}

/// A budget is never met exactly: the run at 1.00015e14 FLOP is the outcome for 1e14.
#[test]
fn the_run_next_to_a_target_is_what_came_true() {
    let ladder = "data/ladder/pass_counts.csv";
    let (code, out, err) = run(&[
        "capability",
        ladder,
        "--fit-below",
        "1.05e12",
        "--at",
        "1e14",
        "-v",
    ]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Actual"), "{out}");
    assert!(out.contains("actual -mean ln p"), "{out}");
}

#[test]
fn pass_at_k_stands_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), false);
    let args = [
        "capability",
        &path,
        "--pass-at",
        "10,1000",
        "--at",
        "10x",
        "--level",
        "0.9",
    ];
    let (code, out, err) = run(&args);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("beta-binomial") && out.contains("target"),
        "{out}"
    );
    let (_, out, _) = run(&[&args[..], &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let rows = json["pass_at"].as_array().unwrap();
    assert_eq!(rows.len(), 12);
    assert!(rows[0]["unbiased"].is_number() && rows[6]["unbiased"].is_null());
    let (_, out, _) = run(&[&args[..], &["--format", "csv"]].concat());
    let quantity = |name: &str| out.lines().filter(|l| l.starts_with(name)).count();
    // Five models with two intervals and three others; a target with six intervals and the line.
    assert_eq!(quantity("all,pass@10,"), 5 * (2 + 3) + 6 + 1, "{out}");
    let (code, _, err) = run(&["capability", &path, "--pass-at", "10", "--rule", "split"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("the rule 'likelihood'"), "{err}");
}
