//! The gamma and chi-square laws (M14): both tails, and quantiles by inversion of one uniform number.
//!
//! The Student t copula divides by a chi-square variable once per scenario; inversion keeps that a function of the scenario's
//! address (L3). Tails: series and continued fraction of the incomplete gamma function (Abramowitz and Stegun 6.5.29, 6.5.31)
//! behind Loader's saddle-point factor. Quantile: Wilson and Hilferty's guess, then Halley steps on the logarithm of the
//! smaller tail (Gil, Segura and Temme, "Numerical Methods for Special Functions", 2007, chapter 10).

use super::normal;
use super::saddle::poisson_density;

/// The two probabilities either side of a value; the smaller one is accurate in relative terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tails {
    /// Probability of a value up to x.
    pub lower: f64,
    /// Probability of a value above x.
    pub upper: f64,
}

/// Relative size below which a term of a series or fraction no longer counts.
const NEGLIGIBLE: f64 = 1.0 / (1u64 << 54) as f64;
/// Terms allowed, enough for shapes up to a million: about 9 √shape are needed.
const MOST_TERMS: u32 = 100_000;
/// Steps allowed; two or three are taken.
const MOST_STEPS: u32 = 64;

/// P(a, x) and Q(a, x), the tails at `x` ≥ 0 of the gamma law of `shape` a > 0 and scale 1.
///
/// Relative error of the smaller tail 1e-13 for shapes from 0.5 to 10⁶ and tails down to 1e-17; NaN for other signs.
pub fn tails(shape: f64, x: f64) -> Tails {
    if !(shape > 0.0 && x >= 0.0) {
        return Tails { lower: f64::NAN, upper: f64::NAN };
    }
    if x == 0.0 {
        return Tails { lower: 0.0, upper: 1.0 };
    }
    if x == f64::INFINITY {
        return Tails { lower: 1.0, upper: 0.0 };
    }
    let factor = poisson_density(shape, x);
    if x < shape + 1.0 {
        let lower = factor * lower_series(shape, x);
        Tails { lower, upper: 1.0 - lower }
    } else {
        let upper = factor * shape * upper_fraction(shape, x);
        Tails { lower: 1.0 - upper, upper }
    }
}

/// The value x ≥ 0 that a gamma variable of `shape` (0.5…10⁶, scale 1) stays below with probability `u`, 0 < `u` < 1.
///
/// Relative error 1e-12 or less for shapes 1…500 and every uniform number; one to two microseconds. 0 and ∞ at the ends of
/// `u`, NaN outside.
pub fn quantile(u: f64, shape: f64) -> f64 {
    if !(shape > 0.0 && (0.0..=1.0).contains(&u)) {
        return f64::NAN;
    }
    if u == 0.0 || u == 1.0 {
        return if u == 0.0 { 0.0 } else { f64::INFINITY };
    }
    let is_lower = u < 0.5;
    let target = if is_lower { u } else { 1.0 - u };
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut x = guess(u, shape);
    for _ in 0..MOST_STEPS {
        let Tails { lower, upper } = tails(shape, x);
        let tail = if is_lower { lower } else { upper };
        let is_below = if is_lower { tail < target } else { tail > target };
        if is_below {
            low = x
        } else {
            high = x
        }
        // Halley's step for g = ln(tail / target): f is the density, g′ = ±f / tail, g″ = g′ (f′/f − g′).
        let density = poisson_density(shape, x) * shape / x;
        let g_slope = if is_lower { density / tail } else { -density / tail };
        let newton = libm::log(tail / target) / g_slope;
        let bend = 1.0 - 0.5 * newton * ((shape - 1.0) / x - 1.0 - g_slope);
        let proposed = x - newton / if bend > 0.5 { bend } else { 1.0 };
        // The error after a step is of the order of its cube.
        if (proposed - x).abs() <= 1e-6 * x {
            return proposed;
        }
        x = if proposed > low && proposed < high { proposed } else { middle(low, high) };
    }
    x
}

/// The value that a chi-square variable of `nu` > 0 degrees of freedom stays below with probability `u`, 0 < `u` < 1.
///
/// Twice the gamma quantile of shape `nu`/2, with its precision; meant for `nu` from 2 to 1000.
pub fn chi_square_quantile(u: f64, nu: f64) -> f64 {
    2.0 * quantile(u, 0.5 * nu)
}

/// Σ x^n / ((a+1)…(a+n)).
fn lower_series(shape: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut divisor) = (1.0, 1.0, shape);
    for _ in 0..MOST_TERMS {
        divisor += 1.0;
        term *= x / divisor;
        sum += term;
        if term <= sum * NEGLIGIBLE {
            break;
        }
    }
    sum
}

/// The continued fraction of Γ(a, x) e^x x^(−a), by the modified method of Lentz.
fn upper_fraction(shape: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for i in 1..MOST_TERMS {
        let n = f64::from(i);
        let a = n * (shape - n);
        b += 2.0;
        d = 1.0 / nudge(a * d + b);
        c = nudge(b + a / c);
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() <= 4.0 * NEGLIGIBLE {
            break;
        }
    }
    fraction
}

/// Keeps a denominator of Lentz's method away from zero.
fn nudge(value: f64) -> f64 {
    if value.abs() < 1e-300 { 1e-300 } else { value }
}

