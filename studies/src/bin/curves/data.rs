//! The published curves: two sizes under nine schedules.

use scalewise::internal::{CurvePoint, RecipeRun, Schedule};
use scalewise::{Error, ErrorKind, Result};
use std::path::PathBuf;

/// A run of the published curves.
#[derive(Debug, Clone)]
pub struct Curve {
    pub size: String,
    pub schedule: String,
    pub train: bool,
    pub points: Vec<CurvePoint>,
}

/// The folder of data that are not part of this repository.
pub fn corpus() -> PathBuf {
    let folder = std::env::var_os("SCALEWISE_CORPUS").map(PathBuf::from);
    folder.unwrap_or_else(|| studies::root().join("../shared"))
}

/// The curves of a file with the columns size, schedule, step, lr, loss and split.
pub fn curves(path: &std::path::Path) -> Result<Vec<Curve>> {
    let name = path.display().to_string();
    let fault = |what: String| Error::new(ErrorKind::Data, what).at(&name, None, None);
    let mut reader = csv::Reader::from_path(path).map_err(|e| fault(e.to_string()))?;
    let mut curves: Vec<Curve> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|e| fault(e.to_string()))?;
        let cell = |k: usize| row.get(k).unwrap_or("");
        let number = |k: usize| {
            let value = cell(k).parse::<f64>();
            value.map_err(|_| fault(format!("'{}' is not a number", cell(k))))
        };
        let point = CurvePoint {
            step: number(2)?,
            loss: number(4)?,
            lr: Some(number(3)?),
        };
        match curves.last_mut() {
            Some(c) if c.size == cell(0) && c.schedule == cell(1) => c.points.push(point),
            _ => curves.push(Curve {
                size: cell(0).to_owned(),
                schedule: cell(1).to_owned(),
                train: cell(5) == "train",
                points: vec![point],
            }),
        }
    }
    Ok(curves)
}

/// The largest learning rate of the published curves.
pub const PEAK: f64 = 3e-4;

/// A complete curve as the library takes it, with the warm-up of 2,160 steps before its log.
pub fn run(curve: &Curve) -> RecipeRun {
    RecipeRun {
        size: None,
        name: curve.schedule.clone(),
        points: curve.points.clone(),
        schedule: schedule(curve).ok(),
    }
}

/// The rates of a curve, with its warm-up before its log.
pub fn schedule(curve: &Curve) -> Result<Schedule> {
    let mut table = vec![(0.0, 0.0), (2160.0, PEAK)];
    let logged = curve.points.iter().filter(|p| p.step > 2160.0);
    for (step, lr) in logged.filter_map(|p| Some((p.step, p.lr?))) {
        // The rate of a row holds from the row on, so it jumps there.
        let before = table.last().map_or(lr, |p| p.1);
        if before - lr > 0.1 * PEAK {
            table.push((step - 0.01, before));
        }
        table.push((step, lr));
    }
    Schedule::table(table)
}
