//! A report: one page that answers what the large run will reach and how far to trust that.
//!
//! A [`Page`] is data: a verdict, sections of blocks, and where everything came from. The same page
//! becomes HTML, Markdown, text or JSON; what it says is decided in one file a kind of data, how it
//! looks in `html` alone.

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
mod scores;
mod surface;
mod versus;
mod what_if;

pub use curve::curve_page;
pub use fragment::fragment;
pub use made::{Made, entry_page};
pub use plan::plan_page;
pub use versus::versus_page;

use super::document::{Block, Document, Tone, fact, put_in_words};
use super::fit::verdict;
use super::picture::Picture;
use crate::ask::{ReportAnswer, ReportOf};
use crate::capability::Rule;
use crate::chart::{Chart, Theme};
use crate::digest::sha256;
use crate::fit::{Diagnosis, FitStatus, Severity};
use crate::remedy::Remedy;
use serde::Serialize;

/// Where a report comes from.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Provenance {
    /// The command that makes it again.
    command: String,
    /// What the input is called.
    input: String,
    /// What the digest is of.
    digest_of: &'static str,
    /// SHA-256 of that.
    digest: String,
    /// Seed of whatever is drawn at random; absent where nothing is.
    seed: Option<u64>,
}

impl Provenance {
    /// Of an `input` of that name, with the SHA-256 of it or of what `digest_of` says; `command`
    /// makes the report again. Nothing is drawn at random.
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

    /// Of the answer for an `input` of that name, whose bytes are at hand where it holds pass
    /// counts.
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
    /// Its name inside the page.
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
    /// What to think of it.
    verdict: String,
    /// How the verdict is meant.
    tone: Tone,
    /// The parts, the most important first.
    sections: Vec<Section>,
    /// How many of them stand before the list of contents: what the first screen must show.
    #[serde(skip)]
    before_contents: usize,
    provenance: Provenance,
    /// Version of this program.
    tool: &'static str,
}

/// A panel of a page is this wide and high, alone and among others.
const ALONE: (u32, u32) = (760, 430);
const AMONG_OTHERS: (u32, u32) = (500, 420);
/// The chart of the answer on the screen of a telephone.
const NARROW: (u32, u32) = (400, 400);

impl Picture {
    /// The picture of the answer, which is seen on a narrow screen without moving it sideways.
    fn first(chart: &Chart, reading: &str) -> Block {
        match Picture::of(chart, reading) {
            Block::Picture(picture) => Block::Picture(Picture {
                narrow: Some(chart.to_svg(&Theme::light().size(NARROW.0, NARROW.1))),
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

    /// The last section: how to make the page again.
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

    /// The same page with hints in the words of a face, as in [`Document::in_words`].
    #[must_use]
    pub fn in_words(mut self, word: impl Fn(&Remedy) -> String) -> Page {
        for section in &mut self.sections {
            put_in_words(&mut section.blocks, &word);
        }
        self
    }

    /// The same as plain document: for Markdown and for the terminal.
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

/// The verdict in words that need no statistics, where there are some for the worst finding.
fn plain_verdict(status: FitStatus, found: &[Diagnosis]) -> (String, Tone) {
    let (words, tone) = verdict(status, found);
    let against = found.iter().filter(|d| d.severity > Severity::Note);
    let Some(worst) = against.max_by_key(|d| d.severity) else {
        return match words == "CONVERGED" {
            true => ("Nothing was found against the fit.".to_owned(), tone),
            false => (words, tone),
        };
    };
    let word = match worst.severity {
        Severity::Refuse => "REFUSED".to_owned(),
        _ => status.name().replace('-', " ").to_uppercase(),
    };
    match plain::finding(worst.code) {
        Some(plain) => (format!("{word}: {plain} ({}).", worst.code), tone),
        None => (format!("{word}: {}.", worst.message), tone),
    }
}

/// Findings and refusals have a section of their own.
fn without_findings(blocks: Vec<Block>) -> Vec<Block> {
    let other = |b: &Block| !matches!(b, Block::Verbatim(_) | Block::Findings(_));
    blocks.into_iter().filter(other).collect()
}
