//! Student's t law for real degrees of freedom (M14): distribution and quantile, with relative precision in both tails.
//!
//! Under the t copula the default threshold of a PD is its t quantile (M4). The distribution is the incomplete
//! beta function, by the continued fraction of Abramowitz and Stegun 26.5.8 and the method of Lentz; Loader's Stirling errors
//! keep its factor precise for large ν. The quantile is found by Newton's method on functions that are concave, where it
//! approaches the root from one side and cannot fail.

use super::incomplete_beta::fraction;
use super::normal;
use super::saddle::stirling_error;
use std::f64::consts::PI;

/// Newton steps allowed; up to eight are taken.
const MOST_STEPS: u32 = 64;
/// Beyond this |t| every tail of ν ≥ 2 is below 1e-300 and is taken as 0.
const FARTHEST: f64 = 1e150;

/// P(T ≤ `t`) for `nu` degrees of freedom, 2 ≤ `nu` ≤ 10⁶; in [0, 1], NaN for NaN or `nu` ≤ 0.
///
/// Relative error 1e-13 in the lower tail down to 1e-17 for `nu` up to 1000, then growing with `nu` (ν/(ν+t²) is rounded); in
/// the upper tail take `cdf(-t, nu)`.
pub fn cdf(t: f64, nu: f64) -> f64 {
    if nu <= 0.0 || nu.is_nan() {
        return f64::NAN;
    }
    let law = Law::new(nu);
    if t < 0.0 { law.tail(-t) } else { 1.0 - law.tail(t) }
}

/// The t with P(T ≤ t) = `p` for `nu` degrees of freedom, 2 ≤ `nu` ≤ 10⁶, `p` from 1e-17 up to 1 − 1e-16.
///
/// Relative error 1e-13 for `nu` up to 1000, then growing with `nu` to 1e-11; for `p` above ½ that of the t which belongs to
/// the rounded 1 − p. −∞ and ∞ at the ends, NaN outside.
pub fn quantile(p: f64, nu: f64) -> f64 {
    let tail = if p < 0.5 { p } else { 1.0 - p };
    if !(nu > 0.0 && tail >= 0.0) {
        return f64::NAN;
    }
    let sign = p - 0.5;
    if tail == 0.0 {
        return f64::INFINITY.copysign(sign);
    }
    let law = Law::new(nu);
    let t = if tail >= 0.25 { law.central_quantile(0.5 - tail) } else { law.tail_quantile(tail) };
    t.copysign(sign)
}

/// The law of one ν with its constants.
struct Law {
    nu: f64,
    /// Γ((ν+1)/2) / Γ(ν/2) / √π.
    factor: f64,
}

impl Law {
    fn new(nu: f64) -> Self {
        let a = 0.5 * nu;
        let exponent = a * libm::log1p(0.5 / a) - 0.5 + stirling_error(a + 0.5) - stirling_error(a);
        Self { nu, factor: (a / PI).sqrt() * libm::exp(exponent) }
    }

    fn density(&self, t: f64) -> f64 {
        let power = libm::exp(-0.5 * (self.nu + 1.0) * libm::log1p(t * t / self.nu));
        self.factor / self.nu.sqrt() * power
    }

    /// P(T > `t`) for `t` ≥ 0: ½ I_x(ν/2, ½), x = ν / (ν + t²), or the complement of [`Self::central`].
    fn tail(&self, t: f64) -> f64 {
        if t > FARTHEST {
            return 0.0;
        }
        let a = 0.5 * self.nu;
        let x = self.nu / (self.nu + t * t);
        if x < (a + 1.0) / (a + 2.5) { self.front(t) * fraction(a, 0.5, x) / self.nu } else { 0.5 - self.central(t) }
    }

    /// P(0 < T < `t`) for `t` up to about √3: ½ I_y(½, ν/2), y = t² / (ν + t²).
    fn central(&self, t: f64) -> f64 {
        let y = t * t / (self.nu + t * t);
        self.front(t) * fraction(0.5, 0.5 * self.nu, y)
    }

    /// x^(ν/2) y^½ / B(ν/2, ½).
    fn front(&self, t: f64) -> f64 {
        let power = libm::exp(-0.5 * self.nu * libm::log1p(t * t / self.nu));
        self.factor * power * t / (self.nu + t * t).sqrt()
    }

    /// t with P(0 < T < t) = `mass` ≤ ¼. The mass is concave in t: from below, Newton's steps stay below.
    fn central_quantile(&self, mass: f64) -> f64 {
        let mut t = mass / self.density(0.0);
        for _ in 0..MOST_STEPS {
            let step = (mass - self.central(t)) / self.density(t);
            t += step;
            // The next step would be of the order of this one's square.
            if step.abs() <= 1e-9 * t {
                break;
            }
        }
        t
    }

    /// t with P(T > t) = `wanted` ≤ ¼. ln P(T > t) is concave in ln t: from above, Newton's steps stay above.
    fn tail_quantile(&self, wanted: f64) -> f64 {
        let w = -normal::quantile(wanted);
        let mut t = w + w * (w * w + 1.0) / (4.0 * self.nu);
        for _ in 0..MOST_STEPS {
            let tail = self.tail(t);
            let step = libm::log(tail / wanted) * tail / (t * self.density(t));
            t *= libm::exp(step);
            if step.abs() <= 1e-9 {
                break;
            }
        }
        t
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, StudentsT};

