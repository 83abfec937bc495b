//! Every verb prints the requested format, whatever the outcome; a failure before any result prints
//! nothing on standard output.

use super::*;

const RISING: &str = "tests/fixtures/bad/rising.csv";
const TWO: &str = "tests/fixtures/bad/too_few_rows.csv";
const GOOD: &str = "data/simulated_ladder.csv";
/// Two recipes, and two of which one has a law that is refused.
const RECIPES: &str = "tests/fixtures/recipes/good.csv";
const APART: &str = "tests/fixtures/recipes/rising.csv";
const BIG: &str = "data/hindsight_neglect_opt.csv";
const RATES: [&str; 4] = ["--compute-col", "n_params", "--pass-rate-col", "accuracy"];

/// Rows of a table with one header and the same columns in every row.
fn csv_rows(text: &str, what: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    assert!(header.len() > 1, "{what}: no header: {text:?}");
    let rows: Result<Vec<_>, _> = reader.records().collect();
    rows.unwrap_or_else(|e| panic!("{what}: {e}\n{text}"))
}

/// Runs a verb in a format and checks its output.
fn formatted(args: &[&str], format: &str, code: i32) -> String {
    let all = [args, &["--format", format, "-q"]].concat();
    let ran = run(&all);
    assert_eq!(ran.code, code, "{all:?}: {}", ran.err);
    let what = format!("{all:?}");
    match format {
        "json" => {
            let json: serde_json::Value = serde_json::from_str(&ran.out)
                .unwrap_or_else(|e| panic!("{what}: {e}\n{}", ran.out));
            assert!(json.is_object() || json.is_array(), "{what}");
        }
        "csv" => {
            let rows = csv_rows(&ran.out, &what);
            assert!(!rows.is_empty(), "{what}: no row says anything");
        }
        _ => assert!(!ran.out.is_empty(), "{what}"),
    }
    ran.out
}

