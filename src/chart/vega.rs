//! A chart as a specification for Vega-Lite 5 (vega.github.io/vega-lite), with its data inside.

use super::range::{Span, spans, usable};
use super::spec::{
    Axis, BandPoint, Color, Content, Drawing, Figure, HeatCell, Layer, Marker, MarkerShape, Panel,
    Scale, XY,
};
use super::theme::{Rgb, Theme};
use super::ticks;
use super::typeset;
use serde_json::{Value, json};

const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v5.json";
/// A star with five rays, and a diagonal cross, in a square from −1 to 1.
const STAR: &str = "M0,-1L0.247,-0.34L0.951,-0.309L0.399,0.13L0.588,0.809L0,0.42L-0.588,0.809\
                    L-0.399,0.13L-0.951,-0.309L-0.247,-0.34Z";
const CROSS: &str = "M-0.7,-0.7L0.7,0.7M0.7,-0.7L-0.7,0.7";
/// The format of a tick label: with an exponent if it is very large or very small.
const TICK: &str = "datum.value == 0 || (abs(datum.value) >= 0.001 && abs(datum.value) < 10000) \
                    ? format(datum.value, '~g') : format(datum.value, '~e')";
/// Beyond this fraction of the horizontal axis, labels are to the left of their marks.
const RIGHT: f64 = 0.7;
/// Areas of marks in square pixels.
const DISC: u32 = 36;
const STAR_AREA: u32 = 160;

/// The specification as text.
pub(super) fn specification(drawing: &Drawing, theme: &Theme) -> String {
    let mut all = match &typeset::drawing(drawing) {
        Drawing::Panel(panel) => paneled(panel, theme),
        Drawing::Figure(figure) => figured(figure, theme),
    };
    all["$schema"] = json!(SCHEMA);
    all["background"] = json!(hex(theme.background()));
    all["config"] = config(theme);
    let mut text = all.to_string();
    text.push('\n');
    text
}

fn figured(figure: &Figure, theme: &Theme) -> Value {
    let panels: Vec<Value> = figure.panels.iter().map(|p| paneled(p, theme)).collect();
    let mut all = json!({
        "description": figure.description,
        "concat": panels,
        "columns": figure.columns.max(1),
        // A colour may have different meanings in different panels.
        "resolve": {"scale": {"color": "independent"}},
    });
    if !figure.untitled {
        all["title"] = headline(&figure.title, &[figure.subtitle.as_deref()]);
    }
    all
}

fn headline(title: &str, below: &[Option<&str>]) -> Value {
    let lines: Vec<&str> = below.iter().flatten().copied().collect();
    json!({"text": title, "subtitle": lines, "anchor": "start"})
}

fn paneled(panel: &Panel, theme: &Theme) -> Value {
    let mut layers: Vec<&Layer> = panel.layers.iter().collect();
    layers.sort_by_key(|layer| layer.content.height());
    let drawn = match spans(panel) {
        Some(spans) => {
            let place = Place {
                panel,
                spans,
                theme,
                legend: legend(&layers, theme),
            };
            let drawn = layers.iter().flat_map(|l| place.layer(l));
            drawn.filter(has_data).collect()
        }
        None => vec![json!({"data": {"values": []}, "mark": "point"})],
    };
    let mut one = json!({
        "description": panel.description,
        "width": theme.width(),
        "height": theme.height(),
        "layer": drawn,
    });
    if !panel.untitled {
        let below = [panel.subtitle.as_deref(), panel.note.as_deref()];
        one["title"] = headline(&panel.title, &below);
    }
    one
}

/// Whether a layer has data; an empty one would still appear in the legend.
fn has_data(layer: &Value) -> bool {
    let values = layer["data"]["values"].as_array();
    values.is_some_and(|values| !values.is_empty())
}

/// The labels of the layers with their colours, each once.
fn legend(layers: &[&Layer], theme: &Theme) -> Value {
    let mut names: Vec<&str> = Vec::new();
    let mut colors = Vec::new();
    for layer in layers {
        if let Some(label) = &layer.label
            && !names.contains(&label.as_str())
        {
            names.push(label);
            colors.push(hex(theme.line(layer.color)));
        }
    }
    json!({"domain": names, "range": colors})
}

/// A panel whose axes have fixed ends.
struct Place<'a> {
    panel: &'a Panel,
    spans: (Span, Span),
    theme: &'a Theme,
    legend: Value,
}

