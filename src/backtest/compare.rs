//! Compares laws by the error of their forecasts of held-out runs.

use super::forecaster::bands;
use super::{Band, Chosen, Forecaster, HeldOut, Scores, backtest};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Fit, Observations, Residuals, Weights, best_fit_in_order};
use crate::interval::Method;
use crate::law::{Law, Saturating};
use crate::progress::{Progress, Silent};
use crate::runs::{CurveKind, Dataset, Variable};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;
use std::collections::HashSet;

/// Name of the recommended combination among the laws.
const RECOMMENDED: &str = "recommended";
/// Fewest different values of compute from which the combination forecasts.
const RECOMMENDED_NEEDS: usize = 4;

/// One law, or the recommended combination.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Compared {
    /// Its name; `recommended` is the combination that a forecast quotes.
    pub name: String,
    /// Free parameters; absent for the combination.
    #[doc(hidden)]
    pub parameters: Option<usize>,
    /// Mean absolute error of ln L over the common forecasts.
    pub mae: f64,
    /// Root mean square error of ln L.
    pub(crate) rmse: f64,
    /// Mean error of ln L: positive when forecasts are too high.
    pub(crate) bias: f64,
    /// Residual standard deviation of the fit to all runs, relative to the loss; absent without a
    /// degree of freedom.
    pub(crate) residual_sd: Option<f64>,
    /// Akaike's criterion corrected for few runs (AICc), for relative residuals with normal noise;
    /// absent if the correction is undefined.
    pub(crate) aicc: Option<f64>,
    /// Schwarz's criterion (BIC).
    pub(crate) bic: Option<f64>,
}

/// Laws ranked by mean absolute out-of-sample error, smallest first. Laws whose errors agree to
/// 1e-6 of their size (or to 1e-10) rank by fewest parameters, then by name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The variable of the laws; JSON names it unless it is compute.
    #[serde(skip_serializing_if = "Variable::is_compute")]
    pub(crate) variable: Variable,
    /// The kind of curve that the runs are points of; JSON names it unless they are runs of several
    /// sizes.
    #[serde(skip_serializing_if = "CurveKind::is_ladder")]
    pub(crate) curve: CurveKind,
    /// The laws that were compared.
    pub ranked: Vec<Compared>,
    /// Number of forecasts that every law gave; the errors are taken over these.
    pub(crate) forecasts: usize,
    /// Fewest runs that one of these forecasts comes from.
    pub(crate) smallest: usize,
    /// Largest extrapolation factor among these forecasts.
    pub(crate) farthest: f64,
    /// How much of the data was tested.
    pub(crate) chosen: Chosen,
    /// Laws left out, with the reason.
    pub(crate) left_out: Vec<(String, String)>,
}

/// A law fitted by least squares on relative residuals.
struct ByLaw<'a>(&'a dyn Law);

impl Forecaster for ByLaw<'_> {
    fn forecasts(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>> {
        let best = observations(self.0, past).and_then(|o| best_fit_in_order(self.0, &o));
        let at = |target: &f64| {
            let point = self.0.predict(&[*target], &best.as_ref()?.parameters);
            Some(exact(point))
        };
        targets.iter().map(at).collect()
    }
}

/// The combination of laws that a forecast quotes.
struct Recommended;

