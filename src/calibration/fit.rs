//! What every way of fitting hands on: coefficients, the volatility of the quarter's effect, and what errors are made of.

use super::binomial::Count;
use super::design::Design;
use super::{effect, regression};
use crate::math::matrix::Matrix;

/// What was observed, a value for each quarter.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcomes {
    /// Defaults among so many obligors.
    Counts(Vec<Count>),
    /// Φ⁻¹ of rates, all strictly between 0 and 1.
    Probits(Vec<f64>),
}

/// A fit of p = Φ(a + bᵀx + τu), u standard normal.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// a, then b.
    pub coefficients: Vec<f64>,
    /// τ, 0 or more.
    pub volatility: f64,
    /// ln of the likelihood with all its constants.
    pub log_likelihood: f64,
    /// Derivatives of each quarter's log-likelihood by the parameters, row by row.
    pub scores: Vec<f64>,
    /// Observed information; parameters are the coefficients, and behind them τ where it was estimated beside them.
    pub information: Matrix,
}

impl Outcomes {
    /// Number of quarters.
    pub fn len(&self) -> usize {
        match self {
            Self::Counts(counts) => counts.len(),
            Self::Probits(probits) => probits.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Quarters `start` to before `end`.
    pub fn part(&self, start: usize, end: usize) -> Self {
        match self {
            Self::Counts(counts) => Self::Counts(counts.get(start..end).unwrap_or_default().to_vec()),
            Self::Probits(probits) => Self::Probits(probits.get(start..end).unwrap_or_default().to_vec()),
        }
    }

    /// The fit by maximum likelihood, or by least squares where there are no counts; None where there is none.
    pub fn fit(&self, design: &Design) -> Option<Fit> {
        match self {
            Self::Counts(counts) => effect::fit(counts, design),
            Self::Probits(probits) => regression::fit(probits, design),
        }
    }

    /// The largest volatility that the data allow beside `fit` (95 %, one-sided); None where it has no end.
    pub fn highest_volatility(&self, design: &Design, fit: &Fit) -> Option<f64> {
        match self {
            Self::Counts(counts) => effect::highest_volatility(counts, design, fit),
            Self::Probits(probits) => Some(regression::highest_volatility(probits.len(), fit)),
        }
    }
}

impl Fit {
    /// Parameters that a criterion counts: coefficients and τ.
    pub fn parameters(&self) -> usize {
        self.coefficients.len() + 1
    }
}
