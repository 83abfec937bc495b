//! A fitted law.

use crate::answer::Answer;
use crate::compute::compute;
use crate::error::raised;
use pyo3::prelude::*;
use pyo3::types::PyType;
use scalewise::FitResult;
use scalewise::ask::FitAnswer;
use scalewise::law::Input;
use scalewise::report::{latex, python};
use std::sync::Arc;

/// A fitted law, which `fit` returns. It is immutable.
#[pyclass(frozen, subclass, module = "scalewise._scalewise")]
#[derive(Debug)]
pub struct Law {
    fit: Arc<FitResult>,
}

impl Law {
    pub fn of(fit: FitResult) -> Law {
        Law { fit: Arc::new(fit) }
    }

    pub fn fit(&self) -> Arc<FitResult> {
        self.fit.clone()
    }
}

#[pymethods]
impl Law {
    #[new]
    fn new(py: Python<'_>, json: &str) -> PyResult<Law> {
        let fit = FitResult::from_json(json, "law").map_err(|error| raised(py, error))?;
        Ok(Law::of(fit))
    }

    /// The law of a law file.
    #[classmethod]
    fn read(of: &Bound<'_, PyType>, bytes: &[u8], name: &str) -> PyResult<Law> {
        let fit = FitResult::from_json(&String::from_utf8_lossy(bytes), name);
        fit.map(Law::of).map_err(|error| raised(of.py(), error))
    }

    /// The law file, as `scalewise fit -o` writes it.
    fn to_json(&self) -> String {
        self.fit.to_json()
    }

    /// The answer of `fit` in all its forms.
    fn answer(&self) -> Answer {
        Answer::of_fit(FitAnswer::of((*self.fit).clone()))
    }

    /// The names of its inputs.
    #[getter]
    fn inputs(&self) -> Vec<String> {
        let inputs = self.fit.law().inputs().iter();
        inputs
            .map(|input| match input {
                Input::Column(k) => self.fit.law().columns()[*k].clone(),
                input => format!("{input:?}").to_lowercase(),
            })
            .collect()
    }

    /// Its values at rows of inputs, concatenated row by row.
    fn values(&self, py: Python<'_>, rows: Vec<f64>) -> PyResult<Vec<f64>> {
        let width = self.fit.law().inputs().len();
        let fit = &self.fit;
        Ok(py.detach(|| {
            rows.chunks_exact(width)
                .map(|row| fit.predict(row))
                .collect()
        }))
    }

    /// The published 4,500 starts of a surface: their number, how many reach the objective, how
    /// many lose a term, and the best objective found.
    fn published_starts(&self, py: Python<'_>) -> PyResult<(usize, usize, usize, f64)> {
        let fit = self.fit.clone();
        let found = compute(py, None, move |_| fit.exhaustive())?;
        Ok((found.starts, found.reached, found.trapped, found.objective))
    }

    /// A Python function with these numbers; None if the law has no such text.
    fn python(&self) -> Option<String> {
        python(&self.fit)
    }

    fn latex(&self) -> Option<String> {
        latex(&self.fit)
    }
}
