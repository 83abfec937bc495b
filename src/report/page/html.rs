//! A page as one HTML file: no requests, no script needed, light and dark, for screens of any width
//! and for paper.

use super::super::controls::Controls;
use super::super::document::{Block, Fact, Tone};
use super::{Page, Picture, Section};
use crate::chart::{Theme, escape_xml};
use crate::text::one_line;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

impl Page {
    /// The page as one HTML file, which needs nothing else.
    #[must_use]
    pub fn to_html(&self) -> String {
        html(self)
    }
}

fn html(page: &Page) -> String {
    let mut out = String::with_capacity(1 << 18);
    let title = escape(&page.title);
    let (word, class) = match page.tone {
        Tone::Bad => ("Verdict: caution", "bad"),
        Tone::Good => ("Verdict", "good"),
        Tone::Plain => ("Verdict", "plain"),
    };
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"{}\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n<p class=\"answer\">{}</p>\n\
         <p class=\"verdict {class}\"><strong>{word}.</strong> {}</p>\n</header>\n",
        page.tool,
        dark_pictures(),
        escape(&page.answer),
        escape(&page.verdict)
    );
    let (first, rest) = page
        .sections
        .split_at(page.before_contents.min(page.sections.len()));
    first
        .iter()
        .for_each(|section| put_section(&mut out, section));
    out.push_str("<nav aria-label=\"Contents\"><ul>\n");
    for s in rest {
        let _ = writeln!(
            out,
            "<li><a href=\"#{}\">{}</a></li>",
            s.id,
            escape(&s.heading)
        );
    }
    out.push_str("</ul></nav>\n");
    rest.iter()
        .for_each(|section| put_section(&mut out, section));
    let _ = write!(
        out,
        "</main>\n<footer><p>Made by {}.</p></footer>\n<div id=\"tip\" role=\"status\" hidden></div>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        page.tool
    );
    out
}

fn put_section(out: &mut String, section: &Section) {
    let heading = escape(&section.heading);
    let _ = writeln!(
        out,
        "<section id=\"{}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{heading}</h2>",
        section.id
    );
    for (k, block) in section.blocks.iter().enumerate() {
        put(out, block, &format!("{}: table {}", section.heading, k + 1));
    }
    out.push_str("</section>\n");
}

pub(super) fn put(out: &mut String, block: &Block, name: &str) {
    match block {
        Block::Heading(level, text) => {
            let level = level + 1;
            let _ = writeln!(out, "<h{level}>{}</h{level}>", escape(text));
        }
        Block::Facts(facts) => put_facts(out, facts),
        Block::Findings(found) => put_facts(out, &found.facts()),
        Block::Table { head, text, rows } => table(out, name, head, text, rows),
        Block::Text(text) => {
            let _ = writeln!(out, "<p>{}</p>", escape(text.trim()));
        }
        Block::Verbatim(text) => {
            let _ = writeln!(
                out,
                "<pre tabindex=\"0\" role=\"region\" aria-label=\"{}\">{}</pre>",
                escape(name),
                text.trim_end()
                    .split('\n')
                    .map(escape)
                    .collect::<Vec<_>>()
                    .join("\n")
            );
        }
        Block::Picture(picture) => figure(out, picture),
        Block::Controls(controls) => put_controls(out, controls),
        Block::Details(summary, blocks) => {
            let _ = writeln!(out, "<details><summary>{}</summary>", escape(summary));
            for (k, block) in blocks.iter().enumerate() {
                put(out, block, &format!("{summary}, {}", k + 1));
            }
            out.push_str("</details>\n");
        }
    }
}

/// Hidden until the script has loaded the data, since without it the control would do nothing.
fn put_controls(out: &mut String, controls: &Controls) {
    let data = serde_json::to_string(controls).unwrap_or_default();
    // In a script element only the end tag and comments are special.
    let data = data.replace('<', "\\u003c");
    let _ = writeln!(
        out,
        "<div class=\"what-if\" hidden>\n<script type=\"application/json\">{data}</script>\n\
         <p><label>{} <input type=\"range\" min=\"0\" max=\"{}\" value=\"{}\"></label> <output></output></p>\n\
         <p><label>By <select></select></label></p>\n<p class=\"answer\" aria-live=\"polite\"></p>\n</div>",
        escape(&controls.target),
        controls.targets.len().saturating_sub(1),
        controls.asked
    );
}

fn put_facts(out: &mut String, facts: &[Fact]) {
    out.push_str("<dl>\n");
    for (name, value, tone) in facts {
        let class = match tone {
            Tone::Bad => " class=\"bad\"",
            Tone::Good => " class=\"good\"",
            Tone::Plain => "",
        };
        let _ = writeln!(
            out,
            "<div><dt>{}</dt><dd{class}>{}</dd></div>",
            escape(name),
            escape(value)
        );
    }
    out.push_str("</dl>\n");
}

