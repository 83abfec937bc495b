//! An answer in all its forms.

use crate::chart::Picture;
use crate::columns::{Column, columns, stream};
use crate::error::{raised, word};
use crate::keywords::usage;
use crate::law::Law;
use crate::views::{curve, curve_of, surface, undrawn};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use scalewise::allocation::Flops;
use scalewise::ask::{
    AllocateAnswer, BacktestAnswer, CapabilityAnswer, CurveAnswer, FitAnswer, ForecastAnswer,
    IsoflopAnswer, OptimumAnswer, PlanAnswer, PlotAnswer, PointsAnswer, PointsRequest,
    RecipeAnswer, SchedulesAnswer, ScoresAnswer, SurfaceAnswer, Trust, VersusAnswer,
};
use scalewise::chart::{self, Chart};
use scalewise::fit::Diagnosis;
use scalewise::internal::{
    CellsAnswer, LEVEL, Shown, fragment, json, recipe_chart, schedules_chart,
};
use scalewise::ledger::Ledger;
use scalewise::report::Document;
use scalewise::{FitResult, Method, Result};

/// One view of an answer at a level; `""` is the usual view.
type Draw<A> = fn(&A, &str, f64) -> Result<Chart>;

/// An answer to any question.
trait Held: Send + Sync {
    fn document(&self) -> Document;
    fn table(&self) -> Option<String>;
    fn json(&self) -> Result<String>;
    fn trust(&self) -> Trust;
    fn draw(&self, view: &str, level: f64) -> Result<Chart>;
    fn fit(&self) -> Option<FitResult>;
    /// The findings about it, if they are known without reading its JSON.
    fn findings(&self) -> Option<Vec<Diagnosis>>;
    /// The numbers of its picture as JSON, if it has one of a law of compute or of scores.
    fn shown(&self, level: f64) -> Option<Result<String>>;
}

/// An answer of the library.
struct Of<A> {
    answer: A,
    draw: Draw<A>,
    fit: fn(&A) -> Option<&FitResult>,
    findings: fn(&A) -> Option<Vec<Diagnosis>>,
    shown: fn(&A, f64) -> Option<Result<String>>,
}

impl<A: Shown + Send + Sync> Held for Of<A> {
    fn document(&self) -> Document {
        self.answer.document()
    }

    fn table(&self) -> Option<String> {
        Some(self.answer.table())
    }

    fn json(&self) -> Result<String> {
        self.answer.json()
    }

    fn trust(&self) -> Trust {
        self.answer.trust()
    }

    fn draw(&self, view: &str, level: f64) -> Result<Chart> {
        (self.draw)(&self.answer, view, level)
    }

    fn fit(&self) -> Option<FitResult> {
        (self.fit)(&self.answer).cloned()
    }

    fn findings(&self) -> Option<Vec<Diagnosis>> {
        (self.findings)(&self.answer)
    }

    fn shown(&self, level: f64) -> Option<Result<String>> {
        (self.shown)(&self.answer, level)
    }
}

/// An answer in its finished forms.
pub struct Made {
    pub document: Document,
    pub table: Option<String>,
    pub json: Option<String>,
    pub trust: Trust,
    pub chart: Option<Chart>,
}

impl Held for Made {
    fn document(&self) -> Document {
        self.document.clone()
    }

    fn table(&self) -> Option<String> {
        self.table.clone()
    }

    fn json(&self) -> Result<String> {
        self.json
            .clone()
            .ok_or_else(|| usage("this answer was made without its JSON"))
    }

    fn trust(&self) -> Trust {
        self.trust
    }

    fn draw(&self, view: &str, _: f64) -> Result<Chart> {
        match &self.chart {
            Some(chart) if view.is_empty() => Ok(chart.clone()),
            _ => Err(undrawn(view)),
        }
    }

    fn fit(&self) -> Option<FitResult> {
        None
    }

    fn findings(&self) -> Option<Vec<Diagnosis>> {
        None
    }

    fn shown(&self, _: f64) -> Option<Result<String>> {
        None
    }
}

