//! Compares recipes.

use super::{is_ours, levels};
use crate::answer::Answer;
use crate::choice::fitting;
use crate::keywords::{Keywords, text, usage, wrong};
use crate::reading;
use crate::table::Rows;
use crate::value::Value;
use scalewise::ask::{Ask, LawChoice, VersusRequest};
use scalewise::internal::read_document;
use scalewise::progress::Progress;
use scalewise::tables::Source;
use scalewise::{FitResult, Result};
use std::path::Path;

pub fn run(tables: &[&Rows], keys: &mut Keywords, steps: &dyn Progress) -> Result<Answer> {
    let by = reading::columns(keys, "by")?;
    let force = keys.truth("force")?;
    let earlier = keys.take("law_from");
    if earlier.is_some() {
        let given = keys.given(&["law", "fix", "bound", "prior"]);
        if !given.is_empty() {
            let message = format!("law_from and {} both say what holds", given.join(", "));
            return Err(usage(message)
                .with_hint("prior=law gives the earlier law an error; law_from has none"));
        }
    }
    let choice = fitting(keys)?;
    let choice = match earlier {
        Some(earlier) => held(choice, &earlier)?,
        None => choice,
    };
    let mut request = VersusRequest::default()
        .fit(choice)
        .at(keys.sizes("at")?)
        .params(keys.positives("params")?)
        .tokens(keys.positives("tokens")?)
        .levels(levels(keys)?)
        .seed_sd(keys.number("seed_sd")?)
        .unpaired(keys.truth("unpaired")?)
        .power(keys.truth("power")?)
        .force(force);
    if let Some(flops) = keys.text("flops")? {
        request = request.flops(flops);
    }
    if let Some(base) = keys.text("base")? {
        request = request.base(base);
    }
    if let Some(pair) = keys.text("pair_col")? {
        request = request.pair(pair);
    }
    let methods = keys.choices("method")?;
    if !methods.is_empty() {
        request = request.methods(methods);
    }
    if let Some(replicates) = keys.count("replicates")? {
        request = request.replicates(replicates);
    }
    if let Some(seed) = keys.count("seed")? {
        request = request.seed(seed);
    }
    request = request.table(reading::runs(keys)?.force(force));
    keys.done()?;
    if let Some(by) = by {
        request = request.by(by);
    }
    let sources = tables.iter().map(|table| table.open());
    let sources: Vec<Source<'_>> = sources.collect::<Result<_>>()?;
    if let Some(law) = sources.iter().find(|source| is_ours(&source.opening())) {
        return Err(usage(format!("{} is no table of runs", law.name()))
            .with_hint("give the table that the law was fitted to"));
    }
    let recipes = request.read(&sources)?;
    request.watched(&recipes, steps).map(Answer::of_versus)
}

/// The choice with the exponent and the floor of an earlier law fixed.
fn held(choice: LawChoice, earlier: &Value) -> Result<LawChoice> {
    let from_file = |path: &str| {
        let bytes = read_document(Path::new(path))?;
        FitResult::from_json(&String::from_utf8_lossy(&bytes), path)
    };
    match earlier {
        Value::Law(fit) => choice.held_as_in(fit),
        Value::Text(_) => choice.held_as_in(&from_file(&text("law_from", earlier)?)?),
        other => Err(wrong("law_from", other, "a law or the path of a law file")),
    }
}
