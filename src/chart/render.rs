//! Paints a scene as SVG and PNG. Only this file uses plotters.
//!
//! Version 0.3.7 of plotters needs workarounds. It paints on whole pixels, so an SVG is painted at
//! ten times its size under a `viewBox` that shrinks it again, and a PNG at twice its size and then
//! reduced. In an SVG it divides font sizes and moves base lines by fixed factors. In a PNG it
//! drops the space to the left of every letter, so letters are painted here pixel by pixel.

use std::fmt::Write as _;

use plotters::prelude::{
    BitMapBackend, DrawingBackend, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor,
    SVGBackend, ShapeStyle, TextStyle,
};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::DrawingErrorKind;

use super::font::{self, Weight};
use super::place::Pt;
use super::scene::{Anchor, Item, Scene, Text};
use super::theme::Rgb;
use crate::{Error, ErrorKind, Result};

/// SVG units per CSS pixel.
const SVG_SCALE: u32 = 10;
/// Painted pixels per pixel of the PNG, in each direction.
const REDUCTION: u32 = 2;
/// The most bytes a PNG may need while it is painted.
const MOST_BYTES: u64 = 1 << 29;
/// The factor by which plotters divides a font size in an SVG.
const SVG_FONT: f64 = 1.24;
/// The distance at which plotters puts the base line of an SVG text below its anchor, in ems.
const SVG_BASELINE: f64 = 0.76;
/// Fonts of nearly the same widths, the most similar first.
const FAMILIES: &str = "Roboto, Arial, Helvetica, 'Liberation Sans', sans-serif";

type Painted<B> = std::result::Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

/// A scene as one SVG element.
pub(super) fn svg(scene: &Scene, zoom: f64) -> String {
    let mut drawn = String::new();
    let size = (scene.width * SVG_SCALE, scene.height * SVG_SCALE);
    let mut backend = SVGBackend::with_string(&mut drawn, size);
    // Writing into a string cannot fail.
    let _ = paint(&mut backend, scene, f64::from(SVG_SCALE), svg_text);
    let _ = backend.present();
    drop(backend);
    let body = drawn
        .split_once('>')
        .map_or("", |(_, body)| body)
        .trim_start();
    let (body, end) = body.rsplit_once("</svg>").unwrap_or((body, ""));
    let body = &with_widths(body, scene);
    root(scene, zoom, size, body) + body + &hot(scene) + "</svg>" + end
}

/// Gives every text the width that the layout has counted on. Without it a reader's wider font
/// would run into what stands beside the text.
fn with_widths(body: &str, scene: &Scene) -> String {
    let texts = scene.items.iter().filter_map(|item| match item {
        Item::Text(text) => Some(text),
        _ => None,
    });
    // Texts are painted in order, one element each. The width of a character that the embedded font
    // lacks is not known.
    let mut widths = texts.map(|text| {
        let words = printable(&text.text);
        let is_known = font::lacking(&words, text.style.weight).is_empty();
        let width = (font::width(&words, text.style) * f64::from(SVG_SCALE)).round();
        (is_known && width > 0.0).then_some(width)
    });
    let mut parts = body.split("<text ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += "<text ";
        match (widths.next().flatten(), part.split_once('>')) {
            (Some(width), Some((attributes, rest))) => {
                let _ = write!(
                    out,
                    "{attributes} textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\">{rest}"
                );
            }
            _ => out += part,
        }
    }
    out
}

/// Invisible areas with tooltips: a browser shows a title without any script.
fn hot(scene: &Scene) -> String {
    let scale = f64::from(SVG_SCALE);
    let mut out = String::new();
    for item in &scene.items {
        if let Item::Hot {
            center: (x, y),
            radius,
            words,
        } = item
        {
            let _ = writeln!(
                out,
                "<circle class=\"hot\" cx=\"{:.0}\" cy=\"{:.0}\" r=\"{:.0}\" fill=\"none\" pointer-events=\"all\"><title>{}</title></circle>",
                x * scale,
                y * scale,
                radius * scale,
                escape(words)
            );
        }
    }
    out
}

