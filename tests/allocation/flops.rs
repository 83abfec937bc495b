//! Allocations under costs other than 6ND, and joint intervals.

use crate::surfaces;

use scalewise::Fit;
use scalewise::allocation::{
    Allocation, AllocationMethod, AllocationQuantity, Flops, Resampling, Surface, Uncertainty,
};
use scalewise::internal::{CostModel, Counting};
use scalewise::law::{Chinchilla, ChinchillaTied, Law};
use surfaces::{TRUTHS, dataset, rows};

fn surface(k: usize) -> Surface {
    let [a, b, e, alpha, beta] = TRUTHS[k];
    Surface::new(a, b, e, alpha, beta).unwrap()
}

fn costs() -> Vec<Flops> {
    let fit = Fit::new(Chinchilla)
        .run(&dataset(&rows(&TRUTHS[1], 0.01)))
        .unwrap();
    let read = |text| Flops::parse(text, &fit).unwrap();
    vec![
        Flops::SixNd,
        Flops::Fitted(CostModel::exact(0.0, 4.7, 1.0), Counting::Compute),
        Flops::Fitted(CostModel::exact(6.0, 3000.0, 0.65), Counting::Compute),
        read("6*(N - 50304*1024)*D"),
        read("6*N*D + 12*2048*N^0.67*D"),
        read("6*N*D + 2*N*1e12"),
    ]
}

#[test]
fn no_neighbour_of_the_same_cost_is_better() {
    // The optimum of the third surface is at the edge of the second formula, where all parameters
    // are embeddings and tokens cost nothing.
    for k in 0..2 {
        let s = surface(k);
        for flops in costs() {
            for compute in [1e22, 1e24] {
                let best = flops.optimal(&s, compute).unwrap();
                let cost = flops.cost(best.params, best.tokens);
                approx::assert_relative_eq!(cost, compute, max_relative = 1e-9);
                for factor in [0.97, 1.03] {
                    let n = best.params * factor;
                    // D by bisection on the cost: an independent way to move along the budget.
                    let (mut low, mut high) = (1.0_f64, 1e20_f64);
                    for _ in 0..200 {
                        let middle = (low * high).sqrt();
                        let less = flops.cost(n, middle) < compute;
                        *(if less { &mut low } else { &mut high }) = middle;
                    }
                    assert!(s.loss(n, low) > best.loss, "{flops:?} at {compute:e}");
                }
            }
        }
    }
}

#[test]
fn every_question_leads_to_the_same_allocation() {
    let s = surface(0);
    for flops in costs() {
        let best = flops.optimal(&s, 1e23).unwrap();
        for other in [
            flops.for_params(&s, best.params).unwrap(),
            flops.for_tokens(&s, best.tokens).unwrap(),
        ] {
            approx::assert_relative_eq!(other.compute, 1e23, max_relative = 1e-8);
            approx::assert_relative_eq!(other.params, best.params, max_relative = 1e-8);
        }
        // A formula can give a ratio at two budgets; a ratio determines the budget only through α −
        // β, which costs a digit.
        let ratio = best.tokens / best.params;
        let other = flops.for_ratio(&s, ratio).unwrap();
        approx::assert_relative_eq!(other.tokens / other.params, ratio, max_relative = 1e-8);
        let again = flops.optimal(&s, other.compute).unwrap();
        approx::assert_relative_eq!(again.params, other.params, max_relative = 1e-7);
        let (low, high) = flops.flat_range(&s, &best, 1e-3);
        assert!(low < best.params && best.params < high);
        // Growth is the slope of the frontier.
        let (below, above) = (flops.optimal(&s, 0.99e23), flops.optimal(&s, 1.01e23));
        let (below, above) = (below.unwrap(), above.unwrap());
        let slope = (above.params / below.params).ln() / (1.01_f64 / 0.99).ln();
        let (a, _) = flops.growth(&s, &best);
        approx::assert_relative_eq!(a, slope, max_relative = 1e-4);
    }
}