/// Wilson and Hilferty (1931), or, far down the lower tail, the first term of the series turned around.
fn guess(u: f64, shape: f64) -> f64 {
    let ninth = 1.0 / (9.0 * shape);
    let root = 1.0 - ninth + normal::quantile(u) * ninth.sqrt();
    if root > 0.35 { shape * root * root * root } else { libm::exp((libm::log(u) + libm::lgamma(shape + 1.0)) / shape) }
}

/// A point inside a bracket whose upper end may be open.
fn middle(low: f64, high: f64) -> f64 {
    if high == f64::INFINITY { 2.0 * low + 1.0 } else { 0.5 * (low + high) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Gamma};

    // The typed values are from mpmath 1.3 at 40 digits, at the exact binary arguments.

    #[test]
    fn the_smaller_tail_matches_forty_digit_values() {
        let values: [(f64, f64, f64, f64); 11] = [
            (0.5, 0.01, 0.112462916018284893, 0.887537083981715107),
            (1.0, 1e-16, 9.99999999999999929e-17, 0.9999999999999999),
            (1.0, 30.0, 0.999999999999906424, 9.3576229688401746e-14),
            (2.5, 3.6, 0.793814080290444125, 0.206185919709555875),
            (7.5, 2.25, 0.00441998380404275255, 0.995580016195957247),
            (50.0, 120.0, 0.999999999999839918, 1.60082267933448287e-13),
            (500.0, 430.0, 0.000528822025192298785, 0.999471177974807701),
            (500.0, 502.0, 0.541505243275054146, 0.458494756724945854),
            (500.0, 690.0, 0.999999999999987777, 1.22232270790275548e-14),
            (3.25, 40.0, 0.999999999999992905, 7.09472216365898435e-15),
            (250000.0, 251500.0, 0.998626368127169344, 0.00137363187283065618),
        ];
        for (shape, x, lower, upper) in values {
            let got = tails(shape, x);
            let (got, wanted) = if lower < upper { (got.lower, lower) } else { (got.upper, upper) };
            assert!((got - wanted).abs() <= 1e-13 * wanted, "{shape} {x}: got {got:e}, wanted {wanted:e}");
        }
    }

    #[test]
    fn chi_square_quantiles_match_forty_digit_values() {
        let values: [(f64, f64, f64); 14] = [
            (1.1102230246251565e-16, 2.0, 2.2204460492503132e-16),
            (1e-09, 2.5, 1.39448833753607451e-7),
            (0.001, 3.0, 0.0242975858156927335),
            (0.25, 4.75, 2.48357139637410671),
            (0.5, 15.0, 14.3388595109566469),
            (0.999, 15.0, 37.6972982183538253),
            (1.1102230246251565e-16, 15.0, 0.0534658185855046583),
            (0.03, 100.0, 75.1418530935510567),
            (1e-12, 345.0, 191.16278530007559),
            (0.9999999, 345.0, 499.33909977997157),
            (0.4, 1000.0, 988.050539273483369),
            (1.1102230246251565e-16, 1000.0, 675.819212240962788),
            (0.9999999999999999, 1000.0, 1412.57054581079733),
            (0.9999999999999999, 2.0, 73.4736011393542028),
        ];
        for (u, nu, wanted) in values {
            let got = chi_square_quantile(u, nu);
            assert!((got - wanted).abs() <= 1e-13 * wanted, "{u:e} {nu}: got {got:e}, wanted {wanted:e}");
        }
    }

    #[test]
    fn the_quantile_undoes_the_tails_from_end_to_end() {
        for shape in [0.5, 1.0, 1.7, 2.0, 7.5, 33.0, 172.5, 500.0, 12_345.0] {
            for i in -345..=345 {
                let u = normal::cdf(f64::from(i) * 0.0237);
                if u >= 1.0 {
                    continue;
                }
                let Tails { lower, upper } = tails(shape, quantile(u, shape));
                let (got, wanted) = if u < 0.5 { (lower, u) } else { (upper, 1.0 - u) };
                // An error of 1e-15 in x is one of up to x f / tail × 1e-15 in the tail.
                assert!((got - wanted).abs() <= 1e-12 * wanted, "{shape} {u:e}: {got:e} {wanted:e}");
            }
        }
    }

    #[test]
    fn statrs_agrees_in_the_middle() {
        for shape in [1.0, 4.25, 61.0, 480.5] {
            let oracle = Gamma::new(shape, 1.0).unwrap();
            for i in 1..100 {
                let x = quantile(f64::from(i) / 100.0, shape);
                assert!((oracle.cdf(x) - f64::from(i) / 100.0).abs() < 1e-10, "{shape} {i}");
            }
        }
    }

    #[test]
    fn ends_and_nonsense_are_answered() {
        assert_eq!((quantile(0.0, 3.0), quantile(1.0, 3.0)), (0.0, f64::INFINITY));
        assert!(quantile(0.5, -1.0).is_nan() && quantile(f64::NAN, 3.0).is_nan() && quantile(1.5, 3.0).is_nan());
        assert_eq!(tails(3.0, 0.0), Tails { lower: 0.0, upper: 1.0 });
        assert_eq!(tails(3.0, f64::INFINITY), Tails { lower: 1.0, upper: 0.0 });
        assert!(tails(-3.0, 1.0).lower.is_nan() && tails(3.0, f64::NAN).upper.is_nan());
    }
}
