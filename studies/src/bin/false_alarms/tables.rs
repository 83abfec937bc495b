//! Typical tables of runs, clean and faulty.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use scalewise::internal::standard_normal;
use std::fmt::Write as _;

/// How a table is read and fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As runs of compute.
    Curve,
    /// As training curves, each reduced to its last loss.
    Reduced,
    /// As runs of N and D.
    Surface,
    /// As pass rates.
    Rates,
}

/// A table, how it is read, and what it is.
pub struct Made {
    pub text: String,
    pub reading: Reading,
}

/// A kind of table.
pub type Kind = (&'static str, fn(&mut Random) -> Made);

/// Random numbers from a seed.
pub struct Random(ChaCha8Rng);

impl Random {
    pub fn seeded(seed: u64) -> Random {
        Random(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn normal(&mut self) -> f64 {
        standard_normal(&mut self.0)
    }

    /// A whole number from `low` to `high`.
    pub fn whole(&mut self, low: usize, high: usize) -> usize {
        low + (self.0.next_u64() % (high - low + 1) as u64) as usize
    }

    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.whole(0, 1 << 20) as f64 / f64::from(1 << 20))
    }

    /// The relative noise of a table: 0 to 2 %, mostly small.
    fn noise(&mut self) -> f64 {
        let share = self.uniform(0.0, 1.0);
        0.02 * share * share * share
    }

    fn times(&mut self, noise: f64) -> f64 {
        1.0 + noise * self.normal()
    }
}

/// Loss of a run: E + A/N^α + B/D^β with the coefficients of Besiroglu et al. 2024.
fn surface(n: f64, d: f64) -> f64 {
    1.8172 + 482.01 / n.powf(0.3478) + 2085.43 / d.powf(0.3658)
}

fn table(reading: Reading, header: &str, rows: Vec<String>) -> Made {
    let text = format!("{header}\n{}\n", rows.join("\n"));
    Made { text, reading }
}

/// Sizes of models, evenly spaced in the logarithm.
fn sizes(random: &mut Random, least: usize, most: usize) -> Vec<f64> {
    let count = random.whole(least, most);
    let decades = random.uniform(1.5, 2.5);
    let of = |k: usize| 1e7 * 10f64.powf(decades * k as f64 / (count - 1) as f64);
    (0..count).map(|k| (of(k) / 1e5).round() * 1e5).collect()
}

fn ladder(random: &mut Random) -> Made {
    let (n, noise) = (random.whole(4, 40), random.noise());
    let (b, floor) = (random.uniform(-0.25, -0.05), random.uniform(0.2, 0.6));
    let rows = (0..n).map(|k| {
        let t = 9.0 * k as f64 / (n - 1) as f64;
        let loss = 4.0 * (floor + (1.0 - floor) * (b * t).exp()) * random.times(noise);
        format!("{:.4e},{loss:.4}", 1e18 * t.exp())
    });
    table(Reading::Curve, "flops,loss", rows.collect())
}

fn optimal(random: &mut Random) -> Made {
    let noise = random.noise();
    let rows = sizes(random, 5, 14).into_iter().map(|n| {
        let loss = surface(n, 20.0 * n) * random.times(noise);
        let lr = 3e-3 * (n / 1e7).powf(-0.3);
        format!(
            "gpt-{}M,finished,{n},{},{lr:.2e},{loss:.4}",
            n / 1e6,
            20.0 * n
        )
    });
    let header = "name,state,n_params,n_tokens,lr,loss";
    table(Reading::Curve, header, rows.collect())
}

fn seeds(random: &mut Random) -> Made {
    let (noise, each) = (random.noise(), random.whole(2, 6));
    let mut rows = Vec::new();
    for (k, n) in sizes(random, 4, 9).into_iter().enumerate() {
        for seed in 0..each {
            let loss = surface(n, 20.0 * n) * random.times(noise);
            rows.push(format!("m{k},{seed},{:.4e},{loss:.4}", 120.0 * n * n));
        }
    }
    table(Reading::Curve, "model,seed,flops,loss", rows)
}

fn replicates(random: &mut Random) -> Made {
    let (noise, each) = (random.noise().max(1e-3), random.whole(2, 5));
    let mut rows = Vec::new();
    for n in sizes(random, 4, 12) {
        for _ in 0..each {
            let loss = surface(n, 20.0 * n) * random.times(noise);
            rows.push(format!("{:.4e},{loss:.5}", 120.0 * n * n));
        }
    }
    table(Reading::Curve, "compute,loss", rows)
}

/// Models of some sizes on some numbers of tokens each.
fn grid(random: &mut Random, each: usize) -> Vec<(f64, f64)> {
    let decades = random.uniform(1.0, 2.0);
    let of = |n: f64| {
        let first = 5.0 * n;
        (0..each).map(move |k| {
            (
                n,
                first * 10f64.powf(decades * k as f64 / (each - 1) as f64),
            )
        })
    };
    sizes(random, 4, 7).into_iter().flat_map(of).collect()
}

fn sizes_times_tokens(random: &mut Random) -> Made {
    let (noise, each) = (random.noise(), random.whole(3, 7));
    let rows = grid(random, each).into_iter().map(|(n, d)| {
        let loss = surface(n, d) * random.times(noise);
        format!("gpt-{}M,{n},{d:.4e},{loss:.4}", n / 1e6)
    });
    table(Reading::Surface, "model,params,tokens,loss", rows.collect())
}

fn isoflops(random: &mut Random) -> Made {
    let (noise, each) = (random.noise(), random.whole(4, 8));
    let mut rows = Vec::new();
    for budget in 0..random.whole(3, 6) {
        let c = 1e18 * 10f64.powf(0.7 * budget as f64);
        for k in 0..each {
            let best = (c / 120.0).sqrt();
            let n = best * 2f64.powf(k as f64 - (each - 1) as f64 / 2.0);
            let d = c / (6.0 * n);
            let loss = surface(n, d) * random.times(noise);
            rows.push(format!("{c:.4e},{n:.4e},{d:.4e},0.1,{loss:.4}"));
        }
    }
    let header = "flops,params,tokens,weight_decay,loss";
    table(Reading::Surface, header, rows)
}

/// Training curves of runs that all end as planned.
fn curves(random: &mut Random, steps: impl Fn(f64) -> usize) -> Made {
    let noise = random.noise().min(0.005);
    let mut rows = Vec::new();
    for (k, n) in sizes(random, 5, 9).into_iter().enumerate() {
        let last = steps(n);
        for step in 1..=last {
            let done = step as f64 / last as f64;
            let end = surface(n, 20.0 * n) + 2.5 * (1.0 - done).powi(3);
            let loss = end * random.times(noise);
            let lr = 1e-3 * (1.0 - 0.9 * done);
            let tokens = 20.0 * n * done;
            rows.push(format!(
                "r{k},{},{n},{tokens:.4e},{lr:.3e},{loss:.4}",
                100 * step
            ));
        }
    }
    let header = "run,step,n_params,n_tokens,lr,loss";
    table(Reading::Reduced, header, rows)
}

fn curves_of_one_length(random: &mut Random) -> Made {
    let steps = random.whole(10, 20);
    curves(random, |_| steps)
}

fn curves_that_grow(random: &mut Random) -> Made {
    curves(random, |n| 5 + (n / 1e7).sqrt().ceil() as usize)
}

fn people_write(random: &mut Random) -> Made {
    let noise = random.noise();
    let rows = sizes(random, 5, 10).into_iter().map(|n| {
        let loss = surface(n, 20.0 * n) * random.times(noise);
        format!("{}M;{:.4}B;success;{loss:.3}", n / 1e6, 20.0 * n / 1e9)
    });
    table(Reading::Curve, "params;tokens;status;loss", rows.collect())
}

fn known_noise(random: &mut Random) -> Made {
    let noise = random.noise().max(1e-3);
    let rows = sizes(random, 6, 16).into_iter().map(|n| {
        let own = noise * random.uniform(0.3, 3.0);
        let truth = surface(n, 20.0 * n);
        let loss = truth * random.times(own);
        format!("{:.4e},{loss:.5},{:.2e}", 120.0 * n * n, own * truth)
    });
    table(Reading::Curve, "compute,loss,sigma", rows.collect())
}

fn rates(random: &mut Random) -> Made {
    let noise = random.uniform(0.0, 0.02);
    let rows = sizes(random, 5, 10).into_iter().map(|n| {
        let metric = 1.6 * (n / 1e7).powf(-0.3) * random.times(noise);
        format!(
            "m{:.0},{:.3e},mmlu,{:.4},1000",
            n / 1e6,
            120.0 * n * n,
            (-metric).exp()
        )
    });
    let header = "model,compute,task,accuracy,n_examples";
    table(Reading::Rates, header, rows.collect())
}

/// A ladder that was trained several times: `run` is the number of the repetition.
fn repeated(random: &mut Random) -> Made {
    let (noise, each) = (random.noise(), random.whole(2, 4));
    let sizes = sizes(random, 5, 9);
    let mut rows = Vec::new();
    for run in 1..=each {
        for n in &sizes {
            let loss = surface(*n, 20.0 * n) * random.times(noise);
            rows.push(format!("{run},{:.4e},{loss:.4}", 120.0 * n * n));
        }
    }
    table(Reading::Curve, "run,compute,loss", rows)
}

/// A ladder whose largest runs are planned, and of which one of the smaller runs diverged.
fn planned(random: &mut Random) -> Made {
    let noise = random.noise();
    let sizes = sizes(random, 9, 16);
    let planned = sizes.len() - 2;
    let rows = sizes.iter().enumerate().map(|(k, n)| {
        let loss = match k {
            3 => "NaN".to_owned(),
            _ if k >= planned => String::new(),
            _ => format!("{:.4}", surface(*n, 20.0 * n) * random.times(noise)),
        };
        format!("gpt-{k},fineweb,10000,{n},{},{loss}", 20.0 * n)
    });
    let header = "run_name,dataset,step,n_params,n_tokens,loss";
    table(Reading::Curve, header, rows.collect())
}

/// Tables that must have no finding.
pub const CLEAN: [Kind; 13] = [
    ("ladder of 4 to 40 runs", ladder),
    ("compute-optimal ladder, names, states, lr by size", optimal),
    ("seeds of a ladder, with a column of seeds", seeds),
    ("replicates without a name", replicates),
    ("sizes times tokens, with model names", sizes_times_tokens),
    ("IsoFLOP profiles", isoflops),
    ("curves of one length, reduced", curves_of_one_length),
    ("curves that grow with the model, reduced", curves_that_grow),
    ("quantities with units, states", people_write),
    ("a standard deviation for each run", known_noise),
    ("pass rates of one task", rates),
    ("repetitions of a ladder, numbered as runs", repeated),
    ("planned runs, and one that diverged", planned),
];

/// The rows of a table, to be changed.
fn changed(made: Made, change: impl FnOnce(&mut Vec<String>)) -> Made {
    let mut rows: Vec<String> = made.text.lines().map(str::to_owned).collect();
    change(&mut rows);
    let mut text = String::new();
    rows.iter().for_each(|row| {
        let _ = writeln!(text, "{row}");
    });
    Made { text, ..made }
}

/// A row with its last cell multiplied by a factor.
fn times(row: &str, factor: f64) -> String {
    let (rest, loss) = row.rsplit_once(',').unwrap_or(("", row));
    let loss: f64 = loss.parse().unwrap_or(1.0);
    format!("{rest},{:.4}", loss * factor)
}

fn not_reduced(random: &mut Random) -> Made {
    let made = curves_of_one_length(random);
    Made {
        reading: Reading::Curve,
        ..made
    }
}

fn tasks(random: &mut Random) -> Made {
    changed(rates(random), |rows| {
        let other = rows[1..].to_vec();
        rows.extend(other.iter().map(|row| row.replace("mmlu", "arc")));
    })
}

fn largest_lost(random: &mut Random) -> Made {
    changed(optimal(random), |rows| {
        let last = rows.len() - 1;
        rows[last] = rows[last]
            .rsplit_once(',')
            .map_or(String::new(), |r| format!("{},NaN", r.0));
    })
}

fn sweep(random: &mut Random) -> Made {
    let noise = random.noise().min(0.005);
    let mut rows = Vec::new();
    for n in sizes(random, 5, 9) {
        for (lr, worse) in [(1e-3, 1.02), (2e-3, 1.0), (4e-3, 1.03)] {
            let loss = surface(n, 20.0 * n) * worse * random.times(noise);
            rows.push(format!("{n},{},{lr},{loss:.4}", 20.0 * n));
        }
    }
    table(Reading::Curve, "params,tokens,lr,loss", rows)
}

fn crashed(random: &mut Random) -> Made {
    changed(optimal(random), |rows| {
        rows[2] = times(&rows[2].replace("finished", "crashed"), 1.3);
    })
}

fn one_short(random: &mut Random) -> Made {
    changed(curves_of_one_length(random), |rows| {
        let keep = |row: &String| {
            let step = row.split(',').nth(1).and_then(|s| s.parse::<f64>().ok());
            !row.starts_with("r2,") || step.is_some_and(|step| step <= 400.0)
        };
        rows.retain(keep);
    })
}

fn twice(random: &mut Random) -> Made {
    changed(optimal(random), |rows| rows.push(rows[2].clone()))
}

fn units_mixed(random: &mut Random) -> Made {
    changed(people_write(random), |rows| {
        rows[2] = rows[2].replacen('M', "", 1)
    })
}

fn compute_alone(random: &mut Random) -> Made {
    let made = isoflops(random);
    Made {
        reading: Reading::Curve,
        ..made
    }
}

fn noise_differs(random: &mut Random) -> Made {
    let mut rows = Vec::new();
    for (k, n) in sizes(random, 5, 5).into_iter().enumerate() {
        for _ in 0..4 {
            let loss = surface(n, 20.0 * n) * random.times(0.01 * 0.5f64.powi(k as i32));
            rows.push(format!("{:.4e},{loss:.5}", 120.0 * n * n));
        }
    }
    table(Reading::Curve, "compute,loss", rows)
}

/// A ladder with noise of 0.2 % of which one run is 5 % too high.
fn one_off(random: &mut Random) -> Made {
    let rows = sizes(random, 8, 16).into_iter().map(|n| {
        let loss = surface(n, 20.0 * n) * random.times(0.002);
        format!("{:.4e},{loss:.4}", 120.0 * n * n)
    });
    let made = table(Reading::Curve, "compute,loss", rows.collect());
    let which = random.whole(1, made.text.lines().count() - 1);
    changed(made, |rows| rows[which] = times(&rows[which], 1.05))
}

/// Tables that must have a finding, with its code.
pub const FAULTY: [(&str, Kind); 10] = [
    (
        "several-steps",
        ("curves that are not reduced", not_reduced),
    ),
    ("tasks-pooled", ("pass rates of two tasks", tasks)),
    (
        "runs-lost",
        ("the largest run has the loss NaN", largest_lost),
    ),
    ("sweep-pooled", ("three learning rates a size", sweep)),
    ("ended-early", ("one run is marked as crashed", crashed)),
    ("ended-early", ("one curve ends early", one_short)),
    ("duplicate-runs", ("one run is listed twice", twice)),
    ("mixed-units", ("one number lacks its unit", units_mixed)),
    (
        "scatter-at-one-compute",
        ("IsoFLOP profiles under a law of compute", compute_alone),
    ),
    (
        "unequal-noise",
        ("noise that halves from size to size", noise_differs),
    ),
];

/// As [`FAULTY`]: the last kind, separate because its size is a choice.
pub const OFF: (&str, Kind) = (
    "run-far-off",
    ("one run of 8 to 16 is 5 % too high, noise 0.2 %", one_off),
);
