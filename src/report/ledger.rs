//! A ledger in words and numbers.

use super::answer::Shown;
use super::claims::{about, off, off_by, spread, words};
use super::document::{Block, Document, Tone, fact};
use super::rows::csv;
use crate::ask::Trust;
use crate::interval::Kind;
use crate::ledger::{
    Advance, Bias, COVERAGE_LEVEL, Coverage, Entry, Ledger, Listed, Outcome, Prediction, SCORE,
    Skipped, Subject, Time,
};
use crate::number::{digits, percent, with_uncertainty};
use crate::said::Said;
use serde::Serialize;

/// Fewer rows than this are listed individually.
const LISTED: usize = 40;

impl Shown for Ledger {
    fn document(&self) -> Document {
        ledger(self)
    }

    /// One row per prediction with the interval to quote.
    fn table(&self) -> String {
        // A folder without entries gives a table without rows.
        csv(&LedgerRow::COLUMNS, rows(self))
    }

    fn trust(&self) -> Trust {
        match self.skipped.is_empty() {
            true => Trust::Trustworthy,
            false => Trust::NotTrustworthy,
        }
    }
}

fn ledger(ledger: &Ledger) -> Document {
    let (all, scored) = counts(ledger);
    let mut top = vec![
        fact("Entries", ledger.entries.len().to_string()),
        fact("Predictions", all.to_string()),
        fact("Outcomes", outcomes(ledger, scored)),
    ];
    if !ledger.skipped.is_empty() {
        let text = format!("{}, listed below", ledger.skipped.len());
        top.push(("Skipped".to_owned(), text, Tone::Bad));
    }
    let mut blocks = vec![Block::Facts(top)];
    if all > 0 {
        blocks.push(predictions(ledger));
        if all > LISTED {
            blocks.push(Block::Text(format!(
                "The last {LISTED} of {all} predictions are shown; the CSV has them all."
            )));
        }
    }
    let (bias, coverage) = (ledger.bias(), ledger.coverage());
    if !bias.is_empty() {
        blocks.push(bias_table(&bias));
    }
    // External points have no intervals.
    if !coverage.is_empty() {
        blocks.push(coverage_table(&coverage));
        blocks.push(Block::Text(format!(
            "Binomial intervals are Clopper-Pearson at {}; they take the outcomes for independent, which those of one entry are not.",
            percent(COVERAGE_LEVEL)
        )));
        blocks.push(Block::text("A confidence interval is about the curve: what is observed has noise as well, and it need not cover that."));
    }
    blocks.extend(
        ledger
            .skipped
            .iter()
            .map(|s| Block::Text(format!("skipped: {}: {}", s.file, s.reason))),
    );
    blocks.into()
}

/// Predictions, and those with an outcome.
fn counts(ledger: &Ledger) -> (usize, usize) {
    let all = ledger
        .entries
        .iter()
        .map(|e| e.entry.registration().predictions.len());
    let scored = ledger.entries.iter().map(|e| e.outcomes.len());
    (all.sum(), scored.sum())
}

fn outcomes(ledger: &Ledger, scored: usize) -> String {
    let stated = ledger
        .counted()
        .filter(|(_, o)| o.in_advance == Advance::Yes)
        .count();
    let hindsight = ledger.hindsight();
    let mut text = format!(
        "{scored} known, {stated} of them stated to be later than their registration, {} not stated",
        scored - stated - hindsight
    );
    if hindsight > 0 {
        text += &format!("; {hindsight} KNOWN BEFORE and not counted");
    }
    text
}

fn each(ledger: &Ledger) -> impl Iterator<Item = (&Listed, &Prediction, Option<&Outcome>)> {
    ledger.entries.iter().flat_map(|listed| {
        let all = &listed.entry.registration().predictions;
        all.iter()
            .map(move |p| (listed, p, listed.outcomes.get(&p.id)))
    })
}

fn predictions(ledger: &Ledger) -> Block {
    let (all, _) = counts(ledger);
    let rows = each(ledger)
        .skip(all.saturating_sub(LISTED))
        .map(|(listed, p, outcome)| {
            let spread = spread(p);
            let of = |text: &dyn Fn(&Outcome) -> String| outcome.map_or_else(String::new, text);
            vec![
                listed.file.clone(),
                registered(&listed.entry),
                p.id.clone(),
                with_uncertainty(p.point, spread),
                outcome.map_or_else(
                    || "open".to_owned(),
                    |o| with_uncertainty(o.scored.actual, spread),
                ),
                of(&|o| off_by(&p.quantity, &o.scored)),
                of(&|o| {
                    o.scored
                        .z
                        .map_or_else(String::new, |z| format!("{:+.2}", Said(z)))
                }),
                of(&|o| held(p, o)),
            ]
        });
    let head = [
        "entry",
        "registered",
        "prediction",
        "point",
        "actual",
        "off by",
        "z",
        "",
    ];
    Block::table(&head, &[0, 1, 2, 7], rows)
}

