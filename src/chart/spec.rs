//! The contents of a chart as pure data: axes, layers and words, without drawing.

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Equal differences take equal lengths.
    Linear,
    /// Equal ratios take equal lengths; values that are not positive cannot be shown.
    Log,
}

/// One axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// What is measured, with its unit.
    pub(super) label: String,
    pub(super) scale: Scale,
    /// The first and last value shown; `None` fits the range to the layers, with a margin.
    pub(super) range: Option<(f64, f64)>,
    /// What stands at 1, 2 and so on in place of these numbers; empty on an axis of numbers.
    pub(super) names: Vec<String>,
}

impl Axis {
    /// A linear axis whose range fits the layers.
    pub(super) fn linear(label: impl Into<String>) -> Axis {
        Axis {
            label: label.into(),
            scale: Scale::Linear,
            range: None,
            names: Vec::new(),
        }
    }

    /// A row for each of these names, the first one lowest.
    pub(super) fn rows(names: Vec<String>) -> Axis {
        let last = names.len() as f64 + 0.5;
        Axis {
            names,
            ..Axis::linear("").range(0.5, last)
        }
    }

    /// A logarithmic axis whose range fits the layers.
    pub(super) fn log(label: impl Into<String>) -> Axis {
        Axis {
            scale: Scale::Log,
            ..Axis::linear(label)
        }
    }

    /// Fixes the range instead of fitting it to the layers.
    pub(super) fn range(mut self, first: f64, last: f64) -> Axis {
        self.range = Some((first, last));
        self
    }
}

/// A colour by name; the [`Theme`](super::Theme) decides which shade stands out on its background.
///
/// Apart from ink, grey and the ramp these are the colours of Okabe and Ito, which people with any
/// kind of colour vision can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    /// Blue; sky blue on a dark background.
    Blue,
    /// Vermillion; orange on a dark background.
    Vermillion,
    /// Bluish green.
    Green,
    /// Reddish purple.
    Purple,
    /// The colour of the text: black, or nearly white on a dark background.
    Ink,
    /// Grey, for less prominent parts.
    Muted,
    /// A step of a ramp from violet over blue and green to olive, below [`Color::STEPS`].
    Ramp(u8),
}

impl Color {
    /// The colours of the ramp.
    pub(super) const STEPS: u8 = 12;

    /// Every colour.
    pub(super) fn all() -> impl Iterator<Item = Color> {
        let named = [
            Color::Blue,
            Color::Vermillion,
            Color::Green,
            Color::Purple,
            Color::Ink,
            Color::Muted,
        ];
        named.into_iter().chain((0..Color::STEPS).map(Color::Ramp))
    }

    /// The colour of one of `count` things that have an order.
    pub(super) fn of_ramp(k: usize, count: usize) -> Color {
        let last = f64::from(Color::STEPS - 1);
        let part = k as f64 / count.saturating_sub(1).max(1) as f64;
        Color::Ramp((part * last).round() as u8)
    }
}

/// The pattern of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dash {
    /// What was measured, or holds there.
    Solid,
    /// A law beyond what was measured.
    Dashed,
    /// A forecast that is no law.
    OneDot,
    Long,
    Dotted,
    TwoDots,
}

impl Dash {
    /// Every pattern, the most different first.
    pub(super) const ALL: [Dash; 6] = [
        Dash::Solid,
        Dash::Dashed,
        Dash::OneDot,
        Dash::Dotted,
        Dash::Long,
        Dash::TwoDots,
    ];
}

/// The shape of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkerShape {
    /// A filled circle: a run.
    Disc,
    /// An open circle: an outcome.
    Circle,
    /// A star: the forecast.
    Star,
    /// A diagonal cross: a run left out.
    Cross,
    /// Filled shapes for the runs of further recipes.
    Square,
    Triangle,
    Diamond,
}

/// One marker, with an optional label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marker {
    pub(super) x: f64,
    pub(super) y: f64,
    /// Written beside the marker when there is room.
    pub(super) label: Option<String>,
    /// The tooltip of the marker: which run it is.
    pub(super) hover: Option<String>,
}

impl Marker {
    /// A marker without words.
    pub(super) fn new(x: f64, y: f64) -> Marker {
        Marker {
            x,
            y,
            label: None,
            hover: None,
        }
    }

    /// The same marker with a label.
    pub(super) fn label(mut self, words: impl Into<String>) -> Marker {
        self.label = Some(words.into());
        self
    }

    /// The same marker with a tooltip.
    pub(super) fn hover(mut self, words: impl Into<String>) -> Marker {
        self.hover = Some(words.into());
        self
    }
}

