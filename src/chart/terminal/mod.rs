//! A panel as text: braille dots or plain ASCII, with marks of different shapes.

mod ascii;
mod canvas;

use super::clip::Rect;
use super::place::Pt;
use super::range::{self, Span};
use super::spec::{Color, Content, Dash, Layer, Marker, MarkerShape, Panel, XY};
use super::ticks::{self, Tick};
use ascii::to_ascii;
use canvas::{Canvas, Stroke};

/// The fewest and most columns, and the fewest and most rows.
const WIDTHS: (usize, usize) = (32, 400);
const HEIGHTS: (usize, usize) = (10, 200);

/// Draws a panel into at most `width` columns and about `height` rows; the legend may need more.
pub(super) fn draw(
    panel: &Panel,
    width: usize,
    height: usize,
    unicode: bool,
    color: bool,
) -> String {
    let width = width.clamp(WIDTHS.0, WIDTHS.1);
    let height = height.clamp(HEIGHTS.0, HEIGHTS.1);
    let words = Words { unicode, width };
    let mut out = String::new();
    if !panel.untitled {
        words.push(&mut out, &panel.title);
        if let Some(subtitle) = &panel.subtitle {
            words.push(&mut out, subtitle);
        }
    }
    match range::spans(panel) {
        Some((x, y)) => {
            let legend = legend(panel, &words, color);
            let used = out.lines().count() + legend.lines().count();
            let rows = height.saturating_sub(used + 4).max(5);
            words.push(&mut out, &panel.y.label);
            Plot::new(panel, x, y, &words, rows).print(&mut out, &words, color);
            out.push_str(&legend);
        }
        None => words.push(&mut out, "(nothing to draw)"),
    }
    if let Some(note) = &panel.note {
        words.wrap(&mut out, note);
    }
    out
}

/// How words are written: with or without non-ASCII characters, and in how many columns.
struct Words {
    unicode: bool,
    width: usize,
}

impl Words {
    fn of(&self, text: &str) -> String {
        let one_line = crate::text::blanked(text);
        if self.unicode {
            one_line
        } else {
            to_ascii(&one_line)
        }
    }

    /// Adds one line, cut at the last column.
    fn push(&self, out: &mut String, text: &str) {
        let line: String = self.of(text).chars().take(self.width).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }

