//! Columns with the budgets of runs: which are used, for what, and what is said of the others.

use crate::process::{Ran, root, run_in};
use std::path::Path;

fn run(args: &[&str]) -> Ran {
    run_in(root(), args, "")
}

fn json(args: &[&str]) -> serde_json::Value {
    let ran = run(&[args, &["--format", "json"]].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err))
}

/// What makes the cells of a column.
type Cells<'a> = &'a dyn Fn(f64, usize) -> String;

/// Five budgets of seven sizes at (6N + 2000·N^0.6)·D FLOP on a surface with small deviations. Each
/// column has a name and a function for its budgets.
fn table(folder: &Path, columns: &[(&str, Cells)]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.0).collect();
    let mut csv = format!("n_params,n_tokens,loss,{}\n", names.join(","));
    let budgets = [1e18, 3e18, 1e19, 3e19, 1e20];
    for (k, compute) in budgets.into_iter().enumerate() {
        for size in 0..7 {
            let n: f64 = 8e7 * 1.75f64.powi(k as i32) * 1.6f64.powi(size - 3);
            let d = compute / (6.0 * n + 2e3 * n.powf(0.6));
            let wobble = 1.0 + 1e-3 * f64::from((size * 5 + 3 * k as i32) % 7 - 3);
            let loss = (1.8 + 482.0 / n.powf(0.35) + 2085.0 / d.powf(0.37)) * wobble;
            let row = k * 7 + size as usize;
            let cells: Vec<String> = columns
                .iter()
                .map(|column| column.1(compute, row))
                .collect();
            csv += &format!("{n},{d},{loss},{}\n", cells.join(","));
        }
    }
    let path = folder.join(format!("{}.csv", names.join("+").replace(' ', "_")));
    std::fs::write(&path, csv).unwrap();
    path.to_str().unwrap().to_owned()
}

fn plain(compute: f64, _: usize) -> String {
    format!("{compute:e}")
}

