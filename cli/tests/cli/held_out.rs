//! Rows that a condition holds out of the fit.

use super::{RUNS, ok, run, run_with, temporary, text};

#[test]
fn a_condition_holds_out_the_rows_that_a_limit_of_compute_would() {
    let ask = |flag: &str, value: &str| {
        ok(&[
            "forecast", RUNS, flag, value, "--at", "2.3e22", "--format", "csv",
        ])
    };
    assert_eq!(
        ask("--hold", "model = 13B"),
        ask("--fit-below", "2e22"),
        "the same rows are fitted"
    );
    let (_guard, path) = temporary("law.json");
    ok(&["fit", RUNS, "--hold", "model = 13B", "-o", text(&path)]);
    let other = path.with_file_name("other.json");
    ok(&["fit", RUNS, "--fit-below", "2e22", "-o", text(&other)]);
    assert_eq!(
        std::fs::read(&path).unwrap(),
        std::fs::read(&other).unwrap()
    );
    let law = ["forecast", text(&path), "--at", "1e23"];
    let twice = run(&[&law, &["--hold", "model = 13B"][..]].concat());
    assert_eq!(twice.code, 2);
    assert!(twice.err.contains("--hold"), "{}", twice.err);
}

#[test]
fn any_rows_may_be_held_out() {
    let table = "flops,loss,split\n1e18,3.1,train\n3e18,2.9,test\n1e19,2.74,train\n1e20,2.46,train\n\
                 1e21,2.25,train\n1e22,2.1,train\n";
    let ran = run_with(&["check", "-", "--hold", "split = test"], table);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out
            .contains("6 read: 5 fitted, 1 kept as actual, 0 excluded"),
        "{}",
        ran.out
    );
    let ran = run_with(
        &["check", "-", "--hold", "split = test", "--format", "json"],
        table,
    );
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["columns"][2]["role"], "filter");
    for verb in ["fit", "forecast", "plot", "report"] {
        let at = ["--at", "1e23"];
        let args = [verb, "-", "--hold", "split = test"];
        let (_guard, path) = temporary("out.svg");
        let rest: &[&str] = match verb {
            "fit" => &[],
            "plot" => &["-o", text(&path)],
            _ => &at,
        };
        let ran = run_with(&[&args, rest].concat(), table);
        assert_eq!(ran.code, 0, "{verb}: {}", ran.err);
        assert!(
            !ran.out.contains("NaN") && !ran.out.contains("inf "),
            "{verb}"
        );
    }
}

#[test]
fn a_condition_that_makes_no_sense_is_refused() {
    let ran = run(&["fit", RUNS, "--hold", "modl = 13B"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.err
            .contains("--hold: no column 'modl'; the columns are model"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("did you mean 'model'?"), "{}", ran.err);
    assert_eq!(run(&["fit", RUNS, "--hold", "13B"]).code, 2);
    let all = run(&["fit", RUNS, "--hold", "model != ''"]);
    assert_ne!(all.code, 0);
    assert!(!all.err.contains("panicked"), "{}", all.err);
}
