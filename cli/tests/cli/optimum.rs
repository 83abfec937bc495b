//! The point at which a law of any columns is lowest.

use super::{run_with, temporary, text};
use serde_json::Value;

const SURFACE: &str = "L = E + A/N^alpha + B/D^beta";

/// Runs of L(N, D) = 1.8 + 480/N^0.35 + 2100/D^0.37, with scatter.
fn runs() -> String {
    let mut csv = "params,tokens,loss\n".to_owned();
    let mut scatter = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4, -3e-4, 2e-4].iter().cycle();
    for n in [1e8_f64, 3e8, 1e9, 3e9] {
        for d in [2e9_f64, 8e9, 3e10] {
            let loss = 1.8 + 480.0 * n.powf(-0.35) + 2100.0 * d.powf(-0.37);
            let loss = loss * (1.0 + scatter.next().copied().unwrap_or_default());
            csv += &format!("{n},{d},{loss}\n");
        }
    }
    csv
}

/// A sweep of learning rates whose best one is 0.3·N^-0.25.
fn sweep() -> String {
    sweep_of(&[3e-4, 1e-3, 3e-3, 1e-2])
}

fn sweep_of(rates: &[f64]) -> String {
    let mut csv = "params,lr,loss\n".to_owned();
    let mut scatter = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4].iter().cycle();
    for n in [1e7_f64, 1e8, 1e9] {
        for lr in rates {
            let best = 0.3 * n.powf(-0.25);
            let loss = 2.0 + 90.0 * n.powf(-0.25) + 0.05 * (lr / best).ln().powi(2);
            let loss = loss * (1.0 + scatter.next().copied().unwrap_or_default());
            csv += &format!("{n:e},{lr},{loss}\n");
        }
    }
    csv
}

const SWEPT: &str = "L(lr, N) = E + A/N^a + k*(ln(lr) - m - s*ln(N))^2";