/// A point of a line: x and y.
pub(super) type XY = (f64, f64);

/// One point of a band: x, the lower edge and the upper edge.
pub(super) type BandPoint = (f64, f64, f64);

/// One cell of a heat map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct HeatCell {
    /// Its extent on the x axis.
    pub(super) x: (f64, f64),
    /// Its extent on the y axis.
    pub(super) y: (f64, f64),
    /// How dark it is: 0 is the background, 1 the full colour.
    pub(super) shade: f64,
}

/// What the shades of a heat map mean, for a bar beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shades {
    /// The quantity that is shown by shades, with its unit.
    pub(super) label: String,
    /// Shades and their values, the palest first.
    pub(super) ticks: Vec<(f64, String)>,
    /// The value of cells without a shade.
    pub(super) blank: String,
}

/// What a layer draws.
///
/// Values that cannot be shown (not finite, or not positive on a logarithmic axis) are left out;
/// a line or band is interrupted there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// A line through points in the order given; dashed beyond what was measured.
    Line { points: Vec<XY>, dash: Dash },
    /// The area between a lower and an upper edge.
    Band(Vec<BandPoint>),
    /// Markers of one shape.
    Markers {
        markers: Vec<Marker>,
        shape: MarkerShape,
    },
    /// A vertical bar with caps: an interval at one x.
    Interval { x: f64, lower: f64, upper: f64 },
    /// A level bar with caps: an interval in one row.
    Across { y: f64, lower: f64, upper: f64 },
    /// Shaded cells: a heat map. Drawn in pictures, not in the terminal. Columns come from left to
    /// right, and the cells of each from low to high.
    Heat(Vec<HeatCell>),
    /// A thin vertical line across the whole chart.
    VerticalRule(f64),
    /// A thin horizontal line across the whole chart.
    HorizontalRule(f64),
}

impl Content {
    /// Opposite corners of everything with a position on both axes. Rules have none.
    pub(super) fn corners(&self) -> Vec<[XY; 2]> {
        match self {
            Content::Line { points, .. } => points.iter().map(|p| [*p, *p]).collect(),
            Content::Band(stations) => stations
                .iter()
                .map(|&(x, lower, upper)| [(x, lower), (x, upper)])
                .collect(),
            Content::Markers { markers, .. } => {
                markers.iter().map(|m| [(m.x, m.y), (m.x, m.y)]).collect()
            }
            &Content::Interval { x, lower, upper } => vec![[(x, lower), (x, upper)]],
            &Content::Across { y, lower, upper } => vec![[(lower, y), (upper, y)]],
            Content::Heat(cells) => cells
                .iter()
                .map(|c| [(c.x.0, c.y.0), (c.x.1, c.y.1)])
                .collect(),
            Content::VerticalRule(_) | Content::HorizontalRule(_) => Vec::new(),
        }
    }

    /// The painting order: a greater height covers a smaller one, whatever the order of the layers.
    pub(super) fn height(&self) -> u8 {
        match self {
            Content::Heat(_) | Content::Band(_) => 0,
            Content::VerticalRule(_) | Content::HorizontalRule(_) => 1,
            Content::Line { .. } => 2,
            Content::Interval { .. } | Content::Across { .. } => 3,
            Content::Markers { .. } => 4,
        }
    }
}

/// Where the label of a line may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// Beside the line, or else in the legend.
    Anywhere,
    Legend,
    Beside,
}

/// One thing drawn in a panel, with its colour and the label written beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layer {
    pub(super) content: Content,
    pub(super) color: Color,
    pub(super) label: Option<String>,
    /// How many marks are drawn, and how many there are, if some are left out.
    pub(super) drawn: Option<(usize, usize)>,
    /// Where the label stands.
    pub(super) home: Home,
}

impl Layer {
    pub(super) fn new(content: Content, color: Color) -> Layer {
        Layer {
            content,
            color,
            label: None,
            drawn: None,
            home: Home::Anywhere,
        }
    }

    /// The same layer with its label in the legend.
    pub(super) fn listed(mut self) -> Layer {
        self.home = Home::Legend;
        self
    }

    /// The same layer with its label beside it, or with none where there is no room.
    pub(super) fn only_beside(mut self) -> Layer {
        self.home = Home::Beside;
        self
    }

    pub(super) fn line(points: Vec<XY>, color: Color) -> Layer {
        Layer::patterned(points, color, Dash::Solid)
    }

    pub(super) fn dashed_line(points: Vec<XY>, color: Color) -> Layer {
        Layer::patterned(points, color, Dash::Dashed)
    }