fn codes(found: &serde_json::Value) -> Vec<String> {
    let all = found.as_array().unwrap().iter();
    all.map(|one| one["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn allocations_count_by_the_budgets_of_the_runs() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), &[("budget", &plain)]);
    let ask = ["--compute", "5e19", "--method", "delta"];
    let of = |input: &str, flops: &str| {
        json(&[&["allocate", input, "--flops", flops][..], &ask].concat())
    };
    let column = of(&runs, "column");
    let cost = &column["cost_model"];
    assert!((cost["p"].as_f64().unwrap() - 0.6).abs() < 1e-6, "{cost}");
    let formula = cost["formula"].as_str().unwrap();
    assert!(
        formula.contains("fitted to the budgets of the runs"),
        "{formula}"
    );
    // A wrong cost has a lower grade than the right one.
    let six = of(&runs, "6nd");
    assert_eq!(six["allocations"][0]["grade"], "low");
    assert_ne!(column["allocations"][0]["grade"], "low");
    assert!(codes(&six["diagnoses"]).contains(&"compute-not-6nd".to_owned()));
    // A column of any name can be named, in every verb of N and D.
    let other = table(folder.path(), &[("cell", &plain)]);
    let named = json(
        &[
            &[
                "allocate",
                &other,
                "--flops",
                "column",
                "--budget-col",
                "cell",
            ][..],
            &ask,
        ]
        .concat(),
    );
    assert_eq!(named["allocations"], column["allocations"]);
    // A law file keeps the budgets.
    let law = folder.path().join("law.json");
    let law = law.to_str().unwrap();
    run(&["fit", &runs, "--law", "chinchilla", "-o", law]);
    assert_eq!(of(law, "column")["allocations"], column["allocations"]);
    let none = table(folder.path(), &[("note", &|_, _| "x".to_owned())]);
    let without = of(&none, "column");
    let formula = without["cost_model"]["formula"].as_str().unwrap();
    assert!(
        formula.contains("the runs have neither a compute nor a budget"),
        "{formula}"
    );
}

#[test]
fn columns_with_names_of_budgets_are_used_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let in_days = |compute: f64, _: usize| format!("{:e}", compute / 8.64e19);
    let text = |compute: f64, _: usize| format!("{compute:e} FLOP");
    let all: [(&str, Cells, &str); 8] = [
        ("nominal", &plain, "budget"),
        ("iso_flops", &plain, "budget"),
        ("compute_bucket", &plain, "budget"),
        ("IsoFLOP budget", &plain, "budget"),
        ("budget (PF-days)", &in_days, "budget"),
        ("budget", &text, "budget"),
        ("pf_days", &in_days, "compute"),
        // Money is not compute.
        ("budget_usd", &plain, "6nd"),
    ];
    for (name, cell, by) in all {
        let runs = table(folder.path(), &[(name, cell)]);
        let found = json(&["isoflop", &runs]);
        assert_eq!(found["grouped_by"], by, "{name}");
        if by == "budget" {
            let text = run(&["isoflop", &runs]).out;
            assert!(text.contains(&format!("budgets in '{name}'")), "{text}");
        }
    }
}

#[test]
fn a_budget_column_that_cannot_be_used_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let gaps = |compute: f64, row: usize| match row % 9 {
        4 => String::new(),
        _ => format!("{compute:e}"),
    };
    let runs = table(folder.path(), &[("budget", &gaps)]);
    let text = run(&["isoflop", &runs]).out;
    assert!(
        text.contains("budget-not-used: the budget column is not used: 4 of 35 runs have no number in it (lines 6, 15, 24, 33)"),
        "{text}"
    );
    let named = run(&["isoflop", &runs, "--budget-col", "budget"]).out;
    assert!(named.contains("35 rows, 31 used"), "{named}");
    assert!(named.contains("line 6: budget is blank"), "{named}");
    let days = |compute: f64, _: usize| format!("{:e}", compute / 8.64e19);
    let runs = table(folder.path(), &[("budget", &days)]);
    let found = json(&["isoflop", &runs]);
    assert!(codes(&found["findings"]).contains(&"budget-not-used".to_owned()));
    // Compute in another unit is reported as such, and not as a share of 6ND.
    let runs = table(folder.path(), &[("compute", &days)]);
    for verb in ["isoflop", "allocate"] {
        let text = run(&[verb, &runs, "--compute", "1e21"]).out;
        assert!(text.contains("units-suspect"), "{text}");
        assert!(!text.contains("compute-not-6nd"), "{text}");
    }
    let refused = run(&["allocate", &runs, "--compute", "10x", "--flops", "k"]);
    assert!(refused.err.contains("6ND in PF-days"), "{}", refused.err);
    assert!(
        refused.err.contains("'compute (PF-days)'"),
        "{}",
        refused.err
    );
}

#[test]
fn budgets_and_compute_that_disagree_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let less =
        |compute: f64, row: usize| format!("{:e}", compute * (1.0 - 0.04 * (row % 7) as f64));
    let runs = table(folder.path(), &[("budget", &plain), ("flops", &less)]);
    let found = json(&["isoflop", &runs]);
    let finding = found["findings"].as_array().unwrap().iter();
    let finding = finding
        .clone()
        .find(|one| one["code"] == "budget-not-compute")
        .unwrap();
    assert_eq!(finding["severity"], "warn");
    assert_eq!(
        finding["message"],
        "the budgets of the runs are 100 to 132 % of their compute column"
    );
    let found = json(&["allocate", &runs, "--compute", "1e20", "--method", "delta"]);
    assert!(codes(&found["diagnoses"]).contains(&"budget-not-compute".to_owned()));
    let same = table(folder.path(), &[("budget", &plain), ("flops", &plain)]);
    let found = json(&["isoflop", &same]);
    assert!(!codes(&found["findings"]).contains(&"budget-not-compute".to_owned()));
}

#[test]
fn a_formula_is_compared_with_the_compute_of_the_runs() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), &[("flops", &plain)]);
    let of = |formula: &str| {
        let ask = [
            "allocate",
            &runs,
            "--compute",
            "5e19",
            "--method",
            "delta",
            "--flops",
            formula,
        ];
        let found = json(&ask);
        let told = codes(&found["diagnoses"]).contains(&"formula-not-compute".to_owned());
        (
            told,
            found["allocations"][0]["grade"]
                .as_str()
                .unwrap()
                .to_owned(),
        )
    };
    assert_eq!(of("9*N*D"), (true, "low".to_owned()));
    assert!(!of("6*N*D + 2000*N^0.6*D").0);
}

