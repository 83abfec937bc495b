//! Entries that were changed, by accident or on purpose, and the result of verifying them.

use super::entries::read;
use super::*;
use scalewise::internal::Registration;

#[test]
fn any_change_of_any_byte_is_detected() {
    let (_guard, folder) = registered();
    let whole = std::fs::read(folder.join("entry.json")).unwrap();
    assert!(read(&whole).is_ok());
    for at in 0..whole.len() {
        let mut edited = whole.clone();
        for flip in [1, 32, 128] {
            edited[at] = whole[at] ^ flip;
            assert!(read(&edited).is_err(), "byte {at} flipped by {flip}");
        }
        edited[at] = whole[at];
        edited.remove(at);
        assert!(read(&edited).is_err(), "byte {at} removed");
        edited.insert(at, whole[at]);
        edited.insert(at, b' ');
        assert!(read(&edited).is_err(), "a space before byte {at}");
        assert!(read(&whole[..at]).is_err(), "cut at byte {at}");
    }
    for tail in [" ", "\n", "\0"] {
        assert!(read(&[&whole, tail.as_bytes()].concat()).is_err());
    }
}

#[test]
fn verify_says_so_and_exits_with_3() {
    let (_guard, folder) = registered();
    let whole = std::fs::read_to_string(folder.join("entry.json")).unwrap();
    assert!(ok(&folder, &["verify", "entry.json"]).contains("INTACT"));
    // The last digit of the point.
    let point = json(&whole)["predictions"][0]["point"].to_string();
    let (most, last) = point.split_at(point.len() - 1);
    let other = format!("{most}{}", if last == "1" { "2" } else { "1" });
    for (old, new) in [
        ("2026-03-01T12", "2026-03-01T11"),
        (&*point, &*other),
        (
            "\"version\": 2,\n  \"subject",
            "\"version\": 1,\n  \"subject",
        ),
        ("scalewise.registered", "scalewise.registereD"),
        ("2.3e+22", "2.4e+22"),
        ("\"digest\": \"sha256:", "\"digest\": \"sha255:"),
    ] {
        assert!(whole.contains(old), "{old}");
        std::fs::write(folder.join("edited.json"), whole.replace(old, new)).unwrap();
        for args in [
            &["verify", "edited.json"][..],
            &["verify", "edited.json", "runs.csv"],
            &["score", "edited.json", "--actual", "1.5"],
        ] {
            let ran = run(&folder, args);
            assert_eq!(ran.code, 3, "{old}: {}", ran.out);
            assert!(ran.err.contains("edited.json: "), "{}", ran.err);
        }
    }
    assert!(!folder.join("edited.score.json").exists());
}

/// An entry with changed contents and a new seal, as a forger would make it.
fn forged(folder: &Path, change: impl Fn(&mut Registration)) -> Ran {
    let entry = read(&std::fs::read(folder.join("entry.json")).unwrap()).unwrap();
    let mut changed = entry.registration().clone();
    change(&mut changed);
    std::fs::write(folder.join("forged.json"), changed.seal().unwrap().text()).unwrap();
    run(folder, &["verify", "forged.json", "runs.csv"])
}

#[test]
fn one_program_owes_the_same_bytes_and_another_the_same_numbers() {
    let (_guard, folder) = registered();
    let digit = |made: &mut Registration, by: f64| {
        let mut written = serde_json::to_value(&made.predictions[0]).unwrap();
        written["point"] = (made.predictions[0].point() * (1.0 + by)).into();
        made.predictions[0] = serde_json::from_value(written).unwrap();
    };
    let elsewhere = |made: &mut Registration| made.machine = "another".into();

    let same = forged(&folder, |_| {});
    assert_eq!(same.code, 0, "{}", same.err);
    assert!(
        same.out.contains("identical bytes, by the same version"),
        "{}",
        same.out
    );

    let last_digit = forged(&folder, |made| digit(made, 1e-12));
    assert_eq!(last_digit.code, 3);
    assert!(
        last_digit.err.contains("NOT THE SAME FORECAST"),
        "{}",
        last_digit.err
    );

    let bytes = forged(&folder, elsewhere);
    assert!(
        bytes.out.contains("identical bytes, by another program"),
        "{}",
        bytes.out
    );

    let within = forged(&folder, |made| {
        elsewhere(made);
        digit(made, 1e-10);
    });
    assert_eq!(within.code, 0, "{}", within.err);
    assert!(within.out.contains("every number within 1e-9 (the largest relative difference is 1.0e-10, at /predictions/0/point)"), "{}", within.out);
    let said = json(&ok(
        &folder,
        &["verify", "forged.json", "runs.csv", "--format", "json"],
    ));
    assert_eq!(said["agreement"]["bytes"], "within-tolerance");
    assert_eq!(said["same_program"], false);

    let beyond = forged(&folder, |made| {
        made.made_by = "scalewise 0.0.1".into();
        digit(made, 1e-8);
    });
    assert_eq!(beyond.code, 0, "{}", beyond.err);
    let point = same_point(&folder);
    for words in [
        "THE METHOD HAS CHANGED SINCE",
        "/predictions/0/point",
        "scalewise 0.0.1",
        &point,
        &(point.parse::<f64>().unwrap() * (1.0 + 1e-8)).to_string(),
    ] {
        assert!(beyond.out.contains(words), "{words}: {}", beyond.out);
    }
    let said = json(&ok(
        &folder,
        &["verify", "forged.json", "runs.csv", "--format", "json"],
    ));
    assert_eq!(said["agreement"]["bytes"], "method-changed");
}

