//! Each rule alone, at both sides of its threshold, and the order among them.

use super::*;

const HEALTHY: Facts = Facts {
    tape_stage: TapeStage::Blank,
    days_past_due: 0,
    watched: false,
    pd: 0.017,
    months: 31,
    notches: Some(0),
    residual: Some(ResidualPds { now: 0.017, origination: 0.016 }),
    since_default: None,
    since_trigger: None,
};

fn under(rules: &StagingRules, facts: Facts) -> (Stage, Reason) {
    let staged = classify(Framework::Ifrs9, rules, &facts);
    (staged.stage, staged.reason)
}

fn standard(facts: Facts) -> (Stage, Reason) {
    under(&StagingRules::default(), facts)
}

#[test]
fn thresholds_in_days_are_strict() {
    assert_eq!(standard(HEALTHY), (Stage::One, Reason::Performing));
    for (days, expected) in [
        (30, (Stage::One, Reason::Performing)),
        (31, (Stage::Two, Reason::DaysPastDue)),
        (90, (Stage::Two, Reason::DaysPastDue)),
        (91, (Stage::Three, Reason::DefaultDaysPastDue)),
    ] {
        assert_eq!(standard(Facts { days_past_due: days, ..HEALTHY }), expected, "{days}");
    }
    let rules = StagingRules { days_past_due_stage_2: 15, ..StagingRules::default() };
    assert_eq!(under(&rules, Facts { days_past_due: 16, ..HEALTHY }).0, Stage::Two);
}

#[test]
fn a_certain_default_is_stage_3_and_watching_stage_2() {
    assert_eq!(standard(Facts { pd: 1.0, ..HEALTHY }), (Stage::Three, Reason::DefaultCertain));
    assert_eq!(standard(Facts { pd: 0.9999, residual: None, ..HEALTHY }).0, Stage::One);
    let watched = Facts { watched: true, ..HEALTHY };
    assert_eq!(standard(watched), (Stage::Two, Reason::Watchlist));
    assert_eq!(under(&StagingRules { watchlist: false, ..StagingRules::default() }, watched).0, Stage::One);
}

#[test]
fn increased_risk_is_tested_unless_risk_is_low() {
    let risen = Facts { pd: 0.0029, residual: Some(ResidualPds { now: 0.0129, origination: 0.001 }), ..HEALTHY };
    assert_eq!(standard(risen), (Stage::Two, Reason::PdIncrease));
    let down = Facts { notches: Some(3), ..HEALTHY };
    assert_eq!(standard(down), (Stage::Two, Reason::Notches));
    assert_eq!(standard(Facts { notches: Some(2), ..HEALTHY }).0, Stage::One);
    let low = StagingRules { low_credit_risk_pd: Some(0.003), ..StagingRules::default() };
    assert_eq!(under(&low, risen), (Stage::One, Reason::LowCreditRisk));
    assert_eq!(under(&low, Facts { pd: 0.0031, ..risen }).1, Reason::PdIncrease);
    // Arrears come before low risk.
    assert_eq!(under(&low, Facts { days_past_due: 31, ..risen }).1, Reason::DaysPastDue);
}

#[test]
fn an_unknown_origination_is_skipped_or_stage_2() {
    let unknown = Facts { notches: None, residual: None, ..HEALTHY };
    assert_eq!(standard(unknown), (Stage::One, Reason::Performing));
    let strict = StagingRules { without_origination: WithoutOrigination::Stage2, ..StagingRules::default() };
    assert_eq!(under(&strict, unknown), (Stage::Two, Reason::NoOrigination));
    assert_eq!(under(&strict, Facts { notches: Some(0), ..unknown }).0, Stage::One);
}

