//! Budgets with known truth: the cost per token, and the coverage of the intervals.

use crate::surfaces;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::allocation::{AllocationInterval, AllocationMethod, AllocationQuantity, Surface};
use scalewise::ask::{ApproachRow, IsoflopRequest};
use scalewise::internal::{standard_normal, uniform};
use scalewise::tables::{Needs, Source};
use scalewise::{Dataset, ReadOptions, Size};

/// Five budgets from 1e18 to 1e20 FLOP of nine sizes over a factor of 16, C = k·N·D.
fn table(surface: &Surface, k: f64, random: &mut ChaCha8Rng) -> Dataset {
    let mut csv = "N,D,compute,loss\n".to_owned();
    for budget in 0..5 {
        let compute = 1e18 * 10f64.powf(0.5 * f64::from(budget));
        let best = surface.optimal(6.0 / k * compute).params;
        for size in 0..9 {
            let n = best * 4f64.powf(f64::from(size) / 4.0 - 1.0);
            let d = compute / (k * n);
            let loss = surface.loss(n, d) * (0.004 * standard_normal(random)).exp();
            csv += &format!("{n:e},{d:e},{compute:e},{loss:e}\n");
        }
    }
    let options = ReadOptions {
        needs: Needs::SURFACE,
        ..ReadOptions::default()
    };
    Dataset::from_source(&Source::bytes(csv.as_bytes(), "simulated.csv"), &options).unwrap()
}

fn holds(
    row: &ApproachRow,
    quantity: AllocationQuantity,
    method: AllocationMethod,
    truth: f64,
) -> bool {
    let is = |i: &&AllocationInterval| i.quantity == quantity && i.method == method;
    let found = row.intervals().iter().find(is).unwrap();
    (found.lower.unwrap()..=found.upper.unwrap()).contains(&truth)
}

/// 200 tables, each with its own k from 4.4 to 6.5; the study `budgets` has more designs.
#[test]
fn a_cost_of_k_is_found_and_intervals_hold_as_often_as_they_say() {
    let [a, b, e, alpha, beta] = surfaces::TRUTHS[1];
    let surface = Surface::new(a, b, e, alpha, beta).unwrap();
    let mut held = [0; 6];
    for seed in 0..200 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let k = 4.4 + 2.1 * uniform(&mut random);
        let data = table(&surface, k, &mut random);
        let asked = IsoflopRequest::default().flops("k".to_owned());
        let answer = asked.compute([Size::Of(1e22)]).of(&data).unwrap();
        let found = answer.flops().cost(1.0, 1.0);
        assert!((found / k - 1.0).abs() < 0.01, "{found} for {k}");
        let best = surface.optimal(6.0 / k * 1e22);
        let truths = [
            (
                AllocationQuantity::ParamsExponent,
                surface.params_exponent(),
            ),
            (AllocationQuantity::Params, best.params),
            (AllocationQuantity::Tokens, best.tokens),
        ];
        let (second, third) = (&answer.rows()[1], &answer.rows()[2]);
        for (j, (quantity, truth)) in truths.into_iter().enumerate() {
            let by = [
                (second, AllocationMethod::Delta),
                (third, AllocationMethod::Profile),
            ];
            for (i, (row, method)) in by.into_iter().enumerate() {
                held[2 * j + i] += u32::from(holds(row, quantity, method, truth));
            }
        }
    }
    // 90 % of 200 with three standard errors of such a share.
    for held in held {
        assert!((167..=193).contains(&held), "{held} of 200");
    }
}
