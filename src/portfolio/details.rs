//! What a tape says of its loans beyond exposure, PD and LGD: the columns that expected credit losses are measured from.

use super::text_arena::TextArena;

/// The impairment stage that a tape gives a loan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TapeStage {
    /// None.
    #[default]
    Blank,
    /// Performing.
    One,
    /// Significantly increased credit risk.
    Two,
    /// In default.
    Three,
    /// Purchased or originated credit-impaired.
    Poci,
}

/// Optional columns of a tape, as of the reporting date.
///
/// A column is empty when it was not wanted, or when no file of the tape has it; else it has an entry for each loan, in the
/// order of the tape, blank where a cell (or the loan's file) has nothing. Dates are whole months (M26).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// Impairment stage.
    pub stage: Vec<TapeStage>,
    /// Days that payments are overdue; 0 where blank.
    pub days_past_due: Vec<u16>,
    /// Whether the loan is on a watch list; false where blank.
    pub watchlist: Vec<bool>,
    /// Contractual interest a year as a fraction, above −1 and at most 3; NaN where blank.
    pub interest_rate: Vec<f64>,
    /// Months that remain until the last payment, rounded up, 1 to 480; 0 where blank, and for a defaulted loan that is due.
    /// From `maturity_date`, `remaining_months`, or `term_months` less the age.
    pub remaining_months: Vec<u16>,
    /// Whole months since `origination_date`, rounded down; [`Self::BLANK`] where blank.
    pub age_months: Vec<u16>,
    /// Rating, an index into [`Tape::ratings`](super::Tape::ratings); [`Self::BLANK`] where blank.
    pub rating: Vec<u16>,
    /// Committed amount, currency, 0 or more; 0 where blank.
    pub limit: Vec<f64>,
    /// One-year PD that was expected at origination, 0 to 1; NaN where blank.
    pub origination_pd: Vec<f64>,
    /// Rating at origination, an index as [`Self::rating`]; [`Self::BLANK`] where blank.
    pub origination_rating: Vec<u16>,
    /// Value of the collateral, currency, 0 or more; 0 where blank.
    pub collateral: Vec<f64>,
    /// Whole months since `default_date`, rounded down; [`Self::BLANK`] where blank.
    pub default_months: Vec<u16>,
    /// Whole months since `trigger_date`, rounded down; [`Self::BLANK`] where blank.
    pub trigger_months: Vec<u16>,
    /// Identities of the loans, empty where blank; None when they were not wanted.
    pub loan_ids: Option<TextArena>,
    /// With [`Self::loan_ids`]: the line of each loan in its file, as a [`RowIssue`](crate::error::RowIssue) would name it.
    pub lines: Vec<u32>,
    /// With [`Self::loan_ids`]: the number of loans on the tape when each of its files ended.
    pub file_ends: Vec<u32>,
}

impl Details {
    /// What stands where months or a rating are blank.
    pub const BLANK: u16 = u16::MAX;
}
