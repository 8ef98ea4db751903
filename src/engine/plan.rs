//! The plan: a portfolio and a model, laid out for devices and frozen.
//!
//! Everything a device needs that does not depend on the scenario is here, as integers: losses, blocks, and each pool's
//! line in Φ's argument. Two runs with one plan, seed and stream version have one answer (L1).

use super::block::{Block, Kernel, KernelChoice, choose_kernel, parts};
use super::default_times::{DefaultTimes, PathLaw};
use super::digest::{Digest, Hasher};
use super::horizon::{Horizon, HorizonSpec};
use super::line::{Line, quantile};
use super::slots;
use super::stream::STREAM_VERSION;
use crate::error::{Error, Result};
use crate::model::{Copula, Model};
use crate::portfolio::{Pool, Pooled};
use crate::units::Unit;

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
    horizon: Option<Horizon>,
    certain: Vec<CertainLoss>,
    random: Vec<Block>,
}

impl Plan {
    /// Lays `pooled` out under `model`, whose segments are the portfolio's in the same order.
    pub fn new(pooled: Pooled, model: Model, choice: KernelChoice) -> Self {
        Self::with_slots(pooled, model, choice, &[])
    }

    /// As [`Plan::new`], for losses over several periods. A pool of `pooled` has all first losses of its obligors, then all
    /// second ones; losses are bases, of which the profile of each says how much is lost when (M32).
    ///
    /// # Errors
    /// [`Error::Internal`] when `spec` does not fit `pooled`, or has a value that is out of range.
    pub fn with_horizon(pooled: Pooled, model: Model, choice: KernelChoice, spec: HorizonSpec) -> Result<Self> {
        let mut first = 0;
        let in_place = pooled.pools.iter().zip(&spec.slots).all(|(pool, &slots)| {
            let here = pool.first as usize == first;
            first += pool.obligors as usize * usize::from(slots);
            here && slots > 0
        });
        if !in_place || first != pooled.losses.len() || first != spec.profiles.len() || first != pooled.rows.len() {
            return Err(Error::Internal("the losses of a horizon do not fill the slots of their pools".to_owned()));
        }
        let slots = spec.slots.clone();
        let rho = |pool: &Pool| model.segments()[pool.segment as usize].correlation(pool.pd);
        let rhos: Vec<f64> = pooled.pools.iter().map(rho).collect();
        let mut horizon = Horizon::new(spec, &model, &rhos)?;
        let mut plan = Self::with_slots(pooled, model, choice, &slots);
        plan.order_slots(&mut horizon);
        for block in &mut plan.blocks {
            let ends = horizon.profiles()[block.places()].iter().map(|&profile| horizon.end_of(profile));
            block.periods = ends.max().unwrap_or(0).max(1) as u16;
            let by_then = horizon.cumulative_of(block.pool)[usize::from(block.periods) - 1];
            block.kernel = choose_kernel(choice, block.obligors, by_then);
        }
        for (index, pool) in plan.pools.iter_mut().enumerate() {
            let cumulative = horizon.cumulative_of(index as u32);
            pool.chance = match cumulative {
                [certain, ..] if *certain >= 1.0 => Chance::Certain,
                [.., never] if *never <= 0.0 => Chance::Never,
                _ => Chance::Random,
            };
        }
        plan.horizon = Some(horizon);
        Ok(plan.with_certainties())
    }

    /// Lays pools of several losses an obligor out; `slots` of each pool, 1 where there are none.
    fn with_slots(pooled: Pooled, model: Model, choice: KernelChoice, slots: &[u16]) -> Self {
        let correlation = |pool: &Pool| model.segments()[pool.segment as usize].correlation(pool.pd);
        let planned = |pool: &Pool| plan_pool(model.copula(), pool.segment, pool.pd, correlation(pool));
        let pools = pooled.pools.iter().map(planned).collect();
        let mut blocks = Vec::new();
        for (index, pool) in pooled.pools.iter().enumerate() {
            let slots = slots.get(index).copied().unwrap_or(1);
            for part in parts(pool.obligors) {
                let obligors = part.len() as u32;
                blocks.push(Block {
                    number: blocks.len() as u32,
                    pool: index as u32,
                    segment: pool.segment,
                    first: pool.first + u32::from(slots) * part.start as u32,
                    obligors,
                    slots,
                    periods: 1,
                    kernel: choose_kernel(choice, obligors, pool.pd),
                });
            }
        }
        Self {
            model,
            unit: pooled.unit,
            pools,
            blocks,
            losses: pooled.losses,
            rows: pooled.rows,
            horizon: None,
            certain: vec![],
            random: vec![],
        }
        .with_certainties()
    }

