//! The words of this command, including defaults from `scalewise.toml`, from which it can be
//! repeated.

use scalewise::internal::shell_quoted;
use std::ffi::OsString;
use std::sync::OnceLock;

static WORDS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Stores the words; only the first call of a process has an effect.
pub fn remember(words: &[OsString]) {
    // A library that runs two commands in one process keeps the words of the first.
    let _ = WORDS.set(words.to_vec());
}

/// Everything after the program's name.
fn words() -> impl Iterator<Item = &'static OsString> {
    WORDS.get().into_iter().flatten().skip(1)
}

/// Everything after the program's name, as texts.
pub fn typed() -> Vec<String> {
    words()
        .map(|word| word.to_string_lossy().into_owned())
        .collect()
}

/// This command with more words, which need no quotes.
pub fn with(more: &str) -> String {
    format!("{} {more}", again())
}

/// This forecast command as a report command.
pub fn as_report() -> String {
    format!(
        "{} -o page.html",
        again().replacen(" forecast ", " report ", 1)
    )
}

/// This command as it must be typed to repeat it, also in a folder with other defaults.
pub fn again() -> String {
    let typed = words().map(|word| shell_quoted(&word.to_string_lossy()));
    std::iter::once("scalewise".to_owned())
        .chain(typed)
        .collect::<Vec<_>>()
        .join(" ")
}
