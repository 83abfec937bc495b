//! Law files with an edited verdict: what the runs determine is derived again from them.

use super::*;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scalewise::fit::{Code, FitStatus, Objective, Severity};
use scalewise::law;
use scalewise::{Dataset, Fit, FitResult};
use serde_json::{Value, json};

/// Runs of parameters, tokens and loss; with `bend` the losses rise with one of them.
fn surface(bend: f64) -> Dataset {
    let (mut params, mut tokens) = (Vec::new(), Vec::new());
    let (mut unique, mut losses) = (Vec::new(), Vec::new());
    for (i, n) in [1e7, 4e7, 2e8, 9e8].into_iter().enumerate() {
        for (k, d) in [1e9, 5e9, 3e10].into_iter().enumerate() {
            let noise = 1.0 + 0.004 * ((i * 7 + k * 13) as f64 * 12.9898).sin();
            let loss = (1.7 + 406.4 / f64::powf(n, 0.34) + 410.7 / f64::powf(d, 0.28)) * noise;
            let loss = loss * f64::powf(n / 1e8, bend);
            params.push(n);
            tokens.push(d);
            unique.push(d * 0.4);
            losses.push(loss);
        }
    }
    let data = Dataset::of_params_tokens(&params, &tokens, &losses).unwrap();
    data.unique_tokens(&unique).unwrap()
}

/// All runs at twenty tokens a parameter, almost.
fn collinear() -> Dataset {
    let params = [1e7, 3e7, 1e8, 3e8, 1e9, 3e9, 1e10];
    let runs = || params.iter().zip((0..).map(f64::from));
    let tokens: Vec<f64> = runs()
        .map(|(n, i)| 20.0 * n * (1.0 + 0.02 * i.sin()))
        .collect();
    let losses: Vec<f64> = runs()
        .map(|(n, i)| (1.7 + 406.4 / n.powf(0.34)) * (1.0 + 0.01 * (i * 2.4).sin()))
        .collect();
    Dataset::of_params_tokens(&params, &tokens, &losses).unwrap()
}

fn curve(losses: &[f64]) -> Dataset {
    let runs = losses.iter().enumerate();
    Dataset::from_runs(runs.map(|(i, loss)| (1e18 * 10f64.powf(0.5 * i as f64), *loss))).unwrap()
}

const FALLING: [f64; 9] = [3.31, 2.99, 2.74, 2.51, 2.37, 2.215, 2.11, 2.03, 1.94];
const U_SHAPED: [f64; 7] = [2.5, 2.3, 2.42, 2.6, 2.79, 3.02, 3.2];

/// Named fits, accepted and refused, of every law and objective.
fn fits() -> Vec<(String, FitResult)> {
    let objectives = [
        Objective::Squared,
        Objective::Huber { delta: 1e-3 },
        Objective::Lad,
    ];
    let mut all = Vec::new();
    let mut add = |name: String, fit: Fit, data: &Dataset| {
        let fit = fit.run(data).unwrap_or_else(|e| panic!("{name}: {e}"));
        all.push((name, fit));
    };
    for objective in objectives {
        for (shape, losses) in [("falling", &FALLING[..]), ("u-shaped", &U_SHAPED)] {
            for law in ["saturating", "power"] {
                let fit = Fit::new(law::by_name(law).unwrap()).loss(objective);
                let name = format!("{law} {shape} {}", objective.name());
                add(name, fit, &curve(losses));
            }
        }
        let fit = Fit::new(law::by_name("chinchilla").unwrap()).loss(objective);
        add(
            format!("chinchilla {}", objective.name()),
            fit,
            &surface(0.0),
        );
    }
    for law in ["shifted", "m3", "m4", "broken"] {
        let fit = Fit::new(law::by_name(law).unwrap());
        add(law.to_owned(), fit, &curve(&FALLING));
    }
    for law in ["chinchilla-tied", "kaplan", "data-constrained"] {
        let fit = Fit::new(law::by_name(law).unwrap());
        add(law.to_owned(), fit, &surface(0.0));
    }
    let chinchilla = || Fit::new(law::by_name("chinchilla").unwrap());
    add("rising".to_owned(), chinchilla(), &surface(0.3));
    add("collinear".to_owned(), chinchilla(), &collinear());
    let robust = chinchilla().huber_from_data();
    add("delta from the data".to_owned(), robust, &surface(0.0));
    let saturating = || Fit::new(law::by_name("saturating").unwrap());
    add(
        "bounded".to_owned(),
        saturating().bounds("c", 1.0..=2.0).level(0.8),
        &curve(&FALLING),
    );
    add(
        "fixed".to_owned(),
        saturating().fix("c", 1.5),
        &curve(&FALLING),
    );
    all
}

