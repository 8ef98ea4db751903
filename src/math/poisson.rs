//! Poisson counts by inversion (M8): K = min{k : P(X ≤ k) ≥ u}, exact, and monotone in the mean for a fixed u.
//!
//! Below a mean of 8 the probabilities are summed from zero. From 8 on, the expansion of M. B. Giles, "Algorithm 955:
//! approximation of the inverse Poisson cumulative distribution function", ACM TOMS 42 (2016), gives the real x at which the
//! continued distribution function equals u; K is its whole part. Whatever comes within the known error of a boundary is
//! decided by [`poisson_tail`](super::poisson_tail). The mean is an f32: one step of it moves the probabilities far more
//! than any rounding here, which is why **a larger mean never gives a smaller count**.

use super::poisson_tail::reaches;
use super::probit::{PROBIT_ERROR, ProbitTable};

/// Larger means are taken as this one, 2^24 = 16,777,216.
pub const MOST_MEAN: f32 = (1u32 << 24) as f32;

/// From this mean on the expansion is used.
const EXPANSION_FROM: f64 = 8.0;
/// Largest |w/√m| for which the expansion is used.
pub(super) const LARGEST_SLANT: f64 = 0.75;
/// The expansion, beyond the error of w, is within this divided by the mean (measured: less than a third of it).
pub(super) const EXPANSION_ERROR: f64 = 0.02;
/// Largest slope dx/dw / √m for slants up to [`LARGEST_SLANT`].
pub(super) const STEEPEST: f64 = 1.25;
/// Sums from zero are good to this, absolutely.
pub(super) const SUM_ERROR: f64 = 1e-13;
/// Sums from zero are left for the exact decision when 1 − u is smaller.
const LEAST_UPPER_TAIL: f64 = 1.0 / 1024.0;
/// The ends of u: 2^−53 and 1 − 2^−53.
pub(super) const ENDS_OF_U: (f64, f64) = (1.0 / (1u64 << 53) as f64, 1.0 - 1.0 / (1u64 << 53) as f64);

/// K = min{k : P(X ≤ k) ≥ `u`} for a Poisson variable X of mean `mean`.
///
/// `u` is a uniform number (an odd multiple of 2^−53; anything else is clamped to [2^−53, 1 − 2^−53]). `mean` is 0 or more, up
/// to [`MOST_MEAN`]; a negative or NaN mean counts as 0. Deterministic, and never decreasing in `mean`.
#[inline]
pub fn poisson_quantile(u: f64, mean: f32) -> u32 {
    // Not `clamp`, which keeps NaN.
    let u = u.max(ENDS_OF_U.0).min(ENDS_OF_U.1);
    let m = f64::from(mean.min(MOST_MEAN));
    if mean.is_nan() || m <= 0.0 {
        0
    } else if m < EXPANSION_FROM {
        sum_from_zero(u, m)
    } else {
        expand(u, m)
    }
}

/// The count by adding probabilities from zero upwards.
#[inline]
fn sum_from_zero(u: f64, m: f64) -> u32 {
    if 1.0 - u < LEAST_UPPER_TAIL {
        return settle(rough_guess(u, m), u, m);
    }
    let mut term = libm::exp(-m);
    let (mut before, mut sum) = (0.0, term);
    let mut k = 0;
    while sum < u {
        k += 1;
        term *= m / f64::from(k);
        before = sum;
        sum += term;
    }
    if sum - u < SUM_ERROR || u - before < SUM_ERROR { settle(k, u, m) } else { k }
}

/// The count from the asymptotic expansion.
#[inline]
fn expand(u: f64, m: f64) -> u32 {
    let root = m.sqrt();
    let per_root = 1.0 / root;
    let per_mean = per_root * per_root;
    let slant = ProbitTable::shared().quantile(u) * per_root;
    if slant.abs() > LARGEST_SLANT {
        return settle(rough_guess(u, m), u, m);
    }
    let x = inverse(slant, m, per_mean);
    let doubt = EXPANSION_ERROR * per_mean + STEEPEST * PROBIT_ERROR * root;
    let k = x as u32;
    let part = x - f64::from(k);
    if part > doubt && part < 1.0 - doubt { k } else { settle(k, u, m) }
}

/// x with Γ(x, m) / Γ(x) = Φ(w) for w = `s` √m: m r(s) + c₀(s) + c₁(s) / m, each a Taylor series in s; `per_mean` is 1/m.
///
/// Giles (2016) prints the leading terms. All of them follow from the Cornish–Fisher expansion of the gamma law, whose
/// quantile obeys a differential equation that polynomials solve order by order.
#[inline(always)]
pub(super) fn inverse(s: f64, m: f64, per_mean: f64) -> f64 {
    let r = series(s, &RATE);
    let c0 = series(s, &SHIFT);
    let c1 = series(s, &CORRECTION);
    m + (m * (s * r) + (c0 + c1 * per_mean))
}

