//! Writes to standard output and standard error; nothing else does.

use super::args::When;
use super::outcome::Outcome;
use super::progress::Bar;
use super::words;
use anstream::{AutoStream, ColorChoice};
use anstyle::AnsiColor;
use scalewise::internal::one_line;
use scalewise::{Error, ErrorKind, Result};
use std::io::{IsTerminal, Write};

/// Prints results to standard output and everything else to standard error.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    quiet: bool,
    choice: ColorChoice,
}

impl Printer {
    pub fn new(quiet: bool, color: When) -> Printer {
        let choice = match color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        Printer { quiet, choice }
    }

    /// Prints a result. It is not an error if a reader stops early (`| head`).
    pub fn out(&self, text: &str) -> Result<Outcome> {
        let mut stream = AutoStream::new(std::io::stdout().lock(), self.choice);
        match stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
        {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(unprintable(&e)),
            _ => Ok(Outcome::Done),
        }
    }

    /// Whether a person reads the results on a terminal and wants notes as well.
    pub fn is_watched(&self) -> bool {
        !self.quiet && std::io::stdout().is_terminal()
    }

    /// A progress bar for a long computation, if a person watches.
    pub fn progress(&self, what: &'static str) -> Bar {
        Bar::new(what, !self.quiet && std::io::stderr().is_terminal())
    }

    /// Prints a note beside the result, unless told to be quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.err(&one_line(text));
        }
    }

    /// Suggests the next command, to people only.
    pub fn next(&self, command: &str) {
        if std::io::stderr().is_terminal() {
            self.note(&format!("next: {command}"));
        }
    }

    /// Prints an error, its place and its hint.
    pub fn error(&self, error: &Error) {
        let error = error.clone().in_words(words::flag);
        let red = AnsiColor::Red.on_default().bold();
        self.err(&format!("{red}error:{red:#} {error}"));
        if let Some(hint) = error.hint() {
            let cyan = AnsiColor::Cyan.on_default();
            let hint = one_line(hint);
            self.err(&format!("\n{cyan}hint:{cyan:#} {hint}"));
        }
    }

    /// Prints the columns that an error is about.
    pub fn columns(&self, lines: &[String]) {
        let cyan = AnsiColor::Cyan.on_default();
        self.err(&format!("\n{cyan}columns:{cyan:#}"));
        for line in lines {
            self.err(&format!("  {}", one_line(line)));
        }
    }

    /// Prints the command to type after an error.
    pub fn try_this(&self, command: &str) {
        let cyan = AnsiColor::Cyan.on_default();
        self.err(&format!("\n{cyan}try:{cyan:#} {}", one_line(command)));
    }

    /// A whole command, for a verb that was typed without what it needs.
    pub fn example(&self, command: &str) {
        let cyan = AnsiColor::Cyan.on_default();
        self.err(&format!("\n{cyan}example:{cyan:#} {}", one_line(command)));
    }

    fn err(&self, text: &str) {
        let mut stream = AutoStream::new(std::io::stderr().lock(), self.choice);
        // If standard error fails, there is no way to report it.
        let _ = writeln!(stream, "{text}");
    }
}

/// The error of writing to standard output, as on a full disk.
pub fn unprintable(error: &std::io::Error) -> Error {
    let message = format!("standard output cannot be written: {error}");
    Error::new(ErrorKind::Io, message)
}
