//! Line breaks and control characters in names and free text never start a line of their own.

use super::process::run_in;
use super::*;
use std::fs;

/// A forged line, a terminal control sequence and reversed text, to be appended to a name.
const TAIL: &str = "\nDigest      FORGED\r\u{1b}[31m\u{2028}FORGED\u{202e}\u{7f}\u{85}";

fn hostile(name: &str) -> String {
    format!("{name}{TAIL}")
}

/// File names may hold anything but a slash and a null.
fn file(name: &str, extension: &str) -> String {
    format!("{name}{TAIL}.{extension}")
}

/// No control sequence, no hidden text, and no line that begins like the forged one.
fn assert_clean(text: &str, what: &str) {
    for line in text.lines() {
        let begun = line.trim_start_matches([' ', '-', '*', '|', '"', '>']);
        let forged = begun.starts_with("FORGED") || begun.starts_with("Digest      FORGED");
        assert!(!forged, "{what}: {line:?} in {text}");
        let unseen = |c: char| {
            (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{202e}' | '\u{200b}')
        };
        assert!(!line.chars().any(unseen), "{what}: {line:?}");
    }
}

fn table() -> String {
    let [loss, run, series, bad] =
        ["loss", "run", "series", "abc"].map(|name| format!("\"{}\"", hostile(name)));
    let mut csv = format!("flops,{loss},name,of\n");
    for (k, value) in [3.31, 2.99, 2.74, 2.51, 2.37, 2.215, 2.11, 2.03]
        .iter()
        .enumerate()
    {
        csv += &format!(
            "{},{value},{run},{series}\n",
            1e18 * 10f64.powf(0.5 * k as f64)
        );
    }
    csv + &format!("1e22,{bad},{run},{series}\n")
}

#[test]
#[cfg(unix)]
fn no_verb_prints_a_line_of_a_file_as_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let runs = file("runs", "csv");
    fs::write(folder.join(&runs), table()).unwrap();
    let mut counts = "model,compute,problem,samples,passes,benchmark\n".to_owned();
    for (k, passes) in [1, 2, 4, 7, 9].iter().enumerate() {
        for problem in 0..6 {
            counts += &format!(
                "\"{}\",{},\"{}\",20,{},\"{}\"\n",
                hostile(&format!("m{k}")),
                10f64.powi(18 + k as i32),
                hostile(&format!("p{problem}")),
                (passes + problem) % 20,
                hostile("bench"),
            );
        }
    }
    let of_counts = file("counts", "csv");
    fs::write(folder.join(&of_counts), counts).unwrap();
    let mut surface = format!("\"{}\",tokens,loss\n", hostile("params"));
    for k in 0..12 {
        let (n, d) = (1e7 * 4f64.powi(k % 4), 1e9 * 5f64.powi(k / 4));
        let loss = 1.7 + 406.4 / n.powf(0.34) + 410.7 / d.powf(0.28) + 0.001 * f64::from(k % 3);
        surface += &format!("{n},{d},{loss}\n");
    }
    let of_both = file("surface", "csv");
    fs::write(folder.join(&of_both), surface).unwrap();
    let (law, entry, plot) = (
        file("law", "json"),
        file("entry", "json"),
        file("plot", "svg"),
    );
    let (loss, params, outcome) = (hostile("loss"), hostile("params"), hostile("the outcome"));
    let missing = hostile("missing");
    let condition = format!("name != {}", hostile("x"));
    let read = ["--loss-col", &loss];
    let lenient = ["--exclude", "flops = 1e22"];
    let runs = runs.as_str();
    let with = |words: &[&str]| -> Vec<String> {
        let all = words.iter().chain(&read).chain(&lenient);
        all.map(|w| (*w).to_owned()).collect()
    };
    let bare = |words: &[&str]| -> Vec<String> { words.iter().map(|w| (*w).to_owned()).collect() };
    let commands = [
        with(&["check", runs]),
        with(&["check", runs, "--format", "markdown"]),
        bare(&["check", runs, "--loss-col", &loss]),
        with(&["fit", runs, "-o", &law]),
        with(&["fit", runs, "--format", "markdown", "--verbose"]),
        with(&["fit", runs, "--by", "of"]),
        bare(&["show", &law]),
        bare(&["show", &law, "--format", "markdown"]),
        with(&["forecast", runs, "--at", "10x"]),
        with(&["forecast", runs, "--at", "10x", "--by", "of"]),
        with(&["forecast", runs, "--at", &missing]),
        bare(&[
            "forecast", &law, "--at", "10x", "--format", "markdown", "--plot", &plot,
        ]),
        with(&["backtest", runs]),
        with(&["compare", runs]),
        with(&["plot", runs]),
        with(&["report", runs, "--at", "10x", "-o", &file("page", "html")]),
        with(&["report", runs, "--at", "10x", "--format", "text"]),
        with(&["report", runs, "--at", "10x", "--format", "markdown"]),
        with(&[
            "register",
            runs,
            "--at",
            "10x",
            "--outcome",
            &outcome,
            "-o",
            &entry,
        ]),
        bare(&["verify", &entry]),
        bare(&["verify", &entry, runs]),
        bare(&["verify", &entry, runs, "--format", "markdown"]),
        bare(&["score", &entry, "--actual", "1.9"]),
        bare(&["ledger", "."]),
        bare(&["ledger", ".", "--format", "markdown"]),
        bare(&["report", &entry, "--format", "text"]),
        bare(&["report", &entry, "-o", &file("entry", "html")]),
        bare(&["capability", &of_counts, "--at", "10x"]),
        bare(&["capability", &of_counts, "--at", "10x", "--by", "benchmark"]),
        bare(&["report", &of_counts, "--at", "10x", "--format", "markdown"]),
        bare(&["check", &of_counts]),
        bare(&[
            "allocate",
            &of_both,
            "--params-col",
            &params,
            "--compute",
            "1e24",
            "--force",
        ]),
        bare(&[
            "isoflop",
            &of_both,
            "--params-col",
            &params,
            "--compute",
            "1e24",
        ]),
        bare(&[
            "report",
            &of_both,
            "--params-col",
            &params,
            "--kind",
            "surface",
            "--format",
            "text",
        ]),
        with(&["fit", runs, "--where", &condition]),
        with(&["fit", runs, "--where", &missing]),
        with(&["fit", runs, "--law", &missing]),
        with(&["fit", runs, "--fix", &missing]),
        with(&["fit", runs, "--let", &missing]),
        with(&["fit", runs, "--by", &missing]),
        with(&["fit", runs, "--objective", &missing]),
        bare(&["fit", runs, "--loss-col", &missing]),
        bare(&["fit", runs]),
        bare(&["fit", &missing]),
        bare(&["show", runs]),
        bare(&["verify", runs]),
        bare(&[&missing]),
        bare(&["fit", runs, &format!("--{missing}")]),
    ];
    for command in &commands {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let ran = run_in(folder, &words, "");
        assert_ne!(ran.code, 101, "{words:?}: {}", ran.err);
        assert_clean(&ran.out, &format!("output of {words:?}"));
        assert_clean(&ran.err, &format!("errors of {words:?}"));
    }
    for written in [plot, file("page", "html"), file("entry", "html")] {
        let text = fs::read_to_string(folder.join(&written)).unwrap();
        assert_clean(&text, &written);
    }
    for written in [law, entry] {
        assert!(folder.join(&written).is_file(), "{written:?}");
    }
}

