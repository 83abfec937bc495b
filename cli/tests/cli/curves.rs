//! Registered ends of training runs, and ends of several runs at once.

use super::curve::{COSINE, END, Simulated, constant, cosine, folder, json};
use super::*;
use serde_json::Value;

#[test]
fn the_end_of_a_run_is_registered_at_half_time_and_scored_at_its_end() {
    let run = Simulated { rate: cosine };
    let folder = folder(&[("log.csv", &run.log(5000.0))]);
    let at = |args: &[&str]| run_in(folder.path(), args, "");
    let asked = [
        &["register", "curve", "log.csv", "-o", "entry.json"][..],
        &COSINE,
    ]
    .concat();
    let made = at(&asked);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.out.contains("at step 5000 of 10000"), "{}", made.out);
    let entry = std::fs::read_to_string(folder.path().join("entry.json")).unwrap();
    let entry: Value = serde_json::from_str(&entry).unwrap();
    let prediction = &entry["predictions"][0];
    assert_eq!(prediction["id"], "loss@step=10000");
    assert!(prediction.get("compute").is_none());
    let asked = [&["curve", "log.csv"][..], &COSINE].concat();
    assert_eq!(json(folder.path(), &asked)["point"], prediction["point"]);
    let outcome = entry["outcome"].as_str().unwrap();
    assert!(
        outcome.contains("at step=10000, the end of the run"),
        "{outcome}"
    );

    // The log has grown since, but the forecast is still that of its first half.
    std::fs::write(folder.path().join("log.csv"), run.log(END)).unwrap();
    let verified = at(&["verify", "entry.json", "log.csv"]);
    assert_eq!(verified.code, 0, "{}", verified.err);
    assert!(verified.out.contains("identical bytes"), "{}", verified.out);
    let actual = format!("{}", run.end());
    let scored = at(&["score", "entry.json", "--actual", &actual]);
    assert!(scored.out.contains("inside"), "{}", scored.out);
    let ledger = at(&["ledger", ".", "--format", "csv"]);
    assert!(
        ledger.out.contains("loss@step=10000,loss,,"),
        "{}",
        ledger.out
    );

    // A changed row is detected.
    let log = run.log(END).replace("\n1000,", "\n1001,");
    std::fs::write(folder.path().join("log.csv"), log).unwrap();
    let changed = at(&["verify", "entry.json", "log.csv"]);
    assert!(changed.err.contains("CHANGED"), "{}", changed.err);
    // Options that only show an answer are not registered.
    let asked = [&asked[..], &["--page", "page.html"]].concat();
    let asked = [&["register"], &asked[..], &["-o", "other.json"]].concat();
    let followed = at(&asked);
    assert!(
        followed.err.contains("--page has no meaning"),
        "{}",
        followed.err
    );
}

