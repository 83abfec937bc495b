//! Helpers for messages: quoting the user's text, and guessing the intended name.

/// Most characters of the user's text that a message repeats.
pub(crate) const EXCERPT: usize = 40;

/// Longest name, in characters, that is compared with others to guess the intended one.
const LONGEST_NAME: usize = 1000;

/// Most names that a message lists.
const LISTED: usize = 12;

/// `text` for use in one line of a message: control characters escaped, cut after 40 characters.
pub fn excerpt(text: &str) -> String {
    let cut = text.char_indices().nth(EXCERPT);
    match cut {
        Some((end, _)) => one_line(&text[..end]) + "…",
        None => one_line(text),
    }
}

/// The whole `text` on one line, with unprintable characters escaped. All output for people passes
/// through this function or `lines`, so that text from a file cannot pass for output of the
/// program.
pub fn one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (c, printable) in judged(text) {
        match printable {
            true => shown.push(c),
            false => shown.extend(c.escape_default()),
        }
    }
    shown
}

/// The same for text with line breaks of the program's own.
pub(crate) fn lines(text: &str) -> String {
    text.split('\n')
        .map(one_line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// `text` with a space for every unprintable character, for pictures, whose layout counts
/// characters.
pub(crate) fn blanked(text: &str) -> String {
    judged(text)
        .map(|(c, printable)| if printable { c } else { ' ' })
        .collect()
}

/// Every character, and whether it can be printed there.
fn judged(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = ' ';
    text.chars().map(move |c| {
        // Some scripts and emoji need joiners between their letters.
        let joins = matches!(c, '\u{200c}' | '\u{200d}') && !before.is_ascii();
        let printable = joins || !is_unprintable(c);
        before = if is_unprintable(c) { ' ' } else { c };
        (c, printable)
    })
}

/// `text` without surrounding white space; fast if there is none.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Control characters, invisible characters that reorder or hide the text around them, and two that
/// XML forbids.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}' | '\u{ffff}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The text with a capital as its first letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// [`excerpt`] in single quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", excerpt(text))
}

/// `names` separated by commas; of a long list the rest is counted.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names
        .iter()
        .take(LISTED)
        .map(|name| excerpt(name))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > LISTED {
        text.push_str(&format!(" and {} more", names.len() - LISTED));
    }
    text
}

/// `word` quoted for a shell, in a message: long words are cut.
pub(crate) fn shell_word(word: &str) -> String {
    shell_quoted(&excerpt(word))
}

/// `word` quoted for a shell, in full.
pub fn shell_quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./,=:+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The candidate for which `wanted` is most likely a typing error, if one is close enough.
pub fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    let length = wanted.chars().count();
    let allowed = length / 3;
    // The cost is the product of both lengths, so very long names are not compared.
    let comparable = |candidate: &&str| {
        length <= LONGEST_NAME && candidate.chars().count().abs_diff(length) <= allowed
    };
    candidates
        .into_iter()
        .filter(comparable)
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = *cell;
            left = substituted.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
        row[0] = i + 1;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_stay_on_one_line() {
        assert_eq!(
            one_line("a\tb\n\u{1b}[31m\u{202e}é"),
            r"a\tb\n\u{1b}[31m\u{202e}é"
        );
        assert_eq!(
            one_line("a\u{2028}b\u{2066}c\u{85}d\u{7f}e\u{200b}f\u{ad}g\u{e0041}"),
            r"a\u{2028}b\u{2066}c\u{85}d\u{7f}e\u{200b}f\u{ad}g\u{e0041}"
        );
        assert_eq!(lines("a\r\nb\n"), "a\\r\nb\n");
        assert_eq!(blanked("a\nb\u{202e}é"), "a b é");
        let kept = "Größe 10–20 %, 損失, 👩‍🚀 ❤️ می‌خواهم";
        assert_eq!(one_line(kept), kept);
        assert_eq!(one_line("a\u{200d}b"), r"a\u{200d}b");
        assert_eq!(excerpt("a\tb\n\u{1b}[31m"), r"a\tb\n\u{1b}[31m");
        assert_eq!(excerpt("left\u{202e}right"), r"left\u{202e}right");
        assert_eq!(excerpt(&"é".repeat(41)), format!("{}…", "é".repeat(40)));
        assert_eq!(excerpt(&"é".repeat(40)), "é".repeat(40));
    }

    #[test]
    fn long_lists_are_counted() {
        let names: Vec<String> = (0..15).map(|i| format!("x{i}")).collect();
        let text = list(names.iter().map(String::as_str));
        assert!(text.ends_with("x10, x11 and 3 more"), "{text}");
        assert_eq!(list(["a", "b"]), "a, b");
    }

    #[test]
    fn shell_words_are_quoted_where_needed() {
        assert_eq!(shell_word("val_loss"), "val_loss");
        assert_eq!(shell_word("val loss"), "'val loss'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }

    #[test]
    fn distances_are_levenshtein() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("loss", "loss"), 0);
    }

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        assert_eq!(closest("los", ["model", "loss"]), Some("loss"));
        assert_eq!(closest("IS_TRIAN", ["is_train", "n"]), Some("is_train"));
        assert_eq!(closest("x", ["y"]), None);
        assert_eq!(closest("budget", ["loss", "compute"]), None);
    }
}
