//! When a loan is in default by what its row says, and when its stage and its PD contradict each other (M38).

use super::details::TapeStage;

/// What a stage on the tape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseTapeStage {
    /// Taken over.
    AsGiven,
    /// The least there is; cure periods apply to it.
    Floor,
    /// Nothing.
    Ignore,
}

/// The rule of default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultRule {
    /// What the stage on the tape counts for.
    pub use_tape_stage: UseTapeStage,
    /// In default with more days past due than this.
    pub days_past_due: u16,
}

impl Default for DefaultRule {
    fn default() -> Self {
        Self { use_tape_stage: UseTapeStage::AsGiven, days_past_due: 90 }
    }
}

impl DefaultRule {
    /// Whether a loan of that `stage` is in default, with a PD of `pd` (0 to 1; NaN where it is not known) and so many
    /// `days_past_due`. Impaired loans that were bought as such (poci) are not: what they lose is measured over their life.
    pub fn is_met(&self, stage: TapeStage, pd: f64, days_past_due: u16) -> bool {
        match (self.use_tape_stage, stage) {
            (UseTapeStage::AsGiven | UseTapeStage::Floor, TapeStage::Three) => true,
            (UseTapeStage::AsGiven, TapeStage::One | TapeStage::Two) | (_, TapeStage::Poci) => false,
            _ => pd >= 1.0 || days_past_due > self.days_past_due,
        }
    }

    /// Whether a `stage` that is taken over says that the loan performs, and the PD `pd` that its default is certain.
    pub fn contradicts(&self, stage: TapeStage, pd: f64) -> bool {
        let performs = matches!(stage, TapeStage::One | TapeStage::Two);
        self.use_tape_stage == UseTapeStage::AsGiven && performs && pd >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_stage_counts_for_decides_first() {
        use TapeStage::{Blank, One, Poci, Three, Two};
        for (use_tape_stage, in_default) in [
            (UseTapeStage::AsGiven, [false, false, true, false, true]),
            (UseTapeStage::Floor, [true, true, true, false, true]),
            (UseTapeStage::Ignore, [true, true, true, false, true]),
        ] {
            let rule = DefaultRule { use_tape_stage, ..DefaultRule::default() };
            assert_eq!([One, Two, Three, Poci, Blank].map(|stage| rule.is_met(stage, 0.02, 91)), in_default);
            assert_eq!([One, Two, Three, Poci, Blank].map(|stage| rule.is_met(stage, 1.0, 0)), in_default);
            assert_eq!(rule.is_met(Three, f64::NAN, 0), use_tape_stage != UseTapeStage::Ignore);
            assert!(!rule.is_met(Blank, f64::NAN, 90));
            assert_eq!(rule.contradicts(Two, 1.0), use_tape_stage == UseTapeStage::AsGiven);
            assert!(!rule.contradicts(Two, 0.99) && !rule.contradicts(Blank, 1.0));
        }
    }
}