#[test]
fn paying_for_use_costs_least_where_it_says() {
    let s = surface(1);
    for flops in costs() {
        let best = flops.optimal(&s, 1e23).unwrap();
        let used = flops.inference_aware(&s, &best, 1e13);
        approx::assert_relative_eq!(
            s.loss(used.params, used.tokens),
            best.loss,
            max_relative = 1e-9
        );
        assert!(used.total() < used.compute_optimal_total);
        for factor in [0.97, 1.03] {
            let n = used.params * factor;
            let left = best.loss - s.e - s.a * n.powf(-s.alpha);
            let d = (s.b / left).powf(1.0 / s.beta);
            assert!(flops.cost(n, d) + 2.0 * n * 1e13 > used.total());
        }
    }
}

/// A formula for 6ND gives the intervals of 6ND, by every method, separately and jointly.
#[test]
fn intervals_do_not_depend_on_how_the_cost_is_written() {
    let fit = Fit::new(Chinchilla)
        .run(&dataset(&rows(&TRUTHS[1], 0.01)))
        .unwrap();
    let of = |text: &str| {
        let flops = Flops::parse(text, &fit).unwrap();
        let mut u = Uncertainty::new(&fit).unwrap().flops(flops);
        u.resample(Resampling::Cases, 200, 3).unwrap();
        let mut found = u
            .at(1e23)
            .level(0.9)
            .methods(&AllocationMethod::ALL)
            .joint();
        for quantity in AllocationQuantity::ALL {
            found.extend(
                u.at(1e23)
                    .level(0.8)
                    .methods(&AllocationMethod::ALL)
                    .of(quantity),
            );
        }
        found
    };
    let (plain, written) = (of("6nd"), of("3*N*D + D*N*3"));
    assert_eq!(plain.len(), 30);
    assert_eq!(written.len(), 30);
    for (p, q) in plain.iter().zip(&written) {
        assert_eq!((p.quantity, p.method), (q.quantity, q.method));
        // The profile search ends when the excess is met to a relative 1e-4.
        approx::assert_relative_eq!(p.lower.unwrap(), q.lower.unwrap(), max_relative = 1e-4);
        approx::assert_relative_eq!(p.upper.unwrap(), q.upper.unwrap(), max_relative = 1e-4);
    }
}

/// 600 simulated studies with normal noise: all five quantities lie inside their joint 90 %
/// intervals in about 90 % of them, and inside their separate intervals in fewer. The standard
/// error of a share near 0.9 is 0.012.
#[test]
fn joint_intervals_hold_together() {
    let s = surface(1);
    let best = s.optimal(1e23);
    let truth = [
        best.params,
        best.tokens,
        best.loss,
        s.params_exponent(),
        s.tokens_exponent(),
    ];
    let (mut together, mut alone) = (0, 0);
    const STUDIES: u64 = 600;
    for seed in 0..STUDIES {
        let runs = surfaces::noisy(&TRUTHS[1], 0.003, seed);
        let fit = Fit::new(Chinchilla).run(&dataset(&runs)).unwrap();
        let u = Uncertainty::new(&fit).unwrap();
        let all_inside = |list: &[scalewise::allocation::AllocationInterval]| {
            list.len() == 5
                && list.iter().zip(truth).all(|(i, value)| {
                    i.lower.is_some_and(|l| l < value) && i.upper.is_some_and(|u| value < u)
                })
        };
        let method = [AllocationMethod::Delta];
        together += u64::from(all_inside(&u.at(1e23).level(0.9).methods(&method).joint()));
        let one: Vec<_> = AllocationQuantity::ALL
            .into_iter()
            .flat_map(|q| u.at(1e23).level(0.9).methods(&method).of(q))
            .collect();
        alone += u64::from(all_inside(&one));
    }
    let share = |count: u64| count as f64 / STUDIES as f64;
    // Five intervals cover a box around the region, whose coverage is a little higher.
    assert!(
        (0.88..0.99).contains(&share(together)),
        "{}",
        share(together)
    );
    assert!(share(alone) < share(together) - 0.05, "{}", share(alone));
}

