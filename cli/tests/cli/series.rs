//! `--by`: many series in one table.

use super::*;

/// Good series, one that rises, one with too few runs, one without a usable loss, and rows without
/// a name.
fn mixed() -> String {
    let mut runs = "task,seed,compute,loss\n".to_owned();
    for k in 0..8 {
        let c = 10f64.powi(18 + k);
        let loss = |a: f64, b: f64, floor: f64| a * c.powf(b) + floor;
        runs += &format!("good,1,{c:e},{}\n", loss(20.0, -0.1, 1.5));
        runs += &format!("rising,1,{c:e},{}\n", 1.0 + 0.1 * f64::from(k));
        runs += &format!("good,2,{c:e},{}\n", loss(30.0, -0.12, 1.2));
    }
    runs + "short,1,1e18,3.0\nblank,1,1e18,?\n,1,1e18,2.0\n"
}

/// The value of a column in each row, one per series.
fn by_series(csv: &str, column: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for row in table(csv) {
        if !found.iter().any(|(series, _)| *series == row["series"]) {
            found.push((row["series"].clone(), row[column].clone()));
        }
    }
    found
}

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect()
}

#[test]
fn fits_are_one_table_in_which_failures_are_rows() {
    let ran = run_with(
        &["fit", "-", "--by", "task,seed", "--format", "csv"],
        &mixed(),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        pairs(&by_series(&ran.out, "status")),
        [
            ("good / 1", "ok"),
            ("rising / 1", "abstained: inverse-scaling"),
            ("good / 2", "ok"),
            ("short / 1", "abstained: no-fit"),
            ("blank / 1", "abstained: no-fit"),
            ("", "abstained: no-fit"),
        ]
    );
    let rows = table(&ran.out);
    let c = rows
        .iter()
        .find(|r| r["series"] == "good / 2" && r["name"] == "c")
        .unwrap();
    approx::assert_relative_eq!(number(c, "value"), 1.2, max_relative = 1e-9);
    assert_eq!(c["runs"], "8");
    let short = rows.iter().find(|r| r["series"] == "short / 1").unwrap();
    assert!(short["reason"].contains("free parameters"), "{short:?}");
    assert!(ran.err.contains("series 'short / 1'"), "{}", ran.err);
    // The same columns and numbers as for the series alone.
    let one = run_with(
        &[
            "fit",
            "-",
            "--where",
            "task = good and seed = 2",
            "--format",
            "csv",
        ],
        &mixed(),
    );
    let alone = &table(&one.out)[2];
    for (column, value) in alone {
        assert_eq!(&c[column], value, "{column}");
    }
}

#[test]
fn the_exit_code_says_whether_any_series_gave_a_result() {
    let code = |args: &[&str], keep: &str| {
        let kept = |line: &&str| line.starts_with("task") || line.starts_with(keep);
        let all = mixed();
        let text: Vec<&str> = all.lines().filter(kept).collect();
        run_with(args, &text.join("\n")).code
    };
    for verb in ["fit", "forecast", "backtest"] {
        let mut args = vec![verb, "-", "--by", "task", "--format", "csv", "-q"];
        if verb == "forecast" {
            args.extend(["--at", "10x"]);
        }
        assert_eq!(run_with(&args, &mixed()).code, 0, "{verb}");
        assert_eq!(code(&args, "short"), 4, "{verb}");
        args.push("--strict");
        assert_eq!(run_with(&args, &mixed()).code, 5, "{verb}");
    }
    // An error that concerns every series ends the command.
    let ran = run_with(&["fit", "-", "--by", "task", "--fix", "z=1"], &mixed());
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(run_with(&["fit", "-", "--by", "tusk"], &mixed()).code, 3);
    let refused = run_with(&["fit", "-", "--by", "task", "--exhaustive"], &mixed());
    assert!(
        refused.err.contains("--exhaustive is for one series"),
        "{}",
        refused.err
    );
}

