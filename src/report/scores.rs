//! Scores of a suite, in words and numbers.

use super::answer::{Shown, code_and_words};
use super::document::{Block, Document, Fact, Tone, fact};
use super::fit::findings;
use super::grade::tone;
use super::scores_facts::{chances, data, not_fitted, notes};
use super::scores_rows::table;
use super::scores_tables::{MEMBERS, member_rows, member_table, suite_table};
use super::scores_words::{bracket, model, none_given, points};
use crate::ask::{ScoreForecast, ScoresAnswer, TaskAnswer, Trust, reasons};
use crate::capability::Verdict;
use crate::fit::{Code, Diagnosis, Severity};
use crate::number::{compute, digits, percent};
use crate::said::Said;
use crate::scores::hidden::{Average, HeldOut};
use crate::text::list;

impl Shown for ScoresAnswer {
    fn document(&self) -> Document {
        let mut blocks = said_of(self);
        if self.only().is_none() {
            blocks.extend(details_of(self));
        }
        blocks.extend(findings_of(self));
        Document::from(blocks).forced_if(self.request.force)
    }

    fn table(&self) -> String {
        table(self)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        let refused = self.tasks.iter().all(|task| task.refusal.is_some());
        let first = self.tasks.iter().find_map(|task| task.refusal.as_ref());
        first.filter(|_| refused).map(code_and_words)
    }
}

/// Data, laws and forecasts.
pub(super) fn said_of(answer: &ScoresAnswer) -> Vec<Block> {
    let mut blocks = vec![Block::Facts(facts(answer))];
    if answer.targets.is_empty() {
        blocks.push(laws(answer));
    }
    for place in 0..answer.targets.len() {
        blocks.extend(target_blocks(answer, place));
    }
    blocks.extend(forced(answer));
    blocks
}

pub(super) fn facts(answer: &ScoresAnswer) -> Vec<Fact> {
    let mut names: Vec<&str> = Vec::new();
    for task in &answer.tasks {
        for law in &task.fit.laws {
            let text = match law.law.name() {
                "compute" => "-ln Q = A/C^alpha",
                "size" => "-ln Q = A/N^alpha + B/D^beta",
                _ => "a sigmoid of the loss on the task",
            };
            if !names.contains(&text) {
                names.push(text);
            }
        }
    }
    let laws = match names.is_empty() {
        true => "none could be fitted".to_owned(),
        false => format!(
            "{}, with Q = (score - chance)/(1 - chance)",
            names.join("; ")
        ),
    };
    let mut facts = vec![fact("Laws", laws)];
    facts.extend(not_fitted(answer));
    facts.push(fact("Data", data(answer)));
    facts.push(fact("Chance", chances(answer)));
    facts.extend(notes(answer));
    if let Some(only) = answer.only() {
        facts.extend(held_out(only));
        facts.push(overall(only));
    }
    let refused = answer.tasks.iter().filter(|t| t.refusal.is_some());
    let refused: Vec<&str> = refused.map(TaskAnswer::name).collect();
    if !refused.is_empty() && answer.only().is_none() {
        facts.push((
            "No forecast".to_owned(),
            format!(
                "{} of {} tasks: {}",
                refused.len(),
                answer.tasks.len() + answer.failed.len(),
                refused.join(", ")
            ),
            Tone::Bad,
        ));
    }
    facts
}

/// How the larger models of the table came out.
fn held_out(task: &TaskAnswer) -> Option<Fact> {
    let own = task.held_out?;
    let words = format!(
        "{} of the {} larger models lie inside their {} intervals, each forecast from all smaller \
         ones",
        own.inside,
        own.models,
        percent(HeldOut::LEVEL)
    );
    Some(fact("Held out", words))
}

/// The verdict on a task, and the evidence for it.
pub(super) fn overall(task: &TaskAnswer) -> Fact {
    let verdict = task.verdict();
    let mut found = task.diagnoses.iter();
    let decides = found.find(|d| d.severity == Severity::Refuse);
    let warned = task.diagnoses.iter().find(|d| d.severity == Severity::Warn);
    let (words, tone) = match (verdict, decides) {
        (Verdict::Predictable, _) => match warned {
            // The finding itself is listed, so its code is enough here.
            Some(d) => (
                format!("{}, with a warning: {}", verdict.words(), d.code),
                Tone::Plain,
            ),
            None => (verdict.words().to_owned(), Tone::Good),
        },
        (_, Some(d)) => (
            format!("{}: {}: {}", verdict.words(), d.code, d.message),
            Tone::Bad,
        ),
        _ => (verdict.words().to_owned(), Tone::Bad),
    };
    ("Verdict".to_owned(), words, tone)
}

