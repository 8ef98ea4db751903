//! The mean over weighted cases: what IFRS 9 5.5.17(a) calls an unbiased and probability-weighted amount.

use crate::error::{Error, Result};

/// Weights may miss 1 by this much: they are sums of decimals.
const TOLERANCE: f64 = 1e-12;

/// Σ weight × value of `cases`, each a value and its weight (share, 0 to 1).
///
/// # Errors
/// [`Error::Setting`] for a weight that is negative or not a number, or weights that do not add up to 1 ± 1e-12.
pub fn weighted_mean(cases: &[(f64, f64)]) -> Result<f64> {
    let wrong = |found: String| Error::setting("weights", found, "shares from 0 to 1 that add up to 1");
    if let Some((_, weight)) = cases.iter().find(|(_, weight)| !(0.0..=1.0).contains(weight)) {
        return Err(wrong(weight.to_string()));
    }
    let sum: f64 = cases.iter().map(|(_, weight)| weight).sum();
    if (sum - 1.0).abs() > TOLERANCE {
        return Err(wrong(format!("a sum of {sum}")));
    }
    Ok(cases.iter().map(|(value, weight)| value * weight).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_cases_by_hand() {
        let mean = weighted_mean(&[(30.0, 0.2), (70.0, 0.5), (170.0, 0.3)]).unwrap();
        assert!((mean - 92.0).abs() < 1e-13, "{mean}");
        let tenths = [(1.0, 0.1); 10];
        assert!((weighted_mean(&tenths).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn weights_that_are_no_shares_are_refused() {
        for cases in [&[][..], &[(1.0, 0.4), (2.0, 0.5)], &[(1.0, 1.5), (2.0, -0.5)], &[(1.0, f64::NAN)], &[(1.0, 1.1)]]
        {
            assert!(weighted_mean(cases).is_err(), "{cases:?}");
        }
    }
}
