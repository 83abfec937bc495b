//! The three approaches to compute-optimal training, side by side.

use super::law::{LawChoice, SURFACE};
use super::size::targets;
use super::table::{RunTable, is_default};
use super::{Ask, ISOFLOP_BUDGET, LEVEL, TOLERANCE, Trust, runs_by, usage};
use crate::allocation::{
    Budget, Flops, IntervalMethod, PowerLine, Quantity, SIX, Surface, Uncertainty, approach1,
    approach2, approach2_line_bias, budgets,
};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::interval::check_levels;
use crate::progress::Progress;
use crate::quantity::format_quantity;
use crate::runs::Dataset;
use crate::said::Said;
use crate::size::Size;
use crate::tables::{Series, Source};
use serde::{Deserialize, Serialize, Serializer};

/// Asks for the compute-optimal sizes by three approaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IsoflopRequest {
    /// How the table is read.
    #[serde(skip_serializing_if = "is_default")]
    pub table: RunTable,
    /// The law of Approach 3 and how it is fitted; E + A/N^alpha + B/D^beta where none is named.
    #[serde(skip_serializing_if = "is_default")]
    pub fit: LawChoice,
    /// Budgets.
    pub compute: Vec<Size>,
    /// Runs whose 6ND agree within this fraction share a budget.
    pub tolerance: f64,
    /// Level of the intervals.
    pub level: f64,
}

impl Default for IsoflopRequest {
    fn default() -> IsoflopRequest {
        IsoflopRequest {
            table: RunTable::default(),
            fit: LawChoice::default(),
            compute: ISOFLOP_BUDGET.parse().into_iter().collect(),
            tolerance: TOLERANCE,
            level: LEVEL,
        }
    }
}

/// One approach at one compute.
#[derive(Debug, Clone, Serialize)]
pub struct ApproachRow {
    /// 1, 2 or 3.
    pub approach: u8,
    /// In words.
    pub name: &'static str,
    /// a in N* ∝ C^a.
    pub exponent: Option<f64>,
    /// Confidence interval of a.
    pub interval: Option<(f64, f64)>,
    /// Compute of the optimum.
    pub compute: f64,
    /// N* there.
    pub params: Option<f64>,
    /// D* there.
    pub tokens: Option<f64>,
    /// Relative error of N* that the approach makes on the fitted surface at these sizes, without any noise.
    pub bias_params: Option<f64>,
    /// `ok`, or why there is no answer.
    pub status: String,
}

/// The answers of the three approaches.
#[derive(Debug, Clone)]
pub struct IsoflopAnswer {
    /// What was asked.
    pub request: IsoflopRequest,
    /// Name of the table.
    pub source: String,
    /// The budgets found.
    pub budgets: Vec<Budget>,
    /// The line through their minima.
    pub line: Option<PowerLine>,
    /// The surface of Approach 3, if it could be fitted.
    pub surface: Option<Surface>,
    /// Its fit.
    pub fit: Option<FitResult>,
    /// One a compute and approach.
    pub rows: Vec<ApproachRow>,
}

impl IsoflopAnswer {
    /// How far the answers can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let answered = |approach| {
            let mut of = self.rows.iter().filter(|r| r.approach == approach);
            of.any(|r| r.params.is_some())
        };
        if !answered(2) && !answered(3) {
            Trust::Refused
        } else if answered(2) && self.fit.as_ref().is_some_and(FitResult::trustworthy) {
            Trust::Trustworthy
        } else {
            Trust::NotTrustworthy
        }
    }
}

impl IsoflopRequest {
    fn check(&self) -> Result<()> {
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return Err(usage(format!(
                "the tolerance lies between 0 and 1, not at {}",
                Said(self.tolerance)
            )));
        }
        check_levels(&[self.level])
    }
}

impl Ask for IsoflopRequest {
    type Data = Dataset;
    type Answer = IsoflopAnswer;

    fn read(&self, table: &Source<'_>) -> Result<Dataset> {
        self.check()?;
        Dataset::from_source(table, &self.table.options(Some(self.fit.law(SURFACE)?))?)
    }

    fn read_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Dataset>>> {
        self.check()?;
        runs_by(table, by, self.table.options(Some(self.fit.law(SURFACE)?))?)
    }

