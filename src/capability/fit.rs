//! From counts or rates to curves with laws and findings.

use super::cells::Cells;
use super::curve::{Curve, CurvePoint, seen};
use super::estimator::{Estimator, reciprocals};
use super::hierarchy::{Counts, Hierarchy};
use super::line::Line;
use super::problems::{self, TradeOff};
use super::verdict::{Evidence, Verdict, code, shape};
use crate::data::{Count, Excluded, PassCounts, PassRates, Role};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, Severity};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Which problems the metric is about, and how it is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Problems that every fitted model solved, chosen and measured by the same samples, and a straight line by least
    /// squares: the rule of the GPT-4 report. The choice bends the law where samples are few.
    SolvedByAll,
    /// Problems that every fitted model solved in one half of the samples, measured by the other half, and a straight
    /// line by generalised least squares.
    Split,
    /// Every problem and every count, zeros included, by the likelihood of a hierarchical model.
    Likelihood,
}

impl Rule {
    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Rule::SolvedByAll => "solved-by-all",
            Rule::Split => "split",
            Rule::Likelihood => "likelihood",
        }
    }
}

/// How to fit −E\[ln pass_rate(C)\] = α·C^(−k).
///
/// ```
/// use scalewise::capability::{Benchmark, Fit};
/// let counts = Benchmark { samples: 100, seed: 3, ..Benchmark::default() }.simulate()?.counts;
/// let fit = Fit::new().run(&counts)?;
/// let (k, stderr) = fit.overall.exponent().unwrap();
/// assert!((k - 0.1).abs() < 3.0 * stderr.unwrap());
/// assert_eq!(fit.buckets.len(), 6);
/// let forecast = fit.overall.forecast(1e24, &[0.9], false)?;
/// assert!(forecast.mean_pass_rate.unwrap().value > forecast.geometric_mean_pass_rate.value);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    rule: Rule,
    estimator: Estimator,
    buckets: usize,
    hardest: usize,
    chance: Option<f64>,
    seed: u64,
}

impl Default for Fit {
    fn default() -> Fit {
        Fit::new()
    }
}

/// What is known of one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelRow {
    /// Its name.
    pub model: String,
    /// Its compute.
    pub compute: f64,
    /// Problems of the table that it solved at least once; absent where only rates are known.
    pub solved: Option<usize>,
    /// Mean pass rate over the problems used.
    pub mean_pass_rate: f64,
    /// Mean of −ln(pass rate) over the problems used.
    pub metric: Option<f64>,
    /// Its standard error for these problems.
    pub stderr: Option<f64>,
    /// `fit`, `actual` or `dropped`.
    pub role: &'static str,
}

/// A fitted capability.
#[derive(Debug, Clone)]
pub struct Capability {
    /// Name of the file as the user gave it.
    pub source: String,
    /// What compute is called in the table.
    pub compute_name: String,
    /// Rows read, and rows left out with their reasons.
    pub rows: usize,
    /// Rows left out.
    pub excluded: Vec<Excluded>,
    /// The rule; absent where only rates are known.
    pub rule: Option<Rule>,
    /// How the metric of a model is estimated; absent where the likelihood or a given rate decides.
    pub estimator: Option<Estimator>,
    /// Every model by growing compute.
    pub models: Vec<ModelRow>,
    /// Problems in the table.
    pub problems: usize,
    /// Cells of the fitted models, on the problems of the table, without a pass.
    pub zero_cells: usize,
    /// The hardest problems, left out on request.
    pub hardest: usize,
    /// Models kept against problems kept, where the rule chooses.
    pub trade_off: Vec<TradeOff>,
    /// All problems used.
    pub overall: Curve,
    /// The problems that every fitted model solved, by the likelihood: what the plain rule looks at. Absent where the
    /// rule itself chooses, or where these are all problems or fewer than five.
    pub solved_by_all: Option<Curve>,
    /// The same by difficulty, the easiest first.
    pub buckets: Vec<Curve>,
    /// The table, for pictures of single problems; absent where only rates are known.
    pub counts: Option<PassCounts>,
}

impl Capability {
    /// The verdict on all problems together.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.overall.verdict()
    }
}

