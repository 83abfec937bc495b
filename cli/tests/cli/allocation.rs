//! The verbs allocate and isoflop.

use crate::process;

use process::{Ran, root, run_in};
use std::path::Path;

pub fn run(args: &[&str]) -> Ran {
    run_in(root(), args, "")
}

/// Five budgets of seven sizes with a wobble, on E = 1.8, A = 480, B = 2100, α = 0.35, β = 0.37.
pub fn table(folder: &Path) -> String {
    let mut csv = "run,N,D,loss\n".to_owned();
    let mut k = 0.0_f64;
    for c in [1e18, 1e19, 1e20, 1e21, 1e22] {
        for step in -3..=3 {
            let n = (c / 120.0_f64).sqrt() * 2f64.powi(step);
            let d = c / (6.0 * n);
            k += 1.0;
            let wobble = 1.0 + 3e-3 * ((k * 12.9898).sin() * 43_758.547).fract();
            let loss = (1.8 + 480.0 / n.powf(0.35) + 2100.0 / d.powf(0.37)) * wobble;
            csv += &format!("r{step},{n},{d},{loss}\n");
        }
    }
    let path = folder.join("runs.csv");
    std::fs::write(&path, csv).unwrap();
    path.to_str().unwrap().to_owned()
}

pub fn rows(text: &str) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn allocate_answers_from_a_table_and_from_its_law_file_alike() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let law = folder.path().join("law.json");
    let law = law.to_str().unwrap();
    let fitted = run(&["fit", &runs, "--law", "chinchilla", "-o", law]);
    assert_eq!(fitted.code, 0, "{}", fitted.err);
    let args = ["--compute", "1e24,200x", "--format", "csv"];
    let from_table = run(&[&["allocate", &runs][..], &args].concat());
    let from_law = run(&[&["allocate", law][..], &args].concat());
    assert_eq!(from_table.code, 0, "{}", from_table.err);
    assert_eq!(from_table.out, from_law.out);
    let found = rows(&from_table.out);
    // 2 budgets × 5 quantities × 3 methods.
    assert_eq!(found.len(), 30);
    for (k, row) in found.iter().enumerate() {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        assert!(number("lower") < number("value") && number("value") < number("upper"));
        let factor = if k < 15 { 100.0 } else { 200.0 };
        assert!((number("extrapolation") - factor).abs() < 1e-6);
    }
    // One budget under two names is one budget.
    let twice = [
        "allocate",
        &runs,
        "--compute",
        "1e24,100x",
        "--format",
        "csv",
    ];
    assert_eq!(rows(&run(&twice).out).len(), 15);
}

