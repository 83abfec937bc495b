//! A document as part of another page, such as a notebook.

use super::html::{dark_shades, put};
use super::{Block, Picture};
use crate::chart::Chart;
use crate::report::document::Document;

const STYLE: &str = include_str!("fragment.css");
/// The colours of the words on a dark page.
const DARK_COLOURS: &str = include_str!("fragment_dark.css");

/// Selectors for a dark page: JupyterLab and Visual Studio Code mark it.
const DARK: [&str; 2] = [
    "body[data-jp-theme-light=\"false\"] .scalewise",
    "body.vscode-dark .scalewise",
];
/// Elsewhere the browser's preference decides.
const UNSAID: &str =
    "body:not([data-jp-theme-light]):not(.vscode-light):not(.vscode-dark) .scalewise";

/// A document with its charts, each with one sentence that explains how to read it, as one HTML
/// element with its own style that does not affect the rest of the page.
#[must_use]
pub fn fragment(document: &Document, charts: &[(Chart, String)]) -> String {
    let mut out = format!("<div class=\"scalewise\">\n<style>\n{STYLE}");
    for of in DARK {
        out += &dark(of);
    }
    out += "@media screen and (prefers-color-scheme: dark) {\n";
    out += &dark(UNSAID);
    out += "}\n</style>\n";
    let pictures = charts
        .iter()
        .map(|(chart, reading)| Picture::of(chart, reading));
    let blocks = document.blocks.iter().cloned().chain(pictures);
    for (k, block) in blocks.collect::<Vec<Block>>().iter().enumerate() {
        put(&mut out, block, &format!("Table {}", k + 1));
    }
    out + "</div>\n"
}

fn dark(of: &str) -> String {
    format!(
        "{of} {{ {} }}\n{}",
        DARK_COLOURS.trim_end(),
        dark_shades(&format!("{of} svg"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::fact;

    #[test]
    fn a_fragment_styles_nothing_but_itself() {
        let document = Document::from(vec![Block::Facts(vec![fact("Law", "a < b")])]);
        let html = fragment(&document, &[]);
        assert!(html.contains("<dd>a &lt; b</dd>"));
        let style = html.split_once("<style>").unwrap().1;
        let style = style.split_once("</style>").unwrap().0;
        let rules = style.lines().filter(|line| line.contains('{'));
        for rule in rules.filter(|rule| !rule.trim().starts_with('@')) {
            let selector = rule.split('{').next().unwrap();
            for one in selector.split(", ") {
                assert!(one.contains(".scalewise"), "{rule}");
            }
        }
    }
}
