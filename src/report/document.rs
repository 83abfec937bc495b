//! A small document: facts, tables and sentences, rendered as aligned text or Markdown.

use super::controls::Controls;
pub(super) use super::fact::{Fact, Tone, fact};
use super::found::Found;
use super::picture::Picture;
use crate::remedy::Remedy;
use crate::text::{lines, one_line};
use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle, presets};
use serde::Serialize;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Block {
    /// A heading: 1 for the whole, 2 for a part, …
    Heading(u8, String),
    /// Names and values, one per line.
    Facts(Vec<Fact>),
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
    /// Findings, each with its hint.
    #[serde(rename = "facts")]
    Findings(Found),
    /// Lines kept as they are.
    Verbatim(String),
    /// A picture, which text and Markdown only describe.
    Picture(Picture),
    /// A part for some readers only: its summary and its contents.
    Details(String, Vec<Block>),
    /// A control that shows one answer at a time of the tables that follow it, where there is a
    /// pointer.
    Controls(Controls),
}

impl Block {
    /// A table; the columns whose indices are in `words` hold words, the others numbers.
    pub(super) fn table(
        head: &[&str],
        words: &[usize],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Block {
        Block::Table {
            head: head.iter().map(|name| (*name).to_owned()).collect(),
            text: (0..head.len()).map(|k| words.contains(&k)).collect(),
            rows: rows.into_iter().collect(),
        }
    }

    /// A table whose columns all hold words.
    pub(super) fn word_table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Block {
        let words: Vec<usize> = (0..head.len()).collect();
        Block::table(head, &words, rows)
    }

    /// A sentence.
    pub(super) fn text(words: impl Into<String>) -> Block {
        Block::Text(words.into())
    }
}

/// What is shown to people: facts, tables and sentences.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    pub(crate) blocks: Vec<Block>,
}

#[doc(hidden)]
impl From<Vec<Block>> for Document {
    fn from(blocks: Vec<Block>) -> Document {
        Document { blocks }
    }
}

impl Document {
    /// The same document with hints in the words of an interface, as in
    /// [`Error::in_words`](crate::Error::in_words).
    #[must_use]
    pub fn in_words(mut self, word: impl Fn(&Remedy) -> String) -> Document {
        put_in_words(&mut self.blocks, &word);
        self
    }

    /// The same document, for an answer whose request forces the numbers if `force` is set. Its
    /// findings do not say that a number is refused, since the number is given.
    #[must_use]
    pub(crate) fn forced_if(mut self, force: bool) -> Document {
        if force {
            mark_forced(&mut self.blocks);
        }
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
                    | (Some(Block::Findings(_)), Block::Findings(_))
            );
            if k > 0 && !tight && !matches!(block, Block::Controls(_)) {
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
                    let inner = Document::from(blocks.clone());
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
                    out.push_str(&found.said());
                }
                Block::Verbatim(text) => {
                    out.push_str(&lines(text.trim_end()));
                    out.push('\n');
                }
                Block::Controls(_) => {}
            }
        }
        out
    }

    /// Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        for (k, block) in self.blocks.iter().enumerate() {
            if k > 0 && !matches!(block, Block::Controls(_)) {
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
                    let inner = Document::from(blocks.clone());
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
                    for (name, value, _) in found.facts() {
                        out.push_str(&format!("- **{}**: {}\n", escape(&name), escape(&value)));
                    }
                }
                Block::Verbatim(text) => {
                    let text = lines(text.trim_end());
                    let fence = fence(&text);
                    out.push_str(&format!("{fence}text\n{text}\n{fence}\n"));
                }
                Block::Controls(_) => {}
            }
        }
        out
    }
}

/// Puts the hints of all findings in the words of an interface.
pub(super) fn put_in_words(blocks: &mut [Block], word: &impl Fn(&Remedy) -> String) {
    for block in blocks {
        match block {
            Block::Findings(found) => found.put_in_words(word),
            Block::Details(_, inner) => put_in_words(inner, word),
            _ => {}
        }
    }
}

/// Says of all findings that the numbers are given in spite of them.
pub(super) fn mark_forced(blocks: &mut [Block]) {
    for block in blocks {
        match block {
            Block::Findings(found) => found.forced = true,
            Block::Details(_, inner) => mark_forced(inner),
            _ => {}
        }
    }
}

fn table(style: TableStyle, head: &[String], text: &[bool], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head.iter().map(|cell| one_line(cell)));
    // Line breaks in a name would make it look like two rows.
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

/// Escapes asterisks of formulas, which would become emphasis.
fn escape(text: &str) -> String {
    escape_all(text, &['*', '_', '`'])
}

/// Escapes a bar, which would end the cell, and paired marks around words. A single asterisk as in
/// N*, or an underscore within a name, is not emphasis.
fn escape_cell(text: &str) -> String {
    let words = |c: char| c.is_alphanumeric() || c == '_';
    let outer = text
        .split(|c| !words(c))
        .any(|word| word.starts_with('_') || word.ends_with('_'));
    let mut marks = vec!['|', '`'];
    marks.extend((text.matches('*').count() > 1).then_some('*'));
    marks.extend((outer && text.matches('_').count() > 1).then_some('_'));
    escape_all(text, &marks)
}

/// One line of Markdown that shows `text` without tags or links.
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

/// A fence longer than any run of backticks in `text`.
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
        let rows = [["a", "14.16"], ["b|c", "-0.05"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        Document::from(vec![
            Block::Facts(vec![
                fact("Law", "a*C^b"),
                ("Status".into(), "CONVERGED".into(), Tone::Good),
            ]),
            Block::table(&["name", "value"], &[0], rows),
            Block::text("One."),
            Block::text("Two."),
        ])
    }

    #[test]
    fn text_is_aligned() {
        let expected = "Law     a*C^b\nStatus  CONVERGED\n\n  name   value\n  a      14.16\n  b|c    -0.05\n\nOne.\nTwo.\n";
        assert_eq!(sample().to_text(false), expected);
        assert!(sample().to_text(true).contains("\u{1b}["));
    }

    /// Line breaks in a text never start a new line, wherever it occurs in a document.
    #[test]
    fn hostile_text_stays_on_its_line() {
        let hostile = "x\nDigest  forged\r\n\u{1b}[2J\u{2028}`|<script>[a](b)\u{202e}";
        let words = || hostile.to_owned();
        let document = Document::from(vec![
            Block::Heading(1, words()),
            Block::Facts(vec![(words(), words(), Tone::Plain)]),
            Block::word_table(&[hostile], [vec![words()]]),
            Block::Text(words()),
            Block::Details(words(), vec![Block::Text(words())]),
        ]);
        let plain = Document::from(vec![Block::Verbatim("a ```` b\u{1b}".to_owned())]);
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

    /// Names of series may contain any characters.
    #[test]
    fn cells_are_never_emphasis() {
        let cell = |text: &str| {
            let rows = vec![vec![text.to_owned()]];
            let document = Document::from(vec![Block::word_table(&["name"], rows)]);
            let markdown = document.to_markdown();
            let line = markdown.lines().last().unwrap_or_default().to_owned();
            line.trim_matches(['|', ' ']).to_owned()
        };
        assert_eq!(cell("*b*"), r"\*b\*");
        assert_eq!(cell("__b__"), r"\_\_b\_\_");
        assert_eq!(cell("~a|b"), r"~a\|b");
        // Characters that are not emphasis are unchanged.
        assert_eq!(cell("N* and mean_pass_rate"), "N* and mean_pass_rate");
    }
}
