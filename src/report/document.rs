//! A small document: facts, tables and sentences, rendered as aligned text or Markdown.

use super::picture::Picture;
use crate::fit::{Diagnosis, Severity};
use crate::remedy::Remedy;
use crate::text::{lines, one_line};
use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle, presets};
use serde::{Serialize, Serializer};

/// How a fact is meant; colour follows it, and never carries it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// As hoped.
    Good,
    /// Needs attention.
    Bad,
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Block {
    /// A heading: 1 for the whole, 2 for a part, …
    Heading(u8, String),
    /// Names and values, one a line.
    Facts(Vec<(String, String, Tone)>),
    /// A table; the columns in `text` are left-aligned, the others right-aligned.
    Table {
        /// Column titles.
        head: Vec<String>,
        /// Which columns hold words.
        text: Vec<bool>,
        /// Cells, row by row.
        rows: Vec<Vec<String>>,
    },
    /// A sentence.
    Text(String),
    /// Findings, each with what to do about it.
    #[serde(rename = "facts", serialize_with = "as_facts")]
    Findings(Vec<Diagnosis>),
    /// Lines kept as they are.
    Verbatim(String),
    /// A picture, which text and Markdown only describe.
    Picture(Picture),
    /// What only some readers want: a summary, and what it stands for.
    Details(String, Vec<Block>),
}

/// What a verb prints for people.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The pieces in order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// The same document with hints in the words of a face, as in [`Error::in_words`](crate::Error::in_words).
    #[must_use]
    pub fn in_words(mut self, word: impl Fn(&Remedy) -> String) -> Document {
        put_in_words(&mut self.blocks, &word);
        self
    }

    /// Aligned text for a terminal; with `colour`, ANSI codes that repeat what the words say.
    #[must_use]
    pub fn to_text(&self, colour: bool) -> String {
        let mut out = String::new();
        for (k, block) in self.blocks.iter().enumerate() {
            let tight = matches!(
                (k.checked_sub(1).map(|p| &self.blocks[p]), block),
                (Some(Block::Text(_)), Block::Text(_))
            );
            if k > 0 && !tight {
                out.push('\n');
            }
            match block {
                Block::Heading(_, text) => {
                    let text = one_line(text);
                    let width = text.chars().count();
                    out.push_str(&format!("{text}\n{}\n", "-".repeat(width)));
                }
                Block::Picture(picture) => {
                    let description = one_line(&picture.description);
                    out.push_str(&format!("[picture] {description}\n"));
                }
                Block::Details(summary, blocks) => {
                    let inner = Document {
                        blocks: blocks.clone(),
                    };
                    let summary = one_line(summary);
                    out.push_str(&format!("{summary}:\n{}", inner.to_text(colour)));
                }
                Block::Facts(facts) => {
                    let names: Vec<String> = facts.iter().map(|f| one_line(&f.0)).collect();
                    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
                    for (name, (_, value, tone)) in names.iter().zip(facts) {
                        let value = paint(&one_line(value), *tone, colour);
                        out.push_str(&format!("{name:width$}  {value}\n"));
                    }
                }
                Block::Table { head, text, rows } => {
                    let mut table = table(presets::NOTHING, head, text, rows);
                    for column in table.column_iter_mut() {
                        column.set_padding((0, 3));
                    }
                    for line in table.to_string().lines() {
                        out.push_str(&format!("  {}\n", line.trim_end()));
                    }
                }
                Block::Text(text) => {
                    out.push_str(&one_line(text.trim_end()));
                    out.push('\n');
                }
                Block::Findings(found) => {
                    let texts: Vec<String> = found.iter().map(said).collect();
                    out.push_str(&texts.join("\n"));
                }
                Block::Verbatim(text) => {
                    out.push_str(&lines(text.trim_end()));
                    out.push('\n');
                }
            }
        }
        out
    }

    /// Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        for (k, block) in self.blocks.iter().enumerate() {
            if k > 0 {
                out.push('\n');
            }
            match block {
                Block::Heading(level, text) => {
                    out.push_str(&format!(
                        "{} {}\n",
                        "#".repeat(usize::from(*level)),
                        escape(text)
                    ));
                }
                Block::Picture(picture) => {
                    out.push_str(&format!("*Picture.* {}\n", escape(&picture.description)));
                }
                Block::Details(summary, blocks) => {
                    let inner = Document {
                        blocks: blocks.clone(),
                    };
                    out.push_str(&format!("{}:\n\n{}", escape(summary), inner.to_markdown()));
                }
                Block::Facts(facts) => {
                    for (name, value, _) in facts {
                        out.push_str(&format!("- **{}**: {}\n", escape(name), escape(value)));
                    }
                }
                Block::Table { head, text, rows } => {
                    let escaped: Vec<Vec<String>> = rows
                        .iter()
                        .map(|row| row.iter().map(|cell| escape_cell(cell)).collect())
                        .collect();
                    let head: Vec<String> = head.iter().map(|cell| escape_cell(cell)).collect();
                    let table = table(presets::ASCII_MARKDOWN, &head, text, &escaped);
                    out.push_str(&table.to_string());
                    out.push('\n');
                }
                Block::Text(text) => out.push_str(&format!("{}\n", escape(text.trim_end()))),
                Block::Findings(found) => {
                    for (name, value, _) in facts_of(found) {
                        out.push_str(&format!("- **{}**: {}\n", escape(&name), escape(&value)));
                    }
                }
                Block::Verbatim(text) => {
                    let text = lines(text.trim_end());
                    let fence = fence(&text);
                    out.push_str(&format!("{fence}text\n{text}\n{fence}\n"));
                }
            }
        }
        out
    }
}

