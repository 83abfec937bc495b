//! Findings about the rows of a table, which every verb reports alike.

use super::process::run_in;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// Training curves of five runs, without a request to reduce them.
fn write_log(folder: &Path) {
    let mut csv = "run,step,n_params,n_tokens,loss\n".to_owned();
    for k in 0..5 {
        let n = 2e7 * 2f64.powi(k);
        for step in 1..=20 {
            let d = n * f64::from(step);
            let loss = 1.8 + 482.0 / n.powf(0.348) + 2085.0 / d.powf(0.366);
            let _ = writeln!(csv, "r{k},{},{n:e},{d:e},{loss:.4}", 100 * step);
        }
    }
    std::fs::write(folder.join("log.csv"), csv).unwrap();
}

/// A ladder with 0.2 % of noise whose fourth loss is too high by this factor.
fn write_ladder(folder: &Path, factor: f64) {
    let noise = [0.4, -0.7, 0.9, 0.2, -1.1, 0.5, -0.3, 0.8, -0.6];
    let mut csv = "run,flops,loss\n".to_owned();
    for (k, z) in noise.iter().enumerate() {
        let c = 1e17 * 3f64.powi(k as i32);
        let loss = (1.7 + 900.0 * c.powf(-0.15)) * (1.0 + 0.002 * z);
        let loss = if k == 3 { loss * factor } else { loss };
        let _ = writeln!(csv, "r{k},{c:e},{loss:.5}");
    }
    std::fs::write(folder.join("ladder.csv"), csv).unwrap();
}

/// The codes of all findings in a result, at any depth.
fn codes(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::Object(map) => {
            let code = map.get("severity").and(map.get("code"));
            found.extend(code.and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|inner| found.extend(codes(inner)));
        }
        Value::Array(all) => all.iter().for_each(|inner| found.extend(codes(inner))),
        _ => {}
    }
    found
}

fn says(folder: &Path, command: &str, code: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    let ran = run_in(folder, &[&words[..], &["--format", "json"]].concat(), "");
    assert_eq!(ran.code, 0, "{command}: {}", ran.err);
    codes(&serde_json::from_str(&ran.out).unwrap()).contains(&code.to_owned())
}

const VERBS: [&str; 8] = [
    "fit log.csv",
    "forecast log.csv --at 10x",
    "backtest log.csv",
    "compare log.csv --laws power,saturating",
    "allocate log.csv --compute 1e20 --method delta",
    "report log.csv --at 10x",
    "plot log.csv -o log.svg",
    "register log.csv --at 10x -o entry.json",
];

#[test]
fn curves_are_refused_by_every_verb_that_fits_unless_they_are_forced() {
    let folder = tempfile::tempdir().unwrap();
    write_log(folder.path());
    let words = |verb: &str| -> Vec<String> { verb.split(' ').map(str::to_owned).collect() };
    for verb in VERBS {
        let mut asked = words(verb);
        let run = |asked: &[String]| {
            let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
            run_in(folder.path(), &asked, "")
        };
        let ran = run(&asked);
        assert_eq!(ran.code, 3, "{verb}: {}", ran.err);
        let message = "log.csv: several-steps: 100 rows are of 5 runs";
        assert!(ran.err.contains(message), "{verb}: {}", ran.err);
        assert!(ran.err.contains("--reduce last"), "{verb}: {}", ran.err);
        asked.push("--force".to_owned());
        let ran = run(&asked);
        assert_eq!(ran.code, 0, "{verb} --force: {}", ran.err);
    }
    assert!(says(folder.path(), "fit log.csv --force", "several-steps"));
    assert!(says(
        folder.path(),
        "compare log.csv --force --laws power",
        "several-steps"
    ));
    assert!(!says(
        folder.path(),
        "fit log.csv --reduce last",
        "several-steps"
    ));
    // One of the three approaches uses training curves.
    let asked = ["isoflop", "log.csv", "--compute", "1e20"];
    let ran = run_in(folder.path(), &asked, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("warning: several-steps"), "{}", ran.out);
}

