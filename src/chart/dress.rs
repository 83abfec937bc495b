//! The words around a plot: fewer in a small picture, so that the plot itself always has room.

use super::clip::Rect;

/// A plot below this width or height shows no shape any more.
const LEAST: (f64, f64) = (90.0, 76.0);

/// Which words stand around a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dress {
    pub(super) note: bool,
    pub(super) subtitle: bool,
    pub(super) legend: bool,
    pub(super) axis_titles: bool,
    /// Lines of the title at most.
    pub(super) title_lines: usize,
}

impl Dress {
    /// From everything to the least: what a plot can do without goes first.
    const STEPS: [Dress; 7] = {
        let full = Dress {
            note: true,
            subtitle: true,
            legend: true,
            axis_titles: true,
            title_lines: 3,
        };
        let unnoted = Dress {
            note: false,
            ..full
        };
        let titled = Dress {
            subtitle: false,
            ..unnoted
        };
        let unexplained = Dress {
            legend: false,
            ..titled
        };
        let short = Dress {
            title_lines: 1,
            ..unexplained
        };
        let plain = Dress {
            axis_titles: false,
            ..short
        };
        let bare = Dress {
            title_lines: 0,
            ..plain
        };
        [full, unnoted, titled, unexplained, short, plain, bare]
    };

    /// What `attempt` gives with as many words as leave every one of its plots enough room, and
    /// with the fewest where none do.
    pub(super) fn fitted<T>(attempt: impl Fn(Dress) -> T, plots: impl Fn(&T) -> Vec<Rect>) -> T {
        let [first, rest @ ..] = Dress::STEPS;
        let mut found = attempt(first);
        for dress in rest {
            if plots(&found).iter().all(has_room) {
                break;
            }
            found = attempt(dress);
        }
        found
    }
}

fn has_room(plot: &Rect) -> bool {
    plot.width() >= LEAST.0 && plot.height() >= LEAST.1
}
