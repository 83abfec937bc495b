//! `scalewise report`: one page on what the large run will reach.

use super::args::{Format, ReportArgs, ReportFormat, ReportKind};
use super::give::say_failed;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::emit;
use super::words::flag;
use super::{input, invocation, typed_points};
use scalewise::Result;
use scalewise::ask::{self, ReportRequest, Trust};
use scalewise::internal::{entry_page, holds_scores, json};
use scalewise::law::Input;
use scalewise::progress::Silent;
use scalewise::report::Page;
use scalewise::tables::Source;

impl ReportArgs {
    fn request(&self, kind: Option<ask::ReportKind>) -> Result<ReportRequest> {
        Ok(ReportRequest::default()
            .kind(kind)
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .counts(self.data.table.counts(&self.columns)?)
            .problems(self.rules.problems())
            .at(match typed_points::are_given(&self.at) {
                true => Vec::new(),
                false => input::models("--at", &self.at)?,
            })
            .points(match typed_points::are_given(&self.at) {
                true => typed_points::read(&self.at)?,
                false => Vec::new(),
            })
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
        (
            entry_page(&source, invocation::again())?,
            Trust::Trustworthy,
        )
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

/// Refuses flags that have no meaning for data of this kind, instead of ignoring them.
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
    let made = request.page_of_law(fit, source.name(), invocation::again())?;
    Ok((made.page, made.trust))
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
            let given: Vec<_> = given.chain(of_costs(args)).collect();
            match holds_scores(source, &args.data.table.counts(&args.columns)?)? {
                true => {
                    let problems = args.rules.of_problems();
                    refuse("scores", [given, problems].concat())?;
                }
                false => refuse("pass counts", given)?,
            }
        }
        ask::ReportKind::Surface => refuse("losses", of_counts(args).collect())?,
        _ => {
            let given = of_counts(args).chain(of_costs(args));
            refuse("losses of compute alone", given.collect())?;
        }
    }
    let made = request.page(source, args.by.as_deref(), invocation::again(), &Silent)?;
    say_failed(&made.failed, printer);
    Ok((made.page, made.trust))
}
