//! Short answers: what a terminal shows without `-v`.

use super::*;

const LINES: usize = 12;
const LADDER: &str = "data/ladder/losses.csv";
const TASKS: &str = "data/olmo_ladder_tasks.csv";
const ONE_TASK: [&str; 2] = ["--where", "task = hellaswag"];
const COUNTS: [&str; 4] = [
    "capability",
    "data/ladder/pass_counts.csv",
    "--where",
    "seed = 0",
];

fn with<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, more].concat()
}

/// One question per verb, with the required contents of its short answer.
fn questions() -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
    let bits = ["--loss-col", "bits_per_byte"];
    let task = with(&ONE_TASK, &bits);
    vec![
        (
            vec!["fit", LADDER, "--sigma-col", "seed_sigma"],
            vec!["\na  ", "interval [", "Noise", "warning: sigma-too-small"],
        ),
        (
            with(&["fit", TASKS, "--law", "chinchilla"], &task),
            vec!["\nalpha", "\nbeta", "More"],
        ),
        (
            vec![
                "forecast",
                LADDER,
                "--sigma-col",
                "seed_sigma",
                "--fit-below",
                "1.05e12",
                "--at",
                "1e14",
            ],
            vec![
                "Forecast  1.079, 90% calibrated prediction interval [0.977, 1.177]",
                "Grade     MODERATE: of ",
                "Actual    1.059 (",
                "warning: floor-not-identified",
                "hint: ",
            ],
        ),
        (
            with(&COUNTS, &["--at", "1e15"]),
            vec![
                "mean log pass rate, -mean ln p = 2.35, 90% calibrated",
                "mean pass rate 0.470, 90% calibrated",
                "MODERATE: ",
                "warning: exponents-differ",
            ],
        ),
        (with(&COUNTS, &[]), vec!["k = 0.201 (std. error 0.016)"]),
        (
            with(
                &[
                    "capability",
                    TASKS,
                    "--at",
                    "13B:5T",
                    "--where",
                    "role = ladder",
                ],
                &ONE_TASK,
            ),
            vec!["Forecast  86.8 % [82.2 .. 90.3 %", "Grade     HIGH: "],
        ),
        (
            with(&["allocate", TASKS, "--compute", "1e24"], &task),
            vec![
                "train 91.1B parameters (90% delta confidence interval 20.7B to 402B) on 1.83T",
                "Grade   LOW: ",
            ],
        ),
        (
            vec![
                "versus",
                "tests/fixtures/recipes/good.csv",
                "--by",
                "recipe",
                "--at",
                "1e24",
            ],
            vec![
                "At 1e24      A needs 0.932 times the compute of B (90%: 0.172 to 17.6): they cannot",
                "A has the lower law with 52.5 % confidence; 316 times beyond the runs",
                "At 3.162e21  A needs 1.49 times the compute of B",
                "With scale   there is no evidence",
                "Law of B",
            ],
        ),
    ]
}

#[test]
fn a_first_answer_has_twelve_lines_at_most() {
    for (asked, words) in questions() {
        let short = run(&asked);
        assert!(matches!(short.code, 0 | 5), "{asked:?}: {}", short.err);
        let lines = short.out.lines().count();
        assert!(lines <= LINES, "{lines} lines of {asked:?}: {}", short.out);
        for word in words {
            assert!(short.out.contains(word), "no '{word}' in {}", short.out);
        }
        let all = ok(&with(&asked, &["-v"]));
        assert!(all.lines().count() > lines, "{asked:?}: {all}");
    }
}

/// Every finding is shown or named, each once.
#[test]
fn no_finding_is_lost() {
    for (asked, _) in questions() {
        let all = ok(&with(&asked, &["-v"]));
        let short = ok(&asked);
        let found = all.lines().filter_map(|line| {
            let (word, rest) = line.split_once(": ")?;
            let is_finding = matches!(word, "note" | "warning" | "refused");
            is_finding.then(|| rest.split(':').next().unwrap())
        });
        for code in found {
            assert_eq!(short.matches(code).count(), 1, "{code} in {short}");
        }
    }
}

/// Notes fill the lines that warnings leave.
#[test]
fn a_warning_comes_before_a_note() {
    let out = ok(&["forecast", "data/ladder/runs.csv", "--at", "1e15"]);
    let place = |code: &str| out.find(code).unwrap_or_else(|| panic!("no {code}: {out}"));
    assert!(place("warning: one-run-decides") < place("note: envelope-widened"));
}

/// Other formats are for programs and pages, and leave nothing out.
#[test]
fn only_text_is_short() {
    let asked = ["forecast", LADDER, "--at", "1e15"];
    for format in ["markdown", "csv"] {
        let out = ok(&with(&asked, &["--format", format]));
        assert!(out.contains("profile") && !out.contains("More"), "{out}");
    }
}

