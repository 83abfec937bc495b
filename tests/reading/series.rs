//! Many laws in one table, and their targets.

use super::*;

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
                    .map(|d| (d.runs().len(), d.excluded().len()))
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
        .map(|s| s.data.as_ref().map(|d| d.runs().len()).map_err(said))
        .collect();
    assert_eq!(
        states,
        [
            Ok(1),
            Err("runs.csv:3: case: case is blank, so the row belongs to no series\nfill in the name of the series, or remove the rows".into()),
            Err("runs.csv: the only row is unusable: line 4: loss is not a number ('NaN')\nrepair the rows, or name other columns (compute_col, loss_col)".into()),
        ]
    );
    let unnamed = read_series(b"C,L\n1,2\n", "runs.csv", &plain()).map_err(|error| said(&error));
    assert_eq!(
        unnamed,
        Err("runs.csv: no column tells the series apart\nname it (by)".into())
    );
}

#[test]
fn targets_need_a_series_and_a_compute() {
    let text =
        "set,case,flops,loss\nIC,x,1e25,0.3\nLM,y,1 PF-day,\nLM,z,100x,\nLM,z,2.5 ×,\n".as_bytes();
    let targets = read_targets(text, "targets.csv", "case", &ReadOptions::default());
    let found: Vec<_> = targets
        .iter()
        .flatten()
        .map(|t| (t.line, t.series.as_str(), t.compute(1e18).unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (2, "x", 1e25),
            (3, "y", 8.64e19),
            (4, "z", 1e20),
            (5, "z", 2.5e18)
        ]
    );

    let refusal = |by| {
        read_targets(
            &fixture("targets.csv"),
            "targets.csv",
            by,
            &ReadOptions::default(),
        )
        .map_err(|error| said(&error))
    };
    let beyond = targets.unwrap()[2].compute(1e307).map_err(|e| said(&e));
    let too_large = "targets.csv:4: 100.0 times 1e307 is too large for a number\n";
    assert!(beyond.unwrap_err().starts_with(too_large));
    // An invalid number concerns only its own row.
    let rows = refusal("case").unwrap();
    let computes = rows.iter().map(|t| t.compute(1e18).map_err(|e| said(&e)));
    let bad: Vec<String> = computes.filter_map(|c| c.err()).collect();
    assert_eq!(
        bad,
        [
            "targets.csv:3: compute is not a number ('soon')\ngive a positive number, for example 1e25, or 100x for 100 times the largest fitted run"
        ]
    );
    assert_eq!(
        refusal("cases"),
        Err("targets.csv: by: no column 'cases'; the columns are case, compute\ndid you mean 'case'? (by = case)".into())
    );
}

#[test]
fn many_rows_of_many_series_are_read() {
    let mut text = String::from("case,compute,loss\n");
    for i in 0..200_000 {
        text.push_str(&format!("c{},{}e18,2.5\n", i % 20_000, i + 1));
    }
    // Comparing each row with every series would take minutes instead of a second.
    let found = series(text.as_bytes(), &by("case"));
    assert_eq!(found.len(), 20_000);
}

/// Two columns that contain the separator used to merge two series.
#[test]
fn names_of_several_columns_are_told_apart() {
    let text = b"task,size,flops,loss\na / b,c,1e18,3\na,b / c,1e18,4\na / b,c,1e19,2.8\na,b / c,1e19,3.8\n";
    let options = ReadOptions {
        by: Some("task,size".to_owned()),
        ..ReadOptions::default()
    };
    let series = read_series(text, "runs.csv", &options).unwrap();
    let names: Vec<&str> = series.iter().map(|s| s.key.as_str()).collect();
    assert_eq!(names, ["\"a / b\" / c", "a / \"b / c\""]);
}
