//! Whole charts: the contents of the pictures, and robustness against any data.

use super::spec::{
    Axis, Color, Content, Dash, Figure, Home, Layer, Marker, MarkerShape, Panel, Scale,
};
use super::*;
use proptest::prelude::*;

const RUNS: [(f64, f64); 6] = [
    (2.6e18, 2.566),
    (1.3e19, 2.299),
    (6.1e19, 2.184),
    (2.8e20, 1.996),
    (1.1e21, 1.834),
    (6.3e21, 1.704),
];

/// Values of the law 0.6 + a·C^b at `count` places of equal ratio.
fn law(from: f64, to: f64, count: i32) -> Vec<(f64, f64)> {
    (0..=count)
        .map(|i| from * (to / from).powf(f64::from(i) / f64::from(count)))
        .map(|c| (c, 0.6 + 33.0 * c.powf(-0.067)))
        .collect()
}

pub(super) fn panel() -> Panel {
    let band = law(6.3e21, 4e22, 40).into_iter().enumerate();
    let band = band.map(|(i, (x, y))| {
        let half = 0.06 + 0.0025 * i as f64;
        (x, y - half, y + half)
    });
    let runs = RUNS.map(|(x, y)| Marker::new(x, y)).to_vec();
    let forecast = Marker::new(2.3e22, 1.596).label("forecast 1.596");
    let actual = vec![Marker::new(2.3e22, 1.575).label("13B, actual 1.575")];
    Panel::new(
        "Loss of the 13B model, forecast <\"&\"> actual",
        Axis::log("Training compute C (FLOP)"),
        Axis::log("Loss L (nats/token)"),
    )
    .description("Six runs & a forecast.")
    .note("How to read this chart: dashes mean extrapolation.")
    .layer(Layer::band(band.collect(), Color::Blue).label("90 % prediction"))
    .layer(Layer::line(law(2e18, 6.3e21, 100), Color::Blue).label("fitted law"))
    .layer(Layer::dashed_line(law(6.3e21, 4e22, 50), Color::Blue))
    .layer(Layer::vertical_rule(6.3e21).label("largest run fitted"))
    .layer(Layer::markers(runs, MarkerShape::Disc, Color::Ink).label("runs"))
    .layers(Layer::star(forecast, Some((1.49, 1.71))))
    .layer(Layer::markers(actual, MarkerShape::Circle, Color::Green))
}

fn example() -> Chart {
    panel().into()
}

/// A check of well-formedness that suffices for our output: tags match, attributes are quoted.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "a loose > after {tag}");
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes of {tag}");
        for entity in text.split('&').skip(1).chain(tag.split('&').skip(1)) {
            let name = entity.split_once(';').expect("an entity ends").0;
            assert!(["lt", "gt", "amp", "quot", "apos"].contains(&name));
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().expect("a name"));
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert!(
        !svg.contains("NaN") && !svg.contains("inf"),
        "a number that is none"
    );
    assert!(!svg.contains(|c: char| c.is_control() && c != '\n'));
}

fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let decoder = png::Decoder::new(std::io::Cursor::new(png));
    let mut reader = decoder.read_info().expect("a PNG header");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("a PNG frame");
    (info.width, info.height, pixels)
}

#[test]
fn an_svg_says_what_it_shows() {
    let svg = example().to_svg(&Theme::light());
    assert_well_formed(&svg);
    assert!(svg.contains("role=\"img\""));
    assert!(
        svg.contains(">Loss of the 13B model, forecast &lt;&quot;&amp;&quot;&gt; actual</title>")
    );
    assert!(svg.contains(">Six runs &amp; a forecast.</desc>"));
    assert!(svg.contains("width=\"760\" height=\"480\" viewBox=\"0 0 7600 4800\""));
    for words in [
        "10¹⁹",
        "fitted law",
        "largest run fitted",
        "13B, actual 1.575",
        "runs",
        "90% prediction",
    ] {
        assert!(svg.contains(words), "{words} is missing");
    }
    let blue_lines = svg
        .lines()
        .filter(|l| l.starts_with("<polyline") && l.contains("#0072B2"));
    assert!(blue_lines.count() > 8, "no dashes");
    assert_eq!(svg, example().to_svg(&Theme::light()));
}

