//! What macro scenarios do to hazards of default: for each scenario and period, the hazard −ln(1 − q) of the share q of
//! survivors that defaults under the scenario, per that of the term structure itself.
//!
//! Worked out exactly along the path (M43, M52) at nodes of the one-year PD, a quarter apart in ln(−ln(1 − p)); a loan between
//! nodes has the cubic through the logarithms at the four nearest.

use super::Outlook;
use crate::error::{Error, Result};
use crate::math::lagrange::cubic_weights;
use crate::model::index::PdBasis;
use crate::model::path::{Anchor, Economies, PathGrid, PathPool, calibrate, conditional};
use crate::model::term::{TermKey, TermStructures};
use crate::model::time::Grid;
use std::sync::{Arc, PoisonError};

/// Distance of nodes in ln(−ln(1 − p)): interpolation then errs by less than 1e-5 (tested).
const SPACING: f64 = 0.25;

/// The range of one-year PDs that have nodes around them: beyond, multipliers are those at its ends.
const RANGE: [f64; 2] = [1e-12, 1.0 - 1e-9];

/// Where multipliers are known: a segment's term structure, and a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    segment: u32,
    curve: u16,
    age: u16,
    /// The month in which a short life ends within a period; 0 where none does.
    cut: u16,
    /// Number of the node; None for a curve that is not scaled to a PD.
    node: Option<i32>,
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
        (terms, grid): (&TermStructures, Grid),
    ) -> Result<Vec<f64>> {
        let at = |node: Option<i32>| {
            let place = Place { segment, curve: key.curve, age: key.age, cut, node };
            self.node(place, name, (terms, grid))
        };
        if key.pd.is_nan() {
            return Ok(at(None)?.iter().map(|log| libm::exp(*log)).collect());
        }
        let pd = key.pd.clamp(RANGE[0], RANGE[1]);
        let position = libm::log(-libm::log1p(-pd)) / SPACING;
        let first = libm::floor(position);
        let weights = cubic_weights(position - first);
        let first = first as i32;
        let nodes = [at(Some(first - 1))?, at(Some(first))?, at(Some(first + 1))?, at(Some(first + 2))?];
        let sum = |place: usize| -> f64 {
            nodes.iter().zip(weights).map(|(node, weight)| weight * node.get(place).copied().unwrap_or(0.0)).sum()
        };
        Ok((0..nodes[1].len()).map(|place| libm::exp(sum(place))).collect())
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
        let pd = place.node.map_or(f64::NAN, |node| -libm::expm1(-libm::exp(SPACING * f64::from(node))));
        let key = TermKey { curve: place.curve, pd, age: place.age };
        let new = Arc::new(self.work_out((place.segment, name), key, place.cut, of)?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
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
