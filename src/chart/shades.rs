//! The bar beside a heat map that says what its shades mean.

use super::clip::Rect;
use super::font::{self, Style};
use super::frame::{SMALL, label_style, text, tick_style};
use super::scene::{Anchor, Item, Pen, Text, line};
use super::spec::Shades;
use super::theme::Theme;

/// From the plot to the bar.
const GAP: f64 = 16.0;
/// The width of the bar.
const BAR: f64 = 14.0;
/// The length of a tick, with the space after it.
const TICK: f64 = 8.0;
/// The room of the title.
const TITLE: f64 = 24.0;
/// The bar is a stack of so many pieces.
const PIECES: u32 = 64;
/// The height of the box that stands for cells without a shade, and the space above it.
const BLANK: f64 = 14.0;
const APART: f64 = 8.0;

/// The room that a bar takes beside the plot.
pub(super) fn width(shades: &Shades, theme: &Theme) -> f64 {
    GAP + BAR + TICK + widest(shades, tick_style(theme)) + TITLE
}

fn widest(shades: &Shades, style: Style) -> f64 {
    let ticks = shades.ticks.iter().map(|(_, words)| words);
    let words = ticks.chain([&shades.blank]);
    words
        .map(|words| font::width(words, style))
        .fold(0.0, f64::max)
}

/// Draws the bar between the plot and the edge of the cell, from the palest shade to the darkest,
/// and below it the box of cells without one.
pub(super) fn draw(shades: &Shades, plot: &Rect, edge: f64, items: &mut Vec<Item>, theme: &Theme) {
    let (left, right) = (plot.right + GAP, plot.right + GAP + BAR);
    let blank = Rect {
        left,
        top: plot.bottom - BLANK,
        right,
        bottom: plot.bottom,
    };
    let bar = Rect {
        left,
        top: plot.top,
        right,
        bottom: blank.top - APART,
    };
    let palest = shades.ticks.first().map_or(0.0, |(shade, _)| *shade);
    let height = |part: f64| bar.bottom - part * bar.height();
    for piece in 0..PIECES {
        let part = f64::from(piece) / f64::from(PIECES);
        let area = Rect {
            // It reaches under the next piece, so that no paper is seen between them.
            top: bar.top,
            bottom: height(part),
            ..bar
        };
        items.push(Item::Area {
            points: corners(&area)[..4].to_vec(),
            color: theme.heat(palest + part * (1.0 - palest)),
            opacity: 1.0,
        });
    }
    let axis = Pen::solid(1.0, theme.axis());
    line(items, &corners(&bar), axis);
    line(items, &corners(&blank), axis);
    let style = tick_style(theme);
    let mut tick = |y: f64, words: &str| {
        line(items, &[(right, y), (right + 5.5, y)], axis);
        let at = (right + TICK, y + SMALL * 0.36);
        items.push(text(at, words, style, Anchor::Start));
    };
    let of_bar = shades.ticks.iter();
    let mut last = f64::INFINITY;
    for (shade, words) in of_bar {
        let y = height((shade - palest) / (1.0 - palest).max(f64::MIN_POSITIVE));
        // A low bar has no room for all words.
        if last - y >= SMALL * 1.1 {
            tick(y, words);
            last = y;
        }
    }
    tick(f64::midpoint(blank.top, blank.bottom), &shades.blank);
    let style = label_style(theme);
    items.push(Item::Text(Text {
        at: (edge - 4.0, f64::midpoint(bar.top, bar.bottom)),
        text: font::shorten(&shades.label, style, plot.height()),
        style,
        anchor: Anchor::Middle,
        turned: true,
    }));
}

/// The corners of a box, and the first one again.
fn corners(of: &Rect) -> [(f64, f64); 5] {
    [
        (of.left, of.top),
        (of.right, of.top),
        (of.right, of.bottom),
        (of.left, of.bottom),
        (of.left, of.top),
    ]
}
