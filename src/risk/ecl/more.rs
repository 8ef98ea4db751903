//! What the per-loan file shows of a loan beside its expected credit loss.

/// What only the per-loan file shows. NaN where it is not known, or was not asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoreOfLoan {
    /// PD over 12 months, or to maturity if that is sooner; 1 in default.
    pub pd_12m: f64,
    /// PD to maturity; 1 in default.
    pub pd_lifetime: f64,
    /// PD over the same remaining life as it was expected at origination.
    pub pd_residual_origination: f64,
    /// LGD of a default today, collateral counted.
    pub lgd: f64,
    /// Expected credit loss from defaults within 12 months, currency.
    pub ecl_12m: f64,
    /// Expected credit loss over the lifetime, currency.
    pub ecl_lifetime: f64,
}

impl MoreOfLoan {
    /// What sums begin with.
    pub(super) const NOTHING: Self =
        Self { pd_12m: 0.0, pd_lifetime: 0.0, pd_residual_origination: 0.0, lgd: 0.0, ecl_12m: 0.0, ecl_lifetime: 0.0 };

    /// Adds `weight` times another.
    pub(super) fn add(&mut self, other: &Self, weight: f64) {
        self.pd_12m += weight * other.pd_12m;
        self.pd_lifetime += weight * other.pd_lifetime;
        self.pd_residual_origination += weight * other.pd_residual_origination;
        self.lgd += weight * other.lgd;
        self.ecl_12m += weight * other.ecl_12m;
        self.ecl_lifetime += weight * other.ecl_lifetime;
    }

    /// Nothing is known.
    pub(super) const NONE: Self = Self {
        pd_12m: f64::NAN,
        pd_lifetime: f64::NAN,
        pd_residual_origination: f64::NAN,
        lgd: f64::NAN,
        ecl_12m: f64::NAN,
        ecl_lifetime: f64::NAN,
    };
}
