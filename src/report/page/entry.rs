//! The page of a registered forecast and its outcome.

use super::super::claims::spread;
use super::super::document::{Block, Tone};
use super::super::registered::registered;
use super::super::scored::scored;
use super::{Page, Picture, Provenance};
use crate::chart;
use crate::ledger::{Entry, Ledger, Score};
use crate::number::{percent, with_uncertainty};

const LEDGER: &str = "Dots are what came true against what was predicted, bars the intervals that were promised; on the line they are equal.";

/// Whether the outcomes lie inside the intervals to quote.
fn came_true_in_one_line(entry: &Entry, score: &Score) -> (String, Tone) {
    let predictions = &entry.registration().predictions;
    let held: Vec<bool> = score
        .scores()
        .iter()
        .filter_map(|scored| {
            let p = predictions.iter().find(|p| p.id == scored.id)?;
            let claim = p.quoted()?;
            let above = claim.lower.is_none_or(|l| l <= scored.actual);
            Some(above && claim.upper.is_none_or(|u| scored.actual <= u))
        })
        .collect();
    let inside = held.iter().filter(|h| **h).count();
    let tone = Tone::good_if(inside == held.len());
    let words = format!(
        "{inside} of {} outcomes lie inside the interval to quote",
        held.len()
    );
    (words, tone)
}

fn came_true(entry: &Entry, score: &Score) -> Vec<Block> {
    let mut blocks = scored(entry, score).blocks;
    let files = [
        ("entry.json", entry.text()),
        ("entry.score.json", score.text()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), Ok(text.as_bytes().to_vec())));
    blocks.push(Picture::of(&chart::ledger(&Ledger::read(files)), LEDGER));
    blocks
}

impl Page {
    /// The page of a registered forecast; `score` is given once the outcome is known.
    #[must_use]
    pub fn of_entry(entry: &Entry, score: Option<&Score>, provenance: Provenance) -> Page {
        let predictions = &entry.registration().predictions;
        // The average of a suite is more informative than its first task.
        let mut all = predictions.iter();
        let average = all.find(|p| p.id.starts_with("average/"));
        let mut answer = average.or(predictions.first()).map_or(String::new(), |p| {
            let spread = spread(p);
            let interval = p.quoted().and_then(|c| {
                let ends = (
                    with_uncertainty(c.lower?, spread),
                    with_uncertainty(c.upper?, spread),
                );
                let level = percent(c.level);
                Some(format!(
                    ", {level} {} interval {} to {}",
                    c.method, ends.0, ends.1
                ))
            });
            format!(
                "{} = {}{}",
                p.id,
                with_uncertainty(p.point, spread),
                interval.unwrap_or_default()
            )
        });
        if predictions.len() > 1 {
            answer += &format!("; {} more below", predictions.len() - 1);
        }
        let verdict = match score {
            None => ("no outcome is known yet".to_owned(), Tone::Plain),
            Some(score) => came_true_in_one_line(entry, score),
        };
        let mut page = Page::new(
            "What was predicted, and what came true".to_owned(),
            answer,
            verdict,
        );
        if let Some(score) = score {
            page.section("outcome", "What came true", came_true(entry, score));
        }
        page.section("entry", "What was registered", registered(entry).blocks);
        let text = Block::Verbatim(entry.text().to_owned());
        page.section(
            "numbers",
            "The entry, byte for byte",
            vec![Block::Details("JSON".to_owned(), vec![text])],
        );
        page.signed(provenance)
    }
}