/// The opening tag, with the words for screen readers.
fn root(scene: &Scene, zoom: f64, (wide, high): (u32, u32), body: &str) -> String {
    let (title, description) = (escape(&scene.title), escape(&scene.description));
    let id = digest(&[&title, &description, body]);
    let mut tag = String::new();
    let _ = write!(
        tag,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {wide} {high}\" \
         role=\"img\" aria-labelledby=\"sw{id}-t sw{id}-d\" stroke-linejoin=\"round\">\n\
         <title id=\"sw{id}-t\">{title}</title>\n<desc id=\"sw{id}-d\">{description}</desc>\n",
        (f64::from(scene.width) * zoom).round(),
        (f64::from(scene.height) * zoom).round()
    );
    tag
}

/// Eight hexadecimal digits derived from the content (FNV-1a).
fn digest(parts: &[&str]) -> String {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:08x}", hash >> 32)
}

/// A text with markup characters escaped.
pub(crate) fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// Text as XML allows it.
fn escape(text: &str) -> String {
    escape_xml(&printable(text))
}

/// The text without the characters that XML forbids and fonts cannot show.
pub(super) fn printable(text: &str) -> String {
    crate::text::blanked(text)
}

/// A scene as a PNG image.
pub(super) fn png(scene: &Scene, (pixels_each, dpi): (f64, u32)) -> Result<Vec<u8>> {
    let scale = pixels_each * f64::from(REDUCTION);
    let painted = |length: u32| (f64::from(length) * pixels_each).round() as u32 * REDUCTION;
    let size = (painted(scene.width), painted(scene.height));
    let bytes = 3 * u64::from(size.0) * u64::from(size.1);
    if bytes > MOST_BYTES {
        let message = format!(
            "a picture of {} by {} is too large for a PNG",
            scene.width, scene.height
        );
        return Err(
            Error::new(ErrorKind::Usage, message).with_hint("make it smaller, or write an SVG")
        );
    }
    let mut pixels = vec![0; bytes as usize];
    {
        let mut backend = BitMapBackend::with_buffer(&mut pixels, size);
        paint(&mut backend, scene, scale, bitmap_text).map_err(internal)?;
        backend.present().map_err(internal)?;
    }
    encode(
        &reduce(&pixels, size),
        (size.0 / REDUCTION, size.1 / REDUCTION),
        dpi,
    )
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Io,
        format!("the picture could not be painted: {error}"),
    )
}

/// Averages squares of pixels (a box filter).
fn reduce(pixels: &[u8], (wide, high): (u32, u32)) -> Vec<u8> {
    let (wide, high, by) = (wide as usize, high as usize, REDUCTION as usize);
    let mut reduced = Vec::with_capacity(3 * (wide / by) * (high / by));
    for y in 0..high / by {
        for x in 0..wide / by {
            for channel in 0..3 {
                let sum: usize = (0..by * by)
                    .map(|i| 3 * ((y * by + i / by) * wide + x * by + i % by) + channel)
                    .filter_map(|at| pixels.get(at))
                    .map(|value| usize::from(*value))
                    .sum();
                let count = by * by;
                reduced.push(((sum + count / 2) / count) as u8);
            }
        }
    }
    reduced
}

fn encode(pixels: &[u8], (wide, high): (u32, u32), dpi: u32) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, wide, high);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // The picture keeps its nominal size in documents.
    let dots_a_metre = (f64::from(dpi) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: dots_a_metre,
        yppu: dots_a_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().map_err(internal)?;
    writer.write_image_data(pixels).map_err(internal)?;
    writer.finish().map_err(internal)?;
    Ok(out)
}

