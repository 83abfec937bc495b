//! A registered forecast in words.

use super::claims::{bracket, spread, words};
use super::document::{Block, Document, Fact, Tone, fact};
use super::registered_scores;
use crate::ledger::{Entry, Registration, Subject};
use crate::number::with_uncertainty;
use crate::runs::Variable;
use crate::said::Said;
use serde_json::Value;

/// What `register` prints.
#[must_use]
pub fn registered(entry: &Entry) -> Document {
    vec![Block::Facts(facts(entry)), prediction_table(entry)].into()
}

/// The first lines of every document about an entry.
pub(super) fn facts(entry: &Entry) -> Vec<Fact> {
    let made = entry.registration();
    let law = match (&made.result["law"], &made.result["formula"]) {
        (name, formula) if formula.is_string() => format!(
            "{}{}",
            formula.as_str().unwrap_or_default(),
            name.as_str()
                // The name of a user's formula is the formula itself.
                .filter(|name| Some(*name) != formula.as_str())
                .map_or_else(String::new, |n| format!("   ({n})"))
        ),
        (name, _) => name.as_str().unwrap_or_default().to_owned(),
    };
    let mut facts = vec![
        fact(
            "Registered",
            format!(
                "{}, {}, by {}",
                made.subject.name(),
                made.registered_at,
                made.made_by
            ),
        ),
        fact(
            "Data",
            format!(
                "{}: {} rows used{}",
                made.data.source,
                made.data.rows,
                match made.data.largest_compute > 0.0 {
                    true => format!(", up to {}", largest(made)),
                    false => String::new(),
                }
            ),
        ),
    ];
    match (made.subject, made.result["tasks"].as_array()) {
        (Subject::Scores, Some(tasks)) => {
            facts.extend(registered_scores::facts(&made.result, tasks));
        }
        (Subject::External, _) => {
            let text = |name: &str| made.result[name].as_str().unwrap_or_default();
            let published = format!(
                "{} by {}: {}",
                text("published"),
                text("who"),
                made.data.source
            );
            facts[1] = fact("Published", published);
            if !text("note").is_empty() {
                facts.push(fact("Note", text("note").to_owned()));
            }
        }
        (Subject::Curve, _) => {
            facts.insert(1, fact("Run", run(made)));
            facts.push(found(&made.result["findings"]));
        }
        _ => {
            let first = match made.result["series"].as_array() {
                Some(all) => fact("Series", series(all, &made.request)),
                None => fact("Law", law),
            };
            facts.insert(1, first);
            facts.push(status(&made.result));
            facts.extend(grade(&made.result));
        }
    }
    facts.push(fact("Outcome", made.outcome.clone()));
    facts.push(fact("Digest", entry.digest().to_owned()));
    facts
}

/// How many series an entry has, and how many of them have a prediction.
fn series(all: &[Value], request: &Value) -> String {
    let given = all.iter().filter(|one| one["status"] == "ok").count();
    let by = request["by"].as_str().unwrap_or_default();
    let count = all.len();
    format!("{given} of {count} told apart by {by} have predictions")
}

/// The verdict in the result, with the codes of the findings.
fn status(result: &Value) -> Fact {
    if let Some(all) = result["series"].as_array() {
        let trusted = all.iter().filter(|one| {
            let found = one["result"]["diagnoses"].as_array();
            let mut found = found.into_iter().flatten();
            one["status"] == "ok" && found.all(|d| d["severity"] == "note")
        });
        let (trusted, count) = (trusted.count(), all.len());
        let said = format!("nothing was found against {trusted} of {count} series");
        let tone = match trusted == count {
            true => Tone::Good,
            false => Tone::Plain,
        };
        return ("Status".to_owned(), said, tone);
    }
    let text = |name: &str| result[name].as_str().unwrap_or_default().replace('-', " ");
    let found: Vec<&str> = result["diagnoses"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|d| d["severity"] != "note")
        .filter_map(|d| d["code"].as_str())
        .collect();
    let own = format!("{}{}", text("status"), text("verdict"));
    let parts: Vec<String> = std::iter::once(own.to_uppercase())
        .chain(found.iter().map(|code| code.replace('-', " ")))
        .filter(|said| *said != own)
        .collect();
    let tone = match found.is_empty() {
        true => Tone::Good,
        false => Tone::Plain,
    };
    ("Status".to_owned(), parts.join(", "), tone)
}

