//! The point at which a law of any columns is lowest.

use super::law::LawChoice;
use super::optimum_answer::{OptimumAnswer, OptimumAt, OptimumValue};
use super::optimum_standing::{Share, Split};
use super::points::name_of;
use super::table::{RunTable, is_default};
use super::{Ask, CURVE, LEVEL, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, FitResult, argument};
use crate::forecast::{Costs, Lowest, NoLowest, delta_at};
use crate::formula::Expression;
use crate::interval::{Kind, check_levels};
use crate::law::Law;
use crate::progress::Progress;
use crate::runs::{Dataset, Run};
use crate::text::{list, quoted};
use std::collections::BTreeMap;

/// Free columns are searched from their smallest fitted value divided by this to their largest
/// times this, and farther for costs beyond those of the runs.
const BEYOND: f64 = 1e3;
/// Most free directions of a search.
const MOST: usize = 3;

request!(
    /// Asks for the values of some columns at which a law is lowest, such as a learning rate and a
    /// batch size, or parameters and tokens at a given cost.
    ///
    /// The intervals are confidence intervals by the delta method: they hold if the law is exactly
    /// right.
    ///
    /// ```
    /// use scalewise::{Dataset, ask::{LawChoice, OptimumRequest}};
    /// let (lr, mut loss) = ([1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2], Vec::new());
    /// for (k, lr) in lr.iter().enumerate() {
    ///     let wobble = if k % 2 == 0 { 1e-3 } else { -1e-3 };
    ///     loss.push(2.0 + 0.1 * (lr / 2e-3_f64).ln().powi(2) + wobble);
    /// }
    /// let data = Dataset::of_columns(&loss)?.column("lr", &lr)?;
    /// let answer = OptimumRequest::default()
    ///     .fit(LawChoice::default().law("L(lr) = c + k*(ln(lr) - m)^2"))
    ///     .free(["lr"])
    ///     .of(&data)?;
    /// let best = &answer.found()[0].values()[0];
    /// let (lower, upper) = best.interval().unwrap();
    /// assert!(lower < 2e-3 && 2e-3 < upper && (best.value() / 2e-3).ln().abs() < 0.1);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct OptimumRequest of Dataset, OptimumAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// The columns that are free; the default is those of the cost.
        [texts] free: Vec<String>,
        /// Values of the other columns, one or several sets; C, N, D and U are compute, parameters,
        /// tokens and unique tokens.
        [list BTreeMap<String, f64>] at: Vec<BTreeMap<String, f64>>,
        /// What a run costs, as a formula of columns such as `6*N*D`.
        #[serde(skip_serializing_if = "is_default")]
        [into] cost: Option<String>,
        /// Largest costs of a run; each has its own optimum.
        [list f64] budget: Vec<f64>,
        /// Level of the intervals.
        level: f64 = LEVEL,
        /// Give numbers even if a finding refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

impl OptimumRequest {
    /// Answers for a law that is already fitted.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a column is not one of the law, is neither free nor held, or a
    /// formula, a budget or a level is invalid; [`ErrorKind::Data`] when a free column is not
    /// positive in all runs.
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult) -> Result<OptimumAnswer> {
        check_levels(&[self.level])?;
        let asked = Asked::new(self, &fit)?;
        let (mut found, mut withheld) = (Vec::new(), Vec::new());
        let on_one_line = asked.on_one_line();
        let budgets: Vec<Option<f64>> = match self.budget.is_empty() {
            true => vec![None],
            false => self.budget.iter().copied().map(Some).collect(),
        };
        let is_given = (fit.refusal().is_none() && on_one_line.is_none()) || self.force;
        for held in &asked.held {
            for budget in &budgets {
                match is_given {
                    true => found.push(asked.found(held, *budget)?),
                    false => withheld.push(((*held).clone(), *budget)),
                }
            }
        }
        Ok(OptimumAnswer {
            fit,
            level: self.level,
            found,
            on_one_line,
            force: self.force,
            withheld,
        })
    }

    /// Whether numbers are given although a finding refuses them.
    pub(super) fn is_forced(&self) -> bool {
        self.force
    }

    /// Only the fit.
    ///
    /// # Errors
    /// As for [`FitRequest`](super::FitRequest).
    #[doc(hidden)]
    pub fn fitted(&self, data: &Dataset) -> Result<FitResult> {
        self.fit.fit_for(CURVE, data)?.run(data)
    }
}

