//! The states of the economy at which hazards are weighed (M43): nodes of the index, in each regime (M50), and of W under the t
//! copula.

use super::regimes::Regimes;
use crate::math::hermite::{Hermite, Transition};
use crate::math::mixing;
use crate::model::Copula;
use std::sync::OnceLock;

/// How many nodes the index has: more where correlations are high and hazards steep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// 32 nodes, for correlations up to 0.2.
    Coarse,
    /// 64 nodes, up to 0.6.
    Medium,
    /// 160 nodes.
    Fine,
}

impl Order {
    /// Every order, the coarsest first.
    pub const ALL: [Self; 3] = [Self::Coarse, Self::Medium, Self::Fine];

    /// The coarsest order for the asset correlation `rho`, 0 to 0.97.
    pub fn of(rho: f64) -> Self {
        match rho {
            rho if rho <= 0.2 => Self::Coarse,
            rho if rho <= 0.6 => Self::Medium,
            _ => Self::Fine,
        }
    }

    fn nodes(self) -> usize {
        match self {
            Self::Coarse => 32,
            Self::Medium => 64,
            Self::Fine => 160,
        }
    }
}

/// Nodes with what one period does to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Economy {
    copula: Copula,
    index: Hermite,
    step: Transition,
    regimes: Option<Regimes>,
    /// Residual of each state of one W: regime by regime, node by node.
    residuals: Vec<f64>,
    /// W with the root of its weight; weights add up to 1.
    mixing: Vec<(f64, f64)>,
}

impl Economy {
    /// The states of an index with the `memory` α per period, 0 to 1; None only if its eigenvalues cannot be found.
    pub fn new(copula: Copula, memory: f64, order: Order) -> Option<Self> {
        let index = Hermite::new(order.nodes())?;
        let step = index.transition(memory);
        let residuals = index.nodes().to_vec();
        Some(Self { copula, step, mixing: mixing(copula), index, regimes: None, residuals })
    }

    /// The same in `regimes`: each node stands in both of them.
    pub fn in_regimes(mut self, regimes: Option<Regimes>) -> Self {
        self.regimes = regimes;
        self.residuals = match regimes {
            None => self.index.nodes().to_vec(),
            Some(regimes) => {
                let of_state =
                    |state: usize| self.index.nodes().iter().map(move |&value| regimes.residual(state, value));
                (0..2).flat_map(of_state).collect()
            }
        };
        self
    }

    /// The regimes, if any.
    pub fn regimes(&self) -> Option<Regimes> {
        self.regimes
    }

    /// The copula.
    pub fn copula(&self) -> Copula {
        self.copula
    }

    /// The index Y in each state of one W: nodes, ascending; in regimes those of the calm one first.
    pub fn index(&self) -> &[f64] {
        &self.residuals
    }

    /// Nodes of N(0, 1) with the roots of their weights, whatever the regimes.
    pub fn standard(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.index.nodes().iter().copied().zip(self.index.roots().iter().copied())
    }

    /// Roots of the weights of the regimes: 1 alone where there are none.
    pub fn regime_roots(&self) -> Vec<f64> {
        self.regimes.map_or_else(|| vec![1.0], |regimes| regimes.stationary().map(f64::sqrt).to_vec())
    }

    /// W with the roots of their weights: 1 alone under the Gaussian copula.
    pub fn mixing(&self) -> &[(f64, f64)] {
        &self.mixing
    }

    /// Roots of the weights of all states, W by W.
    pub fn roots(&self) -> Vec<f64> {
        let regimes = self.regime_roots();
        let of_regime = |root: f64| self.index.roots().iter().map(move |own| root * own);
        let of_w = |&(_, root): &(f64, f64)| regimes.iter().map(move |own| root * own).flat_map(of_regime);
        self.mixing.iter().flat_map(of_w).collect()
    }

    /// Coefficients of Hermite's orthonormal polynomials of `values` (times roots of weights, of one W) in each regime, added
    /// to `out`.
    pub fn expand(&self, values: &[f64], out: &mut Vec<f64>) {
        values.chunks_exact(self.index.nodes().len()).for_each(|values| self.index.expand(values, out));
    }

    /// What `values` (times roots of weights, W by W) become in a period; W stays as it is.
    pub fn advance(&self, values: &[f64], out: &mut [f64]) {
        let n = self.index.nodes().len();
        for (values, out) in values.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
            self.step.apply(values, out);
        }
        let Some([leave_calm, leave_turbulent]) = self.regimes.map(|regimes| regimes.leave()) else { return };
        // A chain of two states is reversible: times roots of weights its matrix is symmetric.
        let change = (leave_calm * leave_turbulent).sqrt();
        for both in out.chunks_exact_mut(2 * n) {
            let (calm, turbulent) = both.split_at_mut(n);
            for (calm, turbulent) in calm.iter_mut().zip(turbulent) {
                let before = (*calm, *turbulent);
                *calm = (1.0 - leave_calm) * before.0 + change * before.1;
                *turbulent = change * before.0 + (1.0 - leave_turbulent) * before.1;
            }
        }
    }
}

/// W with the roots of weights, for [`Economy::mixing`].
fn mixing(copula: Copula) -> Vec<(f64, f64)> {
    match copula {
        Copula::Gaussian => vec![(1.0, 1.0)],
        Copula::StudentT { degrees_of_freedom } => {
            mixing::nodes(degrees_of_freedom).into_iter().map(|(w, weight)| (w, weight.sqrt())).collect()
        }
    }
}

/// Economies by memory and order, each made when first asked for.
#[derive(Debug)]
pub struct Economies {
    copula: Copula,
    regimes: Option<Regimes>,
    by_memory: Vec<(f64, [OnceLock<Option<Economy>>; 3])>,
}

impl Economies {
    /// Those of a `copula` and of indices with these `memories`, α per period, 0 to 1.
    pub fn new(copula: Copula, memories: impl Iterator<Item = f64>) -> Self {
        let mut by_memory: Vec<(f64, [OnceLock<Option<Economy>>; 3])> = Vec::new();
        for memory in memories {
            if by_memory.iter().all(|(known, _)| *known != memory) {
                by_memory.push((memory, Default::default()));
            }
        }
        Self { copula, regimes: None, by_memory }
    }

    /// The same in `regimes`.
    pub fn in_regimes(self, regimes: Option<Regimes>) -> Self {
        let by_memory = self.by_memory.into_iter().map(|(memory, _)| (memory, Default::default())).collect();
        Self { regimes, by_memory, ..self }
    }

    /// The coarsest order for the asset correlation `rho`, 0 to 0.97: in a regime in which the index is σ times as volatile it
    /// is as steep as ρσ²/(1 − ρ + ρσ²) is without.
    pub fn order(&self, rho: f64) -> Order {
        let steepness = |volatility: f64| {
            let part = rho * volatility * volatility;
            part / (1.0 - rho + part)
        };
        Order::of(
            self.regimes.map_or(rho, |regimes| regimes.volatility().map(steepness).into_iter().fold(rho, f64::max)),
        )
    }

    /// Their copula.
    pub fn copula(&self) -> Copula {
        self.copula
    }

    /// The economy of such a memory; None when it was not among the memories.
    pub fn get(&self, memory: f64, order: Order) -> Option<&Economy> {
        let (_, orders) = self.by_memory.iter().find(|(known, _)| *known == memory)?;
        let new = || Some(Economy::new(self.copula, memory, order)?.in_regimes(self.regimes));
        orders.get(order as usize)?.get_or_init(new).as_ref()
    }
}
