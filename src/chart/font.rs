//! The embedded font: widths of texts, and pixels of letters.
//!
//! Two subsets of Roboto (Apache License 2.0) are part of the program, so that a picture needs no
//! system font and looks the same everywhere. `font/remake.sh` makes them.

use super::theme::Rgb;
use ab_glyph::{Font as _, FontRef, GlyphId, point};
use std::sync::LazyLock;

/// The weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// How a text is written: size of the em in pixels, weight and colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) color: Rgb,
}

impl Style {
    pub(super) fn regular(size: f64, color: Rgb) -> Style {
        Style {
            size,
            weight: Weight::Regular,
            color,
        }
    }

    pub(super) fn bold(size: f64, color: Rgb) -> Style {
        Style {
            weight: Weight::Bold,
            ..Style::regular(size, color)
        }
    }
}

/// The width of a letter if the font cannot be read, in ems. The embedded ones can be.
const FALLBACK: f64 = 0.55;

const REGULAR: &[u8] = include_bytes!("font/Roboto-Regular.subset.ttf");
const BOLD: &[u8] = include_bytes!("font/Roboto-Bold.subset.ttf");

/// What a document needs to embed a font.
pub(super) struct Embeddable {
    pub(super) bytes: &'static [u8],
    /// Its name in documents.
    pub(super) name: &'static str,
    /// The advance of each glyph, in thousandths of the em.
    pub(super) advances: Vec<f32>,
    /// The largest distances above and below the base line, in thousandths of the em.
    pub(super) ascent: f32,
    pub(super) descent: f32,
}

type Embedded = LazyLock<Option<FontRef<'static>>>;

impl Weight {
    fn font(self) -> Option<&'static FontRef<'static>> {
        static REGULAR_FONT: Embedded = LazyLock::new(|| FontRef::try_from_slice(REGULAR).ok());
        static BOLD_FONT: Embedded = LazyLock::new(|| FontRef::try_from_slice(BOLD).ok());
        match self {
            Weight::Regular => REGULAR_FONT.as_ref(),
            Weight::Bold => BOLD_FONT.as_ref(),
        }
    }

    /// The index of a letter in the font; 0 for a missing letter.
    pub(super) fn glyph(self, c: char) -> u16 {
        self.font().map_or(0, |font| font.glyph_id(c).0)
    }

    /// Whether the font has no shape for a letter.
    pub(super) fn lacks(self, c: char) -> bool {
        self.glyph(c) == 0 && !c.is_whitespace()
    }

    /// The whole font, for a document that keeps its texts as text.
    pub(super) fn embeddable(self) -> Option<Embeddable> {
        let font = self.font()?;
        let thousandths = 1000.0 / font.units_per_em()?;
        let glyphs = 0..u16::try_from(font.glyph_count()).ok()?;
        let advance = |k| thousandths * font.h_advance_unscaled(GlyphId(k));
        let (bytes, name) = match self {
            Weight::Regular => (REGULAR, "Roboto-Regular"),
            Weight::Bold => (BOLD, "Roboto-Bold"),
        };
        Some(Embeddable {
            bytes,
            name,
            advances: glyphs.map(advance).collect(),
            ascent: thousandths * font.ascent_unscaled(),
            descent: thousandths * font.descent_unscaled(),
        })
    }

    /// The distance from the origin of a letter to that of the next, in ems.
    fn advance(self, c: char) -> f64 {
        let advance = |font: &FontRef<'_>| {
            let units = font.h_advance_unscaled(font.glyph_id(c));
            Some(f64::from(units) / f64::from(font.units_per_em()?))
        };
        self.font().and_then(advance).unwrap_or(FALLBACK)
    }
}

