//! Errors about tables that cannot be read: one message per mistake.

use super::*;

macro_rules! complaints {
    ($($test:ident: $file:literal, $options:expr, $message:literal;)*) => {
        $(#[test]
        fn $test() {
            assert_eq!(complaint($file, &$options), $message);
        })*
    };
}

complaints! {
    missing_loss: "missing_loss.csv", plain(),
        "missing_loss.csv: no column for the loss; the columns are model, compute, lost\n\
         if it is 'lost', name that column (loss_col = lost)";
    missing_loss_with_a_likely_column: "missing_loss_like.csv", plain(),
        "missing_loss_like.csv: no column for the loss; the columns are compute, best_smooth_loss\n\
         if it is 'best_smooth_loss', name that column (loss_col = best_smooth_loss)";
    missing_compute: "missing_compute.csv", plain(),
        "missing_compute.csv: no column for the compute; the columns are model, n_params, loss\n\
         name its column, or those of the parameters and the tokens, which give 6ND (compute_col, params_col, tokens_col)";
    missing_tokens: "missing_tokens.csv", surface(),
        "missing_tokens.csv: no column for the tokens; the columns are n_params, flops, loss\n\
         name its column (tokens_col)";
    missing_sigma: "missing_tokens.csv", ReadOptions { needs: Needs { sigma: true, ..Needs::CURVE }, ..plain() },
        "missing_tokens.csv: no column for the sigma; the columns are n_params, flops, loss\n\
         name its column (sigma_col)";
    no_column_names: "no_header.csv", plain(),
        "no_header.csv: no column for the compute; the columns are 1e18, 3.1\n\
         the first line holds numbers: put a line with the column names above it";
    doubled_column: "doubled_column.csv", plain(),
        "doubled_column.csv:1: two columns have the name 'loss' (columns 2 and 4)\n\
         rename one of them in the first line";
    two_candidates: "two_candidates.csv", plain(),
        "two_candidates.csv: 2 columns could be the loss: loss, val_loss\n\
         choose one of them (loss_col = loss, loss_col = val_loss)";
    two_candidates_by_case: "two_candidates_by_case.csv", plain(),
        "two_candidates_by_case.csv: 2 columns could be the loss: Loss, loss\n\
         choose one of them (loss_col = Loss, loss_col = loss)";
    one_column_for_two_roles: "two_candidates.csv", ReadOptions { loss_col: Some("loss".into()), sigma_col: Some("loss".into()), ..plain() },
        "two_candidates.csv: column 'loss' is named as both the loss and the sigma\n\
         give each of them its own column (loss_col, sigma_col)";
    unknown_column_of_a_role: "two_candidates.csv", ReadOptions { loss_col: Some("val_los".into()), ..plain() },
        "two_candidates.csv: loss_col: no column 'val_los'; the columns are flops, loss, val_loss\n\
         did you mean 'val_loss'? (loss_col = val_loss)";
    unknown_column_far_from_all: "two_candidates.csv", ReadOptions { compute_col: Some("x".into()), ..plain() },
        "two_candidates.csv: compute_col: no column 'x'; the columns are flops, loss, val_loss\n\
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
         say which sign stands before the decimals (decimal = ,, decimal = .)";
    all_unusable: "all_unusable.csv", plain(),
        "all_unusable.csv: no row is usable: line 2: loss is blank; line 3: loss is not a number ('NaN'); line 4: compute is zero: its logarithm is needed; 2 more\n\
         repair the rows, or name other columns (compute_col, loss_col)";
    unclosed_quote: "unclosed_quote.csv", plain(),
        "unclosed_quote.csv:3: the quote that starts '\"noisy' is never closed\n\
         close it, or write a quote inside a quoted field twice";
    unknown_filter_column: "filters.csv", with_where("is_trian = 1"),
        "filters.csv: where: no column 'is_trian'; the columns are compute, loss, is_train, model\n\
         did you mean 'is_train'?";
    text_equal_to_a_number: "filters.csv", with_where("model = 7"),
        "filters.csv:2: model: condition 'model = 7': 'small' is text and cannot be compared with a number\n\
         compare with text instead, as in \"model = 'small'\"";
    text_ordered_with_a_number: "filters.csv", with_where("model < 7"),
        "filters.csv:2: model: condition 'model < 7': 'small' is text and cannot be compared with a number\n\
         leave such rows out first (exclude = model = 'small')";
    filters_leave_nothing: "filters.csv", with_where("is_train > 1"),
        "filters.csv: no row is usable: line 2: condition 'is_train > 1' not met; line 3: condition 'is_train > 1' not met; line 4: condition 'is_train > 1' not met\n\
         loosen the conditions on rows (where, exclude)";
    unknown_series_column: "filters.csv", ReadOptions { by: Some("case".into()), ..plain() },
        "filters.csv: by: no column 'case'; the columns are compute, loss, is_train, model\n\
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
            "tests/fixtures: is a directory, not a file\nname a file inside it".into(),
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
