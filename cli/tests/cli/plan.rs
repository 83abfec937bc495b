//! The verb plan.

use super::*;
use serde_json::Value;

const LADDER: &str = "flops,loss\n1e18,4.3249\n3e18,3.9735\n1e19,3.6647\n3e19,3.4160\n\
                      1e20,3.1596\n3e20,2.9655\n1e21,2.7898\n";
/// The same with one run 5 % too high.
const PLANTED: &str = "flops,loss\n1e18,4.3249\n3e18,3.9735\n1e19,3.6647\n3e19,3.5868\n\
                       1e20,3.1596\n3e20,2.9655\n1e21,2.7898\n3e21,2.6312\n";
const FEW: [&str; 2] = ["--draws", "12"];

fn folder(tables: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, table) in tables {
        std::fs::write(folder.path().join(name), table).unwrap();
    }
    folder
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let ran = run_in(folder, &[args, &["--format", "json"]].concat(), "");
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// A surface of N and D.
fn surface() -> String {
    let mut table = String::from("params,tokens,loss\n");
    for k in 0..12 {
        let (n, d) = (1e7 * 3f64.powi(k / 3), 1e9 * 4f64.powi(k % 3));
        let wobble = 1.0 + 0.002 * f64::from((k * 7) % 5 - 2);
        let loss = 1.7 + 480.0 / n.powf(0.35) + 2100.0 / d.powf(0.37);
        table += &format!("{n:e},{d:e},{:.5}\n", loss * wobble);
    }
    table
}

