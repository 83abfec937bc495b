//! `scalewise compare`: laws ranked by how they forecast the runs that were held out.

use super::args::{CompareArgs, Format};
use super::check::json;
use super::printer::Printer;
use super::{Outcome, input};
use crate::backtest::compare_watched;
use crate::error::Result;
use crate::law::{self, Input, Law};
use crate::report;
use crate::runs::Dataset;
use crate::tables::Source;

pub fn run(args: &CompareArgs, printer: &Printer) -> Result<Outcome> {
    let laws = laws(&args.laws)?;
    let options = args.data.options(None)?;
    let bar = printer.progress("comparing");
    let source = args.input.to_string_lossy();
    let data = Dataset::from_source(&Source::open(&args.input)?, &options)?;
    let comparison = compare_watched(&data, &laws, &bar)?;
    drop(bar);
    let text = match args.format {
        Format::Text => report::comparison(&data, &comparison).to_text(true),
        Format::Markdown => report::comparison(&data, &comparison).to_markdown(),
        Format::Csv => report::comparison_csv(&comparison),
        Format::Json => json(&comparison)?,
    };
    let outcome = printer.out(&text)?;
    if let Some(best) = comparison.ranked.iter().find(|c| c.parameters.is_some()) {
        printer.next(&format!(
            "scalewise fit {source} --law {} -o law.json",
            best.name
        ));
    }
    Ok(outcome)
}

fn laws(names: &[String]) -> Result<Vec<&'static dyn Law>> {
    let of_compute = |law: &&'static dyn Law| law.inputs() == [Input::Compute];
    if names.is_empty() {
        return Ok(law::all().iter().copied().filter(of_compute).collect());
    }
    input::each_once(names.iter().map(|name| name.trim()), |a, b| a == b)
        .into_iter()
        .map(|name| {
            let law = input::law_named(name)?;
            if of_compute(&law) {
                return Ok(law);
            }
            Err(input::usage(format!(
                "law '{name}' is not a function of compute alone"
            )))
        })
        .collect()
}
