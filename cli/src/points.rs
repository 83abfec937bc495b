//! `scalewise forecast` by a law of other columns than compute alone.

use super::args::ForecastArgs;
use super::outcome::Outcome;
use super::printer::Printer;
use super::{input, plot};
use scalewise::ask::{AskTable, PointsRequest, Question};
use scalewise::chart::{self, Theme};
use scalewise::internal::{read_named, read_point, variables_of};
use scalewise::tables::Source;
use scalewise::{FitResult, Result};
use std::collections::BTreeMap;

impl ForecastArgs {
    fn points_request(&self) -> Result<PointsRequest> {
        let given = [
            (!self.reach.is_empty(), "--reach"),
            (!self.method.is_empty(), "--method"),
            (self.kind.is_some(), "--kind"),
            (self.replicates.is_some(), "--replicates"),
            (self.seed.is_some(), "--seed"),
        ];
        if let Some((_, flag)) = given.into_iter().find(|(given, _)| *given) {
            let message = format!(
                "{flag} is for laws of one variable, and this law is one of several columns"
            );
            return Err(input::usage(message)
                .with_hint("leave it out: the intervals are those of the delta method"));
        }
        Ok(PointsRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .levels(self.levels.all())
            .force(self.data.table.force))
    }

    /// The question that is registered of a law of several columns.
    pub fn question_of_points(&self) -> Result<Question> {
        let request = self.points_request()?.at(read(&self.at)?);
        Ok(Question::Points(request))
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
    let answer = request.of_fit(fit)?;
    if let Some(path) = args.plot.as_ref().filter(|_| answer.refusal().is_none()) {
        plot::write_chart(path, &chart::points(&answer), &Theme::light(), printer)?;
    }
    args.result.give(&answer, printer)
}

/// Whether `--at` names points of a law of several columns.
pub fn are_given(at: &[String]) -> bool {
    at.iter().any(|part| part.contains('='))
}

/// The points of `--at` where the law is not known yet: it checks the names later.
pub fn read(at: &[String]) -> Result<Vec<BTreeMap<String, f64>>> {
    grouped(at).iter().map(|text| read_named(text)).collect()
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
