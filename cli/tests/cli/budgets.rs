//! How isoflop and allocate count FLOP, and which runs share a budget.

use crate::process::{Ran, root, run_in};
use std::path::Path;

fn run(args: &[&str]) -> Ran {
    run_in(root(), args, "")
}

/// Five budgets of seven sizes around the best, at (6N + 9e4·N^0.5)·D FLOP, whose table has the
/// compute in this column: runs, and N* of each budget.
fn table(folder: &Path, column: &str, jitter: f64) -> String {
    let mut csv = format!("n_params,n_tokens,{column},loss\n");
    for (k, compute) in [1e18, 3e18, 1e19, 3e19, 1e20].into_iter().enumerate() {
        let middle = 6e7 * 1.75f64.powi(k as i32);
        for size in 0..7 {
            let n: f64 = (middle * 1.7f64.powi(size - 3)).round();
            let d = compute / (6.0 * n + 9e4 * n.sqrt());
            let v = (n / middle).ln();
            let loss = 2.0 + 2.5 * 0.8f64.powi(k as i32) + 0.05 * v * v;
            let counted = compute * (1.0 + jitter * f64::from(size % 3 - 1));
            csv += &format!("{n},{d},{counted:e},{loss}\n");
        }
    }
    let path = folder.join(format!("{column}.csv"));
    std::fs::write(&path, csv).unwrap();
    path.to_str().unwrap().to_owned()
}

fn json(args: &[&str]) -> serde_json::Value {
    let ran = run(&[args, &["--format", "json"]].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err))
}

#[test]
fn budgets_are_those_of_the_column_that_has_them() {
    let folder = tempfile::tempdir().unwrap();
    for (column, jitter, by) in [
        ("budget", 0.0, "budget"),
        ("flops_budget", 0.0, "budget"),
        ("flops", 0.0, "compute"),
        ("flops", 0.02, "compute"),
    ] {
        let runs = table(folder.path(), column, jitter);
        let found = json(&["isoflop", &runs, "--compute", "1e22"]);
        assert_eq!(found["grouped_by"], by, "{column}");
        let budgets = found["budgets"].as_array().unwrap();
        assert_eq!(budgets.len(), 5);
        for (k, budget) in budgets.iter().enumerate() {
            let params = budget["outcome"]["minimum"]["params"].as_f64().unwrap();
            let wanted = 6e7 * 1.75f64.powi(k as i32);
            assert!(
                (params / wanted - 1.0).abs() < 1e-6,
                "{params} for {wanted}"
            );
            // D at the minimum costs the budget.
            let tokens = budget["outcome"]["minimum"]["tokens"].as_f64().unwrap();
            let cost = (6.0 * params + 9e4 * params.sqrt()) * tokens;
            let compute = budget["compute"].as_f64().unwrap();
            assert!((cost / compute - 1.0).abs() < 0.01 + jitter);
        }
        let codes: Vec<&str> = (found["findings"].as_array().unwrap().iter())
            .map(|finding| finding["code"].as_str().unwrap())
            .collect();
        assert!(codes.contains(&"compute-not-6nd"), "{codes:?}");
        if jitter == 0.0 {
            let cost = &found["cost_model"];
            assert_eq!(cost["model"], "column");
            assert!((cost["p"].as_f64().unwrap() - 0.5).abs() < 1e-6);
            assert!((cost["k"].as_f64().unwrap() / 9e4 - 1.0).abs() < 1e-4);
        }
    }
    let runs = table(folder.path(), "flops", 0.0);
    let text = run(&["isoflop", &runs, "--compute", "1e22"]).out;
    assert!(
        text.contains("the compute column (5 budgets, 5 of them"),
        "{text}"
    );
    assert!(text.contains("not by 6ND ("), "{text}");
}

#[test]
fn a_budget_column_of_any_name_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), "cell", 0.0);
    let found = json(&[
        "isoflop",
        &runs,
        "--budget-col",
        "cell",
        "--compute",
        "1e22",
    ]);
    assert_eq!(found["grouped_by"], "budget");
    assert_eq!(found["ways"][0]["usable"], 5);
    let wrong = run(&[
        "isoflop",
        &runs,
        "--budget-col",
        "sell",
        "--compute",
        "1e22",
    ]);
    assert_eq!(wrong.code, 3, "{}", wrong.err);
    assert!(wrong.err.contains("--budget-col cell"), "{}", wrong.err);
}

#[test]
fn a_cost_that_the_user_states_decides_what_a_budget_is() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), "flops", 0.0);
    let asked = |flops: &str| json(&["isoflop", &runs, "--compute", "1e22", "--flops", flops]);
    assert_eq!(asked("6nd")["grouped_by"], "6nd");
    let formula = asked("6*N*D + 9e4*N^0.5*D");
    assert_eq!(formula["grouped_by"], "formula");
    let column = asked("column");
    for k in 0..5 {
        let at = |found: &serde_json::Value| {
            found["budgets"][k]["outcome"]["minimum"]["params"]
                .as_f64()
                .unwrap()
        };
        assert!((at(&formula) / at(&column) - 1.0).abs() < 1e-6);
    }
    // The exact formula and the cost that is fitted to it give the same tokens.
    let tokens = |found: &serde_json::Value| found["approaches"][1]["tokens"].as_f64().unwrap();
    assert!((tokens(&formula) / tokens(&column) - 1.0).abs() < 1e-3);
    let refused = run(&["isoflop", &runs, "--flops", "6*N*"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("--flops"), "{}", refused.err);
}

