//! Sparse training runs of `extrapolation_kinds` with a decaying rate, with their schedule in its
//! simplest form.

use crate::data::corpus;
use crate::outcome::{Outcome, cells};
use rayon::prelude::*;
use scalewise::internal::{CurvePoint, CurveQuestion, Schedule, Tuning, forecast_curve};
use scalewise::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The schedules by set, in their simplest form.
fn schedule(set: &str) -> &'static str {
    match set {
        "CLIP" | "MPL" => "cosine:end=10%",
        "MPLwsd" => "wsd",
        _ => "linear",
    }
}

/// A sparse run and its outcome.
struct Case {
    set: String,
    source: String,
    points: Vec<CurvePoint>,
    end: f64,
    truth: f64,
}

/// The training runs with a decaying rate.
fn cases() -> Result<Vec<Case>> {
    let folder = corpus().join("data/extrapolation_kinds");
    let rows = |name: &str| -> Result<Vec<csv::StringRecord>> {
        let path = folder.join(name);
        let fault = |e: csv::Error| {
            Error::new(ErrorKind::Data, e.to_string()).at(&path.display().to_string(), None, None)
        };
        let mut reader = csv::Reader::from_path(&path).map_err(fault)?;
        reader.records().map(|r| r.map_err(fault)).collect()
    };
    let number = |row: &csv::StringRecord, k: usize| -> f64 {
        row.get(k).and_then(|c| c.parse().ok()).unwrap_or(f64::NAN)
    };
    let mut runs: BTreeMap<String, Vec<CurvePoint>> = BTreeMap::new();
    for row in rows("runs.csv")? {
        runs.entry(row[0].to_owned()).or_default().push(CurvePoint {
            step: number(&row, 1),
            loss: number(&row, 2),
            lr: None,
        });
    }
    let mut cases = Vec::new();
    for row in rows("targets.csv")? {
        if &row[2] != "training-run" || &row[9] != "1" {
            continue;
        }
        let mut points = runs.get(&row[0]).cloned().unwrap_or_default();
        points.sort_by(|p, q| p.step.total_cmp(&q.step));
        cases.push(Case {
            set: row[1].to_owned(),
            source: row[6].to_owned(),
            points,
            end: number(&row, 3),
            truth: number(&row, 4),
        });
    }
    Ok(cases)
}

fn outcome(case: &Case, tuning: &Tuning, with: bool) -> Result<Outcome> {
    let mut question = CurveQuestion::new(case.end);
    question.tuning = tuning.clone();
    if with {
        question.schedule = Some(Schedule::parse(schedule(&case.set))?);
    }
    let told = forecast_curve(&case.points, &question)?;
    let interval = told.intervals[0];
    Ok(Outcome::new(
        told.point,
        (interval.lower, interval.upper),
        case.truth,
    ))
}

/// Coverage with the schedule and without one, and with the schedule if the constants were chosen
/// without the source.
pub fn table() -> Result<String> {
    let mut text = "| set | schedule | constants | inside 90 % | coverage | interval score, % | \
                    median error | half-width |\n|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let cases = cases()?;
    let tuning = Tuning::default();
    let told = |with: bool| -> Result<Vec<Outcome>> {
        cases.iter().map(|c| outcome(c, &tuning, with)).collect()
    };
    for (outcomes, schedule, constants) in [
        (told(true)?, "simplest", "of the library"),
        (left_out(&cases)?, "simplest", "without the source"),
        (told(false)?, "unknown", "of the library"),
    ] {
        let mut sets: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
        for (case, outcome) in cases.iter().zip(&outcomes) {
            sets.entry(&case.set).or_default().push(*outcome);
        }
        sets.insert("all", outcomes);
        for (set, outcomes) in sets {
            let cells = cells(&outcomes);
            let _ = writeln!(text, "| {set} | {schedule} | {constants} | {cells} |");
        }
    }
    Ok(text)
}

/// Every case with the constants that have the best score on the other sources.
fn left_out(cases: &[Case]) -> Result<Vec<Outcome>> {
    let mut tunings = Vec::new();
    for transfer in [0.3, 0.5, 0.8] {
        for amplitude in [0.5, 0.8, 1.2] {
            for change in [0.1, 0.2] {
                tunings.push(Tuning {
                    transfer: (transfer, 0.1),
                    amplitude: (amplitude, 0.5),
                    change,
                    ..Tuning::default()
                });
            }
        }
    }
    let under = |tuning: &Tuning| -> Result<Vec<Outcome>> {
        cases.iter().map(|c| outcome(c, tuning, true)).collect()
    };
    let outcomes: Vec<Vec<Outcome>> = tunings.par_iter().map(under).collect::<Result<_>>()?;
    let mut sources: Vec<&str> = cases.iter().map(|c| c.source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    let score = |t: usize, source: &str| -> f64 {
        let own = cases
            .iter()
            .zip(&outcomes[t])
            .filter(|c| c.0.source == source);
        let scores: Vec<f64> = own.map(|c| c.1.score).collect();
        (scores.iter().sum::<f64>() / scores.len() as f64).ln()
    };
    let mut chosen = vec![0; cases.len()];
    for source in &sources {
        let others = |t: usize| -> f64 {
            let others = sources.iter().filter(|other| *other != source);
            others.map(|other| score(t, other)).sum()
        };
        let best = (0..tunings.len()).min_by(|a, b| others(*a).total_cmp(&others(*b)));
        for (k, case) in cases.iter().enumerate() {
            if case.source == *source {
                chosen[k] = best.unwrap_or(0);
            }
        }
    }
    Ok((0..cases.len()).map(|k| outcomes[chosen[k]][k]).collect())
}
