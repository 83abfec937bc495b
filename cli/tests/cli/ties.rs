//! Ties: equal sizes with unequal noise, and laws that fit equally well.

use super::*;
use serde_json::Value;
use std::collections::HashMap;

fn written(rows: &[&str]) -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, path) = super::temporary("t.csv");
    std::fs::write(&path, rows.join("\n") + "\n").unwrap();
    (folder, path)
}

/// There are two largest runs, one of them twenty times as noisy: a new run may be as noisy,
/// whatever the order of the rows.
#[test]
fn a_new_run_is_as_noisy_as_the_noisiest_of_the_largest() {
    let mut rows = vec![
        "compute,loss,sigma",
        "1e18,3.50,0.01",
        "1e19,3.00,0.01",
        "1e20,2.60,0.01",
        "1e21,2.30,0.01",
        "1e22,2.08,0.01",
        "1e22,2.10,0.20",
    ];
    let mut made = Vec::new();
    for _ in 0..2 {
        let (_folder, path) = written(&rows);
        let out = super::ok(&[
            "forecast",
            super::text(&path),
            "--at",
            "1e23",
            "--level",
            "0.9",
            "--method",
            "delta,profile",
            "--format",
            "csv",
        ]);
        let prediction = |row: &&HashMap<String, String>| row["kind"] == "prediction";
        let ends: Vec<(f64, f64)> = table(&out)
            .iter()
            .filter(prediction)
            .map(|row| (number(row, "lower"), number(row, "upper")))
            .collect();
        made.push(ends);
        rows.swap(5, 6);
    }
    assert_eq!(made[0], made[1]);
    for (lower, upper) in &made[0] {
        assert!(upper - lower > 0.5, "{made:?}");
    }
}

/// Any curve between the two runs of each pair and through the single one has the same sum of
/// absolute log residuals.
#[test]
fn a_flat_minimum_gives_one_law_and_says_that_there_are_others() {
    let mut rows = vec![
        "compute,loss",
        "1e18,3.06",
        "1e18,2.94",
        "1e19,2.31",
        "1e19,2.22",
        "1e20,1.83",
        "1e20,1.76",
        "1e21,1.53",
        "1e21,1.47",
        "1e22,1.32",
    ];
    let mut made: Vec<Value> = Vec::new();
    for _ in 0..4 {
        rows[1..].rotate_left(4);
        rows.swap(1, 2);
        let (_folder, path) = written(&rows);
        for objective in ["lad", "huber"] {
            let out = super::ok(&[
                "fit",
                super::text(&path),
                "--objective",
                objective,
                "--format",
                "json",
            ]);
            let law: Value = serde_json::from_str(&out).unwrap();
            let found = |d: &Value| d["code"] == "minimum-not-unique" && d["severity"] == "warn";
            assert!(
                law["diagnoses"].as_array().unwrap().iter().any(found),
                "{out}"
            );
            made.push(law["fit"]["basins"].clone());
        }
    }
    assert!(made.chunks(2).all(|both| both == &made[..2]), "{made:?}");
}
