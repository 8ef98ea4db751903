//! Discounting (M35): d_t = (1 + EIR)^(−(s_t + e_t)/24), the middle of the (part of the) period, to the reporting date.

use crate::model::exposure::SMALLEST_MONTHLY_RATE;
use crate::model::time::Grid;

/// The rate at which losses are discounted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Discounting {
    /// The loan's effective interest rate (IFRS 9 5.5.17(b), B5.5.44).
    Effective,
    /// One effective rate a year for all loans, fraction, more than −1.
    Rate(f64),
    /// Losses as they will be (allowed by ASC 326-20-30-3).
    None,
}

impl Discounting {
    /// ln(1 + rate) per month, at least ln 0.25, for a loan whose own rate per month is `monthly` (fraction, at least
    /// −0.75).
    pub fn log_month(self, monthly: f64) -> f64 {
        let log = match self {
            Self::Effective => libm::log1p(monthly),
            Self::Rate(yearly) => libm::log1p(yearly) / 12.0,
            Self::None => return 0.0,
        };
        let least = libm::log1p(SMALLEST_MONTHLY_RATE);
        // A rate that is not a number must not become one.
        if log < least { least } else { log }
    }
}

/// Discount factor from a default to the sale of its collateral, `months` later, at `log_month` = ln(1 + rate) per month.
pub(super) fn until_sale(log_month: f64, months: u16) -> f64 {
    libm::exp(-log_month * f64::from(months))
}

/// e^(log_month × m) at the middle m of one period after another: one multiplication a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Middles {
    log_month: f64,
    whole: u16,
    next: f64,
    step: f64,
}

impl Middles {
    /// Starts at the first period of `grid`.
    pub(super) fn new(log_month: f64, grid: Grid) -> Self {
        let whole = grid.months();
        let months = f64::from(whole);
        let next = libm::exp(log_month * months * 0.5);
        Self { log_month, whole, next, step: libm::exp(log_month * months) }
    }

    /// The value at the middle of the next period, months (`start`, `end`].
    #[inline]
    pub(super) fn advance(&mut self, start: u16, end: u16) -> f64 {
        if end.saturating_sub(start) < self.whole {
            return libm::exp(self.log_month * 0.5 * (f64::from(start) + f64::from(end)));
        }
        let value = self.next;
        self.next *= self.step;
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_middle_is_the_power_that_it_stands_for() {
        for grid in Grid::ALL {
            for months in [1, 2, 5, 12, 31, 37, 480] {
                let mut middles = Middles::new(-libm::log1p(0.07) / 12.0, grid);
                for period in 0..grid.periods(months) {
                    let (start, end) = grid.bounds(period, months);
                    let wanted = libm::pow(1.07, -f64::from(start + end) / 24.0);
                    let got = middles.advance(start, end);
                    assert!((got / wanted - 1.0).abs() < 1e-13, "{grid:?} {months} {period}: {got} for {wanted}");
                    // Sibling: the end of the period.
                    assert!((libm::pow(1.07, -f64::from(end) / 12.0) / wanted - 1.0).abs() > 1e-3);
                }
            }
        }
    }

    #[test]
    fn rates_are_those_asked_for() {
        assert_eq!(Discounting::None.log_month(0.02), 0.0);
        assert_eq!(Discounting::Effective.log_month(0.02), libm::log1p(0.02));
        assert_eq!(Discounting::Rate(0.05).log_month(0.02), libm::log1p(0.05) / 12.0);
        let least = libm::log1p(SMALLEST_MONTHLY_RATE);
        assert_eq!(
            [Discounting::Rate(-1.0), Discounting::Rate(-0.99999999)].map(|rate| rate.log_month(0.0)),
            [least; 2]
        );
        assert_eq!(Discounting::Effective.log_month(-1.0), least);
        assert!(Discounting::Rate(f64::NAN).log_month(0.0).is_nan());
    }

    #[test]
    fn a_sale_two_years_later_is_two_years_discount() {
        assert!((until_sale(libm::log1p(0.05) / 12.0, 24) - 1.0 / 1.1025).abs() < 1e-15);
        assert_eq!(until_sale(0.3, 0), 1.0);
    }
}
