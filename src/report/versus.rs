//! A comparison of recipes in words and numbers.

use super::answer::Shown;
use super::document::{Block, Document, Fact, Tone, fact, mark_forced};
use super::fit::findings;
use super::versus_rows::table;
use super::versus_words::{interval_of, losses, probability, verdict};
use crate::ask::{Compared, Trust, VersusAnswer};
use crate::code::Code;
use crate::fit::Diagnosis;
use crate::number::{compute, digits, percent};
use crate::quantity::format_quantity;
use crate::said::Said;
use crate::versus::{Comparison, Hypothesis, NoMultiplier, Place, Power, Verdict};

impl Shown for VersusAnswer {
    fn document(&self) -> Document {
        document(self)
    }

    fn table(&self) -> String {
        table(self)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        let none = self.compared.is_empty();
        let mut refused = self.refused().filter(|_| none);
        let (name, why) = refused.next()?;
        let reason = format!("recipe '{name}': {}", why.reason);
        Some((why.code.clone(), reason))
    }
}

fn document(answer: &VersusAnswer) -> Document {
    let parts = parts(answer).into_iter();
    parts
        .flat_map(|part| part.blocks)
        .collect::<Vec<_>>()
        .into()
}

/// A part of the answer, with its name and its heading on a page.
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) blocks: Vec<Block>,
}

/// The parts of the answer, the most important first.
pub(super) fn parts(answer: &VersusAnswer) -> Vec<Part> {
    let mut found: Vec<Block> = findings(&answer.findings).into_iter().collect();
    for recipe in &answer.recipes {
        // The noise is estimated from all recipes together, so too few runs of one recipe do not
        // matter.
        let own = recipe.fit.diagnoses().iter();
        let own: Vec<Diagnosis> = own
            .filter(|d| d.code != Code::TooFewRuns)
            .cloned()
            .collect();
        if let Some(about) = findings(&own) {
            found.push(Block::text(format!("Findings about '{}':", recipe.name)));
            let mut about = vec![about];
            if recipe.is_forced() {
                mark_forced(&mut about);
            }
            found.extend(about);
        }
    }
    let compared = answer.compared.iter();
    let part = |id, heading, blocks| Part {
        id,
        heading,
        blocks,
    };
    vec![
        part(
            "verdict",
            "Which is better",
            vec![Block::Facts(facts(answer))],
        ),
        part("multiplier", "The multiplier", multipliers(answer)),
        part(
            "lasting",
            "Does it last?",
            compared.flat_map(|one| tests(answer, one)).collect(),
        ),
        part("power", "What the runs could show", power(answer)),
        part("findings", "What was found", found),
    ]
}

/// The tables of the multiplier, and how they were made.
fn multipliers(answer: &VersusAnswer) -> Vec<Block> {
    if answer.compared.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![places(answer, &["at"], |found| &found.places)];
    blocks.extend(crossings(answer));
    blocks.push(Block::text(how(answer)));
    let mut all = answer.compared.iter();
    if all.any(|one| !one.comparison.of_tokens.is_empty()) {
        blocks.push(Block::text(format!(
            "m in tokens: how many times the tokens of the recipe {} needs, with as many \
             parameters, to reach the loss that the recipe has there.",
            answer.base()
        )));
        blocks.push(places(answer, &["N", "D"], |found| &found.of_tokens));
    }
    blocks
}

pub(super) fn facts(answer: &VersusAnswer) -> Vec<Fact> {
    let mut facts = vec![fact("Base", answer.base())];
    for one in &answer.compared {
        let first = one.comparison.places.first().map(|place| place.verdict);
        let tone = match first {
            Some(Verdict::Better | Verdict::NeverReached) => Tone::Good,
            Some(Verdict::Worse) => Tone::Bad,
            _ => Tone::Plain,
        };
        facts.push((one.name.clone(), verdict(answer, one), tone));
    }
    for (name, why) in answer.refused() {
        let said = format!("not compared: {}: {}", why.code, why.reason);
        facts.push((name.to_owned(), said, Tone::Bad));
    }
    let several = answer.groups.iter().filter(|group| group.len() > 1);
    let groups: Vec<String> = several.map(|group| group.join(", ")).collect();
    if !groups.is_empty() {
        facts.push(fact(
            "Cannot be told apart",
            format!("at {}: {}", compute(answer.largest), groups.join("; ")),
        ));
    }
    for recipe in &answer.recipes {
        let fit = &recipe.fit;
        let values: Vec<String> = (fit.parameters().iter())
            .map(|p| {
                format!(
                    "{} = {}",
                    p.name,
                    crate::number::with_uncertainty(p.value, p.stderr)
                )
            })
            .collect();
        let runs = fit.fitted_runs().count();
        facts.push(fact(
            &format!("Law of {}", recipe.name),
            format!(
                "{}, from {runs} run{}",
                values.join(", "),
                if runs == 1 { "" } else { "s" }
            ),
        ));
    }
    facts
}

