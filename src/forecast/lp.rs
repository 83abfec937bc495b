//! Small dense linear programs with two-sided rows: both ends of `cost·x` over `low ≤ A·x ≤ high`,
//! `x ≥ 0`.
//!
//! For costs ≥ 0 the empty basis is dual feasible. The dual simplex method goes from it straight to
//! the minimum without a first phase, and the primal method from there to the maximum. Bounded
//! basic variables stand for the rows (Chvátal 1983, ch. 8 and 10). The tableau only chooses the
//! basis, so its rounding does not matter: the answer is solved from the rows themselves.

/// Why a program has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// No `x` satisfies every row.
    Infeasible,
    /// The cost has no limit in the requested direction.
    Unbounded,
    /// The pivots did not end.
    NotConverged,
}

/// A program with its tableau. It can be solved for other bounds of the rows without allocating.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    rows: usize,
    columns: usize,
    /// A, row by row.
    a: Vec<f64>,
    cost: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    /// ∂(basic of this row) / ∂(nonbasic of this column), row by row.
    tableau: Vec<f64>,
    /// ∂cost / ∂(nonbasic).
    reduced: Vec<f64>,
    /// Values of the basic variables.
    value: Vec<f64>,
    /// Variable of each row: `0..columns` is x, `columns..` the value of a row of A.
    basic: Vec<usize>,
    nonbasic: Vec<Nonbasic>,
}

#[derive(Debug, Clone, Copy)]
struct Nonbasic {
    variable: usize,
    at_high: bool,
}

/// A smaller pivot or infeasibility is rounding: rows are scaled to size 1.
const TINY: f64 = 1e-10;
/// Smallest pivot among ties, as a share of the row's largest entry.
const PIVOT: f64 = 1e-9;
/// How often the tableau is rebuilt if its solution violates the rows.
const REBUILDS: usize = 4;

impl Program {
    /// A program for `a` (row by row, `cost.len()` columns, scaled to entries of about 1) and a
    /// `cost` without negative entries.
    pub(crate) fn new(a: Vec<f64>, cost: Vec<f64>) -> Program {
        let columns = cost.len();
        let rows = a.len() / columns.max(1);
        Program {
            rows,
            columns,
            tableau: a.clone(),
            reduced: cost.clone(),
            value: vec![0.0; rows],
            basic: vec![0; rows],
            nonbasic: Vec::with_capacity(columns),
            low: vec![0.0; rows],
            high: vec![0.0; rows],
            a,
            cost,
        }
    }

    /// Smallest and largest cost for these bounds of the rows.
    pub(crate) fn range(&mut self, low: &[f64], high: &[f64]) -> Result<(f64, f64), NoAnswer> {
        let smallest = self.least(low, high)?;
        let largest = self.settle(Program::primal)?;
        Ok((smallest, largest))
    }

    /// Smallest cost for these bounds of the rows.
    pub(crate) fn least(&mut self, low: &[f64], high: &[f64]) -> Result<f64, NoAnswer> {
        self.low.copy_from_slice(low);
        self.high.copy_from_slice(high);
        self.reset();
        self.settle(Program::dual)
    }

    /// Whether any x satisfies these bounds of the rows.
    pub(crate) fn feasible(&mut self, low: &[f64], high: &[f64]) -> bool {
        self.low.copy_from_slice(low);
        self.high.copy_from_slice(high);
        self.reset();
        self.settle(Program::dual).is_ok()
    }

    fn reset(&mut self) {
        self.tableau.copy_from_slice(&self.a);
        self.reduced.copy_from_slice(&self.cost);
        self.value.fill(0.0);
        for (i, slot) in self.basic.iter_mut().enumerate() {
            *slot = self.columns + i;
        }
        self.nonbasic.clear();
        self.nonbasic
            .extend((0..self.columns).map(|variable| Nonbasic {
                variable,
                at_high: false,
            }));
    }

    /// Pivots to the end, then checks the vertex against the rows. If rounding made the tableau
    /// wrong, it is rebuilt from its basis and pivoting goes on.
    fn settle(
        &mut self,
        pivots: fn(&mut Program) -> Result<(), NoAnswer>,
    ) -> Result<f64, NoAnswer> {
        for _ in 0..REBUILDS {
            let ended = pivots(self);
            let x = self.vertex();
            match (ended, x) {
                (Ok(()), Some(x)) if self.satisfied(&x) => {
                    return Ok(self.cost.iter().zip(&x).map(|(c, x)| c * x).sum());
                }
                (Err(NoAnswer::Infeasible), _) => return Err(NoAnswer::Infeasible),
                (Err(NoAnswer::Unbounded), _) => return Err(NoAnswer::Unbounded),
                _ => self.rebuild(),
            }
        }
        Err(NoAnswer::NotConverged)
    }

