//! Output for people and programs: one document model as text and Markdown, tables as CSV, and
//! JSON.
//!
//! Every answer is an [`Answer`]: it gives a [`Document`] for people, and a table and JSON for
//! programs. A [`Page`] is a report for decision makers on what a large run will reach.

#[macro_use]
mod rows;

mod allocation;
mod allocation_rows;
mod answer;
mod backtest;
mod brief;
mod capability;
mod capability_data;
mod capability_target;
mod capped;
mod cells;
mod check;
mod check_by;
mod check_counts;
mod check_seen;
mod claims;
mod code;
mod compare;
mod controls;
mod conventions;
mod curve;
mod curves;
mod document;
mod excluded;
mod fact;
mod fit;
mod forecast;
mod forecast_many;
mod forecast_rows;
mod found;
mod grade;
mod isoflop;
mod laws;
mod ledger;
mod many;
mod members;
mod optimum;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod picture;
mod plan;
mod points;
mod recipe;
mod registered;
mod registered_scores;
mod scored;
mod scores;
mod scores_facts;
mod scores_rows;
mod scores_tables;
mod scores_words;
mod sizes;
mod status;
mod verified;
mod versus;
mod versus_rows;
mod versus_words;

pub use answer::Answer;
pub use code::{latex, python};
pub use document::Document;
pub use fit::fit;
pub use page::{Page, Provenance};

/// What the command line and the tests also use.
#[doc(hidden)]
pub mod internal {
    pub use super::answer::{Among, Shown, json, json_line};
    pub use super::brief::Brief;
    pub use super::check_by::SeriesUnderstood;
    pub use super::check_counts::CountsUnderstood;
    pub use super::check_seen::column_lines;
    pub use super::forecast_many::{at_targets, targets_csv, targets_document};
    pub use super::laws::Laws;
    pub use super::many::{Piece, SeriesJson, Wanted, judged, many_csv, many_document, together};
    pub use super::page::{
        Made, curve_page, entry_page, fragment, plan_page, recipe_page, schedules_page, versus_page,
    };
    #[cfg(feature = "parquet")]
    pub use super::parquet::parquet;
    pub use super::registered::registered;
    pub use super::scored::scored;
    pub use crate::number::percent;
}