#[test]
fn a_minimum_at_the_edge_is_named_and_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "budget,n_params,n_tokens,loss\n".to_owned();
    for (k, compute) in [1e18, 4e18, 1.6e19, 6.4e19].into_iter().enumerate() {
        for size in 0..6 {
            let n: f64 = 3e7 * 2f64.powi(size);
            // The last budget has its minimum beyond all sizes but the largest.
            let best = [1e8, 1.8e8, 3.2e8, 7e8][k];
            let loss = 2.4 - 0.1 * k as f64 + 0.04 * (n / best).ln().powi(2);
            csv += &format!("{compute:e},{n},{},{loss}\n", compute / (6.0 * n));
        }
    }
    let path = folder.path().join("edge.csv");
    std::fs::write(&path, csv).unwrap();
    let path = path.to_str().unwrap();
    let found = json(&["isoflop", path, "--compute", "1e21"]);
    let edge = &found["budgets"][3]["outcome"]["at-edge"];
    assert!((edge["params"].as_f64().unwrap() / 7e8 - 1.0).abs() < 1e-6);
    assert_eq!(found["line"]["points"], 3);
    let text = run(&["isoflop", path, "--compute", "1e21"]).out;
    assert!(
        text.contains("not used: at the edge of the sizes"),
        "{text}"
    );
    assert!(
        text.contains("minima-not-used: the parabola of 6.4e19 has its minimum 700M"),
        "{text}"
    );
    // The effect of leaving out a budget is given for the budgets that are used.
    assert_eq!(found["without_budget"].as_array().unwrap().len(), 3);
}

#[test]
fn two_budgets_have_an_interval_from_the_noise_of_their_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "n_params,n_tokens,loss\n".to_owned();
    for (k, compute) in [1e18, 1e20].into_iter().enumerate() {
        for size in 0..7 {
            let n: f64 = 1e8 * 8f64.powi(k as i32) * 1.6f64.powi(size - 3);
            let noise = 0.002 * f64::from((size * 5 + k as i32) % 7 - 3);
            let v = 0.47 * f64::from(size - 3);
            csv += &format!(
                "{n},{},{}\n",
                compute / (6.0 * n),
                3.0 - k as f64 + 0.05 * v * v + noise
            );
        }
    }
    let path = folder.path().join("two.csv");
    std::fs::write(&path, csv).unwrap();
    let found = json(&["isoflop", path.to_str().unwrap(), "--compute", "1e22"]);
    let row = &found["approaches"][1];
    let intervals = row["intervals"].as_array().unwrap();
    assert_eq!(
        intervals.len(),
        6,
        "delta and bootstrap of a, N* and D*: {row}"
    );
    for interval in intervals {
        let (low, high) = (&interval["lower"], &interval["upper"]);
        assert!(low.as_f64().unwrap() < high.as_f64().unwrap(), "{interval}");
    }
    let csv = run(&[
        "isoflop",
        path.to_str().unwrap(),
        "--compute",
        "1e22",
        "--format",
        "csv",
    ]);
    let mut lines = csv
        .out
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let second = lines.nth(1).unwrap();
    for column in ["lower", "params_upper", "tokens_lower"] {
        let k = head.iter().position(|name| *name == column).unwrap();
        assert!(second[k].parse::<f64>().is_ok(), "{column}: {second:?}");
    }
}

/// A compute column that scatters too much to define budgets is not used, with a note.
#[test]
fn a_column_that_makes_no_budgets_is_passed_over_for_6nd() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "flops,n_params,n_tokens,loss\n".to_owned();
    for (k, compute) in [1e18, 1e19, 1e20].into_iter().enumerate() {
        for size in 0..6 {
            let n: f64 = 4e7 * 3f64.powi(k as i32) * 1.8f64.powi(size);
            let d = compute / (6.0 * n);
            let loss = 3.5 - 0.5 * k as f64 + 0.05 * (f64::from(size) - 2.4).powi(2);
            // A relative overhead that differs between runs.
            let counted = compute * (1.0 + 0.5 * f64::from(size));
            csv += &format!("{counted:e},{n},{d},{loss}\n");
        }
    }
    let path = folder.path().join("overhead.csv");
    std::fs::write(&path, csv).unwrap();
    let found = json(&["isoflop", path.to_str().unwrap(), "--compute", "1e22"]);
    assert_eq!(found["grouped_by"], "6nd");
    let finding = &found["findings"][0];
    assert_eq!(finding["code"], "grouped-otherwise");
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.contains("by the compute column 0 of 1") && message.contains("by 6ND 3 of 3"),
        "{message}"
    );
    assert_eq!(found["cost_model"]["model"], "6nd");
}
