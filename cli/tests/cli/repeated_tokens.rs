//! Allocations with a limited number of unique tokens.

use crate::allocation::{rows, run};
use std::path::Path;

/// E, L0, a, alpha, b, beta, c, gamma, delta of the bounded-repeat law.
const BOUNDED: [f64; 9] = [1.7, 10.8, 7.0, 0.14, 60.0, 0.25, 0.3, 0.3, 0.35];

fn bounded(n: f64, d: f64, u: f64) -> f64 {
    let [e, l0, a, alpha, b, beta, c, gamma, delta] = BOUNDED;
    let h = a / n.powf(alpha) + b / d.powf(beta) + c * n.powf(gamma) / u.min(d).powf(delta);
    e + (l0 - e) * h / (1.0 + h)
}

/// A, B, E, alpha, beta, R_D, R_N of the data-constrained law.
fn constrained(n: f64, d: f64, u: f64) -> f64 {
    let (a, b, e, alpha, beta, r_d, r_n) = (480.0, 2100.0, 1.8, 0.35_f64, 0.37_f64, 15.0, 6.0);
    let effective = |total: f64, unique: f64, decay: f64| match total <= unique {
        true => total,
        false => unique * (1.0 - decay * (-(total / unique - 1.0) / decay).exp_m1()),
    };
    let u = u.min(d);
    let matching = (alpha * a / (beta * b) * u.powf(beta)).powf(1.0 / alpha);
    let n = effective(n, matching.min(n), r_n);
    e + a / n.powf(alpha) + b / effective(d, u, r_d).powf(beta)
}

fn table(folder: &Path, loss: fn(f64, f64, f64) -> f64, noise: f64) -> String {
    let mut csv = "params,tokens,unique_tokens,loss\n".to_owned();
    let mut k = 0.0_f64;
    for n in [5e7, 2e8, 8e8, 3.2e9] {
        for u in [5e8, 5e9, 4e10] {
            for epochs in [1.0, 4.0, 16.0] {
                k += 1.0;
                let wobble = 1.0 + noise * ((k * 12.9898).sin() * 43_758.547).fract();
                let d = u * epochs;
                csv += &format!("{n},{d},{u},{}\n", loss(n, d, u) * wobble);
            }
        }
    }
    let path = folder.join("repeated.csv");
    std::fs::write(&path, csv).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Noise-free runs: the split has the least loss, and without a cap is that of the closed form.
#[test]
fn the_split_under_a_cap_has_the_least_loss() {
    let folder = tempfile::tempdir().unwrap();
    for (law, loss) in [
        ("data-constrained", constrained as fn(f64, f64, f64) -> f64),
        ("bounded-repeat", bounded),
    ] {
        let runs = table(folder.path(), loss, 0.0);
        let asked = ["--compute", "1e23", "--unique", "2e10", "--format", "csv"];
        let ran = run(&[&["allocate", &runs, "--law", law][..], &asked].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let found = rows(&ran.out);
        let value = |cap: &str, quantity: &str| {
            let is = |row: &&std::collections::HashMap<String, String>| {
                row["quantity"] == quantity && row["unique_cap"].is_empty() == cap.is_empty()
            };
            found.iter().find(is).unwrap()["value"]
                .parse::<f64>()
                .unwrap()
        };
        let at = |n: f64, cap: f64| loss(n, 1e23 / (6.0 * n), cap.min(1e23 / (6.0 * n)));
        for (cap, limit) in [("2e10", 2e10), ("", f64::INFINITY)] {
            let (n, d) = (value(cap, "params"), value(cap, "tokens"));
            assert!((6.0 * n * d / 1e23 - 1.0).abs() < 1e-9);
            let own = at(n, limit);
            assert!((value(cap, "loss") / own - 1.0).abs() < 1e-3, "{law}");
            assert!(
                own < at(0.8 * n, limit) && own < at(1.25 * n, limit),
                "{law} {n}"
            );
        }
        assert!(value("2e10", "epochs") > 2.0 && value("", "epochs") == 1.0);
        assert!(value("2e10", "above-free") > 0.0);
        if law == "data-constrained" {
            let ratio = 0.35 * 480.0 / (0.37 * 2100.0);
            let best = (ratio * (1e23_f64 / 6.0).powf(0.37)).powf(1.0 / 0.72);
            assert!((value("", "params") / best - 1.0).abs() < 1e-2);
        }
    }
}

#[test]
fn the_law_that_made_the_losses_is_preferred() {
    let folder = tempfile::tempdir().unwrap();
    for (law, loss) in [
        ("data-constrained", constrained as fn(f64, f64, f64) -> f64),
        ("bounded-repeat", bounded),
    ] {
        let runs = table(folder.path(), loss, 4e-3);
        let both = ["--law", "data-constrained|bounded-repeat"];
        let asked = ["allocate", &runs, "--compute", "10x", "--unique", "1e10"];
        let ran = run(&[&asked[..], &both].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let words = format!("Preferred  {law}, clearly");
        assert!(ran.out.contains(&words), "{}", ran.out);
        assert!(ran.out.contains("rolling origin"), "{}", ran.out);
    }
}

/// More repetitions than in any run are reported, and such an answer is not trusted.
#[test]
fn repetitions_that_no_run_had_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), bounded, 4e-3);
    let asked = [
        "allocate",
        &runs,
        "--law",
        "bounded-repeat",
        "--compute",
        "1e23",
    ];
    let ran = run(&[&asked[..], &["--unique", "1e9", "--strict"]].concat());
    assert_eq!(ran.code, 5, "{}", ran.out);
    assert!(ran.out.contains("epochs-outside-runs"), "{}", ran.out);
    assert!(ran.out.contains("Grade    LOW"), "{}", ran.out);
}

