//! The verb curve, on logs of a known law.

use super::*;
use serde_json::Value;

/// The length of the runs, and of their warm-up.
pub const END: f64 = 10_000.0;
pub const WARMUP: f64 = 500.0;

pub fn cosine(step: f64) -> f64 {
    if step < WARMUP {
        return step / WARMUP;
    }
    let share = (step - WARMUP) / (END - WARMUP);
    0.1 + 0.45 * (1.0 + (std::f64::consts::PI * share).cos())
}

pub fn constant(step: f64) -> f64 {
    (step / WARMUP).min(1.0)
}

/// A run whose loss is 2.4 + 12·S^(−0.5), less 0.12 for the decay of the rate to zero, with a
/// response time of 150 steps.
pub struct Simulated {
    pub rate: fn(f64) -> f64,
}

impl Simulated {
    fn losses(&self) -> Vec<(f64, f64, f64)> {
        let (mut sum, mut answered) = (0.0, 0.0);
        let steps = 1..=(END as u32);
        let losses = steps.map(|k| {
            let step = f64::from(k);
            let rate = (self.rate)(step);
            sum += rate;
            answered += (1.0 - rate - answered) / 150.0;
            let loss = 2.4 + 12.0 / sum.max(1.0).powf(0.5) - 0.12 * answered;
            (step, rate, loss)
        });
        losses.collect()
    }

    pub fn end(&self) -> f64 {
        self.losses().last().unwrap().2
    }

    /// The log up to a step, every 50 steps, with noise of a thousandth.
    pub fn log(&self, until: f64) -> String {
        let mut text = String::from("step,lr,loss\n");
        for (step, rate, loss) in self.losses() {
            if step % 50.0 == 0.0 && step <= until {
                let wobble = 1.0 + 0.001 * ((step * 0.71).sin() + (step * 0.33).cos());
                text += &format!("{step},{:e},{}\n", 3e-4 * rate, loss * wobble);
            }
        }
        text
    }
}

pub fn folder(tables: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, table) in tables {
        std::fs::write(folder.path().join(name), table).unwrap();
    }
    folder
}

pub fn json(folder: &Path, args: &[&str]) -> Value {
    let ran = run_in(folder, &[args, &["--format", "json"]].concat(), "");
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// The loss and its interval of 90 %.
pub fn told(found: &Value) -> (f64, f64, f64) {
    let intervals = found["intervals"].as_array().unwrap();
    let of_90 = intervals.iter().find(|i| i["level"] == 0.9).unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    (
        number(&found["point"]),
        number(&of_90["lower"]),
        number(&of_90["upper"]),
    )
}

pub const COSINE: [&str; 4] = [
    "--end",
    "10000",
    "--schedule",
    "cosine:peak=3e-4,end=10%,warmup=500",
];

#[test]
fn the_end_of_a_run_is_forecast_from_its_half() {
    let run = Simulated { rate: cosine };
    let folder = folder(&[("log.csv", &run.log(5000.0))]);
    let asked = [&["curve", "log.csv"][..], &COSINE].concat();
    let found = json(folder.path(), &asked);
    let (point, lower, upper) = told(&found);
    let truth = run.end();
    assert!((point / truth - 1.0).abs() < 0.01, "{point} for {truth}");
    assert!(lower < truth && truth < upper, "{lower} {truth} {upper}");
    assert_eq!(
        (&found["now"], &found["end"]),
        (&5000.0.into(), &10000.0.into())
    );
    // The interval widens towards the end.
    let curve = found["curve"].as_array().unwrap();
    let width = |at: &Value| at["upper"].as_f64().unwrap() - at["lower"].as_f64().unwrap();
    assert!(width(&curve[curve.len() - 1]) > width(&curve[1]));
    let text = run_in(folder.path(), &asked, "").out;
    for words in [
        "Loss at step 10000",
        "90% prediction interval",
        "multi-power",
        "Points",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let csv = run_in(
        folder.path(),
        &[&asked[..], &["--format", "csv"]].concat(),
        "",
    )
    .out;
    assert!(
        csv.starts_with("at,rate,point,level,kind,method,lower,upper\n5000.0,"),
        "{csv}"
    );
    assert!(csv.contains("\n10000.0,") && !csv.contains("NaN"), "{csv}");
}

#[test]
fn the_schedule_decides_and_a_log_says_the_rate_itself() {
    let run = Simulated { rate: constant };
    let log = run.log(5000.0);
    let bare: String = (log.lines())
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{}\n", cells[0], cells[2])
        })
        .collect();
    let folder = folder(&[("log.csv", &log), ("bare.csv", &bare)]);
    let asked = |log: &'static str, schedule: &'static str| {
        let asked = ["curve", log, "--end", "10000", "--schedule", schedule];
        told(&json(folder.path(), &asked)).0
    };
    let flat = asked("log.csv", "constant:peak=3e-4,warmup=500");
    assert!((flat / run.end() - 1.0).abs() < 0.005, "{flat}");
    let same = asked("bare.csv", "constant:peak=3e-4,warmup=500");
    assert!((flat / same - 1.0).abs() < 0.005, "{flat} {same}");
    assert!(asked("log.csv", "wsd:peak=3e-4,decay=20%,warmup=500") < flat - 0.02);
    let rates = "step,lr\n0,0\n500,3e-4\n8000,3e-4\n10000,0\n";
    std::fs::write(folder.path().join("rates.csv"), rates).unwrap();
    let asked = [
        "curve",
        "bare.csv",
        "--end",
        "10000",
        "--rates",
        "rates.csv",
    ];
    assert!(told(&json(folder.path(), &asked)).0 < flat - 0.02);
}

