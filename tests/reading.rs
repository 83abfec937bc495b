//! What is read from a table of runs, and what is said about one that cannot be read.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use proptest::prelude::*;
use scalewise::data::{
    self, ComputeFrom, Delimiter, Filter, Needs, Reshape, Series, Understanding, read_bytes,
    read_series, read_targets,
};
use scalewise::{Dataset, Error, ReadOptions, Role};

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/bad")
        .join(name);
    match read_bytes(&path) {
        Ok(bytes) => bytes,
        Err(error) => unreachable!("{error}"),
    }
}

fn filter(text: &str) -> Filter {
    match text.parse() {
        Ok(filter) => filter,
        Err(error) => unreachable!("{error}"),
    }
}

fn read(text: &str, options: &ReadOptions) -> (Dataset, Understanding) {
    match data::read(text.as_bytes(), "runs.csv", options) {
        Ok(read) => read,
        Err(error) => unreachable!("{error}"),
    }
}

fn said(error: &Error) -> String {
    format!("{error}\n{}", error.hint().unwrap_or("(no hint)"))
}

/// What is said about a fixture that cannot be read.
fn complaint(name: &str, options: &ReadOptions) -> String {
    match data::read(&fixture(name), name, options) {
        Ok((data, _)) => format!("was read: {data:?}"),
        Err(error) => said(&error),
    }
}

/// What is said about the rows of a fixture that are left out.
fn exclusions(name: &str, options: &ReadOptions) -> Vec<String> {
    match data::read(&fixture(name), name, options) {
        Ok((data, understanding)) => {
            assert_eq!(understanding.rows, data.runs.len() + data.excluded.len());
            assert_eq!(understanding.excluded, data.excluded);
            let say = |row: &data::Excluded| format!("{}: {}", row.line, row.reason);
            data.excluded.iter().map(say).collect()
        }
        Err(error) => vec![said(&error)],
    }
}

macro_rules! complaints {
    ($($test:ident: $file:literal, $options:expr, $message:literal;)*) => {
        $(#[test]
        fn $test() {
            assert_eq!(complaint($file, &$options), $message);
        })*
    };
}

fn plain() -> ReadOptions {
    ReadOptions::default()
}

fn with_where(condition: &str) -> ReadOptions {
    ReadOptions {
        filters: vec![filter(condition)],
        ..plain()
    }
}

fn surface() -> ReadOptions {
    ReadOptions {
        needs: Needs::SURFACE,
        ..plain()
    }
}

