//! The methods in plain words, and captions for the charts.

use crate::fit::Code;

/// How to read the main chart.
pub(super) const SCALING: &str = "Dots are the runs that were fitted. The blue line is the law: solid where there are runs, dashed beyond the \
     largest. The orange line is the forecast, which does not assume that the law goes on exactly, and the star is the forecast at the target \
     with its interval. An open circle is a run that was kept out of the fit: what really happened.";
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

/// The meaning of a prediction interval.
pub(super) const PREDICTION: &str = "A prediction interval is about one new run with its noise; a confidence interval is about the curve. \
     A 90 % interval is meant to hold nine times in ten over many forecasts like this one, not to be right with certainty once.";

/// The meaning of a finding for a decision maker; `None` if its own words are plain enough.
pub(super) fn finding(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::FloorNotIdentified => {
            "the runs do not show whether the loss has a floor, and far beyond them that decides"
        }
        Code::TooFewRuns => "there are too few runs to judge the noise or the law",
        Code::OneRunDecides => "the forecast rests on a single run",
        Code::StructuredResiduals => "the runs bend in a way that this law does not",
        Code::TermNotIdentified => "the runs do not separate the two terms of the law",
        Code::CollinearND => {
            "parameters and tokens grew together, so their effects cannot be told apart"
        }
        Code::ExponentAtBound => "an exponent ended at its bound, so the fit is not free",
        Code::NonMonotone => "the loss rises on the way, and no scaling law does",
        Code::Break => "the curve breaks within the runs, so what comes next is open",
        Code::Plateau => "the runs have reached a plateau",
        Code::ConcaveOnset => "the smallest runs have not begun to follow the law",
        Code::RatioOutsideRuns => "no run had such a ratio of tokens to parameters",
        Code::EpochsOutsideRuns => "no run repeated its tokens as often",
        Code::InverseScaling => "it gets worse with scale, and such trends can turn around",
        _ => return None,
    })
}
