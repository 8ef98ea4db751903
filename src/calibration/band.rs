//! Where a quarter's default rate falls: the share of obligors that default given the drivers, with the random effect of the
//! quarter and the chance of so many obligors (M59).

use super::binomial::{Count, at_most};
use crate::math::normal;

/// Equally likely effects that stand for all.
const EFFECTS: usize = 100;

/// Obligors from which on counts are taken as normal.
const MANY: f64 = 1e5;

/// The law of a quarter's default rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateLaw {
    /// Probit of the rate without an effect.
    pub eta: f64,
    /// Standard deviation of the effect.
    pub volatility: f64,
    /// Obligors; None where they are taken as without number.
    pub number: Option<f64>,
}

impl RateLaw {
    /// The expected rate.
    pub fn mean(self) -> f64 {
        normal::cdf(self.eta / (1.0 + self.volatility * self.volatility).sqrt())
    }

    /// The least rate that is reached or stayed below with probability `level`.
    pub fn quantile(self, level: f64) -> f64 {
        let spread = match self.number {
            None => self.volatility * self.volatility,
            // Of so many the binomial is normal, on the probit as well.
            Some(number) if number >= MANY => {
                let noise = 1.0 / Count { defaults: 0.0, number }.information(self.eta);
                self.volatility * self.volatility + noise
            }
            Some(number) => return self.quantile_of_counts(level, number),
        };
        normal::cdf(self.eta + spread.sqrt() * normal::quantile(level))
    }

    fn quantile_of_counts(self, level: f64, number: f64) -> f64 {
        let rates: Vec<f64> = (0..EFFECTS)
            .map(|i| normal::quantile((i as f64 + 0.5) / EFFECTS as f64))
            .map(|u| normal::cdf(self.eta + self.volatility * u))
            .collect();
        let below = |defaults: f64| rates.iter().map(|p| at_most(defaults, number, *p)).sum::<f64>() / EFFECTS as f64;
        let (mut low, mut high) = (-1.0, number);
        while high - low > 1.0 {
            let middle = libm::floor(0.5 * (low + high));
            if below(middle) >= level { high = middle } else { low = middle }
        }
        high / number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_binomials_and_of_vasicek() {
        // Binomial(5, 0.3): P(0) = 0.168, P(≤ 1) = 0.528, P(≤ 2) = 0.837, P(≤ 3) = 0.969.
        let few = RateLaw { eta: normal::quantile(0.3), volatility: 0.0, number: Some(5.0) };
        assert_eq!([0.05, 0.5, 0.6, 0.95].map(|level| few.quantile(level)), [0.0, 0.2, 0.4, 0.6]);
        assert!((few.mean() - 0.3).abs() < 1e-15);
        let known = RateLaw { eta: -2.0, volatility: 0.3, number: None };
        let many = RateLaw { number: Some(9.9e4), ..known };
        // Where counts become normal, nothing jumps.
        let more = RateLaw { number: Some(1e5), ..known };
        for level in [0.05, 0.5, 0.95] {
            assert!((more.quantile(level) / many.quantile(level) - 1.0).abs() < 0.02, "{level}");
        }
        for level in [0.05, 0.5, 0.95] {
            assert!((many.quantile(level) / known.quantile(level) - 1.0).abs() < 0.02, "{level}");
        }
    }
}
