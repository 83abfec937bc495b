//! Tables of counts, samples and rates, and what is said of bad ones.

use super::*;

#[test]
fn the_three_forms_are_read() {
    let long = counts(
        "model,compute,task_id,n,n_correct\nl,1e20,a,4,3\ns,1e18,a,4,1\nl,1e20,b,4,4\ns,1e18,b,4,0\n",
    );
    let samples = counts(
        "model,n_params,n_tokens,problem,passed\nl,1e9,1e11,a,1\nl,1e9,1e11,a,true\ns,1e8,1e9,a,0\nl,1e9,1e11,a,0\n\
         s,1e8,1e9,a,yes\ns,1e8,1e9,a,F\n"
            .replace(",F\n", ",false\n")
            .as_str(),
    );
    assert_eq!(long.models()[0].name, "s");
    assert_eq!(long.counts(1)[1], Count::new(4, 4));
    assert_eq!((long.solved(0), long.solved(1)), (1, 2));
    assert_eq!(samples.models()[1].compute, 6e20);
    assert_eq!(samples.counts(1)[0], Count::new(2, 3));
    let aggregate = rates(
        "compute,pass_rate,n\n1e18,0.2,164\n1e17,0.1,\n",
        &CountOptions::default(),
    );
    assert_eq!(aggregate.rates()[0].rate, 0.1);
    assert_eq!(
        (aggregate.rates()[0].samples, aggregate.rates()[1].samples),
        (None, Some(164))
    );
    let per_cent = rates(
        "N,pass_at_1_pct\n1e8,2.5\n1e9,5\n",
        &CountOptions {
            compute_col: Some("N".into()),
            pass_rate_col: Some("pass_at_1_pct".into()),
            ..CountOptions::default()
        },
    );
    assert_eq!(per_cent.rates()[0].rate, 0.025);
}

#[test]
fn filters_exclude_rows_with_their_reason() {
    let options = CountOptions {
        filters: vec!["benchmark = MATH".parse().unwrap()],
        fit_below: Some(1e19),
        ..CountOptions::default()
    };
    let csv = "model,compute,problem,n,passes,benchmark\ns,1e18,a,9,1,MATH\ns,1e18,a,9,2,CODE\nl,1e20,a,9,3,MATH\n";
    let CountTable::Counts(read) = read_counts(csv.as_bytes(), "t.csv", &options).unwrap() else {
        panic!("rates")
    };
    assert_eq!((read.models().len(), read.excluded().len()), (2, 1));
    assert_eq!(read.excluded()[0].line, 3);
    assert_eq!(
        read.excluded()[0].reason,
        "condition 'benchmark = MATH' not met"
    );
    let roles: Vec<Role> = read.models().iter().map(|model| model.role).collect();
    assert_eq!(roles, [Role::Fit, Role::Actual]);
}

#[test]
fn every_bad_table_has_its_message() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bad_counts");
    let expected = [
        ("blank_model", "blank_model.csv:2: the model has no name"),
        (
            "blank_problem",
            "blank_problem.csv:2: the problem has no name",
        ),
        (
            "counts_without_samples",
            "counts_without_samples.csv:2: n_correct is '12', not a yes or no",
        ),
        (
            "duplicate",
            "duplicate.csv:3: model 's' and problem 'a' are counted twice (first on line 2)",
        ),
        (
            "half_a_pass",
            "half_a_pass.csv:2: n_correct is no whole number ('2.5')",
        ),
        (
            "huge_count",
            "huge_count.csv:2: n_samples is too large ('9007199254740993'): from 2^53 = 9007199254740992 on a whole number \
             cannot be told from its neighbours",
        ),
        ("maybe", "maybe.csv:3: passed is 'maybe', not a yes or no"),
        (
            "missing_cell",
            "missing_cell.csv: model 'l' has no row for problem 'b' (1 of 4 cells are missing)",
        ),
        (
            "missing_compute",
            "missing_compute.csv: no column for the compute; the columns are model, problem, n_samples, n_correct",
        ),
        (
            "missing_problem",
            "missing_problem.csv: no column for the problem; the columns are model, compute, n_samples, n_correct",
        ),
        (
            "missing_rate",
            "missing_rate.csv: no column for the pass rate; the columns are model, compute, mark",
        ),
        (
            "model_without_compute",
            "model_without_compute.csv:3: model 'l' has no compute: compute is blank",
        ),
        (
            "more_passes_than_samples",
            "more_passes_than_samples.csv:3: n_correct = 21 is more than n_samples = 20",
        ),
        ("nan", "nan.csv:2: n_correct is not a number ('NaN')"),
        ("negative", "negative.csv:2: n_correct is negative ('-1')"),
        ("no_samples", "no_samples.csv:2: n_samples is zero ('0')"),
        (
            "no_usable_rate",
            "no_usable_rate.csv: no row is usable: line 2: pass_rate is blank",
        ),
        (
            "per_cent",
            "per_cent.csv:2: pass_rate is '28.81', not between 0 and 1",
        ),
        (
            "rate_of_a_problem",
            "rate_of_a_problem.csv: column 'pass_rate' holds a rate for each 'problem': the passes and the samples are needed",
        ),
        (
            "two_candidates",
            "two_candidates.csv: 2 columns could be the passes: n_correct, passes",
        ),
        (
            "two_computes",
            "two_computes.csv:3: model 's' has compute '1e19' here and '1e18' on line 2",
        ),
        (
            "zero_compute",
            "zero_compute.csv:3: model 'l' has no compute: compute is zero: its logarithm is needed",
        ),
    ];
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().replace(".csv", ""))
        .collect();
    files.sort();
    assert_eq!(files, expected.map(|e| e.0.to_owned()));
    for (name, message) in expected {
        let bytes = std::fs::read(format!("{folder}/{name}.csv")).unwrap();
        let error =
            read_counts(&bytes, &format!("{name}.csv"), &CountOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), message, "{name}");
        assert_eq!(error.kind(), ErrorKind::Data, "{name}");
        assert!(error.hint().is_some(), "{name} has no hint");
    }
}

/// Rates of pass@k for several k are several curves; seeds of one are not.
#[test]
fn rows_of_one_model_that_differ_in_a_column_are_not_pooled() {
    let table = |column: &str| {
        let rows =
            (0..4).flat_map(|m| [1, 10].map(|k| format!("m{m},1e{},{k},0.{}{k}\n", 18 + m, m + 1)));
        format!(
            "model,compute,{column},pass_rate\n{}",
            rows.collect::<String>()
        )
    };
    let refused = |column: &str| {
        let text = table(column);
        let read = read_counts(text.as_bytes(), "rates.csv", &CountOptions::default()).unwrap();
        read.findings()
            .iter()
            .any(|found| found.code == Code::TasksPooled)
    };
    assert!(refused("k") && !refused("seed"));
}