impl Fit {
    /// The likelihood of every count, six buckets.
    #[must_use]
    pub fn new() -> Fit {
        Fit {
            rule: Rule::Likelihood,
            estimator: Estimator::Harmonic,
            buckets: 6,
            hardest: 0,
            chance: None,
            seed: 0,
        }
    }

    /// Which problems are used and how.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Fit {
        self.rule = rule;
        self
    }

    /// How −ln p is estimated where the rule is not the likelihood.
    #[must_use]
    pub fn estimator(mut self, estimator: Estimator) -> Fit {
        self.estimator = estimator;
        self
    }

    /// Number of difficulty buckets.
    #[must_use]
    pub fn buckets(mut self, buckets: usize) -> Fit {
        self.buckets = buckets;
        self
    }

    /// Leaves out so many of the hardest problems, as the small models see them.
    #[must_use]
    pub fn hardest(mut self, hardest: usize) -> Fit {
        self.hardest = hardest;
        self
    }

    /// The rate that guessing reaches.
    #[must_use]
    pub fn chance(mut self, chance: Option<f64>) -> Fit {
        self.chance = chance;
        self
    }

    /// Seed of the split into halves.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Fit {
        self.seed = seed;
        self
    }

    /// Fits rates of a whole benchmark: −ln of the mean pass rate, which is not the mean of −ln(pass rate).
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] with fewer than two models to fit.
    pub fn run_rates(&self, table: &PassRates) -> Result<Capability> {
        self.check()?;
        let fitted: Vec<usize> = (0..table.rates.len())
            .filter(|&k| table.rates[k].role == Role::Fit)
            .collect();
        enough(fitted.len(), &table.source)?;
        let metric = |k: usize| -table.rates[k].rate.ln();
        let error = |k: usize| {
            let r = &table.rates[k];
            r.samples
                .map(|n| ((1.0 - r.rate) / (n as f64 * r.rate)).sqrt())
        };
        let x: Vec<f64> = fitted
            .iter()
            .map(|&k| table.rates[k].compute.ln())
            .collect();
        let y: Vec<f64> = fitted.iter().map(|&k| metric(k)).collect();
        let errors: Option<Vec<f64>> = fitted.iter().map(|&k| error(k)).collect();
        let covariance =
            errors.map(|e| DMatrix::from_diagonal(&DVector::from_vec(e).map(|s| s * s)));
        let names: Vec<String> = fitted
            .iter()
            .map(|&k| table.rates[k].model.clone())
            .collect();
        let rates: Vec<(f64, Option<f64>)> = fitted
            .iter()
            .map(|&k| {
                let r = &table.rates[k];
                let error = r
                    .samples
                    .map(|n| (r.rate * (1.0 - r.rate) / n as f64).sqrt());
                (r.rate, error)
            })
            .collect();
        let mut diagnoses = Vec::new();
        if y.iter().all(|m| m.is_finite()) {
            diagnoses = shape(&Evidence {
                names: &names,
                x: &x,
                metric: &y,
                covariance: covariance.as_ref(),
                rates: &rates,
                chance: self.chance,
            });
        } else {
            diagnoses.push(Diagnosis::new(
                code::ZERO_PASS_CELLS,
                Severity::Refuse,
                "a pass rate of 0 has no logarithm, and without counts for each problem nothing stands in for it",
                "leave the model out with --fit-below or --where, or give one row a problem with its counts",
            ));
        }
        diagnoses.extend(few_models(fitted.len()));
        diagnoses.push(Diagnosis::new(
            code::AGGREGATE_ONLY,
            Severity::Note,
            "only rates of the whole benchmark: the law is of -ln(mean pass rate), whose curve bends where problems \
             differ (Jensen), and no problem is told from another",
            "give one row a model and problem with n_samples and n_correct",
        ));
        let line = usable(&y).then(|| match &covariance {
            Some(v) => general(&x, &y, v),
            None => Line::ordinary(&x, &logs(&y)),
        });
        let points = (0..table.rates.len())
            .map(|k| CurvePoint {
                model: table.rates[k].model.clone(),
                compute: table.rates[k].compute,
                metric: Some(metric(k)).filter(|m| m.is_finite()),
                stderr: error(k).filter(|e| e.is_finite()),
                role: table.rates[k].role,
            })
            .collect();
        let mut curve = Curve {
            name: "all".to_owned(),
            problems: Vec::new(),
            points,
            diagnoses,
            unsolved_share: 0.0,
            problem_scatter: None,
            line,
            difficulties: Vec::new(),
            relative_variance: 0.0,
        };
        judge_line(&mut curve);
        Ok(Capability {
            source: table.source.clone(),
            compute_name: table.compute_name.clone(),
            rows: table.rows,
            excluded: table.excluded.clone(),
            rule: None,
            estimator: None,
            models: curve
                .points
                .iter()
                .zip(&table.rates)
                .map(|(p, r)| row(p, None, r.rate, true))
                .collect(),
            problems: 0,
            zero_cells: 0,
            hardest: 0,
            trade_off: Vec::new(),
            overall: curve,
            solved_by_all: None,
            buckets: Vec::new(),
            counts: None,
        })
    }

    fn check(&self) -> Result<()> {
        let usage = |message: String| Err(Error::new(ErrorKind::Usage, message));
        if self.buckets == 0 {
            return usage("there must be at least one bucket".to_owned());
        }
        match self.chance {
            Some(chance) if !(0.0..1.0).contains(&chance) => usage(format!(
                "the chance level lies between 0 and 1, not at {chance}"
            )),
            _ => Ok(()),
        }
    }

    /// Fits counts.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] with fewer than two models to fit, or where no problem is left; [`ErrorKind::Data`] for
    /// counts that the estimator cannot use.
    pub fn run(&self, table: &PassCounts) -> Result<Capability> {
        self.check()?;
        let fitted = table.fitted();
        enough(fitted.len(), &table.source)?;
        if self.hardest >= table.problems.len() {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "leaving out the hardest {} of {} problems leaves none",
                    self.hardest,
                    table.problems.len()
                ),
            ));
        }
        // The smaller half of the models judges how hard a problem is.
        let small = &fitted[..fitted.len().div_ceil(2)];
        let difficulty = problems::difficulty(table, small);
        let all: Vec<usize> = (0..table.problems.len()).collect();
        let mut order = problems::by_difficulty(&all, &difficulty);
        order.truncate(order.len() - self.hardest);
        let fit = match self.rule {
            Rule::Likelihood => self.by_likelihood(table, &fitted, small.len(), &order),
            Rule::SolvedByAll | Rule::Split => self.by_rule(table, &fitted, &order),
        }?;
        Ok(fit)
    }

    fn by_rule(&self, table: &PassCounts, fitted: &[usize], order: &[usize]) -> Result<Capability> {
        let halves = (self.rule == Rule::Split).then(|| problems::split(&table.counts, self.seed));
        let (choosing, measuring) = match &halves {
            Some([first, second]) => (first, second),
            None => (&table.counts, &table.counts),
        };
        let (used, trade_off) = problems::trade_off(table, choosing, fitted);
        let solved = problems::solved_by_all(choosing, &used);
        let kept: Vec<usize> = order
            .iter()
            .copied()
            .filter(|i| solved.contains(i))
            .collect();
        if kept.is_empty() {
            return Err(Error::new(
                ErrorKind::NoFit,
                "no problem was solved at least once by every model",
            )
            .with_hint(
                "--rule likelihood uses the zeros too; or leave weak models out with --where",
            ));
        }
        let role = |m: usize| {
            if used.contains(&m) {
                Role::Fit
            } else {
                Role::Actual
            }
        };
        let curve = |name: String, problems: &[usize]| -> Result<Curve> {
            let mut points = Vec::new();
            let mut lambda: Vec<Vec<f64>> = Vec::new();
            for (m, model) in table.models.iter().enumerate() {
                let (values, point) = self.measure(table, measuring, m, problems, role(m))?;
                if used.contains(&m) {
                    lambda.push(values);
                }
                if used.contains(&m) || model.role == Role::Actual {
                    points.push(point);
                }
            }
            let y: Vec<f64> = of_fit(&points)
                .map(|p| p.metric.unwrap_or(f64::INFINITY))
                .collect();
            let x: Vec<f64> = of_fit(&points).map(|p| p.compute.ln()).collect();
            let line = usable(&y).then(|| {
                if self.rule == Rule::SolvedByAll {
                    return Line::ordinary(&x, &logs(&y));
                }
                let errors = of_fit(&points).map(|p| p.stderr.unwrap_or(0.0).powi(2));
                general(
                    &x,
                    &y,
                    &DMatrix::from_diagonal(&DVector::from_iterator(y.len(), errors)),
                )
            });
            let means: Vec<f64> = (0..problems.len())
                .map(|i| {
                    let relative = lambda.iter().zip(&y).map(|(row, mean)| row[i] / mean);
                    relative.sum::<f64>() / y.len() as f64
                })
                .collect();
            let mut curve = Curve {
                name,
                problems: problems.to_vec(),
                points,
                diagnoses: Vec::new(),
                unsolved_share: 0.0,
                problem_scatter: None,
                line,
                relative_variance: means.iter().map(|d| (d - 1.0).powi(2)).sum::<f64>()
                    / (problems.len() as f64 - 1.0).max(1.0),
                difficulties: means.into_iter().map(|d| vec![(d, 1.0)]).collect(),
            };
            curve.diagnoses = self.findings(table, &used, &curve);
            judge_line(&mut curve);
            Ok(curve)
        };
        let mut overall = curve("all".to_owned(), &kept)?;
        let buckets = self.bucketed(&kept, &overall, curve)?;
        let dropped = order.len() - kept.len();
        if dropped > 0 || used.len() < fitted.len() {
            overall.diagnoses.push(Diagnosis::new(
                code::ZERO_PASS_CELLS,
                Severity::Warn,
                format!(
                    "{dropped} of {} problems and {} of {} models are left out because of zeros ({} of {} cells \
                     without a pass; a rate below about {} cannot be told from 0): nothing is said about them, and the \
                     choice itself bends the law",
                    order.len(),
                    fitted.len() - used.len(),
                    fitted.len(),
                    zero_cells(table, fitted),
                    fitted.len() * table.problems.len(),
                    resolution(table, fitted),
                ),
                "--rule likelihood uses every count, zeros included",
            ));
        }
        exponents_differ(&mut overall, &buckets);
        Ok(self.assemble(table, fitted, &used, trade_off, overall, buckets))
    }

    /// One model's −ln p for each problem, and their mean.
    fn measure(
        &self,
        table: &PassCounts,
        counts: &[Vec<Count>],
        m: usize,
        problems: &[usize],
        role: Role,
    ) -> Result<(Vec<f64>, CurvePoint)> {
        let model = &table.models[m];
        let mut values = Vec::with_capacity(problems.len());
        let mut variance = Some(0.0);
        for &i in problems {
            let count = counts[m][i];
            let estimate = self
                .estimator
                .estimate(count.samples, count.passes)
                .map_err(|e| {
                    let message = format!(
                        "model '{}', problem '{}': {}",
                        model.name,
                        table.problems[i],
                        e.message()
                    );
                    let error = Error::new(e.kind(), message);
                    e.hint().map_or(error.clone(), |hint| error.with_hint(hint))
                })?;
            values.push(estimate.value);
            variance = variance.zip(estimate.stderr).map(|(v, s)| v + s * s);
        }
        let n = problems.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let point = CurvePoint {
            model: model.name.clone(),
            compute: model.compute,
            metric: mean.is_finite().then_some(mean),
            stderr: variance.map(|v| v.sqrt() / n).filter(|_| mean.is_finite()),
            role,
        };
        Ok((values, point))
    }

    fn by_likelihood(
        &self,
        table: &PassCounts,
        fitted: &[usize],
        small: usize,
        order: &[usize],
    ) -> Result<Capability> {
        let rows = |models: &[usize]| -> Vec<&[Count]> {
            models.iter().map(|&m| table.counts[m].as_slice()).collect()
        };
        let counts = Counts {
            rows: rows(fitted),
            small,
        };
        let fit = Hierarchy::fit(&counts);
        let cells = Cells::new(&counts.rows, fit.tau);
        let models = fitted.len();
        // The actuals' metrics come from a fit of their own, which no forecast sees.
        let everything: Vec<usize> = (0..table.models.len()).collect();
        let later = (models < everything.len()).then(|| {
            let counts = Counts {
                rows: rows(&everything),
                small,
            };
            let fit = Hierarchy::fit(&counts);
            let cells = Cells::new(&counts.rows, fit.tau);
            (fit, cells)
        });
        let x: Vec<f64> = fitted
            .iter()
            .map(|&m| table.models[m].compute.ln())
            .collect();
        let curve = |name: String, problems: &[usize], own: &Hierarchy| -> Result<Curve> {
            // A bucket's levels are its own; what is not known of the difficulties' shape is everyone's.
            let mut parameters = own.covariance.clone();
            for k in models..parameters.nrows() {
                for l in models..parameters.nrows() {
                    parameters[(k, l)] = fit.covariance[(k, l)];
                }
            }
            let seen = seen(own, &parameters, &cells, problems);
            let line =
                usable(&seen.metric).then(|| Line::general(&x, &logs(&seen.metric), &seen.errors));
            let mut points: Vec<CurvePoint> = Vec::new();
            if let Some((fit, cells)) = &later {
                let all = self::seen(fit, &fit.covariance, cells, problems);
                for m in everything.iter().filter(|m| !fitted.contains(m)) {
                    points.push(CurvePoint {
                        model: table.models[*m].name.clone(),
                        compute: table.models[*m].compute,
                        metric: Some(all.metric[*m]),
                        stderr: Some(all.metric[*m] * all.errors[(*m, *m)].sqrt()),
                        role: Role::Actual,
                    });
                }
            }
            for (k, &m) in fitted.iter().enumerate() {
                points.push(CurvePoint {
                    model: table.models[m].name.clone(),
                    compute: table.models[m].compute,
                    metric: Some(seen.metric[k]),
                    stderr: Some(seen.metric[k] * seen.errors[(k, k)].max(0.0).sqrt()),
                    role: Role::Fit,
                });
            }
            points.sort_by(|a, b| a.compute.total_cmp(&b.compute));
            let never = |i: usize| fitted.iter().all(|&m| table.counts[m][i].passes == 0);
            let unsolved: f64 = problems
                .iter()
                .zip(&seen.means)
                .filter(|(i, _)| never(**i))
                .map(|(_, d)| d)
                .sum();
            let spread: f64 = seen
                .difficulties
                .iter()
                .flatten()
                .map(|(d, w)| w * (d - 1.0) * (d - 1.0))
                .sum();
            let mut curve = Curve {
                name,
                problems: problems.to_vec(),
                points,
                diagnoses: Vec::new(),
                // An empty sum is −0.
                unsolved_share: (unsolved + 0.0) / problems.len() as f64,
                problem_scatter: Some(own.tau),
                line,
                difficulties: seen.difficulties,
                relative_variance: spread / problems.len() as f64,
            };
            curve.diagnoses = self.findings(table, fitted, &curve);
            curve.diagnoses.extend(zeros(table, fitted, &curve));
            if !own.converged {
                curve.diagnoses.push(Diagnosis::new(
                    code::NOT_CONVERGED,
                    Severity::Warn,
                    "the search for the maximum of the likelihood did not end well",
                    "compare with --rule split; more samples or more problems make the maximum sharper",
                ));
            }
            judge_line(&mut curve);
            Ok(curve)
        };
        let mut overall = curve("all".to_owned(), order, &fit)?;
        if fit.tau > 0.1 {
            overall.diagnoses.push(Diagnosis::new(
                code::PROBLEM_SCATTER,
                Severity::Note,
                format!(
                    "problems scatter about the common law by {:.0} % of -ln p from model to model, beyond sampling",
                    100.0 * fit.tau
                ),
                "a bucket of similar problems can be steadier; the intervals include it",
            ));
        }
        let buckets = self.bucketed(order, &overall, |name, problems| {
            curve(name, problems, &fit.refit(&cells, problems))
        })?;
        exponents_differ(&mut overall, &buckets);
        overall
            .diagnoses
            .extend(self.ties(table, &fitted[..small], order));
        let solved = problems::solved_by_all(&table.counts, fitted);
        let solved: Vec<usize> = order
            .iter()
            .copied()
            .filter(|i| solved.contains(i))
            .collect();
        let every = solved.len() == order.len() || solved.len() < problems::LEAST_PROBLEMS;
        let solved_by_all = (!every)
            .then(|| {
                curve(
                    "solved by all".to_owned(),
                    &solved,
                    &fit.refit(&cells, &solved),
                )
            })
            .transpose()?;
        let mut made = self.assemble(table, fitted, fitted, Vec::new(), overall, buckets);
        made.solved_by_all = solved_by_all;
        Ok(made)
    }

    /// Problems that no small model solved cannot be ordered by difficulty.
    fn ties(&self, table: &PassCounts, small: &[usize], order: &[usize]) -> Option<Diagnosis> {
        let never = |i: usize| small.iter().all(|&m| table.counts[m][i].passes == 0);
        let tied = order.iter().filter(|&&i| never(i)).count();
        (self.buckets > 1 && tied > order.len() / self.buckets).then(|| {
            Diagnosis::new(
                code::TIED_DIFFICULTY,
                Severity::Note,
                format!(
                    "{tied} of {} problems were never solved by the {} smaller models, which judge difficulty: the \
                     hardest buckets are not in order",
                    order.len(),
                    small.len()
                ),
                "use fewer buckets, or more samples of the small models",
            )
        })
    }

    /// Curves by difficulty; one bucket is the whole.
    fn bucketed(
        &self,
        order: &[usize],
        overall: &Curve,
        curve: impl Fn(String, &[usize]) -> Result<Curve>,
    ) -> Result<Vec<Curve>> {
        let parts = problems::buckets(order, self.buckets);
        if parts.len() == 1 {
            let mut whole = overall.clone();
            whole.name = "bucket 1".to_owned();
            return Ok(vec![whole]);
        }
        parts
            .iter()
            .enumerate()
            .map(|(b, part)| curve(format!("bucket {}", b + 1), part))
            .collect()
    }

    /// What the raw counts say about the shape of a curve.
    fn findings(&self, table: &PassCounts, used: &[usize], curve: &Curve) -> Vec<Diagnosis> {
        let n = curve.problems.len() as f64;
        let models = used.len();
        let harmonic: Vec<Vec<f64>> = used
            .iter()
            .map(|&m| {
                let of = |&i: &usize| {
                    let c = table.counts[m][i];
                    reciprocals(c.passes, c.samples)
                };
                curve.problems.iter().map(of).collect()
            })
            .collect();
        let metric: Vec<f64> = harmonic
            .iter()
            .map(|row| row.iter().sum::<f64>() / n)
            .collect();
        // Problems as a sample: their covariance holds sampling and every scatter between problems and models.
        let mut covariance = DMatrix::zeros(models, models);
        for a in 0..models {
            for b in 0..=a {
                let pairs = harmonic[a].iter().zip(&harmonic[b]);
                let sum: f64 = pairs.map(|(p, q)| (p - metric[a]) * (q - metric[b])).sum();
                covariance[(a, b)] = sum / ((n - 1.0).max(1.0) * n);
                covariance[(b, a)] = covariance[(a, b)];
            }
        }
        let rates: Vec<(f64, Option<f64>)> = used
            .iter()
            .map(|&m| {
                let counts = || curve.problems.iter().map(|&i| table.counts[m][i]);
                let rate = mean_rate(counts());
                let variance: f64 = counts()
                    .map(|c| {
                        let p = c.passes as f64 / c.samples as f64;
                        p * (1.0 - p) / c.samples as f64
                    })
                    .sum();
                (rate, Some(variance.sqrt() / n))
            })
            .collect();
        let names: Vec<String> = used.iter().map(|&m| table.models[m].name.clone()).collect();
        let x: Vec<f64> = used.iter().map(|&m| table.models[m].compute.ln()).collect();
        let mut found = shape(&Evidence {
            names: &names,
            x: &x,
            metric: &metric,
            // One problem says nothing about others.
            covariance: (n > 2.0).then_some(&covariance),
            rates: &rates,
            chance: self.chance,
        });
        found.extend(few_models(models));
        if n < 10.0 {
            found.push(Diagnosis::new(
                code::TOO_FEW_PROBLEMS,
                Severity::Warn,
                format!("{n} problems are too few for their scatter to be known"),
                "use fewer buckets, or more problems",
            ));
        }
        found
    }

    fn assemble(
        &self,
        table: &PassCounts,
        fitted: &[usize],
        used: &[usize],
        trade_off: Vec<TradeOff>,
        overall: Curve,
        buckets: Vec<Curve>,
    ) -> Capability {
        let models = (0..table.models.len())
            .map(|m| {
                let model = &table.models[m];
                let rate = mean_rate(overall.problems.iter().map(|&i| table.counts[m][i]));
                let solved = Some(table.solved(m));
                let point = overall
                    .points
                    .iter()
                    .find(|p| p.model == model.name && p.compute == model.compute);
                match point {
                    Some(point) => row(point, solved, rate, true),
                    None => {
                        let absent = CurvePoint {
                            model: model.name.clone(),
                            compute: model.compute,
                            metric: None,
                            stderr: None,
                            role: model.role,
                        };
                        row(&absent, solved, rate, used.contains(&m))
                    }
                }
            })
            .collect();
        Capability {
            source: table.source.clone(),
            compute_name: table.compute_name.clone(),
            rows: table.rows,
            excluded: table.excluded.clone(),
            rule: Some(self.rule),
            estimator: (self.rule != Rule::Likelihood).then_some(self.estimator),
            models,
            problems: table.problems.len(),
            zero_cells: zero_cells(table, fitted),
            hardest: self.hardest,
            trade_off,
            overall,
            solved_by_all: None,
            buckets,
            counts: Some(table.clone()),
        }
    }
}

