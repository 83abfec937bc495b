//! Which runs to train next, in words and numbers.

use super::answer::{Shown, code_and_words};
use super::document::{Block, Document, Fact, Tone, fact};
use super::fit::findings;
use super::rows::csv;
use crate::ask::{PlanAnswer, Planned, PlannedWidths, Trust};
use crate::number::{digits, half_width};
use crate::plan::{Existing, Rungs};
use crate::quantity::format_quantity;
use crate::said::Said;

table_row! {
    /// A row of the CSV: a run of the sequence, or a ladder.
    struct Row {
        step: Option<usize>,
        at: String,
        line: Option<u64>,
        place: &'static str,
        cost: Option<f64>,
        spent: Option<f64>,
        level: f64,
        method: &'static str,
        width: Option<f64>,
        status: &'static str,
    }
}

impl Shown for PlanAnswer {
    fn document(&self) -> Document {
        let blocks: Vec<Block> = parts(self).into_iter().flat_map(|part| part.2).collect();
        blocks.into()
    }

    fn table(&self) -> String {
        csv(&Row::COLUMNS, rows(self))
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.refusal().map(code_and_words)
    }
}

/// A part of the answer: its name, its heading on a page, and its contents.
pub(super) type Part = (&'static str, &'static str, Vec<Block>);

/// The parts of the answer, the most important first.
pub(super) fn parts(answer: &PlanAnswer) -> Vec<Part> {
    let found = answer
        .fit
        .as_ref()
        .and_then(|fit| findings(fit.diagnoses()));
    let found: Vec<Block> = found.into_iter().collect();
    let found = ("findings", "What was found", found);
    match &answer.planned {
        Planned::Refused => vec![found],
        Planned::Runs(widths) => vec![
            (
                "next",
                "What to train next",
                vec![Block::Facts(facts(answer, widths))],
            ),
            ("sequence", "The sequence", sequence(answer, widths)),
            ("kinds", "A seed, inside or beyond", kinds(answer, widths)),
            ("existing", "The runs that exist", existing(answer, widths)),
            found,
        ],
        Planned::Ladder { .. } => vec![("ladder", "The ladder", ladder(answer))],
    }
}

fn facts(answer: &PlanAnswer, widths: &PlannedWidths) -> Vec<Fact> {
    let mut facts = vec![
        fact("Target", answer.targets_typed()),
        fact("Interval now", half_width(widths.now)),
    ];
    let steps = &widths.steps;
    let next = steps.iter().take(answer.request.batch);
    let next: Vec<String> = next.map(|step| run(answer, &step.x, step.line)).collect();
    facts.push(match next.is_empty() {
        true => ("Next".to_owned(), nothing(widths), Tone::Bad),
        false => ("Next".to_owned(), next.join("; "), Tone::Good),
    });
    facts.push(fact("When to stop", stop(answer, widths)));
    let best = widths
        .by_place
        .iter()
        .min_by(|a, b| a.width.total_cmp(&b.width));
    if let Some(best) = best {
        let said = format!(
            "{}: {}, to {}",
            best.place.name(),
            answer.typed(&best.x),
            half_width(Some(best.width))
        );
        facts.push(fact("Helps most", said));
    }
    let strongest = widths
        .existing
        .iter()
        .filter_map(|run| Some((run, run.in_errors?)));
    if let Some((most, errors)) = strongest.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())) {
        let said = format!(
            "{}: without it the forecast moves by {:+.2} %, {} standard errors",
            run(answer, &most.x, Some(most.line)),
            Said(100.0 * most.change.unwrap_or(0.0)),
            digits(errors.abs(), 2)
        );
        facts.push(fact("Matters most", said));
    }
    facts.push(match &widths.suspicious {
        None => fact(
            "Worth repeating",
            "no run lies too far from the law of the others",
        ),
        Some(found) => {
            let x = widths
                .existing
                .get(found.place)
                .map_or(&[][..], |run| &run.x);
            let side = if found.share > 0.0 { "above" } else { "below" };
            let said = format!(
                "{} lies {} % {side} the law of the others, {} times its error (p = {:.1e} for all \
                 runs together)",
                run(answer, x, Some(found.line)),
                digits(100.0 * found.share.abs(), 3),
                digits(found.t.abs(), 3),
                Said(found.probability)
            );
            ("Worth repeating".to_owned(), said, Tone::Bad)
        }
    });
    facts.push(fact("Candidates", candidates(widths)));
    facts.push(fact("A width is", answer.measure()));
    if widths.minima.len() > 1 {
        let said = format!(
            "{} minima of the law explain the runs about as well",
            widths.minima.len()
        );
        facts.push(("Minima".to_owned(), said, Tone::Bad));
    }
    facts
}

/// A run with its line, if it has one.
fn run(answer: &PlanAnswer, x: &[f64], line: Option<u64>) -> String {
    match line.filter(|line| *line > 0) {
        Some(line) => format!("{} (line {line})", answer.typed(x)),
        None => answer.typed(x),
    }
}

