//! Files compressed by other programs, and damaged compressed files.

use super::*;
use flate2::{Compression, write::GzEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use scalewise::tables::Source;
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn packed_fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/packed")
        .join(name)
}

#[test]
fn files_that_others_packed_are_the_table() {
    let plain =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cerebras_gpt.csv")).unwrap();
    for name in ["cerebras_gpt.csv.gz", "cerebras_gpt.csv.zst"] {
        assert_eq!(read_bytes(&packed_fixture(name)).unwrap(), plain, "{name}");
    }
    let json = b"{\"compute\":1e18,\"loss\":3.1}\n{\"compute\":1e19,\"loss\":2.8}\n";
    for packed in [gzip(json), zstd(json)] {
        let (data, understanding) =
            tables::read(&packed, "runs.jsonl.gz", &plain_options()).unwrap();
        assert_eq!(data.runs().len(), 2);
        assert_eq!(in_json(&understanding)["delimiter"], "objects");
    }
}

fn plain_options() -> ReadOptions {
    ReadOptions::default()
}

/// A truncated file lacks rows, so it is refused, wherever it is cut.
#[test]
fn what_is_cut_off_is_refused_with_its_place() {
    for name in ["cerebras_gpt.csv.gz", "cerebras_gpt.csv.zst"] {
        let whole = std::fs::read(packed_fixture(name)).unwrap();
        for end in 1..whole.len() {
            match tables::read(&whole[..end], name, &plain_options()) {
                Err(error) => assert!(error.to_string().starts_with(name), "{error}"),
                // Between two gzip members nothing shows that another should follow.
                Ok((data, _)) => assert!(data.runs().len() < 7, "{end}"),
            }
        }
        let error = tables::read(&whole[..whole.len() - 5], name, &plain_options()).unwrap_err();
        assert!(
            error
                .message()
                .contains("is cut off or damaged near its byte 2"),
            "{error}"
        );
        assert!(
            error
                .hint()
                .is_some_and(|h| h.contains(&format!("{name}' tests it"))),
            "{error:?}"
        );
        assert_eq!(error.kind().exit_code(), 3);
    }
}

#[test]
fn a_row_without_end_does_not_fill_the_memory() {
    let error =
        tables::read(&gzip(&vec![b'7'; 80 << 20]), "bomb.gz", &plain_options()).unwrap_err();
    assert_eq!(
        said(&error),
        "bomb.gz:1: a row is longer than 64 MiB\nclose its quotes, and end every row with a line break"
    );
    let mut open = b"compute,loss\n1e18,\"".to_vec();
    open.resize(80 << 20, b'\n');
    let error = tables::read(&open, "open.csv", &plain_options()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("open.csv:2: the quote that starts '\"' is never closed"),
        "{error}"
    );
    let columns = vec![b','; 2 << 20];
    let error = tables::read(&columns, "wide.csv", &plain_options()).unwrap_err();
    assert!(
        error.to_string().contains("columns, more than 1048576"),
        "{error}"
    );
}

#[test]
fn other_formats_are_named() {
    for (begin, what) in [
        (&b"BZh91AY&SY"[..], "bzip2"),
        (b"\xfd7zXZ\0\0", "xz data"),
        (b"PK\x03\x04\x14\0", "spreadsheet"),
    ] {
        let error = tables::read(begin, "t", &plain_options()).unwrap_err();
        assert!(error.message().contains(what), "{error}");
    }
    // Column names that begin like a file signature are still names.
    assert!(tables::read(b"PK,compute,loss\n1,1e18,3\n", "t", &plain_options()).is_ok());
    assert!(
        tables::read(
            b"BZh,PAR1,compute,loss\n1,1,1e18,3\n",
            "t",
            &plain_options()
        )
        .is_ok()
    );
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_says_how_it_is_read() {
    let error = Dataset::read_csv(packed_fixture("cerebras_gpt.parquet")).unwrap_err();
    assert!(
        error.message().contains("holds Parquet, not text"),
        "{error}"
    );
    assert!(
        error
            .hint()
            .is_some_and(|h| h.contains("the feature 'parquet'"))
    );
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_is_the_table() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cerebras_gpt.csv");
    let plain = Dataset::read_csv(table).unwrap();
    let columns = Dataset::read_csv(packed_fixture("cerebras_gpt.parquet")).unwrap();
    assert_eq!(columns.digest(), plain.digest());
    let lines = |data: &Dataset| data.runs().iter().map(|r| r.line()).collect::<Vec<_>>();
    assert_eq!(lines(&columns), lines(&plain));
    // Readers of text get it as CSV.
    let text = read_bytes(&packed_fixture("cerebras_gpt.parquet")).unwrap();
    let text = Dataset::from_csv_bytes(&text, "t.csv", &plain_options()).unwrap();
    assert_eq!(
        (text.digest(), lines(&text)),
        (plain.digest(), lines(&plain))
    );
    let bytes = std::fs::read(packed_fixture("cerebras_gpt.parquet")).unwrap();
    let (data, understanding) = tables::read(&bytes, "t.parquet", &plain_options()).unwrap();
    assert_eq!(data.runs().len(), 7);
    assert_eq!(in_json(&understanding)["delimiter"], "columns");
}

#[cfg(feature = "parquet")]
#[test]
fn damaged_parquet_is_an_error() {
    let whole = std::fs::read(packed_fixture("cerebras_gpt.parquet")).unwrap();
    for at in (5..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        let _ = tables::read(&damaged, "t.parquet", &plain_options());
        let cut = tables::read(&whole[..at], "t.parquet", &plain_options());
        assert!(cut.is_err(), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_never_makes_it_panic(
        rows in 1..300usize, at in any::<proptest::sample::Index>(), bit in 0..8u32, by_gzip: bool, noise in proptest::collection::vec(any::<u8>(), 0..40)
    ) {
        let mut text = "compute,loss\n".to_owned();
        for row in 1..=rows {
            text += &format!("{row}e18,{}\n", 2.0 + 1.0 / row as f64);
        }
        let sound = if by_gzip { gzip(text.as_bytes()) } else { zstd(text.as_bytes()) };
        let source = Source::bytes(&sound, "t");
        prop_assert_eq!(source.read().unwrap(), text.as_bytes());
        let mut damaged = sound.clone();
        damaged[at.index(sound.len())] ^= 1 << bit;
        let _ = tables::read(&damaged, "t", &plain_options());
        let mut followed = sound.clone();
        followed.extend(&noise);
        let _ = tables::read(&followed, "t", &plain_options());
        let mut headed = sound[..4].to_vec();
        headed.extend(&noise);
        let _ = tables::read(&headed, "t", &plain_options());
        let _ = Source::bytes(&headed, "t").opening();
    }
}
