//! Charts, pages and registered forecasts of laws of several columns.

use super::{ok, run, temporary, text};
use serde_json::Value;
use std::fs;

const LAW: &str = "L(N, S) = E + a*N^-b + c/(1 + S)";

/// Runs of L(N, S) = 1.4 + 90·N^-0.25 + 0.2/(1 + S) with scatter; the last is held out.
fn table() -> (tempfile::TempDir, String) {
    let mut csv = "params,S,loss,split\n".to_owned();
    let mut scatter = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4].iter().cycle();
    for n in [1e7_f64, 3e7, 1e8, 3e8, 1e9] {
        for s in [0.0, 1.0, 3.0] {
            let loss = 1.4 + 90.0 * n.powf(-0.25) + 0.2 / (1.0 + s);
            let loss = loss * (1.0 + scatter.next().copied().unwrap_or_default());
            csv += &format!("{n:e},{s},{loss},train\n");
        }
    }
    csv += &format!("1e10,8,{},test\n", truth(1e10, 8.0));
    let (folder, path) = temporary("runs.csv");
    fs::write(&path, csv).unwrap();
    (folder, text(&path).to_owned())
}

fn beside(folder: &tempfile::TempDir, name: &str) -> String {
    text(&folder.path().join(name)).to_owned()
}

fn truth(n: f64, s: f64) -> f64 {
    1.4 + 90.0 * n.powf(-0.25) + 0.2 / (1.0 + s)
}

#[test]
fn a_formula_of_several_columns_is_drawn() {
    let (folder, runs) = table();
    let svg = beside(&folder, "law.svg");
    let asked = [
        "plot",
        &runs,
        "--law",
        LAW,
        "--hold",
        "split = test",
        "--at",
        "N=1e11,S=4",
    ];
    ok(&[&asked[..], &["-o", &svg]].concat());
    let drawn = fs::read_to_string(&svg).unwrap();
    // The law against its runs, and the residuals against each column.
    for words in [
        "Residuals against parameters N",
        "Residuals against S",
        "held out",
        "to come",
        "Fitted runs: 15. Runs that were held out: 1. Points without a run: 1.",
    ] {
        assert!(drawn.contains(words), "{words}");
    }
    // The forecast draws the same.
    let other = beside(&folder, "forecast.svg");
    let asked = [
        "forecast",
        &runs,
        "--law",
        LAW,
        "--hold",
        "split = test",
        "--at",
        "N=1e11,S=4",
        "--plot",
        &other,
    ];
    ok(&asked);
    let widest = |svg: &str| svg.matches("<circle").count();
    assert_eq!(widest(&fs::read_to_string(&other).unwrap()), widest(&drawn));
    let ran = run(&["plot", &runs, "--law", LAW, "--view", "both"]);
    assert!(ran.err.contains("--view"), "{}", ran.err);
    let ran = run(&["plot", &runs, "--law", LAW, "--at", "N=1e11"]);
    assert!(ran.err.contains("no value of 'S'"), "{}", ran.err);
}