/// A note that numbers are forced.
pub(super) fn forced(answer: &ScoresAnswer) -> Option<Block> {
    let mut tasks = answer.tasks.iter().filter(|_| answer.request.force);
    let refuses = |d: &&crate::fit::Diagnosis| d.severity == Severity::Refuse;
    let found = tasks.find_map(|task| task.diagnoses.iter().find(refuses))?;
    Some(Block::text(format!(
        "FORCED against the verdict NOT PREDICTABLE ({}): do not use these numbers.",
        found.code
    )))
}

fn target_blocks(answer: &ScoresAnswer, place: usize) -> Vec<Block> {
    let main = answer.main();
    let mut blocks = vec![Block::Facts(target_facts(answer, place))];
    blocks.push(match answer.only() {
        None => suite_table(answer, place, main),
        Some(only) => member_table(only, place, main),
    });
    blocks
}

/// A target in a table of one task: its facts, or why there is no forecast.
pub(super) fn target_in_short(answer: &ScoresAnswer, place: usize) -> Vec<Fact> {
    let mut facts = target_facts(answer, place);
    let none = answer
        .tasks
        .first()
        .and_then(|task| task.forecasts[place].as_ref().err());
    facts.extend(none.map(none_given));
    facts
}

fn target_facts(answer: &ScoresAnswer, place: usize) -> Vec<Fact> {
    let target = &answer.targets[place];
    let main = answer.main();
    let mut facts = vec![fact(
        "Target",
        format!(
            "{}: {} times the compute of the largest fitted model ({})",
            model(target, &answer.compute_name),
            digits(target.compute / answer.largest, 3),
            compute(answer.largest)
        ),
    )];
    let only = answer.only();
    let several = only.is_none();
    if let Some(only) = only
        && let Ok(made) = &only.forecasts[place]
    {
        facts.extend(alone(only, made, main));
    }
    match answer.averages[place].filter(|_| several) {
        Some(average) => facts.push(fact("Average", average_line(answer, &average, place, main))),
        None => facts.extend(no_average(answer, place).filter(|_| several)),
    }
    facts
}

/// Why a suite has no average: it would be that of other tasks than the suite's.
fn no_average(answer: &ScoresAnswer, place: usize) -> Option<Fact> {
    let is_without = |task: &&TaskAnswer| task.forecasts[place].is_err();
    let without = answer.failed.len() + answer.tasks.iter().filter(is_without).count();
    let all = answer.failed.len() + answer.tasks.len();
    let (has, them) = match without {
        0 => return None,
        1 => ("has", "it"),
        _ => ("have", "them"),
    };
    Some(fact(
        "Average",
        format!(
            "none: {without} of {all} tasks {has} no forecast; leave {them} out for an average of the others"
        ),
    ))
}

/// A forecast with its interval.
pub(super) fn forecast_words(made: &ScoreForecast, main: f64) -> String {
    let interval = made.intervals.iter().find(|i| i.level == main);
    format!(
        "{} [{}, {} calibrated prediction interval]",
        points(made.point()),
        bracket(interval),
        percent(main)
    )
}

/// The forecast of a table of one task.
fn alone(task: &TaskAnswer, made: &ScoreForecast, main: f64) -> Vec<Fact> {
    let interval = made.intervals.iter().find(|i| i.level == main);
    let mut facts = vec![
        fact("Forecast", forecast_words(made, main)),
        (
            "Grade".to_owned(),
            format!(
                "{}: {}",
                made.grade.name().to_uppercase(),
                made.record.as_ref().unwrap_or(&made.because)
            ),
            tone(made.grade),
        ),
    ];
    if made.record.is_some() {
        facts.push(fact("Because", reasons(&made.because, made.extrapolation)));
    }
    if let Some(actual) = task.actual(&made.target) {
        let inside = interval.is_some_and(|i| i.lower <= actual.score && actual.score <= i.upper);
        facts.push(fact(
            "Actual",
            format!(
                "{} ({}), {} the {} interval",
                points(actual.score),
                actual.model,
                if inside { "inside" } else { "OUTSIDE" },
                percent(main)
            ),
        ));
    }
    facts
}

/// An average with its interval.
pub(super) fn average_words(answer: &ScoresAnswer, average: &Average, main: f64) -> String {
    let all = answer.average_intervals(average);
    let interval = all.iter().find(|i| i.level == main);
    format!(
        "{} [{}, {} calibrated prediction interval]",
        points(average.point),
        bracket(interval),
        percent(main)
    )
}

