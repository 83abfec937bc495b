//! The three approaches to compute-optimal training, side by side.

use super::SURFACE;
use super::isoflop_findings::{of_bias, of_budgets, of_draws, of_influence, of_merged, of_ways};
use super::isoflop_grades::Evidence;
use super::isoflop_lines::{Approach2, line_row};
use super::isoflop_row::{ApproachRow, Influence};
use super::law::LawChoice;
use super::size::targets;
use super::table::{RunTable, is_default};
use super::{Ask, ISOFLOP_BUDGET, LEVEL, TOLERANCE, Trust, usage};
use crate::allocation::{
    AllocationInterval, AllocationMethod, AllocationQuantity, Budget, Counting, Flops, FlopsSaid,
    Minima, Own, PowerLine, Surface, Uncertainty, Way, approach1, approach2_line_bias, budgets,
    grouped,
};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, FitResult};
use crate::forecast::Grade;
use crate::interval::check_levels;
use crate::progress::Progress;
use crate::runs::{Dataset, Run};
use crate::said::Said;
use crate::size::Size;
use serde::Serialize;

request!(
    /// Asks for the compute-optimal sizes by three approaches.
    pub struct IsoflopRequest of Dataset, IsoflopAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law of Approach 3 and how it is fitted; the default is E + A/N^alpha + B/D^beta.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Budgets.
        [list Size] compute: Vec<Size> = ISOFLOP_BUDGET.parse().into_iter().collect(),
        /// FLOP of a run: `6nd`, `k` or `column` (both fitted to the compute of the runs), or a
        /// formula of N and D. The default is 6ND, or `column` if runs are grouped by a column.
        #[serde(skip_serializing_if = "is_default")]
        [into] flops: Option<String>,
        /// Runs whose compute agrees within this fraction share a budget.
        tolerance: f64 = TOLERANCE,
        /// Level of the intervals.
        level: f64 = LEVEL,
    }
);

/// The answers of the three approaches.
#[derive(Debug, Clone)]
pub struct IsoflopAnswer {
    /// What was asked.
    pub(crate) request: IsoflopRequest,
    /// The runs.
    pub(crate) data: Dataset,
    /// The ways in which the runs can be grouped, the one used first.
    pub(crate) ways: Vec<Way>,
    /// How FLOP are counted.
    pub(crate) flops: Flops,
    /// The budgets found.
    pub(crate) budgets: Vec<Budget>,
    /// The line through their minima.
    pub(crate) line: Option<PowerLine>,
    /// The surface of Approach 3, if it could be fitted.
    pub(crate) surface: Option<Surface>,
    /// The fit of that surface.
    pub(crate) fit: Option<FitResult>,
    /// One per compute and approach.
    pub(crate) rows: Vec<ApproachRow>,
    /// One per compute and budget.
    pub(crate) influence: Vec<Influence>,
    /// Bootstrap draws in which some budget has no minimum between its sizes.
    pub(crate) failures: usize,
    /// Findings about the budgets and the cost.
    pub(crate) findings: Vec<Diagnosis>,
}

impl IsoflopAnswer {
    /// One per compute and approach.
    #[must_use]
    pub fn rows(&self) -> &[ApproachRow] {
        &self.rows
    }

    /// How FLOP are counted.
    #[doc(hidden)]
    #[must_use]
    pub fn flops(&self) -> &Flops {
        &self.flops
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
        let good = |row: &ApproachRow| row.grade.is_none_or(|grade| grade >= Grade::Moderate);
        if !answered(2) && !answered(3) {
            Trust::Refused
        } else if answered(2)
            && self.rows.iter().all(good)
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
        let (ways, own, flops) = self.counted(data)?;
        let compute = || own.runs.iter().map(|run| run.compute);
        let extent = (
            compute().fold(f64::INFINITY, f64::min),
            compute().fold(0.0, f64::max),
        );
        let asked = targets(&self.compute, extent.1)?;
        let fitted = self.fit.fit_or(SURFACE)?.level(self.level).run(data);
        let surface = fitted.as_ref().map_err(Clone::clone).and_then(usable);
        let uncertainty = fitted.as_ref().map_err(Clone::clone);
        let uncertainty = uncertainty.and_then(Uncertainty::new).ok();
        let uncertainty = uncertainty.map(|one| one.flops(flops.clone()));
        let counting = surface.as_ref().ok().map(|surface| (surface, &flops));
        let found = budgets(&own.runs, self.tolerance, counting);
        let minima = Minima::of(&found);
        let second = Approach2::new(&minima, &flops, self.level);
        let first = approach1(data.fit_runs());
        let bias = approach2_line_bias(&found);
        let mut rows = Vec::new();
        for &compute in &asked {
            let name = (1, "envelope of curves");
            rows.push(line_row(name, &first, None, &flops, compute));
            rows.push(second.row(bias.as_ref(), compute));
            rows.push(surface_row(
                uncertainty.as_ref(),
                &surface,
                &flops,
                (compute, self.level),
            ));
        }
        let influence = second.influence(&asked);
        let mut of_line = of_budgets(&found);
        of_line.extend(of_bias(second.line(), bias.as_ref(), &asked, self.level));
        of_line.extend(of_influence(&influence, second.line(), self.level));
        of_line.extend(of_draws(second.failures(), self.level));
        let counting = ways[0].counting;
        let counted = matches!(counting, Counting::Budget | Counting::Compute);
        // The runs keep their own compute for the findings even if budgets are not grouped by it.
        let own = match counted {
            true => own,
            false => Own::of(data.fit_runs(), false),
        };
        let runs: Vec<&Run> = data.fit_runs().collect();
        let evidence = Evidence {
            runs: &runs,
            own: &own,
            flops: &flops,
            extent,
            of_line: &of_line,
            second: &second,
            bias: bias.as_ref(),
            third: uncertainty.as_ref().zip(surface.as_ref().ok()),
            counted,
        };
        let of_answers = evidence.grade(&mut rows);
        let mut findings: Vec<Diagnosis> = of_ways(&ways).into_iter().collect();
        if counting == Counting::Budget {
            findings.extend(of_merged(&runs, &found));
        }
        findings.extend(of_line);
        findings.extend(of_answers);
        Ok(IsoflopAnswer {
            request: self.clone(),
            data: data.clone(),
            ways,
            budgets: found,
            line: second.line().copied(),
            failures: second.failures(),
            surface: surface.ok(),
            fit: fitted.ok(),
            flops,
            rows,
            influence,
            findings,
        })
    }
}

