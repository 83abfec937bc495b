//! Simulates how often a finding is raised on clean ladders of runs and on faulty curves, and
//! prints the tables of `docs/diagnoses.md`. `linter` writes the findings of the data checks on
//! clean and faulty tables there; `laws` those on ladders of every built-in law. `--check` runs a
//! short version that fails if a share exceeds its limit or a table of `linter` is stale.

mod laws;
mod linter;
mod tables;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::fit::{Code, Severity};
use scalewise::internal::{Shape, standard_normal, strongest_influence};
use scalewise::law::Saturating;
use scalewise::{Dataset, Error, ErrorKind, Fit, FitResult, Result};
use std::collections::BTreeMap;

/// ln 10⁴: every ladder spans four decades.
const SPAN: f64 = 9.210_340_371_976_184;

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == "--check") {
        return check();
    }
    if std::env::args().any(|argument| argument == "linter") {
        return linter::publish(false);
    }
    if std::env::args().any(|argument| argument == "laws") {
        return laws::publish();
    }
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = wanted.is_empty();
    let asked = |name: &str| all || wanted.iter().any(|w| w == name);
    if asked("limits") {
        println!("{}", limits(20_000)?);
    }
    if asked("influence") {
        println!("{}", influence(1000)?);
    }
    if asked("alarms") {
        println!("{}", false_alarms(1000)?);
    }
    if asked("power") {
        println!("{}", power(200)?);
    }
    Ok(())
}

/// A curve ln L(t) on t = ln(C/C_min) in 0..SPAN.
type Curve = Box<dyn Fn(f64) -> f64>;

/// c is this share of the largest loss.
fn clean(b: f64, floor: f64) -> Curve {
    Box::new(move |t| (floor + (1.0 - floor) * (b * t).exp()).ln())
}

fn ladder(curve: &Curve, n: usize, noise: f64, seed: u64) -> Result<FitResult> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let runs: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            let t = SPAN * i as f64 / (n - 1) as f64;
            let loss = 4.0 * curve(t).exp() * (1.0 + noise * standard_normal(&mut rng));
            (1e18 * t.exp(), loss)
        })
        .collect();
    Fit::new(Saturating).run(&Dataset::from_runs(runs)?)
}

/// Statistics of ladders of a null curve: rise, bend and knee, each sorted.
fn null(curve: &Curve, n: usize, decades: f64, known: bool, seeds: u64) -> Result<[Vec<f64>; 3]> {
    let mut z = [const { Vec::new() }; 3];
    let noise = 0.003;
    for seed in 0..seeds {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let runs = (0..n).map(|i| {
            let t = SPAN * i as f64 / (n - 1) as f64;
            let loss = curve(t).exp() * (1.0 + noise * standard_normal(&mut rng));
            (1e18 * (t * decades / 4.0).exp(), loss)
        });
        let mut data = Dataset::from_runs(runs)?;
        if known {
            let sigma: Vec<f64> = data.runs().iter().map(|run| noise * run.loss()).collect();
            data = data.sigma(&sigma)?;
        }
        if let Some(shape) = Shape::of(data.runs()) {
            let values = [shape.rise.z, shape.bend.z, shape.knee.z];
            z.iter_mut().zip(values).for_each(|(list, v)| list.push(v));
        }
    }
    z.iter_mut().for_each(|list| list.sort_by(f64::total_cmp));
    Ok(z)
}

/// The 99.8 % points that `fit/predictability.rs` holds, rounded up.
fn limits(seeds: u64) -> Result<String> {
    let mut text = "| noise | points | rise | bend | knee |\n|---|--:|--:|--:|--:|\n".to_owned();
    let point = |list: &[f64]| (list[(list.len() as f64 * 0.998) as usize] * 10.0).ceil() / 10.0;
    const NEIGHBOURS: &[usize] = &[5, 6, 7, 8, 9, 10, 11, 12, 16, 24, 48];
    const KNOWN: &[usize] = &[3, 4, 6, 8, 10, 12, 24, 48];
    for (known, points) in [(false, NEIGHBOURS), (true, KNOWN)] {
        for &n in points {
            // A rise or bend is hardest to tell from a flat curve, a knee from a straight line. The
            // weights of a bend depend on the spacing, so the larger of two spans is used.
            let few = seeds * 8 / (n as u64).max(8);
            let flat = null(&clean(0.0, 0.0), n, 4.0, known, few)?;
            let near = null(&clean(0.0, 0.0), n, 1.0, known, few)?;
            let line = null(&clean(-0.15, 0.0), n, 4.0, known, few)?;
            text += &format!(
                "| {} | {n} | {} | {} | {} |\n",
                if known { "known" } else { "neighbours" },
                point(&flat[0]),
                point(&flat[1]).max(point(&near[1])),
                point(&line[2])
            );
        }
    }
    Ok(text)
}