complaints! {
    missing_loss: "missing_loss.csv", plain(),
        "missing_loss.csv: no column for the loss; the columns are model, compute, lost\n\
         if 'lost' is it, add --loss-col lost";
    missing_loss_with_a_likely_column: "missing_loss_like.csv", plain(),
        "missing_loss_like.csv: no column for the loss; the columns are compute, best_smooth_loss\n\
         if 'best_smooth_loss' is it, add --loss-col best_smooth_loss";
    missing_compute: "missing_compute.csv", plain(),
        "missing_compute.csv: no column for the compute; the columns are model, n_params, loss\n\
         name it with --compute-col COLUMN, or give --params-col and --tokens-col too (compute = 6ND)";
    missing_tokens: "missing_tokens.csv", surface(),
        "missing_tokens.csv: no column for the tokens; the columns are n_params, flops, loss\n\
         name it with --tokens-col COLUMN";
    missing_sigma: "missing_tokens.csv", ReadOptions { needs: Needs { sigma: true, ..Needs::CURVE }, ..plain() },
        "missing_tokens.csv: no column for the sigma; the columns are n_params, flops, loss\n\
         name it with --sigma-col COLUMN";
    no_column_names: "no_header.csv", plain(),
        "no_header.csv: no column for the compute; the columns are 1e18, 3.1\n\
         the first line holds numbers: put a line with the column names above it";
    doubled_column: "doubled_column.csv", plain(),
        "doubled_column.csv:1: two columns have the name 'loss' (columns 2 and 4)\n\
         rename one of them in the first line";
    two_candidates: "two_candidates.csv", plain(),
        "two_candidates.csv: 2 columns could be the loss: loss, val_loss\n\
         choose one: --loss-col loss or --loss-col val_loss";
    two_candidates_by_case: "two_candidates_by_case.csv", plain(),
        "two_candidates_by_case.csv: 2 columns could be the loss: Loss, loss\n\
         choose one: --loss-col Loss or --loss-col loss";
    one_column_for_two_flags: "two_candidates.csv", ReadOptions { loss_col: Some("loss".into()), sigma_col: Some("loss".into()), ..plain() },
        "two_candidates.csv: column 'loss' is named by both --loss-col and --sigma-col\n\
         give each of them its own column";
    unknown_column_in_a_flag: "two_candidates.csv", ReadOptions { loss_col: Some("val_los".into()), ..plain() },
        "two_candidates.csv: --loss-col: no column 'val_los'; the columns are flops, loss, val_loss\n\
         did you mean --loss-col val_loss?";
    unknown_column_far_from_all: "two_candidates.csv", ReadOptions { compute_col: Some("x".into()), ..plain() },
        "two_candidates.csv: --compute-col: no column 'x'; the columns are flops, loss, val_loss\n\
         use one of the names in the first line of the file";
    too_many_fields: "ragged_long.csv", plain(),
        "ragged_long.csv:3: expected 2 fields, found 3: '1e19,2,8'\n\
         remove the extra field, or put quotes around a field that contains the separator";
    too_few_fields: "ragged_short.csv", plain(),
        "ragged_short.csv:4: expected 3 fields, found 2: '1e19,2.8'\n\
         add the missing field; leave it blank between two separators if it is not known";
    empty_file: "empty.csv", plain(),
        "empty.csv: the file is empty\n\
         the first line names the columns, for example compute,loss; each line after it is one run";
    only_white_space: "only_white_space.csv", plain(),
        "only_white_space.csv: the file is empty\n\
         the first line names the columns, for example compute,loss; each line after it is one run";
    header_only: "header_only.csv", plain(),
        "header_only.csv:2: no rows after the column names\n\
         add one line for each run below the column names";
    not_utf8: "not_utf8.csv", plain(),
        "not_utf8.csv:3: not UTF-8: byte 0xf6\n\
         save it as UTF-8, for example: iconv -f latin1 -t utf-8 IN.csv > OUT.csv";
    utf16: "utf16.csv", plain(),
        "utf16.csv: not UTF-8 but UTF-16\n\
         save it as UTF-8, for example: iconv -f utf-16 -t utf-8 IN.csv > OUT.csv";
    decimal_comma: "decimal_comma.csv", plain(),
        "decimal_comma.csv: no row is usable: line 2: loss has a comma where a decimal point is expected ('3,1'); line 3: loss has a comma where a decimal point is expected ('2,8'); line 4: loss has a comma where a decimal point is expected ('2,6'); 1 more\n\
         write decimal points instead of commas, and no separators between thousands";
    all_unusable: "all_unusable.csv", plain(),
        "all_unusable.csv: no row is usable: line 2: loss is blank; line 3: loss is not a number ('NaN'); line 4: compute is zero: its logarithm is needed; 2 more\n\
         repair the rows, or name other columns with --compute-col and --loss-col";
    unclosed_quote: "unclosed_quote.csv", plain(),
        "unclosed_quote.csv:3: the quote that starts '\"noisy' is never closed\n\
         close it, or write a quote inside a quoted field twice";
    unknown_filter_column: "filters.csv", with_where("is_trian = 1"),
        "filters.csv: --where: no column 'is_trian'; the columns are compute, loss, is_train, model\n\
         did you mean 'is_train'?";
    text_equal_to_a_number: "filters.csv", with_where("model = 7"),
        "filters.csv:2: model: --where 'model = 7': 'small' is text and cannot be compared with a number\n\
         compare with text instead, as in \"model = 'small'\"";
    text_ordered_with_a_number: "filters.csv", with_where("model < 7"),
        "filters.csv:2: model: --where 'model < 7': 'small' is text and cannot be compared with a number\n\
         leave such rows out first: --exclude \"model = 'small'\"";
    filters_leave_nothing: "filters.csv", with_where("is_train > 1"),
        "filters.csv: no row is usable: line 2: --where 'is_train > 1' not met; line 3: --where 'is_train > 1' not met; line 4: --where 'is_train > 1' not met\n\
         loosen --where or --exclude";
    unknown_series_column: "filters.csv", ReadOptions { by: Some("case".into()), ..plain() },
        "filters.csv: --by: no column 'case'; the columns are compute, loss, is_train, model\n\
         use one of the names in the first line of the file";
}

