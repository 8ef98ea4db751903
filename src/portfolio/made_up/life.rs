//! What a made-up loan has beyond its first year: how long it runs, what it pays, what it may still draw, how it stands.

use super::model::rate;
use super::product::Product;
use super::{Loan, MadeUp, round};
use crate::math::normal;

/// Share of loans that are late, in PDs of theirs: the worse a loan, the more often.
const LATE_PER_PD: f64 = 3.0;
/// Nobody is later than this.
const MOST_DAYS: f64 = 130.0;
/// The drift of PDs since origination, and its spread, in logarithms.
const DRIFT: (f64, f64) = (0.1, 0.5);

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Life {
    /// Nominal interest a year, in hundredths of a percent.
    pub interest_rate: f64,
    /// Months to maturity, 1 to 480.
    pub remaining_months: u16,
    /// Days past due, 0 to [`MOST_DAYS`].
    pub days_past_due: u16,
    /// What may be drawn in all, currency, whole cents.
    pub limit: f64,
    /// One-year PD when the loan was made, 0.0001 to 0.5.
    pub origination_pd: f64,
    /// Position of its rating then in the scale; None for continuous PDs.
    pub origination_rating: Option<usize>,
}

impl MadeUp {
    /// The life of `loan`.
    pub(super) fn life(&self, loan: &Loan) -> Life {
        let product = self.product(loan.segment);
        let ((length, age), (margin, used)) = (self.uniforms(loan.number, 3), self.uniforms(loan.number, 4));
        let (lateness, drift) = self.uniforms(loan.number, 5);
        let (mean, deviation) = DRIFT;
        let then = round((loan.pd * libm::exp(deviation * normal::quantile(drift) - mean)).clamp(1e-4, 0.5), 1e6);
        let (origination_rating, origination_pd) = match loan.rating {
            None => (None, then),
            Some(_) => {
                let (rating, pd) = rate(then);
                (Some(rating), pd)
            }
        };
        Life {
            interest_rate: round(product.interest_rate + loan.pd / 2.0 + 0.02 * (margin - 0.5), 1e4),
            remaining_months: remaining_months(product, length, age),
            days_past_due: days_past_due(loan.pd, lateness),
            limit: round(loan.ead / product.utilisation.max(used.sqrt()), 1e2),
            origination_pd,
            origination_rating,
        }
    }
}

/// Contracts run for whole years around the product's term, and are anywhere in them.
fn remaining_months(product: &Product, length: f64, age: f64) -> u16 {
    let years = (f64::from(product.term_years) * (0.5 + length)).ceil().clamp(1.0, 40.0);
    let months = 12.0 * years;
    (months - (months * age).floor()).clamp(1.0, months) as u16
}

/// Few are late, and most of those a little.
fn days_past_due(pd: f64, lateness: f64) -> u16 {
    let share = (LATE_PER_PD * pd).min(0.5);
    if lateness >= share {
        return 0;
    }
    let depth = lateness / share;
    (1.0 + (MOST_DAYS - 1.0) * depth * depth * depth) as u16
}

#[cfg(test)]
mod tests {
    use super::super::{MadeUpColumns, PdKind};
    use super::*;

    #[test]
    fn every_life_is_in_range_and_lateness_goes_with_pd() {
        let pds = PdKind::Grades;
        let made_up = MadeUp { loans: 20_011, seed: 7, segments: 6, pds, columns: MadeUpColumns::Lifetimes };
        let lives: Vec<(Loan, Life)> = made_up.loans().map(|loan| (loan, made_up.life(&loan))).collect();
        for (loan, life) in &lives {
            assert!((1..=480).contains(&life.remaining_months) && life.days_past_due <= 130, "{life:?}");
            assert!(life.limit >= loan.ead && (0.0..0.6).contains(&life.interest_rate), "{loan:?} {life:?}");
            assert!((1e-4..=0.5).contains(&life.origination_pd) && life.origination_rating.is_some(), "{life:?}");
        }
        let late = |good: bool, days: u16| {
            let some: Vec<_> = lives.iter().filter(|(loan, _)| (loan.pd < 0.01) == good).collect();
            some.iter().filter(|(_, life)| life.days_past_due > days).count() as f64 / some.len() as f64
        };
        assert!(late(true, 0) > 0.003 && late(false, 0) > 2.0 * late(true, 0) && late(false, 90) > 0.002);
        assert!(late(false, 30) < 0.5 * late(false, 0) && late(false, 90) < 0.5 * late(false, 30));
        let drawn = lives.iter().filter(|(loan, life)| life.limit > loan.ead).count();
        assert!(drawn > 4_000 && drawn < 16_000, "only some products leave something undrawn: {drawn}");
    }

    #[test]
    fn a_term_ends() {
        let product = &super::super::product::PRODUCTS[0];
        assert_eq!(remaining_months(product, 0.0, 0.0), 12 * (product.term_years as u16).div_ceil(2));
        assert_eq!(remaining_months(product, 0.999, 0.999_999), 1);
        assert_eq!([0.0, 0.02, 0.059, 0.06].map(|u| days_past_due(0.02, u)), [1, 5, 123, 0]);
    }
}
