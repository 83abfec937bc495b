//! `scalewise report`: one page that answers what the large run will reach.

use super::args::{Format, ReportArgs, ReportFormat, ReportKind};
use super::give::say_failed;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::emit;
use super::words::flag;
use super::{input, invocation};
use scalewise::Result;
use scalewise::ask::{self, AskTable, ReportAnswer, ReportRequest, Trust};
use scalewise::internal::read_document;
use scalewise::internal::{self, OfSeries, json, sha256};
use scalewise::law::Input;
use scalewise::ledger::{Entry, Score};
use scalewise::progress::Silent;
use scalewise::report::{Page, Provenance};
use scalewise::tables::Source;
use std::path::Path;

impl ReportArgs {
    fn request(&self, kind: Option<ask::ReportKind>) -> Result<ReportRequest> {
        Ok(ReportRequest::default()
            .kind(kind)
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .counts(self.data.table.counts(&self.columns)?)
            .problems(self.rules.problems())
            .at(input::sizes("--at", &self.at)?)
            .levels(self.levels.all())
            .flops(self.flops.clone())
            .force(self.data.table.force))
    }
}

pub fn run(args: &ReportArgs, printer: &Printer) -> Result<Outcome> {
    let source = args.gather.open(&args.input)?;
    let opening = source.opening();
    let is_entry = match args.kind {
        Some(kind) => kind == ReportKind::Entry,
        None => input::looks_like_entry(&opening),
    };
    let bar = printer.progress("making the page");
    let (page, trust) = if is_entry {
        let others = args.data.given().into_iter().chain(args.fit.given());
        let others = others.chain(of_counts(args));
        let at = (!args.at.is_empty()).then_some("--at");
        let by = args.by.as_ref().map(|_| "--by");
        let others = others.chain(at).chain(by).chain(of_costs(args));
        refuse("a registered entry", others.collect())?;
        (of_entry(&source)?, Trust::Trustworthy)
    } else {
        let kind = args.kind.and_then(ReportKind::of_data);
        let request = args.request(kind)?;
        match (input::looks_like_json(&opening), kind) {
            (true, None | Some(ask::ReportKind::Loss | ask::ReportKind::Surface)) => {
                refuse("losses", of_counts(args).collect())?;
                of_law_file(args, &request, &source, printer)?
            }
            _ => of_table(args, &request, &source, &opening, printer)?,
        }
    };
    drop(bar);
    let text = match format(args) {
        ReportFormat::Html => page.clone().in_words(flag).to_html(),
        ReportFormat::Markdown => Format::Markdown.of_document(page.document(), false),
        ReportFormat::Text => Format::Text.of_document(page.document(), args.output.is_none()),
        ReportFormat::Json => json(&page)?,
    };
    if trust == Trust::Refused {
        printer.note(page.answer());
    }
    emit(args.output.as_deref(), &text, printer)?;
    Ok(trust.into())
}

fn format(args: &ReportArgs) -> ReportFormat {
    let extension = args
        .output
        .as_ref()
        .and_then(|p| p.extension())
        .map(|e| e.to_string_lossy().to_ascii_lowercase());
    args.format.unwrap_or(match extension.as_deref() {
        Some("md") => ReportFormat::Markdown,
        Some("json") => ReportFormat::Json,
        Some("txt") => ReportFormat::Text,
        _ => ReportFormat::Html,
    })
}

fn of_counts(args: &ReportArgs) -> impl Iterator<Item = &'static str> {
    args.columns.given().into_iter().chain(args.rules.given())
}

fn of_costs(args: &ReportArgs) -> impl Iterator<Item = &'static str> {
    args.flops.as_ref().map(|_| "--flops").into_iter()
}

/// Flags that would say nothing about data of this kind are refused, not passed over.
fn refuse(what: &str, given: Vec<&str>) -> Result<()> {
    match given.as_slice() {
        [] => Ok(()),
        given => Err(input::usage(format!(
            "{} cannot change a page of {what}",
            given.join(", ")
        ))
        .with_hint("leave them out, or say with --kind what the data is")),
    }
}

