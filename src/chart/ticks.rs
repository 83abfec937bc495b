//! The ticks of an axis and their labels: 4 to 8 labels on any axis, whatever its range.

use super::range::Span;
use super::spec::Scale;
use crate::said::Said;

/// The fewest labels an axis has.
const FEWEST: usize = 4;
/// The most labels an axis has.
pub(super) const MOST: usize = 8;
/// The number of labels that reads best.
const IDEAL: f64 = 6.0;
/// Most minor ticks; more would look like a solid band.
const MOST_MINOR: usize = 80;
/// Mantissas of marks within a decade, from coarse to fine.
const MANTISSAS: [&[f64]; 4] = [
    &[1.0, 3.0],
    &[1.0, 2.0, 5.0],
    &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
    &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0],
];
/// Steps between decade ticks on very long axes.
const DECADE_STEPS: [i32; 16] = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 80, 100];

/// A labelled tick.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// All ticks of an axis, in increasing order and inside its range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    pub(super) major: Vec<Tick>,
    pub(super) minor: Vec<f64>,
}

/// The ticks for a range, with at most `most` labels if that is possible (it is for 8).
pub(super) fn ticks(span: &Span, most: usize) -> Ticks {
    let most = most.clamp(FEWEST, MOST);
    match span.scale {
        Scale::Linear => linear(span, most),
        Scale::Log => logarithmic(span, most),
    }
}

fn linear(span: &Span, most: usize) -> Ticks {
    let (step, values) = even_steps(span, most);
    let minor = multiples(
        span,
        step / if step_is_two(step) { 4.0 } else { 5.0 },
        MOST_MINOR,
    );
    Ticks {
        major: with_labels(values),
        minor,
    }
}

/// Whether the leading digit of a step is 2, which divides into four parts rather than five.
fn step_is_two(step: f64) -> bool {
    let lead = step / 10f64.powf(step.log10().floor());
    (1.5..2.2).contains(&lead)
}