    fn of(&self, data: Dataset, _progress: &dyn Progress) -> Result<IsoflopAnswer> {
        let fitted = self.fit.fit(SURFACE)?.level(self.level).run(&data);
        let surface = fitted.as_ref().map_err(Clone::clone).and_then(usable);
        let found = budgets(data.fit_runs(), self.tolerance, surface.as_ref().ok())?;
        let line = approach2(&found);
        let bias = approach2_line_bias(&found);
        let largest = data
            .fit_runs()
            .filter_map(|r| Some(SIX * r.params? * r.tokens?))
            .fold(0.0, f64::max);
        let first = approach1(data.fit_runs());
        let second = line.ok_or_else(|| "fewer than two budgets have a minimum".to_owned());
        let mut rows = Vec::new();
        for compute in targets(&self.compute, largest)? {
            let at = (compute, self.level);
            rows.push(line_row((1, "envelope of curves"), &first, None, at));
            rows.push(line_row(
                (2, "parabola a budget"),
                &second,
                bias.as_ref(),
                at,
            ));
            rows.push(surface_row(&fitted, &surface, at));
        }
        Ok(IsoflopAnswer {
            request: self.clone(),
            source: data.source,
            budgets: found,
            line,
            surface: surface.ok(),
            fit: fitted.ok(),
            rows,
        })
    }
}

fn line_row(
    (approach, name): (u8, &'static str),
    line: &std::result::Result<PowerLine, String>,
    bias: Option<&PowerLine>,
    (compute, level): (f64, f64),
) -> ApproachRow {
    let sizes = line.as_ref().map_err(Clone::clone).and_then(|line| {
        let params = line.params(compute);
        let tokens = compute / (SIX * params);
        if params >= 1.0 && tokens >= 1.0 {
            Ok((params, tokens))
        } else {
            Err(format!(
                "the line has its optimum at N* = {}, D* = {}, below one parameter or one token",
                format_quantity(params),
                format_quantity(tokens)
            ))
        }
    });
    ApproachRow {
        approach,
        name,
        exponent: line.as_ref().ok().map(|l| l.exponent),
        interval: line.as_ref().ok().and_then(|l| l.interval(level)),
        compute,
        params: sizes.as_ref().ok().map(|s| s.0),
        tokens: sizes.as_ref().ok().map(|s| s.1),
        bias_params: bias.map(|b| b.params(compute) - 1.0),
        status: match sizes {
            Ok(_) => "ok".to_owned(),
            Err(why) => format!("refused: {why}"),
        },
    }
}

/// The surface of a fit that no diagnosis refuses.
fn usable(fit: &FitResult) -> Result<Surface> {
    match fit.refusal() {
        None => Surface::of(fit),
        Some(d) => Err(Error::new(ErrorKind::NoFit, d.code.clone())),
    }
}

fn surface_row(
    fitted: &Result<FitResult>,
    surface: &Result<Surface>,
    (compute, level): (f64, f64),
) -> ApproachRow {
    let best = surface
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|s| Flops::SixNd.optimal(s, compute));
    let interval = fitted.as_ref().ok().and_then(|fit| {
        surface.as_ref().ok()?;
        let uncertainty = Uncertainty::new(fit).ok()?;
        let quantity = Quantity::ParamsExponent;
        let methods = [IntervalMethod::Profile, IntervalMethod::Delta];
        let found = uncertainty.intervals(quantity, compute, level, &methods);
        found.iter().find_map(|i| Some((i.lower?, i.upper?)))
    });
    ApproachRow {
        approach: 3,
        name: "surface",
        exponent: surface.as_ref().ok().map(Surface::params_exponent),
        interval,
        compute,
        params: best.as_ref().ok().map(|b| b.params),
        tokens: best.as_ref().ok().map(|b| b.tokens),
        bias_params: None,
        status: match best {
            Ok(_) => "ok".to_owned(),
            Err(e) => format!("refused: {}", e.message()),
        },
    }
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    tolerance: f64,
    budgets: &'a [Budget],
    line: Option<PowerLine>,
    surface: Option<Surface>,
    approaches: &'a [ApproachRow],
}

impl Serialize for IsoflopAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        Json {
            format: "scalewise.isoflop",
            version: 1,
            tolerance: self.request.tolerance,
            budgets: &self.budgets,
            line: self.line,
            surface: self.surface,
            approaches: &self.rows,
        }
        .serialize(serializer)
    }
}
