//! A grid of characters: braille dots, marks and rules, and the colours of each cell.

use crate::chart::place::Pt;
use crate::chart::spec::{Color, MarkerShape};

/// Columns and rows of dots in one braille character.
const BRAILLE: (usize, usize) = (2, 4);

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    Solid,
    Dashed,
    Dotted,
}

/// The contents of a cell: a character, or dots.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: u8,
    character: Option<char>,
    /// Whether dots replace the character.
    faint: bool,
    color: Option<Color>,
}

/// The grid.
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    unicode: bool,
    cells: Vec<Cell>,
}

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize, unicode: bool) -> Canvas {
        Canvas {
            columns,
            rows,
            unicode,
            cells: vec![Cell::default(); columns * rows],
        }
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The number of dots across and down.
    pub(super) fn dots(&self) -> (f64, f64) {
        let (across, down) = self.fineness();
        ((self.columns * across) as f64, (self.rows * down) as f64)
    }

    fn fineness(&self) -> (usize, usize) {
        if self.unicode { BRAILLE } else { (1, 1) }
    }

    fn cell(&mut self, column: usize, row: usize) -> Option<&mut Cell> {
        if column >= self.columns {
            return None;
        }
        self.cells.get_mut(row * self.columns + column)
    }

    /// The column and row of the character that holds a dot.
    fn holding(&self, (x, y): Pt) -> (usize, usize) {
        let (across, down) = self.fineness();
        ((x.round() as usize) / across, (y.round() as usize) / down)
    }

    /// Draws a line that lies inside the grid. `step` continues the pattern of dashes from one
    /// piece of a curve to the next.
    pub(super) fn line(
        &mut self,
        a: Pt,
        b: Pt,
        stroke: Stroke,
        color: Color,
        step: usize,
    ) -> usize {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = dx.abs().max(dy.abs());
        let count = (length * 2.0).ceil().max(1.0) as usize;
        let dashes = if self.unicode { 12 } else { 4 };
        for i in 0..count {
            let t = i as f64 / count as f64;
            let drawn = match stroke {
                Stroke::Solid => true,
                Stroke::Dashed => (step + i) % dashes < dashes / 2,
                Stroke::Dotted => (step + i) % 8 < 2,
            };
            if drawn {
                self.dot((a.0 + t * dx, a.1 + t * dy), (dx, dy), stroke, color);
            }
        }
        step + count
    }

    fn dot(&mut self, at: Pt, slope: Pt, stroke: Stroke, color: Color) {
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        let (column, row) = self.holding(at);
        let unicode = self.unicode;
        let (x, y) = (at.0.round() as usize, at.1.round() as usize);
        let Some(cell) = self.cell(column, row) else {
            return;
        };
        if unicode {
            cell.dots |= BITS[x % BRAILLE.0][y % BRAILLE.1];
        } else {
            cell.character = Some(stroke_character(slope, stroke));
        }
        if stroke != Stroke::Dotted || cell.color.is_none() {
            cell.color = Some(color);
        }
    }

    /// Puts a mark over the existing contents.
    pub(super) fn mark(&mut self, at: Pt, shape: MarkerShape, color: Color) {
        self.put(at, glyph(shape, self.unicode), color);
    }

    fn put(&mut self, at: Pt, character: char, color: Color) {
        let (column, row) = self.holding(at);
        if let Some(cell) = self.cell(column, row) {
            cell.character = Some(character);
            cell.faint = false;
            cell.color = Some(color);
        }
    }

    /// Draws a vertical bar with caps.
    pub(super) fn interval(&mut self, a: Pt, b: Pt, color: Color) {
        let (top, bottom) = (a.1.min(b.1), a.1.max(b.1));
        let (_, down) = self.fineness();
        let mut y = top;
        let bar = if self.unicode { '│' } else { '|' };
        while y <= bottom {
            self.put((a.0, y), bar, color);
            y += down as f64;
        }
        let caps = if self.unicode {
            ('┬', '┴')
        } else {
            ('+', '+')
        };
        self.put((a.0, bottom), caps.1, color);
        self.put((a.0, top), caps.0, color);
    }

    /// A faint vertical line at a fraction of the width.
    pub(super) fn upright_rule(&mut self, part: f64) {
        let (wide, _) = self.dots();
        let (column, _) = self.holding((part * (wide - 1.0), 0.0));
        let character = if self.unicode { '┊' } else { ':' };
        for row in 0..self.rows {
            self.faint(column, row, character);
        }
    }

    /// A faint horizontal line at a fraction of the height.
    pub(super) fn level_rule(&mut self, part: f64) {
        let (_, high) = self.dots();
        let (_, row) = self.holding((0.0, part * (high - 1.0)));
        let character = if self.unicode { '┄' } else { '.' };
        for column in 0..self.columns {
            self.faint(column, row, character);
        }
    }

    fn faint(&mut self, column: usize, row: usize, character: char) {
        if let Some(cell) = self.cell(column, row) {
            cell.character = Some(character);
            cell.faint = true;
        }
    }

    /// Adds one row of characters, without trailing spaces.
    pub(super) fn print_row(&self, row: usize, color: bool, out: &mut String) {
        let start = row * self.columns;
        let cells = self.cells.get(start..start + self.columns).unwrap_or(&[]);
        let filled = cells.iter().rposition(|cell| cell.look().0 != ' ');
        for cell in cells.iter().take(filled.map_or(0, |last| last + 1)) {
            let (character, shade) = cell.look();
            paint(character.encode_utf8(&mut [0; 4]), shade, color, out);
        }
    }
}

