//! What a row says of its loan beyond segment, exposure, PD and LGD: the cells of the fields that are wanted, and whether they
//! contradict each other.

use super::details::{Details, TapeStage};
use super::kind::Kind;
use super::maturity::{self, Times};
use super::number::Refusal;
use super::plan::Plan;
use super::reading::Reading;
use super::row::{Cell, Flaw, Row};
use super::schema::{Field, SCHEMA};
use super::settings::TapeSettings;
use crate::units::Date;

/// See [`Details`] for units and blanks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'r> {
    pub stage: TapeStage,
    pub days_past_due: u16,
    pub watchlist: bool,
    pub interest_rate: f64,
    pub remaining_months: u16,
    pub age_months: u16,
    pub rating: Option<&'r str>,
    pub limit: f64,
    pub origination_pd: f64,
    pub origination_rating: Option<&'r str>,
    pub collateral: f64,
    pub default_months: u16,
    pub trigger_months: u16,
    /// Whether days past due and the watch list are blank, in that order.
    pub blanks: [bool; 2],
    /// Whether the loan is in default by what its row says.
    pub is_in_default: bool,
    /// Whether it may be due on the reporting date: in default, or impaired when it was bought.
    pub may_be_due: bool,
}

type Read<T> = Result<T, Flaw>;

impl<'r> Facts<'r> {
    /// What `row` says, whose PD is `pd`.
    pub(super) fn read(settings: &TapeSettings, plan: &Plan, (row, pd): (&Row<'r>, f64)) -> Read<Self> {
        let cells = Cells { settings, plan, row };
        let stage = cells.read(Field::Stage, |reading, cell| reading.stage(cell))?;
        let days = cells.number(Field::DaysPastDue)?;
        let days_past_due = days.unwrap_or_default() as u16; // checked to fit
        let watched = cells.read(Field::Watchlist, |reading, cell| reading.flag(cell))?;
        let interest_rate = cells.number(Field::InterestRate)?.unwrap_or(f64::NAN);
        let mut times = Times { maturity: cells.date(Field::MaturityDate)?, ..Times::default() };
        times.remaining = cells.number(Field::RemainingMonths)?;
        times.term = cells.number(Field::TermMonths)?;
        let limit = cells.number(Field::Limit)?.unwrap_or_default();
        times.origination = cells.date(Field::OriginationDate)?;
        let origination_pd = cells.number(Field::OriginationPd)?.unwrap_or(f64::NAN);
        let collateral = cells.number(Field::CollateralValue)?.unwrap_or_default();
        let (defaulted, triggered) = (cells.date(Field::DefaultDate)?, cells.date(Field::TriggerDate)?);
        let is_in_default = settings.default_rule.is_met(stage, pd, days_past_due);
        let mut facts = Self {
            stage,
            days_past_due,
            watchlist: watched.unwrap_or_default(),
            interest_rate,
            remaining_months: 0,
            age_months: Details::BLANK,
            rating: row.name(Field::Rating),
            limit,
            origination_pd,
            origination_rating: row.name(Field::OriginationRating),
            collateral,
            default_months: Details::BLANK,
            trigger_months: Details::BLANK,
            blanks: [days.is_none(), watched.is_none()],
            is_in_default,
            may_be_due: is_in_default || stage == TapeStage::Poci,
        };
        if settings.default_rule.contradicts(stage, pd) {
            let found = format!("{} with a PD of 1", row.cell(Field::Stage).show());
            let wanted = "stage 3 or poci, or a PD below 1; or let the rules decide with staging.use_tape_stage";
            return Err(Flaw { field: Field::Stage, found, wanted: wanted.to_owned() });
        }
        if let Some(today) = settings.reporting_date {
            facts.default_months =
                months_since(Field::DefaultDate, defaulted, today).map_err(|flaw| with_cell(row, flaw))?;
            facts.trigger_months =
                months_since(Field::TriggerDate, triggered, today).map_err(|flaw| with_cell(row, flaw))?;
        }
        times.enter(plan, settings.reporting_date, &mut facts).map_err(|flaw| with_cell(row, flaw))?;
        Ok(facts)
    }
}

/// Whether stage and days past due alone put the loan of `row` in default, so that it may lack a PD.
pub(super) fn is_in_default(settings: &TapeSettings, plan: &Plan, row: &Row) -> bool {
    let cells = Cells { settings, plan, row };
    let stage = cells.read(Field::Stage, |reading, cell| reading.stage(cell)).unwrap_or_default();
    let days = cells.number(Field::DaysPastDue).ok().flatten().unwrap_or_default() as u16; // checked to fit
    settings.default_rule.is_met(stage, f64::NAN, days)
}

/// A flaw in a date, which may be written otherwise than it is understood.
fn with_cell(row: &Row, mut flaw: Flaw) -> Flaw {
    let cell = row.cell(flaw.field).show();
    let understood = flaw.found.trim_matches('\'');
    if flaw.field.spec().kind == Kind::Date && cell.trim_matches('\'') != understood {
        flaw.found = format!("{cell} ({understood})");
    }
    flaw
}

/// What is wrong with cells after `first`, each by itself.
pub(super) fn find_further_flaws(settings: &TapeSettings, plan: &Plan, (row, first): (&Row, Field)) -> Vec<Flaw> {
    let cells = Cells { settings, plan, row };
    let later = SCHEMA.iter().map(|spec| spec.field).filter(|field| *field > first && !field.is_always_read());
    later.filter_map(|field| cells.read(field, |reading, cell| reading.check(cell)).err()).collect()
}

/// The cells of one row.
struct Cells<'c, 'r> {
    settings: &'c TapeSettings,
    plan: &'c Plan,
    row: &'c Row<'r>,
}

impl<'r> Cells<'_, 'r> {
    fn number(&self, field: Field) -> Read<Option<f64>> {
        self.read(field, |reading, cell| reading.number(cell))
    }

    fn date(&self, field: Field) -> Read<Option<Date>> {
        self.read(field, |reading, cell| reading.date(cell))
    }

    fn read<T: Default>(&self, field: Field, read: impl Fn(&Reading, Cell<'r>) -> Result<T, Refusal>) -> Read<T> {
        self.row.read(self.plan, field, self.settings.format.decimal, read)
    }
}

fn months_since(field: Field, date: Option<Date>, today: Date) -> Read<u16> {
    match date {
        None => Ok(Details::BLANK),
        Some(date) if date > today => {
            let wanted = format!("a day not after the reporting date {today}");
            Err(Flaw { field, found: format!("'{date}'"), wanted })
        }
        Some(date) => Ok(maturity::clamped(today.months_since(date))),
    }
}
