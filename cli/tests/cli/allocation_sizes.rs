//! The cost of sizes other than the best at the same budget.

use crate::allocation::{run, table};
use serde_json::Value;

/// The true loss of the runs of [`table`].
fn truth(n: f64, d: f64) -> f64 {
    1.8 + 480.0 / n.powf(0.35) + 2100.0 / d.powf(0.37)
}

fn answered(runs: &str, more: &[&str]) -> Value {
    let args = ["allocate", runs, "--compute", "1e24", "--format", "json"];
    let ran = run(&[&args, more].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let value: Value = serde_json::from_str(&ran.out).unwrap();
    value["allocations"][0].clone()
}

#[test]
fn the_penalty_of_a_size_has_an_interval_that_holds_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let answer = answered(&runs, &["--sizes", "20B,400B"]);
    let sizes = answer["sizes"].as_array().unwrap();
    assert_eq!(sizes.len(), 3);
    let (a, b) = (0.35 * 480.0, 0.37 * 2100.0);
    let best = (a / b * (1e24_f64 / 6.0).powf(0.37)).powf(1.0 / 0.72);
    let least = truth(best, 1e24 / 6.0 / best);
    for size in sizes.iter().filter(|size| size["asked"] == true) {
        let number = |name: &str| size[name].as_f64().unwrap();
        let (n, d) = (number("params"), number("tokens"));
        assert!((6.0 * n * d / 1e24 - 1.0).abs() < 1e-9);
        let fitted = answer["best"]["loss"].as_f64().unwrap();
        assert!((number("loss") / fitted - 1.0 - number("penalty")).abs() < 1e-12);
        let true_penalty = truth(n, d) / least - 1.0;
        let intervals = size["intervals"].as_array().unwrap();
        assert_eq!(intervals.len(), 3);
        for i in intervals {
            let end = |name: &str| i[name].as_f64().unwrap();
            assert!(
                end("lower") < true_penalty && true_penalty < end("upper"),
                "{i}"
            );
        }
    }
}

/// At N* itself, every nearby size is as good within the uncertainty.
#[test]
fn the_best_size_may_cost_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let answer = answered(&runs, &[]);
    let best = answer["best"]["params"].as_f64().unwrap();
    let sizes = answer["sizes"].as_array().unwrap();
    // From a quarter to four times the best, and the largest of the runs.
    assert_eq!(sizes.len(), 6);
    let is_best = |size: &&Value| (size["params"].as_f64().unwrap() / best - 1.0).abs() < 1e-12;
    let own = sizes.iter().find(is_best).unwrap();
    assert!(own["penalty"].as_f64().unwrap() < 1e-12);
    for i in own["intervals"].as_array().unwrap() {
        assert_eq!(i["lower"], 0.0);
        assert!(i["upper"].as_f64().unwrap() > 0.0);
    }
    let cost = own["same_loss"]["flop"].as_f64().unwrap();
    assert!((cost / 1e24 - 1.0).abs() < 1e-9);
}

#[test]
fn a_size_is_said_in_loss_in_flop_and_in_money() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let picture = folder.path().join("valley.svg");
    let args = [
        "allocate",
        &runs,
        "--compute",
        "1e24",
        "--sizes",
        "40B,1e25",
    ];
    let more = ["--n-inference", "2T", "--price", "2", "--view", "valley"];
    let plot = ["--plot", picture.to_str().unwrap()];
    let ran = run(&[&args[..], &more, &plot].concat());
    assert_eq!(ran.code, 4, "{}", ran.out);
    for words in [
        "What another size costs at 1e24 FLOP of training (556K in money)",
        "40B instead of ",
        " in loss and saves ",
        "training and use together take ",
        "refused: sizes 1e25: a budget of 1e24 FLOP leaves less than one token",
    ] {
        assert!(ran.out.contains(words), "no '{words}' in\n{}", ran.out);
    }
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(svg.contains("Loss above the best (%)") && svg.contains("40B"));
    for words in [
        "What it costs and saves",
        "inference FLOP a token",
        "training FLOP for L*",
        "money of training and use",
    ] {
        assert!(svg.contains(words), "no '{words}'");
    }
}
