//! Recipes of training runs and their schedules, in words and numbers.

use super::answer::Shown;
use super::document::{Block, Document, Fact, Tone, fact};
use super::fit::findings;
use super::rows::csv;
use crate::ask::{RecipeAnswer, SchedulesAnswer, Trust};
use crate::curve::hidden::{BestStart, CurveInterval, ScheduleTold};
use crate::number::{digits, percent, with_uncertainty};
use crate::quantity::format_quantity;
use crate::said::Said;

table_row! {
    /// A law of a recipe.
    struct LawRow<'a> {
        law: &'a str,
        floor: f64,
        reducible: f64,
        exponent: f64,
        amplitude: f64,
        unit: f64,
    }
}

table_row! {
    /// A schedule at a level.
    struct Row<'a> {
        schedule: &'a str,
        end: f64,
        point: f64,
        level: f64,
        kind: &'static str,
        method: &'static str,
        lower: f64,
        upper: f64,
        difference: f64,
        difference_lower: Option<f64>,
        difference_upper: Option<f64>,
    }
}

/// The runs behind a recipe.
fn runs(recipe: &crate::curve::hidden::Recipe) -> Fact {
    let one = |run: &crate::curve::hidden::RecipeRunSeen| {
        format!(
            "{} ({} points until {}, the rate falls by {:.0} %)",
            run.name,
            run.points,
            run.end,
            Said(100.0 * run.fallen)
        )
    };
    const NAMED: usize = 4;
    let mut named: Vec<String> = recipe.runs.iter().take(NAMED).map(one).collect();
    if recipe.runs.len() > NAMED {
        named.push(format!("and {} more", recipe.runs.len() - NAMED));
    }
    fact("Runs", named.join("; "))
}

fn missed(recipe: &crate::curve::hidden::Recipe) -> Fact {
    let from = match recipe.runs.len() {
        0..3 => "as in published curves: with fewer than three runs it cannot be seen",
        _ => "of the end of each run, forecast from the others",
    };
    let said = format!("{} %, {from}", digits(100.0 * recipe.missed, 2));
    fact("Missed by", said)
}

/// The runs, the error and the rows left out.
pub(super) fn recipe_facts(answer: &RecipeAnswer) -> Vec<Fact> {
    let mut facts = vec![runs(&answer.recipe), missed(&answer.recipe)];
    if let Some(first) = answer.excluded.first() {
        let said = format!(
            "{} rows (line {}: {})",
            answer.excluded.len(),
            first.line,
            first.reason
        );
        facts.push(fact("Left out", said));
    }
    facts
}

/// The laws with their parameters.
pub(super) fn laws(recipe: &crate::curve::hidden::Recipe) -> Block {
    let head = [
        "law",
        "L0",
        "A·S^(−α) at the end",
        "α",
        "a fall to nothing brings",
    ];
    let rows = recipe.laws.iter().map(|(law, p)| {
        vec![
            law.name().to_owned(),
            digits(p.floor, 5),
            digits(p.reducible, 4),
            digits(p.exponent, 4),
            digits(p.amplitude, 4),
        ]
    });
    Block::table(&head, &[0], rows)
}

impl Shown for RecipeAnswer {
    fn document(&self) -> Document {
        let mut blocks = vec![Block::Facts(recipe_facts(self)), laws(&self.recipe)];
        blocks.extend(findings(self.findings()));
        blocks.into()
    }

    fn table(&self) -> String {
        let rows = self.recipe.laws.iter().map(|(law, p)| LawRow {
            law: law.name(),
            floor: p.floor,
            reducible: p.reducible,
            exponent: p.exponent,
            amplitude: p.amplitude,
            unit: p.unit,
        });
        csv(&LawRow::COLUMNS, rows)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn json(&self) -> crate::Result<String> {
        Ok(self.to_json())
    }
}

impl Shown for SchedulesAnswer {
    fn document(&self) -> Document {
        let mut blocks = vec![Block::Facts(facts(self)), schedules(self)];
        blocks.extend(findings(self.findings()));
        blocks.into()
    }

    fn table(&self) -> String {
        let of = |told: &'_ ScheduleTold| {
            let rows = told.intervals.iter().enumerate();
            let row = |(k, i): (usize, &CurveInterval)| {
                let difference = told.differences.get(k);
                Row {
                    schedule: &told.name,
                    end: self.request.end,
                    point: told.point,
                    level: i.level,
                    kind: i.kind.name(),
                    method: i.method,
                    lower: i.lower,
                    upper: i.upper,
                    difference: told.difference,
                    difference_lower: difference.map(|d| d.lower),
                    difference_upper: difference.map(|d| d.upper),
                }
            };
            csv(&Row::COLUMNS, rows.map(row))
        };
        let mut text = String::new();
        for told in &self.compared.schedules {
            let own = of(told);
            match text.is_empty() {
                true => text = own,
                false => text += own.split_once('\n').map_or("", |(_, rows)| rows),
            }
        }
        text
    }

    fn trust(&self) -> Trust {
        self.trust()
    }
}

pub(super) fn facts(answer: &SchedulesAnswer) -> Vec<Fact> {
    let mut facts = vec![
        fact("End of the runs", format_quantity(answer.request.end)),
        runs(&answer.recipe),
        missed(&answer.recipe),
    ];
    for (name, best) in &answer.best {
        let of = match answer.best.len() {
            1 => String::new(),
            _ => format!("{name}: "),
        };
        facts.push(("Decay".to_owned(), of + &start(best), Tone::Good));
    }
    facts
}

fn start(best: &BestStart) -> String {
    let step = |at: f64| digits(at, 3);
    format!(
        "begins best at {}, which ends at {}; the laws say {} to {}, and from {} to {} the loss is \
         no higher than what the recipe misses",
        step(best.start),
        digits(best.point, 4),
        step(best.by_law.0),
        step(best.by_law.1),
        step(best.flat.0),
        step(best.flat.1)
    )
}

/// The ends of an interval.
pub(super) fn interval_words(i: &CurveInterval) -> String {
    let number = |v: f64| with_uncertainty(v, Some(0.5 * (i.upper - i.lower)));
    format!("{} to {}", number(i.lower), number(i.upper))
}

pub(super) fn schedules(answer: &SchedulesAnswer) -> Block {
    let all = &answer.compared.schedules;
    let level = all.first().and_then(|told| told.intervals.first());
    let level = level.map_or_else(String::new, |i| format!("{} interval", percent(i.level)));
    let ends = |i: Option<&CurveInterval>| i.map_or_else(String::new, interval_words);
    let row = |(k, told): (usize, &ScheduleTold)| {
        let mut cells = vec![
            told.name.clone(),
            digits(told.point, 5),
            ends(told.intervals.first()),
        ];
        match k {
            _ if all.len() == 1 => {}
            0 => cells.extend([String::new(), String::new()]),
            _ => {
                cells.push(format!("{:+.4}", Said(told.difference)));
                cells.push(ends(told.differences.first()));
            }
        }
        cells
    };
    let mut head = vec!["schedule", "loss at the end", level.as_str()];
    if all.len() > 1 {
        head.extend(["less the first", level.as_str()]);
    }
    Block::table(&head, &[0], all.iter().enumerate().map(row))
}
