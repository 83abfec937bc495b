//! The module `scalewise._scalewise`, which computes for the Python package `scalewise`.
//!
//! A verb of Python becomes a request of [`scalewise::ask`], and its answer becomes an object with
//! all its forms. Python computes nothing, and nothing here comes from the command line.

mod answer;
mod arrow;
mod chart;
mod choice;
mod columns;
mod compute;
mod error;
mod keywords;
mod law;
mod reading;
mod table;
mod value;
mod verbs;
mod views;

use pyo3::prelude::*;

/// What the Python package computes with.
#[pymodule]
mod _scalewise {
    #[pymodule_export]
    use crate::answer::Answer;
    #[pymodule_export]
    use crate::chart::Picture;
    #[pymodule_export]
    use crate::error::{DataError, FileError, NoFitError, ScalewiseError, UsageError};
    use crate::keywords::Keywords;
    #[pymodule_export]
    use crate::law::Law;
    #[pymodule_export]
    use crate::table::Table;
    use pyo3::prelude::*;
    use pyo3::types::PyDict;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Answers a verb with these keywords.
    #[pyfunction]
    #[pyo3(signature = (verb, table, keywords, progress=None, others=Vec::new()))]
    fn ask(
        py: Python<'_>,
        verb: &str,
        table: Option<&Bound<'_, Table>>,
        keywords: &Bound<'_, PyDict>,
        progress: Option<Py<PyAny>>,
        others: Vec<Bound<'_, Table>>,
    ) -> PyResult<Answer> {
        let keywords = Keywords::of(keywords)?;
        let table = table.map(|table| table.get().rows());
        let others: Vec<_> = others.iter().map(|table| table.get().rows()).collect();
        let verb = verb.to_owned();
        let work = move |steps: &crate::compute::Steps| {
            crate::verbs::answer(&verb, table.as_deref(), &others, keywords, steps)
        };
        crate::compute::compute(py, progress.as_ref(), work)
    }

    /// The decompressed bytes of a law file, an entry or a score.
    #[pyfunction]
    fn document(py: Python<'_>, path: std::path::PathBuf) -> PyResult<Vec<u8>> {
        let read = py.detach(|| scalewise::internal::read_document(&path));
        read.map_err(|error| crate::error::raised(py, error))
    }

    /// A setting of a finding as a keyword of a call.
    #[pyfunction]
    #[pyo3(signature = (setting, value=None))]
    fn remedy(setting: &str, value: Option<&str>) -> String {
        crate::error::remedied(setting, value)
    }
}
