//! Defaults along a path of the economy: from term structures to thresholds of hazards (M42, M43).
//!
//! Each segment's index is an AR(1) process. In a bad period more obligors default, so that those who survive it have, on
//! average, seen better times than the index by itself would tell: thresholds follow the law of the index among survivors,
//! by a deterministic recursion, and give every term structure back. The asset correlation is recalibrated, so that two
//! obligors default together within a year as often as in the model of one period.
//!
//! [`IndexLaw`] (persistence) → [`calibrate`]: [`Economy`] (nodes), [`Density`] (survivors), rho′. A macro scenario is a
//! [`Climate`] of each index, a volatile economy has [`Regimes`], and [`Anchor`] says what the PDs of a tape are the mean of.

mod anchor;
mod climate;
mod conditional;
mod defaults;
mod density;
mod economy;
#[cfg(test)]
mod economy_tests;
mod persistence;
mod recalibrate;
mod regimes;
#[cfg(test)]
mod tests;

pub use anchor::Anchor;
pub use climate::Climate;
pub use conditional::conditional;
pub use defaults::PathDefaults;
pub use density::Density;
pub use economy::{Economies, Economy, Order};
pub use persistence::{IndexLaw, LARGEST_PERSISTENCE, per_period};
pub use recalibrate::{LARGEST_PATH_CORRELATION, joint_default};
pub use regimes::{LARGEST_REGIME, Regimes};

use super::Copula;
use crate::error::{Error, Result};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::collections::HashMap;

/// A pool whose defaults come along a path.
#[derive(Debug, Clone, PartialEq)]
pub struct PathPool<'a> {
    /// Name of its segment, for messages.
    pub segment: &'a str,
    /// Probability of default by the end of each period, 0 to 1, never falling: as many periods as are played, and no fewer
    /// than a year of them.
    pub curve: Vec<f64>,
    /// Where what is played of the curve ends, 0 to 1: lives that end within a period go no further; 1 where none do. The
    /// correlation is that of the whole curve.
    pub last: f64,
    /// Asset correlation of the model of one period, 0 to below 1.
    pub rho: f64,
    /// α of the segment's index, per period, 0 to below 1.
    pub memory: f64,
    /// What the curve is the mean of: None without a climate, else all macro scenarios together (M51).
    pub anchor: Option<&'a Anchor>,
}

/// What a pool's defaults along a path come from.
#[derive(Debug, Clone, PartialEq)]
pub struct PathPoolLaw {
    /// θ of each period: a default given survival has probability Φ((θ W − √ρ′ Y)/√(1 − ρ′)); −∞ where nobody
    /// defaults, ∞ where everybody does who is left.
    pub thetas: Vec<f64>,
    /// ρ′, 0 to [`LARGEST_PATH_CORRELATION`].
    pub rho: f64,
}

/// How periods are played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathGrid {
    /// How systematic and idiosyncratic parts are joined.
    pub copula: Copula,
    /// Periods in a year, 1 to 12.
    pub per_year: usize,
    /// Periods played.
    pub periods: usize,
    /// States of the whole economy, per period (M50).
    pub regimes: Option<Regimes>,
}

/// The law of each of `pools` on `grid` (M43), by all threads of the rayon pool that it is called in; equal pools are worked out
/// once.
///
/// # Errors
/// [`Error::Setting`] when a pool would need a correlation beyond what path mode has; [`Error::Internal`] when a curve is
/// too short, falls, or a number is out of its range.
pub fn calibrate(pools: &[PathPool<'_>], grid: PathGrid) -> Result<Vec<PathPoolLaw>> {
    let mut numbers: HashMap<Vec<u64>, usize> = HashMap::new();
    let mut distinct: Vec<&PathPool<'_>> = Vec::new();
    let mut places = Vec::with_capacity(pools.len());
    for pool in pools {
        check(pool, grid)?;
        let numbers_in = pool.curve.iter().chain([&pool.last, &pool.rho, &pool.memory]);
        let of_anchor = pool.anchor.into_iter().flat_map(Anchor::numbers);
        let key = numbers_in.copied().chain(of_anchor).map(f64::to_bits).collect();
        places.push(*numbers.entry(key).or_insert_with(|| {
            distinct.push(pool);
            distinct.len() - 1
        }));
    }
    let economies = Economies::new(grid.copula, distinct.iter().map(|pool| pool.memory)).in_regimes(grid.regimes);
    let one = |pool: &&PathPool<'_>| recalibrate::calibrate_one(pool, grid, &economies);
    let laws: Vec<PathPoolLaw> = distinct.par_iter().map(one).collect::<Result<_>>()?;
    Ok(places.into_iter().filter_map(|place| laws.get(place).cloned()).collect())
}

fn check(pool: &PathPool<'_>, grid: PathGrid) -> Result<()> {
    let inside = |range: std::ops::Range<f64>, value: f64| range.contains(&value);
    let good = (1..=12).contains(&grid.per_year)
        && pool.curve.len() >= grid.periods.max(grid.per_year)
        && pool.curve.is_sorted()
        && pool.curve.iter().chain([&pool.last]).all(|share| (0.0..=1.0).contains(share))
        && inside(0.0..1.0, pool.rho)
        && inside(0.0..1.0, pool.memory)
        && pool.anchor.is_none_or(Anchor::is_valid);
    match good {
        true => Ok(()),
        false => Err(Error::Internal(format!("a pool of segment '{}' that no path can have", pool.segment))),
    }
}
