//! Two recipes with known surfaces: how often the intervals hold on the path and in tokens.

use super::{COMMON, NOISE, coverage, of_all, place, rejected, request};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::allocation::Surface;
use scalewise::ask::{LawChoice, Recipe};
use scalewise::internal::standard_normal;
use scalewise::{Dataset, Method, Result};
use serde_json::Value;
use std::fmt::Write as _;

const COUNT: u64 = 500;
const REFITTED: u64 = 100;
pub const CELLS: usize = 8;

/// A, B, E, alpha, beta.
type Coefficients = [f64; 5];
const BASE: Coefficients = [406.4, 410.7, 1.69, 0.34, 0.28];
const TRUTHS: [(&str, Coefficients); 2] = [
    ("all but A and B shared", [380.0, 390.0, 1.69, 0.34, 0.28]),
    ("nothing shared", [420.0, 520.0, 1.66, 0.345, 0.295]),
];
/// Sizes, tokens a size, seeds, and whether runs are paired.
const DESIGNS: [(usize, usize, usize, bool); 4] = [
    (4, 4, 1, false),
    (6, 6, 1, false),
    (4, 4, 3, false),
    (5, 5, 1, true),
];
const SIZES: (f64, f64) = (3e7, 3e9);
const TOKENS: (f64, f64) = (5e8, 1e11);
/// Where tokens are compared.
const AT: (f64, f64) = (1e9, 2e10);

fn surface([a, b, e, alpha, beta]: Coefficients) -> Result<Surface> {
    Surface::new(a, b, e, alpha, beta)
}

fn recipes(
    other: Coefficients,
    (sizes, tokens, seeds, paired): (usize, usize, usize, bool),
    seed: u64,
) -> Result<Vec<Recipe>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let truths = [surface(BASE)?, surface(other)?];
    let between = |(low, high): (f64, f64), k: usize, count: usize| {
        low * (high / low).powf(k as f64 / (count - 1) as f64)
    };
    let (mut params, mut data, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    let mut losses = [Vec::new(), Vec::new()];
    for place in 0..sizes * tokens {
        let n = between(SIZES, place / tokens, sizes);
        let d = between(TOKENS, place % tokens, tokens);
        for label in 0..seeds {
            let share = if paired { COMMON } else { 0.0 };
            let common = standard_normal(&mut rng) * share.sqrt();
            for (truth, losses) in truths.iter().zip(&mut losses) {
                let own = standard_normal(&mut rng) * (1.0 - share).sqrt();
                losses.push(truth.loss(n, d) * (1.0 + NOISE * (common + own)));
            }
            params.push(n);
            data.push(d);
            labels.push(if paired {
                label.to_string()
            } else {
                String::new()
            });
        }
    }
    let [a, b] = losses;
    let recipe = |name: &str, losses: Vec<f64>| {
        let runs = Dataset::of_params_tokens(&params, &data, &losses)?.pair(&labels)?;
        Ok(Recipe::new(name, runs))
    };
    Ok(vec![recipe("A", a)?, recipe("B", b)?])
}

/// ln m of the truth on the path at the largest run, and in tokens, by searches.
fn truth(other: Coefficients) -> Result<(f64, f64)> {
    let (a, b) = (surface(BASE)?, surface(other)?);
    let largest = 6.0 * SIZES.1 * TOKENS.1;
    let on_path = |v: f64| a.optimal(largest * v.exp()).loss - b.optimal(largest).loss;
    let in_tokens = |v: f64| a.loss(AT.0, AT.1 * v.exp()) - b.loss(AT.0, AT.1);
    let zero = |f: &dyn Fn(f64) -> f64| {
        let (mut low, mut high) = (-10.0, 10.0);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if f(middle) > 0.0 {
                low = middle
            } else {
                high = middle
            }
        }
        low
    };
    Ok((zero(&on_path), zero(&in_tokens)))
}

fn of_tokens(answer: &Value) -> &Value {
    &answer["compared"][0]["of_tokens"][0]
}

/// The first rows of the table.
pub fn table(cells: usize) -> Result<String> {
    let mut text = "| truth | N by D | seeds | paired | profile, path | delta, path | bootstrap, path | profile, tokens | delta, tokens | bootstrap, tokens | equal exponents rejected |\n\
                    |---|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let all = TRUTHS
        .iter()
        .flat_map(|truth| DESIGNS.map(|design| (truth, design)));
    for ((name, other), design) in all.take(cells) {
        let asked = |methods: &[Method]| {
            request(methods)
                .fit(LawChoice::default().law("chinchilla"))
                .params([AT.0])
                .tokens([AT.1])
        };
        let made = |count| (0..count).map(|seed| recipes(*other, design, seed));
        let data = made(COUNT).collect::<Result<Vec<_>>>()?;
        let found = of_all(&asked(&[Method::Profile, Method::Delta]), &data)?;
        let fewer = made(REFITTED).collect::<Result<Vec<_>>>()?;
        let refitted = of_all(&asked(&[Method::Bootstrap]), &fewer)?;
        let (on_path, in_tokens) = truth(*other)?;
        let covered = |answers: &[Value], method: Method| {
            [
                format!("{:.1}", coverage(answers, place, method, on_path)),
                format!("{:.1}", coverage(answers, of_tokens, method, in_tokens)),
            ]
        };
        let [profile, delta] = [Method::Profile, Method::Delta].map(|m| covered(&found, m));
        let bootstrap = covered(&refitted, Method::Bootstrap);
        let (sizes, tokens, seeds, paired) = design;
        let _ = writeln!(
            text,
            "| {name} | {sizes} by {tokens} | {seeds} | {} | {} | {} | {} | {} | {} | {} | {:.1} |",
            if paired { "yes" } else { "no" },
            profile[0],
            delta[0],
            bootstrap[0],
            profile[1],
            delta[1],
            bootstrap[1],
            rejected(&found, "equal exponents"),
        );
    }
    Ok(text)
}
