//! Sums of columns, and conventions for counting parameters.

use crate::allocation::{rows, run};
use std::path::Path;

/// Models of several shapes whose loss depends on the parameters of the transformer and the head.
fn models(folder: &Path) -> String {
    let mut csv = "transformer,head (M),embedding,budget,tokens,loss\n".to_owned();
    let mut k = 0.0_f64;
    for budget in [1e18, 3e18, 1e19, 3e19, 1e20] {
        let shapes = [(4.0, 256.0), (8.0, 256.0), (6.0, 512.0), (12.0, 512.0)];
        for (depth, width) in shapes
            .into_iter()
            .chain([(10.0_f64, 768.0_f64), (20.0, 768.0)])
        {
            let (transformer, head) = (12.0 * depth * width * width, 32768.0 * width);
            let embedding = 0.5 * depth * head;
            let n = transformer + head;
            let d = budget / (6.0 * n);
            k += 1.0;
            let wobble = 1.0 + 2e-3 * ((k * 12.9898).sin() * 43_758.547).fract();
            let loss = (1.8 + 480.0 / n.powf(0.35) + 2100.0 / d.powf(0.37)) * wobble;
            let head = head / 1e6;
            csv += &format!("{transformer},{head},{embedding},{budget},{d},{loss}\n");
        }
    }
    let path = folder.join("models.csv");
    std::fs::write(&path, csv).unwrap();
    path.to_str().unwrap().to_owned()
}

fn sum_of(table: &str, more: &[&str]) -> (Vec<String>, String) {
    let args = ["allocate", table, "--compute", "1e21", "--format", "csv"];
    let ran = run(&[&args[..], &["--method", "delta"], more].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = rows(&ran.out);
    let values = found.iter().map(|row| row["value"].clone());
    (values.collect(), ran.out)
}

#[test]
fn a_sum_takes_each_column_in_its_own_unit() {
    let folder = tempfile::tempdir().unwrap();
    let table = models(folder.path());
    let summed = sum_of(&table, &["--params-col", "transformer + head (M)"]).0;
    let written = ["--let", "n=transformer+1e6*`head (M)`", "--params-col", "n"];
    let number = |text: &String| text.parse::<f64>().unwrap();
    for asked in [&written[..], &["--params-col", "head (M)+transformer"]] {
        let other = sum_of(&table, asked).0;
        assert_eq!(summed.len(), other.len());
        for (a, b) in summed.iter().zip(&other) {
            assert!((number(a) / number(b) - 1.0).abs() < 1e-9);
        }
    }
    // The other verbs accept it too.
    let check = ["check", &table, "--params-col", "transformer+head (M)"];
    let ran = run(&check);
    let words = "params is 'transformer' + 'head (M)'";
    assert!(ran.code == 0 && ran.out.contains(words), "{}", ran.out);
}

#[test]
fn a_sum_that_cannot_be_made_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let table = models(folder.path());
    let ask = |column: &str| {
        run(&[
            "allocate",
            &table,
            "--compute",
            "1e21",
            "--params-col",
            column,
        ])
    };
    let missing = ask("transformer+haed (M)");
    assert_eq!(missing.code, 3, "{}", missing.err);
    assert!(
        missing.err.contains("no column 'haed (M)'"),
        "{}",
        missing.err
    );
    let twice = ask("transformer+transformer");
    assert!(
        twice.err.contains("has the column 'transformer' twice"),
        "{}",
        twice.err
    );
    let half = ask("transformer|");
    assert!(half.err.contains("different ways to count"), "{}", half.err);
    let fit = run(&[
        "fit",
        &table,
        "--law",
        "chinchilla",
        "--params-col",
        "transformer|embedding",
    ]);
    assert!(fit.err.contains("alternatives are compared"), "{}", fit.err);
}

/// A column name may itself contain the signs of sums and alternatives.
#[test]
fn a_column_of_the_very_name_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let table = models(folder.path());
    let csv = std::fs::read_to_string(&table).unwrap();
    for name in ["a+b", "a|b"] {
        let path = folder.path().join("named.csv");
        std::fs::write(&path, csv.replacen("embedding", name, 1)).unwrap();
        let path = path.to_str().unwrap();
        let (own, _) = sum_of(&table, &["--params-col", "embedding"]);
        assert_eq!(own, sum_of(path, &["--params-col", name]).0);
    }
}

#[test]
fn the_way_that_made_the_losses_is_preferred() {
    let folder = tempfile::tempdir().unwrap();
    let table = models(folder.path());
    let ways = "transformer|transformer+head (M)|transformer+head (M)+embedding";
    let asked = [
        "allocate",
        &table,
        "--compute",
        "1e21",
        "--params-col",
        ways,
    ];
    let ran = run(&asked);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let preferred = "'transformer+head (M)' before '";
    assert!(ran.out.contains(preferred), "{}", ran.out);
    for words in [
        "clearly (Vuong's z = ",
        "rolling origin",
        "30 fitted in every way",
    ] {
        assert!(ran.out.contains(words), "no '{words}' in\n{}", ran.out);
    }
    let json = run(&[&asked[..], &["--format", "json"]].concat());
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["format"], "scalewise.conventions");
    assert_eq!(value["preferred"], 1);
    let all = value["conventions"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    for (k, one) in all.iter().enumerate() {
        let below = one["log_likelihood"].as_f64().unwrap();
        assert!(if k == 1 { below == 0.0 } else { below < 0.0 });
        assert!(one["rolling_origin"].as_f64().unwrap() > 0.0);
    }
    let csv = run(&[&asked[..], &["--format", "csv"]].concat());
    let found = rows(&csv.out);
    assert_eq!(found[0]["params_col"], "transformer");
    // A pipe can be read only once.
    let text = std::fs::read_to_string(&table).unwrap();
    let mut piped = asked;
    piped[1] = "-";
    let piped = crate::process::run_in(crate::process::root(), &piped, &text);
    assert!(piped.out.contains(preferred), "{}{}", piped.out, piped.err);
}

/// Counts that differ by a constant factor give the same law, so no runs can separate them.
#[test]
fn counts_that_say_the_same_are_undecided() {
    let folder = tempfile::tempdir().unwrap();
    let table = models(folder.path());
    let args = ["allocate", &table, "--compute", "1e21", "--method", "delta"];
    let ways = "n|twice|embedding";
    let own = [
        "--let",
        "n=transformer+1e6*`head (M)`",
        "--let",
        "twice=2*n",
    ];
    let ran = run(&[&args[..], &own, &["--params-col", ways, "--format", "json"]].concat());
    let value: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let worse: Vec<bool> = (value["conventions"].as_array().unwrap().iter())
        .map(|one| one["clearly_worse"].as_bool().unwrap())
        .collect();
    assert_eq!(worse, [false, false, true], "{}", ran.out);
    let text = run(&[&args[..], &own, &["--params-col", ways]].concat()).out;
    assert!(
        text.contains("but the runs cannot tell them apart"),
        "{text}"
    );
}
