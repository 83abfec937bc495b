//! The embedded font: its bytes, and how much room a text takes.
//!
//! Two subsets of Roboto (Apache License 2.0) travel with the program, so that a picture needs no
//! system font and looks the same everywhere. `font/remake.sh` makes them again.

use super::theme::Rgb;

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

/// The horizontal measures of one glyph, in parts of an em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    /// From this glyph's origin to the next one's.
    pub(super) advance: f64,
    /// From the origin to the glyph's left edge.
    pub(super) bearing: f64,
}

/// What an unreadable font would measure; the embedded one is readable.
const FALLBACK: Glyph = Glyph {
    advance: 0.55,
    bearing: 0.0,
};

impl Weight {
    /// The bytes of the TrueType font.
    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            Weight::Regular => include_bytes!("font/Roboto-Regular.subset.ttf"),
            Weight::Bold => include_bytes!("font/Roboto-Bold.subset.ttf"),
        }
    }

    /// Ascent and descent in parts of an em; both are positive.
    pub(super) fn height(self) -> (f64, f64) {
        read_height(self.bytes()).unwrap_or((0.93, 0.24))
    }

    /// The measures of the glyph for `c`.
    pub(super) fn glyph(self, c: char) -> Glyph {
        read_glyph(self.bytes(), c).unwrap_or(FALLBACK)
    }
}

/// The width of a text in pixels.
pub(super) fn width(text: &str, style: Style) -> f64 {
    let ems: f64 = text.chars().map(|c| style.weight.glyph(c).advance).sum();
    ems * style.size
}

/// Breaks a text into at most `lines` lines of at most `room` pixels; what does not fit ends in "…".
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

/// The text itself if it fits, else as much of it as does, ending in "…".
pub(super) fn shorten(text: &str, style: Style, room: f64) -> String {
    if width(text, style) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", style);
    for c in text.trim_end_matches('…').chars() {
        used += style.weight.glyph(c).advance * style.size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// The start of a table of the font, from its directory.
fn table(font: &[u8], name: &[u8; 4]) -> Option<usize> {
    let count = usize::from(u16_at(font, 4)?);
    (0..count)
        .map(|i| 12 + 16 * i)
        .find(|at| font.get(*at..at + 4) == Some(name.as_slice()))
        .and_then(|at| u32_at(font, at + 8))
        .and_then(|offset| usize::try_from(offset).ok())
}

fn read_height(font: &[u8]) -> Option<(f64, f64)> {
    let hhea = table(font, b"hhea")?;
    let em = units_per_em(font)?;
    let (ascent, descent) = (i16_at(font, hhea + 4)?, i16_at(font, hhea + 6)?);
    Some((f64::from(ascent) / em, -f64::from(descent) / em))
}

fn units_per_em(font: &[u8]) -> Option<f64> {
    u16_at(font, table(font, b"head")? + 18).map(f64::from)
}

fn read_glyph(font: &[u8], c: char) -> Option<Glyph> {
    let em = units_per_em(font)?;
    let long = usize::from(u16_at(font, table(font, b"hhea")? + 34)?);
    let index = usize::from(glyph_index(font, c)?).min(long.checked_sub(1)?);
    let at = table(font, b"hmtx")? + 4 * index;
    Some(Glyph {
        advance: f64::from(u16_at(font, at)?) / em,
        bearing: f64::from(i16_at(font, at + 2)?) / em,
    })
}

/// The glyph for a character, from the first character map (format 4); 0 if the font has none.
fn glyph_index(font: &[u8], c: char) -> Option<u16> {
    let Ok(code) = u16::try_from(u32::from(c)) else {
        return Some(0);
    };
    let cmap = table(font, b"cmap")?;
    let map = cmap + usize::try_from(u32_at(font, cmap + 8)?).ok()?;
    let segments = usize::from(u16_at(font, map + 6)?) / 2;
    let (ends, starts) = (map + 14, map + 16 + 2 * segments);
    let (deltas, offsets) = (starts + 2 * segments, starts + 4 * segments);
    for i in 0..segments {
        if u16_at(font, ends + 2 * i)? < code {
            continue;
        }
        let start = u16_at(font, starts + 2 * i)?;
        if start > code {
            break;
        }
        let delta = u16_at(font, deltas + 2 * i)?;
        let offset = u16_at(font, offsets + 2 * i)?;
        if offset == 0 {
            return Some(code.wrapping_add(delta));
        }
        let at = offsets + 2 * i + usize::from(offset) + 2 * usize::from(code - start);
        return Some(match u16_at(font, at)? {
            0 => 0,
            index => index.wrapping_add(delta),
        });
    }
    Some(0)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

fn i16_at(bytes: &[u8], at: usize) -> Option<i16> {
    let pair = bytes.get(at..at + 2)?;
    Some(i16::from_be_bytes(pair.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
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
        for weight in [Weight::Regular, Weight::Bold] {
            for c in "Loss 0123456789 αβγΔ ⁰¹²³⁴⁵⁶⁷⁸⁹⁻ ×·≤≥±−–—…“”∞^".chars()
            {
                assert_ne!(glyph_index(weight.bytes(), c), Some(0), "{c:?}");
            }
            assert_eq!(glyph_index(weight.bytes(), '漢'), Some(0));
            assert!(weight.bytes().len() < 30_000);
        }
    }

    #[test]
    fn widths_are_those_of_the_font() {
        // Roboto's digits are 1150 of 2048 units wide.
        assert!((width("00", STYLE) - 11.5 * 2.0 * 0.488_28).abs() < 0.01);
        let (ascent, descent) = Weight::Regular.height();
        assert!((ascent - 1900.0 / 2048.0).abs() < 1e-9 && (descent - 500.0 / 2048.0).abs() < 1e-9);
    }

    #[test]
    fn long_texts_are_wrapped_and_cut() {
        let lines = wrap("one two three four five six", STYLE, 50.0, 2);
        assert_eq!(lines, ["one two", "three fou…"]);
        assert!(wrap("", STYLE, 50.0, 2).is_empty());
    }
}