/// Puts the hints of all findings in the words of a face.
pub(super) fn put_in_words(blocks: &mut [Block], word: &impl Fn(&Remedy) -> String) {
    for block in blocks {
        match block {
            Block::Findings(found) => {
                for finding in found {
                    finding.hint = finding.hint_in_words(word);
                }
            }
            Block::Details(_, inner) => put_in_words(inner, word),
            _ => {}
        }
    }
}

/// A finding as lines of text.
fn said(found: &Diagnosis) -> String {
    let word = match found.severity {
        Severity::Note => "note",
        Severity::Warn => "warning",
        Severity::Refuse => "refused",
    };
    format!(
        "{word}: {}: {}\nhint: {}\n",
        one_line(found.code.as_str()),
        one_line(&found.message),
        one_line(&found.hint)
    )
}

/// Findings as facts.
pub(super) fn facts_of(found: &[Diagnosis]) -> Vec<(String, String, Tone)> {
    let fact = |d: &Diagnosis| {
        let (word, tone) = match d.severity {
            Severity::Note => ("Note", Tone::Plain),
            Severity::Warn => ("Warning", Tone::Bad),
            Severity::Refuse => ("Refused", Tone::Bad),
        };
        let text = format!("{}: {}. What to do: {}.", d.code, d.message, d.hint);
        (word.to_owned(), text, tone)
    };
    found.iter().map(fact).collect()
}

fn as_facts<S: Serializer>(found: &[Diagnosis], serializer: S) -> Result<S::Ok, S::Error> {
    facts_of(found).serialize(serializer)
}

fn table(style: TableStyle, head: &[String], text: &[bool], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head.iter().map(|cell| one_line(cell)));
    // A name with a line break would look like two rows.
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| one_line(cell))));
    for (k, is_text) in text.iter().enumerate() {
        if let Some(column) = table.column_mut(k)
            && !is_text
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A formula's asterisks would become emphasis.
fn escape(text: &str) -> String {
    escape_all(text, &['*', '_', '`'])
}

/// A bar would end the cell.
fn escape_cell(text: &str) -> String {
    escape_all(text, &['|', '`'])
}

/// One line of Markdown that shows `text` and neither a tag nor a link.
fn escape_all(text: &str, marks: &[char]) -> String {
    let line = one_line(text);
    let linked = line.contains("](");
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let meant = match c {
            '<' => next.is_ascii_alphabetic() || "/!?".contains(next),
            '[' => linked,
            '\\' => next.is_ascii_punctuation(),
            c => marks.contains(&c),
        };
        if meant {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A fence longer than any row of backticks in `text`.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}

fn paint(text: &str, tone: Tone, colour: bool) -> String {
    let style = match tone {
        Tone::Good => anstyle::AnsiColor::Green.on_default(),
        Tone::Bad => anstyle::AnsiColor::Red.on_default().bold(),
        Tone::Plain => return text.to_owned(),
    };
    if colour {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Document {
        Document {
            blocks: vec![
                Block::Facts(vec![
                    ("Law".into(), "a*C^b".into(), Tone::Plain),
                    ("Status".into(), "CONVERGED".into(), Tone::Good),
                ]),
                Block::Table {
                    head: vec!["name".into(), "value".into()],
                    text: vec![true, false],
                    rows: vec![
                        vec!["a".into(), "14.16".into()],
                        vec!["b|c".into(), "-0.05".into()],
                    ],
                },
                Block::Text("One.".into()),
                Block::Text("Two.".into()),
            ],
        }
    }

    #[test]
    fn text_is_aligned() {
        let expected = "Law     a*C^b\nStatus  CONVERGED\n\n  name   value\n  a      14.16\n  b|c    -0.05\n\nOne.\nTwo.\n";
        assert_eq!(sample().to_text(false), expected);
        assert!(sample().to_text(true).contains("\u{1b}["));
    }

    /// No text makes a line of its own, wherever in a document it stands.
    #[test]
    fn hostile_text_stays_on_its_line() {
        let hostile = "x\nDigest  forged\r\n\u{1b}[2J\u{2028}`|<script>[a](b)\u{202e}";
        let words = || hostile.to_owned();
        let document = Document {
            blocks: vec![
                Block::Heading(1, words()),
                Block::Facts(vec![(words(), words(), Tone::Plain)]),
                Block::Table {
                    head: vec![words()],
                    text: vec![true],
                    rows: vec![vec![words()]],
                },
                Block::Text(words()),
                Block::Details(words(), vec![Block::Text(words())]),
            ],
        };
        let plain = Document {
            blocks: vec![Block::Verbatim("a ```` b\u{1b}".to_owned())],
        };
        for text in [document.to_text(false), document.to_markdown()] {
            assert!(
                !text.lines().any(|line| line.starts_with("Digest")),
                "{text}"
            );
            assert!(
                !text.chars().any(|c| c != '\n' && c.is_control()),
                "{text:?}"
            );
            assert!(!text.contains(['\u{2028}', '\u{202e}']), "{text:?}");
        }
        let text = document.to_markdown();
        assert!(text.contains(r"\`\|\<script>\[a](b)"), "{text}");
        let text = plain.to_markdown();
        assert_eq!(text, "`````text\na ```` b\\u{1b}\n`````\n");
    }

    #[test]
    fn markdown_escapes() {
        let text = sample().to_markdown();
        assert!(text.contains("- **Law**: a\\*C^b\n"), "{text}");
        assert!(text.contains("b\\|c"), "{text}");
    }
}
