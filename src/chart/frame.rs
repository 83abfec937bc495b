//! The frame of a chart: where the plot lies in its cell, and the axes around it.

use super::clip::Rect;
use super::font::{self, Style};
use super::place::Pt;
use super::range::Span;
use super::scene::{Anchor, Item, Pen, Text, line};
use super::spec::{Color, Panel};
use super::theme::Theme;
use super::ticks::{self, Ticks};

/// The size of tick labels.
pub(super) const SMALL: f64 = 12.0;
/// The size of axis labels.
const MEDIUM: f64 = 13.0;
/// The smallest size of an axis label.
const SMALLEST: f64 = 10.5;
/// From the plot to the tick labels.
const TICK_ROOM: f64 = 9.0;
/// The least distance between two tick labels.
const TICK_GAP: f64 = 12.0;
/// The distance from the tick labels to the edge of the cell, which holds an axis label.
const LABEL_ROOM: f64 = 27.0;
/// Positions far outside the plot are clamped to this, so that arithmetic on them stays accurate.
const FAR: f64 = 1e6;

/// A plot with its two axes.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// The area between the axes.
    pub(super) plot: Rect,
    /// The area the chart may use, axes included.
    cell: Rect,
    x: Span,
    y: Span,
    x_ticks: Ticks,
    y_ticks: Ticks,
    /// Whether the axes have titles.
    titled: bool,
}

impl Frame {
    /// Divides a cell between the plot and its axes. The plot begins at least `margin` from the
    /// left edge. The vertical axis has these names in place of numbers, if there are any.
    pub(super) fn new(
        cell: Rect,
        (x, y): (Span, Span),
        names: &[String],
        (margin, titled): (f64, bool),
        theme: &Theme,
    ) -> Frame {
        let style = tick_style(theme);
        let label_room = if titled { LABEL_ROOM } else { 0.0 };
        let bottom = cell.bottom - label_room - SMALL - TICK_ROOM;
        let most = ((bottom - cell.top) / 30.0).clamp(4.0, 8.0) as usize;
        let y_ticks = match names.is_empty() {
            true => ticks::ticks(&y, most),
            false => ticks::named(names),
        };
        let widest = y_ticks
            .major
            .iter()
            .map(|tick| font::width(&tick.label, style))
            .fold(0.0, f64::max)
            .min(widest_label(&cell));
        let plot = Rect {
            left: cell.left + (label_room + widest + TICK_ROOM).max(margin),
            top: cell.top,
            right: cell.right,
            bottom,
        };
        let x_ticks = (4..=ticks::MOST)
            .rev()
            .map(|most| ticks::ticks(&x, most))
            .chain(ticks::sparse(&x))
            .find(|all| fit(all, &x, &plot, style))
            .unwrap_or_else(|| thinned(ticks::ticks(&x, 4), &x, &plot, style));
        Frame {
            plot,
            cell,
            x,
            y,
            x_ticks,
            y_ticks,
            titled,
        }
    }

    /// The position of a pair of values, perhaps outside the plot; `None` if it has none.
    pub(super) fn at(&self, x: f64, y: f64) -> Option<Pt> {
        Some((self.across(x)?, self.down(y)?))
    }

    /// The horizontal position of a value.
    pub(super) fn across(&self, x: f64) -> Option<f64> {
        let place = self.plot.left + self.x.place(x)? * self.plot.width();
        Some(place.clamp(-FAR, FAR))
    }

    /// The vertical position of a value.
    pub(super) fn down(&self, y: f64) -> Option<f64> {
        let place = self.plot.bottom - self.y.place(y)? * self.plot.height();
        Some(place.clamp(-FAR, FAR))
    }

    /// Adds the grid, which is below everything else.
    pub(super) fn grid(&self, items: &mut Vec<Item>, theme: &Theme) {
        let plot = self.plot;
        let pen = Pen::solid(1.0, theme.grid());
        for tick in &self.x_ticks.major {
            if let Some(x) = self.across(tick.value) {
                line(items, &[(x, plot.top), (x, plot.bottom)], pen);
            }
        }
        for tick in &self.y_ticks.major {
            if let Some(y) = self.down(tick.value) {
                line(items, &[(plot.left, y), (plot.right, y)], pen);
            }
        }
    }

    /// Adds the axes with their ticks and words.
    pub(super) fn axes(&self, items: &mut Vec<Item>, panel: &Panel, theme: &Theme) {
        self.x_axis(items, &panel.x.label, theme);
        self.y_axis(items, &panel.y.label, theme);
        let plot = self.plot;
        let corner = [
            (plot.left, plot.top),
            (plot.left, plot.bottom),
            (plot.right, plot.bottom),
        ];
        line(items, &corner, Pen::solid(1.0, theme.axis()));
    }

