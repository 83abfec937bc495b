//! Endless, very long or very wide inputs, and files that are not regular files.

use super::*;
use std::io::Write;
use std::process::{Command as Process, Stdio};

/// Memory limit in bytes for a command: half of what reading without a limit took.
const MEMORY: usize = 1 << 30;

/// Runs the program through a shell that limits its memory, with the words `before` between the
/// limit and the program's arguments.
fn limited(folder: &Path, before: &str, args: &str) -> Ran {
    let program = assert_cmd::cargo::cargo_bin("scalewise");
    let script = format!(
        "ulimit -v {}; {before} {} {args}",
        MEMORY >> 10,
        program.display()
    );
    let output = Process::new("sh")
        .args(["-c", &script])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

fn refused(ran: &Ran, words: &str) {
    assert!(ran.code == 1 || ran.code == 3, "{}: {}", ran.code, ran.err);
    assert!(ran.err.contains(words), "{}", ran.err);
}

#[test]
fn json_lines_of_many_keys_are_read() {
    let (folder, path) = temporary("keys.jsonl");
    let lines =
        (0..20_000).map(|k| format!("{{\"a{k}\":1,\"compute\":1e{},\"loss\":2}}\n", 18 + k % 4));
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    let ran = limited(folder.path(), "", "check keys.jsonl --format json");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("\"a19999\""));
    let piped = limited(folder.path(), "cat keys.jsonl |", "check - --format json");
    assert_eq!(piped.code, 0, "{}", piped.err);
    // An entry would hold a cell for each column.
    let entry = limited(
        folder.path(),
        "",
        "register keys.jsonl --at 1e24 -o entry.json",
    );
    refused(
        &entry,
        "20000 rows of 20002 columns lack more than 16777216 cells",
    );
}

#[test]
fn a_key_beyond_the_limit_is_refused_with_its_line() {
    let (folder, path) = temporary("keys.jsonl");
    let mut text = String::new();
    for k in 0..1050 {
        let keys: Vec<String> = (0..1000).map(|j| format!("\"{k} {j}\":1")).collect();
        text += &format!("{{{}}}\n", keys.join(","));
    }
    std::fs::write(&path, text).unwrap();
    let ran = limited(folder.path(), "", "check keys.jsonl");
    refused(&ran, "keys.jsonl:1049: more than 1048576 different keys");
}

