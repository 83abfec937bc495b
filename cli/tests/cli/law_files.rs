//! Law files, and files that must not be overwritten.

use super::*;

#[test]
fn a_law_file_gives_the_same_bits_as_the_table() {
    let (_folder, law) = temporary("law.json");
    for extra in [
        &[][..],
        &["--law", "power"],
        &["--objective", "huber"],
        &["--residuals", "log"],
    ] {
        let fit: Vec<&str> = [
            &[
                "fit",
                RUNS,
                "--fit-below",
                "1e22",
                "-o",
                text(&law),
                "--overwrite",
            ],
            extra,
        ]
        .concat();
        let fitted = ok(&fit);
        let tail = ["--at", "2.3e22,100x", "--format", "csv"];
        let direct = ok(&[&["forecast", RUNS, "--fit-below", "1e22"], extra, &tail].concat());
        let from_file = ok(&[&["forecast", text(&law)][..], &tail].concat());
        assert_eq!(direct, from_file, "{extra:?}");
        assert_eq!(ok(&["show", text(&law)]), fitted, "{extra:?}");
        let json = std::fs::read_to_string(&law).unwrap();
        assert_eq!(
            ok(&["show", text(&law), "--format", "json"]),
            json,
            "{extra:?}"
        );
    }
}

#[test]
fn law_files_have_the_documented_keys() {
    let json: serde_json::Value = serde_json::from_str(&ok(&[
        "fit",
        RUNS,
        "--fit-below",
        "1e22",
        "--format",
        "json",
    ]))
    .unwrap();
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    for key in [
        "format",
        "version",
        "law",
        "formula",
        "status",
        "trustworthy",
        "diagnoses",
        "parameters",
        "vcov",
        "fit",
        "data",
        "units",
    ] {
        assert!(keys(&json).contains(&key.to_owned()), "{key}");
    }
    assert_eq!(json["format"], "scalewise.law");
    assert_eq!(json["version"], 1);
    assert_eq!(json["status"], "converged");
    assert_eq!(json["trustworthy"], true);
    assert_eq!(json["diagnoses"][0]["code"], "floor-not-identified");
    for key in ["code", "severity", "message", "hint"] {
        assert!(json["diagnoses"][0][key].is_string(), "{key}");
    }
    for key in ["name", "value", "stderr", "intervals"] {
        assert!(json["parameters"][0].get(key).is_some(), "{key}");
    }
    for key in ["level", "kind", "method", "lower", "upper"] {
        assert!(
            json["parameters"][0]["intervals"][0].get(key).is_some(),
            "{key}"
        );
    }
    for key in ["loss", "residuals", "delta", "objective", "basins"] {
        assert!(json["fit"].get(key).is_some(), "{key}");
    }
    for key in ["rows", "used", "excluded", "range", "digest", "runs"] {
        assert!(json["data"].get(key).is_some(), "{key}");
    }
    for key in [
        "line", "compute", "params", "tokens", "loss", "sigma", "group", "role",
    ] {
        assert!(json["data"]["runs"][0].get(key).is_some(), "{key}");
    }
    assert_eq!(json["data"]["runs"][6]["role"], "actual");
}

/// Every released version of the format must keep loading.
#[test]
fn law_files_of_every_version_load() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/laws");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = text(&path).rsplit("v1_").next().unwrap().to_owned();
        let law = name.trim_end_matches(".json").to_owned();
        let ran = run(&["show", text(&path), "--format", "json"]);
        assert!(ran.code == 0 || ran.code == 4, "{law}: {}", ran.err);
        let shown: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(shown["law"], law.as_str());
        if shown["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .any(|p| p["name"] == "b" && law != "bounded-repeat")
        {
            let args = [
                "--at", "2.3e24", "--method", "delta", "--force", "--format", "csv",
            ];
            let rows = table(&ok(&[&["forecast", text(&path)], &args[..]].concat()));
            assert!(number(&rows[0], "point") > 0.0, "{law}");
        } else if law.starts_with("chinchilla") {
            let args = ["--compute", "1e24", "--method", "delta", "--format", "csv"];
            let rows = table(&ok(&[&["allocate", text(&path)], &args[..]].concat()));
            assert!(number(&rows[0], "value") > 1e9, "{law}");
        }
        seen.push(law);
    }
    seen.sort();
    let mut built_in: Vec<String> = scalewise::law::all()
        .iter()
        .map(|law| scalewise::law::Law::name(law).to_owned())
        .collect();
    built_in.sort();
    assert_eq!(seen, built_in);
    let first = "tests/fixtures/laws/v1_saturating.json";
    let rows = table(&ok(&[
        "forecast", first, "--at", "2.3e22", "--method", "delta", "--format", "csv",
    ]));
    approx::assert_abs_diff_eq!(number(&rows[0], "point"), 1.5958, epsilon = 2e-4);
}

