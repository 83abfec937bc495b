//! Bias of capability forecasts and coverage of their intervals on simulated benchmarks: writes the
//! table in `docs/capability.md`; with `--check`, repeats the first 20 seeds and fails when they
//! contradict the table.

use scalewise::capability::{About, CapabilityFit, Estimator, PassInterval, Rule, Verdict};
use scalewise::internal::{Benchmark, Simulated, Truth};
use scalewise::{Error, ErrorKind, Kind, Method, Result};

const TARGET: f64 = 1e24;
const FROM: &str = "<!-- capability_coverage -->";
const TO: &str = "<!-- /capability_coverage -->";

/// One row of the table.
struct Case {
    truth: &'static str,
    benchmark: Benchmark,
    rule: Rule,
    estimator: Estimator,
    seeds: u64,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |truth, benchmark: &Benchmark, rule, estimator, seeds| {
        cases.push(Case {
            truth,
            benchmark: benchmark.clone(),
            rule,
            estimator,
            seeds,
        });
    };
    for samples in [20, 100, 1000] {
        let b = Benchmark {
            samples,
            ..Benchmark::default()
        };
        let name = "Beta(0.6, 1.2)";
        add(name, &b, Rule::SolvedByAll, Estimator::PlugIn, 500);
        add(name, &b, Rule::SolvedByAll, Estimator::Harmonic, 500);
        add(name, &b, Rule::Split, Estimator::Harmonic, 500);
        add(name, &b, Rule::Likelihood, Estimator::Harmonic, 500);
    }
    let like = Rule::Likelihood;
    for (samples, exponent_spread) in [(20, 0.03), (100, 0.03), (1000, 0.03), (100, 0.06)] {
        let b = Benchmark {
            samples,
            exponent_spread,
            ..Benchmark::default()
        };
        let name = match exponent_spread > 0.05 {
            true => "Beta, exponents 0.10 ± 0.06",
            false => "Beta, exponents 0.10 ± 0.03",
        };
        add(name, &b, like, Estimator::Harmonic, 200);
    }
    for samples in [20, 1000] {
        let b = |truth, problem_scatter, model_scatter| Benchmark {
            samples,
            truth,
            problem_scatter,
            model_scatter,
            ..Benchmark::default()
        };
        let beta = Truth::Beta { a: 0.6, b: 1.2 };
        let wide = Truth::LogNormal { sigma: 1.0 };
        let h = Estimator::Harmonic;
        add("lognormal, sd 1", &b(wide, 0.0, 0.0), like, h, 200);
        add("two kinds", &b(Truth::TwoKinds, 0.0, 0.0), like, h, 200);
        add(
            "Beta, problems scatter 20 %",
            &b(beta, 0.2, 0.0),
            like,
            h,
            200,
        );
        add(
            "Beta, models scatter 5 %",
            &b(beta, 0.0, 0.05),
            like,
            h,
            200,
        );
    }
    cases
}

/// What one row says.
struct Row {
    bias: f64,
    sd: f64,
    these: f64,
    like_these: f64,
    mean_pass: f64,
    /// Mean relative error of the calibrated point, and coverage of its intervals.
    calibrated_bias: f64,
    calibrated: f64,
    /// Coverage of the calibrated intervals of the mean pass rate.
    calibrated_pass: f64,
    refused: f64,
}

impl Case {
    fn key(&self) -> String {
        let rule = match self.rule {
            Rule::Likelihood => "likelihood".to_owned(),
            rule => format!("{}, {}", rule.name(), self.estimator.name()),
        };
        format!("| {} | {} | {rule} |", self.truth, self.benchmark.samples)
    }