fn logarithmic(span: &Span, most: usize) -> Ticks {
    let decades = decades_within(span, 1);
    if decades.len() >= FEWEST {
        let step = DECADE_STEPS
            .into_iter()
            .find(|step| decades_within(span, *step).len() <= most)
            .unwrap_or(100);
        let minor = if step == 1 {
            decade_marks(span, &[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
        } else if decades.len() <= MOST_MINOR {
            decades
        } else {
            Vec::new()
        };
        return Ticks {
            major: with_labels(decades_within(span, step)),
            minor,
        };
    }
    let (_, even) = even_steps(span, most);
    let major = MANTISSAS
        .iter()
        .map(|marks| decade_marks(span, marks))
        .chain([even.clone()])
        .filter(|values| (FEWEST..=most).contains(&values.len()))
        .min_by(|a, b| unevenness(a, span).total_cmp(&unevenness(b, span)))
        .unwrap_or(even);
    let minor = if decades.is_empty() {
        let (step, _) = even_steps(span, most);
        multiples(span, step / 2.0, MOST_MINOR)
    } else {
        decade_marks(span, &[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
    };
    Ticks {
        major: with_labels(major),
        minor,
    }
}

/// One tick a name, at 1, 2 and so on.
pub(super) fn named(names: &[String]) -> Ticks {
    let tick = |(k, name): (usize, &String)| Tick {
        value: (k + 1) as f64,
        label: name.clone(),
    };
    Ticks {
        major: names.iter().enumerate().map(tick).collect(),
        minor: Vec::new(),
    }
}

/// Choices of two and three labels for an axis without room for more, the fullest first.
pub(super) fn sparse(span: &Span) -> Vec<Ticks> {
    let fullest = ticks(span, FEWEST);
    let marks: Vec<Vec<f64>> = match span.scale {
        Scale::Linear => Vec::new(),
        Scale::Log => {
            let coarse: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
            let marks = coarse.iter().map(|marks| decade_marks(span, marks));
            let marks = marks.filter(|values| values.len() > 1);
            let ends = |values: &Vec<f64>| vec![values[0], values[values.len() - 1]];
            marks.flat_map(|values| [ends(&values), values]).collect()
        }
    };
    let choices = marks.into_iter().map(|values| Ticks {
        major: with_labels(values),
        minor: fullest.minor.clone(),
    });
    let mut all: Vec<Ticks> = choices.collect();
    all.sort_by_key(|ticks| std::cmp::Reverse(ticks.major.len()));
    all
}

/// How far a choice of ticks is from the ideal number of equal gaps that fill the axis.
fn unevenness(values: &[f64], span: &Span) -> f64 {
    let ends = [0.0].into_iter();
    let places: Vec<f64> = ends
        .chain(values.iter().filter_map(|v| span.place(*v)))
        .chain([1.0])
        .collect();
    let widest = places
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .fold(0.0, f64::max);
    let narrowest = places
        .windows(2)
        .skip(1)
        .take(values.len().saturating_sub(1))
        .map(|pair| pair[1] - pair[0])
        .fold(1.0, f64::min);
    widest - narrowest + 0.02 * (values.len() as f64 - IDEAL).abs()
}

/// Multiples of the step (1, 2, 2.5 or 5 times a power of ten) that gives the best number of
/// labels. A step is at most twice the next smaller one, so one of them gives 4 to 8.
fn even_steps(span: &Span, most: usize) -> (f64, Vec<f64>) {
    let top = (span.hi - span.lo).log10().floor() as i32;
    let steps = (top - 2..=top)
        .flat_map(|exponent| [1.0, 2.0, 2.5, 5.0].map(|lead| lead * power_of_ten(exponent)));
    let distance = |values: &[f64]| {
        let beyond = values.len().saturating_sub(most) + FEWEST.saturating_sub(values.len());
        100.0 * beyond as f64 + (values.len() as f64 - IDEAL.min(most as f64)).abs()
    };
    steps
        .map(|step| (step, multiples(span, step, 4 * MOST)))
        .filter(|(_, values)| !values.is_empty())
        .min_by(|a, b| distance(&a.1).total_cmp(&distance(&b.1)))
        .unwrap_or((1.0, Vec::new()))
}

/// The multiples of `step` inside the range; none if there are more than `limit`.
fn multiples(span: &Span, step: f64, limit: usize) -> Vec<f64> {
    // A step below one is kept as a divisor: 3 / 10 is 0.3, but 3 * 0.1 is not.
    let divisor = (1.0 / step).round();
    let exact = step < 1.0 && divisor < 1e15 && (divisor * step - 1.0).abs() < 1e-9;
    let (first, last) = ((span.lo / step).floor(), (span.hi / step).ceil());
    let gaps = last - first;
    if gaps.is_nan() || gaps > limit as f64 + 2.0 {
        return Vec::new();
    }
    let count = (last - first) as usize;
    let mut values: Vec<f64> = (0..=count)
        .map(|i| first + i as f64)
        .map(|n| if exact { n / divisor } else { n * step })
        .filter(|v| (span.lo..=span.hi).contains(v))
        .collect();
    values.dedup();
    values
}

/// The powers of ten inside the range whose exponents are multiples of `step`.
fn decades_within(span: &Span, step: i32) -> Vec<f64> {
    let first = (span.lo.log10() / f64::from(step)).floor() as i32;
    let last = (span.hi.log10() / f64::from(step)).ceil() as i32;
    (first..=last)
        .map(|n| power_of_ten(n * step))
        .filter(|v| (span.lo..=span.hi).contains(v))
        .collect()
}

/// `marks` times every power of ten, if they lie inside the range.
fn decade_marks(span: &Span, marks: &[f64]) -> Vec<f64> {
    let first = span.lo.log10().floor() as i32;
    let last = span.hi.log10().floor() as i32;
    (first..=last)
        .flat_map(|exponent| marks.iter().map(move |mark| times_ten_to(*mark, exponent)))
        .filter(|v| (span.lo..=span.hi).contains(v))
        .collect()
}

fn power_of_ten(exponent: i32) -> f64 {
    times_ten_to(1.0, exponent)
}

/// `mantissa` × 10^`exponent`, correctly rounded, because it is parsed as a decimal number.
fn times_ten_to(mantissa: f64, exponent: i32) -> f64 {
    format!("{mantissa}e{exponent}").parse().unwrap_or(0.0)
}

fn with_labels(values: Vec<f64>) -> Vec<Tick> {
    let labels = labels(&values);
    values
        .into_iter()
        .zip(labels)
        .map(|(value, label)| Tick { value, label })
        .collect()
}

/// Labels: evenly spaced numbers have the same number of decimals, and long numbers are written as
/// powers of ten.
fn labels(values: &[f64]) -> Vec<String> {
    let sizes = values.iter().map(|v| v.abs()).filter(|v| *v > 0.0);
    let largest = sizes.clone().fold(0.0, f64::max);
    let smallest = sizes.fold(f64::INFINITY, f64::min);
    let plain = largest < 99_999.5 && smallest > 0.000_99;
    let texts: Vec<String> = values
        .iter()
        .map(|v| {
            if plain {
                decimal(*v, 9)
            } else {
                scientific(*v)
            }
        })
        .collect();
    if !plain || largest / smallest > 20.0 {
        return texts;
    }
    let decimals = texts
        .iter()
        .filter_map(|text| text.split_once('.').map(|(_, digits)| digits.len()))
        .max()
        .unwrap_or(0);
    if is_even(values) {
        values
            .iter()
            .map(|v| format!("{:.decimals$}", Said(*v)).replace('-', "−"))
            .collect()
    } else {
        texts
    }
}

fn is_even(values: &[f64]) -> bool {
    let gaps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (lo, hi) = gaps.iter().fold((f64::INFINITY, 0.0f64), |(lo, hi), g| {
        (lo.min(*g), hi.max(*g))
    });
    hi - lo < 0.01 * hi
}

/// A number in plain digits without trailing zeros.
fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", Said(value)).replace('-', "−");
    if text.contains('.') {
        let short = text.trim_end_matches('0').trim_end_matches('.');
        short.to_owned()
    } else {
        text
    }
}

/// A number as mantissa × 10ⁿ, without the mantissa if it is 1.
pub(super) fn scientific(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let text = format!("{value:.9e}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let power = format!("10{}", superscript(exponent));
    match mantissa {
        "1" => power,
        "-1" => format!("−{power}"),
        other => format!("{}×{power}", other.replace('-', "−")),
    }
}

pub(super) fn superscript(digits: &str) -> String {
    digits
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '0' => '⁰',
            '4'..='9' => char::from_u32(0x2070 + (u32::from(c) - u32::from('0'))).unwrap_or(c),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::spec::Axis;
    use proptest::prelude::*;

    fn span(scale: Scale, lo: f64, hi: f64) -> Span {
        let axis = Axis {
            scale,
            ..Axis::linear("").range(lo, hi)
        };
        Span::of(&axis, std::iter::empty()).expect("a usable range")
    }

    fn texts(scale: Scale, lo: f64, hi: f64) -> Vec<String> {
        let all = ticks(&span(scale, lo, hi), MOST);
        all.major.into_iter().map(|tick| tick.label).collect()
    }

    fn check(span: &Span) {
        let all = ticks(span, MOST);
        let values: Vec<f64> = all.major.iter().map(|tick| tick.value).collect();
        assert!((4..=8).contains(&values.len()), "{span:?}: {values:?}");
        for series in [&values, &all.minor] {
            assert!(
                series.windows(2).all(|p| p[0] < p[1]),
                "{span:?}: {series:?}"
            );
            assert!(series.iter().all(|v| (span.lo..=span.hi).contains(v)));
        }
        let mut labels: Vec<&str> = all.major.iter().map(|t| t.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), values.len(), "labels repeat: {labels:?}");
    }

    #[test]
    fn a_loss_axis_has_plain_numbers() {
        assert_eq!(
            texts(Scale::Log, 1.5, 2.6),
            ["1.6", "1.8", "2.0", "2.2", "2.4", "2.6"]
        );
        assert_eq!(
            texts(Scale::Log, 0.9, 11.0),
            ["1", "1.5", "2", "3", "5", "7", "10"]
        );
    }

    #[test]
    fn a_compute_axis_has_powers_of_ten() {
        assert_eq!(
            texts(Scale::Log, 1e18, 5e22),
            ["10¹⁸", "10¹⁹", "10²⁰", "10²¹", "10²²"]
        );
        assert_eq!(
            texts(Scale::Log, 0.009, 200.0),
            ["0.01", "0.1", "1", "10", "100"]
        );
    }

    #[test]
    fn a_linear_axis_counts_evenly() {
        assert_eq!(
            texts(Scale::Linear, -0.25, 0.25),
            ["−0.2", "−0.1", "0.0", "0.1", "0.2"]
        );
        assert_eq!(scientific(-2.5e-21), "−2.5×10⁻²¹");
    }

    proptest! {
        #[test]
        fn any_log_axis_has_four_to_eight_labels(
            start in -290.0..250.0f64,
            ratio in -4.36..1.602f64,
        ) {
            // The width runs from 1.0001 times to 40 decades.
            check(&span(Scale::Log, 10f64.powf(start), 10f64.powf(start + 10f64.powf(ratio))));
        }

        #[test]
        fn any_linear_axis_has_four_to_eight_labels(
            start in -1e6..1e6f64,
            size in -4.0..40.0f64,
            unit in -100.0..100.0f64,
        ) {
            let unit = 10f64.powf(unit);
            let width = (start.abs() + 1.0) * 10f64.powf(size);
            check(&span(Scale::Linear, start * unit, (start + width) * unit));
        }
    }

    #[test]
    fn the_longest_axes_have_labels_too() {
        check(&span(Scale::Log, 1e-300, 1e300));
        check(&span(Scale::Linear, -1e300, 1e300));
        check(&span(Scale::Linear, 0.0, 1e-290));
    }
}