/// A request that was checked against a fit.
struct Asked<'a> {
    fit: &'a FitResult,
    level: f64,
    names: Vec<&'a str>,
    /// The indices of the free columns.
    free: Vec<usize>,
    /// Their smallest and largest fitted values.
    ranges: Vec<(f64, f64)>,
    cost: Option<(Expression, Vec<usize>)>,
    held: Vec<&'a BTreeMap<String, f64>>,
}

/// The empty set of held columns.
static NOTHING: BTreeMap<String, f64> = BTreeMap::new();

/// The indices of the free columns among the law's names, and the cost with the indices of its
/// columns.
type Places = (Vec<usize>, Option<(Expression, Vec<usize>)>);

impl OptimumRequest {
    /// The columns that must be held.
    ///
    /// # Errors
    /// As for [`OptimumRequest::of_fit`].
    #[doc(hidden)]
    pub fn held(&self, fit: &FitResult) -> Result<Vec<String>> {
        let names = names_of(fit.law());
        let (free, _) = self.places(fit.law(), &names)?;
        let held = (0..names.len()).filter(|k| !free.contains(k));
        Ok(held.map(|k| names[k].to_owned()).collect())
    }

    fn places(&self, law: &dyn Law, names: &[&str]) -> Result<Places> {
        let place = |name: &str| place_of(law, names, name);
        let cost = match &self.cost {
            None => None,
            Some(text) => {
                let expression = Expression::parse("cost", text)?;
                let columns = expression.names().iter().map(|name| place(name));
                let columns: Vec<usize> = columns.collect::<Result<_>>()?;
                Some((expression, columns))
            }
        };
        let mut free: Vec<usize> = match (&cost, self.free.is_empty()) {
            (Some((_, columns)), true) => columns.clone(),
            _ => self
                .free
                .iter()
                .map(|name| place(name))
                .collect::<Result<_>>()?,
        };
        free.sort_unstable();
        free.dedup();
        if let Some((_, columns)) = &cost {
            // The last free column of the cost follows from the others.
            let Some(last) = free.iter().rposition(|k| columns.contains(k)) else {
                return Err(usage("the cost depends on no free column")
                    .with_hint("search one of the columns of the cost"));
            };
            let last = free.remove(last);
            free.push(last);
        }
        Ok((free, cost))
    }
}

fn names_of(law: &dyn Law) -> Vec<&str> {
    law.inputs().iter().map(|i| name_of(law, *i)).collect()
}

fn place_of(law: &dyn Law, names: &[&str], name: &str) -> Result<usize> {
    names.iter().position(|own| *own == name).ok_or_else(|| {
        usage(format!(
            "the law {} is one of {}, and not of {}",
            quoted(law.name()),
            list(names.iter().copied()),
            quoted(name)
        ))
        .with_hint("name columns of the law")
    })
}

