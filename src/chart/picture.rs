//! A chart and its output formats.

use super::range::{self, BLANK, Span};
use super::scene::Item;
use super::spec::{Axis, Drawing, Figure, Panel, Scale};
use super::theme::Theme;
use super::{layout, pdf, render, terminal, vega};
use crate::{Error, ErrorKind, Result};

/// A chart of an answer: one panel, or several below a common headline.
///
/// It is pure data. The same chart gives a picture for a page ([`Chart::to_svg`]), for a document
/// ([`Chart::to_png`]) and for a terminal ([`Chart::to_terminal`]), and always the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart(pub(super) Drawing);

impl From<Panel> for Chart {
    fn from(panel: Panel) -> Chart {
        Chart(Drawing::Panel(Box::new(panel)))
    }
}

impl From<Figure> for Chart {
    fn from(figure: Figure) -> Chart {
        Chart(Drawing::Figure(figure))
    }
}

impl Chart {
    /// The panels of several charts in one picture below a common headline.
    #[must_use]
    pub fn side_by_side(title: &str, charts: Vec<Chart>) -> Chart {
        let panels = charts.into_iter().flat_map(|chart| match chart.0 {
            Drawing::Panel(panel) => vec![*panel],
            Drawing::Figure(mut figure) => {
                // A single panel keeps its own headline.
                if let [panel] = &mut figure.panels[..] {
                    panel.title = figure.title;
                }
                figure.panels
            }
        });
        Figure::new(title, panels.collect()).into()
    }

