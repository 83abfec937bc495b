//! `scalewise versus`: whether one recipe is better than another, by how much, and whether it
//! lasts.

use super::args::VersusArgs;
use super::give::say;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::save;
use super::words::flag;
use super::{input, invocation, picture};
use scalewise::Method;
use scalewise::ask::{Ask, LawChoice, VersusRequest};
use scalewise::chart;
use scalewise::internal::{read_document, versus_page};
use scalewise::tables::Source;
use scalewise::{Error, Result};
use std::path::Path;

impl VersusArgs {
    /// The request.
    fn request(&self, printer: &Printer) -> Result<VersusRequest> {
        let mut request = VersusRequest::default()
            .table(self.data.table()?.force(self.data.table.force))
            .fit(self.choice(printer)?)
            .at(input::sizes("--at", &self.at)?)
            .params(input::positives("--params", &self.params)?)
            .tokens(input::positives("--tokens", &self.tokens)?)
            .flops(self.flops.clone())
            .levels(self.level.clone())
            .seed_sd(self.seed_sd)
            .unpaired(self.unpaired)
            .power(self.power)
            .force(self.data.table.force);
        request = input::with(request, &self.by, VersusRequest::by);
        request = input::with(request, &self.base, VersusRequest::base);
        request = input::with(request, &self.pair_col, VersusRequest::pair);
        if !self.method.is_empty() {
            request = request.methods(self.method.clone());
        }
        if let Some(replicates) = self.replicates {
            request = request.replicates(replicates);
        }
        if let Some(seed) = self.seed {
            request = request.seed(seed);
        }
        Ok(request)
    }

    /// The law, with the exponent and the floor of an earlier law if requested.
    fn choice(&self, printer: &Printer) -> Result<LawChoice> {
        let choice = self.fit.choice()?;
        let Some(path) = &self.law_from else {
            return Ok(choice);
        };
        let given: Vec<&str> = [
            (!self.fit.law.is_empty(), "--law"),
            (!self.fit.fix.is_empty(), "--fix"),
            (!self.fit.bound.is_empty(), "--bound"),
            (!self.fit.prior.is_empty(), "--prior"),
        ]
        .into_iter()
        .filter_map(|(given, flag)| given.then_some(flag))
        .collect();
        if !given.is_empty() {
            let message = format!("--law-from and {} both hold parameters", given.join(", "));
            return Err(input::usage(message).with_hint(
                "--prior LAW.json gives the earlier law an error; --law-from has none",
            ));
        }
        held(choice, path, printer)
    }

    /// Whether the request uses random draws.
    fn refits(&self) -> bool {
        self.method.is_empty() || self.method.contains(&Method::Bootstrap)
    }

    /// The tables: one per recipe, or one for all.
    fn tables(&self) -> Result<Vec<Source<'static>>> {
        match self.by {
            Some(_) => Ok(vec![self.gather.open(&self.input)?]),
            None => {
                let all = self.input.iter();
                all.map(|path| self.gather.open(std::slice::from_ref(path)))
                    .collect()
            }
        }
    }
}

/// The choice with the exponent and the floor of a law file fixed.
fn held(choice: LawChoice, path: &Path, printer: &Printer) -> Result<LawChoice> {
    let name = path.to_string_lossy();
    let hint = |e: Error| {
        match e.hint() {
        Some(_) => e,
        None => e.with_hint(
            "--law-from takes the law file of an earlier ladder (scalewise fit RUNS.csv -o LAW.json)",
        ),
    }
    };
    let law = input::load(&read_document(path)?, &name, printer).map_err(hint)?;
    choice.held_as_in(&law).map_err(|e| {
        let message = format!("--law-from: {name}: {}", e.message());
        input::usage(message).with_hint("give a law file of the law saturating or power")
    })
}

pub fn run(args: &VersusArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request(printer)?;
    let tables = args.tables()?;
    if let Some(law) = tables.iter().find(|t| input::looks_like_json(&t.opening())) {
        return Err(input::usage(format!("{} is no table of runs", law.name()))
            .with_hint("give the table that the law was fitted to"));
    }
    let bar = printer.progress("comparing");
    let (recipes, left_out) = request.read_saying(&tables)?;
    let answer = request.watched(&recipes, &bar)?;
    drop(bar);
    say("more recipes are left out", left_out.into_iter(), printer);
    let excluded = VersusRequest::excluded(&recipes).into_iter();
    let some = excluded.filter_map(|(name, rows)| Some((name, rows.len(), rows.first()?)));
    let said = some.map(|(name, count, first)| {
        let line = first.line;
        let rows = if count == 1 { "row" } else { "rows" };
        format!(
            "recipe '{name}': {count} {rows} left out, line {line}: {}",
            first.reason
        )
    });
    say("more recipes have rows left out", said, printer);
    if let Some(path) = args.plot.as_ref().filter(|_| answer.is_compared()) {
        picture::write(path, &chart::versus(&answer), &args.look, None, printer)?;
    }
    if let Some(path) = &args.page {
        let names: Vec<&str> = tables.iter().map(Source::name).collect();
        let seed = args.refits().then(|| args.seed.unwrap_or_default());
        let page = versus_page(&answer, invocation::again(), &names.join(", "), seed);
        save(path, page.in_words(flag).to_html().as_bytes(), printer)?;
    }
    let outcome = args.result.give_short(&answer, args.verbose, printer)?;
    if args.page.is_none() && args.result.is_read() {
        printer.next(&invocation::with("--page page.html"));
    }
    Ok(outcome)
}
