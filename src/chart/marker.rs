//! One mark: its size among others, its shape, and the rim that lifts it off the lines below.

use super::place::Pt;
use super::scene::{self, Item, Pen, line};
use super::spec::{Color, MarkerShape};
use super::theme::{Rgb, Theme};

/// The radius of a run.
const DISC: f64 = 4.2;
/// The radius of a ring, and the width of its line.
const RING: f64 = 4.8;
const RING_LINE: f64 = 1.8;
/// The radius of a star.
pub(super) const STAR: f64 = 7.2;
/// A ring this near at a star is drawn around it, with so much room between them.
const NEAR_STAR: f64 = 6.0;
const AROUND_STAR: f64 = 1.4;
/// The rim of paper around a mark that lifts it off the lines below.
const RIM: f64 = 1.6;
/// The rim of a star, which its interval crosses.
pub(super) const STAR_RIM: f64 = 1.8;

/// Size of each of these marks: a crowd or a chain of full-sized ones would hide the law behind it.
pub(super) fn crowd_size(places: &[Pt]) -> f64 {
    /// So many marks may be of full size.
    const FEW: f64 = 40.0;
    /// Marks with less room to their neighbours are smaller.
    const ROOM: f64 = 2.6 * (DISC + RIM);
    /// Marks nearer than this lie on each other, whatever their size.
    const SAME: f64 = 2.0;
    /// The neighbours of so many marks are looked at.
    const LOOKED_AT: usize = 500;
    let nearest = |at: &Pt| {
        let others = places
            .iter()
            .take(LOOKED_AT)
            .map(|other| distance(*at, *other));
        others.filter(|d| *d > SAME).fold(f64::INFINITY, f64::min)
    };
    let mut rooms: Vec<f64> = places.iter().take(LOOKED_AT).map(nearest).collect();
    rooms.sort_by(f64::total_cmp);
    let usual = rooms.get(rooms.len() / 2).map_or(1.0, |room| room / ROOM);
    let by_number = (FEW / places.len().max(1) as f64).sqrt();
    usual.min(by_number).clamp(0.35, 1.0)
}

/// The size of a ring: where a star is, the ring goes around it, so that neither hides the other.
pub(super) fn ring_size(at: Pt, stars: &[(Pt, f64)]) -> f64 {
    let away = stars.iter().map(|(star, _)| distance(*star, at));
    let nearest = away.fold(f64::INFINITY, f64::min);
    match nearest < NEAR_STAR {
        true => (nearest + STAR + AROUND_STAR + RING_LINE / 2.0) / RING,
        false => 1.0,
    }
}

fn distance(a: Pt, b: Pt) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Adds one mark with its rim of paper; returns its radius. Discs come in sizes up to 1, and rings
/// in sizes from 1 on.
pub(super) fn mark(
    items: &mut Vec<Item>,
    at: Pt,
    shape: MarkerShape,
    size: f64,
    color: Color,
    theme: &Theme,
) -> f64 {
    let (shade, paper) = (theme.line(color), theme.background());
    match shape {
        MarkerShape::Disc => {
            let (radius, rim) = (DISC * size, RIM * size);
            for (radius, color) in [(radius + rim, paper), (radius, shade)] {
                items.push(Item::Disc {
                    center: at,
                    radius,
                    color,
                });
            }
            radius
        }
        MarkerShape::Circle => {
            let (radius, width) = (RING * size.max(1.0), RING_LINE);
            for (width, color) in [(width + 2.0 * RIM, paper), (width, shade)] {
                items.push(Item::Ring {
                    center: at,
                    radius,
                    width,
                    color,
                });
            }
            radius + width / 2.0
        }
        MarkerShape::Star => {
            scene::star(items, at, STAR, shade);
            STAR
        }
        // Each is as large as a disc to the eye.
        MarkerShape::Square => cornered(items, at, (0.125, 4, 5.3), size, (shade, paper)),
        MarkerShape::Triangle => cornered(items, at, (0.0, 3, 6.2), size, (shade, paper)),
        MarkerShape::Diamond => cornered(items, at, (0.0, 4, 5.6), size, (shade, paper)),
        MarkerShape::Cross => {
            let reach = 4.2;
            for (width, color) in [(2.0 + 2.0 * RIM, paper), (2.0, shade)] {
                for lean in [-1.0, 1.0] {
                    let ends = [
                        (at.0 - reach, at.1 - lean * reach),
                        (at.0 + reach, at.1 + lean * reach),
                    ];
                    line(items, &ends, Pen::solid(width, color));
                }
            }
            reach
        }
    }
}

/// Adds a shape with so many corners, the first of them turned so far from the top, with its rim.
fn cornered(
    items: &mut Vec<Item>,
    at: Pt,
    (turn, corners, radius): (f64, usize, f64),
    size: f64,
    (shade, paper): (Rgb, Rgb),
) -> f64 {
    let rim = RIM * 1.4;
    for (reach, color) in [(radius + rim, paper), (radius, shade)] {
        scene::shape(items, at, turn, &vec![reach * size; corners], color);
    }
    radius * size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_marks_leaves_gaps() {
        let chain =
            |step: f64| -> Vec<Pt> { (0..30).map(|k| (f64::from(k) * step, 50.0)).collect() };
        assert_eq!(crowd_size(&chain(40.0)), 1.0);
        for step in [6.0, 9.0, 14.0] {
            let wide = 2.0 * (DISC + RIM) * crowd_size(&chain(step));
            assert!(wide < step, "{wide} of {step}");
        }
        // Runs that repeat each other are no chain.
        let twice = [chain(40.0), chain(40.0)].concat();
        assert!(crowd_size(&twice) > 0.7);
    }

    #[test]
    fn a_ring_around_a_star_hides_nothing_and_is_as_small_as_that_allows() {
        for off in [0.0, 2.0, 5.9] {
            let stars = [((0.0, 0.0), 1.0)];
            let radius = RING * ring_size((off, 0.0), &stars);
            assert!(radius - RING_LINE / 2.0 > off + STAR);
            assert!(radius < off + STAR + 3.0);
        }
        assert_eq!(ring_size((50.0, 0.0), &[((0.0, 0.0), 1.0)]), 1.0);
    }
}