    /// The same chart under another headline.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Chart {
        match &mut self.0 {
            Drawing::Panel(panel) => panel.title = title.into(),
            Drawing::Figure(figure) => figure.title = title.into(),
        }
        self
    }

    /// The same chart without a visible headline, for a paper with a caption or a slide with a
    /// title. Screen readers still read it.
    #[must_use]
    pub fn untitled(mut self) -> Chart {
        match &mut self.0 {
            Drawing::Panel(panel) => panel.untitled = true,
            Drawing::Figure(figure) => figure.untitled = true,
        }
        self
    }

    /// The same chart with these ends of the horizontal axis of each panel, so that charts can be
    /// compared.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, Method, ask::PlotAnswer, chart, law::Power};
    /// let runs = [1e18, 1e19, 1e20, 1e21].map(|c: f64| (c, 20.0 * c.powf(-0.05)));
    /// let fit = Fit::new(Power).run(&Dataset::from_runs(runs)?)?;
    /// let chart = chart::scaling(&PlotAnswer::of(fit, Vec::new(), 0.9, Method::Delta));
    /// assert!(chart.clone().xlim(1e17, 1e25).is_ok());
    /// assert!(chart.xlim(0.0, 1e25).is_err());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) where the ends are equal, in descending order,
    /// not finite, or not positive on a logarithmic axis.
    pub fn xlim(self, first: f64, last: f64) -> Result<Chart> {
        self.within(first, last, |panel| &mut panel.x)
    }

    /// As [`Chart::xlim`] for the vertical axis. Of several panels, it applies to those with the
    /// same quantity as the first.
    ///
    /// # Errors
    /// As for [`Chart::xlim`].
    pub fn ylim(self, first: f64, last: f64) -> Result<Chart> {
        self.within(first, last, |panel| &mut panel.y)
    }

    fn within(
        mut self,
        first: f64,
        last: f64,
        axis: impl Fn(&mut Panel) -> &mut Axis,
    ) -> Result<Chart> {
        let panels = match &mut self.0 {
            Drawing::Panel(panel) => std::slice::from_mut(&mut **panel),
            Drawing::Figure(figure) => &mut figure.panels[..],
        };
        let mut label: Option<String> = None;
        for panel in panels {
            let axis = axis(&mut *panel);
            if label.get_or_insert_with(|| axis.label.clone()) != &axis.label {
                continue;
            }
            if first > last {
                let message = format!("the limits {first:e} and {last:e} are in descending order");
                return Err(
                    Error::new(ErrorKind::Usage, message).with_hint("give the smaller one first")
                );
            }
            if !Span::can_have(axis.scale, first, last) {
                let message = format!(
                    "{first:e} and {last:e} are no ends of the axis '{}'",
                    axis.label
                );
                let hint = match axis.scale {
                    Scale::Log => {
                        "a logarithmic axis needs two numbers from 1e-300 to 1e300 that are not \
                         nearly equal"
                    }
                    Scale::Linear => {
                        "an axis needs two numbers up to 1e300 that are not nearly equal"
                    }
                };
                return Err(Error::new(ErrorKind::Usage, message).with_hint(hint));
            }
            axis.range = Some((first, last));
            if range::is_blank(panel) {
                panel.description = format!("{} {BLANK}.", panel.description).trim().to_owned();
            }
        }
        Ok(self)
    }

    /// The same chart with another description for readers who cannot see it.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Chart {
        match &mut self.0 {
            Drawing::Panel(panel) => panel.description = description.into(),
            Drawing::Figure(figure) => figure.description = description.into(),
        }
        self
    }

    /// The headline.
    #[must_use]
    pub fn title(&self) -> &str {
        match &self.0 {
            Drawing::Panel(panel) => &panel.title,
            Drawing::Figure(figure) => &figure.title,
        }
    }

    /// What the chart shows, for readers who cannot see it.
    pub(crate) fn description(&self) -> &str {
        match &self.0 {
            Drawing::Panel(panel) => &panel.description,
            Drawing::Figure(figure) => &figure.description,
        }
    }

    /// The same chart with its panels below each other, for a narrow screen.
    pub(crate) fn stacked(&self) -> Chart {
        let mut chart = self.clone();
        if let Drawing::Figure(figure) = &mut chart.0 {
            figure.columns = 1;
        }
        chart
    }

    /// The number of rows of panels.
    pub(crate) fn rows(&self) -> usize {
        match &self.0 {
            Drawing::Panel(_) => 1,
            Drawing::Figure(figure) => figure.panels.len().div_ceil(figure.columns.max(1)),
        }
    }

    /// Whether it has panels below a common headline. A theme's size is then that of one panel.
    pub(crate) fn is_figure(&self) -> bool {
        matches!(self.0, Drawing::Figure(_))
    }

    /// The number of panels.
    #[must_use]
    pub fn panels(&self) -> usize {
        match &self.0 {
            Drawing::Panel(_) => 1,
            Drawing::Figure(figure) => figure.panels.len(),
        }
    }

    /// The chart as one self-contained SVG element, for a file or a page.
    ///
    /// The root has `role="img"`, a `<title>` and a `<desc>`. Their ids are derived from the
    /// picture's content, so that different charts can share a page.
    #[must_use]
    pub fn to_svg(&self, theme: &Theme) -> String {
        render::svg(&layout::scene(&self.0, theme), theme.zoom())
    }

    /// The letters in its words that the embedded font lacks, each once. In a PNG and a PDF they are
    /// boxes.
    #[doc(hidden)]
    #[must_use]
    pub fn letters_without_shape(&self, theme: &Theme) -> String {
        let scene = layout::scene(&self.0, theme);
        let mut letters = std::collections::BTreeSet::new();
        for item in &scene.items {
            if let Item::Text(text) = item {
                let weight = text.style.weight;
                letters.extend(text.text.chars().filter(|c| weight.lacks(*c)));
            }
        }
        letters.into_iter().collect()
    }

    /// The chart as a PNG image at the theme's resolution: by default twice its size in pixels.
    ///
    /// # Errors
    ///
    /// Only when the image cannot be made at all, for example because the theme's size needs too
    /// much memory.
    pub fn to_png(&self, theme: &Theme) -> Result<Vec<u8>> {
        render::png(&layout::scene(&self.0, theme), theme.resolution())
    }

    /// The chart as a one-page PDF of the same size as the SVG. Its fonts are embedded, so that
    /// texts can be searched and copied.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, Method, ask::PlotAnswer, chart::{self, Theme}, law::Power};
    /// let runs = [1e18, 1e19, 1e20, 1e21].map(|c: f64| (c, 20.0 * c.powf(-0.05)));
    /// let fit = Fit::new(Power).run(&Dataset::from_runs(runs)?)?;
    /// let chart = chart::scaling(&PlotAnswer::of(fit, Vec::new(), 0.9, Method::Delta));
    /// assert!(chart.to_pdf(&Theme::paper_column()).starts_with(b"%PDF"));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn to_pdf(&self, theme: &Theme) -> Vec<u8> {
        pdf::pdf(&layout::scene(&self.0, theme), theme.zoom())
    }

    /// The chart as a specification for Vega-Lite 5 with its data, so that other programs can draw
    /// and change it. Layers are named in a legend and not by labels in the plot.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, Method, ask::PlotAnswer, chart::{self, Theme}, law::Power};
    /// let runs = [1e18, 1e19, 1e20, 1e21].map(|c: f64| (c, 20.0 * c.powf(-0.05)));
    /// let fit = Fit::new(Power).run(&Dataset::from_runs(runs)?)?;
    /// let chart = chart::scaling(&PlotAnswer::of(fit, Vec::new(), 0.9, Method::Delta));
    /// assert!(chart.to_vega_lite(&Theme::light()).contains("vega-lite/v5"));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn to_vega_lite(&self, theme: &Theme) -> String {
        vega::specification(&self.0, theme)
    }

    /// The chart as plain text of at most `width` columns and about `height` rows per panel:
    /// braille dots and marks, or pure ASCII if `unicode` is false.
    #[must_use]
    pub fn to_terminal(&self, width: usize, height: usize, unicode: bool) -> String {
        self.as_text(width, height, unicode, false)
    }

    /// Like [`Chart::to_terminal`], with ANSI colours that repeat what the marks already say.
    #[must_use]
    pub fn to_terminal_color(&self, width: usize, height: usize, unicode: bool) -> String {
        self.as_text(width, height, unicode, true)
    }

    fn as_text(&self, width: usize, height: usize, unicode: bool, color: bool) -> String {
        let draw = |panel: &Panel| terminal::draw(panel, width, height, unicode, color);
        match &self.0 {
            Drawing::Panel(panel) => draw(panel),
            Drawing::Figure(figure) => {
                let panels: Vec<String> = figure.panels.iter().map(draw).collect();
                panels.join("\n")
            }
        }
    }
}