impl<'a> Asked<'a> {
    fn new(request: &'a OptimumRequest, fit: &'a FitResult) -> Result<Asked<'a>> {
        let law = fit.law();
        if !law.several().is_empty() {
            return Err(
                usage("a law of several outcomes has no single lowest point")
                    .with_hint("fit the outcome that counts alone"),
            );
        }
        let names = names_of(law);
        let (free, cost) = request.places(law, &names)?;
        check_budgets(request, cost.is_some(), &free)?;
        let is_free = |name: &str| free.iter().any(|&k| names[k] == name);
        let held: Vec<&BTreeMap<String, f64>> = match request.at.is_empty() {
            true => vec![&NOTHING],
            false => request.at.iter().collect(),
        };
        for at in &held {
            if let Some(twice) = at.keys().find(|name| is_free(name)) {
                return Err(usage(format!("{} is both free and held", quoted(twice)))
                    .with_hint("hold it or search it, not both"));
            }
            at.keys()
                .try_for_each(|name| place_of(law, &names, name).map(drop))?;
            if let Some(none) = names
                .iter()
                .find(|name| !is_free(name) && !at.contains_key(**name))
            {
                return Err(usage(format!("{} is neither free nor held", quoted(none)))
                    .with_hint("give its value, or name it among the columns to be searched"));
            }
            if let Some((name, _)) = at.iter().find(|(_, value)| !value.is_finite()) {
                return Err(usage(format!(
                    "the value of {name} must be a finite number"
                )));
            }
        }
        let ranges = free.iter().map(|&k| range(fit, k, names[k]));
        Ok(Asked {
            level: request.level,
            ranges: ranges.collect::<Result<_>>()?,
            fit,
            names,
            free,
            cost,
            held,
        })
    }

    /// The optimum for one set of held columns and one budget.
    fn found(&self, held: &BTreeMap<String, f64>, budget: Option<f64>) -> Result<OptimumAt> {
        let mut x: Vec<f64> = self.names.iter().map(|_| f64::NAN).collect();
        for (k, name) in self.names.iter().enumerate() {
            if let Some(value) = held.get(*name) {
                x[k] = *value;
            }
        }
        let costs = self.cost.as_ref().zip(budget);
        let farther = budget.map_or(1.0, |budget| {
            let largest = self.costs(&x).fold(0.0, f64::max);
            (budget / largest).max(1.0)
        });
        let range = |(low, high): &(f64, f64)| {
            let reach = BEYOND.ln()
                + if farther.is_finite() {
                    farther.ln()
                } else {
                    0.0
                };
            (low.ln() - reach, high.ln() + reach)
        };
        let lowest = Lowest {
            fit: self.fit,
            free: self.free.clone(),
            held: x.clone(),
            cost: costs.map(|((of, columns), budget)| Costs {
                of,
                columns: columns.clone(),
                budget,
            }),
            range: self.ranges.iter().map(range).collect(),
        };
        let none = |reason: String| OptimumAt {
            at: held.clone(),
            budget,
            values: Vec::new(),
            loss: None,
            loss_interval: None,
            reason: Some(reason),
            grade: None,
            because: None,
            diagnoses: Vec::new(),
        };
        let at = match lowest.found() {
            Ok(at) => at,
            Err(why) => return Ok(none(self.words(&why, budget))),
        };
        let inference = self.fit.inference();
        let quantile = inference.map(|inference| inference.quantile(self.level));
        let (errors, mut reason) = match at.errors {
            Ok(errors) => (Some(errors), None),
            Err(why) => (None, Some(why.reason)),
        };
        let value = |(i, &k): (usize, &usize)| {
            let value = at.x[k];
            let reach = errors.as_ref().zip(quantile.as_ref().ok());
            let ends = reach.map(|(errors, q)| {
                let reach = (q * errors[i]).exp();
                (value / reach, value * reach)
            });
            let (low, high) = self.ranges[i];
            OptimumValue {
                name: self.names[k].to_owned(),
                value,
                interval: ends.filter(|(low, high)| *low > 0.0 && high.is_finite()),
                log_error: errors
                    .as_ref()
                    .map(|errors| errors[i])
                    .filter(|e| e.is_finite()),
                beyond: match value {
                    value if value > high => Some(value / high),
                    value if value < low => Some(low / value),
                    _ => None,
                },
                is_below: value < low,
            }
        };
        let values: Vec<OptimumValue> = self.free.iter().enumerate().map(value).collect();
        if reason.is_none() && values.iter().any(|value| value.interval.is_none()) {
            reason = Some("the data put no limit on it at this level".to_owned());
        }
        let (given, _) = delta_at(self.fit, &at.x, &[self.level]);
        let loss = given.iter().find(|i| i.kind == Kind::Confidence);
        let standing = budget.and_then(|budget| self.split(budget, &x, &values));
        let standing = standing.map(|split| split.standing());
        let (grade, because, diagnoses) = match standing {
            Some(s) => (Some(s.grade), Some(s.because), s.found),
            None => (None, None, Vec::new()),
        };
        Ok(OptimumAt {
            grade,
            because,
            diagnoses,
            values,
            loss: Some(at.loss),
            loss_interval: loss.map(|i| (i.lower, i.upper)),
            reason,
            ..none(String::new())
        })
    }

    /// The places of the columns that a budget is split between; fewer than two are none.
    fn splits(&self) -> Vec<usize> {
        let columns = self.cost.iter().flat_map(|(_, columns)| columns);
        let mut splits: Vec<usize> = columns.copied().filter(|k| self.free.contains(k)).collect();
        splits.sort_unstable();
        match splits.len() {
            0 | 1 => Vec::new(),
            _ => splits,
        }
    }

    /// The finding that the runs do not separate two of the columns that a budget is split between.
    fn on_one_line(&self) -> Option<Diagnosis> {
        let splits = self.splits();
        let pairs = splits.iter().enumerate();
        let mut pairs = pairs.flat_map(|(i, a)| splits[i + 1..].iter().map(|b| [*a, *b]));
        pairs.find_map(|pair| self.fit.on_one_line(pair, pair.map(|k| self.names[k])))
    }

    /// A split of a budget with what it is judged by; `x` has the held columns.
    fn split(&self, budget: f64, x: &[f64], values: &[OptimumValue]) -> Option<Split<'_>> {
        let start = (f64::INFINITY, 0.0_f64);
        let extent = self
            .costs(x)
            .fold(start, |(l, h), cost| (l.min(cost), h.max(cost)));
        let share = |k: usize| {
            let value = values.iter().find(|value| value.name == self.names[k])?;
            let runs = self.fit.fitted_runs();
            Some(Share {
                name: self.names[k],
                value: value.value,
                log_error: value.log_error,
                of_runs: runs.filter_map(|run| value_of(self.fit, k, run)).collect(),
            })
        };
        let columns: Vec<Share> = self.splits().into_iter().filter_map(share).collect();
        (!columns.is_empty()).then_some(Split {
            fit: self.fit,
            budget,
            extent,
            columns,
        })
    }

    /// The costs of the fitted runs. A held column has its value in `x`; the other columns are NaN
    /// in `x` and take the run's own value.
    fn costs<'b>(&'b self, x: &'b [f64]) -> impl Iterator<Item = f64> + 'b {
        let cost = self.cost.iter();
        cost.flat_map(move |(cost, columns)| {
            self.fit.fitted_runs().filter_map(move |run| {
                let value = |&k: &usize| match x[k].is_nan() {
                    true => value_of(self.fit, k, run),
                    false => Some(x[k]),
                };
                let values: Option<Vec<f64>> = columns.iter().map(value).collect();
                Some(cost.value(&values?))
            })
        })
    }

    /// Why there is no lowest point, in words.
    fn words(&self, why: &NoLowest, budget: Option<f64>) -> String {
        match why {
            NoLowest::Nowhere if budget.is_some() => {
                "no values of the free columns that were searched have this cost".to_owned()
            }
            NoLowest::Nowhere => "the law has no value here".to_owned(),
            NoLowest::Falls(k, value) => format!(
                "the law falls up to the end of what was searched: {} = {}",
                self.names[self.free[*k]],
                crate::quantity::format_quantity(*value)
            ),
            NoLowest::Flat => "the law is flat where it is lowest".to_owned(),
        }
    }
}

