//! `scalewise report`: one page that answers what the large run will reach.

use super::args::{ReportArgs, ReportFormat, ReportKind};
use super::check::json;
use super::printer::Printer;
use super::save::emit;
use super::{Outcome, allocate, capability, input, invocation};
use crate::backtest::{self, ByFit};
use crate::capability::{Rule, Verdict};
use crate::digest::sha256;
use crate::error::Result;
use crate::fit::{Fit, FitResult};
use crate::forecast::Target;
use crate::interval::{Method, check_levels};
use crate::law::{self, Input};
use crate::ledger::{Entry, Score};
use crate::progress::Silent;
use crate::report::page::{self, LossPage, Page, Provenance, SurfacePage};
use crate::report::{self, CapabilityReport, Document};
use crate::runs::Dataset;
use crate::tables::{Source, holds_counts, read_counts, read_document};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::join;

/// Cuts of the back-test: a page is not kept waiting for more.
const CUTS: usize = 5;
/// Laws drawn beside the fitted one.
const BESIDE: [&str; 4] = ["shifted", "m3", "m4", "broken"];

pub fn run(args: &ReportArgs, printer: &Printer) -> Result<Outcome> {
    check_levels(&args.levels.once())?;
    let source = Source::open(&args.input)?;
    let opening = source.opening();
    let kind = kind(args, &opening)?;
    refuse_others(kind, args)?;
    let bar = printer.progress("making the page");
    let (page, outcome) = match kind {
        ReportKind::Capability => of_counts(args, &source.read()?, source.name())?,
        ReportKind::Loss | ReportKind::Surface => of_losses(args, &source, &opening, printer)?,
        ReportKind::Entry => of_entry(args, &source.document()?, source.name())?,
    };
    drop(bar);
    let text = match format(args) {
        ReportFormat::Html => page::html(&page),
        ReportFormat::Markdown => page.document().to_markdown(),
        ReportFormat::Text => page.document().to_text(args.output.is_none()),
        ReportFormat::Json => json(&page)?,
    };
    if outcome == Outcome::Refused {
        printer.note(&page.answer);
    }
    emit(args.output.as_deref(), &text, printer)?;
    Ok(outcome)
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

/// What the data is: as asked for, or by the columns and the law.
fn kind(args: &ReportArgs, bytes: &[u8]) -> Result<ReportKind> {
    if let Some(kind) = args.kind {
        return Ok(kind);
    }
    if input::looks_like_entry(bytes) {
        return Ok(ReportKind::Entry);
    }
    if !args.columns.given().is_empty() || (!input::looks_like_json(bytes) && holds_counts(bytes)) {
        return Ok(ReportKind::Capability);
    }
    let of_params = match &args.fit.law {
        Some(name) => input::law_named(name)?.inputs().contains(&Input::Params),
        None => false,
    };
    Ok(if of_params {
        ReportKind::Surface
    } else {
        ReportKind::Loss
    })
}

/// Flags that would say nothing about data of this kind are refused, not passed over.
fn refuse_others(kind: ReportKind, args: &ReportArgs) -> Result<()> {
    let of_fit = || {
        args.fit
            .given()
            .into_iter()
            .chain(args.data.given_of_runs())
    };
    let of_counts = || args.columns.given().into_iter().chain(args.rules.given());
    let (what, others): (&str, Vec<&str>) = match kind {
        ReportKind::Capability => ("pass counts", of_fit().collect()),
        ReportKind::Loss | ReportKind::Surface => ("losses", of_counts().collect()),
        ReportKind::Entry => {
            let table = args.data.given();
            let fit = args.fit.given();
            let at = (!args.at.is_empty()).then_some("--at");
            (
                "a registered entry",
                table
                    .into_iter()
                    .chain(fit)
                    .chain(of_counts())
                    .chain(at)
                    .collect(),
            )
        }
    };
    match others.as_slice() {
        [] => Ok(()),
        given => Err(input::usage(format!(
            "{} cannot change a page of {what}",
            given.join(", ")
        ))
        .with_hint("leave them out, or say with --kind what the data is")),
    }
}

fn targets(at: &[String], largest: f64, actual: &[f64]) -> Result<Vec<f64>> {
    if !at.is_empty() {
        return input::targets("--at", at, largest);
    }
    let mut beyond: Vec<f64> = actual.iter().copied().filter(|c| *c > largest).collect();
    beyond.sort_by(f64::total_cmp);
    beyond.dedup();
    Ok(match beyond.last() {
        Some(last) => vec![*last],
        None => vec![10.0 * largest],
    })
}

fn of_counts(args: &ReportArgs, bytes: &[u8], source: &str) -> Result<(Page, Outcome)> {
    let options = capability::options(&args.data.table, &args.columns)?;
    let table = read_counts(bytes, source, &options)?;
    let fit = capability::by_rules(&args.rules, &table)?;
    let actual: Vec<f64> = fit
        .models
        .iter()
        .filter(|m| m.role == "actual")
        .map(|m| m.compute)
        .collect();
    let report = CapabilityReport {
        targets: targets(&args.at, fit.overall.largest_fitted(), &actual)?,
        fit: &fit,
        levels: args.levels.once(),
        force: args.force,
    };
    let provenance = Provenance {
        command: invocation::again(),
        input: source.to_owned(),
        digest_of: "Whole input, SHA-256",
        digest: sha256([bytes]),
        seed: (fit.rule == Some(Rule::Split)).then_some(args.rules.seed),
    };
    let outcome = match fit.verdict() {
        Verdict::NotPredictable if !args.force => Outcome::Refused,
        Verdict::Predictable => Outcome::Done,
        _ => Outcome::NotTrustworthy,
    };
    Ok((page::capability_page(&report, provenance), outcome))
}

fn of_losses(
    args: &ReportArgs,
    source: &Source<'_>,
    opening: &[u8],
    printer: &Printer,
) -> Result<(Page, Outcome)> {
    let mut fit_args = args.fit.clone();
    if args.kind == Some(ReportKind::Surface) && !input::looks_like_json(opening) {
        fit_args.law.get_or_insert_with(|| "chinchilla".to_owned());
    }
    let fit = input::fit_of(source, &fit_args, &args.data, 0.9, printer)?;
    if fit.law().inputs() != [Input::Compute] {
        return of_surface(args, &fit, source.name());
    }
    let refusal = fit.refusal().filter(|_| !args.force).cloned();
    let actual = computes_of_actuals(fit.data());
    let targets = targets(&args.at, fit.largest_fitted(), &actual)?;
    let at = |compute: f64, levels: &[f64]| {
        fit.forecast(Target::compute(compute))
            .levels(levels)
            .force(args.force)
            .run()
    };
    let forecast = || -> Result<_> {
        if refusal.is_some() {
            return Ok((Vec::new(), None));
        }
        let forecasts = targets.iter().map(|c| at(*c, &args.levels.once()));
        let levels: Vec<f64> = (1..20).map(|k| f64::from(k) * 0.05).chain([0.98]).collect();
        let fan = targets.last().map(|c| at(*c, &levels)).transpose()?;
        Ok((forecasts.collect::<Result<Vec<_>>>()?, fan))
    };
    let level = args.levels.highest_measured();
    // Calibrated intervals rest on the runs alone: of the law only its name matters, not how it was fitted.
    let by_fit = ByFit {
        fit: Fit::new(input::law_named(fit.law().name())?),
        method: Method::Calibrated,
        level,
        force: true,
    };
    let least = fit.law().parameters().len() + 2;
    let test = || backtest::backtest_within(fit.data(), level, least, CUTS, &by_fit, &Silent).ok();
    let ((made, others), tested) = join(|| join(forecast, || others(&fit)), test);
    let (forecasts, fan) = made?;
    let shown = LossPage {
        others,
        tested: tested.map(|t| (Method::Calibrated, t)),
        refused: refusal.as_ref().map(|d| d.message.clone()),
        forecasts,
        fan,
        fit: &fit,
    };
    let provenance = Provenance {
        command: invocation::again(),
        input: source.name().to_owned(),
        digest_of: "Runs, SHA-256",
        digest: fit.data().digest(),
        seed: None,
    };
    let outcome = match (shown.refused.is_some(), shown.trustworthy()) {
        (true, _) => Outcome::Refused,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::NotTrustworthy,
    };
    Ok((page::loss_page(&shown, provenance), outcome))
}

fn of_entry(args: &ReportArgs, bytes: &[u8], source: &str) -> Result<(Page, Outcome)> {
    let entry = Entry::read(bytes, source)?;
    let path = args.input.with_extension("score.json");
    let score = match path.is_file() {
        true => Some(Score::read(
            &read_document(&path)?,
            &path.to_string_lossy(),
        )?),
        false => None,
    };
    let provenance = Provenance {
        command: invocation::again(),
        input: source.to_owned(),
        digest_of: "Rows used, SHA-256",
        digest: entry.registration().data.digest.clone(),
        seed: None,
    };
    let page = page::entry_page(&entry, score.as_ref(), provenance);
    Ok((page, Outcome::Done))
}

fn of_surface(args: &ReportArgs, fit: &FitResult, source: &str) -> Result<(Page, Outcome)> {
    let refusal = fit.refusal().filter(|_| !args.force);
    let actual = computes_of_actuals(fit.data());
    let budgets = targets(&args.at, fit.largest_fitted(), &actual)?;
    let level = args.levels.highest();
    let (allocation, answer, none) = match refusal {
        Some(why) => (
            Document::default(),
            format!("No number is given: {}", why.message),
            true,
        ),
        None => {
            let said = allocate::for_budgets(fit, &budgets, level)?;
            (
                report::allocation(&said),
                report::allocation_in_one_line(&said),
                !said.refused.is_empty(),
            )
        }
    };
    let shown = SurfacePage {
        fit,
        allocation,
        answer,
    };
    let provenance = Provenance {
        command: invocation::again(),
        input: source.to_owned(),
        digest_of: "Runs, SHA-256",
        digest: fit.data().digest(),
        seed: refusal.is_none().then_some(0),
    };
    let outcome = match (none, fit.trustworthy()) {
        (true, _) => Outcome::Refused,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::NotTrustworthy,
    };
    Ok((page::surface_page(&shown, provenance), outcome))
}

/// Where the runs that were kept out of the fit lie.
fn computes_of_actuals(data: &Dataset) -> Vec<f64> {
    let actuals = data.actuals_in_order().into_iter();
    actuals.map(|run| run.compute).collect()
}

/// Other laws through the same runs.
fn others(fit: &FitResult) -> Vec<FitResult> {
    let mut laws = vec![fit.clone()];
    let beside: Vec<Option<FitResult>> = BESIDE
        .into_par_iter()
        .filter(|name| *name != fit.law().name())
        .map(|name| Fit::new(law::by_name(name)?).run(fit.data()).ok())
        .collect();
    laws.extend(beside.into_iter().flatten());
    laws
}