impl Place<'_> {
    /// The marks of a layer: one mark, and texts if marks have labels.
    fn layer(&self, layer: &Layer) -> Vec<Value> {
        let x = self.axis("x", &self.panel.x, &self.spans.0);
        let y = self.axis("y", &self.panel.y, &self.spans.1);
        let color = self.color(layer);
        let fixed = |datum: f64, axis: &Value| {
            let mut at = axis.clone();
            at["datum"] = json!(datum);
            at.as_object_mut().map(|at| at.remove("field"));
            at
        };
        let one = |values: Vec<Value>, mark: Value, encoding: Value| {
            let mut encoding = encoding;
            encoding["color"] = color.clone();
            json!({"data": {"values": values}, "mark": mark, "encoding": encoding})
        };
        match &layer.content {
            Content::Line { points, dash } => {
                let dash = dash.lengths();
                let mark = json!({"type": "line", "clip": true, "strokeDash": dash});
                let detail = json!({"field": "piece", "type": "nominal"});
                let order = json!({"field": "place", "type": "quantitative"});
                let encoding = json!({"x": x, "y": y, "detail": detail, "order": order});
                vec![one(self.points(points), mark, encoding)]
            }
            Content::Band(stations) => {
                let opacity = self.theme.band_opacity();
                let mark = json!({"type": "area", "clip": true, "opacity": opacity});
                let detail = json!({"field": "piece", "type": "nominal"});
                let encoding = json!({"x": x, "y": y, "y2": {"field": "y2"}, "detail": detail});
                vec![one(self.stations(stations), mark, encoding)]
            }
            Content::Markers { markers, shape } => {
                let tooltip = json!({"field": "words", "type": "nominal"});
                let encoding = json!({"x": x, "y": y, "tooltip": tooltip});
                let values = self.markers(markers);
                let marks = one(values, mark_of(*shape), encoding);
                let labels = markers.iter().filter(|m| self.shows(&(m.x, m.y)));
                let labels = labels.filter_map(|marker| {
                    let label = marker.label.as_ref()?;
                    let across = self.spans.0.place(marker.x)?;
                    let up = self.spans.1.place(marker.y)?;
                    let is_inside = [across, up].iter().all(|at| (0.0..=1.0).contains(at));
                    if !is_inside {
                        return None;
                    }
                    let is_right = across > RIGHT;
                    // An outcome is near its forecast, whose label is above.
                    let dy = if *shape == MarkerShape::Circle {
                        12
                    } else {
                        -9
                    };
                    let (align, dx) = if is_right { ("right", -9) } else { ("left", 9) };
                    let mark = json!({"type": "text", "align": align, "dx": dx, "dy": dy});
                    let ink = json!({"value": hex(self.theme.text(layer.color))});
                    let text = json!({"value": label});
                    let encoding = json!({"x": x, "y": y, "text": text, "color": ink});
                    let values = json!([{"x": marker.x, "y": marker.y}]);
                    Some(json!({"data": {"values": values}, "mark": mark, "encoding": encoding}))
                });
                [marks].into_iter().chain(labels).collect()
            }
            &Content::Interval {
                x: at,
                lower,
                upper,
            } => {
                let ends = [(at, lower), (at, upper)];
                if !ends.iter().all(|end| self.shows(end)) {
                    return Vec::new();
                }
                let value = json!({"x": at, "y": lower, "y2": upper});
                let encoding = json!({"x": x, "y": y, "y2": {"field": "y2"}});
                vec![one(
                    vec![value],
                    json!({"type": "rule", "clip": true, "strokeWidth": 2}),
                    encoding,
                )]
            }
            &Content::Across {
                y: at,
                lower,
                upper,
            } => {
                let ends = [(lower, at), (upper, at)];
                if !ends.iter().all(|end| self.shows(end)) {
                    return Vec::new();
                }
                let value = json!({"x": lower, "x2": upper, "y": at});
                let encoding = json!({"x": x, "x2": {"field": "x2"}, "y": y});
                vec![one(
                    vec![value],
                    json!({"type": "rule", "clip": true, "strokeWidth": 2}),
                    encoding,
                )]
            }
            Content::Heat(cells) => {
                let shade = json!({
                    "field": "shade",
                    "type": "quantitative",
                    "scale": {"domain": [0, 1], "range": [0, 1]},
                    "legend": null,
                });
                let ends = |field: &str| json!({"field": field});
                let encoding = json!({
                    "x": x, "x2": ends("x2"), "y": y, "y2": ends("y2"), "opacity": shade,
                });
                vec![one(
                    self.cells(cells),
                    json!({"type": "rect", "clip": true}),
                    encoding,
                )]
            }
            Content::VerticalRule(at) if usable(*at, self.panel.x.scale) => {
                vec![one(vec![json!({})], rule(), json!({"x": fixed(*at, &x)}))]
            }
            Content::HorizontalRule(at) if usable(*at, self.panel.y.scale) => {
                vec![one(vec![json!({})], rule(), json!({"y": fixed(*at, &y)}))]
            }
            Content::VerticalRule(_) | Content::HorizontalRule(_) => Vec::new(),
        }
    }

    fn axis(&self, field: &str, axis: &Axis, span: &Span) -> Value {
        let ticks = match axis.names.is_empty() {
            true => ticks::ticks(span, ticks::MOST).major,
            false => ticks::named(&axis.names).major,
        };
        let places: Vec<f64> = ticks.iter().map(|tick| tick.value).collect();
        let label = match axis.names.is_empty() {
            true => TICK.to_owned(),
            false => format!("{}[datum.value - 1]", json!(axis.names)),
        };
        let scale = match axis.scale {
            Scale::Log => "log",
            Scale::Linear => "linear",
        };
        json!({
            "field": field,
            "type": "quantitative",
            "title": axis.label,
            "axis": {"values": places, "labelExpr": label},
            "scale": {"type": scale, "domain": [span.lo, span.hi], "nice": false, "zero": false},
        })
    }

    /// The colour, through the legend if the layer has a label.
    fn color(&self, layer: &Layer) -> Value {
        match &layer.label {
            Some(label) => json!({
                "datum": label,
                "type": "nominal",
                "scale": self.legend,
                "legend": {
                    "title": null, "orient": "bottom", "columns": 3, "labelLimit": 600,
                    "symbolOpacity": 1,
                },
            }),
            None => json!({"value": hex(self.theme.line(layer.color))}),
        }
    }

    fn shows(&self, (x, y): &XY) -> bool {
        usable(*x, self.panel.x.scale) && usable(*y, self.panel.y.scale)
    }

    /// The points of a line, in pieces if some cannot be shown.
    fn points(&self, points: &[XY]) -> Vec<Value> {
        let mut piece = 0;
        let mut values = Vec::new();
        for (place, point) in points.iter().enumerate() {
            match self.shows(point) {
                true => {
                    values.push(json!({"x": point.0, "y": point.1, "piece": piece, "place": place}))
                }
                false => piece += 1,
            }
        }
        values
    }

    fn stations(&self, stations: &[BandPoint]) -> Vec<Value> {
        let mut piece = 0;
        let mut values = Vec::new();
        for &(x, lower, upper) in stations {
            match self.shows(&(x, lower)) && self.shows(&(x, upper)) {
                true => values.push(json!({"x": x, "y": lower, "y2": upper, "piece": piece})),
                false => piece += 1,
            }
        }
        values
    }

    fn markers(&self, markers: &[Marker]) -> Vec<Value> {
        let shown = markers.iter().filter(|m| self.shows(&(m.x, m.y)));
        let value = |marker: &Marker| {
            let words = marker.hover.as_ref().or(marker.label.as_ref());
            json!({"x": marker.x, "y": marker.y, "label": marker.label, "words": words})
        };
        shown.map(value).collect()
    }

    fn cells(&self, cells: &[HeatCell]) -> Vec<Value> {
        let ends = |cell: &&HeatCell| {
            self.shows(&(cell.x.0, cell.y.0)) && self.shows(&(cell.x.1, cell.y.1))
        };
        let value = |cell: &HeatCell| {
            let ((x, x2), (y, y2)) = (cell.x, cell.y);
            json!({"x": x, "x2": x2, "y": y, "y2": y2, "shade": cell.shade})
        };
        cells.iter().filter(ends).map(value).collect()
    }
}