/// A table and the exit code of a verb on it.
type Ended = (&'static str, i32);

#[test]
fn every_verb_prints_the_format_asked_for_whatever_the_outcome() {
    let at = ["--at", "1e24"];
    let budget = ["--compute", "1e24,1e25", "--method", "delta"];
    let runs: [(&str, &[&str], &[Ended]); 8] = [
        ("fit", &[], &[(GOOD, 0), (RUNS, 0), (RISING, 4), (TWO, 4)]),
        (
            "forecast",
            &at,
            &[(GOOD, 0), (RUNS, 0), (RISING, 4), (TWO, 4)],
        ),
        (
            "forecast",
            &["--reach", "1.7,1.6"],
            &[(GOOD, 0), (RISING, 4), (TWO, 4)],
        ),
        ("backtest", &[], &[(GOOD, 0), (RISING, 4), (TWO, 4)]),
        (
            "compare",
            &["--laws", "power,saturating,m4"],
            &[(GOOD, 0), (TWO, 4)],
        ),
        ("versus", &["--by", "recipe"], &[(RECIPES, 0), (APART, 4)]),
        ("allocate", &budget, &[(RUNS, 4)]),
        ("report", &at, &[(RUNS, 0), (RISING, 4), (TWO, 4)]),
    ];
    for (verb, flags, tables) in runs {
        for (table, code) in tables {
            for format in ["json", "csv"] {
                if verb == "report" && format == "csv" {
                    continue;
                }
                let out = formatted(&[&[verb, table], flags].concat(), format, *code);
                let says_so = [
                    "abstained: ",
                    "\"refuse\"",
                    "refused:",
                    "No number is given",
                ];
                let is_said = says_so.iter().any(|word| out.contains(word));
                assert!(*code == 0 || is_said, "{verb} {table} {format}: {out}");
            }
        }
    }
}

#[test]
fn other_verbs_print_the_format_asked_for() {
    let capability = [&["capability", BIG, "--at", "1e12"], &RATES[..]].concat();
    for format in ["json", "csv"] {
        let out = formatted(&capability, format, 4);
        assert!(out.contains("not-predictable"), "{out}");
        formatted(&[&capability[..], &["--force"]].concat(), format, 0);
        formatted(&["laws"], format, 0);
        formatted(&["check", RUNS], format, 0);
        formatted(&["ledger", "data/registered"], format, 0);
        formatted(&["isoflop", RUNS], format, 4);
    }
    for format in ["html", "markdown", "json", "text"] {
        formatted(&["report", RISING, "--at", "10x"], format, 4);
    }
}

#[test]
fn a_refused_allocation_has_rows_without_numbers_and_a_forced_one_says_so() {
    let asked = [
        "allocate",
        RUNS,
        "--compute",
        "1e24",
        "--ratio",
        "20",
        "--method",
        "delta",
    ];
    let rows = table(&formatted(&asked, "csv", 4));
    assert_eq!(rows.len(), 10);
    for row in &rows {
        assert_eq!(row["status"], "abstained: collinear-n-d");
        assert!(
            row["value"].is_empty() && row["lower"].is_empty(),
            "{row:?}"
        );
    }
    assert_eq!(
        (rows[0]["given"].as_str(), number(&rows[0], "compute")),
        ("compute", 1e24)
    );
    let json: serde_json::Value = serde_json::from_str(&formatted(&asked, "json", 4)).unwrap();
    assert_eq!(json["format"], "scalewise.allocation");
    assert!(json["surface"].is_null() && json["allocations"] == serde_json::json!([]));
    assert!(json["diagnoses"].to_string().contains("collinear-n-d"));
    // The file of -o has the refusal that standard output would have.
    let (_folder, path) = temporary("refused.json");
    let ran = run(&[&asked[..], &["--format", "json", "-o", text(&path)]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(written, json);
    let forced = [&asked[..], &["--force"]].concat();
    let rows = table(&formatted(&forced, "csv", 0));
    for row in rows {
        assert_eq!(row["status"], "forced: collinear-n-d");
        assert!(!row["value"].is_empty());
    }
    assert_eq!(run(&[&forced[..], &["--strict"]].concat()).code, 5);
}

#[test]
fn parameters_and_comparisons_say_what_refuses_them_in_their_tables() {
    let rows = table(&formatted(&["fit", RISING], "csv", 4));
    assert!(
        rows.iter()
            .all(|r| r["status"] == "abstained: inverse-scaling")
    );
    assert!(rows.iter().all(|r| r["reason"].contains("does not fall")));
    let (_folder, law) = temporary("law.json");
    run(&["fit", RISING, "-o", text(&law)]);
    assert_eq!(table(&formatted(&["show", text(&law)], "csv", 4)), rows);
    let rows = table(&formatted(&["fit", GOOD], "csv", 0));
    assert!(
        rows.iter()
            .all(|r| r["status"] == "ok" && r["reason"].is_empty())
    );
    let few = "compute,loss\n1e18,3\n1e19,2.5\n1e20,2.2\n1e21,2\n1e22,1.9\n";
    let ran = run_with(
        &["compare", "-", "--laws", "power,broken", "--format", "csv"],
        few,
    );
    let rows = table(&ran.out);
    let broken = rows.iter().find(|r| r["name"] == "broken").unwrap();
    assert_eq!(broken["status"], "left-out");
    assert!(broken["mae"].is_empty() && broken["reason"].contains("needs"));
}

#[test]
fn what_gives_no_fit_is_refused_in_the_format_too() {
    let json: serde_json::Value =
        serde_json::from_str(&formatted(&["backtest", RISING], "json", 4)).unwrap();
    assert_eq!(json["format"], "scalewise.refusal");
    assert_eq!(
        (&json["verb"], &json["status"]),
        (&"backtest".into(), &"abstained: no-fit".into())
    );
    assert!(json["reason"].as_str().unwrap().contains("inverse-scaling"));
    assert!(json["hint"].as_str().unwrap().contains("force"));
    assert_eq!(json["remedies"], serde_json::json!([{"setting": "force"}]));
    let rows = table(&formatted(&["forecast", TWO, "--at", "10x"], "csv", 4));
    assert_eq!(rows.len(), 1);
    assert!(rows[0]["reason"].contains("2 usable runs"), "{rows:?}");
    // The refusal goes where the result would have gone, but never into a law file.
    let (_folder, path) = temporary("x.json");
    let ran = run(&["backtest", TWO, "--format", "json", "-o", text(&path)]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .contains("scalewise.refusal")
    );
    assert_eq!(run(&["fit", text(&path)]).code, 3);
    let (_folder, law) = temporary("law.json");
    let ran = run(&["fit", TWO, "--format", "json", "-o", text(&law)]);
    assert!(
        !law.exists() && ran.out.contains("scalewise.refusal"),
        "{}",
        ran.out
    );
    // People see it only on standard error.
    let ran = run(&["fit", TWO]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
}

#[test]
fn tables_without_rows_have_a_header() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(&["ledger", text(folder.path()), "--format", "csv"]);
    assert!(csv_rows(&ran.out, "ledger").is_empty());
    let targets = folder.path().join("targets.csv");
    std::fs::write(&targets, "size,compute\nx,1e25\n").unwrap();
    let runs = folder.path().join("runs.csv");
    std::fs::write(
        &runs,
        "size,compute,loss\na,1e18,3\na,1e19,2.5\na,1e20,2.2\na,1e21,2\n",
    )
    .unwrap();
    let ran = run(&[
        "forecast",
        text(&runs),
        "--by",
        "size",
        "--targets",
        text(&targets),
        "--format",
        "csv",
    ]);
    assert!(!csv_rows(&ran.out, "forecast").is_empty());
}

#[test]
fn what_fails_before_a_result_prints_nothing() {
    let bad = "tests/fixtures/bad/ragged_long.csv";
    let verbs: [(&str, &[&str]); 10] = [
        ("check", &[]),
        ("fit", &[]),
        ("forecast", &["--at", "10x"]),
        ("backtest", &[]),
        ("compare", &[]),
        ("versus", &["--by", "task"]),
        ("capability", &["--at", "10x"]),
        ("allocate", &["--compute", "1e24"]),
        ("isoflop", &[]),
        ("report", &[]),
    ];
    for (verb, flags) in verbs {
        for format in ["json", "csv", "markdown", "text"] {
            if verb == "report" && format == "csv" {
                continue;
            }
            for (input, more, code) in [
                ("no/such/file.csv", &[][..], 1),
                (bad, &[], 3),
                (RUNS, &["--where", "no_such_column = 1"], 3),
                (RUNS, &["--no-such-flag"], 2),
            ] {
                let args = [&[verb, input, "--format", format], flags, more].concat();
                let ran = run(&args);
                assert!(
                    ran.code == code || (code == 3 && ran.code == 2),
                    "{args:?}: {}",
                    ran.err
                );
                assert_eq!(ran.out, "", "{args:?}");
                assert!(ran.err.contains("error: "), "{args:?}: {}", ran.err);
            }
        }
    }
    for verb in ["show", "verify", "ledger"] {
        let ran = run(&[verb, "no/such/place", "--format", "json"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{verb}: {}", ran.err);
    }
}

#[test]
fn a_score_on_standard_output_is_json_or_refused() {
    let entry = "data/registered/cerebras_13b.json";
    let args = ["score", entry, "--actual", "1.83", "-o", "-"];
    let ran = run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(serde_json::from_str::<serde_json::Value>(&ran.out).is_ok());
    let ran = run(&[&args[..], &["--format", "csv"]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
}
