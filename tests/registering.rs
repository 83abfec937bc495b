//! Registered forecasts in a program: made and verified from memory.

use scalewise::ask::{
    CapabilityRequest, ForecastRequest, Question, RegisterAnswer, RegisterRequest, Stamp,
    VerifyRequest,
};
use scalewise::ledger::{Agreement, Entry};
use scalewise::runs::{Count, PassCounts};
use scalewise::{Dataset, ErrorKind, Method};

const RUNS: [(f64, f64); 6] = [
    (2.6e18, 2.566),
    (1.3e19, 2.299),
    (6.1e19, 2.184),
    (2.8e20, 1.996),
    (1.1e21, 1.834),
    (6.3e21, 1.704),
];

fn forecast() -> ForecastRequest {
    ForecastRequest::default().at(["2.3e22".parse().unwrap()])
}

fn stamp() -> Stamp {
    Stamp::new("2026-03-01T12:00:00Z".parse().unwrap(), "a machine")
}

fn registered() -> RegisterAnswer {
    let request = RegisterRequest::new(Question::Forecast(forecast()));
    request
        .of(Dataset::from_runs(RUNS).unwrap(), &stamp())
        .unwrap()
}

/// An entry of these lines, sealed by hand.
fn sealed(body: &str) -> String {
    let digest = scalewise::internal::sha256([body.as_bytes()]);
    format!("{body}  \"digest\": \"{digest}\"\n}}\n")
}

/// The lines of an entry above its seal.
fn body(entry: &Entry) -> String {
    let lines: Vec<&str> = entry.text().split_inclusive('\n').collect();
    lines[..lines.len() - 2].concat()
}

/// Twelve problems, of which larger models solve more and more.
fn counts(passes_of_the_first: u64) -> PassCounts {
    let models: Vec<(String, f64)> = (0..5)
        .map(|m| (format!("m{m}"), 1e18 * 10f64.powi(m)))
        .collect();
    let mut rows: Vec<Vec<Count>> = models
        .iter()
        .map(|(_, compute)| {
            let passes = |i: u32| {
                let lambda = 0.2 * f64::from(i + 1) * (compute / 1e18).powf(-0.15);
                Count::new((1000.0 * (-lambda).exp()).round() as u64, 1000)
            };
            (0..12).map(passes).collect()
        })
        .collect();
    rows[0][0] = Count::new(passes_of_the_first, 1000);
    let problems = (0..12).map(|i| format!("p{i}")).collect();
    PassCounts::new(models, problems, rows).unwrap()
}

#[test]
fn the_point_of_a_forecast_does_not_depend_on_the_methods_asked_for() {
    let data = Dataset::from_runs(RUNS).unwrap();
    let point = |methods: &[Method]| {
        let request = forecast().methods(methods.iter().copied()).replicates(50);
        let answer = request.of(&data).unwrap();
        answer.forecasts().next().unwrap().point.to_bits()
    };
    let expected = point(&Method::ALL);
    for subset in 1..1_u32 << Method::ALL.len() {
        let chosen = Method::ALL.iter().enumerate();
        let chosen = chosen.filter(|(k, _)| subset >> k & 1 == 1);
        let methods: Vec<Method> = chosen.map(|(_, method)| *method).collect();
        assert_eq!(point(&methods), expected, "{methods:?}");
    }
}

#[test]
fn pass_counts_in_memory_are_registered_and_verified() {
    let question = CapabilityRequest::default().at(["1e24".parse().unwrap()]);
    let request = RegisterRequest::new(Question::Capability(question));
    let registered = request.of(counts(819), &stamp()).unwrap();
    let entry = registered.entry();
    assert!(
        entry
            .predictions()
            .iter()
            .any(|p| p.id() == "all/metric@1e24")
    );
    assert_eq!(
        &Entry::read(entry.text().as_bytes(), "entry").unwrap(),
        entry
    );

    let verify = VerifyRequest::default().machine("a machine");
    let verified = verify.of(entry, counts(819)).unwrap();
    assert_eq!(verified.agreement(), Some(&Agreement::Identical));
    assert_eq!(verified.joined(), Some(0));
    // A changed row is not the registered one.
    let error = verify.of(entry, counts(818)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data);
}

#[test]
fn another_version_may_give_another_number_and_this_one_may_not() {
    let entry = registered();
    let verify = VerifyRequest::default().machine("a machine");
    let point = entry.entry().predictions()[0].point();
    let changed = body(entry.entry()).replace(&point.to_string(), &(point * 1.1).to_string());
    let read = |body: &str| Entry::read(sealed(body).as_bytes(), "entry").unwrap();
    let data = || Dataset::from_runs(RUNS).unwrap();

    let error = verify.of(&read(&changed), data()).unwrap_err();
    assert!(error.message().contains("NOT THE SAME FORECAST"), "{error}");
    let own = concat!("\"scalewise ", env!("CARGO_PKG_VERSION"), "\"");
    assert!(changed.contains(own));
    let older = read(&changed.replace(own, "\"scalewise 0.0.1\""));
    let verified = verify.of(&older, data()).unwrap();
    assert!(matches!(
        verified.agreement(),
        Some(Agreement::Different { .. })
    ));
}

#[test]
fn an_entry_that_is_sealed_but_not_written_as_entries_are_is_refused() {
    let registered = registered();
    let body = body(registered.entry());
    assert_eq!(sealed(&body), registered.entry().text());
    for other in [
        body.replacen("  \"version\"", "  \"more\": 1,\n  \"version\"", 1),
        body.replacen("\"version\": 2", "\"version\":  2", 1),
    ] {
        assert_ne!(other, body);
        let error = Entry::read(sealed(&other).as_bytes(), "entry").unwrap_err();
        assert!(
            error.message().contains("not written as an entry is"),
            "{error}"
        );
    }
}

#[test]
fn series_are_told_apart_by_a_table_and_not_in_memory() {
    let request = RegisterRequest::new(Question::Forecast(forecast())).by("family");
    let data = Dataset::from_runs(RUNS).unwrap();
    let error = request.of(data, &stamp()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}

/// A series with too few runs has no prediction, and the others are registered without it.
#[cfg(feature = "tables")]
#[test]
fn a_series_without_a_fit_is_left_out_and_named() {
    let mut csv = "family,flops,loss\n".to_owned();
    for (compute, loss) in RUNS {
        csv += &format!("long,{compute:e},{loss}\n");
    }
    csv += "short,1e18,3.0\nshort,1e19,2.8\n";
    let table = scalewise::tables::Source::bytes(csv.as_bytes(), "runs.csv");
    let request = RegisterRequest::new(Question::Forecast(forecast())).by("family");
    let answer = request.answer(&table, &stamp()).unwrap();
    let names: Vec<&str> = answer
        .entry()
        .predictions()
        .iter()
        .map(|p| p.id())
        .collect();
    assert_eq!(names, ["long/loss@2.3e22"]);
    let without: Vec<&str> = answer.without().iter().map(|one| one.0.as_str()).collect();
    assert_eq!(without, ["short"]);
    assert_eq!(answer.trust(), scalewise::ask::Trust::NotTrustworthy);
}