fn row(point: &CurvePoint, solved: Option<usize>, rate: f64, used: bool) -> ModelRow {
    ModelRow {
        model: point.model.clone(),
        compute: point.compute,
        solved,
        mean_pass_rate: rate,
        metric: point.metric,
        stderr: point.stderr,
        role: match (used, point.role) {
            (false, _) => "dropped",
            (true, Role::Fit) => "fit",
            (true, Role::Actual) => "actual",
        },
    }
}

fn enough(models: usize, source: &str) -> Result<()> {
    if models < 2 {
        let message = format!("{models} models to fit: a law needs at least two");
        return Err(Error::new(ErrorKind::NoFit, message)
            .at(source, None, None)
            .with_hint("add models, or raise --fit-below"));
    }
    Ok(())
}

fn few_models(models: usize) -> Option<Diagnosis> {
    (models < 4).then(|| {
        Diagnosis::new(
            code::TOO_FEW_RUNS,
            Severity::Warn,
            format!("{models} models: whether they follow the law cannot be judged"),
            "add models",
        )
    })
}

fn of_fit(points: &[CurvePoint]) -> impl Iterator<Item = &CurvePoint> {
    points.iter().filter(|p| p.role == Role::Fit)
}

fn usable(metric: &[f64]) -> bool {
    metric.iter().all(|m| *m > 0.0 && m.is_finite())
}

