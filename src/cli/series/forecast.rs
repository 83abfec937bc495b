//! `scalewise forecast --by COLUMN`: larger runs of every series, at the same targets or at those of a table.

use super::super::args::ForecastArgs;
use super::super::forecast::{abstained, document, forecast_at, given, trustworthy};
use super::super::printer::Printer;
use super::{Against, Many, NO_FIT, Outcome, Piece, for_one_series, input};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::Fit;
use crate::report::{self, ForecastReport, OfSeries, Row};
use crate::runs::Dataset;
use crate::tables::{ReadOptions, TargetRow, read_beside, read_targets};
use std::collections::{HashMap, HashSet};

/// The code of a target whose series has no rows.
const NO_RUNS: &str = "no-runs";
/// The code of a target that is no number.
const NO_TARGET: &str = "no-target";

pub fn run(args: &ForecastArgs, by: &str, printer: &Printer) -> Result<Outcome> {
    for_one_series(
        by,
        &[
            (!args.reach.is_empty(), "--reach"),
            (args.plot.is_some(), "--plot"),
        ],
    )?;
    let options = args.data.options(Some(args.fit.law()?))?;
    let variable = options.over;
    let asked = Asked::new(args, by, &options)?;
    let fit = args.fit.fit()?;
    let many = Many::new(
        "forecast",
        by,
        args.result.format,
        args.result.output.as_deref(),
        printer,
    )?;
    let mut series = many.runs(&args.input, options)?;
    series.retain(|s| asked.wants(&s.key));
    many.say(
        "more targets are no numbers: their rows say no-target",
        asked.without_a_number().map(|e| e.to_string()),
    );
    let known: HashSet<String> = series.iter().map(|s| s.key.clone()).collect();
    let mut pieces = many.each(series, |key, data| {
        one(key, &data, &fit, &asked, args, &many)
    })?;
    pieces.extend(asked.unknown(&known).map(|target| {
        let table = args.targets.iter().map(|path| path.display().to_string());
        let place = table.collect::<String>();
        let reason = format!("{place}:{}: there are no runs of this series", target.line);
        Piece::without(target.series.clone(), NO_RUNS, reason)
    }));
    let rows = |all: &[OfSeries<Vec<Vec<Row>>>]| asked.rows(all, args);
    many.finish(
        pieces,
        |all| report::rows_csv(&rows(all), variable),
        |all| report::rows_table(&rows(all), variable),
    )
}

/// The forecasts of one series at each of its targets.
fn one(
    key: &str,
    data: &Dataset,
    fit: &Fit,
    asked: &Asked,
    args: &ForecastArgs,
    many: &Many<'_>,
) -> Result<Piece<Vec<Vec<Row>>>> {
    let fit = fit.run(data)?;
    let mut against: Against = fit
        .refusal()
        .filter(|_| !args.force)
        .map(|d| (d.code.clone(), d.message.clone()));
    let mut report = ForecastReport {
        fit: &fit,
        forecasts: Vec::new(),
        reaches: Vec::new(),
    };
    let mut rows = Vec::new();
    for target in asked.of(key, fit.largest_fitted())? {
        let compute = match target {
            Ok(compute) => compute,
            Err(e) => {
                rows.push(abstained(key, None, NO_TARGET, args));
                against = against.or(Some((NO_TARGET.to_owned(), e.to_string())));
                continue;
            }
        };
        if let Some(refusal) = fit.refusal().filter(|_| !args.force) {
            rows.push(abstained(key, Some(compute), &refusal.code, args));
            continue;
        }
        match forecast_at(&fit, compute, args) {
            Ok(forecast) => {
                rows.push(given(key, &fit, &forecast));
                report.forecasts.push(forecast);
            }
            Err(e) if e.kind() == ErrorKind::NoFit => {
                rows.push(abstained(key, Some(compute), NO_FIT, args));
                against = Some((NO_FIT.to_owned(), e.to_string()));
            }
            Err(e) => return Err(e),
        }
    }
    let any = rows.iter().flatten().any(Row::is_given);
    let outcome = match any {
        false => Outcome::Refused,
        true if trustworthy(&report) => Outcome::Done,
        true => Outcome::NotTrustworthy,
    };
    many.piece(key, rows, against, outcome, &document(&report))
}

