//! Arguments of pictures, which every verb that draws has.

use clap::{Args, ValueEnum};

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeName {
    Light,
    Dark,
    /// One column of a two-column paper.
    PaperColumn,
    /// The whole width of a paper.
    PaperPage,
    Slide,
}

/// How a picture looks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Picture")]
pub struct LookArgs {
    /// What the picture is for [default: light]
    #[arg(long, value_name = "NAME")]
    pub theme: Option<ThemeName>,
    /// Size of one chart in CSS pixels, e.g. 760x480 [default: by the chart and the theme]
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub size: Option<(u32, u32)>,
    /// Dots an inch of a PNG [default: by the theme, 192 or 600]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(48..=1200))]
    pub dpi: Option<u32>,
    /// Headline in place of the picture's own
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Draw no headline, for a paper that has a caption
    #[arg(long, conflicts_with = "title")]
    pub no_title: bool,
    /// Ends of the horizontal axis, e.g. 1e18..1e26
    #[arg(long, value_name = "LOW..HIGH", value_parser = ends, allow_hyphen_values = true)]
    pub xlim: Option<(f64, f64)>,
    /// Ends of the vertical axis, e.g. 1.5..3
    #[arg(long, value_name = "LOW..HIGH", value_parser = ends, allow_hyphen_values = true)]
    pub ylim: Option<(f64, f64)>,
}

impl LookArgs {
    /// Flags that change the file of a picture, by their ids.
    pub const OF_FILES: [&str; 3] = ["theme", "size", "dpi"];
    /// Flags that change what a chart shows, by their ids.
    pub const OF_CHARTS: [&str; 4] = ["title", "no_title", "xlim", "ylim"];

    /// The flags of a verb that name the file of a picture, by their ids.
    pub fn files_of(verb: &str) -> &'static [&'static str] {
        match verb {
            "plot" => &["output"],
            _ => &["plot", "plot_problems"],
        }
    }
}

/// Parses a size. Parsing it as an argument refuses it before anything is read or computed.
fn size(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once(['x', '×']);
    let size = parts.and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    size.ok_or_else(|| "write the width and the height, such as 760x480".to_owned())
}

/// The two ends of an axis.
fn ends(text: &str) -> Result<(f64, f64), String> {
    let unclear = || "write both ends of the axis, such as 1e18..1e26".to_owned();
    let (low, high) = text.split_once("..").ok_or_else(unclear)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| unclear());
    Ok((number(low)?, number(high)?))
}
