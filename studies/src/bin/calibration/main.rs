//! How forecasts did on published curves: the tables of `docs/calibration.md`, and the half-widths at other
//! levels than 90 % (`src/forecast/level_table.rs`).
//!
//! Reads `data/extrapolation_dev/{runs,targets}.csv` in the folder SCALEWISE_CORPUS (default `../shared`), which is
//! not part of this repository. With `--check`, computes everything again and fails when what is committed is stale.

mod variants;

use scalewise::ReadOptions;
use scalewise::internal::{read_bytes, read_targets};
use scalewise::law::{Power, Saturating};
use scalewise::tables::read_series;
use scalewise::{Dataset, Error, ErrorKind, Fit, FitResult, Kind, Method, Result, Target};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use studies::Table;

const LEVELS: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.99];
/// Levels at which the half-widths of the corpus are tabulated.
const KNOTS: [f64; 9] = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99];
const BINS: [(f64, f64); 4] = [(1.0, 3.0), (3.0, 8.0), (8.0, 20.0), (20.0, f64::INFINITY)];
const METHODS: [Method; 5] = Method::DETERMINISTIC;
const FREE: [Method; 3] = [Method::Calibrated, Method::Envelope, Method::Quadrature];
/// Differences up to this are another machine's rounding.
const STALE: f64 = 0.011;
/// A quantile of 177 errors is known to a few percent. The half-widths at other levels are made anew only when they move by
/// more: else forecasts that were registered could not be derived again for nothing but the luck of the quantiles.
const LEVELS_STALE: f64 = 0.07;
const TABLE: &str = "src/forecast/level_table.rs";

/// What one method said of one case, in ln L.
#[derive(Clone, Copy)]
struct Said {
    point: f64,
    lower: f64,
    upper: f64,
}

impl Said {
    /// Error in half-widths, ≥ 0.
    fn z(&self, actual: f64) -> f64 {
        let end = if actual < self.point {
            self.lower
        } else {
            self.upper
        };
        (actual - self.point) / (end - self.point)
    }

    fn scaled(&self, factor: f64) -> Said {
        Said {
            point: self.point,
            lower: self.point + factor * (self.lower - self.point),
            upper: self.point + factor * (self.upper - self.point),
        }
    }

    fn covers(&self, actual: f64) -> bool {
        self.lower <= actual && actual <= self.upper
    }

    /// Interval (Winkler) score at 90 %.
    fn score(&self, actual: f64) -> f64 {
        let miss = (self.lower - actual).max(0.0) + (actual - self.upper).max(0.0);
        self.upper - self.lower + 20.0 * miss
    }
}

struct Case {
    set: String,
    factor: f64,
    actual: f64,
    /// By method, at 90 %.
    said: HashMap<&'static str, Said>,
    /// Calibrated at `LEVELS`.
    levels: Vec<Said>,
    /// ln of the points of single laws and of the members.
    points: BTreeMap<&'static str, f64>,
}

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let cases = cases()?;
    write_levels(&cases, check)?;
    let tables = [
        ("methods", methods(&cases)),
        ("sets", sets(&cases)),
        ("distances", distances(&cases)),
        ("levels", levels(&cases)),
        ("points", variants::points(&cases)),
        ("nested", variants::nested(&cases)),
    ]
    .map(|(name, text)| Table {
        name: name.to_owned(),
        text,
    });
    studies::publish("docs/calibration.md", "calibration", &tables, check, STALE)
}

fn folder() -> PathBuf {
    let corpus = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    PathBuf::from(corpus).join("data/extrapolation_dev")
}

fn cases() -> Result<Vec<Case>> {
    let (runs, targets) = (folder().join("runs.csv"), folder().join("targets.csv"));
    let options = ReadOptions {
        by: Some("case".to_owned()),
        ..ReadOptions::default()
    };
    let series = read_series(&read_bytes(&runs)?, "runs.csv", &options)?;
    let series: HashMap<String, Result<Dataset>> =
        series.into_iter().map(|s| (s.key, s.data)).collect();
    let truth = truths(&targets)?;
    read_targets(
        &read_bytes(&targets)?,
        "targets.csv",
        "case",
        &ReadOptions::default(),
    )?
    .into_iter()
    .map(|target| {
        let missing = || Error::new(ErrorKind::Data, format!("no case {}", target.series));
        let data = series.get(&target.series).ok_or_else(missing)?.clone()?;
        let (set, actual) = truth.get(&target.series).ok_or_else(missing)?;
        let largest = data.fit_runs().map(|run| run.x()).fold(0.0, f64::max);
        case(&data, set, target.compute(largest)?, *actual)
    })
    .collect()
}

