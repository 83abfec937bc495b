//! A small document: facts, tables and sentences, rendered as aligned text or Markdown.

use super::page::Picture;
use crate::text::one_line;
use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle, presets};
use serde::Serialize;

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
                    let width = text.chars().count();
                    out.push_str(&format!("{text}\n{}\n", "-".repeat(width)));
                }
                Block::Picture(picture) => {
                    out.push_str(&format!("[picture] {}\n", picture.description));
                }
                Block::Details(summary, blocks) => {
                    let inner = Document {
                        blocks: blocks.clone(),
                    };
                    out.push_str(&format!("{summary}:\n{}", inner.to_text(colour)));
                }
                Block::Facts(facts) => {
                    let width = facts.iter().map(|f| f.0.chars().count()).max().unwrap_or(0);
                    for (name, value, tone) in facts {
                        out.push_str(&format!("{name:width$}  {}\n", paint(value, *tone, colour)));
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
                Block::Text(text) | Block::Verbatim(text) => {
                    out.push_str(text.trim_end());
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
                        out.push_str(&format!("- **{name}**: {}\n", escape(value)));
                    }
                }
                Block::Table { head, text, rows } => {
                    let escaped: Vec<Vec<String>> = rows
                        .iter()
                        .map(|row| row.iter().map(|cell| cell.replace('|', "\\|")).collect())
                        .collect();
                    out.push_str(&table(presets::ASCII_MARKDOWN, head, text, &escaped).to_string());
                    out.push('\n');
                }
                Block::Text(text) => out.push_str(&format!("{}\n", escape(text.trim_end()))),
                Block::Verbatim(text) => {
                    out.push_str(&format!("```text\n{}\n```\n", text.trim_end()))
                }
            }
        }
        out
    }
}

fn table(style: TableStyle, head: &[String], text: &[bool], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head);
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
    text.replace('*', "\\*").replace('_', "\\_")
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

    #[test]
    fn markdown_escapes() {
        let text = sample().to_markdown();
        assert!(text.contains("- **Law**: a\\*C^b\n"), "{text}");
        assert!(text.contains("b\\|c"), "{text}");
    }
}
