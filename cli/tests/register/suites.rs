//! Scores of a suite registered, verified and scored as one entry.

use super::{AT, json, ok, run, temporary};
use std::fmt::Write as _;
use std::path::Path;

/// Tasks whose scores follow −ln Q = a/N^0.27 + b/D^0.27 above chance, with deviations of half a
/// point.
const TASKS: [(&str, f64, f64, f64); 3] = [
    ("arc", 0.25, 70.0, 140.0),
    ("mmlu", 0.25, 95.0, 190.0),
    ("piqa", 0.5, 45.0, 90.0),
];

fn score(chance: f64, a: f64, b: f64, n: f64, d: f64) -> f64 {
    chance + (1.0 - chance) * (-(a * n.powf(-0.27) + b * d.powf(-0.27))).exp()
}

pub fn table() -> String {
    let mut csv = "model,params,tokens,task,chance,accuracy\n".to_owned();
    for (k, n) in [1.9e8, 3.7e8, 7.6e8, 1.3e9].into_iter().enumerate() {
        for ratio in [20.0, 40.0, 100.0, 200.0] {
            for (t, (task, chance, a, b)) in TASKS.into_iter().enumerate() {
                let wobble = 0.005 * (7.0 * k as f64 + ratio + t as f64).sin();
                let value = score(chance, a, b, n, n * ratio) + wobble;
                let tokens = n * ratio;
                writeln!(csv, "m{k}-{ratio},{n},{tokens},{task},{chance},{value:.4}").unwrap();
            }
        }
    }
    csv
}

fn registered(folder: &Path) -> serde_json::Value {
    std::fs::write(folder.join("suite.csv"), table()).unwrap();
    let words = "register capability suite.csv --by task --at 7B:1T -o entry.json";
    let mut words: Vec<&str> = words.split(' ').collect();
    words.extend(["--registered-at", AT]);
    ok(folder, &words);
    json(&std::fs::read_to_string(folder.join("entry.json")).unwrap())
}

#[test]
fn a_suite_is_one_entry_that_is_derived_again() {
    let (_guard, folder) = temporary();
    let entry = registered(&folder);
    assert_eq!(entry["subject"], "scores");
    assert_eq!(entry["request"]["question"]["scores"]["by"], "task");
    let ids: Vec<&str> = (entry["predictions"].as_array().unwrap().iter())
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    let expected = ["arc", "mmlu", "piqa", "average"].map(|task| format!("{task}/score@4.2e22"));
    assert_eq!(ids, expected);
    let said = ok(&folder, &["verify", "entry.json"]);
    assert!(said.contains("3 of 3 told apart by task"), "{said}");
    assert!(said.contains("nothing was found against 3 of 3"), "{said}");
    assert!(said.contains("mean of compute, size"), "{said}");
    assert!(
        !said.contains("metric") && !said.contains("pass rate"),
        "{said}"
    );
    let said = ok(&folder, &["verify", "entry.json", "suite.csv"]);
    assert!(
        said.contains("identical bytes, by the same version"),
        "{said}"
    );
    let table = std::fs::read_to_string(folder.join("suite.csv")).unwrap();
    let edited = table.replacen("0.25,0.", "0.25,0.0", 1);
    assert_ne!(edited, table);
    std::fs::write(folder.join("edited.csv"), edited).unwrap();
    let ran = run(&folder, &["verify", "entry.json", "edited.csv"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("CHANGED"), "{}", ran.err);
}

#[test]
fn scores_of_a_suite_are_scored_in_points_and_counted() {
    let (_guard, folder) = temporary();
    let entry = registered(&folder);
    let mut words = vec!["score".to_owned(), "entry.json".to_owned()];
    let mut mean = 0.0;
    for (task, chance, a, b) in TASKS {
        let came = score(chance, a, b, 7e9, 1e12);
        mean += came / 3.0;
        words.extend(["--actual".to_owned(), format!("{task}/score={came:.4}")]);
    }
    words.extend(["--actual".to_owned(), format!("average/score={mean:.4}")]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = ok(&folder, &words);
    let first = &entry["predictions"][0];
    let arc = score(0.25, 70.0, 140.0, 7e9, 1e12);
    let off =
        100.0 * (first["point"].as_f64().unwrap() - format!("{arc:.4}").parse::<f64>().unwrap());
    assert!(said.contains(&format!("{off:+.1} points")), "{off}: {said}");
    let ledger = json(&ok(&folder, &["ledger", ".", "--format", "json"]));
    let of_scores = (ledger["coverage"].as_array().unwrap().iter())
        .filter(|one| one["quantity"] == "score")
        .collect::<Vec<_>>();
    assert_eq!(of_scores.len(), 2, "one a level: {ledger}");
    for one in of_scores {
        assert_eq!(one["forecasts"], 4);
        // One in five lies outside an 80 % interval.
        let least = if one["level"] == 0.9 { 4 } else { 3 };
        assert!(one["inside"].as_u64() >= Some(least), "{one}");
    }
    let text = ok(&folder, &["ledger", ".", "--plot", "ledger.svg"]);
    assert!(text.contains("points"), "{text}");
    let svg = std::fs::read_to_string(folder.join("ledger.svg")).unwrap();
    assert!(svg.contains("Predictions of score"), "{svg}");
    let page = ok(&folder, &["report", "entry.json", "--format", "text"]);
    assert!(page.contains("average/score@4.2e22 = "), "{page}");
    assert!(page.contains("4 of 4 outcomes lie inside"), "{page}");
}

#[test]
fn a_score_in_per_cent_is_no_outcome() {
    let (_guard, folder) = temporary();
    registered(&folder);
    let ran = run(
        &folder,
        &["score", "entry.json", "--actual", "mmlu/score=51.6"],
    );
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("a score is a fraction from 0 to 1"),
        "{}",
        ran.err
    );
    assert!(!folder.join("entry.score.json").exists());
}
