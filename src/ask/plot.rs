//! The data of a picture of a law: the law, its runs, forecasts, and a band along the curve.

use super::CURVE;
use super::fit::trust;
use super::law::LawChoice;
use super::size::{each_once, targets};
use super::table::{RunTable, is_default};
use super::{Ask, FitRequest, ForecastAnswer, LEVEL, Trust};
use crate::error::Result;
use crate::fit::{Fit, FitResult};
use crate::forecast::{Forecast, Prepared, Refits, Target};
use crate::interval::{Kind, Method};
use crate::law::Input;
use crate::progress::Progress;
use crate::runs::Dataset;
use crate::size::Size;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

/// Points of a band: enough for a smooth line at any size.
const POINTS: usize = 81;
/// A picture without a target extends to this multiple of the largest run.
const BEYOND: f64 = 10.0;

request!(
    /// Asks for the data of a picture of a law.
    pub struct PlotRequest of Dataset, PlotAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted; the default is a saturating power law.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Runs to forecast.
        #[serde(skip_serializing_if = "is_default")]
        [list Size] at: Vec<Size>,
        /// Names of further laws to draw through the same runs.
        #[serde(skip_serializing_if = "is_default")]
        [texts] laws: Vec<String>,
        /// Level of the band and of the intervals of the forecasts.
        level: f64 = LEVEL,
        /// Method of the band and of the intervals of the forecasts.
        method: Method = Method::Calibrated,
    }
);

/// The data of a picture of a law of one variable.
#[derive(Debug, Clone)]
pub struct PlotAnswer {
    /// The law with its runs and its actuals.
    pub(crate) fit: FitResult,
    /// Forecasts to mark.
    pub(crate) forecasts: Vec<Forecast>,
    /// Other laws through the same runs.
    pub(crate) laws: Vec<FitResult>,
    /// Level of the band.
    pub(crate) level: f64,
    /// Method of the band.
    pub(crate) method: Method,
    /// From a little below the smallest run to a little beyond the largest shown value.
    pub(crate) range: (f64, f64),
    /// Compute and the two ends of the prediction interval along the curve.
    pub(crate) band: Vec<(f64, f64, f64)>,
    /// Compute and the recommended point beyond the largest fitted run. Empty if the band has
    /// another method, whose point is the law's.
    pub(crate) recommended: Vec<(f64, f64)>,
    /// Why there is no band, if there is none.
    pub(crate) without_band: Option<String>,
}

impl PlotAnswer {
    /// Other laws through the same runs.
    #[doc(hidden)]
    #[must_use]
    pub fn laws(&self) -> &[FitResult] {
        &self.laws
    }

    /// Forecasts to mark.
    #[doc(hidden)]
    #[must_use]
    pub fn forecasts(&self) -> &[Forecast] {
        &self.forecasts
    }