/// Paints all shapes at `scale` pixels per CSS pixel, and texts with `write`.
fn paint<B: DrawingBackend>(
    backend: &mut B,
    scene: &Scene,
    scale: f64,
    write: fn(&mut B, &Text, f64) -> Painted<B>,
) -> Painted<B> {
    let corner = pixel((f64::from(scene.width), f64::from(scene.height)), scale);
    backend.draw_rect((0, 0), corner, &filled(scene.background, 1.0), true)?;
    for item in &scene.items {
        match item {
            Item::Line {
                points,
                width,
                color,
            } => {
                let style = stroked(*color, *width * scale);
                let pixels = pixels(points, scale);
                if pixels.len() > 1 {
                    backend.draw_path(pixels, &style)?;
                }
            }
            Item::Area {
                points,
                color,
                opacity,
            } => {
                let pixels = pixels(points, scale);
                if pixels.len() > 2 {
                    backend.fill_polygon(pixels, &filled(*color, *opacity))?;
                }
            }
            Item::Disc {
                center,
                radius,
                color,
            } => {
                let radius = (radius * scale).round() as u32;
                backend.draw_circle(pixel(*center, scale), radius, &filled(*color, 1.0), true)?;
            }
            Item::Ring {
                center,
                radius,
                width,
                color,
            } => {
                let style = stroked(*color, *width * scale);
                let radius = (radius * scale).round() as u32;
                backend.draw_circle(pixel(*center, scale), radius, &style, false)?;
            }
            Item::Text(text) => write(backend, text, scale)?,
            Item::Hot { .. } => {}
        }
    }
    Ok(())
}

/// Writes a whole line of text; its letters depend on the reader's fonts.
fn svg_text<B: DrawingBackend>(backend: &mut B, text: &Text, scale: f64) -> Painted<B> {
    let lift = SVG_BASELINE * text.style.size;
    let (x, y) = text.at;
    let (at, turn) = match text.turned {
        true => ((x - lift, y), FontTransform::Rotate270),
        false => ((x, y - lift), FontTransform::None),
    };
    let anchor = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let weight = match text.style.weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    };
    let size = text.style.size * scale * SVG_FONT;
    let font = FontDesc::new(FontFamily::Name(FAMILIES), size, weight).transform(turn);
    let style = TextStyle {
        color: rgb(text.style.color).to_backend_color(),
        ..TextStyle::from(font)
    };
    let style = style.pos(Pos::new(anchor, VPos::Top));
    backend.draw_text(&printable(&text.text), &style, pixel(at, scale))
}

/// Writes a text in the embedded font.
fn bitmap_text<'b>(
    backend: &mut BitMapBackend<'b>,
    text: &Text,
    scale: f64,
) -> Painted<BitMapBackend<'b>> {
    let words = printable(&text.text);
    let (left, base) = pixel(text.start(&words), scale);
    let mut painted = Ok(());
    font::pixels(
        &words,
        text.style.weight,
        text.style.size * scale,
        |x, y, covered| {
            let at = match text.turned {
                true => (left + y, base - x),
                false => (left + x, base + y),
            };
            if painted.is_ok() {
                let color = rgb(text.style.color).mix(f64::from(covered));
                painted = backend.draw_pixel(at, color.to_backend_color());
            }
        },
    );
    let style = stroked(text.style.color, text.box_line() * scale);
    for outline in text.boxes(&words) {
        backend.draw_path(pixels(&outline, scale), &style)?;
    }
    painted
}

fn rgb((r, g, b): Rgb) -> RGBColor {
    RGBColor(r, g, b)
}

fn filled(color: Rgb, opacity: f64) -> ShapeStyle {
    ShapeStyle {
        color: rgb(color).mix(opacity),
        filled: true,
        stroke_width: 0,
    }
}

fn stroked(color: Rgb, width: f64) -> ShapeStyle {
    ShapeStyle {
        color: rgb(color).to_rgba(),
        filled: false,
        stroke_width: width.round().max(1.0) as u32,
    }
}

fn pixel((x, y): Pt, scale: f64) -> (i32, i32) {
    ((x * scale).round() as i32, (y * scale).round() as i32)
}

/// Whole pixels without consecutive repetitions, which plotters cannot join.
fn pixels(points: &[Pt], scale: f64) -> Vec<(i32, i32)> {
    let mut pixels: Vec<(i32, i32)> = points.iter().map(|p| pixel(*p, scale)).collect();
    pixels.dedup();
    pixels
}
