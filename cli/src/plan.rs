//! `scalewise plan`: which run to train next, and when to stop.

use super::args::PlanArgs;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::save;
use super::words::flag;
use super::{input, invocation, picture};
use scalewise::ask::{Ask, AskTable, PlanAnswer, PlanRequest};
use scalewise::chart;
use scalewise::internal::{plan_page, read_beside};
use scalewise::{Error, ErrorKind, Result};
use std::path::Path;

impl PlanArgs {
    /// The request.
    fn request(&self) -> Result<PlanRequest> {
        let mut request = PlanRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .at(self.at.clone())
            .budget(input::positive("--budget", &self.budget)?)
            .grid(self.grid.clone())
            .no_seeds(self.no_seeds)
            .design(self.design)
            .batch(self.batch)
            .width(self.width.as_deref().map(share).transpose()?)
            .anchor(self.expect.as_deref().map(expected).transpose()?)
            .noise(self.noise)
            .level(self.level)
            .force(self.data.table.force);
        request = input::with(request, &self.cost, PlanRequest::cost);
        if let Some(path) = &self.candidates {
            request = request.candidates(text(path)?);
        }
        if let Some(most) = self.most {
            request = request.most(most);
        }
        if let Some(draws) = self.draws {
            request = request.draws(draws);
        }
        if let Some(seed) = self.seed {
            request = request.seed(seed);
        }
        Ok(request)
    }
}

/// The text of the table of candidates.
fn text(path: &Path) -> Result<String> {
    String::from_utf8(read_beside(path)?).map_err(|_| {
        Error::new(ErrorKind::Data, "it is not UTF-8")
            .at(&path.to_string_lossy(), None, None)
            .with_hint("save it as UTF-8")
    })
}

/// A fraction, which may be given in per cent.
fn share(text: &str) -> Result<f64> {
    let bad = || {
        input::usage(format!("--width: '{text}' is not a fraction"))
            .with_hint("write a relative half-width such as 0.02 or 2%")
    };
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| bad());
    match text.trim().strip_suffix('%') {
        Some(percent) => Ok(number(percent)? / 100.0),
        None => number(text),
    }
}

/// The loss expected at a compute.
fn expected(text: &str) -> Result<(f64, f64)> {
    let (compute, loss) = input::assignment("--expect", text)?;
    Ok((
        input::positive("--expect", compute)?,
        input::positive("--expect", loss)?,
    ))
}

pub fn run(args: &PlanArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let bar = printer.progress("planning");
    let answer: PlanAnswer = match args.input.is_empty() {
        true => request.without_runs(&bar)?,
        false => {
            let source = args.gather.open(&args.input)?;
            match input::law_file(&source, &args.fit, &args.data, None, printer)? {
                Some(fit) => request.of_fit(fit, &bar)?,
                None => request.watched(&request.read(&source)?, &bar)?,
            }
        }
    };
    drop(bar);
    if let Some(path) = args.plot.as_ref().filter(|_| answer.refusal().is_none()) {
        picture::write(path, &chart::plan(&answer), &args.look, None, printer)?;
    }
    if let Some(path) = &args.page {
        let names: Vec<String> = args.input.iter().map(|p| p.display().to_string()).collect();
        let page = plan_page(&answer, invocation::again(), &names.join(", "));
        save(path, page.in_words(flag).to_html().as_bytes(), printer)?;
    }
    let outcome = args.result.give(&answer, printer)?;
    if args.page.is_none() && args.result.is_read() && answer.refusal().is_none() {
        printer.next(&invocation::with("--page page.html"));
    }
    Ok(outcome)
}
