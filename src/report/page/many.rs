//! One page for many series: a line for each, then the main parts of each.

use super::super::document::{Block, Tone};
use super::{Page, Provenance};
use crate::ask::OfSeries;

/// Sections of a series' page that the common page includes.
const SHOWN: [&str; 4] = ["forecast", "allocation", "findings", "chart"];

impl Page {
    /// The page of all series, from the page of each or the reason why there is none.
    #[doc(hidden)]
    #[must_use]
    pub fn of_many(all: Vec<OfSeries<Page>>, provenance: Provenance) -> Page {
        // Rows without a name belong to no series.
        let count = all.iter().filter(|of| !of.series.is_empty()).count();
        let is_bad = |of: &&OfSeries<Page>| {
            let caution = of.result.as_ref().is_none_or(|p| p.tone == Tone::Bad);
            caution && !of.series.is_empty()
        };
        let bad = all.iter().filter(is_bad).count();
        let given = all.iter().filter(|of| of.result.is_some()).count();
        let rows = all.iter().map(|of| match &of.result {
            Some(page) => vec![of.series.clone(), page.answer.clone(), page.verdict.clone()],
            None => vec![of.series.clone(), String::new(), of.reason.clone()],
        });
        let table = Block::word_table(&["series", "answer", "verdict"], rows);
        let mut out = Page::new(
            format!("What will {count} series reach?"),
            format!("{given} of {count} series have a page"),
            (
                format!("{bad} of {count} series call for caution."),
                match bad {
                    0 => Tone::Good,
                    _ => Tone::Plain,
                },
            ),
        );
        out.section("series", "All series", vec![table]);
        for (number, of) in all.into_iter().enumerate() {
            let Some(page) = of.result else { continue };
            let mut blocks = vec![Block::Text(page.answer), Block::Text(page.verdict)];
            let shown = page
                .sections
                .into_iter()
                .filter(|s| SHOWN.contains(&s.id.as_str()));
            for section in shown {
                blocks.push(Block::Heading(3, section.heading));
                blocks.extend(section.blocks);
            }
            out.section(format!("series-{}", number + 1), &of.series, blocks);
        }
        out.signed(provenance)
    }
}
