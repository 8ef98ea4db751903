//! Quantiles of the binomial distribution, which turn a level into the ranks that bound its VaR (M17).
//!
//! Weights are measured against the mode and normalised by their own sum (Loader 2000 calls the ratios w(k+1)/w(k)
//! exact), so no factorial is needed and nothing cancels: at n = 10^9 a start from log-gamma alone would be off by 1e-6.

use crate::units::Level;

/// Weights below this share of the mode's are left out; what they hold together is under 1e-12 of the whole.
const NEGLIGIBLE: f64 = 1e-20;

/// The smallest k in 0..=n with P(B ≤ k) ≥ `probability`, B ~ Binomial(n, a).
///
/// `probability` in (0, 1); takes about 20 standard deviations of B in steps (a millisecond at n = 10^9).
pub fn binomial_quantile(probability: f64, n: u64, level: Level) -> u64 {
    let odds = level.value() / level.tail(1);
    // w(k+1) / w(k): what one success more is worth.
    let rise = |k: u64| (n - k) as f64 / (k + 1) as f64 * odds;
    let mode = mode(n, level);

    let (mut above, mut weight, mut k) = (0.0, 1.0, mode);
    while k < n && weight > NEGLIGIBLE {
        weight *= rise(k);
        above += weight;
        k += 1;
    }
    let (mut below, mut first) = (0.0, mode);
    weight = 1.0;
    while first > 0 && weight > NEGLIGIBLE {
        first -= 1;
        weight /= rise(first);
        below += weight;
    }

    let wanted = probability * (below + 1.0 + above);
    let (mut reached, mut k) = (weight, first);
    while reached < wanted && k < n {
        weight *= rise(k);
        reached += weight;
        k += 1;
    }
    k
}

/// The most likely count, floor((n + 1) a), at most n; being off by one would cost accuracy only.
fn mode(n: u64, level: Level) -> u64 {
    (((n as f64 + 1.0) * level.value()) as u64).min(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Binomial, DiscreteCDF};

    #[test]
    fn agrees_with_the_distribution_function_of_statrs() {
        for n in [1, 2, 7, 30, 59, 60, 345, 10_001, 100_000, 12_345_678] {
            for text in ["0.001", "0.25", "0.5", "0.95", "0.99", "0.999", "0.99999"] {
                let level = Level::parse(text).unwrap();
                let oracle = Binomial::new(level.value(), n).unwrap();
                for probability in [0.025, 0.3, 0.975] {
                    let k = binomial_quantile(probability, n, level);
                    assert!(oracle.cdf(k) >= probability - 1e-9, "{n} {text} {probability}: {k} is too low");
                    let before = k.checked_sub(1).map_or(0.0, |k| oracle.cdf(k));
                    assert!(before < probability + 1e-9, "{n} {text} {probability}: {k} is too high");
                }
            }
        }
    }

    #[test]
    fn a_billion_trials_follow_the_normal_limit() {
        let level = Level::parse("0.999").unwrap();
        let deviation = (1e9_f64 * 0.999 * 0.001).sqrt();
        for (probability, z) in [(0.025, -1.959_963_984_540_054), (0.975, 1.959_963_984_540_054)] {
            let k = binomial_quantile(probability, 1_000_000_000, level) as f64;
            // Cornish–Fisher: the skew moves the quantile by (1 − 2a)(z² − 1)/6, half a step of continuity besides.
            let expected = 999e6 + z * deviation + (1.0 - 2.0 * 0.999) * (z * z - 1.0) / 6.0 - 0.5;
            assert!((k - expected).abs() <= 1.0, "{k} against {expected}");
        }
    }

    #[test]
    fn no_trials_have_no_successes() {
        assert_eq!(binomial_quantile(0.975, 0, Level::parse("0.5").unwrap()), 0);
    }
}
