//! How the defaults of a pool along a path are spread over the economy of their period (M43): what losses that depend on the
//! economy are averaged with.

use super::PathPoolLaw;
use super::density::Density;
use super::economy::{Economies, Order};
use crate::error::{Error, Result};
use crate::math::normal;
use crate::model::severity::DefaultLaw;

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
    /// Survivors before each period: coefficients of Hermite's polynomials, by period and node of W.
    coefficients: Vec<f64>,
}

impl PathDefaults {
    /// Of a pool with this `law`, whose segment's index has the `memory` α; `economies` are made for that memory.
    ///
    /// # Errors
    /// [`Error::Internal`] when they are not.
    pub fn new(law: &PathPoolLaw, memory: f64, economies: &Economies) -> Result<Self> {
        let economy = economies
            .get(memory, Order::of(law.rho))
            .ok_or_else(|| Error::Internal("an economy that was not made".to_owned()))?;
        let n = economy.index().len();
        let mut density = Density::new(economy, law.rho);
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
        Ok(Self { mixing, thetas: law.thetas.clone(), roots_of_rho, n, coefficients })
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
        let first = (period * self.mixing.len() + node) * self.n;
        let Some(own) = self.coefficients.get(first..first + self.n) else { return 0.0 };
        // Orthonormal polynomials by their recurrence: √(k+1) ψ_(k+1) = y ψ_k − √k ψ_(k−1).
        let (mut before, mut now, mut sum) = (0.0, 1.0, 0.0);
        for (k, coefficient) in own.iter().enumerate() {
            sum += coefficient * now;
            let next = (y * now - (k as f64).sqrt() * before) / ((k + 1) as f64).sqrt();
            (before, now) = (now, next);
        }
        let hazard = if level.is_finite() { normal::cdf(level * w - slope * y) } else { 1.0 };
        normal::pdf(y) * sum.max(0.0) * hazard
    }
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
            let pool = PathPool { segment: "cards", curve: curve.clone(), last: 1.0, rho, memory };
            let law = calibrate(&[pool], PathGrid { copula, per_year: 4, periods: 5 }).unwrap().remove(0);
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
