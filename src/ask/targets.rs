//! Targets for the series of a table, which may come from a table with one row per target.

use super::CURVE;
use super::came_true::held_out;
use super::forecast::{ForecastAnswer, ForecastRequest, Withheld};
use super::size::{each_once, same_number, same_size, target};
use super::{LEVEL, usage};
use crate::error::{Error, Result};
use crate::fit::FitResult;
use crate::progress::Silent;
use crate::remedy::Setting;
use crate::runs::Dataset;
use crate::size::Size;
use crate::tables::{TargetRow, read_targets};
use std::collections::{HashMap, HashSet};

/// The code of a target whose series has no rows.
pub const NO_RUNS: &str = "no-runs";
/// The code of a target that is not a number.
pub const NO_TARGET: &str = "no-target";

/// Which targets are asked of which series.
#[derive(Debug, Clone)]
pub enum Targets {
    /// The same targets for every series.
    Same(Vec<Size>),
    /// The held-out runs of each series.
    HeldOut,
    /// The targets in the rows of a table.
    Rows {
        /// The rows.
        rows: Vec<TargetRow>,
        /// The indices of the rows of each series.
        places: HashMap<String, Vec<usize>>,
    },
}

/// A target, or why it has none.
type Asked = std::result::Result<f64, Withheld>;

impl Targets {
    /// The same targets for every series.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there are none.
    pub fn same(sizes: &[Size]) -> Result<Targets> {
        match sizes.is_empty() {
            true => Err(usage("there is nothing to forecast for each series")
                .with_hint("give targets for all series, or a table with targets for each of them")
                .with_remedy(Setting::At)
                .with_remedy(Setting::Targets)),
            false => Ok(Targets::Same(each_once(sizes.iter().copied(), same_size))),
        }
    }

    /// The targets of a table that has the columns `by` and a column of sizes.
    ///
    /// # Errors
    /// When the table cannot be read or lacks a column.
    pub fn read(table: &[u8], name: &str, by: &str, request: &ForecastRequest) -> Result<Targets> {
        let options = request.table.options(Some(&*request.fit.law_or(CURVE)?))?;
        let rows = read_targets(table, name, by, &options)?;
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (k, row) in rows.iter().enumerate() {
            places.entry(row.series.clone()).or_default().push(k);
        }
        Ok(Targets::Rows { rows, places })
    }

    /// Whether the series has a target.
    #[must_use]
    pub fn wants(&self, series: &str) -> bool {
        match self {
            Targets::Same(_) | Targets::HeldOut => true,
            Targets::Rows { places, .. } => places.contains_key(series),
        }
    }

    /// The targets of a series with this fit.
    fn of_fit(&self, series: &str, fit: &FitResult) -> Vec<Asked> {
        let Targets::HeldOut = self else {
            return self.of(series, fit.largest_fitted());
        };
        let sizes = held_out(fit);
        match sizes.is_empty() {
            false => sizes.into_iter().map(Ok).collect(),
            true => self.of(series, fit.largest_fitted()),
        }
    }

    /// The targets of a series, given its largest fitted run; held-out runs are not known here. One
    /// bad row does not affect the others.
    #[must_use]
    pub fn of(&self, series: &str, largest: f64) -> Vec<Asked> {
        let none = |error: Error| Withheld {
            code: NO_TARGET.to_owned(),
            reason: error.to_string(),
        };
        match self {
            Targets::Same(sizes) => {
                let all = sizes
                    .iter()
                    .map(|size| target(*size, largest).map_err(none));
                each_once(
                    all,
                    |a, b| matches!((a, b), (Ok(a), Ok(b)) if same_number(a, b)),
                )
            }
            Targets::HeldOut => vec![Err(Withheld {
                code: NO_TARGET.to_owned(),
                reason: "no run of this series is held out".to_owned(),
            })],
            Targets::Rows { rows, places } => {
                let own = places.get(series).into_iter().flatten();
                own.map(|k| rows[*k].compute(largest).map_err(none))
                    .collect()
            }
        }
    }

    /// The errors of the targets that are not numbers.
    pub fn without_a_number(&self) -> impl Iterator<Item = Error> {
        let rows = match self {
            Targets::Same(_) | Targets::HeldOut => &[][..],
            Targets::Rows { rows, .. } => &rows[..],
        };
        rows.iter().filter_map(|row| row.compute(f64::NAN).err())
    }

    /// The first target of each series without runs.
    pub fn unknown<'a>(
        &'a self,
        known: &'a HashSet<String>,
    ) -> impl Iterator<Item = &'a TargetRow> {
        let (rows, places) = match self {
            Targets::Same(_) | Targets::HeldOut => (&[][..], None),
            Targets::Rows { rows, places } => (&rows[..], Some(places)),
        };
        rows.iter().enumerate().filter_map(move |(k, row)| {
            let first = places?.get(&row.series)?.first() == Some(&k);
            (first && !known.contains(&row.series)).then_some(row)
        })
    }

    /// The results of all targets, by series or in the order of the table of targets.
    #[must_use]
    pub fn in_order<T: Clone>(&self, made: Vec<(String, Vec<T>)>) -> Vec<T> {
        match self {
            Targets::Same(_) | Targets::HeldOut => {
                made.into_iter().flat_map(|(_, of)| of).collect()
            }
            Targets::Rows { rows, places } => {
                let mut placed: Vec<Option<T>> = vec![None; rows.len()];
                for (series, of) in made {
                    let own = places.get(&series).into_iter().flatten();
                    for (k, one) in own.zip(of) {
                        placed[*k] = Some(one);
                    }
                }
                placed.into_iter().flatten().collect()
            }
        }
    }
}

impl ForecastRequest {
    /// Answers for one series at its own targets.
    ///
    /// # Errors
    /// As for [`ForecastRequest::of`].
    #[doc(hidden)]
    pub fn of_series(
        &self,
        series: &str,
        data: &Dataset,
        targets: &Targets,
    ) -> Result<ForecastAnswer> {
        let fit = self.fit.fit_for(CURVE, data)?.level(LEVEL).run(data)?;
        let asked = targets.of_fit(series, &fit);
        self.at_targets(fit, asked, &Silent)
    }
}
