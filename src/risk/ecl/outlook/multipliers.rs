//! What macro scenarios do to hazards of default: for each scenario and period, the hazard −ln(1 − q) of the share q of
//! survivors that defaults under the scenario, per that of the term structure itself.
//!
//! Worked out exactly along the path (M43, M52) at nodes of the one-year PD; a loan between nodes has the polynomial through the
//! logarithms there ([`Between`]).

use super::super::nodes::Between;
use super::Outlook;
use crate::error::{Error, Result};
use crate::model::index::PdBasis;
use crate::model::path::{Anchor, Economies, PathGrid, PathPool, calibrate, conditional};
use crate::model::term::{TermKey, TermStructures};
use crate::model::time::Grid;
use std::sync::{Arc, PoisonError};

/// Multipliers that are kept at most: PDs that stand for themselves may be many.
const MOST_KNOWN: usize = 1 << 16;

/// Where multipliers are known: a segment's term structure, and a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    segment: u32,
    curve: u16,
    age: u16,
    /// The month in which a short life ends within a period; 0 where none does.
    cut: u16,
    /// The bits of its one-year PD; NaN for a curve that is not scaled to one.
    pd: u64,
}

/// Logarithms of multipliers: those of the first scenario by period, then of the next.
pub type Multipliers = Vec<f64>;

impl Outlook {
    /// Multipliers of hazards of a loan of `segment` (with its name) and term structure `key`, one for each period, scenario by
    /// scenario; `cut` is the month in which its life ends within one of its first periods, else 0.
    ///
    /// # Errors
    /// Those of [`calibrate`].
    pub(in crate::risk) fn multipliers(
        &self,
        (segment, name): (u32, &str),
        key: TermKey,
        cut: u16,
        of: (&TermStructures, Grid),
    ) -> Result<Vec<f64>> {
        let at =
            |pd: f64| self.node(Place { segment, curve: key.curve, age: key.age, cut, pd: pd.to_bits() }, name, of);
        // A curve that is not scaled to a PD, and PDs beyond all nodes, stand for themselves.
        let Some(between) = Between::new(key.pd) else {
            return Ok(at(key.pd)?.iter().map(|log| libm::exp(*log)).collect());
        };
        let mut sums: Vec<f64> = Vec::new();
        for (number, weight) in between.weights.iter().enumerate() {
            let node = at(between.pd(number))?;
            sums.resize(node.len(), 0.0);
            sums.iter_mut().zip(node.iter()).for_each(|(sum, log)| *sum += weight * log);
        }
        Ok(sums.into_iter().map(libm::exp).collect())
    }

    /// The same without interpolation.
    #[cfg(test)]
    pub(in crate::risk) fn exact_multipliers(
        &self,
        (segment, name): (u32, &str),
        key: TermKey,
        of: (&TermStructures, Grid),
    ) -> Result<Vec<f64>> {
        let logs = self.work_out((segment, name), key, 0, of)?;
        Ok(logs.into_iter().map(libm::exp).collect())
    }

    fn node(&self, place: Place, name: &str, of: (&TermStructures, Grid)) -> Result<Arc<Multipliers>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        // Two threads may work one out at the same time, to the same bits.
        let key = TermKey { curve: place.curve, pd: f64::from_bits(place.pd), age: place.age };
        let new = Arc::new(self.work_out((place.segment, name), key, place.cut, of)?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            return Ok(new);
        }
        Ok(known.entry(place).or_insert(new).clone())
    }

    fn work_out(
        &self,
        (segment, name): (u32, &str),
        key: TermKey,
        cut: u16,
        (terms, grid): (&TermStructures, Grid),
    ) -> Result<Multipliers> {
        let segment = segment as usize;
        let per_year = usize::from(grid.per_year());
        let (periods, last) = match cut {
            0 => (self.periods.max(per_year), 1.0),
            cut => (usize::from(grid.periods(cut)).max(per_year), terms.cumulative(key, cut)),
        };
        let mut curve = vec![0.0; periods];
        terms.fill(key, grid.months(), &mut curve);
        let link = self.model.segments().get(segment);
        let link = link.ok_or_else(|| Error::Internal("an outlook without this segment".to_owned()))?;
        let memory = self.law.memory.get(segment).copied().unwrap_or(0.0);
        let anchor = self.anchor(segment);
        let pool = PathPool {
            segment: name,
            curve: curve.clone(),
            last,
            rho: link.correlation(terms.cumulative(key, 12)),
            memory,
            anchor: anchor.as_ref(),
        };
        let path_grid = PathGrid { copula: self.model.copula(), per_year, periods, regimes: self.economy.regimes };
        let laws = calibrate(&[pool], path_grid)?;
        let law = laws.first().ok_or_else(|| Error::Internal("a loan without a path".to_owned()))?;
        let economies = Economies::new(self.model.copula(), std::iter::once(memory)).in_regimes(self.economy.regimes);
        let played: Vec<f64> = curve.iter().map(|share| share.min(last)).collect();
        let mut logs = Vec::with_capacity(self.scenarios().len() * periods);
        for scenario in self.scenarios() {
            let climate = scenario.climates.get(segment);
            let climate = climate.ok_or_else(|| Error::Internal("a climate for every segment".to_owned()))?;
            let seen = conditional(law, memory, &economies, climate)?;
            logs.extend(hazards(&seen).zip(hazards(&played)).map(|(seen, own)| log_ratio(seen, own)));
        }
        Ok(logs)
    }

    /// Over what the PDs of `segment` are anchored: the scenarios with their weights, where they are of a point in time.
    pub(in crate::risk) fn anchor(&self, segment: usize) -> Option<Anchor> {
        if self.economy.pd_basis == PdBasis::ThroughTheCycle {
            return None;
        }
        let of = |scenario: &crate::model::index::MacroScenario| {
            Some((scenario.weight, scenario.climates.get(segment)?.clone()))
        };
        let (weights, climates) = self.scenarios().iter().filter_map(of).unzip();
        Some(Anchor { weights, climates })
    }
}

/// −ln(1 − q) of each period of a cumulative curve.
fn hazards(curve: &[f64]) -> impl Iterator<Item = f64> + '_ {
    let mut before = 0.0;
    curve.iter().map(move |&by_its_end| {
        let hazard = libm::log1p(-before) - libm::log1p(-by_its_end);
        before = by_its_end;
        hazard
    })
}

/// ln(seen / own); 0 where there is nothing to compare.
fn log_ratio(seen: f64, own: f64) -> f64 {
    let log = libm::log(seen / own);
    if log.is_finite() { log } else { 0.0 }
}
