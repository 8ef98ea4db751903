//! What a tape's probabilities of default are the mean of (M51).
//!
//! Through-the-cycle PDs hold without a climate, and a macro scenario moves them. Point-in-time PDs already know the macro
//! scenarios: they are anchored to their mixture, Σ_s w_s E[defaults in t | s] = F_t − F_(t−1), with one θ_t for all.

use super::climate::Climate;
use super::density::{Density, common_threshold};
use super::economy::Economy;

/// The macro scenarios that point-in-time PDs are the mean of.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// Weight of each, 0 or more, not all 0; taken relative to their sum.
    pub weights: Vec<f64>,
    /// What each makes of the index of the pool's segment.
    pub climates: Vec<Climate>,
}

impl Anchor {
    /// Whether it leaves thresholds as they are without it.
    pub fn is_none(&self) -> bool {
        self.climates.iter().all(Climate::is_none)
    }

    /// All that tells it from others; sizes are among them, so that no two are alike.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        let of_climate = |(weight, climate): (&f64, &'_ Climate)| {
            let head = [*weight, climate.scale, climate.macro_part.len() as f64];
            head.into_iter().chain(climate.macro_part.clone())
        };
        self.weights.iter().zip(&self.climates).flat_map(of_climate)
    }

    /// Whether weights and climates are in their ranges and as many.
    pub fn is_valid(&self) -> bool {
        self.weights.len() == self.climates.len()
            && self.weights.iter().all(|&weight| weight >= 0.0 && weight.is_finite())
            && self.weights.iter().any(|&weight| weight > 0.0)
            && self.climates.iter().all(Climate::is_valid)
    }
}

/// θ of every period of `curve`: of survivors without a climate, or of all macro scenarios of `anchor` together.
pub(super) fn thresholds(
    economy: &Economy,
    curve: impl Iterator<Item = f64>,
    rho: f64,
    anchor: Option<&Anchor>,
) -> Vec<f64> {
    let none = Climate::none();
    let worlds: Vec<(f64, &Climate)> = match anchor.filter(|anchor| !anchor.is_none()) {
        None => vec![(1.0, &none)],
        Some(Anchor { weights, climates }) => {
            let all: f64 = weights.iter().sum();
            weights.iter().map(|weight| weight / all).zip(climates).filter(|(weight, _)| *weight > 0.0).collect()
        }
    };
    let mut worlds: Vec<(f64, Density<'_>)> =
        worlds.into_iter().map(|(weight, climate)| (weight, Density::under(economy, rho, climate))).collect();
    let (mut before, mut last) = (0.0, f64::NEG_INFINITY);
    let theta = |by_its_end: f64| {
        let theta = common_threshold(&worlds, by_its_end - before, last);
        for (_, world) in &mut worlds {
            world.hazards(theta);
            world.advance();
        }
        before = by_its_end;
        last = if theta.is_finite() { theta } else { last };
        theta
    };
    curve.map(theta).collect()
}
