//! The chart of a training run: the losses and the forecast above, the learning rate below.

use super::Chart;
use super::spec::{Axis, BandPoint, Color, Figure, Layer, Marker, Panel, XY};
use crate::ask::CurveAnswer;
use crate::number::{digits, percent};
use crate::runs::LogAxis;

/// The loss of a run as far as it is known, the forecast with its interval, and the learning rate.
#[must_use]
pub fn curve(answer: &CurveAnswer) -> Chart {
    let mut panels = vec![losses(answer)];
    panels.extend(rates(answer));
    let mut figure = Figure::new("The end of the run", panels);
    figure.columns = 1;
    figure.into()
}

fn axis(answer: &CurveAnswer) -> Axis {
    let label = match answer.log.axis {
        LogAxis::Step => "Step",
        LogAxis::Tokens => "Tokens",
    };
    Axis::linear(label).range(0.0, answer.forecast.end * 1.02)
}

fn losses(answer: &CurveAnswer) -> Panel {
    let f = &answer.forecast;
    let label = titled("Loss", answer.log.loss_column.as_deref());
    let after = |p: &&XY| p.0 > f.left_out_until;
    let (low, high) = answer
        .shown
        .iter()
        .filter(after)
        .map(|p| p.1)
        .chain(f.curve.iter().flat_map(|at| [at.interval.0, at.interval.1]))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
            (low.min(y), high.max(y))
        });
    let margin = 0.05 * (high - low).max(f64::MIN_POSITIVE);
    let mut panel = Panel::new(
        "Loss",
        axis(answer),
        Axis::linear(label).range(low - margin, high + margin),
    );
    let inside = |p: &&XY| (low - margin..=high + margin).contains(&p.1);
    let known: Vec<XY> = answer.shown.iter().filter(inside).copied().collect();
    panel = panel.layer(Layer::line(known, Color::Blue).label("log"));
    if answer.refusal().is_some() {
        return panel;
    }
    let band: Vec<BandPoint> = f
        .curve
        .iter()
        .map(|at| (at.step, at.interval.0, at.interval.1))
        .collect();
    let line: Vec<XY> = f.curve.iter().map(|at| (at.step, at.point)).collect();
    let level = answer.widest().map(|i| percent(i.level));
    let band = Layer::band(band, Color::Vermillion);
    panel = panel
        .layer(match level {
            Some(level) => band.label(format!("{level} interval")),
            None => band,
        })
        .layer(Layer::dashed_line(line, Color::Vermillion).label("forecast"));
    let ends = answer.widest().map(|i| (i.lower, i.upper));
    let star = Marker::new(f.end, f.point).label(digits(f.point, 4));
    panel.layers(Layer::star(star, ends)).description(format!(
        "The forecast at the end is {}.",
        digits(f.point, 5)
    ))
}

fn rates(answer: &CurveAnswer) -> Option<Panel> {
    let known = answer.rates.len() > 1;
    let label = titled("Learning rate", answer.log.lr_column.as_deref());
    let now = answer.forecast.now;
    let (logged, planned) = parted(&answer.rates, now);
    known.then(|| {
        let mut panel = Panel::new("Learning rate", axis(answer), Axis::linear(label));
        if logged.len() > 1 {
            panel = panel.layer(Layer::line(logged, Color::Green).label("logged"));
        }
        if planned.len() > 1 {
            panel = panel.layer(Layer::dashed_line(planned, Color::Purple).label("planned"));
        }
        panel.layer(Layer::vertical_rule(now).label("now"))
    })
}

/// What was logged until now, and what is planned from now on, which may begin with a jump.
fn parted(rates: &[XY], now: f64) -> (Vec<XY>, Vec<XY>) {
    let before = rates.iter().filter(|rate| rate.0 < now);
    let at = || rates.iter().filter(|rate| rate.0 == now);
    let after = rates.iter().filter(|rate| rate.0 > now);
    let logged = before.chain(at().take(1)).copied().collect();
    (
        logged,
        at().next_back().into_iter().chain(after).copied().collect(),
    )
}

/// What an axis shows, and the column that it comes from where that has another name.
fn titled(what: &str, column: Option<&str>) -> String {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], " ");
    match column.filter(|column| plain(column) != plain(what)) {
        Some(column) => format!("{what} ({column})"),
        None => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_begins_where_the_log_ends() {
        let rates = [(1.0, 0.4), (2.0, 0.3), (2.0, 0.3), (2.0, 0.2), (3.0, 0.1)];
        let (logged, planned) = parted(&rates, 2.0);
        assert_eq!(logged, [(1.0, 0.4), (2.0, 0.3)]);
        assert_eq!(planned, [(2.0, 0.2), (3.0, 0.1)]);
    }

    #[test]
    fn an_axis_says_what_it_shows_and_which_column() {
        assert_eq!(titled("Loss", Some("loss")), "Loss");
        assert_eq!(titled("Loss", None), "Loss");
        assert_eq!(
            titled("Learning rate", Some("learning_rate")),
            "Learning rate"
        );
        assert_eq!(titled("Loss", Some("val/ce")), "Loss (val/ce)");
    }
}
