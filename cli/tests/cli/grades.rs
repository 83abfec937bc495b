//! Grades of forecasts: what every output says of them, and the exit codes.

use super::*;
use serde_json::Value;

/// Steps of one run whose learning rate is `rate` of the share of its steps.
fn log(rate: impl Fn(f64) -> f64) -> String {
    let mut csv = "step,flops,train/lr,loss\n".to_owned();
    for step in 1..=40 {
        let at = f64::from(step);
        let loss = 2.0 + 3.0 * at.powf(-0.4);
        csv += &format!("{step},{:e},{},{loss}\n", at * 1e17, rate(at / 40.0));
    }
    csv
}

fn forecast_of<'a>(table: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["forecast", table, "--at"][..], more].concat()
}

/// The line of a fact.
fn line<'a>(out: &'a str, fact: &str) -> &'a str {
    let mut lines = out.lines();
    lines.find(|line| line.starts_with(fact)).unwrap()
}

#[test]
fn every_output_says_the_grade_and_what_it_rests_on() {
    let asked = forecast_of(RUNS, &["1e24"]);
    let said = ok(&[&asked[..], &["-v"]].concat());
    let grade = line(&said, "Grade");
    assert!(grade.contains("MODERATE: of "), "{grade}");
    assert!(grade.contains(" forecasts of grade moderate on published curves over runs"));
    let because = line(&said, "Because");
    assert!(
        because.contains("the 90 % interval reaches from "),
        "{because}"
    );
    assert!(because.contains("; a half-width of at most 5 % (in ln L) is of grade high"));
    assert!(
        because
            .contains("; the target is 43.5 times the largest run, and the record goes up to 350")
    );
    assert!(line(&said, "Members").contains("is the median of these 4 members and of their mean"));
    assert!(line(&said, "Status").ends_with("CONVERGED, floor not identified"));

    let markdown = ok(&[&asked[..], &["--format", "markdown"]].concat());
    assert!(
        markdown.contains("- **Grade**: MODERATE: of "),
        "{markdown}"
    );

    let rows = ok(&[&asked[..], &["--format", "csv"]].concat());
    assert!(
        rows.lines()
            .next()
            .unwrap()
            .ends_with(",status,grade,actual,error")
    );
    assert!(table(&rows).iter().all(|row| row["grade"] == "moderate"));

    let written = ok(&[&asked[..], &["--format", "json"]].concat());
    let place = |key: &str| written.find(&format!("\"{key}\": ")).unwrap();
    assert!(place("law_point") < place("grade") && place("grade") < place("because"));
    assert!(place("because") < place("record") && place("record") < place("extrapolation"));
    let json: Value = serde_json::from_str(&written).unwrap();
    let forecast = &json["forecasts"][0];
    assert_eq!(forecast["grade"], "moderate");
    assert_eq!(forecast["record"]["level"], 0.9);
    assert_eq!(json["trustworthy"], true);
}

/// Beyond every published curve the words do not claim a record, and say where it ends.
#[test]
fn a_forecast_beyond_the_record_says_so() {
    let out = ok(&forecast_of(RUNS, &["5000x", "--fit-below", "1e22"]));
    let ends = "MODERATE: no record: no published curve goes more than 350 times beyond its runs";
    assert!(line(&out, "Grade").contains(ends), "{out}");
    let because = line(&out, "Because");
    assert!(
        because.contains("no published curve goes that far beyond its runs"),
        "{because}"
    );
}

#[test]
fn a_grade_that_is_low_fails_only_where_that_is_asked_for() {
    let far = forecast_of(RUNS, &["1e28"]);
    let ran = run(&far);
    assert_eq!(ran.code, 0);
    assert!(
        line(&ran.out, "Grade").contains("LOW: no record: "),
        "{}",
        ran.out
    );
    let because = "no forecast of more than 10,000 times the largest run was ever checked";
    assert!(line(&ran.out, "Because").contains(because), "{}", ran.out);
    assert_eq!(run(&[&far[..], &["--strict"]].concat()).code, 5);
    let near = forecast_of(RUNS, &["1e24", "--strict"]);
    assert_eq!(run(&near).code, 0);
    let both = forecast_of(RUNS, &["1e24", "--at", "1e28", "--strict"]);
    assert_eq!(run(&both).code, 5);
    // A finding about a parameter does not count against the fit.
    assert_eq!(run(&["fit", RUNS, "--strict"]).code, 0);
}

#[test]
fn without_a_calibrated_interval_there_is_no_record() {
    let asked = forecast_of("-", &["1e21"]);
    let few = "flops,loss\n1e18,3.1\n1e19,2.74\n1e20,2.46\n";
    let ran = run_with(&asked, few);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let grade = line(&ran.out, "Grade");
    assert!(grade.contains("LOW: no record: "), "{grade}");
    assert!(line(&ran.out, "Because").contains("there is no calibrated interval: "));
}

