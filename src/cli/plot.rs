//! `scalewise plot`: the law, its runs and a forecast as a picture.

use super::Outcome;
use super::args::{PlotArgs, View};
use super::printer::Printer;
use super::{fit, input};
use crate::chart::{self, ScalingView, Theme};
use crate::error::Result;
use crate::files::{self, Existing};
use crate::fit::FitResult;
use crate::forecast::{Forecast, Kind, Method, Target};
use std::path::Path;

pub fn run(args: &PlotArgs, printer: &Printer) -> Result<Outcome> {
    let result = input::fit_from(&args.input, &args.fit, &args.data, 0.9)?;
    let forecasts = args
        .at
        .iter()
        .map(|text| {
            let compute = input::target(text, result.largest_fitted())?;
            result
                .forecast(Target::compute(compute))
                .levels(&[args.level])
                .kinds(&[Kind::Prediction])
                .methods(&[args.method.into()])
                .run()
        })
        .collect::<Result<Vec<Forecast>>>()?;
    let view = ScalingView {
        fit: &result,
        forecasts: &forecasts,
        level: args.level,
        method: args.method.into(),
    };
    match &args.output {
        Some(path) => {
            let theme = if args.dark {
                Theme::dark()
            } else {
                Theme::light()
            };
            draw(path, &view, args.view, &theme)?;
            printer.note(&format!("wrote {}", path.display()));
        }
        None => {
            printer.out(&in_terminal(&view, args.view))?;
        }
    }
    Ok(fit::outcome(&result))
}

/// The chart of a forecast, as `forecast --plot` draws it.
pub fn write(
    path: &Path,
    fit: &FitResult,
    forecasts: &[Forecast],
    level: f64,
    method: Method,
    printer: &Printer,
) -> Result<()> {
    let view = ScalingView {
        fit,
        forecasts,
        level,
        method,
    };
    draw(path, &view, View::Loss, &Theme::light())?;
    printer.note(&format!("wrote {}", path.display()));
    Ok(())
}

fn draw(path: &Path, view: &ScalingView<'_>, what: View, theme: &Theme) -> Result<()> {
    let extension = path
        .extension()
        .map(|e| e.to_string_lossy().to_ascii_lowercase());
    let bytes = match (extension.as_deref(), what) {
        (Some("svg"), View::Loss) => chart::scaling(view).to_svg(theme).into_bytes(),
        (Some("svg"), View::Reducible) => chart::reducible(view).to_svg(theme).into_bytes(),
        (Some("svg"), View::Both) => chart::both(view).to_svg(theme).into_bytes(),
        (Some("png"), View::Loss) => chart::scaling(view).to_png(theme)?,
        (Some("png"), View::Reducible) => chart::reducible(view).to_png(theme)?,
        (Some("png"), View::Both) => chart::both(view).to_png(theme)?,
        _ => {
            return Err(
                input::usage(format!("'{}' is neither .svg nor .png", path.display()))
                    .with_hint("name the picture FILE.svg or FILE.png"),
            );
        }
    };
    files::write(path, &bytes, Existing::Replace)
}

/// One chart to a file.
pub fn write_chart(path: &Path, chart: &chart::Chart, printer: &Printer) -> Result<()> {
    let theme = Theme::light();
    let bytes = match kind(path)? {
        Picture::Svg => chart.to_svg(&theme).into_bytes(),
        Picture::Png => chart.to_png(&theme)?,
    };
    files::write(path, &bytes, Existing::Replace)?;
    printer.note(&format!("wrote {}", path.display()));
    Ok(())
}

/// Several charts to a file, side by side.
pub fn write_figure(
    path: &Path,
    figure: &chart::Figure,
    (width, height): (u32, u32),
    printer: &Printer,
) -> Result<()> {
    let theme = Theme::light().size(width, height);
    let bytes = match kind(path)? {
        Picture::Svg => figure.to_svg(&theme).into_bytes(),
        Picture::Png => figure.to_png(&theme)?,
    };
    files::write(path, &bytes, Existing::Replace)?;
    printer.note(&format!("wrote {}", path.display()));
    Ok(())
}

enum Picture {
    Svg,
    Png,
}

fn kind(path: &Path) -> Result<Picture> {
    let extension = path
        .extension()
        .map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("svg") => Ok(Picture::Svg),
        Some("png") => Ok(Picture::Png),
        _ => Err(
            input::usage(format!("'{}' is neither .svg nor .png", path.display()))
                .with_hint("name the picture FILE.svg or FILE.png"),
        ),
    }
}

fn in_terminal(view: &ScalingView<'_>, what: View) -> String {
    let (width, height, unicode) = terminal();
    match what {
        View::Loss => chart::scaling(view).to_terminal_color(width, height, unicode),
        View::Reducible => chart::reducible(view).to_terminal_color(width, height, unicode),
        View::Both => chart::both(view).to_terminal(width, height, unicode),
    }
}

/// Several charts, one below the other.
pub fn figure_in_terminal(figure: &chart::Figure) -> String {
    let (width, height, unicode) = terminal();
    figure.to_terminal(width, height, unicode)
}

/// Columns, rows, and whether it can show more than ASCII.
fn terminal() -> (usize, usize, bool) {
    let (width, height) = (size("COLUMNS", 80).clamp(40, 120), 22);
    let unicode = !["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .is_none_or(|value| value.to_ascii_uppercase().contains("UTF"));
    (width, height, unicode)
}

fn size(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(otherwise)
}
