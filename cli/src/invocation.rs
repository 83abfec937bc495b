//! The words of this command, with the defaults that `scalewise.toml` put in: how it is asked
//! again.

use scalewise::internal::shell_quoted;
use std::ffi::OsString;
use std::sync::OnceLock;

static WORDS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Keeps the words; the first call of a process counts.
pub fn remember(words: &[OsString]) {
    // A library that runs two commands in one process has the words of the first.
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

/// A forecast as the page that explains it.
pub fn as_report() -> String {
    format!(
        "{} -o page.html",
        again().replacen(" forecast ", " report ", 1)
    )
}

/// The command as it has to be typed again, also where another folder has other defaults.
pub fn again() -> String {
    let typed = words().map(|word| shell_quoted(&word.to_string_lossy()));
    std::iter::once("scalewise".to_owned())
        .chain(typed)
        .collect::<Vec<_>>()
        .join(" ")
}