#[test]
fn number_ordered_with_text() {
    let refusal = "loss < small"
        .parse::<Filter>()
        .map_err(|error| said(&error));
    assert_eq!(
        refusal,
        Err(
            "in the condition 'loss < small': 'small' is text, and < compares numbers\n\
             write COLUMN OP VALUE, for example \"is_train = 1 and model != 'two words'\""
                .into()
        )
    );
}

#[test]
fn missing_file_and_directory() {
    let refusal = |path: &str| {
        read_bytes(Path::new(path)).map_err(|error| (said(&error), error.kind().exit_code()))
    };
    assert_eq!(
        refusal("tests/fixtures"),
        Err((
            "tests/fixtures: is a directory, not a file\nname one CSV file inside it".into(),
            1
        ))
    );
    assert_eq!(
        refusal("no/such/runs.csv"),
        Err((
            "no/such/runs.csv: no such file\ncheck the path; '-' reads standard input".into(),
            1
        ))
    );
    let read = Dataset::read_csv("no/such/runs.csv").map_err(|error| error.message().to_owned());
    assert_eq!(read, Err("no such file".into()));
}

#[test]
fn unusable_rows_are_excluded_with_their_reason() {
    let cases: [(&str, &[&str]); 7] = [
        (
            "blank.csv",
            &[
                "3: loss is blank",
                "4: compute is blank",
                "6: compute is blank",
            ],
        ),
        (
            "nan.csv",
            &[
                "3: loss is not a number ('NaN')",
                "4: compute is not a number ('nan')",
            ],
        ),
        (
            "infinite.csv",
            &[
                "3: loss is infinite ('inf')",
                "4: compute is infinite ('-Infinity')",
                "5: compute is too large for a number ('1e999')",
            ],
        ),
        (
            "negative.csv",
            &[
                "3: loss is negative (-1.2)",
                "4: compute is negative (-1e19)",
            ],
        ),
        (
            "zero.csv",
            &[
                "3: loss is zero: its logarithm is needed",
                "4: compute is zero: its logarithm is needed",
            ],
        ),
        (
            "text.csv",
            &[
                "3: loss is not a number ('diverged')",
                "4: compute has the unknown unit 'apples' ('1e19 apples')",
                "5: compute is hexadecimal ('0x1F')",
            ],
        ),
        (
            "control_characters.csv",
            &[
                r"3: loss has the unknown unit '\u{1b}[31m\nred' ('2.8\u{1b}[31m\nred')",
                "5: loss has the unknown unit 'and then a very long remark about the ru…' ('2.6 and then a very long remark about th…')",
            ],
        ),
    ];
    for (name, reasons) in cases {
        assert_eq!(exclusions(name, &plain()), reasons, "{name}");
    }
}

#[test]
fn an_unusable_sigma_excludes_the_row_and_a_blank_one_does_not() {
    assert_eq!(
        exclusions("bad_sigma.csv", &plain()),
        [
            "3: sigma is zero: a run cannot be free of noise",
            "4: sigma is not a number ('wide')"
        ]
    );
    let needed = ReadOptions {
        needs: Needs {
            sigma: true,
            ..Needs::CURVE
        },
        ..plain()
    };
    assert_eq!(
        exclusions("bad_sigma.csv", &needed),
        [
            "3: sigma is zero: a run cannot be free of noise",
            "4: sigma is not a number ('wide')",
            "5: sigma is blank"
        ]
    );
}

