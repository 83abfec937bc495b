//! Lays out a chart or a figure as a picture: headline, plot, legend and note.

use super::clip::Rect;
use super::font::{self, Style};
use super::frame::{Frame, text};
use super::labels::{self, Wish};
use super::legend;
use super::marks;
use super::range;
use super::scene::{Anchor, Item, Scene};
use super::spec::{Color, Drawing, Figure, Panel};
use super::theme::Theme;

/// The size of the title of a panel among others.
const PANEL_TITLE: f64 = 14.5;
/// The distance from the edge of the picture to its contents.
const EDGE: f64 = 18.0;
/// The distance between the panels of a figure.
const BETWEEN: f64 = 26.0;
/// The height of a line of the note.
const NOTE: f64 = 16.0;

/// The picture of a panel.
pub(super) fn scene(drawing: &Drawing, theme: &Theme) -> Scene {
    match drawing {
        Drawing::Panel(panel) => panel_scene(panel, theme),
        Drawing::Figure(figure) => figure_scene(figure, theme),
    }
}

/// A single panel in a picture of the theme's size.
fn panel_scene(panel: &Panel, theme: &Theme) -> Scene {
    let (width, height) = (theme.width(), theme.height());
    let mut items = Vec::new();
    let cell = Rect {
        left: EDGE,
        top: EDGE - 4.0,
        right: f64::from(width) - EDGE,
        bottom: f64::from(height) - 10.0,
    };
    draw(panel, cell, None, 17.0, theme, &mut items);
    Scene {
        width,
        height,
        background: theme.background(),
        title: panel.title.clone(),
        description: describe(panel),
        items,
    }
}

/// The panels of a figure in rows and columns below a common headline.
fn figure_scene(figure: &Figure, theme: &Theme) -> Scene {
    let columns = figure.columns.clamp(1, figure.panels.len().max(1));
    let rows = figure.panels.len().div_ceil(columns).max(1);
    let part = if columns == 1 { 1.0 } else { 0.72 };
    let cell_width = (f64::from(theme.width()) * part).round();
    let cell_height = (f64::from(theme.height()) * 0.86).round();
    let width = cell_width * columns as f64;
    let mut items = Vec::new();
    let page = Rect {
        left: EDGE,
        top: EDGE - 4.0,
        right: width - EDGE,
        bottom: f64::INFINITY,
    };
    let (title, subtitle) = match figure.untitled {
        true => ("", None),
        false => (figure.title.as_str(), figure.subtitle.as_deref()),
    };
    let head = headline(title, subtitle, page, 18.0, theme, &mut items);
    let cell = |i: usize| {
        let (row, column) = ((i / columns) as f64, (i % columns) as f64);
        let left = column * cell_width;
        let top = head + row * cell_height;
        Rect {
            left: if column == 0.0 {
                EDGE
            } else {
                left + BETWEEN / 2.0
            },
            top: top + 6.0,
            right: left + cell_width - EDGE,
            bottom: top + cell_height - 10.0,
        }
    };
    for (row, panels) in figure.panels.chunks(columns).enumerate() {
        // Panels side by side begin and end at the same height, however long the texts around them.
        let mut rooms = panels.iter().enumerate().map(|(column, panel)| {
            let at = cell(row * columns + column);
            draw(panel, at, None, PANEL_TITLE, theme, &mut Vec::new())
        });
        let first = rooms.next();
        let shared = first.map(|first| rooms.fold(first, |a, b| (a.0.max(b.0), a.1.min(b.1))));
        for (column, panel) in panels.iter().enumerate() {
            let at = cell(row * columns + column);
            draw(panel, at, shared, PANEL_TITLE, theme, &mut items);
        }
    }
    let mut description = vec![figure.description.clone()];
    description.extend(
        figure
            .panels
            .iter()
            .map(|c| format!("{}: {}", c.title, describe(c))),
    );
    description.retain(|part| !part.is_empty());
    Scene {
        width: width as u32,
        height: (head + cell_height * rows as f64) as u32,
        background: theme.background(),
        title: figure.title.clone(),
        description: description.join(" "),
        items,
    }
}

/// The panel's own description, or its axes if it has none.
fn describe(panel: &Panel) -> String {
    if panel.description.trim().is_empty() {
        format!("{} against {}.", panel.y.label, panel.x.label)
    } else {
        panel.description.clone()
    }
}

