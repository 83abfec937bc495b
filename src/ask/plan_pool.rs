//! The runs that could be trained, and their costs.

use super::plan_points::{Names, points};
use super::plan_request::PlanRequest;
use super::points::variables_of;
use super::usage;
use crate::error::Result;
use crate::fit::{FitResult, argument};
use crate::formula::Expression;
use crate::law::Input;
use crate::plan::{Candidate, Place};
use crate::runs::Excluded;
use crate::text::{list, quoted};

/// The number of rungs if the request names none.
const OWN_RUNGS: usize = 12;
/// Such rungs end at this share of the target at the latest.
const BELOW_TARGET: f64 = 0.5;
/// The default column of costs in a table of candidates.
const COST: &str = "cost";

/// A row of a table of candidates: its line, and its arguments and cost or an error.
type Row = (u64, std::result::Result<(Vec<f64>, f64), String>);

/// The candidates, and the rows of their table that are unusable.
pub(super) struct Pool {
    pub(super) candidates: Vec<Candidate>,
    pub(super) excluded: Vec<Excluded>,
}

/// The cost of a run, from the columns of the law.
enum Cost {
    Product {
        factor: f64,
        places: Vec<usize>,
    },
    Formula {
        formula: Expression,
        places: Vec<usize>,
    },
}

impl Cost {
    fn of(&self, x: &[f64]) -> f64 {
        match self {
            Cost::Product { factor, places } => {
                factor * places.iter().map(|k| x[*k]).product::<f64>()
            }
            Cost::Formula { formula, places } => {
                let used: Vec<f64> = places.iter().map(|k| x[*k]).collect();
                formula.value(&used)
            }
        }
    }
}

/// The names of the columns of a law, as points use them.
pub(super) fn names_of(fit: &FitResult) -> Names {
    let law = fit.law();
    let one = law.inputs() == [Input::Compute];
    Names {
        names: variables_of(law),
        variable: fit.variable(),
        largest: one.then(|| fit.largest_fitted()),
    }
}

/// The arguments of each fitted run, in canonical order.
pub(super) fn fitted(fit: &FitResult) -> Vec<Vec<f64>> {
    let law = fit.law();
    let of = |run: &crate::runs::Run| {
        let inputs = law.inputs().iter().map(|input| argument(law, *input, run));
        inputs.collect::<Option<Vec<f64>>>()
    };
    fit.runs_in_order().into_iter().filter_map(of).collect()
}

impl PlanRequest {
    /// The runs that could be trained in addition to the fitted ones.
    pub(super) fn pool(&self, fit: &FitResult, targets: &[Vec<f64>]) -> Result<Pool> {
        let (names, fitted) = (names_of(fit), fitted(fit));
        let own = self.cost_of(fit, &names);
        let mut pool = Pool {
            candidates: Vec::new(),
            excluded: Vec::new(),
        };
        let candidate = |x: Vec<f64>, cost: f64, line: Option<u64>| Candidate {
            place: Place::of(&x, &fitted),
            repeatable: line.is_none(),
            x,
            cost,
            line,
        };
        if let Some(text) = &self.candidates {
            for (line, read) in self.rows(text, fit, &names, own.as_ref().ok())? {
                match read {
                    Ok((x, cost)) => pool.candidates.push(candidate(x, cost, Some(line))),
                    Err(reason) => pool.excluded.push(Excluded { line, reason }),
                }
            }
        }
        let mut points = points("grid", &self.grid, &names)?;
        let nothing = self.candidates.is_none() && self.grid.is_empty();
        if nothing {
            points = self.own_rungs(fit, targets)?;
        }
        let needs_cost = !points.is_empty() || nothing;
        let cost = match own {
            Ok(cost) => Some(cost),
            Err(error) if needs_cost => return Err(error),
            Err(_) => None,
        };
        if let Some(cost) = cost {
            // Another seed of a fitted run is a candidate, too.
            let seeds = if self.no_seeds { &[][..] } else { &fitted };
            let made = points.iter().chain(seeds);
            let mut known: Vec<&[f64]> = Vec::new();
            for x in made {
                let listed = pool.candidates.iter().any(|c| c.x == *x);
                if !(known.contains(&x.as_slice()) || listed && fitted.contains(x)) {
                    known.push(x);
                }
            }
            let known = known
                .into_iter()
                .filter(|x| !self.no_seeds || !fitted.iter().any(|run| run == x));
            let more: Vec<Candidate> = known
                .map(|x| candidate(x.to_vec(), cost.of(x), None))
                .collect();
            pool.candidates.extend(more);
        }
        let paid = |c: &Candidate| c.cost > 0.0 && c.cost.is_finite();
        if let Some(bad) = pool.candidates.iter().find(|c| !paid(c)) {
            let at: Vec<String> = bad.x.iter().map(f64::to_string).collect();
            return Err(usage(format!(
                "the cost of the candidate at {} is {}, not a positive number",
                at.join(", "),
                bad.cost
            ))
            .with_hint("give a column or a formula of costs that are positive"));
        }
        Ok(pool)
    }