#[test]
fn check_shows_the_table_before_it_refuses() {
    let folder = tempfile::tempdir().unwrap();
    write_log(folder.path());
    let ran = run_in(folder.path(), &["check", "log.csv"], "");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.out.contains("refused: several-steps"), "{}", ran.out);
    assert!(
        ran.out.contains("scalewise fit log.csv --reduce last"),
        "{}",
        ran.out
    );
    let forced = run_in(folder.path(), &["check", "log.csv", "--force"], "");
    assert_eq!(forced.code, 0, "{}", forced.err);
}

#[test]
fn one_run_far_off_is_named_by_its_line_and_kept_in_law_files() {
    let folder = tempfile::tempdir().unwrap();
    write_ladder(folder.path(), 1.0);
    assert!(!says(folder.path(), "check ladder.csv", "run-far-off"));
    write_ladder(folder.path(), 1.1);
    for verb in [
        "check ladder.csv",
        "fit ladder.csv",
        "forecast ladder.csv --at 10x",
    ] {
        assert!(says(folder.path(), verb, "run-far-off"), "{verb}");
    }
    let ran = run_in(folder.path(), &["fit", "ladder.csv"], "");
    assert!(ran.out.contains("(line 5) lies"), "{}", ran.out);
    assert!(!says(
        folder.path(),
        "fit ladder.csv --exclude run=r3",
        "run-far-off"
    ));
}

#[test]
fn what_a_table_says_stays_with_its_law() {
    let folder = tempfile::tempdir().unwrap();
    write_ladder(folder.path(), 1.0);
    let table = std::fs::read_to_string(folder.path().join("ladder.csv")).unwrap();
    let last = table.lines().last().unwrap();
    std::fs::write(folder.path().join("twice.csv"), format!("{table}{last}\n")).unwrap();
    let fitted = run_in(folder.path(), &["fit", "twice.csv", "-o", "law.json"], "");
    assert_eq!(fitted.code, 0, "{}", fitted.err);
    assert!(
        fitted.out.contains("warning: duplicate-runs"),
        "{}",
        fitted.out
    );
    assert!(says(folder.path(), "show law.json", "duplicate-runs"));
    let shown = run_in(folder.path(), &["show", "law.json"], "");
    assert_eq!(shown.out, fitted.out);
    assert!(says(
        folder.path(),
        "forecast law.json --at 10x",
        "duplicate-runs"
    ));
    // A law file is replaced if the user names it as the output of a fit.
    let asked = ["fit", "twice.csv", "-o", "law.json"];
    assert_eq!(run_in(folder.path(), &asked, "").code, 1);
    let forced = [&asked[..], &["--force"]].concat();
    assert_eq!(run_in(folder.path(), &forced, "").code, 1);
    let replaced = [&asked[..], &["--overwrite"]].concat();
    assert_eq!(run_in(folder.path(), &replaced, "").code, 0);
}

#[test]
fn pooled_tasks_are_refused_for_pass_rates_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "model,flops,task,acc\n".to_owned();
    for (task, scale) in [("arc", 0.9), ("mmlu", 1.5)] {
        for k in 0..6 {
            let rate = (-scale * 0.75f64.powi(k)).exp();
            let _ = writeln!(csv, "m{k},1e{},{task},{rate:.4}", 18 + k);
        }
    }
    std::fs::write(folder.path().join("rates.csv"), csv).unwrap();
    let asked = [
        "capability",
        "rates.csv",
        "--pass-rate-col",
        "acc",
        "--at",
        "10x",
    ];
    let run = |more: &[&str]| run_in(folder.path(), &[&asked[..], more].concat(), "");
    let refused = run(&[]);
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(refused.err.contains("--by task"), "{}", refused.err);
    let forced = run(&["--force"]);
    assert_eq!(forced.code, 0, "{}", forced.err);
    assert!(
        forced.out.contains("warning: tasks-pooled"),
        "{}",
        forced.out
    );
    for chosen in [&["--by", "task"][..], &["--where", "task = arc"]] {
        assert_eq!(run(chosen).code, 0, "{chosen:?}");
    }
}

