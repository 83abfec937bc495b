//! Other points and widths that the recommended combination was held against.

use super::*;

pub fn points(cases: &[Case]) -> String {
    let names = [
        "power",
        "saturating",
        "shifted",
        "m3",
        "m4",
        "broken",
        "envelope",
        "quadrature",
        "recommended",
    ];
    let mut text = "| point | IC: cases | IC: mean error of ln L | all: cases | all: mean error of ln L | all: median, % | all: RMS, % |\n|---|---|---|---|---|---|---|\n".to_owned();
    for name in names {
        let errors = |image_only: bool| -> Vec<f64> {
            cases
                .iter()
                .filter(|c| !image_only || c.set == "IC")
                .filter_map(|c| Some((c.points.get(name)? - c.actual).abs()))
                .collect()
        };
        let (image, all) = (errors(true), errors(false));
        let _ = writeln!(
            text,
            "| {name} | {} | {:.4} | {} | {:.4} | {:.2} | {:.2} |",
            image.len(),
            mean(image.iter().copied()),
            all.len(),
            mean(all.iter().copied()),
            100.0 * quantile(all.clone(), 0.5),
            100.0 * mean(all.iter().map(|e| e * e)).sqrt(),
        );
    }
    text
}

/// Ways to make a point and half-widths from the members; none has a constant that was fitted.
const POINTS: [&str; 5] = [
    "envelope and quadrature",
    "six members",
    "median of six",
    "thirds",
    "half quadrature",
];
const WIDTHS: [&str; 3] = ["mean", "geometric mean", "larger"];

fn variant(case: &Case, point: &str, width: &str) -> Option<Said> {
    let (e, q) = (case.said.get("envelope")?, case.said.get("quadrature")?);
    let inside = |name: &str| Some(case.points.get(name)?.clamp(e.lower, e.upper));
    let forms: Vec<f64> = ["shifted", "m3", "m4", "broken"]
        .into_iter()
        .filter_map(inside)
        .collect();
    let six = || forms.iter().copied().chain([e.point, q.point]);
    let form = mean(forms.iter().copied());
    let centre = match point {
        "envelope and quadrature" => 0.5 * (e.point + q.point),
        "six members" => mean(six()),
        "median of six" => quantile(six().collect(), 0.5),
        "thirds" => (e.point + q.point + form) / 3.0,
        _ => 0.5 * q.point + 0.125 * e.point + 0.375 * form,
    };
    let half = |e: f64, q: f64| match width {
        "mean" => 0.5 * (e + q),
        "geometric mean" => (e * q).sqrt(),
        _ => e.max(q),
    };
    Some(Said {
        point: centre,
        lower: centre - half(e.point - e.lower, q.point - q.lower),
        upper: centre + half(e.upper - e.point, q.upper - q.point),
    })
}

/// Chooses the variant on all sets but one and scores it on that one.
pub fn nested(cases: &[Case]) -> String {
    let made = |set: &dyn Fn(&Case) -> bool, point: &str, width: &str| -> Vec<(Said, f64)> {
        cases
            .iter()
            .filter(|c| set(c))
            .filter_map(|c| Some((variant(c, point, width)?, c.actual)))
            .collect()
    };
    let mut text = format!(
        "| set left out | point chosen | half-widths chosen | {HEAD} |\n|---|---|---|---|---|---|---|---|\n"
    );
    let mut together = Vec::new();
    for left_out in set_names(cases) {
        let others = |c: &Case| c.set != left_out;
        let best = |choices: &[&'static str], cost: &dyn Fn(&str) -> f64| {
            choices
                .iter()
                .copied()
                .min_by(|a, b| cost(a).total_cmp(&cost(b)))
                .unwrap_or_default()
        };
        let point = best(&POINTS, &|p| Figures::of(&made(&others, p, "mean")).rms);
        let width = best(&WIDTHS, &|w| Figures::of(&made(&others, point, w)).score);
        let held = made(&|c| c.set == left_out, point, width);
        let _ = writeln!(
            text,
            "| {left_out} | {point} | {width} | {} |",
            Figures::of(&held).cells()
        );
        together.extend(held);
    }
    let _ = writeln!(text, "| all | | | {} |", Figures::of(&together).cells());
    for (point, width) in [
        ("thirds", "geometric mean"),
        ("envelope and quadrature", "mean"),
    ] {
        let fixed = made(&|_| true, point, width);
        let _ = writeln!(
            text,
            "| none: fixed | {point} | {width} | {} |",
            Figures::of(&fixed).cells()
        );
    }
    text
}
