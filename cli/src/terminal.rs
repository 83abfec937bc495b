//! The terminal's size and character set.

/// Rows of a chart in a terminal.
const ROWS: usize = 22;

/// Columns and rows for a chart, and whether Unicode can be shown.
pub fn chart_size() -> (usize, usize, bool) {
    let columns = std::env::var("COLUMNS").ok().and_then(|v| v.parse().ok());
    (columns.unwrap_or(80).clamp(40, 120), ROWS, shows_unicode())
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