    fn bounds(&self, variable: usize) -> (f64, f64) {
        match variable.checked_sub(self.columns) {
            None => (0.0, f64::INFINITY),
            Some(row) => (self.low[row], self.high[row]),
        }
    }

    fn value_of(&self, nonbasic: Nonbasic) -> f64 {
        let (low, high) = self.bounds(nonbasic.variable);
        if nonbasic.at_high { high } else { low }
    }

    fn budget(&self) -> usize {
        50 * (self.columns + self.rows.min(200))
    }

    /// Dual simplex: keeps the cost optimal and removes one violation after another.
    fn dual(&mut self) -> Result<(), NoAnswer> {
        for _ in 0..self.budget() {
            let Some((row, target)) = self.worst_violation() else {
                return Ok(());
            };
            let raise = target > self.value[row];
            let entries = &self.tableau[row * self.columns..(row + 1) * self.columns];
            let largest = entries.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            let mut best: Option<(usize, f64, f64)> = None;
            for (j, (&entry, nonbasic)) in entries.iter().zip(&self.nonbasic).enumerate() {
                let helps = (entry > 0.0) == (raise != nonbasic.at_high);
                if !helps || entry.abs() <= PIVOT * largest {
                    continue;
                }
                let ratio = (self.reduced[j] / entry).abs();
                let better = best.is_none_or(|(_, least, size)| {
                    ratio < least * (1.0 - 1e-12) || (ratio <= least && entry.abs() > size)
                });
                if better {
                    best = Some((j, ratio, entry.abs()));
                }
            }
            let (column, ..) = best.ok_or(NoAnswer::Infeasible)?;
            let step = (target - self.value[row]) / self.tableau[row * self.columns + column];
            self.exchange(row, column, step, target);
        }
        Err(NoAnswer::NotConverged)
    }

    /// The basic variable furthest outside its bounds, and the bound it violates.
    fn worst_violation(&self) -> Option<(usize, f64)> {
        let mut worst = TINY;
        let mut found = None;
        for (row, (&variable, &value)) in self.basic.iter().zip(&self.value).enumerate() {
            let (low, high) = self.bounds(variable);
            for (gap, bound) in [(low - value, low), (value - high, high)] {
                if gap > worst {
                    worst = gap;
                    found = Some((row, bound));
                }
            }
        }
        found
    }

    /// Primal simplex: keeps the rows satisfied and raises the cost.
    fn primal(&mut self) -> Result<(), NoAnswer> {
        for _ in 0..self.budget() {
            let entering = self
                .reduced
                .iter()
                .zip(&self.nonbasic)
                .map(|(d, n)| if n.at_high { -d } else { *d })
                .enumerate()
                .filter(|(_, gain)| *gain > TINY)
                .max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((column, _)) = entering else {
                return Ok(());
            };
            let nonbasic = self.nonbasic[column];
            let direction = if nonbasic.at_high { -1.0 } else { 1.0 };
            let (low, high) = self.bounds(nonbasic.variable);
            // Its own other bound, then the first basic variable to meet one.
            let mut reach = high - low;
            let mut leaving: Option<(usize, f64, f64)> = None;
            for row in 0..self.rows {
                let slope = direction * self.tableau[row * self.columns + column];
                if slope.abs() <= PIVOT {
                    continue;
                }
                let (low, high) = self.bounds(self.basic[row]);
                let bound = if slope > 0.0 { high } else { low };
                let room = ((bound - self.value[row]) / slope).max(0.0);
                let tie = leaving.is_some_and(|(_, _, size)| room <= reach && slope.abs() > size);
                if room < reach * (1.0 - 1e-12) || tie {
                    reach = room;
                    leaving = Some((row, bound, slope.abs()));
                }
            }
            match leaving {
                Some((row, bound, _)) => self.exchange(row, column, direction * reach, bound),
                None if reach.is_finite() => self.flip(column, direction * reach),
                None => return Err(NoAnswer::Unbounded),
            }
        }
        Err(NoAnswer::NotConverged)
    }

    /// Moves a nonbasic row value to its other bound.
    fn flip(&mut self, column: usize, step: f64) {
        self.move_along(column, step);
        let nonbasic = &mut self.nonbasic[column];
        nonbasic.at_high = !nonbasic.at_high;
    }

