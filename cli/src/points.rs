//! `scalewise forecast` by a law that uses other columns than compute.

use super::args::ForecastArgs;
use super::outcome::Outcome;
use super::printer::Printer;
use super::typed_points::{grouped, read};
use super::{input, picture};
use scalewise::ask::{AskTable, PointsRequest, Question};
use scalewise::chart;
use scalewise::internal::{read_point, variables_of};
use scalewise::tables::Source;
use scalewise::{FitResult, Result};

impl ForecastArgs {
    fn points_request(&self) -> Result<PointsRequest> {
        if !self.reach.is_empty() {
            let message =
                "--reach is for laws of one variable, and this law is one of several columns";
            return Err(input::usage(message).with_hint("ask for the loss of a point by --at"));
        }
        let mut request = PointsRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .levels(self.levels.all())
            .force(self.data.table.force);
        if let Some(kind) = self.kind {
            request = request.kinds([kind]);
        }
        if !self.method.is_empty() {
            request = request.methods(self.method.clone());
        }
        if let Some(replicates) = self.replicates {
            request = request.replicates(replicates);
        }
        if let Some(seed) = self.seed {
            request = request.seed(seed);
        }
        Ok(request)
    }

    /// The question to register for a law of several columns.
    pub fn question_of_points(&self) -> Result<Question> {
        let request = self.points_request()?.at(read(&self.at)?);
        Ok(Question::Points(request))
    }

    /// The fit of a law that may have several columns; `None` for a built-in law of one variable.
    pub fn fit_of_columns(&self, source: &Source<'_>) -> Result<Option<FitResult>> {
        if self.fit.choice()?.is_plain_curve()? {
            return Ok(None);
        }
        let request = self.points_request()?;
        request.fitted(&request.read(source)?).map(Some)
    }
}

/// Forecasts at the points of `--at` and at the held-out runs.
pub fn run(args: &ForecastArgs, fit: FitResult, printer: &Printer) -> Result<Outcome> {
    let variables = variables_of(fit.law());
    let points = grouped(&args.at);
    let points = points.iter().map(|text| read_point(text, &variables));
    let points = points.collect::<Result<Vec<_>>>()?;
    let request = args.points_request()?.at(points);
    if args.at.is_empty() && fit.data().actuals().next().is_none() {
        let each: Vec<String> = variables.iter().map(|name| format!("{name}=1")).collect();
        return Err(
            input::usage("a forecast needs a point, or runs that are held out")
                .with_hint(format!("give --at {}", each.join(","))),
        );
    }
    let bar = printer.progress("forecasting");
    let answer = request.of_fit_watched(fit, &bar)?;
    drop(bar);
    if let Some(path) = args.plot.as_ref().filter(|_| answer.refusal().is_none()) {
        picture::write(path, &chart::points(&answer), &args.look, None, printer)?;
    }
    args.result.give_short(&answer, args.verbose, printer)
}
