//! The terms of one loan: its tape row completed by the settings of its segment, ready for the closed form (M33–M37).
//!
//! What neither of them has is an error value that names it; the caller knows file, line and the key that would serve.

use super::collateral::{Collateral, CollateralSettings};
use super::schedule::{CustomSchedule, RateKind, Schedule};
use crate::model::ecl::Discounting;

/// A loan as the tape has it; None is a blank or a column that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LoanFacts {
    /// Drawn balance E₀, currency, at least 0.
    pub drawn: f64,
    /// Credit limit, currency.
    pub limit: Option<f64>,
    /// Rate of interest a year, fraction, more than −1.
    pub rate: Option<f64>,
    /// Remaining months, 1 to 480.
    pub months: Option<u16>,
    /// The loan's own loss given default (of its unsecured part, when there is collateral), 0 to 1.
    pub lgd: Option<f64>,
    /// Value of its collateral today, currency, at least 0.
    pub collateral: Option<f64>,
}

/// Which schedule a segment's loans follow.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ScheduleSettings {
    /// [`Schedule::Bullet`].
    #[default]
    Bullet,
    /// [`Schedule::Linear`].
    Linear,
    /// [`Schedule::Annuity`].
    Annuity,
    /// [`Schedule::Custom`].
    Custom(CustomSchedule),
}

/// What a model says of the exposures of a segment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExposureSettings {
    /// How loans are repaid.
    pub schedule: ScheduleSettings,
    /// What yearly rates mean.
    pub rate_kind: RateKind,
    /// Rate of interest a year where the tape has none, fraction, more than −1.
    pub interest_rate: Option<f64>,
    /// Remaining months where the tape has none, 1 to 480.
    pub remaining_months: Option<u16>,
    /// Share of the balance repaid early a year (CPR), 0 to less than 1.
    pub cpr: f64,
    /// Share of the undrawn limit that is drawn at default (CCF), 0 to 1.
    pub ccf: Option<f64>,
    /// Loss given default by period of the grid, 0 to 1, for loans without one of their own; the last value goes on.
    pub lgd_by_period: Vec<f64>,
    /// Loss given default for loans that have none by any other way, 0 to 1.
    pub lgd: Option<f64>,
    /// How collateral is turned into money.
    pub collateral: CollateralSettings,
    /// Standard deviation of the LGD of a default, 0 to below ½; 0 where it is no random number (M45).
    pub lgd_sd: f64,
    /// How much the LGD falls when the segment's index rises by one, 0 to 1; idle unless the economy moves it so (M46).
    pub lgd_slope: f64,
}

/// Loss given default over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LgdPath<'a> {
    /// One number, 0 to 1.
    Constant(f64),
    /// A number for each period of the grid, 0 to 1, at least one; the last goes on.
    ByPeriod(&'a [f64]),
}

impl LgdPath<'_> {
    /// LGD in period `period`, counted from 0.
    pub fn at(self, period: usize) -> f64 {
        match self {
            Self::Constant(lgd) => lgd,
            Self::ByPeriod(path) => path.get(period).or(path.last()).copied().unwrap_or(1.0),
        }
    }
}

/// All that the closed form needs to know of a loan, PD apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoanTerms<'a> {
    /// How it is repaid.
    pub schedule: Schedule<'a>,
    /// Remaining months R, 1 to 480.
    pub months: u16,
    /// Rate of interest per *month*, fraction, at least −0.75; the effective yearly rate is (1 + rate)^12 − 1.
    pub rate: f64,
    /// Share of the balance repaid early a year, 0 to less than 1.
    pub cpr: f64,
    /// Drawn balance today, currency.
    pub drawn: f64,
    /// Undrawn limit × CCF, currency.
    pub undrawn: f64,
    /// Loss given default (of the unsecured part, when there is collateral).
    pub lgd: LgdPath<'a>,
    /// Collateral, if any.
    pub collateral: Option<Collateral>,
}

/// What neither the tape nor the settings have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MissingTerm {
    /// The rate of interest, which an annuity and discounting at the effective rate need.
    InterestRate,
    /// The remaining months.
    RemainingMonths,
    /// The loss given default.
    Lgd,
    /// The credit conversion factor of an undrawn limit.
    Ccf,
}

impl ExposureSettings {
    /// Rate per month of the loan that `facts` describe; None when neither it nor the settings have one.
    pub(in crate::model) fn monthly_rate(&self, facts: &LoanFacts) -> Option<f64> {
        facts.rate.or(self.interest_rate).map(|yearly| self.rate_kind.monthly(yearly))
    }

    /// The loan's own LGD, else that by period, else that of the settings.
    pub(in crate::model) fn lgd_path(&self, facts: &LoanFacts) -> Result<LgdPath<'_>, MissingTerm> {
        match (facts.lgd, self.lgd_by_period.as_slice()) {
            (Some(own), _) => Ok(LgdPath::Constant(own)),
            (None, []) => self.lgd.map(LgdPath::Constant).ok_or(MissingTerm::Lgd),
            (None, path) => Ok(LgdPath::ByPeriod(path)),
        }
    }

    /// The loan's collateral under these settings, if it has any.
    pub(in crate::model) fn collateral_of(&self, facts: &LoanFacts) -> Option<Collateral> {
        facts.collateral.map(|value| Collateral { value, settings: self.collateral })
    }

    /// How its loans are repaid.
    pub fn schedule(&self) -> Schedule<'_> {
        match &self.schedule {
            ScheduleSettings::Bullet => Schedule::Bullet,
            ScheduleSettings::Linear => Schedule::Linear,
            ScheduleSettings::Annuity => Schedule::Annuity,
            ScheduleSettings::Custom(table) => Schedule::Custom(table),
        }
    }
}

