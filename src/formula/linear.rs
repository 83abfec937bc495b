//! Which parameters a formula is linear in.

use super::graph::{Graph, Id};

/// Parameters in which a formula with this gradient is jointly linear: none of their derivatives
/// depends on any of them. Parameters that exclude the fewest others are chosen first, to get many.
pub(crate) fn jointly_linear(graph: &Graph, gradient: &[Id]) -> Vec<usize> {
    let uses: Vec<u64> = gradient
        .iter()
        .map(|id| graph.uses(*id).parameters)
        .collect();
    let is_used = |k: usize| graph.as_number(gradient[k]) != Some(0.0);
    let excludes = |i: usize, k: usize| uses[i] >> k & 1 == 1 || uses[k] >> i & 1 == 1;
    let all: Vec<usize> = (0..uses.len())
        .filter(|&k| is_used(k) && !excludes(k, k))
        .collect();
    let mut order = all.clone();
    order.sort_by_key(|&i| all.iter().filter(|&&k| excludes(i, k)).count());
    let mut chosen: Vec<usize> = Vec::new();
    for k in order {
        if !chosen.iter().any(|&other| excludes(k, other)) {
            chosen.push(k);
        }
    }
    chosen.sort_unstable();
    chosen
}