#[test]
fn joined_tables_and_formulas_find_their_cells_in_json_lines() {
    let (folder, path) = temporary("curves.jsonl");
    let mut text = String::new();
    for (k, run) in ["a", "b", "c", "d"].iter().enumerate() {
        for step in 1..=3 {
            let loss = 4.0 - 0.5 * k as f64 - 0.1 * f64::from(step);
            text += &format!(
                "{{\"run\":\"{run}\",\"step\":{step},\"only {run}{step}\":1,\"loss\":{loss}}}\n"
            );
        }
    }
    std::fs::write(&path, text).unwrap();
    std::fs::write(
        folder.path().join("runs.csv"),
        "run,params\na,1e6\nb,1e7\nc,1e8\nd,1e9\n",
    )
    .unwrap();
    let law = |reduce: &[&str]| {
        let path = path.to_string_lossy();
        let join = folder.path().join("runs.csv");
        let join = join.to_string_lossy();
        let args = [
            "fit",
            &path,
            "--join",
            &join,
            "--let",
            "compute=params*step*6e9",
        ];
        let ran = run(&[&args[..], reduce, &["--format", "json"]].concat());
        assert!(ran.out.contains("\"runs\""), "{}", ran.err);
        let law: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        law["data"]["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| {
                (
                    run["compute"].as_f64().unwrap(),
                    run["loss"].as_f64().unwrap(),
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(law(&["--force"]).len(), 12);
    let reduced = law(&["--reduce", "last"]);
    assert_eq!(reduced.len(), 4);
    assert!((reduced[3].0 / 1.8e19 - 1.0).abs() < 1e-12, "{reduced:?}");
    assert!((reduced[3].1 - 2.2).abs() < 1e-12, "{reduced:?}");
}

#[test]
fn an_unclosed_quote_through_a_pipe_is_the_same_error_as_in_a_file() {
    let (folder, path) = temporary("quote.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(b"\"").unwrap();
    file.write_all(&vec![b'a'; 16 << 20]).unwrap();
    let in_file = limited(folder.path(), "", "fit quote.csv");
    refused(&in_file, "quote.csv:1: the quote that starts '\"aaaa");
    let piped = limited(folder.path(), "cat quote.csv |", "fit -");
    refused(&piped, "the quote that starts '\"aaaa");
}

#[test]
fn tables_that_never_end_are_refused_in_bounded_memory() {
    let (folder, _) = temporary("none");
    let folder = folder.path();
    for args in [
        "fit /dev/zero",
        "check /dev/zero",
        "capability /dev/zero",
        "register /dev/zero --at 1e25 -o entry.json",
        "report /dev/zero -o page.html",
        "backtest /dev/zero",
    ] {
        refused(&limited(folder, "", args), "a row is longer than 64 MiB");
    }
    let open = "{ printf '{\"a\":\"'; tr '\\0' x </dev/zero; } |";
    refused(
        &limited(folder, open, "fit -"),
        "a row is longer than 64 MiB",
    );
    let packed = "head -c 100000000 /dev/zero | gzip -1 |";
    refused(
        &limited(folder, packed, "fit -"),
        "a row is longer than 64 MiB",
    );
    std::fs::write(folder.join("runs.csv"), "run,compute,loss\na,1e18,3\n").unwrap();
    for args in [
        "fit runs.csv --join /dev/zero",
        "forecast runs.csv --by run --targets /dev/zero",
    ] {
        refused(&limited(folder, "", args), "a row is longer than 64 MiB");
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
}

#[test]
fn law_files_and_entries_that_never_end_are_refused_in_bounded_memory() {
    let (folder, long) = temporary("long.json");
    let folder = folder.path();
    // A sparse file of 8 GiB.
    std::fs::File::create(&long)
        .unwrap()
        .set_len(8 << 30)
        .unwrap();
    for args in [
        "show /dev/zero",
        "verify /dev/zero",
        "score /dev/zero --actual 1",
        "show long.json",
        "verify long.json",
        "score long.json --actual 1",
    ] {
        refused(&limited(folder, "", args), "does not begin with '{'");
    }
    let mut begun = std::fs::OpenOptions::new().write(true).open(&long).unwrap();
    begun.write_all(b"{\"format\": \"scalewise.law\",").unwrap();
    for args in [
        "show long.json",
        "verify long.json",
        "score long.json --actual 1",
        "forecast long.json --at 1e25",
        "plot long.json -o plot.svg",
    ] {
        refused(&limited(folder, "", args), "more than 512 MiB");
    }
    let ledger = limited(folder, "", "ledger . --format csv");
    assert!(
        ledger.err.contains("skipped: long.json: more than 512 MiB"),
        "{}",
        ledger.err
    );
}

#[test]
fn a_ledger_reads_regular_files_only_and_says_what_it_skips() {
    let (folder, pipe) = temporary("pipe.json");
    let folder = folder.path();
    let made = Process::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()));
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.json")).unwrap();
    let entries = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/register");
    let entry = Path::new(entries).join("v1_forecast.json");
    std::os::unix::fs::symlink(entry, folder.join("entry.json")).unwrap();
    for format in ["text", "csv", "json", "markdown"] {
        let ran = run(&["ledger", text(folder), "--format", format]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for name in ["pipe.json", "zero.json"] {
            let said = format!("skipped: {name}: it is a pipe or a device");
            assert!(ran.err.contains(&said), "{format}: {}", ran.err);
        }
        assert!(!ran.err.contains("entry.json"), "{format}: {}", ran.err);
    }
}

#[test]
fn an_entry_may_come_from_a_pipe() {
    let (folder, _) = temporary("none");
    let entry = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/fixtures/register/v1_forecast.json"
    );
    let ran = limited(folder.path(), &format!("cat {entry} |"), "verify -");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn counts_of_which_most_are_missing_are_refused_in_bounded_memory() {
    let (folder, path) = temporary("counts.csv");
    let mut text = "model,compute,problem,n_samples,n_correct\n".to_owned();
    for k in 0..40_000 {
        text += &format!("m{k},1e18,p{k},10,1\n");
    }
    std::fs::write(&path, text).unwrap();
    let ran = limited(folder.path(), "", "capability counts.csv");
    refused(
        &ran,
        "model 'm0' has no row for problem 'p1' (1599960000 of 1600000000 cells are missing)",
    );
}

#[test]
fn a_split_of_many_samples_ends() {
    let (_folder, path) = temporary("counts.csv");
    let mut table = "model,compute,problem,n_samples,n_correct\n".to_owned();
    for model in 0..5 {
        for problem in 0..6 {
            let rate = 0.01 * (1.0 + f64::from(model)) * (1.0 + f64::from(problem));
            let passes = (1e12 * rate) as u64;
            table += &format!(
                "m{model},1e{},p{problem},1000000000000,{passes}\n",
                18 + model
            );
        }
    }
    std::fs::write(&path, table).unwrap();
    let args = ["capability", text(&path), "--rule", "split", "--seed", "3"];
    let ran = run(&[&args[..], &["--format", "csv"]].concat());
    assert!([0, 4].contains(&ran.code), "{}", ran.err);
}
