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

    /// Adds the columns of the loans that follow; `before` loans came before them.
    pub(super) fn append(&mut self, mut later: Self, before: usize) {
        self.each(&mut later, &mut Append { before });
        if let Some(ids) = later.loan_ids {
            self.loan_ids.get_or_insert_default().append(&ids);
        }
        self.lines.append(&mut later.lines);
    }

    /// Leaves the loans out that `keeps`, which has an entry for each, says no to.
    pub(super) fn retain(&mut self, keeps: &[bool]) {
        self.each(&mut Self::default(), &mut Retain { keeps });
        if let Some(ids) = &mut self.loan_ids {
            let kept = keeps.iter().enumerate().filter(|(_, keeps)| **keeps);
            *ids = kept.filter_map(|(loan, _)| ids.get(loan)).collect();
        }
        retain(&mut self.lines, keeps);
    }

    /// Ends columns that loans of later files do not have; the tape has that many `loans`.
    pub(super) fn finish(&mut self, loans: usize) {
        self.each(&mut Self::default(), &mut Finish { loans });
    }

    /// The one list of the columns: does `step` with each of these and of those, and with what is blank there.
    fn each(&mut self, other: &mut Self, step: &mut impl Step) {
        step.column(&mut self.stage, &mut other.stage, TapeStage::Blank);
        step.column(&mut self.days_past_due, &mut other.days_past_due, 0);
        step.column(&mut self.watchlist, &mut other.watchlist, false);
        step.column(&mut self.interest_rate, &mut other.interest_rate, f64::NAN);
        step.column(&mut self.remaining_months, &mut other.remaining_months, 0);
        step.column(&mut self.age_months, &mut other.age_months, Self::BLANK);
        step.column(&mut self.rating, &mut other.rating, Self::BLANK);
        step.column(&mut self.limit, &mut other.limit, 0.0);
        step.column(&mut self.origination_pd, &mut other.origination_pd, f64::NAN);
        step.column(&mut self.origination_rating, &mut other.origination_rating, Self::BLANK);
        step.column(&mut self.collateral, &mut other.collateral, 0.0);
        step.column(&mut self.default_months, &mut other.default_months, Self::BLANK);
        step.column(&mut self.trigger_months, &mut other.trigger_months, Self::BLANK);
    }
}

/// What is done with every column.
trait Step {
    fn column<T: Copy>(&mut self, own: &mut Vec<T>, other: &mut Vec<T>, blank: T);
}

struct Append {
    before: usize,
}

impl Step for Append {
    fn column<T: Copy>(&mut self, own: &mut Vec<T>, other: &mut Vec<T>, blank: T) {
        if !other.is_empty() {
            own.resize(self.before, blank);
            own.append(other);
        }
    }
}

struct Retain<'k> {
    keeps: &'k [bool],
}

impl Step for Retain<'_> {
    fn column<T: Copy>(&mut self, own: &mut Vec<T>, _: &mut Vec<T>, _: T) {
        retain(own, self.keeps);
    }
}

struct Finish {
    loans: usize,
}

impl Step for Finish {
    fn column<T: Copy>(&mut self, own: &mut Vec<T>, _: &mut Vec<T>, blank: T) {
        if !own.is_empty() {
            own.resize(self.loans, blank);
        }
    }
}

fn retain<T>(column: &mut Vec<T>, keeps: &[bool]) {
    let mut keeps = keeps.iter();
    column.retain(|_| keeps.next().is_none_or(|keeps| *keeps));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_long_as_the_tape_wherever_they_begin_and_end() {
        let mut all = Details::default();
        all.append(Details { stage: vec![TapeStage::Two], ..Details::default() }, 0);
        let mut later = Details { limit: vec![5.0, 6.0, 7.0], rating: vec![0, 1, 2], ..Details::default() };
        later.loan_ids = Some(["a", "b", "c"].into_iter().collect());
        later.lines = vec![2, 3, 4];
        later.retain(&[true, false, true]);
        all.append(later, 1);
        all.finish(4);
        assert_eq!(all.stage, [TapeStage::Two, TapeStage::Blank, TapeStage::Blank, TapeStage::Blank]);
        assert_eq!(all.limit, [0.0, 5.0, 7.0, 0.0]);
        assert_eq!(all.rating, [Details::BLANK, 0, 2, Details::BLANK]);
        assert!(all.collateral.is_empty() && all.days_past_due.is_empty());
        assert_eq!((all.loan_ids.unwrap().get(1), all.lines), (Some("c"), vec![2, 4]));
    }
}