fn table(out: &mut String, name: &str, head: &[String], text: &[bool], rows: &[Vec<String>]) {
    let class = |k: usize| {
        if text.get(k) == Some(&true) {
            ""
        } else {
            " class=\"n\""
        }
    };
    let _ = writeln!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>\n<thead><tr>",
        escape(name)
    );
    for (k, cell) in head.iter().enumerate() {
        match cell.trim() {
            // A header cell without text means nothing to a screen reader.
            "" => out.push_str("<td></td>"),
            words => {
                let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(k), escape(words));
            }
        }
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (k, cell) in row.iter().enumerate() {
            let _ = match k {
                0 if text.first() == Some(&true) && !cell.is_empty() => {
                    write!(out, "<th scope=\"row\">{}</th>", escape(cell))
                }
                // An interval is read as one, and short enough for a line.
                _ if text.get(k) == Some(&true) && cell.contains(" .. ") && cell.len() < 40 => {
                    write!(out, "<td class=\"k\">{}</td>", escape(cell))
                }
                _ => write!(out, "<td{}>{}</td>", class(k), escape(cell)),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

fn figure(out: &mut String, picture: &Picture) {
    let svg = with_own_ids(picture.svg.trim_end(), out);
    if let Some(narrow) = &picture.narrow {
        let tall = if picture.tall { " tall" } else { "" };
        let narrow = with_own_ids(narrow.trim_end(), &format!("{out}{svg}"));
        let _ = writeln!(
            out,
            "<figure class=\"first{tall}\"><div class=\"broad\">{svg}</div><div class=\"narrow\">{narrow}</div><figcaption>{}</figcaption></figure>",
            escape(&picture.reading)
        );
        return;
    }
    let _ = writeln!(
        out,
        "<figure{}><div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">{}</div><figcaption>{}</figcaption></figure>",
        if picture.tall { " class=\"tall\"" } else { "" },
        escape(picture.description.split(": ").next().unwrap_or("")),
        svg,
        escape(&picture.reading)
    );
}

/// The SVG with ids that are new on the page. Equal pictures, such as those of two series with the
/// same runs, have equal ids.
fn with_own_ids(svg: &str, before: &str) -> String {
    let named = svg.split_once("aria-labelledby=\"").map_or("", |at| at.1);
    let Some((id, _)) = named.split_once("-t ") else {
        return svg.to_owned();
    };
    let mut own = id.to_owned();
    let mut number = 1;
    while before.contains(&format!("id=\"{own}-t\"")) {
        number += 1;
        own = format!("{id}-{number}");
    }
    svg.replace(&format!("{id}-"), &format!("{own}-"))
}

/// Pictures are drawn for a light background; on a dark screen every shade is replaced by its dark
/// counterpart.
fn dark_pictures() -> String {
    format!(
        "@media screen and (prefers-color-scheme: dark) {{\n{}}}\n",
        dark_shades("figure svg")
    )
}

/// The dark counterpart of every shade of the pictures that `of` selects.
pub(super) fn dark_shades(of: &str) -> String {
    let mut css = String::new();
    for (light, dark) in Theme::shades() {
        for attribute in ["fill", "stroke"] {
            let _ = writeln!(
                css,
                "{of} [{attribute}=\"{light}\" i] {{ {attribute}: {dark}; }}"
            );
        }
    }
    css
}

/// Text escaped for HTML elements and quoted attributes.
fn escape(text: &str) -> String {
    escape_xml(&one_line(text)).replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_pictures_have_different_ids() {
        let svg = "<svg aria-labelledby=\"sw1-t sw1-d\"><title id=\"sw1-t\">a</title><desc id=\"sw1-d\">b</desc></svg>";
        let picture = Picture {
            narrow: None,
            tall: false,
            svg: svg.to_owned(),
            description: String::new(),
            reading: String::new(),
        };
        let mut page = Page::new(String::new(), String::new(), (String::new(), Tone::Plain));
        let pictures = vec![Block::Picture(picture); 3];
        page.section("chart", "Charts", pictures);
        let html = page.to_html();
        for id in ["sw1", "sw1-2", "sw1-3"] {
            for part in ["t", "d"] {
                assert_eq!(html.matches(&format!(" id=\"{id}-{part}\"")).count(), 1);
            }
            let both = format!("aria-labelledby=\"{id}-t {id}-d\"");
            assert_eq!(html.matches(&both).count(), 1);
        }
    }
}
