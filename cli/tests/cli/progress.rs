//! Progress bars are shown only to people on a terminal.

use super::*;
use std::process::Command as Process;

/// A back-test that takes longer than the delay of a bar in any build.
fn slow_table() -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = temporary("runs.csv");
    let mut text = "compute,loss\n".to_owned();
    for k in 0..2000 {
        let c = 10f64.powf(18.0 + 4.0 * f64::from(k) / 2000.0);
        let wave = 1.0 + 0.005 * (f64::from(k) * 78.233).sin();
        text += &format!("{c:e},{}\n", (20.0 * c.powf(-0.1) + 1.5) * wave);
    }
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn pipes_see_no_bar() {
    let (_folder, path) = slow_table();
    let ran = run(&["backtest", text(&path), "--format", "csv"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

/// `script` of util-linux gives a command a terminal; without it nothing is tested.
#[test]
fn a_terminal_sees_a_bar_that_leaves_nothing_behind() {
    let (folder, path) = slow_table();
    let program = assert_cmd::cargo::cargo_bin("scalewise");
    let seen = |before: &str, flags: &str| {
        let log = folder.path().join("log");
        let out = folder.path().join("out.csv");
        let command = format!(
            "{before} {} backtest {} --format csv -o {} {flags}",
            program.display(),
            path.display(),
            out.display()
        );
        let ran = Process::new("script")
            .args(["-qefc", &command])
            .arg(&log)
            .env("TERM", "xterm")
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .status();
        let code = ran.ok()?.code()?;
        let log = std::fs::read(&log).ok()?;
        Some((code, String::from_utf8_lossy(&log).into_owned()))
    };
    // An interrupt during the run: no file, no line, and the exit code of an interrupt.
    let Some((code, watched)) = seen("timeout --foreground -s INT 0.8", "") else {
        return;
    };
    assert!(watched.contains("testing"), "{watched}");
    let (_, after) = watched.rsplit_once("\u{1b}[2K").unwrap();
    assert!(!after.contains("testing"), "{watched:?}");
    assert!(!folder.path().join("out.csv").exists());
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        2,
        "runs.csv and the log"
    );
    assert!(matches!(code, 124 | 130), "{code}");
    let Some((0, watched)) = seen("", "") else {
        unreachable!("it ran a moment ago");
    };
    assert!(
        watched.contains("testing") && watched.contains("left"),
        "{watched}"
    );
    // The line is cleared before other output.
    let (before, after) = watched.rsplit_once("\u{1b}[2K").unwrap();
    assert!(
        before.contains("testing") && !after.contains("testing"),
        "{watched:?}"
    );
    assert!(folder.path().join("out.csv").is_file());
    let (_, quiet) = seen("", "--quiet").unwrap();
    assert!(!quiet.contains("testing"), "{quiet:?}");
}
