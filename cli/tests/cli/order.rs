//! The order of the rows of a table never matters: every verb prints and writes the same bytes for
//! the same rows in any order, except for line numbers, the lists of runs and excluded rows, and
//! digests of the file.
//!
//! `SCALEWISE_ORDER_TABLES=2000 cargo test --release --test cli order` tries that many tables of
//! each kind.

use super::Path;
use super::comparable::{comparable, without_lines};
use super::process::{Ran, run_in};
use std::fmt::Write as _;

use crate::normal;
use crate::random;
use normal::normal;
use random::Random;

/// Tables of each kind by default.
const TABLES: u64 = 6;

/// A test case: its files, the commands in sequence, and the files that they write.
struct Case {
    files: Vec<(&'static str, Vec<String>)>,
    commands: Vec<String>,
    written: Vec<&'static str>,
}

fn tables() -> u64 {
    let asked = std::env::var("SCALEWISE_ORDER_TABLES").ok();
    asked.map_or(TABLES, |text| text.parse().unwrap())
}

fn pick<'a, T>(random: &mut Random, from: &'a [T]) -> &'a T {
    &from[random.uniform(0.0, from.len() as f64) as usize]
}

fn chance(random: &mut Random, share: f64) -> bool {
    random.uniform(0.0, 1.0) < share
}

/// Shuffles the rows below the column names.
fn shuffled(random: &mut Random, rows: &[String]) -> Vec<String> {
    let mut rows = rows.to_vec();
    for i in (2..rows.len()).rev() {
        rows.swap(i, random.uniform(1.0, (i + 1) as f64) as usize);
    }
    rows
}

/// Runs the commands in a folder of their own; returns what each printed, and what was written.
fn outputs(case: &Case, files: &[(&str, Vec<String>)]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    for (name, rows) in files {
        std::fs::write(folder.path().join(name), rows.join("\n") + "\n").unwrap();
    }
    let mut made = Vec::new();
    for command in &case.commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let Ran { code, out, err } = run_in(folder.path(), &words, "");
        assert_ne!(code, 2, "{command}: {err}");
        made.push((format!("{command} [{code}]"), comparable(command, &out)));
    }
    for name in &case.written {
        let path: &Path = &folder.path().join(name);
        let bytes = std::fs::read(path).unwrap_or_default();
        made.push((
            (*name).to_owned(),
            comparable(name, &String::from_utf8_lossy(&bytes)),
        ));
    }
    made
}

fn the_order_does_not_matter(seed: u64, case: &Case) {
    let mut random = Random::seeded(seed ^ 0xdead_beef);
    let straight = outputs(case, &case.files);
    let files: Vec<_> = (case.files.iter())
        .map(|(name, rows)| (*name, shuffled(&mut random, rows)))
        .collect();
    let other = outputs(case, &files);
    for (a, b) in straight.iter().zip(&other) {
        if a == b {
            continue;
        }
        let lines = a.1.lines().zip(b.1.lines()).filter(|(a, b)| a != b);
        let shown: Vec<_> = lines.take(5).collect();
        let rows = case.files[0].1.join("\n");
        let moved = files[0].1.join("\n");
        panic!(
            "seed {seed}: {} and {}\n{shown:#?}\n{rows}\n\n{moved}",
            a.0, b.0
        );
    }
}

/// Runs with ties, replicates, copies, and copies with another sigma or another group.
fn losses(random: &mut Random) -> Vec<String> {
    let n = random.uniform(6.0, 15.0) as usize;
    let places = random.uniform(5.0, 10.0) as u32;
    let noise = *pick(random, &[0.0, 1e-3, 1e-2, 3e-2]);
    let b = -random.uniform(0.05, 0.3);
    let digits = *pick(random, &[2, 4, 17]);
    let mut rows = Vec::new();
    while rows.len() < n {
        let step = random.uniform(0.0, f64::from(places)).floor();
        let size = 10f64.powf(7.0 + 0.3 * step);
        let tokens = 20.0 * size * *pick(random, &[1.0, 1.0, 2.0]);
        let relative: f64 = step * 0.6;
        let loss = (1.5 * 10f64.powf(b * relative) + 1.0) * (noise * normal(random)).exp();
        let loss = match digits {
            17 => format!("{loss}"),
            _ => format!("{loss:.digits$}"),
        };
        let sigma = pick(random, &["0.01", "0.02", "0.2"]);
        let group = pick(random, &["a", "b", "c"]);
        let row = |sigma: &str, group: &str| {
            format!(
                "{size:e},{tokens:e},{:e},{loss},{sigma},{group}",
                6.0 * size * tokens
            )
        };
        rows.push(row(sigma, group));
        if chance(random, 0.1) {
            rows.push(row("0.05", group));
        }
        if chance(random, 0.1) {
            rows.push(row(sigma, "d"));
        }
        if chance(random, 0.1) {
            rows.push(row(sigma, group));
        }
    }
    rows.insert(0, "n_params,n_tokens,compute,loss,sigma,run".to_owned());
    rows
}

