//! The cost of one evaluation of the innermost computations, compared with that of its exponentials
//! and logarithms alone.
//!
//! `cargo run --release -p studies --bin kernels` prints times. `kernels N` only makes N
//! evaluations of each, so that a counter of allocations (`valgrind`) shows with two values of N
//! that they allocate nothing.

#[path = "../truths/surfaces.rs"]
mod surfaces;

use scalewise::fit::Residuals;
use scalewise::internal::Observations;
use scalewise::internal::{CurveScan, SurfaceObjective, TypedKernel, exp_of, ln_of};
use scalewise::law::{Law, Saturating, TypedLaw};
use scalewise::{Error, ErrorKind, Result};
use std::hint::black_box;
use std::time::Instant;

/// Entries of the arrays whose exponentials are timed; they fit the first-level cache.
const ENTRIES: usize = 240;
/// Repetitions, of which the best time is taken.
const REPEATS: usize = 15;

fn curve(runs: usize) -> Result<CurveScan> {
    let at = |k: usize| 10f64.powf(17.0 + 5.0 * k as f64 / (runs - 1) as f64);
    let x: Vec<Vec<f64>> = (0..runs).map(|k| vec![at(k)]).collect();
    let wave = |k: usize| 1.0 + 0.01 * (k as f64 * 78.233).sin();
    let loss = |k: usize| Saturating.predict(&[at(k) / 1e18], &[2.0, -0.15, 1.7]) * wave(k);
    let y = (0..runs).map(loss).collect();
    CurveScan::new(&Observations::new(x, y, Residuals::Relative)?).ok_or_else(no_kernel)
}

fn surface() -> Result<SurfaceObjective> {
    let runs = surfaces::isoflop_240();
    let x = runs.iter().map(|r| vec![r.0, r.1]).collect();
    let y = runs.iter().map(|r| r.2).collect();
    SurfaceObjective::new(&Observations::new(x, y, Residuals::Log)?).ok_or_else(no_kernel)
}

fn no_kernel() -> Error {
    Error::new(ErrorKind::NoFit, "the kernel is for other residuals")
}

/// Nanoseconds of one call.
fn time(mut call: impl FnMut(f64) -> f64) -> f64 {
    let calls = 4000;
    let once = |_| {
        let start = Instant::now();
        for k in 0..calls {
            black_box(call(black_box(1e-6 * f64::from(k))));
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
    };
    (0..REPEATS).map(once).fold(f64::INFINITY, f64::min)
}

fn main() -> Result<()> {
    let mut surface = surface()?;
    if let Some(count) = std::env::args()
        .nth(1)
        .and_then(|word| word.parse::<u32>().ok())
    {
        let curve = curve(50)?;
        for k in 0..count {
            let step = 1e-6 * f64::from(k);
            black_box((
                curve.evaluate(),
                surface.value(step),
                surface.derivatives(step),
            ));
        }
        return Ok(());
    }
    let x: Vec<f64> = (0..ENTRIES).map(|k| -0.01 * k as f64).collect();
    let positive: Vec<f64> = (1..=ENTRIES).map(|k| 0.01 * k as f64).collect();
    let mut out = vec![0.0; ENTRIES];
    let each = |total: f64| total / ENTRIES as f64;
    let library = each(time(|step| x.iter().map(|x| (x + step).exp()).sum()));
    let exp = each(time(|_| {
        exp_of(black_box(&x), &mut out);
        out[0]
    }));
    let ln = each(time(|_| {
        ln_of(black_box(&positive), &mut out);
        out[0]
    }));
    println!(
        "exp: {library:.2} ns by the library, {exp:.2} ns in a vectorised loop; ln: {ln:.2} ns"
    );
    for runs in [8, 50] {
        let scan = curve(runs)?;
        let whole = time(|_| scan.evaluate());
        let per = whole / (runs * CurveScan::NODES) as f64;
        println!(
            "L(C), {runs} runs: {whole:.0} ns a scan of {} exponents ({:.0} ns without AVX2), {per:.3} ns a run and exponent: {:.1} \
             times as fast as one vectorised exp each",
            CurveScan::NODES,
            time(|_| scan.evaluate_narrow()),
            exp / per
        );
    }
    let limit = 2.0 * exp + ln;
    let value = each(time(|step| surface.value(step)));
    let derivatives = each(time(|step| surface.derivatives(step)));
    let narrow = each(time(|step| surface.value_narrow(step)));
    println!(
        "L(N, D), {ENTRIES} runs: {value:.2} ns a run for the objective ({narrow:.2} ns without AVX2), of which two exp and one ln are {limit:.2}: {:.0} % of \
         the limit; {derivatives:.2} ns with gradient and Hessian",
        100.0 * limit / value
    );
    let law = TypedLaw::parse("L(N, D) = E + A/N^alpha + B/D^beta")?;
    let runs = surfaces::isoflop_240();
    let columns = [
        runs.iter().map(|r| r.0).collect(),
        runs.iter().map(|r| r.1).collect(),
    ];
    let mut typed = TypedKernel::new(&law, &columns, &[1.7, 400.0, 0.35, 400.0, 0.35]);
    let of_typed = each(time(|step| typed.evaluate(2, step)));
    println!(
        "typed as a formula: {of_typed:.2} ns a run with the gradient: {:.2} times the built-in objective with gradient and Hessian",
        of_typed / derivatives
    );
    Ok(())
}