/// When a prediction was registered, or when others published it.
fn registered(entry: &Entry) -> String {
    let made = entry.registration();
    match (made.subject, made.result["published"].as_str()) {
        (Subject::External, Some(published)) => format!("published {published}"),
        _ => made.registered_at.to_string(),
    }
}

fn held(prediction: &Prediction, outcome: &Outcome) -> String {
    let known = match outcome.in_advance {
        Advance::No => "; known before",
        _ => "",
    };
    match (prediction.quoted(), outcome.held(prediction)) {
        (Some(claim), Some(true)) => format!("inside the {}{known}", words(claim)),
        (Some(claim), Some(false)) => format!("OUTSIDE the {}{known}", words(claim)),
        _ => format!("no interval{known}"),
    }
}

fn bias_table(all: &[Bias]) -> Block {
    let rows = all.iter().map(|b| {
        let points = b.quantity == SCORE;
        let size = |error: f64| match points {
            true => format!("{:+.1} points", Said(100.0 * error)),
            false => off(error),
        };
        vec![
            b.quantity.clone(),
            b.forecasts.to_string(),
            size(b.mean),
            b.standard_error.map_or_else(String::new, |s| {
                let unit = if points { "points" } else { "%" };
                format!("{:.1} {unit}", Said(100.0 * s))
            }),
            size(b.mean_absolute).replace('+', ""),
            b.rms_z.map_or_else(String::new, |z| digits(z, 3)),
        ]
    });
    let head = [
        "quantity",
        "outcomes",
        "mean bias",
        "std. error",
        "mean size",
        "RMS z",
    ];
    Block::table(&head, &[0], rows)
}

fn coverage_table(all: &[Coverage]) -> Block {
    let rows = all.iter().map(|c| {
        vec![
            c.quantity.clone(),
            format!("{}{}", c.method, about(c.about.as_deref())),
            c.kind.name().to_owned(),
            percent(c.level),
            format!("{} of {}", c.inside, c.forecasts),
            format!("{:.1}%", 100.0 * c.coverage),
            format!("[{:.1}%, {:.1}%]", 100.0 * c.lower, 100.0 * c.upper),
            digits(c.interval_score, 3),
        ]
    });
    let head = [
        "quantity",
        "method",
        "kind",
        "level",
        "inside",
        "coverage",
        "binomial interval",
        "mean interval score",
    ];
    Block::table(&head, &[0, 1, 2], rows)
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    entries: usize,
    predictions: Vec<LedgerRow<'a>>,
    hindsight: usize,
    bias: Vec<Bias>,
    coverage: Vec<Coverage>,
    binomial_level: f64,
    skipped: &'a [Skipped],
}

// `format "scalewise.ledger"`, version 1.
serialized!(Ledger, |ledger| Json {
    format: "scalewise.ledger",
    version: 1,
    entries: ledger.entries.len(),
    predictions: rows(ledger),
    hindsight: ledger.hindsight(),
    bias: ledger.bias(),
    coverage: ledger.coverage(),
    binomial_level: COVERAGE_LEVEL,
    skipped: &ledger.skipped,
});

table_row!(
    /// One row per prediction with the interval to quote.
    struct LedgerRow<'a> {
        file: &'a str,
        registered_at: Time,
        id: &'a str,
        quantity: &'a str,
        compute: Option<f64>,
        point: f64,
        level: Option<f64>,
        kind: Option<Kind>,
        method: Option<&'a str>,
        lower: Option<f64>,
        upper: Option<f64>,
        actual: Option<f64>,
        error: Option<f64>,
        z: Option<f64>,
        inside: Option<bool>,
        in_advance: Option<Advance>,
    }
);

fn rows(ledger: &Ledger) -> Vec<LedgerRow<'_>> {
    each(ledger)
        .map(|(listed, p, outcome)| {
            let quoted = p.quoted();
            LedgerRow {
                file: &listed.file,
                registered_at: listed.entry.registration().registered_at,
                id: &p.id,
                quantity: &p.quantity,
                compute: p.compute,
                point: p.point,
                level: quoted.map(|c| c.level),
                kind: quoted.map(|c| c.kind),
                method: quoted.map(|c| c.method.as_str()),
                lower: quoted.and_then(|c| c.lower),
                upper: quoted.and_then(|c| c.upper),
                actual: outcome.map(|o| o.scored.actual),
                error: outcome.map(|o| o.scored.error),
                z: outcome.and_then(|o| o.scored.z),
                inside: outcome.and_then(|o| o.held(p)),
                in_advance: outcome.map(|o| o.in_advance),
            }
        })
        .collect()
}
