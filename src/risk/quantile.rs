//! Lower quantiles, such as Value-at-Risk (M17): order statistic ceil(aN), with a distribution-free interval.
//!
//! The number of losses at or below the true quantile is Binomial(N, a); so x_(r) and x_(s) with r its 2.5 % quantile
//! and s one more than its 97.5 % quantile enclose the true VaR in at least 95 % of runs, atoms or not
//! (David & Nagaraja, Order Statistics, 2003, §7.1).

use super::binomial::binomial_quantile;
use super::interval::Interval;
use super::order::Ordered;
use crate::units::Level;
use serde::Serialize;

/// A quantile at one level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quantile {
    /// The level a, in (0, 1).
    pub level: f64,
    /// The lower a-quantile.
    pub value: f64,
    /// 95 % interval; an end beyond the smallest or largest value played is None.
    pub interval: Interval,
}

impl Quantile {
    /// The quantile of the same quantity less `constant`.
    pub fn less(self, constant: f64) -> Self {
        let interval = self.interval.map(|end| end.map(|end| end - constant));
        Self { value: self.value - constant, interval, ..self }
    }
}

/// The lower quantile at `level` of sorted values, each passed through `convert` (rising); None when there are none.
pub fn quantile(sorted: &Ordered, level: Level, convert: impl Fn(u64) -> f64) -> Option<Quantile> {
    let n = sorted.count();
    let value = sorted.at_rank(level.rank(n)).map(&convert)?;
    let lower = binomial_quantile(0.025, n, level);
    let upper = binomial_quantile(0.975, n, level).saturating_add(1);
    let interval = [lower, upper].map(|rank| sorted.at_rank(rank).map(&convert));
    Some(Quantile { level: level.value(), value, interval })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};
    use statrs::distribution::{Binomial, DiscreteCDF};

    fn cents(units: u64) -> f64 {
        units as f64 / 100.0
    }

    fn level(text: &str) -> Level {
        Level::parse(text).unwrap()
    }

    #[test]
    fn a_hundred_losses_by_hand() {
        let losses = Ordered::sort((1..=100).rev());
        let var = quantile(&losses, level("0.9"), cents).unwrap();
        // R: qbinom(c(.025, .975), 100, .9) = 84, 95.
        assert_eq!((var.value, var.interval), (0.9, [Some(0.84), Some(0.96)]));
        // The rank is exact where 100 × 0.29 is not.
        assert_eq!(quantile(&losses, level("0.29"), cents).unwrap().value, 0.29);
        // qbinom(.975, 100, .999) = 100: nothing played bounds this VaR from above.
        assert_eq!(quantile(&losses, level("0.999"), cents).unwrap().interval[1], None);
    }

    #[test]
    fn one_scenario_bounds_nothing() {
        let one = quantile(&Ordered::sort([40]), level("0.5"), cents).unwrap();
        assert_eq!((one.value, one.interval), (0.4, [None, None]));
        assert_eq!(quantile(&Ordered::sort([]), level("0.5"), cents), None);
    }

    #[test]
    fn intervals_cover_the_true_quantile_as_often_as_the_binomial_says() {
        // 2,000 runs of 731 integers below 10^6. Coverage is P(r ≤ B < s), B ~ Binomial(731, 0.95); a share of runs more
        // than 3.9 standard errors away has a false-positive rate of 1e-4. On a lattice coverage can only be higher.
        let oracle = Binomial::new(0.95, 731).unwrap();
        let [lower, upper] = [0.025, 0.975].map(|p| binomial_quantile(p, 731, level("0.95")));
        let expected = oracle.cdf(upper) - oracle.cdf(lower - 1);
        assert!((0.95..0.975).contains(&expected), "{expected}");
        let tolerance = 3.9 * (expected * (1.0 - expected) / 2000.0).sqrt();
        let fine = coverage(1, "0.95");
        assert!((fine - expected).abs() < tolerance, "{fine} against {expected}");
        let lattice = coverage(25_000, "0.95");
        assert!(lattice > expected - tolerance, "{lattice} against {expected}");
        // The sibling that must fail: intervals meant for another quantile.
        let wrong = coverage(1, "0.94");
        assert!((wrong - expected).abs() > tolerance, "{wrong} against {expected}");
    }

    /// Share of 2,000 intervals at `at` that hold the 95 % quantile of floor(u / step) · step, u uniform below 10^6.
    fn coverage(step: u64, at: &str) -> f64 {
        let mut random = StdRng::seed_from_u64(23);
        let truth = cents(949_999 / step * step);
        let covers = |_: &i32| {
            let losses = Ordered::sort((0..731).map(|_| random.random_range(0..1_000_000_u64) / step * step));
            let [lower, upper] = quantile(&losses, level(at), cents).unwrap().interval;
            lower.is_none_or(|end| end <= truth) && upper.is_none_or(|end| truth <= end)
        };
        (0..2000).filter(covers).count() as f64 / 2000.0
    }
}
