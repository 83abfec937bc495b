//! The report page of scores.

use crate::process::run_in;

/// Scores of two tasks that follow -ln Q = a/N^0.27 + b/D^0.27, with a wobble of half a point.
fn suite() -> String {
    let mut csv = "model,params,tokens,task,chance,accuracy\n".to_owned();
    for (k, n) in [1.9e8_f64, 3.7e8, 7.6e8, 1.3e9].into_iter().enumerate() {
        for ratio in [20.0, 40.0, 100.0, 200.0] {
            for (task, chance, a, b) in [("arc", 0.25, 70.0, 140.0), ("piqa", 0.5, 45.0, 90.0)] {
                let d = n * ratio;
                let left = (-(a * n.powf(-0.27) + b * d.powf(-0.27))).exp();
                let wobble = 0.005 * (7.0 * k as f64 + ratio).sin();
                let score = chance + (1.0 - chance) * left + wobble;
                csv += &format!("m{k}-{ratio},{n},{d},{task},{chance},{score:.4}\n");
            }
        }
    }
    csv
}

#[test]
fn a_suite_of_scores_has_one_page_that_quotes_the_average() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("suite.csv"), suite()).unwrap();
    let report = |more: &[&str]| {
        let words = [&["report", "suite.csv"], more].concat();
        run_in(folder.path(), &words, "")
    };
    let asked = ["--by", "task", "--at", "7B:1T"];
    let made = report(&[&asked[..], &["--format", "json"]].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    let page: serde_json::Value = serde_json::from_str(&made.out).unwrap();
    let of = run_in(
        folder.path(),
        &[&["capability", "suite.csv", "--format", "json"], &asked[..]].concat(),
        "",
    );
    let answer: serde_json::Value = serde_json::from_str(&of.out).unwrap();
    let average = answer["averages"][0]["point"].as_f64().unwrap();
    assert_eq!(
        page["title"],
        "What will N = 7e9, D = 1e12 score on 2 tasks?"
    );
    let said = page["answer"].as_str().unwrap();
    let quoted = format!("On average {:.1} %", 100.0 * average);
    assert!(said.starts_with(&quoted), "{quoted}: {said}");
    assert!(
        said.contains("90% calibrated prediction interval"),
        "{said}"
    );
    assert_eq!(page["verdict"], "2 of 2 tasks are predictable.");
    let html = report(&asked).out;
    for part in [
        "id=\"forecast\"",
        "id=\"findings\"",
        "id=\"chart\"",
        "id=\"laws\"",
        "id=\"excluded\"",
        "id=\"method\"",
        "id=\"numbers\"",
        "id=\"checklist\"",
        "id=\"provenance\"",
        "<svg",
        "arc",
        "piqa",
    ] {
        assert!(html.contains(part), "{part}");
    }
    // Without a target the page forecasts ten times the largest model.
    let ten = report(&["--where", "task = arc", "--format", "text"]);
    assert_eq!(ten.code, 0, "{}", ten.err);
    assert!(
        ten.out.contains("10.0 times the compute of the largest"),
        "{}",
        ten.out
    );
    assert!(ten.out.contains("Score "), "{}", ten.out);
}

#[test]
fn a_page_of_scores_refuses_what_is_about_problems_and_losses() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("suite.csv"), suite()).unwrap();
    for (flags, words) in [
        (
            &["--rule", "split"][..],
            "--rule cannot change a page of scores",
        ),
        (
            &["--law", "power"][..],
            "--law cannot change a page of scores",
        ),
    ] {
        let ran = run_in(
            folder.path(),
            &[&["report", "suite.csv", "--by", "task"], flags].concat(),
            "",
        );
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}

#[test]
fn check_says_what_a_forecast_of_scores_would_use() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("suite.csv"), suite()).unwrap();
    let ran = run_in(
        folder.path(),
        &["check", "suite.csv", "--where", "task = arc"],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in [
        "column 'accuracy', one a model",
        "0.250, of every score",
        "compute, size, as far as the models tell them",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let task = ran
        .out
        .lines()
        .find(|line| line.contains("piqa") || line.trim().starts_with("task "));
    let cells: Vec<&str> = task.unwrap().split_whitespace().collect();
    assert_eq!(cells[..3], ["task", "task", "text"]);
}
