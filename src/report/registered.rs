//! Registered forecasts and their outcomes in words.

use super::answer::Answer;
use super::document::{Block, Document, Tone};
use super::fit::fact;
use crate::ask::{ScoreAnswer, Trust, VerifyAnswer};
use crate::csv_text::CsvText;
use crate::ledger::{
    Advance, Agreement, Claim, Entry, Judged, Prediction, Registration, Score, Scored, TOLERANCE,
};
use crate::number::{digits, percent, with_uncertainty};
use crate::runs::Variable;
use crate::said::Said;
use crate::text::excerpt;
use serde::{Serialize, Serializer};

/// What `register` prints.
#[must_use]
pub fn registered(entry: &Entry) -> Document {
    Document {
        blocks: vec![Block::Facts(facts(entry)), prediction_table(entry)],
    }
}

fn facts(entry: &Entry) -> Vec<(String, String, Tone)> {
    let made = entry.registration();
    let law = match (&made.result["law"], &made.result["formula"]) {
        (name, formula) if formula.is_string() => format!(
            "{}{}",
            formula.as_str().unwrap_or_default(),
            name.as_str()
                .map_or_else(String::new, |n| format!("   ({n})"))
        ),
        (name, _) => name.as_str().unwrap_or_default().to_owned(),
    };
    vec![
        fact(
            "Registered",
            format!(
                "{}, {}, by {}",
                made.subject.name(),
                made.registered_at,
                made.made_by
            ),
        ),
        match made.result["series"].as_array() {
            Some(all) => fact("Series", series(all, &made.request)),
            None => fact("Law", law),
        },
        fact(
            "Data",
            format!(
                "{}: {} rows used, up to {}",
                made.data.source,
                made.data.rows,
                largest(made)
            ),
        ),
        status(&made.result),
        fact("Outcome", made.outcome.clone()),
        fact("Digest", entry.digest().to_owned()),
    ]
}

/// How many series an entry is about, and how many of them have a prediction.
fn series(all: &[serde_json::Value], request: &serde_json::Value) -> String {
    let given = all.iter().filter(|one| one["status"] == "ok").count();
    let by = request["by"].as_str().unwrap_or_default();
    let count = all.len();
    format!("{given} of {count} told apart by {by} have predictions")
}

/// The verdict in the result, with the codes of what was found.
fn status(result: &serde_json::Value) -> (String, String, Tone) {
    if let Some(all) = result["series"].as_array() {
        let trusted = all.iter().filter(|one| {
            let found = one["result"]["diagnoses"].as_array();
            let mut found = found.into_iter().flatten();
            one["status"] == "ok" && found.all(|d| d["severity"] == "note")
        });
        let (trusted, count) = (trusted.count(), all.len());
        let tone = match trusted == count {
            true => Tone::Good,
            false => Tone::Bad,
        };
        let said = format!("nothing was found against {trusted} of {count} series");
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
    let mut said = format!("{}{}", text("status"), text("verdict")).to_uppercase();
    if result["trustworthy"] == false {
        said += ", NOT TRUSTWORTHY";
    }
    if !found.is_empty() {
        said += &format!(": {}", found.join(", "));
    }
    let tone = if found.is_empty() {
        Tone::Good
    } else {
        Tone::Bad
    };
    ("Status".to_owned(), said, tone)
}

/// The largest run used, in what the law is a law of.
fn largest(made: &Registration) -> String {
    let table = made.request["question"]["forecast"]["table"]["over"].as_str();
    let variable = match table.or(made.request["over"][0].as_str()) {
        Some("params") => Variable::Params,
        Some("tokens") => Variable::Tokens,
        _ => Variable::Compute,
    };
    let value = made.data.largest_compute;
    format!("{}{}", variable.before(), variable.shown(value))
}

fn prediction_table(entry: &Entry) -> Block {
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
    table(
        &["prediction", "point", "law's own", "interval", ""],
        &[0, 3, 4],
        rows.collect(),
    )
}

/// A value, cut where it is no number or sentence but a whole table.
fn short(value: &str) -> String {
    match value.len() > 300 {
        true => excerpt(value),
        false => value.to_owned(),
    }
}

/// A quarter of the interval to quote, for the digits.
fn spread(prediction: &Prediction) -> Option<f64> {
    let claim = prediction.quoted()?;
    Some(0.25 * (claim.upper? - claim.lower?))
}

/// `90% calibrated prediction interval`.
pub(super) fn words(claim: &Claim) -> String {
    format!(
        "{} {} {} interval{}",
        percent(claim.level),
        claim.method,
        claim.kind.name(),
        about(claim)
    )
}

fn about(claim: &Claim) -> String {
    let about = claim.about.as_deref();
    about.map_or_else(String::new, |a| format!(", {}", a.replace('-', " ")))
}

fn bracket(claim: &Claim, spread: Option<f64>) -> String {
    let end =
        |v: Option<f64>| v.map_or_else(|| "no limit".to_owned(), |v| with_uncertainty(v, spread));
    format!("[{}, {}]", end(claim.lower), end(claim.upper))
}

pub(super) fn table(head: &[&str], text: &[usize], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        head: head.iter().map(|h| (*h).to_owned()).collect(),
        text: (0..head.len()).map(|k| text.contains(&k)).collect(),
        rows,
    }
}

