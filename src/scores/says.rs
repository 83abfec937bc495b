//! The forecast of a larger model by one fitted law.

use super::from_logit;
use super::logit;
use super::mean::MeanLaw;
use super::sigmoid::Sigmoid;
use super::task::{Law, LawFit, MANY, ScoreTarget, Step, TaskFit};
use nalgebra::DVector;

/// A law's forecast of a larger model, on the scale of ln(p/(1 − p)).
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The law.
    pub law: Law,
    /// ln(p/(1 − p)).
    pub eta: f64,
    /// Its standard error, from the scatter of the models and the sampling of examples.
    pub se: f64,
    /// Degrees of freedom of the standard error; very many if the sampling error is known and the
    /// models do not scatter.
    pub dof: f64,
    /// The change of `eta` per standard error of the score of each fitted model.
    pub influence: Vec<f64>,
}

impl TaskFit {
    /// The forecasts of all laws whose inputs the target has.
    pub fn said(&self, target: &ScoreTarget) -> Vec<Said> {
        let chance = self.chance();
        let all = self.laws.iter();
        all.filter_map(|law| law.said(target, chance)).collect()
    }
}

impl LawFit {
    fn said(&self, target: &ScoreTarget, chance: f64) -> Option<Said> {
        let (p, variance, dof, own) = match &self.step {
            Step::Direct(largest) => {
                let x: Vec<f64> = match (self.law, target.size) {
                    (Law::Size, Some((n, d))) => vec![(n / largest[0]).ln(), (d / largest[1]).ln()],
                    (Law::Size, None) => return None,
                    _ => vec![(target.compute / largest[0]).ln()],
                };
                let (p, gradient) = MeanLaw::at(&x, chance, &self.parameters);
                (p, self.variance(&gradient), self.dof, gradient)
            }
            Step::Loss(first, scale, together) => {
                let surface = first.law().inputs().len() == 2;
                let place = match (surface, target.size) {
                    (true, Some((n, d))) => vec![n, d],
                    (true, None) => return None,
                    (false, _) => vec![target.compute],
                };
                let loss = first.predict(&place);
                let mut gradient = vec![0.0; first.values().len()];
                first.law().gradient(&place, &first.values(), &mut gradient);
                let of_loss = first.inference().ok()?;
                let error = of_loss.standard_error(&gradient)?;
                let x = (loss - scale.0) / scale.1;
                let (p, own, slope) = Sigmoid::at(x, chance, &self.parameters);
                let second = self.variance(&own).sqrt();
                let through = slope * error / scale.1;
                let both = through * through + second * second + 2.0 * together * through * second;
                let parts = [
                    (through * through, of_loss.dof.unwrap_or(MANY)),
                    (second * second, self.dof),
                ];
                let loss: f64 = parts.iter().map(|(v, dof)| v * v / dof).sum();
                let sum = parts[0].0 + parts[1].0;
                (p, both.max(0.0), (sum * sum / loss).clamp(1.0, MANY), own)
            }
        };
        let inside = p.clamp(1e-9, 1.0 - 1e-9);
        let to_eta = 1.0 / (inside * (1.0 - inside));
        let se = variance.sqrt() * to_eta;
        (se.is_finite()).then(|| Said {
            law: self.law,
            eta: logit(inside),
            se,
            dof,
            influence: self.influence(&own).map(|u| u * to_eta).collect(),
        })
    }

    fn variance(&self, gradient: &[f64]) -> f64 {
        let g = DVector::from_column_slice(gradient);
        (g.transpose() * &self.covariance * &g)[0].max(0.0)
    }

    /// The change of a value with this gradient per standard error of the score of each model.
    fn influence(&self, gradient: &[f64]) -> impl Iterator<Item = f64> {
        let columns = self.pull.column_iter();
        columns.map(|column| gradient.iter().zip(column.iter()).map(|(g, u)| g * u).sum())
    }
}

impl Said {
    /// The score.
    pub fn point(&self) -> f64 {
        from_logit(self.eta)
    }
}
