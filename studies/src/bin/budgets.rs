//! Writes the slow tables of docs/allocation.md about budgets: whether a cost fitted to a compute
//! column is the true one, and how often the intervals of Approaches 2 and 3 hold the truth. With
//! `--check`, fails if they are stale.

#[path = "../truths/surfaces.rs"]
mod surfaces;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::allocation::{AllocationMethod, AllocationQuantity, Flops, Surface};
use scalewise::ask::{ApproachRow, IsoflopRequest};
use scalewise::internal::{CostModel, Counting, standard_normal, uniform};
use scalewise::tables::{Needs, Source};
use scalewise::{Dataset, ReadOptions, Result, Size};
use studies::{Table, publish};

/// Simulated tables with a k of their own, with a k and p of their own, and of each design.
const COSTS: u64 = 200;
const COLUMNS: u64 = 500;
const TABLES: u64 = 1000;
/// The level of all intervals.
const LEVEL: f64 = 0.9;

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let tables = [
        Table {
            name: "cost of a token".to_owned(),
            text: cost()?,
        },
        Table {
            name: "cost of a column".to_owned(),
            text: column()?,
        },
        Table {
            name: "coverage of approaches".to_owned(),
            text: coverage()?,
        },
    ];
    // The counts depend on the last bits of the mathematical functions, so a difference of one is
    // allowed.
    publish("docs/allocation.md", "budgets", &tables, check, 1.0)
}

/// The layout of budgets.
#[derive(Clone, Copy)]
struct Design {
    truth: [f64; 5],
    budgets: u32,
    sizes: u32,
    /// Sizes lie over N*/width … N*·width.
    width: f64,
    /// The middle of the sizes lies at N*·width^off.
    off: f64,
    noise: f64,
    cost: Cost,
    /// Scatter of the compute column.
    scatter: f64,
}

/// The cost of training.
#[derive(Clone, Copy)]
enum Cost {
    /// C = k·N·D.
    PerNd(f64),
    /// C = 6ND + k·N^p·D.
    Column(f64, f64),
}

impl Cost {
    fn flops(self) -> Flops {
        let model = match self {
            Cost::PerNd(k) => CostModel::exact(0.0, k, 1.0),
            Cost::Column(k, p) => CostModel::exact(6.0, k, p),
        };
        Flops::Fitted(model, Counting::Compute)
    }

    /// The tokens that a compute pays for at a size.
    fn tokens(self, n: f64, compute: f64) -> f64 {
        compute / self.flops().cost(n, 1.0)
    }
}

impl Design {
    fn surface(&self) -> Result<Surface> {
        let [a, b, e, alpha, beta] = self.truth;
        Surface::new(a, b, e, alpha, beta)
    }

    /// The best N and D at a compute.
    fn best(&self, compute: f64) -> Result<(f64, f64)> {
        let best = self.cost.flops().optimal(&self.surface()?, compute)?;
        Ok((best.params, best.tokens))
    }

    /// A table of budgets from 1e18 to 1e20 FLOP.
    fn table(&self, seed: u64) -> Result<String> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let surface = self.surface()?;
        let mut csv = "N,D,compute,loss\n".to_owned();
        for k in 0..self.budgets {
            let share = f64::from(k) / f64::from(self.budgets - 1);
            let compute = 1e18 * 100f64.powf(share);
            let (best, _) = self.best(compute)?;
            for size in 0..self.sizes {
                let place = 2.0 * f64::from(size) / f64::from(self.sizes - 1) - 1.0 + self.off;
                let n = best * self.width.powf(place);
                let d = self.cost.tokens(n, compute);
                let loss = surface.loss(n, d) * (self.noise * standard_normal(&mut random)).exp();
                let counted = compute * (self.scatter * standard_normal(&mut random)).exp();
                csv += &format!("{n:e},{d:e},{counted:e},{loss:e}\n");
            }
        }
        Ok(csv)
    }
}

fn read(csv: &str) -> Result<Dataset> {
    let options = ReadOptions {
        needs: Needs::SURFACE,
        ..ReadOptions::default()
    };
    Dataset::from_source(&Source::bytes(csv.as_bytes(), "simulated.csv"), &options)
}

/// Whether an interval of an approach holds a value; `None` if there is no interval.
fn holds(
    row: &ApproachRow,
    quantity: AllocationQuantity,
    method: AllocationMethod,
    truth: f64,
) -> Option<bool> {
    let mut all = row.intervals().iter();
    let found = all.find(|i| i.quantity == quantity && i.method == method)?;
    Some((found.lower.unwrap_or(0.0)..=found.upper.unwrap_or(f64::INFINITY)).contains(&truth))
}

/// How many of some intervals hold the truth, and how many there are.
#[derive(Default, Clone, Copy)]
struct Tally(u32, u32);

impl Tally {
    fn add(&mut self, held: Option<bool>) {
        self.0 += u32::from(held == Some(true));
        self.1 += u32::from(held.is_some());
    }

