//! `scalewise plot`: the law, its runs and a forecast as a picture.

use super::args::{PlotArgs, View};
use super::give::say_failed;
use super::outcome::Outcome;
use super::printer::Printer;
use super::{input, picture, typed_points};
use scalewise::allocation::Flops;
use scalewise::ask::{AskTable, FitAnswer, PlotAnswer, PointsRequest, SurfaceAnswer, Trust};
use scalewise::chart::{self, Chart};
use scalewise::internal::{self, PlotRequest};
use scalewise::law::Input;
use scalewise::tables::Source;
use scalewise::{FitResult, Result};

/// Most panels; more cannot be read side by side.
const MOST_PANELS: usize = 36;

impl PlotArgs {
    fn request(&self) -> Result<PlotRequest> {
        Ok(PlotRequest::default()
            .table(self.data.table()?.force(self.data.table.force))
            .fit(self.fit.choice()?)
            .at(match typed_points::are_given(&self.at) {
                true => Vec::new(),
                false => input::sizes("--at", &self.at)?,
            })
            .laws(&self.laws)
            .level(self.level)
            .method(self.method))
    }
}

pub fn run(args: &PlotArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let source = args.gather.open(&args.input)?;
    let by = args.by.as_deref();
    let fitted = input::law_file(&source, &args.fit, &args.data, by, printer)?;
    let law = match &fitted {
        Some(fit) => fit.law().inputs() == [Input::Compute],
        None => request.is_curve()?,
    };
    if let Some(by) = by {
        return many(args, &request, &source, by, printer);
    }
    if args.view == View::Together {
        return Err(input::usage("--view together is for several series")
            .with_hint("name the column of the series with --by"));
    }
    let bar = printer.progress("fitting");
    if law && typed_points::are_given(&args.at) {
        return Err(input::usage(
            "a point such as N=1e9,S=8 is for laws of several columns",
        ));
    }
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
    show(args, &view(&shown, args.view), printer)?;
    Ok(shown.trust().into())
}

/// Writes the chart to the requested file, or draws it in the terminal.
fn show(args: &PlotArgs, chart: &Chart, printer: &Printer) -> Result<()> {
    match &args.output {
        Some(path) => picture::write(path, chart, &args.look, None, printer),
        None => {
            let chart = picture::framed(chart.clone(), &args.look)?;
            printer.out(&picture::drawn(&chart)).map(|_| ())
        }
    }
}

/// One panel per series.
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
    if args.view == View::Together && !args.laws.is_empty() {
        return Err(
            input::usage("--view together draws one law for each series")
                .with_hint("leave out --laws"),
        );
    }
    let series = request.read_by(source, by)?;
    let (most, what) = match args.view {
        View::Together => (internal::MOST_TOGETHER, "series in one chart"),
        _ => (MOST_PANELS, "panels"),
    };
    let count = series.iter().filter(|one| one.data.is_ok()).count();
    if count > most {
        let message = format!("{count} {what} are too many to read");
        return Err(
            input::usage(message).with_hint(format!("leave at most {most} series with --where"))
        );
    }
    let bar = printer.progress("drawing");
    let all = internal::by(series, &bar, |key, data| {
        Ok((key.to_owned(), request.of(&data)?))
    })?;
    drop(bar);
    say_failed(&all, printer);
    let count = all.len();
    let trust = Trust::of_all(all.iter().map(|of| match &of.result {
        Some((_, shown)) => shown.trust(),
        None => Trust::Refused,
    }));
    let made: Vec<(String, PlotAnswer)> = all.into_iter().filter_map(|of| of.result).collect();
    if made.is_empty() {
        return Ok(Outcome::Refused);
    }
    let title = format!("{} of {count} series by {by}", made.len());
    let chart = match args.view {
        View::Together => chart::together(&title, &made),
        of => {
            let panels = made.iter().map(|(key, shown)| {
                let chart = view(shown, of);
                let title = format!("{key}: {}", chart.title());
                chart.titled(title)
            });
            Chart::side_by_side(&title, panels.collect())
        }
    };
    show(args, &chart, printer)?;
    Ok(trust.into())
}

/// Draws a law of N and D as lines of equal loss; the other views need a single variable.
fn surface(args: &PlotArgs, fit: FitResult, printer: &Printer) -> Result<Outcome> {
    if fit.law().typed().is_some() {
        return of_columns(args, fit, printer);
    }
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
    show(args, &chart::contours(&shown), printer)?;
    Ok(trust.into())
}

/// Draws a formula of several columns: its values against outcomes, and its residuals.
fn of_columns(args: &PlotArgs, fit: FitResult, printer: &Printer) -> Result<Outcome> {
    if !args.laws.is_empty() || args.view != View::Loss {
        let message = "--laws and --view have no meaning for a formula of several columns";
        return Err(input::usage(message).with_hint("leave them out"));
    }
    let request = PointsRequest::default()
        .at(typed_points::read(&args.at)?)
        .levels([args.level]);
    let answer = request.of_fit(fit)?;
    show(args, &chart::points(&answer), printer)?;
    Ok(answer.trust().into())
}

fn view(shown: &PlotAnswer, view: View) -> Chart {
    match view {
        _ if !shown.laws().is_empty() => chart::laws(shown),
        View::Loss | View::Together => chart::scaling(shown),
        View::Reducible => chart::reducible(shown),
        View::Both => chart::both(shown),
    }
}
