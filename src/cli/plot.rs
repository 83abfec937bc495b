//! `scalewise plot`: the law, its runs and a forecast as a picture.

use super::Outcome;
use super::args::{LookArgs, PlotArgs, ThemeName, View};
use super::printer::Printer;
use super::save::save;
use super::{fit, input, terminal};
use crate::allocation::Uncertainty;
use crate::chart::{self, ScalingView, Theme};
use crate::error::Result;
use crate::fit::{Fit, FitResult};
use crate::forecast::{Forecast, Target};
use crate::interval::{Kind, Method};
use crate::law::Input;
use std::path::Path;

pub fn run(args: &PlotArgs, printer: &Printer) -> Result<Outcome> {
    let bar = printer.progress("fitting");
    let result = input::fit_from(&args.input, &args.fit, &args.data, 0.9, printer)?;
    if result.law().inputs() != [Input::Compute] {
        return surface(args, &result, printer);
    }
    let forecasts = input::targets("--at", &args.at, result.largest_fitted())?
        .into_iter()
        .map(|compute| {
            result
                .forecast(Target::compute(compute))
                .levels(&[args.level])
                .kinds(&[Kind::Prediction])
                .methods(&[args.method.into()])
                .run()
        })
        .collect::<Result<Vec<Forecast>>>()?;
    drop(bar);
    let view = ScalingView {
        fit: &result,
        forecasts: &forecasts,
        level: args.level,
        method: args.method.into(),
    };
    if !args.laws.is_empty() {
        let fits = beside(args, &result)?;
        let chart = chart::laws(&fits, forecasts.last());
        match &args.output {
            Some(path) => write_picture(path, &chart.into(), &theme(&args.look)?, printer)?,
            None => {
                printer.out(&drawn(&chart))?;
            }
        }
        return Ok(fit::outcome(&result));
    }
    match &args.output {
        Some(path) => write_picture(
            path,
            &picture(&view, args.view),
            &theme(&args.look)?,
            printer,
        )?,
        None => {
            printer.out(&in_terminal(&view, args.view))?;
        }
    }
    Ok(fit::outcome(&result))
}

/// A law of N and D as lines of equal loss; the other views are of one variable.
fn surface(args: &PlotArgs, result: &FitResult, printer: &Printer) -> Result<Outcome> {
    if !args.at.is_empty() || !args.laws.is_empty() || args.view != View::Loss {
        let law = result.law().name();
        return Err(input::usage(format!(
            "law '{law}' is not a function of compute alone: --at, --laws and --view have no meaning for it"
        ))
        .with_hint("scalewise allocate and isoflop draw the rest of a law of N and D"));
    }
    let chart = chart::contours(&Uncertainty::new(result)?);
    match &args.output {
        Some(path) => write_picture(path, &chart.into(), &theme(&args.look)?, printer)?,
        None => {
            printer.out(&drawn(&chart))?;
        }
    }
    Ok(fit::outcome(result))
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
    write_picture(path, &picture(&view, View::Loss), &Theme::light(), printer)
}

/// The laws asked for, through the runs of the fit.
fn beside(args: &PlotArgs, result: &FitResult) -> Result<Vec<FitResult>> {
    let fit = |name: &String| {
        let law = input::law_named(name)?;
        match law.inputs() {
            [Input::Compute] => Fit::new(law).run(result.data()),
            _ => Err(
                input::usage(format!("--laws: law '{name}' has more than one variable"))
                    .with_hint("scalewise laws lists those of one"),
            ),
        }
    };
    let names = input::each_once(&args.laws, |a, b| a == b);
    names.into_iter().map(fit).collect()
}

/// One chart or several.
pub enum Picture {
    Chart(chart::Chart),
    Figure(chart::Figure),
}

impl From<chart::Chart> for Picture {
    fn from(chart: chart::Chart) -> Picture {
        Picture::Chart(chart)
    }
}

impl From<chart::Figure> for Picture {
    fn from(figure: chart::Figure) -> Picture {
        Picture::Figure(figure)
    }
}