#[test]
fn a_page_answers_at_points() {
    let (_folder, runs) = table();
    let asked = [
        "report",
        &runs,
        "--law",
        LAW,
        "--hold",
        "split = test",
        "--at",
        "N=1e11,S=4",
        "--format",
        "text",
    ];
    let page = ok(&asked);
    for words in [
        "What will a run at N=100B,S=4 reach?",
        "90% prediction interval",
        "line 17: N=10B,S=8",
        "Reproducibility checklist",
        "N 1.000e7 to 1.000e9, S 0 to 3.000",
        "with the linear parameters solved exactly",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    // A law file gives the same, and so does the page for the held-out run.
    let (folder, runs) = table();
    let law = beside(&folder, "law.json");
    ok(&[
        "fit",
        &runs,
        "--law",
        LAW,
        "--hold",
        "split = test",
        "-o",
        &law,
    ]);
    let page = ok(&["report", &law, "--format", "text"]);
    assert!(
        page.contains("What will a run at N=10B,S=8 reach?"),
        "{page}"
    );
    let ran = run(&["report", "data/cerebras_gpt.csv", "--at", "N=1e11,S=4"]);
    assert!(ran.err.contains("formulas"), "{}", ran.err);
}

#[test]
fn a_forecast_at_points_is_registered_verified_and_scored() {
    let (folder, runs) = table();
    let entry = beside(&folder, "entry.json");
    let asked = [
        "register",
        &runs,
        "--law",
        LAW,
        "--where",
        "split = train",
        "--at",
        "N=1e10,S=8,N=1e11,S=4",
        "-o",
        &entry,
    ];
    ok(&asked);
    let json: Value = serde_json::from_str(&fs::read_to_string(&entry).unwrap()).unwrap();
    let predictions = json["predictions"].as_array().unwrap();
    assert_eq!(predictions[0]["id"], "loss@N=1e10,S=8");
    assert_eq!(predictions[1]["id"], "loss@N=1e11,S=4");
    assert!(predictions[0].get("compute").is_none());
    assert_eq!(json["result"]["law"], LAW);
    let outcome = json["outcome"].as_str().unwrap();
    assert!(outcome.contains("at N=1e10,S=8, N=1e11,S=4"), "{outcome}");
    let verified = ok(&["verify", &entry, &runs]);
    assert!(verified.contains("identical bytes"), "{verified}");
    // The order of the rows does not matter, but a changed row is detected.
    let table = fs::read_to_string(&runs).unwrap();
    fs::write(&runs, table.replace("1e7,0,", "1.1e7,0,")).unwrap();
    let ran = run(&["verify", &entry, &runs]);
    assert_ne!(ran.code, 0, "{}", ran.out);
    let actual = format!("loss@N=1e10,S=8={}", truth(1e10, 8.0));
    let scored = ok(&["score", &entry, "--actual", &actual]);
    assert!(scored.contains("inside"), "{scored}");
    let ledger = ok(&["ledger", text(folder.path()), "--format", "csv"]);
    let row = ledger.lines().nth(1).unwrap();
    assert!(row.contains("\"loss@N=1e10,S=8\",loss,,"), "{row}");
    // Texts that are not points of the law are refused.
    let other = beside(&folder, "other.json");
    let ran = run(&[
        "register", &runs, "--law", LAW, "--at", "N=1e10", "-o", &other,
    ]);
    assert!(ran.err.contains("no value of 'S'"), "{}", ran.err);
    let asked = [
        "register", &runs, "--law", LAW, "--at", "1e24", "-o", &other,
    ];
    let ran = run(&asked);
    assert!(ran.err.contains("N=1e9,S=8"), "{}", ran.err);
}

#[test]
fn outcomes_of_several_laws_are_registered_by_their_names() {
    let (folder, runs) = temporary("runs.csv");
    let mut csv = "params,code,prose\n".to_owned();
    for (k, n) in [1e7_f64, 3e7, 1e8, 3e8, 1e9, 3e9].into_iter().enumerate() {
        let off = if k % 2 == 0 { 1.0005 } else { 0.9995 };
        let power = 90.0 * n.powf(-0.25);
        csv += &format!("{n:e},{},{}\n", off * (1.1 + power), (1.9 + power) / off);
    }
    fs::write(&runs, csv).unwrap();
    let entry = beside(&folder, "entry.json");
    let laws = [
        "--law",
        "code = e1 + a*N^-b",
        "--law",
        "prose = e2 + a*N^-b",
    ];
    let asked = ["register", text(&runs), "--at", "N=1e11", "-o", &entry];
    ok(&[&asked[..], &laws].concat());
    let json: Value = serde_json::from_str(&fs::read_to_string(&entry).unwrap()).unwrap();
    let ids: Vec<&str> = (json["predictions"].as_array().unwrap().iter())
        .map(|p| p["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["code@N=1e11", "prose@N=1e11"]);
    let verified = ok(&["verify", &entry, text(&runs)]);
    assert!(verified.contains("identical bytes"), "{verified}");
}

#[test]
fn a_point_has_the_intervals_of_each_method_that_is_asked_for() {
    let (folder, runs) = table();
    let methods = ["--method", "delta,profile,bootstrap", "--replicates", "60"];
    let asked = [
        "forecast",
        &runs,
        "--law",
        LAW,
        "--hold",
        "split = test",
        "--at",
        "N=1e11,S=4",
    ];
    let said = ok(&[&asked[..], &methods].concat());
    for method in ["delta", "profile", "bootstrap"] {
        let lines = said.matches(&format!("%, {method})")).count();
        // One for the point, and one for the run that was held out.
        assert_eq!(lines, 2, "{said}");
    }
    let json = ok(&[
        &asked[..],
        &methods,
        &["--kind", "prediction", "--format", "json"],
    ]
    .concat());
    let json: Value = serde_json::from_str(&json).unwrap();
    let intervals = json["forecasts"][0]["intervals"].as_array().unwrap();
    assert_eq!(intervals.len(), 6, "{json}");
    assert!(intervals.iter().all(|i| i["kind"] == "prediction"));
    // The registered result is derived again, including random draws.
    let entry = beside(&folder, "entry.json");
    let asked = [
        "register",
        &runs,
        "--law",
        LAW,
        "--at",
        "N=1e11,S=4",
        "-o",
        &entry,
    ];
    ok(&[&asked[..], &methods, &["--seed", "7"]].concat());
    ok(&["verify", &entry, &runs]);
    let entry: Value = serde_json::from_str(&fs::read_to_string(&entry).unwrap()).unwrap();
    let claims = entry["predictions"][0]["intervals"].as_array().unwrap();
    assert!(claims.iter().any(|claim| claim["method"] == "bootstrap"));
    // Methods that assume no law need a law of one variable.
    let asked = ["forecast", &runs, "--law", LAW, "--at", "N=1e11,S=4"];
    let ran = run(&[&asked[..], &["--method", "quadrature"]].concat());
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("delta, profile or bootstrap"),
        "{}",
        ran.err
    );
}

/// A forecast without a limit has no interval, wherever the searches end.
#[test]
fn a_profile_without_a_limit_is_none() {
    let mut table = "params,tokens,loss\n".to_owned();
    for (k, n) in [1e8_f64, 2e8, 4e8, 8e8, 1.6e9].into_iter().enumerate() {
        for ratio in [5.0, 20.0, 60.0, 150.0] {
            let wobble = 1.0 + 0.004 * ((3 * k) as f64 + ratio).sin();
            let loss = 1.7 + 400.0 * n.powf(-0.34) + 410.0 * (n * ratio).powf(-0.28);
            let loss = loss * wobble;
            table += &format!("{n:e},{:e},{loss}\n", n * ratio);
        }
    }
    let (_folder, path) = temporary("runs.csv");
    fs::write(&path, table).unwrap();
    let asked = [
        "forecast",
        text(&path),
        "--law",
        "L = E + A/N^alpha",
        "--at",
        "N=1e12",
    ];
    let said = ok(&[&asked[..], &["--method", "profile", "--format", "json"]].concat());
    let answer: Value = serde_json::from_str(&said).unwrap();
    let all = answer["forecasts"][0]["intervals"].as_array().unwrap();
    for interval in all {
        let number = |end: &str| interval[end].as_f64().unwrap();
        assert!(
            number("lower") > 1e-4 && number("upper") < 1e5,
            "{interval}"
        );
    }
    // At a point without a value, the law says so.
    let asked = [
        "forecast",
        text(&path),
        "--law",
        "L = E + A*exp(N/1e9)",
        "--at",
        "N=1e15",
    ];
    assert!(ok(&asked).contains("no positive value"));
}
