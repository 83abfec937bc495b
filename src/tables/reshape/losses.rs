//! Reduces the losses of one run to one as they arrive, and holds no more of them than the rule can
//! still need.

use super::reduce::Reduce;
use std::cmp::Ordering;
use std::collections::VecDeque;

/// Rows by which a log may step back, as after a restart from a checkpoint, without the run being
/// held whole.
const SLACK: usize = 256;

/// The losses of a run, ordered by step; those at equal steps are ordered by arrival.
///
/// The smallest steps are discarded once there are enough larger ones. If a discarded loss turns
/// out to be needed, because steps came out of order, [`Losses::value`] fails: a result is always
/// exact.
#[derive(Debug)]
pub(super) struct Losses {
    rule: Reduce,
    /// Whether nothing may be discarded.
    whole: bool,
    seen: usize,
    /// Step and loss of the losses held.
    held: VecDeque<(f64, f64)>,
    /// Whether they are in the order of their steps.
    sorted: bool,
    /// Most losses held before some may be discarded. It grows with the run.
    room: usize,
    /// Largest step among the discarded losses.
    floor: f64,
    /// Smallest mean of neighbours among the discarded losses.
    least: f64,
    /// Whether a loss arrived that belongs among the discarded ones and would change their means.
    missed: bool,
}

/// Too few losses are held: the run must be read again and held whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missed;

impl Losses {
    pub(super) fn new(rule: Reduce, whole: bool) -> Losses {
        Losses {
            rule,
            whole,
            seen: 0,
            held: VecDeque::new(),
            sorted: true,
            room: 0,
            floor: f64::NEG_INFINITY,
            least: f64::INFINITY,
            missed: false,
        }
    }

    /// Adds the loss at a step (both finite).
    pub(super) fn push(&mut self, step: f64, loss: f64) {
        self.seen += 1;
        if let (Reduce::Last, Some(last)) = (self.rule, self.held.back_mut()) {
            if not_before(step, last.0) {
                *last = (step, loss);
            }
            return;
        }
        if !not_before(step, self.floor) {
            // A late loss does not change the end of a curve, but it changes the means of
            // neighbours.
            self.missed |= matches!(self.rule, Reduce::SmoothMin(_));
            return;
        }
        if self.held.len() == self.held.capacity() {
            // Doubling the buffer would take more memory than the losses.
            self.held.reserve_exact(self.held.len() / 8 + 16);
        }
        let last = self.held.back();
        self.sorted &= last.is_none_or(|last| not_before(step, last.0));
        self.held.push_back((step, loss));
        if !self.whole && self.held.len() > self.room {
            self.room = self.most();
            if self.held.len() > self.room {
                self.let_go();
            }
        }
    }

    /// Bytes of the losses held.
    pub(super) fn size(&self) -> usize {
        size_of::<(f64, f64)>() * self.held.capacity()
    }

    /// Most losses held after discarding.
    fn most(&self) -> usize {
        let needed = self.needed();
        match self.rule {
            // The number of needed losses grows with the run, and so does the slack.
            Reduce::Tail(_) => needed.saturating_add(needed / 4 + SLACK),
            _ => needed.saturating_add(2 * SLACK),
        }
    }

    /// Losses that the rule needs at present.
    fn needed(&self) -> usize {
        match self.rule {
            Reduce::Tail(share) => {
                let count = (share * self.seen as f64).round().max(1.0) as usize;
                count.min(self.seen)
            }
            Reduce::SmoothMin(count) => count.max(1),
            _ => 1,
        }
    }

    /// Discards the losses with the smallest steps, half of those that are not needed.
    fn let_go(&mut self) {
        self.sort();
        let gone = (self.held.len() - self.needed()) / 2;
        if matches!(self.rule, Reduce::SmoothMin(_)) {
            let count = self.needed();
            let passed = &self.held.make_contiguous()[..gone + count - 1];
            self.least = passed.windows(count).map(mean).fold(self.least, f64::min);
            // The last count − 1 of these still lack neighbours, so no later loss may come before
            // them.
            self.floor = passed.last().map_or(self.floor, |last| last.0);
        } else if let Some(last) = gone.checked_sub(1) {
            self.floor = self.held[last].0;
        }
        self.held.drain(..gone);
    }

    fn sort(&mut self) {
        if !self.sorted {
            // The sort must be stable: of equal steps, the later row stays later.
            let held = self.held.make_contiguous();
            held.sort_by(|a, b| a.0.total_cmp(&b.0));
            self.sorted = true;
        }
    }

    /// The loss by the rule; `None` if there are no losses.
    pub(super) fn value(mut self) -> Result<Option<f64>, Missed> {
        self.sort();
        let needed = self.needed().min(self.seen);
        if self.missed || self.held.len() < needed {
            return Err(Missed);
        }
        if needed == 0 {
            return Ok(None);
        }
        Ok(Some(match self.rule {
            Reduce::SmoothMin(_) => self
                .held
                .make_contiguous()
                .windows(needed)
                .map(mean)
                .fold(self.least, f64::min),
            _ => {
                let passed = self.held.len() - needed;
                mean(&self.held.make_contiguous()[passed..])
            }
        }))
    }
}

