//! Outputs: complete or an error, and never over an input or another result.

use super::*;

/// Runs a verb with its standard output on a full disk.
#[cfg(target_os = "linux")]
fn on_full_disk(args: &[&str]) -> (Option<i32>, String) {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let ended = std::process::Command::new(assert_cmd::cargo::cargo_bin("scalewise"))
        .args(args)
        .stdout(full.unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    (ended.status.code(), said)
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_printed_is_an_error() {
    for args in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["-V"],
        &["--version", "-v"],
        &["help"],
        &["help", "fit"],
        &["fit", "--help"],
        &["fit", "-h"],
        &["register", "capability", "-h"],
        &["completions", "bash"],
        &["man"],
        &["man", "fit"],
        &["laws"],
    ] {
        let (code, said) = on_full_disk(args);
        assert_eq!(code, Some(1), "{args:?}: {said}");
        assert!(
            said.contains("standard output cannot be written"),
            "{args:?}: {said}"
        );
        assert_eq!(run(args).code, 0, "{args:?}");
    }
    assert_eq!(run(&[]).code, 2);
}

/// Exactly these words, in any order, ask for the long version.
#[test]
fn the_long_version_says_what_was_built() {
    for asked in [
        &["--version", "-v"][..],
        &["-v", "-V"],
        &["-Vv"],
        &["-V", "--verbose"],
    ] {
        let out = ok(asked);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], format!("scalewise {}", env!("CARGO_PKG_VERSION")));
        for (line, name) in lines[1..].iter().zip(["commit", "target", "features"]) {
            assert!(line.starts_with(name) && line.len() > 12, "{out}");
        }
        assert_eq!(lines.len(), 4, "{out}");
    }
    assert_eq!(ok(&["--version"]).lines().count(), 1);
    assert_eq!(run(&["-v"]).code, 2);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_panic() {
    let program = assert_cmd::cargo::cargo_bin("scalewise");
    for args in [
        "--help",
        "--version",
        "fit -h",
        "completions zsh",
        "man fit",
    ] {
        // The reader ends before anything is written.
        let script = format!(
            "(sleep 0.05; '{}' {args}) | true; exit ${{PIPESTATUS[0]}}",
            program.display()
        );
        let output = std::process::Command::new("bash")
            .args(["-c", &script])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*said), (Some(0), ""), "{args}");
    }
}

/// A folder with inputs under several names.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::copy(root().join(RUNS), at("runs.csv")).unwrap();
    std::fs::copy(root().join("data/codex_humaneval.csv"), at("rates.csv")).unwrap();
    std::fs::create_dir(at("sub")).unwrap();
    folder
}

fn listed(folder: &Path) -> Vec<(String, u64)> {
    let about = |e: std::fs::DirEntry| {
        let size = e.metadata().unwrap().len();
        (e.file_name().into_string().unwrap(), size)
    };
    let entries = std::fs::read_dir(folder).unwrap();
    let mut all: Vec<_> = entries.map(|e| about(e.unwrap())).collect();
    all.sort();
    all
}

/// Checks that a command refused for its file names writes nothing.
fn refused(folder: &Path, args: &[&str], message: &str) {
    let before = listed(folder);
    let ran = run_in(folder, args, "");
    assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
    assert!(ran.err.contains(message), "{args:?}: {}", ran.err);
    assert_eq!(ran.out, "", "{args:?}");
    assert_eq!(listed(folder), before, "{args:?}");
}

