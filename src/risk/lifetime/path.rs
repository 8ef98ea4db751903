//! Pools whose defaults come along a path of the economy: their calibration (M43), in the shape that a plan takes it in.

use super::pools::Group;
use crate::engine::PathLaw;
use crate::error::Result;
use crate::model::Model;
use crate::model::path::{IndexLaw, PathGrid, PathPool, calibrate};
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

/// The law of the pools of `groups` over `periods`; calibrated on a year of the grid at least, also for a shorter
/// horizon.
///
/// # Errors
/// Those of [`calibrate`].
pub fn path_law(
    law: &IndexLaw,
    groups: &[Group],
    (setup, model): (&EclSetup, &Model),
    (segments, periods): (&[String], usize),
) -> Result<(PathLaw, Vec<PathCorrelation>)> {
    let per_year = usize::from(setup.grid.per_year());
    let curve_of = |group: &Group| {
        let mut curve = vec![0.0; periods.max(per_year)];
        setup.terms.fill(group.term, setup.grid.months(), &mut curve);
        curve
    };
    let path_pool = |group: &Group| {
        let segment = group.segment as usize;
        let pd = setup.terms.cumulative(group.term, 12);
        PathPool {
            segment: segments.get(segment).map_or("", String::as_str),
            curve: curve_of(group),
            rho: model.segments().get(segment).map_or(0.0, |own| own.correlation(pd)),
            memory: law.memory.get(segment).copied().unwrap_or(0.0),
        }
    };
    let path_pools: Vec<PathPool<'_>> = groups.iter().map(path_pool).collect();
    let laws = calibrate(&path_pools, PathGrid { copula: model.copula(), per_year, periods })?;
    let mut found: Vec<PathCorrelation> = Vec::new();
    for ((group, path_pool), own) in groups.iter().zip(&path_pools).zip(&laws) {
        // What is certain has no correlation.
        if path_pool.curve.first().is_some_and(|&share| share >= 1.0) {
            continue;
        }
        let widen = |range: [f64; 2], rho: f64| [range[0].min(rho), range[1].max(rho)];
        match found.iter_mut().find(|known| known.segment == group.segment) {
            Some(known) => {
                known.one_period = widen(known.one_period, path_pool.rho);
                known.along_path = widen(known.along_path, own.rho);
            }
            None => found.push(PathCorrelation {
                segment: group.segment,
                memory: path_pool.memory,
                one_period: [path_pool.rho; 2],
                along_path: [own.rho; 2],
            }),
        }
    }
    let law = PathLaw {
        thetas: laws.iter().flat_map(|own| own.thetas.iter().copied()).collect(),
        rhos: laws.iter().map(|own| own.rho).collect(),
        memory: law.memory.clone(),
        innovations: law.innovations.clone(),
    };
    Ok((law, found))
}
