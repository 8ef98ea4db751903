//! Resolves `[staging]`: the thresholds of M38 and M39.

use super::entries::{Entries, needed};
use crate::error::Result;
use crate::model::staging::{StagingRules, WithoutOrigination};
use crate::model::time::MOST_MONTHS;
use crate::portfolio::UseTapeStage;

const USES: [(&str, UseTapeStage); 3] =
    [("as_given", UseTapeStage::AsGiven), ("floor", UseTapeStage::Floor), ("ignore", UseTapeStage::Ignore)];

const UNKNOWN: [(&str, WithoutOrigination); 2] =
    [("skip", WithoutOrigination::Skip), ("stage_2", WithoutOrigination::Stage2)];

pub(super) fn resolve(keys: &Entries) -> Result<StagingRules> {
    let low = needed(keys.flag("staging.low_credit_risk")?)?;
    let low_pd = needed(keys.number("staging.low_credit_risk_pd", 0.0..=1.0)?)?;
    Ok(StagingRules {
        use_tape_stage: needed(keys.choice("staging.use_tape_stage", &USES)?)?,
        days_past_due_stage_2: needed(keys.whole("staging.days_past_due_stage_2", 0..=u16::MAX)?)?,
        days_past_due_stage_3: needed(keys.whole("staging.days_past_due_stage_3", 0..=u16::MAX)?)?,
        watchlist: needed(keys.flag("staging.watchlist")?)?,
        low_credit_risk_pd: low.then_some(low_pd),
        notches: needed(keys.whole("staging.notches", 1..=1000)?)?,
        pd_ratio: needed(keys.number("staging.pd_ratio", 1.0..=1000.0)?)?,
        pd_increase: needed(keys.number("staging.pd_increase", 0.0..=1.0)?)?,
        without_origination: needed(keys.choice("staging.without_origination", &UNKNOWN)?)?,
        cure_months_stage_2: needed(keys.whole("staging.cure_months_stage_2", 0..=MOST_MONTHS)?)?,
        cure_months_stage_3: needed(keys.whole("staging.cure_months_stage_3", 0..=MOST_MONTHS)?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn keys_that_are_not_written_are_the_defaults_of_the_rules() {
        let empty = config::parse_model("", "empty").and_then(|raw| config::resolve(&raw)).unwrap();
        assert_eq!(empty.ecl.staging, StagingRules::default());
    }
}
