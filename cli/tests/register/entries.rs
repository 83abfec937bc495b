//! Entries: their contents, changes of any byte, old versions, and how they are derived again.

use super::*;
use scalewise::ledger::Entry;

pub fn read(text: &[u8]) -> scalewise::Result<Entry> {
    Entry::read(text, "entry.json")
}

#[test]
fn an_entry_holds_what_forecast_says_and_every_setting() {
    let (_guard, folder) = temporary();
    std::fs::copy(CEREBRAS, folder.join("runs.csv")).unwrap();
    // Only used rows: then the forecast is made from the same table.
    let used: Vec<String> = std::fs::read_to_string(CEREBRAS)
        .unwrap()
        .lines()
        .take(7)
        .map(str::to_owned)
        .collect();
    std::fs::write(folder.join("used.csv"), used.join("\n")).unwrap();
    let flags = [
        "--at",
        "10x,1e24",
        "--law",
        "m3",
        "--level",
        "0.5,0.95",
        "--where",
        "flops > 3e18",
        "--force",
    ];
    ok(
        &folder,
        &[
            &[
                "register",
                "used.csv",
                "-o",
                "entry.json",
                "--registered-at",
                AT,
            ][..],
            &flags,
        ]
        .concat(),
    );
    let entry = json(&std::fs::read_to_string(folder.join("entry.json")).unwrap());
    let said = json(&ok(
        &folder,
        &[&["forecast", "used.csv", "--format", "json"][..], &flags].concat(),
    ));
    assert_eq!(entry["result"], said);
    assert_eq!(entry["predictions"].as_array().unwrap().len(), 2);
    for (prediction, forecast) in entry["predictions"]
        .as_array()
        .unwrap()
        .iter()
        .zip(said["forecasts"].as_array().unwrap())
    {
        assert_eq!(prediction["point"], forecast["point"]);
        assert_eq!(prediction["intervals"], forecast["intervals"]);
    }
    assert_eq!(
        entry["request"],
        serde_json::json!({"question": {"forecast": {
            "table": {"rows": {"where": ["flops > 3e18"]}},
            "fit": {"law": "m3", "objective": "squared", "residuals": "relative"},
            "at": ["10x", 1e24], "levels": [0.5, 0.95], "kinds": ["prediction", "confidence"],
            "methods": ["calibrated", "delta", "profile"], "replicates": 1000, "seed": 0, "force": true,
        }}})
    );
    assert_eq!(entry["registered_at"], AT);
    assert_eq!(entry["data"]["lines"], "5-6,3-4,7");
    assert!(ok(&folder, &["verify", "entry.json", "used.csv"]).contains("identical bytes"));
}

#[test]
fn the_clock_is_asked_only_where_no_time_is_given() {
    let (_guard, folder) = temporary();
    let now = || {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs()
    };
    let before = now();
    ok(
        &folder,
        &["register", CEREBRAS, "--at", "10x", "-o", "now.json"],
    );
    let after = now();
    let entry = read(&std::fs::read(folder.join("now.json")).unwrap()).unwrap();
    let possible = before..=after;
    let mut times =
        possible.map(|s| scalewise::ledger::Time::from_unix(s.try_into().unwrap()).unwrap());
    assert!(times.any(|t| t == entry.registration().registered_at));
    // And the same bytes with the same time.
    ok(&folder, &cerebras(CEREBRAS, "a.json"));
    ok(&folder, &cerebras(CEREBRAS, "b.json"));
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
    assert_eq!(bytes("a.json"), bytes("b.json"));
}

