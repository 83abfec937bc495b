//! Compares the exact fit of L(N, D) with the best of the published starts on simulated problems.
//!
//! `cargo run --release -p studies --bin surface_check` runs 500 problems with all 4,500 starts
//! each (about ten minutes on two cores) and writes the table of docs/allocation.md. With `-- FIRST
//! COUNT STRIDE` it prints one line a problem, for every STRIDE-th start only. Either way it fails
//! where the exact fit is worse by more than 1e-6 of the objective.

#[allow(dead_code)]
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use scalewise::fit::{Objective, Residuals};
use scalewise::internal::Observations;
use scalewise::internal::standard_normal;
use scalewise::law::{Chinchilla, Law};
use scalewise::{Error, ErrorKind, Fit, Result};
use studies::{Table, publish};

/// One simulated problem.
struct Problem {
    design: &'static str,
    noise: f64,
    outliers: usize,
    delta: f64,
    observations: Observations,
}

fn uniform(rng: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Problem number `k`: factorial, random and IsoFLOP designs of 24 to 120 runs, noise of 0.2 to 3
/// %, up to 10 % outliers of 5 to 30 %, thresholds 1e-3 (three of five), 1e-2 and infinity.
fn problem(k: u64) -> Result<Problem> {
    let mut rng = ChaCha8Rng::seed_from_u64(k);
    let truth = {
        let (alpha, beta) = (uniform(&mut rng, 0.15, 0.6), uniform(&mut rng, 0.15, 0.6));
        let e = uniform(&mut rng, 0.5, 2.2);
        // Each term is of the size of the loss somewhere on the design.
        let a = uniform(&mut rng, 0.2, 1.5) * 3e7_f64.powf(alpha);
        let b = uniform(&mut rng, 0.2, 1.5) * 6e8_f64.powf(beta);
        [a, b, e, alpha, beta]
    };
    let n = uniform(&mut rng, 24.0, 121.0) as usize;
    let noise = 0.002 * 15f64.powf(uniform(&mut rng, 0.0, 1.0));
    let (design, inputs): (&str, Vec<Vec<f64>>) = match k % 3 {
        0 => {
            let side = (n as f64).sqrt().ceil() as usize;
            let at = |i: usize, low: f64, decades: f64| {
                low * 10f64.powf(decades * i as f64 / (side - 1) as f64)
            };
            let cells = (0..n).map(|i| vec![at(i % side, 3e7, 2.5), at(i / side, 6e8, 2.5)]);
            ("factorial", cells.collect())
        }
        1 => {
            let mut one = || {
                let (n, d) = (uniform(&mut rng, 0.0, 2.5), uniform(&mut rng, 0.0, 2.5));
                vec![3e7 * 10f64.powf(n), 6e8 * 10f64.powf(d)]
            };
            ("random", (0..n).map(|_| one()).collect())
        }
        _ => {
            let budgets = 6;
            let one = |i: usize| {
                let c = 1e18 * 10f64.powf(3.0 * (i % budgets) as f64 / (budgets - 1) as f64);
                let middle = (c / 120.0).sqrt();
                let width = n.div_ceil(budgets).max(2);
                let spread = 2.0 * (i / budgets) as f64 / (width - 1) as f64 - 1.0;
                let n = middle * 6f64.powf(spread);
                vec![n, c / (6.0 * n)]
            };
            ("IsoFLOP", (0..n).map(one).collect())
        }
    };
    let share = uniform(&mut rng, 0.0, 0.1);
    let mut outliers = 0;
    let y = inputs
        .iter()
        .map(|x| {
            let mut log = noise * standard_normal(&mut rng);
            if uniform(&mut rng, 0.0, 1.0) < share {
                outliers += 1;
                let sign = if uniform(&mut rng, 0.0, 1.0) < 0.5 {
                    -1.0
                } else {
                    1.0
                };
                log += sign * uniform(&mut rng, 0.05, 0.3);
            }
            Chinchilla.predict(x, &truth) * log.exp()
        })
        .collect();
    Ok(Problem {
        design,
        noise,
        outliers,
        delta: [1e-3, 1e-2, 1e-3, f64::INFINITY, 1e-3][(k / 3 % 5) as usize],
        observations: Observations::new(inputs, y, Residuals::Log)?,
    })
}

/// What came out of one problem.
struct Compared {
    design: &'static str,
    /// Share of the starts that reached the best objective among them.
    reached: f64,
    /// Exact over best of the starts, less one.
    excess: f64,
}

/// More than this of the objective is worse.
const WORSE: f64 = 1e-6;

fn compare(k: u64, stride: usize) -> Result<Compared> {
    let p = problem(k)?;
    let fit = Fit::new(Chinchilla).loss(Objective::Huber { delta: p.delta });
    let exact = fit.run_observations(&p.observations)?[0].objective;
    let other = fit.exhaustive(&p.observations, stride)?;
    let excess = exact / other.objective - 1.0;
    println!(
        "{k},{},{},{:.4},{},{},{exact:.12e},{:.12e},{},{},{excess:.2e}",
        p.design,
        p.observations.len(),
        p.noise,
        p.outliers,
        p.delta,
        other.objective,
        other.reached,
        other.starts
    );
    Ok(Compared {
        design: p.design,
        reached: other.reached as f64 / other.starts as f64,
        excess,
    })
}

fn row(name: &str, list: &[&Compared]) -> String {
    let mut reached: Vec<f64> = list.iter().map(|c| c.reached).collect();
    reached.sort_by(f64::total_cmp);
    let count = |test: &dyn Fn(f64) -> bool| list.iter().filter(|c| test(c.excess)).count();
    let worst = list.iter().map(|c| c.excess).fold(0.0, f64::max);
    format!(
        "| {name} | {} | {} | {} | {worst:.0e} | {:.1} % |\n",
        list.len(),
        count(&|e| e > WORSE),
        count(&|e| e < -WORSE),
        100.0 * reached[reached.len() / 2]
    )
}

fn table(all: &[Compared]) -> String {
    let mut text = "| design | problems | worse by more than 1e-6 | better by more than 1e-6 | largest excess | starts at the best objective, median |\n|---|---|---|---|---|---|\n".to_owned();
    for design in ["factorial", "random", "IsoFLOP"] {
        let own: Vec<&Compared> = all.iter().filter(|c| c.design == design).collect();
        text += &row(design, &own);
    }
    text + &row("all", &all.iter().collect::<Vec<_>>())
}

fn main() -> Result<()> {
    let arguments: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let given = |k: usize, otherwise: u64| arguments.get(k).copied().unwrap_or(otherwise);
    let (first, count, stride) = (given(0, 0), given(1, 500), given(2, 1));
    println!("problem,design,runs,noise,outliers,delta,exact,published,reached,starts,excess");
    let all = (first..first + count)
        .map(|k| compare(k, stride as usize))
        .collect::<Result<Vec<_>>>()?;
    let worse = all.iter().filter(|c| c.excess > WORSE).count();
    println!("{count} problems: the exact fit is worse by more than {WORSE:e} on {worse}");
    if worse > 0 {
        return Err(Error::new(
            ErrorKind::NoFit,
            format!("{worse} of {count} problems have a better minimum than the exact fit's"),
        ));
    }
    if arguments.is_empty() {
        let table = Table {
            name: "starts".to_owned(),
            text: table(&all),
        };
        publish("docs/allocation.md", "surface_check", &[table], false, 0.0)?;
        println!("wrote docs/allocation.md");
    }
    Ok(())
}
