//! Scores compared with values computed by hand, and ledgers of complete and damaged files.

use super::*;
use scalewise::ledger::{Entry, Ledger, Score};

#[test]
fn a_score_says_error_z_and_intervals_and_leaves_the_entry_alone() {
    let (_guard, folder) = registered();
    let before = std::fs::read(folder.join("entry.json")).unwrap();
    let out = ok(
        &folder,
        &[
            "score",
            "entry.json",
            "--actual",
            "1.575",
            "--scored-at",
            "2026-06-01T00:00:00Z",
        ],
    );
    assert!(
        out.contains("the forecast 1.616 is off by +2.6 %, z = +0."),
        "{out}"
    );
    assert_eq!(std::fs::read(folder.join("entry.json")).unwrap(), before);

    // By hand from the entry's own numbers: error = ln(1.616…/1.575); z =
    // 1.6449·error/ln(1.616…/1.536…), as the forecast is too high; interval score on the
    // logarithm = width, plus 2/(1 − level) times the miss.
    let score = json(&std::fs::read_to_string(folder.join("entry.score.json")).unwrap());
    let scored = &score["scores"][0];
    let near = |value: &serde_json::Value, wanted: f64| {
        let value = value.as_f64().unwrap();
        assert!((value / wanted - 1.0).abs() < 1e-9, "{value} {wanted}");
    };
    let predicted = &json(&String::from_utf8(before).unwrap())["predictions"][0];
    let intervals = predicted["intervals"].as_array().unwrap();
    let quoted = |i: &&serde_json::Value| i["method"] == "calibrated" && i["level"] == 0.9;
    let quoted = intervals.iter().find(quoted).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let (point, lower, upper) = (
        number(&predicted["point"]),
        number(&quoted["lower"]),
        number(&quoted["upper"]),
    );
    near(&scored["error"], (point / 1.575).ln());
    near(
        &scored["z"],
        1.6448536269514722 * (point / 1.575).ln() / (point / lower).ln(),
    );
    let quoted = &scored["intervals"][1];
    assert_eq!(
        (quoted["method"].as_str(), quoted["level"].as_f64()),
        (Some("calibrated"), Some(0.9))
    );
    assert_eq!(quoted["inside"], true);
    near(&quoted["interval_score"], (upper / lower).ln());

    ok(
        &folder,
        &["score", "entry.json", "--actual", "1.4", "-o", "low.json"],
    );
    let low = json(&std::fs::read_to_string(folder.join("low.json")).unwrap());
    let quoted = &low["scores"][0]["intervals"][1];
    assert_eq!(quoted["inside"], false);
    near(
        &quoted["interval_score"],
        (upper / lower).ln() + 20.0 * (lower / 1.4).ln(),
    );
    ok(
        &folder,
        &["score", "entry.json", "--actual", "1.8", "-o", "high.json"],
    );
    let high = json(&std::fs::read_to_string(folder.join("high.json")).unwrap());
    near(
        &high["scores"][0]["z"],
        -1.6448536269514722 * (1.8 / point).ln() / (upper / point).ln(),
    );

    let again = run(&folder, &["score", "entry.json", "--actual", "1.6"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("it exists already"), "{}", again.err);
}

#[test]
fn any_change_of_any_byte_of_a_score_is_detected() {
    let (_guard, folder) = registered();
    ok(&folder, &["score", "entry.json", "--actual", "1.575"]);
    let whole = std::fs::read(folder.join("entry.score.json")).unwrap();
    assert!(Score::read(&whole, "score").is_ok());
    for at in 0..whole.len() {
        let mut edited = whole.clone();
        edited[at] ^= 1;
        assert!(Score::read(&edited, "score").is_err(), "byte {at}");
        assert!(Score::read(&whole[..at], "score").is_err(), "cut at {at}");
    }
}

#[test]
fn scores_that_make_no_sense_are_refused() {
    let (_guard, folder) = registered();
    for (args, words) in [
        (vec!["--actual", "0"], "scored on its logarithm"),
        (vec!["--actual", "-1.5"], "scored on its logarithm"),
        (vec!["--actual", "NaN"], "--actual"),
        (vec!["--actual", "1.5 apples"], "--actual"),
        (
            vec!["--actual", "accuracy=1.5"],
            "there is no prediction 'accuracy'",
        ),
        (
            vec!["--actual", "1.5", "--actual", "loss=1.6"],
            "two outcomes are given",
        ),
        (
            vec!["--actual", "1.5", "--scored-at", "2026-03-01T11:59:59Z"],
            "before it was registered",
        ),
        (
            vec![
                "--actual",
                "1.5",
                "--scored-at",
                "2026-06-01T00:00:00Z",
                "--trained-after",
                "2026-06-02T00:00:00Z",
            ],
            "later than the score",
        ),
    ] {
        let ran = run(&folder, &[&["score", "entry.json"][..], &args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
        assert!(!folder.join("entry.score.json").exists());
    }
    let ran = run(
        Path::new(FIXTURES),
        &["score", "v1_allocation.json", "--actual", "1.5", "-o", "-"],
    );
    assert!(
        ran.err
            .contains("the predictions are params@1e24, tokens@1e24, loss@1e24"),
        "{}",
        ran.err
    );
    let named = ok(
        Path::new(FIXTURES),
        &[
            "score",
            "v1_allocation.json",
            "--actual",
            "params=80B",
            "--actual",
            "loss@1e24=1.9",
            "-o",
            "-",
        ],
    );
    assert_eq!(json(&named)["scores"][0]["actual"], 8e10);
}

#[test]
fn only_outcomes_that_may_have_come_later_count() {
    let (_guard, folder) = registered();
    let ledger = |folder: &Path| json(&ok(folder, &["ledger", ".", "--format", "json"]));
    assert_eq!(ledger(&folder)["bias"], serde_json::json!([]));
    for (trained, advance, counted) in [
        (Some("2026-03-01T12:00:00Z"), "yes", 1),
        (Some("2026-03-01T11:59:59Z"), "no", 0),
        (None, "not-stated", 1),
    ] {
        let mut args = vec!["score", "entry.json", "--actual", "1.575"];
        if let Some(time) = trained {
            args.extend(["--trained-after", time]);
        }
        ok(&folder, &args);
        let said = ledger(&folder);
        assert_eq!(said["predictions"][0]["in_advance"], advance);
        assert_eq!(said["bias"].as_array().unwrap().len(), counted);
        assert_eq!(said["hindsight"], 1 - counted);
        let text = ok(&folder, &["ledger", "."]);
        assert_eq!(text.contains("KNOWN BEFORE"), advance == "no", "{text}");
        std::fs::remove_file(folder.join("entry.score.json")).unwrap();
    }
}

#[test]
fn damaged_files_are_reported_and_skipped() {
    let (_guard, folder) = registered();
    let whole = std::fs::read(folder.join("entry.json")).unwrap();
    ok(
        &folder,
        &[
            "score",
            "entry.json",
            "--actual",
            "1.575",
            "--scored-at",
            "2026-06-01T00:00:00Z",
        ],
    );
    ok(
        &folder,
        &[
            "score",
            "entry.json",
            "--actual",
            "1.7",
            "--scored-at",
            "2026-06-02T00:00:00Z",
            "-o",
            "second.json",
        ],
    );
    let score = std::fs::read(folder.join("entry.score.json")).unwrap();
    std::fs::write(folder.join("copy.json"), &whole).unwrap();
    std::fs::write(folder.join("half.json"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(
        folder.join("edited.json"),
        String::from_utf8_lossy(&whole).replace("\"point\": 1.6", "\"point\": 1.7"),
    )
    .unwrap();
    std::fs::write(
        folder.join("score.json"),
        String::from_utf8_lossy(&score).replace("1.575", "1.607"),
    )
    .unwrap();
    std::fs::write(folder.join("empty.json"), "").unwrap();
    std::fs::write(folder.join("other.json"), "[1, 2]").unwrap();
    std::fs::write(folder.join("bytes.json"), [0xff, 0xfe, 0]).unwrap();
    std::fs::create_dir(folder.join("folder.json")).unwrap();
    std::fs::copy(
        Path::new(FIXTURES).join("v1_forecast.score.json"),
        folder.join("orphan.json"),
    )
    .unwrap();
    ok(&folder, &["fit", CEREBRAS, "-o", "law.json"]);
    let wanted = [
        ("bytes.json", "it is not UTF-8"),
        ("edited.json", "EDITED"),
        ("empty.json", "it is empty"),
        ("entry.json", "a copy of copy.json"),
        ("folder.json", "is a directory"),
        ("half.json", "not a whole entry"),
        ("law.json", "its format is 'scalewise.law'"),
        ("orphan.json", "the entry that it scores is not here"),
        ("other.json", "not a whole entry"),
        ("score.json", "EDITED"),
        ("second.json", "loss@2.3e22 was scored before"),
    ];
    let said = json(&ok(&folder, &["ledger", ".", "--format", "json"]));
    let mut skipped: Vec<(String, String)> = said["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| {
            (
                s["file"].as_str().unwrap().to_owned(),
                s["reason"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    skipped.sort();
    assert_eq!(skipped.len(), wanted.len(), "{skipped:?}");
    for ((file, reason), (wanted, words)) in skipped.iter().zip(wanted) {
        assert!(file == wanted && reason.contains(words), "{file}: {reason}");
    }
    assert_eq!(said["entries"], 1);
    assert_eq!(said["predictions"][0]["actual"], 1.575);
    let text = ok(&folder, &["ledger", "."]);
    assert!(
        text.contains("skipped: half.json: not a whole entry"),
        "{text}"
    );
    assert_eq!(run(&folder, &["ledger", ".", "--strict"]).code, 5);
    let csv = run(&folder, &["ledger", ".", "--format", "csv"]);
    assert!(csv.err.contains("skipped: half.json"), "{}", csv.err);
}

#[test]
fn a_ledger_of_nothing_says_so() {
    let (_guard, folder) = temporary();
    let out = ok(&folder, &["ledger", "."]);
    assert!(out.contains("Predictions  0"), "{out}");
    let ran = run(&folder, &["ledger", "nowhere"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("nowhere: cannot be read"), "{}", ran.err);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(300))]

    /// Any file in a folder is read or refused, and every file is counted.
    #[test]
    fn arbitrary_files_are_read_or_refused(files in proptest::collection::vec(proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), 0..4), cut in 0usize..8000) {
        let golden = std::fs::read(Path::new(FIXTURES).join("v1_forecast.json")).unwrap();
        let spliced: Vec<Vec<u8>> = files
            .iter()
            .map(|bytes| [&golden[..cut.min(golden.len())], bytes, &golden[(cut + bytes.len()).min(golden.len())..]].concat())
            .collect();
        let all: Vec<Vec<u8>> = files.into_iter().chain(spliced).collect();
        for bytes in &all {
            assert!(bytes == &golden || Entry::read(bytes, "x").is_err());
            let _ = Score::read(bytes, "x");
        }
        let count = all.len();
        let ledger = Ledger::read(all.into_iter().enumerate().map(|(k, b)| (k.to_string(), Ok(b))));
        assert_eq!(ledger.entries().count() + ledger.skipped().count(), count);
    }
}