/// Values that the user chose or named and that no run determines. Weights of single runs and data
/// protected by a digest are not included.
fn is_chosen(path: &str) -> bool {
    let chosen = [
        "/fit/loss",
        "/fit/residuals",
        "/fit/weights",
        "/fit/bounds",
        "/fit/start",
        "/data/source",
        "/data/loss_column",
        "/data/loss_unit",
        "/data/excluded",
        "/data/variable",
    ];
    let threshold = path == "/fit/delta";
    // The level of all intervals.
    threshold || path.ends_with("/level") || chosen.iter().any(|start| path.starts_with(start))
}

/// Every value in a document with its path.
fn paths(value: &Value, at: &str, out: &mut Vec<String>) {
    if !at.is_empty() {
        out.push(at.to_owned());
    }
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, v)| paths(v, &format!("{at}/{key}"), out)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(k, v)| paths(v, &format!("{at}/{k}"), out)),
        _ => {}
    }
}

/// Values to which a value may be changed.
fn changed(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec![json!(0.1)],
        Value::Bool(b) => vec![json!(!b)],
        Value::Number(n) if n.is_u64() => {
            let n = n.as_u64().unwrap();
            vec![json!(n + 1), json!(n.saturating_sub(1))]
        }
        Value::Number(n) => {
            let n = n.as_f64().unwrap();
            vec![json!(n * 1.01 + 1e-6), json!(-n), json!(0.0), Value::Null]
        }
        Value::String(text) => {
            let other = match text.as_str() {
                "converged" => "at-bound",
                "note" | "warn" => "refuse",
                "refuse" => "note",
                _ => "converged",
            };
            vec![json!(other), json!("units-suspect")]
        }
        Value::Array(list) => {
            let mut twice = list.clone();
            twice.extend(list.first().cloned());
            let mut shorter = list.clone();
            shorter.pop();
            vec![json!([]), json!(twice), json!(shorter)]
        }
        Value::Object(_) => vec![Value::Null],
    }
}

/// What a reader of the file sees, except the program that made it.
fn told(fit: &FitResult) -> String {
    fit.to_json()
}

fn with(file: &Value, path: &str, value: Value) -> Value {
    let mut edited = file.clone();
    *edited.pointer_mut(path).unwrap() = value;
    edited
}

fn of_another_version(file: &Value) -> Value {
    with(file, "/made_by", json!("scalewise 0.1.0"))
}

/// Those edits of `file`, every `every`-th from number `first` on, that change what is shown.
fn believed(name: &str, file: &Value, (first, every): (usize, usize)) -> Vec<String> {
    let intact = FitResult::from_json(&file.to_string(), "law.json");
    let intact = told(&intact.unwrap_or_else(|e| panic!("{name}: {e}")));
    let mut all = Vec::new();
    paths(file, "", &mut all);
    all.retain(|path| !path.starts_with("/data/runs") && !path.ends_with("version"));
    let edits: Vec<(String, Value)> = all
        .into_iter()
        .filter(|path| !is_chosen(path))
        .flat_map(|path| {
            let values = changed(file.pointer(&path).unwrap());
            values.into_iter().map(move |v| (path.clone(), v))
        })
        .skip(first)
        .step_by(every)
        .collect();
    let judge = |(path, value): &(String, Value)| -> Option<String> {
        let edited = with(file, path, value.clone()).to_string();
        let fit = FitResult::from_json(&edited, "law.json").ok()?;
        (told(&fit) != intact).then(|| format!("{name}: {path} = {value}"))
    };
    edits.iter().filter_map(judge).collect()
}

