//! Arguments of pictures.

use super::{DataArgs, FitArgs, GatherArgs, level, named};
use clap::{Args, ValueEnum};
use scalewise::Method;
use scalewise::internal;
use std::path::PathBuf;

/// What a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Loss against compute.
    Loss,
    /// Loss above the irreducible loss, where the law is a straight line.
    Reducible,
    /// Both, side by side.
    Both,
    /// The series of --by in one chart.
    Together,
}

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
    /// What the picture is for
    #[arg(long, value_name = "NAME", default_value = "light")]
    pub theme: ThemeName,
    /// Size of one chart in CSS pixels, e.g. 760x480 [default: by the theme]
    #[arg(long, value_name = "WIDTHxHEIGHT")]
    pub size: Option<String>,
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

/// The two ends of an axis.
fn ends(text: &str) -> Result<(f64, f64), String> {
    let unclear = || "write both ends of the axis, such as 1e18..1e26".to_owned();
    let (low, high) = text.split_once("..").ok_or_else(unclear)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| unclear());
    Ok((number(low)?, number(high)?))
}

#[derive(Debug, Args)]
pub struct PlotArgs {
    /// Law file or table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Draw a forecast at this compute too, or for a formula of several columns at points such as
    /// N=1e9,S=8
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// What to draw
    #[arg(long, value_name = "VIEW", default_value = "loss")]
    pub view: View,
    /// Draw these laws through the same runs, one beside the other, e.g. saturating,power,m4
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with_all = ["view", "law"])]
    pub laws: Vec<String>,
    /// One chart for each value of this column; several columns, separated by commas, name a series
    /// together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Level of the band and of the forecast's interval
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    /// Method of the band and of the forecast's interval
    #[arg(
        long,
        value_name = "NAME",
        value_parser = named(&Method::ALL, Method::name),
        default_value = Method::Calibrated.name()
    )]
    pub method: Method,
    /// .svg, .png, .pdf or .vl.json (Vega-Lite); without it the chart is drawn in the terminal
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}
