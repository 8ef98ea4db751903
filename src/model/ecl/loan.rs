//! The closed form of one loan (M37): ECL = Σ_t [F(min(e_t, H)) − F(s_t)] × LGD_t × EAD_t × d_t over the periods that begin
//! before the horizon H.

use super::discount::{Discounting, Middles, until_sale};
use super::{PeriodLoss, exposure_at_default};
use crate::model::exposure::LoanTerms;
use crate::model::time::Grid;

/// Writes what a default costs in each period of the loan's life into `out`, which is emptied first and may be used again
/// for the next loan: nothing is allocated once it is long enough.
///
/// Within the ranges of [`LoanTerms`] all losses are finite and at least 0.
pub fn loss_path(terms: &LoanTerms<'_>, discounting: Discounting, grid: Grid, out: &mut Vec<PeriodLoss>) {
    exposure_at_default::fill(terms, grid, out);
    let log_month = discounting.log_month(terms.rate);
    let mut discount = Middles::new(-log_month, grid);
    let Some(collateral) = terms.collateral else {
        for (place, period) in out.iter_mut().enumerate() {
            period.loss *= terms.lgd.at(place) * discount.advance(period.start, period.end);
        }
        return;
    };
    let settings = &collateral.settings;
    let proceeds = collateral.proceeds(until_sale(log_month, settings.months_to_sale));
    let mut growth = Middles::new(Discounting::Rate(settings.growth).log_month(0.0), grid);
    for (place, period) in out.iter_mut().enumerate() {
        let proceeds = proceeds * growth.advance(period.start, period.end);
        let lgd = collateral.lgd(proceeds, period.loss, terms.lgd.at(place));
        period.loss *= lgd * discount.advance(period.start, period.end);
    }
}

/// Expected loss over `horizon` months of the loan whose `losses` stand in order of time, currency.
///
/// `cumulative` is F, the probability of default within so many months: never decreasing, F(0) = 0. Each period's part is
/// added to the year in which it begins, `years[start / 12]`; parts beyond the end of `years` are left out there, not in
/// the answer.
pub fn expected<F>(losses: &[PeriodLoss], cumulative: &F, horizon: u16, years: &mut [f64]) -> f64
where
    F: Fn(u16) -> f64 + ?Sized,
{
    let (mut sum, mut before) = (0.0, 0.0);
    for period in losses.iter().take_while(|period| period.start < horizon) {
        let by_its_end = cumulative(period.end.min(horizon));
        let part = (by_its_end - before) * period.loss;
        before = by_its_end;
        sum += part;
        if let Some(year) = years.get_mut(usize::from(period.start / 12)) {
            *year += part;
        }
    }
    sum
}
