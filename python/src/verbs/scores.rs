//! `scalewise.capability`, for counts of every problem or scores of every model.

use super::{levels, one_or_many};
use crate::answer::Answer;
use crate::keywords::{Keywords, usage};
use crate::reading;
use crate::table::Rows;
use scalewise::Result;
use scalewise::ask::{Ask, CapabilityAnswer, CapabilityRequest, Question, ScoresRequest};
use scalewise::internal;
use scalewise::progress::Progress;
use scalewise::tables::Source;

/// The keywords for single problems.
pub const OF_PROBLEMS: [&str; 6] = ["rule", "estimator", "buckets", "hardest", "seed", "pass_at"];

/// Whether the table has a score for every model, and not passes for every problem.
pub fn of_scores(source: &Source<'_>, keys: &Keywords) -> Result<bool> {
    if internal::holds_scores(source, &reading::counts(&mut keys.clone())?)? {
        return Ok(true);
    }
    match keys.has("law") {
        false => Ok(false),
        true => Err(
            usage("law is for scores, and the table has counts for every problem")
                .with_hint("leave law out; rule says how counts are used"),
        ),
    }
}

/// The request for scores.
pub fn scores_request(keys: &mut Keywords) -> Result<ScoresRequest> {
    let given = keys.given(&OF_PROBLEMS);
    if !given.is_empty() {
        let message = format!(
            "{} need{} counts for every problem, and the table has one score a model",
            given.join(" and "),
            if given.len() == 1 { "s" } else { "" }
        );
        return Err(usage(message).with_hint("leave them out, or give one row a model and problem"));
    }
    let force = keys.truth("force")?;
    let request = ScoresRequest::default()
        .table(reading::counts(keys)?)
        .chance(keys.number("chance")?)
        .laws(keys.choices("law")?)
        .at(keys.models("at")?)
        .levels(levels(keys)?)
        .force(force);
    Ok(match reading::columns(keys, "by")? {
        Some(by) => request.by(by),
        None => request,
    })
}

fn counts_request(keys: &mut Keywords) -> Result<CapabilityRequest> {
    let force = keys.truth("force")?;
    Ok(CapabilityRequest::default()
        .table(reading::counts(keys)?)
        .problems(reading::problems(keys)?)
        .at(keys.sizes("at")?)
        .levels(levels(keys)?)
        .pass_at(keys.counts("pass_at")?)
        .force(force))
}

pub fn capability(table: &Rows, keys: &mut Keywords, steps: &dyn Progress) -> Result<Answer> {
    let source = table.open()?;
    if of_scores(&source, keys)? {
        let request = scores_request(keys)?;
        keys.done()?;
        let answer = request.watched(&request.read(&source)?, steps)?;
        return Ok(Answer::of_scores(answer));
    }
    let by = reading::columns(keys, "by")?;
    let request = counts_request(keys)?;
    let one = Answer::of_capability;
    one_or_many::<CapabilityAnswer>(&request, table, by.as_deref(), keys, steps, one)
}

/// The question to register, with the columns that name its series.
pub fn question(source: &Source<'_>, keys: &mut Keywords) -> Result<(Question, Option<String>)> {
    if of_scores(source, keys)? {
        return Ok((Question::Scores(scores_request(keys)?), None));
    }
    let by = reading::columns(keys, "by")?;
    Ok((Question::Capability(counts_request(keys)?), by))
}
