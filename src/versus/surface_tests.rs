//! Compares two surfaces, against SciPy (`studies/references/versus.py`).

use super::*;
use crate::interval::Method;
use crate::numeric::Surface;
use crate::progress::Listener;

const HELD: Held = Held {
    b: (-10.0, -0.002),
    c: (0.0, f64::INFINITY),
    share: (0.002, 0.998),
    prior: Vec::new(),
    shared: false,
};

const METHODS: [Method; 3] = [Method::Profile, Method::Delta, Method::Bootstrap];
const SCATTER: [f64; 8] = [0.8, -1.1, 0.4, 1.3, -0.7, -0.9, 0.6, -0.2];

/// 16 runs about this surface, with the scatter rotated by `turn`; costs are `k`·N·D.
fn side(surface: [f64; 5], turn: usize, k: f64) -> Side {
    let [a, b, e, alpha, beta] = surface;
    let surface = Surface::new(a, b, e, alpha, beta).unwrap();
    let sizes = [5e7, 2e8, 8e8, 3.2e9];
    let all = sizes.map(|n| [1e9, 5e9, 2.5e10, 1.25e11].map(|d| (n, d)));
    let run = |(place, (n, d)): (usize, (f64, f64))| SideRun {
        compute: k * n * d,
        sizes: Some((n, d)),
        loss: surface.loss(n, d) * (1.0 + 0.002 * SCATTER[(place + 16 - turn) % 8]),
        sd: None,
        pair: None,
    };
    Side {
        runs: all.into_iter().flatten().enumerate().map(run).collect(),
        law: Start::Surface {
            surface,
            ln_k: k.ln(),
        },
    }
}

const A: [f64; 5] = [406.4, 410.7, 1.69, 0.34, 0.28];
const B: [f64; 5] = [380.0, 450.0, 1.68, 0.34, 0.285];

fn asked(methods: &[Method]) -> Asked<'_> {
    Asked {
        largest: 1e21,
        at: &[],
        sizes: &[(8e8, 2.5e10)],
        levels: &[0.9],
        methods,
        main: 0.9,
        family: 1,
        paired: true,
        power: false,
        replicates: 400,
        seed: 0,
        listener: Listener::default(),
    }
}

#[test]
fn scipy_agrees_on_two_surfaces() {
    let (a, b) = (side(A, 0, 6.0), side(B, 5, 6.0));
    let compared = compare(&a, &b, &HELD, &asked(&METHODS)).unwrap();
    // SciPy's least squares and searches converge to about 1e-8, its differences to 1e-5.
    let close = |found: f64, wanted: f64, tolerance: f64| {
        assert!((found / wanted - 1.0).abs() < tolerance, "{found} {wanted}");
    };
    let cases = [
        (&compared.places[0], [PATH, PATH_LOWER, PATH_UPPER]),
        (&compared.of_tokens[0], [TOKENS, TOKENS_LOWER, TOKENS_UPPER]),
    ];
    for (place, [m, lower, upper]) in cases {
        close(place.multiplier.unwrap(), m, 1e-6);
        let delta = place.intervals.iter().find(|i| i.method == Method::Delta);
        close(delta.unwrap().lower.unwrap(), lower, 1e-5);
        close(delta.unwrap().upper.unwrap(), upper, 1e-5);
        assert_eq!(place.intervals.len(), 3);
        for interval in &place.intervals {
            // The methods agree if the surfaces are well determined.
            close(interval.lower.unwrap(), lower, 0.02);
            close(interval.upper.unwrap(), upper, 0.02);
        }
    }
    let names: Vec<_> = compared.hypotheses.iter().map(|h| h.name).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    close(compared.hypotheses[0].f, EXPONENTS_F, 1e-4);
    close(compared.hypotheses[0].p.unwrap(), EXPONENTS_P, 1e-4);
}

const PATH: f64 = 1.578_997_235_933_498_3;
const PATH_LOWER: f64 = 1.493_046_729_371_252;
const PATH_UPPER: f64 = 1.669_895_671_742_016_8;
const TOKENS: f64 = 1.463_850_927_234_135_3;
const TOKENS_LOWER: f64 = 1.415_566_319_590_181_8;
const TOKENS_UPPER: f64 = 1.513_782_510_581_781_7;
const EXPONENTS_F: f64 = 0.287_096_265_000_654_5;
const EXPONENTS_P: f64 = 0.597_463_382_843_271_8;

#[test]
fn the_cost_of_a_token_counts_on_the_path_and_not_at_one_size() {
    let plain = compare(
        &side(A, 0, 6.0),
        &side(B, 5, 6.0),
        &HELD,
        &asked(&METHODS[..2]),
    );
    let dear = compare(
        &side(A, 0, 9.0),
        &side(B, 5, 6.0),
        &HELD,
        &asked(&METHODS[..2]),
    );
    let (plain, dear) = (plain.unwrap(), dear.unwrap());
    let m = |found: &Comparison| found.places[0].multiplier.unwrap();
    // The same allocation costs the base 1.5 times as much.
    assert!((m(&dear) / m(&plain) - 1.5).abs() < 1e-6);
    let ends = |found: &Comparison| {
        let place = &found.of_tokens[0];
        let all = place.intervals.iter();
        let all = all.flat_map(|i| [i.lower.unwrap(), i.upper.unwrap()]);
        all.chain(place.multiplier).collect::<Vec<f64>>()
    };
    for (p, q) in ends(&dear).iter().zip(ends(&plain)) {
        assert!((p / q - 1.0).abs() < 1e-6, "{p} {q}");
    }
    assert!(
        dear.counted.contains("k = 9.000 of the base"),
        "{}",
        dear.counted
    );
}

#[test]
fn a_size_that_is_too_small_never_reaches_the_other_loss() {
    let (a, b) = (
        side(A, 0, 6.0),
        side([380.0, 450.0, 1.2, 0.34, 0.285], 5, 6.0),
    );
    let asked = Asked {
        sizes: &[(5e7, 1.25e11)],
        ..asked(&METHODS[..2])
    };
    let compared = compare(&a, &b, &HELD, &asked).unwrap();
    let place = &compared.of_tokens[0];
    assert_eq!(
        (place.multiplier, place.verdict),
        (None, Verdict::NeverReached)
    );
    assert!(place.abstentions[0].reason.contains("so many parameters"));
    assert!(place.difference > 0.0);
}
