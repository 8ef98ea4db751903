//! From the asset correlation of one period's default rates to the one-year correlation that a model file has (M59): the one
//! under which two obligors default together within a year as often as along the path (M43, the other way round).

use crate::math::bivariate::bivariate_normal_cdf;
use crate::math::normal;
use crate::model::Copula;
use crate::model::path::{Economy, LARGEST_PATH_CORRELATION, Order, joint_default};

/// Bisections; each halves the error.
const STEPS: usize = 50;

/// Rates of a period and how their index moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodLaw {
    /// Asset correlation of one period, 0 to 1.
    pub rho: f64,
    /// Autocorrelation of the index at one period, 0 to 1.
    pub alpha: f64,
    /// Default rate of a period over the cycle, above 0 and below 1.
    pub rate: f64,
    /// Periods in a year.
    pub per_year: usize,
}

impl PeriodLaw {
    /// The asset correlation of one year; None where there is none to be found.
    pub fn of_a_year(self) -> Option<f64> {
        if self.per_year <= 1 {
            return Some(self.rho);
        }
        if !(self.rho <= LARGEST_PATH_CORRELATION && self.rate > 0.0 && self.rate < 1.0) {
            return None;
        }
        let economy = Economy::new(Copula::Gaussian, self.alpha, Order::of(self.rho))?;
        let mut survivors = 1.0;
        let curve: Vec<f64> = (0..self.per_year)
            .map(|_| {
                survivors *= 1.0 - self.rate;
                1.0 - survivors
            })
            .collect();
        let both = joint_default(&economy, &curve, self.rho);
        let threshold = normal::quantile(1.0 - survivors);
        let (mut low, mut high) = (0.0, 0.999);
        for _ in 0..STEPS {
            let middle = 0.5 * (low + high);
            if bivariate_normal_cdf(threshold, threshold, middle) < both { low = middle } else { high = middle }
        }
        Some(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::path::{PathGrid, PathPool, calibrate};

    #[test]
    fn the_engine_makes_the_same_way_back() {
        for (rho, alpha, rate) in [(0.05, 0.8, 0.006), (0.12, 0.45, 0.02), (0.03, 0.97, 0.001)] {
            let law = PeriodLaw { rho, alpha, rate, per_year: 4 };
            let year = law.of_a_year().unwrap();
            assert!((year / rho - 1.0).abs() > 0.01, "{year}");
            let curve: Vec<f64> = (1..=4).map(|t| 1.0 - libm::pow(1.0 - rate, f64::from(t))).collect();
            let pool = PathPool { segment: "a", curve, last: 1.0, rho: year, memory: alpha, anchor: None };
            let grid = PathGrid { copula: Copula::Gaussian, per_year: 4, periods: 4, regimes: None };
            let back = calibrate(&[pool], grid).unwrap();
            assert!((back[0].rho - rho).abs() < 1e-9, "{} {rho}", back[0].rho);
        }
        assert_eq!(PeriodLaw { rho: 0.07, alpha: 0.5, rate: 0.02, per_year: 1 }.of_a_year(), Some(0.07));
        assert_eq!(PeriodLaw { rho: 0.07, alpha: 0.5, rate: 0.0, per_year: 4 }.of_a_year(), None);
    }
}
