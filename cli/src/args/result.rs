//! Arguments for results, shared by many verbs.

use super::Format;
use clap::Args;
use scalewise::internal::check_level;
use std::path::PathBuf;

/// Where the result goes, and how.
#[derive(Debug, Args)]
pub struct ResultArgs {
    /// Write the result here instead of to standard output; a table of --format csv as Parquet if
    /// the name ends in .parquet
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result; json has all of it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// Parses a level, as a fraction such as 0.9 or in per cent such as 90% or 90. Parsing it as an
/// argument refuses it before anything is read or computed.
pub fn level(text: &str) -> std::result::Result<f64, String> {
    let unclear = || "a level is a probability such as 0.9, or per cent such as 90%".to_owned();
    let number = |text: &str| text.parse::<f64>().map_err(|_| unclear());
    // Dividing the text by 100 before rounding makes 99.9% exactly 0.999.
    let per_cent = |text: &str| number(&format!("{text}e-2"));
    let level = match text.trim().strip_suffix('%') {
        Some(written) => per_cent(written.trim_end())?,
        None => match number(text.trim())? {
            written if (50.0..=100.0).contains(&written) => per_cent(text.trim())?,
            written if written > 1.5 && written < 50.0 => return Err(unclear()),
            written => written,
        },
    };
    check_level(level).map_err(|e| e.to_string())?;
    Ok(level)
}

/// The library's default in the form that users type.
pub const LEVELS: &str = "0.8,0.9";

/// How sure the intervals are.
#[derive(Debug, Args)]
pub struct LevelArgs {
    /// Levels of the intervals, from 0.001 to 0.999999, or per cent such as 90 or 90%; calibrated
    /// intervals exist from 0.5 to 0.99
    #[arg(
        long,
        value_name = "P",
        value_parser = level,
        value_delimiter = ',',
        default_value = LEVELS
    )]
    level: Vec<f64>,
}

impl ResultArgs {
    /// Whether the result is printed for a person to read.
    pub fn is_read(&self) -> bool {
        self.format == Format::Text && self.output.is_none()
    }

    /// Whether the result goes to standard output.
    pub fn to_screen(&self) -> bool {
        self.output
            .as_deref()
            .is_none_or(|path| path.as_os_str() == "-")
    }
}

impl LevelArgs {
    /// The requested levels.
    pub fn all(&self) -> Vec<f64> {
        self.level.clone()
    }

    /// The highest of them.
    pub fn highest(&self) -> f64 {
        self.level.iter().copied().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_fractions_or_per_cent() {
        for (text, value) in [("0.9", 0.9), ("90", 0.9), ("90%", 0.9), ("99.9 %", 0.999)] {
            assert_eq!(level(text), Ok(value), "{text}");
        }
        for text in [
            "9", "1.2", "100", "0", "-90", "ninety", "%", "1e2%", "NaN", "inf",
        ] {
            assert!(level(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_default_is_that_of_the_library() {
        let typed: Vec<String> = scalewise::internal::LEVELS
            .iter()
            .map(f64::to_string)
            .collect();
        assert_eq!(typed.join(","), LEVELS);
    }
}
