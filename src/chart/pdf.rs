//! Paints a scene as a one-page PDF. Texts remain texts that can be searched and copied.

use super::font::{Embeddable, Weight};
use super::place::Pt;
use super::render::printable;
use super::scene::{Item, Scene, Text};
use super::theme::Rgb;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{
    CidFontType, FontFlags, LineCapStyle, LineJoinStyle, SystemInfo, UnicodeCmap,
};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

/// Points of a PDF (1/72 inch) per CSS pixel (1/96 inch).
const POINTS: f64 = 0.75;
/// Length of the arms of a Bézier curve for a quarter of a circle of radius 1: with 4/3·(√2 − 1)
/// the error is below 0.03 %.
const ARM: f64 = 0.552_284_75;
/// Opacities are rounded to a thousandth.
const STEPS: f64 = 1000.0;
const SYSTEM: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// A scene as a PDF of one page, enlarged by `zoom`.
pub(super) fn pdf(scene: &Scene, zoom: f64) -> Vec<u8> {
    let scale = POINTS * zoom;
    let (wide, high) = (
        f64::from(scene.width) * scale,
        f64::from(scene.height) * scale,
    );
    let mut page = Page {
        content: Content::new(),
        opacities: BTreeSet::new(),
        letters: BTreeMap::new(),
    };
    page.content
        .transform([scale as f32, 0.0, 0.0, -scale as f32, 0.0, high as f32]);
    page.content.set_line_join(LineJoinStyle::RoundJoin);
    page.content.set_line_cap(LineCapStyle::ButtCap);
    page.fill(scene.background, 1.0);
    page.content
        .rect(0.0, 0.0, scene.width as f32, scene.height as f32);
    page.content.fill_nonzero();
    for item in &scene.items {
        page.paint(item);
    }
    page.document(scene, (wide as f32, high as f32))
}

/// The shapes of a page, and the resources they need.
struct Page {
    content: Content,
    opacities: BTreeSet<u32>,
    /// The letters used, by weight (bold or not) and glyph.
    letters: BTreeMap<bool, BTreeMap<u16, char>>,
}

impl Page {
    fn paint(&mut self, item: &Item) {
        match item {
            Item::Line {
                points,
                width,
                color,
            } => {
                self.stroke(*color, *width);
                self.path(points);
                self.content.stroke();
            }
            Item::Area {
                points,
                color,
                opacity,
            } => {
                self.fill(*color, *opacity);
                self.path(points);
                self.content.close_path().fill_nonzero();
            }
            Item::Disc {
                center,
                radius,
                color,
            } => {
                self.fill(*color, 1.0);
                self.circle(*center, *radius);
                self.content.fill_nonzero();
            }
            Item::Ring {
                center,
                radius,
                width,
                color,
            } => {
                self.stroke(*color, *width);
                self.circle(*center, *radius);
                self.content.stroke();
            }
            Item::Text(text) => self.write(text),
            Item::Hot { .. } => {}
        }
    }

    fn fill(&mut self, color: Rgb, opacity: f64) {
        let step = (opacity.clamp(0.0, 1.0) * STEPS).round() as u32;
        self.opacities.insert(step);
        self.content
            .set_parameters(Name(opacity_name(step).as_bytes()));
        let [r, g, b] = shade(color);
        self.content.set_fill_rgb(r, g, b);
    }

    fn stroke(&mut self, color: Rgb, width: f64) {
        let [r, g, b] = shade(color);
        self.content.set_stroke_rgb(r, g, b);
        self.content.set_line_width(width as f32);
    }

    fn path(&mut self, points: &[Pt]) {
        for (k, (x, y)) in points.iter().enumerate() {
            let (x, y) = (*x as f32, *y as f32);
            match k {
                0 => self.content.move_to(x, y),
                _ => self.content.line_to(x, y),
            };
        }
    }

    fn circle(&mut self, (x, y): Pt, radius: f64) {
        let at =
            |across: f64, down: f64| ((x + radius * across) as f32, (y + radius * down) as f32);
        let (x0, y0) = at(1.0, 0.0);
        self.content.move_to(x0, y0);
        // From quarter to quarter: (cos, sin) of its start and of its end.
        let quarters = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        for (k, (c, s)) in quarters.into_iter().enumerate() {
            let (d, t) = quarters[(k + 1) % 4];
            let (x1, y1) = at(c + ARM * d, s + ARM * t);
            let (x2, y2) = at(d + ARM * c, t + ARM * s);
            let (x3, y3) = at(d, t);
            self.content.cubic_to(x1, y1, x2, y2, x3, y3);
        }
        self.content.close_path();
    }

