use super::*;
use crate::fit::Fit;
use crate::law::TypedLaw;
use crate::plan::candidate::Place;

const X: [f64; 6] = [1.0, 2.0, 3.0, 5.0, 6.0, 7.0];

/// A straight line with known residuals, its noise, and its posterior at 20.
fn straight() -> (Fit, Observations, f64) {
    let law = TypedLaw::parse("L(S) = a + b*S").unwrap();
    let wobble = [0.01, -0.01, -0.01, 0.02, -0.01, 0.0];
    let y = X.iter().zip(wobble).map(|(x, w)| 2.0 + 0.5 * x + w);
    let x = X.iter().map(|x| vec![*x]).collect();
    let o = Observations::new(x, y.collect(), Residuals::Absolute).unwrap();
    let fit = Fit::new(law).residuals(Residuals::Absolute);
    let best = fit.run_observations(&o).unwrap()[0].objective;
    (fit, o, (best / 4.0).sqrt())
}

/// The variance of a straight line at `at`, in closed form.
fn variance(x: &[f64], noise: f64, at: f64) -> f64 {
    let count = x.len() as f64;
    let mean = x.iter().sum::<f64>() / count;
    let squares: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
    noise * noise * (1.0 / count + (at - mean).powi(2) / squares)
}

fn candidate(x: Vec<f64>) -> Candidate {
    Candidate {
        x,
        cost: 1.0,
        line: None,
        place: Place::Inside,
        repeatable: false,
    }
}

#[test]
fn a_run_takes_off_what_linear_regression_says() {
    let (fit, o, noise) = straight();
    let basins = fit.run_observations(&o).unwrap();
    let (law, settings) = fit.problem(&o).unwrap();
    let points = (&[vec![20.0]][..], &[][..]);
    let made = Posterior::new(&*law, &o, &settings, &basins, points).unwrap();
    // The prior adds a share of 1e-4 at most.
    let same = |p: f64, q: f64| assert!((p / q - 1.0).abs() < 1e-3, "{p} {q}");
    same(made.error(), variance(&X, noise, 20.0));
    for x in [0.5, 4.0, 12.0] {
        let seen = made.see(&[x]).unwrap();
        let mut after = made.clone();
        after.with(&seen);
        let all: Vec<f64> = X.iter().copied().chain([x]).collect();
        same(after.error(), variance(&all, noise, 20.0));
        same(made.gain_of_best(&seen), made.error() - after.error());
        same(made.gain(&seen), made.risk() - after.risk());
    }
}

/// The mean squared error at the targets of a law fitted to all these runs, by dense matrices,
/// apart from the variance of the process there.
fn risk_by_matrices(made: &Posterior<'_>, targets: &[Vec<f64>], runs: &[(Vec<f64>, f64)]) -> f64 {
    let minimum = &made.minima[0];
    let known = made.discrepancy.as_ref().unwrap();
    let at = |x: &[f64]| made.slope(x, &minimum.p, &minimum.unit);
    let size = minimum.unit.len();
    // Runs in units of their noise.
    let rows = DMatrix::from_fn(runs.len(), size, |i, k| at(&runs[i].0).0[k] / runs[i].1);
    let covariance = (rows.tr_mul(&rows) + DMatrix::identity(size, size))
        .try_inverse()
        .unwrap();
    let shared = |a: &[f64], b: &[f64]| {
        let sizes = made.size(at(a).1) * made.size(at(b).1);
        sizes * known.covariance(&known.place(a), &known.place(b))
    };
    let between = DMatrix::from_fn(runs.len(), runs.len(), |i, k| {
        shared(&runs[i].0, &runs[k].0) / (runs[i].1 * runs[k].1)
    });
    let of = |target: &Vec<f64>| {
        let slope = at(target).0;
        let share = &rows * (&covariance * &slope);
        let along = DVector::from_fn(runs.len(), |i, _| shared(target, &runs[i].0) / runs[i].1);
        let noise = made.noise_left() * slope.dot(&(&covariance * &slope));
        noise + share.dot(&(&between * &share)) - 2.0 * share.dot(&along)
    };
    targets.iter().map(of).sum::<f64>() / targets.len() as f64
}