    /// Puts what stands slot by slot in each pool into the order of its blocks.
    fn order_slots(&mut self, horizon: &mut Horizon) {
        for blocks in self.blocks.chunk_by(|a, b| a.pool == b.pool) {
            let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { continue };
            let places = first.places().start..last.places().end;
            let n: u32 = blocks.iter().map(|block| block.obligors).sum();
            let (n, parts) = (n as usize, parts(n));
            slots::into_blocks(&mut self.losses[places.clone()], n, &parts);
            slots::into_blocks(&mut self.rows[places.clone()], n, &parts);
            slots::into_blocks(&mut horizon.profiles_mut()[places], n, &parts);
        }
    }

    /// The same layout, units, kernels and correlations with other PDs, one per pool: a stressed run on common draws, in
    /// which a rise of PDs only adds defaults (M23). Values outside 0…1 are clamped; a short slice leaves the rest as
    /// they are.
    ///
    /// # Errors
    /// [`Error::Setting`] in path mode, whose thresholds are calibrated to the PDs that the plan was laid out with.
    pub fn restated(&self, pds: &[f64]) -> Result<Self> {
        if self.path().is_some() {
            let wanted = "\"copula\" to restate PDs; for \"path\", lay the portfolio out again: `mc-gpu ecl` or \
                          `mc-gpu simulate` on a tape with the other PDs";
            return Err(Error::setting("time.default_times", "\"path\"", wanted));
        }
        let mut plan = self.clone();
        for (index, (pool, &pd)) in plan.pools.iter_mut().zip(pds).enumerate() {
            let restated = plan_pool(self.model.copula(), pool.segment, pd.clamp(0.0, 1.0), pool.rho);
            if let Some(horizon) = &mut plan.horizon {
                horizon.restate(index as u32, (pool, &restated), self.model.copula());
            }
            *pool = restated;
        }
        Ok(plan.with_certainties())
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

    /// Losses of the obligors of `block`, slot by slot; bases in a plan of several periods.
    pub fn losses_of(&self, block: &Block) -> &[u32] {
        &self.losses[block.places()]
    }

    /// The periods, in a plan of several.
    pub fn horizon(&self) -> Option<&Horizon> {
        self.horizon.as_ref()
    }

    /// The law of the index along its path and the number of periods, in a plan whose default times follow one.
    pub fn path(&self) -> Option<(&PathLaw, usize)> {
        let horizon = self.horizon.as_ref()?;
        match horizon.times() {
            DefaultTimes::Copula => None,
            DefaultTimes::Path(law) => Some((law, horizon.periods())),
        }
    }

    /// Lines in Φ's argument of `block`, one for each of its periods; the last one decides how many default at all, but in
    /// path mode all of them do.
    pub fn lines_of(&self, block: &Block) -> &[Line] {
        match &self.horizon {
            Some(horizon) => &horizon.lines_of(block.pool)[..usize::from(block.periods)],
            None => std::slice::from_ref(&self.pools[block.pool as usize].line),
        }
    }

    /// Probability that an obligor of `block` defaults in any of its periods.
    pub fn pd_of(&self, block: &Block) -> f64 {
        match &self.horizon {
            Some(horizon) => horizon.cumulative_of(block.pool)[usize::from(block.periods) - 1],
            None => self.pools[block.pool as usize].pd,
        }
    }

    /// Expected number of hits and draws per scenario: what playing costs, whatever the device.
    pub fn work_per_scenario(&self) -> f64 {
        self.random.iter().map(|block| self.work_of(block)).sum()
    }

    /// Expected number of hits or draws of `block` in a scenario.
    pub fn work_of(&self, block: &Block) -> f64 {
        let cost = match block.kernel {
            Kernel::Granular => -libm::log1p(-self.pd_of(block).min(1.0 - 1e-16)),
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
        if let Some(horizon) = &self.horizon {
            horizon.add_to(&mut hash);
            self.blocks.iter().for_each(|block| _ = hash.u32s(&[u32::from(block.slots), u32::from(block.periods)]));
        }
        hash.finish()
    }

    fn with_certainties(mut self) -> Self {
        let chance = |block: &Block| self.pools[block.pool as usize].chance;
        let mut certain = vec![CertainLoss::default(); self.model.segments().len()];
        for block in self.blocks.iter().filter(|block| chance(block) == Chance::Certain) {
            let sum = &mut certain[block.segment as usize];
            sum.loss += match &self.horizon {
                None => self.losses_of(block).iter().map(|&loss| u64::from(loss)).sum::<u64>(),
                Some(horizon) => {
                    let loss = |place: usize| horizon.loss(self.losses[place], horizon.profiles()[place], 0);
                    block.places().filter_map(loss).map(u64::from).sum()
                }
            };
            sum.defaults += block.obligors;
        }
        self.random = self.blocks.iter().filter(|block| chance(block) == Chance::Random).copied().collect();
        self.certain = certain;
        self
    }
}

fn plan_pool(copula: Copula, segment: u32, pd: f64, rho: f64) -> PlannedPool {
    let chance = match pd {
        p if p <= 0.0 => Chance::Never,
        p if p >= 1.0 => Chance::Certain,
        _ => Chance::Random,
    };
    PlannedPool { segment, pd, rho, chance, line: Line::new(quantile(copula, pd), rho) }
}
