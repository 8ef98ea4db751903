//! How the defaults of a pool are spread over the economy when its PDs are the mean of several macro scenarios (M51): the mixture
//! of what each of them does.

use super::PathPoolLaw;
use super::anchor::Anchor;
use super::climate::Climate;
use super::defaults::PathDefaults;
use super::economy::Economies;
use crate::error::Result;
use crate::model::severity::DefaultLaw;

/// Defaults of a pool by period, W and index, over macro scenarios by their weights; or without any.
#[derive(Debug, Clone, PartialEq)]
pub struct MixedDefaults {
    parts: Vec<(f64, PathDefaults)>,
}

impl MixedDefaults {
    /// Of a pool of this `law` and `memory` α, over what its PDs are anchored to.
    ///
    /// # Errors
    /// As [`PathDefaults::new`].
    pub fn new(law: &PathPoolLaw, memory: f64, economies: &Economies, anchor: Option<&Anchor>) -> Result<Self> {
        let Some(Anchor { weights, climates }) = anchor.filter(|anchor| !anchor.is_none()) else {
            return Self::under(law, memory, economies, &Climate::none());
        };
        let all: f64 = weights.iter().sum();
        let parts = weights.iter().zip(climates).filter(|(weight, _)| **weight > 0.0);
        let part = |(weight, climate): (&f64, &Climate)| {
            Ok((weight / all, PathDefaults::under(law, memory, economies, climate)?))
        };
        Ok(Self { parts: parts.map(part).collect::<Result<_>>()? })
    }

    /// The same in one `climate`.
    ///
    /// # Errors
    /// As [`PathDefaults::new`].
    pub fn under(law: &PathPoolLaw, memory: f64, economies: &Economies, climate: &Climate) -> Result<Self> {
        Ok(Self { parts: vec![(1.0, PathDefaults::under(law, memory, economies, climate)?)] })
    }
}

impl DefaultLaw for MixedDefaults {
    fn mixing(&self) -> &[(f64, f64)] {
        self.parts.first().map_or(&[], |(_, part)| part.mixing())
    }

    fn line(&self, period: usize) -> Option<(f64, f64)> {
        // Thresholds are common to all macro scenarios.
        self.parts.first().and_then(|(_, part)| part.line(period))
    }

    fn density(&self, period: usize, node: usize, y: f64) -> f64 {
        self.parts.iter().map(|(weight, part)| weight * part.density(period, node, y)).sum()
    }

    fn reach(&self, period: usize) -> (f64, f64) {
        let reaches = self.parts.iter().map(|(_, part)| part.reach(period));
        reaches.fold((f64::INFINITY, f64::NEG_INFINITY), |all, own| (all.0.min(own.0), all.1.max(own.1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Copula;
    use crate::model::path::{PathGrid, PathPool, calibrate, per_period};
    use crate::model::severity::by_index;

    #[test]
    fn defaults_over_all_scenarios_are_those_of_the_curve() {
        let curve = vec![0.004, 0.009, 0.017, 0.031];
        let climate = |parts: &[f64]| Climate { macro_part: parts.to_vec(), scale: 0.6 };
        let anchor = Anchor { weights: vec![0.7, 0.3], climates: vec![climate(&[0.3]), climate(&[-1.0, -2.0, -1.0])] };
        let memory = per_period(0.8, 4);
        let pool =
            PathPool { segment: "cards", curve: curve.clone(), last: 1.0, rho: 0.15, memory, anchor: Some(&anchor) };
        let grid = PathGrid { copula: Copula::Gaussian, per_year: 4, periods: 4, regimes: None };
        let law = calibrate(&[pool], grid).unwrap().remove(0);
        let economies = Economies::new(Copula::Gaussian, std::iter::once(memory));
        let mixed = MixedDefaults::new(&law, memory, &economies, Some(&anchor)).unwrap();
        let alone = MixedDefaults::new(&law, memory, &economies, None).unwrap();
        let (mut before, mut farthest) = (0.0, 0.0_f64);
        for (period, by_its_end) in curve.iter().enumerate() {
            let sum = |of: &MixedDefaults| by_index(of, period).iter().sum::<f64>();
            let wanted = by_its_end - before;
            assert!((sum(&mixed) - wanted).abs() < 1e-9, "{period}: {}", sum(&mixed));
            farthest = farthest.max((sum(&alone) / wanted - 1.0).abs());
            before = *by_its_end;
        }
        // Sibling: without the scenarios these thresholds are of other defaults.
        assert!(farthest > 0.05, "{farthest}");
    }
}
