//! Laws of parameters and tokens, and what to train with a budget.

mod budgets;
mod corpus;
mod fit;
mod flops;
mod laws;
#[path = "../../studies/src/truths/surfaces.rs"]
mod surfaces;