/// What is said of a verification.
#[derive(Serialize)]
struct Verified<'a> {
    /// The entry's digest.
    digest: &'a str,
    /// Whether this program on this machine made it; absent where the forecast was not derived again.
    same_program: Option<bool>,
    /// Rows of the table that would be used today and were not registered; absent without the data.
    joined: Option<usize>,
    /// How the forecast that was derived again compares; absent without the data.
    agreement: Option<Agreed<'a>>,
}

impl Serialize for VerifyAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Verified {
            digest: self.entry.digest(),
            same_program: self.agreement.is_some().then_some(self.same_program),
            joined: self.joined,
            agreement: self.agreement.as_ref().map(agreed),
        }
        .serialize(serializer)
    }
}

impl Answer for VerifyAnswer {
    fn document(&self) -> Document {
        verified(self)
    }

    /// One row: what was found.
    fn table(&self) -> String {
        let mut table = CsvText::under(&["digest", "same_program", "joined", "agreement"]);
        let agreement = self.agreement.as_ref().map(|agreement| match agreement {
            Agreement::Identical => "identical",
            Agreement::Within { .. } => "within-tolerance",
            Agreement::Different { .. } => "method-changed",
        });
        let same = self.agreement.is_some().then_some(self.same_program);
        table.row((self.entry.digest(), same, self.joined, agreement));
        table.into_text()
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "bytes")]
enum Agreed<'a> {
    Identical,
    WithinTolerance {
        largest: f64,
        at: &'a str,
    },
    MethodChanged {
        at: &'a str,
        registered: &'a str,
        now: &'a str,
    },
}

fn agreed(agreement: &Agreement) -> Agreed<'_> {
    match agreement {
        Agreement::Identical => Agreed::Identical,
        Agreement::Within { largest, at } => Agreed::WithinTolerance {
            largest: *largest,
            at,
        },
        Agreement::Different {
            at,
            registered,
            now,
        } => Agreed::MethodChanged {
            at,
            registered,
            now,
        },
    }
}

fn verified(found: &VerifyAnswer) -> Document {
    let entry = &found.entry;
    let made = entry.registration();
    let good = |name: &str, text: String| (name.to_owned(), text, Tone::Good);
    let mut all = facts(entry);
    all.push(good(
        "Entry",
        "INTACT: its bytes have the digest it carries".to_owned(),
    ));
    match &found.agreement {
        None => {
            all.push(fact("Data", "not looked at: give the table as well"));
        }
        Some(agreement) => {
            all.push(good(
                "Data",
                format!(
                    "UNCHANGED: all {} used rows are as they were{}",
                    made.data.rows,
                    match found.joined {
                        None | Some(0) => String::new(),
                        Some(more) => format!("; {more} more would be used today"),
                    }
                ),
            ));
            let (text, tone) = match agreement {
                Agreement::Identical => (
                    format!(
                        "DERIVED AGAIN: identical bytes, by {}",
                        if found.same_program {
                            "the same version on the same instruction set".to_owned()
                        } else {
                            format!(
                                "another program or machine than {} on {}",
                                made.made_by, made.machine
                            )
                        }
                    ),
                    Tone::Good,
                ),
                Agreement::Within { largest, at } => (
                    format!(
                        "DERIVED AGAIN: not the same bytes, but every number within {TOLERANCE:e} (the largest relative difference is {:.1e}, at {at}); it was made by {} on {}",
                        Said(*largest),
                        made.made_by,
                        made.machine
                    ),
                    Tone::Good,
                ),
                Agreement::Different {
                    at,
                    registered,
                    now,
                } => (
                    format!(
                        "THE METHOD HAS CHANGED SINCE: {at} was registered by {} as {}, and is {} by {}; what was registered stands",
                        made.made_by,
                        short(registered),
                        short(now),
                        concat!("scalewise ", env!("CARGO_PKG_VERSION")),
                    ),
                    Tone::Plain,
                ),
            };
            all.push(("Forecast".to_owned(), text, tone));
        }
    }
    Document {
        blocks: vec![Block::Facts(all), prediction_table(entry)],
    }
}