/// A text of an SVG has the width of the layout, whatever font a reader has, unless the embedded
/// font lacks one of its characters.
#[test]
fn texts_of_an_svg_have_the_width_of_the_layout() {
    let texts = |chart: Chart| {
        let svg = chart.to_svg(&Theme::light());
        let texts = svg.split("<text ").skip(1).map(str::to_owned);
        texts.collect::<Vec<String>>()
    };
    let plain = texts(example());
    assert!(
        plain.iter().all(|text| text.contains("textLength=")),
        "{plain:?}"
    );
    let wide = texts(example().titled("\u{6d4b}\u{8bd5} W"));
    let without = wide.iter().filter(|text| !text.contains("textLength="));
    assert_eq!(without.count(), 1);
    let of = |word: &str| -> f64 {
        let all = texts(example().titled(word));
        let own = all
            .iter()
            .find(|text| text.contains(&format!("\n{word}\n")))
            .unwrap();
        let (_, rest) = own.split_once("textLength=\"").unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    assert!((of("WWWW") / of("WW") - 2.0).abs() < 0.02);
}

/// The objects of a PDF are where its table says, and its content has the texts of the scene.
#[test]
fn a_pdf_is_whole_and_has_its_texts() {
    let pdf = example().to_pdf(&Theme::light());
    assert_eq!(pdf, example().to_pdf(&Theme::light()));
    assert_sound(&pdf);
    let find = |what: &[u8]| pdf.windows(what.len()).position(|w| w == what);
    assert!(find(b"/MediaBox [0 0 570 360]").is_some());
    assert!(find(b"/BaseFont /Roboto-Bold").is_some());
    // The star's vermillion, set by the operator for the colour of areas.
    let content = page_of(&pdf);
    assert!(content.contains("0.8352941 0.36862746 0 rg"), "{content}");
    let texts = content.matches(" Tj").count();
    let in_svg = example().to_svg(&Theme::light()).matches("<text").count();
    assert_eq!(texts, in_svg);
}

/// The stream of the page, decompressed: the one that begins by setting the scale.
fn page_of(pdf: &[u8]) -> String {
    use std::io::Read as _;
    let starts = pdf.windows(8).enumerate();
    let starts = starts.filter(|(_, w)| *w == b"\nstream\n".as_slice());
    let unpacked = starts.filter_map(|(at, _)| {
        let mut text = Vec::new();
        let mut reader = flate2::read::ZlibDecoder::new(&pdf[at + 8..]);
        reader.read_to_end(&mut text).ok()?;
        String::from_utf8(text).ok()
    });
    let mut pages = unpacked.filter(|text| text.contains(" cm\n"));
    pages.next().expect("a page")
}

/// Checks that an object of the right number begins at every offset in the table of a PDF.
fn assert_sound(pdf: &[u8]) {
    let text: String = pdf.iter().map(|b| char::from(*b)).collect();
    let (_, after) = text.rsplit_once("startxref\n").expect("a table");
    let table: usize = after.lines().next().unwrap().trim().parse().unwrap();
    let lines = text[char_at(&text, table)..].lines().skip(2);
    for (number, line) in lines.enumerate() {
        let Some(place) = line
            .strip_suffix(" 00000 n ")
            .or(line.strip_suffix(" 00000 n"))
        else {
            if line.contains('f') {
                continue;
            }
            break;
        };
        let place: usize = place.parse().unwrap();
        let object = format!("{number} 0 obj");
        assert!(pdf[place..].starts_with(object.as_bytes()), "{line}");
    }
    for nothing in ["NaN", "inf "] {
        assert!(!page_of(pdf).contains(nothing), "a number that is none");
    }
}

/// The index of a character at a byte offset, in a text with one character per byte.
fn char_at(text: &str, byte: usize) -> usize {
    text.char_indices()
        .nth(byte)
        .map_or(text.len(), |(at, _)| at)
}

#[test]
fn a_vega_lite_specification_has_the_data_of_the_chart() {
    let text = example().to_vega_lite(&Theme::light());
    let spec: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let layers = spec["layer"].as_array().expect("layers");
    let of = |mark: &str| {
        let all = layers.iter().filter(|l| l["mark"]["type"] == mark);
        all.collect::<Vec<_>>()
    };
    assert_eq!(of("line").len(), 2);
    assert_eq!(of("area").len(), 1);
    let runs = of("point")
        .into_iter()
        .find(|l| l["data"]["values"].as_array().unwrap().len() == 6);
    let runs = &runs.expect("the runs")["data"]["values"];
    for (run, (x, y)) in runs.as_array().unwrap().iter().zip(RUNS) {
        assert_eq!((run["x"].as_f64(), run["y"].as_f64()), (Some(x), Some(y)));
    }
    let words: Vec<_> = of("text")
        .iter()
        .map(|l| &l["encoding"]["text"]["value"])
        .collect();
    assert_eq!(words, ["forecast 1.596", "13B, actual 1.575"]);
    assert_eq!(spec["layer"][0]["encoding"]["x"]["scale"]["type"], "log");
    assert_eq!(
        spec["title"]["text"],
        "Loss of the 13B model, forecast <\"&\"> actual"
    );
}

/// A text outside the axes would enlarge the picture and shrink the axes.
#[test]
fn a_vega_lite_specification_has_no_text_outside_its_axes() {
    let near = example().xlim(2e18, 1e22).unwrap();
    let text = near.to_vega_lite(&Theme::light());
    let spec: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut layers = spec["layer"].as_array().expect("layers").iter();
    assert!(layers.all(|layer| layer["mark"]["type"] != "text"));
}

#[test]
fn two_charts_share_a_page() {
    let id = |svg: &str| {
        svg.split("aria-labelledby=\"")
            .nth(1)
            .map(|s| s[..12].to_owned())
    };
    let (light, dark) = (
        example().to_svg(&Theme::light()),
        example().to_svg(&Theme::dark()),
    );
    assert_ne!(id(&light), id(&dark));
}

#[test]
fn a_png_is_twice_as_large_and_not_blank() {
    let (width, height, pixels) = pixels(&example().to_png(&Theme::light()).expect("a PNG"));
    assert_eq!((width, height), (1520, 960));
    let dark = pixels
        .chunks(3)
        .filter(|p| p.iter().all(|v| *v < 100))
        .count();
    let white = pixels
        .chunks(3)
        .filter(|p| p.iter().all(|v| *v == 255))
        .count();
    assert!(
        dark > 2000 && white > 1_000_000,
        "{dark} dark, {white} white"
    );
}

#[test]
fn a_figure_holds_all_its_charts() {
    let second = example().titled("Another view");
    let figure = Chart::side_by_side("Two views", vec![example(), second]);
    let svg = figure.to_svg(&Theme::dark());
    assert_well_formed(&svg);
    assert!(svg.contains("Another view") && svg.contains(">Two views</title>"));
    let stacked = Figure {
        columns: 0,
        ..Figure::new("Two views", vec![panel(), panel()])
    };
    assert_well_formed(&Chart::from(stacked).to_svg(&Theme::light()));
    assert_well_formed(&Chart::side_by_side("", Vec::new()).to_svg(&Theme::light()));
}

#[test]
fn an_empty_chart_says_so() {
    let nowhere = vec![Marker::new(-1.0, 2.0), Marker::new(f64::NAN, 1.0)];
    let panel = Panel::new("Empty", Axis::log("x"), Axis::log("x"))
        .layer(Layer::markers(nowhere, MarkerShape::Disc, Color::Ink).label("none of these"));
    let chart = Chart::from(panel);
    let svg = chart.to_svg(&Theme::light());
    assert_well_formed(&svg);
    assert!(svg.contains("nothing to draw"));
    assert!(chart.to_png(&Theme::light()).is_ok());
    assert!(chart.to_terminal(60, 20, true).contains("nothing to draw"));
}

/// Many runs are drawn as small dots, so that the law behind them stays visible.
#[test]
fn a_crowd_of_points_is_drawn_smaller() {
    let largest_radius = |count: i32| {
        let points = law(1e18, 1e22, count).into_iter();
        let crowd = points.map(|(x, y)| Marker::new(x, y)).collect();
        let panel = Panel::new("Crowd", Axis::log("x"), Axis::log("x")).layer(Layer::markers(
            crowd,
            MarkerShape::Disc,
            Color::Ink,
        ));
        let chart = Chart::from(panel);
        let svg = chart.to_svg(&Theme::light());
        let radii = svg.split("<circle ").skip(1).filter_map(|circle| {
            circle
                .split(" r=\"")
                .nth(1)?
                .split('"')
                .next()?
                .parse()
                .ok()
        });
        radii.fold(0.0, f64::max)
    };
    assert_eq!(largest_radius(5), largest_radius(39));
    assert!(largest_radius(200) < 0.6 * largest_radius(39));
    assert!(largest_radius(20_000) > 0.3 * largest_radius(39));
}

/// A name in letters that the font lacks would be a blank.
#[test]
fn a_letter_that_the_font_lacks_is_a_box() {
    let titled = |title: &str| example().titled(title);
    let lines = |title: &str| {
        page_of(&titled(title).to_pdf(&Theme::light()))
            .matches("S\n")
            .count()
    };
    assert_eq!(lines("漢字"), lines("ab") + 2);
    assert_eq!(lines("a\u{2003}b"), lines("ab"));
    let unknown = |title: &str| titled(title).letters_without_shape(&Theme::light());
    assert_eq!([unknown("字漢字 a"), unknown("ab")], ["字漢", ""]);
    let dark = |title: &str| {
        let (_, _, pixels) = pixels(&titled(title).to_png(&Theme::light()).expect("a PNG"));
        let is_dark = |p: &&[u8]| p.iter().all(|v| *v < 100);
        pixels.chunks(3).filter(is_dark).count()
    };
    assert!(dark("漢漢漢漢漢") > dark("") + 300);
}

#[test]
fn too_large_a_png_is_refused() {
    let huge = Theme::light().size(100_000, 100_000);
    assert!(example().to_png(&huge).is_err());
}

#[test]
fn a_terminal_chart_has_its_marks_and_keeps_its_width() {
    let text = example().to_terminal(80, 24, true);
    for mark in ["●", "★", "○", "┊", "10²⁰", "Training compute C (FLOP)"] {
        assert!(text.contains(mark), "{mark} is missing:\n{text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let plain = example().to_terminal(80, 24, false);
    assert!(plain.is_ascii(), "{plain}");
    assert!(plain.contains("1e20") && plain.contains('*'));
    assert!(!text.contains('\u{1b}'));
    assert!(
        example()
            .to_terminal_color(80, 24, true)
            .contains("\u{1b}[34m")
    );
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        -1e3..1e3f64,
        (-305.0..305.0f64).prop_map(|e| 10f64.powf(e)),
        Just(0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
    ]
}

fn words() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(any::<String>())
}

fn content() -> impl Strategy<Value = Content> {
    let shape = prop_oneof![
        Just(MarkerShape::Disc),
        Just(MarkerShape::Circle),
        Just(MarkerShape::Star),
        Just(MarkerShape::Cross)
    ];
    let marker = (number(), number(), words()).prop_map(|(x, y, label)| Marker {
        label,
        ..Marker::new(x, y)
    });
    let line = proptest::collection::vec((number(), number()), 0..12);
    let band = proptest::collection::vec((number(), number(), number()), 0..12);
    let markers = proptest::collection::vec(marker, 0..12);
    prop_oneof![
        (line, 0..Dash::ALL.len()).prop_map(|(points, k)| Content::Line {
            points,
            dash: Dash::ALL[k]
        }),
        band.prop_map(Content::Band),
        (markers, shape).prop_map(|(markers, shape)| Content::Markers { markers, shape }),
        (number(), number(), number()).prop_map(|(x, lower, upper)| Content::Interval {
            x,
            lower,
            upper
        }),
        (number(), number(), number()).prop_map(|(y, lower, upper)| Content::Across {
            y,
            lower,
            upper
        }),
        number().prop_map(Content::VerticalRule),
        number().prop_map(Content::HorizontalRule),
    ]
}

fn layers() -> impl Strategy<Value = Vec<Layer>> {
    let color = prop_oneof![Just(Color::Blue), Just(Color::Ink)];
    let layer = (content(), color, words()).prop_map(|(content, color, label)| Layer {
        content,
        color,
        label,
        drawn: None,
        home: Home::Anywhere,
    });
    proptest::collection::vec(layer, 0..5)
}

fn axis() -> impl Strategy<Value = Axis> {
    let scale = prop_oneof![Just(Scale::Linear), Just(Scale::Log)];
    let range = proptest::option::of((number(), number()));
    (any::<String>(), scale, range).prop_map(|(label, scale, range)| Axis {
        label,
        scale,
        range,
        names: Vec::new(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_data_can_break_a_picture(
        x in axis(),
        y in axis(),
        title in any::<String>(),
        layers in layers(),
        unicode in any::<bool>(),
    ) {
        let chart = Chart::from(Panel::new(title, x, y).layers(layers));
        assert_well_formed(&chart.to_svg(&Theme::light()).replace("Infinity", ""));
        assert_sound(&chart.to_pdf(&Theme::light()));
        let spec = chart.to_vega_lite(&Theme::light());
        let spec: serde_json::Value = serde_json::from_str(&spec).unwrap();
        prop_assert!(spec["layer"].is_array());
        let text = chart.to_terminal(70, 20, unicode);
        prop_assert!(unicode || text.is_ascii());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_data_can_break_a_png(x in axis(), y in axis(), layers in layers()) {
        let chart = Chart::from(Panel::new("", x, y).layers(layers));
        prop_assert!(chart.to_png(&Theme::dark().size(200, 200)).is_ok());
    }
}
