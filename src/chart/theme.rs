//! Colours and sizes, with a shade of each colour for light and dark backgrounds.

use super::spec::Color;

/// An opaque colour: red, green, blue.
pub(super) type Rgb = (u8, u8, u8);

/// How a chart looks: background, shades and size.
///
/// Every line colour has a contrast of at least 3:1 with the background and every text colour at
/// least 4.5:1, the limits of WCAG 2.
///
/// ```
/// use scalewise::chart::Theme;
/// let wide_and_dark = Theme::dark().size(1000, 480);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    dark: bool,
    width: u32,
    height: u32,
    /// The factor by which the picture is enlarged over its CSS pixels; letters grow with it.
    zoom: f64,
    dpi: u32,
    /// Whether all panels of a figure share the width, as on a printed page.
    shares_width: bool,
}

/// The ramp on light and on dark paper, each as a line and as text: hues from 315° to 110° of OKLCH
/// that grow lighter, held where they stand out.
const RAMP: [([Rgb; 2], [Rgb; 2]); Color::STEPS as usize] = [
    (
        [(0x59, 0x17, 0x71), (0x58, 0x16, 0x70)],
        [(0xa1, 0x61, 0xbd), (0xb2, 0x76, 0xcd)],
    ),
    (
        [(0x4d, 0x29, 0x88), (0x4c, 0x26, 0x86)],
        [(0x91, 0x71, 0xd7), (0xa2, 0x85, 0xe5)],
    ),
    (
        [(0x3a, 0x3a, 0x98), (0x37, 0x35, 0x93)],
        [(0x7b, 0x84, 0xe9), (0x8b, 0x95, 0xf5)],
    ),
    (
        [(0x11, 0x4b, 0xa0), (0x09, 0x45, 0x99)],
        [(0x5c, 0x96, 0xf2), (0x6f, 0xa6, 0xfd)],
    ),
    (
        [(0x02, 0x5c, 0x8a), (0x00, 0x54, 0x7e)],
        [(0x29, 0xa9, 0xf2), (0x4b, 0xb7, 0xfc)],
    ),
    (
        [(0x01, 0x68, 0x80), (0x05, 0x5c, 0x72)],
        [(0x02, 0xb9, 0xe2), (0x11, 0xc7, 0xf3)],
    ),
    (
        [(0x07, 0x71, 0x79), (0x00, 0x64, 0x6b)],
        [(0x02, 0xc6, 0xd3), (0x08, 0xd3, 0xe1)],
    ),
    (
        [(0x04, 0x7b, 0x71), (0x07, 0x6b, 0x62)],
        [(0x0f, 0xd2, 0xc1), (0x1d, 0xdf, 0xcd)],
    ),
    (
        [(0x00, 0x86, 0x62), (0x00, 0x72, 0x53)],
        [(0x3f, 0xdd, 0xa8), (0x5c, 0xe5, 0xb4)],
    ),
    (
        [(0x27, 0x8f, 0x3f), (0x04, 0x7b, 0x2c)],
        [(0x7f, 0xe1, 0x8d), (0x8e, 0xe9, 0x9a)],
    ),
    (
        [(0x63, 0x8f, 0x15), (0x51, 0x78, 0x00)],
        [(0xb1, 0xe2, 0x73), (0xbb, 0xe9, 0x82)],
    ),
    (
        [(0x8c, 0x8c, 0x06), (0x73, 0x74, 0x06)],
        [(0xde, 0xe0, 0x5f), (0xe4, 0xe6, 0x71)],
    ),
];

/// Shades of a heat map beside the paper: more than the eye can tell apart.
const HEAT_STEPS: f64 = 32.0;

/// Least width of panels that share the width of a page, and that of more than four panels.
const LEAST_CELL: f64 = 280.0;
const LEAST_CLOSE: f64 = 210.0;
const CLOSE: usize = 4;
/// Height of a panel that shares the width, as a multiple of its width.
const SHAPE: f64 = 0.84;

/// Smaller charts have no room for their axes.
const SMALLEST: u32 = 200;
/// Largest width and height of a chart, whose pixels fit in memory.
const LARGEST: u32 = 4000;

impl Theme {
    /// Dark on white, 760 by 480: for paper and light pages.
    #[must_use]
    pub fn light() -> Theme {
        Theme {
            dark: false,
            width: 760,
            height: 480,
            zoom: 1.0,
            dpi: 192,
            shares_width: false,
        }
    }

