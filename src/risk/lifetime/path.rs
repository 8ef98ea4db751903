//! Pools whose defaults come along a path of the economy: their calibration (M43), in the shapes that severities and a plan take
//! it in.

use super::pools::Group;
use super::severities::PoolDefaults;
use crate::engine::{DefaultTimes, PathLaw};
use crate::error::Result;
use crate::model::Model;
use crate::model::path::{
    Anchor, Economies, IndexLaw, PathDefaults, PathGrid, PathPool, PathPoolLaw, Regimes, calibrate,
};
use crate::risk::ecl::EclSetup;

/// What calibration made of the asset correlations of a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathCorrelation {
    /// Index of the segment.
    pub segment: u32,
    /// α of its index, per period.
    pub memory: f64,
    /// The smallest and the largest of its pools in the model of one period.
    pub one_period: [f64; 2],
    /// The same along the path, ρ′.
    pub along_path: [f64; 2],
}

/// What macro scenarios and regimes are to thresholds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PathEconomy<'a> {
    /// What the PDs of each segment are the mean of, where they are point in time (M51); none: through the cycle.
    pub anchors: &'a [Anchor],
    /// States of the whole economy, per period (M50).
    pub regimes: Option<Regimes>,
}

/// All pools along their paths.
pub struct Paths {
    law: IndexLaw,
    /// α of each pool.
    memory: Vec<f64>,
    pools: Vec<PathPoolLaw>,
    /// Whether all of a pool default in the first period.
    is_certain: Vec<bool>,
    economies: Economies,
    regimes: Option<Regimes>,
    correlations: Vec<PathCorrelation>,
}

impl Paths {
    /// The pools of `groups` over `periods`; calibrated on a year of the grid at least, also for a shorter horizon.
    ///
    /// # Errors
    /// Those of [`calibrate`].
    pub fn new(
        (law, economy): (&IndexLaw, PathEconomy<'_>),
        groups: &[Group],
        (setup, model): (&EclSetup, &Model),
        (segments, periods): (&[String], usize),
    ) -> Result<Self> {
        let per_year = usize::from(setup.grid.per_year());
        let path_pool = |group: &Group| {
            let mut curve = vec![0.0; periods.max(per_year)];
            setup.terms.fill(group.term, setup.grid.months(), &mut curve);
            let (segment, pd) = (group.segment as usize, setup.terms.cumulative(group.term, 12));
            PathPool {
                segment: segments.get(segment).map_or("", String::as_str),
                curve,
                last: group.last(setup),
                rho: model.segments().get(segment).map_or(0.0, |own| own.correlation(pd)),
                memory: law.memory.get(segment).copied().unwrap_or(0.0),
                anchor: economy.anchors.get(segment),
            }
        };
        let path_pools: Vec<PathPool<'_>> = groups.iter().map(path_pool).collect();
        let pools =
            calibrate(&path_pools, PathGrid { copula: model.copula(), per_year, periods, regimes: economy.regimes })?;
        let memory: Vec<f64> = path_pools.iter().map(|pool| pool.memory).collect();
        let is_certain = path_pools.iter().map(|pool| pool.curve.first().is_some_and(|&share| share >= 1.0)).collect();
        let mut paths = Self {
            law: law.clone(),
            economies: Economies::new(model.copula(), memory.iter().copied()).in_regimes(economy.regimes),
            regimes: economy.regimes,
            memory,
            pools,
            is_certain,
            correlations: vec![],
        };
        groups.iter().zip(&path_pools).enumerate().for_each(|(number, (group, pool))| paths.tell(number, group, pool));
        Ok(paths)
    }

    fn tell(&mut self, number: usize, group: &Group, pool: &PathPool<'_>) {
        // What is certain has no correlation.
        let Some(own) = self.pools.get(number).filter(|_| !self.is_certain[number]) else { return };
        let widen = |range: [f64; 2], rho: f64| [range[0].min(rho), range[1].max(rho)];
        match self.correlations.iter_mut().find(|known| known.segment == group.segment) {
            Some(known) => {
                known.one_period = widen(known.one_period, pool.rho);
                known.along_path = widen(known.along_path, own.rho);
            }
            None => self.correlations.push(PathCorrelation {
                segment: group.segment,
                memory: pool.memory,
                one_period: [pool.rho; 2],
                along_path: [own.rho; 2],
            }),
        }
    }

    /// How the obligors of pool `number` default.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::Error::Internal) when there is no such pool.
    pub fn defaults(&self, number: usize) -> Result<PoolDefaults> {
        let law = self.pools.get(number).cloned().unwrap_or(PathPoolLaw { thetas: vec![], rho: 0.0 });
        let memory = self.memory.get(number).copied().unwrap_or_default();
        let defaults = PathDefaults::new(&law, memory, &self.economies)?;
        Ok(PoolDefaults {
            is_certain: self.is_certain.get(number).copied().unwrap_or_default(),
            shares: law.thetas.iter().map(|&theta| self.economies.copula().cdf(theta)).collect(),
            rho: law.rho,
            law: Box::new(defaults),
        })
    }

    /// For a plan, with what there is to tell.
    pub fn into_times(self) -> (DefaultTimes, Vec<PathCorrelation>) {
        let IndexLaw { memory, innovations } = self.law;
        let thetas = self.pools.iter().flat_map(|own| own.thetas.iter().copied()).collect();
        let rhos = self.pools.iter().map(|own| own.rho).collect();
        (
            DefaultTimes::Path(Box::new(PathLaw { thetas, rhos, memory, innovations, regimes: self.regimes })),
            self.correlations,
        )
    }
}
