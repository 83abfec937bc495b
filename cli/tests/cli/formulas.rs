//! Laws typed as formulas.

use super::{ok, run, run_with, temporary, text};
use serde_json::Value;

/// Runs of L(N, S) = 1.4 + 90·N^-0.25 + 0.2/(1 + S), with scatter; the last is held out.
fn table() -> String {
    let mut csv = "params,S,loss,split\n".to_owned();
    let mut scatter = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4].iter().cycle();
    for n in [1e7_f64, 3e7, 1e8, 3e8, 1e9] {
        for s in [0.0, 1.0, 3.0] {
            let loss = 1.4 + 90.0 * n.powf(-0.25) + 0.2 / (1.0 + s);
            let loss = loss * (1.0 + scatter.next().copied().unwrap_or_default());
            csv += &format!("{n:e},{s},{loss},train\n");
        }
    }
    let largest = 1.4 + 90.0 * 1e10_f64.powf(-0.25) + 0.2 / 9.0;
    csv + &format!("1e10,8,{largest},test\n")
}

const LAW: &str = "L(N, S) = E + a*N^-b + c/(1 + S)";
const HELD: [&str; 2] = ["--hold", "split = test"];

fn fitted(law: &str, more: &[&str]) -> Value {
    let asked = [
        &["fit", "-", "--law", law, "--format", "json"],
        &HELD[..],
        more,
    ]
    .concat();
    let ran = run_with(&asked, &table());
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn value(law: &Value, name: &str) -> f64 {
    let all = law["parameters"].as_array().unwrap();
    let found = all.iter().find(|p| p["name"] == name).unwrap();
    found["value"].as_f64().unwrap()
}

#[test]
fn a_formula_of_any_columns_is_fitted_without_a_start() {
    let law = fitted(LAW, &[]);
    for (name, truth, tolerance) in [("E", 1.4, 0.02), ("b", 0.25, 0.01), ("c", 0.2, 0.01)] {
        assert!(
            (value(&law, name) - truth).abs() < tolerance,
            "{name}: {law}"
        );
    }
    assert_eq!(law["law"], "L(N, S) = E + a*N^-b + c/(1 + S)");
    assert_eq!(law["data"]["runs"][0]["columns"]["S"], 0.0);
    // The short form finds the columns in the table, and is stored with them.
    assert_eq!(fitted("L = E + a*N^-b + c/(1+S)", &[]), law);
}

#[test]
fn the_short_form_may_have_columns_of_no_role_alone() {
    let table = "lr,bsz,loss\n1,2,2.1\n2,4,1.9\n3,1,2.4\n4,8,1.7\n5,3,2.3\n6,6,2.0\n";
    let asked = [
        "fit",
        "-",
        "--law",
        "L = a + b*lr + c*ln(bsz)",
        "--format",
        "json",
    ];
    let ran = run_with(&asked, table);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let law: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(law["law"], "L(lr, bsz) = a + b*lr + c*ln(bsz)");
    let at = [
        "forecast",
        "-",
        "--law",
        "L = a + b*lr + c*ln(bsz)",
        "--at",
        "lr=7,bsz=8",
    ];
    let ran = run_with(&at, table);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("lr=7"), "{}", ran.out);
    // An error if no name is a column of the table.
    let ran = run_with(&["fit", "-", "--law", "L = a + b"], table);
    assert!(ran.err.contains("no column"), "{}", ran.err);
}

