//! Condenses a long log into few points, each the mean of one stretch.

use super::log::Point;

/// Most stretches.
const BLOCKS: usize = 120;

/// The mean of a stretch of a log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    /// The mean step.
    pub step: f64,
    /// The mean loss.
    pub loss: f64,
    /// Number of its points.
    pub count: usize,
}

/// Condenses the points into at most 120 means. Stretches have equal lengths in the square root of
/// the step, so they are short where the loss falls fast.
pub(super) fn condensed(points: &[Point]) -> Vec<Block> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let (low, high) = (first.step.sqrt(), last.step.sqrt());
    let width = (high - low) / BLOCKS as f64;
    if points.len() <= BLOCKS || width <= 0.0 {
        let alone = |p: &Point| Block {
            step: p.step,
            loss: p.loss,
            count: 1,
        };
        return points.iter().map(alone).collect();
    }
    let mut blocks = Vec::with_capacity(BLOCKS);
    let mut rest = points;
    for k in 0..BLOCKS {
        let border = low + width * (k + 1) as f64;
        let count = match k + 1 == BLOCKS {
            true => rest.len(),
            false => rest.partition_point(|p| p.step.sqrt() <= border),
        };
        let (these, others) = rest.split_at(count);
        rest = others;
        if count > 0 {
            let mean = |value: fn(&Point) -> f64| {
                let sum: f64 = these.iter().map(|p| value(p) / count as f64).sum();
                sum
            };
            blocks.push(Block {
                step: mean(|p| p.step),
                loss: mean(|p| p.loss),
                count,
            });
        }
    }
    blocks
}