/// How many of `seeds` ladders have each code of severity warn or refuse. "any" excludes
/// floor-not-identified; "refused" counts refusals.
fn tally(curve: &Curve, n: usize, noise: f64, seeds: u64) -> Result<BTreeMap<&'static str, usize>> {
    let mut counts = BTreeMap::new();
    for seed in 0..seeds {
        let fit = ladder(curve, n, noise, seed)?;
        let raised: Vec<_> = fit
            .diagnoses()
            .iter()
            .filter(|d| d.severity > Severity::Note && d.code != Code::FloorNotIdentified)
            .collect();
        let mut count = |name| *counts.entry(name).or_insert(0) += 1;
        if !raised.is_empty() {
            count("any");
        }
        if raised.iter().any(|d| d.severity == Severity::Refuse) {
            count("refused");
        }
        for name in NAMES {
            if raised.iter().any(|d| d.code == *name) {
                count(name.as_str());
            }
        }
    }
    Ok(counts)
}

/// The codes that can be raised for a law of compute.
const NAMES: &[Code] = &[
    Code::InverseScaling,
    Code::NonMonotone,
    Code::Break,
    Code::Plateau,
    Code::ConcaveOnset,
    Code::StructuredResiduals,
    Code::OneRunDecides,
    Code::ExponentAtBound,
    Code::SecondBasin,
    Code::IllConditioned,
    Code::NotConverged,
    Code::AtBound,
];

fn false_alarms(seeds: u64) -> Result<String> {
    let mut text =
        "| n | noise | b | c / largest loss | any | by code |\n|--:|--:|--:|--:|--:|---|\n"
            .to_owned();
    for n in [6, 8, 12, 24] {
        for noise in [0.001, 0.003, 0.01] {
            for b in [-0.05, -0.15, -0.3] {
                for floor in [0.5, 0.0] {
                    let counts = tally(&clean(b, floor), n, noise, seeds)?;
                    text += &format!(
                        "| {n} | {} % | {b} | {floor} | {} | {} |\n",
                        noise * 100.0,
                        share(counts.get("any").copied().unwrap_or(0), seeds),
                        by_code(&counts, seeds)
                    );
                }
            }
        }
    }
    Ok(text)
}

fn share(count: usize, of: u64) -> String {
    format!("{:.1} %", 100.0 * count as f64 / of as f64)
}

fn by_code(counts: &BTreeMap<&'static str, usize>, seeds: u64) -> String {
    let parts: Vec<String> = NAMES
        .iter()
        .filter_map(|name| {
            Some(format!(
                "{name} {}",
                share(*counts.get(name.as_str())?, seeds)
            ))
        })
        .collect();
    parts.join(", ")
}

/// The 99.7 % point of the influence of single runs on a forecast 100 times beyond: the largest
/// over exponents, floors and noises.
fn influence(seeds: u64) -> Result<String> {
    let mut text = "| n | influence |\n|--:|--:|\n".to_owned();
    for n in INFLUENCE_RUNS {
        text += &format!("| {n} | {:.2} |\n", influence_point(n, seeds)?);
    }
    Ok(text)
}

const INFLUENCE_RUNS: [usize; 7] = [6, 7, 8, 10, 12, 16, 24];

fn influence_point(n: usize, seeds: u64) -> Result<f64> {
    let mut worst = 0.0f64;
    for (b, floor, noise) in [
        (-0.05, 0.5, 0.003),
        (-0.15, 0.5, 0.003),
        (-0.15, 0.0, 0.003),
        (-0.3, 0.5, 0.01),
        (-0.15, 0.5, 0.001),
    ] {
        let curve = clean(b, floor);
        let mut values = (0..seeds)
            .map(|seed| {
                let fit = ladder(&curve, n, noise, seed)?;
                Ok(strongest_influence(&fit, 100.0).unwrap_or(0.0))
            })
            .collect::<Result<Vec<f64>>>()?;
        values.sort_by(f64::total_cmp);
        worst = worst.max(values[(seeds as f64 * 0.997) as usize]);
    }
    Ok(worst)
}