#[test]
fn losses_below_zero_need_absolute_residuals() {
    let table = "S,loss\n1,-2.1\n2,-2.4\n3,-2.55\n4,-2.61\n6,-2.70\n8,-2.72\n";
    let asked = ["fit", "-", "--law", "L(S) = a + b/S"];
    let ran = run_with(&asked, table);
    assert!(ran.err.contains("--residuals absolute"), "{}", ran.err);
    let ran = run_with(&[&asked[..], &["--residuals", "absolute"]].concat(), table);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn held_parameters_and_bounds_are_kept() {
    let law = fitted(LAW, &["--fix", "b=0.3", "--bound", "c=0..0.1"]);
    assert_eq!(value(&law, "b"), 0.3);
    assert!((0.0..=0.1).contains(&value(&law, "c")));
}

#[test]
fn points_and_held_out_runs_are_forecast() {
    let asked = [
        &[
            "forecast",
            "-",
            "--law",
            LAW,
            "--at",
            "N=1e10,S=8,N=1e11,S=0",
        ],
        &HELD[..],
    ]
    .concat();
    let ran = run_with(&[&asked[..], &["--format", "json"]].concat(), &table());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let all = json["forecasts"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(all[1]["at"]["N"], 1e11);
    assert_eq!(all[0]["point"], all[2]["point"]);
    let observed = all[2]["observed"].as_f64().unwrap();
    let interval = all[2]["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["level"] == 0.9 && i["kind"] == "prediction" && i["method"] == "delta");
    let interval = interval.unwrap_or_else(|| panic!("{json}"));
    assert!(interval["lower"].as_f64().unwrap() < observed);
    assert!(interval["upper"].as_f64().unwrap() > observed);
    assert_eq!(all[0]["beyond"]["N"], 10.0);
    assert!(all[0]["beyond"]["S"].as_f64().unwrap() > 2.0);

    let csv = run_with(&[&asked[..], &["--format", "csv"]].concat(), &table());
    assert!(csv.out.starts_with(
        "at,line,point,level,kind,method,lower,upper,observed,error,status,outcome\n"
    ));
    assert!(
        csv.out.contains("\"N=10000000000.0,S=8.0\",17,"),
        "{}",
        csv.out
    );
    let words = run_with(&asked, &table());
    assert!(words.out.contains("line 17: N=10B,S=8"), "{}", words.out);
    assert!(words.out.contains("N 10.0×, S 2.67×"), "{}", words.out);
}

#[test]
fn a_law_file_of_a_formula_is_read_again() {
    let (_guard, path) = temporary("law.json");
    let (_other, runs) = temporary("runs.csv");
    std::fs::write(&runs, table()).unwrap();
    ok(&[
        "fit",
        text(&runs),
        "--law",
        LAW,
        "--hold",
        "split = test",
        "-o",
        text(&path),
    ]);
    let shown = ok(&["show", text(&path)]);
    assert!(shown.contains(LAW), "{shown}");
    let direct = ok(&[
        "forecast",
        text(&runs),
        "--law",
        LAW,
        "--hold",
        "split = test",
        "--at",
        "N=1e11,S=1",
        "--format",
        "csv",
    ]);
    let again = ok(&[
        "forecast",
        text(&path),
        "--at",
        "N=1e11,S=1",
        "--format",
        "csv",
    ]);
    assert_eq!(again, direct);
}

#[test]
fn a_formula_of_compute_is_a_law_like_the_others() {
    let runs = "data/cerebras_gpt.csv";
    let ask = |law: &str| {
        let asked = [
            "forecast", runs, "--law", law, "--at", "1e24", "--format", "json",
        ];
        let json: Value = serde_json::from_str(&ok(&asked)).unwrap();
        json["forecasts"][0]["point"].as_f64().unwrap()
    };
    // The calibrated point depends on the runs and not on the law.
    assert_eq!(ask("saturating"), ask("L = a*C^b + c"));
}

#[test]
fn what_is_wrong_with_a_formula_is_said() {
    for (law, part) in [
        ("L = E + foo(N)", "at character 9"),
        ("L(N, T) = a*N + b*T", "'T'"),
        ("L = a + b", "no column"),
        ("nonsense", "or type a formula"),
    ] {
        let ran = run_with(&["fit", "-", "--law", law], &table());
        assert!([2, 3].contains(&ran.code), "{law}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(part), "{law}: {}", ran.err);
    }
    let ran = run_with(&["forecast", "-", "--law", LAW], &table());
    assert!(ran.err.contains("--at N=1,S=1"), "{}", ran.err);
    let ran = run_with(&["forecast", "-", "--law", LAW, "--at", "N=1e9"], &table());
    assert!(ran.err.contains("no value to S"), "{}", ran.err);
    let ran = run_with(
        &["allocate", "-", "--law", LAW, "--compute", "1e22"],
        &table(),
    );
    assert_ne!(ran.code, 0);
    let ran = run_with(&["versus", "-", "--law", LAW, "--by", "split"], &table());
    assert_ne!(ran.code, 0);
}

#[test]
fn published_laws_have_names() {
    let listed = run(&["laws", "--format", "json"]);
    let json: Value = serde_json::from_str(&listed.out).unwrap();
    let all = json.as_array().unwrap();
    let precision = all.iter().find(|law| law["name"] == "precision").unwrap();
    assert!(precision["source"].as_str().unwrap().contains("2411.04330"));
    let ran = run_with(
        &[
            "fit", "-", "--law", "parallel", "--where", "S > 0", "--format", "json",
        ],
        &table(),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let law: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(law["law"], "parallel");
}

/// Runs of two outcomes that share their exponents.
fn two_outcomes() -> String {
    let mut csv = "params,tokens,text,code,split\n".to_owned();
    let mut scatter = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4, -1e-4, 2e-4].iter().cycle();
    let mut noisy = |value: f64| value * (1.0 + scatter.next().copied().unwrap_or_default());
    for n in [1e7_f64, 1e8, 1e9, 1e10] {
        for d in [1e9_f64, 1e10, 1e11] {
            let text = noisy(1.5 + 400.0 * n.powf(-0.34) + 300.0 * d.powf(-0.28));
            let code = noisy(0.8 + 200.0 * n.powf(-0.34) + 500.0 * d.powf(-0.28));
            let split = if n > 5e9 { "test" } else { "train" };
            csv += &format!("{n:e},{d:e},{text},{code},{split}\n");
        }
    }
    csv
}

const TWO: [&str; 4] = [
    "--law",
    "text = E1 + A1/N^alpha + B1/D^beta",
    "--law",
    "code = E2 + A2/N^alpha + B2/D^beta",
];

#[test]
fn formulas_of_several_outcomes_share_parameters() {
    let asked = [&["fit", "-", "--format", "json"], &TWO[..], &HELD[..]].concat();
    let ran = run_with(&asked, &two_outcomes());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let law: Value = serde_json::from_str(&ran.out).unwrap();
    for (name, truth) in [("E1", 1.5), ("E2", 0.8), ("alpha", 0.34), ("beta", 0.28)] {
        assert!((value(&law, name) - truth).abs() < 0.05, "{name}: {law}");
    }
    assert_eq!(law["data"]["runs"].as_array().unwrap().len(), 24);
    // The law file and the table give the same values at the same points.
    let (_folder, path) = temporary("law.json");
    std::fs::write(&path, &ran.out).unwrap();
    let at = ["--at", "N=1e11,D=1e12", "--format", "csv"];
    let from_law = ok(&[&["forecast", text(&path)], &at[..]].concat());
    let from_table = [&["forecast", "-"], &TWO[..], &HELD[..], &at[..]].concat();
    let from_table = run_with(&from_table, &two_outcomes());
    assert_eq!(from_law, from_table.out, "{}", from_table.err);
    let rows: Vec<&str> = from_law.lines().collect();
    assert!(rows[0].ends_with(",status,outcome"), "{}", rows[0]);
    for outcome in ["text", "code"] {
        let own = rows
            .iter()
            .filter(|row| row.ends_with(&format!(",{outcome}")));
        // One point and three held-out runs, each at as many levels and kinds.
        assert_eq!(own.count(), (rows.len() - 1) / 2);
    }
}

#[test]
fn several_laws_must_all_be_formulas_of_different_outcomes() {
    for (laws, part) in [
        (["power", "y = a*N^b"], "'power' is no formula"),
        (["x = a*N^b", "x = c*N^b"], "has a formula already"),
        (["x = a*N^b", "y = c*x"], "cannot be on the right"),
        (["text = a*N^b", "missing = c*N^b"], "no column 'missing'"),
        (["text = a*outcome", "code = b*N^c"], "give it another name"),
    ] {
        let asked = ["fit", "-", "--law", laws[0], "--law", laws[1]];
        let ran = run_with(&asked, &two_outcomes());
        assert_ne!(ran.code, 0, "{laws:?}");
        assert!(ran.err.contains(part), "{laws:?}: {}", ran.err);
    }
}
