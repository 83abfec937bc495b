//! How far an allocation can be relied on, as every output says it.

use crate::allocation::{rows, run, table};

fn grades(args: &[&str]) -> Vec<(String, String)> {
    let ran = run(&[
        &["allocate"],
        args,
        &["--method", "delta", "--format", "csv"],
    ]
    .concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = rows(&ran.out);
    let of = |row: &std::collections::HashMap<String, String>| {
        (row["compute"].clone(), row["grade"].clone())
    };
    let mut all: Vec<(String, String)> = found.iter().map(of).collect();
    all.dedup();
    all
}

#[test]
fn only_a_budget_within_the_runs_has_the_highest_grade() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let found = grades(&[&runs, "--compute", "1e21,1e24,1e28"]);
    let grades: Vec<&str> = found.iter().map(|of| of.1.as_str()).collect();
    assert_eq!(grades, ["high", "moderate", "low"]);
    let far = ["allocate", &runs, "--compute", "1e28", "--strict"];
    assert_eq!(run(&far).code, 5);
}

#[test]
fn no_page_and_no_picture_is_green_beyond_the_runs() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let page = |at: &str| {
        let asked = ["report", &runs, "--law", "chinchilla", "--at", at];
        let ran = run(&[&asked[..], &["--format", "json"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()
    };
    assert_eq!(page("1e21")["tone"], "good");
    let beyond = page("1e24");
    assert_eq!(beyond["tone"], "plain");
    let verdict = beyond["verdict"].as_str().unwrap();
    assert!(verdict.starts_with("MODERATE. Because: "), "{verdict}");
    assert_eq!(page("1e28")["tone"], "bad");
    let picture = folder.path().join("far.svg");
    let picture = picture.to_str().unwrap();
    let ran = run(&["allocate", &runs, "--compute", "1e28", "--plot", picture]);
    assert!(
        ran.out.contains("warning: target-far-beyond"),
        "{}",
        ran.out
    );
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(svg.contains("found against it: target-far-beyond"));
}

/// The same runs with N in millions and D in billions, without units.
#[test]
fn sizes_without_their_unit_are_suspected() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let text = std::fs::read_to_string(&runs).unwrap();
    let mut lines = text.lines();
    let mut csv = lines.next().unwrap().to_owned() + "\n";
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let scaled = |k: usize, unit: f64| cells[k].parse::<f64>().unwrap() / unit;
        csv += &format!(
            "{},{},{},{}\n",
            cells[0],
            scaled(1, 1e6),
            scaled(2, 1e9),
            cells[3]
        );
    }
    let small = folder.path().join("small.csv");
    std::fs::write(&small, csv).unwrap();
    let small = small.to_str().unwrap();
    let ran = run(&["allocate", small, "--compute", "1e24", "--method", "delta"]);
    for words in [
        "units-suspect: the largest run has",
        "target-far-beyond",
        "Grade   LOW: ",
    ] {
        assert!(ran.out.contains(words), "no {words} in\n{}", ran.out);
    }
}

/// A compute column in another unit affects neither the value of 100x nor its distance.
#[test]
fn a_budget_is_compared_in_its_own_unit() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path());
    let text = std::fs::read_to_string(&runs).unwrap();
    let mut lines = text.lines();
    let mut csv = lines.next().unwrap().to_owned() + ",compute\n";
    for line in lines {
        let cells: Vec<f64> = line.split(',').filter_map(|c| c.parse().ok()).collect();
        csv += &format!("{line},{}\n", 6.0 * cells[0] * cells[1] / 8.64e19);
    }
    let days = folder.path().join("days.csv");
    std::fs::write(&days, csv).unwrap();
    let days = days.to_str().unwrap();
    let asked = ["--compute", "100x", "--method", "delta", "-v"];
    let ran = run(&[&["allocate", days][..], &asked].concat());
    assert!(ran.out.contains("1e24 FLOP: 100 times"), "{}", ran.out);
}

#[test]
fn a_ratio_that_no_run_had_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let csv = std::fs::read_to_string(table(folder.path())).unwrap();
    let is_small = |line: &&str| {
        let cells: Vec<f64> = line.split(',').filter_map(|c| c.parse().ok()).collect();
        cells.is_empty() || cells[1] / cells[0] < 6.0
    };
    let few: Vec<&str> = csv.lines().filter(is_small).collect();
    let path = folder.path().join("few.csv");
    std::fs::write(&path, few.join("\n") + "\n").unwrap();
    let path = path.to_str().unwrap();
    let ran = run(&["allocate", path, "--compute", "1e22", "--method", "delta"]);
    assert!(
        ran.out.contains("ratio-outside-runs: D*/N* = "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("above the ratios of all runs"),
        "{}",
        ran.out
    );
}

/// One run in the corner that decides the exponents has a loss 8 % too low.
#[test]
fn a_run_that_decides_the_best_size_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let clean = table(folder.path());
    let asked = ["--compute", "1e24", "--method", "delta"];
    let ran = run(&[&["allocate", &clean][..], &asked].concat());
    assert!(!ran.out.contains("one-run-decides"), "{}", ran.out);
    let csv = std::fs::read_to_string(&clean).unwrap();
    let mut lines: Vec<String> = csv.lines().map(str::to_owned).collect();
    let last = lines.pop().unwrap();
    let (before, loss) = last.rsplit_once(',').unwrap();
    lines.push(format!("{before},{}", 0.92 * loss.parse::<f64>().unwrap()));
    let path = folder.path().join("off.csv");
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let ran = run(&[&["allocate", path.to_str().unwrap()][..], &asked].concat());
    let line = lines.len();
    let words = format!("one-run-decides: without the run of line {line} N* at 1e24 FLOP");
    assert!(ran.out.contains(&words), "{}", ran.out);
}