fn of_law_file(
    args: &ReportArgs,
    request: &ReportRequest,
    source: &Source<'_>,
    printer: &Printer,
) -> Result<(Page, Trust)> {
    let by = args.by.as_deref();
    let fit = input::law_file(source, &args.fit, &args.data, by, printer)?;
    let fit = fit.ok_or_else(|| input::usage("not a law file"))?;
    if fit.law().inputs() == [Input::Compute] {
        refuse("losses of compute alone", of_costs(args).collect())?;
    }
    made(&request.of_fit(fit)?, source, None)
}

fn of_table(
    args: &ReportArgs,
    request: &ReportRequest,
    source: &Source<'_>,
    opening: &[u8],
    printer: &Printer,
) -> Result<(Page, Trust)> {
    match request.kind_of(opening)? {
        ask::ReportKind::Capability => {
            let given = args.fit.given().into_iter();
            let given = given.chain(args.data.given_of_runs());
            refuse("pass counts", given.chain(of_costs(args)).collect())?;
        }
        ask::ReportKind::Surface => refuse("losses", of_counts(args).collect())?,
        _ => {
            let given = of_counts(args).chain(of_costs(args));
            refuse("losses of compute alone", given.collect())?;
        }
    }
    // A pipe can be read but once: of pass counts the digest is that of the whole input.
    let whole = match request.kind_of(opening)? {
        ask::ReportKind::Capability => Some(source.read()?),
        _ => None,
    };
    let table = match &whole {
        Some(bytes) => &Source::bytes(bytes, source.name()),
        None => source,
    };
    match &args.by {
        Some(by) => of_series(request, table, by, whole.as_deref(), printer),
        None => {
            let answer = request.answer(table)?;
            made(&answer, source, whole.as_deref())
        }
    }
}

/// One page of all series.
fn of_series(
    request: &ReportRequest,
    table: &Source<'_>,
    by: &str,
    whole: Option<&[u8]>,
    printer: &Printer,
) -> Result<(Page, Trust)> {
    let all = internal::by(request.read_by(table, by)?, &Silent, |_, data| {
        let answer = request.of(&data)?;
        let digest = answer.runs().map_or(String::new(), |runs| runs.digest());
        let page = Page::of(&answer, Provenance::default());
        Ok((page, answer.trust(), digest))
    })?;
    say_failed(&all, printer);
    let trust = Trust::of_all(all.iter().map(|of| match &of.result {
        Some(made) => made.1,
        None => Trust::Refused,
    }));
    let digests = all.iter().filter_map(|of| Some(&of.result.as_ref()?.2));
    let (digest_of, digest) = match whole {
        Some(bytes) => ("Whole input, SHA-256", sha256([bytes])),
        None => (
            "Digests of the runs of each series, SHA-256",
            sha256(digests),
        ),
    };
    let provenance = Provenance::new(invocation::again(), table.name(), digest_of, digest);
    let pages = all.into_iter().map(|of| OfSeries {
        series: of.series,
        code: of.code,
        reason: of.reason,
        result: of.result.map(|made| made.0),
    });
    Ok((Page::of_many(pages.collect(), provenance), trust))
}

/// The page of an answer; `whole` is the input of pass counts.
fn made(answer: &ReportAnswer, source: &Source<'_>, whole: Option<&[u8]>) -> Result<(Page, Trust)> {
    let bytes = whole.unwrap_or_default();
    let provenance = Provenance::of(answer, invocation::again(), source.name(), bytes);
    Ok((Page::of(answer, provenance), answer.trust()))
}

fn of_entry(source: &Source<'_>) -> Result<Page> {
    let entry = Entry::read(&source.document()?, source.name())?;
    let path = Path::new(source.name()).with_extension("score.json");
    let score = match path.is_file() {
        true => Some(Score::read(
            &read_document(&path)?,
            &path.to_string_lossy(),
        )?),
        false => None,
    };
    let provenance = Provenance::new(
        invocation::again(),
        source.name(),
        "Rows used, SHA-256",
        entry.registration().data.digest.clone(),
    );
    Ok(Page::of_entry(&entry, score.as_ref(), provenance))
}
