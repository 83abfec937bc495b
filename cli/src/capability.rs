//! `scalewise capability`: the mean log pass rate of larger models.

use super::args::CapabilityArgs;
use super::give::{Out, for_one_series};
use super::outcome::Outcome;
use super::printer::Printer;
use super::{advice, input, picture, scores};
use scalewise::Result;
use scalewise::ask::{Ask, AskTable, CapabilityAnswer, CapabilityRequest};
use scalewise::capability::Verdict;
use scalewise::chart::{self, Chart};
use scalewise::internal;
use scalewise::tables::Source;

impl CapabilityArgs {
    /// Whether the table has a score for every model, and not passes for every problem.
    pub fn of_scores(&self, source: &Source<'_>) -> Result<bool> {
        if internal::holds_scores(source, &self.table.counts(&self.columns)?)? {
            return Ok(true);
        }
        match self.law.is_empty() {
            true => Ok(false),
            false => Err(input::usage(
                "--law is for scores, and the table has counts for every problem",
            )
            .with_hint("leave --law out; --rule says how counts are used")),
        }
    }

    /// What is asked of counts.
    pub fn request(&self) -> Result<CapabilityRequest> {
        Ok(CapabilityRequest::default()
            .table(self.table.counts(&self.columns)?)
            .problems(self.rules.problems())
            .at(input::sizes("--at", &self.at)?)
            .levels(self.levels.all())
            .pass_at(self.pass_at.iter().copied())
            .force(self.table.force))
    }
}

pub fn run(args: &CapabilityArgs, printer: &Printer) -> Result<Outcome> {
    let source = args.gather.open(&args.input)?;
    if args.of_scores(&source)? {
        return scores::run(args, &source, printer);
    }
    let request = args.request()?;
    if let Some(by) = &args.by {
        for_one_series(
            by,
            &[
                (args.plot.is_some(), "--plot"),
                (args.plot_problems.is_some(), "--plot-problems"),
                (args.verbose, "--verbose"),
            ],
        )?;
        return Out::from(&args.result).many::<CapabilityAnswer>(&request, &source, by, printer);
    }
    let bar = printer.progress("fitting");
    let answer = request.watched(&request.read(&source)?, &bar)?;
    drop(bar);
    draw(args, &answer, printer)?;
    let outcome = args.result.give_short(&answer, args.verbose, printer)?;
    if args.at.is_empty() {
        printer.next(&advice::going_on("capability", &["--at", "100x"]));
    }
    if answer.fit().overall.verdict() == Verdict::NotPredictable {
        if args.table.force {
            printer.note("FORCED: the verdict is NOT PREDICTABLE, so do not rely on these numbers");
        } else if answer.asks() {
            printer.note("no forecast is given; --force gives one that carries this verdict");
        }
    }
    Ok(outcome)
}

fn draw(args: &CapabilityArgs, answer: &CapabilityAnswer, printer: &Printer) -> Result<()> {
    // Errors in drawing must appear before the first picture is written.
    let problems = match &args.plot_problems {
        Some(path) => Some((path, problems(answer)?)),
        None => None,
    };
    if let Some(path) = &args.plot {
        let chart = chart::capability(answer);
        let own = (chart.panels() > 1).then_some((620, 420));
        picture::write(path, &chart, &args.look, own, printer)?;
    }
    if let Some((path, chart)) = problems {
        picture::write(path, &chart, &args.look, Some((620, 760)), printer)?;
    }
    Ok(())
}

/// The heat map of the pass rates of all problems.
fn problems(answer: &CapabilityAnswer) -> Result<Chart> {
    chart::problems(answer.fit()).ok_or_else(|| {
        input::usage("--plot-problems needs counts for every problem")
            .with_hint("use --plot for rates of a whole benchmark")
    })
}
