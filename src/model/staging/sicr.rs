//! Whether credit risk has increased significantly since origination (M39): the annualised PD over the residual life, as it
//! is now and as it was expected at origination for the same months.
//!
//! q = 1 − (1 − F)^(12/R), F over the R remaining months; stage 2 when q_now ≥ ratio × q_origination *and*
//! q_now − q_origination ≥ increase. A masterscale that doubles meets the ratio exactly, so q_now counts a billionth more: equality
//! is not left to rounding.

use super::rules::StagingRules;

/// How much more q_now counts, relative.
const SLACK: f64 = 1e-9;

/// Annualised PDs over the residual life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResidualPds {
    /// As it is now, 0 to 1.
    pub now: f64,
    /// As it was expected at origination, 0 to 1.
    pub origination: f64,
}

impl ResidualPds {
    /// Whether it rose by as much as `rules` name, both as a ratio and as a difference.
    pub(super) fn rose(self, rules: &StagingRules) -> bool {
        let now = self.now * (1.0 + SLACK);
        now >= rules.pd_ratio * self.origination && now - self.origination >= rules.pd_increase
    }
}

/// The PD of one year that, year after year, adds up to `hazard` = −ln(1 − F) over `months` months (at least 1).
pub fn annual_pd(hazard: f64, months: u16) -> f64 {
    -libm::expm1(-hazard * 12.0 / f64::from(months.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::term::FlatHazard;

    /// Whether a flat hazard of one-year PD `now` has risen over `months` from that of `origination`.
    fn rose(origination: f64, now: f64, months: u16) -> bool {
        let over = |pd: f64| annual_pd(FlatHazard::new(pd).hazard(u32::from(months)), months);
        ResidualPds { now: over(now), origination: over(origination) }.rose(&StagingRules::default())
    }

    #[test]
    fn both_the_ratio_and_the_increase_are_needed() {
        assert!(rose(0.01, 0.025, 31));
        assert!(!rose(0.01, 0.019, 31), "ratio 1.9");
        assert!(!rose(0.0005, 0.0045, 31), "increase 0.0040");
        assert!(!rose(0.02, 0.02, 31));
        // Sibling: with a ratio of 1.5 the second is stage 2.
        let loose = StagingRules { pd_ratio: 1.5, ..StagingRules::default() };
        assert!(ResidualPds { now: 0.019, origination: 0.01 }.rose(&loose));
    }

    #[test]
    fn equality_is_an_increase_whatever_the_remaining_life() {
        for months in 1..=480 {
            for origination in [0.005, 0.007, 0.01, 0.03, 0.11, 0.37] {
                assert!(rose(origination, 2.0 * origination, months), "{origination} doubled, {months} months");
                assert!(!rose(origination, 1.9999 * origination, months), "{origination} {months}");
            }
            // Here the increase is met exactly, and the ratio more than that.
            assert!(rose(0.0013, 0.0063, months) && !rose(0.0013, 0.0062999, months), "{months}");
        }
    }

    #[test]
    fn a_flat_hazard_annualises_to_its_annual_pd_and_ends_are_exact() {
        let over = -17.0 / 12.0 * libm::log1p(-0.07);
        assert!((annual_pd(over, 17) - 0.07).abs() < 1e-15);
        assert!((annual_pd(over, 18) - 0.07).abs() > 1e-3);
        assert_eq!((annual_pd(0.0, 5), annual_pd(f64::INFINITY, 5)), (0.0, 1.0));
    }
}
