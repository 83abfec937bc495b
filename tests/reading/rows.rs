//! Which rows and columns are used, and why rows are left out.

use super::*;

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
        match tables::read(&fixture("bad_params.csv"), "bad_params.csv", &plain()) {
            Ok(read) => read,
            Err(error) => unreachable!("{error}"),
        };
    assert_eq!(data.runs()[0].params(), None);
    assert_eq!(data.runs()[0].tokens(), Some(2e9));
    assert_eq!(
        understanding.notes(),
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
         repair the rows, or name other columns (compute_col, loss_col)"
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
            .runs()
            .iter()
            .map(|run| (run.line(), run.x(), run.loss()))
            .collect();
        assert_eq!(runs, [(2, 1e18, 3.1), (3, 1e19, 2.8)], "{text:?}");
    }
    let delimiter = |text: &str| in_json(&read(text, &plain()).1)["delimiter"].clone();
    assert_eq!(delimiter("C\tL\n1\t2\n"), "tab");
    assert_eq!(delimiter("C;L\n1;2\n"), "semicolon");
}

#[test]
fn lines_are_those_of_an_editor() {
    let text =
        "run,compute,loss\n\n\"two\r\nlines\",1e18,3.1\n\n\n\"a, b\",1e19,x\nlast,1e20,2.6\n";
    let (data, understanding) = read(text, &plain());
    let lines: Vec<_> = data
        .runs()
        .iter()
        .map(|run| (run.line(), run.group()))
        .collect();
    assert_eq!(lines, [(3, Some("two\r\nlines")), (8, Some("last"))]);
    assert_eq!(data.excluded()[0].line, 7);
    assert_eq!(understanding.rows(), 3);
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
            (data.runs()[0].x(), data.runs()[0].loss()),
            (1e18, 3.1),
            "{names}"
        );
    }
    let text = "N,D,C,L,std,run_name\n111M,2.2B,1 PF-day,3.1,0.01,small\n";
    let (data, _) = read(text, &plain());
    let run = &data.runs()[0];
    assert_eq!(
        (run.params(), run.tokens(), run.x()),
        (Some(111e6), Some(2.2e9), 8.64e19)
    );
    assert_eq!((run.sigma(), run.group()), (Some(0.01), Some("small")));
    let lower =
        tables::read(b"c,l\n1,2\n", "runs.csv", &plain()).map_err(|error| error.to_string());
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
        (
            data.runs()[0].x(),
            data.runs()[0].params(),
            data.runs()[0].loss()
        ),
        (1e8, None, 3.1)
    );
    let uses: Vec<_> = understanding
        .columns()
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
    assert_eq!(data.runs()[0].x(), 1.2e20);
    assert_eq!(data.excluded()[0].reason, "tokens is blank");
    assert_eq!(in_json(&understanding)["compute_from"], "six-params-tokens");
}

#[test]
fn compute_that_is_not_needed_may_be_blank() {
    let text = "flops,params,tokens,loss\n1e19,1B,2B,2.9\n,1B,20B,2.8\n";
    let (data, understanding) = read(text, &surface());
    assert_eq!(data.runs()[1].x(), 1.2e20);
    assert_eq!(in_json(&understanding)["compute_from"]["column"], "flops");
    assert_eq!(
        understanding.notes(),
        ["compute taken as 6ND in 1 row (line 3: flops is blank)"]
    );
    assert_eq!(
        read(text, &plain()).0.excluded()[0].reason,
        "flops is blank"
    );
}

#[test]
fn runs_at_the_limit_and_above_are_actuals() {
    let options = ReadOptions {
        fit_below: Some(1e20),
        ..plain()
    };
    let (data, understanding) = read("C,L\n1e21,2.4\n9.9e19,2.7\n1e20,2.6\n1e18,3.1\n", &options);
    let roles: Vec<Role> = data.runs().iter().map(|run| run.role()).collect();
    assert_eq!(roles, [Role::Actual, Role::Fit, Role::Actual, Role::Fit]);
    assert_eq!(data.largest_fitted(), Some(9.9e19));
    assert_eq!(data.actuals().count(), 2);
    let said = in_json(&understanding);
    assert_eq!((&said["used"], &said["fitted"]), (&4.into(), &2.into()));
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
        .excluded()
        .iter()
        .map(|row| (row.line, row.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            (3, "condition 'model != mid' not met"),
            (4, r"exclusion 'model = 'odd one'' met"),
            (5, "exclusion 'compute = 'n/a'' met"),
            (6, "condition 'train = 1 and compute < 1e20' not met"),
        ]
    );
    assert_eq!(data.runs().len(), 1);
    let roles: Vec<_> = understanding
        .columns()
        .iter()
        .map(|column| column.role)
        .collect();
    assert_eq!(roles, ["filter", "compute", "loss", "filter"]);
}

#[test]
fn the_understanding_holds_what_check_prints() {
    let text = "run,C,L,note\na,1e18,3.1,x\nb,1e17,NaN,z\na,1e20,2.6,y\n";
    let (_, understanding) = read(text, &plain());
    let json = serde_json::to_value(&understanding).unwrap_or_default();
    assert_eq!(
        json,
        serde_json::json!({
            "source": "runs.csv",
            "delimiter": "comma",
            "columns": [
                {"name": "run", "role": "group", "named_by_user": false, "holds": "text", "example": "a"},
                {"name": "C", "role": "compute", "named_by_user": false, "holds": "number",
                 "range": [1e17, 1e20], "example": "1e17"},
                {"name": "L", "role": "loss", "named_by_user": false, "holds": "number",
                 "range": [2.6, 3.1], "example": "2.6"},
                {"name": "note", "role": "ignored", "named_by_user": false, "holds": "text", "example": "x"},
            ],
            "compute_from": {"column": "C"},
            "rows": 3,
            "used": 2,
        "variable": "compute",
        "curve": "ladder",
            "fitted": 2,
            "excluded": [{"line": 3, "reason": "L is not a number ('NaN')"}],
            "kind": "runs",
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
