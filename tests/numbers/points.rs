//! Intervals of laws of several columns, compared with the exact ones of built-in laws, with the
//! closed form of a linear law, and with simulations of a known truth.

use super::random::Random;
use rand_chacha::rand_core::SeedableRng;
use scalewise::ask::{LawChoice, PointsRequest};
use scalewise::fit::{Code, Residuals};
use scalewise::internal::standard_normal;
use scalewise::law::Saturating;
use scalewise::{Dataset, ErrorKind, Fit, Interval, Kind, Method, Target};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeMap;

fn at(values: &[(&str, f64)]) -> BTreeMap<String, f64> {
    values.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect()
}

fn interval(all: &[Interval], method: Method, kind: Kind) -> (f64, f64) {
    let found = all.iter().find(|i| i.method == method && i.kind == kind);
    found.map(|i| (i.lower, i.upper)).unwrap()
}

fn close(a: (f64, f64), b: (f64, f64), share: f64, what: &str) {
    let near = |a: f64, b: f64| (a - b).abs() <= share * b.abs();
    assert!(near(a.0, b.0) && near(a.1, b.1), "{what}: {a:?} {b:?}");
}

fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| standard_normal(&mut rng)).collect()
}

/// a·C^b + c is built in, where each interval is exact over every exponent, and can be typed as a
/// law of another column, where profiles and refits use descents. Both draw the same residuals.
#[test]
fn a_typed_law_has_the_intervals_of_the_built_in_one() {
    let methods = [Method::Delta, Method::Profile, Method::Bootstrap];
    for seed in 0..6 {
        let c: Vec<f64> = (0..14).map(|k| 10f64.powf(0.3 * f64::from(k))).collect();
        let loss: Vec<f64> = (c.iter().zip(noise(seed, 14)))
            .map(|(c, e)| (1.2 + 2.0 * c.powf(-0.2)) * (1.0 + 0.004 * e))
            .collect();
        let runs: Vec<(f64, f64)> = c.iter().copied().zip(loss.iter().copied()).collect();
        let built_in = Fit::new(Saturating).run(&Dataset::from_runs(runs).unwrap());
        let built_in = built_in.unwrap();
        let exact = built_in.forecast(Target::at(3e5)).levels(&[0.9]);
        let exact = exact.methods(&methods).refits(200, seed).run().unwrap();
        let data = Dataset::of_columns(&loss).unwrap().column("S", &c).unwrap();
        let answer = PointsRequest::default()
            .fit(LawChoice::default().law("L(S) = c + a*S^b"))
            .at([at(&[("S", 3e5)])])
            .levels([0.9])
            .methods(methods)
            .replicates(200)
            .seed(seed)
            .of(&data)
            .unwrap();
        for method in methods {
            for kind in Kind::ALL {
                let ours = interval(answer.points()[0].intervals(), method, kind);
                let theirs = interval(&exact.intervals, method, kind);
                // Descents end where a step no longer changes the sum of squares, about 1e-8 of a
                // parameter away.
                close(ours, theirs, 1e-6, &format!("{seed} {method:?} {kind:?}"));
            }
        }
    }
}

/// For a law that is linear in its parameters every interval has a closed form: f ± t·s·√h, and for
/// a new run f ± t·s·√(1 + h) (Seber & Lee 2003, §5.1).
#[test]
fn a_linear_law_has_the_intervals_of_students_t() {
    let (mut x, mut y, mut loss) = (Vec::new(), Vec::new(), Vec::new());
    for (k, e) in noise(4, 12).into_iter().enumerate() {
        let k = k as f64;
        x.push(k);
        y.push((1.7 * k).sin());
        loss.push(5.0 - 0.2 * k + 0.6 * (1.7 * k).sin() + 0.05 * e);
    }
    let data = Dataset::of_columns(&loss).unwrap();
    let data = data.column("x", &x).unwrap().column("y", &y).unwrap();
    let law = LawChoice::default()
        .law("L(x, y) = a + b*x + c*y")
        .residuals(Residuals::Absolute);
    let answer = PointsRequest::default()
        .fit(law)
        .at([at(&[("x", 20.0), ("y", 0.5)])])
        .levels([0.9])
        .methods([Method::Delta, Method::Profile])
        .of(&data)
        .unwrap();
    let design = nalgebra::DMatrix::from_fn(12, 3, |i, k| [1.0, x[i], y[i]][k]);
    let observed = nalgebra::DVector::from_vec(loss);
    let inverse = (design.transpose() * &design).try_inverse().unwrap();
    let estimate = &inverse * design.transpose() * &observed;
    let s = ((observed - &design * &estimate).norm_squared() / 9.0).sqrt();
    let place = nalgebra::DVector::from_vec(vec![1.0, 20.0, 0.5]);
    let (f, h) = (place.dot(&estimate), place.dot(&(&inverse * &place)));
    let t = StudentsT::new(0.0, 1.0, 9.0).unwrap().inverse_cdf(0.95);
    let curve = t * s * h.sqrt();
    let run = t * s * (1.0 + h).sqrt();
    let of = |method, kind| interval(answer.points()[0].intervals(), method, kind);
    let profile = of(Method::Profile, Kind::Confidence);
    close(profile, (f - curve, f + curve), 1e-8, "curve");
    let profile = of(Method::Profile, Kind::Prediction);
    close(profile, (f - run, f + run), 1e-8, "run");
    // The delta interval is for ln L if every loss is positive.
    let delta = of(Method::Delta, Kind::Confidence);
    let reach = curve / f;
    close(delta, (f * (-reach).exp(), f * reach.exp()), 1e-8, "delta");
}