    // The typed values are from mpmath 1.3 at 40 digits, at the exact binary arguments.

    #[test]
    fn tails_match_forty_digit_values() {
        let values = [
            (2.0, 0.5, 0.333333333333333333),
            (2.0, 100000.0, 4.99999999925e-11),
            (2.5, 3.0, 0.0362880477745159219),
            (3.0, 12.5, 0.000551815665548029229),
            (4.75, 0.01, 0.496213791284347749),
            (15.0, 1.25, 0.115225295676578528),
            (15.0, 9.0, 9.80735712587957157e-8),
            (100.0, 2.5, 0.0070228945620385887),
            (345.5, 7.25, 1.3755251295735604e-12),
            (1000.0, 0.75, 0.226715558596836866),
            (1000.0, 7.0, 2.34375128338571142e-12),
            (100000.0, 6.5, 4.03480120583372211e-11),
        ];
        for (nu, t, wanted) in values {
            let got = cdf(-t, nu);
            assert!(
                (got - wanted).abs() <= 1e-13 * (nu / 1000.0).max(1.0) * wanted,
                "{nu} {t}: got {got:e}, wanted {wanted:e}"
            );
            assert_eq!(cdf(t, nu), 1.0 - got);
        }
    }

    #[test]
    fn quantiles_match_forty_digit_values() {
        let values: [(f64, f64, f64); 15] = [
            (1e-12, 2.0, -707106.781185486871),
            (1e-12, 2.5, -55306.1740765158159),
            (0.001, 3.0, -10.2145318524073865),
            (0.03, 4.75, -2.45758110762902708),
            (0.2, 4.0, -0.94096457723518112),
            (0.4, 3.5, -0.273265454055779619),
            (0.4999, 15.0, -0.000254872422668839888),
            (1e-12, 15.0, -20.6386073102160853),
            (0.0002, 15.0, -4.52842447209814484),
            (1e-09, 100.0, -6.59893982065553205),
            (0.24, 345.5, -0.707069344545177973),
            (0.26, 345.5, -0.644004185801919139),
            (1e-12, 1000.0, -7.12422892531440914),
            (0.05, 1000.0, -1.64637881728546469),
            (1e-07, 100000.0, -5.19970198836505281),
        ];
        for (p, nu, wanted) in values {
            let got = quantile(p, nu);
            assert!(
                (got - wanted).abs() <= 1e-13 * (nu / 1000.0).max(1.0) * wanted.abs(),
                "{p:e} {nu}: got {got:e}, wanted {wanted:e}"
            );
        }
    }

    #[test]
    fn two_degrees_of_freedom_have_a_closed_form() {
        for i in 1..3_456 {
            let p = f64::from(i) / 6_912.0;
            let wanted = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
            assert!((quantile(p, 2.0) - wanted).abs() <= 1e-13 * wanted.abs(), "{p}");
            assert_eq!(quantile(1.0 - p, 2.0), -quantile(1.0 - (1.0 - p), 2.0));
        }
    }

    #[test]
    fn the_quantile_undoes_the_distribution_and_rises() {
        for nu in [2.0, 2.31, 3.0, 4.5, 15.0, 99.5, 1_000.0, 54_321.0, 1e6] {
            let mut last = f64::NEG_INFINITY;
            for i in -345..0 {
                let p = normal::cdf(f64::from(i) * 0.024);
                let t = quantile(p, nu);
                assert!(t > last, "{nu} {p:e}");
                last = t;
                assert!(
                    (cdf(t, nu) - p).abs() <= 1e-12 * (nu / 1000.0).max(1.0) * p,
                    "{nu} {p:e}: {:e}",
                    cdf(t, nu) / p - 1.0
                );
            }
        }
    }

    #[test]
    fn statrs_agrees() {
        for nu in [2.0, 5.25, 15.0, 240.0] {
            let oracle = StudentsT::new(0.0, 1.0, nu).unwrap();
            for i in -60..=60 {
                let t = f64::from(i) / 10.0;
                assert!((cdf(t, nu) - oracle.cdf(t)).abs() < 1e-9, "{nu} {t}");
            }
        }
    }

    #[test]
    fn ends_and_nonsense_are_answered() {
        assert_eq!((quantile(0.0, 4.0), quantile(1.0, 4.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert_eq!((quantile(0.5, 4.0), cdf(0.0, 4.0)), (0.0, 0.5));
        assert_eq!((cdf(f64::NEG_INFINITY, 2.0), cdf(f64::INFINITY, 2.0)), (0.0, 1.0));
        assert!(quantile(1.5, 4.0).is_nan() && quantile(0.1, 0.0).is_nan() && quantile(f64::NAN, 4.0).is_nan());
        assert!(cdf(f64::NAN, 4.0).is_nan() && cdf(1.0, f64::NAN).is_nan());
    }
}
