//! The optimum of every cell of a sweep, and laws of these optima.

use super::cells_answer::{Cell, CellsAnswer};
use super::optimum_answer::{OptimumAnswer, OptimumValue};
use super::series::by as of_series;
use super::{LEVELS, LawChoice, OptimumRequest, PointsRequest, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::law::TypedLaw;
use crate::progress::Progress;
use crate::quantity::parse_quantity;
use crate::runs::{Dataset, Series};
use crate::text::{list, quoted};
use std::collections::BTreeMap;

/// The separator between the values in a cell's name.
const BETWEEN: &str = " / ";

/// What is asked of the cells of a sweep.
#[derive(Debug, Clone)]
pub struct Cells {
    /// What is asked of each.
    pub each: OptimumRequest,
    /// The columns that name the cells, separated by commas.
    pub by: String,
    /// Laws of the optima over these columns, such as `lr = k*params^a*tokens^b`.
    pub then: Vec<String>,
    /// Points at which these laws are evaluated.
    pub at: Vec<BTreeMap<String, f64>>,
}

impl Cells {
    /// The optimum of every cell, and the laws of these optima. An optimum is weighted by its
    /// standard error; cells without an interval are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a law of something that is not a free column; [`ErrorKind::Data`]
    /// if a law is asked for and the values of a column that names cells are not numbers.
    pub fn of(&self, series: Vec<Series<Dataset>>, progress: &dyn Progress) -> Result<CellsAnswer> {
        let names: Vec<String> = self.by.split(',').map(|n| n.trim().to_owned()).collect();
        let made = of_series(series, progress, |_, data| {
            self.each.of_fit(self.each.fitted(&data)?)
        })?;
        let cells: Vec<Cell> = made
            .into_iter()
            .map(|one| Cell {
                name: one.series,
                reason: (!one.reason.is_empty()).then_some(one.reason),
                optimum: one.result,
            })
            .collect();
        let laws = self.then.iter().map(|law| self.law(law, &names, &cells));
        Ok(CellsAnswer {
            by: self.by.clone(),
            laws: laws.collect::<Result<_>>()?,
            cells,
        })
    }

    /// A law of the optima of one free column.
    fn law(&self, law: &str, names: &[String], cells: &[Cell]) -> Result<super::PointsAnswer> {
        let outcomes = TypedLaw::outcomes_of(law)?;
        let free = |cell: &Cell| {
            cell.optimum
                .as_ref()
                .and_then(|o| of(o, &outcomes[0]).cloned())
        };
        let found: Vec<(&Cell, OptimumValue)> = cells
            .iter()
            .filter_map(|cell| Some((cell, free(cell)?)))
            .collect();
        if found.is_empty() && cells.iter().any(|cell| cell.optimum.is_some()) {
            let message = format!(
                "{} is none of the columns that are searched",
                quoted(&outcomes[0])
            );
            return Err(usage(message).with_hint("name the outcome of the law as the free column"));
        }
        let (mut values, mut sigma) = (Vec::new(), Vec::new());
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
        for (cell, value) in &found {
            let (Some(_), Some(error)) = (value.interval, value.log_error) else {
                continue;
            };
            let own: Vec<&str> = cell.name.split(BETWEEN).collect();
            if own.len() != names.len() {
                return Err(no_number(&cell.name, names));
            }
            for (column, text) in columns.iter_mut().zip(own) {
                column.push(parse_quantity(text).map_err(|_| no_number(text, names))?);
            }
            values.push(value.value);
            sigma.push(value.value * error);
        }
        if values.is_empty() {
            let message = "no cell has an optimum with an interval";
            return Err(Error::new(ErrorKind::NoFit, message)
                .with_hint("ask without a law of the optima to see why"));
        }
        let mut data = Dataset::of_columns(&values)?.sigma(&sigma)?;
        for (name, column) in names.iter().zip(&columns) {
            data = data.column(name, column)?;
        }
        PointsRequest::default()
            .fit(LawChoice::default().law(law))
            .at(self.at.iter().cloned())
            .levels(LEVELS)
            .force(self.each.is_forced())
            .of(&data)
    }
}

/// A free column at the single optimum of a cell.
fn of<'a>(optimum: &'a OptimumAnswer, name: &str) -> Option<&'a OptimumValue> {
    let mut values = optimum.found.first()?.values.iter();
    values.find(|value| value.name == name)
}

fn no_number(text: &str, names: &[String]) -> Error {
    let message = format!(
        "a law of the optima needs numbers in {}, and one is {}",
        list(names.iter().map(String::as_str)),
        quoted(text)
    );
    Error::new(ErrorKind::Data, message).with_hint("tell cells apart by columns of numbers")
}
