//! Charts of answers, as SVG, PNG, PDF, Vega-Lite or terminal text.
//!
//! Every function here takes an answer and returns a [`Chart`]. Nothing here computes numbers, or
//! reads or writes files, and the same chart always gives the same bytes.
//!
//! ```
//! use scalewise::{Dataset, Fit, Method, Target, law::Saturating};
//! use scalewise::{ask::PlotAnswer, chart::{self, Theme}};
//!
//! let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1), (1e23, 1.98)];
//! let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
//! let forecasts = vec![fit.forecast(Target::at(1e25)).run()?];
//! let chart = chart::scaling(&PlotAnswer::of(fit, forecasts, 0.9, Method::Profile));
//!
//! let svg = chart.to_svg(&Theme::light());
//! assert!(svg.starts_with("<svg") && svg.contains("largest run fitted"));
//! let png = chart.to_png(&Theme::light())?;
//! assert_eq!(png[1..4], *b"PNG");
//! print!("{}", chart.to_terminal(72, 20, true));
//! # Ok::<(), scalewise::Error>(())
//! ```
//!
//! The steps from a chart to a picture, one file per step:
//!
//! ```text
//! spec (what) -> ticks, range (axes) -> layout, panel, marks, labels (where) -> scene (shapes)
//!     -> render (SVG, PNG), pdf
//! spec -> terminal (text), vega (a specification for Vega-Lite)
//! ```

mod capability;
mod clip;
mod curve;
mod dash;
mod dress;
mod font;
mod frame;
mod isoflop;
mod labels;
mod layout;
mod ledger;
mod legend;
mod marker;
mod marks;
mod panel;
mod pdf;
mod picture;
mod place;
mod plan;
mod points;
mod range;
mod recipe;
mod render;
mod residuals;
mod scene;
mod schedules;
mod scores;
mod shades;
mod spec;
mod surface;
mod terminal;
mod theme;
mod thinned;
mod ticks;
mod together;
mod trust;
mod typeset;
mod vega;
mod versus;
mod views;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod tests;

pub use capability::{capability, problems};
pub use curve::curve;
pub use isoflop::isoflops;
pub use ledger::ledger;
pub use picture::Chart;
pub use plan::plan;
pub use points::points;
#[doc(hidden)]
pub use recipe::recipe;
pub(crate) use render::escape_xml;
pub(crate) use residuals::residual;
pub use residuals::residuals;
#[doc(hidden)]
pub use schedules::schedules;
pub use scores::scores;
pub use surface::{allocation, contours, valley};
pub use theme::Theme;
#[doc(hidden)]
pub use together::MOST as MOST_TOGETHER;
pub use together::together;
pub use trust::{backtest, laws};
pub(crate) use trust::{laws_of, levels};
pub use versus::versus;
pub use views::{both, reducible, scaling};
