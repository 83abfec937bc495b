//! Reports.

use super::{fitted_law, is_ours, levels, scores};
use crate::answer::{Answer, Made};
use crate::choice::{FITTING, fitting};
use crate::error::word;
use crate::keywords::{Keywords, usage};
use crate::reading::{self, OF_COUNTS, OF_RUNS};
use crate::table::Rows;
use scalewise::Result;
use scalewise::ask::{ReportKind, ReportRequest, Trust};
use scalewise::internal::{entry_page, holds_scores, json, read_named};
use scalewise::law::Input;
use scalewise::progress::Progress;
use scalewise::report::Page;

/// Refuses keywords that have no meaning for data of this kind, instead of ignoring them.
fn refuse(what: &str, given: &[&str]) -> Result<()> {
    match given {
        [] => Ok(()),
        given => Err(usage(format!(
            "{} cannot change a page of {what}",
            given.join(", ")
        ))
        .with_hint("leave them out, or say with kind what the data is")),
    }
}

fn made(page: Page, trust: Trust) -> Result<Answer> {
    Ok(Answer::page(
        Made {
            document: page.document(),
            table: None,
            json: Some(json(&page)?),
            trust,
            chart: None,
        },
        page.in_words(word).to_html(),
    ))
}

pub fn report(table: Option<&Rows>, keys: &mut Keywords, steps: &dyn Progress) -> Result<Answer> {
    let source = table.map(Rows::open).transpose()?;
    let opening = source
        .as_ref()
        .map(|source| source.opening())
        .unwrap_or_default();
    let command = keys.text("command")?.unwrap_or_default();
    let command = format!("{command}{})", keys.typed());
    let kind = keys.text("kind")?;
    let is_entry = match kind.as_deref() {
        Some(kind) => kind == "entry",
        None => {
            String::from_utf8_lossy(&opening).contains("\"scalewise.registered\"")
                && is_ours(&opening)
        }
    };
    let about_counts = keys.given(&OF_COUNTS);
    let about_problems = keys.given(&scores::OF_PROBLEMS);
    let about_costs = keys.given(&["flops"]);
    if is_entry && let Some(source) = &source {
        keys.done()?;
        return made(entry_page(source, command)?, Trust::Trustworthy);
    }
    let kind = match kind.as_deref() {
        None => None,
        Some("loss") => Some(ReportKind::Loss),
        Some("surface") => Some(ReportKind::Surface),
        Some("capability") => Some(ReportKind::Capability),
        Some(other) => {
            return Err(usage(format!("kind: '{other}' is not one of the choices"))
                .with_hint("choose 'loss', 'surface', 'capability' or 'entry'"));
        }
    };
    let fitted = keys.law("fitted");
    let fit = match kind {
        Some(ReportKind::Capability) => None,
        _ => fitted_law(source.as_ref(), fitted.as_deref(), keys)?,
    };
    let about_runs = [keys.given(&OF_RUNS), keys.given(&FITTING)].concat();
    let by = reading::columns(keys, "by")?;
    let force = keys.truth("force")?;
    let problems = reading::problems(keys)?;
    let (runs, counts) = reading::either(keys)?;
    let is_of_scores = match &source {
        Some(source) => holds_scores(source, &counts)?,
        None => false,
    };
    let points = keys.points("at")?;
    let points = points.iter().flatten().map(|text| read_named(text));
    let request = ReportRequest::default()
        .points(points.collect::<Result<Vec<_>>>()?)
        .kind(kind)
        .table(runs)
        .fit(fitting(keys)?)
        .counts(counts)
        .problems(problems)
        .flops(keys.text("flops")?)
        .at(keys.models("at")?)
        .levels(levels(keys)?)
        .force(force);
    keys.done()?;
    let page = match (fit, source) {
        (Some(fit), source) => {
            refuse("losses", &about_counts)?;
            if fit.law().inputs() == [Input::Compute] {
                refuse("losses of compute alone", &about_costs)?;
            }
            let name = source.as_ref().map_or("law", |source| source.name());
            request.page_of_law(fit, name, command)?
        }
        (None, Some(source)) => {
            match request.kind_of(&opening)? {
                ReportKind::Capability => {
                    let given = [about_runs, about_costs].concat();
                    match is_of_scores {
                        true => refuse("scores", &[given, about_problems].concat())?,
                        false => refuse("pass counts", &given)?,
                    }
                }
                ReportKind::Surface => refuse("losses", &about_counts)?,
                _ => {
                    let given = [about_counts, about_costs].concat();
                    refuse("losses of compute alone", &given)?;
                }
            }
            request.page(&source, by.as_deref(), command, steps)?
        }
        (None, None) => return Err(usage("there is neither a table nor a law")),
    };
    made(page.page, page.trust)
}