#[test]
fn every_question_of_allocate_is_answered_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let picture = folder.path().join("frontier.svg");
    let ran = run(&[
        "allocate",
        &runs,
        "--params",
        "70B",
        "--tokens",
        "1T",
        "--ratio",
        "20",
        "--n-inference",
        "2T",
        "--price",
        "2",
        "--replicates",
        "100",
        "-v",
        "--plot",
        picture.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for text in [
        "from the params given",
        "from the tokens given",
        "from the ratio given",
        "PF-days",
        "at 2 for an hour of 1 PFLOP/s",
        "reach the same loss with",
        "100 refits of resampled cases, 0 failed",
        "What the answer at",
        "huber 1e-3",
        "without lines",
    ] {
        assert!(ran.out.contains(text), "no '{text}' in\n{}", ran.out);
    }
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(svg.contains("efficient frontier"));
    let json = run(&["allocate", &runs, "--compute", "1e24", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["format"], "scalewise.allocation");
    assert_eq!(value["bootstrap"]["failures"], 0);
}

#[test]
fn other_flop_conventions_change_the_answer_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let ran = run(&[
        "allocate",
        &runs,
        "--compute",
        "1e24",
        "--flops",
        "6*(N - 50304*1024)*D",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("C = 6*(N - 50304*1024)*D"), "{}", ran.out);
    let bad = run(&["allocate", &runs, "--compute", "1e24", "--flops", "6*N*"]);
    assert_eq!(bad.code, 2);
    assert!(bad.err.contains("makes no sense after"), "{}", bad.err);
}

#[test]
fn intervals_follow_the_cost_and_may_hold_together() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let csv = |more: &[&str]| {
        let args = ["allocate", &runs, "--compute", "1e24", "--format", "csv"];
        let ran = run(&[&args, more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        rows(&ran.out)
    };
    let width = |found: &[std::collections::HashMap<String, String>]| {
        let number = |name: &str| found[0][name].parse::<f64>().unwrap();
        (number("upper") / number("lower")).ln()
    };
    let (alone, together) = (csv(&[]), csv(&["--joint"]));
    assert_eq!(
        (alone[0]["joint"].as_str(), together[0]["joint"].as_str()),
        ("false", "true")
    );
    assert!(width(&together) > 1.2 * width(&alone));
    // With a cost formula that includes inference, every quantity still has its three intervals.
    let formula = csv(&["--flops", "6*N*D + 2*N*1e12"]);
    assert_eq!(formula.len(), 15);
    assert!(formula.iter().all(|row| !row["lower"].is_empty()));
    let used = csv(&["--n-inference", "2T"]);
    assert!(used.iter().any(|row| row["quantity"] == "inference-params"));
}

#[test]
fn questions_without_an_answer_say_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    for (more, text) in [
        (["--replicates", "10"], "10 replicates are too few"),
        (
            ["--price", "-3"],
            "a price must be positive and finite, not -3",
        ),
        (["--compute", "0"], "--compute: '0' is not positive"),
        (
            ["--fix", "A=400"],
            "do not hold or bound A and B (--fix, --bound)",
        ),
    ] {
        let ran = run(&[&["allocate", &runs, "--params", "70B"][..], &more].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(text), "{}", ran.err);
    }
}

#[test]
fn surfaces_that_cannot_be_allocated_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let none = run(&["allocate", &runs]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("hint: give a budget such as 1e22"));
    let curve = run(&[
        "allocate",
        &runs,
        "--law",
        "saturating",
        "--compute",
        "1e24",
    ]);
    assert_eq!(curve.code, 2);
    assert!(curve.err.contains("--law chinchilla"), "{}", curve.err);
    let ray: String = (0..12)
        .map(|k| {
            let n = 1e7 * 2f64.powi(k);
            format!("{n},{},{}\n", 20.0 * n, 1.7 + 500.0 / n.powf(0.35))
        })
        .collect();
    let path = folder.path().join("ray.csv");
    std::fs::write(&path, format!("params,tokens,loss\n{ray}")).unwrap();
    let refused = run(&["allocate", path.to_str().unwrap(), "--compute", "1e24"]);
    assert_eq!(refused.code, 4);
    assert!(refused.err.contains("collinear-n-d"), "{}", refused.err);
    assert!(refused.err.contains("--law saturating"), "{}", refused.err);
}

#[test]
fn isoflop_sets_three_approaches_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let picture = folder.path().join("isoflop.png");
    let ran = run(&[
        "isoflop",
        &runs,
        "--compute",
        "1e24",
        "--plot",
        picture.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out
            .contains("5 found, 5 with a minimum between the sizes sampled"),
        "{}",
        ran.out
    );
    for text in [
        "1 envelope",
        "2 parabola",
        "3 surface",
        "bias: the error of N*",
    ] {
        assert!(ran.out.contains(text), "{}", ran.out);
    }
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    let found = rows(&run(&["isoflop", &runs, "--compute", "1e24", "--format", "csv"]).out);
    assert_eq!(found.len(), 3);
    let params = |k: usize| found[k]["params"].parse::<f64>().unwrap();
    // Approaches 2 and 3 see the same runs: within 30 % at a hundredfold extrapolation.
    assert!((params(1) / params(2)).ln().abs() < 0.3);
}

/// Training curves of five sizes on a known surface: the envelope finds the exponent.
#[test]
fn approach_1_reads_training_curves() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "run,N,D,loss\n".to_owned();
    for k in 0..9 {
        let n = 1e8 * 2f64.powi(k);
        for step in 0..40 {
            let d = 2e8 * 1.25f64.powi(step);
            let loss = 1.8 + 480.0 / n.powf(0.35) + 2100.0 / d.powf(0.37);
            csv += &format!("r{k},{n},{d},{loss}\n");
        }
    }
    let path = folder.path().join("curves.csv");
    std::fs::write(&path, csv).unwrap();
    let ran = run(&[
        "isoflop",
        path.to_str().unwrap(),
        "--compute",
        "1e23",
        "--format",
        "csv",
    ]);
    let found = rows(&ran.out);
    assert_eq!(found[0]["status"], "ok", "{}", ran.out);
    let exponent: f64 = found[0]["exponent"].parse().unwrap();
    assert!((exponent - 0.37 / 0.72).abs() < 0.02, "{exponent}");
}

