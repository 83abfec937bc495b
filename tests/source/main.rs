//! What the source itself must be.

mod code;
mod dependencies;
mod imports;
mod presentation;
#[path = "../common/tools.rs"]
mod tools;