/// A Taylor polynomial by Horner's scheme, constant term first.
#[inline(always)]
fn series<const N: usize>(s: f64, coefficients: &[f64; N]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * s + c)
}

/// (r(s) − 1) / s.
const RATE: [f64; 11] = [
    1.0,
    1.0 / 6.0,
    -1.0 / 72.0,
    1.0 / 270.0,
    -23.0 / 17_280.0,
    19.0 / 34_020.0,
    -11_237.0 / 43_545_600.0,
    13.0 / 102_060.0,
    -2_482_411.0 / 37_623_398_400.0,
    53_741.0 / 1_515_591_000.0,
    -272_785_979.0 / 13_905_608_048_640.0,
];
/// c₀(s).
const SHIFT: [f64; 8] = [
    1.0 / 3.0,
    -1.0 / 36.0,
    7.0 / 810.0,
    -137.0 / 38_880.0,
    5.0 / 3_024.0,
    -165_779.0 / 195_955_200.0,
    301.0 / 656_100.0,
    -1_219_369.0 / 4_702_924_800.0,
];
/// c₁(s).
const CORRECTION: [f64; 5] =
    [-8.0 / 405.0, 671.0 / 38_880.0, -5_189.0 / 408_240.0, 2_647_909.0 / 293_932_800.0, -9_683.0 / 1_530_900.0];

/// A start for the exact decision: the expansion to second order, good to a few counts everywhere.
fn rough_guess(u: f64, m: f64) -> u32 {
    let w = ProbitTable::shared().quantile(u);
    (m + m.sqrt() * w + (2.0 + w * w) / 6.0).max(0.0) as u32
}

/// The count, decided exactly by walking from `guess`.
#[cold]
#[inline(never)]
fn settle(guess: u32, u: f64, m: f64) -> u32 {
    let mut k = guess;
    while !reaches(k, u, m) {
        k += 1;
    }
    while k > 0 && reaches(k - 1, u, m) {
        k -= 1;
    }
    k
}

