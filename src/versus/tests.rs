use super::*;
use crate::interval::Method;
use crate::progress::Listener;

const FREE: Held = Held {
    b: (-2.5, -0.004),
    c: (0.0, f64::INFINITY),
    prior: Vec::new(),
    shared: false,
    share: (0.5, 0.5),
};

/// The floor and the exponent of the published pairs.
const HELD: Held = Held {
    b: (-0.0941, -0.0941),
    c: (1.6, 1.6),
    prior: Vec::new(),
    shared: false,
    share: (0.5, 0.5),
};

fn side(law: [f64; 3], runs: &[(f64, f64)], sd: Option<f64>) -> Side {
    let run = |(compute, loss): &(f64, f64)| SideRun {
        compute: *compute,
        sizes: None,
        loss: *loss,
        sd,
        pair: None,
    };
    Side {
        runs: runs.iter().map(run).collect(),
        law: Start::Curve(law),
    }
}

fn asked<'a>(levels: &'a [f64], methods: &'a [Method]) -> Asked<'a> {
    Asked {
        largest: 1e22,
        family: 1,
        at: &[],
        sizes: &[],
        levels,
        methods,
        main: 0.9,
        paired: true,
        power: false,
        replicates: 400,
        seed: 0,
        listener: Listener::default(),
    }
}

const ALL: [Method; 3] = [Method::Profile, Method::Delta, Method::Bootstrap];

/// One run of each recipe at one compute, with fixed floor and exponent.
fn pair(base: f64, other: f64, sd: Option<f64>) -> Place {
    let law = |loss: f64| [(loss - 1.6) * 1e20f64.powf(0.0941), -0.0941, 1.6];
    let a = side(law(base), &[(1e20, base)], sd);
    let b = side(law(other), &[(1e20, other)], sd);
    let compared = compare(
        &a,
        &b,
        &HELD,
        &Asked {
            largest: 1e20,
            ..asked(&[0.9, 0.95], &ALL[..2])
        },
    )
    .unwrap();
    compared.places[0].clone()
}

#[test]
fn published_pairs_come_out() {
    for (base, other, wanted) in [
        (3.0208, 2.9985, "1.183"),
        (3.5422, 3.5460, "0.979"),
        (3.2273, 3.2471, "0.879"),
    ] {
        let m = pair(base, other, None).multiplier.unwrap();
        assert_eq!(format!("{m:.3}"), wanted);
    }
}

#[test]
fn one_seed_says_little_and_no_noise_says_nothing() {
    let without = pair(3.5422, 3.5460, None);
    assert!(without.intervals.is_empty());
    assert_eq!(without.verdict, Verdict::NoInterval);
    assert_eq!(without.abstentions[0].code, crate::code::Code::TooFewRuns);
    // The variance of ln m is (s/b)²·(1/(L_A − c)² + 1/(L_B − c)²).
    let with = pair(3.5422, 3.5460, Some(0.002));
    let below = 1.0 / (3.5422f64 - 1.6).powi(2) + 1.0 / (3.5460f64 - 1.6).powi(2);
    let reach = 1.644_853_627 * 0.002 / 0.0941 * below.sqrt();
    let m = with.multiplier.unwrap();
    let delta = with.intervals.iter().find(|i| i.method == Method::Delta);
    let [lower, upper] = delta.map(|i| [i.lower.unwrap(), i.upper.unwrap()]).unwrap();
    assert!((lower / (m * (-reach).exp()) - 1.0).abs() < 1e-6);
    assert!((upper / (m * reach.exp()) - 1.0).abs() < 1e-6);
    assert_eq!(format!("{lower:.3} {upper:.3}"), "0.955 1.005");
    assert_eq!(with.verdict, Verdict::NotToldApart);
    assert_eq!(pair(3.0208, 2.9985, Some(0.002)).verdict, Verdict::Better);
    assert_eq!(pair(3.2273, 3.2471, Some(0.002)).verdict, Verdict::Worse);
}

