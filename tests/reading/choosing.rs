//! `min` and `pareto`: the best rows of a sweep.

use super::*;

fn chosen(text: &str, rule: &str, change: impl FnOnce(&mut ReadOptions)) -> (Dataset, String) {
    let mut options = ReadOptions {
        reshape: Reshape {
            reduce: Some(rule.parse().unwrap()),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    change(&mut options);
    let (data, understanding) = read(text, &options);
    (data, understanding.notes().join("; "))
}

fn lines(data: &Dataset) -> Vec<u64> {
    data.runs().iter().map(scalewise::Run::line).collect()
}

/// Two learning rates at each of two sizes, and a run that diverged.
const SWEEP: &str = "name,N,D,lr,loss\n\
    a,1e8,1e10,1,3.3\nb,1e8,1.0e10,2,3.1\nc,2e8,1e10,1,2.9\nd,2e8,1e10,2,3.0\ne,2e8,1e10,3,nan\n";

#[test]
fn the_best_row_of_each_size_is_kept() {
    let (data, note) = chosen(SWEEP, "min", |_| {});
    assert_eq!(lines(&data), [3, 4]);
    assert_eq!(data.excluded()[0].line, 6);
    assert!(
        note.contains("4 rows became 2 by the smallest loss of each (N, D)"),
        "{note}"
    );
    let compute = "C,lr,loss\n1e18,1,3.1\n1e18,2,3.0\n1e19,1,2.7\n1e19,2,\n";
    let (data, note) = chosen(compute, "min", |_| {});
    assert_eq!(lines(&data), [3, 4]);
    assert!(
        note.contains("of each C;") && note.contains("1 without a loss"),
        "{note}"
    );
    // A size that the law does not use is still a size.
    let (data, note) = chosen("N,C,loss\n1,1e18,3\n2,1e18,2\n2,1e18,4\n", "min", |_| {});
    assert_eq!(lines(&data), [2, 3]);
    assert!(note.contains("each (N, C)"), "{note}");
}

#[test]
fn the_best_row_of_each_named_group_is_kept() {
    let (data, note) = chosen(SWEEP, "min", |o| o.group_col = Some("lr".into()));
    assert_eq!(lines(&data), [4, 5]);
    assert!(note.contains("of each lr"), "{note}");
    let (data, _) = chosen(SWEEP, "min", |o| o.group_col = Some("N, D".into()));
    // Different text names a different group, as in every grouping column.
    assert_eq!(lines(&data), [2, 3, 4]);
    assert_eq!(data.runs()[0].group(), Some("1e8 / 1e10"));
    assert_eq!(data.runs()[0].params(), Some(1e8));
    let (data, _) = chosen(SWEEP, "min", |o| {
        o.filters = vec![filter("lr = 1")];
        o.by = Some("N".into());
    });
    assert_eq!(lines(&data), [2, 4]);
    let nameless = "run,C,loss\n,1e18,3\nb,1e18,2\n";
    let options = ReadOptions {
        group_col: Some("run".into()),
        reshape: Reshape {
            reduce: Some("min".parse().unwrap()),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let error = tables::read(nameless.as_bytes(), "t.csv", &options).unwrap_err();
    assert!(said(&error).contains("t.csv:2"), "{error}");
}

/// The best step of each run, then the best run of each size.
#[test]
fn curves_have_one_best_step_each() {
    let curves =
        "run,step,C,loss\na,1,1e18,4\na,2,2e18,3\na,3,3e18,3.5\nb,1,1e18,3.8\nb,2,2e18,3.2\n";
    let (data, note) = chosen(curves, "min", |_| {});
    assert_eq!(lines(&data), [3]);
    assert!(note.contains("of each run, then of each C"), "{note}");
}

#[test]
fn rows_that_a_cheaper_one_beats_are_left_out() {
    let text =
        "C,loss\n4e18,2.5\n1e18,3.0\n2e18,3.1\n2e18,2.8\n3e18,2.8\n5e18,2.6\n4e18,2.5\n6e18,0\n";
    let (data, note) = chosen(text, "pareto", |_| {});
    assert_eq!(lines(&data), [2, 3, 5, 8]);
    assert_eq!(data.excluded().len(), 1);
    assert!(note.contains("7 rows became 4"), "{note}");
}

proptest! {
    /// More rows than are held at once: the result is that of comparing all pairs, in any order of
    /// the rows.
    #[test]
    fn what_is_left_is_not_beaten(
        mut rows in proptest::collection::vec((1..60u32, 1..2000u32), 4000..9000), least in any::<bool>()
    ) {
        let text = |rows: &[(u32, u32)]| {
            let lines = rows.iter().map(|(c, l)| format!("{c},{l}\n"));
            format!("C,loss\n{}", lines.collect::<String>())
        };
        let rule = if least { "min" } else { "pareto" };
        let mut best: Vec<(u32, u32)> = Vec::new();
        for row in &rows {
            let beaten = |other: &(u32, u32)| match least {
                true => other.0 == row.0 && other.1 < row.1,
                false => other.0 <= row.0 && other.1 <= row.1 && other != row,
            };
            let known = least && best.contains(row);
            if !known && !rows.iter().any(beaten) {
                best.push(*row);
            }
        }
        let found = |rows: &[(u32, u32)]| {
            let (data, _) = chosen(&text(rows), rule, |_| {});
            let mut found: Vec<_> =
                data.runs().iter().map(|r| (r.x() as u32, r.loss() as u32)).collect();
            found.sort_unstable();
            found
        };
        best.sort_unstable();
        prop_assert_eq!(&found(&rows), &best);
        rows.reverse();
        prop_assert_eq!(&found(&rows), &best);
    }
}
