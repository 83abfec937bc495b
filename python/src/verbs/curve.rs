//! The end of a training run.

use super::levels;
use crate::answer::Answer;
use crate::keywords::{Keywords, usage};
use crate::reading;
use crate::table::{Rows, TEXT};
use scalewise::ask::{CurveRequest, LogTable, RecipeRequest, SchedulesRequest};
use scalewise::internal::{read_beside, read_document};
use scalewise::{Error, ErrorKind, Result};
use std::path::Path;

/// Sets the name of a column.
type Name = fn(LogTable, String) -> LogTable;

/// The request.
pub fn request(keys: &mut Keywords, by: Option<&str>) -> Result<CurveRequest> {
    let mut request = CurveRequest::default()
        .levels(levels(keys)?)
        .skip_until(keys.number("skip_until")?)
        .laws(keys.choices("law")?)
        .force(keys.truth("force")?);
    let (end, column) = (keys.positive("end")?, keys.text("end_col")?);
    match (end, &column) {
        (Some(end), None) => request = request.end(end),
        (None, Some(_)) => {}
        (Some(_), Some(_)) => return Err(usage("end and end_col both say where the run ends")),
        (None, None) => {
            return Err(usage("end says where the run will end")
                .with_hint("give its last step, or the column that has it as end_col"));
        }
    }
    if let Some(schedule) = keys.text("schedule")? {
        request = request.schedule(schedule);
    }
    if let Some(rates) = rates(keys)? {
        request = request.rates(rates);
    }
    if let Some((prior, _)) = recipe(keys, "prior")? {
        request = request.prior(prior);
    }
    let log = log(keys)?;
    let log = match column {
        Some(column) => log.end(column),
        None => log,
    };
    let log = match keys.text("trunk_col")? {
        Some(_) if by.is_none() => {
            return Err(usage("trunk_col is for several runs").with_hint("name their column as by"));
        }
        Some(column) => log.trunk(column),
        None => log,
    };
    Ok(request.log(match by {
        Some(by) => log.by(by),
        None => log,
    }))
}

pub fn run(table: &Rows, keys: &mut Keywords) -> Result<Answer> {
    let by = reading::columns(keys, "by")?;
    let request = request(keys, by.as_deref())?;
    keys.done()?;
    if by.is_some() {
        return request.answer_all(&table.open()?).map(Answer::plain);
    }
    request.answer(&table.open()?).map(Answer::of_curve)
}

/// Learns a recipe from complete runs.
pub fn fit(tables: &[&Rows], keys: &mut Keywords) -> Result<Answer> {
    let mut request = RecipeRequest::default();
    if let Some(schedule) = keys.text("schedule")? {
        request = request.schedule(schedule);
    }
    if let Some(rates) = rates(keys)? {
        request = request.rates(rates);
    }
    let by = reading::columns(keys, "by")?;
    let how = log(keys)?;
    keys.done()?;
    let mut logs = Vec::new();
    for table in tables {
        let source = table.open()?;
        match &by {
            Some(by) => logs.extend(how.clone().by(by).read_all(&source)?),
            None => logs.push(how.read(&source)?),
        }
    }
    request.log(how).of(&logs).map(Answer::of_recipe)
}

/// The forecasts of a recipe for one or several schedules.
pub fn schedules(keys: &mut Keywords) -> Result<Answer> {
    let Some((recipe, name)) = recipe(keys, "recipe")? else {
        return Err(usage("recipe is missing"));
    };
    let end = keys.positive("end")?;
    let end = end.ok_or_else(|| usage("end says where the runs end").with_hint("give a step"))?;
    let request = SchedulesRequest::default()
        .end(end)
        .schedules(keys.texts("schedule")?)
        .levels(levels(keys)?);
    keys.done()?;
    request.of_named(&recipe, &name).map(Answer::of_schedules)
}

/// Learning rates by step: a table in memory, or the path of one.
fn rates(keys: &mut Keywords) -> Result<Option<String>> {
    let Some(rates) = keys.text("rates")? else {
        return Ok(None);
    };
    match rates.strip_prefix(TEXT) {
        Some(text) => Ok(Some(text.to_owned())),
        None => utf8(read_beside(Path::new(&rates))?, &rates).map(Some),
    }
}

/// The text of a recipe and its name: the path of one, or the document itself.
fn recipe(keys: &mut Keywords, name: &str) -> Result<Option<(String, String)>> {
    let Some(given) = keys.text(name)? else {
        return Ok(None);
    };
    if given.starts_with('{') {
        return Ok(Some((given, format!("the {name}"))));
    }
    let text = utf8(read_document(Path::new(&given))?, &given)?;
    Ok(Some((text, given)))
}

/// How the log is read.
fn log(keys: &mut Keywords) -> Result<LogTable> {
    let mut log = LogTable::default()
        .conditions(keys.texts("where")?)
        .exclude(keys.texts("exclude")?)
        .axis(keys.choice("x")?);
    let columns: [(&str, Name); 5] = [
        ("step_col", LogTable::step),
        ("tokens_col", LogTable::tokens),
        ("loss_col", LogTable::loss),
        ("lr_col", LogTable::lr),
        ("decimal", LogTable::decimal),
    ];
    for (name, set) in columns {
        if let Some(text) = keys.text(name)? {
            log = set(log, text);
        }
    }
    Ok(log)
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::Data, "it is not UTF-8").at(name, None, None))
}