#[test]
fn capabilities_and_allocations_are_registered_and_derived_again() {
    let (_guard, folder) = temporary();
    std::fs::write(folder.join("runs.csv"), surface_table()).unwrap();
    std::fs::write(folder.join("counts.csv"), counts_table()).unwrap();
    let allocation = [
        "register",
        "allocate",
        "runs.csv",
        "--compute",
        "1e24",
        "--replicates",
        "50",
        "-o",
        "a.json",
    ];
    ok(&folder, &allocation);
    let capability = [
        "register",
        "capability",
        "counts.csv",
        "--at",
        "100x",
        "--buckets",
        "2",
        "--level",
        "0.9",
        "-o",
        "c.json",
    ];
    ok(&folder, &capability);
    for (entry, table, subject, ids) in [
        (
            "a.json",
            "runs.csv",
            "allocation",
            &["params@1e24", "tokens@1e24", "loss@1e24"][..],
        ),
        (
            "c.json",
            "counts.csv",
            "capability",
            &[
                "all/metric@",
                "all/mean_pass_rate@",
                "bucket 1/metric@",
                "bucket 1/mean_pass_rate@",
                "bucket 2/metric@",
                "bucket 2/mean_pass_rate@",
            ],
        ),
    ] {
        let out = ok(&folder, &["verify", entry, table]);
        assert!(
            out.contains("identical bytes, by the same version"),
            "{out}"
        );
        let made = json(&std::fs::read_to_string(folder.join(entry)).unwrap());
        assert_eq!(made["subject"], subject);
        let predictions = made["predictions"].as_array().unwrap();
        assert_eq!(predictions.len(), ids.len());
        for (prediction, id) in predictions.iter().zip(ids) {
            assert!(
                prediction["id"].as_str().unwrap().starts_with(id),
                "{prediction}"
            );
            assert!(
                prediction["intervals"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|i| i["lower"].as_f64() < i["upper"].as_f64())
            );
        }
        // One digit of the last row.
        let text = std::fs::read_to_string(folder.join(table)).unwrap();
        let at = text.rfind(|c: char| c.is_ascii_digit()).unwrap();
        let other = if &text[at..=at] == "1" { "2" } else { "1" };
        std::fs::write(
            folder.join("edited.csv"),
            format!("{}{other}{}", &text[..at], &text[at + 1..]),
        )
        .unwrap();
        let ran = run(&folder, &["verify", entry, "edited.csv"]);
        assert_eq!(ran.code, 3);
        assert!(ran.err.contains("CHANGED"), "{}", ran.err);
    }
}

#[test]
fn nothing_is_registered_where_nothing_may_be_forecast() {
    let (_guard, folder) = temporary();
    let rising = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/fixtures/bad/rising.csv"
    );
    for (args, code, words) in [
        (vec![rising, "--at", "10x"], 4, "inverse-scaling"),
        (vec![CEREBRAS], 2, "nothing to register"),
        (
            vec![CEREBRAS, "--at", "10x", "--fit-below", "1e3"],
            3,
            "no row is used",
        ),
        (
            vec![CEREBRAS, "--at", "10x", "--plot", "a.svg"],
            2,
            "--plot has no meaning",
        ),
        (
            vec![CEREBRAS, "--reach", "1.5"],
            2,
            "--reach has no meaning",
        ),
        (
            vec![CEREBRAS, "--at", "10x", "--registered-at", "yesterday"],
            2,
            "not a time in UTC",
        ),
        (
            vec!["capability", CEREBRAS, "--at", "10x"],
            3,
            "no column for the score",
        ),
        (
            vec!["allocate", CEREBRAS, "--compute", "1e24"],
            4,
            "collinear-n-d",
        ),
        (
            vec!["allocate", CEREBRAS, "--force"],
            2,
            "nothing to allocate",
        ),
    ] {
        let ran = run(
            &folder,
            &[&["register"][..], &args, &["-o", "entry.json"]].concat(),
        );
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
        assert!(!folder.join("entry.json").exists(), "{args:?}");
    }
    let law = run(&folder, &["fit", CEREBRAS, "-o", "law.json"]);
    assert_eq!(law.code, 0, "{}", law.err);
    let ran = run(
        &folder,
        &["register", "law.json", "--at", "10x", "-o", "entry.json"],
    );
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("register the table of runs instead"),
        "{}",
        ran.err
    );
    assert!(
        run(&folder, &["verify", "law.json"])
            .err
            .contains("its format is 'scalewise.law'")
    );
}

