//! Draws layers as shapes, and collects their labels.

use super::font::Style;
use super::frame::Frame;
use super::labels::{Key, Spot, Surroundings, Wish};
use super::marker::{STAR, STAR_RIM, crowd_size, mark, ring_size};
use super::place::Pt;
use super::scene::{self, Item, Pen, line};
use super::spec::{
    BandPoint, Color, Content, Dash, HeatCell, Home, Layer, Marker, MarkerShape, Panel, XY,
};
use super::theme::Theme;

/// The width of fitted lines.
const LINE: f64 = 2.2;
/// The width of grey lines, which are less prominent.
const THIN: f64 = 1.2;
/// Dash and gap of a rule.
const RULE_DASH: &[f64] = &[2.5, 3.0];
/// Half the width of an interval's caps.
const CAP: f64 = 5.0;
/// So many marks of a layer may have labels of their own in the legend.
const FEW_LABELS: usize = 3;
/// Pointing this near at a mark is enough.
const FINGER: f64 = 9.0;
/// How far a cell of a heat map reaches under the next one.
const UNDER: f64 = 0.8;
/// The size of words inside the plot.
pub(super) const WORDS: f64 = 12.5;

/// The shapes of the layers, and the labels that need a place among them.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) items: Vec<Item>,
    pub(super) around: Surroundings,
    pub(super) wishes: Vec<Wish>,
}

/// Draws all layers of a chart: bands lowest, then rules, lines, intervals and marks.
pub(super) fn draw(panel: &Panel, frame: &Frame, theme: &Theme) -> Drawn {
    let mut out = Drawn::default();
    let stars = panel
        .layers
        .iter()
        .filter_map(|layer| match &layer.content {
            Content::Markers { markers, shape } if *shape == MarkerShape::Star => Some(markers),
            _ => None,
        });
    let stars = stars.flatten();
    let stars = stars.filter_map(|star| Some((frame.at(star.x, star.y)?, star.x)));
    let mut brush = Brush {
        frame,
        theme,
        stars: stars.collect(),
        layers: &panel.layers,
        out: &mut out,
    };
    let mut order: Vec<&Layer> = panel.layers.iter().collect();
    // A ring over a star would hide more of it than the star hides of the ring.
    order.sort_by_key(|layer| (layer.content.height(), turn(layer)));
    let mut is_haloed = false;
    for layer in order {
        if turn(layer) > 0 && !std::mem::replace(&mut is_haloed, true) {
            brush.halos();
        }
        brush.layer(layer);
    }
    // The labels with the fewest possible places choose first, that of a forecast before others.
    let star = Some(Key::Mark(MarkerShape::Star));
    out.wishes.sort_by_key(|wish| (wish.turn, wish.key != star));
    out
}

/// When a layer of marks is drawn: those of runs first, then rings, then stars.
fn turn(layer: &Layer) -> u8 {
    match &layer.content {
        Content::Markers { shape, .. } if *shape == MarkerShape::Circle => 1,
        Content::Markers { shape, .. } if *shape == MarkerShape::Star => 2,
        _ => 0,
    }
}

struct Brush<'a> {
    frame: &'a Frame,
    theme: &'a Theme,
    /// Where the stars are, which a ring goes around, and their values on the horizontal axis.
    stars: Vec<(Pt, f64)>,
    layers: &'a [Layer],
    out: &'a mut Drawn,
}

