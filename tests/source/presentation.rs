//! Charts and reports show answers and compute nothing; the library names no flag.

use std::path::Path;

/// Functions that compute: forecasts, fits and intervals.
const COMPUTES: [&str; 7] = [
    "forecast(",
    "Prepared",
    "Fit::new",
    ".run(",
    "Uncertainty::",
    "backtest(",
    ".reach(",
];

/// Lines of code that compute, with their file and number. Comments and anything after
/// `#[cfg(test)]` are ignored.
fn computing(file: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        // The chart of a back-test is given the results.
        .filter(|(_, line)| {
            !line.contains("chart::backtest(") && !line.contains("pub fn backtest(")
        })
        .filter(|(_, line)| COMPUTES.iter().any(|word| line.contains(word)))
        .map(|(number, line)| format!("{file}:{}: {}", number + 1, line.trim()))
        .collect()
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn charts_and_reports_compute_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root.join("chart"), &mut all);
    files(&root.join("report"), &mut all);
    assert!(all.len() > 40, "the source was not found");
    let found: Vec<String> = all
        .iter()
        .filter(|path| {
            !["chart/tests.rs", "chart/answer_tests.rs"]
                .iter()
                .any(|t| path.ends_with(t))
        })
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            computing(&path.to_string_lossy(), &text)
        })
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// Whether a string or a doc comment names a flag. The library must not depend on an interface.
fn names_a_flag(line: &str) -> bool {
    let line = line.trim_start();
    let is_comment = line.starts_with("//") && !["///", "//!"].iter().any(|m| line.starts_with(m));
    // Tables of numbers may name the cargo command that makes them.
    let is_cargo = line.contains("`cargo run ");
    let flag = |(at, dashes): (usize, &str)| {
        line[at + dashes.len()..].starts_with(|c: char| c.is_ascii_lowercase())
    };
    !is_comment && !is_cargo && line.match_indices("--").any(flag)
}

#[test]
fn the_library_names_no_flag() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let mut found = Vec::new();
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, l)| names_a_flag(l)) {
            found.push(format!(
                "{}:{}: {}",
                path.display(),
                number + 1,
                line.trim()
            ));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    assert!(names_a_flag(r#".with_hint("hold it with --fix")"#));
    assert!(names_a_flag("/// As `--law` names it."));
    assert!(!names_a_flag("// `--law` names it."));
}

#[test]
fn what_computes_is_found() {
    for line in [
        "let f = fit.forecast(target).run()?;",
        "let p = Prepared::new(fit, &methods);",
        "let fit = Fit::new(Power).run(&data)?;",
    ] {
        assert_eq!(computing("a.rs", line).len(), 1, "{line}");
    }
    assert!(computing("a.rs", "/// fit.forecast(target)").is_empty());
}