fn average_line(answer: &ScoresAnswer, average: &Average, place: usize, main: f64) -> String {
    let mut line = format!(
        "{}; errors of two tasks go together with a correlation of {:.2}",
        average_words(answer, average, main),
        Said(average.correlation)
    );
    let left_out = answer.not_counted();
    if !left_out.is_empty() {
        let left_out = list(left_out.iter().copied());
        line += &format!("; not counted, since they are others together: {left_out}");
    }
    let missed: Vec<&str> = answer.missed().map(TaskAnswer::name).collect();
    if !missed.is_empty() {
        let missed = list(missed.iter().copied());
        line += &format!("; but see the finding {} of {missed}", Code::HeldOutMisses);
    }
    let target = &answer.targets[place];
    let actual: Option<Vec<f64>> = (answer.counted())
        .map(|t| t.actual(target).map(|a| a.score))
        .collect();
    if let Some(actual) = actual {
        let mean = actual.iter().sum::<f64>() / actual.len() as f64;
        line += &format!("; came true: {}", points(mean));
    }
    line
}

/// What the table of a suite has no room for: what each law says of each task, why each forecast
/// has its grade, and the parameters of the laws.
fn details_of(answer: &ScoresAnswer) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (place, target) in answer.targets.iter().enumerate() {
        let made = answer.tasks.iter().filter_map(|task| {
            let made = task.forecasts[place].as_ref().ok()?;
            Some((task.name().to_owned(), made))
        });
        let made: Vec<(String, &ScoreForecast)> = made.collect();
        if made.is_empty() {
            continue;
        }
        let at = model(target, &answer.compute_name);
        let head = [&["task"], &MEMBERS[..]].concat();
        let rows = made.iter().flat_map(|(task, made)| {
            let rows = member_rows(made, answer.main()).into_iter();
            rows.map(|row| [vec![task.clone()], row].concat())
        });
        blocks.push(Block::text(format!("What each law says of {at}:")));
        blocks.push(Block::table(&head, &[0, 1, 3], rows.collect::<Vec<_>>()));
        let why = made
            .iter()
            .map(|(task, made)| vec![task.clone(), made.because.clone()]);
        blocks.push(Block::word_table(&["task", "reasons of the grade"], why));
    }
    if !answer.targets.is_empty() {
        blocks.push(laws(answer));
    }
    blocks
}

/// The parameters of every law.
pub(super) fn laws(answer: &ScoresAnswer) -> Block {
    let rows = answer.tasks.iter().flat_map(|task| {
        let laws = task.fit.laws.iter();
        laws.map(|law| {
            let named = law.named(task.fit.chance()).into_iter();
            let values: Vec<String> = named
                .map(|(n, v)| format!("{n} = {}", digits(v, 4)))
                .collect();
            vec![
                task.name().to_owned(),
                law.law.name().to_owned(),
                values.join(", "),
                format!("{:.1} points", Said(100.0 * (law.scatter * 0.25).sqrt())),
            ]
        })
    });
    Block::table(
        &["task", "law", "parameters", "scatter at a score of 50 %"],
        &[0, 1, 2],
        rows.collect::<Vec<_>>(),
    )
}

/// Notes about the rows of tasks, each kind once.
fn noted(answer: &ScoresAnswer) -> Vec<Vec<String>> {
    let of = |code: Code| {
        let all = answer.tasks.iter();
        let all = all.filter_map(|task| {
            let mut found = task.diagnoses.iter();
            let found = found.find(|d| d.code == code && d.severity == Severity::Note)?;
            Some((task.name(), found))
        });
        let all: Vec<(&str, &Diagnosis)> = all.collect();
        let (_, first) = all.first()?;
        let tasks = list(all.iter().map(|(task, _)| *task));
        Some(vec![tasks, code.to_string(), first.message.clone()])
    };
    let codes = [Code::GroupOfTasks, Code::SeveralScores];
    codes.into_iter().filter_map(of).collect()
}

/// The findings of each task.
pub(super) fn findings_of(answer: &ScoresAnswer) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(only) = answer.only() {
        blocks.extend(findings(&only.diagnoses));
        return blocks;
    }
    let rows = answer.tasks.iter().flat_map(|task| {
        let told = task
            .diagnoses
            .iter()
            .filter(|d| d.severity > Severity::Note);
        told.map(|d| {
            vec![
                task.name().to_owned(),
                d.code.to_string(),
                d.message.clone(),
            ]
        })
    });
    let rows = rows.chain(noted(answer));
    let failed = answer.failed.iter();
    let failed = failed.map(|(task, why)| vec![task.clone(), "not read".to_owned(), why.clone()]);
    let rows: Vec<Vec<String>> = rows.chain(failed).collect();
    if !rows.is_empty() {
        blocks.push(Block::word_table(&["task", "finding", ""], rows));
    }
    blocks
}
