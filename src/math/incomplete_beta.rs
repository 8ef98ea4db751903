//! The incomplete beta function (M45) and its inverse: Abramowitz and Stegun 26.5.8, the continued fraction, by the method of
//! Lentz. Behind Student's t (M14) and a loss given default that is beta distributed.

use std::f64::consts::FRAC_1_SQRT_2;

/// Terms allowed to the continued fraction; it needs some ten, and some √max(a, b) where x is near the mean.
const MOST_TERMS: u32 = 10_000;
/// Steps allowed to the inverse; three or four are taken.
const MOST_STEPS: u32 = 200;
/// ln x below which x is taken as 0.
const LEAST_LOG: f64 = -700.0;

/// The continued fraction of I_x(`a`, `b`) × a B(a, b) / (x^a (1−x)^b), for `x` below (a + 1) / (a + b + 2).
pub fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / nudge(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for i in 1..MOST_TERMS {
        let m = f64::from(i);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nudge(1.0 + even * d);
        c = nudge(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nudge(1.0 + odd * d);
        c = nudge(1.0 + odd / c);
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() <= 2.0 * f64::EPSILON {
            break;
        }
    }
    fraction
}

/// Keeps a denominator of Lentz's method away from zero.
fn nudge(value: f64) -> f64 {
    if value.abs() < 1e-300 { 1e-300 } else { value }
}

/// A beta law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
    /// ln B(a, b).
    log_beta: f64,
}

/// A place x of a beta law with what lies below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// ln x; −∞ for 0.
    pub log: f64,
    /// I_x(a, b), 0 to 1.
    pub below: f64,
    /// x^a (1 − x)^b / B(a, b).
    pub front: f64,
}

impl Beta {
    /// The law of shapes `a` and `b`, both above 0.
    pub fn new(a: f64, b: f64) -> Self {
        Self { a, b, log_beta: libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b) }
    }

    /// The law of 1 − X.
    pub fn mirrored(self) -> Self {
        Self { a: self.b, b: self.a, ..self }
    }

    /// The place at ln x = `log` ≤ 0. Absolute error of I_x about 1e-14 for shapes up to 10⁴, then growing with them.
    pub fn at(&self, log: f64) -> Place {
        if log < LEAST_LOG {
            return Place { log: f64::NEG_INFINITY, below: 0.0, front: 0.0 };
        }
        let (Self { a, b, .. }, x) = (*self, libm::exp(log));
        let rest = -libm::expm1(log);
        if rest <= 0.0 {
            return Place { log: 0.0, below: 1.0, front: 0.0 };
        }
        let front = libm::exp(a * log + b * libm::log(rest) - self.log_beta);
        let below = match x < (a + 1.0) / (a + b + 2.0) {
            true => front * fraction(a, b, x) / a,
            false => 1.0 - front * fraction(b, a, rest) / b,
        };
        Place { log, below, front }
    }

    /// The place below which lies the probability `below` (above 0), which must not exceed that of ½; the search begins at
    /// ln x = `start`. Newton's method on ln I over ln x, in a bracket.
    pub fn lower_quantile(&self, below: f64, start: f64) -> Place {
        let (mut low, mut high) = (LEAST_LOG, libm::log(0.5));
        let mut log = start.clamp(low, high);
        for _ in 0..MOST_STEPS {
            let place = self.at(log);
            let off = libm::log(place.below / below);
            if off > 0.0 {
                high = log;
            } else {
                low = log;
            }
            let step = off * place.below * -libm::expm1(log) / place.front;
            // Where the density is 0 to the last digit, halves do.
            let next = if step.is_finite() { log - step } else { f64::NAN };
            let next = if next >= low && next <= high { next } else { 0.5 * (low + high) };
            let is_found = (next - log).abs() <= 1e-13 * log.abs();
            log = next;
            if is_found {
                break;
            }
        }
        // What is below the least x that is told apart is 0.
        self.at(if log <= LEAST_LOG * (1.0 - 1e-9) { f64::NEG_INFINITY } else { log })
    }

    /// Where a search for small quantiles may begin: ln x with the leading term x^a / (a B) = `below`.
    pub fn first_guess(&self, below: f64) -> f64 {
        (libm::log(below * self.a) + self.log_beta) / self.a
    }
}

/// The largest deviation of a variable between 0 and 1 with that `mean`: √(m (1 − m)); 0 outside.
pub fn largest_deviation(mean: f64) -> f64 {
    let variance = mean * (1.0 - mean);
    // Never above ½ by rounding.
    if variance > 0.0 { variance.sqrt().min(FRAC_1_SQRT_2 * FRAC_1_SQRT_2) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::function::beta::beta_reg;

    #[test]
    fn statrs_agrees_on_the_distribution() {
        for (a, b) in [(1.332, 1.628), (0.1875, 3.5625), (7.2, 0.8), (40.0, 61.5)] {
            for i in 1..57 {
                let x = f64::from(i) / 57.0;
                let got = Beta::new(a, b).at(libm::log(x)).below;
                assert!((got - beta_reg(a, b, x)).abs() < 1e-12, "{a} {b} {x}: {got}");
            }
        }
    }

    #[test]
    fn quantiles_are_found_whatever_the_shapes() {
        for (a, b) in [(1.332, 1.628), (1e-5, 0.3), (0.1875, 3.5625), (0.2, 0.01), (300.0, 512.5), (1e5, 1e5)] {
            let law = Beta::new(a, b);
            let half = law.at(libm::log(0.5)).below;
            for share in [1e-3, 0.17, 0.5, 0.93, 1.0] {
                let below = share * half;
                let place = law.lower_quantile(below, law.first_guess(below));
                let is_zero = place.log == f64::NEG_INFINITY && law.at(LEAST_LOG).below >= below;
                assert!(is_zero || (place.below / below - 1.0).abs() < 1e-9, "{a} {b} {share}: {place:?}");
            }
        }
    }

    #[test]
    fn ends_are_answered() {
        let law = Beta::new(2.0, 3.0);
        assert_eq!((law.at(-800.0).below, law.at(0.0).below), (0.0, 1.0));
        assert!((law.mirrored().at(libm::log(0.25)).below + law.at(libm::log(0.75)).below - 1.0).abs() < 1e-14);
        assert_eq!((largest_deviation(0.0), largest_deviation(1.0), largest_deviation(0.5)), (0.0, 0.0, 0.5));
        assert_eq!(largest_deviation(f64::NAN), 0.0);
    }
}