/// Ten FLOP buy less than one parameter or less than one token.
#[test]
fn a_budget_below_one_parameter_or_one_token_is_refused_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let law = folder.path().join("law.json");
    let law = law.to_str().unwrap();
    run(&["fit", &runs, "--law", "chinchilla", "-o", law]);
    let asked = |budgets: &str, format: &str| {
        run(&[
            "allocate",
            law,
            "--compute",
            budgets,
            "--method",
            "delta",
            "-v",
            "--format",
            format,
        ])
    };
    for budgets in ["10", "10,1e24"] {
        let text = asked(budgets, "text");
        assert_eq!(text.code, 4, "{}", text.err);
        assert!(text.out.contains("refused: compute 10: "), "{}", text.out);
        assert!(text.out.contains("at least one"), "{}", text.out);
        assert!(text.out.contains("hint: "), "{}", text.out);
        assert_eq!(text.out.contains("D/N = "), budgets.len() > 2);
        let json = asked(budgets, "json");
        assert_eq!(json.code, 4, "{}", json.err);
        let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(found["refused"][0]["asked"], 10.0);
        assert!(
            found["refused"][0]["reason"]
                .as_str()
                .unwrap()
                .contains("at least one")
        );
        let csv = asked(budgets, "csv");
        assert_eq!(csv.code, 4, "{}", csv.err);
        let refused = rows(&csv.out)
            .into_iter()
            .filter(|r| r["status"] == "abstained: no-allocation");
        let refused: Vec<_> = refused.collect();
        assert_eq!(refused.len(), 3);
        for row in refused {
            assert!(row["value"].is_empty() && row["lower"].is_empty());
            assert!(row["note"].contains("at least one"), "{row:?}");
        }
    }
    let given = run(&["allocate", law, "--compute", "1e24", "--format", "csv"]);
    assert!(rows(&given.out).iter().all(|r| r["note"].is_empty()));
    let isoflop = run(&["isoflop", &runs, "--compute", "10", "--format", "csv"]);
    for row in rows(&isoflop.out) {
        assert!(
            row["params"].is_empty() && row["tokens"].is_empty(),
            "{row:?}"
        );
        assert!(row["status"].starts_with("refused"), "{row:?}");
    }
}

/// The interval of a model with few parameters reaches below one parameter, where no model exists.
#[test]
fn an_end_below_one_parameter_is_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let args = [
        "allocate",
        &runs,
        "--params",
        "1.05",
        "--method",
        "delta,profile",
    ];
    let text = run(&args);
    assert_eq!(text.code, 0, "{}", text.err);
    assert!(text.out.contains("interval below 1 to "), "{}", text.out);
    let all = run(&[&args[..], &["-v"]].concat());
    assert!(all.out.contains("[below 1, "), "{}", all.out);
    let csv = run(&[&args[..], &["--format", "csv"]].concat());
    let of_params: Vec<_> = rows(&csv.out)
        .into_iter()
        .filter(|r| r["quantity"] == "params")
        .collect();
    assert_eq!(of_params.len(), 2);
    for row in of_params {
        assert!(row["lower"].is_empty(), "{row:?}");
        assert!(row["upper"].parse::<f64>().unwrap() > 1.0, "{row:?}");
        assert_eq!(row["note"], "the lower end lies below one parameter");
    }
}

#[test]
fn nothing_is_less_by_a_negative_zero() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    for demand in ["1", "1K", "1B"] {
        let args = [
            "allocate",
            &runs,
            "--compute",
            "1e24",
            "--n-inference",
            demand,
        ];
        let ran = run(&[&args[..], &["--method", "delta"]].concat());
        assert!(!ran.out.contains("-0%"), "{}", ran.out);
    }
}
