//! Mean and standard deviation of the losses with their standard errors (M19).
//!
//! The sum is an exact integer; deviations are taken from the exact mean in a second pass over the sorted values, so
//! nothing cancels and the order of scenarios does not matter (L4).

use super::interval::Estimate;
use super::order::Ordered;

/// Moments of a sample, in the sample's own unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Sample mean, standard error s / √N.
    pub mean: Estimate,
    /// Sample standard deviation s (divisor N − 1; 0 for a single scenario), with the standard error
    /// √([m₄ − s⁴ (N − 3)/(N − 1)] / N) / 2s of the delta method (Cramér 1946, §27.4 and §28.4).
    pub standard_deviation: Estimate,
}

/// Mean and standard deviation of `sample`; None when it is empty.
pub fn moments(sample: &Ordered) -> Option<Moments> {
    let n = sample.count();
    let sum = sample.sum();
    let whole = sum.checked_div(u128::from(n))?;
    let part = (sum % u128::from(n)) as f64 / n as f64;
    let mean = sum as f64 / n as f64;
    if n == 1 {
        return Some(Moments {
            mean: Estimate::of_positive(mean, None),
            standard_deviation: Estimate::of_positive(0.0, None),
        });
    }
    // The mean of 64-bit values fits 64 bits.
    let whole = whole as u64;
    let (mut squares, mut fourths) = (0.0, 0.0);
    for &value in sample.values() {
        let distance = value.abs_diff(whole) as f64;
        let deviation = if value >= whole { distance - part } else { -distance - part };
        let square = deviation * deviation;
        squares += square;
        fourths += square * square;
    }
    let n = n as f64;
    let variance = squares / (n - 1.0);
    let deviation = variance.sqrt();
    let variance_of_variance = (fourths / n - variance * variance * (n - 3.0) / (n - 1.0)).max(0.0) / n;
    let error = if deviation > 0.0 { variance_of_variance.sqrt() / (2.0 * deviation) } else { 0.0 };
    Some(Moments {
        mean: Estimate::of_positive(mean, Some((variance / n).sqrt())),
        standard_deviation: Estimate::of_positive(deviation, Some(error)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};
    use statrs::statistics::Statistics;

    #[test]
    fn four_values_by_hand() {
        // Mean 3; deviations −2, −1, 0, 3; squares 14, fourths 1 + 16 + 81 = 98; s² = 14/3.
        let moments = moments(&Ordered::sort([6, 1, 3, 2])).unwrap();
        assert_eq!(moments.mean.value, 3.0);
        assert!((moments.mean.standard_error.unwrap() - (14.0_f64 / 12.0).sqrt()).abs() < 1e-15);
        let variance: f64 = 14.0 / 3.0;
        let expected = ((98.0 / 4.0 - variance * variance / 3.0) / 4.0).sqrt() / (2.0 * variance.sqrt());
        assert!((moments.standard_deviation.standard_error.unwrap() - expected).abs() < 1e-15);
    }

    #[test]
    fn agrees_with_statrs() {
        let mut random = StdRng::seed_from_u64(5);
        let values: Vec<u64> = (0..3457).map(|_| random.random_range(0..1_000_000)).collect();
        let moments = moments(&Ordered::sort(values.iter().copied())).unwrap();
        let floats: Vec<f64> = values.iter().map(|&value| value as f64).collect();
        assert!((moments.mean.value / (&floats).mean() - 1.0).abs() < 1e-12);
        assert!((moments.standard_deviation.value / (&floats).std_dev() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_standard_error_of_the_deviation_is_the_spread_seen_over_many_samples() {
        // 800 samples of 500 squared uniforms: the mean reported error against the observed spread. The spread of 800
        // deviations has a relative error of 2.5 %; 10 % is four of them: false-positive rate below 1e-4.
        let mut random = StdRng::seed_from_u64(11);
        let found: Vec<Estimate> = (0..800)
            .map(|_| {
                let draw = |_| {
                    let uniform: f64 = random.random();
                    (uniform * uniform * 1e6) as u64
                };
                moments(&Ordered::sort((0..500).map(draw))).unwrap().standard_deviation
            })
            .collect();
        let spread = found.iter().map(|estimate| estimate.value).std_dev();
        let reported = found.iter().filter_map(|estimate| estimate.standard_error).mean();
        assert!((reported / spread - 1.0).abs() < 0.1, "{reported} against {spread}");
        // The sibling that must fail: s / √(2N), right for normal losses only.
        let normal = found.iter().map(|estimate| estimate.value / 1000.0_f64.sqrt()).mean();
        assert!((normal / spread - 1.0).abs() > 0.1, "{normal} against {spread}");
    }

    #[test]
    fn huge_losses_that_differ_by_one_keep_their_deviation() {
        let base = 1 << 62;
        let moments = moments(&Ordered::sort([base, base + 1, base + 2])).unwrap();
        assert_eq!(moments.standard_deviation.value, 1.0);
    }

    #[test]
    fn one_scenario_has_no_error_and_none_has_no_moments() {
        let one = moments(&Ordered::sort([7])).unwrap();
        assert_eq!((one.mean.value, one.mean.standard_error, one.standard_deviation.value), (7.0, None, 0.0));
        assert_eq!(moments(&Ordered::sort([])), None);
        assert_eq!(moments(&Ordered::sort([7, 7])).unwrap().standard_deviation.standard_error, Some(0.0));
    }
}
