//! What the config file of a folder may do: it may set defaults, but not write, read or override.

use super::*;

const TABLE: &str =
    "task,flops,loss\na,1e18,3.5\na,1e19,3.0\na,1e20,2.6\na,1e21,2.3\na,1e22,2.05\n";

/// A folder with a table, a file that must not change, and a config file.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("runs.csv"), TABLE).unwrap();
    std::fs::write(at("dear.txt"), "dear").unwrap();
    std::fs::create_dir(at("work")).unwrap();
    std::fs::write(at("work/scalewise.toml"), config).unwrap();
    folder
}

fn in_work(folder: &tempfile::TempDir, args: &[&str]) -> Ran {
    run_in(&folder.path().join("work"), args, "")
}

const FORECAST: [&str; 4] = ["forecast", "../runs.csv", "--at", "10x"];

#[test]
fn a_config_file_neither_writes_nor_forces_nor_chooses_inputs() {
    for (config, key) in [
        ("output = '../dear.txt'", "output"),
        ("[forecast]\noutput = 'new.csv'", "output"),
        ("[fit]\noutput = '../dear.txt'\nforce = true", "output"),
        ("plot = '../dear.svg'", "plot"),
        ("[capability]\nplot-problems = 'map.svg'", "plot-problems"),
        ("force = true", "force"),
        ("[backtest]\nforce = false", "force"),
        ("join = '../runs.csv'", "join"),
        ("[forecast]\ntargets = '/etc/passwd'", "targets"),
        ("actual = '1.8'", "actual"),
        ("outcome = 'whatever comes'", "outcome"),
        ("registered-at = '2020-01-01T00:00:00Z'", "registered-at"),
        ("quiet = true", "quiet"),
        ("help = true", "help"),
    ] {
        let folder = folder(config);
        // A verb without such a flag refuses the file too.
        for args in [&FORECAST[..], &["fit", "../runs.csv"], &["laws"]] {
            let ran = in_work(&folder, args);
            assert_eq!(ran.code, 2, "{config}: {args:?}: {}", ran.err);
            assert_eq!(ran.out, "", "{config}");
            let line = config.lines().position(|l| l.starts_with(key)).unwrap() + 1;
            let message = format!("error: scalewise.toml:{line}: '{key}' may not stand");
            assert!(ran.err.starts_with(&message), "{config}: {}", ran.err);
        }
        let work = std::fs::read_dir(folder.path().join("work")).unwrap();
        assert_eq!(work.count(), 1, "{config} wrote a file");
        let dear = std::fs::read_to_string(folder.path().join("dear.txt"));
        assert_eq!(dear.unwrap(), "dear");
        assert!(!folder.path().join("dear.svg").exists());
        // The refusal refers to the help, so it must work.
        assert_eq!(in_work(&folder, &["forecast", "-h"]).code, 0);
    }
}

#[test]
fn one_line_names_the_file_and_what_was_taken_from_it() {
    let folder = folder("level = [0.8]\nby = 'task'\n[forecast]\nformat = 'csv'\n");
    let said = "defaults from scalewise.toml: by, format, level\n";
    let ran = in_work(&folder, &FORECAST);
    assert_eq!((ran.code, ran.err.as_str()), (0, said));
    assert!(table(&ran.out).iter().all(|row| row["level"] == "0.8"));
    let quiet = in_work(&folder, &[&FORECAST[..], &["-q"]].concat());
    assert_eq!((quiet.err.as_str(), quiet.out), ("", ran.out));
    // The line comes before the error of a failing command, whatever the error.
    for args in [
        &["forecast", "none.csv", "--at", "10x"][..],
        &["forecast", "../runs.csv", "--at", "soon"],
        &["forecast", "../runs.csv", "--no-such-flag"],
    ] {
        let ran = in_work(&folder, args);
        assert!(ran.code == 1 || ran.code == 2, "{args:?}");
        let after = ran.err.strip_prefix(said).unwrap();
        assert!(after.starts_with("error: "), "{args:?}: {}", ran.err);
        let ran = in_work(&folder, &[args, &["-q"]].concat());
        assert!(ran.err.starts_with("error: "), "{args:?}: {}", ran.err);
    }
}

/// A theme in the file is for commands that write a picture, and does not disturb the others.
#[test]
fn looks_are_taken_only_where_a_picture_is_written() {
    let folder = folder("theme = 'dark'\nby = 'task'\n");
    let ran = in_work(&folder, &FORECAST);
    assert_eq!(
        (ran.code, &*ran.err),
        (0, "defaults from scalewise.toml: by\n")
    );
    let plot = ["plot", "../runs.csv"];
    let ran = in_work(&folder, &plot);
    assert_eq!(
        (ran.code, &*ran.err),
        (0, "defaults from scalewise.toml: by\n")
    );
    for output in ["-o", "--output"] {
        let ran = in_work(&folder, &[&plot[..], &[output, "new.svg"]].concat());
        assert!(
            ran.err
                .starts_with("defaults from scalewise.toml: by, theme\n"),
            "{}",
            ran.err
        );
        let drawn = std::fs::read_to_string(folder.path().join("work/new.svg")).unwrap();
        assert!(drawn.contains("#15181C"));
    }
}