fn logs(metric: &[f64]) -> Vec<f64> {
    metric.iter().map(|m| m.ln()).collect()
}

/// Generalised least squares for a covariance of the metric itself.
fn general(x: &[f64], y: &[f64], covariance: &DMatrix<f64>) -> Line {
    let n = y.len();
    let relative = DMatrix::from_fn(n, n, |i, j| covariance[(i, j)] / (y[i] * y[j]));
    Line::general(x, &logs(y), &relative)
}

/// A law that cannot be drawn, or rises, allows no forecast.
fn judge_line(curve: &mut Curve) {
    if curve.refusal().is_some() {
        return;
    }
    match curve.exponent() {
        None => curve.diagnoses.push(Diagnosis::new(
            code::ZERO_PASS_CELLS,
            Severity::Refuse,
            "the metric of a fitted model is zero or infinite: its logarithm is needed",
            "use --rule likelihood, or --estimator harmonic",
        )),
        Some((k, _)) if k <= 0.0 => curve.diagnoses.push(Diagnosis::new(
            code::INVERSE_SCALING,
            Severity::Refuse,
            format!(
                "INVERSE SCALING: the fitted exponent k is {k:.4}: the pass rate falls with compute"
            ),
            "a trend that gets worse with scale can turn around: do not extrapolate it",
        )),
        Some((k, stderr)) => {
            let scatter = curve.model_scatter().unwrap_or(0.0);
            let sampled = curve
                .line
                .as_ref()
                .and_then(|l| l.chi_squared.zip(Some(l.dof)));
            if let Some((chi, dof)) = sampled
                && dof >= 1.0
                && ChiSquared::new(dof).is_ok_and(|d| d.sf(chi) < 0.05)
            {
                curve.diagnoses.push(Diagnosis::new(
                    code::MODEL_SCATTER,
                    Severity::Note,
                    format!(
                        "models scatter about the law by {:.1} % of the metric beyond sampling (chi-squared {chi:.1} on \
                         {dof} degrees of freedom)",
                        100.0 * scatter
                    ),
                    "the intervals include it; runs that differ in more than compute scatter more",
                ));
            }
            if stderr.is_some_and(|s| k < 2.0 * s) {
                curve.diagnoses.push(Diagnosis::new(
                    code::NO_TREND,
                    Severity::Warn,
                    format!("the exponent k = {k:.4} is not clearly above 0"),
                    "sample more, or measure models over more decades of compute",
                ));
            }
        }
    }
}

