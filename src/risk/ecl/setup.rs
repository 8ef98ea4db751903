//! All that a closed-form pass over a tape is told: framework, grid, term structures, exposures, thresholds.

use super::outlook::{Outlook, View};
use super::scale::RatingScale;
use crate::model::Model;
use crate::model::ecl::Discounting;
use crate::model::exposure::ExposureSettings;
use crate::model::path::IndexLaw;
use crate::model::severity::SeveritySettings;
use crate::model::staging::{Framework, StagingRules};
use crate::model::term::TermStructures;
use crate::model::time::Grid;
use std::sync::Arc;

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
    /// PDs and ranks of the tape's ratings.
    pub scale: RatingScale,
    /// Severity of defaults.
    pub severity: SeveritySetup,
    /// Macro scenarios, if there are any.
    pub outlook: Option<Arc<Outlook>>,
    /// Through which of them a loan is looked at, where it is not all by their weights.
    pub view: View,
}

impl EclSetup {
    /// The same, looked at through `view`.
    pub fn through(&self, view: View) -> Self {
        Self { view, ..self.clone() }
    }

    /// The macro scenarios, where losses are those of all of them by their weights.
    pub(super) fn weighed(&self) -> Option<&Outlook> {
        self.outlook.as_deref().filter(|_| self.view == View::default())
    }
}

/// How severe defaults are, beside what exposures say.
#[derive(Debug, Clone, Default)]
pub struct SeveritySetup {
    /// What the model says.
    pub settings: SeveritySettings,
    /// Copula and correlations by segment of the tape, where expected losses depend on them.
    pub model: Option<Model>,
    /// The law of the indices, where defaults come along a path of the economy.
    pub path: Option<IndexLaw>,
}

/// How much is worked out of each loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What totals need.
    Totals,
    /// All of [`LoanEcl`](super::LoanEcl).
    Loans,
}