#[test]
fn json_is_one_document_with_one_element_a_series() {
    for (verb, format) in [
        ("fit", "scalewise.law"),
        ("forecast", "scalewise.forecast"),
        ("backtest", "scalewise.backtest"),
    ] {
        let mut args = vec![verb, "-", "--by", "task", "--format", "json", "-q"];
        if verb == "forecast" {
            args.extend(["--at", "10x"]);
        }
        let ran = run_with(&args, &mixed());
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(json["format"], "scalewise.series");
        assert_eq!(json["verb"], verb);
        let series = json["series"].as_array().unwrap();
        let names: Vec<&str> = series
            .iter()
            .map(|s| s["series"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["good", "rising", "short", "blank", ""]);
        assert_eq!(series[0]["result"]["format"], format);
        assert!(series[2]["result"].is_null());
        assert!(series[2]["reason"].is_string() && series[0]["reason"].is_null());
    }
}

#[test]
fn the_result_does_not_depend_on_the_threads() {
    let mut text = "case,compute,loss\n".to_owned();
    for k in 0..60 {
        let wave = |i: i32| 1.0 + 0.01 * (f64::from(37 * k + 11 * i)).sin();
        for i in 0..9 {
            let c = 10f64.powf(18.0 + 0.5 * f64::from(i));
            let loss = (20.0 * c.powf(-0.1 - 0.001 * f64::from(k)) + 1.5) * wave(i);
            text += &format!("c{k},{c:e},{loss}\n");
        }
    }
    let with = |threads: &str, args: &[&str]| {
        let output = Command::cargo_bin("scalewise")
            .unwrap()
            .env("RAYON_NUM_THREADS", threads)
            .args(args)
            .write_stdin(text.clone())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    for args in [
        &["fit", "-", "--by", "case", "--format", "json"][..],
        &["backtest", "-", "--by", "case", "--format", "csv"],
        &[
            "forecast",
            "-",
            "--by",
            "case",
            "--at",
            "100x",
            "--method",
            "bootstrap,envelope",
            "--replicates",
            "60",
        ],
    ] {
        assert!(with("1", args) == with("3", args), "{args:?}");
    }
}

#[test]
fn back_tests_and_capabilities_have_a_row_a_series() {
    let out = run_with(&["backtest", "-", "--by", "task,seed", "-q"], &mixed()).out;
    let all = out
        .lines()
        .find(|l| l.trim_start().starts_with("all "))
        .unwrap();
    assert!(all.contains("every forecast counts once"), "{out}");
    let mut counts = "task,model,compute,problem,n_samples,n_correct\n".to_owned();
    for (m, c) in [1e18, 1e19, 1e20, 1e21].into_iter().enumerate() {
        for p in 0..12 {
            let passes = 4 + 9 * m + 3 * p;
            counts += &format!("sums,m{m},{c:e},p{p},100,{passes}\n");
            // The last problem of the other task is missing for one model.
            if m != 2 || p != 11 {
                counts += &format!("gap,m{m},{c:e},p{p},100,{passes}\n");
            }
        }
    }
    let args = [
        "capability",
        "-",
        "--by",
        "task",
        "--at",
        "10x",
        "--format",
        "csv",
    ];
    let ran = run_with(&args, &counts);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = by_series(&ran.out, "status");
    assert_eq!(pairs(&found)[1], ("gap", "abstained: no-fit"));
    let one = [
        "capability",
        "-",
        "--where",
        "task = sums",
        "--at",
        "10x",
        "--format",
        "csv",
    ];
    let alone = table(&run_with(&one, &counts).out);
    let together = table(&ran.out);
    for (row, of_many) in alone.iter().zip(&together) {
        assert_eq!(of_many["series"], "sums");
        assert!(row.iter().all(|(column, value)| of_many[column] == *value));
    }
    assert!(together.last().unwrap()["reason"].contains("no row for problem"));
    let text = run_with(
        &["capability", "-", "--by", "task", "--at", "10x", "-q"],
        &counts,
    )
    .out;
    assert!(text.contains("-mean ln p at 10x"), "{text}");
}

#[test]
fn runs_of_one_name_in_two_series_are_reduced_apart() {
    let mut text = "task,run,step,compute,loss\n".to_owned();
    for (task, floor) in [("a", 1.5), ("b", 2.5)] {
        for k in 0..6 {
            let c = 10f64.powi(18 + k);
            for step in 1..=3 {
                let loss = 20.0 * c.powf(-0.1) + floor + 0.1 * f64::from(3 - step);
                text += &format!("{task},r{k},{step},{c:e},{loss}\n");
            }
        }
    }
    let args = [
        "fit", "-", "--by", "task", "--reduce", "last", "--format", "csv",
    ];
    let ran = run_with(&args, &text);
    let floors: Vec<f64> = table(&ran.out)
        .iter()
        .filter(|r| r["name"] == "c")
        .map(|r| number(r, "value"))
        .collect();
    approx::assert_relative_eq!(floors[0], 1.5, max_relative = 1e-8);
    approx::assert_relative_eq!(floors[1], 2.5, max_relative = 1e-8);
}

#[test]
fn a_target_that_is_not_known_is_left_blank() {
    let table = "task,flops,loss\na,1e18,3\na,1e19,2.8\na,1e20,2.65\na,1e21,2.5\nb,1e18,4\n";
    let ask = |format: &str| {
        let args = [
            "forecast", "-", "--by", "task", "--at", "10x", "--format", format,
        ];
        run_with(&args, table).out
    };
    let csv = ask("csv");
    assert!(csv.contains("\nb,,") && !csv.contains("NaN"), "{csv}");
    assert!(!ask("text").contains("NaN"));
    assert!(!ask("json").contains("NaN"));
}

/// A table whose name ends in .parquet is written as Parquet, or refused before anything is
/// computed.
#[test]
fn a_table_may_be_written_as_columns() {
    let (_folder, path) = temporary("fits.parquet");
    let to = ["fit", "-", "--by", "task,seed", "-o", text(&path)];
    let refused = run_with(&to, &mixed());
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("holds a table") && refused.err.contains("--format csv"));
    let written = run_with(&[&to[..], &["--format", "csv"]].concat(), &mixed());
    let printed = run_with(
        &["fit", "-", "--by", "task,seed", "--format", "csv"],
        &mixed(),
    );
    if cfg!(feature = "parquet") {
        assert_eq!(written.code, 0, "{}", written.err);
        let back = scalewise::internal::read_bytes(&path).unwrap();
        let (back, wanted) = (
            table(std::str::from_utf8(&back).unwrap()),
            table(&printed.out),
        );
        assert_eq!(back.len(), wanted.len());
        for (row, expected) in back.iter().zip(&wanted) {
            for (column, cell) in expected {
                let same = match (row[column].parse::<f64>(), cell.parse::<f64>()) {
                    (Ok(found), Ok(number)) => found.to_bits() == number.to_bits(),
                    _ => row[column] == *cell,
                };
                assert!(same, "{column}: {} for {cell}", row[column]);
            }
        }
    } else {
        assert_eq!(written.code, 2);
        assert!(
            written.err.contains("--features parquet"),
            "{}",
            written.err
        );
        assert!(!path.exists());
    }
}

/// A name with a line break does not split a row of the result.
#[test]
fn a_line_break_in_a_name_makes_no_second_row() {
    let runs = mixed().replace("good,1,", "\"go\nod\",1,");
    for format in ["text", "markdown"] {
        let ran = run_with(&["fit", "-", "--by", "task", "--format", format], &runs);
        assert!(ran.out.contains(r"go\nod"), "{}", ran.out);
    }
    let ran = run_with(&["fit", "-", "--by", "task", "--format", "csv"], &runs);
    assert!(table(&ran.out).iter().any(|row| row["series"] == "go\nod"));
}

/// The back-test of fits that are all refused gives their reason.
#[test]
fn a_back_test_of_refused_fits_says_why() {
    let runs = mixed();
    let ran = run_with(&["backtest", "-", "--by", "task", "--format", "csv"], &runs);
    assert!(
        ran.err.contains("'rising': ") && ran.err.contains("refused: inverse-scaling"),
        "{}",
        ran.err
    );
    let ran = run_with(&["backtest", "-", "--where", "task = rising"], &runs);
    assert_eq!(ran.code, 4);
    assert!(
        ran.err.contains("refused: inverse-scaling") && ran.err.contains("--force"),
        "{}",
        ran.err
    );
    // If forcing would not help either, the refusal is not the reason.
    let few = run_with(
        &[
            "backtest",
            "-",
            "--where",
            "task = rising",
            "--min-runs",
            "8",
        ],
        &runs,
    );
    assert_eq!(few.code, 4);
    assert!(few.err.contains("no part of these 8 runs"), "{}", few.err);
}

/// Text, Markdown and CSV have no place for excluded rows, so standard error lists them.
#[test]
fn rows_left_out_of_a_series_are_said() {
    let mut runs = "task,compute,loss\n".to_owned();
    for (task, bad) in [("a", 2), ("b", 1), ("c", 0)] {
        for k in 0..8 {
            let loss = if k < bad {
                "nan".to_owned()
            } else {
                format!("{}", 3.0 - 0.1 * f64::from(k))
            };
            runs += &format!("{task},1e{},{loss}\n", 18 + k);
        }
    }
    let ran = run_with(&["fit", "-", "--by", "task", "--format", "csv"], &runs);
    let said = "series 'a': 2 rows left out, the first on line 2: loss is not a number ('nan')";
    assert!(ran.err.contains(said), "{}", ran.err);
    assert!(
        ran.err
            .contains("series 'b': one row left out, on line 10: loss"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("series 'c'"), "{}", ran.err);
}