fn zero_cells(table: &PassCounts, models: &[usize]) -> usize {
    models
        .iter()
        .map(|&m| table.problems.len() - table.solved(m))
        .sum()
}

/// About the smallest rate that a count can tell from 0, for people.
fn resolution(table: &PassCounts, models: &[usize]) -> String {
    let most = models
        .iter()
        .flat_map(|&m| &table.counts[m])
        .map(|c| c.samples)
        .max()
        .unwrap_or(1);
    format!("1/{most}")
}

/// From this part of the metric on, unsolved problems decide the forecast.
const UNSOLVED: f64 = 0.05;

fn zeros(table: &PassCounts, fitted: &[usize], curve: &Curve) -> Option<Diagnosis> {
    let zero = |m: usize, i: usize| table.counts[m][i].passes == 0;
    let cells: usize = curve
        .problems
        .iter()
        .map(|&i| fitted.iter().filter(|&&m| zero(m, i)).count())
        .sum();
    let never = curve
        .problems
        .iter()
        .filter(|&&i| fitted.iter().all(|&m| zero(m, i)))
        .count();
    if cells == 0 {
        return None;
    }
    let severity = if curve.unsolved_share >= UNSOLVED {
        Severity::Warn
    } else {
        Severity::Note
    };
    Some(Diagnosis::new(
        code::ZERO_PASS_CELLS,
        severity,
        format!(
            "{cells} of {} cells have no pass (a rate below about {} cannot be told from 0); {never} of {} problems were \
             never solved, and {:.0} % of the metric rests on what the others suggest about them",
            fitted.len() * curve.problems.len(),
            resolution(table, fitted),
            curve.problems.len(),
            100.0 * curve.unsolved_share
        ),
        "draw more samples of the hard problems, or leave the hardest out with --hardest N",
    ))
}