/// One row per recipe and place, the best recipe first.
fn places(answer: &VersusAnswer, at: &[&str], of: fn(&Comparison) -> &[Place]) -> Block {
    let level = percent(answer.main);
    let head = [
        &["recipe"],
        at,
        &["m", &level, "method", "base loss", "loss", "difference"],
        &[&level, "better with"],
    ]
    .concat();
    let row = |one: &Compared, place: &Place| {
        let main = place.main(answer.main);
        let difference = (place.difference_intervals.iter()).find(|i| i.level == answer.main);
        let spread = difference.map(|i| 0.25 * (i.upper - i.lower));
        let [base, loss] = losses(place, spread);
        let at = match (place.params, place.tokens) {
            (Some(n), Some(d)) => vec![format_quantity(n), format_quantity(d)],
            _ => vec![compute(place.compute)],
        };
        let said = vec![
            place
                .multiplier
                .map_or("never".to_owned(), |m| digits(m, 4)),
            main.map_or("none".to_owned(), interval_of),
            main.map_or(String::new(), |i| i.method.name().to_owned()),
            base,
            loss,
            format!("{:+.5}", Said(place.difference)),
            difference.map_or("none".to_owned(), |i| {
                format!("{:+.5} .. {:+.5}", Said(i.lower), Said(i.upper))
            }),
            place
                .probability_better
                .map_or("n/a".to_owned(), |p| format!("{:.1} %", Said(100.0 * p))),
        ];
        [vec![one.name.clone()], at, said].concat()
    };
    let all = answer.compared.iter();
    let rows = all.flat_map(|one| of(&one.comparison).iter().map(move |place| row(one, place)));
    Block::table(&head, &[0, 3 + at.len()], rows)
}

/// How the numbers of the table were made.
fn how(answer: &VersusAnswer) -> String {
    let base = answer.base();
    let mut text = format!(
        "m is how many times the compute of the recipe {base} needs to reach the loss that the \
         recipe has there. The difference is the loss of {base} less that of the recipe, and the \
         last column the one-sided confidence that the law of the recipe lies below. Intervals are \
         of the laws, not of single runs, and hold if the laws are exactly right."
    );
    if let Some(one) = answer.compared.iter().find(|one| one.comparison.surface) {
        text += &format!(
            " Computes lie on the compute-optimal path of each surface: the loss there is the least \
             that its law has at this compute, {}.",
            one.comparison.counted
        );
    }
    if answer.family > 1 {
        text += &format!(
            " The intervals of all {} recipes hold together: each is made at {} (Sidak 1967).",
            answer.family,
            format_args!(
                "{} %",
                digits(
                    100.0 * crate::versus::each_of(answer.main, answer.family),
                    4
                )
            )
        );
    }
    for one in &answer.compared {
        text += &format!(" {}", noise(&one.name, &one.comparison));
        let first = |all: &[Place]| all.first().cloned();
        let places = [&one.comparison.places, &one.comparison.of_tokens];
        for place in places.into_iter().filter_map(|all| first(all)) {
            let said = |none: &&NoMultiplier| none.code != Code::TooFewRuns;
            for none in place.abstentions.iter().filter(said) {
                let method = none
                    .method
                    .map_or(String::new(), |m| format!("{} ", m.name()));
                text += &format!(" No {method}interval for {}: {}.", one.name, none.reason);
            }
        }
    }
    text
}

/// The noise in a sentence.
fn noise(name: &str, found: &Comparison) -> String {
    let dof = found.dof.map_or(String::new(), |dof| {
        let dof = format!("{:.1}", Said(dof));
        let dof = dof.trim_end_matches(".0");
        let degrees = if dof == "1" { "degree" } else { "degrees" };
        format!(" with {dof} {degrees} of freedom")
    });
    match (found.pairs, found.correlation, found.noise) {
        (0, _, Some(noise)) => format!(
            "The noise against {name} is pooled over both recipes: {} %{dof}.",
            digits(100.0 * noise, 2)
        ),
        (0, _, None) if found.dof.is_none() => {
            format!("The noise against {name} is the standard deviation that was given.")
        }
        (0, _, None) => format!("The noise against {name} is not known."),
        (pairs, correlation, noise) => format!(
            "{pairs} runs of {name} are paired with a run of the base of the same compute and seed: \
             their noise of {} % has a correlation of {}, and what they have in common cancels{dof}.",
            noise.map_or("unknown".to_owned(), |noise| digits(100.0 * noise, 2)),
            correlation.map_or("unknown".to_owned(), |r| format!("{:.2}", Said(r)))
        ),
    }
}