/// Files of version 1, as first written.
#[test]
fn golden_entries_keep_loading() {
    for (name, digest, predictions) in [
        (
            "v1_forecast.json",
            "sha256:dd6bd4fc598b574fb69cf8c962acee7cc94d963644a11239a7c97af257269da8",
            2,
        ),
        (
            "v1_capability.json",
            "sha256:0d52fe39da77c4a8db9df047a959912bee136f0dc600098e9f533a6b6f6597a0",
            2,
        ),
        (
            "v1_allocation.json",
            "sha256:b344a0fe802c624900eb70d18ece9219a731fb0d8c8c78c59c09b2f86003b6c4",
            3,
        ),
    ] {
        let bytes = std::fs::read(Path::new(FIXTURES).join(name)).unwrap();
        let entry = read(&bytes).unwrap();
        assert_eq!(entry.digest(), digest, "{name}");
        assert_eq!(entry.text().as_bytes(), bytes);
        assert_eq!(entry.registration().predictions.len(), predictions);
        assert_eq!(entry.version(), if name.starts_with("v1_") { 1 } else { 2 });
        if entry.version() == 2 {
            // The canonical form of an entry that was read is the entry itself.
            assert_eq!(entry.registration().clone().seal().unwrap(), entry);
        }
    }
    let bytes = std::fs::read(Path::new(FIXTURES).join("v1_forecast.score.json")).unwrap();
    let score = scalewise::ledger::Score::read(&bytes, "score").unwrap();
    assert_eq!(
        score.entry_digest(),
        "sha256:dd6bd4fc598b574fb69cf8c962acee7cc94d963644a11239a7c97af257269da8"
    );
    assert_eq!(score.scores().len(), 2);
    let ran = ok(Path::new(FIXTURES), &["ledger", ".", "--format", "json"]);
    assert_eq!(json(&ran)["entries"], 3);
    assert_eq!(json(&ran)["skipped"], serde_json::json!([]));
}

/// Entries of both versions are verified against tables of this repository. Versions 0.1.0 and
/// 0.2.0 made them, and their method has changed as *Changed numbers* in `CHANGELOG.md` says: in
/// the calibrated interval and in the cost fitted to a compute column.
#[test]
fn kept_entries_of_every_version_are_verified() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let ladder = |table: &str| format!("data/ladder/{table}.csv");
    let same = "DERIVED AGAIN";
    let changed = "THE METHOD HAS CHANGED SINCE";
    for (name, table, found) in [
        ("v1_forecast", "data/cerebras_gpt.csv".to_owned(), changed),
        ("v1_options", "data/cerebras_gpt.csv".to_owned(), changed),
        ("v1_capability", ladder("pass_counts"), changed),
        ("v1_allocation", ladder("losses"), changed),
        ("v2_forecast", "data/cerebras_gpt.csv".to_owned(), changed),
        ("v2_options", "data/cerebras_gpt.csv".to_owned(), same),
        ("v2_capability", ladder("pass_counts"), changed),
        ("v2_allocation", ladder("losses"), changed),
        ("v2_series", ladder("losses"), changed),
    ] {
        let entry = format!("tests/fixtures/register/verified/{name}.json");
        let out = ok(root, &["verify", &entry, &table]);
        assert!(
            out.contains("INTACT") && out.contains("UNCHANGED"),
            "{name}: {out}"
        );
        assert!(out.contains(found), "{name}: {out}");
    }
}

/// Found by fuzzing: scoring a hand-sealed file with a level of 1.9 panicked.
#[test]
fn a_level_that_is_none_is_refused() {
    let entry = include_str!("../../../data/registered/cerebras_13b.json");
    let body: Vec<&str> = entry.split_inclusive('\n').collect();
    let body = body[..body.len() - 2].concat();
    let place = body.find("\"level\": 0.").unwrap();
    let (before, after) = (&body[..place], &body[place..]);
    let after = &after[after.find(',').unwrap()..];
    for level in ["1.9", "0.0", "-0.5"] {
        let body = format!("{before}\"level\": {level}{after}");
        let digest = scalewise::internal::sha256([body.as_bytes()]);
        let sealed = format!("{body}  \"digest\": \"{digest}\"\n}}\n");
        let error = read(sealed.as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains("a level lies between 0 and 1"),
            "{error}"
        );
    }
}
