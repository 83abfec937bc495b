//! Follows a training run while it continues.

use super::curve::points;
use super::curve_request::CurveRequest;
use crate::curve::hidden::{CurvePoint, Follow};
use crate::error::{ErrorKind, Result};
use crate::interval::check_levels;
use crate::runs::RunLog;
use serde::Serialize;

/// The forecast at a new point of a running training run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurveUpdate {
    /// The last step.
    pub at: f64,
    /// The loss there.
    pub loss: f64,
    /// The step at which the run will end.
    pub end: f64,
    /// The forecast loss at the end.
    pub point: f64,
    /// The highest requested level, and the ends of its interval.
    pub level: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// The change of the forecast since the previous one.
    pub change: Option<f64>,
}

/// Follows a run: takes its log as it grows.
#[derive(Debug, Clone)]
pub struct CurveFollow {
    request: CurveRequest,
    follow: Follow,
    /// The points taken so far.
    taken: Vec<CurvePoint>,
    /// Whether one of them is at the end.
    ended: bool,
    last: Option<f64>,
    /// The name of the run, and its learning rate after the rows taken so far.
    #[cfg(feature = "tables")]
    read: (String, Option<f64>),
}

impl CurveFollow {
    /// Follows a run for this request.
    ///
    /// # Errors
    /// When the request is invalid.
    pub fn new(request: &CurveRequest) -> Result<CurveFollow> {
        check_levels(&request.levels)?;
        let question = request.question(request.given_schedule()?)?;
        Ok(CurveFollow {
            request: request.clone(),
            follow: Follow::new(question),
            taken: Vec::new(),
            ended: false,
            last: None,
            #[cfg(feature = "tables")]
            read: (String::new(), None),
        })
    }

    /// Whether the run has reached its end.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes a log that may have grown since the last time. A log that was rewritten is taken from
    /// its beginning. `None` if nothing is new, or there are too few points yet.
    ///
    /// # Errors
    /// As for a forecast of the whole log.
    pub fn take(&mut self, log: &RunLog) -> Result<Option<CurveUpdate>> {
        let points = points(log);
        let grown = points.len() >= self.taken.len()
            && self.taken.last() == self.taken.len().checked_sub(1).map(|k| &points[k]);
        if !grown {
            *self = CurveFollow::new(&self.request)?;
        }
        #[cfg(feature = "tables")]
        {
            self.read = (log.name.clone(), log.last_lr);
        }
        let known = self.taken.len();
        self.push(&points[known..])
    }

    /// Takes the later rows of the log alone, below its opening. The answer is the same as for the
    /// whole log. `None` if the whole log has to be taken, and nothing was taken.
    ///
    /// # Errors
    /// As for a forecast of the whole log.
    #[cfg(feature = "tables")]
    #[doc(hidden)]
    pub fn take_more(
        &mut self,
        rows: &crate::tables::Source<'_>,
        opening: &crate::tables::Opening,
    ) -> Result<Option<Option<CurveUpdate>>> {
        let (name, lr) = &self.read;
        // Reading the whole log reports an error in these rows with its line.
        let Ok(Some(more)) = self.request.log.read_more(rows, opening, *lr) else {
            return Ok(None);
        };
        // The first learning rate also holds for the rows before it.
        let is_first_rate = lr.is_none() && more.last_lr.is_some();
        let is_other_run = !more.is_empty() && more.name != *name;
        if is_first_rate || is_other_run {
            return Ok(None);
        }
        self.read.1 = more.last_lr.or(*lr);
        self.push(&points(&more)).map(Some)
    }