#[test]
fn two_results_do_not_go_to_one_file() {
    let folder = folder();
    let at = ["--at", "10x"];
    let verbs: [&[&str]; 6] = [
        &["forecast", "runs.csv", "--at", "10x"],
        &["capability", "rates.csv", "--pass-rate-col", "pass_rate"],
        &["allocate", "runs.csv", "--compute", "1e24"],
        &["isoflop", "runs.csv"],
        &["versus", "runs.csv", "--by", "recipe"],
        &["ledger", "sub"],
    ];
    for verb in verbs {
        for other in ["a.svg", "./a.svg", "sub/../a.svg"] {
            let args = [verb, &["--plot", "a.svg", "-o", other]].concat();
            refused(folder.path(), &args, "--plot and -o name one file, 'a.svg'");
        }
    }
    let both = ["--plot", "a.svg", "--plot-problems", "./a.svg"];
    let capability = [&["capability", "rates.csv"], &at[..], &both].concat();
    refused(
        folder.path(),
        &capability,
        "--plot and --plot-problems name one file",
    );
    // An error in drawing appears before the first picture is written.
    let both = ["--plot", "a.svg", "--plot-problems", "b.eps"];
    let capability = [&["capability", "rates.csv"], &at[..], &both].concat();
    refused(
        folder.path(),
        &capability,
        "'b.eps' has no known picture format",
    );
    let asked = [
        "forecast", "runs.csv", "--at", "10x", "--reach", "1.6", "--plot", "a.svg", "--format",
        "csv",
    ];
    refused(folder.path(), &asked, "--at and --reach");
    let ran = run_in(
        folder.path(),
        &["fit", "runs.csv", "-o", "law.json", "-q"],
        "",
    );
    assert_eq!(ran.code, 0);
    let before = listed(folder.path());
    let ran = run_in(
        folder.path(),
        &[
            "forecast", "runs.csv", "--at", "10x", "--plot", "a.svg", "-o", "law.json",
        ],
        "",
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(listed(folder.path()), before);
    let ran = run_in(
        folder.path(),
        &[
            "forecast", "runs.csv", "--at", "10x", "--plot", "a.svg", "-o", "a.txt",
        ],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn an_input_is_not_overwritten_under_any_name() {
    let folder = folder();
    std::fs::write(
        folder.path().join("targets.csv"),
        "model,compute\n111M,1e24\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("more.csv"), "model,x\n111M,1\n").unwrap();
    std::fs::write(folder.path().join("scalewise.toml"), "").unwrap();
    std::fs::write(folder.path().join("sub/other.json"), "{}").unwrap();
    let forecast = ["forecast", "runs.csv", "--at", "10x"];
    let by = [
        "forecast",
        "runs.csv",
        "--by",
        "model",
        "--targets",
        "targets.csv",
    ];
    let input = "is an input of this command and would be lost";
    for (args, output) in [
        (&["fit", "runs.csv", "--overwrite"][..], "sub/../runs.csv"),
        (
            &["fit", "runs.csv", "--join", "more.csv", "--overwrite"],
            "./more.csv",
        ),
        (&by, "targets.csv"),
        (&forecast, "runs.csv"),
        (&forecast, "./scalewise.toml"),
        (&["report", "runs.csv"], "runs.csv"),
        (&["ledger", "sub"], "sub/other.json"),
    ] {
        refused(folder.path(), &[args, &["-o", output]].concat(), input);
    }
}

#[cfg(unix)]
#[test]
fn links_are_the_files_they_lead_to() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::hard_link(at("runs.csv"), at("hard.csv")).unwrap();
    std::os::unix::fs::symlink("runs.csv", at("soft.csv")).unwrap();
    std::os::unix::fs::symlink("sub", at("linked")).unwrap();
    std::os::unix::fs::symlink("sub/new.svg", at("ahead.svg")).unwrap();
    let forecast = ["forecast", "runs.csv", "--at", "10x"];
    for output in ["hard.csv", "soft.csv", "linked/../runs.csv"] {
        let args = [&forecast[..], &["-o", output]].concat();
        refused(folder.path(), &args, "is an input of this command");
    }
    for (plot, output) in [
        ("sub/new.svg", "linked/new.svg"),
        ("ahead.svg", "sub/new.svg"),
    ] {
        let args = [&forecast[..], &["--plot", plot, "-o", output]].concat();
        refused(folder.path(), &args, "--plot and -o name one file");
    }
    // A device accepts everything and has no contents to lose.
    let args = [&forecast[..], &["--plot", "a.svg", "-o", "/dev/null"]].concat();
    assert_eq!(run_in(folder.path(), &args, "").code, 0);
}

/// A shell opens these files, so no flag names them.
#[cfg(target_os = "linux")]
#[test]
fn what_standard_streams_are_is_compared_too() {
    let folder = folder();
    let program = assert_cmd::cargo::cargo_bin("scalewise");
    let size = std::fs::metadata(folder.path().join("runs.csv"))
        .unwrap()
        .len();
    for command in [
        "fit - -o runs.csv --force < runs.csv",
        "forecast runs.csv --at 10x --plot a.svg > a.svg",
    ] {
        let script = format!("'{}' {command}", program.display());
        let ended = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(2), "{command}");
    }
    assert_eq!(
        std::fs::metadata(folder.path().join("runs.csv"))
            .unwrap()
            .len(),
        size
    );
    assert_eq!(
        std::fs::metadata(folder.path().join("a.svg"))
            .unwrap()
            .len(),
        0
    );
}

/// The shell makes the file of the result before the ledger reads the folder.
#[cfg(target_os = "linux")]
#[test]
fn a_ledger_may_be_printed_into_the_folder_that_it_reads() {
    let folder = folder();
    let program = assert_cmd::cargo::cargo_bin("scalewise");
    for entry in ["cerebras_13b.json", "cerebras_13b.score.json"] {
        let from = root().join("data/registered").join(entry);
        std::fs::copy(from, folder.path().join(entry)).unwrap();
    }
    for (format, file) in [("text", "x"), ("csv", "x.csv"), ("json", "x.json")] {
        let script = format!(
            "'{}' ledger . --format {format} > {file}",
            program.display()
        );
        let ended = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "{file}: {said}");
        let skipped = said.contains(&format!("skipped: {file}: it is empty"));
        assert_eq!(skipped, format == "json", "{file}: {said}");
        let printed = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(printed.contains("cerebras"), "{file}: {printed}");
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
    // A file that is no entry is not read, so it may be replaced.
    let told = ["ledger", ".", "-o", "ledger.txt"];
    for _ in 0..2 {
        let ran = run_in(folder.path(), &told, "");
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

/// Files that cannot be made again are kept, also under `--force` and if compressed.
#[test]
fn entries_and_scores_are_never_overwritten_and_packed_law_files_are_kept() {
    let folder = folder();
    let run = |args: &[&str]| run_in(folder.path(), args, "");
    let runs = root().join("data/simulated_ladder.csv");
    let runs = runs.to_str().unwrap();
    let made = run(&["register", runs, "--at", "1e26", "-o", "e.json"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let made = run(&["score", "e.json", "--actual", "1.8", "-o", "s.json"]);
    assert_eq!(made.code, 0, "{}", made.err);
    std::os::unix::fs::symlink("e.json", folder.path().join("link.json")).unwrap();
    for file in ["e.json", "s.json", "link.json"] {
        let before = std::fs::read(folder.path().join(file)).unwrap();
        let ran = run(&["fit", runs, "-o", file, "--overwrite"]);
        assert_eq!(ran.code, 1, "{file}: {}", ran.err);
        assert!(ran.err.contains("is never overwritten"), "{}", ran.err);
        assert_eq!(std::fs::read(folder.path().join(file)).unwrap(), before);
    }
    let law = run(&["fit", runs, "--format", "json"]).out;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, law.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let marked = [b"\xef\xbb\xbf", law.as_bytes()].concat();
    for (file, bytes) in [("packed.json", packed), ("marked.json", marked)] {
        std::fs::write(folder.path().join(file), &bytes).unwrap();
        let ran = run(&["forecast", runs, "--at", "10x", "-o", file]);
        assert_eq!(ran.code, 1, "{file}: {}", ran.err);
        assert_eq!(std::fs::read(folder.path().join(file)).unwrap(), bytes);
    }
}

/// A pipe at the default path of a score is not written to.
#[test]
fn a_score_is_not_written_to_a_pipe_that_nobody_named() {
    let folder = folder();
    let run = |args: &[&str]| run_in(folder.path(), args, "");
    let runs = root().join("data/simulated_ladder.csv");
    let made = run(&[
        "register",
        runs.to_str().unwrap(),
        "--at",
        "1e26",
        "-o",
        "e.json",
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    let pipe = folder.path().join("e.score.json");
    let made = std::process::Command::new("mkfifo").arg(pipe).status();
    assert!(made.is_ok_and(|s| s.success()));
    let ran = run(&["score", "e.json", "--actual", "1.8"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("is not a file"), "{}", ran.err);
}
