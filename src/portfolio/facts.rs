//! What a row says of its loan beyond segment, exposure, PD and LGD: the cells of the fields that are wanted, and whether they
//! contradict each other.

use super::details::{Details, TapeStage};
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
    /// Whether the loan is in default by what its row says.
    pub is_in_default: bool,
}

type Read<T> = Result<T, Flaw>;

impl<'r> Facts<'r> {
    /// What `row` says, whose PD is `pd`.
    pub(super) fn read(settings: &TapeSettings, plan: &Plan, (row, pd): (&Row<'r>, f64)) -> Read<Self> {
        let cells = Cells { settings, plan, row };
        let stage = cells.read(Field::Stage, |reading, cell| reading.stage(cell))?;
        let days_past_due = cells.number(Field::DaysPastDue)?.unwrap_or_default() as u16; // checked to fit
        let watchlist = cells.read(Field::Watchlist, |reading, cell| reading.flag(cell))?.unwrap_or_default();
        let interest_rate = cells.number(Field::InterestRate)?.unwrap_or(f64::NAN);
        let mut times = Times { maturity: cells.date(Field::MaturityDate)?, ..Times::default() };
        times.remaining = cells.number(Field::RemainingMonths)?;
        times.term = cells.number(Field::TermMonths)?;
        let limit = cells.number(Field::Limit)?.unwrap_or_default();
        times.origination = cells.date(Field::OriginationDate)?;
        let origination_pd = cells.number(Field::OriginationPd)?.unwrap_or(f64::NAN);
        let collateral = cells.number(Field::CollateralValue)?.unwrap_or_default();
        let (defaulted, triggered) = (cells.date(Field::DefaultDate)?, cells.date(Field::TriggerDate)?);
        let is_impaired = matches!(stage, TapeStage::Three | TapeStage::Poci);
        let mut facts = Self {
            stage,
            days_past_due,
            watchlist,
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
            is_in_default: is_impaired || pd >= 1.0 || days_past_due > settings.default_days_past_due,
        };
        if pd >= 1.0 && matches!(stage, TapeStage::One | TapeStage::Two) {
            let found = format!("{} with a PD of 1", row.cell(Field::Stage).show());
            let wanted = "stage 3 or poci, or a PD below 1".to_owned();
            return Err(Flaw { field: Field::Stage, found, wanted });
        }
        if let Some(today) = settings.reporting_date {
            facts.default_months = months_since(Field::DefaultDate, defaulted, today)?;
            facts.trigger_months = months_since(Field::TriggerDate, triggered, today)?;
        }
        times.enter(plan, settings.reporting_date, &mut facts)?;
        cells.check_required(&facts)?;
        Ok(facts)
    }
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

    /// Refuses blanks where there may be none.
    fn check_required(&self, facts: &Facts) -> Read<()> {
        let required = self.settings.required;
        if required.is_empty() {
            return Ok(());
        }
        for field in required.iter() {
            let is_blank = match field {
                Field::InterestRate => facts.interest_rate.is_nan(),
                Field::Rating => facts.rating.is_none(),
                Field::OriginationDate => facts.age_months == Details::BLANK,
                Field::OriginationPd => facts.origination_pd.is_nan(),
                Field::OriginationRating => facts.origination_rating.is_none(),
                Field::DefaultDate => facts.stage == TapeStage::Three && facts.default_months == Details::BLANK,
                Field::Stage => facts.stage == TapeStage::Blank,
                field if maturity::FIELDS.contains(&field) => facts.remaining_months == 0 && !facts.is_in_default,
                _ => false,
            };
            if is_blank {
                let field = if maturity::FIELDS.contains(&field) {
                    maturity::server(self.plan).unwrap_or(field)
                } else {
                    field
                };
                let mut flaw = self.row.blank(self.plan, field);
                if field == Field::DefaultDate {
                    flaw.found.push_str(" on a loan of stage 3");
                }
                flaw.wanted.push_str(remedy(field));
                return Err(flaw);
            }
        }
        Ok(())
    }
}

/// What else would serve where a required field is blank.
pub(super) fn remedy(field: Field) -> &'static str {
    match field {
        Field::InterestRate => ", or exposure.interest_rate in the model",
        Field::MaturityDate | Field::RemainingMonths | Field::TermMonths => {
            ", or exposure.remaining_months in the model"
        }
        Field::DefaultDate => ", or staging.cure_months_stage_3 = 0 in the model",
        Field::OriginationDate => ", or term_structure.clock = \"reporting_date\" in the model",
        Field::Rating => ", or term_structure.by = \"segment\" in the model",
        _ => "",
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
