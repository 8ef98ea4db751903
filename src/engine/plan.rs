//! The plan: a portfolio and a model, laid out for devices and frozen.
//!
//! Everything a device needs that does not depend on the scenario is here, as integers: losses, blocks, and each pool's
//! line in Φ's argument. Two runs with one plan, seed and stream version have one answer (L1).

use super::digest::{Digest, Hasher};
use super::stream::{LARGEST_BLOCK, STREAM_VERSION};
use crate::math::grid::FRACTION_BITS;
use crate::math::{normal, student};
use crate::model::{Copula, Model};
use crate::portfolio::{Pool, Pooled};
use crate::units::Unit;

/// A block of fewer loans is played by name under [`KernelChoice::Auto`]: measured crossover on a CPU.
const FEW_LOANS: u32 = 64;

/// A block of a higher PD is played by name under [`KernelChoice::Auto`]: measured crossover on a CPU.
const HIGH_PD: f64 = 0.35;

/// PDs are taken no nearer to 0 and 1 than this when they become thresholds (exactly 0 and 1 are exact).
const SMALLEST_PD: f64 = 1e-15;

/// Which kernel plays a block's loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelChoice {
    /// By size and PD of each block (M15).
    Auto,
    /// Hits thrown at loans, everywhere.
    Granular,
    /// One draw per loan, everywhere.
    Named,
}

/// How one block is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// K hits, thrown uniformly; K comes from the host.
    Granular,
    /// One word per obligor against a threshold from the host.
    Named,
}

/// Whether the obligors of a pool can default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chance {
    /// PD is exactly 0.
    Never,
    /// Somewhere between.
    Random,
    /// PD is exactly 1.
    Certain,
}

/// A pool's line in Φ's argument (M5): x = A W − B Y with W the copula's mixing variable and Y the segment's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// A = quantile(PD) / √(1 − rho), times 2^`shift`, rounded.
    pub threshold: i32,
    /// Fraction bits of `threshold`, 0 to 30: as many as fit.
    pub shift: u32,
    /// B = √(rho / (1 − rho)), times 2^24, rounded.
    pub slope: i32,
}

/// A pool as devices see it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedPool {
    /// Index of the segment.
    pub segment: u32,
    /// One-period probability of default, 0 to 1.
    pub pd: f64,
    /// Asset correlation, from the PD that the plan was laid out with; a restated plan keeps it.
    pub rho: f64,
    /// Whether its obligors can default.
    pub chance: Chance,
    /// Argument of Φ; unused unless `chance` is random.
    pub line: Line,
}

/// Up to [`LARGEST_BLOCK`] obligors of one pool: what is played at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Number of the block: a part of the address of its randomness (L3).
    pub number: u32,
    /// Index of the pool.
    pub pool: u32,
    /// Index of the segment.
    pub segment: u32,
    /// Index of the first obligor in [`Plan::losses`].
    pub first: u32,
    /// Number of obligors, 1 to [`LARGEST_BLOCK`].
    pub obligors: u32,
    /// How it is played.
    pub kernel: Kernel,
}

/// The loss and the defaults that every scenario of a segment has: its obligors of PD 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CertainLoss {
    /// Units.
    pub loss: u64,
    /// Obligors.
    pub defaults: u32,
}

/// A frozen layout; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    model: Model,
    unit: Unit,
    pools: Vec<PlannedPool>,
    blocks: Vec<Block>,
    losses: Vec<u32>,
    rows: Vec<u32>,
    certain: Vec<CertainLoss>,
    random: Vec<Block>,
}

