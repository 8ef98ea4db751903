//! The binomial law, exact in both tails: it judges counts of scenarios and is the conditional law of a pool's
//! defaults.
//!
//! Single probabilities by C. Loader, "Fast and accurate computation of binomial probabilities" (2000); sums by the
//! ratio of neighbours, outwards from the largest term, so that nothing cancels.

use crate::math::saddle::{deviance, stirling_error};
use std::f64::consts::TAU;

/// Terms below this share of the first are left out of a sum.
const NEGLIGIBLE: f64 = 1e-18;

/// Independent trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trials {
    /// How many, below 2^53.
    pub number: u64,
    /// Probability of success of each, 0 to 1.
    pub probability: f64,
}

impl Trials {
    /// Expected number of successes.
    pub fn mean(self) -> f64 {
        self.number as f64 * self.probability
    }

    /// Standard deviation of the number of successes.
    pub fn standard_deviation(self) -> f64 {
        (self.mean() * (1.0 - self.probability)).sqrt()
    }

    /// P(K = `k`); relative error about 1e-13.
    pub fn density(self, k: u64) -> f64 {
        let Self { number, probability } = self;
        let Some(failures) = number.checked_sub(k) else { return 0.0 };
        if probability <= 0.0 || probability >= 1.0 {
            let certain = if probability <= 0.0 { 0 } else { number };
            return if k == certain { 1.0 } else { 0.0 };
        }
        let n = number as f64;
        match (k, failures) {
            (0, _) => libm::exp(n * libm::log1p(-probability)),
            (_, 0) => libm::exp(n * libm::log(probability)),
            _ => {
                let (x, y) = (k as f64, failures as f64);
                let stirling = stirling_error(n) - stirling_error(x) - stirling_error(y);
                let exponent = stirling - deviance(x, n * probability) - deviance(y, n * (1.0 - probability));
                libm::exp(exponent) * (n / (TAU * x * y)).sqrt()
            }
        }
    }

    /// P(K ≤ `k`).
    pub fn at_most(self, k: u64) -> f64 {
        if (k as f64) < self.mean() { self.sum_down(k) } else { 1.0 - self.sum_up(k.saturating_add(1)) }
    }

    /// P(K ≥ `k`).
    pub fn at_least(self, k: u64) -> f64 {
        if (k as f64) > self.mean() { self.sum_up(k) } else { 1.0 - k.checked_sub(1).map_or(0.0, |k| self.sum_down(k)) }
    }

    /// Twice the smaller of the two tails that hold `k`, at most 1: probability of a count at least so unusual.
    pub fn two_sided(self, k: u64) -> f64 {
        (2.0 * self.at_most(k).min(self.at_least(k))).min(1.0)
    }

    /// Adds `weight` × P(K = k) to the k-th place of `law`, for every k that has one.
    pub fn add_to(self, law: &mut [f64], weight: f64) {
        let mode = ((self.mean() + self.probability) as u64).min(self.number);
        let peak = weight * self.density(mode);
        self.terms_up(mode, peak, |k, term| add(law, k, term));
        if mode > 0 {
            self.terms_down(mode - 1, peak * self.fall(mode), |k, term| add(law, k, term));
        }
    }

    fn sum_up(self, first: u64) -> f64 {
        let mut sum = 0.0;
        self.terms_up(first, self.density(first), |_, term| sum += term);
        sum
    }

    fn sum_down(self, first: u64) -> f64 {
        let mut sum = 0.0;
        self.terms_down(first, self.density(first), |_, term| sum += term);
        sum
    }

    /// `each` (k, term) for k = `first`, `first` + 1, … while terms count; `term` belongs to `first`.
    fn terms_up(self, first: u64, term: f64, mut each: impl FnMut(u64, f64)) {
        let odds = self.probability / (1.0 - self.probability);
        let (mut k, mut term) = (first, term);
        let negligible = term * NEGLIGIBLE;
        while k <= self.number && term > negligible {
            each(k, term);
            term *= (self.number - k) as f64 / (k as f64 + 1.0) * odds;
            k += 1;
        }
    }

    /// The same downwards to 0.
    fn terms_down(self, first: u64, term: f64, mut each: impl FnMut(u64, f64)) {
        let (mut k, mut term) = (first, term);
        let negligible = term * NEGLIGIBLE;
        while term > negligible {
            each(k, term);
            if k == 0 {
                break;
            }
            term *= self.fall(k);
            k -= 1;
        }
    }

    /// P(K = k − 1) / P(K = k), for k from 1.
    fn fall(self, k: u64) -> f64 {
        k as f64 / ((self.number - k) as f64 + 1.0) * ((1.0 - self.probability) / self.probability)
    }
}

fn add(law: &mut [f64], k: u64, term: f64) {
    if let Some(place) = law.get_mut(k as usize) {
        *place += term;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

    #[test]
    fn densities_and_tails_agree_with_statrs() {
        for (number, probability) in [(7, 0.5), (345, 0.013), (345, 0.97), (10_007, 0.001), (100_003, 0.05)] {
            let trials = Trials { number, probability };
            let oracle = Binomial::new(probability, number).unwrap();
            for sigmas in [-6.0, -2.5, -0.3, 0.0, 1.0, 4.0] {
                let k = (trials.mean() + sigmas * trials.standard_deviation()).max(0.0) as u64;
                let close = |got: f64, wanted: f64| (got - wanted).abs() <= 1e-9 * wanted + 1e-14;
                assert!(close(trials.density(k), oracle.pmf(k)), "{number} {probability} {k}");
                assert!(close(trials.at_most(k), oracle.cdf(k)), "{number} {probability} {k}");
                let above = k.checked_sub(1).map_or(1.0, |k| oracle.sf(k));
                assert!(close(trials.at_least(k), above), "{number} {probability} {k}");
            }
        }
    }

    #[test]
    fn far_tails_keep_their_digits() {
        // R: pbinom(170, 1e5, .001, lower.tail = FALSE) and pbinom(49, 1e5, .001) are of the order of 1e-10 and 1e-8.
        let trials = Trials { number: 100_000, probability: 0.001 };
        let sum: f64 = (171..400).map(|k| trials.density(k)).sum();
        assert!((trials.at_least(171) / sum - 1.0).abs() < 1e-12);
        assert!((trials.at_most(49) / (0..50).map(|k| trials.density(k)).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((trials.two_sided(100) - 1.0).abs() < 0.1);
    }

    #[test]
    fn the_whole_law_sums_to_one() {
        for probability in [0.0, 1e-9, 0.02, 0.7, 1.0] {
            let mut law = vec![0.0; 346];
            Trials { number: 345, probability }.add_to(&mut law, 0.5);
            assert!((law.iter().sum::<f64>() - 0.5).abs() < 1e-13, "{probability}");
        }
    }

    #[test]
    fn certain_trials_are_exact() {
        let never = Trials { number: 9, probability: 0.0 };
        assert_eq!((never.at_most(0), never.at_least(1), never.density(0)), (1.0, 0.0, 1.0));
        let always = Trials { number: 9, probability: 1.0 };
        assert_eq!((always.at_most(8), always.at_least(9), always.density(9)), (0.0, 1.0, 1.0));
    }
}
