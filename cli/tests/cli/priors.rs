//! Prior knowledge: `--prior`, held floors, and what every output says of them.

use super::*;
use serde_json::Value;

/// Three published runs of one ladder (marin#6044), and the six of the recipe before it (#4697).
const THREE: &str = "compute,loss\n2.00e19,3.2373\n1.31e20,2.9538\n7.16e20,2.7515\n";
const EARLIER: &str =
    "compute,loss\n1e18,3.5273\n3e18,3.3398\n1e19,3.1494\n3e19,3.0066\n1e20,2.8509\n3e20,2.7222\n";

fn forecast(more: &[&str]) -> Ran {
    let asked = [
        &["forecast", "-", "--at", "1.19e23", "--level", "0.9", "-v"],
        more,
    ]
    .concat();
    run_with(&asked, THREE)
}

fn said(more: &[&str]) -> String {
    let ran = forecast(more);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

#[test]
fn an_earlier_ladder_a_number_and_a_family_are_priors() {
    let (_folder, law) = temporary("earlier.json");
    let made = run_with(&["fit", "-", "-o", text(&law)], EARLIER);
    assert_eq!(made.code, 0, "{}", made.err);
    let out = said(&["--prior", text(&law)]);
    assert!(
        out.contains("Prior   b = -0.08458 ± 0.021, c = 1.43 ± 0.33 ("),
        "{out}"
    );
    assert!(
        out.contains("0.14 % a run, as the source of the prior has it"),
        "{out}"
    );
    assert!(
        out.contains("of the variance of the law's value here comes from the prior"),
        "{out}"
    );
    assert!(
        out.contains("90% calibrated prediction interval ["),
        "{out}"
    );
    let narrow = said(&["--prior", text(&law), "--prior-between", "b=0.05,c=0.01"]);
    assert_ne!(narrow, out);

    let out = said(&["--prior", "c=1.6+-0.1", "--prior", "b=language"]);
    assert!(
        out.contains("c = 1.6 ± 0.1") && out.contains("b = -0.12 ± 0.06"),
        "{out}"
    );
    assert!(out.contains("Kaplan et al. 2020"), "{out}");
    assert!(
        out.contains("noise-assumed: nothing tells how much a run scatters, and 0.3 %"),
        "{out}"
    );

    let json = said(&["--prior", "c=1.6±0.1", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let share = json["forecasts"][0]["prior_share"].as_f64().unwrap();
    assert!(0.0 < share && share < 1.0);
    assert_eq!(json["forecasts"][0]["record"], Value::Null);
}

#[test]
fn what_is_no_prior_is_refused_with_the_way_out() {
    for (given, words) in [
        (&["--prior", "c=1.6"][..], "is not NAME=MEAN+-SD"),
        (&["--prior", "c=1.6+-0"], "no normal distribution"),
        (&["--prior", "c=1.6+-x"], "--prior"),
        (&["--prior", "E=1.6+-0.1"], "no parameter 'E'"),
        (
            &["--prior", "b=poetry"],
            "there are those of language, image, video, math",
        ),
        (&["--prior", "nothing.json"], "nothing.json"),
        (&["--prior", "data/cerebras_gpt.csv"], "not a law file"),
        (
            &["--prior", "c=1.6+-0.1", "--fix", "c=1.6"],
            "hold it or give its prior",
        ),
        (
            &["--prior", "c=1.6+-0.1", "--prior", "c=1.5+-0.1"],
            "two priors of c",
        ),
        (
            &["--prior", "c=1.6+-0.1", "--objective", "lad"],
            "least squares only",
        ),
        (
            &["--fix", "c=1.6", "--bound", "c=1..2"],
            "hold it or bound it",
        ),
        (&["--prior", "b=0.5+-0.01"], "outside the range"),
        (&["--prior-between", "b=0.1"], "none is given"),
        (
            &["--prior", "c=1.6+-0.1", "--prior-between", "b=0.1"],
            "none is given",
        ),
    ] {
        let ran = forecast(given);
        assert_ne!(ran.code, 0, "{given:?}");
        assert!(ran.err.contains(words), "{given:?}: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn what_the_floor_decides_is_shown_on_request() {
    let asked = ["forecast", RUNS, "--at", "1e24", "--level", "0.9"];
    let plain = ok(&asked);
    assert!(!plain.contains("floor c"));
    let more = ok(&[&asked[..], &["-v"]].concat());
    let rows: Vec<&str> = (more.lines())
        .skip_while(|line| !line.contains("floor c"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect();
    assert_eq!(rows.len(), 5, "{more}");
    let json = ok(&[&asked[..], &["-v", "--format", "json"]].concat());
    let json: Value = serde_json::from_str(&json).unwrap();
    let floors = json["by_floor"].as_array().unwrap();
    let points: Vec<f64> = (floors.iter())
        .map(|row| row["at"][0]["point"].as_f64().unwrap())
        .collect();
    assert!(
        points.windows(2).all(|pair| pair[0] < pair[1]),
        "{points:?}"
    );
    // The answer itself is the same.
    let answer = |out: &str| {
        let line = out.lines().find(|l| l.starts_with("Forecast")).unwrap();
        line["Forecast".len()..].trim().to_owned()
    };
    assert_eq!(answer(&more), answer(&plain));
    let (_folder, page) = temporary("page.html");
    ok(&["report", RUNS, "--at", "1e24", "-o", text(&page)]);
    assert!(
        std::fs::read_to_string(&page)
            .unwrap()
            .contains("What the floor decides")
    );
}

#[test]
fn reach_leads_with_what_is_recommended() {
    let asked = ["forecast", RUNS, "--reach", "1.6"];
    let short = ok(&asked);
    assert!(short.contains("Reach  loss 1.6: compute "), "{short}");
    let out = ok(&[&asked[..], &["-v"]].concat());
    let line = |fact: &str| {
        out.lines()
            .find(|l| l.starts_with(fact))
            .unwrap()
            .to_owned()
    };
    assert!(line("Compute ").contains("compute "), "{out}");
    assert!(line("Law's own").contains("compute "), "{out}");
    let json: Value =
        serde_json::from_str(&ok(&[&asked[..], &["--format", "json"]].concat())).unwrap();
    let reach = &json["reach"][0];
    assert!(reach["recommended"].as_f64().unwrap() > 1e22);
    assert!(reach["compute"].as_f64().unwrap() > 1e22);
    let floor = ["--fix", "c=1.6", "--reach", "1.5"];
    let out = ok(&[&["forecast", RUNS][..], &floor].concat());
    assert!(
        out.contains("NOT ATTAINABLE: the forecast stays above it"),
        "{out}"
    );
}

#[test]
fn an_entry_holds_the_prior_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let (table, entry) = (
        folder.path().join("three.csv"),
        folder.path().join("entry.json"),
    );
    std::fs::write(&table, THREE).unwrap();
    let asked = [
        "register",
        text(&table),
        "--at",
        "1.19e23",
        "--prior",
        "c=1.6+-0.1",
    ];
    let made = run(&[&asked[..], &["-o", text(&entry)]].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    let held: Value = serde_json::from_str(&std::fs::read_to_string(&entry).unwrap()).unwrap();
    assert!(held.to_string().contains("\"prior\":[{"), "{held}");
    let verified = run(&["verify", text(&entry), text(&table)]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}
