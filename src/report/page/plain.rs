//! The methods in plain words, and the sentences under the charts.

use crate::interval::Method;

/// How to read the main chart.
pub(super) const SCALING: &str = "Dots are the runs that were fitted, the line is the law: solid where there are runs, dashed beyond the \
     largest. The star is the forecast with its interval, an open circle is a run that was kept out of the fit: what really happened.";
/// How to read the reducible loss.
pub(super) const REDUCIBLE: &str = "The same above the fitted irreducible loss. A power law is a straight line here; a bend at either end says that it is not one.";
/// How to read the laws.
pub(super) const LAWS: &str = "Every line goes through the same runs. Where they part, the forecast rests on the choice of the form, which \
     the calibrated interval takes into account and the others do not.";
/// How to read the levels.
pub(super) const LEVELS: &str = "Each curve joins the ends of one method's intervals, from its own point (bottom) to nearly certain (top): a \
     narrow funnel is a sure forecast. Delta and profile are narrow if the law is exactly right; calibrated does not assume that, and its \
     levels are those that held on published curves.";
/// How to read the residuals.
pub(super) const RESIDUALS: &str = "Dots should scatter about zero without a pattern. A bow or a trend says that the law has another shape than the runs.";
/// How to read the back-test.
pub(super) const BACKTEST: &str = "Every dot is a known run, forecast as if only the smaller ones existed. Errors that grow to the right say \
     how fast trust is lost with distance; a target farther right than any dot was never tested.";

/// What a method does, for who has not met its name.
pub(super) fn method(method: Method) -> &'static str {
    match method {
        Method::Calibrated => {
            "Calibrated: the point is the geometric mean of three thirds, a Bayesian quadrature over plateau, power law and soft floor, \
             the midpoint of all mixtures of power laws that pass through the runs within their noise, and the mean of four published \
             forms. The interval joins the first two and its width was checked on published curves that were cut off and continued."
        }
        Method::Delta => {
            "Delta: the law linearised at its minimum, Student's t for the noise estimated from the residuals. It holds if the law is \
             exactly right and its parameters are well determined."
        }
        Method::Profile => {
            "Profile: every value for which some choice of the parameters fits almost as well as the best. It holds if the law is \
             exactly right, however badly its parameters are determined."
        }
        Method::Bootstrap => {
            "Bootstrap: percentiles of refits to the law with its own residuals put back at random. It holds if the law is exactly right."
        }
        Method::Envelope => {
            "Envelope: the smallest and largest value over all positive mixtures of power laws that pass through the runs within their \
             noise, by two linear programs."
        }
        Method::Quadrature => {
            "Quadrature: deterministic Bayes on a grid over plateau, power law and soft floor, with a process for what none of these \
             explains."
        }
    }
}

/// What a prediction interval is.
pub(super) const PREDICTION: &str = "A prediction interval is about one new run with its noise; a confidence interval is about the curve. \
     A 90 % interval is meant to hold nine times in ten over many forecasts like this one, not to be right with certainty once.";

/// What a finding means for who decides; `None` where its own words are plain enough.
pub(super) fn finding(code: &str) -> Option<&'static str> {
    Some(match code {
        "floor-not-identified" => {
            "the runs do not show whether the loss has a floor, and far beyond them that decides"
        }
        "too-few-runs" => "there are too few runs to judge the noise or the law",
        "one-run-decides" => "the forecast rests on a single run",
        "structured-residuals" => "the runs bend in a way that this law does not",
        "term-not-identified" => "the runs do not separate the two terms of the law",
        "collinear-n-d" => {
            "parameters and tokens grew together, so their effects cannot be told apart"
        }
        "exponent-at-bound" => "an exponent ended at its bound, so the fit is not free",
        "non-monotone" => "the loss rises on the way, and no scaling law does",
        "break" => "the curve breaks within the runs, so what comes next is open",
        "plateau" => "the runs have reached a plateau",
        "concave-onset" => "the smallest runs have not begun to follow the law",
        "inverse-scaling" => "it gets worse with scale, and such trends can turn around",
        "methods-disagree" => "the methods contradict each other: the runs are not one curve",
        _ => return None,
    })
}
