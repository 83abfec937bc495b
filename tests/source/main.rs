//! Checks of the source code itself.

mod code;
mod dependencies;
mod imports;
mod presentation;
mod rust;
#[path = "../common/tools.rs"]
mod tools;
