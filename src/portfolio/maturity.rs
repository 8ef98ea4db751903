//! Until when a loan runs: three fields can say it, of which one serves; the months that remain, and contradictions (M26).

use super::details::Details;
use super::facts::Facts;
use super::found::{quote, show};
use super::plan::{How, Plan};
use super::row::Flaw;
use super::schema::Field;
use crate::error::{Error, Result};
use crate::units::Date;

/// Most remaining months of a loan.
pub const MOST_MONTHS: u16 = 480;

/// The fields that can say until when a loan runs; the first that a file has serves.
pub(super) const FIELDS: [Field; 3] = [Field::MaturityDate, Field::RemainingMonths, Field::TermMonths];

/// Leaves one of [`FIELDS`] in `plan`; the others are idle, but for a term that the user mapped, which is checked.
///
/// # Errors
/// [`Error::Tape`] when only a term is mapped that nothing says the beginning of.
pub(super) fn choose(plan: &mut Plan) -> Result<()> {
    let is_dated = plan.slot(Field::OriginationDate).is_some();
    let server = FIELDS.into_iter().find(|field| plan.slot(*field).is_some());
    for field in FIELDS {
        let Some(slot) = plan.slots[field as usize].take_if(|_| Some(field) != server || field == Field::TermMonths)
        else {
            continue;
        };
        let is_term = field == Field::TermMonths;
        let is_mapped = matches!(slot.how, How::Mapped | How::Constant);
        match is_term && is_dated && (is_mapped || Some(field) == server) {
            true => plan.slots[field as usize] = Some(slot),
            false if is_mapped && Some(field) == server => {
                let found = format!("term_months in column {}, but no column for origination_date", quote(&slot.name));
                let remedy =
                    "name it with [columns] origination_date = \"…\", or map maturity_date or remaining_months";
                return Err(Error::Tape { path: plan.file.clone(), found, remedy: remedy.to_owned() });
            }
            false => plan.idle.push(slot.idle(field)),
        }
    }
    Ok(())
}

/// What serves the months that remain in `plan`, if anything does.
pub(super) fn server(plan: &Plan) -> Option<Field> {
    FIELDS.into_iter().find(|field| plan.slot(*field).is_some())
}

/// What a row's cells say of a loan's time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    /// Day of the last payment.
    pub maturity: Option<Date>,
    /// Months until then, as written.
    pub remaining: Option<f64>,
    /// Months from origination to then, as written.
    pub term: Option<f64>,
    /// Day of origination.
    pub origination: Option<Date>,
}

impl Times {
    /// Sets the age and the months that remain of `facts`; without the reporting date `today` there are no dates.
    pub(super) fn enter(&self, plan: &Plan, today: Option<Date>, facts: &mut Facts) -> std::result::Result<(), Flaw> {
        let flaw = |field, found: String, wanted| Err(Flaw { field, found: quote(&found), wanted });
        let named = today.map_or_else(String::new, |today| format!(" {today}"));
        if let Some(date) = self.origination.filter(|date| Some(*date) > today) {
            return flaw(
                Field::OriginationDate,
                date.to_string(),
                format!("a day not after the reporting date{named}"),
            );
        }
        let age = self.origination.zip(today).map(|(date, today)| today.months_since(date));
        facts.age_months = age.map_or(Details::BLANK, clamped);
        let Some((field, months, found)) = self.remaining(plan, today, age) else { return Ok(()) };
        if months <= 0 && !facts.may_be_due {
            let wanted = format!(
                "later than the reporting date{named}, or stage 3 for a loan in default; else leave the loan out"
            );
            return flaw(field, found, wanted);
        }
        if months > i32::from(MOST_MONTHS) {
            return flaw(field, found, format!("at most {MOST_MONTHS} months from the reporting date{named}"));
        }
        facts.remaining_months = clamped(months);
        if let (Some(age), Some(term), true) = (age, self.term, field != Field::TermMonths)
            && (age + months - term as i32).abs() > 1
        {
            let both = format!("{} months: {age} since origination, and {months} that remain", age + months);
            let wanted = format!("about {both}; where terms were changed, leave columns.term_months out");
            return flaw(Field::TermMonths, show(term), wanted);
        }
        Ok(())
    }

    /// The field that says how many months remain, how many they are, and what the row says.
    fn remaining(&self, plan: &Plan, today: Option<Date>, age: Option<i32>) -> Option<(Field, i32, String)> {
        let field = server(plan)?;
        let (months, found) = match field {
            Field::MaturityDate => {
                let (date, today) = self.maturity.zip(today)?;
                (today.months_until(date), date.to_string())
            }
            Field::RemainingMonths => (self.remaining? as i32, show(self.remaining?)),
            _ => (self.term? as i32 - age?, format!("{} months, {} of them over", show(self.term?), age?)),
        };
        Some((field, months, found))
    }
}

/// Months as the tape keeps them: no more than fit.
pub(super) fn clamped(months: i32) -> u16 {
    u16::try_from(months.max(0)).unwrap_or(u16::MAX).min(Details::BLANK - 1)
}