impl IsoflopRequest {
    /// The grouped runs, and the cost of N and D.
    fn counted(&self, data: &Dataset) -> Result<(Vec<Way>, Own, Flops)> {
        let named = self.table.columns.budget.is_some();
        let text = self.flops.as_deref().map(str::trim);
        let fitted = |text: &&str| {
            ["k", "column"]
                .iter()
                .any(|name| text.eq_ignore_ascii_case(name))
        };
        let exact = text.filter(|text| !fitted(text));
        let exact = exact.map(Flops::exact).transpose()?;
        let grouped = grouped(data.fit_runs(), self.tolerance, named, exact.as_ref())?;
        let own = Own {
            counting: grouped.ways[0].counting,
            named,
            runs: grouped.runs,
        };
        let flops = match (exact, text, own.counting) {
            (Some(exact), ..) => exact,
            (None, Some(text), _) => Flops::of(text, &own)?,
            (None, None, Counting::SixNd | Counting::Formula) => Flops::SixNd,
            (None, None, Counting::Budget | Counting::Compute) => by_column(&own),
        };
        Ok((grouped.ways, own, flops))
    }
}

/// The cost fitted to the runs' own compute, or 6ND if there is too little of it.
fn by_column(own: &Own) -> Flops {
    Flops::of("column", own).unwrap_or(Flops::SixNd)
}

/// The surface of a fit, unless a finding refuses the fit.
fn usable(fit: &FitResult) -> Result<Surface> {
    match fit.refusal() {
        None => Surface::of(fit),
        Some(d) => Err(Error::new(ErrorKind::NoFit, d.code.as_str())),
    }
}

fn surface_row(
    uncertainty: Option<&Uncertainty>,
    surface: &Result<Surface>,
    flops: &Flops,
    (compute, level): (f64, f64),
) -> ApproachRow {
    let best = surface
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|s| flops.optimal(s, compute));
    let intervals = match (uncertainty, &best) {
        (Some(uncertainty), Ok(_)) => surface_intervals(uncertainty, (compute, level)),
        _ => Vec::new(),
    };
    let growth = surface.as_ref().ok().zip(best.as_ref().ok());
    let of_exponent = |i: &AllocationInterval| {
        (i.quantity == AllocationQuantity::ParamsExponent).then_some((i.lower?, i.upper?))
    };
    ApproachRow {
        approach: 3,
        name: "surface",
        exponent: match growth {
            Some((surface, best)) => Some(flops.growth(surface, best).0),
            None => surface.as_ref().ok().map(Surface::params_exponent),
        },
        interval: intervals.iter().find_map(of_exponent),
        compute,
        params: best.as_ref().ok().map(|b| b.params),
        tokens: best.as_ref().ok().map(|b| b.tokens),
        intervals,
        bias_params: None,
        status: match best {
            Ok(_) => "ok".to_owned(),
            Err(e) => format!("refused: {}", e.message()),
        },
        grade: None,
        because: None,
    }
}

/// The intervals of the profile and of the delta method.
fn surface_intervals(
    uncertainty: &Uncertainty,
    (compute, level): (f64, f64),
) -> Vec<AllocationInterval> {
    let methods = [AllocationMethod::Profile, AllocationMethod::Delta];
    let asked = uncertainty.at(compute).level(level).methods(&methods);
    let quantities = [
        AllocationQuantity::ParamsExponent,
        AllocationQuantity::Params,
        AllocationQuantity::Tokens,
    ];
    quantities.into_iter().flat_map(|q| asked.of(q)).collect()
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    tolerance: f64,
    grouped_by: Counting,
    ways: &'a [Way],
    cost_model: FlopsSaid,
    budgets: &'a [Budget],
    line: Option<PowerLine>,
    surface: Option<Surface>,
    approaches: &'a [ApproachRow],
    without_budget: &'a [Influence],
    findings: &'a [Diagnosis],
}

serialized!(IsoflopAnswer, |answer| Json {
    format: "scalewise.isoflop",
    version: 1,
    tolerance: answer.request.tolerance,
    grouped_by: answer.ways[0].counting,
    ways: &answer.ways,
    cost_model: answer.flops.said(),
    budgets: &answer.budgets,
    line: answer.line,
    surface: answer.surface,
    approaches: &answer.rows,
    without_budget: &answer.influence,
    findings: &answer.findings,
});