impl Forecaster for Recommended {
    fn forecasts(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>> {
        let fit = Fit::new(Saturating).run(past).ok();
        bands(fit.as_ref(), Method::Calibrated, 0.9, targets)
            .into_iter()
            .map(|band| band.map(|band| exact(band.point)))
            .collect()
    }
}

fn exact(point: f64) -> Band {
    Band {
        point,
        lower: point,
        upper: point,
    }
}

fn observations(law: &dyn Law, data: &Dataset) -> Option<Observations> {
    Observations::from_runs(law, &data.runs, Residuals::Relative, &Weights::Equal).ok()
}

/// Back-tests every law on the same cuts and ranks the laws by the error of the forecasts that all
/// of them gave. A cut has at least one run more than the law with the most parameters. A law that
/// leaves no cut to compare on is left out.
///
/// # Errors
/// [`ErrorKind::NoFit`] when no law can be compared.
///
/// ```
/// use scalewise::{Dataset, backtest::compare, law::{Law, Power, Saturating}};
/// let runs = (0..8).map(|k| 10f64.powi(18 + k)).map(|c| (c, 20.0 * c.powf(-0.1) + 1.5));
/// let laws: [&dyn Law; 2] = [&Power, &Saturating];
/// let compared = compare(&Dataset::from_runs(runs)?, &laws)?;
/// assert_eq!(compared.ranked[0].name, "saturating");
/// # Ok::<(), scalewise::Error>(())
/// ```
pub fn compare(data: &Dataset, laws: &[&dyn Law]) -> Result<Comparison> {
    compare_watched(data, laws, &Silent)
}

/// As [`compare`]; each pair of a law and a cut is a step of `progress`.
pub(crate) fn compare_watched(
    data: &Dataset,
    laws: &[&dyn Law],
    progress: &dyn Progress,
) -> Result<Comparison> {
    let mut computes: Vec<f64> = data.fit_runs().map(|run| run.x).collect();
    computes.sort_by(f64::total_cmp);
    let runs = computes.len();
    computes.dedup();
    let mut kept: Vec<&dyn Law> = laws.to_vec();
    kept.sort_by_key(|law| law.parameters().len());
    let mut left_out = Vec::new();
    // Fitting needs one value of compute more than there are parameters, and one is forecast.
    while let Some(law) = kept
        .last()
        .filter(|l| l.parameters().len() + 2 > computes.len())
    {
        let needed = law.parameters().len() + 2;
        left_out.push((
            law.name().to_owned(),
            format!(
                "needs {needed} different values of {}, and there are {}",
                data.variable.noun(),
                computes.len()
            ),
        ));
        kept.pop();
    }
    let nothing = || {
        Error::new(
            ErrorKind::NoFit,
            format!("{runs} runs are too few to compare laws on"),
        )
        .with_hint("add runs, or compare laws with fewer parameters")
    };
    let most = kept.last().ok_or_else(nothing)?.parameters().len();
    let smallest_distinct = (most + 1).max(RECOMMENDED_NEEDS).min(computes.len() - 1);
    let edge = computes[smallest_distinct - 1];
    let smallest = data.fit_runs().filter(|run| run.x <= edge).count();
    let tested = |forecaster: &dyn Forecaster| {
        let asked = backtest(data, forecaster).smallest(smallest);
        asked.progress(progress).run()
    };
    let mut chosen = Chosen::default();
    let mut made: Vec<(Option<&dyn Law>, Vec<HeldOut>)> = Vec::new();
    for law in kept {
        match tested(&ByLaw(law)) {
            Ok(tested) => {
                chosen = tested.chosen;
                made.push((Some(law), tested.forecasts));
            }
            Err(why) if why.kind() == ErrorKind::Cancelled => return Err(why),
            Err(why) => left_out.push((law.name().to_owned(), why.message().to_owned())),
        }
    }
    if let Ok(tested) = tested(&Recommended) {
        made.push((None, tested.forecasts));
    }
    let key = |f: &HeldOut| (f.runs, f.line, f.x.to_bits(), f.actual.to_bits());
    let mut common = made.first().ok_or_else(nothing)?.1.clone();
    for (_, list) in &made {
        let given = list.iter().filter(|f| f.band.is_some()).map(key);
        let given: HashSet<_> = given.collect();
        common.retain(|f| given.contains(&key(f)));
    }
    if common.is_empty() {
        return Err(nothing());
    }
    let in_common: HashSet<_> = common.iter().map(key).collect();
    let mut ranked: Vec<Compared> = made
        .par_iter()
        .filter_map(|(law, list)| {
            let shared: Vec<HeldOut> = list
                .iter()
                .filter(|f| in_common.contains(&key(f)))
                .cloned()
                .collect();
            let scores = Scores::of(&shared, 0.9);
            let criteria = law.and_then(|law| Criteria::of(law, data));
            Some(Compared {
                name: law.map_or(RECOMMENDED, |law| law.name()).to_owned(),
                parameters: law.map(|law| law.parameters().len()),
                mae: scores.mae?,
                rmse: scores.rmse?,
                bias: scores.bias?,
                residual_sd: criteria.and_then(|c| c.residual_sd),
                aicc: criteria.and_then(|c| c.aicc),
                bic: criteria.and_then(|c| c.bic),
            })
        })
        .collect();
    rank(&mut ranked);
    Ok(Comparison {
        variable: data.variable,
        curve: data.curve,
        ranked,
        forecasts: common.len(),
        smallest: common.iter().map(|f| f.runs).min().unwrap_or(smallest),
        chosen,
        farthest: common.iter().map(|f| f.factor).fold(1.0, f64::max),
        left_out,
    })
}

/// Two laws tie if their mean absolute errors differ by at most this share of the larger one. A law
/// that contains another one often finds the same curve; their errors then differ by at most 1e-8,
/// from the tolerance of the descents. Laws with different curves differ in the first digits.
const TIE: f64 = 1e-6;
/// The absolute tolerance of a tie, for runs without noise, whose errors of ln L are rounding.
const ROUNDING: f64 = 1e-10;

/// Sorts by error, smallest first. Laws that tie with the best of a group are sorted by number of
/// parameters, then by name. The combination, which has no number of parameters, comes last in its
/// group.
fn rank(compared: &mut [Compared]) {
    let price = |c: &Compared| c.parameters.unwrap_or(usize::MAX);
    compared.sort_by(|a, b| {
        (a.mae.total_cmp(&b.mae))
            .then(price(a).cmp(&price(b)))
            .then_with(|| a.name.cmp(&b.name))
    });
    let mut rest = compared;
    while let Some(best) = rest.first().map(|c| c.mae) {
        let limit = (best / (1.0 - TIE)).max(best + ROUNDING);
        let tied = rest.partition_point(|c| c.mae <= limit);
        // NaN ties with nothing.
        let (group, others) = rest.split_at_mut(tied.max(1));
        group.sort_by(|a, b| (price(a).cmp(&price(b))).then_with(|| a.name.cmp(&b.name)));
        rest = others;
    }
}

/// Goodness of fit to all runs, and the information criteria. These count the noise as one
/// parameter.
#[derive(Debug, Clone, Copy)]
struct Criteria {
    residual_sd: Option<f64>,
    aicc: Option<f64>,
    bic: Option<f64>,
}

impl Criteria {
    fn of(law: &dyn Law, data: &Dataset) -> Option<Criteria> {
        let o = observations(law, data)?;
        let rss = best_fit_in_order(law, &o)?.objective;
        let (n, p) = (o.len() as f64, law.parameters().len() as f64);
        let k = p + 1.0;
        // Without noise only rounding errors remain, and their logarithm means nothing.
        let fit = (rss > 1e-24 * n).then(|| n * (rss / n).ln());
        let correction = (n > k + 1.0).then(|| 2.0 * k * (k + 1.0) / (n - k - 1.0));
        Some(Criteria {
            residual_sd: (n > p).then(|| (rss / (n - p)).sqrt()),
            aicc: fit.zip(correction).map(|(fit, c)| fit + 2.0 * k + c),
            bic: fit.map(|fit| fit + k * n.ln()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{Broken, M3, M4, Power, Shifted};

    fn runs(count: i32) -> Dataset {
        let runs = (0..count).map(|k| {
            let wave = 1.0 + 2e-3 * (f64::from(k) * 78.233).sin();
            let c = 10f64.powf(18.0 + 0.5 * f64::from(k));
            (c, (20.0 * c.powf(-0.1) + 1.5) * wave)
        });
        Dataset::from_runs(runs).unwrap()
    }

    #[test]
    fn the_rank_is_that_of_the_held_out_error() {
        let laws: [&dyn Law; 6] = [&Broken, &M3, &Power, &Saturating, &Shifted, &M4];
        let compared = compare(&runs(10), &laws).unwrap();
        assert_eq!(compared.ranked.len(), 7);
        assert!(compared.ranked.windows(2).all(|w| w[0].mae <= w[1].mae));
        // Every law sees at least seven runs, one more than the parameters of `broken`: 3 + 2 + 1
        // forecasts.
        assert_eq!((compared.smallest, compared.forecasts), (7, 6));
        let of = |name: &str| compared.ranked.iter().find(|c| c.name == name).unwrap();
        // The true law is saturating; a law without a floor forecasts far below it.
        assert!(3.0 * of("saturating").mae < of("power").mae && of("power").bias < 0.0);
        // A law with six parameters fits ten runs closely, but need not forecast well.
        assert!(of("broken").residual_sd < of("power").residual_sd);
        assert!(of("saturating").bic < of("power").bic);
    }

    #[test]
    fn laws_that_tie_are_ranked_by_parameters_and_then_by_name() {
        let made = |name: &str, parameters, mae| Compared {
            name: name.to_owned(),
            parameters,
            mae,
            rmse: mae,
            bias: 0.0,
            residual_sd: None,
            aicc: None,
            bic: None,
        };
        let mut all = vec![
            made("m4", Some(5), 0.012_345_678_9),
            made("b", Some(3), 0.012_345_678_9 * (1.0 + 2e-9)),
            made("recommended", None, 0.012_345_678_9),
            made("a", Some(3), 0.012_345_678_9 * (1.0 + 3e-9)),
            made("better", Some(6), 0.012_345_678_9 * (1.0 - 2e-6)),
            made("worse", Some(2), 0.012_345_678_9 * (1.0 + 2e-6)),
        ];
        let wanted = ["better", "a", "b", "m4", "recommended", "worse"];
        for _ in 0..all.len() {
            all.rotate_left(1);
            let mut ranked = all.clone();
            rank(&mut ranked);
            assert!(ranked.iter().map(|c| c.name.as_str()).eq(wanted));
        }
        // Without noise the errors are rounding.
        let mut exact = vec![
            made("m4", Some(5), 3e-16),
            made("saturating", Some(3), 2e-13),
        ];
        rank(&mut exact);
        assert_eq!(exact[0].name, "saturating");
    }

    /// Computes the criteria from the residual sum of squares by hand.
    #[test]
    fn criteria_follow_their_definitions() {
        let data = runs(9);
        let o = observations(&Power, &data).unwrap();
        let rss = best_fit_in_order(&Power, &o).unwrap().objective;
        let c = Criteria::of(&Power, &data).unwrap();
        let fit = 9.0 * (rss / 9.0).ln();
        assert!((c.aicc.unwrap() - (fit + 6.0 + 24.0 / 5.0)).abs() < 1e-9);
        assert!((c.bic.unwrap() - (fit + 3.0 * 9f64.ln())).abs() < 1e-9);
        assert!((c.residual_sd.unwrap() - (rss / 7.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn laws_with_too_many_parameters_are_left_out_and_named() {
        let compared = compare(&runs(6), &[&Power, &Broken]).unwrap();
        assert_eq!(compared.left_out[0].0, "broken");
        assert!(compared.left_out[0].1.contains("8 different values"));
        assert!(compare(&runs(2), &[&Power]).is_err());
    }
}
