//! The published curves, and the forecasts of each method.

use crate::figures::Said;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scalewise::internal::Anatomy;
use scalewise::law::{Power, Saturating};
use scalewise::runs::CurveKind;
use scalewise::{Dataset, Error, ErrorKind, Fit, FitResult, Kind, Method, Result, Target};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// Levels at which the calibrated interval is scored.
pub const LEVELS: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.99];

/// The two folders of curves.
const FOLDERS: [&str; 2] = ["extrapolation_dev", "extrapolation_kinds"];

/// One extrapolation.
pub struct Case {
    /// Short name of its set of measurements.
    pub set: String,
    /// The publication; all its sets are left out together.
    pub source: String,
    /// Its name in the tables.
    pub kind: &'static str,
    pub curve: CurveKind,
    /// Whether the learning rate decays towards the end of the run.
    pub decays: bool,
    pub factor: f64,
    /// ln of the outcome.
    pub actual: f64,
    /// The forecasts at 90 %, by method.
    pub said: HashMap<&'static str, Said>,
    /// Calibrated at `LEVELS`.
    pub levels: Vec<Said>,
    /// ln of the points of single laws and of the members.
    pub points: BTreeMap<&'static str, f64>,
    /// The parts of the calibrated interval.
    pub anatomy: Option<Anatomy>,
}

/// A case as published.
struct Published {
    folder: &'static str,
    case: String,
    set: String,
    source: String,
    kind: &'static str,
    curve: CurveKind,
    decays: bool,
    compute: f64,
    loss: f64,
}

/// All of them, in the order of the files.
pub fn cases() -> Result<Vec<Case>> {
    let mut runs = HashMap::new();
    let mut published = Vec::new();
    for folder in FOLDERS {
        read_runs(folder, &mut runs)?;
        published.extend(read_targets(folder)?);
    }
    published
        .par_iter()
        .map(|case| {
            let runs = runs.get(&(case.folder, case.case.clone()));
            said(case, runs.map_or(&[][..], Vec::as_slice))
        })
        .collect()
}

fn file(folder: &str, name: &str) -> Result<csv::Reader<std::fs::File>> {
    let corpus = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    let path = PathBuf::from(corpus).join("data").join(folder).join(name);
    csv::Reader::from_path(path).map_err(bad)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn bad(error: csv::Error) -> Error {
    Error::new(ErrorKind::Data, error.to_string())
}

type Runs = HashMap<(&'static str, String), Vec<(f64, f64)>>;

fn read_runs(folder: &'static str, runs: &mut Runs) -> Result<()> {
    for row in file(folder, "runs.csv")?.deserialize() {
        let (case, compute, loss): (String, f64, f64) = row.map_err(bad)?;
        let own: &mut Vec<(f64, f64)> = runs.entry((folder, case)).or_default();
        own.push((compute, loss));
    }
    Ok(())
}

fn read_targets(folder: &'static str) -> Result<Vec<Published>> {
    let mut all = Vec::new();
    for row in file(folder, "targets.csv")?.deserialize() {
        let row: HashMap<String, String> = row.map_err(bad)?;
        let text = |name: &str| row.get(name).cloned().unwrap_or_default();
        let number = |name: &str| {
            let message = format!("{folder}: no number {name}");
            let found = text(name).parse::<f64>();
            found.map_err(|_| Error::new(ErrorKind::Data, message))
        };
        let (kind, curve) = kind_of(&text("kind"));
        let source = match text("source") {
            named if !named.is_empty() => named,
            // In the first folder each set is a source.
            _ => text("set"),
        };
        all.push(Published {
            folder,
            case: text("case"),
            set: text("set"),
            source,
            kind,
            curve,
            decays: text("lr_drops") == "1",
            compute: number("compute")?,
            loss: number("loss")?,
        });
    }
    Ok(all)
}

/// The name of a kind in the tables, and the kind as which its curves are read. Curves of unknown
/// kind are read as ladders, like a table with a column of compute.
fn kind_of(name: &str) -> (&'static str, CurveKind) {
    match name {
        "size-ladder" => ("size ladder", CurveKind::Ladder),
        "data-ladder" => ("data ladder", CurveKind::Ladder),
        "training-run" => ("training run", CurveKind::TrainingRun),
        "training-set-size" => ("data-set size", CurveKind::DatasetSize),
        "samples-k" => ("samples", CurveKind::Samples),
        _ => ("unknown", CurveKind::Ladder),
    }
}

fn said(case: &Published, runs: &[(f64, f64)]) -> Result<Case> {
    let data = Dataset::from_runs(runs.to_vec())?.of_kind(case.curve);
    let fit = Fit::new(Saturating).run(&data)?;
    let forecast = |methods: &[Method], levels: &[f64]| {
        fit.forecast(Target::at(case.compute))
            .levels(levels)
            .kinds(&[Kind::Prediction])
            .methods(methods)
            .force(true)
            .run()
    };
    let all = forecast(&Method::DETERMINISTIC, &[0.9])?;
    let by = |f: &scalewise::forecast::Forecast, method: Method, level: f64| {
        let interval = f.interval(method, level, Kind::Prediction)?;
        Some(Said::of([
            interval.lower,
            f.point_of(method)?,
            interval.upper,
        ]))
    };
    let at_levels = forecast(&[Method::Calibrated], &LEVELS)?;
    let mut points: BTreeMap<&'static str, f64> =
        all.members.iter().map(|m| (m.name, m.point.ln())).collect();
    let at = |fit: &FitResult| fit.predict(&[case.compute]).ln();
    points.insert("saturating", at(&fit));
    points.insert("power", at(&Fit::new(Power).run(&data)?));
    points.insert("recommended", all.point.ln());
    Ok(Case {
        set: case.set.clone(),
        source: case.source.clone(),
        kind: case.kind,
        curve: case.curve,
        decays: case.decays,
        factor: all.extrapolation,
        actual: case.loss.ln(),
        said: Method::DETERMINISTIC
            .into_iter()
            .filter_map(|m| Some((m.name(), by(&all, m, 0.9)?)))
            .collect(),
        levels: LEVELS
            .iter()
            .filter_map(|level| by(&at_levels, Method::Calibrated, *level))
            .collect(),
        points,
        anatomy: Anatomy::of(&fit, case.compute),
    })
}

impl Case {
    /// Its row in the tables by set.
    pub fn row(&self) -> (&'static str, String) {
        let decays = if self.decays { ", decaying rate" } else { "" };
        (self.kind, format!("{}{decays}", self.set))
    }

    /// The calibrated interval.
    pub fn calibrated(&self) -> Option<(Said, f64)> {
        Some((*self.said.get(Method::Calibrated.name())?, self.actual))
    }
}
