//! Every verb that reads a table also reads it compressed.

use super::*;
use flate2::{Compression, write::GzEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn from_standard_input(args: &[&str], bytes: &[u8]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("scalewise").unwrap();
    let output = command
        .args(args)
        .write_stdin(bytes.to_vec())
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn table_of(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .join("data")
            .join(name),
    )
    .unwrap()
}

#[test]
fn packed_standard_input_gives_what_plain_gives() {
    let runs = table_of("cerebras_gpt.csv");
    let counts = table_of("codex_humaneval.csv");
    let curves = b"run,compute,step,loss\na,1e18,1,4\na,1e18,2,3.1\nb,1e19,1,3\nb,1e19,2,2.8\nc,1e20,1,2.6\nd,1e21,1,2.5\n";
    for (args, table) in [
        (&["check", "-"][..], &runs[..]),
        (&["fit", "-", "--format", "json"], &runs),
        (&["fit", "-", "--reduce", "last"], curves),
        (&["fit", "-", "--reduce", "tail=50%"], curves),
        (&["forecast", "-", "--at", "100x", "--format", "csv"], &runs),
        (
            &[
                "forecast", "-", "--by", "model", "--at", "10x", "--format", "csv",
            ],
            &runs,
        ),
        (&["backtest", "-", "--format", "csv"], &runs),
        (&["compare", "-", "--laws", "power,saturating"], &runs),
        (&["plot", "-", "-o", "-"], &runs),
        (&["report", "-", "--format", "json"], &runs),
        (&["allocate", "-", "--compute", "100x"], &runs),
        (&["isoflop", "-"], &runs),
        (&["capability", "-", "--at", "100x"], &counts),
    ] {
        let plain = from_standard_input(args, table);
        for packed in [
            gzip(table),
            compress_to_vec(table, CompressionLevel::Fastest),
        ] {
            assert_eq!(from_standard_input(args, &packed), plain, "{args:?}");
        }
    }
}

#[test]
fn a_damaged_file_says_so() {
    let (_folder, path) = temporary("runs.csv.gz");
    let packed = gzip(&table_of("cerebras_gpt.csv"));
    std::fs::write(&path, &packed[..packed.len() - 9]).unwrap();
    let ran = run(&["fit", text(&path)]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(
        ran.err
            .contains("the gzip data is cut off or damaged near its byte"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("gzip -t"), "{}", ran.err);
}

/// A name that a spreadsheet would take for a formula is returned unchanged.
#[test]
fn names_like_formulas_come_back_as_they_are() {
    let mut table = "case,compute,loss\n".to_owned();
    for (compute, loss) in [
        ("1e18", "3.1"),
        ("1e19", "2.8"),
        ("1e20", "2.6"),
        ("1e21", "2.45"),
    ] {
        table += &format!("\"=cmd|'/C calc'!A0\",{compute},{loss}\n-b,{compute},{loss}\n");
    }
    let args = [
        "forecast", "-", "--by", "case", "--at", "10x", "--format", "csv",
    ];
    let (_, out, err) = from_standard_input(&args, table.as_bytes());
    let rows = super::table(&out);
    assert!(!rows.is_empty(), "{err}");
    for row in rows {
        assert!(
            ["=cmd|'/C calc'!A0", "-b"].contains(&row["series"].as_str()),
            "{row:?}"
        );
    }
}
