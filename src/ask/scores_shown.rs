//! The numbers in the chart of a suite.

use super::ScoresAnswer;
use serde::Serialize;

#[derive(Serialize)]
struct Point<'a> {
    model: &'a str,
    compute: f64,
    score: f64,
}

#[derive(Serialize)]
struct Shown<'a> {
    task: &'a str,
    score_name: &'a str,
    chance: f64,
    /// Compute and score by the mean of the laws, over the fitted models.
    law: &'a [(f64, f64)],
    /// One per target: compute, the forecast, and the ends of its interval.
    paths: &'a [Vec<(f64, f64, f64, f64)>],
    actuals: Vec<Point<'a>>,
}

#[derive(Serialize)]
struct AllShown<'a> {
    level: f64,
    tasks: Vec<Shown<'a>>,
}

impl ScoresAnswer {
    /// The numbers that a chart shows besides the models and forecasts of the JSON.
    #[doc(hidden)]
    pub fn shown(&self) -> impl Serialize {
        let all = self.tasks.iter().zip(&self.curves);
        AllShown {
            level: self.main(),
            tasks: all
                .map(|(task, curves)| Shown {
                    task: &task.task,
                    score_name: &task.score_name,
                    chance: task.fit.chance(),
                    law: &curves.law,
                    paths: &curves.paths,
                    actuals: (task.actuals.iter())
                        .map(|actual| Point {
                            model: &actual.model,
                            compute: actual.target.compute,
                            score: actual.score,
                        })
                        .collect(),
                })
                .collect(),
        }
    }
}
