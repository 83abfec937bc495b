//! A report: one page that answers what the large run will reach and how far to trust that.
//!
//! A [`Page`] is data: a verdict, sections of blocks, and provenance. The same page becomes HTML,
//! Markdown, text or JSON. Its content is decided in one file per kind of data, and its look only
//! in `html`.

mod any;
mod capability;
mod checklist;
mod curve;
mod entry;
mod fragment;
mod html;
mod loss;
mod made;
mod many;
mod plain;
mod plan;
mod points;
mod recipe;
mod scores;
mod surface;
mod versus;
mod what_if;
mod what_if_scores;
mod what_if_surface;

pub use curve::curve_page;
pub use fragment::fragment;
pub use made::{Made, entry_page};
pub use plan::plan_page;
pub use recipe::{recipe_page, schedules_page};
pub use versus::versus_page;

use super::document::{Block, Document, Tone, fact, mark_forced, put_in_words};
use super::picture::Picture;
use super::status::{refused, verdict};
use crate::ask::{ReportAnswer, ReportOf};
use crate::capability::Rule;
use crate::chart::{Chart, Theme};
use crate::digest::sha256;
use crate::fit::{Diagnosis, FitStatus, Severity};
use crate::remedy::Remedy;
use serde::Serialize;

/// The provenance of a report.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Provenance {
    /// The command that makes it again.
    command: String,
    /// The name of the input.
    input: String,
    /// What the digest was computed from.
    digest_of: &'static str,
    /// Its SHA-256 digest.
    digest: String,
    /// Seed of the random draws; absent if there are none.
    seed: Option<u64>,
}

impl Provenance {
    /// The provenance of a report without random draws: the name of the `input`, the SHA-256 digest
    /// of it or of what `digest_of` says, and the `command` that makes the report again.
    #[must_use]
    pub fn new(
        command: String,
        input: &str,
        digest_of: &'static str,
        digest: String,
    ) -> Provenance {
        Provenance {
            command,
            input: input.to_owned(),
            digest_of,
            digest,
            seed: None,
        }
    }

    /// The provenance of the answer for the input of that name. `bytes` are used if the input holds
    /// pass counts.
    #[must_use]
    pub fn of(answer: &ReportAnswer, command: String, input: &str, bytes: &[u8]) -> Provenance {
        let runs = "Runs, SHA-256";
        let (digest_of, digest, seed) = match &answer.about {
            ReportOf::Capability(answer) => {
                let drawn = answer.fit.rule == Some(Rule::Split);
                let seed = drawn.then_some(answer.request.problems.seed);
                ("Whole input, SHA-256", sha256([bytes]), seed)
            }
            ReportOf::Scores(_) => ("Whole input, SHA-256", sha256([bytes]), None),
            ReportOf::Surface(report) => {
                let drawn = report.allocation.found.is_some();
                (
                    runs,
                    report.allocation.fit.data().digest(),
                    drawn.then_some(0),
                )
            }
            ReportOf::Points(answer) => (runs, answer.fit.data().digest(), None),
            ReportOf::Loss(report) => (runs, report.forecast.fit.data().digest(), None),
        };
        Provenance {
            seed,
            ..Provenance::new(command, input, digest_of, digest)
        }
    }
}

/// A part of a report with its heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Section {
    /// Its id on the page.
    id: String,
    heading: String,
    blocks: Vec<Block>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page {
    /// `scalewise.report`.
    format: &'static str,
    /// 1.
    version: u32,
    /// The question that it answers.
    title: String,
    /// The answer in one line.
    answer: String,
    /// The verdict on it.
    verdict: String,
    /// The tone of the verdict.
    tone: Tone,
    /// The sections, the most important first.
    sections: Vec<Section>,
    /// How many sections precede the list of contents: those that the first screen must show.
    #[serde(skip)]
    before_contents: usize,
    provenance: Provenance,
    /// Version of this program.
    tool: &'static str,
}

/// Width and height of a panel that is alone on a page.
const ALONE: (u32, u32) = (760, 430);
const AMONG_OTHERS: (u32, u32) = (500, 420);
/// Size of the main chart on a telephone's screen.
const NARROW: (u32, u32) = (400, 400);

impl Picture {
    /// The main picture, with a narrow version for small screens.
    fn first(chart: &Chart, reading: &str) -> Block {
        match Picture::of(chart, reading) {
            Block::Picture(picture) => Block::Picture(Picture {
                narrow: Some((chart.stacked()).to_svg(&Theme::light().size(NARROW.0, NARROW.1))),
                ..picture
            }),
            other => other,
        }
    }