impl Plan {
    /// Lays `pooled` out under `model`, whose segments are the portfolio's in the same order.
    pub fn new(pooled: Pooled, model: Model, choice: KernelChoice) -> Self {
        let mut blocks = Vec::new();
        for (index, pool) in pooled.pools.iter().enumerate() {
            let n_blocks = pool.obligors.div_ceil(LARGEST_BLOCK);
            for part in 0..n_blocks {
                // Even parts: the sizes differ by one at most, so no block is a small remainder.
                let cut = |part: u32| (u64::from(pool.obligors) * u64::from(part) / u64::from(n_blocks)) as u32;
                let obligors = cut(part + 1) - cut(part);
                blocks.push(Block {
                    number: blocks.len() as u32,
                    pool: index as u32,
                    segment: pool.segment,
                    first: pool.first + cut(part),
                    obligors,
                    kernel: choose_kernel(choice, obligors, pool.pd),
                });
            }
        }
        let correlation = |pool: &Pool| model.segments()[pool.segment as usize].correlation(pool.pd);
        let planned = |pool: &Pool| plan_pool(model.copula(), pool.segment, pool.pd, correlation(pool));
        let pools = pooled.pools.iter().map(planned).collect();
        Self {
            model,
            unit: pooled.unit,
            pools,
            blocks,
            losses: pooled.losses,
            rows: pooled.rows,
            certain: vec![],
            random: vec![],
        }
        .with_certainties()
    }

    /// The same layout, units, kernels and correlations with other PDs, one per pool: a stressed run on common draws, in
    /// which a rise of PDs only adds defaults (M23). Values outside 0…1 are clamped; a short slice leaves the rest as
    /// they are.
    pub fn restated(&self, pds: &[f64]) -> Self {
        let mut plan = self.clone();
        for (pool, &pd) in plan.pools.iter_mut().zip(pds) {
            *pool = plan_pool(self.model.copula(), pool.segment, pd.clamp(0.0, 1.0), pool.rho);
        }
        plan.with_certainties()
    }

    /// Dependence between the segments.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Currency per unit of loss.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// Number of segments, some of which may be empty.
    pub fn n_segments(&self) -> usize {
        self.certain.len()
    }

    /// Pools, ordered by segment, then PD.
    pub fn pools(&self) -> &[PlannedPool] {
        &self.pools
    }

    /// Every block, in order of its number.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The blocks whose defaults depend on the scenario; the others are in [`Plan::certain`] or never default.
    pub fn random_blocks(&self) -> &[Block] {
        &self.random
    }

    /// What each segment loses in every scenario.
    pub fn certain(&self) -> &[CertainLoss] {
        &self.certain
    }

    /// Loss of each obligor if it defaults, in units, by block.
    pub fn losses(&self) -> &[u32] {
        &self.losses
    }

    /// Tape row, from 0, of each obligor's first loan, by block.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Losses of the obligors of `block`.
    pub fn losses_of(&self, block: &Block) -> &[u32] {
        &self.losses[block.first as usize..][..block.obligors as usize]
    }

    /// Expected number of hits and draws per scenario: what playing costs, whatever the device.
    pub fn work_per_scenario(&self) -> f64 {
        self.random.iter().map(|block| self.work_of(block)).sum()
    }

    /// Expected number of hits or draws of `block` in a scenario.
    pub fn work_of(&self, block: &Block) -> f64 {
        let cost = match block.kernel {
            Kernel::Granular => -libm::log1p(-self.pools[block.pool as usize].pd.min(1.0 - 1e-16)),
            Kernel::Named => 1.0,
        };
        f64::from(block.obligors) * cost
    }

    /// SHA-256 over everything here that decides a loss.
    pub fn digest(&self) -> Digest {
        let mut hash = Hasher::new("mc-gpu plan");
        hash.u64(u64::from(STREAM_VERSION)).f64(self.unit.value()).u64(self.certain.len() as u64);
        match self.model.copula() {
            Copula::Gaussian => hash.f64(0.0),
            Copula::StudentT { degrees_of_freedom } => hash.f64(degrees_of_freedom),
        };
        for segment in self.model.segments() {
            segment.weights().iter().for_each(|&weight| _ = hash.f64(weight));
        }
        for pool in &self.pools {
            let Line { threshold, shift, slope } = pool.line;
            let chance = pool.chance as u32;
            hash.u32s(&[pool.segment, chance, threshold as u32, shift, slope as u32]);
        }
        for block in &self.blocks {
            hash.u32s(&[block.pool, block.first, block.obligors, block.kernel as u32]);
        }
        hash.u32s(&self.losses);
        hash.finish()
    }

