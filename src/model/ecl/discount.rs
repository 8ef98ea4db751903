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
        match self {
            Self::Effective => libm::log1p(monthly.max(SMALLEST_MONTHLY_RATE)),
            Self::Rate(yearly) => (libm::log1p(yearly) / 12.0).max(libm::log1p(SMALLEST_MONTHLY_RATE)),
            Self::None => 0.0,
        }
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