/// Flags that choose a fit of a law of compute.
fn fit_flags(random: &mut Random) -> String {
    let law = *pick(
        random,
        &["saturating", "saturating", "power", "shifted", "m3"],
    );
    let objective = *pick(
        random,
        &[
            "",
            "",
            "--objective lad",
            "--objective huber",
            "--objective huber --delta 0.01",
            "--objective lad --residuals absolute",
        ],
    );
    let data = *pick(
        random,
        &[
            "",
            "",
            "--sigma-col sigma",
            "--fit-below 1e19",
            "--fit-below 1.2e19 --sigma-col sigma",
            "--exclude run=d",
            "--over params",
        ],
    );
    format!("--law {law} {objective} {data}")
}

#[test]
fn the_order_of_runs_does_not_matter() {
    for seed in 0..tables() {
        let mut random = Random::seeded(seed);
        let rows = losses(&mut random);
        let (flags, more) = (fit_flags(&mut random), fit_flags(&mut random));
        let sigma = *pick(&mut random, &["--sigma-col sigma", ""]);
        let all = [
            vec![
                "check t.csv".to_owned(),
                "check bad.csv --format json".to_owned(),
            ],
            vec![
                format!("fit t.csv {flags}"),
                format!("fit t.csv {more} --format json"),
            ],
            vec![
                format!("fit t.csv {flags} -o law.json --force"),
                "show law.json --format json".to_owned(),
                "forecast law.json --at 30x --method delta,profile --format json --force"
                    .to_owned(),
            ],
            vec![format!(
                "forecast t.csv {flags} --at 10x,100x --method delta,profile,calibrated,envelope,quadrature --format csv --force"
            )],
            vec![format!(
                "forecast t.csv {sigma} --at 10x --method bootstrap,delta --replicates 60 --force"
            )],
            vec![
                format!("backtest t.csv {sigma} --format json"),
                format!("backtest t.csv {more} --method delta"),
            ],
            vec![
                format!("compare t.csv {sigma} --format json"),
                "compare t.csv".to_owned(),
            ],
            vec![
                format!("plot t.csv {flags} --at 10x -o plot.svg"),
                format!("plot t.csv {flags} --view both"),
            ],
            vec![
                format!("report t.csv {sigma} --at 10x -o page.html --force"),
                format!("report t.csv {flags} --at 10x --format markdown --force"),
            ],
            vec![format!(
                "report t.csv {more} --at 10x --format json --force"
            )],
        ];
        let mut commands = Vec::new();
        for _ in 0..4 {
            commands.extend(pick(&mut random, &all).clone());
        }
        let mut bad = rows.clone();
        bad.push("soon,2e10,1.2e20,2,0.01,a".to_owned());
        bad.push("-2e9,4e10,4.8e20,3,0.01,b".to_owned());
        bad.push("2e9,4e10,4.8e20,-1,0.01,b".to_owned());
        let case = Case {
            files: vec![("t.csv", rows), ("bad.csv", bad)],
            commands,
            written: vec!["law.json", "plot.svg", "page.html"],
        };
        the_order_does_not_matter(seed, &case);
    }
}

