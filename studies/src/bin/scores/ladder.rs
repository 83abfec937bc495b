//! The ladder: forecasts of its larger models from its smaller ones, and of its target model.

use scalewise::forecast::Grade;
use scalewise::internal::scores::{
    Combined, Sampling, ScoreLaw, ScoreTarget, TaskFit, TaskRun, average, combined,
};
use scalewise::internal::{score_grade, scores};
use scalewise::{Error, ErrorKind, Kind, Result};
use std::collections::HashMap;
use std::fmt::Write as _;
use studies::root;

/// A model's score on a task.
#[derive(Debug, Clone)]
pub struct Cell {
    pub model: String,
    pub task: String,
    /// Whether it is the target model of the ladder.
    pub target: bool,
    pub run: TaskRun,
}

/// A forecast whose outcome is known.
pub struct Forecast {
    pub origin: &'static str,
    pub task: String,
    pub actual: f64,
    /// Target compute ÷ that of the largest fitted model.
    pub factor: f64,
    pub made: Combined,
}

/// The fitted models, by parts of their names, and the models to forecast.
type Origin = (&'static str, fn(&str) -> bool, fn(&str) -> bool);

/// The eight models with the least compute, and the eleven.
const LEAST: [&str; 11] = [
    "190M-1xC",
    "190M-2xC",
    "370M-1xC",
    "190M-5xC",
    "370M-2xC",
    "190M-10xC",
    "760M-1xC",
    "370M-5xC",
    "760M-2xC",
    "370M-10xC",
    "1B-1xC",
];

const ORIGINS: [Origin; 8] = [
    ("below 1B → 1B", |m| !of(m, "1B"), |m| of(m, "1B")),
    (
        "up to 370M → 760M, 1B",
        |m| of(m, "190M") || of(m, "370M"),
        |m| of(m, "760M") || of(m, "1B"),
    ),
    (
        "8 with the least compute → 8",
        |m| LEAST[..8].contains(&m),
        |m| !LEAST[..8].contains(&m),
    ),
    (
        "11 with the least compute → 5",
        |m| LEAST.contains(&m),
        |m| !LEAST.contains(&m),
    ),
    (
        "below 1B and 10xC → 1B at 5xC, 10xC",
        |m| !of(m, "1B") && !m.ends_with("-10xC"),
        |m| m == "1B-5xC" || m == "1B-10xC",
    ),
    (
        "below 1B at 1xC, 2xC → 1B at 5xC, 10xC",
        |m| !of(m, "1B") && little(m),
        |m| m == "1B-5xC" || m == "1B-10xC",
    ),
    (
        "all below 10xC → 760M, 1B at 10xC",
        |m| !m.ends_with("-10xC"),
        |m| m == "760M-10xC" || m == "1B-10xC",
    ),
    ("all at 1xC, 2xC → 760M, 1B at 5xC, 10xC", little, |m| {
        (of(m, "760M") || of(m, "1B")) && !little(m)
    }),
];

fn of(model: &str, size: &str) -> bool {
    model.split('-').next() == Some(size)
}

fn little(model: &str) -> bool {
    model.ends_with("-1xC") || model.ends_with("-2xC")
}

/// Reads the table.
pub fn read() -> Result<Vec<Cell>> {
    let path = root().join("data/olmo_ladder_tasks.csv");
    let place = path.to_string_lossy();
    let fault = |e: csv::Error| Error::new(ErrorKind::Io, e.to_string()).at(&place, None, None);
    let mut reader = csv::Reader::from_path(&path).map_err(fault)?;
    let mut cells = Vec::new();
    for row in reader.deserialize::<HashMap<String, String>>() {
        let row = row.map_err(fault)?;
        let number = |name: &str| {
            let cell = row.get(name).and_then(|cell| cell.parse::<f64>().ok());
            cell.ok_or_else(|| {
                let message = format!("no number in column {name}");
                Error::new(ErrorKind::Data, message).at(&place, None, None)
            })
        };
        let (params, tokens) = (number("n_params")?, number("n_tokens")?);
        cells.push(Cell {
            model: row["model"].clone(),
            task: row["task"].clone(),
            target: row["role"] == "target",
            run: TaskRun {
                compute: number("flops_6nd")?,
                size: Some((params, tokens)),
                score: number("accuracy")?,
                sampling: Sampling::Unknown,
                chance: number("chance")?,
                loss: Some(number("bits_per_byte")?),
            },
        });
    }
    Ok(cells)
}

/// The tasks in the order of the table.
pub fn tasks(cells: &[Cell]) -> Vec<&str> {
    let mut tasks: Vec<&str> = Vec::new();
    for cell in cells {
        if !tasks.contains(&cell.task.as_str()) {
            tasks.push(&cell.task);
        }
    }
    tasks
}

/// Every forecast within the ladder.
pub fn within(cells: &[Cell]) -> Vec<Forecast> {
    let mut all = Vec::new();
    for (name, fitted, forecast) in ORIGINS {
        let ladder = |c: &&Cell| !c.target && fitted(&c.model);
        let outcome = |c: &&Cell| !c.target && forecast(&c.model);
        all.extend(made(cells, name, ladder, outcome));
    }
    all
}

fn made<'c>(
    cells: &'c [Cell],
    origin: &'static str,
    fitted: impl Fn(&&Cell) -> bool,
    outcome: impl Fn(&&'c Cell) -> bool,
) -> Vec<Forecast> {
    let mut all = Vec::new();
    for task in tasks(cells) {
        let of_task = || cells.iter().filter(|c| c.task == task);
        let runs: Vec<TaskRun> = of_task().filter(&fitted).map(|c| c.run.clone()).collect();
        let fit = TaskFit::new(&runs, &ScoreLaw::ALL);
        for cell in of_task().filter(&outcome) {
            let target = ScoreTarget {
                compute: cell.run.compute,
                size: cell.run.size,
            };
            let Some(made) = combined(&fit, &target) else {
                continue;
            };
            all.push(Forecast {
                origin,
                task: task.to_owned(),
                actual: cell.run.score,
                factor: target.compute / fit.largest(),
                made,
            });
        }
    }
    all
}

/// The error of one law in points.
fn off(forecast: &Forecast, law: ScoreLaw) -> Option<f64> {
    let member = forecast.made.members.iter().find(|m| m.law == law)?;
    Some(100.0 * (member.point - forecast.actual))
}

/// The mean of all laws, including those that are not counted.
fn of_all(forecast: &Forecast) -> f64 {
    let weight = |se: f64| 1.0 / (se * se + 0.01);
    let said = forecast.made.said.iter();
    let sum: f64 = said.clone().map(|s| weight(s.se)).sum();
    let eta = said.map(|s| weight(s.se) * s.eta).sum::<f64>() / sum;
    100.0 / (1.0 + (-eta).exp()) - 100.0 * forecast.actual
}

fn ends(forecast: &Forecast) -> (f64, f64) {
    forecast.made.interval(0.9, Kind::Prediction)
}

fn inside(forecast: &Forecast) -> bool {
    let (lower, upper) = ends(forecast);
    lower <= forecast.actual && forecast.actual <= upper
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn mean_size(values: impl Iterator<Item = f64>) -> String {
    let values: Vec<f64> = values.collect();
    match values.is_empty() {
        true => "-".to_owned(),
        false => {
            let mean = values.iter().map(|v| v.abs()).sum::<f64>() / values.len() as f64;
            format!("{mean:.2}")
        }
    }
}

/// One row per origin: the mean absolute error of every law, and how often intervals held.
pub fn table(forecasts: &[Forecast]) -> String {
    let mut text = "| fitted → forecast | times beyond | forecasts | compute | size | two-step | mean of all | forecast | held | half-width |\n|---|---|---|---|---|---|---|---|---|---|\n".to_owned();
    let mut row = |name: &str, own: &[&Forecast]| {
        let law = |law| mean_size(own.iter().filter_map(|f| off(f, law)));
        let farthest = own.iter().map(|f| f.factor).fold(0.0, f64::max);
        let held = own.iter().filter(|f| inside(f)).count();
        let half = median(own.iter().map(|f| 50.0 * (ends(f).1 - ends(f).0)).collect());
        let _ = writeln!(
            text,
            "| {name} | {farthest:.1} | {} | {} | {} | {} | {} | {} | {held} | {half:.1} |",
            own.len(),
            law(ScoreLaw::Compute),
            law(ScoreLaw::Size),
            law(ScoreLaw::TwoStep),
            mean_size(own.iter().map(|f| of_all(f))),
            mean_size(own.iter().map(|f| 100.0 * (f.made.point() - f.actual))),
        );
    };
    for (name, ..) in ORIGINS {
        let own: Vec<&Forecast> = forecasts.iter().filter(|f| f.origin == name).collect();
        row(name, &own);
    }
    row("all", &forecasts.iter().collect::<Vec<_>>());
    text
}

/// The correlation of the errors of two tasks, as the library learns it from the ladder.
fn correlation(cells: &[Cell]) -> f64 {
    let of_task = |task: &str| {
        let own = cells.iter().filter(|c| c.task == task && !c.target);
        let runs: Vec<TaskRun> = own.map(|c| c.run.clone()).collect();
        scores::errors(&runs, &scores::origins(&runs, &ScoreLaw::ALL))
    };
    let all: Vec<_> = tasks(cells).into_iter().map(of_task).collect();
    scores::together(&all)
}

/// The target model of the ladder: one row per task, and the forecasts.
pub fn target(cells: &[Cell]) -> Result<(String, Vec<Forecast>)> {
    let path = root().join("data/olmo_ladder_two_step.csv");
    let place = path.to_string_lossy();
    let fault = |e: csv::Error| Error::new(ErrorKind::Io, e.to_string()).at(&place, None, None);
    let mut reader = csv::Reader::from_path(&path).map_err(fault)?;
    let rows = reader.deserialize::<(String, f64)>();
    let published: HashMap<String, f64> =
        rows.collect::<std::result::Result<_, _>>().map_err(fault)?;
    let all = made(cells, "ladder → 13B-5T", |c| !c.target, |c| c.target);
    let mut text = "| task | came true | published two-step | two-step | size | compute | mean of all | forecast | 90 % | |\n|---|---|---|---|---|---|---|---|---|---|\n".to_owned();
    for f in &all {
        let of =
            |law| off(f, law).map_or("-".to_owned(), |e| format!("{:.1}", e + 100.0 * f.actual));
        let (lower, upper) = ends(f);
        let _ = writeln!(
            text,
            "| {} | {:.1} | {:.1} | {} | {} | {} | {:.1} | {:.1} | {:.1} to {:.1} | {} |",
            f.task,
            100.0 * f.actual,
            100.0 * published.get(&f.task).copied().unwrap_or(f64::NAN),
            of(ScoreLaw::TwoStep),
            of(ScoreLaw::Size),
            of(ScoreLaw::Compute),
            of_all(f) + 100.0 * f.actual,
            100.0 * f.made.point(),
            100.0 * lower,
            100.0 * upper,
            if inside(f) { "inside" } else { "outside" },
        );
    }
    let errors = |law| mean_size(all.iter().filter_map(|f| off(f, law)));
    let two = all
        .iter()
        .filter_map(|f| Some(100.0 * (published.get(&f.task)? - f.actual)));
    let made: Vec<&Combined> = all.iter().map(|f| &f.made).collect();
    let of_suite = average(&made, correlation(cells)).map(|a| {
        let (lower, upper) = a.interval(0.9, Kind::Prediction);
        let actual = all.iter().map(|f| f.actual).sum::<f64>() / all.len() as f64;
        (
            100.0 * actual,
            100.0 * a.point,
            100.0 * lower,
            100.0 * upper,
        )
    });
    let half = median(all.iter().map(|f| 50.0 * (ends(f).1 - ends(f).0)).collect());
    let held = all.iter().filter(|f| inside(f)).count();
    let _ = writeln!(
        text,
        "| mean absolute error | | {} | {} | {} | {} | {} | {} | ± {half:.1} in the median | {held} of {} |",
        mean_size(two),
        errors(ScoreLaw::TwoStep),
        errors(ScoreLaw::Size),
        errors(ScoreLaw::Compute),
        mean_size(all.iter().map(of_all)),
        mean_size(all.iter().map(|f| 100.0 * (f.made.point() - f.actual))),
        all.len(),
    );
    if let Some((actual, point, lower, upper)) = of_suite {
        let word = if lower <= actual && actual <= upper {
            "inside"
        } else {
            "outside"
        };
        let _ = writeln!(
            text,
            "| average of the suite | {actual:.1} | | | | | | {point:.1} | {lower:.1} to {upper:.1} | {word} |"
        );
    }
    Ok((text, all))
}

/// Forecasts of each grade from low to high: their number, how many held, the median error.
pub fn record<'f>(forecasts: impl Iterator<Item = &'f Forecast>) -> [(u32, u32, f64); 3] {
    let mut rows = [(0, 0, Vec::new()), (0, 0, Vec::new()), (0, 0, Vec::new())];
    for f in forecasts {
        let row = match score_grade(&f.made, f.factor).0 {
            Grade::High => 2,
            Grade::Moderate => 1,
            _ => 0,
        };
        rows[row].0 += 1;
        rows[row].1 += u32::from(inside(f));
        rows[row].2.push((f.made.point() - f.actual).abs());
    }
    rows.map(|(n, held, errors)| (n, held, median(errors)))
}

/// The same as a table.
pub fn record_table(record: &[(u32, u32, f64); 3]) -> String {
    let mut text = "| grade | forecasts | held | median error |\n|---|---|---|---|\n".to_owned();
    for (name, (n, held, error)) in ["low", "moderate", "high"].iter().zip(record) {
        let _ = writeln!(text, "| {name} | {n} | {held} | {:.1} |", 100.0 * error);
    }
    text
}
