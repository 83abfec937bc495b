//! The legend, for labels that found no place in the plot.

use super::clip::Rect;
use super::font::{self, Style};
use super::frame::text;
use super::labels::{Key, Wish};
use super::marker;
use super::place::Pt;
use super::scene::{Anchor, Item, Pen, line};
use super::theme::Theme;

/// The height of one row.
const ROW: f64 = 18.0;
/// The room of the sample in front of a label.
const SAMPLE: f64 = 38.0;
/// From one entry to the next.
const GAP: f64 = 20.0;
/// Most rows; more would leave no room for the plot.
const MOST_ROWS: usize = 6;

/// The entries with their positions, filled row by row into `width`.
fn rows(entries: &[Wish], width: f64) -> (Vec<(Pt, &Wish)>, usize) {
    let (mut x, mut row) = (0.0, 0);
    let mut placed = Vec::new();
    for entry in entries {
        let wide = SAMPLE + font::width(&entry.text, entry.style).min(width - SAMPLE);
        if x > 0.0 && x + wide > width {
            x = 0.0;
            row += 1;
        }
        if row == MOST_ROWS {
            break;
        }
        placed.push(((x, row as f64 * ROW), entry));
        x += wide + GAP;
    }
    let count = placed.last().map_or(0, |(at, _)| (at.1 / ROW) as usize + 1);
    (placed, count)
}

/// The height a legend needs in a chart of this width.
pub(super) fn height(entries: &[Wish], width: f64) -> f64 {
    rows(entries, width).1 as f64 * ROW
}

/// Adds the legend at the top of `room`.
pub(super) fn draw(entries: &[Wish], room: &Rect, items: &mut Vec<Item>, theme: &Theme) {
    for ((x, y), entry) in rows(entries, room.width()).0 {
        let (x, y) = (room.left + x, room.top + y + ROW / 2.0);
        if let Some(key) = entry.key {
            sample(key, (x, y), entry, items, theme);
        }
        let style = Style {
            color: theme.text(entry.color),
            ..entry.style
        };
        let words = font::shorten(&entry.text, style, room.width() - SAMPLE);
        let at = (x + SAMPLE, y + style.size * 0.36);
        items.push(text(at, &words, style, Anchor::Start));
    }
}

fn sample(key: Key, (x, y): Pt, entry: &Wish, items: &mut Vec<Item>, theme: &Theme) {
    let color = theme.line(entry.color);
    let level = [(x, y), (x + SAMPLE - 8.0, y)];
    let middle = (x + (SAMPLE - 8.0) / 2.0, y);
    match key {
        Key::Line(dash) => {
            let pen = Pen::solid(2.2, color).dashed(dash.lengths());
            line(items, &level, pen);
        }
        Key::Rule => line(items, &level, Pen::solid(1.1, color).dashed(&[2.5, 3.0])),
        Key::Band => items.push(Item::Area {
            points: vec![
                (x, y - 5.0),
                (level[1].0, y - 5.0),
                (level[1].0, y + 5.0),
                (x, y + 5.0),
            ],
            color,
            opacity: 1.6 * theme.band_opacity(),
        }),
        Key::Interval => {
            let upright = [(middle.0, y - 6.0), (middle.0, y + 6.0)];
            let pen = Pen::solid(1.6, color);
            line(items, &upright, pen);
            for (x, y) in upright {
                line(items, &[(x - 4.0, y), (x + 4.0, y)], pen);
            }
        }
        Key::Mark(shape) => {
            marker::mark(items, middle, shape, 1.0, entry.color, theme);
        }
    }
}