impl Answer for ScoreAnswer {
    fn document(&self) -> Document {
        scored(&self.entry, &self.score)
    }

    fn table(&self) -> String {
        score_csv(&self.score)
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }

    /// The score itself, with its seal.
    fn json(&self) -> crate::Result<String> {
        Ok(self.score.text().to_owned())
    }
}

/// What is said of an entry and its outcome.
#[must_use]
pub fn scored(entry: &Entry, score: &Score) -> Document {
    let mut all = facts(entry);
    all.push(fact("Scored", score.scored_at.to_string()));
    all.push(advance(score));
    let mut blocks = vec![Block::Facts(all)];
    let predictions = &entry.registration().predictions;
    for scored in &score.scores {
        let prediction = predictions.iter().find(|p| p.id == scored.id);
        blocks.extend(outcome(scored, prediction.and_then(spread)));
    }
    let open = predictions.len().saturating_sub(score.scores.len());
    if open > 0 {
        blocks.push(Block::Text(format!(
            "Predictions of this entry without an outcome here: {open}."
        )));
    }
    Document { blocks }
}

fn advance(score: &Score) -> (String, String, Tone) {
    let said = score
        .trained_after
        .map_or_else(String::new, |t| t.to_string());
    let (text, tone) = match score.in_advance {
        Advance::Yes => (
            format!("yes: the training ended after {said}, which is not before the registration"),
            Tone::Good,
        ),
        Advance::No => (
            format!(
                "NO: only known to have ended after {said}, which is before the registration; a ledger does not count it"
            ),
            Tone::Bad,
        ),
        Advance::NotStated => (
            "not stated; to count in a ledger, say when the training had not ended yet".to_owned(),
            Tone::Plain,
        ),
    };
    ("In advance".to_owned(), text, tone)
}

fn outcome(scored: &Scored, spread: Option<f64>) -> [Block; 2] {
    let mut facts = vec![
        fact("Prediction", scored.id.clone()),
        fact(
            "Actual",
            format!(
                "{}; the forecast {} is off by {}{}",
                with_uncertainty(scored.actual, spread),
                with_uncertainty(scored.point, spread),
                off(scored.error),
                scored
                    .z
                    .map_or_else(String::new, |z| format!(", z = {:+.2}", Said(z))),
            ),
        ),
    ];
    if let Some(error) = scored.law_error {
        let own = with_uncertainty(scored.actual * error.exp(), spread);
        facts.push(fact("Law's own", format!("{own}, off by {}", off(error))));
    }
    let rows = scored.intervals.iter().map(|j| {
        vec![
            format!("{}{}", j.claim.method, about(&j.claim)),
            j.claim.kind.name().to_owned(),
            percent(j.claim.level),
            bracket(&j.claim, spread),
            if j.inside { "inside" } else { "OUTSIDE" }.to_owned(),
            digits(j.interval_score, 3),
        ]
    });
    let head = [
        "method",
        "kind",
        "level",
        "interval",
        "actual",
        "interval score",
    ];
    [
        Block::Facts(facts),
        table(&head, &[0, 1, 3, 4], rows.collect()),
    ]
}

/// An error of logarithms as a share: +2.1 %.
pub(super) fn off(error: f64) -> String {
    format!("{:+.1} %", Said(error.exp_m1() * 100.0))
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    point: f64,
    actual: f64,
    error: f64,
    z: Option<f64>,
    level: Option<f64>,
    kind: Option<crate::interval::Kind>,
    method: Option<&'a str>,
    about: Option<&'a str>,
    lower: Option<f64>,
    upper: Option<f64>,
    inside: Option<bool>,
    interval_score: Option<f64>,
}

/// A score as CSV, one row a prediction and interval, at full precision; a prediction without an
/// interval has a row of its own.
fn score_csv(score: &Score) -> String {
    let mut table = CsvText::new();
    for scored in &score.scores {
        let mut write = |judged: Option<&Judged>| {
            let claim = judged.map(|j| &j.claim);
            table.row(Row {
                id: &scored.id,
                point: scored.point,
                actual: scored.actual,
                error: scored.error,
                z: scored.z,
                level: claim.map(|c| c.level),
                kind: claim.map(|c| c.kind),
                method: claim.map(|c| c.method.as_str()),
                about: claim.and_then(|c| c.about.as_deref()),
                lower: claim.and_then(|c| c.lower),
                upper: claim.and_then(|c| c.upper),
                inside: judged.map(|j| j.inside),
                interval_score: judged.map(|j| j.interval_score),
            });
        };
        if scored.intervals.is_empty() {
            write(None);
        }
        scored
            .intervals
            .iter()
            .for_each(|judged| write(Some(judged)));
    }
    table.into_text()
}
