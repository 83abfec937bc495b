//! Lines are split by our own code, and records with quotes by the parser of the csv crate: both
//! must give what the csv crate alone gives.

use super::*;
use scalewise::internal::Rows;

/// The trimmed cells of all records that are not blank.
fn by_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        record
            .iter()
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    });
    rows.filter(|row| row.len() != 1 || !row[0].is_empty())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_the_csv_crate(body in "([ab,\"\r\n é]|,\"|\",|\n){0,40}") {
        let text = format!("x,y\n{body}");
        let wanted = by_csv(&text);
        match Rows::read(text.as_bytes(), "t.csv", None) {
            Ok(rows) => {
                let cells: Vec<Vec<String>> = rows.rows.into_iter().map(|row| row.cells).collect();
                prop_assert_eq!(&cells[..], &wanted[1..]);
            }
            Err(error) => {
                let ragged = wanted.iter().any(|row| row.len() != 2);
                let unclosed = error.message().contains("never closed");
                prop_assert!(ragged || unclosed || wanted.len() == 1, "{}", error);
            }
        }
    }
}
