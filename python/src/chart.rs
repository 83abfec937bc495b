//! A chart.

use crate::error::raised;
use crate::keywords::usage;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use scalewise::Result;
use scalewise::chart::{Chart, Theme};
use scalewise::internal::fragment;
use scalewise::report::Document;

/// A chart that can be drawn in any theme and size.
#[pyclass(frozen, module = "scalewise._scalewise")]
#[derive(Debug)]
pub struct Picture {
    chart: Chart,
}

impl Picture {
    pub fn of(chart: Chart) -> Picture {
        Picture { chart }
    }
}

#[pymethods]
impl Picture {
    #[getter]
    fn title(&self) -> &str {
        self.chart.title()
    }

    /// The same with another headline or none, and with other axis limits.
    #[pyo3(signature = (title=None, no_title=false, xlim=None, ylim=None))]
    fn framed(
        &self,
        py: Python<'_>,
        title: Option<String>,
        no_title: bool,
        xlim: Option<(f64, f64)>,
        ylim: Option<(f64, f64)>,
    ) -> PyResult<Picture> {
        let framed = || -> Result<Chart> {
            let mut chart = self.chart.clone();
            if let Some((low, high)) = xlim {
                chart = chart.xlim(low, high)?;
            }
            if let Some((low, high)) = ylim {
                chart = chart.ylim(low, high)?;
            }
            match (title, no_title) {
                (Some(_), true) => Err(usage("title and no_title contradict each other")),
                (Some(title), false) => Ok(chart.titled(title)),
                (None, true) => Ok(chart.untitled()),
                (None, false) => Ok(chart),
            }
        };
        framed().map(Picture::of).map_err(|error| raised(py, error))
    }

    #[pyo3(signature = (theme="light", size=None))]
    fn svg(&self, py: Python<'_>, theme: &str, size: Option<(u32, u32)>) -> PyResult<String> {
        let theme = themed(theme, size, None).map_err(|error| raised(py, error))?;
        Ok(py.detach(|| self.chart.to_svg(&theme)))
    }

    #[pyo3(signature = (theme="light", size=None, dpi=None))]
    fn png<'py>(
        &self,
        py: Python<'py>,
        theme: &str,
        size: Option<(u32, u32)>,
        dpi: Option<u32>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let theme = themed(theme, size, dpi).map_err(|error| raised(py, error))?;
        let bytes = py.detach(|| self.chart.to_png(&theme));
        Ok(PyBytes::new(py, &bytes.map_err(|error| raised(py, error))?))
    }

    #[pyo3(signature = (theme="light", size=None))]
    fn pdf<'py>(
        &self,
        py: Python<'py>,
        theme: &str,
        size: Option<(u32, u32)>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let theme = themed(theme, size, None).map_err(|error| raised(py, error))?;
        let bytes = py.detach(|| self.chart.to_pdf(&theme));
        Ok(PyBytes::new(py, &bytes))
    }

    #[pyo3(signature = (theme="light", size=None))]
    fn vega_lite(&self, py: Python<'_>, theme: &str, size: Option<(u32, u32)>) -> PyResult<String> {
        let theme = themed(theme, size, None).map_err(|error| raised(py, error))?;
        Ok(py.detach(|| self.chart.to_vega_lite(&theme)))
    }

    /// One HTML element with the chart, which adapts to a dark page.
    fn html(&self, py: Python<'_>) -> String {
        let charts = [(self.chart.clone(), String::new())];
        py.detach(|| fragment(&Document::default(), &charts))
    }

    #[pyo3(signature = (width=80, height=20))]
    fn text(&self, width: usize, height: usize) -> String {
        self.chart.to_terminal(width, height, true)
    }
}

fn themed(name: &str, size: Option<(u32, u32)>, dpi: Option<u32>) -> Result<Theme> {
    let mut theme = match name {
        "light" => Theme::light(),
        "dark" => Theme::dark(),
        "paper-column" => Theme::paper_column(),
        "paper-page" => Theme::paper_page(),
        "slide" => Theme::slide(),
        _ => {
            return Err(usage(format!("theme: there is no theme '{name}'"))
                .with_hint("choose 'light', 'dark', 'paper-column', 'paper-page' or 'slide'"));
        }
    };
    if let Some((width, height)) = size {
        theme = theme.size(width, height);
    }
    Ok(match dpi {
        Some(dpi @ 48..=1200) => theme.dpi(dpi),
        Some(dpi) => return Err(usage(format!("dpi={dpi}: this is not between 48 and 1200"))),
        None => theme,
    })
}
