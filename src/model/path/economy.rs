//! The states of the economy at which hazards are weighed (M43): nodes of the index, and of W under the t copula.

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
    /// W with the root of its weight; weights add up to 1.
    mixing: Vec<(f64, f64)>,
}

impl Economy {
    /// The states of an index with the `memory` α per period, 0 to 1; None only if its eigenvalues cannot be found.
    pub fn new(copula: Copula, memory: f64, order: Order) -> Option<Self> {
        let index = Hermite::new(order.nodes())?;
        let step = index.transition(memory);
        Some(Self { copula, step, mixing: mixing(copula), index })
    }

    /// The copula.
    pub fn copula(&self) -> Copula {
        self.copula
    }

    /// Nodes of the index Y, ascending.
    pub fn index(&self) -> &[f64] {
        self.index.nodes()
    }

    /// W with the roots of their weights: 1 alone under the Gaussian copula.
    pub fn mixing(&self) -> &[(f64, f64)] {
        &self.mixing
    }

    /// Roots of the weights of all states, W by W.
    pub fn roots(&self) -> Vec<f64> {
        let of_index = |&(_, root): &(f64, f64)| self.index.roots().iter().map(move |own| root * own);
        self.mixing.iter().flat_map(of_index).collect()
    }

    /// Coefficients of Hermite's orthonormal polynomials of `values` (times roots of weights, of one W), added to `out`.
    pub fn expand(&self, values: &[f64], out: &mut Vec<f64>) {
        self.index.expand(values, out);
    }

    /// What `values` (times roots of weights, W by W) become in a period; W stays as it is.
    pub fn advance(&self, values: &[f64], out: &mut [f64]) {
        let n = self.index.nodes().len();
        for (values, out) in values.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
            self.step.apply(values, out);
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
        Self { copula, by_memory }
    }

    /// Their copula.
    pub fn copula(&self) -> Copula {
        self.copula
    }

    /// The economy of such a memory; None when it was not among the memories.
    pub fn get(&self, memory: f64, order: Order) -> Option<&Economy> {
        let (_, orders) = self.by_memory.iter().find(|(known, _)| *known == memory)?;
        orders.get(order as usize)?.get_or_init(|| Economy::new(self.copula, memory, order)).as_ref()
    }
}