    fn share(self) -> String {
        match self.1 {
            0 => String::new(),
            all => format!("{:.0} %", 100.0 * f64::from(self.0) / f64::from(all)),
        }
    }
}

/// Tables with one k each, drawn from 4.4 to 6.5.
fn cost() -> Result<String> {
    let mut text = format!(
        "| scatter of the compute column | tables | k within 1 % | largest error of k | a within its interval: 2 delta | 2 bootstrap | 3 profile | N* at 10x: 2 delta | 3 profile |\n{}\n",
        "|---|--:".to_owned() + &"|--:".repeat(7) + "|"
    );
    for scatter in [0.0, 0.01] {
        let (mut within, mut largest) = (0, 0.0_f64);
        let mut tallies = [Tally::default(); 5];
        for seed in 0..COSTS {
            let mut random = ChaCha8Rng::seed_from_u64(1_000_000 + seed);
            let k = 4.4 + 2.1 * uniform(&mut random);
            let design = Design {
                truth: surfaces::TRUTHS[1],
                budgets: 5,
                sizes: 9,
                width: 4.0,
                off: 0.0,
                noise: 0.003,
                cost: Cost::PerNd(k),
                scatter,
            };
            let data = read(&design.table(seed)?)?;
            let asked = IsoflopRequest::default()
                .flops("k".to_owned())
                .level(LEVEL)
                .compute([Size::Of(1e21)]);
            let answer = asked.of(&data)?;
            let found = answer.flops().cost(1.0, 1.0);
            let error = (found / k - 1.0).abs();
            within += u32::from(error < 0.01);
            largest = largest.max(error);
            let exponent = design.surface()?.params_exponent();
            let (n, _) = design.best(1e21)?;
            let (second, third) = (&answer.rows()[1], &answer.rows()[2]);
            let (a, params) = (
                AllocationQuantity::ParamsExponent,
                AllocationQuantity::Params,
            );
            for (tally, held) in tallies.iter_mut().zip([
                holds(second, a, AllocationMethod::Delta, exponent),
                holds(second, a, AllocationMethod::Bootstrap, exponent),
                holds(third, a, AllocationMethod::Profile, exponent),
                holds(second, params, AllocationMethod::Delta, n),
                holds(third, params, AllocationMethod::Profile, n),
            ]) {
                tally.add(held);
            }
        }
        let shares: Vec<String> = tallies.iter().map(|tally| tally.share()).collect();
        text += &format!(
            "| {:.0} % | {COSTS} | {within} | {:.2} % | {} |\n",
            100.0 * scatter,
            100.0 * largest,
            shares.join(" | ")
        );
    }
    Ok(text)
}

/// Tables each with its own k and p, and a compute column that scatters about 6ND + k·N^p·D. The
/// cost at the best size scatters, too.
fn column() -> Result<String> {
    let mut text = format!(
        "| scatter of the compute column | approach | N* 10× | N* 100× | D* 10× | D* 100× | tables with intervals |\n{}\n",
        "|---|---".to_owned() + &"|--:".repeat(5) + "|"
    );
    let methods = [
        (1, AllocationMethod::Delta),
        (1, AllocationMethod::Bootstrap),
        (2, AllocationMethod::Profile),
        (2, AllocationMethod::Delta),
    ];
    for scatter in [0.01, 0.03] {
        let mut tallies = [[Tally::default(); 4]; 4];
        for seed in 0..COLUMNS {
            let mut random = ChaCha8Rng::seed_from_u64(2_000_000 + seed);
            let p = 0.55 + 0.25 * uniform(&mut random);
            // From 0.5 to 2.5 FLOP a token and parameter more at 1e8 parameters.
            let more = 0.5 + 2.0 * uniform(&mut random);
            let design = Design {
                truth: surfaces::TRUTHS[1],
                budgets: 5,
                sizes: 9,
                width: 4.0,
                off: 0.0,
                noise: 0.003,
                cost: Cost::Column(more * 1e8f64.powf(1.0 - p), p),
                scatter,
            };
            let data = read(&design.table(seed)?)?;
            let asked = IsoflopRequest::default()
                .flops("column".to_owned())
                .level(LEVEL)
                .compute([Size::Of(1e21), Size::Of(1e22)]);
            let answer = asked.of(&data)?;
            let own = scatter * standard_normal(&mut random);
            for (k, (approach, method)) in methods.into_iter().enumerate() {
                for (far, compute) in [1e21, 1e22].into_iter().enumerate() {
                    let row = &answer.rows()[approach + 3 * far];
                    let (n, d) = design.best(compute)?;
                    let of = |quantity, truth| holds(row, quantity, method, truth);
                    tallies[k][far].add(of(AllocationQuantity::Params, n));
                    tallies[k][2 + far].add(of(AllocationQuantity::Tokens, d * own.exp()));
                }
            }
        }
        for (k, (approach, method)) in methods.into_iter().enumerate() {
            let shares: Vec<String> = tallies[k].iter().map(|tally| tally.share()).collect();
            text += &format!(
                "| {} | {} {} | {} | {} |\n",
                match k {
                    0 => format!("{:.0} %", 100.0 * scatter),
                    _ => String::new(),
                },
                approach + 1,
                method.name(),
                shares.join(" | "),
                tallies[k][1].1
            );
        }
    }
    Ok(text)
}