fn not_before(step: f64, other: f64) -> bool {
    step.total_cmp(&other) != Ordering::Less
}

fn mean(part: &[(f64, f64)]) -> f64 {
    part.iter().map(|(_, loss)| loss).sum::<f64>() / part.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken_in(
        rule: Reduce,
        whole: bool,
        rows: &[(f64, f64)],
    ) -> (Result<Option<f64>, Missed>, usize) {
        let mut losses = Losses::new(rule, whole);
        let mut most = 0;
        for (step, loss) in rows {
            losses.push(*step, *loss);
            most = most.max(losses.held.len());
        }
        (losses.value(), most)
    }

    const RULES: [Reduce; 4] = [
        Reduce::Last,
        Reduce::Tail(0.1),
        Reduce::Tail(0.77),
        Reduce::SmoothMin(5),
    ];

    #[test]
    fn rules_by_hand() {
        let of = |rule, losses: &[f64]| {
            let steps = (0..).map(f64::from);
            let rows: Vec<(f64, f64)> = steps.zip(losses.iter().copied()).collect();
            taken_in(rule, true, &rows).0.unwrap_or(None)
        };
        let losses = [5.0, 4.0, 3.0, 3.5, 2.5, 3.0, 2.75, 2.25, 2.5, 2.0];
        assert_eq!(of(Reduce::Last, &losses), Some(2.0));
        assert_eq!(of(Reduce::Tail(0.2), &losses), Some(2.25));
        assert_eq!(of(Reduce::Tail(0.01), &losses), Some(2.0));
        assert_eq!(of(Reduce::Tail(1.0), &losses), Some(3.05));
        // Means of three: …, (2.75 + 2.25 + 2.5)/3, (2.25 + 2.5 + 2.0)/3 = 2.25.
        assert_eq!(of(Reduce::SmoothMin(3), &losses), Some(2.25));
        assert_eq!(of(Reduce::SmoothMin(99), &losses), Some(3.05));
        assert_eq!(of(Reduce::Last, &[]), None);
    }

    #[test]
    fn a_run_in_order_holds_what_matters_and_little_more() {
        let rows: Vec<(f64, f64)> = (0..100_000)
            .map(|k| (f64::from(k), f64::from(k % 977)))
            .collect();
        for (rule, most) in RULES
            .into_iter()
            .zip([1, 12_500 + SLACK, 100_000, 5 + 2 * SLACK + 1])
        {
            let (value, held) = taken_in(rule, false, &rows);
            assert_eq!(value, taken_in(rule, true, &rows).0);
            assert!(held <= most, "{rule:?}: {held}");
        }
    }

    #[test]
    fn a_run_backwards_is_missed_and_not_mistaken() {
        let rows: Vec<(f64, f64)> = (0..5000)
            .map(|k| (-f64::from(k), f64::from(k % 977)))
            .collect();
        assert_eq!(taken_in(Reduce::Tail(0.1), false, &rows).0, Err(Missed));
        assert_eq!(taken_in(Reduce::SmoothMin(5), false, &rows).0, Err(Missed));
        assert_eq!(taken_in(Reduce::Last, false, &rows).0, Ok(Some(0.0)));
    }

    proptest! {
        #[test]
        fn a_value_is_exact_or_missed(
            parts in proptest::collection::vec((0..3000i32, 1..900i32), 1..8), rule in 0..RULES.len()
        ) {
            let mut rows = Vec::new();
            for (from, count) in parts {
                rows.extend((from..from + count).map(|k| (f64::from(k), f64::from((k * 7919) % 1013))));
            }
            let (thrifty, _) = taken_in(RULES[rule], false, &rows);
            if thrifty != Err(Missed) {
                prop_assert_eq!(thrifty, taken_in(RULES[rule], true, &rows).0);
            }
        }

        // Parts are long enough that no step back repeats rows twice: the slack is counted in rows.
        #[test]
        fn steps_back_within_the_slack_are_never_missed(
            backs in proptest::collection::vec((0..SLACK as i32, 2 * SLACK as i32..900), 1..8), rule in 0..RULES.len()
        ) {
            let (mut rows, mut at) = (Vec::new(), 0);
            for (back, count) in backs {
                let from = (at - back).max(0);
                rows.extend((from..from + count).map(|k| (f64::from(k), f64::from((k * 7919) % 1013))));
                at = from + count;
            }
            let (thrifty, _) = taken_in(RULES[rule], false, &rows);
            prop_assert_eq!(thrifty, taken_in(RULES[rule], true, &rows).0);
        }
    }
}
