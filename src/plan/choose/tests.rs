use super::*;
use crate::fit::{Fit, Observations, Residuals};
use crate::law::TypedLaw;
use crate::plan::candidate::Place;

/// Runs on a straight line, with this factor on the slope.
fn runs(factor: f64) -> (Fit, Observations) {
    let x = [1.0, 2.0, 3.0, 5.0, 6.0, 7.0];
    let wobble = [0.01, -0.01, -0.01, 0.02, -0.01, 0.0];
    let y = x.iter().zip(wobble);
    let y = y.map(|(x, w)| 2.0 + factor * x + w).collect();
    let rows = x.iter().map(|x| vec![*x]).collect();
    let law = TypedLaw::parse("L(S) = a + b*S").unwrap();
    (
        Fit::new(law).residuals(Residuals::Absolute),
        Observations::new(rows, y, Residuals::Absolute).unwrap(),
    )
}

fn candidates(points: &[(f64, f64)], repeatable: bool) -> Vec<Candidate> {
    let one = |(x, cost): &(f64, f64)| Candidate {
        x: vec![*x],
        cost: *cost,
        line: None,
        place: Place::Inside,
        repeatable,
    };
    points.iter().map(one).collect()
}

/// Chooses for the target 20.
fn chosen(candidates: &[Candidate], design: Design, limits: Limits) -> Chosen {
    let (fit, o) = runs(0.5);
    let basins = fit.run_observations(&o).unwrap();
    let (law, settings) = fit.problem(&o).unwrap();
    let points = (&[vec![20.0]][..], candidates);
    let made = Posterior::new(&*law, &o, &settings, &basins, points).unwrap();
    choose(
        &[Outcome::new(&made, candidates)],
        candidates,
        design,
        limits,
    )
}

#[test]
fn runs_are_chosen_for_the_target_and_within_the_budget() {
    let candidates = candidates(&[(4.0, 1.0), (10.0, 1.0), (12.0, 5.0)], false);
    let order = |design, budget| chosen(&candidates, design, (budget, 9, 0)).order;
    assert_eq!(order(Design::Ours, 1.0), [1]);
    assert_eq!(order(Design::Ours, 5.0), [2]);
    assert_eq!(order(Design::Cheapest, 2.0), [0, 1]);
    assert!(order(Design::Ours, 0.5).is_empty());
    // Per cost, the second run says most of both parameters and of the target.
    assert_eq!(order(Design::D, 5.0)[0], 1);
    assert_eq!(order(Design::V, 5.0)[0], 1);
    for design in Design::ALL {
        let all = order(design, 7.0);
        assert!(all.len() == 3 || design == Design::Ours, "{design:?}");
    }
}

#[test]
fn a_sequence_costs_at_most_the_budget_and_repeats_only_what_may_be_repeated() {
    let points = [
        (4.0, 1.0),
        (9.0, 2.0),
        (12.0, 3.5),
        (18.0, 6.0),
        (15.0, 2.5),
    ];
    for repeatable in [false, true] {
        let candidates = candidates(&points, repeatable);
        for design in Design::ALL {
            for budget in [0.0, 1.0, 4.0, 9.5, 30.0] {
                let found = chosen(&candidates, design, (budget, 12, 3));
                let cost: f64 = found.order.iter().map(|k| points[*k].1).sum();
                assert!(cost <= budget, "{design:?}");
                assert_eq!(found.errors.len(), found.order.len());
                assert!(found.errors.is_sorted_by(|a, b| a >= b), "{design:?}");
                let mut once = found.order.clone();
                once.sort_unstable();
                once.dedup();
                assert!(repeatable || once.len() == found.order.len());
                // Nothing affordable is left, unless it would mislead the law.
                let all = found.order.len() == 12 || (!repeatable && once.len() == points.len());
                let poor = points.iter().enumerate().all(|(k, point)| {
                    (once.contains(&k) && !repeatable) || point.1 > budget - cost
                });
                assert!(all || poor || design == Design::Ours, "{design:?} {budget}");
            }
            let found = chosen(&candidates, design, (30.0, 2, 3));
            assert_eq!(found.order.len(), 2, "{design:?}");
        }
    }
}

#[test]
fn random_choice_depends_on_its_seed_only() {
    let points: Vec<(f64, f64)> = (1..=12).map(|k| (f64::from(k), 1.0)).collect();
    let candidates = candidates(&points, false);
    let order = |seed| chosen(&candidates, Design::Random, (9.0, 99, seed)).order;
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
}

/// The first outcome is known well at the candidate that tells most of the second one.
#[test]
fn a_run_is_worth_what_it_tells_of_all_its_outcomes() {
    let points = [(8.0, 1.0), (16.0, 1.0)];
    let all = candidates(&points, false);
    let parts: Vec<(Fit, Observations)> = [0.5, 0.7].into_iter().map(runs).collect();
    let basins = parts
        .iter()
        .map(|(fit, o)| fit.run_observations(o).unwrap());
    let basins: Vec<_> = basins.collect();
    let problems: Vec<_> = parts
        .iter()
        .map(|(fit, o)| fit.problem(o).unwrap())
        .collect();
    let (targets, none) = (vec![vec![20.0]], Vec::new());
    let outcomes: Vec<Outcome<'_>> = (0..2)
        .map(|k| {
            let (law, settings) = &problems[k];
            let points = (targets.as_slice(), none.as_slice());
            let made = Posterior::new(&**law, &parts[k].1, settings, &basins[k], points);
            Outcome::new(&made.unwrap(), &all)
        })
        .collect();
    let both = choose(&outcomes, &all, Design::V, (1.0, 1, 0));
    let one = choose(&outcomes[..1], &all, Design::V, (1.0, 1, 0));
    let other = choose(&outcomes[1..], &all, Design::V, (1.0, 1, 0));
    assert_eq!(both.order, [1]);
    let sum = one.errors[0] + other.errors[0];
    assert!((both.errors[0] - sum).abs() < 1e-12 * sum);
}