#[test]
fn a_cap_needs_a_law_of_repeated_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), bounded, 4e-3);
    let asked = ["allocate", &runs, "--compute", "1e23", "--unique", "1e9"];
    let plain = run(&asked);
    assert_eq!(plain.code, 2);
    assert!(
        plain.err.contains("needs a law of repeated tokens"),
        "{}",
        plain.err
    );
    let mixed = run(&[&asked[..], &["--law", "kaplan|bounded-repeat"]].concat());
    assert!(
        mixed
            .err
            .contains("only laws of repeated tokens can be compared"),
        "{}",
        mixed.err
    );
    let other = [
        "allocate",
        &runs,
        "--law",
        "bounded-repeat",
        "--params",
        "1e9",
    ];
    let other = run(&other);
    assert!(
        other.code == 2 && other.err.contains("only budgets can be given"),
        "{}",
        other.err
    );
}

#[test]
fn what_one_law_has_is_held_in_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), bounded, 1e-3);
    let asked = ["--compute", "1e22", "--unique", "2e10", "--fix", "L0=10.8"];
    let both = "data-constrained|bounded-repeat";
    let ran = run(&[&["allocate", &runs, "--law", both][..], &asked].concat());
    assert!(
        ran.out.contains("Preferred  bounded-repeat"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(
        ran.out.contains("bounded-repeat                   8"),
        "{}",
        ran.out
    );
    // A parameter that no law has is still an error.
    let none = [
        "allocate",
        &runs,
        "--law",
        both,
        "--compute",
        "1e22",
        "--fix",
        "L9=1",
    ];
    let ran = run(&none);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("no parameter 'L9'"), "{}", ran.err);
}

#[test]
fn what_such_a_law_does_not_tell_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let runs = table(folder.path(), constrained, 1e-3);
    let asked = [
        "allocate",
        &runs,
        "--law",
        "data-constrained",
        "--compute",
        "1e22",
    ];
    for (flags, says) in [
        (["--sizes", "1B"], "does not tell what other sizes cost"),
        (
            ["--n-inference", "1T"],
            "does not tell what inference costs",
        ),
        (["--method", "profile"], "none by profile"),
        (["--method", "delta,bootstrap"], "none by bootstrap"),
    ] {
        let ran = run(&[&asked[..], &flags].concat());
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(says), "{flags:?}: {}", ran.err);
    }
    let joint = run(&[&asked[..], &["--joint"]].concat());
    assert!(
        joint.err.contains("intervals that hold all at once"),
        "{}",
        joint.err
    );
    let delta = run(&[&asked[..], &["--method", "delta"]].concat());
    assert!(delta.out.contains("delta"), "{}", delta.err);
    // Such an allocation cannot be registered, and the help does not offer the cap.
    let entry = folder.path().join("entry.json");
    let entry = entry.to_str().unwrap();
    let register = [
        "register",
        "allocate",
        &runs,
        "--compute",
        "1e22",
        "-o",
        entry,
    ];
    let ran = run(&[&register[..], &["--law", "data-constrained"]].concat());
    assert!(
        ran.err
            .contains("law of repeated tokens cannot be registered"),
        "{}",
        ran.err
    );
    let ran = run(&[&register[..], &["--unique", "1B"]].concat());
    assert!(ran.err.contains("--unique has no meaning"), "{}", ran.err);
    assert!(
        !run(&["register", "allocate", "--help"])
            .out
            .contains("--unique ")
    );
}
