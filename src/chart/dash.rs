//! Prepares lines for drawing: drops superfluous points and cuts dashes into separate pieces.

use super::place::Pt;
use super::spec::Dash;

impl Dash {
    /// The lengths of dashes and of the gaps after them, in turn; none where there are no gaps.
    pub(super) fn lengths(self) -> &'static [f64] {
        match self {
            Dash::Solid => &[],
            Dash::Dashed => &[7.0, 4.5],
            Dash::OneDot => &[9.0, 3.0, 2.2, 3.0],
            Dash::Long => &[15.0, 4.0],
            Dash::Dotted => &[2.2, 3.0],
            Dash::TwoDots => &[9.0, 2.6, 2.2, 2.6, 2.2, 2.6],
        }
    }
}

/// Lines longer than this are drawn solid, since their dashes would be too small to see.
const LONGEST: f64 = 20_000.0;

/// Cuts a line into dashes and gaps of these lengths in turn.
pub(super) fn dashes(points: &[Pt], lengths: &[f64]) -> Vec<Vec<Pt>> {
    let total: f64 = points.windows(2).map(|p| distance(p[0], p[1])).sum();
    let mut turns = lengths.iter().copied().cycle();
    let Some(first) = turns.next().filter(|_| total <= LONGEST) else {
        return vec![points.to_vec()];
    };
    let mut pieces = Vec::new();
    let mut piece: Vec<Pt> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, first);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = distance(from, to);
        while length > left {
            let t = left / length;
            from = (from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1));
            length -= left;
            if drawing {
                piece.push(from);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![from];
            }
            drawing = !drawing;
            left = turns.next().unwrap_or(first);
        }
        left -= length;
        if drawing {
            piece.push(to);
        }
    }
    if piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

/// Drops the points that change a line by less than `tolerance`, so that curves drawn on a grid of
/// whole pixels stay smooth (the method of Douglas and Peucker, without recursion).
pub(super) fn simplify(points: &[Pt], tolerance: f64) -> Vec<Pt> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    // Halving long stretches first bounds the work for zigzags with many points.
    let mut stretches = vec![(0, points.len() - 1)];
    while let Some((first, last)) = stretches.pop() {
        if last - first > 2000 {
            let middle = usize::midpoint(first, last);
            keep[middle] = true;
            stretches.extend([(first, middle), (middle, last)]);
            continue;
        }
        let farthest = (first + 1..last)
            .map(|i| (i, off_line(points[i], points[first], points[last])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, off)) = farthest
            && off > tolerance
        {
            keep[i] = true;
            stretches.extend([(first, i), (i, last)]);
        }
    }
    let kept = points.iter().zip(keep).filter(|(_, keep)| *keep);
    kept.map(|(point, _)| *point).collect()
}

fn distance(a: Pt, b: Pt) -> f64 {
    (b.0 - a.0).hypot(b.1 - a.1)
}

/// The distance of `p` from the segment between `a` and `b`.
fn off_line(p: Pt, a: Pt, b: Pt) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let square = dx * dx + dy * dy;
    if square == 0.0 {
        return distance(p, a);
    }
    let t = (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / square).clamp(0.0, 1.0);
    distance(p, (a.0 + t * dx, a.1 + t * dy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_round_corners() {
        let pieces = dashes(&[(0.0, 0.0), (5.0, 0.0), (5.0, 10.0)], &[6.0, 3.0]);
        assert_eq!(
            pieces,
            [
                vec![(0.0, 0.0), (5.0, 0.0), (5.0, 1.0)],
                vec![(5.0, 4.0), (5.0, 10.0)]
            ]
        );
    }

    #[test]
    fn endless_lines_are_drawn_solid() {
        assert_eq!(dashes(&[(0.0, 0.0), (1e12, 0.0)], &[6.0, 3.0]).len(), 1);
        assert_eq!(dashes(&[(0.0, 0.0), (f64::NAN, 0.0)], &[6.0, 3.0]).len(), 1);
    }

    #[test]
    fn straight_stretches_keep_their_ends_only() {
        let line: Vec<Pt> = (0..5000)
            .map(|i| (f64::from(i), 2.0 * f64::from(i)))
            .collect();
        assert!(simplify(&line, 0.05).len() < 10);
        let corner = [(0.0, 0.0), (5.0, 5.0), (10.0, 0.0)];
        assert_eq!(simplify(&corner, 0.05), corner);
    }
}