#[test]
fn the_tapes_stage_is_taken_over_or_the_least_or_nothing() {
    let rules = |use_tape_stage| StagingRules { use_tape_stage, ..StagingRules::default() };
    let late_one = Facts { tape_stage: TapeStage::One, days_past_due: 120, ..HEALTHY };
    let sound_three = Facts { tape_stage: TapeStage::Three, ..HEALTHY };
    let late_three = Facts { days_past_due: 45, ..sound_three };
    for (facts, as_given, floor, ignore) in [
        (late_one, Stage::One, Stage::Three, Stage::Three),
        (sound_three, Stage::Three, Stage::Three, Stage::One),
        (late_three, Stage::Three, Stage::Three, Stage::Two),
    ] {
        assert_eq!(under(&rules(UseTapeStage::AsGiven), facts), (as_given, Reason::StageGiven));
        assert_eq!(under(&rules(UseTapeStage::Floor), facts).0, floor);
        assert_eq!(under(&rules(UseTapeStage::Ignore), facts).0, ignore);
    }
    assert_eq!(under(&rules(UseTapeStage::Floor), sound_three).1, Reason::StageGiven);
    assert_eq!(under(&rules(UseTapeStage::Floor), late_one).1, Reason::DefaultDaysPastDue);
    assert_eq!(under(&rules(UseTapeStage::Ignore), Facts { tape_stage: TapeStage::Poci, ..HEALTHY }).0, Stage::Poci);
}

#[test]
fn cure_periods_hold_as_long_as_they_say() {
    let rules = StagingRules {
        use_tape_stage: UseTapeStage::Floor,
        cure_months_stage_2: 4,
        cure_months_stage_3: 13,
        ..StagingRules::default()
    };
    let defaulted = Facts { tape_stage: TapeStage::Three, since_default: Some(12), ..HEALTHY };
    assert_eq!(under(&rules, defaulted), (Stage::Three, Reason::CureStage3));
    assert_eq!(under(&rules, Facts { since_default: Some(13), ..defaulted }), (Stage::One, Reason::Performing));
    // Still overdue: not cured, however long ago.
    let overdue = Facts { since_default: Some(40), days_past_due: 5, ..defaulted };
    assert_eq!(under(&rules, overdue), (Stage::Three, Reason::CureStage3));
    let raised = Facts { tape_stage: TapeStage::Two, since_trigger: Some(3), ..HEALTHY };
    assert_eq!(under(&rules, raised), (Stage::Two, Reason::CureStage2));
    assert_eq!(under(&rules, Facts { since_trigger: Some(4), ..raised }).0, Stage::One);
    assert_eq!(under(&rules, Facts { since_trigger: None, ..raised }).0, Stage::Two);
    let none = StagingRules { cure_months_stage_2: 0, ..rules };
    assert_eq!(under(&none, raised), (Stage::Two, Reason::StageGiven));
}

#[test]
fn horizons_are_a_year_the_lifetime_or_nothing() {
    let horizon = |facts| classify(Framework::Ifrs9, &StagingRules::default(), &facts).horizon;
    assert_eq!(horizon(HEALTHY), 12);
    assert_eq!(horizon(Facts { months: 7, ..HEALTHY }), 7);
    assert_eq!(horizon(Facts { days_past_due: 31, ..HEALTHY }), 31);
    assert_eq!(horizon(Facts { days_past_due: 91, ..HEALTHY }), 0);
    assert_eq!(horizon(Facts { tape_stage: TapeStage::Poci, ..HEALTHY }), 31);
}

#[test]
fn cecl_knows_lifetime_and_default_only() {
    let cecl = |facts| classify(Framework::Cecl, &StagingRules::default(), &facts);
    let staged = |stage, reason, horizon| Staged { stage, reason, horizon };
    assert_eq!(cecl(HEALTHY), staged(Stage::Lifetime, Reason::CeclLifetime, 31));
    assert_eq!(cecl(Facts { days_past_due: 90, ..HEALTHY }).stage, Stage::Lifetime);
    assert_eq!(cecl(Facts { days_past_due: 91, ..HEALTHY }), staged(Stage::Default, Reason::CeclDefault, 0));
    assert_eq!(cecl(Facts { tape_stage: TapeStage::Three, ..HEALTHY }).stage, Stage::Default);
    assert_eq!(cecl(Facts { tape_stage: TapeStage::Poci, ..HEALTHY }).stage, Stage::Poci);
}
