//! ln of the probability of so many defaults, as a function of the probit of the rate, with its two derivatives (M56); and how
//! many defaults a quarter may see.

use crate::math::incomplete_beta::Beta;
use crate::math::normal;

/// Defaults among obligors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// Whole, 0 to `number`.
    pub defaults: f64,
    /// Whole, 1 or more.
    pub number: f64,
}

/// A function at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slopes {
    /// Its value.
    pub value: f64,
    /// Its first derivative.
    pub first: f64,
    /// Its second derivative.
    pub second: f64,
}

/// Arguments below which tails are taken from their asymptotic series.
const FAR: f64 = -30.0;

impl Count {
    /// Share that defaulted.
    pub fn rate(self) -> f64 {
        self.defaults / self.number
    }

    /// D ln Φ(θ) + (n − D) ln Φ(−θ) at θ = `theta`, without the binomial coefficient; concave in θ.
    pub fn log_likelihood(self, theta: f64) -> Slopes {
        let survivors = self.number - self.defaults;
        let (down, up) = (mills(theta), mills(-theta));
        Slopes {
            value: weighted(self.defaults, log_cdf(theta)) + weighted(survivors, log_cdf(-theta)),
            first: weighted(self.defaults, down) - weighted(survivors, up),
            second: -weighted(self.defaults, down * (theta + down)) - weighted(survivors, up * (up - theta)),
        }
    }

    /// ln of the binomial coefficient.
    pub fn log_ways(self) -> f64 {
        libm::lgamma(self.number + 1.0)
            - libm::lgamma(self.defaults + 1.0)
            - libm::lgamma(self.number - self.defaults + 1.0)
    }

    /// Expected (Fisher's) information on θ: n φ² / (Φ (1 − Φ)).
    pub fn information(self, theta: f64) -> f64 {
        self.number * mills(theta) * mills(-theta)
    }
}

/// P(D ≤ `defaults`) among `number` obligors that each default with probability `p`.
pub fn at_most(defaults: f64, number: f64, p: f64) -> f64 {
    if defaults >= number || p <= 0.0 {
        return 1.0;
    }
    // P(D ≥ d + 1) = I_p(d + 1, n − d): Abramowitz and Stegun 26.5.24.
    if p >= 1.0 { 0.0 } else { 1.0 - Beta::new(defaults + 1.0, number - defaults).at(libm::log(p)).below }
}

/// φ(θ) / Φ(θ).
pub fn mills(theta: f64) -> f64 {
    if theta > FAR {
        return normal::pdf(theta) / normal::cdf(theta);
    }
    let x = -theta;
    let y = 1.0 / (x * x);
    x + (1.0 - y * (2.0 - 10.0 * y)) / x
}

/// ln Φ(θ).
fn log_cdf(theta: f64) -> f64 {
    if theta > FAR {
        return -normal::log_survival(-theta);
    }
    const HALF_LOG_TAU: f64 = 0.918_938_533_204_672_8;
    -0.5 * theta * theta - HALF_LOG_TAU - libm::log(mills(theta))
}

/// `weight` × `value`, 0 without weight whatever the value.
fn weighted(weight: f64, value: f64) -> f64 {
    if weight == 0.0 { 0.0 } else { weight * value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_value() {
        for (defaults, number) in [(0.0, 7.0), (3.0, 7.0), (7.0, 7.0), (412.0, 90_210.0)] {
            let count = Count { defaults, number };
            for theta in [-33.0, -8.0, -2.3, 0.1, 1.7, 31.0] {
                let h = 1e-5;
                let [low, here, high] = [theta - h, theta, theta + h].map(|theta| count.log_likelihood(theta));
                let first = (high.value - low.value) / (2.0 * h);
                let second = (high.first - low.first) / (2.0 * h);
                assert!(
                    (first - here.first).abs() < 1e-6 * (1.0 + number + here.value.abs()),
                    "{theta} {here:?} {first}"
                );
                assert!((second - here.second).abs() < 1e-5 * (1.0 + number), "{theta} {here:?} {second}");
                assert!(here.second <= 0.0);
            }
        }
    }

    #[test]
    fn probabilities_of_counts_add_up() {
        // P(D ≤ 2) of 5 at 0.3 by hand: 0.16807 + 0.36015 + 0.3087.
        assert!((at_most(2.0, 5.0, 0.3) - 0.83692).abs() < 1e-12);
        assert_eq!((at_most(5.0, 5.0, 0.3), at_most(0.0, 5.0, 0.0), at_most(4.0, 5.0, 1.0)), (1.0, 1.0, 0.0));
        let count = Count { defaults: 2.0, number: 5.0 };
        let p = libm::exp(count.log_likelihood(normal::quantile(0.3)).value + count.log_ways());
        assert!((p - 0.3087).abs() < 1e-12);
    }
}
