//! Pictures, simulation, help, and the use of the output streams.

use super::*;

#[test]
fn pictures_in_every_format() {
    let (folder, svg) = temporary("fit.svg");
    let png = folder.path().join("fit.png");
    for view in ["loss", "reducible", "both"] {
        ok(&[
            "plot",
            RUNS,
            "--fit-below",
            "1e22",
            "--at",
            "2.3e22",
            "--view",
            view,
            "-o",
            text(&svg),
        ]);
        ok(&[
            "plot",
            RUNS,
            "--view",
            view,
            "--theme",
            "dark",
            "-o",
            text(&png),
        ]);
        assert!(std::fs::read_to_string(&svg).unwrap().contains("<title"));
        assert_eq!(std::fs::read(&png).unwrap()[1..4], *b"PNG");
    }
    let drawn = ok(&["plot", RUNS, "--at", "1e24"]);
    assert!(drawn.lines().count() > 10, "{drawn}");
    assert!(!drawn.contains('\u{1b}'), "colour codes in a pipe");
}

/// What a picture has in each verb, and where its flags would have no effect.
#[test]
fn a_picture_of_any_verb_looks_as_its_flags_say() {
    let (folder, svg) = temporary("picture.svg");
    let surface = &allocation::table(folder.path());
    let counts = "data/ladder/pass_counts.csv";
    for verb in [
        &["forecast", RUNS, "--at", "10x"][..],
        &[
            "plan", RUNS, "--at", "10x", "--budget", "1e22", "--most", "1", "--draws", "8",
        ],
        &["capability", counts, "--buckets", "1"],
        &["isoflop", surface],
        &[
            "allocate",
            surface,
            "--compute",
            "1e24",
            "--method",
            "delta",
        ],
        &["ledger", "data/registered"],
    ] {
        let draw = |flags: &[&str]| {
            ok(&[verb, &["--plot", text(&svg)], flags].concat());
            std::fs::read_to_string(&svg).unwrap()
        };
        let plain = draw(&[]);
        let dark = draw(&[
            "--theme",
            "dark",
            "--title",
            "My own words",
            "--size",
            "500x400",
        ]);
        let paper = |svg: &str| svg.contains("#15181C");
        assert!(!paper(&plain) && paper(&dark), "{verb:?}");
        assert!(dark.contains("My own words</title>"), "{verb:?}");
        let size = |svg: &str| svg.split("width=").nth(1).map(str::to_owned);
        assert_ne!(size(&plain), size(&dark), "{verb:?}");
        let bare = draw(&["--no-title"]);
        assert!(
            bare.matches("<text").count() < plain.matches("<text").count(),
            "{verb:?}"
        );
        for flags in [
            &["--theme", "dark"][..],
            &["--no-title"],
            &["--xlim", "1..2"],
        ] {
            let ran = run(&[verb, flags].concat());
            let said = format!("error: {} is for a picture, and none is written", flags[0]);
            assert!(
                ran.code == 2 && ran.err.starts_with(&said),
                "{verb:?}: {}",
                ran.err
            );
        }
    }
    let ran = run(&["plot", RUNS, "--size", "400x300"]);
    assert!(
        ran.code == 2 && ran.err.contains("-o picture.svg"),
        "{}",
        ran.err
    );
    let ran = run(&[
        "forecast",
        RUNS,
        "--at",
        "10x",
        "--plot",
        text(&svg),
        "--size",
        "wide",
    ]);
    assert!(
        ran.code == 2 && ran.err.contains("such as 760x480"),
        "{}",
        ran.err
    );
    let map = folder.path().join("map.svg");
    let both = [
        "capability",
        counts,
        "--plot",
        text(&svg),
        "--plot-problems",
        text(&map),
    ];
    ok(&[&both[..], &["--theme", "dark"]].concat());
    let ran = run(&[&both[..], &["--title", "Both"]].concat());
    let said = "error: --title is for one picture, and --plot and --plot-problems are two";
    assert!(ran.code == 2 && ran.err.starts_with(said), "{}", ran.err);
    let ran = run(&[
        "register",
        RUNS,
        "--at",
        "10x",
        "--theme",
        "dark",
        "-o",
        text(&map),
    ]);
    assert!(
        ran.code == 2 && ran.err.contains("--theme has no meaning"),
        "{}",
        ran.err
    );
}

/// The intervals of two methods differ in their marks, and each method has its own count.
#[test]
fn a_ledger_of_several_methods_shows_them_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for (method, actual) in [
        ("calibrated", "1.575"),
        ("profile", "1.575"),
        ("delta", "1.9"),
    ] {
        let entry = at(&format!("{method}.json"));
        let asked = ["register", RUNS, "--fit-below", "1e22", "--at", "2.3e22"];
        ok(&[&asked[..], &["--method", method, "-o", &entry]].concat());
        ok(&["score", &entry, "--actual", actual]);
    }
    let svg = at("ledger.svg");
    ok(&["ledger", text(folder.path()), "--plot", &svg]);
    let svg = std::fs::read_to_string(svg).unwrap();
    for words in [
        "90% calibrated interval held",
        "90% profile interval held",
        "90% delta interval failed",
        "1 of 1 inside its 90% calibrated",
        "0 of 1 inside its 90% delta interval",
        "Observed value",
    ] {
        assert!(svg.contains(words), "{words} is missing: {svg}");
    }
    // The outcomes have names in both panels.
    assert_eq!(svg.matches("\nprofile\n").count(), 2, "{svg}");
}