/// Set and actual loss of each case.
fn truths(path: &Path) -> Result<HashMap<String, (String, f64)>> {
    let bad = |e: csv::Error| Error::new(ErrorKind::Data, e.to_string());
    let mut reader = csv::Reader::from_path(path).map_err(bad)?;
    reader
        .deserialize()
        .map(|row| {
            let (case, set, _, loss, _): (String, String, f64, f64, f64) = row.map_err(bad)?;
            Ok((case, (set, loss)))
        })
        .collect()
}

fn case(data: &Dataset, set: &str, compute: f64, actual: f64) -> Result<Case> {
    let fit = Fit::new(Saturating).run(data)?;
    let forecast = |methods: &[Method], levels: &[f64]| {
        fit.forecast(Target::at(compute))
            .levels(levels)
            .kinds(&[Kind::Prediction])
            .methods(methods)
            .force(true)
            .run()
    };
    let all = forecast(&METHODS, &[0.9])?;
    let said_by = |f: &scalewise::forecast::Forecast, method: Method, level: f64| {
        let interval = f.interval(method, level, Kind::Prediction)?;
        Some(Said {
            point: f.point_of(method)?.ln(),
            lower: interval.lower.ln(),
            upper: interval.upper.ln(),
        })
    };
    let said = METHODS
        .into_iter()
        .filter_map(|m| Some((m.name(), said_by(&all, m, 0.9)?)))
        .collect();
    let at_levels = forecast(&[Method::Calibrated], &LEVELS)?;
    let levels = LEVELS
        .iter()
        .filter_map(|level| said_by(&at_levels, Method::Calibrated, *level))
        .collect();
    let mut points: BTreeMap<&'static str, f64> =
        all.members.iter().map(|m| (m.name, m.point.ln())).collect();
    let at = |fit: &FitResult| fit.predict(&[compute]).ln();
    points.insert("saturating", at(&fit));
    points.insert("power", at(&Fit::new(Power).run(data)?));
    points.insert("recommended", all.point.ln());
    Ok(Case {
        set: set.to_owned(),
        factor: all.extrapolation,
        actual: actual.ln(),
        said,
        levels,
        points,
    })
}

/// The value below which a share `q` of the values lies (linear between order statistics).
fn quantile(mut values: Vec<f64>, q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let position = q * (values.len() - 1) as f64;
    let low = position.floor() as usize;
    let high = (low + 1).min(values.len() - 1);
    values[low] + (position - low as f64) * (values[high] - values[low])
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    sum / count
}

/// Coverage, interval score, median and RMS error of what was said about some cases.
struct Figures {
    cases: usize,
    coverage: f64,
    score: f64,
    median: f64,
    rms: f64,
}

impl Figures {
    fn of(said: &[(Said, f64)]) -> Figures {
        let errors: Vec<f64> = said.iter().map(|(s, y)| (s.point - y).abs()).collect();
        Figures {
            cases: said.len(),
            coverage: 100.0 * mean(said.iter().map(|(s, y)| f64::from(u8::from(s.covers(*y))))),
            score: mean(said.iter().map(|(s, y)| s.score(*y))),
            rms: 100.0 * mean(errors.iter().map(|e| e * e)).sqrt(),
            median: 100.0 * quantile(errors, 0.5),
        }
    }

    fn cells(&self) -> String {
        format!(
            "{} | {:.1} | {:.3} | {:.2} | {:.2}",
            self.cases, self.coverage, self.score, self.median, self.rms
        )
    }
}

const HEAD: &str = "cases | coverage, % | interval score | median error, % | RMS error, %";

fn said<'a>(cases: impl Iterator<Item = &'a Case>, method: Method) -> Vec<(Said, f64)> {
    cases
        .filter_map(|c| Some((*c.said.get(method.name())?, c.actual)))
        .collect()
}

fn methods(cases: &[Case]) -> String {
    let mut text = format!("| method | {HEAD} | abstained |\n|---|---|---|---|---|---|---|\n");
    for method in METHODS {
        let given = said(cases.iter(), method);
        let abstained = cases.len() - given.len();
        let _ = writeln!(
            text,
            "| {} | {} | {abstained} |",
            method.name(),
            Figures::of(&given).cells()
        );
    }
    text
}