/// Code, severity, message, hint, and the suggested settings with their values.
type Found = (
    String,
    String,
    String,
    String,
    Vec<(&'static str, Option<String>)>,
);

/// An answer: text, Markdown, HTML, a table, JSON and charts.
#[pyclass(frozen, module = "scalewise._scalewise")]
pub struct Answer {
    held: Box<dyn Held>,
    /// The whole page of a report.
    page: Option<String>,
    /// Whether it has the scores of all tasks, which are not separate series.
    is_of_scores: bool,
    /// Whether it has the point at which a law is lowest, whatever the verb.
    is_of_lowest: bool,
}

#[pymethods]
impl Answer {
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        self.held.json().map_err(|error| raised(py, error))
    }

    fn csv(&self) -> Option<String> {
        self.held.table()
    }

    fn text(&self) -> String {
        self.held.document().in_words(word).to_text(false)
    }

    fn markdown(&self) -> String {
        self.held.document().in_words(word).to_markdown()
    }

    /// One HTML element with the answer and its chart.
    fn html(&self, py: Python<'_>) -> String {
        py.detach(|| {
            let document = self.held.document().in_words(word);
            let chart = self.held.draw("", LEVEL).ok();
            let charts: Vec<_> = chart
                .into_iter()
                .map(|chart| (chart, String::new()))
                .collect();
            fragment(&document, &charts)
        })
    }

    /// The whole page of a report.
    fn page_html(&self) -> Option<&str> {
        self.page.as_deref()
    }

    /// How far it can be relied on.
    #[getter]
    fn trust(&self) -> &'static str {
        match self.held.trust() {
            Trust::Trustworthy => "trustworthy",
            Trust::NotTrustworthy => "not-trustworthy",
            Trust::Refused => "refused",
        }
    }

    /// Whether it has the scores of all tasks, which are not separate series.
    #[getter]
    fn is_of_scores(&self) -> bool {
        self.is_of_scores
    }

    /// Whether it has the point at which a law is lowest, whatever the verb.
    #[getter]
    fn is_of_lowest(&self) -> bool {
        self.is_of_lowest
    }

    #[pyo3(signature = (view="", level=LEVEL))]
    fn chart(&self, py: Python<'_>, view: &str, level: f64) -> PyResult<Picture> {
        scalewise::internal::check_level(level).map_err(|error| raised(py, error))?;
        let drawn = py.detach(|| self.held.draw(view, level));
        drawn.map(Picture::of).map_err(|error| raised(py, error))
    }

    fn law(&self) -> Option<Law> {
        self.held.fit().map(Law::of)
    }

    /// The findings about it: code, severity, message, hint, and the suggested settings with their
    /// values. None if its JSON must be read for that.
    fn findings(&self) -> Option<Vec<Found>> {
        let remedies = |found: &Diagnosis| {
            let remedies = found.remedies.iter();
            remedies
                .map(|remedy| (remedy.setting(), remedy.value().map(str::to_owned)))
                .collect()
        };
        let found = self.held.findings()?.into_iter().map(|found| {
            let severity = format!("{:?}", found.severity).to_lowercase();
            let remedies = remedies(&found);
            (
                found.code.to_string(),
                severity,
                found.message,
                found.hint,
                remedies,
            )
        });
        Some(found.collect())
    }

    /// The numbers of the picture of a law of compute or of scores, as JSON.
    #[pyo3(signature = (level=LEVEL))]
    fn shown(&self, py: Python<'_>, level: f64) -> PyResult<Option<String>> {
        let shown = py.detach(|| self.held.shown(level));
        shown.transpose().map_err(|error| raised(py, error))
    }

    /// The columns of its table: names, and numbers or texts.
    fn columns(&self) -> Option<Vec<(String, Column)>> {
        self.held.table().map(|text| columns(&text))
    }

    /// Its table as a stream of Arrow.
    fn stream<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyCapsule>>> {
        let table = self.held.table();
        table.map(|text| stream(py, columns(&text))).transpose()
    }
}