/// Shares of 300 simulated tables of N and D in which the interval of 90 % held the loss of a new
/// run 30 times beyond in N and 10 times in D; the standard error is 1.7 points. Percentiles
/// omit Student's t.
#[test]
fn intervals_of_a_surface_hold_about_as_often_as_they_say() {
    const TABLES: u64 = 300;
    let methods = [Method::Delta, Method::Profile, Method::Bootstrap];
    let law = |n: f64, d: f64| 1.7 + 400.0 * n.powf(-0.34) + 410.0 * d.powf(-0.28);
    let mut held = [0u32; 3];
    for table in 0..TABLES {
        let mut rng = Random::seeded(table);
        let (mut n, mut d, mut loss) = (Vec::new(), Vec::new(), Vec::new());
        for e in noise(1000 + table, 30) {
            n.push(10f64.powf(rng.uniform(7.5, 9.5)));
            d.push(10f64.powf(rng.uniform(9.0, 11.0)));
            loss.push(law(n[n.len() - 1], d[d.len() - 1]) * (1.0 + 0.005 * e));
        }
        let data = Dataset::of_params_tokens(&n, &d, &loss).unwrap();
        let answer = PointsRequest::default()
            .fit(LawChoice::default().law("chinchilla"))
            .at([at(&[("N", 1e11), ("D", 1e12)])])
            .levels([0.9])
            .kinds([Kind::Prediction])
            .methods(methods)
            .replicates(100)
            .seed(table)
            .force(true)
            .of(&data)
            .unwrap();
        let new = law(1e11, 1e12) * (1.0 + 0.005 * noise(5000 + table, 1)[0]);
        for (held, method) in held.iter_mut().zip(methods) {
            let given = answer.points()[0].intervals();
            let (low, high) = interval(given, method, Kind::Prediction);
            *held += u32::from(low <= new && new <= high);
        }
    }
    let percent = held.map(|held| 100.0 * f64::from(held) / TABLES as f64);
    println!("90 % of a surface: delta, profile, bootstrap {percent:.1?} %");
    for (percent, least) in percent.into_iter().zip([84.0, 84.0, 80.0]) {
        assert!((least..96.0).contains(&percent), "{percent}");
    }
}

/// Two bumps explain the runs equally well, but the law has only one: at the second bump it gives
/// about 3 or about 3.5, and the profile interval must cover both.
#[test]
fn a_profile_covers_each_minimum_that_fits_as_well() {
    let at: Vec<f64> = (0..33).map(|k| 0.25 * f64::from(k)).collect();
    let bump = |x: f64, m: f64| (-((x - m) / 0.5).powi(2)).exp();
    let loss: Vec<f64> = (at.iter().zip(noise(8, at.len())))
        .map(|(x, e)| 3.0 + 0.5 * bump(*x, 2.0) + 0.501 * bump(*x, 6.0) + 0.01 * e)
        .collect();
    let data = Dataset::of_columns(&loss)
        .unwrap()
        .column("S", &at)
        .unwrap();
    let law = "L(S) = a + b*exp(-((S - m)/0.5)^2)";
    let asked = |place: f64| {
        let answer = PointsRequest::default()
            .fit(LawChoice::default().law(law).residuals(Residuals::Absolute))
            .at([at_s(place)])
            .levels([0.9])
            .methods([Method::Profile])
            .force(true)
            .of(&data);
        let answer = answer.unwrap();
        interval(
            answer.points()[0].intervals(),
            Method::Profile,
            Kind::Confidence,
        )
    };
    for place in [2.0, 6.0] {
        let (low, high) = asked(place);
        assert!(low < 3.1 && high > 3.4, "{place}: {low} {high}");
    }
}

fn at_s(value: f64) -> BTreeMap<String, f64> {
    at(&[("S", value)])
}

#[test]
fn methods_that_points_cannot_have_are_named() {
    let data = Dataset::of_columns(&[3.0, 2.5, 2.2, 2.0]).unwrap();
    let data = data.column("S", &[1.0, 2.0, 3.0, 4.0]).unwrap();
    let asked = PointsRequest::default()
        .fit(LawChoice::default().law("L(S) = a + b/S"))
        .at([at(&[("S", 8.0)])]);
    let wrong = asked.clone().methods([Method::Calibrated]).of(&data);
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Usage);
    assert!(wrong.to_string().contains("calibrated"), "{wrong}");
    // Two more runs than parameters do not determine the noise.
    for method in [Method::Profile, Method::Bootstrap] {
        let answer = asked.clone().methods([method]).of(&data).unwrap();
        let point = &answer.points()[0];
        assert!(point.intervals().is_empty());
        assert_eq!(point.abstentions()[0].code, Code::TooFewRuns);
    }
}