/// Changing any number, code or verdict that the runs determine is refused or has no effect.
#[test]
fn no_edit_of_a_law_file_changes_what_is_said() {
    let files: Vec<(String, Value)> = fits()
        .iter()
        .map(|(name, fit)| (name.clone(), serde_json::from_str(&fit.to_json()).unwrap()))
        .collect();
    let wrong: Vec<String> = files
        .par_iter()
        .enumerate()
        .flat_map_iter(|(k, (name, file))| {
            // Each file gets a different subset of the edits, since all of them take minutes.
            let quick = file["law"] == "saturating" || file["law"] == "power";
            let every = if quick { 3 } else { 20 };
            let mut wrong = believed(name, file, (k % every, every));
            let older = of_another_version(file);
            wrong.extend(believed(
                &format!("{name} (0.1.0)"),
                &older,
                ((k + every / 2) % every, every),
            ));
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An edited file of this version is refused; the claims of another version are replaced, with a
/// note.
#[test]
fn a_claimed_verdict_is_refused_or_derived_anew() {
    for (name, fit) in fits() {
        let file: Value = serde_json::from_str(&fit.to_json()).unwrap();
        let mut edited = with(&file, "/diagnoses", json!([]));
        edited["status"] = json!("converged");
        edited["trustworthy"] = json!(true);
        edited["vcov"] = Value::Null;
        edited["fit"]["starts"] = Value::Null;
        let claims = |file: &Value| FitResult::from_json(&file.to_string(), "law.json");
        let refused = claims(&edited);
        let had_findings = fit
            .diagnoses()
            .iter()
            .any(|d| d.code != Code::DeltaFromData);
        if fit.status() != FitStatus::Converged || had_findings {
            let error = refused.unwrap_err().to_string();
            assert!(error.contains("not as it was written"), "{name}: {error}");
        }
        let again = claims(&of_another_version(&edited)).unwrap();
        assert_eq!(told(&again), fit.to_json(), "{name}");
        assert_eq!(again.refusal().is_some(), fit.refusal().is_some());
        let unedited = claims(&of_another_version(&file)).unwrap();
        assert_eq!(unedited.claimed_otherwise(), None, "{name}");
        if had_findings {
            let said = again.claimed_otherwise().unwrap();
            assert!(said.contains("derived anew"), "{name}: {said}");
        }
        // An unreadable program name counts as another program.
        let unknown = claims(&with(&edited, "/made_by", json!("")));
        assert_eq!(told(&unknown.unwrap()), fit.to_json(), "{name}");
    }
}

/// By the old rule every warning made a fit untrustworthy, by the new one only a doubt about its
/// optimum or its rows. A claim that fits neither rule was made by hand.
#[test]
fn what_is_trustworthy_may_be_claimed_by_the_old_rule_and_by_no_other() {
    let claims = |file: &Value, trustworthy: bool| {
        let file = with(file, "/trustworthy", json!(trustworthy));
        FitResult::from_json(&file.to_string(), "law.json").map(|fit| fit.trustworthy())
    };
    let written = |fit: &FitResult| serde_json::from_str::<Value>(&fit.to_json()).unwrap();
    let runs = |table: &str| {
        let data = Dataset::from_csv_bytes(table.as_bytes(), "runs.csv", &Default::default());
        written(&Fit::new(law::Saturating).run(&data.unwrap()).unwrap())
    };
    let table = std::fs::read_to_string(root().join(RUNS)).unwrap();
    let floor_not_identified = runs(&table);
    assert_eq!(claims(&floor_not_identified, true), Ok(true));
    assert_eq!(claims(&floor_not_identified, false), Ok(true));
    let twice = runs(&format!("{table}{}\n", table.lines().last().unwrap()));
    assert_eq!(claims(&twice, false), Ok(false));
    assert!(claims(&twice, true).is_err());
}

/// Texts are not compared, since another version may word them differently.
#[test]
fn messages_and_hints_are_not_compared() {
    let fit = Fit::new(law::Saturating).run(&curve(&U_SHAPED)).unwrap();
    let mut file: Value = serde_json::from_str(&fit.to_json()).unwrap();
    assert!(fit.refusal().is_some());
    for finding in file["diagnoses"].as_array_mut().unwrap() {
        finding["message"] = json!("other words");
        finding["hint"] = json!("other words");
    }
    let again = FitResult::from_json(&file.to_string(), "law.json").unwrap();
    assert_eq!(again.diagnoses(), fit.diagnoses());
}

/// Differences in the last bits, as between machines, do not count as edits, and the parameters are
/// kept.
#[test]
fn last_bits_may_differ() {
    for (name, fit) in fits() {
        let mut file: Value = serde_json::from_str(&fit.to_json()).unwrap();
        let mut all = Vec::new();
        paths(&file, "", &mut all);
        all.retain(|path| {
            let own = ["/parameters", "/vcov", "/fit/basins", "/fit/objective"];
            own.iter().any(|start| path.starts_with(start)) && !path.ends_with("/level")
        });
        for path in all {
            let value = file.pointer_mut(&path).unwrap();
            if let Some(number) = value.as_f64() {
                *value = json!(number * (1.0 + 2e-14));
            }
        }
        // Bounds hold exactly.
        let settings = fit.settings();
        let bounds = settings.lower.iter().zip(&settings.upper);
        let mut values = fit.parameters().iter().zip(bounds);
        let on_bound = values.any(|(p, (low, high))| p.value == *low || p.value == *high);
        match FitResult::from_json(&file.to_string(), "law.json") {
            Ok(again) => {
                let held = file["parameters"].as_array().unwrap();
                for (p, held) in again.parameters().iter().zip(held) {
                    assert_eq!(json!(p.value), held["value"], "{name}");
                }
                let codes = |fit: &FitResult| -> Vec<(Code, Severity)> {
                    let all = fit.diagnoses().iter();
                    all.map(|d| (d.code, d.severity)).collect()
                };
                assert_eq!(codes(&again), codes(&fit), "{name}");
            }
            Err(e) => assert!(on_bound, "{name}: {e}"),
        }
    }
}

/// A user's own law stores where its search started, and the fit is repeated from there.
#[test]
fn a_law_of_ones_own_is_derived_from_its_own_start() {
    #[derive(Debug, Clone, Copy)]
    struct Wave;
    impl law::Law for Wave {
        fn name(&self) -> &str {
            "wave"
        }
        fn formula(&self) -> &str {
            "2 + a*sin(w*ln C)"
        }
        fn parameters(&self) -> &[law::Parameter] {
            static ALL: [law::Parameter; 2] = [
                law::Parameter::new("a", law::Search::Linear),
                law::Parameter::new("w", law::Search::Even(0.2, 0.4)),
            ];
            &ALL
        }
        fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
            2.0 + p[0] * (p[1] * x[0].ln()).sin()
        }
    }
    let truth = |c: f64| 2.0 + 0.3 * (1.7 * c.ln()).sin();
    let runs: Vec<(f64, f64)> = (0..14)
        .map(|k| (1e18 * 1.6f64.powi(k), f64::from(k)))
        .map(|(c, k)| (c, truth(c) * (1.0 + 0.01 * (k * 2.9).sin())))
        .collect();
    let data = Dataset::from_runs(runs).unwrap();
    let fit = Fit::new(Wave).start("a", 0.25).start("w", 1.69);
    let fit = fit.run(&data).unwrap();
    let text = fit.to_json();
    let again = FitResult::from_json_with(Wave, &text, "law.json").unwrap();
    assert_eq!(again.to_json(), text);
    // Files of the version without a stored start are read at their own parameters.
    let mut old: Value = serde_json::from_str(&text).unwrap();
    old["fit"].as_object_mut().unwrap().remove("start");
    let again =
        FitResult::from_json_with(Wave, &of_another_version(&old).to_string(), "law.json").unwrap();
    assert_eq!(again.values(), fit.values());
}

/// The command line refuses it like the unedited file, and gives the reason on one line.
#[test]
fn edited_files_are_refused_by_every_verb() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, value: &Value| {
        std::fs::write(path(name), value.to_string()).unwrap();
        path(name)
    };
    let whitewashed = |fit: &FitResult| {
        let mut file: Value = serde_json::from_str(&fit.to_json()).unwrap();
        file["diagnoses"] = json!([]);
        file["status"] = json!("converged");
        file["trustworthy"] = json!(true);
        file
    };
    let bent = Fit::new(law::Saturating).run(&curve(&U_SHAPED)).unwrap();
    let bent = whitewashed(&bent);
    let line = Fit::new(law::Chinchilla).run(&collinear()).unwrap();
    let line = whitewashed(&line);
    let page = path("page.html");
    let drawn = path("drawn.svg");
    for (version, wanted) in [("of this version", 3), ("0.1.0", 4)] {
        let of = |file: &Value| match version {
            "0.1.0" => of_another_version(file),
            _ => file.clone(),
        };
        let curve = write("curve.json", &of(&bent));
        let surface = write("surface.json", &of(&line));
        let (curve, surface) = (text(&curve), text(&surface));
        let verbs: [&[&str]; 6] = [
            &["forecast", curve, "--at", "10x"],
            &["forecast", curve, "--at", "10x", "--format", "json"],
            &["show", curve],
            &["report", curve, "--at", "10x", "-o", text(&page), "--force"],
            &["allocate", surface, "--compute", "1e24"],
            &["show", surface, "--format", "csv"],
        ];
        for verb in verbs {
            let ran = run(&verb
                .iter()
                .filter(|w| **w != "--force")
                .copied()
                .collect::<Vec<_>>());
            assert_eq!(ran.code, wanted, "{version} {verb:?}: {}", ran.err);
            let word = match wanted {
                3 => "not as it was written",
                _ => "the verdict was derived anew",
            };
            let lines = ran.err.lines().filter(|l| l.contains(word)).count();
            assert_eq!(lines, 1, "{version} {verb:?}: {}", ran.err);
            let _ = std::fs::remove_file(&page);
        }
        let plot = run(&["plot", curve, "-o", text(&drawn)]);
        assert_eq!(plot.code == 3, wanted == 3, "{}", plot.err);
        let _ = std::fs::remove_file(&drawn);
    }
}