/// The terms of the loan that `facts` describe, under `settings` and `discounting`. Not for a loan in default, which may
/// be past its maturity: [`loss_in_default`](crate::model::ecl::loss_in_default).
///
/// # Errors
/// What is missing: the first of months, rate, LGD and CCF. Months of 0 are missing. A rate is needed by an annuity and
/// by discounting at the effective rate, a CCF by an undrawn limit.
pub fn loan_terms<'a>(
    settings: &'a ExposureSettings,
    discounting: Discounting,
    facts: &LoanFacts,
) -> Result<LoanTerms<'a>, MissingTerm> {
    let months = facts.months.or(settings.remaining_months).filter(|months| *months > 0);
    let months = months.ok_or(MissingTerm::RemainingMonths)?;
    let schedule = settings.schedule();
    let needs_rate = matches!(schedule, Schedule::Annuity) || discounting == Discounting::Effective;
    let rate = match settings.monthly_rate(facts) {
        None if needs_rate => return Err(MissingTerm::InterestRate),
        known => known.unwrap_or(0.0),
    };
    let lgd = settings.lgd_path(facts)?;
    let room = facts.limit.map_or(0.0, |limit| (limit - facts.drawn).max(0.0));
    let undrawn = if room > 0.0 { room * settings.ccf.ok_or(MissingTerm::Ccf)? } else { 0.0 };
    let collateral = settings.collateral_of(facts);
    Ok(LoanTerms { schedule, months, rate, cpr: settings.cpr, drawn: facts.drawn, undrawn, lgd, collateral })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: LoanFacts = LoanFacts {
        drawn: 4_000.0,
        limit: Some(10_000.0),
        rate: Some(0.12),
        months: Some(31),
        lgd: Some(0.4),
        collateral: Some(700.0),
    };

    fn settings() -> ExposureSettings {
        ExposureSettings {
            interest_rate: Some(0.06),
            remaining_months: Some(17),
            ccf: Some(0.5),
            lgd_by_period: vec![0.3, 0.2],
            lgd: Some(0.7),
            ..ExposureSettings::default()
        }
    }

    #[test]
    fn the_tape_goes_before_the_settings() {
        let settings = settings();
        let own = loan_terms(&settings, Discounting::Effective, &FACTS).unwrap();
        assert_eq!((own.months, own.rate, own.undrawn, own.lgd), (31, 0.01, 3_000.0, LgdPath::Constant(0.4)));
        let blank = LoanFacts { drawn: 4_000.0, ..LoanFacts::default() };
        let model = loan_terms(&settings, Discounting::Effective, &blank).unwrap();
        assert_eq!((model.months, model.rate, model.undrawn), (17, 0.005, 0.0));
        assert_eq!(model.lgd, LgdPath::ByPeriod(&[0.3, 0.2]));
        assert_eq!((own.collateral.is_some(), model.collateral), (true, None));
        let plain = ExposureSettings { lgd_by_period: Vec::new(), ..settings };
        assert_eq!(loan_terms(&plain, Discounting::None, &blank).unwrap().lgd, LgdPath::Constant(0.7));
    }

    #[test]
    fn what_is_missing_is_named_and_what_is_not_needed_is_not() {
        let none = ExposureSettings::default();
        let annuity = ExposureSettings { schedule: ScheduleSettings::Annuity, ..ExposureSettings::default() };
        let without = |change: fn(&mut LoanFacts)| {
            let mut facts = FACTS;
            change(&mut facts);
            facts
        };
        let unrated = without(|facts| facts.rate = None);
        let missing = |settings, discounting, facts| loan_terms(settings, discounting, &facts).err();
        use Discounting::{Effective, None as Undiscounted, Rate};
        for (settings, discounting, facts, expected) in [
            (&none, Effective, without(|facts| facts.months = None), MissingTerm::RemainingMonths),
            (&none, Effective, without(|facts| facts.months = Some(0)), MissingTerm::RemainingMonths),
            (&none, Effective, unrated, MissingTerm::InterestRate),
            (&annuity, Undiscounted, unrated, MissingTerm::InterestRate),
            (&none, Undiscounted, without(|facts| facts.lgd = None), MissingTerm::Lgd),
            (&none, Undiscounted, FACTS, MissingTerm::Ccf),
        ] {
            assert_eq!(missing(settings, discounting, facts), Some(expected));
        }
        let drawn_in_full = |facts: LoanFacts| LoanFacts { limit: Some(3_999.0), ..facts };
        assert_eq!(missing(&none, Rate(0.03), drawn_in_full(unrated)), None);
        assert_eq!(missing(&none, Effective, drawn_in_full(FACTS)), None);
    }

    #[test]
    fn the_last_lgd_goes_on() {
        let path = LgdPath::ByPeriod(&[0.3, 0.2]);
        assert_eq!([0, 1, 2, usize::MAX].map(|period| path.at(period)), [0.3, 0.2, 0.2, 0.2]);
        assert_eq!(LgdPath::ByPeriod(&[]).at(0), 1.0);
    }
}
