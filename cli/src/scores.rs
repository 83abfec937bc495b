//! `scalewise capability` for a table of scores: the tasks of a benchmark.

use super::args::CapabilityArgs;
use super::outcome::Outcome;
use super::printer::Printer;
use super::{advice, input, picture};
use scalewise::Result;
use scalewise::ask::{Ask, ScoresRequest};
use scalewise::chart;
use scalewise::tables::Source;

impl CapabilityArgs {
    /// The request for scores.
    pub fn scores(&self) -> Result<ScoresRequest> {
        let mut given = self.rules.of_problems();
        given.extend((!self.pass_at.is_empty()).then_some("--pass-at"));
        given.extend(self.plot_problems.as_ref().map(|_| "--plot-problems"));
        if !given.is_empty() {
            let message = format!(
                "{} need{} counts for every problem, and the table has one score a model",
                given.join(" and "),
                if given.len() == 1 { "s" } else { "" }
            );
            return Err(input::usage(message)
                .with_hint("leave them out, or give one row a model and problem"));
        }
        let request = ScoresRequest::default()
            .table(self.table.counts(&self.columns)?)
            .chance(self.rules.chance)
            .laws(self.law.iter().copied())
            .at(input::models("--at", &self.at)?)
            .levels(self.levels.all())
            .force(self.table.force);
        Ok(input::with(request, &self.by, ScoresRequest::by))
    }
}

/// Answers, draws and prints.
pub fn run(args: &CapabilityArgs, source: &Source<'_>, printer: &Printer) -> Result<Outcome> {
    let request = args.scores()?;
    let bar = printer.progress("fitting");
    let answer = request.watched(&request.read(source)?, &bar)?;
    drop(bar);
    if let Some(path) = &args.plot {
        let chart = chart::scores(&answer);
        let own = match chart.panels() {
            1 => None,
            2..=4 => Some((620, 420)),
            _ => Some((900, 640)),
        };
        picture::write(path, &chart, &args.look, own, printer)?;
    }
    let outcome = args.result.give_short(&answer, args.verbose, printer)?;
    if answer.forced() {
        printer.note("FORCED: the verdict is NOT PREDICTABLE, so do not rely on these numbers");
    }
    if !answer.asks() {
        printer.next(&advice::going_on("capability", &["--at", "100x"]));
    }
    Ok(outcome)
}
