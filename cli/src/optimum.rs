//! `scalewise optimum`: the point at which a law of any columns is lowest.

use super::args::OptimumArgs;
use super::input;
use super::outcome::Outcome;
use super::printer::Printer;
use super::typed_points::{grouped, read};
use scalewise::Result;
use scalewise::ask::{AskTable, OptimumRequest};
use scalewise::internal::{Cells, read_point};
use scalewise::tables::Source;

pub fn run(args: &OptimumArgs, printer: &Printer) -> Result<Outcome> {
    let mut request = OptimumRequest::default()
        .table(args.data.table()?)
        .fit(args.fit.choice()?)
        .free(args.free.clone())
        .budget(input::positives("--budget", &args.budget)?)
        .level(args.level)
        .force(args.data.table.force);
    if let Some(cost) = &args.cost {
        request = request.cost(cost.clone());
    }
    let source = args.gather.open(&args.input)?;
    if let Some(by) = &args.by {
        return of_cells(args, request, by, &source, printer);
    }
    let fitted = input::law_file(&source, &args.fit, &args.data, None, printer)?;
    let fit = match fitted {
        Some(fit) => fit,
        None => request.fitted(&request.read(&source)?)?,
    };
    let held = request.held(&fit)?;
    let points = grouped(&args.at);
    let points = points.iter().map(|text| read_point(text, &held));
    let request = request.at(points.collect::<Result<Vec<_>>>()?);
    let answer = request.of_fit(fit)?;
    args.result.give(&answer, printer)
}

/// The optimum of every cell of a sweep, and laws of these optima.
fn of_cells(
    args: &OptimumArgs,
    request: OptimumRequest,
    by: &str,
    source: &Source<'_>,
    printer: &Printer,
) -> Result<Outcome> {
    let held = if args.then.is_empty() {
        read(&args.at)?
    } else {
        Vec::new()
    };
    let request = request.at(held);
    let series = request.read_by(source, by)?;
    let cells = Cells {
        each: request,
        by: by.to_owned(),
        then: args.then.clone(),
        at: if args.then.is_empty() {
            Vec::new()
        } else {
            read(&args.at)?
        },
    };
    let bar = printer.progress("fitting");
    let answer = cells.of(series, &bar)?;
    drop(bar);
    args.result.give(&answer, printer)
}