/// The grade of the last forecast and the reason for it, or the number of series with each grade;
/// `None` if the entry is too old to have one.
fn grade(result: &Value) -> Option<Fact> {
    if let Some(all) = result["series"].as_array() {
        let last = |one: &Value| {
            let result = &one["result"];
            let own = result["forecasts"].as_array();
            let all = own.or_else(|| result["overall"]["forecasts"].as_array())?;
            Some(all.last()?["grade"].clone())
        };
        let counted = ["high", "moderate", "low", "refused"].map(|grade| {
            let of_grade = all
                .iter()
                .filter(|one| last(one).is_some_and(|own| own == grade));
            (of_grade.count(), grade)
        });
        let given = counted.iter().filter(|(count, _)| *count > 0);
        let said: Vec<String> = given
            .map(|(count, grade)| format!("{count} {grade}"))
            .collect();
        return (!said.is_empty()).then(|| fact("Grades", said.join(", ")));
    }
    let own = result["forecasts"].as_array();
    // For pass counts, the forecasts of all problems together.
    let last = own.or_else(|| result["overall"]["forecasts"].as_array())?;
    let last = last.last()?;
    let (grade, because) = (&last["grade"], &last["because"]);
    let tone = super::grade::tone(serde_json::from_value(grade.clone()).ok()?);
    let grade = grade.as_str()?.to_uppercase();
    let because = because.as_str().unwrap_or_default();
    Some(("Grade".to_owned(), format!("{grade}: {because}"), tone))
}

/// The progress of a training run and its end, with its schedule.
fn run(made: &Registration) -> String {
    let number = |name: &str| made.result[name].as_f64().unwrap_or_default();
    let axis = made.result["axis"].as_str().unwrap_or_default();
    let schedule = made.result["schedule"].as_str();
    format!(
        "at {axis} {} of {}{}",
        Said(number("now")),
        Said(number("end")),
        schedule.map_or_else(String::new, |s| format!(", schedule {s}"))
    )
}

/// The findings about a training run.
fn found(findings: &Value) -> Fact {
    let all = findings.as_array().into_iter().flatten();
    let warned = all.filter(|d| d["severity"] != "note");
    let codes: Vec<&str> = warned.filter_map(|d| d["code"].as_str()).collect();
    match codes.is_empty() {
        true => (
            "Status".to_owned(),
            "nothing was found against it".to_owned(),
            Tone::Good,
        ),
        false => fact("Status", codes.join(", ")),
    }
}

/// The largest run used, in the law's variable.
fn largest(made: &Registration) -> String {
    if made.subject == Subject::Curve {
        let axis = made.result["axis"].as_str().unwrap_or_default();
        return format!("{axis} {}", Said(made.data.largest_compute));
    }
    let table = made.request["question"]["forecast"]["table"]["over"].as_str();
    let variable = match table.or(made.request["over"][0].as_str()) {
        Some("params") => Variable::Params,
        Some("tokens") => Variable::Tokens,
        _ => Variable::Compute,
    };
    let value = made.data.largest_compute;
    format!("{}{}", variable.before(), variable.shown(value))
}

/// The predictions with their intervals to quote.
pub(super) fn prediction_table(entry: &Entry) -> Block {
    let rows = entry.registration().predictions.iter().map(|p| {
        vec![
            p.id.clone(),
            with_uncertainty(p.point, spread(p)),
            with_uncertainty(p.law_point.unwrap_or(p.point), spread(p)),
            p.quoted()
                .map_or_else(String::new, |c| bracket(c, spread(p))),
            p.quoted().map_or_else(|| "none".to_owned(), words),
        ]
    });
    let head = ["prediction", "point", "law's own", "interval", ""];
    Block::table(&head, &[0, 3, 4], rows)
}
