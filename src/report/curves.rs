//! The ends of several training runs in words and as a table of runs.

use super::answer::Shown;
use super::document::{Block, Document, fact};
use crate::ask::{CurvesAnswer, RunAtEnd, RunState, Trust};
use crate::csv_text::CsvText;
use crate::number::with_uncertainty;
use crate::quantity::format_quantity;
use std::collections::{BTreeMap, BTreeSet};

/// The columns that describe the forecast.
const SAID: [&str; 8] = [
    "sigma",
    "state",
    "known_until",
    "level",
    "lower",
    "upper",
    "reason",
    "trunk",
];

/// Most trunks that a fact names.
const NAMED: usize = 4;

impl Shown for CurvesAnswer {
    fn document(&self) -> Document {
        let count = |state: &str| self.runs.iter().filter(|r| r.state.name() == state).count();
        let (ended, forecast) = (count("ended"), count("forecast"));
        let mut said = format!(
            "{}: {ended} at their end, {forecast} forecast",
            self.runs.len()
        );
        match count("unknown") {
            0 => {}
            unknown => said += &format!(", {unknown} without an answer"),
        }
        let mut facts = vec![fact("Runs", said)];
        facts.extend(branches(self).map(|said| fact("Branches", said)));
        let head = [
            "run",
            "now",
            "end",
            "loss at the end",
            "interval",
            "what was found",
        ];
        let table = Block::table(&head, &[0, 4, 5], self.runs.iter().map(row));
        vec![Block::Facts(facts), table].into()
    }

    /// A table of runs: the columns of the log, the loss at the end, and its standard deviation.
    fn table(&self) -> String {
        let names = carried_names(self);
        let first = self.runs.first().map(|run| &run.log);
        let x = first
            .and_then(|log| log.x_column.as_deref())
            .unwrap_or("step");
        let loss = first
            .and_then(|log| log.loss_column.as_deref())
            .unwrap_or("loss");
        let head: Vec<&str> = names.iter().copied().chain([x, loss]).chain(SAID).collect();
        let mut table = CsvText::under(&head);
        for run in &self.runs {
            table.record(cells(run, &names));
        }
        table.into_text()
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        let none = self.trust() == Trust::Refused;
        let first = self.runs.iter().find_map(|run| match &run.state {
            RunState::Unknown(why) => Some(why.clone()),
            _ => None,
        });
        none.then(|| ("no-fit".to_owned(), first.unwrap_or_default()))
    }
}

/// How many branches each trunk has, and what that means for their errors.
fn branches(answer: &CurvesAnswer) -> Option<String> {
    let trunks = answer.runs.iter().filter(|run| run.loss().is_some());
    let trunks: BTreeMap<&str, usize> = trunks
        .filter_map(|run| run.trunk.as_ref())
        .map(|(trunk, count)| (trunk.as_str(), *count))
        .filter(|(_, count)| *count > 1)
        .collect();
    let one = |(trunk, count): (&&str, &usize)| format!("{count} of '{trunk}'");
    let all: Vec<String> = trunks.iter().take(NAMED).map(one).collect();
    let more = match trunks.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and those of {more} more runs"),
    };
    (!all.is_empty()).then(|| {
        format!(
            "{}{more}; sigma is larger by the root of their number, because they share a trunk",
            all.join(", ")
        )
    })
}

/// The columns that some run carries to its end, in the order of the table, without the answer's
/// own columns.
fn carried_names(answer: &CurvesAnswer) -> Vec<&str> {
    let mut known: BTreeSet<&str> = SAID.into_iter().collect();
    let all = answer.runs.iter().flat_map(|run| &run.log.carried);
    all.map(|(name, _)| name.as_str())
        .filter(|name| known.insert(name))
        .collect()
}

fn number(value: f64) -> String {
    match value.is_finite() {
        true => format!("{value:?}"),
        false => String::new(),
    }
}

fn cells(run: &RunAtEnd, names: &[&str]) -> Vec<String> {
    let carried = names
        .iter()
        .map(|name| run.carried(name).unwrap_or_default());
    let some = |value: Option<f64>| value.map(number).unwrap_or_default();
    let interval = match &run.state {
        RunState::Forecast(answer) => answer.widest(),
        _ => None,
    };
    let said = [
        some(run.end),
        some(run.loss().map(|(loss, _)| loss)),
        some(run.loss().map(|(_, sigma)| sigma)),
        run.state.name().to_owned(),
        number(run.now),
        some(interval.map(|i| i.level)),
        some(interval.map(|i| i.lower)),
        some(interval.map(|i| i.upper)),
        match &run.state {
            RunState::Unknown(why) => why.clone(),
            _ => run.codes().join(", "),
        },
        run.trunk
            .as_ref()
            .map_or_else(String::new, |(trunk, _)| trunk.clone()),
    ];
    carried.chain(said).collect()
}

fn row(run: &RunAtEnd) -> Vec<String> {
    let count = |value: f64| match value < 1e7 && value.fract() == 0.0 {
        true => format!("{value}"),
        false => format_quantity(value),
    };
    let interval = match &run.state {
        RunState::Forecast(answer) => answer.widest(),
        _ => None,
    };
    let half = interval.map(|i| 0.5 * (i.upper - i.lower));
    vec![
        run.log.name.clone(),
        count(run.now),
        run.end.map_or_else(String::new, count),
        match run.loss() {
            Some((loss, sigma)) => with_uncertainty(loss, half.or(Some(sigma))),
            None => "none".to_owned(),
        },
        interval.map_or_else(String::new, |i| {
            let shown = |value| with_uncertainty(value, half);
            format!("[{}, {}]", shown(i.lower), shown(i.upper))
        }),
        match &run.state {
            RunState::Ended { .. } => "at its end".to_owned(),
            RunState::Forecast(_) => run.codes().join(", "),
            RunState::Unknown(why) => why.clone(),
        },
    ]
}