fn set_names(cases: &[Case]) -> Vec<&str> {
    let mut names: Vec<&str> = cases.iter().map(|c| c.set.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn sets(cases: &[Case]) -> String {
    let mut text = format!("| set | method | {HEAD} |\n|---|---|---|---|---|---|---|\n");
    for set in set_names(cases) {
        for method in [Method::Calibrated, Method::Delta] {
            let given = said(cases.iter().filter(|c| c.set == set), method);
            let _ = writeln!(
                text,
                "| {set} | {} | {} |",
                method.name(),
                Figures::of(&given).cells()
            );
        }
    }
    text
}

fn distances(cases: &[Case]) -> String {
    let mut text =
        format!("| target ÷ largest run | method | {HEAD} |\n|---|---|---|---|---|---|---|\n");
    for (low, high) in BINS {
        let range = if high.is_finite() {
            format!("{low}–{high}")
        } else {
            format!("over {low}")
        };
        for method in [Method::Calibrated, Method::Delta] {
            let inside = cases.iter().filter(|c| low <= c.factor && c.factor < high);
            let given = said(inside, method);
            let _ = writeln!(
                text,
                "| {range} | {} | {} |",
                method.name(),
                Figures::of(&given).cells()
            );
        }
    }
    text
}

/// Log half-width at each knot in units of that at 90 %, from these cases.
fn ratios<'a>(cases: impl Iterator<Item = &'a Case>, method: Method) -> Vec<f64> {
    let z: Vec<f64> = said(cases, method).iter().map(|(s, y)| s.z(*y)).collect();
    let unit = quantile(z.clone(), 0.9);
    KNOTS
        .iter()
        .map(|level| quantile(z.clone(), *level) / unit)
        .collect()
}

/// Coverage at other levels: with the table as committed, and with one made without the set scored.
fn levels(cases: &[Case]) -> String {
    let mut text =
        "| level | coverage, % | coverage with the table made without the set, % |\n|---|---|---|\n".to_owned();
    for (k, level) in LEVELS.iter().enumerate() {
        let held = cases
            .iter()
            .map(|c| f64::from(u8::from(c.levels[k].covers(c.actual))));
        let mut apart = Vec::new();
        for set in set_names(cases) {
            let table = ratios(cases.iter().filter(|c| c.set != set), Method::Calibrated);
            let ratio = KNOTS
                .iter()
                .position(|knot| knot == level)
                .map_or(1.0, |i| table[i]);
            let inside = said(cases.iter().filter(|c| c.set == set), Method::Calibrated);
            apart.extend(
                inside
                    .iter()
                    .map(|(s, y)| f64::from(u8::from(s.scaled(ratio).covers(*y)))),
            );
        }
        let _ = writeln!(
            text,
            "| {:.0} % | {:.1} | {:.1} |",
            100.0 * level,
            100.0 * mean(held),
            100.0 * mean(apart.into_iter())
        );
    }
    text
}

/// The table of half-widths as Rust source.
fn write_levels(cases: &[Case], check: bool) -> Result<()> {
    let mut text = format!(
        "//! Generated by `cargo run --release -p studies --bin calibration` from {} published\n\
         //! extrapolations (`docs/calibration.md` says which): quantiles of the error in half-widths of the\n\
         //! 90 % interval, divided by their 90 % quantile.\n\n\
         /// Levels, ascending.\npub(super) const LEVELS: [f64; {}] = {:?};\n",
        cases.len(),
        KNOTS.len(),
        KNOTS
    );
    let mut numbers = Vec::new();
    for method in FREE {
        let ratios = ratios(cases.iter(), method);
        let list: Vec<String> = ratios.iter().map(|r| format!("{r:.4}")).collect();
        let name = method.name().to_ascii_uppercase();
        let _ = write!(
            text,
            "\n/// Log half-widths of the {} interval at these levels in units of that at 90 %.\n\
             #[rustfmt::skip]\npub(super) const {name}: [f64; {}] = [{}];\n",
            method.name(),
            KNOTS.len(),
            list.join(", ")
        );
        numbers.extend(ratios);
    }
    let path = studies::root().join(TABLE);
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    let cells = |text: &str| text.replace([',', '[', ']', ';'], "|");
    if studies::agree(&cells(&there), &cells(&text), LEVELS_STALE) {
        return Ok(());
    }
    if !check {
        return studies::write(&path, text.as_bytes());
    }
    Err(
        Error::new(ErrorKind::Data, "the half-widths at other levels are stale")
            .at(TABLE, None, None)
            .with_hint("run: cargo run --release -p studies --bin calibration"),
    )
}
