//! Repeated questions are answered once, in the order first given.

use super::*;

/// Both commands give the same answer.
fn same(repeated: &[&str], once: &[&str]) {
    let (repeated, once) = (run(repeated), run(once));
    assert_eq!(repeated.code, once.code, "{}", repeated.err);
    assert!(!once.out.is_empty(), "{}", once.err);
    assert_eq!(repeated.out, once.out);
}

#[test]
fn a_repeated_value_gives_one_answer() {
    let rates = [
        "capability",
        "data/hindsight_neglect_opt.csv",
        "--compute-col",
        "n_params",
        "--pass-rate-col",
        "accuracy",
        "--force",
        "--format",
        "csv",
    ];
    let forecast = ["forecast", RUNS, "--format", "csv"];
    let reach = ["forecast", RUNS, "--format", "csv"];
    let allocate = [
        "allocate", RUNS, "--force", "--method", "delta", "--format", "csv",
    ];
    let all = [
        "allocate",
        RUNS,
        "--force",
        "--compute",
        "1e24",
        "--format",
        "csv",
    ];
    let report = ["report", RUNS, "--format", "json"];
    let cases: [(&[&str], &[&str], &[&str]); 16] = [
        (&forecast, &["--at", "10x", "--at", "10x"], &["--at", "10x"]),
        (
            &forecast,
            &["--at", "1e24,1e23,1000e21,100e21"],
            &["--at", "1e24,1e23"],
        ),
        (&forecast, &["--at", "2.3e23,10x"], &["--at", "2.3e23"]),
        (
            &forecast,
            &["--at", "10x", "--level", "0.9,0.80,0.90,0.8"],
            &["--at", "10x", "--level", "0.9,0.8"],
        ),
        (
            &forecast,
            &["--at", "10x", "--method", "delta,delta,profile"],
            &["--at", "10x", "--method", "delta,profile"],
        ),
        (
            &reach,
            &["--reach", "1.5,1.4,1.50"],
            &["--reach", "1.5,1.4"],
        ),
        (
            &rates,
            &["--at", "100x,100x", "--level", "0.9,0.9"],
            &["--at", "100x", "--level", "0.9"],
        ),
        (
            &allocate,
            &["--compute", "1e24,1e24,1000e21"],
            &["--compute", "1e24"],
        ),
        (
            &allocate,
            &["--params", "70B,7e10", "--tokens", "1T,1T"],
            &["--params", "70B", "--tokens", "1T"],
        ),
        (&allocate, &["--ratio", "20,20.0"], &["--ratio", "20"]),
        (&all, &["--method", "delta,delta"], &["--method", "delta"]),
        (
            &["isoflop", RUNS, "--format", "csv"],
            &["--compute", "1e24,1e24"],
            &["--compute", "1e24"],
        ),
        (
            &["compare", RUNS, "--format", "csv"],
            &["--laws", "power,power,saturating"],
            &["--laws", "power,saturating"],
        ),
        (
            &["plot", RUNS],
            &["--laws", "power,saturating,power"],
            &["--laws", "power,saturating"],
        ),
        (&["plot", RUNS], &["--at", "10x,10x"], &["--at", "10x"]),
        (
            &["forecast", RUNS, "--by", "model", "--format", "csv"],
            &["--at", "10x,10x,1e24"],
            &["--at", "10x,1e24"],
        ),
    ];
    for (base, repeated, once) in cases {
        same(&[base, repeated].concat(), &[base, once].concat());
    }
    // The page shows the command; the rest is equal.
    let sections = |flags: &[&str]| {
        let out = run(&[&report[..], flags].concat()).out;
        let mut page: serde_json::Value = serde_json::from_str(&out).unwrap();
        let sections = page["sections"].as_array_mut().unwrap();
        sections.retain(|section| section["id"] != "provenance");
        page["sections"].to_string()
    };
    let repeated = sections(&["--at", "10x,10x", "--level", "0.9,0.9"]);
    assert!(repeated == sections(&["--at", "10x", "--level", "0.9"]));
}

/// Each row of a table of targets belongs to the user and is answered.
#[test]
fn rows_of_a_table_of_targets_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let rows = (0..6).map(|k| format!("a,{:e},{}\n", 10f64.powi(18 + k), 3.0 - 0.2 * f64::from(k)));
    std::fs::write(
        at("runs.csv"),
        "task,compute,loss\n".to_owned() + &rows.collect::<String>(),
    )
    .unwrap();
    std::fs::write(at("targets.csv"), "task,compute\na,1e25\na,1e25\n").unwrap();
    let forecast = |flags: &[&str]| {
        let base = ["forecast", "runs.csv", "--by", "task", "--format", "csv"];
        let ran = run_in(folder.path(), &[&base[..], flags].concat(), "");
        table(&ran.out).len()
    };
    let one = forecast(&["--at", "1e25"]);
    assert!(one > 0);
    assert_eq!(forecast(&["--at", "1e25,1e25"]), one);
    assert_eq!(forecast(&["--targets", "targets.csv"]), 2 * one);
}

/// A capability's table of many series has one column per target, also if two targets are equal.
#[test]
fn series_have_a_cell_for_every_column() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("task,compute,pass_rate\n");
    for k in 0..6 {
        for task in ["a", "b"] {
            rows += &format!(
                "{task},{:e},{}\n",
                10f64.powi(18 + k),
                0.1 + 0.1 * f64::from(k)
            );
        }
    }
    std::fs::write(folder.path().join("rates.csv"), rows).unwrap();
    let base = [
        "capability",
        "rates.csv",
        "--by",
        "task",
        "--format",
        "markdown",
    ];
    let of = |at: &str| run_in(folder.path(), &[&base[..], &["--at", at]].concat(), "").out;
    assert_eq!(of("10x,10x"), of("10x"));
    let both = of("10x,1e24");
    let tables: Vec<&str> = both.split("\n\n").filter(|t| t.starts_with('|')).collect();
    assert!(!tables.is_empty(), "{both}");
    for table in tables {
        let mut widths = table.lines().map(|l| l.matches('|').count());
        let first = widths.next();
        assert!(widths.all(|width| Some(width) == first), "{table}");
    }
}

/// An entry holds a question once, however often it was asked.
#[test]
fn nothing_is_registered_twice() {
    let time = "2026-03-01T12:00:00Z";
    for (once, twice) in [
        (
            &[RUNS, "--at", "1e24", "--level", "0.9"][..],
            &[RUNS, "--at", "1e24,1000e21", "--level", "0.9,0.90"][..],
        ),
        (
            &["allocate", RUNS, "--force", "--ratio", "20"],
            &["allocate", RUNS, "--force", "--ratio", "20,20.0"],
        ),
    ] {
        let entry = |args: &[&str]| {
            let ran = run(&[&["register"], args, &["-o", "-", "--registered-at", time]].concat());
            assert_eq!(ran.code, 0, "{}", ran.err);
            ran.out
        };
        assert_eq!(entry(once), entry(twice));
    }
}
