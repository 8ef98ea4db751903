//! Why a loan is where it is: one reason each, the first rule that fits (M38, M40), with the paragraph behind it.

use super::Framework;

/// A rule that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The tape says purchased or originated credit-impaired.
    Poci,
    /// The tape's stage was taken over, or was the least there is.
    StageGiven,
    /// More days past due than default allows.
    DefaultDaysPastDue,
    /// The PD is 1.
    DefaultCertain,
    /// Not yet cured of default.
    CureStage3,
    /// More days past due than stage 1 allows.
    DaysPastDue,
    /// On the watch list.
    Watchlist,
    /// Low credit risk, hence no test of its increase.
    LowCreditRisk,
    /// The rating is so many notches worse than at origination.
    Notches,
    /// The residual-life PD is so much higher than at origination.
    PdIncrease,
    /// Nothing is known of its credit risk at origination.
    NoOrigination,
    /// Not yet cured of stage 2.
    CureStage2,
    /// No rule applied.
    Performing,
    /// CECL: in default.
    CeclDefault,
    /// CECL: all others.
    CeclLifetime,
}

impl Reason {
    /// Every reason, in the order in which rules are tried.
    pub const ALL: [Self; 15] = [
        Self::Poci,
        Self::StageGiven,
        Self::DefaultDaysPastDue,
        Self::DefaultCertain,
        Self::CureStage3,
        Self::DaysPastDue,
        Self::Watchlist,
        Self::LowCreditRisk,
        Self::Notches,
        Self::PdIncrease,
        Self::NoOrigination,
        Self::CureStage2,
        Self::Performing,
        Self::CeclDefault,
        Self::CeclLifetime,
    ];

    /// Its code in results.
    pub fn code(self) -> &'static str {
        match self {
            Self::Poci => "poci",
            Self::StageGiven => "stage_given",
            Self::DefaultDaysPastDue => "default_days_past_due",
            Self::DefaultCertain => "default_certain",
            Self::CureStage3 => "cure_stage_3",
            Self::DaysPastDue => "days_past_due",
            Self::Watchlist => "watchlist",
            Self::LowCreditRisk => "low_credit_risk",
            Self::Notches => "notches",
            Self::PdIncrease => "pd_increase",
            Self::NoOrigination => "no_origination",
            Self::CureStage2 => "cure_stage_2",
            Self::Performing => "performing",
            Self::CeclDefault => "cecl_default",
            Self::CeclLifetime => "cecl_lifetime",
        }
    }

    /// The paragraphs of `framework` that it rests on; none for what the tape said.
    pub fn paragraph(self, framework: Framework) -> Option<&'static str> {
        Some(match self {
            Self::Poci => match framework {
                Framework::Ifrs9 => "IFRS 9 5.5.13-14, B5.4.7, B5.5.45",
                Framework::Cecl => "ASC 326-20-30-13",
            },
            Self::StageGiven => return None,
            Self::DefaultDaysPastDue | Self::DefaultCertain => "IFRS 9 B5.5.37",
            Self::CureStage3 => "IFRS 9 B5.5.27",
            Self::DaysPastDue => "IFRS 9 5.5.11, B5.5.19-20",
            Self::Watchlist => "IFRS 9 B5.5.17(o)",
            Self::LowCreditRisk => "IFRS 9 5.5.10, B5.5.22-24",
            Self::Notches => "IFRS 9 B5.5.17(c), (d)",
            Self::PdIncrease => "IFRS 9 5.5.9, B5.5.9-11",
            Self::NoOrigination => "IFRS 9 7.2.20",
            Self::CureStage2 => "IFRS 9 5.5.7, B5.5.27",
            Self::Performing => "IFRS 9 5.5.5",
            Self::CeclDefault => "ASC 326-20-30-1",
            Self::CeclLifetime => "ASC 326-20-30-1, 30-6",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_reasons_stand_at_their_own_number_with_a_code_of_their_own() {
        let mut codes = std::collections::HashSet::new();
        for (place, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, place);
            assert!(codes.insert(reason.code()));
            for framework in Framework::ALL {
                assert_eq!(reason.paragraph(framework).is_none(), reason == Reason::StageGiven);
            }
        }
    }
}