impl Cell {
    fn look(&self) -> (char, Option<Color>) {
        let dots = char::from_u32(0x2800 + u32::from(self.dots)).unwrap_or(' ');
        match self.character {
            Some(character) if !self.faint => (character, self.color),
            _ if self.dots != 0 => (dots, self.color),
            Some(character) => (character, Some(Color::Muted)),
            None => (' ', None),
        }
    }
}

fn stroke_character((dx, dy): Pt, stroke: Stroke) -> char {
    match stroke {
        Stroke::Dotted => '.',
        _ if dy.abs() < 0.35 * dx.abs() => '-',
        _ if dx.abs() < 0.35 * dy.abs() => '|',
        _ if dx * dy > 0.0 => '\\',
        _ => '/',
    }
}

/// The character of a mark.
pub(super) fn glyph(shape: MarkerShape, unicode: bool) -> char {
    match (shape, unicode) {
        (MarkerShape::Disc, true) => '●',
        (MarkerShape::Circle, true) => '○',
        (MarkerShape::Star, true) => '★',
        (MarkerShape::Cross, true) => '×',
        (MarkerShape::Square, true) => '■',
        (MarkerShape::Triangle, true) => '▲',
        (MarkerShape::Diamond, true) => '◆',
        (MarkerShape::Disc, false) => 'o',
        (MarkerShape::Circle, false) => 'O',
        (MarkerShape::Star, false) => '*',
        (MarkerShape::Cross, false) => 'x',
        (MarkerShape::Square, false) => '#',
        (MarkerShape::Triangle, false) => '^',
        (MarkerShape::Diamond, false) => '%',
    }
}

/// Adds text, in the terminal's colour for it if colours are wanted.
pub(super) fn paint(text: &str, shade: Option<Color>, color: bool, out: &mut String) {
    let code = match shade {
        Some(Color::Blue) => "34",
        Some(Color::Vermillion) => "33",
        Some(Color::Green) => "32",
        Some(Color::Purple) => "35",
        Some(Color::Muted) => "2",
        Some(Color::Ramp(0..=3)) => "35",
        Some(Color::Ramp(4..=7)) => "36",
        Some(Color::Ramp(_)) => "32",
        Some(Color::Ink) | None => "",
    };
    if !color || code.is_empty() {
        out.push_str(text);
        return;
    }
    for part in ["\u{1b}[", code, "m", text, "\u{1b}[0m"] {
        out.push_str(part);
    }
}