#[test]
fn unusable_params_matter_only_where_needed_or_named() {
    assert_eq!(exclusions("bad_params.csv", &plain()), [""; 0]);
    let (data, understanding) =
        match data::read(&fixture("bad_params.csv"), "bad_params.csv", &plain()) {
            Ok(read) => read,
            Err(error) => unreachable!("{error}"),
        };
    assert_eq!(data.runs[0].params, None);
    assert_eq!(data.runs[0].tokens, Some(2e9));
    assert_eq!(
        understanding.notes,
        ["params left blank in 2 rows (line 2: params is not a number ('small'))"]
    );
    let named = ReadOptions {
        params_col: Some("params".into()),
        ..plain()
    };
    assert_eq!(
        exclusions("bad_params.csv", &named),
        [
            "2: params is not a number ('small')",
            "3: params is zero: its logarithm is needed"
        ]
    );
    let needed = ReadOptions {
        needs: Needs {
            params: true,
            tokens: true,
            ..Needs::CURVE
        },
        ..plain()
    };
    assert_eq!(
        exclusions("bad_params.csv", &needed),
        [
            "bad_params.csv: no row is usable: line 2: params is not a number ('small'); line 3: params is zero: its logarithm is needed; line 4: tokens is blank\n\
         repair the rows, or name other columns with --compute-col and --loss-col"
        ]
    );
}

#[test]
fn byte_order_mark_line_endings_and_delimiters() {
    for text in [
        "\u{feff}compute,loss\n1e18,3.1\n1e19,2.8\n",
        "compute,loss\r\n1e18,3.1\r\n1e19,2.8",
        "compute\tloss\n1e18\t3.1\n1e19\t2.8\n",
        "\"compute\" ; \"loss\"\n1e18;3.1\n 1e19 ; 2.8 \n",
        "compute,loss\r1e18,3.1\r1e19,2.8\r",
    ] {
        let text = text.replace("\" ; \"", "\";\"");
        let (data, _) = read(&text, &plain());
        let runs: Vec<_> = data
            .runs
            .iter()
            .map(|run| (run.line, run.compute, run.loss))
            .collect();
        assert_eq!(runs, [(2, 1e18, 3.1), (3, 1e19, 2.8)], "{text:?}");
    }
    assert_eq!(read("C\tL\n1\t2\n", &plain()).1.delimiter, Delimiter::Tab);
    assert_eq!(
        read("C;L\n1;2\n", &plain()).1.delimiter,
        Delimiter::Semicolon
    );
}

#[test]
fn lines_are_those_of_an_editor() {
    let text =
        "run,compute,loss\n\n\"two\r\nlines\",1e18,3.1\n\n\n\"a, b\",1e19,x\nlast,1e20,2.6\n";
    let (data, understanding) = read(text, &plain());
    let lines: Vec<_> = data
        .runs
        .iter()
        .map(|run| (run.line, run.group.as_deref()))
        .collect();
    assert_eq!(lines, [(3, Some("two\r\nlines")), (8, Some("last"))]);
    assert_eq!(data.excluded[0].line, 7);
    assert_eq!(understanding.rows, 3);
}

#[test]
fn columns_are_found_by_their_usual_names() {
    for names in [
        "compute,loss",
        "FLOPs,Val_Loss",
        "flops_6nd,test_loss",
        "C,L",
        "C,loss",
    ] {
        let (data, _) = read(&format!("{names}\n1e18,3.1\n"), &plain());
        assert_eq!(
            (data.runs[0].compute, data.runs[0].loss),
            (1e18, 3.1),
            "{names}"
        );
    }
    let text = "N,D,C,L,std,run_name\n111M,2.2B,1 PF-day,3.1,0.01,small\n";
    let run = &read(text, &plain()).0.runs[0];
    assert_eq!(
        (run.params, run.tokens, run.compute),
        (Some(111e6), Some(2.2e9), 8.64e19)
    );
    assert_eq!(
        (run.sigma, run.group.as_deref()),
        (Some(0.01), Some("small"))
    );
    let lower = data::read(b"c,l\n1,2\n", "runs.csv", &plain()).map_err(|error| error.to_string());
    assert_eq!(
        lower,
        Err("runs.csv: no column for the compute; the columns are c, l".into())
    );
}

#[test]
fn flags_come_before_names() {
    let options = ReadOptions {
        compute_col: Some("N".into()),
        loss_col: Some("VAL_LOSS".into()),
        ..plain()
    };
    let (data, understanding) = read("N,loss,val_loss\n1e8,9.9,3.1\n", &options);
    assert_eq!(
        (data.runs[0].compute, data.runs[0].params, data.runs[0].loss),
        (1e8, None, 3.1)
    );
    let uses: Vec<_> = understanding
        .columns
        .iter()
        .map(|c| (c.role, c.named_by_user))
        .collect();
    assert_eq!(
        uses,
        [("compute", true), ("ignored", false), ("loss", true)]
    );
}