    /// Rungs evenly spaced in ln C, from the smallest fitted run to the largest affordable one.
    fn own_rungs(&self, fit: &FitResult, targets: &[Vec<f64>]) -> Result<Vec<Vec<f64>>> {
        if fit.law().inputs() != [Input::Compute] || !fit.variable().is_compute() {
            return Err(usage("there are no runs to choose from")
                .with_hint("give a table of candidates, or a grid such as N=1e8..1e9x4,D=2B"));
        }
        let nearest = targets.iter().map(|t| t[0]).fold(f64::INFINITY, f64::min);
        let low = fit.smallest_fitted();
        let high = self.budget.min(BELOW_TARGET * nearest);
        if high <= low {
            return Ok(Vec::new());
        }
        let step = (high / low).ln() / (OWN_RUNGS - 1) as f64;
        let rung = |k: usize| match k {
            0 => low,
            k if k + 1 == OWN_RUNGS => high,
            k => low * (step * k as f64).exp(),
        };
        Ok((0..OWN_RUNGS).map(|k| vec![rung(k)]).collect())
    }

    /// The cost of a run: the given formula, or C, or 6ND.
    fn cost_of(&self, fit: &FitResult, names: &Names) -> Result<Cost> {
        let law = fit.law();
        if let Some(text) = self.cost.as_deref().filter(|text| !is_name(text)) {
            let columns: Vec<&str> = names.names.iter().map(String::as_str).collect();
            let formula = Expression::parse("cost", text)?;
            let place = |name: &String| names.names.iter().position(|known| known == name);
            let used = formula.names();
            let unknown = used.iter().filter(|name| place(name).is_none()).cloned();
            let unknown: Vec<String> = unknown.collect();
            if !unknown.is_empty() {
                let message = format!(
                    "the cost {} speaks of {}, which the law does not know",
                    quoted(text),
                    list(unknown.iter().map(String::as_str))
                );
                let hint = format!("the columns of the law are {}", list(columns));
                return Err(usage(message).with_hint(hint));
            }
            let places = used.iter().filter_map(place).collect();
            return Ok(Cost::Formula { formula, places });
        }
        let place = |input: Input| law.inputs().iter().position(|own| *own == input);
        let known = match (
            place(Input::Compute),
            place(Input::Params),
            place(Input::Tokens),
        ) {
            (Some(c), ..) if fit.variable().is_compute() => Some((1.0, vec![c])),
            (_, Some(n), Some(d)) => Some((6.0, vec![n, d])),
            _ => None,
        };
        let (factor, places) = known.ok_or_else(|| {
            usage("nothing says what a run costs").with_hint(
                "give a formula of the columns of the law, such as 6*N*D, or a table of candidates \
                 with a column of costs",
            )
        })?;
        Ok(Cost::Product { factor, places })
    }

    /// The rows of the table of candidates: the line, and arguments and cost or an error.
    #[cfg(feature = "tables")]
    fn rows(
        &self,
        text: &str,
        fit: &FitResult,
        names: &Names,
        own: Option<&Cost>,
    ) -> Result<Vec<Row>> {
        let options = self.table.options(Some(fit.law()))?;
        let read = |variables: &[String]| {
            crate::tables::read_points(text.as_bytes(), "candidates", None, variables, &options)
        };
        let column = match self.cost.as_deref() {
            Some(name) if is_name(name) => Some(name),
            Some(_) => None,
            None => Some(COST),
        };
        let variables = &names.names;
        let with_cost = column.map(|name| {
            let mut all = variables.clone();
            all.push(name.to_owned());
            read(&all)
        });
        let rows = match (with_cost, own) {
            (Some(Ok(rows)), _) => rows,
            // Without a column of costs, the cost follows from the columns of the law.
            (Some(Err(_)), Some(_)) if self.cost.is_none() => read(variables)?,
            (Some(Err(error)), _) => return Err(error),
            (None, _) => read(variables)?,
        };
        let of = |row: &crate::tables::PointRow| {
            let values = row.values().map_err(|e| e.message().to_owned())?;
            let x: Option<Vec<f64>> = variables.iter().map(|n| values.get(n).copied()).collect();
            let x = x.ok_or_else(|| "a value is missing".to_owned())?;
            let cost = column.and_then(|name| values.get(name).copied());
            let cost = cost.or_else(|| own.map(|own| own.of(&x)));
            match cost.filter(|cost| *cost > 0.0 && cost.is_finite()) {
                Some(cost) => Ok((x, cost)),
                None => Err("its cost is not a positive number".to_owned()),
            }
        };
        Ok(rows.iter().map(|row| (row.line, of(row))).collect())
    }

    #[cfg(not(feature = "tables"))]
    fn rows(&self, _: &str, _: &FitResult, _: &Names, _: Option<&Cost>) -> Result<Vec<Row>> {
        Err(usage("a table of candidates needs the feature 'tables'"))
    }
}

/// Whether a cost is a column's name and not a formula.
fn is_name(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.chars().all(word) && !text.starts_with(|c: char| c.is_ascii_digit())
}