#[test]
fn law_files_are_not_overwritten_unasked() {
    let (_folder, law) = temporary("law.json");
    ok(&["fit", RUNS, "-o", text(&law)]);
    let before = std::fs::read(&law).unwrap();
    let again = run(&["fit", RUNS, "--law", "power", "-o", text(&law)]);
    assert_eq!(again.code, 1);
    assert!(
        again
            .err
            .contains("it exists already and is not overwritten"),
        "{}",
        again.err
    );
    assert!(
        again
            .err
            .contains("hint: name another file, or add --overwrite"),
        "{}",
        again.err
    );
    assert_eq!(std::fs::read(&law).unwrap(), before);
    ok(&[
        "fit",
        RUNS,
        "--law",
        "power",
        "-o",
        text(&law),
        "--overwrite",
    ]);
    assert_ne!(std::fs::read(&law).unwrap(), before);
}

#[test]
fn a_changed_law_file_is_refused() {
    let (_folder, law) = temporary("law.json");
    ok(&["fit", RUNS, "-o", text(&law)]);
    let json = std::fs::read_to_string(&law).unwrap();
    for (change, complaint) in [
        (json.replace("2.566", "2.567"), "do not match their digest"),
        (
            json.replace("\"version\": 1", "\"version\": 7"),
            "version 7 is newer",
        ),
        (
            json.replace("scalewise.law", "other"),
            "its format is 'other'",
        ),
        (
            json.replace("\"saturating\"", "\"unheard\""),
            "law 'unheard' is not built in",
        ),
        (json[..json.len() / 2].to_owned(), "not a law file"),
    ] {
        std::fs::write(&law, change).unwrap();
        let ran = run(&["show", text(&law)]);
        assert_eq!(ran.code, 3, "{complaint}");
        assert!(ran.err.contains(complaint), "{complaint}: {}", ran.err);
    }
}

#[test]
fn a_law_file_edited_by_hand_is_refused() {
    let (_folder, path) = temporary("law.json");
    ok(&["fit", RUNS, "-o", text(&path)]);
    let written = std::fs::read_to_string(&path).unwrap();
    let value: serde_json::Value = serde_json::from_str(&written).unwrap();
    let edit = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut edited = value.clone();
        change(&mut edited);
        std::fs::write(&path, edited.to_string()).unwrap();
        run(&["forecast", text(&path), "--at", "1e25"])
    };
    assert_eq!(edit(&|_| ()).code, 0);
    let changes: [&dyn Fn(&mut serde_json::Value); 6] = [
        &|v| v["parameters"][2]["value"] = 0.5.into(),
        &|v| v["fit"]["bounds"][0] = serde_json::json!([0.0, -1.0]),
        &|v| v["vcov"][0][0] = (-1.0).into(),
        &|v| v["parameters"][0]["intervals"][0]["level"] = (-1.0).into(),
        &|v| v["data"]["runs"][0]["loss"] = 2.5.into(),
        &|v| v["fit"]["objective"] = 0.0.into(),
    ];
    for (k, change) in changes.into_iter().enumerate() {
        let ran = edit(change);
        assert_eq!(ran.code, 3, "change {k}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn inputs_law_files_and_entries_are_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs.csv");
    let law = folder.path().join("law.json");
    std::fs::copy(root().join(RUNS), &runs).unwrap();
    ok(&["fit", text(&runs), "-o", text(&law)]);
    for args in [
        vec!["report", text(&runs), "-o", text(&runs)],
        vec!["forecast", text(&runs), "--at", "1e25", "-o", text(&runs)],
        vec!["report", text(&runs), "-o", text(&law)],
        vec!["forecast", text(&law), "--at", "1e25", "-o", text(&law)],
    ] {
        let before = (std::fs::read(&runs).unwrap(), std::fs::read(&law).unwrap());
        let ran = run(&args);
        assert_ne!(ran.code, 0, "{args:?}");
        let after = (std::fs::read(&runs).unwrap(), std::fs::read(&law).unwrap());
        assert!(before == after, "{args:?}");
    }
}

/// Not even `--overwrite` replaces the runs by a law.
#[test]
fn a_law_never_replaces_its_own_runs() {
    let (_folder, path) = temporary("runs.csv");
    let table = std::fs::read(root().join(RUNS)).unwrap();
    std::fs::write(&path, &table).unwrap();
    let ran = run(&["fit", text(&path), "-o", text(&path), "--overwrite"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("is an input of this command"),
        "{}",
        ran.err
    );
    assert_eq!(std::fs::read(&path).unwrap(), table);
}

/// A pipe is written to and not read first.
#[cfg(unix)]
#[test]
fn a_result_goes_into_a_pipe() {
    let (_folder, pipe) = temporary("pipe");
    pipe::make(&pipe);
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    ok(&[
        "forecast",
        RUNS,
        "--at",
        "10x",
        "--format",
        "csv",
        "-o",
        text(&pipe),
    ]);
    assert!(reader.join().unwrap().starts_with("series,compute,point"));
}
