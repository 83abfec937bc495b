use super::*;
use crate::runs::Role;

fn held(actual: f64, band: Option<(f64, f64, f64)>) -> HeldOut {
    HeldOut {
        runs: 3,
        line: 0,
        x: 1.0,
        factor: 2.0,
        actual,
        band: band.map(|(point, lower, upper)| Band {
            point,
            lower,
            upper,
        }),
    }
}

/// By hand: ln-errors of one half and minus a quarter, an interval of half-width 0.2 each.
#[test]
fn scores_are_as_computed_by_hand() {
    let e = |x: f64| x.exp();
    let forecasts = [
        held(1.0, Some((e(0.5), e(0.3), e(0.7)))),
        held(e(1.0), Some((e(0.75), e(0.5), e(1.5)))),
        held(1.0, None),
    ];
    let s = Scores::of(&forecasts, 0.9);
    assert_eq!((s.forecasts, s.abstained), (2, 1));
    let close = |value: Option<f64>, expected: f64| {
        assert!(
            (value.unwrap() - expected).abs() < 1e-12,
            "{value:?} {expected}"
        );
    };
    close(s.bias, 0.125);
    close(s.mae, 0.375);
    close(s.rmse, (0.5 * (0.25 + 0.0625f64)).sqrt());
    close(s.coverage, 0.5);
    // 0.4 + 20·0.3 for the miss, 1.0 for the interval that contains the outcome.
    close(s.interval_score, 0.5 * (0.4 + 6.0 + 1.0));
    let none = Scores::of(&forecasts[2..], 0.9);
    assert_eq!((none.bias, none.coverage), (None, None));
}

/// `studies/references/scores.py` prints these values, rounded, for the same five forecasts.
#[test]
fn scores_agree_with_an_independent_implementation() {
    let forecasts = [
        held(2.10, Some((2.0, 1.9, 2.2))),
        held(1.50, Some((1.8, 1.6, 2.0))),
        held(0.70, Some((0.69, 0.60, 0.80))),
        held(3.00, Some((2.5, 2.0, 2.9))),
        held(1.00, Some((1.1, 0.0, 90.0))),
    ];
    let s = Scores::of(&forecasts, 0.9);
    assert_eq!(s.coverage, Some(0.6));
    let rounded = |v: f64, digits: i32| (v * 10f64.powi(digits)).round() / 10f64.powi(digits);
    assert_eq!(rounded(s.interval_score.unwrap(), 4), WITNESS.0);
    assert_eq!(rounded(100.0 * s.rmse.unwrap(), 2), WITNESS.1);
}

const WITNESS: (f64, f64) = (2.1644, 12.5);

fn ladder(n: usize) -> Dataset {
    let runs = (0..n).map(|k| (10f64.powi(k as i32), 3.0 - 0.1 * k as f64));
    Dataset::from_runs(runs).unwrap()
}

fn last(past: &Dataset, _target: f64) -> Option<Band> {
    let point = past.runs.last()?.loss;
    Some(Band {
        point,
        lower: point * 0.5,
        upper: point * 1.5,
    })
}

#[test]
fn every_larger_run_is_forecast_from_every_cut() {
    let tested = backtest(&ladder(5), &last).smallest(2).run().unwrap();
    let shape: Vec<(usize, usize, f64, f64)> = tested
        .cuts
        .iter()
        .map(|c| (c.runs, c.held_out, c.factor_min, c.factor_max.round()))
        .collect();
    assert_eq!(
        shape,
        [
            (2, 3, 10.0, 1000.0),
            (3, 2, 10.0, 100.0),
            (4, 1, 10.0, 10.0)
        ]
    );
    assert_eq!(tested.total.forecasts, 6);
    // The cut of four runs forecasts 2.7, and the outcome is 2.6.
    let bias = tested.cuts[2].scores.bias.unwrap();
    assert!((bias - (2.7f64 / 2.6).ln()).abs() < 1e-12);
    let bins: Vec<(f64, usize)> = tested
        .by_factor
        .iter()
        .map(|b| (b.from, b.scores.forecasts))
        .collect();
    assert_eq!(bins, [(8.0, 3), (20.0, 3)]);
}

#[test]
fn the_forecaster_sees_smaller_runs_only_whatever_the_order_of_rows() {
    let mut data = ladder(6);
    data.runs.reverse();
    data.runs[0].role = Role::Actual;
    let honest = |past: &Dataset, target: f64| {
        assert!(past.runs.iter().all(|run| run.x < target));
        assert!(past.runs.iter().all(|run| run.role == Role::Fit));
        last(past, target)
    };
    let tested = backtest(&data, &honest).run().unwrap();
    assert_eq!(tested.cuts.len(), 4);
    assert!(tested.forecasts.iter().all(|f| f.x < 1e5));
}

#[test]
fn runs_of_one_compute_stay_together() {
    let runs = [(1.0, 3.0), (1.0, 3.1), (2.0, 2.9), (2.0, 2.8), (3.0, 2.7)];
    let data = Dataset::from_runs(runs).unwrap();
    let tested = backtest(&data, &last).run().unwrap();
    let cuts: Vec<usize> = tested.cuts.iter().map(|c| c.runs).collect();
    assert_eq!(cuts, [2, 4]);
    assert!(tested.forecasts.iter().all(|f| f.factor > 1.0));
}