#[test]
fn compute_is_six_n_d_where_no_column_holds_it() {
    let (data, understanding) = read("params,tokens,loss\n1B,20B,2.9\n1B,,2.8\n", &plain());
    assert_eq!(data.runs[0].compute, 1.2e20);
    assert_eq!(data.excluded[0].reason, "tokens is blank");
    assert_eq!(understanding.compute_from, ComputeFrom::SixParamsTokens);
}

#[test]
fn compute_that_is_not_needed_may_be_blank() {
    let text = "flops,params,tokens,loss\n1e19,1B,2B,2.9\n,1B,20B,2.8\n";
    let (data, understanding) = read(text, &surface());
    assert_eq!(data.runs[1].compute, 1.2e20);
    assert_eq!(
        understanding.compute_from,
        ComputeFrom::Column("flops".into())
    );
    assert_eq!(
        understanding.notes,
        ["compute taken as 6ND in 1 row (line 3: flops is blank)"]
    );
    assert_eq!(read(text, &plain()).0.excluded[0].reason, "flops is blank");
}

#[test]
fn runs_at_the_limit_and_above_are_actuals() {
    let options = ReadOptions {
        fit_below: Some(1e20),
        ..plain()
    };
    let (data, understanding) = read("C,L\n1e21,2.4\n9.9e19,2.7\n1e20,2.6\n1e18,3.1\n", &options);
    let roles: Vec<Role> = data.runs.iter().map(|run| run.role).collect();
    assert_eq!(roles, [Role::Actual, Role::Fit, Role::Actual, Role::Fit]);
    assert_eq!(data.largest_fitted(), Some(9.9e19));
    assert_eq!(data.actuals().count(), 2);
    assert_eq!((understanding.used, understanding.fitted), (4, 2));
}

#[test]
fn filters_leave_rows_out_by_name() {
    let text = "model,compute,loss,train\nsmall,1e18,3.1,1\nmid,1e19,2.8,1\nodd one,1e19,2.9,1\nnew,n/a,2.7,1\nbig,1e20,2.6,0\n";
    let options = ReadOptions {
        excludes: vec![filter("model = 'odd one'"), filter("compute = 'n/a'")],
        filters: vec![
            filter("train = 1 and compute < 1e20"),
            filter("model != mid"),
        ],
        ..plain()
    };
    let (data, understanding) = read(text, &options);
    let reasons: Vec<_> = data
        .excluded
        .iter()
        .map(|row| (row.line, row.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            (3, "--where 'model != mid' not met"),
            (4, r"--exclude 'model = 'odd one'' met"),
            (5, "--exclude 'compute = 'n/a'' met"),
            (6, "--where 'train = 1 and compute < 1e20' not met"),
        ]
    );
    assert_eq!(data.runs.len(), 1);
    let roles: Vec<_> = understanding
        .columns
        .iter()
        .map(|column| column.role)
        .collect();
    assert_eq!(roles, ["filter", "compute", "loss", "filter"]);
}

#[test]
fn the_understanding_holds_what_check_prints() {
    let text = "run,C,L,note\na,1e18,3.1,x\na,1e20,2.6,y\nb,1e21,NaN,z\n";
    let (_, understanding) = read(text, &plain());
    let json = serde_json::to_value(&understanding).unwrap_or_default();
    assert_eq!(
        json,
        serde_json::json!({
            "source": "runs.csv",
            "delimiter": "comma",
            "columns": [
                {"name": "run", "role": "group", "named_by_user": false},
                {"name": "C", "role": "compute", "named_by_user": false},
                {"name": "L", "role": "loss", "named_by_user": false},
                {"name": "note", "role": "ignored", "named_by_user": false},
            ],
            "compute_from": {"column": "C"},
            "rows": 3,
            "used": 2,
            "fitted": 2,
            "excluded": [{"line": 4, "reason": "L is not a number ('NaN')"}],
            "ranges": [
                {"role": "compute", "min": 1e18, "max": 1e20},
                {"role": "loss", "min": 2.6, "max": 3.1},
            ],
            "compute_decades": 2.0,
            "groups": 1,
            "notes": [],
        })
    );
}

