//! Loops with the widest vector instructions that this processor has.

/// Runs `work`. On a processor with AVX2 a copy compiled for AVX2 runs, with four doubles at a time
/// instead of the two of any x86-64.
///
/// Only what is inlined into `work` is compiled twice. The operations and their order stay the
/// same, since the compiler fuses no multiplication with an addition on its own, so every bit of
/// the result is the same.
#[inline(always)]
pub(crate) fn widest<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}