/// The first point of the entry as written.
fn same_point(folder: &Path) -> String {
    let entry = json(&std::fs::read_to_string(folder.join("entry.json")).unwrap());
    entry["predictions"][0]["point"].to_string()
}

#[test]
fn another_version_may_say_more_in_other_words() {
    let (_guard, folder) = registered();
    let message = |made: &mut Registration| {
        made.result["diagnoses"][0]["message"] = "in other words".into();
        made.result["diagnoses"][0]["hint"] = "do something else".into();
    };
    // Sentences are not compared, whichever version wrote them.
    let same = forged(&folder, message);
    assert_eq!(same.code, 0, "{}", same.err);
    assert!(same.out.contains("identical bytes"), "{}", same.out);
    // Fields beside the numbers may have another form in another version, but not in this one.
    let form = |made: &mut Registration| made.result["more"] = 1.into();
    assert_eq!(forged(&folder, form).code, 3);
    let other = forged(&folder, |made| {
        made.made_by = "scalewise 0.0.1".into();
        form(made);
    });
    assert_eq!(other.code, 0, "{}", other.err);
    assert!(other.out.contains("identical bytes"), "{}", other.out);
    // A forecast that this version does not give counts as a change of the method.
    let refused = forged(&folder, |made| {
        made.made_by = "scalewise 0.0.1".into();
        made.request["question"]["forecast"]["fit"]["law"] = "broken".into();
        made.request["question"]["forecast"]["fit"]["fix"] = serde_json::json!({"a": 1e-300});
    });
    assert_eq!(refused.code, 0, "{}", refused.err);
    assert!(
        refused.out.contains("THE METHOD HAS CHANGED SINCE"),
        "{}",
        refused.out
    );
}

/// The text with the digest of its new bytes.
fn sealed_again(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let body = lines[..lines.len() - 2].join("\n") + "\n";
    let digest: String = <sha2::Sha256 as sha2::Digest>::digest(body.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{body}  \"digest\": \"{digest}\"\n}}\n")
}

#[test]
fn what_a_forger_writes_is_refused_without_a_panic() {
    let (_guard, folder) = registered();
    let set = |made: &mut Registration, name: &str, value: serde_json::Value| {
        made.request["question"]["forecast"][name] = value;
    };
    let cases: [&dyn Fn(&mut Registration); 20] = [
        // The subject of an entry must be that of its request.
        &|made| made.subject = scalewise::internal::Subject::Allocation,
        // A question that `register` refuses cannot be in an entry.
        &|made| {
            set(
                made,
                "table",
                serde_json::json!({"reshape": {"wide": true}}),
            )
        },
        &|made| {
            made.made_by = "scalewise 0.0.1".into();
            set(made, "at", serde_json::json!([]));
        },
        &|made| {
            made.made_by = "scalewise 0.0.1".into();
            set(made, "fit", serde_json::json!({"law": "no such law"}));
        },
        &|made| set(made, "levels", serde_json::json!([0.7])),
        &|made| set(made, "levels", serde_json::json!([2])),
        &|made| set(made, "levels", serde_json::json!([])),
        &|made| set(made, "at", serde_json::json!(["abc"])),
        &|made| set(made, "at", serde_json::json!([])),
        &|made| set(made, "at", serde_json::json!([-1.0])),
        &|made| set(made, "no-such-field", serde_json::json!([1])),
        &|made| set(made, "replicates", serde_json::json!(-3)),
        &|made| set(made, "table", serde_json::json!({"rows": {"where": ["("]}})),
        &|made| set(made, "fit", serde_json::json!({"law": "power"})),
        &|made| made.request = serde_json::json!(null),
        &|made| made.request = serde_json::json!({"question": {"help": {}}}),
        &|made| made.data.lines = "1-18446744073709551615".into(),
        &|made| made.data.lines = "18446744073709551615,2-6".into(),
        &|made| made.data.columns.clear(),
        &|made| made.data.rows = 0,
    ];
    for (k, case) in cases.iter().enumerate() {
        let ran = forged(&folder, case);
        assert!(
            (1..=4).contains(&ran.code),
            "case {k}: {}\n{}",
            ran.code,
            ran.err
        );
        assert!(ran.err.starts_with("error: "), "case {k}: {}", ran.err);
        assert!(ran.code == 3 || ran.code == 4, "case {k}: {}", ran.err);
    }
    // Bytes with a valid digest that are not an entry in canonical form.
    let whole = std::fs::read_to_string(folder.join("entry.json")).unwrap();
    for (old, new) in [
        ("  \"subject\"", "  \"more\": 1,\n  \"subject\""),
        (
            "  \"subject\"",
            "  \"subject\": \"allocation\",\n  \"subject\"",
        ),
        ("  \"request\"", "  \"settings\""),
    ] {
        assert!(whole.contains(old));
        std::fs::write(
            folder.join("sealed.json"),
            sealed_again(&whole.replacen(old, new, 1)),
        )
        .unwrap();
        let ran = run(&folder, &["verify", "sealed.json", "runs.csv"]);
        assert_eq!(ran.code, 3, "{new}: {}", ran.out);
    }
}