#[test]
fn answers_far_beyond_the_runs_have_a_low_grade() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), &[("budget", &plain)]);
    let near = run(&["isoflop", &runs, "--compute", "5e19", "--strict"]);
    assert_eq!(near.code, 0, "{}{}", near.out, near.err);
    let far = run(&["isoflop", &runs, "--compute", "1e30", "--strict"]);
    assert_eq!(far.code, 5, "{}{}", far.out, far.err);
    assert!(far.out.contains("Approach 3 at 1e30  LOW: "), "{}", far.out);
    assert!(
        far.out.contains("warning: target-far-beyond"),
        "{}",
        far.out
    );
    let found = json(&["isoflop", &runs, "--compute", "1e30"]);
    for row in [1, 2] {
        assert_eq!(found["approaches"][row]["grade"], "low");
        let because = found["approaches"][row]["because"].as_str().unwrap();
        assert!(
            because.contains("decades beyond the largest run"),
            "{because}"
        );
    }
    assert!(found["approaches"][0].get("grade").is_none());
    let csv = run(&["isoflop", &runs, "--compute", "1e30", "--format", "csv"]).out;
    assert!(csv.lines().next().unwrap().ends_with(",grade"), "{csv}");
    assert!(csv.lines().nth(2).unwrap().ends_with(",low"), "{csv}");
}

#[test]
fn a_list_of_series_has_intervals_and_grades() {
    let folder = tempfile::tempdir().unwrap();
    let family = |_: f64, row: usize| ["a", "b"][row / 14 % 2].to_owned();
    let runs = table(folder.path(), &[("budget", &plain), ("family", &family)]);
    let text = run(&["isoflop", &runs, "--by", "family", "--compute", "1e25"]).out;
    let head = text.lines().find(|line| line.contains("N* by 2")).unwrap();
    assert!(
        head.contains("grade") && head.contains("warnings"),
        "{text}"
    );
    let row = text
        .lines()
        .find(|line| line.trim().starts_with("a "))
        .unwrap();
    assert!(row.contains('[') && row.contains("low"), "{text}");
    assert!(row.contains("target-far-beyond"), "{text}");
}

#[test]
fn budgets_that_are_taken_for_one_are_named() {
    let folder = tempfile::tempdir().unwrap();
    // Larger sizes were planned for a little more.
    let apart =
        |compute: f64, row: usize| format!("{:e}", compute * (1.0 + 0.005 * (row % 7) as f64));
    let runs = table(folder.path(), &[("plan", &apart)]);
    let found = json(&["isoflop", &runs, "--budget-col", "plan"]);
    assert_eq!(found["ways"][0]["budgets"], 5);
    let text = run(&["isoflop", &runs, "--budget-col", "plan"]).out;
    assert!(
        text.contains(
            "budgets-merged: the budgets 1e18, 1.005e18, 1.01e18, 1.015e18, ... are taken for one"
        ),
        "{text}"
    );
    assert!(text.contains("--tolerance 0.001"), "{text}");
    let found = json(&[
        "isoflop",
        &runs,
        "--budget-col",
        "plan",
        "--tolerance",
        "0.001",
    ]);
    assert_eq!(found["ways"][0]["budgets"], 35);
}

#[test]
fn a_report_counts_as_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), &[("cell", &plain)]);
    let of = |flops: &str| {
        let ask = [
            "report",
            &runs,
            "--law",
            "chinchilla",
            "--at",
            "5e19",
            "--format",
            "text",
        ];
        run(&[&ask[..], &["--budget-col", "cell", "--flops", flops]].concat()).out
    };
    let column = of("column");
    assert!(
        column.contains("C = 6*N*D + 2000*N^p*D with p = 0.600"),
        "{column}"
    );
    assert!(
        column.contains("5e19 FLOP: 0.500 times the largest"),
        "{column}"
    );
    assert!(of("6nd").contains("FLOP    C = 6ND, with N"));
    let refused = run(&["report", "data/simulated_ladder.csv", "--flops", "column"]);
    assert_eq!(refused.code, 2, "{}{}", refused.out, refused.err);
    assert!(
        refused.err.contains("--flops cannot change a page"),
        "{}",
        refused.err
    );
}

