//! Registered predictions, their outcomes, and the list of laws.

use super::{allocate_request, curve, given, is_ours, points, scores};
use crate::answer::{Answer, Made};
use crate::keywords::{Keywords, number, text, usage};
use crate::reading;
use crate::table::Rows;
use crate::value::Value;
use scalewise::Result;
use scalewise::ask::{
    Actual, ExternalForecast, Question, RegisterRequest, ScoreRequest, Stamp, Trust, VerifyRequest,
};
use scalewise::internal::{Laws, Shown, machine, read_document, registered};
use scalewise::ledger::{Entry, Ledger, Time};
use std::path::{Path, PathBuf};

pub fn laws(keys: &mut Keywords) -> Result<Answer> {
    let name = keys.text("name")?;
    keys.done()?;
    Ok(Answer::plain(match name {
        Some(name) => Laws::named(&name)?,
        None => Laws::all(),
    }))
}

fn time(keys: &mut Keywords, name: &str) -> Result<Option<Time>> {
    keys.text(name)?.map(|text| text.parse()).transpose()
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T> {
    value.ok_or_else(|| usage(format!("{name} is missing")))
}

/// A forecast that others published.
fn external(keys: &mut Keywords) -> Result<Answer> {
    let mut text = |name: &str| keys.text(name);
    let (who, source) = (
        needed(text("who")?, "who")?,
        needed(text("source")?, "source")?,
    );
    let published = needed(text("published")?, "published")?;
    let note = text("note")?.unwrap_or_default();
    let forecast = ExternalForecast::default()
        .who(who)
        .source(source)
        .published(published)
        .note(note)
        .compute(needed(keys.positive("at")?, "at")?)
        .point(needed(keys.positive("point")?, "point")?);
    let at = needed(time(keys, "registered_at")?, "registered_at")?;
    keys.done()?;
    let entry = forecast.entry(&Stamp::new(at, machine()))?;
    Ok(of_entry(&entry, Trust::Trustworthy))
}

fn of_entry(entry: &Entry, trust: Trust) -> Answer {
    Answer::made(Made {
        document: registered(entry),
        table: None,
        json: Some(entry.text().to_owned()),
        trust,
        chart: None,
    })
}

pub fn register(table: Option<&Rows>, keys: &mut Keywords) -> Result<Answer> {
    let question = keys.text("question")?;
    if question.as_deref() == Some("external") {
        return match table {
            None => external(keys),
            Some(_) => {
                Err(usage("a forecast of others rests on no table")
                    .with_hint("leave the table out"))
            }
        };
    }
    let source = given(table)?.open()?;
    if is_ours(&source.opening()) {
        return Err(
            usage("a law file does not hold its rows as they are written")
                .with_hint("register the table of runs instead"),
        );
    }
    let outcome = keys.text("outcome")?;
    let at = needed(time(keys, "registered_at")?, "registered_at")?;
    let (question, by) = match question.as_deref() {
        Some("capability") => scores::question(&source, keys)?,
        None | Some("forecast") => {
            let by = reading::columns(keys, "by")?;
            (points::question(keys)?, by)
        }
        Some("allocate") => {
            let by = reading::columns(keys, "by")?;
            (Question::Allocation(allocate_request(keys)?), by)
        }
        Some("curve") => (Question::Curve(curve::request(keys, None)?), None),
        Some(other) => {
            return Err(
                usage(format!("question: '{other}' is not one of the choices")).with_hint(
                    "choose 'forecast', 'capability', 'allocate', 'curve' or 'external'",
                ),
            );
        }
    };
    keys.done()?;
    let mut request = RegisterRequest::new(question);
    if let Some(by) = by {
        request = request.by(by);
    }
    if let Some(outcome) = outcome {
        request = request.outcome(outcome);
    }
    let answer = request.answer(&source, &Stamp::new(at, machine()))?;
    Ok(of_entry(answer.entry(), answer.trust()))
}

/// The entry at the path under the keyword `entry`.
fn entry(keys: &mut Keywords) -> Result<Entry> {
    let name = needed(keys.text("entry")?, "entry")?;
    Entry::read(&read_document(Path::new(&name))?, &name)
}

pub fn verify(table: Option<&Rows>, keys: &mut Keywords) -> Result<Answer> {
    let entry = entry(keys)?;
    keys.done()?;
    let request = VerifyRequest::default().machine(machine());
    let answer = match table {
        Some(table) => request.answer(&entry, &table.open()?)?,
        None => request.alone(&entry),
    };
    Ok(Answer::plain(answer))
}

pub fn score(keys: &mut Keywords) -> Result<Answer> {
    let entry = entry(keys)?;
    let actual = |value: &Value| number("actual", value).map(Actual::new);
    let outcomes: Vec<Actual> = match needed(keys.take("actual"), "actual")? {
        Value::Pairs(pairs) => pairs
            .iter()
            .map(|(id, value)| Ok(actual(value)?.prediction(id.trim())))
            .collect::<Result<_>>()?,
        one => vec![actual(&one)?],
    };
    let after = time(keys, "trained_after")?;
    let at = needed(time(keys, "scored_at")?, "scored_at")?;
    keys.done()?;
    let request = ScoreRequest::default()
        .outcomes(outcomes)
        .trained_after(after);
    let answer = request.of(&entry, at)?;
    Ok(Answer::made(Made {
        document: answer.document(),
        table: Some(answer.table()),
        json: Some(answer.score().text().to_owned()),
        trust: Trust::Trustworthy,
        chart: None,
    }))
}

pub fn ledger(keys: &mut Keywords) -> Result<Answer> {
    let folder = PathBuf::from(text("folder", &needed(keys.take("folder"), "folder")?)?);
    keys.done()?;
    let files = scalewise::internal::entry_files(&folder)?;
    Ok(Answer::of_ledger(Ledger::read(files)))
}
