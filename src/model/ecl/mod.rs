//! Expected credit loss of one loan in closed form (M34, M35, M37): the loss on default in each period, and its sum over
//! the probabilities of default; and what a loan in default costs.

mod discount;
mod exposure_at_default;
mod exposures;
mod in_default;
mod loan;
#[cfg(test)]
mod tests;

pub use discount::Discounting;
pub use exposures::{PeriodExposure, exposure_path};
pub use in_default::loss_in_default;
pub use loan::{expected, loss_path};

/// What a default in one period costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodLoss {
    /// Months from the reporting date after which the period begins.
    pub start: u16,
    /// Months from the reporting date with which it ends; the loan's last period may be shorter than the grid's.
    pub end: u16,
    /// LGD × EAD × discount factor, currency at the reporting date.
    pub loss: f64,
}