/// What is asked of which series.
enum Asked {
    /// The same of each.
    Same(Vec<String>),
    /// What the rows of a table ask, and the places of the rows of each series.
    Rows(Vec<TargetRow>, HashMap<String, Vec<usize>>),
}

impl Asked {
    fn new(args: &ForecastArgs, by: &str, options: &ReadOptions) -> Result<Asked> {
        let path = match (&args.targets, args.at.is_empty()) {
            (None, false) => return input::written_once("--at", &args.at).map(Asked::Same),
            (Some(path), true) => path,
            _ => return Err(input::usage("--by needs either --targets FILE or --at C")),
        };
        let rows = read_targets(&read_beside(path)?, &path.to_string_lossy(), by, options)?;
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (k, row) in rows.iter().enumerate() {
            places.entry(row.series.clone()).or_default().push(k);
        }
        Ok(Asked::Rows(rows, places))
    }

    fn wants(&self, series: &str) -> bool {
        match self {
            Asked::Same(_) => true,
            Asked::Rows(_, places) => places.contains_key(series),
        }
    }

    /// The targets of a series whose largest fitted run is known; a row of a table that is none is the only one to suffer.
    fn of(&self, series: &str, largest: f64) -> Result<Vec<Result<f64>>> {
        match self {
            Asked::Same(at) => {
                let read = |text: &String| {
                    // What is written wrong is wrong for every series; a multiple that overflows is not.
                    input::size("--at", text)?;
                    Ok(input::target("--at", text, largest))
                };
                let targets = at.iter().map(read).collect::<Result<Vec<_>>>()?;
                Ok(input::each_once(
                    targets,
                    |a, b| matches!((a, b), (Ok(a), Ok(b)) if input::same_number(a, b)),
                ))
            }
            Asked::Rows(rows, places) => {
                let own = places.get(series).into_iter().flatten();
                Ok(own.map(|k| rows[*k].compute(largest)).collect())
            }
        }
    }

    /// What is wrong with the targets that are no numbers.
    fn without_a_number(&self) -> impl Iterator<Item = Error> {
        let rows = match self {
            Asked::Same(_) => &[][..],
            Asked::Rows(rows, _) => &rows[..],
        };
        rows.iter().filter_map(|row| row.compute(f64::NAN).err())
    }

    /// The first target of each series that has no runs.
    fn unknown<'a>(&'a self, known: &'a HashSet<String>) -> impl Iterator<Item = &'a TargetRow> {
        let (rows, places) = match self {
            Asked::Same(_) => (&[][..], None),
            Asked::Rows(rows, places) => (&rows[..], Some(places)),
        };
        rows.iter().enumerate().filter_map(move |(k, row)| {
            let first = places?.get(&row.series)?.first() == Some(&k);
            (first && !known.contains(&row.series)).then_some(row)
        })
    }

    /// All rows: by series, or in the order of the targets' table.
    fn rows(&self, all: &[OfSeries<Vec<Vec<Row>>>], args: &ForecastArgs) -> Vec<Row> {
        let of = |of: &OfSeries<Vec<Vec<Row>>>| match &of.result {
            Some(rows) => rows.clone(),
            None => {
                let code = of.code.as_deref().unwrap_or(NO_FIT);
                let targets = self.of(&of.series, f64::NAN).unwrap_or_default();
                // 100x of a series without runs is not known.
                let known = |target: &Result<f64>| target.clone().ok().filter(|c| c.is_finite());
                let row = |target: &Result<f64>| abstained(&of.series, known(target), code, args);
                targets.iter().map(row).collect()
            }
        };
        match self {
            Asked::Same(_) => all.iter().flat_map(of).flatten().collect(),
            Asked::Rows(rows, places) => {
                let mut placed: Vec<Vec<Row>> = vec![Vec::new(); rows.len()];
                for series in all {
                    let own = places.get(&series.series).into_iter().flatten();
                    for (k, made) in own.zip(of(series)) {
                        placed[*k] = made;
                    }
                }
                placed.concat()
            }
        }
    }
}