#[test]
fn scores_in_per_cent_are_no_losses() {
    let folder = tempfile::tempdir().unwrap();
    for (name, values) in [
        ("falls", [50.5, 46.9, 45.4, 27.0]),
        ("rises", [20.0, 31.0, 44.0, 60.0]),
    ] {
        let mut csv = "flops,accuracy\n".to_owned();
        for (k, value) in values.iter().enumerate() {
            let _ = writeln!(csv, "1e{},{value}", 18 + k);
        }
        std::fs::write(folder.path().join(name), csv).unwrap();
        let ran = run_in(folder.path(), &["fit", name, "--loss-col", "accuracy"], "");
        assert_eq!(ran.code, 4, "{name}: {}", ran.err);
        assert!(ran.out.contains("holds a score"), "{}", ran.out);
    }
}

#[test]
fn noise_and_scatter_that_a_law_of_compute_cannot_know_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut noisy = "flops,loss\n".to_owned();
    let mut profiles = "flops,params,tokens,loss\n".to_owned();
    for k in 0..5 {
        let c = 1e18 * 8f64.powi(k);
        for (j, z) in [-1.2, -0.3, 0.4, 1.1].iter().enumerate() {
            let truth = 1.7 + 900.0 * c.powf(-0.15);
            let loss = truth * (1.0 + 0.02 * 0.4f64.powi(k) * z);
            let _ = writeln!(noisy, "{c:e},{loss:.5}");
            let n = (c / 120.0).sqrt() * 3f64.powi(j as i32 - 1);
            let d = c / (6.0 * n);
            let loss = 1.8 + 482.0 / n.powf(0.348) + 2085.0 / d.powf(0.366);
            let _ = writeln!(profiles, "{c:e},{n:e},{d:e},{loss:.5}");
        }
    }
    std::fs::write(folder.path().join("noisy.csv"), noisy).unwrap();
    std::fs::write(folder.path().join("profiles.csv"), profiles).unwrap();
    assert!(says(folder.path(), "check noisy.csv", "unequal-noise"));
    assert!(says(
        folder.path(),
        "fit profiles.csv",
        "scatter-at-one-compute"
    ));
    let ran = run_in(folder.path(), &["fit", "profiles.csv"], "");
    assert!(
        ran.out.contains("D/N varies") && ran.out.contains("--law chinchilla"),
        "{}",
        ran.out
    );
    assert!(!says(
        folder.path(),
        "fit profiles.csv --law chinchilla",
        "scatter-at-one-compute"
    ));
}

/// Runs of a sweep are not replicates, since their hyperparameter differs.
#[test]
fn a_sweep_is_not_called_noise_that_differs() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = "flops,loss,lr\n".to_owned();
    for (flops, losses) in [
        ("1e18", [3.0, 3.01, 3.0]),
        ("1e19", [2.7, 2.75, 2.71]),
        ("1e20", [2.45, 2.9, 2.6]),
        ("1e21", [2.25, 2.255, 2.251]),
    ] {
        for (rate, loss) in ["1e-4", "2e-4", "3e-4"].iter().zip(losses) {
            rows += &format!("{flops},{loss},{rate}\n");
        }
    }
    std::fs::write(folder.path().join("sweep.csv"), &rows).unwrap();
    assert!(says(folder.path(), "fit sweep.csv", "sweep-pooled"));
    assert!(!says(folder.path(), "fit sweep.csv", "unequal-noise"));
    // Without the rates the same rows are replicates, whose noise differs.
    let seeds = rows.lines().map(|row| row.rsplit_once(',').unwrap().0);
    let seeds: Vec<&str> = seeds.collect();
    std::fs::write(folder.path().join("seeds.csv"), seeds.join("\n")).unwrap();
    assert!(says(folder.path(), "fit seeds.csv", "unequal-noise"));
}
