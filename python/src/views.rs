//! The views of answers about laws.

use crate::keywords::usage;
use scalewise::ask::{PlotAnswer, SurfaceAnswer};
use scalewise::chart::{self, Chart};
use scalewise::law::Input;
use scalewise::{FitResult, Method, Result};

/// The error for a view that an answer does not have.
pub fn undrawn(view: &str) -> scalewise::Error {
    match view {
        "" => usage("this answer has no chart").with_hint("its text, table and JSON say all of it"),
        view => usage(format!("view: this answer has no view '{view}'"))
            .with_hint("leave it out for the usual one; the documentation lists them"),
    }
}

/// The data of a picture of a law of compute.
pub fn curve_of(fit: &FitResult, level: f64) -> Option<PlotAnswer> {
    (fit.law().inputs() == [Input::Compute])
        .then(|| PlotAnswer::of(fit.clone(), Vec::new(), level, Method::Calibrated))
}

/// A view of a law of one variable.
pub fn curve(shown: &PlotAnswer, view: &str) -> Result<Chart> {
    match view {
        _ if !shown.laws().is_empty() => Ok(chart::laws(shown)),
        "" | "loss" => Ok(chart::scaling(shown)),
        "reducible" => Ok(chart::reducible(shown)),
        "both" => Ok(chart::both(shown)),
        view => Err(undrawn(view)),
    }
}

/// A view of a law of N and D.
pub fn surface(
    shown: &dyn Fn() -> Result<SurfaceAnswer>,
    fit: &FitResult,
    view: &str,
) -> Result<Chart> {
    match view {
        "" | "contours" => Ok(chart::contours(&shown()?)),
        "allocation" => Ok(chart::allocation(&shown()?)),
        "valley" => Ok(chart::valley(&shown()?)),
        "residuals" => Ok(chart::residuals(fit)),
        view => Err(undrawn(view)),
    }
}