    /// Takes further points.
    fn push(&mut self, new: &[CurvePoint]) -> Result<Option<CurveUpdate>> {
        let end = self.request.end;
        self.taken.extend(new);
        self.ended |= new.iter().any(|p| p.step >= end);
        let before = |p: &&CurvePoint| p.step < end;
        let Some(last) = new.iter().rev().find(before).copied() else {
            return Ok(None);
        };
        for point in new.iter().filter(before) {
            self.follow.push(*point);
        }
        let forecast = match self.follow.forecast() {
            Ok(forecast) => forecast,
            Err(error) if error.kind() == ErrorKind::NoFit => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(widest) = forecast.intervals.first() else {
            return Ok(None);
        };
        let change = self.last.map(|before| forecast.point - before);
        self.last = Some(forecast.point);
        Ok(Some(CurveUpdate {
            at: last.step,
            loss: last.loss,
            end: forecast.end,
            point: forecast.point,
            level: widest.level,
            lower: widest.lower,
            upper: widest.upper,
            change,
        }))
    }
}

#[cfg(all(test, feature = "tables"))]
mod tests {
    use super::*;
    use crate::tables::{Opening, Source};

    /// Rows of a log with these learning rates, in a format with this head.
    fn rows(steps: std::ops::Range<u32>, rate: &str) -> String {
        let row = |k: u32| {
            let step = f64::from(50 * k);
            format!("{step},{rate},{},a\n", 2.0 + 30.0 * step.powf(-0.5))
        };
        steps.map(row).collect()
    }

    #[test]
    fn later_rows_alone_have_the_answer_of_the_whole_log() {
        let request = CurveRequest::default().end(10_000.0).schedule("constant");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.csv");
        let write = |text: &str| std::fs::write(&path, text).expect("a file");
        let more = |head: &str, first: &str, second: &str| {
            write(&format!("{head}{first}"));
            let source = Source::open(&path).expect("a log");
            let opening = Opening::of(&source, &source)
                .expect("names")
                .expect("an opening");
            let mut follow = CurveFollow::new(&request).expect("a run");
            let log = request.read(&source).expect("a log");
            follow.take(&log).expect("an update");
            write(&format!("{head}{first}{second}"));
            let begin = (head.len() + first.len()) as u64;
            let part = (begin, begin + second.len() as u64);
            let part = Source::part(&path, opening.text(), part);
            let alone = follow.take_more(&part, &opening).expect("an update");
            let whole = request.read(&Source::open(&path).expect("a log"));
            let whole = whole.map(|log| {
                let mut again = CurveFollow::new(&request).expect("a run");
                again.take(&log).expect("an update")
            });
            (alone, whole)
        };
        let head = "step,lr,loss,run\n";
        let (alone, whole) = more(head, &rows(1..60, "1"), &rows(60..80, ""));
        let (alone, whole) = (alone.flatten().expect("new"), whole.ok().flatten());
        assert_eq!(
            Some(alone.point.to_bits()),
            whole.map(|whole| whole.point.to_bits())
        );
        assert_eq!(alone.at, 3950.0);
        // The keys of objects keep their order.
        let objects = |steps| -> String {
            let rows = rows(steps, "1");
            let rows = rows.lines().map(|row| row.split(',').collect::<Vec<_>>());
            let object = |r: Vec<&str>| format!("{{\"step\":{},\"loss\":{}}}\n", r[0], r[2]);
            rows.map(object).collect()
        };
        let (alone, whole) = more("", &objects(1..60), &objects(60..80));
        let (alone, whole) = (alone.flatten().expect("new"), whole.ok().flatten());
        let bits = |update: CurveUpdate| [update.point, update.lower].map(f64::to_bits);
        assert_eq!(Some(bits(alone)), whole.map(bits));
        // The first rate also holds for the rows before it. Another run is an error of the log.
        assert!(more(head, &rows(1..60, ""), &rows(60..80, "1")).0.is_none());
        let other = rows(60..80, "1").replace(",a\n", ",b\n");
        let (alone, whole) = more(head, &rows(1..60, "1"), &other);
        assert!(alone.is_none() && whole.is_err());
        // Reading the whole log reports rows that do not fit the table.
        let (alone, whole) = more(head, &rows(1..60, "1"), "1,2,3,4,5\n");
        assert!(alone.is_none() && whole.is_err());
    }
}
