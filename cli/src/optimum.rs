//! `scalewise optimum`: where a law of any columns is lowest.

use super::args::OptimumArgs;
use super::input;
use super::outcome::Outcome;
use super::points::grouped;
use super::printer::Printer;
use scalewise::Result;
use scalewise::ask::{AskTable, OptimumRequest};
use scalewise::internal::read_point;

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