fn rule() -> Value {
    json!({"type": "rule", "clip": true, "strokeDash": [3, 3]})
}

fn mark_of(shape: MarkerShape) -> Value {
    let (shape, size, filled) = match shape {
        MarkerShape::Disc => ("circle", DISC, true),
        MarkerShape::Circle => ("circle", 2 * DISC, false),
        MarkerShape::Star => (STAR, STAR_AREA, true),
        MarkerShape::Cross => (CROSS, DISC, false),
        MarkerShape::Square => ("square", DISC, true),
        MarkerShape::Triangle => ("triangle-up", DISC, true),
        MarkerShape::Diamond => ("diamond", DISC, true),
    };
    json!({
        "type": "point", "shape": shape, "size": size, "filled": filled, "opacity": 1, "clip": true,
    })
}

fn config(theme: &Theme) -> Value {
    let (ink, muted) = (hex(theme.text(Color::Ink)), hex(theme.text(Color::Muted)));
    json!({
        "axis": {
            "labelColor": muted, "titleColor": ink, "gridColor": hex(theme.grid()),
            "domainColor": hex(theme.axis()), "tickColor": hex(theme.axis()),
        },
        "title": {"color": ink, "subtitleColor": muted},
        "legend": {"labelColor": ink},
        "view": {"stroke": null},
    })
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}
