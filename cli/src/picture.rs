//! Pictures of answers: how they look, their files, and their form in a terminal.

use super::args::{LookArgs, ThemeName};
use super::printer::Printer;
use super::save::save;
use super::{input, terminal};
use scalewise::ask::PlotAnswer;
use scalewise::chart::{self, Chart, Theme};
use scalewise::{Error, Result};
use std::path::Path;

/// The chart with the requested headline and axis limits.
///
/// # Errors
/// When the axes cannot have the requested ends.
pub fn framed(mut chart: Chart, look: &LookArgs) -> Result<Chart> {
    if let Some((low, high)) = look.xlim {
        chart = chart.xlim(low, high).map_err(|e| of_flag("--xlim", &e))?;
    }
    if let Some((low, high)) = look.ylim {
        chart = chart.ylim(low, high).map_err(|e| of_flag("--ylim", &e))?;
    }
    Ok(match (&look.title, look.no_title) {
        (Some(title), _) => chart.titled(title.as_str()),
        (None, true) => chart.untitled(),
        (None, false) => chart,
    })
}

fn of_flag(flag: &str, error: &Error) -> Error {
    let named = input::usage(format!("{flag}: {}", error.message()));
    named.with_hint(error.hint().unwrap_or_default().to_owned())
}

/// The requested theme. Light and dark have no size of their own, so a chart may bring one.
fn theme(look: &LookArgs, own: Option<(u32, u32)>) -> Theme {
    let sized = |theme: Theme| match own {
        Some((width, height)) => theme.size(width, height),
        None => theme,
    };
    let theme = match look.theme.unwrap_or(ThemeName::Light) {
        ThemeName::Light => sized(Theme::light()),
        ThemeName::Dark => sized(Theme::dark()),
        ThemeName::PaperColumn => Theme::paper_column(),
        ThemeName::PaperPage => Theme::paper_page(),
        ThemeName::Slide => Theme::slide(),
    };
    let theme = match look.size {
        Some((width, height)) => theme.size(width, height),
        None => theme,
    };
    match look.dpi {
        Some(dpi) => theme.dpi(dpi),
        None => theme,
    }
}

/// File formats of a picture.
enum Format {
    Svg,
    Png,
    Pdf,
    VegaLite,
}

/// The format of a picture by its file name.
fn picture_format(path: &Path) -> Result<Format> {
    let extension = path.extension().map(|end| end.to_ascii_lowercase());
    match extension.as_deref().and_then(|end| end.to_str()) {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        Some("pdf") => Ok(Format::Pdf),
        Some("json") if is_vega_lite(path) => Ok(Format::VegaLite),
        _ => {
            let message = format!("'{}' has no known picture format", path.display());
            Err(input::usage(message)
                .with_hint("name the picture FILE.svg, FILE.png, FILE.pdf or FILE.vl.json"))
        }
    }
}

fn is_vega_lite(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".vl.json"))
}

/// Checks the name of a picture before anything is computed.
///
/// # Errors
/// When it does not end in `.svg`, `.png`, `.pdf` or `.vl.json`.
pub fn check_name(path: &Path) -> Result<()> {
    picture_format(path).map(|_| ())
}

/// Writes a chart as requested, in the format of its file name. A chart may have a size that suits
/// it better than that of most charts.
///
/// # Errors
/// When the axes cannot have the requested ends, or the file cannot be written.
pub fn write(
    path: &Path,
    chart: &Chart,
    look: &LookArgs,
    own: Option<(u32, u32)>,
    printer: &Printer,
) -> Result<()> {
    let format = picture_format(path)?;
    let (chart, theme) = (framed(chart.clone(), look)?, theme(look, own));
    let bytes = match format {
        Format::Svg => chart.to_svg(&theme).into_bytes(),
        Format::Png => chart.to_png(&theme)?,
        Format::Pdf => chart.to_pdf(&theme),
        Format::VegaLite => chart.to_vega_lite(&theme).into_bytes(),
    };
    if matches!(format, Format::Png | Format::Pdf) {
        let letters = chart.letters_without_shape(&theme);
        if !letters.is_empty() {
            let letters: String = letters.chars().take(20).collect();
            printer.note(&format!(
                "the font of PNG and PDF has no shape for {letters}, which are boxes there; an SVG \
                 has them"
            ));
        }
    }
    save(path, &bytes, printer)
}

/// A small chart of forecasts for this terminal.
pub fn small(shown: &PlotAnswer) -> String {
    let (width, _, unicode) = terminal::chart_size();
    chart::scaling(shown).to_terminal_color(width, 14, unicode)
}

/// A chart for this terminal.
pub fn drawn(chart: &Chart) -> String {
    let (width, height, unicode) = terminal::chart_size();
    chart.to_terminal_color(width, height, unicode)
}
