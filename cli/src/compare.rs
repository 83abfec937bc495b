//! `scalewise compare`: laws ranked by how they forecast the held-out runs.

use super::advice;
use super::args::CompareArgs;
use super::give::Out;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::Result;
use scalewise::ask::{Ask, AskTable, CompareAnswer, CompareRequest};

pub fn run(args: &CompareArgs, printer: &Printer) -> Result<Outcome> {
    let request = CompareRequest::default()
        .table(args.data.table()?.force(args.data.table.force))
        .laws(&args.laws);
    let source = args.gather.open(&args.input)?;
    if let Some(by) = &args.by {
        return Out::from(&args.result).many::<CompareAnswer>(&request, &source, by, printer);
    }
    let bar = printer.progress("comparing");
    let answer = request.watched(&request.read(&source)?, &bar)?;
    drop(bar);
    let outcome = args.result.give(&answer, printer)?;
    let mut ranked = answer.comparison().ranked.iter();
    if let Some(best) = ranked.find(|c| c.parameters.is_some()) {
        let law = ["--law", best.name.as_str(), "-o", "law.json"];
        printer.next(&advice::going_on("fit", &law));
    }
    Ok(outcome)
}