/// A curve with a true finding: a description, the code, and the size of the effect with the curve.
type Case = (&'static str, &'static str, f64, Curve);

/// By default b = −0.15, and c is half the largest loss.
fn cases() -> Vec<Case> {
    let mut list: Vec<Case> = Vec::new();
    let base = |t: f64| (0.5 + 0.5 * (-0.15 * t).exp()).ln();
    for extra in [0.05, 0.1, 0.2, 0.4, 0.8] {
        // One sharp break of Caballero et al. 2023: the exponent grows by `extra` at t = 6.5, 71 %
        // of the span.
        let curve = move |t: f64| base(t) - extra * 0.05 * ((t - 6.5) / 0.05).exp().ln_1p();
        list.push((
            "sharp drop, exponent + size",
            Code::Break.as_str(),
            extra,
            Box::new(curve),
        ));
    }
    for slope in [0.01, 0.02, 0.05, 0.1] {
        let curve = move |t: f64| base(t.min(5.0)) + slope * (t - 5.0).max(0.0);
        list.push((
            "U, rises as C^size",
            Code::NonMonotone.as_str(),
            slope,
            Box::new(curve),
        ));
    }
    for height in [0.01, 0.02, 0.05, 0.1, 0.2] {
        let curve = move |t: f64| base(t) + height * (-0.5 * ((t - 5.0) / 0.7).powi(2)).exp();
        list.push((
            "bump of size",
            Code::NonMonotone.as_str(),
            height,
            Box::new(curve),
        ));
    }
    for start in [4.0, 5.0, 6.5] {
        let curve = move |t: f64| (-0.15 * t.min(start)).exp().ln();
        let stop = start / SPAN;
        list.push((
            "power law stops at this share of the span",
            Code::Plateau.as_str(),
            stop,
            Box::new(curve),
        ));
    }
    for b in [-0.1, -0.2, -0.4] {
        // Near-chance start: a·(C + C0)^b, with C0 at t = 4.
        let curve = move |t: f64| b * ((1.0 + (t - 4.0).exp()) / (1.0 + (-4.0f64).exp())).ln();
        list.push((
            "near-chance start, then C^size",
            Code::ConcaveOnset.as_str(),
            b,
            Box::new(curve),
        ));
    }
    list
}

fn power(seeds: u64) -> Result<String> {
    let mut text = "| curve | size | code | n | noise | code raised | refused | warned or refused |\n|---|--:|---|--:|--:|--:|--:|--:|\n".to_owned();
    for (what, code, size, curve) in cases() {
        for (n, noise) in [(8, 0.003), (12, 0.003), (12, 0.01), (24, 0.003)] {
            let counts = tally(&curve, n, noise, seeds)?;
            let of = |name| share(counts.get(name).copied().unwrap_or(0), seeds);
            text += &format!(
                "| {what} | {size:.2} | {code} | {n} | {} % | {} | {} | {} |\n",
                noise * 100.0,
                of(code),
                of("refused"),
                of("any")
            );
        }
    }
    Ok(text)
}

/// The promised cell, and the clearest case of each code.
fn check() -> Result<()> {
    let failed = |message: String| Err(Error::new(ErrorKind::Data, message));
    let counts = tally(&clean(-0.15, 0.5), 8, 0.003, 1000)?;
    let any = counts.get("any").copied().unwrap_or(0);
    if any > 20 {
        return failed(format!(
            "{any} of 1000 clean ladders carry a diagnosis: {counts:?}"
        ));
    }
    let mut clearest: BTreeMap<&str, Curve> = BTreeMap::new();
    for (_, code, _, curve) in cases() {
        clearest.insert(code, curve);
    }
    for (code, curve) in &clearest {
        let raised = tally(curve, 24, 0.003, 50)?;
        let count = raised.get(code).copied().unwrap_or(0);
        if count < 48 {
            return failed(format!("{code} is raised in {count} of 50 clear cases"));
        }
    }
    println!(
        "{any} of 1000 clean ladders carry a diagnosis; {} codes fire",
        clearest.len()
    );
    laws::check()?;
    linter::publish(true)
}