    fn x_axis(&self, items: &mut Vec<Item>, label: &str, theme: &Theme) {
        let Rect {
            left,
            right,
            bottom,
            ..
        } = self.plot;
        let style = tick_style(theme);
        let mark = |items: &mut Vec<Item>, x: f64, length: f64, width: f64| {
            let pen = Pen::solid(width, theme.axis());
            line(items, &[(x, bottom), (x, bottom + length)], pen);
        };
        for x in self.x_ticks.minor.iter().filter_map(|v| self.across(*v)) {
            mark(items, x, 3.0, 0.8);
        }
        for tick in &self.x_ticks.major {
            let Some(x) = self.across(tick.value) else {
                continue;
            };
            mark(items, x, 5.5, 1.0);
            let half = font::width(&tick.label, style) / 2.0;
            let middle = x.min(self.cell.right + 14.0 - half);
            let at = (middle, bottom + TICK_ROOM + SMALL * 0.8);
            items.push(text(at, &tick.label, style, Anchor::Middle));
        }
        if !self.titled {
            return;
        }
        let style = label_style(theme);
        let words = font::shorten(label, style, self.cell.width());
        // Centred below the plot, unless that would reach beyond the cell.
        let half = font::width(&words, style) / 2.0;
        let middle = f64::midpoint(left, right).min(self.cell.right - half);
        let at = (middle, self.cell.bottom - 5.0);
        items.push(text(at, &words, style, Anchor::Middle));
    }

    fn y_axis(&self, items: &mut Vec<Item>, label: &str, theme: &Theme) {
        let Rect {
            left, top, bottom, ..
        } = self.plot;
        let style = tick_style(theme);
        for y in self.y_ticks.minor.iter().filter_map(|v| self.down(*v)) {
            line(
                items,
                &[(left - 3.0, y), (left, y)],
                Pen::solid(0.8, theme.axis()),
            );
        }
        for tick in &self.y_ticks.major {
            let Some(y) = self.down(tick.value) else {
                continue;
            };
            line(
                items,
                &[(left - 5.5, y), (left, y)],
                Pen::solid(1.0, theme.axis()),
            );
            let at = (left - TICK_ROOM, y + SMALL * 0.36);
            let words = font::shorten(&tick.label, style, widest_label(&self.cell));
            items.push(text(at, &words, style, Anchor::End));
        }
        if !self.titled {
            return;
        }
        // A long title reaches down beside the numbers of the other axis, and is written smaller.
        let room = self.cell.bottom - top;
        let mut style = label_style(theme);
        let fits = room / font::width(label, style);
        style.size *= fits.clamp(SMALLEST / MEDIUM, 1.0);
        let words = font::shorten(label, style, room);
        let half = font::width(&words, style) / 2.0;
        let middle = f64::midpoint(top, bottom).max(top + half);
        items.push(Item::Text(Text {
            at: (self.cell.left + MEDIUM * 0.8, middle),
            text: words,
            style,
            anchor: Anchor::Middle,
            turned: true,
        }));
    }
}

/// A horizontal text as an item.
pub(super) fn text(at: Pt, words: &str, style: Style, anchor: Anchor) -> Item {
    Item::Text(Text {
        at,
        text: words.to_owned(),
        style,
        anchor,
        turned: false,
    })
}

/// Longer numbers beside the vertical axis are cut: the plot has at least the other part.
fn widest_label(cell: &Rect) -> f64 {
    0.45 * cell.width()
}

pub(super) fn tick_style(theme: &Theme) -> Style {
    Style::regular(SMALL, theme.text(Color::Muted))
}

pub(super) fn label_style(theme: &Theme) -> Style {
    Style::regular(MEDIUM, theme.text(Color::Ink))
}

/// Whether the labels of a horizontal axis do not overlap.
fn fit(ticks: &Ticks, span: &Span, plot: &Rect, style: Style) -> bool {
    let mut edge = f64::NEG_INFINITY;
    ticks.major.iter().all(|tick| {
        let half = font::width(&tick.label, style) / 2.0;
        let middle = span.place(tick.value).unwrap_or(0.0) * plot.width();
        let clear = middle - half >= edge;
        edge = middle + half + TICK_GAP;
        clear
    })
}

/// Leaves out labels until the rest stand clear, at least two of them if any two do: only on very
/// narrow charts.
fn thinned(ticks: Ticks, span: &Span, plot: &Rect, style: Style) -> Ticks {
    let all = ticks.major.len();
    let every = |step: usize, start: usize| {
        let kept = ticks.major.iter().skip(start).step_by(step);
        Ticks {
            major: kept.cloned().collect(),
            minor: ticks.minor.clone(),
        }
    };
    (2..all)
        .flat_map(|step| (0..step).map(move |start| (step, start)))
        .map(|(step, start)| every(step, start))
        .find(|some| some.major.len() > 1 && fit(some, span, plot, style))
        .unwrap_or_else(|| every(all.max(1), 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::spec::Axis;

    fn numbers(from: f64, to: f64, width: f64) -> usize {
        let span = |axis: Axis| Span::of(&axis, std::iter::empty()).unwrap();
        let x = span(Axis::log("").range(from, to));
        let y = span(Axis::linear("").range(0.0, 1.0));
        let cell = Rect {
            left: 0.0,
            top: 0.0,
            right: width,
            bottom: 200.0,
        };
        let frame = Frame::new(cell, (x, y), &[], (0.0, true), &Theme::light());
        frame.x_ticks.major.len()
    }

    #[test]
    fn a_narrow_axis_has_two_numbers() {
        for from in [1.1e18, 2.3e19, 4.2e20, 8.9e21] {
            for factor in [1.5, 3.0, 12.0, 30.0, 80.0, 1e4] {
                for width in [170.0, 200.0, 260.0] {
                    let count = numbers(from, factor * from, width);
                    assert!(count > 1, "{from} times {factor} on {width}: {count}");
                }
            }
        }
    }
}
