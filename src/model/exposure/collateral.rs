//! Loss given default of a loan with collateral (M36): what the sale brings pays first, the rest is lost at the rate of
//! unsecured debt.
//!
//! C = V₀ (1+g)^(m/12) (1 − haircut)(1 − cost) × (discount until the sale), LGD = max(floor, LGD_u (1 − min(1, C/EAD))).

/// How collateral is turned into money.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CollateralSettings {
    /// Share of the value that a forced sale does not bring, 0 to 1.
    pub haircut: f64,
    /// Share of the price that selling costs, 0 to 1.
    pub cost_of_sale: f64,
    /// Growth of the value a year, fraction, more than −1.
    pub growth: f64,
    /// Months from default to the sale.
    pub months_to_sale: u16,
    /// Smallest LGD of a secured loan, 0 to 1.
    pub lgd_floor: f64,
    /// How strongly ln V moves with the segment's index, 0 to 1 (M46).
    pub index_loading: f64,
}

/// Collateral of one loan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collateral {
    /// Value today, currency, at least 0.
    pub value: f64,
    /// How it is turned into money.
    pub settings: CollateralSettings,
}

impl Collateral {
    /// Money from a sale of what is worth V₀ today, as of default: V₀ (1 − haircut)(1 − cost) × `until_sale`, the
    /// discount factor from default to sale. Growth is left to the caller. Currency.
    pub fn proceeds(&self, until_sale: f64) -> f64 {
        self.value * (1.0 - self.settings.haircut) * (1.0 - self.settings.cost_of_sale) * until_sale
    }

    /// LGD of `exposure` (currency) when the sale brings `proceeds` (currency) and unsecured debt loses `unsecured`
    /// (0 to 1); between the floor and 1.
    pub fn lgd(&self, proceeds: f64, exposure: f64, unsecured: f64) -> f64 {
        // Nothing owed is covered in full; what is not a number stays none, where `min` and `max` would hide it.
        let covered = if proceeds >= exposure { 1.0 } else { proceeds / exposure };
        let lgd = unsecured * (1.0 - covered);
        if lgd < self.settings.lgd_floor { self.settings.lgd_floor } else { lgd }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: CollateralSettings = CollateralSettings {
        haircut: 0.2,
        cost_of_sale: 0.1,
        growth: 0.0,
        months_to_sale: 24,
        lgd_floor: 0.05,
        index_loading: 0.0,
    };

    #[test]
    fn a_sale_two_years_after_default_by_hand() {
        // 90,000 × 0.8 × 0.9 / 1.05² = 58,775.5102; 0.45 × (1 − 0.587755) = 0.185510
        let collateral = Collateral { value: 90_000.0, settings: SETTINGS };
        let proceeds = collateral.proceeds(1.0 / (1.05 * 1.05));
        assert!((proceeds - 58775.5102).abs() < 5e-5, "{proceeds}");
        assert!((collateral.lgd(proceeds, 100_000.0, 0.45) - 0.185510).abs() < 5e-7);
        // Siblings: no discount until the sale; costs that are not taken off.
        assert!((collateral.lgd(collateral.proceeds(1.0), 100_000.0, 0.45) - 0.185510).abs() > 1e-2);
        let free = Collateral { settings: CollateralSettings { cost_of_sale: 0.0, ..SETTINGS }, ..collateral };
        assert!((free.proceeds(1.0 / (1.05 * 1.05)) - 58775.5102).abs() > 1e3);
    }

    #[test]
    fn the_floor_and_full_loss_are_the_ends() {
        let collateral = Collateral { value: 0.0, settings: SETTINGS };
        assert_eq!(collateral.lgd(0.0, 100_000.0, 0.45), 0.45);
        assert_eq!(collateral.lgd(1e9, 100_000.0, 0.45), 0.05);
        assert_eq!(collateral.lgd(0.0, 0.0, 0.45), 0.05);
        assert_eq!(collateral.lgd(1.0, 0.0, 0.45), 0.05);
        assert!(collateral.lgd(f64::NAN, 100_000.0, 0.45).is_nan());
    }
}