#[test]
fn the_order_of_runs_of_a_surface_does_not_matter() {
    for seed in 0..tables().div_ceil(3) {
        let mut random = Random::seeded(1000 + seed);
        let mut rows = vec!["n_params,n_tokens,loss,sigma,run".to_owned()];
        let noise = *pick(&mut random, &[1e-3, 1e-2]);
        for _ in 0..random.uniform(16.0, 30.0) as usize {
            let n = 10f64.powf(7.0 + 0.25 * random.uniform(0.0, 8.0).floor());
            let c = 10f64.powf(18.0 + random.uniform(0.0, 4.0).floor());
            let d = c / (6.0 * n);
            let loss = (1.7 + 400.0 * n.powf(-0.34) + 1200.0 * d.powf(-0.28))
                * (noise * normal(&mut random)).exp();
            let row = format!(
                "{n:e},{d:e},{loss},{},{}",
                pick(&mut random, &["0.01", "0.05"]),
                pick(&mut random, &["a", "b", "c"])
            );
            if chance(&mut random, 0.1) {
                rows.push(row.clone());
            }
            rows.push(row);
        }
        let law = *pick(&mut random, &["chinchilla", "chinchilla-tied"]);
        let objective = *pick(
            &mut random,
            &[
                "",
                "--objective lad",
                "--objective huber --delta 0.01",
                "--objective squared --sigma-col sigma",
            ],
        );
        let all = [
            format!("fit t.csv --law {law} {objective} --format json"),
            format!("allocate t.csv --law {law} {objective} --compute 1e23 --format json --force"),
            format!(
                "allocate t.csv --law {law} --compute 1e23 --method bootstrap --resample clusters --group-col run --replicates 50 --force"
            ),
            format!(
                "allocate t.csv --law {law} --compute 1e23 --plot surface.svg --view contours --force"
            ),
            "isoflop t.csv --compute 1e23 --format json --plot iso.svg".to_owned(),
            format!("isoflop t.csv --law {law} {objective} --compute 1e23"),
            format!("report t.csv --kind surface --law {law} --at 1e23 --format json --force"),
        ];
        let commands = (0..3).map(|_| pick(&mut random, &all).clone()).collect();
        let case = Case {
            files: vec![("t.csv", rows)],
            commands,
            written: vec!["surface.svg", "iso.svg"],
        };
        the_order_does_not_matter(seed, &case);
    }
}

#[test]
fn the_order_of_counts_does_not_matter() {
    for seed in 0..tables() {
        let mut random = Random::seeded(2000 + seed);
        let models = random.uniform(4.0, 8.0) as u32;
        let problems = random.uniform(8.0, 25.0) as u32;
        let kind = *pick(&mut random, &["counts", "samples", "rates"]);
        let mut rows = vec![
            match kind {
                "counts" => "model,compute,problem,n_samples,n_correct",
                "samples" => "model,compute,problem,passed",
                _ => "model,compute,pass_rate,n_samples",
            }
            .to_owned(),
        ];
        let hard: Vec<f64> = (0..problems).map(|_| random.uniform(0.3, 3.0)).collect();
        for m in 0..models {
            // Some models have equal compute.
            let step = if chance(&mut random, 0.2) {
                m.saturating_sub(1)
            } else {
                m
            };
            let compute = 10f64.powf(18.0 + 0.5 * f64::from(step));
            let name = ["x", "m2", "m10", "y", "b", "a", "z", "c"][m as usize];
            let law = 2.0 * 10f64.powf(-0.05 * f64::from(step));
            let samples = *pick(&mut random, &[5, 20]);
            let rate = |hard: f64| (-law * hard).exp();
            if kind == "rates" {
                let mean = hard.iter().map(|h| rate(*h)).sum::<f64>() / hard.len() as f64;
                rows.push(format!("{name},{compute:e},{mean:.3},100"));
            }
            for (p, hard) in hard.iter().enumerate() {
                let passed: Vec<bool> = (0..samples)
                    .map(|_| chance(&mut random, rate(*hard)))
                    .collect();
                let correct = passed.iter().filter(|passed| **passed).count();
                match kind {
                    "counts" => rows.push(format!("{name},{compute:e},p{p},{samples},{correct}")),
                    "samples" => rows.extend(
                        passed
                            .iter()
                            .map(|passed| format!("{name},{compute:e},p{p},{}", u8::from(*passed))),
                    ),
                    _ => {}
                }
            }
        }
        let commands = ["likelihood", "split", "solved-by-all"]
            .iter()
            .map(|rule| {
                let more = pick(
                    &mut random,
                    &["", "--buckets 3", "--hardest 2", "--fit-below 1e20"],
                );
                let rule = if kind == "rates" {
                    String::new()
                } else {
                    format!("--rule {rule} {more}")
                };
                let form = pick(&mut random, &["text", "json", "csv"]);
                format!("capability t.csv {rule} --at 1e23 --format {form} --force --plot c.svg")
            })
            .chain([
                "check t.csv".to_owned(),
                "report t.csv --at 1e23 --format json --force".to_owned(),
            ])
            .collect();
        let case = Case {
            files: vec![("t.csv", rows)],
            commands,
            written: vec!["c.svg"],
        };
        the_order_does_not_matter(seed, &case);
    }
}