#[test]
fn logs_of_trackers_are_read() {
    let run = Simulated { rate: cosine };
    let log = run.log(5000.0);
    let (mut lines, mut tokens) = (String::new(), String::from("tokens,loss\n"));
    for line in log.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        // The rate is in a row of its own.
        lines += &format!(
            "{{\"_step\": {}, \"train/learning_rate\": {}}}\n",
            cells[0], cells[1]
        );
        lines += &format!("{{\"_step\": {}, \"eval/loss\": {}}}\n", cells[0], cells[2]);
        tokens += &format!("{},{}\n", 1e6 * cells[0].parse::<f64>().unwrap(), cells[2]);
    }
    let folder = folder(&[("log.csv", &log), ("log.jsonl", &lines), ("t.csv", &tokens)]);
    let plain = json(
        folder.path(),
        &[&["curve", "log.csv"][..], &COSINE].concat(),
    );
    let found = json(
        folder.path(),
        &[&["curve", "log.jsonl"][..], &COSINE].concat(),
    );
    assert_eq!(found["columns"]["lr"], "train/learning_rate");
    assert_eq!(told(&found), told(&plain));
    assert_eq!(found["points"]["blank"], 100);
    let asked = [
        "curve",
        "t.csv",
        "--end",
        "10B",
        "--schedule",
        "cosine:end=10%,warmup=500M",
    ];
    let found = json(folder.path(), &asked);
    assert_eq!(found["axis"], "tokens");
    assert!((told(&found).0 / told(&plain).0 - 1.0).abs() < 0.003);
}

#[test]
fn restarts_spikes_and_rows_without_a_loss_are_named() {
    let run = Simulated { rate: cosine };
    let mut rows: Vec<String> = run.log(5000.0).lines().map(str::to_owned).collect();
    // The run goes back from step 4,000 to 3,000, has a spike, and writes NaN once.
    let again: Vec<String> = rows[61..].to_vec();
    rows.truncate(81);
    rows.extend(again);
    rows[40] = "2000,3e-4,9.5".to_owned();
    rows[50] = "2500,3e-4,NaN".to_owned();
    let folder = folder(&[("log.csv", &(rows.join("\n") + "\n"))]);
    let found = json(
        folder.path(),
        &[&["curve", "log.csv"][..], &COSINE].concat(),
    );
    assert_eq!(found["restarts"][0]["from"], 4000.0);
    assert_eq!(found["spikes"][0]["from"], 2000.0);
    assert_eq!(found["excluded"][0]["line"], 51);
    let codes: Vec<&str> = (found["findings"].as_array().unwrap().iter())
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    assert!(
        codes.contains(&"run-restarted") && codes.contains(&"loss-spikes"),
        "{codes:?}"
    );
    let truth = run.end();
    let (_, lower, upper) = told(&found);
    assert!(lower < truth && truth < upper, "{lower} {truth} {upper}");
}