/// Adds title and subtitle at the top of `room`; returns where the rest may begin.
fn headline(
    title: &str,
    subtitle: Option<&str>,
    room: Rect,
    size: f64,
    theme: &Theme,
    items: &mut Vec<Item>,
) -> f64 {
    let bold = Style::bold(size, theme.text(Color::Ink));
    let plain = Style::regular(13.0, theme.text(Color::Muted));
    let mut top = room.top;
    for (words, style) in [(title, bold), (subtitle.unwrap_or(""), plain)] {
        // System fonts run wider than the embedded one: DejaVu Sans by an eighth.
        for words in font::wrap(words, style, room.width() * 0.87, 3) {
            top += style.size * 1.28;
            let at = (room.left, top - style.size * 0.28);
            items.push(text(at, &words, style, Anchor::Start));
        }
    }
    top + 12.0
}

/// Draws one panel into a cell. If heights are given, its axes lie between them. Returns the
/// heights.
fn draw(
    panel: &Panel,
    cell: Rect,
    between: Option<(f64, f64)>,
    size: f64,
    theme: &Theme,
    items: &mut Vec<Item>,
) -> (f64, f64) {
    let (title, subtitle) = match panel.untitled {
        true => ("", None),
        false => (panel.title.as_str(), panel.subtitle.as_deref()),
    };
    let top = headline(title, subtitle, cell, size, theme, items);
    let bottom = note(panel, cell, theme, items);
    let room = Rect {
        top: between.map_or(top, |ends| ends.0),
        bottom,
        ..cell
    };
    let Some((x, y)) = range::spans(panel) else {
        nothing(room, theme, items);
        return (room.top, room.bottom);
    };
    let frame_in = |room: Rect| Frame::new(room, x, y, theme);
    // A legend takes room from the plot, and in a smaller plot more labels may collide. The first
    // attempt shows how many rows the legend needs, and the second is final.
    let whole = Rect {
        bottom: between.map_or(bottom, |ends| ends.1),
        ..room
    };
    let (picture, left_over) = body(panel, &frame_in(whole), theme);
    if left_over.is_empty() {
        items.extend(picture);
        return (whole.top, whole.bottom);
    }
    let spare = legend::height(&left_over, room.width()) + 4.0;
    let smaller = Rect {
        bottom: (room.bottom - spare).min(whole.bottom),
        ..room
    };
    let frame = frame_in(smaller);
    let (picture, entries) = body(panel, &frame, theme);
    items.extend(picture);
    let below = Rect {
        left: frame.plot.left,
        top: smaller.bottom + 4.0,
        right: room.right,
        bottom: room.bottom,
    };
    legend::draw(&entries, &below, items, theme);
    (smaller.top, smaller.bottom)
}

/// The plot itself, and the labels without a place in it.
fn body(panel: &Panel, frame: &Frame, theme: &Theme) -> (Vec<Item>, Vec<Wish>) {
    let mut items = Vec::new();
    frame.grid(&mut items, theme);
    let mut drawn = marks::draw(panel, frame, theme);
    items.append(&mut drawn.items);
    frame.axes(&mut items, panel, theme);
    let left_over = labels::place(drawn.wishes, drawn.around, &frame.plot, &mut items, theme);
    (items, left_over)
}

/// Adds the note at the bottom of a cell; returns where it begins.
fn note(panel: &Panel, cell: Rect, theme: &Theme, items: &mut Vec<Item>) -> f64 {
    let style = Style::regular(11.5, theme.text(Color::Muted));
    let words = panel.note.as_deref().unwrap_or("");
    let lines = font::wrap(words, style, cell.width() * 0.87, 2);
    let top = cell.bottom - NOTE * lines.len() as f64;
    for (i, words) in lines.iter().enumerate() {
        let at = (cell.left, top + NOTE * (i as f64 + 1.0) - 4.0);
        items.push(text(at, words, style, Anchor::Start));
    }
    if lines.is_empty() {
        cell.bottom
    } else {
        top - 4.0
    }
}

/// The text of an empty chart.
fn nothing(room: Rect, theme: &Theme, items: &mut Vec<Item>) {
    let style = Style::regular(15.0, theme.text(Color::Muted));
    let at = (
        f64::midpoint(room.left, room.right),
        f64::midpoint(room.top, room.bottom),
    );
    items.push(text(at, "nothing to draw", style, Anchor::Middle));
}