    fn move_along(&mut self, column: usize, step: f64) {
        for (row, value) in self.value.iter_mut().enumerate() {
            *value += step * self.tableau[row * self.columns + column];
        }
    }

    /// Moves the nonbasic variable of `column` by `step`, which brings the basic one of `row` to
    /// `bound`. The two then change places.
    fn exchange(&mut self, row: usize, column: usize, step: f64, bound: f64) {
        let entering = self.nonbasic[column];
        let arrived = self.value_of(entering) + step;
        self.move_along(column, step);
        let leaving = self.basic[row];
        let (low, high) = self.bounds(leaving);
        self.nonbasic[column] = Nonbasic {
            variable: leaving,
            at_high: bound == high && low != high,
        };
        self.basic[row] = entering.variable;
        self.value[row] = arrived;
        self.pivot(row, column);
    }

    fn pivot(&mut self, row: usize, column: usize) {
        let k = self.columns;
        let (before, rest) = self.tableau.split_at_mut(row * k);
        let (pivot_row, after) = rest.split_at_mut(k);
        let inverse = 1.0 / pivot_row[column];
        for entry in pivot_row.iter_mut() {
            *entry *= -inverse;
        }
        pivot_row[column] = inverse;
        let mut eliminate = |other: &mut [f64]| {
            let factor = other[column];
            if factor == 0.0 {
                return;
            }
            for (entry, p) in other.iter_mut().zip(pivot_row.iter()) {
                *entry += factor * p;
            }
            other[column] = factor * inverse;
        };
        before.chunks_exact_mut(k).for_each(&mut eliminate);
        after.chunks_exact_mut(k).for_each(&mut eliminate);
        eliminate(&mut self.reduced);
    }

    /// Rows that hold at a bound, each with that bound, and the x that are basic.
    fn basis(&self) -> (Vec<(usize, f64)>, Vec<usize>) {
        let tight = self
            .nonbasic
            .iter()
            .filter(|n| n.variable >= self.columns)
            .map(|n| (n.variable - self.columns, self.value_of(*n)))
            .collect();
        let columns = self.basic.iter().copied().filter(|v| *v < self.columns);
        (tight, columns.collect())
    }

    /// The vertex of the present basis, solved from A itself with one step of refinement.
    fn vertex(&self) -> Option<Vec<f64>> {
        let (tight, columns) = self.basis();
        let k = columns.len();
        if tight.len() != k {
            return None;
        }
        if k == 0 {
            return Some(vec![0.0; self.columns]);
        }
        let entry = |i: usize, j: usize| self.a[tight[i].0 * self.columns + columns[j]];
        let square = nalgebra::DMatrix::from_fn(k, k, entry);
        let rhs = nalgebra::DVector::from_fn(k, |i, _| tight[i].1);
        let factor = square.clone().full_piv_lu();
        let mut solution = factor.solve(&rhs)?;
        let correction = factor.solve(&(&rhs - &square * &solution))?;
        solution += correction;
        let mut x = vec![0.0; self.columns];
        for (&column, value) in columns.iter().zip(solution.iter()) {
            x[column] = *value;
        }
        Some(x)
    }

    fn satisfied(&self, x: &[f64]) -> bool {
        const SLACK: f64 = 1e-8;
        let rows = self.a.chunks_exact(self.columns);
        x.iter().all(|v| *v >= -SLACK * (1.0 + v.abs()))
            && rows
                .zip(self.low.iter().zip(&self.high))
                .all(|(row, (low, high))| {
                    let value: f64 = row.iter().zip(x).map(|(a, x)| a * x).sum();
                    value >= low - SLACK && value <= high + SLACK
                })
    }

