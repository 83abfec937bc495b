//! Arbitrary input never causes a panic, and no row is lost.

use super::*;

/// Cells that are likely to break a reader.
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
        let _ = tables::read(&bytes, "runs.csv", &plain());
        let mut table = b"compute,loss,x\n1,2,3\n".to_vec();
        table.extend(&bytes);
        let _ = tables::read(&table, "runs.csv", &with_where("x != 7"));
        for rule in ["last", "tail=30%", "smooth-min=2", "min", "pareto"] {
            let mut options = plain();
            options.group_col = Some("x".to_owned());
            options.reshape.reduce = rule.parse().ok();
            let _ = tables::read(&bytes, "log.csv", &options);
            let _ = tables::read(&table, "log.csv", &options);
        }
        let mut joined = b"run,step,a - x\nr,1,2\n".to_vec();
        joined.extend(&bytes);
        for join in [&bytes, &joined] {
            let mut options = plain();
            options.reshape.join = vec![join.clone(), b"run,y\nr,1\n".to_vec()];
            let _ = tables::read(b"run,step,compute,loss\nr,1,2,3\na,2,2,3\n", "t.csv", &options);
            options.reshape.wide = true;
            let _ = tables::read(b"step,r - loss\n1,2\n", "t.csv", &options);
        }
        let _ = read_series(&table, "runs.csv", &by("x"));
        let _ = read_targets(&table, "runs.csv", "x", &ReadOptions::default());
    }

    #[test]
    fn every_row_is_used_or_excluded(rows in proptest::collection::vec((cell(), cell(), cell()), 0..12), needs_both: bool) {
        let mut text = String::from("compute,loss,params,tokens\n1,2,3,4\n");
        for (a, b, c) in &rows {
            text.push_str(&format!("{a},{b},{c},1B\n"));
        }
        let options = if needs_both { surface() } else { plain() };
        if let Ok((data, understanding)) = tables::read(text.as_bytes(), "runs.csv", &options) {
            prop_assert_eq!(understanding.rows(), data.runs().len() + data.excluded().len());
            prop_assert!(data.runs().iter().all(|run| run.x() > 0.0 && run.x().is_finite()));
            prop_assert!(data.runs().iter().all(|run| run.loss() > 0.0 && run.loss().is_finite()));
            let lines = data.runs().iter().map(|run| run.line()).chain(data.excluded().iter().map(|row| row.line));
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
        prop_assert_eq!(understanding.rows(), rows.len() + 1);
    }

    #[test]
    fn no_condition_makes_it_panic(text in "[a-z0-9=<>!'\" ]{0,30}") {
        if let Ok(filter) = text.parse::<Filter>() {
            let options = ReadOptions { filters: vec![filter], ..plain() };
            let _ = tables::read(b"a,compute,loss\nx,1,2\n1,2,3\n", "runs.csv", &options);
        }
    }
}