#[test]
fn held_out_runs_are_forecast_without_a_target() {
    let held = [
        "forecast",
        LADDER,
        "--sigma-col",
        "seed_sigma",
        "--fit-below",
        "1.05e12",
    ];
    let out = ok(&held);
    assert!(out.contains("1.059 (+1.9 %, inside)"), "{out}");
    let csv = [
        "--method",
        "calibrated",
        "--level",
        "0.9",
        "--format",
        "csv",
    ];
    let rows = table(&ok(&with(&held, &csv)));
    // Two seeds of a rung are one target.
    let at: Vec<f64> = rows.iter().map(|row| number(row, "compute")).collect();
    assert_eq!(at.len(), 4, "{at:?}");
    assert!(at.windows(2).all(|pair| pair[0] < pair[1]), "{at:?}");
    // The budget of the largest rung, which was met within 1e-4.
    let largest = rows[3]["compute"].clone();
    let one = ok(&with(&with(&held, &["--at", &largest]), &csv));
    let last = one.lines().last().unwrap();
    assert_eq!(
        number(&rows[3], "point"),
        number(&table(&one)[0], "point"),
        "{last}"
    );

    let (_folder, law) = temporary("law.json");
    ok(&["fit", LADDER, "--fit-below", "1.05e12", "-o", text(&law)]);
    assert!(ok(&["forecast", text(&law)]).contains("inside)"));
    // A registered target is shown; nothing becomes a target unasked.
    let entry = law.with_file_name("entry.json");
    let asked = [
        "register",
        LADDER,
        "--fit-below",
        "1.05e12",
        "-o",
        text(&entry),
    ];
    assert_eq!(run(&asked).code, 2);
}

/// If there is no interval to quote, the first answer says why.
#[test]
fn a_missing_interval_is_explained() {
    let out = ok(&[
        "forecast",
        RUNS,
        "--at",
        "10x",
        "--level",
        "0.999",
        "--method",
        "calibrated",
    ]);
    assert!(out.contains("No calibrated interval: "), "{out}");
    let out = ok(&["forecast", RUNS, "--at", "10x", "--method", "delta"]);
    assert!(out.contains("; by the law itself "), "{out}");
    assert!(out.contains("90% delta prediction interval ["), "{out}");
}

/// 30 runs of a known law, of which one split is held out; `off` shifts the held-out losses.
fn held_out(off: f64) -> String {
    let mut text = "compute,loss,split\n".to_owned();
    for k in 0..39 {
        let c = 10_f64.powf(18.0 + 0.1 * f64::from(k));
        let ripple = 1.0 + 1e-3 * f64::from(k % 3 - 1);
        let (loss, split) = match k < 9 {
            true => ((900.0 * c.powf(-0.15) + 1.7) * ripple, "fit"),
            false => ((900.0 * c.powf(-0.15) + 1.7) * ripple * off, "held"),
        };
        text += &format!("{c},{loss},{split}\n");
    }
    text
}

#[test]
fn many_targets_are_counted_and_the_farthest_ones_shown() {
    let asked = ["forecast", "-", "--hold", "split = held"];
    let out = run_with(&asked, &held_out(1.0)).out;
    assert!(
        out.contains(" of 30 runs lie inside the 90% calibrated"),
        "{out}"
    );
    assert!(out.contains("the 10 farthest of 30 stand below"), "{out}");
    let shown = out.matches(", inside)").count() + out.matches(", OUTSIDE)").count();
    assert_eq!(shown, 10, "{out}");
    let csv = [&asked[..], &["--method", "calibrated", "--format", "csv"]].concat();
    assert_eq!(table(&run_with(&csv, &held_out(1.0)).out).len(), 60);
}

/// The interval to quote decides whether a run is inside, even if another one is wider.
#[test]
fn what_came_true_is_compared_with_the_interval_to_quote() {
    let asked = [
        "forecast",
        "-",
        "--hold",
        "split = held",
        "--at",
        "1e19",
        "--method",
    ];
    let said =
        |methods: &str| run_with(&[&asked[..], &[methods, "-v"]].concat(), &held_out(1.2)).out;
    let out = said("calibrated,delta");
    assert!(
        out.contains("OUTSIDE the 90% calibrated prediction interval"),
        "{out}"
    );
    let out = said("delta");
    assert!(
        out.contains("OUTSIDE the 90% delta prediction interval"),
        "{out}"
    );
}

#[test]
fn a_loss_above_all_runs_is_no_target_that_cannot_be_reached() {
    let out = ok(&["forecast", RUNS, "--reach", "50"]);
    assert!(out.contains("loss 50: BEFORE ALL RUNS"), "{out}");
}

/// With several budgets each has an interval, as a single one has.
#[test]
fn every_budget_has_its_interval() {
    let task = with(&ONE_TASK, &["--loss-col", "bits_per_byte"]);
    let out = ok(&with(&["allocate", TASKS, "--compute", "1e24,1e25"], &task));
    assert!(
        out.contains("90% interval of N*") && out.contains("20.7B to 402B"),
        "{out}"
    );
}
