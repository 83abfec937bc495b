//! `scalewise forecast` by a law of other columns than compute alone.

use super::args::ForecastArgs;
use super::input;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::ask::{AskTable, PointsRequest};
use scalewise::internal::{read_point, variables_of};
use scalewise::tables::Source;
use scalewise::{FitResult, Result};

impl ForecastArgs {
    fn points_request(&self) -> Result<PointsRequest> {
        Ok(PointsRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .levels(self.levels.all())
            .force(self.data.table.force))
    }

    /// The fit of a law that may be one of several columns; `None` where it is a built-in law of
    /// one variable.
    pub fn fit_of_columns(&self, source: &Source<'_>) -> Result<Option<FitResult>> {
        if self.fit.choice()?.is_plain_curve()? {
            return Ok(None);
        }
        let request = self.points_request()?;
        request.fitted(&request.read(source)?).map(Some)
    }
}

/// Forecasts at the points of `--at`, and of the runs that were held out.
pub fn run(args: &ForecastArgs, fit: FitResult, printer: &Printer) -> Result<Outcome> {
    let given = [
        (!args.reach.is_empty(), "--reach"),
        (args.plot.is_some(), "--plot"),
        (!args.method.is_empty(), "--method"),
        (args.kind.is_some(), "--kind"),
        (args.replicates.is_some(), "--replicates"),
        (args.seed.is_some(), "--seed"),
    ];
    if let Some((_, flag)) = given.into_iter().find(|(given, _)| *given) {
        let message =
            format!("{flag} is for laws of one variable, and this law is one of several columns");
        return Err(input::usage(message)
            .with_hint("leave it out: the intervals are those of the delta method"));
    }
    let variables = variables_of(fit.law());
    let points = grouped(&args.at);
    let points = points.iter().map(|text| read_point(text, &variables));
    let request = args
        .points_request()?
        .at(points.collect::<Result<Vec<_>>>()?);
    if args.at.is_empty() && fit.data().actuals().next().is_none() {
        let each: Vec<String> = variables.iter().map(|name| format!("{name}=1")).collect();
        return Err(
            input::usage("a forecast needs a point, or runs that are held out")
                .with_hint(format!("give --at {}", each.join(","))),
        );
    }
    let answer = request.of_fit(fit)?;
    args.result.give(&answer, printer)
}

/// The parts of `--at` as points: a name that comes again begins the next one.
pub fn grouped(parts: &[String]) -> Vec<String> {
    let mut points: Vec<Vec<&String>> = Vec::new();
    let name = |part: &str| part.split('=').next().unwrap_or_default().trim().to_owned();
    for part in parts {
        match points.last_mut() {
            Some(point) if point.iter().all(|other| name(other) != name(part)) => point.push(part),
            _ => points.push(vec![part]),
        }
    }
    let joined = |point: &Vec<&String>| {
        let parts: Vec<&str> = point.iter().map(|part| part.as_str()).collect();
        parts.join(",")
    };
    points.iter().map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn a_name_that_comes_again_begins_a_point() {
        let parts = ["N=1", "S=2", "N=3", "S=4"].map(str::to_owned);
        assert_eq!(grouped(&parts), ["N=1,S=2", "N=3,S=4"]);
        assert_eq!(
            grouped(&["N=1".to_owned(), "N=2".to_owned()]),
            ["N=1", "N=2"]
        );
        assert_eq!(
            grouped(&["1e24".to_owned(), "S=2".to_owned()]),
            ["1e24,S=2"]
        );
    }
}