/// Checks that cost and budget are given together, and that something is free.
fn check_budgets(request: &OptimumRequest, has_cost: bool, free: &[usize]) -> Result<()> {
    let most = MOST + usize::from(has_cost);
    let makes_sense = |budget: &f64| budget.is_finite() && *budget > 0.0;
    match (has_cost, request.budget.is_empty()) {
        (true, true) => Err(usage("a cost needs a budget").with_hint("say what a run may cost")),
        (false, false) => {
            Err(usage("a budget needs a cost").with_hint("say what a run costs, for example 6*N*D"))
        }
        _ if free.is_empty() => Err(usage("no column is free")
            .with_hint("name the columns to be searched, for example lr,bsz")),
        _ if free.len() > most => Err(usage(format!(
            "{} columns are free, and at most {most} can be",
            free.len()
        ))),
        _ if !request.budget.iter().all(makes_sense) => {
            Err(usage("a budget must be positive and finite"))
        }
        _ => Ok(()),
    }
}

fn value_of(fit: &FitResult, k: usize, run: &Run) -> Option<f64> {
    argument(fit.law(), fit.law().inputs()[k], run)
}

/// The smallest and largest fitted value of a column, which must be positive.
fn range(fit: &FitResult, k: usize, name: &str) -> Result<(f64, f64)> {
    let values = fit.fitted_runs().filter_map(|run| value_of(fit, k, run));
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values.fold(start, |(l, h), v| (l.min(v), h.max(v)));
    match low > 0.0 && high.is_finite() {
        true => Ok((low, high)),
        false => Err(Error::new(
            ErrorKind::Data,
            format!("{name} is not positive in all runs, and is searched by its logarithm"),
        )
        .with_hint("hold it, or leave the runs without a positive value out")),
    }
}

impl Ask for OptimumRequest {
    type Data = Dataset;
    type Answer = OptimumAnswer;

    fn watched(&self, data: &Dataset, _progress: &dyn Progress) -> Result<OptimumAnswer> {
        self.of_fit(self.fitted(data)?)
    }
}