#[test]
fn simulation_is_reproducible_and_recovered() {
    let args = [
        "simulate",
        "--set",
        "a=900,b=-0.15,c=1.7",
        "--noise",
        "0",
        "--runs",
        "6",
    ];
    let made = ok(&args);
    assert_eq!(made, ok(&args));
    let fitted = run_with(&["fit", "-", "--format", "json"], &made);
    let json: serde_json::Value = serde_json::from_str(&fitted.out).unwrap();
    let value = |k: usize| json["parameters"][k]["value"].as_f64().unwrap();
    approx::assert_relative_eq!(value(0), 900.0, max_relative = 1e-9);
    approx::assert_relative_eq!(value(1), -0.15, max_relative = 1e-9);
    approx::assert_relative_eq!(value(2), 1.7, max_relative = 1e-9);
    let committed = std::fs::read_to_string(root().join("data/simulated_ladder.csv")).unwrap();
    let again = ok(&[
        "simulate",
        "--law",
        "saturating",
        "--set",
        "a=900,b=-0.15,c=1.7",
        "--compute",
        "1e18..1e22",
        "--runs",
        "9",
        "--at",
        "1e24",
        "--noise",
        "0.005",
        "--seed",
        "2026",
    ]);
    for (old, new) in committed.lines().zip(again.lines()).skip(1) {
        for (old, new) in old.split(',').zip(new.split(',')) {
            // exp and ln differ in the last digit between machines.
            let (old, new): (f64, f64) = (old.parse().unwrap(), new.parse().unwrap());
            approx::assert_relative_eq!(old, new, max_relative = 1e-12);
        }
    }
    assert_eq!(committed.lines().count(), again.lines().count());
}

#[test]
fn help_and_pages_exist_for_every_verb() {
    for verb in [
        "check",
        "fit",
        "show",
        "forecast",
        "plot",
        "laws",
        "simulate",
        "completions",
        "man",
    ] {
        let help = ok(&[verb, "-h"]);
        assert!(help.contains("Examples:"), "{verb}");
        assert!(
            help.matches("scalewise ").count() >= 3,
            "two examples: {help}"
        );
        assert!(ok(&["man", verb]).contains(".TH"), "{verb}");
    }
    assert!(ok(&["man"]).contains("forecast"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(ok(&["completions", shell]).contains("forecast"), "{shell}");
    }
    assert_eq!(run(&["fit", RUNS, "--lawn", "power"]).code, 2);
    assert!(
        run(&["fit", RUNS, "--lawn", "power"]).err.contains("--law"),
        "no suggestion"
    );
}

/// Results go to standard output, and everything else to standard error.
#[test]
fn json_stands_alone_on_standard_output() {
    let ran = run(&[
        "forecast", RUNS, "--at", "1e24", "--reach", "1.5", "--format", "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["format"], "scalewise.forecast");
    assert_eq!(json["forecasts"][0]["compute"], 1e24);
    assert_eq!(json["reach"][0]["loss"], 1.5);
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let program = assert_cmd::cargo::cargo_bin("scalewise");
    let script = format!(
        "'{}' man forecast | head -n 1; exit ${{PIPESTATUS[0]}}",
        program.display()
    );
    let output = std::process::Command::new("bash")
        .args(["-c", &script])
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// This used to be drawn as a line over compute, which panicked.
#[test]
fn a_law_of_two_variables_is_drawn_as_contours() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("runs.csv");
    let mut text = String::from("params,tokens,loss\n");
    for n in [1e7, 1e8, 1e9_f64] {
        for d in [1e9, 1e10, 1e11_f64] {
            text += &format!(
                "{n},{d},{}\n",
                1.7 + 400.0 / n.powf(0.34) + 1000.0 / d.powf(0.3)
            );
        }
    }
    std::fs::write(&table, text).unwrap();
    let (table, svg) = (table.to_str().unwrap(), folder.path().join("contours.svg"));
    ok(&[
        "plot",
        table,
        "--law",
        "chinchilla",
        "-o",
        svg.to_str().unwrap(),
    ]);
    assert!(
        std::fs::read_to_string(&svg)
            .unwrap()
            .contains("Parameters N")
    );
    for more in [["--at", "1e22"], ["--view", "both"]] {
        let words: Vec<&str> = ["plot", table, "--law", "chinchilla"]
            .iter()
            .chain(&more)
            .copied()
            .collect();
        let ran = run(&words);
        assert_eq!(ran.code, 2, "{more:?}: {}", ran.err);
        assert!(ran.err.contains("allocate"), "{}", ran.err);
    }
    let ran = run(&["plot", table, "--laws", "chinchilla"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}
