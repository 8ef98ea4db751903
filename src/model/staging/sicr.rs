//! Whether credit risk has increased significantly since origination (M39): the annualised PD over the residual life, as it
//! is now and as it was expected at origination for the same months.
//!
//! q = 1 − (1 − F)^(12/R), F over the R remaining months; stage 2 when q_now ≥ ratio × q_origination *and*
//! q_now − q_origination ≥ increase.

use super::rules::StagingRules;

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
        self.now >= rules.pd_ratio * self.origination && self.now - self.origination >= rules.pd_increase
    }
}

/// The PD of one year that, year after year, gives the PD `cumulative` (0 to 1) over `months` months (at least 1).
pub fn annual_pd(cumulative: f64, months: u16) -> f64 {
    -libm::expm1(libm::log1p(-cumulative) * 12.0 / f64::from(months.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rose(origination: f64, now: f64) -> bool {
        // Over 31 months at a flat hazard the annualised PD is the annual one.
        let over = |pd: f64| annual_pd(-libm::expm1(31.0 / 12.0 * libm::log1p(-pd)), 31);
        ResidualPds { now: over(now), origination: over(origination) }.rose(&StagingRules::default())
    }

    #[test]
    fn both_the_ratio_and_the_increase_are_needed() {
        assert!(rose(0.01, 0.025));
        assert!(!rose(0.01, 0.019), "ratio 1.9");
        assert!(!rose(0.0005, 0.0045), "increase 0.0040");
        assert!(!rose(0.02, 0.02));
        // Sibling: with a ratio of 1.5 the second is stage 2.
        let loose = StagingRules { pd_ratio: 1.5, ..StagingRules::default() };
        assert!(ResidualPds { now: 0.019, origination: 0.01 }.rose(&loose));
    }

    #[test]
    fn a_flat_hazard_annualises_to_its_annual_pd_and_ends_are_exact() {
        let over = -libm::expm1(17.0 / 12.0 * libm::log1p(-0.07));
        assert!((annual_pd(over, 17) - 0.07).abs() < 1e-15);
        assert!((annual_pd(over, 18) - 0.07).abs() > 1e-3);
        assert_eq!((annual_pd(0.0, 5), annual_pd(1.0, 5)), (0.0, 1.0));
    }
}
