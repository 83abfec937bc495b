//! The point at which a law of any columns is lowest.

use super::fitted_law;
use crate::answer::Answer;
use crate::choice::fitting;
use crate::keywords::{Keywords, usage};
use crate::reading;
use crate::table::Rows;
use scalewise::ask::{AskTable, OptimumRequest};
use scalewise::internal::{Cells, read_named, read_point};
use scalewise::progress::Silent;
use scalewise::tables::Source;
use scalewise::{FitResult, Result};

pub fn run(
    table: Option<&Rows>,
    fitted: Option<&FitResult>,
    keys: &mut Keywords,
) -> Result<Answer> {
    let source = table.map(Rows::open).transpose()?;
    let fitted = fitted_law(source.as_ref(), fitted, keys)?;
    let force = keys.truth("force")?;
    let at = keys.points("at")?.unwrap_or_default();
    let mut request = OptimumRequest::default()
        .table(reading::runs(keys)?.force(force))
        .fit(fitting(keys)?)
        .free(keys.texts("free")?)
        .budget(keys.positives("budget")?)
        .force(force);
    if let Some(cost) = keys.text("cost")? {
        request = request.cost(cost);
    }
    if let Some(level) = keys.number("level")? {
        request = request.level(level);
    }
    let (by, then) = (reading::columns(keys, "by")?, keys.texts("then")?);
    keys.done()?;
    if let Some(by) = by {
        return of_cells(request, by, then, &at, source.as_ref());
    }
    if !then.is_empty() {
        return Err(usage("then: a law of the optima needs cells")
            .with_hint("say with by which columns tell the cells apart"));
    }
    let fit = match (fitted, source) {
        (Some(fit), _) => fit,
        (None, Some(source)) => request.fitted(&request.read(&source)?)?,
        (None, None) => return Err(usage("there is neither a table nor a law")),
    };
    let held = request.held(&fit)?;
    let at = at.iter().map(|text| read_point(text, &held));
    let request = request.at(at.collect::<Result<Vec<_>>>()?);
    request.of_fit(fit).map(Answer::of_optimum)
}

/// The optimum of every cell of a sweep, and laws of them.
fn of_cells(
    request: OptimumRequest,
    by: String,
    then: Vec<String>,
    at: &[String],
    source: Option<&Source<'_>>,
) -> Result<Answer> {
    let source = source.ok_or_else(|| usage("by: a law has no cells").with_hint("give a table"))?;
    let points = at.iter().map(|text| read_named(text));
    let points = points.collect::<Result<Vec<_>>>()?;
    // Without a law of the optima, the points give values of held columns for every cell.
    let (held, at) = match then.is_empty() {
        true => (points, Vec::new()),
        false => (Vec::new(), points),
    };
    let each = request.at(held);
    let series = each.read_by(source, &by)?;
    let cells = Cells { each, by, then, at };
    cells.of(series, &Silent).map(Answer::of_cells)
}