#[test]
fn a_ladder_has_a_next_run_a_sequence_and_an_end() {
    let folder = folder(&[("A.csv", LADDER)]);
    let asked = [
        "plan", "A.csv", "--at", "1e23", "--budget", "6e21", "--most", "3",
    ];
    let asked = [&asked[..], &FEW].concat();
    let ran = run_in(folder.path(), &asked, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in [
        "Next",
        "When to stop",
        "Helps most",
        "Matters most",
        "calibrated 90%",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let found = json(folder.path(), &asked);
    let runs = found["runs"].as_array().unwrap();
    assert!(!runs.is_empty());
    let spent: f64 = runs.iter().map(|run| run["cost"].as_f64().unwrap()).sum();
    assert!(spent <= 6e21 * 1.000_001);
    let last = runs.last().unwrap();
    assert!((last["spent"].as_f64().unwrap() / spent - 1.0).abs() < 1e-9);
    assert!(last["width"].as_f64() < found["width_now"].as_f64());
    // Another seed draws other outcomes; the same seed gives the same bits.
    assert_eq!(found, json(folder.path(), &asked));
}

#[test]
fn a_wrong_run_is_worth_repeating() {
    let folder = folder(&[("A.csv", PLANTED)]);
    let asked = [
        "plan", "A.csv", "--at", "1e23", "--budget", "1e21", "--most", "1",
    ];
    let found = json(folder.path(), &[&asked[..], &FEW].concat());
    assert_eq!(found["suspicious"]["line"], 5);
    let share = found["suspicious"]["share"].as_f64().unwrap();
    assert!((0.04..0.06).contains(&share), "{share}");
}

#[test]
fn a_law_of_two_columns_is_planned_from_a_table_of_candidates() {
    let table = surface();
    let pool = "params,tokens,cost\n1e8,1e10,3\n1e9,2e10,5\n1e9,1e11,40\n1e8,,2\n";
    let folder = folder(&[("A.csv", &table), ("pool.csv", pool)]);
    let law = "L = E + A/N^alpha + B/D^beta";
    let asked = [
        "plan",
        "A.csv",
        "--law",
        law,
        "--candidates",
        "pool.csv",
        "--at",
        "N=70B,D=1.4T",
        "--budget",
        "10",
        "--no-seeds",
    ];
    let found = json(folder.path(), &asked);
    assert_eq!(
        (&found["method"], &found["candidates"]),
        (&"delta".into(), &2.into())
    );
    assert_eq!(found["too_dear"], 1);
    let lines: Vec<u64> = (found["runs"].as_array().unwrap().iter())
        .map(|run| run["line"].as_u64().unwrap())
        .collect();
    assert!(lines.contains(&3), "{lines:?}");
    for design in ["d", "v", "cheapest", "random"] {
        let found = json(folder.path(), &[&asked[..], &["--design", design]].concat());
        assert!(!found["runs"].as_array().unwrap().is_empty(), "{design}");
    }
    let csv = run_in(
        folder.path(),
        &[&asked[..], &["--format", "csv"]].concat(),
        "",
    );
    assert!(
        csv.out
            .starts_with("step,at,line,place,cost,spent,level,method,width,status\n0,")
    );
}

#[test]
fn a_ladder_is_designed_from_priors() {
    let folder = folder(&[]);
    let asked = [
        "plan",
        "--prior",
        "b=-0.1+-0.02",
        "--prior",
        "c=1.6+-0.1",
        "--expect",
        "1e18=3.2",
        "--at",
        "1e22",
        "--budget",
        "1e20",
        "--draws",
        "8",
    ];
    let found = json(folder.path(), &asked);
    let ladders = found["ladders"].as_array().unwrap();
    assert!(!ladders.is_empty());
    assert!(
        ladders
            .iter()
            .all(|ladder| ladder["cost"].as_f64().unwrap() <= 1.000_001e20)
    );
    assert!(found["best"].as_u64().unwrap() < ladders.len() as u64);
}

#[test]
fn what_cannot_be_planned_is_refused_with_its_reason() {
    let table = surface();
    let folder = folder(&[("A.csv", LADDER), ("S.csv", &table)]);
    let law = "L = E + A/N^alpha + B/D^beta";
    let cases: [(&[&str], &str); 9] = [
        (
            &["plan", "A.csv", "--at", "1e23", "--budget", "0"],
            "not positive",
        ),
        (
            &["plan", "A.csv", "--at", "1e23", "--budget", "1"],
            "costs as little as the budget",
        ),
        (
            &[
                "plan", "A.csv", "--at", "1e23", "--budget", "1e20", "--grid", "N=1e8",
            ],
            "no column 'N'",
        ),
        (
            &[
                "plan", "A.csv", "--at", "1e23", "--budget", "1e20", "--cost", "2*N",
            ],
            "speaks of N",
        ),
        (
            &[
                "plan", "A.csv", "--at", "1e23", "--budget", "1e20", "--draws", "1",
            ],
            "from 8 to 10000",
        ),
        (
            &[
                "plan", "A.csv", "--at", "1e23", "--budget", "1e20", "--noise", "0.1",
            ],
            "without runs",
        ),
        (
            &[
                "plan",
                "S.csv",
                "--law",
                law,
                "--at",
                "N=1e9,D=1e9",
                "--budget",
                "1e20",
            ],
            "no runs to choose from",
        ),
        (
            &["plan", "--at", "1e23", "--budget", "1e20"],
            "what is known of b and c",
        ),
        (
            &[
                "plan",
                "--at",
                "1e23",
                "--budget",
                "1e20",
                "--prior",
                "b=-0.1+-0.02",
            ],
            "both b and c",
        ),
    ];
    for (args, words) in cases {
        let ran = run_in(folder.path(), args, "");
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_plan_is_drawn_and_written_as_a_page() {
    let folder = folder(&[("A.csv", LADDER)]);
    let asked = [
        "plan", "A.csv", "--at", "1e23", "--budget", "3e21", "--most", "2", "--draws", "8",
        "--plot", "p.svg", "--page", "p.html",
    ];
    let ran = run_in(folder.path(), &asked, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let svg = std::fs::read_to_string(folder.path().join("p.svg")).unwrap();
    assert!(svg.contains("Half of the calibrated 90% interval") && svg.contains("Spent"));
    let page = std::fs::read_to_string(folder.path().join("p.html")).unwrap();
    for words in [
        "What to train next",
        "Interval against cost",
        "The sequence",
        "SHA-256",
    ] {
        assert!(page.contains(words), "{words}");
    }
}
