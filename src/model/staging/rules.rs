//! The rules of staging in their order (M38, M40). "More than" so many days is strict. The first rule that fits decides.

use super::cure::{holds_in_default, holds_in_stage_2};
use super::reason::Reason;
use super::sicr::ResidualPds;
use super::{Framework, Stage};
use crate::portfolio::{DefaultRule, TapeStage, UseTapeStage};

/// What a loan is whose credit risk at origination is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutOrigination {
    /// Not tested for an increase.
    Skip,
    /// In stage 2 (IFRS 9 7.2.20).
    Stage2,
}

/// The thresholds; [`Default`] has those of the standard and, where it names none, ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StagingRules {
    /// What a stage on the tape is.
    pub use_tape_stage: UseTapeStage,
    /// Stage 2 with more days past due than this.
    pub days_past_due_stage_2: u16,
    /// In default with more days past due than this.
    pub days_past_due_stage_3: u16,
    /// Whether watched loans are in stage 2.
    pub watchlist: bool,
    /// One-year PD up to which credit risk is low, 0 to 1; None tests every loan.
    pub low_credit_risk_pd: Option<f64>,
    /// Notches down since origination that mean stage 2.
    pub notches: u16,
    /// Ratio of residual-life PDs, at least 1, that means stage 2 ...
    pub pd_ratio: f64,
    /// ... with at least this difference of them, 0 to 1.
    pub pd_increase: f64,
    /// What loans are whose origination is not known.
    pub without_origination: WithoutOrigination,
    /// Months that stage 2 holds after its trigger.
    pub cure_months_stage_2: u16,
    /// Months that stage 3 holds after default.
    pub cure_months_stage_3: u16,
}

impl Default for StagingRules {
    fn default() -> Self {
        let of_default = DefaultRule::default();
        Self {
            use_tape_stage: of_default.use_tape_stage,
            days_past_due_stage_2: 30,
            days_past_due_stage_3: of_default.days_past_due,
            watchlist: true,
            low_credit_risk_pd: None,
            notches: 3,
            pd_ratio: 2.0,
            pd_increase: 0.005,
            without_origination: WithoutOrigination::Skip,
            cure_months_stage_2: 0,
            cure_months_stage_3: 0,
        }
    }
}

impl StagingRules {
    /// Which loans are in default under `framework`. To CECL a stage says no more than that a loan is.
    pub fn default_rule(&self, framework: Framework) -> DefaultRule {
        let use_tape_stage = match (framework, self.use_tape_stage) {
            (Framework::Cecl, UseTapeStage::AsGiven) => UseTapeStage::Floor,
            (_, own) => own,
        };
        DefaultRule { use_tape_stage, days_past_due: self.days_past_due_stage_3 }
    }
}

/// What the rules look at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// Stage on the tape.
    pub tape_stage: TapeStage,
    /// Days past due.
    pub days_past_due: u16,
    /// Whether it is watched.
    pub watched: bool,
    /// One-year PD, 0 to 1.
    pub pd: f64,
    /// Remaining months.
    pub months: u16,
    /// Notches that the rating is worse than at origination (negative: better); None where either is not known.
    pub notches: Option<i32>,
    /// Residual-life PDs; None where that of origination is not known.
    pub residual: Option<ResidualPds>,
    /// Whole months since default.
    pub since_default: Option<u16>,
    /// Whole months since stage 2 was triggered.
    pub since_trigger: Option<u16>,
}

/// What became of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staged {
    /// Where it stands.
    pub stage: Stage,
    /// Why.
    pub reason: Reason,
    /// Months of defaults that its allowance covers; 0 in default.
    pub horizon: u16,
}

/// Where a loan of these `facts` stands under `framework` and `rules`.
pub fn classify(framework: Framework, rules: &StagingRules, facts: &Facts) -> Staged {
    let (stage, reason) = match framework {
        _ if facts.tape_stage == TapeStage::Poci => (Stage::Poci, Reason::Poci),
        Framework::Ifrs9 => ifrs9(rules, facts),
        Framework::Cecl => cecl(rules, facts),
    };
    let horizon = match stage {
        Stage::One => facts.months.min(12),
        Stage::Three | Stage::Default => 0,
        Stage::Two | Stage::Poci | Stage::Lifetime => facts.months,
    };
    Staged { stage, reason, horizon }
}

fn ifrs9(rules: &StagingRules, facts: &Facts) -> (Stage, Reason) {
    let given = match facts.tape_stage {
        TapeStage::One => Some(Stage::One),
        TapeStage::Two => Some(Stage::Two),
        TapeStage::Three => Some(Stage::Three),
        TapeStage::Blank | TapeStage::Poci => None,
    };
    match (rules.use_tape_stage, given) {
        (UseTapeStage::AsGiven, Some(stage)) => (stage, Reason::StageGiven),
        (UseTapeStage::Floor, Some(stage)) => floored(rules, facts, stage),
        _ => ruled(rules, facts),
    }
}

/// What the rules say, but no less than the tape's stage; a cure period takes the place of that.
fn floored(rules: &StagingRules, facts: &Facts, given: Stage) -> (Stage, Reason) {
    let (stage, reason) = ruled(rules, facts);
    let stands = match (given, stage) {
        (Stage::Three, Stage::One | Stage::Two) if holds_in_default(rules, facts) => {
            return (Stage::Three, Reason::CureStage3);
        }
        (Stage::Two, Stage::One) if holds_in_stage_2(rules, facts) => return (Stage::Two, Reason::CureStage2),
        (Stage::Three, Stage::One | Stage::Two) => rules.cure_months_stage_3 == 0,
        (Stage::Two, Stage::One) => rules.cure_months_stage_2 == 0,
        _ => false,
    };
    if stands { (given, Reason::StageGiven) } else { (stage, reason) }
}

fn ruled(rules: &StagingRules, facts: &Facts) -> (Stage, Reason) {
    if let Some(reason) = in_default(rules, facts) {
        return (Stage::Three, reason);
    }
    if facts.days_past_due > rules.days_past_due_stage_2 {
        return (Stage::Two, Reason::DaysPastDue);
    }
    if rules.watchlist && facts.watched {
        return (Stage::Two, Reason::Watchlist);
    }
    if rules.low_credit_risk_pd.is_some_and(|low| facts.pd <= low) {
        return (Stage::One, Reason::LowCreditRisk);
    }
    if facts.notches.is_some_and(|notches| notches >= i32::from(rules.notches)) {
        return (Stage::Two, Reason::Notches);
    }
    if facts.residual.is_some_and(|residual| residual.rose(rules)) {
        return (Stage::Two, Reason::PdIncrease);
    }
    let unknown = facts.notches.is_none() && facts.residual.is_none();
    if unknown && rules.without_origination == WithoutOrigination::Stage2 {
        return (Stage::Two, Reason::NoOrigination);
    }
    (Stage::One, Reason::Performing)
}

fn in_default(rules: &StagingRules, facts: &Facts) -> Option<Reason> {
    if facts.days_past_due > rules.days_past_due_stage_3 {
        Some(Reason::DefaultDaysPastDue)
    } else if facts.pd >= 1.0 {
        Some(Reason::DefaultCertain)
    } else {
        None
    }
}

fn cecl(rules: &StagingRules, facts: &Facts) -> (Stage, Reason) {
    if rules.default_rule(Framework::Cecl).is_met(facts.tape_stage, facts.pd, facts.days_past_due) {
        (Stage::Default, Reason::CeclDefault)
    } else {
        (Stage::Lifetime, Reason::CeclLifetime)
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