    fn write(&mut self, text: &Text) {
        let words = printable(&text.text);
        let (x, y) = text.start(&words);
        let turn = match text.turned {
            true => [0.0, -1.0, -1.0, 0.0],
            false => [1.0, 0.0, 0.0, -1.0],
        };
        let is_bold = text.style.weight == Weight::Bold;
        let letters = self.letters.entry(is_bold).or_default();
        let mut glyphs = Vec::with_capacity(2 * words.len());
        for c in words.chars() {
            let glyph = text.style.weight.glyph(c);
            letters.entry(glyph).or_insert(c);
            glyphs.extend(glyph.to_be_bytes());
        }
        self.fill(text.style.color, 1.0);
        let [a, b, c, d] = turn;
        self.content
            .begin_text()
            .set_font(Name(font_name(is_bold)), text.style.size as f32)
            .set_text_matrix([a, b, c, d, x as f32, y as f32])
            .show(Str(&glyphs))
            .end_text();
        for outline in text.boxes(&words) {
            self.stroke(text.style.color, text.box_line());
            self.path(&outline);
            self.content.stroke();
        }
    }

    /// The document of this page.
    fn document(self, scene: &Scene, (wide, high): (f32, f32)) -> Vec<u8> {
        let mut ids = (1..).map(Ref::new);
        let mut next = || ids.next().unwrap_or(Ref::new(1));
        let mut pdf = Pdf::new();
        let (catalog, tree, page, content, info) = (next(), next(), next(), next(), next());
        pdf.catalog(catalog).pages(tree).lang(TextStr("en"));
        pdf.pages(tree).kids([page]).count(1);
        let mut fonts = Vec::new();
        for (is_bold, letters) in &self.letters {
            let weight = match is_bold {
                true => Weight::Bold,
                false => Weight::Regular,
            };
            if let Some(font) = weight.embeddable() {
                let id = next();
                embed(
                    &mut pdf,
                    id,
                    [next(), next(), next(), next()],
                    &font,
                    letters,
                );
                fonts.push((font_name(*is_bold), id));
            }
        }
        let mut one = pdf.page(page);
        one.parent(tree)
            .media_box(Rect::new(0.0, 0.0, wide, high))
            .contents(content);
        let mut resources = one.resources();
        let mut named = resources.fonts();
        for (name, id) in fonts {
            named.pair(Name(name), id);
        }
        named.finish();
        let mut states = resources.ext_g_states();
        for step in &self.opacities {
            let name = opacity_name(*step);
            let mut state = states.insert(Name(name.as_bytes())).dict();
            state.pair(Name(b"ca"), (f64::from(*step) / STEPS) as f32);
        }
        states.finish();
        resources.finish();
        one.finish();
        let packed = packed(self.content.finish().as_slice());
        pdf.stream(content, &packed).filter(Filter::FlateDecode);
        // No date, so that the same chart gives the same bytes.
        pdf.document_info(info)
            .title(TextStr(&printable(&scene.title)))
            .subject(TextStr(&printable(&scene.description)))
            .creator(TextStr("scalewise"));
        pdf.finish()
    }
}

/// Writes a font and the characters of its glyphs.
fn embed(
    pdf: &mut Pdf,
    id: Ref,
    [descendant, descriptor, file, meanings]: [Ref; 4],
    font: &Embeddable,
    letters: &BTreeMap<u16, char>,
) {
    let name = Name(font.name.as_bytes());
    pdf.type0_font(id)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(descendant)
        .to_unicode(meanings);
    let mut cid = pdf.cid_font(descendant);
    cid.subtype(CidFontType::Type2)
        .base_font(name)
        .system_info(SYSTEM)
        .font_descriptor(descriptor)
        .cid_to_gid_map_predefined(Name(b"Identity"));
    cid.widths().consecutive(0, font.advances.iter().copied());
    cid.finish();
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-1000.0, font.descent, 3000.0, font.ascent))
        .italic_angle(0.0)
        .ascent(font.ascent)
        .descent(font.descent)
        .cap_height(font.ascent)
        .stem_v(80.0)
        .font_file2(file);
    let bytes = packed(font.bytes);
    pdf.stream(file, &bytes)
        .filter(Filter::FlateDecode)
        .pair(Name(b"Length1"), font.bytes.len() as i32);
    let mut cmap = UnicodeCmap::new(Name(b"Scalewise"), SYSTEM);
    for (glyph, c) in letters.iter().filter(|(glyph, _)| **glyph != 0) {
        cmap.pair(*glyph, *c);
    }
    pdf.cmap(meanings, cmap.finish().as_slice());
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn opacity_name(step: u32) -> String {
    format!("A{step}")
}

fn font_name(is_bold: bool) -> &'static [u8] {
    if is_bold { b"B" } else { b"R" }
}

fn shade((r, g, b): Rgb) -> [f32; 3] {
    [r, g, b].map(|part| f32::from(part) / 255.0)
}