    pub(super) fn patterned(points: Vec<XY>, color: Color, dash: Dash) -> Layer {
        Layer::new(Content::Line { points, dash }, color)
    }

    pub(super) fn band(stations: Vec<BandPoint>, color: Color) -> Layer {
        Layer::new(Content::Band(stations), color)
    }

    pub(super) fn interval(x: f64, lower: f64, upper: f64, color: Color) -> Layer {
        Layer::new(Content::Interval { x, lower, upper }, color)
    }

    pub(super) fn vertical_rule(x: f64) -> Layer {
        Layer::new(Content::VerticalRule(x), Color::Muted)
    }

    pub(super) fn horizontal_rule(y: f64) -> Layer {
        Layer::new(Content::HorizontalRule(y), Color::Muted)
    }

    /// The star of a forecast above its interval, if it has one.
    pub(super) fn star(star: Marker, interval: Option<(f64, f64)>) -> Vec<Layer> {
        let bar =
            interval.map(|(lower, upper)| Layer::interval(star.x, lower, upper, Color::Vermillion));
        let star = Layer::markers(vec![star], MarkerShape::Star, Color::Vermillion);
        bar.into_iter().chain([star]).collect()
    }

    /// The same layer with a label beside its line, band or rule, or beside one of its markers. The
    /// label says if some of the markers are left out.
    pub(super) fn label(mut self, words: impl Into<String>) -> Layer {
        let words = words.into();
        self.label = Some(match self.drawn {
            Some((some, all)) => format!("{words}, {some} of {all} drawn"),
            None => words,
        });
        self
    }
}

/// One pair of axes, what is drawn between them, and the words around it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Panel {
    /// The headline, which is also the title for screen readers.
    pub(super) title: String,
    /// One line below the title.
    pub(super) subtitle: Option<String>,
    /// What the panel shows, with numbers, for readers who cannot see it.
    pub(super) description: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) layers: Vec<Layer>,
    /// One line below the plot.
    pub(super) note: Option<String>,
    /// What the shades of a heat map mean.
    pub(super) shades: Option<Shades>,
    /// Whether title and subtitle are only for screen readers and not drawn.
    pub(super) untitled: bool,
}

impl Panel {
    /// A panel without layers.
    pub(super) fn new(title: impl Into<String>, x: Axis, y: Axis) -> Panel {
        Panel {
            title: title.into(),
            subtitle: None,
            description: String::new(),
            x,
            y,
            layers: Vec::new(),
            note: None,
            shades: None,
            untitled: false,
        }
    }

    /// Sets the line below the title.
    pub(super) fn subtitle(mut self, text: impl Into<String>) -> Panel {
        self.subtitle = Some(text.into());
        self
    }

    /// Sets the description for readers who cannot see the panel.
    pub(super) fn description(mut self, text: impl Into<String>) -> Panel {
        self.description = text.into();
        self
    }

    /// Sets the line below the plot.
    pub(super) fn note(mut self, text: impl Into<String>) -> Panel {
        self.note = Some(text.into());
        self
    }

    /// Adds a bar that says what the shades of a heat map mean.
    pub(super) fn shades(mut self, shades: Shades) -> Panel {
        self.shades = Some(shades);
        self
    }

    /// Adds one layer.
    pub(super) fn layer(mut self, layer: Layer) -> Panel {
        self.layers.push(layer);
        self
    }

    /// Adds layers.
    pub(super) fn layers(mut self, layers: impl IntoIterator<Item = Layer>) -> Panel {
        self.layers.extend(layers);
        self
    }
}

/// Several panels in one picture below a common headline, in rows of `columns`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) title: String,
    pub(super) subtitle: Option<String>,
    /// What the figure shows; the panels' own descriptions are added to it.
    pub(super) description: String,
    /// The panels, row by row.
    pub(super) panels: Vec<Panel>,
    /// How many panels are side by side (0 counts as 1).
    pub(super) columns: usize,
    /// Whether the common headline is only for screen readers and not drawn.
    pub(super) untitled: bool,
}

impl Figure {
    /// A figure with at most three panels side by side.
    pub(super) fn new(title: impl Into<String>, panels: Vec<Panel>) -> Figure {
        let columns = match panels.len() {
            0 | 1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        Figure {
            title: title.into(),
            subtitle: None,
            description: String::new(),
            panels,
            columns,
            untitled: false,
        }
    }
}

/// The contents of a chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Drawing {
    Panel(Box<Panel>),
    Figure(Figure),
}
