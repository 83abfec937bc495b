//! The end of a training run.

use super::levels;
use crate::answer::Answer;
use crate::keywords::{Keywords, usage};
use crate::table::{Rows, TEXT};
use scalewise::ask::{CurveRequest, LogTable};
use scalewise::internal::{read_beside, read_document};
use scalewise::{Error, ErrorKind, Result};
use std::path::Path;

/// Sets the name of a column.
type Name = fn(LogTable, String) -> LogTable;

pub fn run(table: &Rows, keys: &mut Keywords) -> Result<Answer> {
    let mut request = CurveRequest::default()
        .levels(levels(keys)?)
        .skip_until(keys.number("skip_until")?)
        .laws(keys.choices("law")?)
        .force(keys.truth("force")?);
    match keys.positive("end")? {
        Some(end) => request = request.end(end),
        None => {
            return Err(usage("end says where the run will end").with_hint("give its last step"));
        }
    }
    if let Some(schedule) = keys.text("schedule")? {
        request = request.schedule(schedule);
    }
    if let Some(rates) = keys.text("rates")? {
        request = request.rates(match rates.strip_prefix(TEXT) {
            Some(text) => text.to_owned(),
            None => utf8(read_beside(Path::new(&rates))?, &rates)?,
        });
    }
    if let Some(prior) = keys.text("prior")? {
        request = request.prior(utf8(read_document(Path::new(&prior))?, &prior)?);
    }
    request = request.log(log(keys)?);
    keys.done()?;
    request.answer(&table.open()?).map(Answer::of_curve)
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
