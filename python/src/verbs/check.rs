//! How a table is understood.

use crate::answer::{Answer, Made};
use crate::keywords::{Keywords, usage};
use crate::reading::{self, OF_COUNTS, OF_RUNS};
use crate::table::Rows;
use scalewise::Result;
use scalewise::ask::{AskTable, CapabilityRequest, FitRequest, RunTable, Trust};
use scalewise::internal::{CountsUnderstood, SeriesUnderstood, Shown, findings, holds_counts};
use scalewise::tables::{read_counts, read_source};

pub fn run(table: &Rows, keys: &mut Keywords) -> Result<Answer> {
    let source = table.open()?;
    let of_runs = keys.given(&OF_RUNS);
    let of_counts = !keys.given(&OF_COUNTS).is_empty();
    let force = keys.truth("force")?;
    let by = reading::columns(keys, "by")?;
    if of_counts || (of_runs.is_empty() && holds_counts(&source.opening())) {
        if !of_runs.is_empty() {
            let message = format!("{} say nothing about pass counts", of_runs.join(", "));
            return Err(usage(message)
                .with_hint("leave them out, or name the column of the losses with loss_col"));
        }
        let choice = reading::counts(keys)?;
        keys.done()?;
        if let Some(by) = &by {
            let request = CapabilityRequest::default().table(choice);
            let series = request.read_any_by(&source, by)?;
            return of_series(&SeriesUnderstood::of_counts((source.name(), by), &series));
        }
        let options = choice.options()?;
        let table = read_counts(&source.read()?, source.name(), &options)?;
        let answer = made(&CountsUnderstood::of(&table))?;
        CapabilityRequest::default().force(force).usable(table)?;
        return Ok(answer);
    }
    let choice = reading::runs(keys)?;
    keys.done()?;
    if let Some(by) = &by {
        let request = FitRequest::default().table(choice);
        let series = request.read_any_by(&source, by)?;
        return of_series(&SeriesUnderstood::of_runs((source.name(), by), &series));
    }
    let (data, understanding) = read_source(&source, &choice.options(None)?)?;
    let answer = made(&understanding.with_findings(findings(&data)))?;
    let request = FitRequest::default().table(RunTable::default().force(force));
    request.usable(data)?;
    Ok(answer)
}

/// The series, or an error if none of them can be used.
fn of_series(series: &SeriesUnderstood) -> Result<Answer> {
    series.usable()?;
    made(series)
}

fn made(shown: &impl Shown) -> Result<Answer> {
    Ok(Answer::made(Made {
        document: shown.document(),
        table: Some(shown.table()),
        json: Some(shown.json()?),
        trust: Trust::Trustworthy,
        chart: None,
    }))
}
