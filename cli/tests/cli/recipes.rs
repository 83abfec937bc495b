//! Recipes of training runs: what they teach, their pictures and pages, and their schedules.

use super::curve::{END, Simulated, constant, cosine, folder, json, told};
use super::*;

/// Constant at the peak, then linear decay to zero over the last fifth.
fn decayed(step: f64) -> f64 {
    constant(step).min((END - step) / (0.2 * END))
}

#[test]
fn complete_runs_make_a_recipe_that_helps_and_compares() {
    let logs = [cosine, constant, decayed].map(|rate| Simulated { rate }.log(END));
    let half = Simulated { rate: decayed }.log(5000.0);
    let folder = folder(&[
        ("cosine.csv", &logs[0]),
        ("constant.csv", &logs[1]),
        ("decayed.csv", &logs[2]),
        ("half.csv", &half),
    ]);
    let at = folder.path();
    let fit = [
        "curve",
        "fit",
        "cosine.csv",
        "constant.csv",
        "decayed.csv",
        "-o",
        "r.json",
    ];
    let ran = run_in(at, &fit, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("decayed.csv (190 points until 10000"),
        "{}",
        ran.out
    );
    let again = run_in(at, &fit, "");
    assert_eq!(again.code, 1, "{}", again.err);

    let wsd = "wsd:peak=3e-4,warmup=500,decay=20%";
    let asked = ["curve", "half.csv", "--end", "10000", "--schedule", wsd];
    let alone = json(at, &asked);
    let with = json(at, &[&asked[..], &["--prior", "r.json"]].concat());
    assert_eq!(with["response_from"], "recipe");
    let (truth, width) = (Simulated { rate: decayed }.end(), |of: (f64, f64, f64)| {
        of.2 - of.1
    });
    let (point, lower, upper) = told(&with);
    assert!((point / truth - 1.0).abs() < 0.005, "{point} for {truth}");
    assert!(lower < truth && truth < upper, "{lower} {truth} {upper}");
    assert!(width(told(&with)) < width(told(&alone)));

    let end = ["--end", "10000", "--schedule"];
    let one = json(
        at,
        &[&["curve", "forecast", "r.json"][..], &end, &[wsd]].concat(),
    );
    let point = one["schedules"][0]["point"].as_f64().unwrap();
    assert!((point / truth - 1.0).abs() < 0.01, "{point} for {truth}");
    let flat = "constant:peak=3e-4,warmup=500";
    let two = ["curve", "compare", "r.json", "--schedule", flat];
    let two = json(at, &[&two[..], &end, &[wsd]].concat());
    let second = &two["schedules"][1];
    let ends = &second["differences"].as_array().unwrap()[0];
    assert!(ends["upper"].as_f64().unwrap() < 0.0, "{second}");
    let best = two["best_decay_start"][0]["start"].as_f64().unwrap();
    assert!((3000.0..10_000.0).contains(&best), "{best}");

    drawn_and_paged(at, &fit[..5], &[&end[..], &[wsd]].concat());

    let text = std::fs::read_to_string(at.join("r.json")).unwrap();
    let edited = text.replacen("\"fallen\": ", "\"fallen\": 0", 1);
    std::fs::write(at.join("edited.json"), edited.replace(": 01", ": 0.1")).unwrap();
    for (args, words) in [
        (
            &["edited.json", "--end", "1e4", "--schedule", wsd][..],
            "recipe",
        ),
        (&["half.csv", "--end", "1e4", "--schedule", wsd], "recipe"),
        (
            &["r.json", "--end", "1e4", "--schedule", "linear:peek=1"],
            "did you mean 'peak'",
        ),
    ] {
        let ran = run_in(at, &[&["curve", "compare"][..], args].concat(), "");
        assert!(ran.code == 2 || ran.code == 3, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
}

/// A log with a further column of the same value.
fn with_column(log: &str, name: &str, value: &str) -> String {
    let mut lines = log.lines();
    let head = lines.next().unwrap();
    let rows: String = lines.map(|line| format!("{line},{value}\n")).collect();
    format!("{head},{name}\n{rows}")
}

#[test]
fn runs_of_different_sizes_in_one_recipe_are_a_finding() {
    let logs = [cosine, constant].map(|rate| Simulated { rate }.log(END));
    let folder = folder(&[
        ("a.csv", &logs[0]),
        ("b.csv", &logs[1]),
        ("small.csv", &with_column(&logs[0], "params", "1e8")),
        ("large.csv", &with_column(&logs[1], "params", "2e8")),
    ]);
    let fit = |logs: [&str; 2]| {
        let args = [
            "curve",
            "fit",
            logs[0],
            logs[1],
            "-o",
            "r.json",
            "--overwrite",
        ];
        let text = run_in(folder.path(), &args, "");
        assert_eq!(text.code, 0, "{}", text.err);
        let strict = run_in(folder.path(), &[&["--strict"], &args[..]].concat(), "");
        (text.out, strict.code)
    };
    let (text, code) = fit(["a.csv", "b.csv"]);
    assert!(!text.contains("sizes-pooled") && code == 0, "{text}");
    let (text, code) = fit(["small.csv", "large.csv"]);
    let said = "sizes-pooled: the runs are of models of different sizes: the parameters of \
                'small.csv' are 100M";
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains(said) && code == 5, "{text}");
    let schedule = ["--end", "10000", "--schedule", "constant:peak=3e-4"];
    let told = json(
        folder.path(),
        &[&["curve", "forecast", "r.json"][..], &schedule].concat(),
    );
    assert_eq!(told["findings"][0]["code"], "sizes-pooled");
}

/// The recipe and its schedules have a picture and a page each.
fn drawn_and_paged(at: &Path, fit: &[&str], schedule: &[&str]) {
    let flat = ["--schedule", "constant:peak=3e-4,warmup=500"];
    let forecast = [&["curve", "forecast", "r.json"][..], schedule].concat();
    let compare = [&["curve", "compare", "r.json"][..], &flat, schedule].concat();
    let cases: [(&[&str], &[&str], &[&str]); 3] = [
        (
            fit,
            &["Law less log", "cosine.csv", "mean of the laws"],
            &["What do the runs of this recipe teach?", "curve fit"],
        ),
        (
            &forecast,
            &["90% interval", "forecast", "Learning rate"],
            &["What will a run with this schedule reach?", "SHA-256"],
        ),
        (
            &compare,
            &["Loss less that of constant", "wsd", "constant"],
            &["Which schedule ends lowest?", "Method in plain words"],
        ),
    ];
    for (args, drawn, written) in cases {
        let out = ["--plot", "made.svg", "--page", "made.html"];
        let look = ["--title", "My headline", "--theme", "dark"];
        let ran = run_in(at, &[args, &out, &look].concat(), "");
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        let read = |name: &str| std::fs::read_to_string(at.join(name)).unwrap();
        let (svg, page) = (read("made.svg"), read("made.html"));
        for words in drawn.iter().chain(&["My headline"]) {
            assert!(svg.contains(words), "{args:?}: {words}");
        }
        for words in written
            .iter()
            .chain(&["How to make this page again", "</svg>"])
        {
            assert!(page.contains(words), "{args:?}: {words}");
        }
        assert!(!svg.contains("NaN") && !page.contains("NaN"), "{args:?}");
    }
    // The drawn forecast ends in the forecast of the end, and its interval in that of the end.
    let told = json(at, &forecast);
    let told = &told["schedules"][0];
    let last = told["curve"].as_array().unwrap().last().unwrap();
    for name in ["lower", "upper"] {
        assert_eq!(last[name], told["intervals"][0][name]);
    }
    assert_eq!(last["point"], told["point"]);
}

/// The laws are functions of one clock, so that steps and tokens cannot be mixed.
#[test]
fn logs_of_steps_and_of_tokens_make_no_recipe() {
    let log = Simulated { rate: cosine }.log(END);
    let tokens = log.replacen("step", "tokens", 1);
    let folder = folder(&[("steps.csv", &log), ("tokens.csv", &tokens)]);
    let ran = run_in(
        folder.path(),
        &["curve", "fit", "steps.csv", "tokens.csv"],
        "",
    );
    assert_eq!(ran.code, 3, "{}", ran.err);
    for words in [
        "tokens.csv: some logs count steps, and this one counts tokens",
        "--x",
    ] {
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}