    fn with_certainties(mut self) -> Self {
        let chance = |block: &Block| self.pools[block.pool as usize].chance;
        let mut certain = vec![CertainLoss::default(); self.model.segments().len()];
        for block in self.blocks.iter().filter(|block| chance(block) == Chance::Certain) {
            let sum = &mut certain[block.segment as usize];
            sum.loss += self.losses_of(block).iter().map(|&loss| u64::from(loss)).sum::<u64>();
            sum.defaults += block.obligors;
        }
        self.random = self.blocks.iter().filter(|block| chance(block) == Chance::Random).copied().collect();
        self.certain = certain;
        self
    }
}

fn choose_kernel(choice: KernelChoice, obligors: u32, pd: f64) -> Kernel {
    match choice {
        KernelChoice::Granular => Kernel::Granular,
        KernelChoice::Named => Kernel::Named,
        KernelChoice::Auto if obligors < FEW_LOANS || pd >= HIGH_PD => Kernel::Named,
        KernelChoice::Auto => Kernel::Granular,
    }
}

fn plan_pool(copula: Copula, segment: u32, pd: f64, rho: f64) -> PlannedPool {
    let chance = match pd {
        p if p <= 0.0 => Chance::Never,
        p if p >= 1.0 => Chance::Certain,
        _ => Chance::Random,
    };
    let pd_inside = pd.clamp(SMALLEST_PD, 1.0 - SMALLEST_PD);
    let quantile = match copula {
        Copula::Gaussian => normal::quantile(pd_inside),
        Copula::StudentT { degrees_of_freedom } => student::quantile(pd_inside, degrees_of_freedom),
    };
    let (threshold, shift) = mantissa(quantile / (1.0 - rho).sqrt());
    let slope = ((rho / (1.0 - rho)).sqrt() * SCALE + 0.5).floor() as i32;
    PlannedPool { segment, pd, rho, chance, line: Line { threshold, shift, slope } }
}

/// Q7.24, the grid of Φ's argument, of the index and of the mixing variable.
const SCALE: f64 = (1u32 << FRACTION_BITS) as f64;

/// `value` as an i32 with as many fraction bits (0 to 30) as keep it below 2^31; rising in `value`.
fn mantissa(value: f64) -> (i32, u32) {
    let mut shift = 0;
    let mut scale = 1.0;
    while shift < 30 && value.abs() * (scale * 2.0) <= 2_147_483_647.0 {
        scale *= 2.0;
        shift += 1;
    }
    ((value * scale + 0.5).floor() as i32, shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mantissa_keeps_as_many_bits_as_fit() {
        assert_eq!(mantissa(1.0), (1 << 30, 30));
        assert_eq!(mantissa(-1.0), (-(1 << 30), 30));
        assert_eq!(mantissa(2.0), (1 << 30, 29));
        assert_eq!(mantissa(0.0), (0, 30));
        assert_eq!(mantissa(-1e300).1, 0);
    }

    #[test]
    fn the_kernel_follows_size_and_pd_only() {
        assert_eq!(choose_kernel(KernelChoice::Auto, 63, 0.01), Kernel::Named);
        assert_eq!(choose_kernel(KernelChoice::Auto, 64, 0.01), Kernel::Granular);
        assert_eq!(choose_kernel(KernelChoice::Auto, 9_999, 0.35), Kernel::Named);
        assert_eq!(choose_kernel(KernelChoice::Named, 9_999, 0.01), Kernel::Named);
        assert_eq!(choose_kernel(KernelChoice::Granular, 1, 0.9), Kernel::Granular);
    }
}
