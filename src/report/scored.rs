//! Registered forecasts and their outcomes.

use super::answer::Shown;
use super::claims::{about, bracket, off, off_by, spread};
use super::document::{Block, Document, Fact, Tone, fact};
use super::registered::facts;
use super::rows::csv;
use crate::ask::{ScoreAnswer, Trust};
use crate::interval::Kind;
use crate::ledger::{Advance, Entry, Prediction, Score, Scored};
use crate::number::{digits, percent, with_uncertainty};
use crate::said::Said;

impl Shown for ScoreAnswer {
    fn document(&self) -> Document {
        scored(&self.entry, &self.score)
    }

    fn table(&self) -> String {
        score_csv(&self.score)
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }

    /// The score itself, with its seal.
    fn json(&self) -> crate::Result<String> {
        Ok(self.score.text().to_owned())
    }
}

/// The document of an entry and its outcome.
#[must_use]
pub fn scored(entry: &Entry, score: &Score) -> Document {
    let mut all = facts(entry);
    all.push(fact("Scored", score.said.scored_at.to_string()));
    all.push(advance(score));
    let mut blocks = vec![Block::Facts(all)];
    let predictions = &entry.registration().predictions;
    for scored in score.scores() {
        let prediction = predictions.iter().find(|p| p.id == scored.id);
        blocks.extend(outcome(scored, prediction));
    }
    let open = predictions.len().saturating_sub(score.scores().len());
    if open > 0 {
        blocks.push(Block::text(format!(
            "Predictions of this entry without an outcome here: {open}."
        )));
    }
    blocks.into()
}

fn advance(score: &Score) -> Fact {
    let said = score
        .said
        .trained_after
        .map_or_else(String::new, |t| t.to_string());
    let (text, tone) = match score.in_advance() {
        Advance::Yes => (
            format!("yes: the training ended after {said}, which is not before the registration"),
            Tone::Good,
        ),
        Advance::No => (
            format!(
                "NO: only known to have ended after {said}, which is before the registration; a ledger does not count it"
            ),
            Tone::Bad,
        ),
        Advance::NotStated => (
            "not stated: 'trained-after' says when the training had not ended yet".to_owned(),
            Tone::Plain,
        ),
    };
    ("In advance".to_owned(), text, tone)
}

fn outcome(scored: &Scored, prediction: Option<&Prediction>) -> [Block; 2] {
    let spread = prediction.and_then(spread);
    let quantity = prediction.map_or("", |p| p.quantity.as_str());
    let mut facts = vec![
        fact("Prediction", scored.id.clone()),
        fact(
            "Actual",
            format!(
                "{}; the forecast {} is off by {}{}",
                with_uncertainty(scored.actual, spread),
                with_uncertainty(scored.point, spread),
                off_by(quantity, scored),
                scored
                    .z
                    .map_or_else(String::new, |z| format!(", z = {:+.2}", Said(z))),
            ),
        ),
    ];
    if let Some(error) = scored.law_error {
        let own = with_uncertainty(scored.actual * error.exp(), spread);
        facts.push(fact("Law's own", format!("{own}, off by {}", off(error))));
    }
    let rows = scored.intervals.iter().map(|j| {
        vec![
            format!("{}{}", j.claim.method, about(j.claim.about.as_deref())),
            j.claim.kind.name().to_owned(),
            percent(j.claim.level),
            bracket(&j.claim, spread),
            if j.inside { "inside" } else { "OUTSIDE" }.to_owned(),
            digits(j.interval_score, 3),
        ]
    });
    let head = [
        "method",
        "kind",
        "level",
        "interval",
        "actual",
        "interval score",
    ];
    [
        Block::Facts(facts),
        Block::table(&head, &[0, 1, 3, 4], rows),
    ]
}

table_row!(
    /// One row per prediction and interval.
    #[derive(Default)]
    struct ScoreRow<'a> {
        id: &'a str,
        point: f64,
        actual: f64,
        error: f64,
        z: Option<f64>,
        level: Option<f64>,
        kind: Option<Kind>,
        method: Option<&'a str>,
        about: Option<&'a str>,
        lower: Option<f64>,
        upper: Option<f64>,
        inside: Option<bool>,
        interval_score: Option<f64>,
    }
);

/// A score as CSV at full precision, one row per prediction and interval. A prediction without an
/// interval has one row.
fn score_csv(score: &Score) -> String {
    csv(
        &ScoreRow::COLUMNS,
        score.scores().iter().flat_map(score_rows),
    )
}

fn score_rows(scored: &Scored) -> Vec<ScoreRow<'_>> {
    let row = || ScoreRow {
        id: &scored.id,
        point: scored.point,
        actual: scored.actual,
        error: scored.error,
        z: scored.z,
        ..ScoreRow::default()
    };
    if scored.intervals.is_empty() {
        return vec![row()];
    }
    let judged = scored.intervals.iter().map(|judged| ScoreRow {
        level: Some(judged.claim.level),
        kind: Some(judged.claim.kind),
        method: Some(&judged.claim.method),
        about: judged.claim.about.as_deref(),
        lower: judged.claim.lower,
        upper: judged.claim.upper,
        inside: Some(judged.inside),
        interval_score: Some(judged.interval_score),
        ..row()
    });
    judged.collect()
}