    /// Adds as many lines as the words need.
    fn wrap(&self, out: &mut String, text: &str) {
        let mut line = String::new();
        for word in self.of(text).split(' ') {
            let room = self.width.saturating_sub(word.chars().count() + 1);
            if !line.is_empty() && line.chars().count() > room {
                self.push(out, &line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.push(out, &line);
    }
}

/// The plot with its axes.
struct Plot<'a> {
    panel: &'a Panel,
    x: Span,
    y: Span,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Columns left of the axis.
    margin: usize,
    canvas: Canvas,
}

impl Plot<'_> {
    fn new<'a>(panel: &'a Panel, x: Span, y: Span, words: &Words, rows: usize) -> Plot<'a> {
        let spoken = |ticks: Vec<Tick>| -> Vec<Tick> {
            ticks
                .into_iter()
                .map(|tick| Tick {
                    label: words.of(&tick.label),
                    ..tick
                })
                .collect()
        };
        let y_ticks = match panel.y.names.is_empty() {
            true => ticks::ticks(&y, rows / 2),
            false => ticks::named(&panel.y.names),
        };
        let mut y_ticks = spoken(y_ticks.major);
        for tick in &mut y_ticks {
            tick.label = tick.label.chars().take(words.width / 3).collect();
        }
        let margin = y_ticks.iter().map(|t| t.label.chars().count()).max();
        let margin = margin.unwrap_or(0) + 1;
        let columns = words.width.saturating_sub(margin + 1).max(10);
        let mut plot = Plot {
            panel,
            x,
            y,
            x_ticks: spoken(ticks::ticks(&x, columns / 12).major),
            y_ticks,
            margin,
            canvas: Canvas::new(columns, rows, words.unicode),
        };
        // In ASCII a rule would overwrite what is below it, so rules are drawn first.
        for height in [1, 0, 2, 3, 4] {
            for layer in panel.layers.iter().filter(|l| l.content.height() == height) {
                plot.layer(layer);
            }
        }
        plot
    }

    /// The position of a pair of values in the canvas's dots.
    fn at(&self, x: f64, y: f64) -> Option<Pt> {
        let (wide, high) = self.canvas.dots();
        let across = self.x.place(x)?.clamp(-1e6, 1e6);
        let up = self.y.place(y)?.clamp(-1e6, 1e6);
        Some((across * (wide - 1.0), (1.0 - up) * (high - 1.0)))
    }

    fn area(&self) -> Rect {
        let (wide, high) = self.canvas.dots();
        Rect {
            left: 0.0,
            top: 0.0,
            right: wide - 1.0,
            bottom: high - 1.0,
        }
    }

    fn layer(&mut self, layer: &Layer) {
        let color = layer.color;
        match &layer.content {
            Content::Line { points, dash } => {
                let stroke = match dash {
                    Dash::Solid => Stroke::Solid,
                    Dash::Dotted => Stroke::Dotted,
                    _ => Stroke::Dashed,
                };
                self.stroke(points, color, stroke);
            }
            Content::Band(stations) => {
                let lower: Vec<XY> = stations.iter().map(|s| (s.0, s.1)).collect();
                let upper: Vec<XY> = stations.iter().map(|s| (s.0, s.2)).collect();
                self.stroke(&lower, color, Stroke::Dotted);
                self.stroke(&upper, color, Stroke::Dotted);
            }
            Content::Markers { markers, shape } => self.markers(markers, *shape, color),
            Content::Interval { x, lower, upper } => self.interval(*x, *lower, *upper, color),
            Content::Across { y, lower, upper } => {
                self.stroke(&[(*lower, *y), (*upper, *y)], color, Stroke::Solid);
            }
            Content::VerticalRule(x) => {
                if let Some(place) = self.x.place(*x).filter(|p| (0.0..=1.0).contains(p)) {
                    self.canvas.upright_rule(place);
                }
            }
            Content::HorizontalRule(y) => {
                if let Some(place) = self.y.place(*y).filter(|p| (0.0..=1.0).contains(p)) {
                    self.canvas.level_rule(1.0 - place);
                }
            }
            Content::Heat(_) => {}
        }
    }

    fn stroke(&mut self, points: &[XY], color: Color, stroke: Stroke) {
        let places: Vec<Option<Pt>> = points.iter().map(|p| self.at(p.0, p.1)).collect();
        let area = self.area();
        let mut step = 0;
        for pair in places.windows(2) {
            if let (Some(a), Some(b)) = (pair[0], pair[1])
                && let Some((a, b)) = area.segment(a, b)
            {
                step = self.canvas.line(a, b, stroke, color, step);
            }
        }
    }

    fn markers(&mut self, points: &[Marker], shape: MarkerShape, color: Color) {
        let area = self.area().grown(0.5);
        for point in points {
            if let Some(at) = self.at(point.x, point.y).filter(|at| area.contains(*at)) {
                self.canvas.mark(at, shape, color);
            }
        }
    }

    fn interval(&mut self, x: f64, lower: f64, upper: f64, color: Color) {
        if let (Some(low), Some(high)) = (self.at(x, lower), self.at(x, upper))
            && let Some((a, b)) = self.area().segment(low, high)
        {
            self.canvas.interval(a, b, color);
        }
    }

    fn print(&self, out: &mut String, words: &Words, color: bool) {
        let corner = if words.unicode {
            ("┤", "│", "└", '┬', '─')
        } else {
            ("+", "|", "+", '+', '-')
        };
        for row in 0..self.canvas.rows() {
            let tick = self
                .y_ticks
                .iter()
                .find(|t| self.row_of(t.value) == Some(row));
            let label = tick.map_or("", |t| t.label.as_str());
            let axis = if tick.is_some() { corner.0 } else { corner.1 };
            let margin = self.margin - 1;
            out.push_str(&format!("{label:>margin$} {axis}"));
            self.canvas.print_row(row, color, out);
            out.push('\n');
        }
        let columns = self.canvas.columns();
        let mut axis = vec![corner.4; columns];
        let mut labels = vec![' '; self.margin + 1 + columns];
        let mut edge = 0;
        for tick in &self.x_ticks {
            let Some(column) = self.column_of(tick.value) else {
                continue;
            };
            let count = tick.label.chars().count();
            let start = (self.margin + 1 + column).saturating_sub(count / 2);
            let start = start.min(labels.len().saturating_sub(count));
            if start < edge {
                continue;
            }
            edge = start + count + 1;
            if let Some(slot) = axis.get_mut(column) {
                *slot = corner.3;
            }
            for (slot, c) in labels.iter_mut().skip(start).zip(tick.label.chars()) {
                *slot = c;
            }
        }
        out.push_str(&" ".repeat(self.margin));
        out.push_str(corner.2);
        out.extend(axis);
        out.push('\n');
        words.push(out, &labels.into_iter().collect::<String>());
        let label = words.of(&self.panel.x.label);
        let before = self.margin + 1 + columns.saturating_sub(label.chars().count()) / 2;
        words.push(out, &format!("{}{label}", " ".repeat(before)));
    }

    fn row_of(&self, value: f64) -> Option<usize> {
        let rows = self.canvas.rows() as f64;
        let (_, high) = self.canvas.dots();
        let dot = (1.0 - self.y.place(value)?) * (high - 1.0);
        Some((dot.round() / high * rows).floor() as usize)
    }

    fn column_of(&self, value: f64) -> Option<usize> {
        let columns = self.canvas.columns() as f64;
        let (wide, _) = self.canvas.dots();
        let dot = self.x.place(value)? * (wide - 1.0);
        Some((dot.round() / wide * columns).floor() as usize)
    }
}

