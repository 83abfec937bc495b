//! What the other columns of a log say about the run: values that are the same in every row, such
//! as the model size, and values that grow with the steps, such as the tokens.

use super::log::{RawTable, RowView};
use crate::runs::Carried;

/// A column grows with the steps where its ratio to them varies by less than this.
const STEADY: f64 = 0.01;

/// What the rows read so far say about a column.
#[derive(Debug, Clone, Default)]
struct Seen {
    first: Option<String>,
    differs: bool,
    /// The lowest and the highest ratio to the step; `None` before the first.
    ratios: Option<(f64, f64)>,
    /// The ratio of the last row.
    last: f64,
    /// Whether some row has no positive number.
    is_other: bool,
}

/// What the rows read so far say about each column.
#[derive(Debug, Clone, Default)]
pub(super) struct CarriedSeen(Vec<Seen>);

impl Seen {
    fn take(&mut self, cell: &str, x: Option<f64>) {
        if cell.is_empty() {
            return;
        }
        match &self.first {
            None => self.first = Some(cell.to_owned()),
            Some(first) => self.differs |= first != cell,
        }
        if self.is_other {
            return;
        }
        match (cell.parse::<f64>(), x) {
            (Ok(value), Some(x)) if value > 0.0 && value.is_finite() && x > 0.0 => {
                self.last = value / x;
                let (low, high) = self.ratios.unwrap_or((self.last, self.last));
                self.ratios = Some((low.min(self.last), high.max(self.last)));
            }
            // Counts are zero at step zero.
            (Ok(0.0), Some(0.0)) => {}
            _ => self.is_other = true,
        }
    }

    fn join(&mut self, later: Seen) {
        let Some(first) = later.first else {
            return;
        };
        self.differs |= later.differs || self.first.as_ref().is_some_and(|own| *own != first);
        self.first.get_or_insert(first);
        self.is_other |= later.is_other;
        self.ratios = match (self.ratios, later.ratios) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        if later.ratios.is_some() {
            self.last = later.last;
        }
    }

    fn carried(self) -> Option<Carried> {
        let first = self.first?;
        let grows = self
            .ratios
            .filter(|(low, high)| *high <= low * (1.0 + STEADY));
        match (self.differs, self.is_other, grows) {
            (false, ..) => Some(Carried::Same(first)),
            (true, false, Some(_)) => Some(Carried::Grows(self.last)),
            _ => None,
        }
    }
}

impl CarriedSeen {
    /// Adds a row, whose step is `x`.
    pub(super) fn take(&mut self, row: &RowView<'_>, table: &RawTable, x: Option<f64>) {
        self.0.resize_with(table.header.len(), Seen::default);
        for (index, seen) in self.0.iter_mut().enumerate() {
            seen.take(row.cell(index), x);
        }
    }

    /// Adds what later rows of the same run say.
    pub(super) fn join(&mut self, later: CarriedSeen) {
        if self.0.is_empty() {
            *self = later;
            return;
        }
        for (own, later) in self.0.iter_mut().zip(later.0) {
            own.join(later);
        }
    }

    /// The columns that can be carried to the end of the run, except those in `but`.
    pub(super) fn into_columns(self, table: &RawTable, but: &[usize]) -> Vec<(String, Carried)> {
        let all = self.0.into_iter().enumerate();
        let others = all.filter(|(index, _)| !but.contains(index));
        others
            .filter_map(|(index, seen)| Some((table.header[index].clone(), seen.carried()?)))
            .filter(|(name, _)| !name.is_empty())
            .collect()
    }
}
