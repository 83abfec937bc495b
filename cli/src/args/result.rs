//! What many verbs ask about their result.

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

/// A level that an argument gives: refused before anything is read or computed.
pub fn level(text: &str) -> std::result::Result<f64, String> {
    let level = text
        .parse()
        .map_err(|_| "a level is a probability, such as 0.9".to_owned())?;
    check_level(level).map_err(|e| e.to_string())?;
    Ok(level)
}

/// The library's default as it is typed.
const LEVELS: &str = "0.8,0.9";

/// How sure the intervals are.
#[derive(Debug, Args)]
pub struct LevelArgs {
    /// Levels of the intervals, from 0.001 to 0.999999; calibrated intervals exist from 0.5 to 0.99
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
    /// Whether the result goes to standard output.
    pub fn to_screen(&self) -> bool {
        self.output
            .as_deref()
            .is_none_or(|path| path.as_os_str() == "-")
    }
}

impl LevelArgs {
    /// The levels asked for.
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
    fn the_default_is_that_of_the_library() {
        let typed: Vec<String> = scalewise::internal::LEVELS
            .iter()
            .map(f64::to_string)
            .collect();
        assert_eq!(typed.join(","), LEVELS);
    }
}