fn by(column: &str) -> ReadOptions {
    ReadOptions {
        by: Some(column.into()),
        ..plain()
    }
}

fn series(text: &[u8], options: &ReadOptions) -> Vec<Series> {
    match read_series(text, "runs.csv", options) {
        Ok(series) => series,
        Err(error) => unreachable!("{error}"),
    }
}

#[test]
fn series_come_in_order_of_appearance() {
    let found = series(
        b"case,C,L\nx,1,3\ny,1,4\nx,2,2\nz,1,bad\nz,2,5\n",
        &by("case"),
    );
    let sizes: Vec<_> = found
        .iter()
        .map(|s| {
            (
                s.key.as_str(),
                s.data
                    .as_ref()
                    .map(|d| (d.runs.len(), d.excluded.len()))
                    .ok(),
            )
        })
        .collect();
    assert_eq!(
        sizes,
        [
            ("x", Some((2, 0))),
            ("y", Some((1, 0))),
            ("z", Some((1, 1)))
        ]
    );
}

#[test]
fn a_bad_series_does_not_harm_the_others() {
    let found = series(&fixture("blank_series.csv"), &by("case"));
    let states: Vec<_> = found
        .iter()
        .map(|s| s.data.as_ref().map(|d| d.runs.len()).map_err(said))
        .collect();
    assert_eq!(
        states,
        [
            Ok(1),
            Err("runs.csv:3: case: case is blank, so the row belongs to no series\nfill in the name of the series, or remove the rows".into()),
            Err("runs.csv: the only row is unusable: line 4: loss is not a number ('NaN')\nrepair the rows, or name other columns with --compute-col and --loss-col".into()),
        ]
    );
    let unnamed = read_series(b"C,L\n1,2\n", "runs.csv", &plain()).map_err(|error| said(&error));
    assert_eq!(
        unnamed,
        Err("runs.csv: no column tells the series apart\nname it with --by COLUMN".into())
    );
}

#[test]
fn targets_need_a_series_and_a_compute() {
    let text = b"set,case,flops,loss\nIC,x,1e25,0.3\nLM,y,1 PF-day,\n";
    let targets = read_targets(text, "targets.csv", "case", None);
    let found: Vec<_> = targets
        .iter()
        .flatten()
        .map(|t| (t.line, t.series.as_str(), t.compute))
        .collect();
    assert_eq!(found, [(2, "x", 1e25), (3, "y", 8.64e19)]);

    let refusal = |by, column| {
        read_targets(&fixture("targets.csv"), "targets.csv", by, column)
            .map_err(|error| said(&error))
    };
    assert_eq!(
        refusal("case", None),
        Err("targets.csv:3: compute is not a number ('soon')\ngive a positive compute, for example 1e25".into())
    );
    assert_eq!(
        refusal("cases", None),
        Err("targets.csv: --by: no column 'cases'; the columns are case, compute\ndid you mean --by case?".into())
    );
}

#[test]
fn many_rows_of_many_series_are_read() {
    let mut text = String::from("case,compute,loss\n");
    for i in 0..200_000 {
        text.push_str(&format!("c{},{}e18,2.5\n", i % 20_000, i + 1));
    }
    // Minutes instead of a second if each row were compared with every series.
    let found = series(text.as_bytes(), &by("case"));
    assert_eq!(found.len(), 20_000);
}

