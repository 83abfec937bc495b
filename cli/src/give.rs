//! Prints answers in the requested format, for one table or many series.

use super::args::{Format, ResultArgs};
use super::input;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::{check_table, emit_table};
use scalewise::Result;
use scalewise::ask::{Ask, AskTable};
use scalewise::internal;
use scalewise::internal::{
    Among, Brief, OfSeries, Piece, SeriesJson, Shown, Wanted, json, judged, many_csv,
    many_document, together,
};
use scalewise::progress::Silent;
use scalewise::runs::Series;
use scalewise::tables::Source;
use std::path::Path;

/// Most warnings of one kind on standard error; the result has all of them.
const SAID: usize = 10;

impl ResultArgs {
    /// Prints a result, or writes it to the output file.
    pub fn emit(&self, text: &str, printer: &Printer) -> Result<()> {
        emit_table(self.output.as_deref(), self.format, text, printer)
    }

    /// Prints an answer, or writes it to the output file.
    pub fn give(&self, answer: &impl Shown, printer: &Printer) -> Result<Outcome> {
        self.emit(&self.format.of(answer, self.output.is_none())?, printer)?;
        Ok(answer.trust().into())
    }

    /// Prints the short form, unless the whole answer is requested.
    pub fn give_short(
        &self,
        answer: &impl Brief,
        verbose: bool,
        printer: &Printer,
    ) -> Result<Outcome> {
        if verbose {
            return self.give(answer, printer);
        }
        let text = self.format.in_short(answer, self.output.is_none())?;
        self.emit(&text, printer)?;
        Ok(answer.trust().into())
    }
}

/// The destination and format of a result.
pub struct Out<'a> {
    pub format: Format,
    pub output: Option<&'a Path>,
}

impl<'a> From<&'a ResultArgs> for Out<'a> {
    fn from(result: &'a ResultArgs) -> Out<'a> {
        Out {
            format: result.format,
            output: result.output.as_deref(),
        }
    }
}

impl Out<'_> {
    /// Asks a request of every series of a table, and prints all answers.
    pub fn many<A: Among>(
        &self,
        request: &A::Request,
        table: &Source<'_>,
        by: &str,
        printer: &Printer,
    ) -> Result<Outcome>
    where
        A::Request: AskTable,
    {
        let series = self.series::<A::Request>(request, table, by, printer)?;
        say_excluded::<A::Request>(&series, printer);
        let bar = printer.progress(A::NAME);
        let all = internal::by(series, &bar, |_, data| {
            Piece::of(&request.watched(&data, &Silent)?, self.format.wanted())
        })?;
        drop(bar);
        let all = judged(all);
        say_failed(&all, printer);
        let text = match self.format.wanted() {
            Wanted::Table => many_csv::<A>(request, &all),
            Wanted::Json => json(&SeriesJson::new(A::NAME, by, &all))?,
            Wanted::Document => {
                let document = many_document::<A>(request, table.name(), &all);
                self.format.of_document(document, self.output.is_none())
            }
        };
        emit_table(self.output, self.format, &text, printer)?;
        Ok(together(&all).into())
    }

    /// Reads the series of a table, after checks that would otherwise fail at the end.
    pub fn series<R: AskTable>(
        &self,
        request: &R,
        table: &Source<'_>,
        by: &str,
        printer: &Printer,
    ) -> Result<Vec<Series<R::Data>>> {
        check_table(self.output, self.format)?;
        if input::looks_like_json(&table.opening()) {
            let message = "--by cannot change a law that is fitted already";
            return Err(
                input::usage(message).with_hint("give the table of runs instead of the law file")
            );
        }
        let _bar = printer.progress("reading");
        request.read_by(table, by)
    }
}

/// Reports rows that were left out: how many of which series, and where the first is.
pub fn say_excluded<R: AskTable>(series: &[Series<R::Data>], printer: &Printer) {
    let some = series.iter().filter_map(|s| {
        let excluded = R::excluded(s.data.as_ref().ok()?);
        Some((&s.key, excluded.len(), excluded.first()?))
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
    let more = "more series have rows left out: --format json lists them";
    say(more, said, printer);
}

/// Reports series without a result.
pub fn say_failed<R>(all: &[OfSeries<R>], printer: &Printer) {
    let failed = all.iter().filter(|of| of.result.is_none());
    say(
        "more series have no result, and the result names them",
        failed.map(|of| format!("series '{}': {}", of.series, of.reason)),
        printer,
    );
}

/// Prints some of the warnings, and how many more there are.
pub fn say(more: &str, warnings: impl Iterator<Item = String>, printer: &Printer) {
    let mut warnings = warnings.fuse();
    for warning in warnings.by_ref().take(SAID) {
        printer.note(&format!("warning: {warning}"));
    }
    let count = warnings.count();
    if count > 0 {
        printer.note(&format!("warning: {count} {more}"));
    }
}

/// Refuses flags that apply to a single series only.
pub fn for_one_series(by: &str, flags: &[(bool, &str)]) -> Result<()> {
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