#[test]
fn a_refused_fit_has_refused_rows_and_a_failed_one_none() {
    let runs = "fam,flops,loss\nup,1e18,2.0\nup,1e19,2.1\nup,1e20,2.3\nup,1e21,2.4\nup,1e22,2.7\nfew,1e18,3\n";
    let asked = ["--by", "fam", "--at", "1e24", "--format", "csv"];
    let ran = run_with(&[&["forecast", "-"][..], &asked].concat(), runs);
    assert!(
        ran.out
            .lines()
            .next()
            .unwrap()
            .ends_with(",status,grade,actual,error")
    );
    for row in table(&ran.out) {
        let grade = if row["series"] == "up" { "refused" } else { "" };
        assert_eq!(row["grade"], grade, "{row:?}");
    }
}

#[test]
fn pictures_and_reports_say_the_grade() {
    let (folder, picture) = temporary("far.svg");
    ok(&forecast_of(RUNS, &["1e28", "--plot", text(&picture)]));
    let svg = std::fs::read_to_string(&picture).unwrap();
    let because = "no forecast of more than 10,000 times the largest run was ever checked";
    assert!(
        svg.contains("grade low, ") && svg.contains(&format!("times the largest run: {because}"))
    );
    let drawn = ok(&["plot", RUNS, "--at", "1e28"]);
    let words: Vec<&str> = drawn.split_whitespace().collect();
    assert!(words.join(" ").contains(because), "{drawn}");

    let page = folder.path().join("page.html");
    let asked = ["report", RUNS, "--at", "1e24", "-o", text(&page)];
    assert_eq!(run(&asked).code, 0);
    let html = std::fs::read_to_string(&page).unwrap();
    let top = &html[..html.find("id=\"forecast\"").unwrap()];
    assert!(top.contains("MODERATE: of ") && top.contains("Because: the 90 % interval"));
    assert!(top.contains("in the back-test of these runs "), "{top}");
}

#[test]
fn a_decay_ahead_is_seen_in_the_table_or_said() {
    let of = |csv: &str, more: &[&str]| {
        let ran = run_with(&[&forecast_of("-", &["10x"])[..], more].concat(), csv);
        assert_eq!(ran.code, 0, "{}", ran.err);
        (line(&ran.out, "Grade").to_owned(), ran.out)
    };
    let cosine = |at: f64| 0.5 * (1.0 + (std::f64::consts::PI * at).cos());
    let (grade, out) = of(&log(|at| cosine(at / 2.0)), &[]);
    assert!(grade.contains("LOW: "), "{out}");
    assert!(
        out.contains("warning: decay-ahead: the learning rate still decays"),
        "{out}"
    );
    let (grade, out) = of(&log(cosine), &[]);
    assert!(
        !grade.contains("LOW: ") && !out.contains("decay-ahead"),
        "{out}"
    );
    let (grade, out) = of(&log(|_| 1.0), &[]);
    assert!(
        !grade.contains("LOW: ") && out.contains("note: decay-ahead: "),
        "{out}"
    );
    assert!(out.contains("(--lr-decay-ahead)"), "{out}");
    let (grade, out) = of(&log(|_| 1.0), &["--lr-decay-ahead"]);
    assert!(
        grade.contains("LOW: ") && out.contains("warning: decay-ahead: "),
        "{out}"
    );
}

#[test]
fn a_column_of_no_known_name_makes_points_of_an_unknown_kind() {
    let games = "games,loss\n10,1.31\n30,1.12\n100,0.97\n300,0.88\n1000,0.81\n3000,0.77\n";
    let asked = forecast_of("-", &["1e4", "--compute-col", "games"]);
    let width = |more: &[&str]| {
        let csv = [
            "--method",
            "calibrated",
            "--level",
            "0.9",
            "--format",
            "csv",
        ];
        let ran = run_with(&[&asked[..], &csv, more].concat(), games);
        let row = &table(&ran.out)[0];
        number(row, "upper") / number(row, "lower")
    };
    let ran = run_with(&asked, games);
    assert!(
        line(&ran.out, "Data").contains("points of an unknown kind"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("note: curve-unknown: 'games'"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("--curve ladder"), "{}", ran.out);
    assert_eq!(width(&[]), width(&["--curve", "unknown"]));
    assert!(width(&[]) > width(&["--curve", "ladder"]));
}

/// The law's own interval of real pass counts contained few outcomes, so it does not come first, and
/// where there is no other it says so.
#[test]
fn pass_counts_are_forecast_by_the_calibrated_interval_before_the_law() {
    let counts = ["capability", "data/ladder/pass_counts.csv", "--at", "10x"];
    let ran = run_in(root(), &[&counts[..], &["-v"]].concat(), "");
    let place = |words: &str| ran.out.find(words).expect(words);
    let first = place("-mean ln p = ");
    assert!(
        ran.out[first..].starts_with("-mean ln p = 2.39, 90% calibrated"),
        "{}",
        ran.out
    );
    assert!(first < place("\nBy the law"), "{}", ran.out);
    place("the law's own 90 % intervals contained 6 of 81 outcomes");
    let few = ["--where", "compute < 4e10"];
    let out = run_in(root(), &[&counts[..], &few].concat(), "").out;
    let metric = out.lines().find(|line| line.contains("-mean ln p = "));
    let metric = metric.unwrap_or_default();
    assert!(
        metric.contains("90% delta") && metric.contains("6 of 81 outcomes"),
        "{out}"
    );
    assert_eq!(out.matches("6 of 81").count(), 1, "{out}");
}