    fn of(chart: &Chart, reading: &str) -> Block {
        let (width, height) = match chart.is_figure() {
            true => AMONG_OTHERS,
            false => ALONE,
        };
        Block::Picture(Picture {
            svg: chart.to_svg(&Theme::light().size(width, height)),
            narrow: None,
            tall: chart.rows() > 2,
            description: format!("{}: {}", chart.title(), chart.description()),
            reading: reading.to_owned(),
        })
    }
}

impl Page {
    /// The answer in one line.
    #[doc(hidden)]
    #[must_use]
    pub fn answer(&self) -> &str {
        &self.answer
    }

    fn new(title: String, answer: String, verdict: (String, Tone)) -> Page {
        Page {
            format: "scalewise.report",
            version: 1,
            title,
            answer,
            verdict: verdict.0,
            tone: verdict.1,
            sections: Vec::new(),
            before_contents: 0,
            provenance: Provenance::default(),
            tool: concat!("scalewise ", env!("CARGO_PKG_VERSION")),
        }
    }

    fn section(&mut self, id: impl Into<String>, heading: &str, blocks: Vec<Block>) {
        if !blocks.is_empty() {
            self.sections.push(Section {
                id: id.into(),
                heading: heading.to_owned(),
                blocks,
            });
        }
    }

    /// The same page, for an answer whose request forces the numbers if `force` is set, as in
    /// [`Document::forced_if`].
    fn forced_if(mut self, force: bool) -> Page {
        if force {
            let sections = self.sections.iter_mut();
            sections.for_each(|section| mark_forced(&mut section.blocks));
        }
        self
    }

    /// Adds the last section: how to make the page again.
    fn signed(mut self, provenance: Provenance) -> Page {
        let mut facts = vec![
            fact("Command", provenance.command.clone()),
            fact("Input", provenance.input.clone()),
            fact(provenance.digest_of, provenance.digest.clone()),
            fact("Program", self.tool),
        ];
        facts.push(fact(
            "Seed",
            provenance
                .seed
                .map_or("none: nothing is drawn at random".to_owned(), |s| {
                    s.to_string()
                }),
        ));
        self.provenance = provenance;
        self.section(
            "provenance",
            "How to make this page again",
            vec![Block::Facts(facts)],
        );
        self
    }

    /// The same page with hints in the words of an interface, as in [`Document::in_words`].
    #[must_use]
    pub fn in_words(mut self, word: impl Fn(&Remedy) -> String) -> Page {
        for section in &mut self.sections {
            put_in_words(&mut section.blocks, &word);
        }
        self
    }

    /// The page as a plain document, for Markdown and the terminal.
    #[must_use]
    pub fn document(&self) -> Document {
        let mut blocks = vec![
            Block::Heading(1, self.title.clone()),
            Block::Facts(vec![
                ("Verdict".to_owned(), self.verdict.clone(), self.tone),
                fact("Answer", self.answer.clone()),
            ]),
        ];
        for section in &self.sections {
            blocks.push(Block::Heading(2, section.heading.clone()));
            blocks.extend(section.blocks.iter().cloned());
        }
        blocks.into()
    }
}

/// The verdict in words that need no statistics, if there are any for the worst finding.
fn plain_verdict(status: FitStatus, found: &[Diagnosis], forced: bool) -> (String, Tone) {
    let (words, tone) = verdict(status, found, forced);
    let against = found.iter().filter(|d| d.severity > Severity::Note);
    let Some(worst) = against.max_by_key(|d| d.severity) else {
        return match words == "CONVERGED" {
            true => ("Nothing was found against the fit.".to_owned(), tone),
            false => (words, tone),
        };
    };
    let word = match worst.severity {
        Severity::Refuse => refused(forced),
        _ => status.name().replace('-', " ").to_uppercase(),
    };
    match plain::finding(worst.code) {
        Some(plain) => (format!("{word}: {plain} ({}).", worst.code), tone),
        None => (format!("{word}: {}.", worst.message), tone),
    }
}

/// The blocks without findings and refusals, which have a section of their own.
fn without_findings(blocks: Vec<Block>) -> Vec<Block> {
    let other = |b: &Block| !matches!(b, Block::Verbatim(_) | Block::Findings(_));
    blocks.into_iter().filter(other).collect()
}
