//! What the source itself must be.

mod code;
mod dependencies;
mod imports;
mod presentation;