fn json(args: &[&str], table: &str) -> Value {
    let ran = run_with(&[args, &["--format", "json"]].concat(), table);
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// The values and intervals of the first optimum.
fn values(answer: &Value) -> Vec<(f64, f64, f64)> {
    let values = answer["optima"][0]["values"].as_array().unwrap();
    let one = |value: &Value| {
        let ends = &value["interval"];
        let number = |v: &Value| v.as_f64().unwrap();
        (number(&value["value"]), number(&ends[0]), number(&ends[1]))
    };
    values.iter().map(one).collect()
}

#[test]
fn a_surface_at_a_cost_is_allocated_as_the_built_in_one() {
    // The same fit by another program: its minimum and its intervals are the same.
    let squared = ["--objective", "squared", "--residuals", "log"];
    let asked = ["--cost", "6*N*D", "--budget", "1e23"];
    let own = [&["optimum", "-", "--law", SURFACE], &asked[..], &squared].concat();
    let own = json(&own, &runs());
    let asked = ["allocate", "-", "--compute", "1e23", "--method", "delta"];
    let known = json(&[&asked[..], &squared].concat(), &runs());
    let allocation = &known["allocations"][0];
    let names = ["params", "tokens"];
    for (found, name) in values(&own).into_iter().zip(names) {
        let intervals = allocation["intervals"].as_array().unwrap();
        let interval = intervals.iter().find(|i| i["quantity"] == name).unwrap();
        for (found, known) in [
            (found.0, &allocation["best"][name]),
            (found.1, &interval["lower"]),
            (found.2, &interval["upper"]),
        ] {
            let known = known.as_f64().unwrap();
            assert!(
                (found / known - 1.0).abs() < 1e-5,
                "{name}: {found} {known}"
            );
        }
    }
    // `allocate` gives the same where its law is typed.
    let asked = ["allocate", "-", "--law", SURFACE, "--compute", "1e23"];
    let typed = json(&[&asked[..], &squared].concat(), &runs());
    assert_eq!(typed["optima"], own["optima"]);
    // The grade is equal too, with the findings about the split.
    let optimum = &typed["optima"][0];
    assert_eq!(optimum["grade"], allocation["grade"], "{optimum}");
    let codes = |found: &Value| -> Vec<String> {
        let all = found["diagnoses"].as_array().into_iter().flatten();
        all.map(|d| d["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let far = ["allocate", "-", "--law", SURFACE, "--compute", "1e30"];
    let far = json(&[&far[..], &squared].concat(), &runs());
    let codes = codes(&far["optima"][0]);
    assert!(
        codes.iter().any(|code| code == "target-far-beyond"),
        "{codes:?}"
    );
    assert_eq!(far["optima"][0]["grade"], "low");
}

/// Runs that all have twenty tokens a parameter.
fn on_one_line() -> String {
    let mut table = "params,tokens,loss\n".to_owned();
    for k in 0..12 {
        let n = 1e7 * 10f64.powf(0.25 * f64::from(k));
        let wobble = 1.0 + 0.002 * f64::from(k % 3 - 1);
        let loss = (1.7 + 400.0 * n.powf(-0.34) + 60.0 * (20.0 * n).powf(-0.28)) * wobble;
        table += &format!("{n},{},{loss}\n", 20.0 * n);
    }
    table
}

/// Runs with one ratio of tokens to parameters cannot say how a budget is split, whatever the law.
#[test]
fn runs_on_one_line_have_no_split() {
    let table = on_one_line();
    // So do runs that are nearly on it, if they leave an exponent unknown.
    let nearly = table.replace("100000000,2000000000,", "100000000,2100000000,");
    assert_ne!(nearly, table);
    for (law, table) in [("L = E + A/(N^a*D^a)", &table), (SURFACE, &nearly)] {
        let args = ["allocate", "-", "--law", law, "--compute", "1e22"];
        let ran = run_with(&args, table);
        assert_eq!(ran.code, 4, "{} {}", ran.out, ran.err);
        assert!(ran.out.contains("collinear-n-d"), "{}", ran.out);
        let ran = run_with(&[&args[..], &["--format", "json"]].concat(), table);
        let said: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(said["refused"]["code"], "collinear-n-d");
    }
    // Exponents that are held, or numbers in the formula, separate the terms.
    let numbers = "L = E + A/N^0.34 + B/D^0.28";
    let held = ["--fix", "alpha=0.34", "--fix", "beta=0.28"];
    for (law, held) in [(numbers, &[][..]), (SURFACE, &held[..])] {
        let args = ["allocate", "-", "--law", law, "--compute", "1e22"];
        let ran = run_with(&[&args[..], held].concat(), &nearly);
        assert!(!ran.out.contains("collinear-n-d"), "{}", ran.out);
        assert_ne!(ran.code, 4, "{} {}", ran.out, ran.err);
    }
}

#[test]
fn the_best_learning_rate_of_a_larger_model_has_an_interval() {
    let args = [
        "optimum", "-", "--law", SWEPT, "--free", "lr", "--at", "N=1e10",
    ];
    let found = values(&json(&args, &sweep()));
    let truth = 0.3 * 1e10_f64.powf(-0.25);
    let (value, low, high) = found[0];
    assert!((value / truth).ln().abs() < 0.1, "{value} {truth}");
    assert!(low < truth && truth < high && low < value && value < high);
    // A law file gives the same answer.
    let (_folder, law) = temporary("law.json");
    let fitted = ["fit", "-", "--law", SWEPT, "-o", text(&law)];
    assert_eq!(run_with(&fitted, &sweep()).code, 0);
    let args = ["optimum", text(&law), "--free", "lr", "--at", "N=1e10"];
    assert_eq!(values(&json(&args, "")), found);
}

#[test]
fn a_law_that_only_falls_has_no_optimum() {
    let args = ["optimum", "-", "--law", SURFACE, "--free", "N,D"];
    let ran = run_with(&args, &runs());
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(
        ran.out.contains("the law falls up to the end"),
        "{}",
        ran.out
    );
}

#[test]
fn where_the_runs_do_not_show_a_curvature_there_is_no_interval() {
    // The loss hardly depends on the learning rate.
    let mut csv = "lr,loss\n".to_owned();
    for (k, lr) in [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2].iter().enumerate() {
        let wobble = [2e-3, -1e-3, -2e-3, 1e-3, -2e-3, 3e-3][k];
        csv += &format!("{lr},{}\n", 2.0 + wobble);
    }
    let args = [
        "optimum",
        "-",
        "--law",
        "L(lr) = c + k*(ln(lr) - m)^2",
        "--free",
        "lr",
    ];
    let ran = run_with(&args, &csv);
    assert!(
        ran.out.contains("do not show that the law curves upwards"),
        "{}",
        ran.out
    );
}

#[test]
fn the_optima_of_cells_have_a_law() {
    let swept = sweep_of(&[1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]);
    let law = [
        "optimum",
        "-",
        "--law",
        "L(lr) = c + k*(ln(lr) - m)^2",
        "--free",
        "lr",
        "--by",
        "params",
    ];
    let then = ["--then", "lr = k*params^a", "--at", "params=1e10"];
    let made = json(&[&law[..], &then].concat(), &swept);
    let cells = made["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 3);
    for cell in cells {
        let n: f64 = cell["cell"].as_str().unwrap().parse().unwrap();
        let best = &cell["optimum"]["optima"][0]["values"][0];
        let truth = 0.3 * n.powf(-0.25);
        let ends = best["interval"].as_array().unwrap();
        assert!(
            (best["value"].as_f64().unwrap() / truth).ln().abs() < 0.05,
            "{cell}"
        );
        assert!(
            ends[0].as_f64().unwrap() < truth && truth < ends[1].as_f64().unwrap(),
            "{cell}"
        );
    }
    let fitted = made["laws"][0]["law"]["parameters"].as_array().unwrap();
    let a = fitted.iter().find(|p| p["name"] == "a").unwrap();
    assert!((a["value"].as_f64().unwrap() + 0.25).abs() < 0.02, "{a}");
    let point = made["laws"][0]["forecasts"][0]["point"].as_f64().unwrap();
    assert!(
        (point / (0.3 * 1e10_f64.powf(-0.25))).ln().abs() < 0.1,
        "{point}"
    );
    // In words, as a table, and without a law of the optima.
    let ran = run_with(&[&law[..], &then].concat(), &swept);
    assert!(
        ran.out.contains("3 by params, 3 of them with an optimum"),
        "{}",
        ran.out
    );
    let ran = run_with(&[&law[..], &then, &["--format", "csv"]].concat(), &swept);
    assert!(ran.out.contains("params=10000000000.0,lr,"), "{}", ran.out);
    let ran = run_with(&law, &swept);
    assert!(
        ran.code == 0 && !ran.out.contains("Record"),
        "{} {}",
        ran.code,
        ran.err
    );
    // A cell without curvature has a reason, and the others are unaffected.
    let flat = swept.clone()
        + "1e6,1e-3,3.1\n1e6,3e-3,3.1001\n1e6,1e-2,3.0999\n1e6,3e-2,3.1\n1e6,1e-4,3.1001\n1e6,3e-4,3.0999\n";
    let ran = run_with(&[&law[..], &then].concat(), &flat);
    assert!(
        ran.out.contains("4 by params, 3 of them with an optimum"),
        "{}",
        ran.out
    );
    for (more, part) in [
        (
            &["--then", "bsz = k*params^a"][..],
            "'bsz' is none of the columns",
        ),
        (&["--then", "lr = k*oops("], "character"),
        (&["--cost", "6*lr", "--budget", "1"], "--by"),
    ] {
        let ran = run_with(&[&law[..], more].concat(), &swept);
        assert_ne!(ran.code, 0, "{more:?}");
        assert!(ran.err.contains(part), "{more:?}: {}", ran.err);
    }
    let ran = run_with(
        &[&law[..4], &["--free", "lr", "--then", "lr = k"]].concat(),
        &swept,
    );
    assert!(ran.err.contains("--by"), "{}", ran.err);
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_do() {
    for (more, part) in [
        (&["--free", "lr"][..], "'N' is neither free nor held"),
        (&["--free", "bsz", "--at", "N=1e9"], "and not of 'bsz'"),
        (&["--free", "lr", "--at", "lr=1"], "lr"),
        (
            &["--free", "lr", "--cost", "6*N*", "--budget", "1"],
            "at its end",
        ),
        (
            &["--free", "lr", "--cost", "6*N", "--budget", "1"],
            "on no free column",
        ),
        (&["--cost", "6*N", "--budget=-1"], "--budget"),
        (&["--at", "N=1e9,lr=1"], "no column is free"),
    ] {
        let args = [&["optimum", "-", "--law", SWEPT], more].concat();
        let ran = run_with(&args, &sweep());
        assert!(
            matches!(ran.code, 2 | 3),
            "{more:?}: {} {}",
            ran.code,
            ran.err
        );
        assert!(ran.err.contains(part), "{more:?}: {}", ran.err);
    }
}

/// What holds for N and D holds for columns of any name.
#[test]
fn a_split_between_columns_of_any_name_has_a_grade_and_refusals() {
    let renamed = |table: &str| table.replace("params,tokens", "width,steps");
    let law = "L = E + A/width^alpha + B/steps^beta";
    let named = |budget| {
        [
            "optimum",
            "-",
            "--law",
            law,
            "--cost",
            "6*width*steps",
            "--budget",
            budget,
        ]
    };
    let sizes = |budget| {
        [
            "optimum", "-", "--law", SURFACE, "--cost", "6*N*D", "--budget", budget,
        ]
    };
    for budget in ["1e22", "1e30"] {
        let ours = json(&named(budget), &renamed(&runs()))["optima"][0].clone();
        let theirs = json(&sizes(budget), &runs())["optima"][0].clone();
        assert_eq!(ours["grade"], theirs["grade"]);
        let words = |found: &Value| {
            found
                .to_string()
                .replace("steps", "D")
                .replace("width", "N")
        };
        for part in ["because", "diagnoses"] {
            let theirs = words(&theirs[part]).replace("tokens to parameters", "D to N");
            assert_eq!(words(&ours[part]), theirs);
        }
    }
    let on_one_line = on_one_line();
    let ran = run_with(&named("1e22"), &renamed(&on_one_line));
    assert_eq!(ran.code, 4, "{} {}", ran.out, ran.err);
    assert!(ran.out.contains("ln width and ln steps"), "{}", ran.out);
    // With the exponents held, the terms are separate.
    let held = ["--fix", "alpha=0.34", "--fix", "beta=0.28"];
    let ran = run_with(
        &[&named("1e22")[..], &held].concat(),
        &renamed(&on_one_line),
    );
    assert!(!ran.out.contains("collinear"), "{}", ran.out);
}

/// An interval over dozens of orders of magnitude is none.
#[test]
fn an_interval_without_a_limit_is_not_printed() {
    let table = "width,loss\n1,2.0\n1.02,2.1\n1.04,1.95\n1.06,2.05\n1.08,1.9\n1.1,2.0\n";
    for (at, limited) in [
        ("width=1e30", false),
        ("width=2", true),
        ("width=0.5", true),
    ] {
        let args = ["forecast", "-", "--law", "L = A*width^b", "--at", at];
        let ran = run_with(&[&args[..], &["--format", "json"]].concat(), table);
        let answer: Value = serde_json::from_str(&ran.out).unwrap();
        let point = &answer["forecasts"][0];
        let given = point["intervals"].as_array().map_or(0, Vec::len);
        assert_eq!(given > 0, limited, "{at}: {point}");
        assert_eq!(point.to_string().contains("no limit"), !limited, "{point}");
        // A column below the runs is told from one above them.
        let words = run_with(&args, table);
        assert_eq!(
            words.out.contains("2.00× below"),
            at == "width=0.5",
            "{}",
            words.out
        );
    }
}
