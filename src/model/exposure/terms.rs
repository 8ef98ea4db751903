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
    /// The conversion factor of an undrawn limit.
    Ccf,
}

/// The terms of the loan that `facts` describe, under `settings` and `discounting`.
///
/// # Errors
/// What is missing: the first of months, rate, LGD and CCF. Months of 0 are missing.
pub fn loan_terms<'a>(
    settings: &'a ExposureSettings,
    discounting: Discounting,
    facts: &LoanFacts,
) -> Result<LoanTerms<'a>, MissingTerm> {
    let months = facts.months.or(settings.remaining_months).filter(|months| *months > 0);
    let months = months.ok_or(MissingTerm::RemainingMonths)?;
    let schedule = match &settings.schedule {
        ScheduleSettings::Bullet => Schedule::Bullet,
        ScheduleSettings::Linear => Schedule::Linear,
        ScheduleSettings::Annuity => Schedule::Annuity,
        ScheduleSettings::Custom(table) => Schedule::Custom(table),
    };
    let rate = match facts.rate.or(settings.interest_rate) {
        Some(yearly) => settings.rate_kind.monthly(yearly),
        None if schedule == Schedule::Annuity || discounting == Discounting::Effective => {
            return Err(MissingTerm::InterestRate);
        }
        None => 0.0,
    };
    let lgd = match (facts.lgd, settings.lgd_by_period.as_slice(), settings.lgd) {
        (Some(own), _, _) => LgdPath::Constant(own),
        (None, [], segment) => LgdPath::Constant(segment.ok_or(MissingTerm::Lgd)?),
        (None, path, _) => LgdPath::ByPeriod(path),
    };
    let room = facts.limit.map_or(0.0, |limit| (limit - facts.drawn).max(0.0));
    let undrawn = if room > 0.0 { room * settings.ccf.ok_or(MissingTerm::Ccf)? } else { 0.0 };
    let collateral = facts.collateral.map(|value| Collateral { value, settings: settings.collateral });
    Ok(LoanTerms { schedule, months, rate, cpr: settings.cpr, drawn: facts.drawn, undrawn, lgd, collateral })
}
