//! The optimum of every cell of a sweep, and laws of these optima: the answer.

use super::{OptimumAnswer, PointsAnswer, Trust};
use serde::Serialize;

/// One cell of a sweep.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The values of the columns that name the cell.
    pub(crate) name: String,
    /// Why there is no optimum.
    pub(crate) reason: Option<String>,
    pub(crate) optimum: Option<OptimumAnswer>,
}

/// The optima of the cells of a sweep, and laws of them.
#[derive(Debug, Clone)]
pub struct CellsAnswer {
    pub(crate) by: String,
    pub(crate) cells: Vec<Cell>,
    pub(crate) laws: Vec<PointsAnswer>,
}

impl CellsAnswer {
    /// How far it can be relied on: as far as its laws, or without laws as far as every cell.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let of_cell = |cell: &Cell| cell.optimum.as_ref().map_or(Trust::Refused, |o| o.trust());
        match self.laws.is_empty() {
            true => Trust::of_all(self.cells.iter().map(of_cell)),
            false => Trust::of_all(self.laws.iter().map(PointsAnswer::trust)),
        }
    }
}

#[derive(Serialize)]
struct CellJson<'a> {
    cell: &'a str,
    reason: Option<&'a str>,
    optimum: Option<&'a OptimumAnswer>,
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    by: &'a str,
    cells: Vec<CellJson<'a>>,
    laws: &'a [PointsAnswer],
}

serialized!(CellsAnswer, |answer| {
    let cells = answer.cells.iter().map(|cell| CellJson {
        cell: &cell.name,
        reason: cell.reason.as_deref(),
        optimum: cell.optimum.as_ref(),
    });
    Json {
        format: "scalewise.cells",
        version: 1,
        by: &answer.by,
        cells: cells.collect(),
        laws: &answer.laws,
    }
});
