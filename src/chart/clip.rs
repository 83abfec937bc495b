//! Cutting lines and areas at the edges of the plot.

use super::place::Pt;

/// An upright rectangle; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rect {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The same rectangle, larger by `by` on every side.
    pub(super) fn grown(&self, by: f64) -> Rect {
        Rect {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    pub(super) fn contains(&self, (x, y): Pt) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub(super) fn holds(&self, other: &Rect) -> bool {
        self.contains((other.left, other.top)) && self.contains((other.right, other.bottom))
    }

    pub(super) fn meets(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// The part of the segment from `a` to `b` inside the rectangle (Liang and Barsky's method).
    pub(super) fn segment(&self, a: Pt, b: Pt) -> Option<(Pt, Pt)> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut enter, mut leave) = (0.0f64, 1.0f64);
        for (slope, room) in [
            (-dx, a.0 - self.left),
            (dx, self.right - a.0),
            (-dy, a.1 - self.top),
            (dy, self.bottom - a.1),
        ] {
            if slope == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if slope < 0.0 {
                enter = enter.max(room / slope);
            } else {
                leave = leave.min(room / slope);
            }
        }
        let at = |t: f64| (a.0 + t * dx, a.1 + t * dy);
        (enter <= leave).then(|| {
            let first = if enter == 0.0 { a } else { at(enter) };
            let last = if leave == 1.0 { b } else { at(leave) };
            (first, last)
        })
    }

    /// The pieces of a line inside the rectangle.
    pub(super) fn polyline(&self, points: &[Pt]) -> Vec<Vec<Pt>> {
        let mut pieces: Vec<Vec<Pt>> = Vec::new();
        for pair in points.windows(2) {
            let Some((from, to)) = self.segment(pair[0], pair[1]) else {
                continue;
            };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&from) => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
        }
        pieces
    }

    /// The part of an area inside the rectangle (Sutherland and Hodgman's method).
    pub(super) fn polygon(&self, points: &[Pt]) -> Vec<Pt> {
        let mut area = cut(points, |p| p.0 - self.left);
        area = cut(&area, |p| self.right - p.0);
        area = cut(&area, |p| p.1 - self.top);
        cut(&area, |p| self.bottom - p.1)
    }
}

/// Keeps the part of an area where `inside` is not negative.
fn cut(points: &[Pt], inside: impl Fn(Pt) -> f64) -> Vec<Pt> {
    let mut kept = Vec::with_capacity(points.len() + 4);
    let Some(mut before) = points.last().copied() else {
        return kept;
    };
    for &point in points {
        let (from, to) = (inside(before), inside(point));
        if (from < 0.0) != (to < 0.0) {
            let t = from / (from - to);
            kept.push((
                before.0 + t * (point.0 - before.0),
                before.1 + t * (point.1 - before.1),
            ));
        }
        if to >= 0.0 {
            kept.push(point);
        }
        before = point;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Rect = Rect {
        left: 0.0,
        top: 0.0,
        right: 10.0,
        bottom: 10.0,
    };

    #[test]
    fn a_line_is_cut_into_its_visible_pieces() {
        let pieces = UNIT.polyline(&[
            (-5.0, 5.0),
            (5.0, 5.0),
            (5.0, 20.0),
            (8.0, 20.0),
            (8.0, 2.0),
        ]);
        assert_eq!(
            pieces,
            [
                vec![(0.0, 5.0), (5.0, 5.0), (5.0, 10.0)],
                vec![(8.0, 10.0), (8.0, 2.0)]
            ]
        );
    }

    #[test]
    fn an_area_is_cut_at_all_edges() {
        let all = UNIT.polygon(&[(-5.0, -5.0), (15.0, -5.0), (15.0, 15.0), (-5.0, 15.0)]);
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|p| UNIT.contains(*p)));
        assert!(
            UNIT.polygon(&[(20.0, 1.0), (30.0, 1.0), (30.0, 2.0)])
                .is_empty()
        );
    }
}
