//! The verb versus with laws of N and D.

use super::*;
use serde_json::Value;

/// Runs of two recipes on a grid of N and D, whose D terms differ by a factor: at equal parameters
/// the base needs 1.2 times the tokens.
fn grids() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, more) in [("A", 1.2f64), ("B", 1.0)] {
        let mut table = String::from("params,tokens,loss\n");
        for (k, n) in [5e7, 2e8, 8e8, 3.2e9f64].into_iter().enumerate() {
            for (l, d) in [1e9, 5e9, 2.5e10, 1.25e11f64].into_iter().enumerate() {
                let loss = 1.7 + 480.0 / n.powf(0.35) + 2100.0 / (d / more).powf(0.37);
                // A deviation common to both.
                let wobble = 1.0 + 1e-4 * ((3 * k + 5 * l) % 7) as f64;
                table += &format!("{n:e},{d:e},{:.9}\n", loss * wobble);
            }
        }
        std::fs::write(folder.path().join(format!("{name}.csv")), table).unwrap();
    }
    folder
}

const SURFACES: [&str; 5] = ["versus", "A.csv", "B.csv", "--law", "chinchilla"];

fn json(folder: &Path, more: &[&str]) -> Value {
    let ran = run_in(
        folder,
        &[&SURFACES, more, &["--format", "json"]].concat(),
        "",
    );
    assert_eq!(ran.code, 0, "{more:?}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn surfaces_are_compared_on_their_paths_and_in_tokens_at_one_size() {
    let folder = grids();
    let found = json(
        folder.path(),
        &["--params", "1B", "--tokens", "20B,100B", "--at", "1e22"],
    );
    let one = &found["compared"][0];
    let of_tokens = one["of_tokens"].as_array().unwrap();
    assert_eq!(of_tokens.len(), 2);
    for place in of_tokens {
        let m = place["multiplier"].as_f64().unwrap();
        assert!((m / 1.2 - 1.0).abs() < 2e-3, "{m}");
        assert_eq!(
            (&place["params"], &place["verdict"]),
            (&1e9.into(), &"better".into())
        );
        assert_eq!(place["intervals"].as_array().unwrap().len(), 6);
    }
    let places = one["places"].as_array().unwrap();
    assert_eq!(places[0]["compute"], 6.0 * 3.2e9 * 1.25e11);
    for place in places {
        // The path spends compute on both N and D: less than 1.2 times the compute.
        let m = place["multiplier"].as_f64().unwrap();
        assert!(m > 1.05 && m < 1.2, "{m}");
    }
    let names = one["hypotheses"].as_array().unwrap().iter();
    assert!(names.clone().any(|h| h["name"] == "equal alpha and beta"));
    // Without tokens, the most that both have.
    let found = json(folder.path(), &["--params", "1B", "--method", "delta"]);
    assert_eq!(found["compared"][0]["of_tokens"][0]["tokens"], 1.25e11);
}

#[test]
fn every_format_and_the_chart_of_surfaces_are_given() {
    let folder = grids();
    let asked = [&SURFACES[..], &["--params", "1B", "--power", "-v"]].concat();
    let ran = run_in(
        folder.path(),
        &[&asked[..], &["--plot", "a.svg"]].concat(),
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in [
        "on their compute-optimal paths",
        "with 1B parameters A needs 1.2",
        "times the tokens of B at 125B",
        "C = 6ND",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let svg = std::fs::read_to_string(folder.path().join("a.svg")).unwrap();
    assert!(svg.contains("compute-optimal paths"));
    let ran = run_in(
        folder.path(),
        &[&asked[..], &["--format", "csv"]].concat(),
        "",
    );
    let rows = ran
        .out
        .lines()
        .filter(|line| line.contains(",tokens,1000000000"));
    assert_eq!(rows.count(), 6, "{}", ran.out);
    let ran = run_in(
        folder.path(),
        &[&asked[..], &["--format", "markdown"]].concat(),
        "",
    );
    assert!(ran.out.contains("m in tokens"), "{}", ran.out);
    let tied = ["versus", "A.csv", "B.csv", "--law", "chinchilla-tied"];
    let ran = run_in(folder.path(), &tied, "");
    assert!(
        ran.out.contains("compute-optimal paths"),
        "{} {}",
        ran.out,
        ran.err
    );
}

#[test]
fn what_makes_no_sense_of_surfaces_is_refused_with_a_way_out() {
    let folder = grids();
    for (args, words) in [
        (
            &["versus", "A.csv", "B.csv", "--params", "1B"][..],
            "--law chinchilla",
        ),
        (
            &["versus", "A.csv", "B.csv", "--flops", "k"],
            "--law chinchilla",
        ),
        (&[&SURFACES[..], &["--tokens", "1B"]].concat(), "--params"),
        (
            &[&SURFACES[..], &["--fix", "alpha=0.3"]].concat(),
            "only E can be held",
        ),
        (
            &[&SURFACES[..], &["--flops", "6*N*D + 1e9*N"]].concat(),
            "--flops 6nd",
        ),
        (&[&SURFACES[..], &["--params", "0"]].concat(), "positive"),
    ] {
        let ran = run_in(folder.path(), args, "");
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}
