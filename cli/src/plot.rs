//! `scalewise plot`: the law, its runs and a forecast as a picture.

use super::args::{LookArgs, PlotArgs, ThemeName, View};
use super::give::say_failed;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::save;
use super::{input, terminal};
use scalewise::Result;
use scalewise::allocation::Flops;
use scalewise::ask::{Ask, AskTable, FitAnswer, PlotAnswer, PlotRequest, SurfaceAnswer, Trust};
use scalewise::chart::{self, Theme};
use scalewise::fit::FitResult;
use scalewise::internal;
use scalewise::law::Input;
use scalewise::tables::Source;
use std::path::Path;

/// More panels than this cannot be read side by side.
const MOST_PANELS: usize = 36;

impl PlotArgs {
    fn request(&self) -> Result<PlotRequest> {
        Ok(PlotRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .at(input::sizes("--at", &self.at)?)
            .laws(&self.laws)
            .level(self.level)
            .method(self.method))
    }
}

pub fn run(args: &PlotArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let source = Source::open(&args.input)?;
    let by = args.by.as_deref();
    let fitted = input::law_file(&source, &args.fit, &args.data, by, printer)?;
    let law = match &fitted {
        Some(fit) => fit.law().inputs() == [Input::Compute],
        None => request.is_curve()?,
    };
    if let Some(by) = by {
        return many(args, &request, &source, by, printer);
    }
    let bar = printer.progress("fitting");
    if !law {
        let fit = match fitted {
            Some(fit) => fit,
            None => request.of_law().answer(&source)?.fit().clone(),
        };
        drop(bar);
        return surface(args, fit, printer);
    }
    let shown = match fitted {
        Some(fit) => request.of_fit(fit)?,
        None => request.answer(&source)?,
    };
    drop(bar);
    show(args, &picture(&shown, args.view), printer)?;
    Ok(shown.trust().into())
}

/// To the file asked for, or to the terminal.
fn show(args: &PlotArgs, picture: &Picture, printer: &Printer) -> Result<()> {
    match (&args.output, picture) {
        (Some(path), picture) => write_picture(path, picture, &theme(&args.look)?, printer),
        (None, Picture::Chart(chart)) => printer.out(&drawn(chart)).map(|_| ()),
        (None, Picture::Figure(figure)) => printer.out(&figure_in_terminal(figure)).map(|_| ()),
    }
}

/// One panel a series.
fn many(
    args: &PlotArgs,
    request: &PlotRequest,
    source: &Source<'_>,
    by: &str,
    printer: &Printer,
) -> Result<Outcome> {
    if args.view == View::Both {
        return Err(input::usage("--view both is for one series")
            .with_hint("draw --view loss and --view reducible apart"));
    }
    let series = request.read_by(source, by)?;
    if series.len() > MOST_PANELS {
        let message = format!("{} panels are too many to read", series.len());
        return Err(input::usage(message)
            .with_hint(format!("leave at most {MOST_PANELS} series with --where")));
    }
    let bar = printer.progress("drawing");
    let all = internal::by(series, &bar, |key, data| {
        let shown = request.of(&data)?;
        let mut chart = match args.view {
            View::Reducible => chart::reducible(&shown),
            _ if !shown.laws().is_empty() => laws(&shown),
            _ => chart::scaling(&shown),
        };
        chart.title = format!("{key}: {}", chart.title);
        Ok((chart, shown.trust()))
    })?;
    drop(bar);
    say_failed(&all, printer);
    let count = all.len();
    let trust = Trust::of_all(all.iter().map(|of| match &of.result {
        Some((_, trust)) => *trust,
        None => Trust::Refused,
    }));
    let made = all.into_iter().filter_map(|of| of.result);
    let charts: Vec<chart::Chart> = made.map(|(chart, _)| chart).collect();
    if charts.is_empty() {
        return Ok(Outcome::Refused);
    }
    let title = format!("{} of {count} series by {by}", charts.len());
    let mut figure = chart::Figure::new(title, charts);
    figure.columns = match figure.charts.len() {
        1 => 1,
        2 | 4 => 2,
        _ => 3,
    };
    show(args, &figure.into(), printer)?;
    Ok(trust.into())
}

/// A law of N and D as lines of equal loss; the other views are of one variable.
fn surface(args: &PlotArgs, fit: FitResult, printer: &Printer) -> Result<Outcome> {
    if !args.at.is_empty() || !args.laws.is_empty() || args.view != View::Loss {
        let law = fit.law().name();
        return Err(input::usage(format!(
            "law '{law}' is not a function of compute alone: --at, --laws and --view have no meaning for it"
        ))
        .with_hint("scalewise allocate and isoflop draw the rest of a law of N and D"));
    }
    let answer = FitAnswer::of(fit);
    let trust = answer.trust();
    let shown = SurfaceAnswer::of(answer.fit().clone(), Flops::SixNd, args.level)?;
    show(args, &chart::contours(&shown).into(), printer)?;
    Ok(trust.into())
}

/// The chart of a forecast, as `forecast --plot` draws it.
pub fn write(path: &Path, shown: &PlotAnswer, printer: &Printer) -> Result<()> {
    write_picture(path, &picture(shown, View::Loss), &Theme::light(), printer)
}

/// The laws asked for, through the runs of the fit.
fn laws(shown: &PlotAnswer) -> chart::Chart {
    let laws: Vec<&FitResult> = shown.laws().iter().collect();
    chart::laws(&laws, shown.forecasts().last())
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

fn picture(shown: &PlotAnswer, what: View) -> Picture {
    match what {
        _ if !shown.laws().is_empty() => laws(shown).into(),
        View::Loss => chart::scaling(shown).into(),
        View::Reducible => chart::reducible(shown).into(),
        View::Both => chart::both(shown).into(),
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

/// A small chart of forecasts for this terminal.
pub fn small(shown: &PlotAnswer) -> String {
    let (width, _, unicode) = terminal::chart_size();
    chart::scaling(shown).to_terminal_color(width, 14, unicode)
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