/// The results of the hypothesis tests.
fn tests(answer: &VersusAnswer, one: &Compared) -> Vec<Block> {
    let found = &one.comparison;
    if found.hypotheses.is_empty() {
        return Vec::new();
    }
    let mut head: Vec<String> = [
        "hypothesis",
        "F",
        "degrees",
        "p",
        "p of the ratio",
        "AICc",
        "BIC",
    ]
    .map(str::to_owned)
    .to_vec();
    head.extend(
        found
            .places
            .iter()
            .map(|place| format!("m at {}", compute(place.compute))),
    );
    let number = |value: Option<f64>, decimals: usize| {
        value.map_or("n/a".to_owned(), |v| format!("{:+.decimals$}", Said(v)))
    };
    let row = |h: &Hypothesis| {
        let dof = h.dof.map_or("known noise".to_owned(), |dof| {
            format!("{:.1}", Said(dof))
                .trim_end_matches(".0")
                .to_owned()
        });
        let mut row = vec![
            h.name.to_owned(),
            digits(h.f, 3),
            format!("{}, {dof}", h.constraints),
            h.p.map_or("n/a".to_owned(), probability),
            h.likelihood_ratio_p.map_or("n/a".to_owned(), probability),
            number(h.aicc, 1),
            number(Some(h.bic), 1),
        ];
        let multipliers = h.multipliers.iter();
        row.extend(multipliers.map(|m| m.map_or("never".to_owned(), |m| digits(m, 4))));
        row
    };
    let heads: Vec<&str> = head.iter().map(String::as_str).collect();
    vec![
        Block::text(format!(
            "What the laws of {} and {} may have in common. A small p speaks against it; AICc and \
             BIC are those of two separate laws plus what is shown, so that less than zero speaks \
             for it.",
            answer.base(),
            one.name
        )),
        Block::table(&heads, &[0, 2], found.hypotheses.iter().map(row)),
    ]
}

fn crossings(answer: &VersusAnswer) -> Vec<Block> {
    let said = |one: &Compared| {
        let found = &one.comparison;
        let (low, high) = found.searched;
        if found.crossings.is_empty() {
            return format!(
                "The laws of {} and {} do not cross between {} and {}.",
                answer.base(),
                one.name,
                compute(low),
                compute(high)
            );
        }
        let all: Vec<String> = (found.crossings.iter())
            .map(|crossing| {
                let where_ = match crossing.within_runs {
                    true => "within the runs",
                    false => "outside the runs",
                };
                let main = crossing.intervals.iter().find(|i| i.level == answer.main);
                let interval = main.map_or("no interval".to_owned(), |i| {
                    let end = |end: Option<f64>, none: &str| end.map_or(none.to_owned(), compute);
                    format!(
                        "{}: {} to {}",
                        percent(i.level),
                        end(i.lower, "no lower limit"),
                        end(i.upper, "no upper limit")
                    )
                });
                format!("{} ({interval}; {where_})", compute(crossing.compute))
            })
            .collect();
        let within = found.crossings.iter().any(|c| c.within_runs);
        let none = if within {
            ""
        } else {
            ", and none lies within the runs"
        };
        format!(
            "The laws of {} and {} cross at {}{none}.",
            answer.base(),
            one.name,
            all.join(" and at ")
        )
    };
    let several = |one: &&Compared| one.comparison.looked_at.0 < one.comparison.looked_at.1;
    let all = answer.compared.iter().filter(several);
    all.map(|one| Block::Text(said(one))).collect()
}

/// The smallest difference that the runs could have shown.
pub(super) fn power(answer: &VersusAnswer) -> Vec<Block> {
    let all = answer.compared.iter().flat_map(|one| {
        let places = one.comparison.places.iter();
        places.filter_map(move |place| Some((one, place, place.power.as_ref()?)))
    });
    let count = |n: Option<usize>| n.map_or(">1000".to_owned(), |n| n.to_string());
    let row = |(one, place, power): (&Compared, &Place, &Power)| {
        let mut row = vec![
            one.name.clone(),
            compute(place.compute),
            power.smallest.map_or("n/a".to_owned(), |m| digits(m, 4)),
        ];
        for needed in &power.needed {
            let repeats = format!("{}x", count(needed.repeats));
            let rungs = format!("{} rungs", count(needed.rungs));
            // Adding rungs needs a range of compute.
            let (low, high) = one.comparison.common;
            row.push(
                match (power.smallest, low < high && !one.comparison.surface) {
                    (_, false) => repeats,
                    (None, true) => rungs,
                    (Some(_), true) => format!("{repeats}, {rungs}"),
                },
            );
        }
        row.resize(6, "n/a".to_owned());
        row
    };
    let rows: Vec<Vec<String>> = all.map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let head = [
        "recipe",
        "at",
        "smallest m",
        "for 1.02",
        "for 1.05",
        "for 1.1",
    ];
    let rungs = match answer.compared.iter().any(|one| one.comparison.surface) {
        true => "",
        false => ", or how many runs each recipe would need over the same range",
    };
    vec![
        Block::text(format!(
            "What the runs could show with 90 % power, where an interval of {} has to exclude 1: the \
             smallest m of these runs, and for a smaller one how many times all runs would have to be \
             repeated with new seeds{rungs}.",
            percent(answer.main)
        )),
        Block::table(&head, &[0], rows),
    ]
}
