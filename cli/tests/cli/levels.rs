//! Levels of intervals: which are refused, and at which a method abstains.

use super::*;

const SURFACE: &str = "data/chinchilla_rounded.csv";

#[test]
fn a_level_that_rounds_to_nothing_or_everything_is_refused_before_anything_is_read() {
    for level in [
        "0",
        "1",
        "1e-308",
        "5e-324",
        "1e-200",
        "0.0009",
        "0.9999999999999999",
        "0.9999999",
        "1.5",
        "nan",
        "inf",
        "-0.5",
    ] {
        let given = format!("--level={level}");
        for args in [
            &["forecast", "no.csv", "--at", "10x"][..],
            &["fit", "no.csv"],
            &["backtest", "no.csv"],
            &["report", "no.csv", "-o", "no.html"],
            &["plot", "no.csv"],
            &["capability", "no.csv", "--at", "10x"],
            &["allocate", "no.csv", "--compute", "1e22", "--joint"],
            &["isoflop", "no.csv"],
            &["versus", "no.csv", "--by", "recipe"],
            &["register", "no.csv", "--at", "10x", "-o", "no.json"],
            &[
                "register",
                "allocate",
                "no.csv",
                "--compute",
                "1e22",
                "-o",
                "no.json",
            ],
        ] {
            let ran = run(&[args, &[given.as_str()]].concat());
            assert_eq!(ran.code, 2, "{args:?} {level}: {}", ran.err);
            assert!(
                ran.err.contains("between 0.001 and 0.999999"),
                "{args:?} {level}: {}",
                ran.err
            );
        }
    }
    let words = run(&["forecast", RUNS, "--at", "10x", "--level", "most"]);
    assert_eq!(words.code, 2);
    assert!(
        words.err.contains("a level is a probability"),
        "{}",
        words.err
    );
}

#[test]
fn methods_whose_widths_were_measured_abstain_beyond_their_table_and_others_go_on() {
    let all = "calibrated,envelope,quadrature,delta,profile";
    for (level, measured) in [
        ("0.49", false),
        ("0.5", true),
        ("0.99", true),
        ("0.991", false),
        ("0.99999", false),
    ] {
        let args = [
            "forecast",
            RUNS,
            "--at",
            "10x",
            "--level",
            level,
            "--method",
            all,
            "--kind",
            "prediction",
            "--format",
            "csv",
        ];
        for row in table(&ok(&args)) {
            let free = ["calibrated", "envelope", "quadrature"].contains(&&*row["method"]);
            let status = match free && !measured {
                true => "abstained: level-not-measured",
                false => "ok",
            };
            assert_eq!(row["status"], status, "{level} {row:?}");
            assert_eq!(row["upper"].is_empty(), status != "ok", "{row:?}");
        }
    }
    let said = ok(&["forecast", RUNS, "--at", "10x", "--level", "0.999"]);
    assert!(
        said.contains("measured at levels from 50% to 99% only, and 99.9% lies outside"),
        "{said}"
    );
    assert!(!said.contains("its width was checked"), "{said}");
    assert!(said.contains("; by the law itself "), "{said}");
}

#[test]
fn a_back_test_says_that_its_level_was_never_measured() {
    let ran = run(&["backtest", RUNS, "--level", "0.995"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("no calibrated interval to test"),
        "{}",
        ran.err
    );
    ok(&[
        "backtest", RUNS, "--level", "0.995", "--method", "delta", "--force",
    ]);
    let page = ok(&[
        "report", RUNS, "--at", "10x", "--level", "0.999", "--format", "markdown",
    ]);
    assert!(page.contains("90%"), "{page}");
}

#[test]
fn a_bootstrap_abstains_where_its_ends_are_the_outermost_refits() {
    let forecast = |level: &str| {
        let args = [
            "forecast",
            RUNS,
            "--at",
            "10x",
            "--method",
            "bootstrap",
            "--replicates",
            "100",
            "--kind",
            "confidence",
            "--format",
            "csv",
            "--level",
            level,
        ];
        table(&ok(&args))[0]["status"].clone()
    };
    assert_eq!(forecast("0.98"), "ok");
    assert_eq!(forecast("0.99"), "abstained: too-few-refits");
    if root().join(SURFACE).is_file() {
        ok(&[
            "allocate",
            SURFACE,
            "--compute",
            "10x",
            "--level",
            "0.999",
            "--method",
            "bootstrap",
            "--replicates",
            "50",
        ]);
    }
}

#[test]
fn wider_with_the_level_up_to_both_ends() {
    let levels = "0.001,0.01,0.5,0.9,0.99,0.9999,0.999999";
    let args = [
        "forecast",
        RUNS,
        "--at",
        "10x",
        "--level",
        levels,
        "--method",
        "delta",
        "--kind",
        "prediction",
        "--format",
        "csv",
    ];
    let widths: Vec<f64> = table(&ok(&args))
        .iter()
        .map(|row| number(row, "upper") - number(row, "lower"))
        .collect();
    assert_eq!(widths.len(), 7);
    assert!(
        widths[0] > 0.0 && widths.windows(2).all(|w| w[0] < w[1]),
        "{widths:?}"
    );
}