/// The ladders of `studies/references/versus.py`.
const COMPUTE: [f64; 8] = [1e18, 3e18, 1e19, 3e19, 1e20, 3e20, 1e21, 1e22];
const A: [f64; 8] = [
    4.3248652788391935,
    3.9734924612314533,
    3.664710312200988,
    3.415982543958319,
    3.1595911168302138,
    2.9654962392438717,
    2.789774781978408,
    2.499,
];
const B: [f64; 8] = [
    4.373614717896947,
    4.016126216514736,
    3.660490706979756,
    3.392950805217117,
    3.121665914045675,
    2.9274549479535894,
    2.740234956312569,
    2.436584,
];

fn ladders(unit: f64) -> (Side, Side) {
    let of = |losses: [f64; 8], [s, b, c]: [f64; 3]| {
        let runs: Vec<(f64, f64)> = COMPUTE.iter().map(|c| c * unit).zip(losses).collect();
        let largest: f64 = 1e22 * unit;
        side([s * largest.powf(-b), b, c], &runs, None)
    };
    (of(A, [0.9, -0.12, 1.6]), of(B, [0.84, -0.13, 1.6]))
}

#[test]
fn scipy_agrees_on_two_ladders() {
    let (a, b) = ladders(1.0);
    let compared = compare(&a, &b, &FREE, &asked(&[0.9], &ALL)).unwrap();
    let place = &compared.places[0];
    let close = |found: f64, wanted: f64, tolerance: f64| {
        assert!((found / wanted - 1.0).abs() < tolerance, "{found} {wanted}");
    };
    close(place.multiplier.unwrap(), 1.797_125_522_524_235_7, 1e-6);
    let delta = place
        .intervals
        .iter()
        .find(|i| i.method == Method::Delta)
        .unwrap();
    close(delta.lower.unwrap(), 1.585_408_141_138_254_3, 1e-5);
    close(delta.upper.unwrap(), 2.037_115_907_194_251_7, 1e-5);
    let exponents = &compared.hypotheses[0];
    assert_eq!(
        (exponents.name, exponents.constraints),
        ("equal exponents", 1)
    );
    close(exponents.f, 3.067_300_663_491_993_3, 1e-5);
    close(exponents.p.unwrap(), 0.110_435_710_482_953_52, 1e-5);
    for interval in &place.intervals {
        // The methods agree if the laws are well determined.
        close(interval.lower.unwrap(), delta.lower.unwrap(), 0.06);
        close(interval.upper.unwrap(), delta.upper.unwrap(), 0.06);
    }
    assert_eq!(place.verdict, Verdict::Better);
    assert_eq!(compared.crossings.len(), 1);
    assert!(compared.crossings[0].within_runs);
}

#[test]
fn units_of_compute_do_not_matter() {
    let found = |unit: f64| {
        let (a, b) = ladders(unit);
        let asked = Asked {
            largest: 1e22 * unit,
            ..asked(&[0.9], &ALL[..2])
        };
        let compared = compare(&a, &b, &FREE, &asked).unwrap();
        let place = compared.places[0].clone();
        let ends = place.intervals.iter();
        let ends = ends.flat_map(|i| [i.lower.unwrap(), i.upper.unwrap()]);
        let mut numbers: Vec<f64> = ends.chain([place.multiplier.unwrap()]).collect();
        numbers.push(compared.crossings[0].compute / unit / 1e18);
        numbers
    };
    let (own, other) = (found(1.0), found(1.0 / 8.64e19));
    for (p, q) in own.iter().zip(&other) {
        assert!((p / q - 1.0).abs() < 1e-7, "{p} {q}");
    }
}

