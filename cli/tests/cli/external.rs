//! Forecasts that others published.

use super::*;

#[test]
fn what_others_forecast_is_kept_and_scored_and_never_derived_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = |args: &[&str]| run_in(folder.path(), args, "");
    let asked = [
        "register",
        "external",
        "--who",
        "a laboratory",
        "--source",
        "its report, table 2",
        "--published",
        "2026-04",
        "--at",
        "1e23",
        "--point",
        "2.252",
        "--note",
        "floor held",
        "-o",
        "theirs.json",
    ];
    let made = at(&asked);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.out
            .contains("2026-04 by a laboratory: its report, table 2"),
        "{}",
        made.out
    );
    let again = at(&asked);
    assert!(again.err.contains("exists already"), "{}", again.err);
    let alone = at(&["verify", "theirs.json"]);
    assert!(alone.out.contains("INTACT"), "{}", alone.out);
    assert!(
        alone.out.contains("cannot be derived again"),
        "{}",
        alone.out
    );
    std::fs::write(
        folder.path().join("runs.csv"),
        "flops,loss\n1e18,3\n1e19,2.8\n1e20,2.7\n",
    )
    .unwrap();
    let derived = at(&["verify", "theirs.json", "runs.csv"]);
    assert!(
        derived.err.contains("cannot be derived again"),
        "{}",
        derived.err
    );
    let scored = at(&["score", "theirs.json", "--actual", "2.234"]);
    assert!(scored.out.contains("+0.8 %"), "{}", scored.out);
    let ledger = at(&["ledger", "."]);
    assert!(ledger.out.contains("published 2026-04"), "{}", ledger.out);
    assert!(ledger.out.contains("no interval"), "{}", ledger.out);
    // Without who, where or when, or with impossible losses, nothing is registered.
    for (flag, value, why) in [
        ("--who", " ", "who of a published forecast is missing"),
        ("--point", "-1", "--point"),
        ("--at", "0", "--at"),
    ] {
        let mut other = asked;
        let place = other.iter().position(|word| *word == flag).unwrap();
        other[place + 1] = value;
        other[asked.len() - 1] = "other.json";
        let ran = at(&other);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(why), "{}", ran.err);
    }
}
