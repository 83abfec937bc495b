//! Charts: pure data → a scene of shapes → SVG, PNG or terminal text.
//!
//! A [`Chart`] says what to show and nothing about how it is drawn: two axes and a list of
//! [`Layer`]s in the order they are painted. The same chart gives a picture for a page
//! ([`Chart::to_svg`]), for a document ([`Chart::to_png`]) and for a terminal
//! ([`Chart::to_terminal`]). Nothing here reads or writes files, and the same chart always gives
//! the same bytes.
//!
//! ```
//! use scalewise::chart::{Axis, Chart, Color, Layer, Point, Scale, Shape, Theme};
//!
//! let chart = Chart::new(
//!     "Loss against training compute",
//!     Axis::new("Training compute C (FLOP)", Scale::Log),
//!     Axis::new("Loss L (nats/token)", Scale::Log),
//! )
//! .layer(Layer::Line {
//!     points: vec![(1e18, 2.6), (1e20, 2.0), (1e22, 1.7)],
//!     color: Color::Blue,
//!     dashed: false,
//!     label: Some("fitted law".into()),
//! })
//! .layer(Layer::Points {
//!     points: vec![Point::new(1e18, 2.58), Point::new(1e20, 2.02)],
//!     shape: Shape::Disc,
//!     color: Color::Ink,
//!     label: Some("runs".into()),
//! });
//!
//! let svg = chart.to_svg(&Theme::light());
//! assert!(svg.starts_with("<svg") && svg.contains("Loss against training compute"));
//! let png = chart.to_png(&Theme::light())?;
//! assert_eq!(png[1..4], *b"PNG");
//! print!("{}", chart.to_terminal(72, 20, true));
//! # Ok::<(), scalewise::Error>(())
//! ```
//!
//! How a chart becomes a picture, one file a step:
//!
//! ```text
//! spec (what) -> ticks, range (axes) -> layout, marks, labels (where) -> scene (shapes) -> render (SVG, PNG)
//!            \-> terminal (text)
//! ```

mod capability;
mod clip;
mod dash;
mod font;
mod frame;
mod isoflop;
mod labels;
mod layout;
mod ledger;
mod legend;
mod marks;
mod place;
mod range;
mod render;
mod residuals;
mod scene;
mod spec;
mod surface;
mod terminal;
mod theme;
mod ticks;
mod trust;
mod views;

#[cfg(test)]
mod tests;

pub use capability::{capability, problems};
pub use isoflop::isoflops;
pub use ledger::ledger;
pub use residuals::{residual, residuals};
pub use spec::{Axis, BandPoint, Chart, Color, Figure, HeatCell, Layer, Point, Scale, Shape};
pub use surface::{allocation, contours};
pub use theme::Theme;
pub use trust::{backtest, laws, levels};
pub use views::{both, loss_and_reducible, reducible, scaling};

use crate::Result;

impl Chart {
    /// The chart as one self-contained SVG element, ready for a file or to be put inside a page.
    ///
    /// The root carries `role="img"`, a `<title>` and a `<desc>`; their ids come from the
    /// picture's own content, so that different charts can share a page.
    #[must_use]
    pub fn to_svg(&self, theme: &Theme) -> String {
        render::svg(&layout::chart_scene(self, theme), theme.zoom())
    }

    /// The chart as a PNG image at the theme's resolution: by default twice its size in pixels.
    ///
    /// # Errors
    ///
    /// Fails only when the image cannot be made at all, for example because the theme's size is
    /// far beyond what fits in memory.
    pub fn to_png(&self, theme: &Theme) -> Result<Vec<u8>> {
        render::png(&layout::chart_scene(self, theme), theme.resolution())
    }

    /// The chart as plain text of at most `width` columns and about `height` rows: braille dots
    /// and marks, or pure ASCII when `unicode` is false.
    ///
    /// ```
    /// # use scalewise::chart::{Axis, Chart, Scale};
    /// let empty = Chart::new("Empty", Axis::new("x", Scale::Linear), Axis::new("y", Scale::Linear));
    /// assert!(empty.to_terminal(60, 15, false).contains("nothing to draw"));
    /// ```
    #[must_use]
    pub fn to_terminal(&self, width: usize, height: usize, unicode: bool) -> String {
        terminal::draw(self, width, height, unicode, false)
    }

    /// Like [`Chart::to_terminal`], with ANSI colours that repeat what the marks already say.
    #[must_use]
    pub fn to_terminal_color(&self, width: usize, height: usize, unicode: bool) -> String {
        terminal::draw(self, width, height, unicode, true)
    }
}

impl Figure {
    /// All charts of the figure as one SVG element; see [`Chart::to_svg`].
    #[must_use]
    pub fn to_svg(&self, theme: &Theme) -> String {
        render::svg(&layout::figure_scene(self, theme), theme.zoom())
    }

    /// All charts of the figure as one PNG image; see [`Chart::to_png`].
    ///
    /// # Errors
    ///
    /// As for [`Chart::to_png`].
    pub fn to_png(&self, theme: &Theme) -> Result<Vec<u8>> {
        render::png(&layout::figure_scene(self, theme), theme.resolution())
    }

    /// The charts of the figure one below the other as plain text; see [`Chart::to_terminal`].
    #[must_use]
    pub fn to_terminal(&self, width: usize, height: usize, unicode: bool) -> String {
        let charts: Vec<String> = self
            .charts
            .iter()
            .map(|chart| chart.to_terminal(width, height, unicode))
            .collect();
        charts.join("\n")
    }
}