fn picture(view: &ScalingView<'_>, what: View) -> Picture {
    match what {
        View::Loss => chart::scaling(view).into(),
        View::Reducible => chart::reducible(view).into(),
        View::Both => chart::both(view).into(),
    }
}

/// The theme asked for.
pub fn theme(look: &LookArgs) -> Result<Theme> {
    let mut theme = match look.theme {
        ThemeName::Light => Theme::light(),
        ThemeName::Dark => Theme::dark(),
        ThemeName::PaperColumn => Theme::paper_column(),
        ThemeName::PaperPage => Theme::paper_page(),
        ThemeName::Slide => Theme::slide(),
    };
    if let Some(text) = &look.size {
        let size = text.split_once(['x', '×']);
        let size = size.and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
        let (width, height) = size.ok_or_else(|| {
            input::usage(format!("--size: '{text}' is not WIDTHxHEIGHT"))
                .with_hint("for example --size 760x480")
        })?;
        theme = theme.size(width, height);
    }
    Ok(match look.dpi {
        Some(dpi) => theme.dpi(dpi),
        None => theme,
    })
}

/// What a picture is written as.
pub enum Format {
    Svg,
    Png,
}

/// What the name of a file says that a picture is written as.
///
/// # Errors
/// When it ends otherwise than in `.svg` or `.png`.
pub fn picture_format(path: &Path) -> Result<Format> {
    let extension = path.extension().map(|end| end.to_ascii_lowercase());
    match extension.as_deref().and_then(|end| end.to_str()) {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        _ => Err(
            input::usage(format!("'{}' is neither .svg nor .png", path.display()))
                .with_hint("name the picture FILE.svg or FILE.png"),
        ),
    }
}

/// A picture to a file, as its name says.
pub fn write_picture(
    path: &Path,
    picture: &Picture,
    theme: &Theme,
    printer: &Printer,
) -> Result<()> {
    let bytes = match (picture_format(path)?, picture) {
        (Format::Svg, Picture::Chart(chart)) => chart.to_svg(theme).into_bytes(),
        (Format::Svg, Picture::Figure(figure)) => figure.to_svg(theme).into_bytes(),
        (Format::Png, Picture::Chart(chart)) => chart.to_png(theme)?,
        (Format::Png, Picture::Figure(figure)) => figure.to_png(theme)?,
    };
    save(path, &bytes, printer)?;
    Ok(())
}

/// One chart to a file.
pub fn write_chart(path: &Path, chart: &chart::Chart, printer: &Printer) -> Result<()> {
    write_picture(path, &chart.clone().into(), &Theme::light(), printer)
}

/// Several charts to a file, side by side.
pub fn write_figure(
    path: &Path,
    figure: &chart::Figure,
    (width, height): (u32, u32),
    printer: &Printer,
) -> Result<()> {
    let theme = Theme::light().size(width, height);
    write_picture(path, &figure.clone().into(), &theme, printer)
}

fn in_terminal(view: &ScalingView<'_>, what: View) -> String {
    match what {
        View::Loss => drawn(&chart::scaling(view)),
        View::Reducible => drawn(&chart::reducible(view)),
        View::Both => chart::loss_and_reducible(view)
            .map(|c| drawn(&c))
            .join("\n"),
    }
}

/// A small chart of forecasts for this terminal.
pub fn small(fit: &FitResult, forecasts: &[Forecast]) -> String {
    let view = ScalingView {
        fit,
        forecasts,
        level: 0.9,
        method: Method::Calibrated,
    };
    let (width, _, unicode) = terminal::chart_size();
    chart::scaling(&view).to_terminal_color(width, 14, unicode)
}

/// A chart for this terminal.
pub fn drawn(chart: &chart::Chart) -> String {
    let (width, height, unicode) = terminal::chart_size();
    chart.to_terminal_color(width, height, unicode)
}

/// Several charts, one below the other.
pub fn figure_in_terminal(figure: &chart::Figure) -> String {
    let (width, height, unicode) = terminal::chart_size();
    figure.to_terminal(width, height, unicode)
}
