//! What the source itself must be.

mod code;
mod dependencies;
mod imports;
mod presentation;
mod rust;
#[path = "../common/tools.rs"]
mod tools;
