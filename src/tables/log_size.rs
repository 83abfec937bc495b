//! What a log says of the size of its model: its parameters, or its compute per token or per step.

use super::candidates::candidates;
use super::columns::Column;
use super::log::{RawTable, RowView};
use super::log_columns::LogColumns;
use super::roles::{COMPUTE, ColumnRole, PARAMS, TOKENS};
use crate::runs::{LogAxis, ModelSize};

/// A column says the size if it varies by less than this along the run.
const STEADY: f64 = 0.01;

/// The columns of the size, where they are clear from their names.
#[derive(Debug, Clone, Copy)]
pub(super) struct SizeColumns {
    params: Option<Column>,
    compute: Option<Column>,
    tokens: Option<Column>,
}

/// The lowest and the highest value so far.
type Range = Option<(f64, f64)>;

/// What the rows read so far say of the size.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SizeSeen {
    params: Range,
    per_token: Range,
    per_step: Range,
}

impl SizeColumns {
    /// Finds the columns beside those of the log.
    pub(super) fn find(table: &RawTable, columns: &LogColumns) -> SizeColumns {
        let taken = &[columns.x.index, columns.loss.index];
        let if_clear = |role: &ColumnRole| match candidates(table, role, taken)[..] {
            [index] => Some(Column::new(table, role, index, false)),
            _ => None,
        };
        SizeColumns {
            params: if_clear(&PARAMS),
            compute: if_clear(&COMPUTE),
            tokens: match columns.axis {
                LogAxis::Step => if_clear(&TOKENS),
                LogAxis::Tokens => Some(columns.x),
            },
        }
    }

    /// Their places in the table.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let all = [self.params, self.compute, self.tokens];
        all.into_iter().flatten().map(|column| column.index)
    }

    /// Adds what a row at this step says.
    pub(super) fn take(&self, row: &RowView<'_>, step: f64, seen: &mut SizeSeen) {
        let number = |column: Option<Column>| {
            let column = column?;
            let read = column.numeral.read_in(row, column.index).ok()?.value;
            (read > 0.0 && read.is_finite()).then_some(read)
        };
        if let Some(params) = number(self.params) {
            add(&mut seen.params, params);
        }
        let Some(compute) = number(self.compute) else {
            return;
        };
        if let Some(tokens) = number(self.tokens) {
            add(&mut seen.per_token, compute / tokens);
        }
        if step > 0.0 {
            add(&mut seen.per_step, compute / step);
        }
    }
}

fn add(range: &mut Range, value: f64) {
    let (low, high) = range.unwrap_or((value, value));
    *range = Some((low.min(value), high.max(value)));
}

impl SizeSeen {
    /// Adds what later rows of the same run say.
    pub(super) fn join(&mut self, later: SizeSeen) {
        for (own, later) in [
            (&mut self.params, later.params),
            (&mut self.per_token, later.per_token),
            (&mut self.per_step, later.per_step),
        ] {
            for end in later.into_iter().flat_map(|(low, high)| [low, high]) {
                add(own, end);
            }
        }
    }

    /// The size, by the column that says it most directly.
    pub(super) fn size(self) -> Option<ModelSize> {
        let steady = |range: Range| {
            let (low, high) = range.filter(|(low, high)| *high <= low * (1.0 + STEADY))?;
            Some(0.5 * (low + high))
        };
        let params = steady(self.params).map(ModelSize::Params);
        params
            .or_else(|| steady(self.per_token).map(ModelSize::FlopPerToken))
            .or_else(|| steady(self.per_step).map(ModelSize::FlopPerStep))
    }
}