#[test]
fn tied_exponents_are_known_and_do_not_widen_the_rest() {
    let truth = [406.4, 410.7, 1.69, 0.34];
    let runs: Vec<(f64, f64, f64)> = rows(&TRUTHS[0], 0.0)
        .iter()
        .enumerate()
        .map(|(i, (n, d, _))| {
            let wobble = 1.0 + 3e-3 * ((i as f64 * 12.9898).sin() * 43_758.547).fract();
            (*n, *d, ChinchillaTied.predict(&[*n, *d], &truth) * wobble)
        })
        .collect();
    let fit = Fit::new(ChinchillaTied).run(&dataset(&runs)).unwrap();
    let mut u = Uncertainty::new(&fit).unwrap();
    u.resample(Resampling::Cases, 200, 3).unwrap();
    let found = u
        .at(1e23)
        .level(0.9)
        .methods(&AllocationMethod::ALL)
        .joint();
    for i in &found {
        let (l, u) = (i.lower.unwrap(), i.upper.unwrap());
        match i.quantity {
            AllocationQuantity::ParamsExponent | AllocationQuantity::TokensExponent => {
                assert!((l - 0.5).abs() < 1e-9 && (u - 0.5).abs() < 1e-9, "{i:?}");
            }
            _ => assert!(l < u, "{i:?}"),
        }
    }
}

/// Parameters that the user holds are also held in the table of losses.
#[test]
fn the_sensitivity_table_keeps_what_is_fixed() {
    let fit = Fit::new(Chinchilla)
        .fix("E", 1.7)
        .run(&dataset(&rows(&TRUTHS[1], 0.01)))
        .unwrap();
    let table = scalewise::internal::sensitivity(&Uncertainty::new(&fit).unwrap(), 1e23);
    for row in table.unwrap() {
        assert_eq!(row.surface.unwrap().e, 1.7, "{}", row.objective);
    }
}

/// Few noisy runs may have their minimum at an exponent far steeper than any published one.
#[test]
fn steep_surfaces_are_found_too() {
    for truth in [
        [3e30, 410.7, 1.69, 4.0, 0.28],
        [406.4, 2e27, 1.69, 0.34, 3.0],
    ] {
        let fit = Fit::new(Chinchilla)
            .run(&dataset(&rows(&truth, 0.0)))
            .unwrap();
        for (found, wanted) in fit.values().iter().zip(truth).skip(2) {
            approx::assert_relative_eq!(*found, wanted, max_relative = 1e-6);
        }
    }
}

#[test]
fn formulas_of_any_size_end_in_an_answer_or_a_message() {
    use scalewise::internal::Formula;
    let sum = |terms: usize| vec!["N"; terms].join("+");
    assert_eq!(Formula::parse(&sum(400)).unwrap().value(2.0, 1.0), 800.0);
    for text in [
        sum(50_000),
        "(".repeat(500),
        "2^".repeat(400),
        "N-".to_owned(),
    ] {
        assert!(Formula::parse(&text).is_err());
    }
}

