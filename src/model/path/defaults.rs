//! How the defaults of a pool along a path are spread over the economy of their period (M43): what losses that depend on the
//! economy are averaged with.

use super::PathPoolLaw;
use super::climate::Climate;
use super::density::Density;
use super::economy::Economies;
use crate::error::{Error, Result};
use crate::math::normal;
use crate::model::severity::{DefaultLaw, FARTHEST};

/// Defaults of a pool by period, W and index.
#[derive(Debug, Clone, PartialEq)]
pub struct PathDefaults {
    /// W and its weight.
    mixing: Vec<(f64, f64)>,
    /// θ of each period.
    thetas: Vec<f64>,
    /// √ρ′ and √(1 − ρ′).
    roots_of_rho: (f64, f64),
    /// Number of coefficients.
    n: usize,
    /// Survivors before each period: coefficients of Hermite's polynomials, by period, node of W and regime.
    coefficients: Vec<f64>,
    /// Mean, volatility and root of the weight of each regime.
    regimes: Vec<(f64, f64, f64)>,
    climate: Climate,
}

impl PathDefaults {
    /// Of a pool with this `law`, whose segment's index has the `memory` α; `economies` are made for that memory.
    ///
    /// # Errors
    /// [`Error::Internal`] when they are not.
    pub fn new(law: &PathPoolLaw, memory: f64, economies: &Economies) -> Result<Self> {
        Self::under(law, memory, economies, &Climate::none())
    }

    /// The same under a `climate` (M52): densities are those of Y, macro part and regime with it.
    ///
    /// # Errors
    /// As [`PathDefaults::new`].
    pub fn under(law: &PathPoolLaw, memory: f64, economies: &Economies, climate: &Climate) -> Result<Self> {
        let economy = economies
            .get(memory, economies.order(law.rho))
            .ok_or_else(|| Error::Internal("an economy that was not made".to_owned()))?;
        let n = economy.index().len();
        let mut density = Density::under(economy, law.rho, climate);
        let mut coefficients = Vec::with_capacity(law.thetas.len() * n * economy.mixing().len());
        for &theta in &law.thetas {
            for (values, &(_, root)) in density.survivors().chunks_exact(n).zip(economy.mixing()) {
                let first = coefficients.len();
                economy.expand(values, &mut coefficients);
                // Given W, not together with it.
                coefficients[first..].iter_mut().for_each(|own| *own = if root > 0.0 { *own / root } else { 0.0 });
            }
            density.hazards(theta);
            density.advance();
        }
        let mixing = economy.mixing().iter().map(|&(w, root)| (w, root * root)).collect();
        let roots_of_rho = (law.rho.sqrt(), (1.0 - law.rho).sqrt());
        let (mean, volatility) =
            economy.regimes().map_or(([0.0; 2], [1.0; 2]), |regimes| (regimes.mean(), regimes.volatility()));
        let regimes: Vec<_> = mean.into_iter().zip(volatility).zip(economy.regime_roots()).collect();
        let regimes: Vec<_> = regimes.into_iter().map(|((mean, volatility), root)| (mean, volatility, root)).collect();
        let n = n / regimes.len();
        Ok(Self {
            mixing,
            thetas: law.thetas.clone(),
            roots_of_rho,
            n,
            coefficients,
            regimes,
            climate: climate.clone(),
        })
    }
}

impl DefaultLaw for PathDefaults {
    fn mixing(&self) -> &[(f64, f64)] {
        &self.mixing
    }

    fn line(&self, period: usize) -> Option<(f64, f64)> {
        let theta = self.thetas.get(period).filter(|theta| theta.is_finite() || **theta > 0.0)?;
        let (slope, rest) = self.roots_of_rho;
        Some((theta / rest, slope / rest))
    }

    fn density(&self, period: usize, node: usize, y: f64) -> f64 {
        let (Some((level, slope)), Some(&(w, _))) = (self.line(period), self.mixing.get(node)) else { return 0.0 };
        let n = self.n * self.regimes.len();
        let first = (period * self.mixing.len() + node) * n;
        let Some(own) = self.coefficients.get(first..first + n) else { return 0.0 };
        let residual = (y - self.climate.at(period)) / self.climate.scale;
        let hazard = if level.is_finite() { normal::cdf(level * w - slope * y) } else { 1.0 };
        let of_regime = |(own, &(mean, volatility, root)): (&[f64], &(f64, f64, f64))| {
            let value = (residual - mean) / volatility;
            normal::pdf(value) * expanded(own, value).max(0.0) * hazard * (root / (volatility * self.climate.scale))
        };
        own.chunks_exact(self.n).zip(&self.regimes).map(of_regime).sum()
    }

    fn reach(&self, period: usize) -> (f64, f64) {
        let end = |side: f64| {
            let of_regime = |&(mean, volatility, _): &(f64, f64, f64)| side * (mean + side * volatility * FARTHEST);
            let farthest = self.regimes.iter().map(of_regime).fold(0.0, f64::max);
            self.climate.at(period) + self.climate.scale * side * farthest
        };
        (end(-1.0), end(1.0))
    }
}

/// Σ c_k ψ_k(y): orthonormal polynomials by their recurrence, √(k+1) ψ_(k+1) = y ψ_k − √k ψ_(k−1).
fn expanded(coefficients: &[f64], y: f64) -> f64 {
    let (mut before, mut now, mut sum) = (0.0, 1.0, 0.0);
    for (k, coefficient) in coefficients.iter().enumerate() {
        sum += coefficient * now;
        let next = (y * now - (k as f64).sqrt() * before) / ((k + 1) as f64).sqrt();
        (before, now) = (now, next);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Copula;
    use crate::model::path::{PathGrid, PathPool, calibrate, per_period};

    #[test]
    fn defaults_add_up_to_each_periods_share_and_are_the_densities_at_nodes() {
        let curve = vec![0.004, 0.013, 0.013, 0.031, 0.058];
        for (copula, rho) in
            [(Copula::Gaussian, 0.15), (Copula::Gaussian, 0.5), (Copula::StudentT { degrees_of_freedom: 60.0 }, 0.2)]
        {
            let memory = per_period(0.8, 4);
            let pool = PathPool { segment: "cards", curve: curve.clone(), last: 1.0, rho, memory, anchor: None };
            let law =
                calibrate(&[pool], PathGrid { copula, per_year: 4, periods: 5, regimes: None }).unwrap().remove(0);
            let economies = Economies::new(copula, [memory].into_iter());
            let defaults = PathDefaults::new(&law, memory, &economies).unwrap();
            let mut before = 0.0;
            for (period, by_its_end) in curve.iter().enumerate() {
                let (n, width) = (1_701, 0.01);
                let at = |i: i32| -8.5 + width * f64::from(i);
                let of_node = |(node, &(_, weight)): (usize, &(f64, f64))| {
                    weight * width * (0..n).map(|i| defaults.density(period, node, at(i))).sum::<f64>()
                };
                let sum: f64 = defaults.mixing().iter().enumerate().map(of_node).sum();
                assert!((sum - (by_its_end - before)).abs() < 1e-11, "{copula:?} {rho} {period}: {sum}");
                assert_eq!(defaults.line(period).is_none(), *by_its_end == before);
                before = *by_its_end;
            }
            // Sibling: defaults of the fifth quarter have seen a worse economy than its survivors' hazard at 0 says.
            assert!(defaults.density(4, 0, -1.0) > 2.0 * defaults.density(4, 0, 1.0));
        }
    }
}