fn mean_rate(counts: impl Iterator<Item = Count>) -> f64 {
    let (sum, n) = counts.fold((0.0, 0.0), |(sum, n), c| {
        (sum + c.passes as f64 / c.samples as f64, n + 1.0)
    });
    sum / n
}

/// Whether the buckets' exponents differ by more than their errors (Cochran's Q).
fn exponents_differ(overall: &mut Curve, buckets: &[Curve]) {
    let known: Vec<(f64, f64)> = buckets
        .iter()
        .filter_map(|b| b.exponent())
        .filter_map(|(k, s)| Some((k, s?)))
        .filter(|(k, s)| k.is_finite() && *s > 0.0)
        .collect();
    if known.len() < 2 {
        return;
    }
    let weight: f64 = known.iter().map(|(_, s)| 1.0 / (s * s)).sum();
    let mean = known.iter().map(|(k, s)| k / (s * s)).sum::<f64>() / weight;
    let q: f64 = known.iter().map(|(k, s)| ((k - mean) / s).powi(2)).sum();
    let dof = known.len() as f64 - 1.0;
    if ChiSquared::new(dof).is_ok_and(|d| d.sf(q) < 0.01) {
        let ends = known
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (k, _)| {
                (a.min(*k), b.max(*k))
            });
        overall.diagnoses.push(Diagnosis::new(
            code::EXPONENTS_DIFFER,
            Severity::Warn,
            format!(
                "the buckets have different exponents, from {:.3} to {:.3} (Q = {q:.1} on {dof} degrees of freedom): one \
                 law for all problems is a mixture that bends far out",
                ends.0, ends.1
            ),
            "trust the buckets' own forecasts more than that of all problems together",
        ));
    }
}
