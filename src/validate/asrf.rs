//! The infinitely granular one-factor pool in closed form (O. Vasicek, "Loan portfolio value", Risk, December 2002):
//! what Basel's risk weights are made of, and the limit that a run of very many small loans must meet.

use super::exact;
use super::truth::{Tail, Truth};
use crate::math::bivariate::bivariate_normal_cdf;
use crate::math::normal;
use crate::units::Level;

/// A pool of infinitely many equal loans; losses are shares of its exposure, at LGD 100 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asrf {
    /// One-period probability of default, strictly between 0 and 1.
    pub pd: f64,
    /// Asset correlation, strictly between 0 and 1.
    pub rho: f64,
}

impl Asrf {
    /// Φ((G(pd) + √rho G(a)) / √(1 − rho)): the loss share that is not exceeded with probability a = `level`.
    pub fn value_at_risk(self, level: Level) -> f64 {
        // G(a) = −G(1 − a), and 1 − a is exact.
        let factor = normal::quantile(level.tail(1));
        normal::cdf((normal::quantile(self.pd) - self.rho.sqrt() * factor) / (1.0 - self.rho).sqrt())
    }

    /// Φ₂(G(pd), G(1 − a); √rho) / (1 − a): the mean loss share of the worst 1 − a of all outcomes.
    pub fn expected_shortfall(self, level: Level) -> f64 {
        let tail = level.tail(1);
        bivariate_normal_cdf(normal::quantile(self.pd), normal::quantile(tail), self.rho.sqrt()) / tail
    }

    /// √(Φ₂(G(pd), G(pd); rho) − pd²).
    pub fn standard_deviation(self) -> f64 {
        (self.joint() - self.pd * self.pd).sqrt()
    }

    /// What holds for `loans` (10,000 or more) equal loans that lose `loss` units each.
    ///
    /// The quantiles are the limit's. Mean, standard deviation and the probability beyond each quantile are exact for
    /// that many loans (the latter is 1 − a in the limit). Expected shortfall is the limit's: what is missing is of the
    /// order of 1 / `loans`, a tenth of the noise of 100,000 scenarios or less, as a test shows for the probabilities.
    pub fn truth(self, loans: u32, loss: u32, levels: &[Level]) -> Truth {
        let n = f64::from(loans);
        let total = n * f64::from(loss);
        let variance = (self.pd * (1.0 - self.pd) + (n - 1.0) * (self.joint() - self.pd * self.pd)) / n;
        let tail = |&level: &Level| Tail {
            level,
            value_at_risk: total * self.value_at_risk(level),
            beyond: exact::beyond(loans, (n * self.value_at_risk(level)) as u64, self.pd, self.rho),
            expected_shortfall: total * self.expected_shortfall(level),
        };
        Truth {
            mean: total * self.pd,
            standard_deviation: total * variance.sqrt(),
            no_loss: None,
            tails: levels.iter().map(tail).collect(),
        }
    }

    /// Probability that two loans default together.
    fn joint(self) -> f64 {
        let threshold = normal::quantile(self.pd);
        bivariate_normal_cdf(threshold, threshold, self.rho)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_loans_come_near_the_limit() {
        let pools = [(100_000, 0.005, 0.24), (100_000, 0.01, 0.12), (100_000, 0.05, 0.04), (40_000, 0.02, 0.04)];
        let levels = ["0.99", "0.999"].map(|text| Level::parse(text).unwrap());
        for (loans, pd, rho) in pools {
            let pool = Asrf { pd, rho };
            for tail in pool.truth(loans, 45, &levels).tails {
                let limit = tail.level.tail(1);
                let noise = (limit * (1.0 - limit) / 100_000.0).sqrt();
                let difference = (tail.beyond - limit).abs();
                assert!(
                    difference < 0.25 * noise && difference > 0.0,
                    "{loans} {pd} {rho} {}: {}",
                    tail.level,
                    tail.beyond
                );
            }
        }
    }

    #[test]
    fn shortfall_is_the_mean_of_the_quantiles_beyond() {
        let pool = Asrf { pd: 0.02, rho: 0.15 };
        let level = Level::parse("0.99").unwrap();
        let steps = 40_000u32;
        let quantile = |i: u32| {
            let y = normal::quantile(0.01 * (f64::from(i) + 0.5) / f64::from(steps));
            exact::conditional_pd(pool.pd, pool.rho, y)
        };
        let mean = (0..steps).map(quantile).sum::<f64>() / f64::from(steps);
        assert!((mean / pool.expected_shortfall(level) - 1.0).abs() < 1e-5);
    }
}
