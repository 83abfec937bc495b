//! One panel in its cell: headline, plot, legend and note in their places.

use super::clip::Rect;
use super::dress::Dress;
use super::font::{self, Style};
use super::frame::{Frame, text};
use super::labels::{self, Wish};
use super::legend;
use super::marks;
use super::range::{self, BLANK};
use super::scene::{Anchor, Item};
use super::shades;
use super::spec::{Color, Panel};
use super::theme::Theme;

/// The height of a line of the note.
const NOTE: f64 = 16.0;

/// A panel as it is drawn.
pub(super) struct Piece {
    pub(super) items: Vec<Item>,
    /// Where the plot begins, and where what belongs to its axes ends.
    pub(super) heights: (f64, f64),
    /// The area between the axes; `None` where there is nothing to draw.
    pub(super) plot: Option<Rect>,
}

/// Where a panel may draw, and what it shares with those around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) cell: Rect,
    /// The heights between which the plot and its axes lie, if others lie there too.
    pub(super) between: Option<(f64, f64)>,
    /// The plot begins this far from the left edge of the cell at least.
    pub(super) margin: f64,
    /// The size of the title.
    pub(super) title: f64,
}

/// Draws one panel with these words around it.
pub(super) fn draw(panel: &Panel, place: &Place, dress: Dress, theme: &Theme) -> Piece {
    let cell = place.cell;
    let mut items = Vec::new();
    let title = if panel.untitled { "" } else { &panel.title };
    let subtitle = panel.subtitle.as_deref();
    let subtitle = subtitle.filter(|_| dress.subtitle && !panel.untitled);
    let lines = dress.title_lines;
    let top = headline(
        (title, lines),
        subtitle,
        cell,
        place.title,
        theme,
        &mut items,
    );
    let bottom = match dress.note {
        true => note(panel, cell, theme, &mut items),
        false => cell.bottom,
    };
    let top = place.between.map_or(top, |ends| ends.0);
    let shades = panel.shades.as_ref().filter(|_| dress.legend);
    let beside = shades.map_or(0.0, |of| shades::width(of, theme));
    let room = Rect {
        top,
        bottom,
        right: cell.right - beside,
        ..cell
    };
    let Some((x, y)) = range::spans(panel) else {
        words_in("nothing to draw", &room, theme, &mut items);
        return Piece {
            items,
            heights: (top, bottom),
            plot: None,
        };
    };
    // A legend takes room from the plot, and in a smaller plot more labels find no place: the plot
    // shrinks until the legend of what is left over fits below it.
    let mut low = place.between.map_or(bottom, |ends| ends.1.min(bottom));
    let inset = (place.margin, dress.axis_titles);
    loop {
        let whole = Rect {
            bottom: low,
            ..room
        };
        let frame = Frame::new(whole, (x, y), &panel.y.names, inset, theme);
        let piece = |items| Piece {
            items,
            heights: (top, low),
            plot: Some(frame.plot),
        };
        if frame.plot.height() <= 0.0 {
            return piece(items);
        }
        let (picture, mut entries) = body(panel, &frame, theme);
        if !dress.legend {
            entries.clear();
        }
        let below = Rect {
            left: frame.plot.left,
            top: low + 4.0,
            ..room
        };
        let needed = match entries.is_empty() {
            true => 0.0,
            false => legend::height(&entries, below.width()) + 4.0,
        };
        if low + needed > bottom + 1e-6 {
            low = bottom - needed;
            continue;
        }
        items.extend(picture);
        if let Some(of) = shades {
            shades::draw(of, &frame.plot, cell.right, &mut items, theme);
        }
        legend::draw(&entries, &below, &mut items, theme);
        return piece(items);
    }
}

/// The plot itself, and the labels that found no place in it.
fn body(panel: &Panel, frame: &Frame, theme: &Theme) -> (Vec<Item>, Vec<Wish>) {
    let mut items = Vec::new();
    frame.grid(&mut items, theme);
    // A mark at the edge of the plot lies on the axis.
    frame.axes(&mut items, panel, theme);
    let mut drawn = marks::draw(panel, frame, theme);
    items.append(&mut drawn.items);
    if range::is_blank(panel) {
        words_in(BLANK, &frame.plot, theme, &mut items);
    }
    let left_over = labels::place(drawn.wishes, drawn.around, &frame.plot, &mut items, theme);
    (items, left_over)
}

/// Adds a title of at most so many lines and a subtitle at the top of `room`; returns where the
/// rest may begin.
pub(super) fn headline(
    (title, lines): (&str, usize),
    subtitle: Option<&str>,
    room: Rect,
    size: f64,
    theme: &Theme,
    items: &mut Vec<Item>,
) -> f64 {
    let bold = Style::bold(size, theme.text(Color::Ink));
    let plain = Style::regular(13.0, theme.text(Color::Muted));
    let mut top = room.top;
    for (words, style, lines) in [(title, bold, lines), (subtitle.unwrap_or(""), plain, 3)] {
        // System fonts run wider than the embedded one: DejaVu Sans by an eighth.
        for words in font::wrap(words, style, room.width() * 0.87, lines) {
            top += style.size * 1.28;
            let at = (room.left, top - style.size * 0.28);
            items.push(text(at, &words, style, Anchor::Start));
        }
    }
    top + 12.0
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

/// What an empty chart says.
fn words_in(words: &str, room: &Rect, theme: &Theme, items: &mut Vec<Item>) {
    let style = Style::regular(15.0, theme.text(Color::Muted));
    let words = font::shorten(words, style, room.width());
    let at = (
        f64::midpoint(room.left, room.right),
        f64::midpoint(room.top, room.bottom),
    );
    items.push(text(at, &words, style, Anchor::Middle));
}