#[cfg(test)]
mod tests {
    use super::super::normal;
    use super::super::poisson_tail::{lower_tail, upper_tail};
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};
    use statrs::distribution::{DiscreteCDF, Poisson};

    /// A uniform number as the engine draws them.
    fn uniform(rng: &mut StdRng) -> f64 {
        ((rng.random::<u64>() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// A mean spread evenly over the logarithm of `range`.
    fn mean(rng: &mut StdRng, range: std::ops::Range<f64>) -> f32 {
        libm::exp(rng.random_range(libm::log(range.start)..libm::log(range.end))) as f32
    }

    #[test]
    fn the_expansion_is_within_a_third_of_its_stated_error() {
        let mut worst = 0.0f64;
        for m in [8.0, 8.3, 10.1, 16.3, 19.7, 27.1, 45.2, 97.3, 345.6, 1_234.5, 61_000.0, 610_000.0] {
            let reach = (LARGEST_SLANT * m).min(8.2 * f64::sqrt(m)) + 2.0;
            for k in (m - reach).max(0.0) as u32..(m + reach * 1.3) as u32 {
                // w at which the continued distribution function passes k + 1.
                let w = if f64::from(k) < m {
                    normal::quantile(lower_tail(k, m))
                } else {
                    -normal::quantile(upper_tail(k, m))
                };
                if (w / m.sqrt()).abs() <= LARGEST_SLANT && w.abs() < 8.2 {
                    worst = worst.max((inverse(w / m.sqrt(), m, 1.0 / m) - f64::from(k + 1)).abs() * m);
                }
            }
        }
        assert!(worst < EXPANSION_ERROR / 3.0, "{worst}");
        assert!(worst > EXPANSION_ERROR / 6.0, "the stated bound is no longer tight: {worst}");
    }

    #[test]
    fn counts_are_those_of_the_exact_decision() {
        let mut rng = StdRng::seed_from_u64(955);
        for i in 0..60_000 {
            let range = match i % 16 {
                15 => 5_000.0..610_000.0,
                odd if odd % 2 == 1 => 7.0..5_000.0,
                _ => 1e-6..40.0,
            };
            let (u, m) = (uniform(&mut rng), mean(&mut rng, range));
            // Every fourth u is far out in a tail.
            let u = match i % 8 {
                0 => u * 1e-6,
                4 => 1.0 - (u * 1e-6).max(ENDS_OF_U.0),
                _ => u,
            };
            let k = poisson_quantile(u, m);
            let m = f64::from(m);
            assert!(reaches(k, u, m), "{u:e} {m}: {k}");
            assert!(k == 0 || !reaches(k - 1, u, m), "{u:e} {m}: {k}");
        }
    }

    #[test]
    fn counts_agree_with_statrs() {
        let mut rng = StdRng::seed_from_u64(2016);
        for _ in 0..3_456 {
            let (u, m) = (uniform(&mut rng), mean(&mut rng, 0.01..100_000.0));
            let oracle = Poisson::new(f64::from(m)).unwrap();
            let k = u64::from(poisson_quantile(u, m));
            // The oracle's distribution function is good to about 1e-10.
            assert!(oracle.cdf(k) > u - 1e-9, "{u:e} {m}: {k}");
            assert!(k == 0 || oracle.cdf(k - 1) < u + 1e-9, "{u:e} {m}: {k}");
        }
    }

    #[test]
    fn frequencies_follow_the_law() {
        // Chi-square statistics over cells of expected count 40 or more, standardised by Wilson and Hilferty; 12 of them, each
        // beyond 4.2 with probability 1.3e-5: false-positive rate 2e-4, fixed seed.
        let mut rng = StdRng::seed_from_u64(45);
        for m in [0.037f32, 0.9, 4.25, 7.9, 8.1, 345.6] {
            let mut misfit = |actual: f32| {
                let n = 345_678;
                let mut seen = vec![0u32; 1_000];
                for _ in 0..n {
                    seen[poisson_quantile(uniform(&mut rng), actual).min(999) as usize] += 1;
                }
                standardised_chi_square(&seen, f64::from(m), f64::from(n))
            };
            assert!(misfit(m) < 4.2, "{m}");
            assert!(misfit(m * 1.06) > 4.2, "a mean 6 % off must fail: {m}");
        }
    }

    fn standardised_chi_square(seen: &[u32], m: f64, n: f64) -> f64 {
        let (mut statistic, mut cells) = (0.0, 0.0);
        let (mut cell_seen, mut cell_expected, mut left) = (0.0, 0.0, n);
        for (k, count) in seen.iter().enumerate() {
            cell_seen += f64::from(*count);
            cell_expected += n * super::super::saddle::poisson_density(k as f64, m);
            let is_last = k + 1 == seen.len();
            if cell_expected >= 40.0 && left - cell_expected >= 40.0 || is_last {
                let expected = if is_last { left } else { cell_expected };
                statistic += (cell_seen - expected) * (cell_seen - expected) / expected;
                left -= expected;
                cells += 1.0;
                (cell_seen, cell_expected) = (0.0, 0.0);
            }
        }
        let freedom: f64 = cells - 1.0;
        let spread = 2.0 / (9.0 * freedom);
        (libm::cbrt(statistic / freedom) - 1.0 + spread) / spread.sqrt()
    }

    #[test]
    fn counts_never_fall_as_the_mean_rises_past_a_step() {
        let mut rng = StdRng::seed_from_u64(8);
        let mut searched = 0;
        while searched < 120_000 {
            let u = uniform(&mut rng);
            let start = mean(&mut rng, 1e-5..600_000.0);
            let (mut low, mut high) = (start.to_bits(), (start * 1.05).to_bits());
            let k = poisson_quantile(u, start);
            if poisson_quantile(u, f32::from_bits(high)) == k {
                continue;
            }
            while high - low > 1 {
                let half = low + (high - low) / 2;
                if poisson_quantile(u, f32::from_bits(half)) == k { low = half } else { high = half }
            }
            let mut last = poisson_quantile(u, f32::from_bits(low - 40));
            for bits in low - 39..=high + 40 {
                let next = poisson_quantile(u, f32::from_bits(bits));
                assert!(next >= last, "{u:e}, mean {:e}: {last} then {next}", f32::from_bits(bits));
                last = next;
            }
            searched += 1;
        }
    }

    #[test]
    fn extreme_arguments_give_finite_counts() {
        let (least, most) = ENDS_OF_U;
        assert_eq!(poisson_quantile(0.5, 0.0), 0);
        assert_eq!(poisson_quantile(most, -1.0), 0);
        assert_eq!(poisson_quantile(most, f32::NAN), 0);
        assert_eq!(poisson_quantile(most, 1e-20), 0);
        assert_eq!(poisson_quantile(most, f32::from_bits(1)), 0);
        assert_eq!(poisson_quantile(most, 1e-15), 1);
        assert_eq!(poisson_quantile(f64::NAN, 700.0), poisson_quantile(least, 700.0));
        assert_eq!(poisson_quantile(1.0, 5.0), poisson_quantile(most, 5.0));
        assert_eq!(poisson_quantile(0.3, f32::INFINITY), poisson_quantile(0.3, MOST_MEAN));
        for m in [1e-3, 0.4, 3.0, 7.99, 8.0, 40.0, 610_000.0] {
            let (low, high) = (poisson_quantile(least, m), poisson_quantile(most, m));
            let m = f64::from(m);
            assert!(f64::from(low) <= m && f64::from(high) > m && f64::from(high) < m + 8.3 * m.sqrt() + 13.0);
        }
    }
}
