//! The flat hazard (M27): F(m) = 1 − (1 − p)^(m/12), the one-year probability p gone on with at one rate.
//!
//! Source: Li, "On default correlation: a copula function approach", Journal of Fixed Income 9(4) (2000), 43–54.

/// F of a one-year probability of default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlatHazard {
    pd: f64,
    /// ln(1 − p).
    log_survival: f64,
}

impl FlatHazard {
    /// The hazard of the one-year probability `pd`, 0 to 1.
    pub fn new(pd: f64) -> Self {
        Self { pd, log_survival: libm::log1p(-pd) }
    }

    /// Probability of default within `months`, 0 to 1: 0 at once, p itself after 12 months.
    pub fn cumulative(&self, months: u32) -> f64 {
        match months {
            0 => 0.0,
            12 => self.pd,
            // −∞ at p = 1: expm1 gives −1. At p = 0 the product is −0.
            _ => 0.0 - libm::expm1(f64::from(months) / 12.0 * self.log_survival),
        }
    }

    /// H = −ln(1 − F) after `months`, 0 or more; infinite where default is certain.
    pub fn hazard(&self, months: u32) -> f64 {
        if months == 0 { 0.0 } else { 0.0 - f64::from(months) / 12.0 * self.log_survival }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_per_cent_a_year() {
        let flat = FlatHazard::new(0.02);
        assert_eq!(flat.cumulative(12).to_bits(), 0.02_f64.to_bits());
        assert!((flat.cumulative(24) - (1.0 - 0.98 * 0.98)).abs() < 1e-16);
        assert!((flat.cumulative(120) - 0.182_927_193_11).abs() < 1e-11, "{}", flat.cumulative(120));
        // Sibling: a probability that merely adds up is another one.
        assert!((flat.cumulative(24) - 0.04).abs() > 3e-4);
    }

    #[test]
    fn probabilities_stay_between_the_ends_and_rise() {
        for pd in [0.0, 1e-300, 1e-9, 0.02, 0.37, 1.0 - 1e-12, 1.0] {
            let flat = FlatHazard::new(pd);
            let mut last = 0.0;
            for months in 0..=960 {
                let now = flat.cumulative(months);
                assert!((last..=1.0).contains(&now), "{pd} {months}: {now} after {last}");
                last = now;
            }
        }
        assert_eq!(
            (FlatHazard::new(0.0).cumulative(480), FlatHazard::new(0.0).cumulative(480).is_sign_positive()),
            (0.0, true)
        );
        assert_eq!([0, 1, 480].map(|months| FlatHazard::new(1.0).cumulative(months)), [0.0, 1.0, 1.0]);
    }
}