/// Cells that are likely to upset a reader.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        (-1e3..1e25f64).prop_map(|x| x.to_string()),
        "[0-9]{1,3}[KMBT]?",
        "[ -~]{0,8}",
        "\\PC{0,4}",
        Just(String::new()),
        Just("NaN".into()),
        Just("\"a\nb\"".into()),
        Just("\"open".into()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = data::read(&bytes, "runs.csv", &plain());
        let mut table = b"compute,loss,x\n1,2,3\n".to_vec();
        table.extend(&bytes);
        let _ = data::read(&table, "runs.csv", &with_where("x != 7"));
        let _ = read_series(&table, "runs.csv", &by("x"));
        let _ = read_targets(&table, "runs.csv", "x", None);
    }

    #[test]
    fn every_row_is_used_or_excluded(rows in proptest::collection::vec((cell(), cell(), cell()), 0..12), needs_both: bool) {
        let mut text = String::from("compute,loss,params,tokens\n1,2,3,4\n");
        for (a, b, c) in &rows {
            text.push_str(&format!("{a},{b},{c},1B\n"));
        }
        let options = if needs_both { surface() } else { plain() };
        if let Ok((data, understanding)) = data::read(text.as_bytes(), "runs.csv", &options) {
            prop_assert_eq!(understanding.rows, data.runs.len() + data.excluded.len());
            prop_assert!(data.runs.iter().all(|run| run.compute > 0.0 && run.compute.is_finite()));
            prop_assert!(data.runs.iter().all(|run| run.loss > 0.0 && run.loss.is_finite()));
            let lines = data.runs.iter().map(|run| run.line).chain(data.excluded.iter().map(|row| row.line));
            let mut lines: Vec<u64> = lines.collect();
            lines.sort_unstable();
            prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn well_formed_rows_are_all_counted(rows in proptest::collection::vec(("[a-z0-9.]{1,6}", "[A-Z0-9,\"\n]{0,6}"), 1..12)) {
        let mut text = String::from("loss,run,compute\n1,r,1\n");
        for (loss, run) in &rows {
            text.push_str(&format!("{loss},\"{}\",1e18\n", run.replace('"', "\"\"")));
        }
        let (_, understanding) = read(&text, &plain());
        prop_assert_eq!(understanding.rows, rows.len() + 1);
    }

    #[test]
    fn no_condition_makes_it_panic(text in "[a-z0-9=<>!'\" ]{0,30}") {
        if let Ok(filter) = text.parse::<Filter>() {
            let options = ReadOptions { filters: vec![filter], ..plain() };
            let _ = data::read(b"a,compute,loss\nx,1,2\n1,2,3\n", "runs.csv", &options);
        }
    }
}

#[test]
fn json_lines_are_a_table_too() {
    let text = "{\"step\": 9, \"flops\": \"1e18\", \"eval\": {\"loss\": 3.1}}\n{\"flops\": 1e19, \"eval\": {\"loss\": 2.74}}\n{\"flops\": 1e20, \"eval\": {\"loss\": null}}\n";
    let options = ReadOptions {
        loss_col: Some("eval.loss".to_owned()),
        ..ReadOptions::default()
    };
    let data = Dataset::from_csv_bytes(text.as_bytes(), "log.jsonl", &options).unwrap();
    let runs: Vec<(f64, f64)> = data.runs.iter().map(|r| (r.compute, r.loss)).collect();
    assert_eq!(runs, [(1e18, 3.1), (1e19, 2.74)]);
    assert_eq!((data.excluded.len(), data.excluded[0].line), (1, 3));
}

/// A tracker's export: one column a run with its extremes, two metrics, gaps, and a table of what each run was.
#[test]
fn a_wide_export_becomes_runs_by_a_stated_rule() {
    let mut text =
        "Step,\"small - loss\",\"small - loss__MIN\",\"big - loss\",\"big - lr\",\"small - lr\"\n"
            .to_owned();
    for step in 1..=20 {
        let small = 3.0 + 1.0 / f64::from(step);
        let big = if step % 2 == 0 {
            format!("{}", 2.5 + 1.0 / f64::from(step))
        } else {
            String::new()
        };
        text += &format!("{step},{small},{small},{big},0.1,0.1\n");
    }
    let options = |rule: &str| ReadOptions {
        loss_col: Some("loss".to_owned()),
        reshape: Reshape {
            wide: true,
            join: Some(b"run,params,tokens\nbig,1e9,20e9\nsmall,1e8,2e9\n".to_vec()),
            reduce: Some(rule.parse().unwrap()),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let read =
        |rule: &str| scalewise::data::read(text.as_bytes(), "export.csv", &options(rule)).unwrap();
    let (data, understanding) = read("last");
    let runs: Vec<(Option<&str>, f64, f64, u64)> = data
        .runs
        .iter()
        .map(|r| (r.group.as_deref(), r.compute, r.loss, r.line))
        .collect();
    assert_eq!(
        runs,
        [
            (Some("small"), 6.0 * 1e8 * 2e9, 3.05, 21),
            (Some("big"), 6.0 * 1e9 * 20e9, 2.55, 21)
        ]
    );
    assert!(
        understanding.notes[0].contains("30 rows of 2 runs"),
        "{:?}",
        understanding.notes
    );
    let (tail, _) = read("tail=10%");
    let expected = 3.0 + (1.0 / 19.0 + 1.0 / 20.0) / 2.0;
    assert!((tail.runs[0].loss - expected).abs() < 1e-12);
}

#[test]
fn conditions_hold_before_a_curve_is_reduced() {
    let text = "run,tag,step,compute,loss\na,train,1,1e18,9\na,eval,1,1e18,4\na,eval,2,1e18,3\na,train,3,1e18,1\n";
    let options = ReadOptions {
        filters: vec!["tag = eval".parse().unwrap()],
        reshape: Reshape {
            reduce: Some("last".parse().unwrap()),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let data = Dataset::from_csv_bytes(text.as_bytes(), "t.csv", &options).unwrap();
    assert_eq!((data.runs.len(), data.runs[0].loss), (1, 3.0));
}

#[test]
fn reshaping_that_cannot_work_says_why() {
    let wide = |text: &str, reshape: Reshape| {
        let options = ReadOptions {
            reshape,
            ..ReadOptions::default()
        };
        Dataset::from_csv_bytes(text.as_bytes(), "t.csv", &options)
            .unwrap_err()
            .to_string()
    };
    let only_wide = || Reshape {
        wide: true,
        ..Reshape::default()
    };
    let error = wide("a,b\n1,2\n", only_wide());
    assert!(error.contains("no column for the step"), "{error}");
    let error = wide("step,a - x,a - y\n1,2,3\n", only_wide());
    assert!(error.contains("2 metrics: x, y"), "{error}");
    let joined = Reshape {
        join: Some(b"run,flops\na,1e18\n".to_vec()),
        ..Reshape::default()
    };
    let error = wide("run,loss\nb,3\n", joined);
    assert!(
        error.contains("t.csv:2") && error.contains("nothing is known of run 'b'"),
        "{error}"
    );
    let twice = Reshape {
        join: Some(b"run,flops\na,1e18\na,1e19\n".to_vec()),
        ..Reshape::default()
    };
    let error = wide("run,loss\na,3\n", twice);
    assert!(error.contains("lines 2 and 3"), "{error}");
    let reduced = Reshape {
        reduce: Some("last".parse().unwrap()),
        ..Reshape::default()
    };
    let error = wide("run,compute,loss\na,1e18,\n", reduced);
    assert!(error.contains("no row has a loss"), "{error}");
}

#[test]
fn a_formula_makes_a_column() {
    let text = "run,n_params,step,eval/loss,note\na,1e8,100,3.1,x\nb,2e8,,2.9,x\nc,4e8,300,2.8,x\n";
    let read = |lets: &[&str]| {
        let options = ReadOptions {
            loss_col: Some("eval/loss".to_owned()),
            reshape: Reshape {
                lets: lets.iter().map(|l| l.parse().unwrap()).collect(),
                ..Reshape::default()
            },
            ..ReadOptions::default()
        };
        Dataset::from_csv_bytes(text.as_bytes(), "t.csv", &options)
    };
    let data = read(&[
        "tokens_seen = step*512*2K",
        "compute = 6*(n_params + 1M)*tokens_seen",
    ])
    .unwrap();
    let computes: Vec<f64> = data.runs.iter().map(|r| r.compute).collect();
    let expected = |n: f64, step: f64| 6.0 * (n + 1e6) * (step * 512.0 * 2e3);
    assert_eq!(computes, [expected(1e8, 100.0), expected(4e8, 300.0)]);
    assert_eq!(data.excluded[0].line, 3);
    let quoted = read(&["compute = 1e18*`eval/loss`^2/3.1"]).unwrap();
    assert!((quoted.runs[0].compute / 3.1e18 - 1.0).abs() < 1e-12);
    let error = |lets: &[&str]| read(lets).unwrap_err().to_string();
    assert!(
        error(&["compute = 6*n_param"]).contains("no column 'n_param'"),
        "{}",
        error(&["compute = 6*n_param"])
    );
    assert!(error(&["compute = 6*"]).contains("makes no sense after '6*'"));
    assert!(error(&["step = 6"]).contains("there is a column 'step' already"));
}
