//! Predictions: quantities with a point and intervals, from any kind of forecast.

use crate::allocation::{Allocation, AllocationInterval, AllocationQuantity};
use crate::backtest::Band;
use crate::capability::{self, CurveForecast, PassAt, PassInterval};
use crate::curve::hidden::CurveForecast as EndOfRun;
use crate::forecast::Forecast;
use crate::interval::{Interval, Kind, Method};
use crate::runs::LogAxis;
use crate::said::Said;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The quantity of a score.
pub(crate) const SCORE: &str = "score";

read_only!(
    /// One predicted number.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Prediction {
        /// Its name within the entry, such as `loss@2.3e22` or `bucket 1/metric@1e25`.
        [&str] id: String,
        /// The quantity: `loss`, `metric` (the mean of −ln pass rate), `mean_pass_rate`, `pass@k`,
        /// `score`, `best_params`, `best_tokens`, `best_loss`, or the outcome of a law in other
        /// columns.
        [&str] quantity: String,
        /// The compute of the prediction; absent for a law in other columns and for the end of a
        /// training run, whose place is in the name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        [copy] compute: Option<f64>,
        /// The number to quote. A calibrated interval to quote is centred on it.
        [copy] point: f64,
        /// The value of the fitted law, if it differs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        law_point: Option<f64>,
        /// Its intervals.
        [&[Claim]] intervals: Vec<Claim>,
    }
);

read_only!(
    /// An interval with its nominal probability.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Claim {
        /// Nominal probability.
        #[serde(deserialize_with = "level")]
        [copy] level: f64,
        /// Whether it is for the curve or for an observed value.
        [copy] kind: Kind,
        /// How it was made.
        [&str] method: String,
        /// The problems that it is about, if there are problems.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<String>,
        /// Lower end; null means no limit.
        [copy] lower: Option<f64>,
        /// Upper end; null means no limit.
        [copy] upper: Option<f64>,
    }
);

/// Reads a level between 0 and 1, since a file sealed by hand can have any number.
fn level<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let level = f64::deserialize(from)?;
    match level > 0.0 && level < 1.0 {
        true => Ok(level),
        false => Err(D::Error::custom(format!(
            "a level lies between 0 and 1, not at {}",
            crate::said::Said(level)
        ))),
    }
}

impl Claim {
    fn of(interval: &Interval) -> Claim {
        let finite = |v: f64| v.is_finite().then_some(v);
        Claim {
            level: interval.level,
            kind: interval.kind,
            method: interval.method.name().to_owned(),
            about: None,
            lower: finite(interval.lower),
            upper: finite(interval.upper),
        }
    }

    fn of_pass(interval: &PassInterval) -> Claim {
        Claim {
            about: Some(interval.about.name().to_owned()),
            ..Claim::of(&interval.interval)
        }
    }

    /// The interval around a point.
    pub(super) fn band(&self, point: f64) -> Band {
        Band {
            point,
            lower: self.lower.unwrap_or(0.0),
            upper: self.upper.unwrap_or(f64::INFINITY),
        }
    }
}

/// A compute with six digits, since people type the names.
fn short(compute: f64) -> String {
    let rounded = format!("{compute:.5e}").parse();
    format!("{:e}", rounded.unwrap_or(compute))
}

impl Prediction {
    fn new(
        name: &str,
        quantity: &str,
        compute: f64,
        (point, law_point): (f64, f64),
        intervals: Vec<Claim>,
    ) -> Prediction {
        Prediction {
            id: format!("{name}@{}", short(compute)),
            quantity: quantity.to_owned(),
            compute: Some(compute),
            point,
            law_point: (law_point != point).then_some(law_point),
            intervals,
        }
    }

    /// pass@k of all problems together at a target; `None` at a fitted model, whose outcome is
    /// known.
    pub(crate) fn of_pass_at(at: &PassAt) -> Option<Prediction> {
        let quantity = format!("pass@{}", at.k);
        at.model.is_none().then(|| Prediction {
            id: format!("all/{quantity}@{}", short(at.compute)),
            quantity,
            compute: Some(at.compute),
            point: at.rate.value,
            law_point: None,
            intervals: at.rate.intervals.iter().map(Claim::of_pass).collect(),
        })
    }

    /// The loss of a run. If the calibrated interval was not requested, the intervals are those of
    /// the law, and the law's point is predicted.
    #[doc(hidden)]
    #[must_use]
    pub fn of_loss(forecast: &Forecast) -> Prediction {
        let calibrated = |method: Method| method == Method::Calibrated;
        let asked = forecast.intervals.iter().any(|i| calibrated(i.method))
            || forecast.abstentions.iter().any(|a| calibrated(a.method));
        let intervals = forecast.intervals.iter().map(Claim::of).collect();
        let point = match asked {
            true => forecast.point,
            false => forecast.law_point,
        };
        let points = (point, forecast.law_point);
        Prediction::new("loss", "loss", forecast.x, points, intervals)
    }

