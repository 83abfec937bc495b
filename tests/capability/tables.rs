//! Tables of counts, samples and rates, and messages about bad ones.

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
fn a_rate_has_what_its_row_says_beside_it() {
    let csv = "model,n_params,n_tokens,flops,task,chance,accuracy,f1_stderr,stderr,bits_per_byte\n\
        s,2e8,4e9,5e18,mmlu,0.2,0.27,0.5,0.01,1.5\nl,,1e11,7e20,mmlu,,0.37,0.4,,\n";
    let rates = rates(csv, &CountOptions::default());
    let [small, large] = rates.rates() else {
        panic!("{rates:?}")
    };
    assert_eq!((small.compute, small.size), (5e18, Some((2e8, 4e9))));
    assert_eq!((small.stderr, small.chance), (Some(0.01), Some(0.2)));
    assert_eq!(small.loss, Some(1.5));
    // Blank cells are unknown, except the chance level, which the task determines.
    assert_eq!((large.compute, large.size), (7e20, None));
    assert_eq!((large.stderr, large.loss), (None, None));
    assert_eq!(large.chance, Some(0.25));
}

#[test]
fn a_standard_error_belongs_to_its_rate_and_has_its_unit() {
    let read = |header: &str, row: &str, rate: Option<&str>| {
        let csv = format!("compute,{header}\n1e18,{row}\n");
        let options = CountOptions {
            pass_rate_col: rate.map(str::to_owned),
            ..CountOptions::default()
        };
        let read = rates(&csv, &options).rates()[0].clone();
        (read.rate, read.stderr, read.chance)
    };
    let both = "acc,acc_norm,acc_stderr,acc_norm_stderr";
    let cells = "0.2,0.3,0.01,0.02";
    assert_eq!(read(both, cells, None), (0.2, Some(0.01), None));
    assert_eq!(read(both, cells, Some("acc_norm")).1, Some(0.02));
    let filtered =
        "\"exact_match,strict\",\"exact_match_stderr,loose\",\"exact_match_stderr,strict\"";
    let strict = Some("exact_match,strict");
    assert_eq!(read(filtered, "0.5,0.1,0.2", strict).1, Some(0.2));
    // With two standard errors, neither clearly belongs to the rate.
    assert_eq!(read("acc,f1_stderr,em_stderr", "0.5,0.1,0.2", None).1, None);
    let unknown = read("acc,acc_stderr", "0.5,N/A", None);
    assert_eq!(unknown, (0.5, None, None));
    for (header, row) in [
        ("accuracy_pct,stderr,chance", "50,4,25"),
        ("accuracy_pct,stderr,chance", "50,4,0.25"),
        ("accuracy,stderr,chance", "50%,4,25"),
        ("accuracy,stderr,chance", "0.5,4%,25%"),
        ("accuracy,stderr_pct,chance (%)", "0.5,4,25"),
        ("accuracy (%),stderr (%),chance (%)", "50,4,25"),
    ] {
        let read = read(header, row, None);
        assert_eq!(read, (0.5, Some(0.04), Some(0.25)), "{header}: {row}");
    }
}

#[test]
fn the_columns_beside_a_rate_may_be_named() {
    let options = CountOptions {
        stderr_col: Some("error".into()),
        chance_col: Some("guess".into()),
        task_loss_col: Some("nats".into()),
        ..CountOptions::default()
    };
    let csv = "compute,accuracy,error,stderr,guess,nats\n1e18,0.5,0.1,0.2,0.3,2\n";
    let rate = rates(csv, &options).rates()[0].clone();
    assert_eq!((rate.stderr, rate.chance), (Some(0.1), Some(0.3)));
    assert_eq!(rate.loss, Some(2.0));
    let counts = "model,compute,problem,n,passes,guess\ns,1e18,a,9,1,0.3\n";
    let options = CountOptions {
        chance_col: Some("guess".into()),
        ..CountOptions::default()
    };
    let error = read_counts(counts.as_bytes(), "t.csv", &options).unwrap_err();
    let said = "t.csv: column 'guess' is named as the chance level of a score, and the table \
                counts passes of problems";
    assert_eq!(error.to_string(), said);
}

#[test]
fn impossible_cells_beside_a_rate_exclude_its_row() {
    let csv = "compute,accuracy,stderr,chance,bpb\n1e18,0.5,0.1,0.2,1\n1e19,0.5,-0.1,0.2,1\n\
        1e19,0.5,1.2,0.2,1\n1e19,0.5,0.1,25,1\n1e19,0.5,0.1,-0.2,1\n1e19,0.5,0.1,0.2,0\n\
        1e19,0.5,much,0.2,1\n";
    let read = rates(csv, &CountOptions::default());
    assert_eq!(read.rates().len(), 1);
    let reasons: Vec<&str> = read.excluded().iter().map(|e| e.reason.as_str()).collect();
    let expected = [
        "stderr is negative ('-0.1')",
        "stderr is '1.2', and a rate between 0 and 1 has none above 0.5",
        "chance is '25', and guessing reaches at least 0 and less than 1",
        "chance is '-0.2', and guessing reaches at least 0 and less than 1",
        "bpb is zero: its logarithm is needed",
        "stderr is not a number ('much')",
    ];
    assert_eq!(reasons, expected);
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
            "missing_rate.csv: no column for the score; the columns are model, compute, mark",
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

/// Rates of pass@k for several k are several curves; several seeds are one.
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