/// The labels, each with its mark, several to a row if they fit.
fn legend(panel: &Panel, words: &Words, color: bool) -> String {
    let mut out = String::new();
    let mut used = 0;
    for (sample, shade, label) in panel.layers.iter().flat_map(|l| entries(l, words.unicode)) {
        let label = words.of(label);
        let room = words.width.saturating_sub(sample.chars().count() + 3);
        let label: String = label.chars().take(room).collect();
        let count = sample.chars().count() + 1 + label.chars().count();
        if used > 0 && used + 3 + count > words.width {
            out.push('\n');
            used = 0;
        }
        out.push_str(if used > 0 { "   " } else { "  " });
        used += count + if used > 0 { 3 } else { 2 };
        canvas::paint(&sample, Some(shade), color, &mut out);
        out.push(' ');
        out.push_str(&label);
    }
    if used > 0 {
        out.push('\n');
    }
    out
}

/// The legend's entries for one layer: a sample, its colour and the words.
fn entries(layer: &Layer, unicode: bool) -> Vec<(String, Color, &str)> {
    let sample = |braille: &str, ascii: &str| if unicode { braille } else { ascii }.to_owned();
    let sample = match &layer.content {
        Content::Line { dash, .. } => match dash {
            Dash::Solid => sample("──", "--"),
            Dash::Dotted => sample("··", ". ."),
            _ => sample("╌╌", "- -"),
        },
        Content::Band(_) => sample("⠒⠂⠒", ". ."),
        Content::Interval { .. } => sample("│", "|"),
        Content::Across { .. } => sample("──", "--"),
        Content::VerticalRule(_) => sample("┊", ":"),
        Content::HorizontalRule(_) => sample("┄", "."),
        Content::Markers { shape, .. } => canvas::glyph(*shape, unicode).to_string(),
        Content::Heat(_) => return Vec::new(),
    };
    // A few markers are named individually.
    let own = match &layer.content {
        Content::Markers { markers, .. } if markers.len() <= 3 => &markers[..],
        _ => &[],
    };
    std::iter::once(&layer.label)
        .chain(own.iter().map(|marker| &marker.label))
        .flatten()
        .filter(|label| !label.trim().is_empty())
        .map(|label| (sample.clone(), layer.color, label.as_str()))
        .collect()
}
