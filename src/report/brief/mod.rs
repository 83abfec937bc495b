//! Answers in short: the law and the data, the number with its interval and grade, what came true,
//! and the findings that matter most. The whole answer has the rest.

mod allocation;
mod capability;
mod fit;
mod forecast;
mod scores;
mod together;
mod versus;

pub use together::Brief;
