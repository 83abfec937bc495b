//! Short forms of answers: the law and the data, the number with its interval and grade, known
//! outcomes, and the most important findings. The whole answer has the rest.

mod allocation;
mod capability;
mod fit;
mod forecast;
mod points;
mod scores;
mod together;
mod versus;

pub use together::Brief;
