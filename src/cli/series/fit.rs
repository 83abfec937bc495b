//! `scalewise fit --by COLUMN`: a law for every series.

use super::super::args::FitVerbArgs;
use super::super::fit::outcome;
use super::super::printer::Printer;
use super::{Many, Outcome, for_one_series};
use crate::error::Result;
use crate::report::{OfFit, fits_csv, fits_table};

pub fn run(args: &FitVerbArgs, by: &str, printer: &Printer) -> Result<Outcome> {
    for_one_series(
        by,
        &[
            (args.exhaustive, "--exhaustive"),
            (args.verbose, "--verbose"),
            (args.force, "--force"),
        ],
    )?;
    let law = args.fit.law()?;
    let options = args.data.options(Some(law))?;
    let fit = args.fit.fit()?.level(args.level);
    let source = args.input.to_string_lossy();
    let many = Many::new("fit", by, args.format, args.output.as_deref(), printer)?;
    let series = many.runs(&args.input, options)?;
    let pieces = many.each(series, |key, data| {
        let result = fit.run(&data)?;
        let against = result
            .refusal()
            .map(|d| (d.code.clone(), d.message.clone()));
        let document = result.document();
        many.piece(
            key,
            OfFit::new(&result),
            against,
            outcome(&result),
            &document,
        )
    })?;
    many.finish(pieces, fits_csv, |all| fits_table(&source, law, all))
}