#[test]
fn a_comparison_turned_round_is_the_inverse_at_the_other_compute() {
    let (a, b) = ladders(1.0);
    let methods = &ALL[..1];
    let there = compare(&a, &b, &FREE, &asked(&[0.9], methods)).unwrap();
    let m = there.places[0].multiplier.unwrap();
    let at = [1e22 * m];
    let back = compare(
        &b,
        &a,
        &FREE,
        &Asked {
            at: &at,
            ..asked(&[0.9], methods)
        },
    )
    .unwrap();
    assert!((m * back.places[1].multiplier.unwrap() - 1.0).abs() < 1e-7);
    let sum = there.places[0].difference + back.places[0].difference;
    assert!(sum.abs() < 1e-8);
}

#[test]
fn pairs_cancel_the_noise_that_they_have_in_common() {
    // Common noise of 1 %, own noise of 0.05 %.
    let common = [0.9, -1.2, 0.3, 1.4, -0.8, -0.5, 1.1, -1.0];
    let own = [0.3, 0.9, -1.1, 0.2, 0.8, -1.3, 0.5, -0.2];
    let made = |s: f64, sign: f64| {
        let mut side = side([s * 1e22f64.powf(0.12), -0.12, 1.6], &[], None);
        for (k, compute) in COMPUTE.iter().enumerate() {
            let law = 1.6 + s * (compute / 1e22).powf(-0.12);
            let noise = 1.0 + 0.01 * common[k] + sign * 5e-4 * own[k];
            side.runs.push(SideRun {
                compute: *compute,
                sizes: None,
                loss: law * noise,
                sd: None,
                pair: Some("seed 0".to_owned()),
            });
        }
        side
    };
    let (a, b) = (made(0.9, 1.0), made(0.88, -1.0));
    let asked = asked(&[0.9], &ALL[..1]);
    let paired = compare(&a, &b, &FREE, &asked).unwrap();
    let apart = compare(
        &a,
        &b,
        &FREE,
        &Asked {
            paired: false,
            ..asked
        },
    )
    .unwrap();
    let width = |compared: &Comparison| {
        let interval = compared.places[0].intervals[0];
        (interval.upper.unwrap() / interval.lower.unwrap()).ln()
    };
    assert_eq!((paired.pairs, apart.pairs), (8, 0));
    assert!(paired.correlation.unwrap() > 0.9);
    assert!(width(&paired) < 0.3 * width(&apart));
    assert_eq!(paired.places[0].verdict, Verdict::Better);
    assert_eq!(apart.places[0].verdict, Verdict::NotToldApart);
}

#[test]
fn six_pairs_are_enough_for_an_interval() {
    let (mut a, mut b) = ladders(1.0);
    for side in [&mut a, &mut b] {
        side.runs.drain(..2);
        let runs = side.runs.iter_mut();
        runs.for_each(|run| run.pair = Some("0".to_owned()));
    }
    let compared = compare(&a, &b, &FREE, &asked(&[0.9], &ALL[..2])).unwrap();
    assert_eq!(compared.pairs, 6);
    assert!((compared.dof.unwrap() - 3.0).abs() < 0.2);
    assert_eq!(compared.places[0].intervals.len(), 2);
}

#[test]
fn a_base_that_never_gets_there_is_said() {
    let of = |s: f64, c: f64| {
        let runs = COMPUTE.map(|compute| (compute, c + s * (compute / 1e22f64).powf(-0.12)));
        side([s * 1e22f64.powf(0.12), -0.12, c], &runs, Some(0.001))
    };
    let (a, b) = (of(0.1, 2.4), of(0.6, 1.6));
    let compared = compare(&a, &b, &FREE, &asked(&[0.9], &ALL[..1])).unwrap();
    let place = &compared.places[0];
    assert_eq!(
        (place.multiplier, place.verdict),
        (None, Verdict::NeverReached)
    );
    assert_eq!(place.abstentions[0].code, crate::code::Code::NeverReached);
    assert!(place.difference > 0.0 && place.probability_better.unwrap() > 0.99);
}