#[test]
fn the_risk_is_that_of_least_squares_around_which_runs_share_an_error() {
    let law = TypedLaw::parse("L(S, T) = a + b*S + c*T").unwrap();
    let x: Vec<Vec<f64>> = (0..9)
        .map(|k| vec![1.0 + k as f64, 1.0 + (k * k % 7) as f64])
        .collect();
    let y: Vec<f64> = x
        .iter()
        .map(|x| 5.0 + 0.3 * x[0] + 0.2 * x[1] + 0.05 * (2.0 * x[0]).sin())
        .collect();
    let targets = [vec![20.0, 8.0], vec![25.0, 2.0]];
    let new = [
        vec![15.0, 5.0],
        vec![2.0, 6.0],
        vec![24.0, 3.0],
        vec![15.0, 5.0],
    ];
    let candidates = new.clone().map(candidate);
    for residuals in [Residuals::Absolute, Residuals::Relative] {
        let fit = Fit::new(law.clone()).residuals(residuals);
        let o = Observations::new(x.clone(), y.clone(), residuals).unwrap();
        let basins = fit.run_observations(&o).unwrap();
        let (law, settings) = fit.problem(&o).unwrap();
        let points = (&targets[..], &candidates[..]);
        let mut made = Posterior::new(&*law, &o, &settings, &basins, points).unwrap();
        assert_eq!(made.minima.len(), 1);
        assert!(made.own() > 0.0);
        let value = |made: &Posterior<'_>, x: &[f64]| law.predict(x, &made.minima[0].p);
        let noise = |i: usize| made.noise / o.slope(i, value(&made, o.input(i)));
        let mut runs: Vec<(Vec<f64>, f64)> = (0..9).map(|i| (x[i].clone(), noise(i))).collect();
        let same = |p: f64, q: f64| assert!((p - q).abs() < 1e-9 * q.abs(), "{p} {q}");
        same(made.risk(), risk_by_matrices(&made, &targets, &runs));
        let mut seen: Vec<Seen> = new.iter().map(|x| made.see(x).unwrap()).collect();
        for k in 0..new.len() {
            let (run, before) = (seen[k].clone(), made.risk());
            let gain = made.gain(&run);
            made.with(&run);
            seen.iter_mut().for_each(|other| made.tell(other, &run));
            runs.push((new[k].clone(), made.variance(value(&made, &new[k])).sqrt()));
            same(made.risk(), risk_by_matrices(&made, &targets, &runs));
            assert!((gain - (before - made.risk())).abs() < 1e-9 * made.risk().abs());
        }
    }
}

/// A run far from the target can mislead a law that is off; under a right law no run can.
#[test]
fn only_the_risk_can_grow() {
    let law = TypedLaw::parse("L(S) = a + b*S").unwrap();
    let x: Vec<f64> = (1..=12).map(f64::from).collect();
    let y = x.iter().map(|x| 3.0 - 0.1 * x + 0.05 * x.ln().powi(2));
    let rows = x.iter().map(|x| vec![*x]).collect();
    let o = Observations::new(rows, y.collect(), Residuals::Absolute).unwrap();
    let fit = Fit::new(law).residuals(Residuals::Absolute);
    let basins = fit.run_observations(&o).unwrap();
    let (law, settings) = fit.problem(&o).unwrap();
    let candidates = [candidate(vec![1.0]), candidate(vec![40.0])];
    let points = (&[vec![50.0]][..], &candidates[..]);
    let made = Posterior::new(&*law, &o, &settings, &basins, points).unwrap();
    let seen = |x: f64| made.see(&[x]).unwrap();
    assert!(made.gain_of_best(&seen(1.0)) > 0.0);
    assert!(made.gain(&seen(1.0)) < 0.0);
    assert!(made.gain(&seen(40.0)) > 0.0);
}

#[test]
fn minima_that_a_run_tells_apart_weigh_less_together() {
    let spreads = [0.04, 0.04];
    let rest = |apart: f64| Posterior::overlap(&[1.0, 1.0 + apart], &spreads, 0, 1);
    assert_eq!(rest(0.0), 1.0);
    // exp(-d²/(8 s²)) for two normal distributions of equal variance (Bhattacharyya 1943).
    assert!((rest(0.4) - (-0.16f64 / (8.0 * 0.04)).exp()).abs() < 1e-12);
}
