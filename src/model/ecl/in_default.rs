//! What a loan that is in default already costs: its loss given default at once, on what is drawn (M36, M38).
//!
//! Recoveries are not discounted, but the sale of collateral is; undrawn limits are not drawn any more; maturity no
//! longer matters.

use super::discount::{Discounting, until_sale};
use crate::model::exposure::{ExposureSettings, LoanFacts, MissingTerm};

/// LGD × drawn balance, currency, of the defaulted loan that `facts` describe, under `settings` and `discounting`; the
/// LGD is that of the first period.
///
/// # Errors
/// What is missing: the LGD; the rate where collateral is sold later and discounted at the effective rate.
pub fn loss_in_default(
    settings: &ExposureSettings,
    discounting: Discounting,
    facts: &LoanFacts,
) -> Result<f64, MissingTerm> {
    let lgd = settings.lgd_path(facts)?.at(0);
    let Some(collateral) = settings.collateral_of(facts) else { return Ok(lgd * facts.drawn) };
    let months_to_sale = collateral.settings.months_to_sale;
    let rate = match settings.monthly_rate(facts) {
        None if discounting == Discounting::Effective && months_to_sale > 0 => return Err(MissingTerm::InterestRate),
        known => known.unwrap_or(0.0),
    };
    let proceeds = collateral.proceeds(until_sale(discounting.log_month(rate), months_to_sale));
    Ok(collateral.lgd(proceeds, facts.drawn, lgd) * facts.drawn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exposure::{CollateralSettings, RateKind};

    #[test]
    fn a_defaulted_loan_costs_its_lgd_whatever_its_limit_and_maturity() {
        let settings = ExposureSettings { lgd_by_period: vec![0.35, 0.9], lgd: Some(0.8), ..Default::default() };
        let facts = LoanFacts { drawn: 1_234.0, limit: Some(9_999.0), ..Default::default() };
        assert_eq!(loss_in_default(&settings, Discounting::Effective, &facts), Ok(0.35 * 1_234.0));
        let own = LoanFacts { lgd: Some(0.5), months: Some(0), ..facts };
        assert_eq!(loss_in_default(&settings, Discounting::Effective, &own), Ok(617.0));
        let none = ExposureSettings::default();
        assert_eq!(loss_in_default(&none, Discounting::None, &facts), Err(MissingTerm::Lgd));
    }

    #[test]
    fn the_sale_of_collateral_is_discounted() {
        let sale = CollateralSettings {
            haircut: 0.2,
            cost_of_sale: 0.1,
            growth: 0.3,
            months_to_sale: 24,
            lgd_floor: 0.05,
            index_loading: 0.0,
        };
        let settings = ExposureSettings {
            rate_kind: RateKind::Effective,
            lgd: Some(0.45),
            collateral: sale,
            ..Default::default()
        };
        let facts = LoanFacts { drawn: 100_000.0, rate: Some(0.05), collateral: Some(90_000.0), ..Default::default() };
        // The figures of `Collateral`'s own test: the growth of a price that is of today plays no part.
        let loss = |discounting| loss_in_default(&settings, discounting, &facts).unwrap();
        assert!((loss(Discounting::Effective) - 18551.0204).abs() < 5e-5, "{}", loss(Discounting::Effective));
        assert_eq!(loss(Discounting::Rate(0.05)), loss(Discounting::Effective));
        // Sibling: without discount 64,800 come in, and 0.45 × 35,200 is lost.
        assert!((loss(Discounting::None) - 15_840.0).abs() < 1e-6);
        let unrated = LoanFacts { rate: None, ..facts };
        let result = |discounting| loss_in_default(&settings, discounting, &unrated);
        assert_eq!(result(Discounting::Effective), Err(MissingTerm::InterestRate));
        assert!(result(Discounting::None).is_ok());
        let at_once = CollateralSettings { months_to_sale: 0, ..sale };
        let settings = ExposureSettings { collateral: at_once, ..settings.clone() };
        assert!(loss_in_default(&settings, Discounting::Effective, &unrated).is_ok());
    }
}