    /// The tableau of the present basis, from A itself.
    fn rebuild(&mut self) {
        let (tight, columns) = self.basis();
        let sides: Vec<(usize, bool)> = self
            .nonbasic
            .iter()
            .filter(|n| n.variable >= self.columns)
            .map(|n| (n.variable - self.columns, n.at_high))
            .collect();
        self.reset();
        let mut open: Vec<usize> = tight.iter().map(|(row, _)| *row).collect();
        for column in columns {
            let size = |row: &usize| self.tableau[row * self.columns + column].abs();
            let Some(best) =
                (0..open.len()).max_by(|&i, &k| size(&open[i]).total_cmp(&size(&open[k])))
            else {
                break;
            };
            if size(&open[best]) <= TINY {
                continue;
            }
            let row = open.swap_remove(best);
            let at_high = sides.iter().any(|(r, high)| *r == row && *high);
            let bound = if at_high {
                self.high[row]
            } else {
                self.low[row]
            };
            let step = (bound - self.value[row]) / self.tableau[row * self.columns + column];
            self.exchange(row, column, step, bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_solved_by_hand() {
        // x + y in [1, 2], x + 3y in [2, 4]; cost 2x + y: smallest at (0, 1), largest at (2, 0).
        let mut program = Program::new(vec![1.0, 1.0, 1.0, 3.0], vec![2.0, 1.0]);
        let (low, high) = program.range(&[1.0, 2.0], &[2.0, 4.0]).unwrap();
        assert!((low - 1.0).abs() < 1e-14, "{low}");
        assert!((high - 4.0).abs() < 1e-14, "{high}");
    }

    #[test]
    fn rows_that_nothing_satisfies_best() {
        let mut program = Program::new(vec![1.0, 0.5], vec![1.0, 1.0]);
        assert_eq!(program.range(&[-1.0], &[1.0]), Ok((0.0, 2.0)));
    }

    #[test]
    fn no_answer_has_its_reason() {
        let mut program = Program::new(vec![1.0, 1.0, 1.0, 1.0], vec![1.0, 1.0]);
        assert_eq!(
            program.range(&[1.0, 3.0], &[2.0, 4.0]),
            Err(NoAnswer::Infeasible)
        );
        let mut free = Program::new(vec![1.0, 0.0], vec![1.0, 1.0]);
        assert_eq!(free.range(&[1.0], &[2.0]), Err(NoAnswer::Unbounded));
    }

    /// Envelope-like programs solved by a second solver (microlp), and by both ends of the bands.
    #[test]
    fn a_second_solver_agrees_to_nine_digits() {
        let mut solved = 0;
        for seed in 0..60_u32 {
            let n = 4 + (seed % 9) as usize;
            let wave = |k: usize| (f64::from(seed) * 12.9898 + k as f64 * 78.233).sin();
            let u: Vec<f64> = (0..n)
                .map(|i| -9.0 + 9.0 * i as f64 / (n - 1) as f64)
                .collect();
            let y: Vec<f64> = u
                .iter()
                .enumerate()
                .map(|(i, u)| (1.5 + (-0.2 * u).exp()) * (1.0 + 0.01 * wave(i)))
                .collect();
            let exponents = [0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
            let entry = |i: usize, b: f64| (-b * (u[i] - u[0])).exp() / y[i];
            let a: Vec<f64> = (0..n)
                .flat_map(|i| exponents.map(|b| entry(i, b)))
                .collect();
            let cost: Vec<f64> = exponents
                .iter()
                .map(|b| (-b * (4.0 - u[0])).exp())
                .collect();
            let (low, high) = (vec![0.98; n], vec![1.02; n]);
            let second = |direction| {
                let mut problem = microlp::Problem::new(direction);
                let x: Vec<_> = cost
                    .iter()
                    .map(|c| problem.add_var(*c, (0.0, f64::INFINITY)))
                    .collect();
                for i in 0..n {
                    let row: Vec<_> = x
                        .iter()
                        .zip(exponents)
                        .map(|(v, b)| (*v, entry(i, b)))
                        .collect();
                    problem.add_constraint(&row, microlp::ComparisonOp::Ge, low[i]);
                    problem.add_constraint(&row, microlp::ComparisonOp::Le, high[i]);
                }
                match problem.solve() {
                    Ok(microlp::SolveOutcome::Solution(s)) => Ok(s.objective()),
                    _ => Err(NoAnswer::Infeasible),
                }
            };
            let witness = second(microlp::OptimizationDirection::Minimize)
                .and_then(|low| Ok((low, second(microlp::OptimizationDirection::Maximize)?)));
            let own = Program::new(a, cost.clone()).range(&low, &high);
            match (own, witness) {
                (Ok((low, high)), Ok((w_low, w_high))) => {
                    assert!((low / w_low - 1.0).abs() < 1e-9, "{seed}: {low} {w_low}");
                    assert!(
                        (high / w_high - 1.0).abs() < 1e-9,
                        "{seed}: {high} {w_high}"
                    );
                    solved += 1;
                }
                (own, witness) => {
                    assert_eq!(own.err(), witness.err())
                }
            }
        }
        assert!(solved >= 20, "{solved}");
    }
}
