//! Reading, fitting and forecasting end without a panic and in bounded time for any bytes.

use proptest::prelude::*;
use scalewise::ReadOptions;
use scalewise::ask::PlotAnswer;
use scalewise::chart::{self, Theme};
use scalewise::fit::Objective;
use scalewise::law::{Power, Saturating};
use scalewise::tables::{self};
use scalewise::{Fit, FitResult, Kind, Method, Target};

/// The number of cases, unless `PROPTEST_CASES` sets another (`.cargo/config.toml` fixes the seed).
fn config(cases: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(cases),
    }
}

/// Everything a user can do with a table, on any table.
fn use_everything(bytes: &[u8]) {
    let Ok((data, understanding)) = tables::read(bytes, "runs.csv", &ReadOptions::default()) else {
        return;
    };
    assert_eq!(
        understanding.rows(),
        data.runs().len() + data.excluded().len()
    );
    for objective in [
        Objective::Squared,
        Objective::Huber { delta: 1e-3 },
        Objective::Lad,
    ] {
        for fit in [Fit::new(Saturating), Fit::new(Power)] {
            let Ok(result) = fit.loss(objective).run(&data) else {
                continue;
            };
            for estimate in result.parameters() {
                assert!(estimate.value.is_finite(), "{estimate:?}");
                assert!(
                    estimate.stderr.is_none_or(|se| se.is_finite() && se >= 0.0),
                    "{estimate:?}"
                );
            }
            let text = result.to_json();
            let again = FitResult::from_json(&text, "law.json").unwrap();
            assert_eq!(again.to_json(), text);
            let target = Target::at((result.data().largest_fitted().unwrap() * 100.0).min(1e300));
            if let Ok(forecast) = result.forecast(target).run() {
                assert!(forecast.point.is_finite());
                for interval in &forecast.intervals {
                    assert!(interval.lower <= interval.upper, "{interval:?}");
                    assert!(
                        interval.lower >= 0.0 && interval.upper.is_finite(),
                        "{interval:?}"
                    );
                }
            }
            let _ = result
                .reach(1.0)
                .levels(&[0.9])
                .kinds(&[Kind::Confidence])
                .methods(&[Method::Delta])
                .run();
        }
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (1e-3..1e3f64).prop_map(|v| v.to_string()),
        4 => (-300..300i32, 1.0..10.0f64).prop_map(|(e, m)| format!("{m}e{e}")),
        1 => any::<f64>().prop_map(|v| v.to_string()),
        1 => prop_oneof![
            Just("NaN"), Just(""), Just("inf"), Just("0"), Just("-1"), Just("70B"), Just("abc"), Just("1e-320"),
        ]
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        use_everything(&bytes);
    }

    #[test]
    fn arbitrary_small_tables(rows in proptest::collection::vec((cell(), cell()), 0..14)) {
        let mut text = "compute,loss\n".to_owned();
        for (compute, loss) in rows {
            text += &format!("{compute},{loss}\n");
        }
        use_everything(text.as_bytes());
    }

    #[test]
    fn small_tables_of_positive_numbers(
        rows in proptest::collection::vec((-290..290i32, -20..20i32, 1.0..10.0f64, 1.0..10.0f64), 4..12)
    ) {
        let mut text = "compute,loss\n".to_owned();
        for (e, f, m, l) in rows {
            text += &format!("{m}e{e},{l}e{f}\n");
        }
        use_everything(text.as_bytes());
    }

    #[test]
    fn tables_that_hardly_vary(
        rows in proptest::collection::vec((0..4u32, 0..4u32), 4..10), scale in -12..0i32
    ) {
        let step = 10f64.powi(scale);
        let mut text = "compute,loss\n".to_owned();
        for (c, l) in rows {
            text += &format!("{},{}\n", 1e20 * (1.0 + step * f64::from(c)), 2.0 + step * f64::from(l));
        }
        use_everything(text.as_bytes());
    }
}

/// Draws every picture of a table that can be fitted: no panic, no NaN.
fn draw_everything(bytes: &[u8]) {
    let Ok((data, _)) = tables::read(bytes, "runs.csv", &ReadOptions::default()) else {
        return;
    };
    let Ok(fit) = Fit::new(Saturating).run(&data) else {
        return;
    };
    let target = Target::at((fit.data().largest_fitted().unwrap() * 100.0).min(1e300));
    let forecasts: Vec<_> = fit.forecast(target).force(true).run().into_iter().collect();
    let view = PlotAnswer::of(fit, forecasts, 0.9, Method::Delta);
    for chart in [chart::scaling(&view), chart::reducible(&view)] {
        let svg = chart.to_svg(&Theme::light());
        assert!(svg.ends_with("</svg>\n") || svg.trim_end().ends_with("</svg>"));
        assert!(!svg.contains("=\"NaN") && !svg.contains("=\"inf"));
        assert!(!chart.to_terminal(70, 20, false).is_empty());
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn pictures_of_small_tables(
        rows in proptest::collection::vec((-290..290i32, -20..20i32, 1.0..10.0f64, 1.0..10.0f64), 4..9),
        hardly in any::<bool>(),
    ) {
        let mut text = "compute,loss\n".to_owned();
        for (e, f, m, l) in rows {
            text += &if hardly {
                format!("{},{}\n", 1e20 * (1.0 + 1e-12 * m), 2.0 + 1e-12 * l)
            } else {
                format!("{m}e{e},{l}e{f}\n")
            };
        }
        draw_everything(text.as_bytes());
    }
}