    /// One column of a two-column paper: 3.3 inches wide with letters of about 7 points. Several
    /// panels share this width.
    #[must_use]
    pub fn paper_column() -> Theme {
        Theme {
            zoom: 0.72,
            dpi: 600,
            shares_width: true,
            ..Theme::light().size(440, 330)
        }
    }

    /// The whole width of a paper: 6.75 inches with letters of about 7 points. Several panels share
    /// this width.
    #[must_use]
    pub fn paper_page() -> Theme {
        Theme {
            zoom: 0.72,
            dpi: 600,
            shares_width: true,
            ..Theme::light().size(900, 460)
        }
    }

    /// A slide of 1280 by 720 with letters that can be read from the last row.
    #[must_use]
    pub fn slide() -> Theme {
        Theme {
            zoom: 1.6,
            ..Theme::light().size(800, 450)
        }
    }

    /// Light on #15181C, 760 by 480: for dark pages and screens.
    #[must_use]
    pub fn dark() -> Theme {
        Theme {
            dark: true,
            ..Theme::light()
        }
    }

    /// The same theme with this size for one panel, clamped to between 200 and 4000.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Theme {
        self.shares_width = false;
        self.width = width.clamp(SMALLEST, LARGEST);
        self.height = height.clamp(SMALLEST, LARGEST);
        self
    }

    /// Dots per inch of a PNG (default 192, two for every CSS pixel), clamped to between 48 and
    /// 1200.
    #[must_use]
    pub fn dpi(mut self, dpi: u32) -> Theme {
        self.dpi = dpi.clamp(48, 1200);
        self
    }

    /// The factor by which the picture is enlarged.
    pub(super) fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Pixels of a PNG per CSS pixel, and its dots per inch.
    pub(super) fn resolution(&self) -> (f64, u32) {
        (self.zoom * f64::from(self.dpi) / 96.0, self.dpi)
    }

    /// The width of one panel in CSS pixels.
    pub(super) fn width(&self) -> u32 {
        self.width
    }

    /// How many panels a figure has side by side, and the width and height of each in CSS pixels.
    pub(super) fn cells(&self, columns: usize, panels: usize) -> (usize, f64, f64) {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let least = match panels > CLOSE {
            true => LEAST_CLOSE,
            false => LEAST_CELL,
        };
        let columns = match self.shares_width {
            true => columns.min((width / least) as usize).max(1),
            false => columns,
        };
        match columns {
            1 => (1, width, (height * 0.86).round()),
            _ if self.shares_width => {
                let cell = (width / columns as f64).floor();
                (columns, cell, (cell * SHAPE).round())
            }
            _ => (columns, (width * 0.72).round(), (height * 0.86).round()),
        }
    }

    /// The height of one panel in CSS pixels.
    pub(super) fn height(&self) -> u32 {
        self.height
    }

    /// The colour of a cell of a heat map: from the paper at shade 0 to blue at 1. It is opaque, so
    /// that cells may lie over each other, and one of a few, so that a page knows all of them.
    pub(super) fn heat(&self, shade: f64) -> Rgb {
        let part = (shade * HEAT_STEPS).round().clamp(0.0, HEAT_STEPS) / HEAT_STEPS;
        let mixed = |from: u8, to: u8| {
            let (from, to) = (f64::from(from), f64::from(to));
            (from + part * (to - from)).round() as u8
        };
        let (from, to) = (self.background(), self.line(Color::Blue));
        (
            mixed(from.0, to.0),
            mixed(from.1, to.1),
            mixed(from.2, to.2),
        )
    }

    /// The colour of the paper.
    pub(super) fn background(&self) -> Rgb {
        self.pick((0xff, 0xff, 0xff), (0x15, 0x18, 0x1c))
    }

    /// The colour of the grid lines.
    pub(super) fn grid(&self) -> Rgb {
        self.pick((0xe6, 0xe8, 0xeb), (0x2c, 0x31, 0x38))
    }

    /// The colour of the axes and their ticks.
    pub(super) fn axis(&self) -> Rgb {
        self.pick((0x5f, 0x66, 0x6e), (0x8b, 0x94, 0x9e))
    }

    /// The shade for lines, marks and areas.
    pub(super) fn line(&self, color: Color) -> Rgb {
        match color {
            Color::Blue => self.pick((0x00, 0x72, 0xb2), (0x56, 0xb4, 0xe9)),
            Color::Vermillion => self.pick((0xd5, 0x5e, 0x00), (0xe6, 0x9f, 0x00)),
            Color::Green => self.pick((0x00, 0x9e, 0x73), (0x00, 0x9e, 0x73)),
            Color::Purple => self.pick((0xcc, 0x79, 0xa7), (0xcc, 0x79, 0xa7)),
            Color::Ink => self.pick((0x1a, 0x1d, 0x21), (0xe8, 0xea, 0xed)),
            Color::Muted => self.pick((0x76, 0x7d, 0x86), (0x8b, 0x94, 0x9e)),
            Color::Ramp(step) => self.ramp(step, 0),
        }
    }

    /// The shade for words, which need more contrast than lines.
    pub(super) fn text(&self, color: Color) -> Rgb {
        match color {
            Color::Blue => self.pick((0x00, 0x66, 0x9f), (0x7c, 0xc6, 0xf0)),
            Color::Vermillion => self.pick((0xb4, 0x4c, 0x00), (0xf0, 0xb2, 0x2e)),
            Color::Green => self.pick((0x00, 0x7a, 0x59), (0x2b, 0xb8, 0x8e)),
            Color::Purple => self.pick((0x9c, 0x47, 0x76), (0xdb, 0x93, 0xba)),
            Color::Ink => self.line(Color::Ink),
            Color::Muted => self.pick((0x5a, 0x61, 0x69), (0xa4, 0xac, 0xb5)),
            Color::Ramp(step) => self.ramp(step, 1),
        }
    }

    /// The opacity of a band: 0 is invisible, 1 opaque.
    pub(super) fn band_opacity(&self) -> f64 {
        if self.dark { 0.24 } else { 0.16 }
    }

    /// Every shade for a light background with its dark counterpart, as #RRGGBB, so that a page can
    /// turn light pictures dark.
    pub(crate) fn shades() -> Vec<(String, String)> {
        let (light, dark) = (Theme::light(), Theme::dark());
        let hex = |(r, g, b): Rgb| format!("#{r:02X}{g:02X}{b:02X}");
        let mut pairs = vec![
            (hex(light.background()), hex(dark.background())),
            (hex(light.grid()), hex(dark.grid())),
            (hex(light.axis()), hex(dark.axis())),
        ];
        for color in Color::all() {
            pairs.push((hex(light.line(color)), hex(dark.line(color))));
            pairs.push((hex(light.text(color)), hex(dark.text(color))));
        }
        let inner = (1..HEAT_STEPS as u32).map(|step| f64::from(step) / HEAT_STEPS);
        pairs.extend(inner.map(|shade| (hex(light.heat(shade)), hex(dark.heat(shade)))));
        pairs.dedup();
        pairs
    }

    /// A step of the ramp, as a line (0) or as text (1).
    fn ramp(&self, step: u8, kind: usize) -> Rgb {
        let (light, dark) = RAMP[usize::from(step.min(Color::STEPS - 1))];
        self.pick(light[kind], dark[kind])
    }

    fn pick(&self, light: Rgb, dark: Rgb) -> Rgb {
        if self.dark { dark } else { light }
    }
}