/// Texts in other people's law files and entries, and in a folder's defaults.
#[test]
fn no_text_of_a_law_file_or_of_defaults_is_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let runs = format!("{}/{RUNS}", root().display());
    let fitted = run_in(folder, &["fit", &runs, "--format", "json"], "");
    let mut file: serde_json::Value = serde_json::from_str(&fitted.out).unwrap();
    for place in [
        "/data/source",
        "/data/loss_column",
        "/data/loss_unit",
        "/made_by",
        "/diagnoses/0/message",
    ] {
        if let Some(there) = file.pointer_mut(place) {
            *there = serde_json::json!(hostile("text"));
        }
    }
    file["data"]["excluded"] = serde_json::json!([{"line": 3, "reason": hostile("why")}]);
    file["data"]["rows"] = serde_json::json!(file["data"]["runs"].as_array().unwrap().len() + 1);
    fs::write(folder.join("law.json"), file.to_string()).unwrap();
    for verb in [
        &["show", "law.json"][..],
        &["show", "law.json", "--format", "markdown"],
        &["show", "law.json", "--format", "python"],
        &["forecast", "law.json", "--at", "10x"],
        &["plot", "law.json"],
        &["report", "law.json", "--at", "10x", "--format", "text"],
    ] {
        let ran = run_in(folder, verb, "");
        assert!(ran.code == 0 || ran.code == 4, "{verb:?}: {}", ran.err);
        assert_clean(&ran.out, &format!("{verb:?}"));
        assert_clean(&ran.err, &format!("{verb:?}"));
    }
    for place in [
        "/law",
        "/format",
        "/fit/loss",
        "/fit/weights",
        "/parameters/0/name",
        "/status",
    ] {
        let mut edited = file.clone();
        *edited.pointer_mut(place).unwrap() = serde_json::json!(hostile("text"));
        fs::write(folder.join("bad.json"), edited.to_string()).unwrap();
        let ran = run_in(folder, &["show", "bad.json"], "");
        assert_ne!(ran.code, 0, "{place}");
        assert_clean(&ran.err, place);
    }
    for defaults in [
        "\"los\\nDigest      FORGED\" = 1\n",
        "level = [\nDigest      FORGED",
        "loss-col = \"x\\nDigest      FORGED\"\n",
        "[\"fo\\nDigest      FORGED\"]\nlevel = 1\n",
    ] {
        fs::write(folder.join("scalewise.toml"), defaults).unwrap();
        let ran = run_in(folder, &["fit", &runs], "");
        assert_ne!(ran.code, 0, "{defaults}");
        assert_clean(&ran.err, defaults);
    }
}