    fn run(&self, seeds: u64) -> Result<Row> {
        let mut calibrated_bias = 0.0;
        let (mut errors, mut hits) = (Vec::new(), [0.0; 6]);
        for seed in 0..seeds {
            let benchmark = Benchmark {
                seed,
                ..self.benchmark.clone()
            };
            let simulated = benchmark.simulate()?;
            let fit = CapabilityFit::new()
                .rule(self.rule)
                .estimator(self.estimator)
                .buckets(1)
                .run(&simulated.counts)?;
            let forecast = fit
                .overall
                .forecast(TARGET)
                .levels(&[0.9])
                .force(true)
                .run()?;
            let truth = Truths::of(&benchmark, &simulated, &fit.overall.problems);
            errors.push(forecast.metric.value / truth.metric - 1.0);
            let law = (Method::Delta, Kind::Confidence);
            let free = (Method::Calibrated, Kind::Prediction);
            let holds = |intervals: &[PassInterval], about, method, value: f64| {
                let i = intervals
                    .iter()
                    .find(|i| i.about == about && (i.interval.method, i.interval.kind) == method);
                let inside =
                    i.is_some_and(|i| i.interval.lower <= value && value <= i.interval.upper);
                f64::from(u8::from(inside))
            };
            hits[0] += holds(
                &forecast.metric.intervals,
                About::TheseProblems,
                law,
                truth.metric,
            );
            hits[1] += holds(
                &forecast.metric.intervals,
                About::ProblemsLikeThese,
                law,
                truth.population,
            );
            if let Some(mean) = &forecast.mean_pass_rate {
                hits[2] += holds(&mean.intervals, About::TheseProblems, law, truth.mean_pass);
                hits[5] += holds(&mean.intervals, About::TheseProblems, free, truth.mean_pass);
            }
            let metric = &forecast.metric;
            hits[3] += holds(&metric.intervals, About::TheseProblems, free, truth.metric);
            calibrated_bias += metric.point_of(Method::Calibrated) / truth.metric - 1.0;
            hits[4] += f64::from(u8::from(fit.verdict() == Verdict::NotPredictable));
        }
        let n = seeds as f64;
        let bias = errors.iter().sum::<f64>() / n;
        let variance = errors.iter().map(|e| (e - bias).powi(2)).sum::<f64>() / (n - 1.0);
        let [
            these,
            like_these,
            mean_pass,
            calibrated,
            refused,
            calibrated_pass,
        ] = hits.map(|h| 100.0 * h / n);
        Ok(Row {
            bias: 100.0 * bias,
            sd: 100.0 * variance.sqrt(),
            these,
            like_these,
            mean_pass,
            calibrated_bias: 100.0 * calibrated_bias / n,
            calibrated,
            calibrated_pass,
            refused,
        })
    }
}

struct Truths {
    metric: f64,
    population: f64,
    mean_pass: f64,
}

impl Truths {
    /// The law's own values: models scatter about it, and a scatter of problems raises the mean of
    /// −ln p.
    fn of(b: &Benchmark, s: &Simulated, problems: &[usize]) -> Truths {
        let lift = (0.5 * b.problem_scatter.powi(2)).exp();
        Truths {
            metric: s.metric(problems, TARGET) * lift,
            population: s.population_metric(TARGET) * lift,
            mean_pass: s.mean_pass_rate(problems, TARGET),
        }
    }
}

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let path = studies::root().join("docs/capability.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let stale = |why: String| {
        Error::new(ErrorKind::Data, why)
            .at("docs/capability.md", None, None)
            .with_hint("run: cargo run --release -p studies --bin capability_coverage")
    };
    let (Some(from), Some(to)) = (page.find(FROM), page.find(TO)) else {
        return Err(stale("the place of the table is gone".to_owned()));
    };
    if check {
        for case in cases() {
            let key = case.key();
            let Some(line) = page[from..to].lines().find(|l| l.starts_with(&key)) else {
                return Err(stale(format!("no row {key}")));
            };
            let seeds = 20;
            let row = case.run(seeds)?;
            let cells: Vec<f64> = line[key.len()..]
                .split('|')
                .filter_map(|cell| cell.trim().trim_end_matches('%').trim().parse().ok())
                .collect();
            // Five standard errors of a mean over 20 seeds.
            let allowed = 5.0 * row.sd / (seeds as f64).sqrt();
            if cells
                .first()
                .is_none_or(|bias| (bias - row.bias).abs() > allowed)
            {
                return Err(stale(format!(
                    "{key} bias {:+.1} % over {seeds} seeds",
                    row.bias
                )));
            }
        }
        println!("docs/capability.md agrees with the first seeds");
        return Ok(());
    }
    let mut table = "| difficulty | n | rule | bias | sd | these problems | problems like these | mean of p | calibrated bias | calibrated | calibrated mean of p | refused |\n\
                     |---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for case in cases() {
        let row = case.run(case.seeds)?;
        let line = format!(
            "{} {:+.1} % | {:.1} % | {:.1} % | {:.1} % | {:.1} % | {:+.1} % | {:.1} % | {:.1} % | {:.1} % |\n",
            case.key(),
            row.bias,
            row.sd,
            row.these,
            row.like_these,
            row.mean_pass,
            row.calibrated_bias,
            row.calibrated,
            row.calibrated_pass,
            row.refused
        );
        println!("{}", line.trim_end());
        table += &line;
    }
    let page = format!("{}{FROM}\n{table}{}", &page[..from], &page[to..]);
    studies::write(&path, page.as_bytes())?;
    println!("wrote docs/capability.md");
    Ok(())
}