#[test]
fn early_abstentions_are_dropped_and_later_ones_counted() {
    let shy = |past: &Dataset, target: f64| {
        let enough = past.runs.len() >= 3 && target < 5e4;
        enough.then(|| last(past, target)).flatten()
    };
    let tested = backtest(&ladder(6), &shy).run().unwrap();
    assert_eq!(tested.cuts[0].runs, 3);
    assert_eq!((tested.total.forecasts, tested.total.abstained), (3, 3));
    let never = |_: &Dataset, _: f64| None;
    let error = backtest(&ladder(6), &never).run().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFit);
    let broken = |_: &Dataset, _: f64| {
        Some(Band {
            point: f64::NAN,
            lower: 1.0,
            upper: 2.0,
        })
    };
    assert!(backtest(&ladder(6), &broken).run().is_err());
    assert!(backtest(&ladder(6), &last).level(1.0).run().is_err());
}

/// By hand: ten forecasts of ln-half-width 1 whose errors are 0.1, 0.2, … 1.0. At 90 % z =
/// 1.645·error, the ⌈11·0.9⌉ = 10th smallest is 1.645·1.0 and the factor 1; with errors three times
/// as large it is 3.
#[test]
fn widening_is_as_computed_by_hand() {
    let made = |count: usize, size: f64| -> Vec<HeldOut> {
        (1..=count)
            .map(|k| {
                let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
                let actual = (sign * size * 0.1 * k as f64).exp();
                held(actual, Some((1.0, (-1.0f64).exp(), 1f64.exp())))
            })
            .collect()
    };
    let factor = |count, size, level| Widening::of(&made(count, size), level).factor;
    assert_eq!(factor(10, 0.5, 0.9), Some(1.0));
    assert!((factor(10, 3.0, 0.9).unwrap() - 3.0).abs() < 1e-9);
    // 9·0.8 = 7.2, so the 8th.
    assert!((factor(10, 3.0, 0.7).unwrap() - 2.4).abs() < 1e-9);
    // Nine are below the minimum of ten, and 95 % needs nineteen.
    assert_eq!(factor(9, 3.0, 0.9), None);
    assert_eq!(factor(18, 3.0, 0.95), None);
    assert!((factor(19, 3.0, 0.95).unwrap() - 5.7).abs() < 1e-9);
    assert_eq!(Widening::of(&made(3, 1.0), 0.95).needed, 19);
}

#[test]
fn a_fit_is_back_tested_with_its_own_interval() {
    use crate::law::Saturating;
    use crate::{Fit, Method};
    let runs = (0..9).map(|k| {
        let x = 10f64.powf(0.5 * f64::from(k));
        let scatter = [0.4, -1.1, 0.8, 0.2, -0.7, 1.3, -0.5, -0.2, 0.9][k as usize];
        (
            1e18 * x,
            (1.5 * x.powf(-0.15) + 1.5) * (1.0 + 1e-3 * scatter),
        )
    });
    let data = Dataset::from_runs(runs).unwrap();
    let by_fit = ByFit::new(Fit::new(Saturating)).method(Method::Delta);
    let tested = backtest(&data, &by_fit).run().unwrap();
    assert_eq!(tested.cuts[0].runs, 6);
    assert_eq!(tested.total.forecasts, 6);
    // The same as one forecast made directly.
    let past = Dataset::from_runs(data.runs[..7].iter().map(|r| (r.x, r.loss))).unwrap();
    let fit = Fit::new(Saturating).run(&past).unwrap();
    let point = fit.predict(&[data.runs[8].x]);
    let found = tested
        .forecasts
        .iter()
        .find(|f| f.runs == 7 && f.x == data.runs[8].x)
        .unwrap();
    assert_eq!(found.band.unwrap().point, point);
    let single = by_fit.forecasts(&past, &[data.runs[8].x]);
    assert_eq!(single, [found.band]);
}

#[test]
fn of_very_many_runs_some_take_part() {
    let runs = |count: u32| {
        let one = |k: u32| {
            let x = 1e18 * 10f64.powf(4.0 * f64::from(k / 10) / f64::from(count / 10));
            (x, 2.0 + (x / 1e18).powf(-0.2))
        };
        Dataset::from_runs((0..count).map(one)).unwrap()
    };
    let last = |past: &Dataset, _: f64| {
        let loss = past
            .runs()
            .iter()
            .map(|run| run.loss)
            .fold(f64::INFINITY, f64::min);
        Some(Band {
            point: loss,
            lower: loss * 0.9,
            upper: loss * 1.1,
        })
    };
    let tested = |count: u32, smallest: usize| {
        let data = runs(count);
        backtest(&data, &last).smallest(smallest).run().unwrap()
    };
    let all = tested(2000, 100).chosen;
    assert_eq!((all.seen, all.of_seen, all.of_cuts), (2000, 2000, 190));
    // Half of the runs lie below the first cut, also if only some take part.
    let some = tested(20_000, 10_000);
    assert_eq!((some.chosen.seen, some.chosen.of_seen), (2000, 20_000));
    assert_eq!(some.chosen.of_cuts, 1000);
    assert_eq!(some.cuts[0].runs, 1000);
    assert!(some.cuts.len() <= 40 && some.chosen.of_runs > some.chosen.runs);
}

/// Most runs have one value of compute; the other values must not be lost.
#[test]
fn every_compute_takes_part() {
    let crowd = (0..20_000).map(|k| (1e17, 3.7 + 1e-6 * f64::from(k)));
    let rare = (1..9).map(|k| (1e17 * 10f64.powi(k), 3.7 - 0.1 * f64::from(k)));
    let data = Dataset::from_runs(crowd.chain(rare)).unwrap();
    let last = |_: &Dataset, _: f64| {
        Some(Band {
            point: 3.0,
            lower: 2.0,
            upper: 4.0,
        })
    };
    let tested = backtest(&data, &last).run().unwrap();
    assert_eq!((tested.chosen.seen, tested.chosen.of_seen), (2000, 20_008));
    assert_eq!((tested.chosen.cuts, tested.chosen.of_cuts), (8, 8));
    assert_eq!(tested.total.forecasts, 36);
    assert_eq!(tested.cuts[0].runs, 1992);
}
