//! A law through runs as a picture needs it: its parameters without a verdict.

use super::builder::{Fit, no_basin};
use super::result::FitResult;
use crate::error::Result;
use crate::law::Law;
use crate::runs::Dataset;
use std::sync::Arc;

/// A law and its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) law: Arc<dyn Law>,
    pub(crate) parameters: Vec<f64>,
}

impl Drawn {
    /// The law's value.
    pub(crate) fn predict(&self, x: &[f64]) -> f64 {
        self.law.predict(x, &self.parameters)
    }
}

impl From<&FitResult> for Drawn {
    fn from(fit: &FitResult) -> Drawn {
        Drawn {
            law: Arc::clone(&fit.law),
            parameters: fit.values(),
        }
    }
}

impl Fit {
    /// The parameters that [`Fit::run`] finds, without the refits that its verdict needs: these
    /// take longer than the search.
    ///
    /// # Errors
    /// As for [`Fit::run`].
    pub(crate) fn drawn(&self, data: &Dataset) -> Result<Drawn> {
        let (observations, settings) = self.prepared(data)?;
        let (basins, _) = self.search(&observations, &settings)?;
        let best = basins.into_iter().next();
        Ok(Drawn {
            law: Arc::clone(&self.law),
            parameters: best.ok_or_else(|| no_basin(&*self.law))?.parameters,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::by_name;

    #[test]
    fn a_drawn_law_is_the_curve_of_its_fit() {
        let runs = (0..24).map(|k| {
            let c = 10_f64.powf(18.0 + 0.2 * f64::from(k));
            let noise = 1.0 + 0.002 * f64::from((k * 7) % 5 - 2);
            (c, (900.0 * c.powf(-0.15) + 1.7) * noise)
        });
        let data = Dataset::from_runs(runs).unwrap();
        for name in ["shifted", "m3", "m4", "broken"] {
            let fit = Fit::new(by_name(name).unwrap());
            let (drawn, judged) = (fit.drawn(&data).unwrap(), fit.run(&data).unwrap());
            assert_eq!(drawn.parameters, judged.values(), "{name}");
            assert_eq!(drawn.predict(&[1e23]), judged.predict(&[1e23]));
        }
    }

    #[test]
    fn too_few_runs_are_named() {
        let data = Dataset::from_runs([(1e18, 3.0), (1e19, 2.8), (1e20, 2.7)]).unwrap();
        let error = Fit::new(by_name("m4").unwrap()).drawn(&data);
        assert!(error.unwrap_err().message().contains("3 usable runs"));
    }
}