    /// A loss that others forecast, without an interval.
    pub(crate) fn of_others(compute: f64, point: f64) -> Prediction {
        Prediction::new("loss", "loss", compute, (point, point), Vec::new())
    }

    /// An outcome at a point of a law in several columns.
    pub(crate) fn of_point(
        quantity: &str,
        at: &[(String, f64)],
        point: f64,
        intervals: &[Interval],
    ) -> Prediction {
        let values = at.iter();
        let values: Vec<String> = values
            .map(|(name, value)| match value.abs() {
                0.0 | 1e-3..1e5 => format!("{name}={value}"),
                _ => format!("{name}={}", short(*value)),
            })
            .collect();
        Prediction {
            id: format!("{quantity}@{}", values.join(",")),
            quantity: quantity.to_owned(),
            compute: None,
            point,
            law_point: None,
            intervals: intervals.iter().map(Claim::of).collect(),
        }
    }

    /// The loss at the end of a training run.
    pub(crate) fn of_end(axis: LogAxis, end: f64, forecast: &EndOfRun) -> Prediction {
        let claims = forecast.intervals.iter().map(|i| Claim {
            level: i.level,
            kind: i.kind,
            method: i.method.to_owned(),
            about: None,
            lower: Some(i.lower),
            upper: Some(i.upper),
        });
        Prediction {
            id: format!("loss@{}={}", axis.name(), Said(end)),
            quantity: "loss".to_owned(),
            compute: None,
            point: forecast.point,
            law_point: None,
            intervals: claims.collect(),
        }
    }

    /// The mean of −ln pass rate and the mean pass rate of the problems of a curve, such as `bucket
    /// 1`.
    pub(crate) fn of_curve(name: &str, forecast: &CurveForecast) -> Vec<Prediction> {
        let made = |quantity: &str, of: &capability::PassQuantity| {
            let claims = of.intervals.iter().map(Claim::of_pass).collect();
            Prediction::new(
                &format!("{name}/{quantity}"),
                quantity,
                forecast.compute,
                (of.point_of(Method::Calibrated), of.value),
                claims,
            )
        };
        let mut all = vec![made("metric", &forecast.metric)];
        if let Some(mean) = &forecast.mean_pass_rate {
            all.push(made("mean_pass_rate", mean));
        }
        all
    }

    /// The score of a task, or the average of a suite, at a compute.
    pub(crate) fn of_score(
        name: &str,
        (compute, point): (f64, f64),
        intervals: &[Interval],
    ) -> Prediction {
        let claims = intervals.iter().map(Claim::of).collect();
        Prediction::new(name, SCORE, compute, (point, point), claims)
    }

    /// The best parameters, tokens and loss at a compute.
    pub(crate) fn of_allocation(
        best: &Allocation,
        intervals: &[AllocationInterval],
    ) -> Vec<Prediction> {
        let made = |quantity: AllocationQuantity, point| {
            let own = intervals.iter().filter(|i| i.quantity == quantity);
            let claims = own.map(|i| Claim {
                level: i.level,
                kind: Kind::Confidence,
                method: i.method.name().to_owned(),
                about: None,
                lower: i.lower,
                upper: i.upper,
            });
            Prediction::new(
                quantity.name(),
                &format!("best_{}", quantity.name()),
                best.compute,
                (point, point),
                claims.collect(),
            )
        };
        vec![
            made(AllocationQuantity::Params, best.params),
            made(AllocationQuantity::Tokens, best.tokens),
            made(AllocationQuantity::Loss, best.loss),
        ]
    }

    /// The interval to quote, at its widest level: the calibrated one, or else the first for an
    /// observed value, or else the first.
    #[must_use]
    pub fn quoted(&self) -> Option<&Claim> {
        let calibrated = |i: &&Claim| i.method == Method::Calibrated.name();
        let of_outcome = |i: &&Claim| i.kind == Kind::Prediction;
        let all = &self.intervals;
        let chosen = all.iter().find(calibrated);
        let first = chosen
            .or_else(|| all.iter().find(of_outcome))
            .or(all.first())?;
        let promise = |i: &Claim| (i.kind, i.method.clone(), i.about.clone());
        all.iter()
            .filter(|i| promise(i) == promise(first))
            .max_by(|p, q| p.level.total_cmp(&q.level))
    }
}