/// Calls `paint` for every pixel of a text with the share that a letter covers. Pixels count from
/// the start of the base line to the right and downwards, `em` of them per em.
pub(super) fn pixels(text: &str, weight: Weight, em: f64, mut paint: impl FnMut(i32, i32, f32)) {
    let Some(font) = weight.font() else { return };
    let units = font.units_per_em().unwrap_or(1.0);
    let scale = em as f32 * font.height_unscaled() / units;
    let mut along = 0.0;
    for c in text.chars() {
        let glyph = font.glyph_id(c);
        let placed = glyph.with_scale_and_position(scale, point(along as f32, 0.0));
        if let Some(letter) = font.outline_glyph(placed) {
            let corner = letter.px_bounds().min;
            letter.draw(|x, y, covered| {
                paint(
                    corner.x as i32 + x as i32,
                    corner.y as i32 + y as i32,
                    covered,
                );
            });
        }
        along += weight.advance(c) * em;
    }
}

/// Where letters stand that the font lacks: from the start of the text, and their widths, in ems.
pub(super) fn lacking(text: &str, weight: Weight) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    let mut along = 0.0;
    for c in text.chars() {
        let advance = weight.advance(c);
        if weight.lacks(c) {
            found.push((along, advance));
        }
        along += advance;
    }
    found
}

/// The width of a text in pixels.
pub(super) fn width(text: &str, style: Style) -> f64 {
    let ems: f64 = text.chars().map(|c| style.weight.advance(c)).sum();
    ems * style.size
}

/// Breaks a text into at most `lines` lines of at most `room` pixels; a text that is too long ends
/// in "…".
pub(super) fn wrap(text: &str, style: Style, room: f64, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match wrapped.last_mut() {
            Some(line) if width(&format!("{line} {word}"), style) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => wrapped.push(word.to_owned()),
        }
    }
    let cut = wrapped.len() > lines;
    wrapped.truncate(lines);
    if cut && let Some(last) = wrapped.last_mut() {
        last.push('…');
    }
    wrapped
        .iter()
        .map(|line| shorten(line, style, room))
        .collect()
}

/// The text itself if it fits, else its beginning, ending in "…".
pub(super) fn shorten(text: &str, style: Style, room: f64) -> String {
    if width(text, style) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", style);
    for c in text.trim_end_matches('…').chars() {
        used += style.weight.advance(c) * style.size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style {
        size: 10.0,
        weight: Weight::Regular,
        color: (0, 0, 0),
    };

    #[test]
    fn the_font_has_every_character_that_charts_use() {
        for (weight, bytes) in [(Weight::Regular, REGULAR), (Weight::Bold, BOLD)] {
            let font = weight.font().expect("a readable font");
            for c in "Loss 0123456789 αβγΔ ⁰¹²³⁴⁵⁶⁷⁸⁹⁻ ×·≤≥±−–—…“”∞^".chars()
            {
                assert_ne!(font.glyph_id(c).0, 0, "{c:?}");
            }
            assert_eq!(font.glyph_id('漢').0, 0);
            assert!(bytes.len() < 30_000);
        }
    }

    #[test]
    fn widths_are_those_of_the_font() {
        // Roboto's digits are 1150 of 2048 units wide.
        assert!((width("00", STYLE) - 11.5 * 2.0 * 0.488_28).abs() < 0.01);
    }

    #[test]
    fn letters_stand_on_the_base_line() {
        let (mut left, mut top, mut right, mut bottom) = (i32::MAX, i32::MAX, 0, i32::MIN);
        pixels("HH", Weight::Regular, 100.0, |x, y, covered| {
            if covered > 0.0 {
                (left, right) = (left.min(x), right.max(x));
                (top, bottom) = (top.min(y), bottom.max(y));
            }
        });
        // Roboto's capitals are 1456 of 2048 units high; 8 of 100 pixels are left free beside an H.
        assert_eq!((left, top, bottom), (8, -72, -1));
        assert!((130..=134).contains(&right), "{right}");
    }

    #[test]
    fn long_texts_are_wrapped_and_cut() {
        let lines = wrap("one two three four five six", STYLE, 50.0, 2);
        assert_eq!(lines, ["one two", "three fou…"]);
        assert!(wrap("", STYLE, 50.0, 2).is_empty());
    }
}
