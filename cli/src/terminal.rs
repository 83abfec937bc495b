//! The terminal's size and character set.

/// Rows of a chart in a terminal.
const ROWS: usize = 22;
/// Columns of a chart where no width is known, and the fewest and the most that it may have.
const COLUMNS: usize = 80;
const FEWEST: usize = 40;
const MOST: usize = 160;

/// Columns and rows for a chart, and whether Unicode can be shown.
pub fn chart_size() -> (usize, usize, bool) {
    let said = std::env::var("COLUMNS").ok();
    // Only the terminal that shows the result counts: a file must not depend on another one.
    let own = terminal_size::terminal_size_of(std::io::stdout());
    let own = own.map(|(width, _)| usize::from(width.0));
    (columns(said.as_deref(), own), ROWS, shows_unicode())
}

/// The columns of a chart: those that the user states, or else those of the terminal.
fn columns(said: Option<&str>, own: Option<usize>) -> usize {
    let said = said.and_then(|text| text.trim().parse().ok());
    // A terminal without a known width says 0.
    let known = said.or(own).filter(|columns| *columns > 0);
    known.unwrap_or(COLUMNS).clamp(FEWEST, MOST)
}

/// Whether the locale of this process says that the terminal can show Unicode.
pub fn shows_unicode() -> bool {
    has_unicode(|name| std::env::var(name).ok())
}

/// The first of these variables that is set and not empty decides, as POSIX requires. If none is
/// set, as on Windows and in many containers, the terminal is assumed to be modern and to show
/// Unicode.
fn has_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|locale| !locale.is_empty())
        .is_none_or(|locale| is_utf8(&locale))
}

/// Whether the character set of a locale, such as that of `en_US.UTF-8@euro`, is UTF-8. A locale
/// without a character set, such as `C`, is not UTF-8.
fn is_utf8(locale: &str) -> bool {
    let whole = locale.split('@').next().unwrap_or_default();
    let charset = whole.rsplit('.').next().unwrap_or_default();
    let letters = charset.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lc_all: Option<&str>, lc_ctype: Option<&str>, lang: Option<&str>) -> bool {
        has_unicode(|name| {
            let value = match name {
                "LC_ALL" => lc_all,
                "LC_CTYPE" => lc_ctype,
                _ => lang,
            };
            value.map(str::to_owned)
        })
    }

    #[test]
    fn a_chart_is_as_wide_as_its_terminal_unless_the_user_says_otherwise() {
        assert_eq!(columns(None, Some(132)), 132);
        assert_eq!(columns(Some("90"), Some(132)), 90);
        assert_eq!(columns(Some("wide"), Some(132)), 132);
        for unknown in [
            columns(None, None),
            columns(Some("x"), None),
            columns(None, Some(0)),
        ] {
            assert_eq!(unknown, 80);
        }
        assert_eq!(
            (columns(None, Some(7)), columns(None, Some(999))),
            (40, 160)
        );
    }

    #[test]
    fn locales_of_utf8_show_unicode_and_others_do_not() {
        for locale in [
            "en_US.UTF-8",
            "de_DE.utf8",
            "C.UTF-8",
            "C.utf8",
            "UTF-8",
            "sr_RS.UTF-8@latin",
        ] {
            assert!(of(None, None, Some(locale)), "{locale}");
        }
        for locale in ["C", "POSIX", "en_US", "de_DE.ISO-8859-1", "ja_JP.SJIS"] {
            assert!(!of(None, None, Some(locale)), "{locale}");
        }
    }

    #[test]
    fn the_first_variable_that_is_set_and_not_empty_decides() {
        let (utf, c) = (Some("en_US.UTF-8"), Some("C"));
        assert!(!of(c, utf, utf));
        assert!(of(utf, c, c));
        assert!(!of(None, c, utf));
        assert!(of(None, utf, c));
        assert!(of(Some(""), utf, c));
        assert!(!of(Some(""), Some(""), c));
        assert!(of(Some(""), Some(""), utf));
        assert!(of(None, None, None));
        assert!(of(Some(""), Some(""), Some("")));
    }
}
