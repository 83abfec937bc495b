//! The three approaches to compute-optimal training, side by side.

use super::SURFACE;
use super::law::LawChoice;
use super::size::targets;
use super::table::{RunTable, is_default};
use super::{Ask, ISOFLOP_BUDGET, LEVEL, TOLERANCE, Trust, usage};
use crate::allocation::{
    AllocationMethod, AllocationQuantity, Budget, Flops, PowerLine, Surface, Uncertainty,
    approach1, approach2, approach2_line_bias, budgets,
};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::interval::check_levels;
use crate::numeric::SIX;
use crate::progress::Progress;
use crate::quantity::format_quantity;
use crate::runs::Dataset;
use crate::said::Said;
use crate::size::Size;
use serde::Serialize;

request!(
    /// Asks for the compute-optimal sizes by three approaches.
    pub struct IsoflopRequest of Dataset, IsoflopAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law of Approach 3 and how it is fitted; E + A/N^alpha + B/D^beta where none is
        /// named.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Budgets.
        [list Size] compute: Vec<Size> = ISOFLOP_BUDGET.parse().into_iter().collect(),
        /// Runs whose 6ND agree within this fraction share a budget.
        tolerance: f64 = TOLERANCE,
        /// Level of the intervals.
        level: f64 = LEVEL,
    }
);

/// One approach at one compute.
#[derive(Debug, Clone, Serialize)]
pub struct ApproachRow {
    /// 1, 2 or 3.
    pub(crate) approach: u8,
    /// In words.
    pub(crate) name: &'static str,
    /// a in N* ∝ C^a.
    pub(crate) exponent: Option<f64>,
    /// Confidence interval of a.
    pub(crate) interval: Option<(f64, f64)>,
    /// Compute of the optimum.
    pub(crate) compute: f64,
    /// N* there.
    pub(crate) params: Option<f64>,
    /// D* there.
    pub(crate) tokens: Option<f64>,
    /// Relative error of N* that the approach makes on the fitted surface at these sizes, without
    /// any noise.
    pub(crate) bias_params: Option<f64>,
    /// `ok`, or why there is no answer.
    pub(crate) status: String,
}

/// The answers of the three approaches.
#[derive(Debug, Clone)]
pub struct IsoflopAnswer {
    /// What was asked.
    pub(crate) request: IsoflopRequest,
    /// Name of the table.
    pub(crate) source: String,
    /// The budgets found.
    pub(crate) budgets: Vec<Budget>,
    /// The line through their minima.
    pub(crate) line: Option<PowerLine>,
    /// The surface of Approach 3, if it could be fitted.
    pub(crate) surface: Option<Surface>,
    /// Its fit.
    pub(crate) fit: Option<FitResult>,
    /// One a compute and approach.
    pub(crate) rows: Vec<ApproachRow>,
}

impl ApproachRow {
    /// 1, 2 or 3.
    #[must_use]
    pub fn approach(&self) -> u8 {
        self.approach
    }

    /// a in N* ∝ C^a.
    #[must_use]
    pub fn exponent(&self) -> Option<f64> {
        self.exponent
    }

    /// N* and D* at the compute; absent where the approach has no answer.
    #[must_use]
    pub fn sizes(&self) -> Option<(f64, f64)> {
        Some((self.params?, self.tokens?))
    }

    /// `ok`, or why there is no answer.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }
}

impl IsoflopAnswer {
    /// One a compute and approach.
    #[must_use]
    pub fn rows(&self) -> &[ApproachRow] {
        &self.rows
    }

    /// The budgets found.
    #[doc(hidden)]
    #[must_use]
    pub fn budgets(&self) -> &[Budget] {
        &self.budgets
    }

    /// The line through their minima.
    #[doc(hidden)]
    #[must_use]
    pub fn line(&self) -> Option<&PowerLine> {
        self.line.as_ref()
    }

    /// How far the answers can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let answered = |approach| {
            let mut of = self.rows.iter().filter(|r| r.approach == approach);
            of.any(|r| r.params.is_some())
        };
        if !answered(2) && !answered(3) {
            Trust::Refused
        } else if answered(2)
            && self
                .fit
                .as_ref()
                .is_some_and(FitResult::has_sound_parameters)
        {
            Trust::Trustworthy
        } else {
            Trust::NotTrustworthy
        }
    }
}

impl IsoflopRequest {
    pub(super) fn check(&self) -> Result<()> {
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

    fn watched(&self, data: &Dataset, _progress: &dyn Progress) -> Result<IsoflopAnswer> {
        self.check()?;
        let fitted = self.fit.fit_or(SURFACE)?.level(self.level).run(data);
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
            source: data.source.clone(),
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
        Some(d) => Err(Error::new(ErrorKind::NoFit, d.code.as_str())),
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
        let quantity = AllocationQuantity::ParamsExponent;
        let methods = [AllocationMethod::Profile, AllocationMethod::Delta];
        let asked = uncertainty.at(compute).level(level).methods(&methods);
        let found = asked.of(quantity);
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

serialized!(IsoflopAnswer, |answer| Json {
    format: "scalewise.isoflop",
    version: 1,
    tolerance: answer.request.tolerance,
    budgets: &answer.budgets,
    line: answer.line,
    surface: answer.surface,
    approaches: &answer.rows,
});