/// Designs whose coverage is measured.
fn designs() -> Vec<(&'static str, Design)> {
    let usual = Design {
        truth: surfaces::TRUTHS[1],
        budgets: 5,
        sizes: 7,
        width: 4.0,
        off: 0.0,
        noise: 0.003,
        cost: Cost::PerNd(6.0),
        scatter: 0.0,
    };
    vec![
        ("5 budgets of 7 sizes, ±4×, noise 0.3 %", usual),
        (
            "noise 1 %",
            Design {
                noise: 0.01,
                ..usual
            },
        ),
        (
            "noise 0.1 %",
            Design {
                noise: 0.001,
                ..usual
            },
        ),
        (
            "±2×",
            Design {
                width: 2.0,
                ..usual
            },
        ),
        (
            "2 budgets",
            Design {
                budgets: 2,
                ..usual
            },
        ),
        (
            "3 budgets",
            Design {
                budgets: 3,
                ..usual
            },
        ),
        (
            "9 budgets of 15 sizes",
            Design {
                budgets: 9,
                sizes: 15,
                ..usual
            },
        ),
        ("5 sizes", Design { sizes: 5, ..usual }),
        ("off centre by half", Design { off: 0.5, ..usual }),
        (
            "±16×",
            Design {
                width: 16.0,
                ..usual
            },
        ),
        (
            "α = 0.34, β = 0.28",
            Design {
                truth: surfaces::TRUTHS[0],
                ..usual
            },
        ),
        (
            "α = 0.465, β = 0.155",
            Design {
                truth: surfaces::TRUTHS[2],
                ..usual
            },
        ),
    ]
}

/// Coverage of a, N* and D* at 10 and 100 times the largest budget.
fn coverage() -> Result<String> {
    let methods = [
        (1, AllocationMethod::Delta),
        (1, AllocationMethod::Bootstrap),
        (2, AllocationMethod::Profile),
        (2, AllocationMethod::Delta),
    ];
    let mut text = format!(
        "| tables | approach | a | N* 10× | N* 100× | D* 10× | D* 100× | tables with intervals | bias of N* at 100× | half-width |\n{}\n",
        "|---|---".to_owned() + &"|--:".repeat(8) + "|"
    );
    for (name, design) in designs() {
        let mut tallies = [[Tally::default(); 5]; 4];
        let (mut errors, mut widths) = ([0.0; 4], [0.0; 4]);
        let exponent = design.surface()?.params_exponent();
        for seed in 0..TABLES {
            let data = read(&design.table(seed)?)?;
            let asked = IsoflopRequest::default()
                .flops("6nd".to_owned())
                .level(LEVEL)
                .compute([Size::Of(1e21), Size::Of(1e22)]);
            let answer = asked.of(&data)?;
            for (k, (approach, method)) in methods.into_iter().enumerate() {
                let rows = [&answer.rows()[approach], &answer.rows()[approach + 3]];
                let quantities = [AllocationQuantity::Params, AllocationQuantity::Tokens];
                let a = AllocationQuantity::ParamsExponent;
                tallies[k][0].add(holds(rows[0], a, method, exponent));
                for (far, (row, compute)) in rows.into_iter().zip([1e21, 1e22]).enumerate() {
                    let (n, d) = design.best(compute)?;
                    for (j, (quantity, truth)) in quantities.into_iter().zip([n, d]).enumerate() {
                        tallies[k][1 + 2 * j + far].add(holds(row, quantity, method, truth));
                    }
                    if let (1, Some((found, _))) = (far, row.sizes()) {
                        errors[k] += (found / n).ln() / TABLES as f64;
                    }
                    let mut all = row.intervals().iter();
                    let width = all
                        .find(|i| i.quantity == AllocationQuantity::Params && i.method == method);
                    if let (1, Some((low, high))) =
                        (far, width.and_then(|i| Some((i.lower?, i.upper?))))
                    {
                        widths[k] += 0.5 * (high / low).ln() / TABLES as f64;
                    }
                }
            }
        }
        for (k, (approach, method)) in methods.into_iter().enumerate() {
            let all = tallies[k];
            let shares: Vec<String> = all.iter().map(|tally| tally.share()).collect();
            text += &format!(
                "| {} | {} {} | {} | {} | {:+.0} % | {:.0} % |\n",
                if k == 0 { name } else { "" },
                approach + 1,
                method.name(),
                shares.join(" | "),
                all[2].1,
                100.0 * f64::exp_m1(errors[k]),
                100.0 * f64::exp_m1(widths[k]),
            );
        }
    }
    Ok(text)
}