impl Brush<'_> {
    fn layer(&mut self, layer: &Layer) {
        let (color, label) = (layer.color, layer.label.as_deref());
        match &layer.content {
            Content::Line { points, dash } => {
                self.line(points, color, *dash, (label, layer.home));
            }
            Content::Band(stations) => self.band(stations, color, label),
            Content::Markers { markers, shape } => {
                self.markers(markers, *shape, color, (label, layer.home))
            }
            Content::Interval { x, lower, upper } => {
                self.interval(*x, (*lower, *upper), color, label);
            }
            Content::Across { y, lower, upper } => self.across(*y, (*lower, *upper), color),
            Content::Heat(cells) => self.heat(cells),
            Content::VerticalRule(x) => self.vertical_rule(*x, label),
            Content::HorizontalRule(y) => self.horizontal_rule(*y, label),
        }
    }

    fn wish(&mut self, turn: u8, words: Option<&str>, color: Color, key: Option<Key>, spot: Spot) {
        if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
            self.out.wishes.push(Wish {
                turn,
                text: words.to_owned(),
                style: Style::regular(WORDS, self.theme.text(color)),
                color,
                key,
                spot,
            });
        }
    }

    fn line(
        &mut self,
        points: &[XY],
        color: Color,
        dash: Dash,
        (label, home): (Option<&str>, Home),
    ) {
        let places = points.iter().map(|&(x, y)| self.frame.at(x, y));
        let mut visible = Vec::new();
        for stretch in stretches(places) {
            for piece in self.frame.plot.polyline(&stretch) {
                let width = if color == Color::Muted { THIN } else { LINE };
                let pen = Pen::solid(width, self.theme.line(color));
                let pen = pen.dashed(dash.lengths());
                line(&mut self.out.items, &piece, pen);
                self.out.around.line(&piece);
                visible.push(piece);
            }
        }
        if !visible.is_empty() {
            let spot = match home {
                Home::Legend => Spot::Nowhere,
                Home::Anywhere | Home::Beside => Spot::Along(visible),
            };
            let key = (home != Home::Beside).then_some(Key::Line(dash));
            self.wish(4, label, color, key, spot);
        }
    }

    fn band(&mut self, points: &[BandPoint], color: Color, label: Option<&str>) {
        let stations = points.iter().map(|&(x, a, b)| {
            let (lower, upper) = (self.frame.at(x, a.min(b))?, self.frame.at(x, a.max(b))?);
            Some((lower, upper))
        });
        let mut edges = Vec::new();
        for stretch in stretches(stations) {
            let uppers = stretch.iter().map(|pair| pair.1);
            let lowers = stretch.iter().rev().map(|pair| pair.0);
            let outline: Vec<Pt> = uppers.chain(lowers).collect();
            let area = self.frame.plot.polygon(&outline);
            if area.len() > 2 {
                self.out.items.push(Item::Area {
                    points: area,
                    color: self.theme.line(color),
                    opacity: self.theme.band_opacity(),
                });
                edges.push(stretch);
            }
        }
        if !edges.is_empty() {
            self.wish(5, label, color, Some(Key::Band), Spot::Beside(edges));
        }
    }

    /// Each cell reaches under those to the right of it and above it, which are painted later. Two
    /// cells that only touch would show the paper between them, because a painter mixes the colours
    /// of an edge with what is below.
    fn heat(&mut self, cells: &[HeatCell]) {
        for cell in cells {
            let (Some(a), Some(b)) = (
                self.frame.at(cell.x.0, cell.y.0),
                self.frame.at(cell.x.1, cell.y.1),
            ) else {
                continue;
            };
            let (right, top) = (b.0 + UNDER, b.1 - UNDER);
            let corners = [(a.0, a.1), (right, a.1), (right, top), (a.0, top)];
            let points = self.frame.plot.polygon(&corners);
            if points.len() > 2 {
                self.out.items.push(Item::Area {
                    points,
                    color: self.theme.heat(cell.shade),
                    opacity: 1.0,
                });
            }
        }
    }

    fn markers(
        &mut self,
        points: &[Marker],
        shape: MarkerShape,
        color: Color,
        (label, home): (Option<&str>, Home),
    ) {
        let visible: Vec<(Pt, &Marker)> = points
            .iter()
            .filter_map(|point| Some((self.frame.at(point.x, point.y)?, point)))
            .filter(|(at, _)| self.frame.plot.grown(0.5).contains(*at))
            .collect();
        let places: Vec<Pt> = visible.iter().map(|(at, _)| *at).collect();
        let size = crowd_size(&places);
        let labelled = points.iter().filter(|point| point.label.is_some()).count();
        let mut radius = 0.0;
        for (at, point) in &visible {
            let size = match shape {
                MarkerShape::Circle => ring_size(*at, &self.stars),
                _ => size,
            };
            let own = mark(&mut self.out.items, *at, shape, size, color, self.theme);
            radius = own.max(radius);
            self.out.around.mark(*at, own);
            if let Some(words) = &point.hover {
                self.out.items.push(Item::Hot {
                    center: *at,
                    radius: own.max(FINGER),
                    words: words.clone(),
                });
            }
            // In the legend, the name of one mark would be taken for that of its layer.
            let is_named = label.is_none() && labelled <= FEW_LABELS;
            let key = is_named.then_some(Key::Mark(shape));
            let turn = if points.len() == 1 { 1 } else { 3 };
            let spot = Spot::Near(vec![*at], own);
            self.wish(turn, point.label.as_deref(), color, key, spot);
        }
        if !visible.is_empty() {
            let spot = match home {
                Home::Legend => Spot::Nowhere,
                Home::Anywhere | Home::Beside => {
                    Spot::Near(visible.iter().map(|pair| pair.0).collect(), radius)
                }
            };
            let turn = if points.len() == 1 { 1 } else { 4 };
            self.wish(turn, label, color, Some(Key::Mark(shape)), spot);
        }
    }

    /// Paper around the stars, and their intervals above that: a star must not erase the caps of
    /// its own.
    fn halos(&mut self) {
        for (star, x) in self.stars.clone() {
            if self.frame.plot.grown(0.5).contains(star) {
                self.halo(star, x);
            }
        }
    }

    fn halo(&mut self, star: Pt, x: f64) {
        let paper = self.theme.background();
        scene::star(&mut self.out.items, star, STAR + STAR_RIM, paper);
        for layer in self.layers {
            if let Content::Interval {
                x: at,
                lower,
                upper,
            } = &layer.content
                && *at == x
            {
                self.bar(x, (*lower, *upper), layer.color);
            }
        }
    }

    fn interval(&mut self, x: f64, ends: (f64, f64), color: Color, label: Option<&str>) {
        if let Some((a, b)) = self.bar(x, ends, color) {
            self.out.around.line(&[a, b]);
            let spot = Spot::Near(vec![b, a], CAP);
            self.wish(2, label, color, Some(Key::Interval), spot);
        }
    }

    /// Draws the bar of an interval with its caps; returns the ends of what is seen of it.
    fn bar(&mut self, x: f64, ends: (f64, f64), color: Color) -> Option<(Pt, Pt)> {
        let (lower, upper) = (ends.0.min(ends.1), ends.0.max(ends.1));
        let (low, high) = (self.frame.at(x, lower)?, self.frame.at(x, upper)?);
        let (a, b) = self.frame.plot.segment(low, high)?;
        let pen = Pen::solid(1.6, self.theme.line(color));
        line(&mut self.out.items, &[a, b], pen);
        for end in [low, high] {
            if self.frame.plot.contains(end) {
                let cap = [(end.0 - CAP, end.1), (end.0 + CAP, end.1)];
                line(&mut self.out.items, &cap, pen);
            }
        }
        Some((a, b))
    }

    /// Draws the level bar of an interval with its caps.
    fn across(&mut self, y: f64, ends: (f64, f64), color: Color) {
        let (low, high) = (ends.0.min(ends.1), ends.0.max(ends.1));
        let (Some(low), Some(high)) = (self.frame.at(low, y), self.frame.at(high, y)) else {
            return;
        };
        let Some((a, b)) = self.frame.plot.segment(low, high) else {
            return;
        };
        let pen = Pen::solid(1.6, self.theme.line(color));
        line(&mut self.out.items, &[a, b], pen);
        for end in [low, high] {
            if self.frame.plot.contains(end) {
                let cap = [(end.0, end.1 - CAP), (end.0, end.1 + CAP)];
                line(&mut self.out.items, &cap, pen);
            }
        }
        self.out.around.line(&[a, b]);
    }

    fn vertical_rule(&mut self, x: f64, label: Option<&str>) {
        let plot = self.frame.plot;
        let inside = |x: &f64| (plot.left..=plot.right).contains(x);
        if let Some(x) = self.frame.across(x).filter(inside) {
            let ends = [(x, plot.top), (x, plot.bottom)];
            self.rule(ends, label, Spot::Upright(x));
        }
    }

    fn horizontal_rule(&mut self, y: f64, label: Option<&str>) {
        let plot = self.frame.plot;
        let inside = |y: &f64| (plot.top..=plot.bottom).contains(y);
        if let Some(y) = self.frame.down(y).filter(inside) {
            let ends = [(plot.left, y), (plot.right, y)];
            self.rule(ends, label, Spot::Level(y));
        }
    }

    fn rule(&mut self, ends: [Pt; 2], label: Option<&str>, spot: Spot) {
        let pen = Pen::solid(1.1, self.theme.line(Color::Muted)).dashed(RULE_DASH);
        line(&mut self.out.items, &ends, pen);
        self.out.around.line(&ends);
        self.wish(0, label, Color::Muted, Some(Key::Rule), spot);
    }
}

/// Splits a series where a place is missing.
fn stretches<T>(places: impl Iterator<Item = Option<T>>) -> Vec<Vec<T>> {
    let mut found = vec![Vec::new()];
    for place in places {
        match (place, found.last_mut()) {
            (Some(place), Some(last)) => last.push(place),
            _ => found.push(Vec::new()),
        }
    }
    found.retain(|stretch| stretch.len() > 1);
    found
}
