//! Curves reduced while they are read equal those reduced in memory, to the last bit.

use super::*;
use scalewise::tables::{Reduce, Source, read_source};
use std::collections::HashMap;
use std::io::Write;

/// A batch of rows of a few runs: resumed from checkpoints, some written twice, some far out of
/// order.
#[derive(Debug, Clone)]
struct Batch {
    run: usize,
    rows: usize,
    /// Where it begins: this many rows before the end of its run, or anywhere.
    back: usize,
    anywhere: Option<u32>,
    quoted: bool,
}

fn batch() -> impl Strategy<Value = Batch> {
    let back = prop_oneof![6 => Just(0usize), 2 => 1..40usize, 1 => 200..900usize];
    let anywhere = prop_oneof![30 => Just(None), 1 => (0..2000u32).prop_map(Some)];
    (0..3usize, 1..400usize, back, anywhere, any::<bool>()).prop_map(
        |(run, rows, back, anywhere, quoted)| Batch {
            run,
            rows,
            back,
            anywhere,
            quoted: quoted && rows % 7 == 0,
        },
    )
}

/// The log, and the line, run, step and loss of every row with a loss. A row with NaN has NaN as
/// its loss.
fn log(batches: &[Batch], steps: bool) -> (String, Vec<(u64, String, f64, f64)>) {
    let mut text = String::from(if steps {
        "run,compute,step,loss,note\n"
    } else {
        "run,compute,loss,note\n"
    });
    let mut rows = Vec::new();
    let mut reached = [0usize; 3];
    let (mut line, mut count, mut wobble) = (1, 0, 7u64);
    for batch in batches {
        let name = format!("run {}", batch.run);
        let mut step = reached[batch.run].saturating_sub(batch.back);
        if let Some(anywhere) = batch.anywhere {
            step = anywhere as usize;
        }
        for _ in 0..batch.rows {
            wobble = wobble
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            line += 1;
            count += 1;
            let loss = 2.0 + (wobble >> 40) as f64 / 3e6;
            let written = match wobble >> 60 {
                0 => String::new(),
                1 => {
                    let at = if steps { step as f64 } else { f64::from(count) };
                    rows.push((line, name.clone(), at, f64::NAN));
                    "NaN".to_owned()
                }
                _ => {
                    let at = if steps { step as f64 } else { f64::from(count) };
                    rows.push((line, name.clone(), at, loss));
                    format!("{loss:?}")
                }
            };
            let shown = if batch.quoted {
                format!("\"{name}\"")
            } else {
                name.clone()
            };
            let note = format!("{:>90}", "x");
            text += &match steps {
                true => format!("{shown},1e{},{step},{written},{note}\n", 18 + batch.run),
                false => format!("{shown},1e{},{written},{note}\n", 18 + batch.run),
            };
            step += 1;
            reached[batch.run] = reached[batch.run].max(step);
        }
    }
    (text, rows)
}

/// Line and loss of every run, from all of its losses sorted by step, in file order at equal steps.
/// A run with NaN after its last loss has none.
fn in_memory(rows: &[(u64, String, f64, f64)], rule: Reduce) -> Vec<(u64, u64)> {
    let mut names: Vec<&str> = Vec::new();
    let mut runs: HashMap<&str, Vec<(f64, f64, u64)>> = HashMap::new();
    let mut broken: HashMap<&str, f64> = HashMap::new();
    for (line, run, step, loss) in rows {
        if loss.is_nan() {
            let last = broken.entry(run).or_insert(*step);
            *last = last.max(*step);
            continue;
        }
        if !runs.contains_key(run.as_str()) {
            names.push(run);
        }
        runs.entry(run).or_default().push((*step, *loss, *line));
    }
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let reduced = names.iter().filter_map(|name| {
        let mut run = runs[name].clone();
        run.sort_by(|a, b| a.0.total_cmp(&b.0));
        if broken
            .get(name)
            .is_some_and(|at| *at > run[run.len() - 1].0)
        {
            return None;
        }
        let losses: Vec<f64> = run.iter().map(|r| r.1).collect();
        let loss = match rule {
            Reduce::Last => losses[losses.len() - 1],
            Reduce::Tail(share) => {
                let count = (share * losses.len() as f64).round().max(1.0) as usize;
                mean(&losses[losses.len() - count..])
            }
            Reduce::SmoothMin(count) => {
                let means = losses.windows(count.min(losses.len())).map(mean);
                means.fold(f64::INFINITY, f64::min)
            }
            _ => unreachable!("a rule of which this does not know: {rule}"),
        };
        Some((run[run.len() - 1].2, loss.to_bits()))
    });
    reduced.collect()
}

