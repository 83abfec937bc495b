//! Extreme floats, tables with nothing to fit, unwritable outputs and misleading names: every verb
//! ends with an answer or its own error, and never prints a number that is not one.

use crate::process;

use process::run_in;
use std::path::Path;

/// Exit codes of the command line; a panic ends with 101.
const CODES: [i32; 6] = [0, 1, 2, 3, 4, 5];

fn run(folder: &Path, args: &[&str], stdin: &str) -> (i32, String, String) {
    let ran = run_in(folder, args, stdin);
    (ran.code, ran.out, ran.err)
}

fn table(rows: impl IntoIterator<Item = (f64, f64)>) -> String {
    let lines = rows.into_iter().map(|(c, l)| format!("{c:e},{l:e}\n"));
    "compute,loss\n".to_owned() + &lines.collect::<String>()
}

fn power(from: f64, ratio: f64, count: i32, scale: f64) -> String {
    table((0..count).map(|i| {
        let c = from * ratio.powi(i);
        (c, scale * (2.0 + (c / from).powf(-0.1)))
    }))
}

fn tables() -> Vec<(&'static str, String)> {
    vec![
        ("tiny compute", power(1e-300, 10.0, 8, 1.0)),
        ("huge compute", power(1e290, 10.0, 8, 1.0)),
        ("the whole range", power(1e-300, 1e80, 8, 1.0)),
        ("tiny losses", power(1e18, 10.0, 8, 1e-300)),
        ("huge losses", power(1e18, 10.0, 8, 1e300)),
        ("subnormal losses", power(1e18, 10.0, 8, 5e-322)),
        (
            "subnormal compute",
            table((1..8).map(|i| (f64::from(i) * 5e-324, 3.0 / f64::from(i)))),
        ),
        (
            "identical losses",
            table((0..8).map(|i| (10f64.powi(18 + i), 2.5))),
        ),
        (
            "identical compute",
            table((0..8).map(|i| (1e20, 2.5 + 0.01 * f64::from(i)))),
        ),
        ("one point", table([(1e18, 3.0)])),
        ("two points", table([(1e18, 3.0), (1e19, 2.5)])),
        (
            "two points eight times",
            table((0..16).map(|i| [(1e18, 3.0), (1e19, 2.5)][i % 2])),
        ),
        ("a millionth of a decade", power(1e20, 1.0 + 3e-7, 8, 1.0)),
        (
            "neighbouring floats",
            table((0..8).map(|i| (1e20 + 16384.0 * f64::from(i), 3.0 - 0.1 * f64::from(i)))),
        ),
        (
            "an outlier of 1e200",
            table((0..8).map(|i| {
                (
                    10f64.powi(18 + i),
                    if i == 3 {
                        1e200
                    } else {
                        3.0 - 0.1 * f64::from(i)
                    },
                )
            })),
        ),
        (
            "rising",
            table((0..8).map(|i| (10f64.powi(18 + i), 2.5 + 0.1 * f64::from(i)))),
        ),
    ]
}

#[test]
fn every_verb_ends_with_an_answer_or_an_error_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in tables() {
        for args in [
            &["check", "-", "--format", "json"][..],
            &["fit", "-", "--format", "json"],
            &["fit", "-", "--law", "broken", "--objective", "huber"],
            &[
                "forecast", "-", "--at", "100x", "--force", "--format", "json",
            ],
            &[
                "forecast",
                "-",
                "--at",
                "1e308",
                "--reach",
                "1e-310,1,1e308",
            ],
            &["forecast", "-", "--at", "1e-308", "--law", "m4"],
            &["backtest", "-", "--format", "json"],
            &["compare", "-"],
            &[
                "plot", "-", "--at", "10x", "--view", "both", "-o", "edge.svg",
            ],
            &["report", "-", "--at", "10x", "-o", "edge.html"],
            &["register", "-", "--at", "10x", "-o", "edge.json"],
        ] {
            let _ = std::fs::remove_file(folder.path().join("edge.json"));
            let (code, out, err) = run(folder.path(), args, &text);
            assert!(
                CODES.contains(&code),
                "{name}: {args:?} ended with {code}: {err}"
            );
            assert!(!err.contains("panicked"), "{name}: {args:?}: {err}");
            assert!(
                code != 0 || !out.is_empty() || args.contains(&"-o"),
                "{name}: {args:?} says nothing"
            );
            if args.contains(&"json") && !out.is_empty() {
                let json: serde_json::Value = serde_json::from_str(&out).unwrap();
                assert!(json.is_object(), "{name}: {args:?}");
            }
            if let Ok(svg) = std::fs::read_to_string(folder.path().join("edge.svg")) {
                assert!(!svg.contains("NaN") && !svg.contains("=\"inf"), "{name}");
            }
        }
    }
}

/// `/dev/full` accepts no bytes, like a full disk.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = power(1e18, 10.0, 8, 1.0);
    for args in [
        &["fit", "-", "-o", "/dev/full"][..],
        &["fit", "-", "-o", "no/such/folder/law.json"],
        &["report", "-", "-o", "."],
        &["fit", "-", "-o", "runs.csv/law.json"],
    ] {
        std::fs::write(folder.path().join("runs.csv"), &text).unwrap();
        let (code, _, err) = run(folder.path(), args, &text);
        assert!((1..=3).contains(&code), "{args:?} ended with {code}: {err}");
        assert!(err.starts_with("error: "), "{args:?}: {err}");
    }
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let ended = std::process::Command::new(assert_cmd::cargo::cargo_bin("scalewise"))
        .args(["fit", "runs.csv"])
        .current_dir(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("error: "));
}

#[cfg(unix)]
#[test]
fn names_of_files_are_only_names() {
    let folder = tempfile::tempdir().unwrap();
    let text = power(1e18, 10.0, 8, 1.0);
    for name in [
        "a b.csv",
        "=cmd().csv",
        "new\nline.csv",
        "é\u{202e}.csv",
        "'quote\".csv",
        "<b>.csv",
        "%s%n.csv",
        "law.json",
    ] {
        std::fs::write(folder.path().join(name), &text).unwrap();
        let (code, _, err) = run(
            folder.path(),
            &["fit", name, "-o", "out.json", "--overwrite"],
            "",
        );
        assert_eq!(code, 0, "{name:?}: {err}");
        let (code, _, err) = run(
            folder.path(),
            &["report", name, "--at", "10x", "-o", "page.html"],
            "",
        );
        assert_eq!(code, 0, "{name:?}: {err}");
        let page = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
        assert!(!page.contains("<b>.csv"), "a name became markup");
    }
    std::fs::write(folder.path().join("-x.csv"), &text).unwrap();
    assert_eq!(run(folder.path(), &["fit", "--", "-x.csv"], "").0, 0);
    assert_eq!(run(folder.path(), &["fit", "./-x.csv"], "").0, 0);
}
