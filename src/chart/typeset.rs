//! Numbers in the words of a picture as its axes have them: 2.3e22 as 2.3×10²², a minus sign before
//! negative ones, and no gap before %.
//!
//! Only what is drawn is set like this. What a screen reader speaks stays as plain as it is.

use super::spec::{Content, Drawing, Figure, Marker, Panel};
use super::ticks::superscript;

/// The drawing with all of its visible words set.
pub(super) fn drawing(drawing: &Drawing) -> Drawing {
    match drawing {
        Drawing::Panel(one) => Drawing::Panel(Box::new(panel(one))),
        Drawing::Figure(figure) => Drawing::Figure(Figure {
            title: text(&figure.title),
            subtitle: figure.subtitle.as_deref().map(text),
            panels: figure.panels.iter().map(panel).collect(),
            ..figure.clone()
        }),
    }
}

fn panel(panel: &Panel) -> Panel {
    let mut set = panel.clone();
    set.title = text(&set.title);
    set.subtitle = set.subtitle.as_deref().map(text);
    set.note = set.note.as_deref().map(text);
    if let Some(shades) = &mut set.shades {
        shades.label = text(&shades.label);
    }
    set.x.label = text(&set.x.label);
    set.y.label = text(&set.y.label);
    for layer in &mut set.layers {
        layer.label = layer.label.as_deref().map(text);
        if let Content::Markers { markers, .. } = &mut layer.content {
            let labelled = |marker: &&mut Marker| marker.label.is_some();
            for marker in markers.iter_mut().filter(labelled) {
                marker.label = marker.label.as_deref().map(text);
            }
        }
    }
    set
}

/// Sets the numbers of a text that stand by themselves: those inside of names stay as they are.
fn text(words: &str) -> String {
    let mut set = String::with_capacity(words.len());
    for (k, word) in words.split(' ').enumerate() {
        let is_percent = word.starts_with('%') && set.ends_with(|c: char| c.is_ascii_digit());
        if k > 0 && !is_percent {
            set.push(' ');
        }
        let start = word.trim_start_matches(['(', '[', '±', '~']);
        let number = start.trim_end_matches([',', ';', ':', ')', ']', '.', '%']);
        match number_of(number) {
            Some(number_set) => {
                set.push_str(&word[..word.len() - start.len()]);
                set.push_str(&number_set);
                set.push_str(&start[number.len()..]);
            }
            None => set.push_str(word),
        }
    }
    set
}

/// A number as it is set; `None` if the text is none.
fn number_of(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let sign = if digits.len() < text.len() { "−" } else { "" };
    let (mantissa, exponent) = match digits.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    if !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let Some(exponent) = exponent else {
        return Some(format!("{sign}{mantissa}"));
    };
    if !is_digits(exponent.strip_prefix('-').unwrap_or(exponent)) {
        return None;
    }
    let power = format!("10{}", superscript(exponent));
    Some(match mantissa {
        "1" => format!("{sign}{power}"),
        _ => format!("{sign}{mantissa}×{power}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_as_on_an_axis() {
        for (plain, set) in [
            (
                "Forecast loss 1.616 at 2.3e22 FLOP",
                "Forecast loss 1.616 at 2.3×10²² FLOP",
            ),
            ("b = -0.068, c = 0.47", "b = −0.068, c = 0.47"),
            ("the 90 % interval (1e-4)", "the 90% interval (10⁻⁴)"),
            ("from 4.8 % below to -4.6 %.", "from 4.8% below to −4.6%."),
        ] {
            assert_eq!(text(plain), set);
        }
    }

    #[test]
    fn names_and_formulas_stay_as_they_are() {
        for words in [
            "rung-1e14-w160h5-b12-lr0.0047-s0, actual",
            "lr=3e-4,bs=1024",
            "L(C) = a*C^b + c",
            "2024-01-02 e5 1e 5. a % b  two  spaces -",
        ] {
            assert_eq!(text(words), words);
        }
    }
}
