//! Tables that the programs of this package write between marks in the documentation, and the check
//! whether they are stale.

use scalewise::{Error, ErrorKind, Result};
use std::path::Path;

/// The folder of the repository.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Writes a file of the repository.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| {
        Error::new(ErrorKind::Io, error.to_string()).at(&path.to_string_lossy(), None, None)
    })
}

/// A generated table and the name in its mark.
pub struct Table {
    /// The name in the mark.
    pub name: String,
    /// In Markdown.
    pub text: String,
}

/// Puts the tables into the page between `<!-- NAME: cargo run --release -p studies --bin PROGRAM
/// -->` and `<!-- end -->`. With `check` nothing is written, and a number that differs by more than
/// `stale` is an error.
pub fn publish(page: &str, program: &str, tables: &[Table], check: bool, stale: f64) -> Result<()> {
    let path = root().join(page);
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    let fault = |message: String| {
        Error::new(ErrorKind::Data, message)
            .at(page, None, None)
            .with_hint(format!(
                "run: cargo run --release -p studies --bin {program}"
            ))
    };
    let mut text = there.clone();
    for table in tables {
        text = replaced(&text, program, table)
            .ok_or_else(|| fault(format!("the marks around '{}' are missing", table.name)))?;
    }
    if !check {
        return write(&path, text.as_bytes());
    }
    if agree(&there, &text, stale) {
        return Ok(());
    }
    Err(fault("its tables are stale".to_owned()))
}

fn replaced(text: &str, program: &str, table: &Table) -> Option<String> {
    let start = format!(
        "<!-- {}: cargo run --release -p studies --bin {program} -->\n",
        table.name
    );
    let (before, rest) = text.split_once(&start)?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}{start}{}<!-- end -->{after}", table.text))
}

/// Whether two texts are equal up to rounding of the numbers in tables.
pub fn agree(there: &str, now: &str, stale: f64) -> bool {
    let number = |cell: &str| cell.trim().trim_end_matches(" %").parse::<f64>().ok();
    let same = |p: &str, q: &str| match (number(p), number(q)) {
        (Some(p), Some(q)) if p.is_finite() => (p - q).abs() <= stale + 1e-9,
        _ => p == q,
    };
    let (there, now): (Vec<&str>, Vec<&str>) = (there.lines().collect(), now.lines().collect());
    there.len() == now.len()
        && there.iter().zip(&now).all(|(p, q)| {
            let (p, q): (Vec<&str>, Vec<&str>) = (p.split('|').collect(), q.split('|').collect());
            p.len() == q.len() && p.iter().zip(&q).all(|(p, q)| same(p, q))
        })
}
