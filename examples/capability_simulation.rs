//! Bias and coverage of capability forecasts on simulated benchmarks; the table of docs/capability.md.
#![allow(clippy::print_stdout)]
use scalewise::capability::{About, Benchmark, Fit, Rule, Truth};
use scalewise::{Kind, Result};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let seeds: u64 = args.get(1).and_then(|s| s.parse().ok()).unwrap_or(50);
    let truth = match args.get(2).map(String::as_str) {
        Some("lognormal") => Truth::LogNormal { sigma: 1.0 },
        Some("two") => Truth::TwoKinds,
        _ => Truth::Beta { a: 0.6, b: 1.2 },
    };
    let ns: Vec<u64> = args.get(3).map_or(vec![20, 100, 1000], |s| s.split(',').filter_map(|x| x.parse().ok()).collect());
    let ps: f64 = args.get(4).and_then(|s| s.parse().ok()).unwrap_or(0.0);
    let ms: f64 = args.get(5).and_then(|s| s.parse().ok()).unwrap_or(0.0);
    for n in ns {
        for rule in [Rule::SolvedByAll, Rule::Split, Rule::Likelihood] {
            let mut logs = vec![];
            let mut cover = [0usize; 6];
            let mut tau = 0.0;
            let mut sc = 0.0; let mut w=0.0; let mut conv=0;
            let t0 = std::time::Instant::now();
            let mut fit_time = 0.0;
            for seed in 0..seeds {
                let b = Benchmark { samples: n, seed, truth, problem_scatter: ps, model_scatter: ms, ..Benchmark::default() };
                let s = b.simulate()?;
                let t1 = std::time::Instant::now();
                let fit = Fit::new().rule(rule).buckets(1).run(&s.counts)?;
                fit_time += t1.elapsed().as_secs_f64();
                let f = fit.overall.forecast(1e24, &[0.9], true)?;
                let truth = s.metric(&fit.overall.problems, 1e24);
                logs.push((f.metric / truth).ln());
                if fit.overall.diagnoses.iter().any(|d| d.code=="not-converged") { conv+=1; }
                tau += fit.overall.problem_scatter.unwrap_or(0.0);
                sc += fit.overall.model_scatter().unwrap_or(0.0);
                let at = |about, kind| f.intervals.iter().find(|i| i.about == about && i.interval.kind == kind).map(|i| i.interval);
                let inside = |i: Option<scalewise::Interval>, t: f64| i.is_some_and(|i| i.lower <= t && t <= i.upper);
                let i = at(About::TheseProblems, Kind::Confidence).unwrap(); w += (i.upper/i.lower).ln();
                cover[0] += usize::from(inside(at(About::TheseProblems, Kind::Confidence), truth));
                cover[1] += usize::from(inside(at(About::TheseProblems, Kind::Prediction), truth));
                cover[2] += usize::from(inside(at(About::ProblemsLikeThese, Kind::Confidence), s.population_metric(1e24)));
                let mp = f.mean_pass_rate.unwrap();
                let t = s.mean_pass_rate(&fit.overall.problems, 1e24);
                let i = mp.intervals.iter().find(|i| i.about == About::TheseProblems && i.interval.kind == Kind::Confidence).unwrap().interval;
                cover[3] += usize::from(i.lower <= t && t <= i.upper);
            }
            let mean = logs.iter().map(|l| l.exp() - 1.0).sum::<f64>() / seeds as f64;
            let lm = logs.iter().sum::<f64>() / seeds as f64;
            let sd = (logs.iter().map(|l| (l - lm).powi(2)).sum::<f64>() / seeds as f64).sqrt();
            let c = cover.map(|c| 100.0 * c as f64 / seeds as f64);
            println!("n {n} {:14} bias {:+.2} % sd {:.3} cover these conf {:.1} pred {:.1} pop {:.1} meanpass {:.1} tau {:.3} scatter {:.3} width {:.3} notconv {conv} fit {:.1} ms total {:.1}s", rule.name(), 100.0 * mean, sd, c[0], c[1], c[2], c[3], tau / seeds as f64, sc / seeds as f64, w/seeds as f64, 1e3*fit_time / seeds as f64, t0.elapsed().as_secs_f64());
        }
    }
    Ok(())
}
