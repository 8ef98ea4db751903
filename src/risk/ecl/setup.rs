//! All that a closed-form pass over a tape is told: framework, grid, term structures, exposures, thresholds.

use crate::model::ecl::Discounting;
use crate::model::exposure::ExposureSettings;
use crate::model::staging::{Framework, StagingRules};
use crate::model::term::{CurvesBy, TermStructures};
use crate::model::time::Grid;

/// How expected credit losses are measured.
#[derive(Debug, Clone)]
pub struct EclSetup {
    /// Which losses an allowance covers.
    pub framework: Framework,
    /// Periods.
    pub grid: Grid,
    /// Discounting to the reporting date.
    pub discounting: Discounting,
    /// PDs over time, for the segments and ratings of the tape.
    pub terms: TermStructures,
    /// Exposure by segment, in the order of the tape's segments.
    pub exposure: Vec<ExposureSettings>,
    /// Thresholds.
    pub staging: StagingRules,
    /// Whether undrawn limits can be cancelled at any time and are left out.
    pub cancellable: bool,
    /// Months after which no default counts, whatever the framework asks for; None for all that it does.
    pub most_months: Option<u16>,
    /// How many of the tape's ratings, the first of them, stand from best to worst because the model lists them so.
    pub ranked: u16,
}

impl EclSetup {
    /// How far `rating`, as the tape numbers it, is from the best: by the term structures where these go by rating, else by the
    /// model's list; None when neither knows it.
    pub(super) fn rank(&self, rating: u16) -> Option<u16> {
        match (self.terms.source(), self.terms.by()) {
            ("flat", _) | (_, CurvesBy::Segment) => Some(rating).filter(|rating| *rating < self.ranked),
            _ => self.terms.rank(rating),
        }
    }
}

/// How much is worked out of each loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What totals need.
    Totals,
    /// All of [`LoanEcl`](super::LoanEcl).
    Loans,
}