/// Runs at (6N − 58·N^0.858)·D FLOP, which is not positive below eight million parameters.
#[test]
fn a_fitted_cost_that_is_nothing_is_no_formula_to_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "n_params,n_tokens,flops,loss\n".to_owned();
    for k in 0..5 {
        for size in 0..7 {
            let n: f64 = 1e8 * 1.8f64.powi(k) * 1.5f64.powi(size - 3);
            let d = 2e9 * 2f64.powi(k) * 1.4f64.powi(3 - size);
            let wobble = 1.0 + 1e-3 * f64::from((size * 5 + 3 * k) % 7 - 3);
            let loss = (1.8 + 482.0 / n.powf(0.35) + 2085.0 / d.powf(0.37)) * wobble;
            let flops = (6.0 * n - 58.0 * n.powf(0.858)) * d;
            csv += &format!("{n},{d},{flops:e},{loss}\n");
        }
    }
    let path = folder.path().join("embeddings.csv");
    std::fs::write(&path, csv).unwrap();
    let path = path.to_str().unwrap();
    let of = |flags: &[&str]| run(&[&["allocate", path, "--flops", "column"], flags].concat()).out;
    let none = of(&["--params", "5M"]);
    assert!(
        none.contains("no budget has N* = 5e6 by the fitted cost"),
        "{none}"
    );
    assert!(
        none.contains("hint: the cost was fitted to sizes from"),
        "{none}"
    );
    let none = of(&["--ratio", "1e9"]);
    assert!(none.contains("ask for a budget instead"), "{none}");
    let size = of(&["--compute", "1e20", "--sizes", "5M"]);
    assert!(
        size.contains("sizes 5M: by the cost that is counted it costs nothing"),
        "{size}"
    );
}

#[test]
fn runs_without_noise_have_intervals_of_no_width() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "n_params,n_tokens,loss\n".to_owned();
    for compute in [1e18, 1e19, 1e20] {
        for size in 0..7 {
            let n = f64::sqrt(compute / 120.0) * 2f64.powi(size - 3);
            let d = compute / (6.0 * n);
            let loss = 1.8172 + 482.01 / n.powf(0.3478) + 2085.43 / d.powf(0.3658);
            csv += &format!("{n:e},{d:e},{loss:e}\n");
        }
    }
    let path = folder.path().join("exact.csv");
    std::fs::write(&path, csv).unwrap();
    let path = path.to_str().unwrap();
    let asked = [
        "allocate",
        path,
        "--compute",
        "1e20",
        "--method",
        "profile",
        "-v",
    ];
    let text = run(&asked).out;
    assert!(!text.contains("no limit"), "{text}");
    assert!(text.contains("Grade    HIGH"), "{text}");
    let csv = run(&["isoflop", path, "--compute", "1e21", "--format", "csv"]).out;
    let cells: Vec<&str> = csv.lines().nth(3).unwrap().split(',').collect();
    for column in ["params_lower", "params_upper", "tokens_lower"] {
        let k = csv
            .lines()
            .next()
            .unwrap()
            .split(',')
            .position(|name| name == column);
        assert!(cells[k.unwrap()].parse::<f64>().is_ok(), "{csv}");
    }
}

#[test]
fn the_best_size_is_not_compared_with_itself() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), &[("budget", &plain)]);
    let ask = ["allocate", &runs, "--compute", "1e20", "--method", "delta"];
    let found = json(&ask);
    let best = found["allocations"][0]["best"]["params"].as_f64().unwrap();
    let sizes = format!("{:.3e}", best);
    let text = run(&[&ask[..], &["--sizes", &sizes]].concat()).out;
    assert!(text.contains("is the best size, to three digits"), "{text}");
    let refused = run(&[&ask[..], &["--n-inference", "1e305"]].concat());
    assert_eq!(refused.code, 2, "{}{}", refused.out, refused.err);
    assert!(
        refused.err.contains("no model reads 1e305 tokens"),
        "{}",
        refused.err
    );
}
