//! Cure periods (M38): a loan that the tape has in stage 3 or 2 stays there for so many months, though no other rule holds
//! it any longer (IFRS 9 B5.5.27: consistent performance over time).
//!
//! A defaulted loan is cured once nothing is overdue *and* the months since its default have passed. Where a month count is
//! not known, a loan is not cured.

use super::rules::{Facts, StagingRules};
use crate::portfolio::TapeStage;

/// Whether a loan that the tape has in stage 3 is still held there.
pub(super) fn holds_in_default(rules: &StagingRules, facts: &Facts) -> bool {
    let recent = facts.since_default.is_none_or(|months| months < rules.cure_months_stage_3);
    rules.cure_months_stage_3 > 0 && facts.tape_stage == TapeStage::Three && (recent || facts.days_past_due > 0)
}

/// Whether a loan that the tape has in stage 2 is still held there.
pub(super) fn holds_in_stage_2(rules: &StagingRules, facts: &Facts) -> bool {
    let recent = facts.since_trigger.is_none_or(|months| months < rules.cure_months_stage_2);
    rules.cure_months_stage_2 > 0 && facts.tape_stage == TapeStage::Two && recent
}
