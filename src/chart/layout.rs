//! From a chart or a figure to a finished picture: its panels in rows and columns.

use super::clip::Rect;
use super::dress::Dress;
use super::panel::{self, Piece, Place, headline};
use super::scene::Scene;
use super::spec::{Drawing, Figure, Panel};
use super::theme::Theme;
use super::typeset;

/// The size of the title of a panel alone, and of one among others.
const TITLE: f64 = 17.0;
const PANEL_TITLE: f64 = 14.5;
/// The least size of a title, in a small picture.
const SMALL_TITLE: f64 = 13.0;
/// From the edge of the picture to what it shows.
const EDGE: f64 = 18.0;
/// The distance between the panels of a figure.
const BETWEEN: f64 = 26.0;
/// Labels of one panel may move the axes of its neighbours so many times.
const ROUNDS: usize = 4;

/// The picture of a panel.
pub(super) fn scene(drawing: &Drawing, theme: &Theme) -> Scene {
    let mut scene = match typeset::drawing(drawing) {
        Drawing::Panel(panel) => panel_scene(&panel, theme),
        Drawing::Figure(figure) => figure_scene(&figure, theme),
    };
    scene.title = spoken(drawing).0;
    scene.description = spoken(drawing).1;
    scene
}

/// The title and the description for readers who cannot see the picture.
fn spoken(drawing: &Drawing) -> (String, String) {
    match drawing {
        Drawing::Panel(panel) => (panel.title.clone(), describe(panel)),
        Drawing::Figure(figure) => {
            let panels = figure.panels.iter();
            let panels = panels.map(|panel| format!("{}: {}", panel.title, describe(panel)));
            let mut parts: Vec<String> = [figure.description.clone()].into();
            parts.extend(panels);
            parts.retain(|part| !part.is_empty());
            (figure.title.clone(), parts.join(" "))
        }
    }
}

/// A single panel in a picture of the theme's size.
fn panel_scene(panel: &Panel, theme: &Theme) -> Scene {
    let (width, height) = (theme.width(), theme.height());
    let place = Place {
        cell: Rect {
            left: EDGE,
            top: EDGE - 4.0,
            right: f64::from(width) - EDGE,
            bottom: f64::from(height) - 10.0,
        },
        between: None,
        margin: 0.0,
        title: (f64::from(width) / 22.0).clamp(SMALL_TITLE, TITLE),
    };
    let attempt = |dress| panel::draw(panel, &place, dress, theme);
    let piece = Dress::fitted(attempt, |piece| piece.plot.into_iter().collect());
    Scene {
        width,
        height,
        background: theme.background(),
        title: String::new(),
        description: String::new(),
        items: piece.items,
    }
}

/// The panels of a figure in rows and columns below a common headline.
fn figure_scene(figure: &Figure, theme: &Theme) -> Scene {
    let columns = figure.columns.clamp(1, figure.panels.len().max(1));
    let (columns, cell_width, cell_height) = theme.cells(columns, figure.panels.len());
    let rows = figure.panels.len().div_ceil(columns).max(1);
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
    let head = headline((title, 3), subtitle, page, 18.0, theme, &mut items);
    let place = |i: usize, margin: f64| {
        let (row, column) = ((i / columns) as f64, (i % columns) as f64);
        let left = column * cell_width;
        let top = head + row * cell_height;
        let cell = Rect {
            left: if column == 0.0 {
                EDGE
            } else {
                left + BETWEEN / 2.0
            },
            top: top + 6.0,
            right: left + cell_width - EDGE,
            bottom: top + cell_height - 10.0,
        };
        Place {
            cell,
            between: None,
            margin,
            title: (cell_width / 22.0).clamp(SMALL_TITLE, PANEL_TITLE),
        }
    };
    let drawn = |margins: &[f64]| -> Vec<Piece> {
        let numbered: Vec<usize> = (0..figure.panels.len()).collect();
        let rows = numbered.chunks(columns);
        let side_by_side = |row: &[usize]| {
            let panels: Vec<(&Panel, Place)> = row
                .iter()
                .map(|i| (&figure.panels[*i], place(*i, margins[*i % columns])))
                .collect();
            level(&panels, theme)
        };
        rows.flat_map(side_by_side).collect()
    };
    let mut pieces = drawn(&vec![0.0; columns]);
    if rows > 1 {
        // Panels below each other begin at the same place, whatever the numbers beside them.
        let mut margins = vec![0.0f64; columns];
        for (i, piece) in pieces.iter().enumerate() {
            let own = piece.plot.map(|plot| plot.left - place(i, 0.0).cell.left);
            let widest = &mut margins[i % columns];
            *widest = own.map_or(*widest, |own| widest.max(own));
        }
        pieces = drawn(&margins);
    }
    items.extend(pieces.into_iter().flat_map(|piece| piece.items));
    Scene {
        width: width as u32,
        height: (head + cell_height * rows as f64) as u32,
        background: theme.background(),
        title: String::new(),
        description: String::new(),
        items,
    }
}