#[test]
fn what_cannot_be_forecast_is_refused_with_its_reason() {
    let log = Simulated { rate: cosine }.log(5000.0);
    let two = log
        .replace("step,lr,loss", "step,lr,loss,run")
        .replace("\n", ",a\n");
    let two = two.replacen(",loss,run,a", ",loss,run", 1);
    let two = format!("{two}50,3e-5,5.1,b\n");
    let many = format!("{log}{0}{0}{0}", log.replace("step,lr,loss\n", ""));
    let rising: String = (1..40).map(|k| format!("{k},{}\n", 2 + k)).collect();
    let folder = folder(&[
        ("log.csv", &log),
        ("two.csv", &two),
        ("many.csv", &many),
        ("empty.csv", "step,loss\n"),
        ("nan.csv", "step,loss\n1,NaN\n2,\n"),
        ("one.csv", "step,loss\n1,3.0\n"),
        ("rising.csv", &format!("step,loss\n{rising}")),
        ("nothing.csv", ""),
        ("rates.csv", "step,lr\n5,1e-3\n2,1e-3\n"),
    ]);
    let cases: [(&[&str], i32, &str); 13] = [
        (&["log.csv", "--end", "4000"], 2, "beyond its last step"),
        (&["log.csv", "--end", "0"], 2, "not positive"),
        (
            &["log.csv", "--end", "20B"],
            2,
            "10,000 times the last step",
        ),
        (
            &["log.csv", "--end", "10000", "--schedule", "cosin"],
            2,
            "did you mean 'cosine'",
        ),
        (
            &["log.csv", "--end", "10000", "--rates", "rates.csv"],
            3,
            "do not increase",
        ),
        (
            &["log.csv", "--end", "10000", "--loss-col", "los"],
            3,
            "did you mean 'loss'",
        ),
        (&["two.csv", "--end", "10000"], 3, "--where"),
        (&["many.csv", "--end", "10000"], 3, "begins again 3 times"),
        (&["empty.csv", "--end", "10000"], 3, "no rows"),
        (
            &["nan.csv", "--end", "10000"],
            3,
            "line 2: loss is not a number",
        ),
        (&["one.csv", "--end", "10"], 4, "too few"),
        (&["rising.csv", "--end", "100"], 4, "does not fall"),
        (&["nothing.csv", "--end", "100"], 3, "nothing.csv"),
    ];
    for (args, code, words) in cases {
        let ran = run_in(folder.path(), &[&["curve"][..], args].concat(), "");
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
    let one = ["curve", "two.csv", "--end", "10000", "--where", "run = 'a'"];
    assert!(told(&json(folder.path(), &one)).0 > 0.0);
}

#[test]
fn a_run_is_drawn_and_written_as_a_page() {
    let folder = folder(&[("log.csv", &Simulated { rate: cosine }.log(5000.0))]);
    let out = ["--plot", "run.svg", "--page", "run.html"];
    let ran = run_in(
        folder.path(),
        &[&["curve", "log.csv"][..], &COSINE, &out].concat(),
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let svg = std::fs::read_to_string(folder.path().join("run.svg")).unwrap();
    for words in ["forecast", "90% interval", "Learning rate", "now"] {
        assert!(svg.contains(words), "{words}");
    }
    let page = std::fs::read_to_string(folder.path().join("run.html")).unwrap();
    for words in ["The end of the run", "What each law says", "SHA-256"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_run_is_followed_until_it_ends() {
    let run = Simulated { rate: cosine };
    let (half, whole) = (run.log(5000.0), run.log(END));
    let folder = folder(&[("log.csv", &half)]);
    let path = folder.path().join("log.csv");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_scalewise"))
        .current_dir(folder.path())
        .args(["curve", "log.csv", "--follow", "--format", "json"])
        .args(COSINE)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(out));
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let first = next();
    assert_eq!(
        (&first["at"], &first["change"]),
        (&5000.0.into(), &Value::Null)
    );
    let point = first["point"].as_f64().unwrap();
    assert!((point / run.end() - 1.0).abs() < 0.01, "{point}");
    std::fs::write(&path, run.log(8000.0)).unwrap();
    let second = next();
    assert_eq!(second["at"], 8000.0);
    let width = |line: &Value| line["upper"].as_f64().unwrap() - line["lower"].as_f64().unwrap();
    assert!(width(&second) < width(&first) && second["change"].is_number());
    std::fs::write(&path, whole).unwrap();
    assert_eq!(next()["at"], 9950.0);
    assert!(child.wait().unwrap().success());
    let refused = run_in(
        folder.path(),
        &[
            &["curve", "log.csv", "--follow", "--format", "csv"][..],
            &COSINE,
        ]
        .concat(),
        "",
    );
    assert_eq!(refused.code, 2, "{}", refused.err);
}
