//! What a search among fewer points finds.

use super::*;
use crate::fit::Residuals;
use crate::fit::fewer::CONDENSED_RUNS;
use crate::law::{Broken, M3, M4, Shifted};
use crate::random::standard_normal;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Searching among fewer points may not change where the search ends: as low as the search
/// among all runs, up to what rounding changes on flat ground.
#[test]
fn a_condensed_curve_has_the_minima_of_all_runs() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let runs = 2 * CONDENSED_RUNS;
    let x: Vec<Vec<f64>> = (0..runs)
        .map(|k| vec![1e18 * 1e4f64.powf(k as f64 / (runs - 1) as f64)])
        .collect();
    let y = x.iter().map(|x| {
        let noise = 1.0 + 0.005 * standard_normal(&mut random);
        (1.7 + 900.0 * x[0].powf(-0.15)) * noise
    });
    let y = y.collect();
    let o = Observations::new(x, y, Residuals::Relative).unwrap();
    let laws: [&dyn Law; 4] = [&Broken, &M3, &M4, &Shifted];
    for law in laws {
        let list = law.parameters();
        let settings = Settings {
            objective: Objective::Squared,
            residuals: Residuals::Relative,
            weights: Weights::Equal,
            lower: list.iter().map(|p| p.lower).collect(),
            upper: list.iter().map(|p| p.upper).collect(),
            prior: None,
        };
        assert!(Fewer::of(&o, &settings).is_some_and(|fewer| fewer.condensed));
        let lowest = |found: Vec<Basin>| {
            let all = found.into_iter().map(|basin| basin.objective);
            all.fold(f64::INFINITY, f64::min)
        };
        let all = ends(law, &o, &settings, Starts::First(None), [Effort::Exact; 2]);
        let all = lowest(all.into_iter().map(|end| end.basin).collect());
        let some = lowest(basins(law, &o, &settings, None).0);
        assert!(some <= all * (1.0 + 1e-9), "{}: {some} {all}", law.name());
    }
}
