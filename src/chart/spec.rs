//! What a chart shows, as pure data: axes, layers, titles, and nothing about drawing.

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scale {
    /// Equal differences take equal lengths.
    Linear,
    /// Equal ratios take equal lengths; values that are not positive cannot be shown.
    Log,
}

/// One axis: its label, its scale and, if the automatic range will not do, its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// The first and last value shown; `None` fits the range to the layers, with a margin.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// An axis with an automatic range.
    pub fn new(label: impl Into<String>, scale: Scale) -> Axis {
        Axis {
            label: label.into(),
            scale,
            range: None,
        }
    }

    /// Fixes the range instead of fitting it to the layers.
    #[must_use]
    pub fn range(mut self, first: f64, last: f64) -> Axis {
        self.range = Some((first, last));
        self
    }
}

/// A colour by name; the [`Theme`](super::Theme) decides which shade stands out on its background.
///
/// Apart from ink and grey these are the colours of Okabe and Ito, which people with any kind of
/// colour vision can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Color {
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
    /// Grey, for what should stand back.
    Muted,
}

impl Color {
    /// Every colour.
    pub const ALL: [Color; 6] = [
        Color::Blue,
        Color::Vermillion,
        Color::Green,
        Color::Purple,
        Color::Ink,
        Color::Muted,
    ];
}

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// A filled circle: a run.
    Disc,
    /// An open circle: what came true.
    Circle,
    /// A star: the forecast.
    Star,
    /// A diagonal cross: a run left out.
    Cross,
}

/// One mark, with a label of its own if it deserves one.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Where on the x axis.
    pub x: f64,
    /// Where on the y axis.
    pub y: f64,
    /// Written beside the mark when there is room.
    pub label: Option<String>,
    /// Said of the mark where a reader points at it: which run it is.
    pub hover: Option<String>,
}

impl Point {
    /// A mark without a label.
    #[must_use]
    pub fn new(x: f64, y: f64) -> Point {
        Point {
            x,
            y,
            label: None,
            hover: None,
        }
    }

    /// A mark with a label.
    pub fn labelled(x: f64, y: f64, label: impl Into<String>) -> Point {
        Point {
            x,
            y,
            label: Some(label.into()),
            hover: None,
        }
    }

    /// The same mark with something to say where a reader points at it.
    #[must_use]
    pub fn hover(mut self, words: impl Into<String>) -> Point {
        self.hover = Some(words.into());
        self
    }
}

/// One station of a band: x, the lower edge and the upper edge.
pub type BandPoint = (f64, f64, f64);

/// One cell of a heat map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatCell {
    /// From where to where on the x axis.
    pub x: (f64, f64),
    /// From where to where on the y axis.
    pub y: (f64, f64),
    /// How dark it is: 0 is paper, 1 the full colour.
    pub shade: f64,
}

/// One thing drawn in a chart. Later layers of a kind are painted over earlier ones; bands lie
/// below lines, and lines below marks, whatever their order.
///
/// Values that cannot be shown (not finite, or not positive on a logarithmic axis) are left out;
/// a line or band is interrupted there.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Layer {
    /// A line through points in the order given.
    Line {
        /// The points (x, y).
        points: Vec<(f64, f64)>,
        /// Its colour.
        color: Color,
        /// Dashed: beyond what was measured.
        dashed: bool,
        /// Written beside the line.
        label: Option<String>,
    },
    /// The area between a lower and an upper edge.
    Band {
        /// The stations (x, lower, upper).
        points: Vec<BandPoint>,
        /// Its colour, painted thinly.
        color: Color,
        /// Written in or beside the band: say the level and the kind.
        label: Option<String>,
    },
    /// Marks of one kind.
    Points {
        /// The marks.
        points: Vec<Point>,
        /// Their shape.
        shape: Shape,
        /// Their colour.
        color: Color,
        /// Written once, beside one of the marks.
        label: Option<String>,
    },
    /// A vertical bar with caps: an interval at one x.
    Interval {
        /// Where on the x axis.
        x: f64,
        /// The lower end.
        lower: f64,
        /// The upper end.
        upper: f64,
        /// Its colour.
        color: Color,
        /// Written beside the bar.
        label: Option<String>,
    },
    /// Shaded cells: a heat map. Drawn in pictures, not in the terminal.
    Heat {
        /// The cells.
        cells: Vec<HeatCell>,
        /// Their colour.
        color: Color,
    },
    /// A thin vertical line across the whole chart.
    VerticalRule {
        /// Where on the x axis.
        x: f64,
        /// Written beside its upper end.
        label: Option<String>,
    },
    /// A thin horizontal line across the whole chart.
    HorizontalRule {
        /// Where on the y axis.
        y: f64,
        /// Written above its right end.
        label: Option<String>,
    },
}

/// One chart: two axes, what is drawn between them, and the words around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The headline; also the title that a screen reader speaks.
    pub title: String,
    /// One line below the title.
    pub subtitle: Option<String>,
    /// What the chart shows, with numbers, for readers who cannot see it.
    pub description: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn.
    pub layers: Vec<Layer>,
    /// One line below the plot.
    pub note: Option<String>,
}

impl Chart {
    /// A chart without layers.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Chart {
        Chart {
            title: title.into(),
            subtitle: None,
            description: String::new(),
            x,
            y,
            layers: Vec::new(),
            note: None,
        }
    }

    /// Sets the line below the title.
    #[must_use]
    pub fn subtitle(mut self, text: impl Into<String>) -> Chart {
        self.subtitle = Some(text.into());
        self
    }

    /// Sets the description for readers who cannot see the chart.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Chart {
        self.description = text.into();
        self
    }

    /// Sets the line below the plot.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Chart {
        self.note = Some(text.into());
        self
    }

    /// Adds one layer.
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Chart {
        self.layers.push(layer);
        self
    }
}

/// Several charts in one picture, in rows of `columns`.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The headline above all charts.
    pub title: String,
    /// One line below the headline.
    pub subtitle: Option<String>,
    /// What the figure shows; the charts' own descriptions are added to it.
    pub description: String,
    /// The charts, row by row.
    pub charts: Vec<Chart>,
    /// How many charts stand side by side (0 counts as 1).
    pub columns: usize,
}

impl Figure {
    /// A figure with its charts side by side.
    pub fn new(title: impl Into<String>, charts: Vec<Chart>) -> Figure {
        let columns = charts.len();
        Figure {
            title: title.into(),
            subtitle: None,
            description: String::new(),
            charts,
            columns,
        }
    }
}
