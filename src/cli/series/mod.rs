//! `--by COLUMN`: a verb for every series of a table, side by side, in one table or document.

pub mod backtest;
pub mod capability;
pub mod fit;
pub mod forecast;

use super::args::Format;
use super::check::json;
use super::printer::Printer;
use super::save::{check_table, emit_table};
use super::{Outcome, input};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::report::{Document, OfSeries, SeriesJson};
use crate::tables::{ReadOptions, Series, Source, series_of};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::path::Path;

/// The code of a series whose rows give nothing at all.
const NO_FIT: &str = "no-fit";
/// Warnings of one kind on standard error; the result holds them all.
const SAID: usize = 10;

/// What is done with every series, and where the result goes.
pub struct Many<'a> {
    verb: &'static str,
    by: &'a str,
    format: Format,
    output: Option<&'a Path>,
    printer: &'a Printer,
}

/// What was made of one series.
pub struct Piece<R> {
    pub of: OfSeries<R>,
    /// What `--format json` prints of it, if that was asked for.
    json: Option<Box<RawValue>>,
    outcome: Outcome,
}

impl<R> Piece<R> {
    /// A series that gives nothing, and why.
    fn without(series: String, code: &str, reason: String) -> Piece<R> {
        Piece {
            of: OfSeries {
                series,
                code: Some(code.to_owned()),
                reason,
                result: None,
            },
            json: None,
            outcome: Outcome::Refused,
        }
    }
}

/// A finding against a series: its code, and the same in words.
pub type Against = Option<(String, String)>;

impl<'a> Many<'a> {
    /// A verb for the series that `by` names.
    ///
    /// # Errors
    /// As for [`check_table`]: before the work, not after it.
    pub fn new(
        verb: &'static str,
        by: &'a str,
        format: Format,
        output: Option<&'a Path>,
        printer: &'a Printer,
    ) -> Result<Many<'a>> {
        check_table(output, format)?;
        Ok(Many {
            verb,
            by,
            format,
            output,
            printer,
        })
    }

    /// The runs of every series of a table.
    pub fn runs(&self, table: &Path, mut options: ReadOptions) -> Result<Vec<Series>> {
        let _bar = self.printer.progress("reading");
        options.by = Some(self.by.to_owned());
        let series = series_of(&Source::open(table)?, &options)?;
        self.say_excluded(&series);
        Ok(series)
    }

    /// Rows that are left out: how many of which series, and where the first is.
    fn say_excluded(&self, series: &[Series]) {
        let some = series.iter().filter_map(|s| {
            let rows = &s.data.as_ref().ok()?.excluded;
            Some((&s.key, rows.len(), rows.first()?))
        });
        let said = some.map(|(key, count, first)| {
            let (rows, the_first) = match count {
                1 => ("one row".to_owned(), ""),
                _ => (format!("{count} rows"), "the first "),
            };
            format!(
                "series '{key}': {rows} left out, {the_first}on line {}: {}",
                first.line, first.reason
            )
        });
        self.say(
            "more series have rows left out: --format json lists them",
            said,
        );
    }

    /// What was made of a series: with a finding that forbids it, or `ok`.
    pub fn piece<R>(
        &self,
        series: &str,
        result: R,
        against: Against,
        outcome: Outcome,
        document: &impl Serialize,
    ) -> Result<Piece<R>> {
        let (code, reason) = against.unzip();
        let json = match self.format {
            Format::Json => Some(to_raw_value(document).map_err(|e| {
                Error::new(
                    ErrorKind::Io,
                    format!("the result cannot be written as JSON: {e}"),
                )
            })?),
            _ => None,
        };
        Ok(Piece {
            of: OfSeries {
                series: series.to_owned(),
                code,
                reason: reason.unwrap_or_default(),
                result: Some(result),
            },
            json,
            outcome,
        })
    }

    /// Applies `make` to every series on all cores; the order is that of the series. A series that fails is a piece too: only
    /// what would be wrong for any of them ends the run.
    pub fn each<T: Send, R: Send>(
        &self,
        series: Vec<Series<T>>,
        make: impl Fn(&str, T) -> Result<Piece<R>> + Sync,
    ) -> Result<Vec<Piece<R>>> {
        let bar = self.printer.progress(self.verb);
        bar.expect(series.len());
        let made: Vec<(String, Result<Piece<R>>)> = series
            .into_par_iter()
            .map(|s| {
                let piece = s.data.and_then(|data| make(&s.key, data));
                bar.step();
                (s.key, piece)
            })
            .collect();
        drop(bar);
        let pieces = made.into_iter().map(|(series, piece)| match piece {
            Err(e) if matches!(e.kind(), ErrorKind::Usage | ErrorKind::Io) => {
                let named = Error::new(e.kind(), format!("series '{series}': {e}"));
                Err(match e.hint() {
                    Some(hint) => named.with_hint(hint),
                    None => named,
                })
            }
            Err(e) => Ok(Piece::without(series, NO_FIT, e.to_string())),
            Ok(piece) => Ok(piece),
        });
        pieces.collect()
    }

    /// Prints or writes all of them, and says how it went: well if at least one series gave a result.
    pub fn finish<R>(
        &self,
        pieces: Vec<Piece<R>>,
        csv: impl FnOnce(&[OfSeries<R>]) -> String,
        table: impl FnOnce(&[OfSeries<R>]) -> Document,
    ) -> Result<Outcome> {
        self.complain(&pieces);
        let outcome = together(pieces.iter().map(|p| p.outcome));
        let (all, results): (Vec<_>, Vec<_>) = pieces.into_iter().map(|p| (p.of, p.json)).unzip();
        let text = match self.format {
            Format::Csv => csv(&all),
            Format::Text => table(&all).to_text(self.output.is_none()),
            Format::Markdown => table(&all).to_markdown(),
            Format::Json => json(&SeriesJson::new(self.verb, self.by, &all, &results))?,
        };
        emit_table(self.output, self.format, &text, self.printer)?;
        Ok(outcome)
    }

    fn complain<R>(&self, pieces: &[Piece<R>]) {
        let failed = pieces.iter().filter(|p| p.of.result.is_none());
        self.say(
            "more series give nothing: the result names them",
            failed.map(|p| format!("series '{}': {}", p.of.series, p.of.reason)),
        );
    }

    /// Warns of some of what there is to warn of, and says how many more there are.
    fn say(&self, more: &str, warnings: impl Iterator<Item = String>) {
        let mut warnings = warnings.fuse();
        for warning in warnings.by_ref().take(SAID) {
            self.printer.note(&format!("warning: {warning}"));
        }
        let count = warnings.count();
        if count > 0 {
            self.printer.note(&format!("warning: {count} {more}"));
        }
    }
}

/// Refused if every series is, trustworthy if every series is.
fn together(outcomes: impl Iterator<Item = Outcome> + Clone) -> Outcome {
    if outcomes.clone().all(|o| o == Outcome::Done) {
        Outcome::Done
    } else if outcomes.clone().all(|o| o == Outcome::Refused) {
        Outcome::Refused
    } else {
        Outcome::NotTrustworthy
    }
}

/// Refuses flags that are for one series.
fn for_one_series(by: &str, flags: &[(bool, &str)]) -> Result<()> {
    let given: Vec<&str> = flags.iter().filter(|f| f.0).map(|f| f.1).collect();
    match given.as_slice() {
        [] => Ok(()),
        [one] => Err(input::usage(format!("{one} is for one series"))),
        several => Err(input::usage(format!(
            "{} are for one series",
            several.join(" and ")
        ))),
    }
    .map_err(|e| e.with_hint(format!("pick one with --where '{by} = NAME'")))
}