fn nothing(widths: &PlannedWidths) -> String {
    match widths.now {
        Some(_) => "nothing: no candidate is expected to narrow the interval".to_owned(),
        None => "nothing: no candidate is expected to give an interval".to_owned(),
    }
}

fn candidates(widths: &PlannedWidths) -> String {
    let mut said = format!("{} that the budget can buy", widths.candidates);
    if widths.too_dear > 0 {
        said += &format!(", {} too dear", widths.too_dear);
    }
    if let Some(first) = widths.excluded.first() {
        said += &format!(
            ", {} rows left out (line {}: {})",
            widths.excluded.len(),
            first.line,
            first.reason
        );
    }
    said
}

/// The stopping rule in words.
fn stop(answer: &PlanAnswer, widths: &PlannedWidths) -> String {
    let (steps, stop) = (&widths.steps, widths.stop);
    let at = |k: usize| match k {
        0 => (0.0, widths.now),
        k => (steps[k - 1].spent, steps[k - 1].width),
    };
    let (spent, reached) = at(stop.after);
    let done = match stop.after {
        0 => "now".to_owned(),
        1 => format!("after 1 run for {}", format_quantity(spent)),
        k => format!("after {k} runs for {}", format_quantity(spent)),
    };
    match (stop.met, steps.get(stop.after)) {
        (Some(true), _) => format!("{done}, with {}", half_width(reached)),
        (Some(false), _) => format!(
            "the budget does not buy {}: {done} it is {}",
            half_width(answer.request.width),
            half_width(reached)
        ),
        (None, Some(_)) => {
            let last = &steps[steps.len() - 1];
            format!(
                "{done}, with {}: the rest of the sequence costs {} more and ends with {}",
                half_width(reached),
                format_quantity(last.spent - spent),
                half_width(last.width)
            )
        }
        (None, None) => format!(
            "{done}, with {}, where the sequence ends: {}",
            half_width(reached),
            ends(answer, widths)
        ),
    }
}

/// Why the sequence has no more runs.
fn ends(answer: &PlanAnswer, widths: &PlannedWidths) -> String {
    match widths.steps.len() {
        most if most >= answer.request.most => format!("no more than {most} runs were asked for"),
        _ => "the budget buys no run that narrows the interval further".to_owned(),
    }
}

fn sequence(answer: &PlanAnswer, widths: &PlannedWidths) -> Vec<Block> {
    if widths.steps.is_empty() {
        return Vec::new();
    }
    let head = [
        "",
        "run",
        "what it is",
        "cost",
        "spent",
        "interval after it",
    ];
    let row = |(k, step): (usize, &crate::ask::PlanStep)| {
        vec![
            (k + 1).to_string(),
            run(answer, &step.x, step.line),
            step.place.name().to_owned(),
            format_quantity(step.cost),
            format_quantity(step.spent),
            half_width(step.width),
        ]
    };
    vec![Block::table(
        &head,
        &[1, 2],
        widths.steps.iter().enumerate().map(row),
    )]
}