#[test]
fn runs_that_go_on_become_a_ladder_with_errors() {
    let mut log = String::from("run,params,max_steps,step,tokens,lr,loss\n");
    let mut truths = Vec::new();
    for (name, params, scale, until) in [
        ("a", 1e8, 1.0, 6000.0),
        ("b", 4e8, 0.9, 8000.0),
        ("c", 2e9, 0.8, END),
    ] {
        let run = Simulated { rate: cosine };
        for row in run.log(until).lines().skip(1) {
            let cells: Vec<f64> = row.split(',').map(|cell| cell.parse().unwrap()).collect();
            let (step, lr, loss) = (cells[0], cells[1], scale * cells[2]);
            log += &format!(
                "{name},{params:e},{END},{step},{},{lr:e},{loss}\n",
                2e6 * step
            );
        }
        truths.push(scale * run.end());
    }
    // A run of two points has no forecast, and does not affect the others.
    log += "d,8e9,10000,50,1e8,1e-4,9.1\nd,8e9,10000,100,2e8,1e-4,8.2\n";
    // Nor has a run without an end, although its log begins at step 0.
    log += "e,9e9,,0,0,1e-4,9.9\ne,9e9,,50,1e8,1e-4,9.1\n";
    let folder = folder(&[("log.csv", &log)]);
    let asked = ["curve", "log.csv", "--by", "run", "--end-col", "max_steps"];
    let asked = [&asked[..], &COSINE[2..]].concat();
    let found = run_in(
        folder.path(),
        &[&asked[..], &["--format", "json"]].concat(),
        "",
    );
    let found: Value = serde_json::from_str(&found.out).unwrap();
    let states: Vec<&str> = found["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["state"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        ["forecast", "forecast", "ended", "unknown", "unknown"]
    );
    let told = run_in(folder.path(), &asked, "");
    assert!(
        told.out
            .contains("1 at their end, 2 forecast, 2 without an answer"),
        "{}",
        told.out
    );
    // The rows of one run are the same as when it is asked about alone.
    let alone = ["curve", "log.csv", "--where", "run = b", "--end", "10000"];
    let alone = json(folder.path(), &[&alone[..], &COSINE[2..]].concat());
    assert_eq!(found["runs"][1]["point"], alone["point"]);

    let args = [&asked[..], &["--format", "csv", "-o", "ladder.csv"]].concat();
    run_in(folder.path(), &args, "");
    let ladder = std::fs::read_to_string(folder.path().join("ladder.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(ladder.as_bytes());
    let head: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        head[..6],
        ["run", "params", "tokens", "step", "loss", "sigma"]
    );
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    for (row, truth) in rows.iter().zip(truths) {
        let cell = |k: usize| row[k].parse::<f64>().unwrap();
        // Columns that grow with the steps have their value at the end.
        assert_eq!((cell(2), cell(3)), (2e10, END), "{row:?}");
        assert!((cell(4) - truth).abs() < 3.0 * cell(5), "{row:?}: {truth}");
        assert!(cell(5) > 0.0 && cell(5) < 0.1 * truth, "{row:?}");
    }
    assert_eq!((&rows[3][4], &rows[3][6]), ("", "unknown"));
    assert!(rows[4][11].contains("no row of the run has a positive number in column 'max_steps'"));
    // The other verbs accept it as a table of runs with errors.
    let args = [
        "fit",
        "ladder.csv",
        "--law",
        "power",
        "--sigma-col",
        "sigma",
        "--format",
        "json",
    ];
    let fitted = run_in(folder.path(), &args, "");
    let fitted: Value = serde_json::from_str(&fitted.out).unwrap();
    assert_eq!(
        fitted["data"]["runs"].as_array().map_or(0, Vec::len),
        3,
        "{fitted}"
    );
}

/// A run that is followed while its log grows.
struct Followed {
    child: std::process::Child,
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
}

impl Followed {
    fn new(folder: &Path, log: &str) -> Followed {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_scalewise"))
            .current_dir(folder)
            .args(["curve", log, "--follow", "--format", "json"])
            .args(COSINE)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(out));
        Followed { child, lines }
    }

    /// The next update without its change since the last one.
    fn next(&mut self) -> Value {
        let line = self.lines.next().unwrap().unwrap();
        let mut update: Value = serde_json::from_str(&line).unwrap();
        update.as_object_mut().unwrap().remove("change");
        update
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Adds text to a file, as a training run does.
fn append(path: &Path, text: &str) {
    let file = std::fs::OpenOptions::new().append(true).open(path);
    std::io::Write::write_all(&mut file.unwrap(), text.as_bytes()).unwrap();
}

/// The rows of a log in several formats: the first line or none, and one text a row.
fn formats(log: &str) -> Vec<(&'static str, String, Vec<String>)> {
    let rows: Vec<Vec<&str>> = log.lines().map(|line| line.split(',').collect()).collect();
    let rows = &rows[1..];
    let joined = |by: &str| rows.iter().map(|r| r.join(by) + "\n").collect();
    // The learning rate stands in rows of its own, and holds for the rows after it.
    let sparse = |(k, r): (usize, &Vec<&str>)| match k % 7 {
        0 => format!(
            "{{\"step\": {}, \"lr\": {}}}\n{{\"step\": {0}, \"loss\": {}}}\n",
            r[0], r[1], r[2]
        ),
        _ => format!("{{\"step\": {}, \"loss\": {}}}\n", r[0], r[2]),
    };
    let quoted = |r: &Vec<&str>| format!("{},{},{},\"a, b\"\n", r[0], r[1], r[2]);
    vec![
        ("log.csv", "step,lr,loss\n".to_owned(), joined(",")),
        ("log.tsv", "step\tlr\tloss\n".to_owned(), joined("\t")),
        (
            "log.jsonl",
            String::new(),
            rows.iter().enumerate().map(sparse).collect(),
        ),
        (
            "quoted.csv",
            "step,lr,loss,note\n".to_owned(),
            rows.iter().map(quoted).collect(),
        ),
    ]
}

#[test]
fn a_log_that_grows_has_the_answers_of_the_whole_log() {
    let log = Simulated { rate: cosine }.log(END);
    for (name, head, rows) in formats(&log) {
        let folder = folder(&[(name, &(head.clone() + &rows[..100].concat()))]);
        let path = folder.path().join(name);
        let mut grown = Followed::new(folder.path(), name);
        assert_eq!(grown.next()["at"], 5000.0);
        for until in [101, 130, 131] {
            let known = std::fs::read_to_string(&path).unwrap();
            let whole = head.clone() + &rows[..until].concat();
            // A line that is not yet complete is not read.
            let new = whole.strip_prefix(&known).unwrap();
            let (first, rest) = new.split_at(new.len() - 3);
            append(&path, first);
            if until == 130 {
                assert_eq!(grown.next()["at"], 6450.0, "{name}");
            }
            append(&path, rest);
            let update = grown.next();
            assert_eq!(update["at"], 50.0 * until as f64, "{name}");
            // A command that begins now reads all of the log, and says the same.
            assert_eq!(update, Followed::new(folder.path(), name).next(), "{name}");
        }
        // A log that is shorter, or begins otherwise, is read again from its beginning.
        let short = head.clone() + &rows[..90].concat();
        std::fs::write(&path, &short).unwrap();
        assert_eq!(grown.next()["at"], 4500.0, "{name}");
        let mut other: Vec<String> = rows[..95].to_vec();
        other.remove(3);
        std::fs::write(&path, head + &other.concat()).unwrap();
        let update = grown.next();
        assert_eq!(update["at"], 4750.0, "{name}");
        assert_eq!(update, Followed::new(folder.path(), name).next(), "{name}");
    }
}

#[test]
fn the_last_line_of_a_log_that_rests_is_complete() {
    let log = Simulated { rate: cosine }.log(5050.0);
    let folder = folder(&[("log.csv", log.trim_end())]);
    let mut followed = Followed::new(folder.path(), "log.csv");
    assert_eq!(followed.next()["at"], 5000.0);
    assert_eq!(followed.next()["at"], 5050.0);
}

#[test]
fn branches_of_one_trunk_are_points_of_a_ladder() {
    // The trunk is constant until the end, and two branches decay from steps 4,000 and 8,000.
    let trunk = Simulated { rate: constant }.log(END);
    let rows: Vec<Vec<f64>> = (trunk.lines().skip(1))
        .map(|row| row.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let branch = |from: f64| -> Vec<(f64, f64, f64)> {
        let later = rows.iter().filter(|r| r[0] > from && r[0] <= from + 1000.0);
        later
            .map(|r| {
                let left = 1.0 - (r[0] - from) / 1000.0;
                (r[0], r[1] * left, r[2] - 0.1 * (1.0 - left))
            })
            .collect()
    };
    let (first, second) = (branch(4000.0), branch(8000.0));
    let end = |branch: &[(f64, f64, f64)]| branch[branch.len() - 1].2;
    let of = |rows: &[(f64, f64, f64)], run: &str, parent: &str, end: f64| -> String {
        let row = |r: &(f64, f64, f64)| format!("{run},{end},{parent},{},{:e},{}\n", r.0, r.1, r.2);
        rows.iter().map(row).collect()
    };
    let until = |low: f64, high: f64| -> Vec<(f64, f64, f64)> {
        let some = rows.iter().filter(|r| r[0] > low && r[0] <= high);
        some.map(|r| (r[0], r[1], r[2])).collect()
    };
    let head = "run,max_steps,parent,step,lr,loss\n";
    // In one log the steps go back to 4,000.
    let one = [
        of(&until(0.0, 4000.0), "a", "", 9000.0),
        of(&first, "a", "", 9000.0),
        of(&until(4000.0, 8000.0), "a", "", 9000.0),
        of(&second, "a", "", 9000.0),
    ];
    // In logs of their own the branches name their trunk.
    let own = [
        of(&until(0.0, END), "a", "a", END),
        of(&first, "b", "a", 5000.0),
        of(&second, "c", "a", 9000.0),
        of(&until(0.0, END), "d", "", END),
    ];
    let folder = folder(&[
        ("one.csv", &(head.to_owned() + &one.concat())),
        ("own.csv", &(head.to_owned() + &own.concat())),
    ]);
    let found = json(
        folder.path(),
        &["curve", "one.csv", "--by", "run", "--end-col", "max_steps"],
    );
    let runs = found["runs"].as_array().unwrap();
    let names: Vec<&str> = runs.iter().map(|r| r["run"].as_str().unwrap()).collect();
    assert_eq!(names, ["a@5000", "a@9000"]);
    for (run, loss) in runs.iter().zip([end(&first), end(&second)]) {
        assert_eq!(run["point"], loss);
        assert_eq!((&run["trunk"], &run["branches"]), (&"a".into(), &2.into()));
        assert_eq!(
            (&run["state"], &run["columns"]["run"]),
            (&"ended".into(), &run["run"])
        );
    }

    let asked = ["curve", "own.csv", "--by", "run", "--end-col", "max_steps"];
    let shared = [&asked[..], &["--trunk-col", "parent"]].concat();
    let (alone, found) = (json(folder.path(), &asked), json(folder.path(), &shared));
    let sigma = |found: &Value, k: usize| found["runs"][k]["sigma"].as_f64();
    assert_eq!(sigma(&found, 0), None);
    assert_eq!(sigma(&found, 3), sigma(&alone, 3));
    assert_eq!(found["runs"][0]["state"], "unknown");
    // The noise of a logged loss is that of the trunk and the branch together.
    let one = json(
        folder.path(),
        &["curve", "one.csv", "--by", "run", "--end-col", "max_steps"],
    );
    assert!((sigma(&found, 2).unwrap() / sigma(&one, 1).unwrap() - 1.0).abs() < 1e-9);
    let text = run_in(folder.path(), &shared, "");
    assert!(
        text.out.contains("2 of 'a'; sigma is larger"),
        "{}",
        text.out
    );
    let args = [&shared[..], &["--format", "csv", "-o", "ladder.csv"]].concat();
    run_in(folder.path(), &args, "");
    let ladder = std::fs::read_to_string(folder.path().join("ladder.csv")).unwrap();
    let trunks: Vec<&str> = ladder
        .lines()
        .map(|l| l.rsplit(',').next().unwrap())
        .collect();
    assert_eq!(trunks, ["trunk", "a", "a", "a", ""]);
    let refused = run_in(
        folder.path(),
        &[&asked[..], &["--trunk-col", "parents"]].concat(),
        "",
    );
    assert!(
        refused.err.contains("did you mean 'parent'"),
        "{}",
        refused.err
    );
}