#[test]
fn a_config_error_names_the_line_and_forges_none() {
    for (config, message) in [
        ("a = 1\nb = = 2\n", "scalewise.toml:2: "),
        (
            "\n\"x\\nerror: forged\\u001b[2K\" = 1",
            "scalewise.toml:2: there is no flag 'x\\nerror",
        ),
        (
            "[\"x\\u001b[2K\"]\na = 1",
            "scalewise.toml:1: there is no verb 'x\\u{1b}[2K'",
        ),
        (
            "law = \"x\\nerror: forged\"",
            "scalewise.toml:1: law: 'x\\nerror: forged' holds",
        ),
        (
            "law = \"x\u{202e}\"",
            "scalewise.toml:1: law: 'x\\u{202e}' holds",
        ),
        (
            "\nformat = 'cvs'",
            "scalewise.toml:2: format: invalid value 'cvs'",
        ),
        (
            "level = 'high'",
            "scalewise.toml:1: level: invalid value 'high'",
        ),
        (
            "level = nan",
            "scalewise.toml:1: level: nan is not a finite number",
        ),
        (
            "seed = 99999999999999999999",
            "scalewise.toml:1: seed: 99999999999999999999 is too large",
        ),
        (
            "format = ['csv', 'json']",
            "scalewise.toml:1: format: it takes one value",
        ),
        (
            "law = 1979-05-27",
            "scalewise.toml:1: law: it must be text or a number",
        ),
        (
            "[fit]\ntheme = 'dark'",
            "scalewise.toml:2: verb 'fit' has no flag 'theme'",
        ),
    ] {
        let ran = in_work(&folder(config), &FORECAST);
        assert_eq!(ran.code, 2, "{config}: {}", ran.err);
        assert!(
            ran.err.starts_with(&format!("error: {message}")),
            "{config}: {}",
            ran.err
        );
        assert!(!ran.err.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.err);
        assert!(!ran.err.contains("\nerror:"), "{}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn only_a_regular_file_of_some_size_is_read() {
    let refused = |make: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        make(&folder.path().join("scalewise.toml"));
        let ran = run_in(folder.path(), &["laws"], "");
        assert!(ran.err.starts_with("error: scalewise.toml:"), "{}", ran.err);
        assert!(ran.err.contains("hint: ") && ran.out.is_empty());
        (ran.code, ran.err)
    };
    let link = |to: &'static str| move |path: &Path| std::os::unix::fs::symlink(to, path).unwrap();
    let pipe = |path: &Path| {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.unwrap().success());
    };
    for (code, error) in [
        refused(&pipe),
        refused(&link("/dev/zero")),
        refused(&|path| std::fs::create_dir(path).unwrap()),
    ] {
        assert_eq!(code, 1);
        assert!(error.contains("not a regular file"), "{error}");
    }
    assert_eq!(refused(&link("nowhere")).0, 1);
    let (code, error) = refused(&|path| std::fs::write(path, vec![b'#'; 1 << 21]).unwrap());
    assert_eq!(code, 1);
    assert!(error.contains("larger than 1 MiB"), "{error}");
    let (code, error) = refused(&|path| std::fs::write(path, b"# a\n# \xff\n").unwrap());
    assert_eq!(code, 2);
    assert!(
        error.contains("scalewise.toml:2: it is not UTF-8"),
        "{error}"
    );
    // Folders can share defaults by a link to a regular file.
    let folder = folder("");
    let own = folder.path().join("work/scalewise.toml");
    std::fs::rename(&own, folder.path().join("shared.toml")).unwrap();
    std::fs::write(folder.path().join("shared.toml"), "level = 0.8").unwrap();
    std::os::unix::fs::symlink("../shared.toml", own).unwrap();
    let ran = in_work(&folder, &FORECAST);
    assert_eq!(ran.code, 0);
    assert!(ran.err.starts_with("defaults from scalewise.toml: level\n"));
}

/// Flags without a meaning for an entry are not stored in it, and verbs within verbs have defaults
/// too.
#[test]
fn a_registered_forecast_takes_what_it_can() {
    let folder = folder("format = 'csv'\nlevel = [0.8]\nverbose = true\n");
    let ran = in_work(
        &folder,
        &["register", "../runs.csv", "--at", "10x", "-o", "a.json"],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("defaults from scalewise.toml: level\n"),
        "{}",
        ran.err
    );
    let ran = in_work(
        &folder,
        &[
            "register",
            "allocate",
            text(&root().join("data/cerebras_gpt.csv")),
            "--compute",
            "1e24",
            "--force",
            "-o",
            "b.json",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("defaults from scalewise.toml: level\n"),
        "{}",
        ran.err
    );
    // A flag typed in its short form overrides the file.
    assert_eq!(in_work(&folder, &["fit", "../runs.csv", "-v"]).code, 0);
}