impl Default for Theme {
    fn default() -> Theme {
        Theme::light()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance((r, g, b): Rgb) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.03928 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_stands_out() {
        for theme in [Theme::light(), Theme::dark()] {
            for color in Color::all() {
                let line = contrast(theme.line(color), theme.background());
                let text = contrast(theme.text(color), theme.background());
                assert!(line >= 3.0, "{color:?} as a line: {line:.2}");
                assert!(text >= 4.5, "{color:?} as text: {text:.2}");
            }
        }
    }

    /// A page finds the dark shade by the light one alone.
    #[test]
    fn every_light_shade_has_one_dark_shade() {
        let pairs = Theme::shades();
        for (light, dark) in &pairs {
            let others = pairs.iter().filter(|(other, _)| other == light);
            assert!(others.clone().all(|(_, other)| other == dark), "{light}");
        }
    }

    #[test]
    fn a_ramp_reaches_from_end_to_end_and_repeats_nothing() {
        let of = |count: usize| -> Vec<Color> {
            let steps = (0..count).map(|k| Color::of_ramp(k, count));
            steps.collect()
        };
        assert_eq!(of(2), [Color::Ramp(0), Color::Ramp(11)]);
        assert_eq!(of(1), [Color::Ramp(0)]);
        let twelve = of(12);
        assert!(twelve.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
