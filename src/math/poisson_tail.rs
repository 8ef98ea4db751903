//! Is P(X ≤ k) at least u? The exact decision behind every Poisson count that an expansion leaves in doubt (M8).
//!
//! The smaller tail is summed outwards from its largest term, all terms positive, and compared with u or with 1 − u (exact for
//! odd multiples of 2^−53). One f32 step of the mean moves the tail by 6e-8 × m × density / tail relative or more; the sums
//! are good to 1e-13, so decisions can never reverse as the mean rises.

use super::saddle::poisson_density;

/// Relative size below which a term no longer counts.
const NEGLIGIBLE: f64 = 1.0 / (1u64 << 56) as f64;

/// Whether a Poisson variable of mean `m` > 0 stays at or below `k` with probability `u` or more, 0 < `u` < 1.
pub fn reaches(k: u32, u: f64, m: f64) -> bool {
    if f64::from(k) < m { lower_tail(k, m) >= u } else { upper_tail(k, m) <= 1.0 - u }
}

/// P(X ≤ k) for `k` < `m`: density × (1 + k/m + k(k−1)/m² + …); relative error 1e-13.
pub fn lower_tail(k: u32, m: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    let mut factor = f64::from(k);
    while factor > 0.0 && term > sum * NEGLIGIBLE {
        term *= factor / m;
        sum += term;
        factor -= 1.0;
    }
    poisson_density(f64::from(k), m) * sum
}

/// P(X > k) for `k` + 1 ≥ `m`: density at k + 1 × (1 + m/(k+2) + …); relative error 1e-13.
pub fn upper_tail(k: u32, m: f64) -> f64 {
    let first = f64::from(k) + 1.0;
    let (mut term, mut sum) = (1.0, 1.0);
    let mut divisor = first;
    while term > sum * NEGLIGIBLE {
        divisor += 1.0;
        term *= m / divisor;
        sum += term;
    }
    poisson_density(first, m) * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_match_forty_digit_values() {
        // (k, m, P(X ≤ k), P(X > k)); mpmath 1.3 at 40 digits.
        let values: [(u32, f64, f64, f64); 12] = [
            (0, 1e-20, 1.0, 9.99999999999999945e-21),
            (0, 0.25, 0.778800783071404868, 0.221199216928595132),
            (3, 5.5, 0.20169919870252864, 0.79830080129747136),
            (21, 17.0, 0.861466263325804144, 0.138533736674195856),
            (60, 16.0, 0.999999999999999992, 8.43186267657127424e-18),
            (1, 16.0, 1.91309797022740495e-6, 0.999998086902029773),
            (345, 400.25, 0.00260020187080937584, 0.997399798129190624),
            (1040, 1000.0, 0.899279412823461108, 0.100720587176538892),
            (999, 1000.0, 0.495794755819784491, 0.504205244180215509),
            (605000, 610000.0, 7.28725045822689545e-11, 0.999999999927127495),
            (609999, 610000.0, 0.499829735582262948, 0.500170264417737052),
            (614000, 610000.0, 0.999999844573408003, 1.55426591996912418e-7),
        ];
        for (k, m, lower, upper) in values {
            if f64::from(k) < m {
                let got = lower_tail(k, m);
                assert!((got - lower).abs() <= 1e-13 * lower, "{k} {m}: got {got:e}, wanted {lower:e}");
            }
            if f64::from(k) + 1.0 >= m {
                let got = upper_tail(k, m);
                assert!((got - upper).abs() <= 1e-13 * upper, "{k} {m}: got {got:e}, wanted {upper:e}");
            }
        }
    }

    #[test]
    fn the_decision_turns_at_the_probability_itself() {
        for (k, m) in [(0, 0.25), (3, 5.5), (21, 17.0), (345, 400.25), (1_040, 1_000.0)] {
            let p = if f64::from(k) < m { lower_tail(k, m) } else { 1.0 - upper_tail(k, m) };
            assert!(reaches(k, p - 1e-12, m) && !reaches(k, p + 1e-12, m), "{k} {m}");
        }
    }
}