    /// The data of a picture of these forecasts, with a band of this level and method.
    #[must_use]
    pub fn of(fit: FitResult, forecasts: Vec<Forecast>, level: f64, method: Method) -> PlotAnswer {
        let range = extent(&fit, &forecasts);
        let (stations, without_band) = match band(&fit, range, level, method) {
            Ok(stations) => (stations, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let largest = fit.largest_fitted();
        let beyond = |s: &&Station| s.recommended.is_some() && s.x >= largest;
        let recommended = stations.iter().filter(beyond);
        let recommended = recommended.filter_map(|s| Some((s.x, s.recommended?)));
        let recommended = recommended.collect();
        let band = stations.iter().map(|s| (s.x, s.lower, s.upper)).collect();
        PlotAnswer {
            laws: Vec::new(),
            fit,
            forecasts,
            level,
            method,
            range,
            band,
            recommended,
            without_band,
        }
    }

    /// The data of a picture of an answer.
    #[must_use]
    pub fn of_answer(answer: &ForecastAnswer, level: f64, method: Method) -> PlotAnswer {
        let forecasts = answer.forecasts().cloned().collect();
        PlotAnswer::of(answer.fit.clone(), forecasts, level, method)
    }

    /// This picture with the laws of these names, fitted to the same runs, for `chart::laws`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there is no law of one variable of that
    /// name, and when a fit fails.
    pub fn beside(self, laws: &[impl AsRef<str>]) -> Result<PlotAnswer> {
        let names = laws.iter().map(AsRef::as_ref);
        let laws = each_once(names, |a, b| a == b)
            .into_iter()
            .map(|name| {
                let law = LawChoice::default().law(name).curve()?;
                Fit::shared(law).run(self.fit.data())
            })
            .collect::<Result<_>>()?;
        Ok(PlotAnswer { laws, ..self })
    }

    /// How far the forecasts can be relied on; without one, how far the fit can.
    #[must_use]
    pub fn trust(&self) -> Trust {
        match self.forecasts.iter().all(Forecast::trustworthy) {
            true if self.forecasts.is_empty() => trust(&self.fit),
            true => Trust::Trustworthy,
            false => Trust::NotTrustworthy,
        }
    }
}

fn extent(fit: &FitResult, forecasts: &[Forecast]) -> (f64, f64) {
    let largest = fit.largest_fitted();
    let targets = forecasts.iter().map(|f| f.x);
    let actuals = fit.data().actuals().map(|r| r.x);
    let farthest = targets.clone().chain(actuals).fold(largest, f64::max);
    let farthest = match farthest > largest {
        true => farthest,
        false => largest * BEYOND,
    };
    let smallest = targets.fold(fit.smallest_fitted(), f64::min);
    let margin = (farthest / smallest).powf(0.05).max(1.1);
    let low = (smallest / margin).max(f64::MIN_POSITIVE);
    (low, (farthest * margin).min(1e300))
}

/// `count` values from `low` to `high`, evenly spaced in the logarithm.
pub(crate) fn spaced(low: f64, high: f64, count: usize) -> impl Iterator<Item = f64> {
    let step = (high / low).ln() / (count - 1) as f64;
    (0..count).map(move |k| match k + 1 == count {
        true => high,
        false => low * (step * k as f64).exp(),
    })
}

/// A position along the curve: its compute, the ends of the prediction interval, and their point if
/// it is not the law's.
struct Station {
    x: f64,
    lower: f64,
    upper: f64,
    recommended: Option<f64>,
}

/// The ends of the prediction interval, or why there are none anywhere.
fn band(
    fit: &FitResult,
    (low, high): (f64, f64),
    level: f64,
    method: Method,
) -> std::result::Result<Vec<Station>, String> {
    let methods = [method];
    let prepared = Prepared::for_intervals(fit, &methods, Refits::default());
    let prepared = prepared.map_err(|e| e.to_string())?;
    let computes: Vec<f64> = spaced(low, high, POINTS).collect();
    let points: Vec<std::result::Result<Station, String>> = computes
        .into_par_iter()
        .map(|x| {
            let forecast = prepared.at(x, &[level], &[Kind::Prediction]);
            let forecast = forecast.map_err(|e| e.to_string())?;
            match forecast.interval(method, level, Kind::Prediction) {
                Some(i) => Ok(Station {
                    x,
                    lower: i.lower,
                    upper: i.upper,
                    recommended: (method == Method::Calibrated).then_some(forecast.point),
                }),
                None => Err(match forecast.abstentions.first() {
                    Some(abstention) => abstention.reason.clone(),
                    None => "the method gives no prediction interval".to_owned(),
                }),
            }
        })
        .collect();
    // A band that ends within the picture needs no explanation.
    let first = points.iter().find_map(|p| p.as_ref().err().cloned());
    let given: Vec<_> = points.into_iter().filter_map(|p| p.ok()).collect();
    match (given.is_empty(), first) {
        (true, Some(why)) => Err(why),
        _ => Ok(given),
    }
}

impl PlotRequest {
    /// The request for the fit behind a picture.
    #[doc(hidden)]
    #[must_use]
    pub fn of_law(&self) -> FitRequest {
        FitRequest::default()
            .table(self.table.clone())
            .fit(self.fit.clone())
    }

    /// Whether the law has one variable.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there is no law of that name.
    #[doc(hidden)]
    pub fn is_curve(&self) -> Result<bool> {
        Ok(self.fit.law_or(CURVE)?.inputs() == [Input::Compute])
    }

    /// Answers for a law of one variable that is already fitted.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when a target, the level or a law is invalid.
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult) -> Result<PlotAnswer> {
        let forecasts = targets(&self.at, fit.largest_fitted())?
            .into_iter()
            .map(|compute| {
                fit.forecast(Target::at(compute))
                    .levels(&[self.level])
                    .kinds(&[Kind::Prediction])
                    .methods(&[self.method])
                    .run()
            })
            .collect::<Result<Vec<Forecast>>>()?;
        PlotAnswer::of(fit, forecasts, self.level, self.method).beside(&self.laws)
    }
}

impl Ask for PlotRequest {
    type Data = Dataset;
    type Answer = PlotAnswer;

    fn watched(&self, data: &Dataset, _progress: &dyn Progress) -> Result<PlotAnswer> {
        self.of_fit(self.fit.fit_for(CURVE, data)?.level(LEVEL).run(data)?)
    }
}

// The numbers of the picture.
serialized!(PlotAnswer, |answer| Json {
    law: answer.fit.law().name(),
    forecasts: &answer.forecasts,
    level: answer.level,
    method: answer.method,
    band: &answer.band,
    without_band: answer.without_band.as_deref(),
});

#[derive(Serialize)]
struct Json<'a> {
    law: &'a str,
    forecasts: &'a [Forecast],
    level: f64,
    method: Method,
    band: &'a [(f64, f64, f64)],
    without_band: Option<&'a str>,
}
