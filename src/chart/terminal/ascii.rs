//! Texts for terminals that support only ASCII.

/// Writes powers of ten as 1e20 and replaces other non-ASCII characters by the nearest ones.
pub(super) fn to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut raised = false;
    for c in text.chars() {
        let digit = plain_digit(c);
        if let Some(digit) = digit {
            if !raised {
                begin_exponent(&mut out);
            }
            out.push(digit);
        } else {
            push(&mut out, c);
        }
        raised = digit.is_some();
    }
    out
}

/// Turns "6.3x10" into "6.3e" and "10" into "1e" in front of an exponent.
fn begin_exponent(out: &mut String) {
    if let Some(rest) = out.strip_suffix("x10") {
        out.truncate(rest.len());
        out.push('e');
    } else if let Some(rest) = out.strip_suffix("10") {
        out.truncate(rest.len());
        out.push_str("1e");
    } else {
        out.push('^');
    }
}

fn plain_digit(c: char) -> Option<char> {
    match c {
        '⁻' => Some('-'),
        '⁰' => Some('0'),
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        '⁴'..='⁹' => char::from_digit(u32::from(c) - 0x2070, 10),
        _ => None,
    }
}

fn push(out: &mut String, c: char) {
    match c {
        c if c.is_ascii() => out.push(c),
        '−' | '–' => out.push('-'),
        '—' => out.push_str("--"),
        '×' => out.push('x'),
        '·' => out.push('*'),
        '…' => out.push_str("..."),
        '‘' | '’' => out.push('\''),
        '“' | '”' => out.push('"'),
        '≤' => out.push_str("<="),
        '≥' => out.push_str(">="),
        '±' => out.push_str("+-"),
        '∞' => out.push_str("inf"),
        '\u{a0}' | '\u{202f}' => out.push(' '),
        _ => out.push('?'),
    }
}

#[cfg(test)]
mod tests {
    use super::to_ascii;

    #[test]
    fn powers_are_written_with_an_e() {
        assert_eq!(to_ascii("6.3×10²¹"), "6.3e21");
        assert_eq!(to_ascii("10⁻⁴ ≤ a — b²"), "1e-4 <= a -- b^2");
    }
}