impl Answer {
    fn of<A: Shown + Send + Sync + 'static>(of: Of<A>) -> Answer {
        Answer {
            held: Box::new(of),
            page: None,
            is_of_scores: false,
            is_of_lowest: false,
        }
    }

    pub fn made(made: Made) -> Answer {
        Answer {
            held: Box::new(made),
            page: None,
            is_of_scores: false,
            is_of_lowest: false,
        }
    }

    /// A report with its page as one HTML file.
    pub fn page(made: Made, page: String) -> Answer {
        Answer {
            page: Some(page),
            ..Answer::made(made)
        }
    }

    /// An answer without a chart.
    pub fn plain<A: Shown + Send + Sync + 'static>(answer: A) -> Answer {
        Answer::of(Of::new(answer, |_, view, _| Err(undrawn(view))))
    }

    pub fn of_fit(answer: FitAnswer) -> Answer {
        let draw: Draw<FitAnswer> = |answer, view, level| match curve_of(answer.fit(), level) {
            Some(shown) => curve(&shown, view),
            None if answer.fit().law().typed().is_some() => match view {
                "" => {
                    let request = PointsRequest::default().levels([level]);
                    Ok(chart::points(&request.of_fit(answer.fit().clone())?))
                }
                view => Err(undrawn(view)),
            },
            None => {
                let fit = answer.fit();
                let shown = || SurfaceAnswer::of(fit.clone(), Flops::SixNd, level);
                surface(&shown, fit, view)
            }
        };
        Answer::of(Of::<FitAnswer> {
            fit: |answer| Some(answer.fit()),
            findings: |answer| Some(answer.fit().diagnoses().to_vec()),
            shown: |answer, level| curve_of(answer.fit(), level).map(|shown| json(&shown)),
            ..Of::new(answer, draw)
        })
    }

    pub fn of_points(answer: PointsAnswer) -> Answer {
        Answer::of(Of::<PointsAnswer> {
            fit: |answer| Some(answer.fit()),
            findings: |answer| Some(answer.fit().diagnoses().to_vec()),
            ..Of::new(answer, |answer, view, _| match view {
                "" => Ok(chart::points(answer)),
                view => Err(undrawn(view)),
            })
        })
    }

    pub fn of_optimum(answer: OptimumAnswer) -> Answer {
        let of = Of::<OptimumAnswer> {
            fit: |answer| Some(answer.fit()),
            findings: |answer| Some(answer.fit().diagnoses().to_vec()),
            ..Of::new(answer, |_, view, _| Err(undrawn(view)))
        };
        Answer {
            is_of_lowest: true,
            ..Answer::of(of)
        }
    }

    pub fn of_cells(answer: CellsAnswer) -> Answer {
        Answer::of(Of::<CellsAnswer> {
            ..Of::new(answer, |_, view, _| Err(undrawn(view)))
        })
    }

    pub fn of_forecast(answer: ForecastAnswer) -> Answer {
        fn shown(answer: &ForecastAnswer, level: f64) -> PlotAnswer {
            let method = answer.method().unwrap_or(Method::Calibrated);
            PlotAnswer::of_answer(answer, level, method)
        }
        fn findings(answer: &ForecastAnswer) -> Option<Vec<Diagnosis>> {
            let of_fit = answer.fit().diagnoses().iter();
            let of_targets = answer.forecasts().flat_map(|forecast| &forecast.diagnoses);
            let mut all: Vec<Diagnosis> = Vec::new();
            for found in of_fit.chain(of_targets) {
                if !all.contains(found) {
                    all.push(found.clone());
                }
            }
            Some(all)
        }
        Answer::of(Of::<ForecastAnswer> {
            fit: |answer| Some(answer.fit()),
            findings,
            shown: |answer, level| Some(json(&shown(answer, level))),
            ..Of::new(answer, |answer, view, level| {
                curve(&shown(answer, level), view)
            })
        })
    }

    pub fn of_backtest(answer: BacktestAnswer) -> Answer {
        Answer::of(Of::new(answer, |answer, view, _| match view {
            "" => Ok(chart::backtest(answer.tested())),
            view => Err(undrawn(view)),
        }))
    }

    pub fn of_allocation(answer: AllocateAnswer) -> Answer {
        let draw: Draw<AllocateAnswer> = |answer, view, level| {
            let shown = || SurfaceAnswer::behind(answer, level);
            surface(&shown, answer.fit(), view)
        };
        Answer::of(Of::<AllocateAnswer> {
            fit: |answer| Some(answer.fit()),
            ..Of::new(answer, draw)
        })
    }

    pub fn of_isoflop(answer: IsoflopAnswer) -> Answer {
        Answer::of(Of::new(answer, |answer, view, _| match view {
            "" => Ok(chart::isoflops(answer.budgets(), answer.line())),
            view => Err(undrawn(view)),
        }))
    }

    pub fn of_capability(answer: CapabilityAnswer) -> Answer {
        Answer::of(Of::new(answer, |answer, view, _| match view {
            "" => Ok(chart::capability(answer)),
            "problems" => chart::problems(answer.fit()).ok_or_else(|| {
                usage("the map of problems needs counts for every problem")
                    .with_hint("draw the usual view for rates of a whole benchmark")
            }),
            view => Err(undrawn(view)),
        }))
    }

    pub fn of_scores(answer: ScoresAnswer) -> Answer {
        let draw: Draw<ScoresAnswer> = |answer, view, _| match view {
            "" => Ok(chart::scores(answer)),
            view => Err(undrawn(view)),
        };
        Answer {
            is_of_scores: true,
            ..Answer::of(Of::<ScoresAnswer> {
                shown: |answer, _| Some(json(&answer.shown())),
                ..Of::new(answer, draw)
            })
        }
    }

    pub fn of_curve(answer: CurveAnswer) -> Answer {
        Answer::of(Of::<CurveAnswer> {
            findings: |answer| Some(answer.findings().to_vec()),
            ..Of::new(answer, |answer, view, _| match view {
                "" => Ok(chart::curve(answer)),
                view => Err(undrawn(view)),
            })
        })
    }

    pub fn of_recipe(answer: RecipeAnswer) -> Answer {
        Answer::of(Of::<RecipeAnswer> {
            findings: |answer| Some(answer.findings().to_vec()),
            ..Of::new(answer, |answer, view, _| match view {
                "" => Ok(recipe_chart(answer)),
                view => Err(undrawn(view)),
            })
        })
    }

    pub fn of_schedules(answer: SchedulesAnswer) -> Answer {
        Answer::of(Of::<SchedulesAnswer> {
            findings: |answer| Some(answer.findings().to_vec()),
            ..Of::new(answer, |answer, view, _| match view {
                "" => Ok(schedules_chart(answer)),
                view => Err(undrawn(view)),
            })
        })
    }

    pub fn of_plan(answer: PlanAnswer) -> Answer {
        Answer::of(Of::<PlanAnswer> {
            fit: |answer| answer.fit(),
            findings: |answer| {
                Some(
                    answer
                        .fit()
                        .map_or_else(Vec::new, |f| f.diagnoses().to_vec()),
                )
            },
            ..Of::new(answer, |answer, view, _| match view {
                "" => Ok(chart::plan(answer)),
                view => Err(undrawn(view)),
            })
        })
    }

    pub fn of_versus(answer: VersusAnswer) -> Answer {
        Answer::of(Of::new(answer, |answer, view, _| match view {
            "" if answer.is_compared() => Ok(chart::versus(answer)),
            view => Err(undrawn(view)),
        }))
    }

    pub fn of_ledger(answer: Ledger) -> Answer {
        Answer::of(Of::new(answer, |answer, view, _| match view {
            "" => Ok(chart::ledger(answer)),
            view => Err(undrawn(view)),
        }))
    }
}

impl<A> Of<A> {
    /// An answer without a law.
    fn new(answer: A, draw: Draw<A>) -> Of<A> {
        Of {
            answer,
            draw,
            fit: |_| None,
            findings: |_| None,
            shown: |_, _| None,
        }
    }
}
