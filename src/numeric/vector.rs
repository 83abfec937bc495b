//! Loops with the widest vector instructions that this processor has.

/// What `work` gives, on a processor with AVX2 by a copy of it that is compiled for that: four doubles at a time instead of the
/// two of any x86-64.
///
/// Only what is inlined into `work` is compiled twice. The operations and their order stay the same (the compiler joins no
/// multiplication with an addition by itself), and so does every bit of the outcome.
#[inline(always)]
pub(crate) fn widest<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}