/// A uniform number from a seed, the same on every machine.
fn uniform(seed: u64, k: u64, low: f64, high: f64) -> f64 {
    use rand_chacha::rand_core::{RngCore, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1_000 * seed + k);
    low + (high - low) * (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// The smallest ln of the total FLOP with the loss of `best`: golden sections after a dense scan of
/// ln N, with the tokens that the term of N leaves necessary.
fn cheapest(flops: &Flops, s: &Surface, best: &Allocation, inference_tokens: f64) -> f64 {
    let reducible = s.a * best.params.powf(-s.alpha) + s.b * best.tokens.powf(-s.beta);
    let total = |ln_n: f64| {
        let left = reducible - s.a * (-s.alpha * ln_n).exp();
        let d = (s.b / left).powf(1.0 / s.beta);
        let total = flops.cost(ln_n.exp(), d) + 2.0 * ln_n.exp() * inference_tokens;
        if left > 0.0 && total > 0.0 {
            total.ln()
        } else {
            f64::INFINITY
        }
    };
    let low = ((s.a / reducible).ln() / s.alpha).max(0.0);
    let high = best.params.ln();
    // Dense near the size that no number of tokens can compensate.
    let at = |k: u32| low + (high - low) * (f64::from(k) / 4000.0).powi(3);
    let near = (0..=4000)
        .min_by(|p, q| total(at(*p)).total_cmp(&total(at(*q))))
        .unwrap();
    let (mut low, mut high) = (at(near.saturating_sub(1)), at((near + 1).min(4000)));
    for _ in 0..200 {
        let (p, q) = (low + 0.382 * (high - low), low + 0.618 * (high - low));
        if total(p) < total(q) {
            high = q
        } else {
            low = p
        }
    }
    total(0.5 * (low + high)).min(total(at(near)))
}

/// Largest excess of the search over a direct minimisation, in ln of the cost.
const CHEAPEST: f64 = 1e-9;

#[test]
fn no_allocation_for_inference_is_cheaper_on_surfaces_of_any_shape() {
    let (mut compared, mut degenerate) = (0, 0);
    for seed in 0..500 {
        let of = |k, low, high| uniform(seed, k, low, high);
        let exponent = |k| 10_f64.powf(of(k, -2.4, 1.0));
        // Half of the surfaces are like published ones, the others are not.
        let usual = seed % 2 == 0;
        let (alpha, beta) = if usual {
            (of(0, 0.2, 0.6), of(1, 0.2, 0.6))
        } else {
            (exponent(0), exponent(1))
        };
        let term = |k, at: f64, power: f64| {
            let size = if usual {
                of(k, 0.01, 2.0)
            } else {
                10_f64.powf(of(k, -12.0, 6.0))
            };
            size * at.powf(power)
        };
        let (a, b) = (term(2, 1e9, alpha), term(3, 2e10, beta));
        let surface = match Surface::new(a, b, of(4, 0.0, 3.0), alpha, beta) {
            Ok(surface) => surface,
            Err(_) => continue,
        };
        let fitted = Flops::Fitted(
            CostModel::exact(0.0, of(5, 3.0, 9.0), 1.0),
            Counting::Compute,
        );
        let flops = if seed % 5 == 4 { fitted } else { Flops::SixNd };
        let Ok(best) = flops.optimal(&surface, 10_f64.powf(of(6, 15.0, 27.0))) else {
            degenerate += 1;
            continue;
        };
        for demand in [0.0, 1.0, best.tokens, 1e3 * best.tokens, 1e12 * best.tokens] {
            let used = flops.inference_aware(&surface, &best, demand);
            let reference = cheapest(&flops, &surface, &best, demand);
            assert!(
                used.total().ln() <= reference + CHEAPEST,
                "{seed} {demand:e}: {:e} above, {surface:?} {used:?}",
                used.total().ln() - reference
            );
            assert!(
                used.params >= 1.0 - 1e-9 && used.tokens >= 1.0 - 1e-9,
                "{seed} {used:?}"
            );
            // It reaches the loss, and never costs more than the compute-optimal model.
            let loss = surface.loss(used.params, used.tokens);
            assert!(
                (loss / best.loss - 1.0).abs() < 1e-9,
                "{seed} {loss} {best:?}"
            );
            assert!(
                used.total() <= used.compute_optimal_total * (1.0 + 1e-9),
                "{seed} {demand:e} {used:?}"
            );
            compared += 1;
        }
    }
    assert!(
        compared > 1500 && degenerate > 10,
        "{compared} {degenerate}"
    );
}

#[test]
fn an_optimum_below_one_parameter_or_one_token_is_refused() {
    // The term of N vanishes at any size, so nothing is spent on it.
    let tiny = Surface::new(1e-30, 2085.0, 1.8, 0.35, 0.37).unwrap();
    let few = Surface::new(482.0, 1e-30, 1.8, 0.35, 0.37).unwrap();
    for (surface, what) in [(tiny, "one parameter"), (few, "one token")] {
        let error = Flops::SixNd.optimal(&surface, 1e22).unwrap_err();
        assert!(error.message().contains(what), "{error}");
        assert!(error.hint().is_some());
    }
    assert!(Flops::SixNd.for_tokens(&tiny, 1e9).is_err());
    assert!(Flops::SixNd.for_params(&few, 1e9).is_err());
    let usual = Surface::new(482.0, 2085.0, 1.8, 0.35, 0.37).unwrap();
    assert!(Flops::SixNd.optimal(&usual, 1e22).is_ok());
}