fn reducing(rule: Reduce) -> ReadOptions {
    ReadOptions {
        reshape: Reshape {
            reduce: Some(rule),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    }
}

fn reduced(source: &Source<'_>, rule: Reduce) -> Vec<(u64, u64)> {
    let options = reducing(rule);
    match read_source(source, &options) {
        Ok((data, _)) => data
            .runs()
            .iter()
            .map(|r| (r.line(), r.loss().to_bits()))
            .collect(),
        Err(error) => unreachable!("{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reduced_while_read_is_reduced_in_memory(
        batches in proptest::collection::vec(batch(), 1..24), steps: bool, share in 0.001..1.0f64, count in 1..700usize
    ) {
        let (text, rows) = log(&batches, steps);
        prop_assume!(!in_memory(&rows, Reduce::Last).is_empty());
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let source = Source::open(file.path()).unwrap();
        for rule in [Reduce::Last, Reduce::Tail(0.1), Reduce::Tail(share), Reduce::SmoothMin(5), Reduce::SmoothMin(count)] {
            prop_assert_eq!(reduced(&source, rule), in_memory(&rows, rule), "{:?}", rule);
        }
    }
}

/// How many lines end in the text, by `
/// `, `\r
/// ` or a lone `\r`.
fn line_ends(text: &str) -> u64 {
    text.replace("\r\n", "\n").matches(['\n', '\r']).count() as u64
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Long enough for blocks, whose rows are split by other code than those of a short table.
    #[test]
    fn lines_end_in_a_long_log_as_in_a_short_one(
        ends in proptest::collection::vec(0..12usize, 1..50), wide in 1..40usize, separator in 0..3usize, last: bool
    ) {
        let separator = [",", ";", "\t"][separator];
        let kinds = ["\n", "\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n  \n", "\r \r", "\n\r"];
        let mut text = ["run", "compute", "step", "loss", "note\n"].join(separator);
        let mut lines = [0; 3];
        let (mut line, rows) = (2, 6000);
        for k in 0..rows {
            let end = if k + 1 == rows && last { "" } else { kinds[ends[k % ends.len()]] };
            let row = [format!("é{}", k % 3), format!("1e1{}", 7 + k % 3), k.to_string(), format!("{}", 2.0 + k as f64), "é".repeat(wide)];
            lines[k % 3] = line;
            line += line_ends(end);
            text += &row.join(separator);
            text += end;
        }
        prop_assert_eq!(line, 1 + line_ends(&text));
        let losses = [rows - 3, rows - 2, rows - 1].map(|k| (2.0 + k as f64).to_bits());
        let wanted: Vec<(u64, u64)> = lines.into_iter().zip(losses).collect();
        prop_assert_eq!(reduced(&Source::bytes(text.as_bytes(), "t.csv"), Reduce::Last), wanted);
    }
}

/// A pipe cannot be read twice, so its runs are held whole; the outcome is the same.
#[cfg(unix)]
#[test]
fn a_pipe_gives_what_the_file_gives() {
    let backwards = |rows: usize| {
        let mut text = "run,compute,step,loss\n".to_owned();
        for step in (0..rows).rev() {
            text += &format!(
                "a,1e18,{step},{}\n",
                2.0 + (step * 7919 % 1000) as f64 / 1e3
            );
        }
        text
    };
    let text = backwards(5000);
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    pipe::make(&pipe);
    for rule in [Reduce::Tail(0.1), Reduce::SmoothMin(5)] {
        let writer = std::thread::spawn({
            let (pipe, text) = (pipe.clone(), text.clone());
            move || std::fs::write(pipe, text)
        });
        let from_pipe = reduced(&Source::open(&pipe).unwrap(), rule);
        writer.join().unwrap().unwrap();
        assert_eq!(
            from_pipe,
            reduced(&Source::bytes(text.as_bytes(), "t.csv"), rule)
        );
    }
}

#[test]
fn errors_in_a_long_log_name_their_line() {
    let mut text = "run,compute,step,loss\n".to_owned();
    for step in 0..100_000 {
        text += &format!("a,1e18,{step},2.5\r\n");
    }
    let options = reducing(Reduce::Last);
    let said = |rest: &str| {
        let text = format!("{text}{rest}b,1e19,1,2.4\n");
        tables::read(text.as_bytes(), "log.csv", &options)
            .map_err(|error| said(&error))
            .unwrap_err()
    };
    assert_eq!(
        said("b,1e19,late,2.4\n"),
        "log.csv:100002: the step is no number: 'late' is not a number\ncorrect it, or leave the row out (exclude)"
    );
    assert!(
        said("\n\nb,1e19\n").starts_with("log.csv:100004: expected 4 fields, found 2: 'b,1e19'")
    );
    assert!(
        said("\"b\",1e19,\"\n\n\",x,1\n").starts_with("log.csv:100002: expected 4 fields, found 5")
    );
    let commas = ",".repeat(100);
    let shown = format!(
        "log.csv:100002: expected 4 fields, found 101: '{}…'\n",
        &commas[..40]
    );
    assert!(said(&format!("{commas}\n")).starts_with(&shown));
    // The first error is reported, wherever the text was cut into blocks.
    assert!(
        said("b,1e19\nb,1e19,late,2.4\n")
            .starts_with("log.csv:100002: expected 4 fields, found 2: 'b,1e19'")
    );
    assert!(said("b,1e19,late,2.4\nb,1e19\n").starts_with("log.csv:100002: the step"));
}

/// A row must name the run of its curve.
#[test]
fn a_row_without_the_name_of_its_run_is_no_run() {
    let options = reducing(Reduce::Last);
    let read = |rows: &str| {
        let text = format!("run,compute,step,loss\na,1e18,1,3\n{rows}b,1e19,1,2.5\n");
        tables::read(text.as_bytes(), "log.csv", &options)
    };
    let error = said(&read(",1e18,2,2.9\n").unwrap_err());
    assert!(
        error.starts_with("log.csv:3: the row has a loss and no name"),
        "{error}"
    );
    // A row without a loss has nothing to lose, as trackers write them.
    assert!(read(",1e18,2,\n").is_ok());
}

/// Blocks of a batch are read in parallel, but results and errors keep the order of the rows.
#[test]
fn a_log_of_many_batches_is_read_in_its_order() {
    // Long rows, so that they fill three batches of 64 blocks of 256 KiB.
    let note = "n".repeat(8 << 10);
    let rows = 6_500;
    let row = |k: usize| {
        let run = ["a", "b"][k % 2];
        format!(
            "{run},1e1{},{k},{},{note}\n",
            8 + k % 2,
            4.0 - k as f64 / 1e4
        )
    };
    let log = |changed: &[(usize, &str)]| {
        let mut text = "run,compute,step,loss,note\n".to_owned();
        for k in 0..rows {
            let other = changed.iter().find(|(at, _)| *at == k);
            text += &other.map_or_else(|| row(k), |(_, other)| format!("{other}\n"));
        }
        text
    };
    assert!(log(&[]).len() > 3 * (64 << 18));
    let last = |text: &str| reduced(&Source::bytes(text.as_bytes(), "log.csv"), Reduce::Last);
    let loss = |k: usize| (4.0 - k as f64 / 1e4).to_bits();
    let lines = |k: usize| k as u64 + 2;
    let ends = [rows - 2, rows - 1].map(|k| (lines(k), loss(k)));
    assert_eq!(last(&log(&[])), ends);
    // Quotes interrupt the blocks of a batch; the rows after them are still read.
    for at in [10, 2_500, 4_900] {
        assert_eq!(
            last(&log(&[(at, "\"a\",1e18,0,2.5,\"said, \"\"so\"\"\"")])),
            ends
        );
    }
    let options = reducing(Reduce::Last);
    for (first, second) in [(100, 2_400), (2_000, 2_600), (2_600, 6_400)] {
        let text = log(&[(first, "a,1e18,late,2.5,"), (second, "a,1e18")]);
        let error = tables::read(text.as_bytes(), "log.csv", &options).unwrap_err();
        let place = format!("log.csv:{}: the step is no number", lines(first));
        assert!(said(&error).starts_with(&place), "{}", said(&error));
    }
}

/// The joined columns are needed only for the kept row, unless a condition uses them.
#[test]
fn a_joined_column_may_decide_which_rows_count() {
    let text = "run,step,loss\na,1,3\nb,1,4\na,2,2.5\nb,2,3.5\n";
    let read = |filter: &str| {
        let options = ReadOptions {
            filters: vec![filter.parse().unwrap()],
            reshape: Reshape {
                join: vec![b"run,flops,kept\na,1e18,1\nb,1e19,0\n".to_vec()],
                lets: vec!["compute = flops*step".parse().unwrap()],
                reduce: Some(Reduce::Last),
                ..Reshape::default()
            },
            compute_col: Some("compute".to_owned()),
            ..ReadOptions::default()
        };
        let data = Dataset::from_csv_bytes(text.as_bytes(), "t.csv", &options).unwrap();
        data.runs()
            .iter()
            .map(|r| (r.x(), r.loss()))
            .collect::<Vec<_>>()
    };
    assert_eq!(read("kept = 1"), [(2e18, 2.5)]);
    assert_eq!(read("step < 2"), [(1e18, 3.0), (1e19, 4.0)]);
}

/// A derived step in a log that is long enough for parallel blocks: the result is that of reading
/// in sequence.
#[test]
fn a_derived_step_orders_a_long_log() {
    let options = ReadOptions {
        reshape: Reshape {
            join: vec![b"run,compute\na,1e18\nb,1e19\n".to_vec()],
            lets: vec!["back = 0-batch".parse().unwrap()],
            step_col: Some("back".to_owned()),
            reduce: Some(Reduce::Last),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let log = |changed: &[(usize, &str)]| {
        let mut text = "run,batch,loss\n".to_owned();
        for k in 0..200_000 {
            let other = changed.iter().find(|(at, _)| *at == k);
            text += &match other {
                Some((_, row)) => format!("{row}\n"),
                None => format!("{},{k},{}\n", ["a", "b"][k % 2], 2 + k),
            };
        }
        tables::read(text.as_bytes(), "log.csv", &options)
    };
    let data = log(&[]).unwrap().0;
    let found: Vec<(u64, f64, f64)> = data
        .runs()
        .iter()
        .map(|r| (r.line(), r.x(), r.loss()))
        .collect();
    assert_eq!(found, [(2, 1e18, 2.0), (3, 1e19, 3.0)]);
    let said = |changed: &[(usize, &str)]| said(&log(changed).unwrap_err());
    let unknown = said(&[(150_000, "c,1,2"), (150_001, "a,1")]);
    assert!(
        unknown.starts_with("log.csv:150002: nothing is known of run 'c'"),
        "{unknown}"
    );
    let ragged = said(&[(150_000, "a,1"), (150_001, "c,1,2")]);
    assert!(ragged.starts_with("log.csv:150002: expected 3"), "{ragged}");
    let late = said(&[(150_000, "a,late,2"), (150_001, "a,1")]);
    assert!(
        late.starts_with("log.csv:150002: the step is no number"),
        "{late}"
    );
}

#[test]
fn what_is_no_text_in_a_long_log_is_named_after_what_comes_before_it() {
    let rows: String = (0..50_000).map(|k| format!("a,1e18,{k},2.5\n")).collect();
    let said = |rest: &[u8]| {
        let mut bytes = format!("run,compute,step,loss\n{rows}").into_bytes();
        bytes.extend_from_slice(rest);
        bytes.extend_from_slice(rows.as_bytes());
        let options = reducing(Reduce::Last);
        said(&tables::read(&bytes, "log.csv", &options).unwrap_err())
    };
    assert!(
        said(b"a,1e18,1,2.5\nb\xe9,1e18,1,2.5\n")
            .starts_with("log.csv:50003: not UTF-8: byte 0xe9")
    );
    assert!(said(b"a,1e18,late,2.5\nb\xe9,1e18,1,2.5\n").starts_with("log.csv:50002: the step"));
    assert!(said(b"b\xe9,1e18,1,2.5\na,1e18,late,2.5\n").starts_with("log.csv:50002: not UTF-8"));
}
