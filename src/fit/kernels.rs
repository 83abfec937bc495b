//! The innermost loops of the fits, exposed so that `studies` can time them.

use super::surface::{Centred, Point, Rho, Workspace};
use super::{Observations, Residuals};
use crate::formula::{Prepared, Scratch};
use crate::law::TypedLaw;
use crate::numeric::{Limits, Moments, NODES, PowerProblem};
pub use crate::numeric::{exp_of, ln_of};

/// The scan of a·C^b + c: the best (s, c) and the sum of squares at every exponent of a grid.
pub struct CurveScan(Moments);

impl CurveScan {
    /// Exponents of the grid.
    pub const NODES: usize = NODES;

    /// `None` for log residuals.
    #[must_use]
    pub fn new(observations: &Observations) -> Option<CurveScan> {
        let problem = PowerProblem::new(observations, true, Limits::natural(true))?;
        Some(CurveScan(problem.moments()))
    }

    /// The smallest sum of squares over the grid.
    #[must_use]
    pub fn evaluate(&self) -> f64 {
        self.0.scan().into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The same without the vector instructions that only some processors have.
    #[must_use]
    pub fn evaluate_narrow(&self) -> f64 {
        self.0.scanned().into_iter().fold(f64::INFINITY, f64::min)
    }
}

/// The objective of E + A/N^α + B/D^β under Huber's loss on log residuals, with its derivatives.
pub struct SurfaceObjective {
    data: Centred,
    workspace: Workspace,
    p: Point,
}

impl SurfaceObjective {
    const RHO: Rho = Rho::Huber(1e-3);

    /// With both exponents at 0.35; `None` unless the residuals are logarithmic.
    #[must_use]
    pub fn new(observations: &Observations) -> Option<SurfaceObjective> {
        (observations.residuals == Residuals::Log).then(|| {
            let data = Centred::new(observations);
            SurfaceObjective {
                workspace: Workspace::new(&data),
                p: [0.2, 0.2, 0.6, 0.35, 0.35],
                data,
            }
        })
    }

    /// The value where α is larger by `step`.
    pub fn value(&mut self, step: f64) -> f64 {
        let mut p = self.p;
        p[3] += step;
        self.workspace.value(&self.data, &p, Self::RHO)
    }

    /// The same without the vector instructions that only some processors have.
    pub fn value_narrow(&mut self, step: f64) -> f64 {
        let mut p = self.p;
        p[3] += step;
        self.workspace.value_of(&self.data, &p, Self::RHO)
    }

    /// The value and the first entry of the Hessian there.
    pub fn derivatives(&mut self, step: f64) -> f64 {
        let mut p = self.p;
        p[3] += step;
        let value = self.workspace.value(&self.data, &p, Self::RHO);
        value + self.workspace.derivatives(&self.data, &p, Self::RHO).1[0][0]
    }
}

/// A typed law and its derivatives in every parameter, at all runs.
pub struct TypedKernel<'a> {
    prepared: Prepared<'a>,
    scratch: Scratch,
    p: Vec<f64>,
    results: usize,
    column: Vec<f64>,
}

impl<'a> TypedKernel<'a> {
    /// At these values of the parameters.
    #[must_use]
    pub fn new(law: &'a TypedLaw, columns: &[Vec<f64>], p: &[f64]) -> TypedKernel<'a> {
        let rows = columns.first().map_or(0, Vec::len);
        TypedKernel {
            prepared: Prepared::new(&law.program, columns, rows),
            scratch: Scratch::default(),
            p: p.to_vec(),
            results: 1 + p.len(),
            column: vec![0.0; rows],
        }
    }

    /// The sum of all values and derivatives, with the parameter at `place` larger by `step`.
    pub fn evaluate(&mut self, place: usize, step: f64) -> f64 {
        let before = self.p[place];
        self.p[place] += step;
        self.prepared.evaluate(&self.p, &mut self.scratch);
        self.p[place] = before;
        let mut sum = 0.0;
        for result in 0..self.results {
            self.prepared
                .result(result, &self.scratch, &mut self.column);
            sum += self.column.iter().sum::<f64>();
        }
        sum
    }
}