#[test]
fn the_order_of_the_rows_of_curves_does_not_matter() {
    for seed in 0..tables().div_ceil(2) {
        let mut random = Random::seeded(3000 + seed);
        let runs = random.uniform(5.0, 9.0) as usize;
        let mut rows = vec!["run,step,compute,loss".to_owned()];
        let mut facts = vec!["run,n_params".to_owned()];
        let mut wide = vec!["step".to_owned()];
        let mut cells = vec![String::new(); 12];
        for run in 0..runs {
            let size = 10f64.powf(7.0 + 0.4 * run as f64);
            facts.push(format!("r{run},{size:e}"));
            write!(wide[0], ",r{run}").unwrap();
            for (step, cell) in cells.iter_mut().enumerate() {
                let at = 500 * (step + 1);
                let compute = 6.0 * size * at as f64 * 1e4;
                let loss = (1.0 + (compute / 1e14).powf(-0.1)) * (1e-3 * normal(&mut random)).exp();
                rows.push(format!("r{run},{at},{compute:e},{loss}"));
                write!(cell, ",{loss}").unwrap();
            }
        }
        wide.extend(
            cells
                .iter()
                .enumerate()
                .map(|(k, cell)| format!("{}{cell}", 500 * (k + 1))),
        );
        let rule = pick(&mut random, &["last", "tail=30%", "smooth-min=3"]);
        let commands = vec![
            format!("fit t.csv --reduce {rule} --group-col run --format json"),
            format!("forecast t.csv --reduce {rule} --at 10x --format csv --force"),
            format!("check t.csv --reduce {rule}"),
            format!(
                "fit w.csv --wide --reduce {rule} --join j.csv --let compute=n_params*step --format json"
            ),
        ];
        let case = Case {
            files: vec![("t.csv", rows), ("j.csv", facts), ("w.csv", wide)],
            commands,
            written: Vec::new(),
        };
        the_order_does_not_matter(seed, &case);
    }
}

#[test]
fn the_order_of_rows_does_not_matter_to_entries() {
    for seed in 0..tables().div_ceil(3) {
        let mut random = Random::seeded(4000 + seed);
        let rows = losses(&mut random);
        let commands = vec![
            "register t.csv --sigma-col sigma --at 1e23 --registered-at 2026-03-01T12:00:00Z --force -o e.json".to_owned(),
            "verify e.json t.csv".to_owned(),
            "score e.json --actual 1.3 --scored-at 2026-04-01T12:00:00Z -o e.score.json".to_owned(),
            "ledger .".to_owned(),
        ];
        let case = Case {
            files: vec![("t.csv", rows)],
            commands,
            written: vec!["e.json", "e.score.json"],
        };
        the_order_does_not_matter(seed, &case);
    }
}

/// Series keep the order in which the file names them, so their rows are compared one by one.
#[test]
fn the_order_of_rows_does_not_matter_to_any_series() {
    let targets = ["run,compute", "a,1e23", "b,100x", "c,1e22", "c,1e24"]
        .map(str::to_owned)
        .to_vec();
    for seed in 0..tables() {
        let mut random = Random::seeded(5000 + seed);
        let rows = losses(&mut random);
        let moved = shuffled(&mut random, &rows);
        let made = |rows: &[String], command: &str| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("t.csv"), rows.join("\n") + "\n").unwrap();
            std::fs::write(folder.path().join("targets.csv"), targets.join("\n") + "\n").unwrap();
            let words: Vec<&str> = command.split_whitespace().collect();
            let out = run_in(folder.path(), &words, "").out;
            let mut lines: Vec<String> = out.lines().map(without_lines).collect();
            lines.sort();
            lines
        };
        for command in [
            "fit t.csv --by run --format csv",
            "backtest t.csv --by run --force",
            "forecast t.csv --by run --targets targets.csv --format csv --force",
        ] {
            assert_eq!(
                made(&rows, command),
                made(&moved, command),
                "seed {seed}: {command}\n{}",
                rows.join("\n")
            );
        }
    }
}