fn kinds(answer: &PlanAnswer, widths: &PlannedWidths) -> Vec<Block> {
    let head = ["best single run", "at", "cost", "interval after it"];
    let rows = widths.by_place.iter().map(|best| {
        vec![
            best.place.name().to_owned(),
            answer.typed(&best.x),
            format_quantity(best.cost),
            half_width(Some(best.width)),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    match rows.is_empty() {
        true => Vec::new(),
        false => vec![Block::table(&head, &[0, 1], rows)],
    }
}

/// Most runs that are listed for people.
const LISTED: usize = 12;

fn existing(answer: &PlanAnswer, widths: &PlannedWidths) -> Vec<Block> {
    let mut all: Vec<&Existing> = widths.existing.iter().collect();
    let size = |run: &Existing| run.in_errors.map_or(0.0, f64::abs);
    all.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let more = all.len().saturating_sub(LISTED);
    let head = [
        "run",
        "loss",
        "forecast without it",
        "standard errors",
        "interval without it",
    ];
    let row = |one: &&Existing| {
        let none = || "none".to_owned();
        vec![
            run(answer, &one.x, Some(one.line)),
            digits(one.loss, 5),
            one.change
                .map_or_else(none, |c| format!("{:+.2} %", Said(100.0 * c))),
            one.in_errors.map_or_else(none, |e| digits(e.abs(), 2)),
            match widths.is_calibrated {
                true => half_width(one.width),
                false => String::new(),
            },
        ]
    };
    let mut blocks = vec![Block::table(&head, &[0], all.iter().take(LISTED).map(row))];
    let narrower = |one: &Existing| one.width.zip(widths.now).is_some_and(|(w, now)| w < now);
    if widths.is_calibrated && widths.existing.iter().any(narrower) {
        blocks.push(Block::text(
            "An interval is narrower without a run that lies off the law of the others: the scatter \
             that the run shows is real until a repetition says otherwise, so repeat it and do not \
             leave it out.",
        ));
    }
    if more > 0 {
        blocks.push(Block::text(format!(
            "{more} runs that matter less are not listed."
        )));
    }
    blocks
}

fn ladder(answer: &PlanAnswer) -> Vec<Block> {
    let Planned::Ladder {
        before,
        prior,
        noise,
        met,
        ladders,
        best,
    } = &answer.planned
    else {
        return Vec::new();
    };
    let chosen = &ladders[*best];
    let seeds = match chosen.seeds {
        1 => "one run each".to_owned(),
        seeds => format!("{seeds} seeds each"),
    };
    let verdict = match met {
        Some(false) => (
            "Ladder".to_owned(),
            format!(
                "the budget does not buy {}; the best ladder is expected to have {}",
                half_width(answer.request.width),
                half_width(Some(chosen.width))
            ),
            Tone::Bad,
        ),
        _ => (
            "Ladder".to_owned(),
            format!(
                "{} rungs, {seeds}, for {}: {} is expected",
                chosen.rungs.len(),
                format_quantity(chosen.cost),
                half_width(Some(chosen.width))
            ),
            Tone::Good,
        ),
    };
    let rungs: Vec<String> = chosen.rungs.iter().map(|c| format_quantity(*c)).collect();
    let facts = vec![
        fact("Target", answer.targets_typed()),
        verdict,
        fact("Rungs", rungs.join(", ")),
        fact(
            "Known before",
            format!("{prior}; width without any run {}", half_width(*before)),
        ),
        fact("Noise of a run", format!("{} %", digits(100.0 * noise, 3))),
        fact("A width is", answer.measure()),
    ];
    let head = ["cost", "rungs", "seeds", "smallest", "largest", "interval"];
    let row = |one: &Rungs| {
        let end = |value: Option<&f64>| value.map_or(String::new(), |c| format_quantity(*c));
        vec![
            format_quantity(one.cost),
            one.rungs.len().to_string(),
            one.seeds.to_string(),
            end(one.rungs.first()),
            end(one.rungs.last()),
            half_width(Some(one.width)),
        ]
    };
    vec![
        Block::Facts(facts),
        Block::table(&head, &[], ladders.iter().map(row)),
    ]
}

fn rows(answer: &PlanAnswer) -> Vec<Row> {
    let level = answer.request.level;
    let method = answer.method();
    let at = |x: &[f64]| {
        let each = answer.names.iter().zip(x);
        let each = each.map(|(name, value)| format!("{name}={value:?}"));
        each.collect::<Vec<_>>().join(",")
    };
    let row = |step: Option<usize>, width: Option<f64>| Row {
        step,
        at: String::new(),
        line: None,
        place: "",
        cost: None,
        spent: None,
        level,
        method,
        width,
        status: match width {
            Some(_) => "ok",
            None => "abstained: no interval",
        },
    };
    match &answer.planned {
        Planned::Refused => Vec::new(),
        Planned::Runs(widths) => {
            let now = Row {
                spent: Some(0.0),
                ..row(Some(0), widths.now)
            };
            let steps = widths.steps.iter().enumerate().map(|(k, step)| Row {
                at: at(&step.x),
                line: step.line,
                place: step.place.name(),
                cost: Some(step.cost),
                spent: Some(step.spent),
                ..row(Some(k + 1), step.width)
            });
            [now].into_iter().chain(steps).collect()
        }
        Planned::Ladder { ladders, .. } => ladders
            .iter()
            .map(|one| Row {
                at: {
                    let each = one.rungs.iter().map(|c| format!("C={c:?}*{}", one.seeds));
                    each.collect::<Vec<_>>().join(";")
                },
                cost: Some(one.cost),
                spent: Some(one.cost),
                ..row(None, Some(one.width))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::PlanRequest;
    use crate::chart;
    use crate::runs::Dataset;

    /// A chart beside the text would mislead with other numbers or other names.
    #[test]
    fn the_chart_has_the_numbers_and_the_names_of_the_text() {
        let at = |k: i32| 1e18 * 10f64.powf(0.7 * f64::from(k));
        let off = |k: i32| 1.0 + 0.002 * f64::from(k * 7 % 5 - 2);
        let runs = (0..8).map(|k| (at(k), (1.5 + 400.0 * at(k).powf(-0.14)) * off(k)));
        let request = PlanRequest::default().at(["1e25"]).budget(3e23).draws(12);
        let answer = request.of(&Dataset::from_runs(runs).unwrap()).unwrap();
        let text = answer.document().to_text(false);
        let said = chart::plan(&answer).description().to_owned();
        let (dots, _) = said.split_once(". A width is").unwrap();
        let dots: Vec<&str> = dots.split("; ").collect();
        assert!(dots.len() > 1, "{said}");
        for dot in dots {
            let (name, width) = dot.split_once(": ").unwrap();
            let name = name.replace("interval now", "Interval now");
            assert!(
                text.contains(&name) && text.contains(width),
                "{dot}: {text}"
            );
        }
    }
}