/// Panels side by side, which have the same kinds of words around them and begin and end at the
/// same height, whatever these words are.
fn level(panels: &[(&Panel, Place)], theme: &Theme) -> Vec<Piece> {
    let attempt = |dress| {
        let draw = |between: Option<(f64, f64)>| -> Vec<Piece> {
            let one = |(panel, place): &(&Panel, Place)| {
                let place = Place { between, ..*place };
                panel::draw(panel, &place, dress, theme)
            };
            panels.iter().map(one).collect()
        };
        let mut pieces = draw(None);
        for _ in 0..ROUNDS {
            let heights = pieces.iter().map(|piece| piece.heights);
            let shared = heights.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)));
            if pieces.iter().all(|piece| Some(piece.heights) == shared) {
                break;
            }
            pieces = draw(shared);
        }
        pieces
    };
    Dress::fitted(attempt, |pieces: &Vec<Piece>| {
        pieces.iter().filter_map(|piece| piece.plot).collect()
    })
}

/// The panel's own description, or its axes if it has none.
fn describe(panel: &Panel) -> String {
    if panel.description.trim().is_empty() {
        format!("{} against {}.", panel.y.label, panel.x.label)
    } else {
        panel.description.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::font;
    use crate::chart::scene::{Anchor, Item, Text};
    use crate::chart::tests::panel;

    /// The box around a text.
    fn boxed(text: &Text) -> Rect {
        let (x, y) = text.start(&text.text);
        let (long, high) = (font::width(&text.text, text.style), 0.7 * text.style.size);
        match text.turned {
            true => Rect {
                left: x - high,
                top: y - long,
                right: x,
                bottom: y,
            },
            false => Rect {
                left: x,
                top: y - high,
                right: x + long,
                bottom: y,
            },
        }
    }

    fn texts(scene: &Scene) -> Vec<&Text> {
        let texts = scene.items.iter().filter_map(|item| match item {
            Item::Text(text) => Some(text),
            _ => None,
        });
        texts.collect()
    }

    /// No text lies over another or leaves the picture, and larger numbers are above smaller ones.
    fn assert_readable(scene: &Scene, size: (u32, u32)) {
        let texts = texts(scene);
        let page = Rect {
            left: 0.0,
            top: 0.0,
            right: f64::from(scene.width),
            bottom: f64::from(scene.height),
        };
        for (i, one) in texts.iter().enumerate() {
            let own = boxed(one);
            assert!(page.holds(&own), "{size:?}: {one:?} leaves the picture");
            for other in &texts[..i] {
                let clear = !own.meets(&boxed(other));
                assert!(clear, "{size:?}: {:?} over {:?}", one.text, other.text);
            }
        }
        let numbers = texts.iter().filter(|text| text.anchor == Anchor::End);
        let numbers = numbers.filter_map(|text| Some((text.text.parse().ok()?, text.at)));
        let first = (0.0, (0.0, 0.0));
        numbers.fold(first, |below: (f64, (f64, f64)), (value, at)| {
            let is_same_axis = at.0 == below.1.0 && value > below.0;
            assert!(!is_same_axis || at.1 < below.1.1 - 8.0, "{size:?} is flat");
            (value, at)
        });
    }

    #[test]
    fn a_picture_of_any_size_has_a_plot_and_no_words_over_words() {
        let explained = panel()
            .subtitle("L(C) = a*C^b + c, from 6 runs over 3.4 decades of compute")
            .note("A note that says much more than fits in one line of a small picture, and more.");
        for width in [200, 250, 300, 400, 440, 760] {
            for height in [200, 230, 260, 330, 480] {
                let theme = Theme::light().size(width, height);
                for untitled in [false, true] {
                    let mut one = explained.clone();
                    one.untitled = untitled;
                    let drawing = Drawing::Panel(Box::new(one));
                    assert_readable(&scene(&drawing, &theme), (width, height));
                }
                let two = Figure::new("Two", vec![explained.clone(), explained.clone()]);
                assert_readable(&scene(&Drawing::Figure(two), &theme), (width, height));
            }
        }
    }

    #[test]
    fn a_small_picture_loses_its_note_before_its_subtitle() {
        let explained = panel().subtitle("what it is").note("what it is worth");
        let drawing = Drawing::Panel(Box::new(explained));
        let has = |height: u32, words: &str| {
            let scene = scene(&drawing, &Theme::light().size(760, height));
            texts(&scene).iter().any(|text| text.text == words)
        };
        let lost = |words: &str| (200..480).rev().find(|height| !has(*height, words));
        let (note, subtitle) = (lost("what it is worth"), lost("what it is"));
        assert!(note.is_some() && note > subtitle, "{note:?} {subtitle:?}");
        assert!(has(200, "Training compute C (FLOP)"));
    }
}
