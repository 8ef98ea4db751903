//! What a default in each period exposes (M34 to M36), LGD apart: for LGDs that are random or move with the economy (M45 to M47)
//! and are therefore no part of a loss yet.

use super::discount::{Discounting, Middles, until_sale};
use super::{PeriodLoss, exposure_at_default};
use crate::model::exposure::LoanTerms;
use crate::model::time::Grid;

/// One period of a loan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodExposure {
    /// Months from the reporting date after which the period begins.
    pub start: u16,
    /// Months from the reporting date with which it ends.
    pub end: u16,
    /// EAD × discount factor, currency at the reporting date.
    pub exposure: f64,
    /// LGD, of the unsecured part where there is collateral, 0 to 1.
    pub lgd: f64,
    /// What a sale brings per EAD, at least 0; None without collateral.
    pub cover: Option<f64>,
}

/// What a default exposes in each period of the loan's life: EAD_t d_t, and what its LGD is made of.
pub fn exposure_path(terms: &LoanTerms<'_>, discounting: Discounting, grid: Grid) -> Vec<PeriodExposure> {
    let mut periods: Vec<PeriodLoss> = Vec::new();
    exposure_at_default::fill(terms, grid, &mut periods);
    let log_month = discounting.log_month(terms.rate);
    let mut discount = Middles::new(-log_month, grid);
    let mut secured = terms.collateral.map(|collateral| {
        let settings = &collateral.settings;
        let growth = Middles::new(Discounting::Rate(settings.growth).log_month(0.0), grid);
        (collateral.proceeds(until_sale(log_month, settings.months_to_sale)), growth)
    });
    let of_period = |(place, &PeriodLoss { start, end, loss: exposure }): (usize, &PeriodLoss)| {
        let cover = secured.as_mut().map(|(proceeds, growth)| {
            let proceeds = *proceeds * growth.advance(start, end);
            // Nothing owed is covered in full.
            if exposure > 0.0 { proceeds / exposure } else { 1.0 }
        });
        let exposure = exposure * discount.advance(start, end);
        PeriodExposure { start, end, exposure, lgd: terms.lgd.at(place), cover }
    };
    periods.iter().enumerate().map(of_period).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ecl::loss_path;
    use crate::model::exposure::{Collateral, CollateralSettings, LgdPath, Schedule};

    #[test]
    fn losses_are_made_of_them() {
        let settings = CollateralSettings {
            haircut: 0.2,
            cost_of_sale: 0.1,
            growth: 0.03,
            months_to_sale: 7,
            lgd_floor: 0.05,
            index_loading: 0.3,
        };
        for collateral in [None, Some(Collateral { value: 700.0, settings })] {
            let lgd = LgdPath::ByPeriod(&[0.5, 0.4]);
            let (schedule, rate) = (Schedule::Annuity, 0.01);
            let terms =
                LoanTerms { schedule, months: 31, rate, cpr: 0.1, drawn: 900.0, undrawn: 70.0, lgd, collateral };
            let mut losses = Vec::new();
            loss_path(&terms, Discounting::Effective, Grid::Quarterly, &mut losses);
            let exposures = exposure_path(&terms, Discounting::Effective, Grid::Quarterly);
            assert_eq!(losses.len(), exposures.len());
            for (loss, period) in losses.iter().zip(&exposures) {
                let lgd = match period.cover {
                    None => period.lgd,
                    Some(cover) => (period.lgd * (1.0 - cover.min(1.0))).max(0.05),
                };
                assert!((period.exposure * lgd / loss.loss - 1.0).abs() < 1e-12, "{period:?}");
                assert_eq!((loss.start, loss.end), (period.start, period.end));
            }
        }
    }
}
