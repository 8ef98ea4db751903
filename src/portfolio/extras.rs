//! The details of consecutive loans while a thread reads them, their ratings in a dictionary of their own.

use super::details::Details;
use super::facts::Facts;
use super::field_set::FieldSet;
use super::fingerprint::Fingerprints;
use super::found::quote;
use super::maturity;
use super::plan::Plan;
use super::row::Flaw;
use super::schema::{Field, SCHEMA};
use std::collections::HashMap;

/// Ratings that a tape may name, at most: their numbers leave one for blanks.
pub(super) const MOST_RATINGS: usize = Details::BLANK as usize;

/// The fields whose blanks are counted, as they mean something.
pub(super) const BLANKS: [Field; 2] = [Field::DaysPastDue, Field::Watchlist];

/// See above.
#[derive(Debug, Default)]
pub(super) struct Extras {
    /// What is known of the loans; ratings are numbers of `ratings`.
    pub details: Details,
    /// The ratings of the loans, in order of first appearance.
    pub ratings: Vec<String>,
    /// Loans whose days past due and whose place on the watch list are blank, in columns that are there.
    pub blanks: [u64; 2],
    numbers: HashMap<String, u16, Fingerprints>,
    /// The fields that are kept, and which their file has.
    kept: FieldSet,
}

impl Extras {
    /// For loans of the plan's file, of which a run wants these `fields`.
    pub(super) fn new(plan: &Plan, fields: FieldSet) -> Self {
        let has = |field: &Field| fields.contains(*field) && plan.slot(*field).is_some();
        let kept: Vec<Field> = SCHEMA.iter().map(|spec| spec.field).filter(has).collect();
        let loan_ids = fields.contains(Field::LoanId).then(<_>::default);
        Self { details: Details { loan_ids, ..Details::default() }, kept: FieldSet::of(&kept), ..Self::default() }
    }

    /// Enters the loan on `line`, which has that `id` and `facts`.
    pub(super) fn enter(&mut self, facts: &Facts, (line, id): (u64, Option<&str>)) -> Result<(), Flaw> {
        let kept = self.kept;
        // Nothing is entered of a loan that is refused.
        let (rating, first) = (
            self.number(Field::Rating, facts.rating)?,
            self.number(Field::OriginationRating, facts.origination_rating)?,
        );
        let details = &mut self.details;
        let columns = [
            (Field::DaysPastDue, &mut details.days_past_due, facts.days_past_due),
            (Field::Rating, &mut details.rating, rating),
            (Field::OriginationRating, &mut details.origination_rating, first),
            (Field::OriginationDate, &mut details.age_months, facts.age_months),
            (Field::DefaultDate, &mut details.default_months, facts.default_months),
            (Field::TriggerDate, &mut details.trigger_months, facts.trigger_months),
        ];
        for (field, column, value) in columns {
            if kept.contains(field) {
                column.push(value);
            }
        }
        let amounts = [
            (Field::InterestRate, &mut details.interest_rate, facts.interest_rate),
            (Field::Limit, &mut details.limit, facts.limit),
            (Field::OriginationPd, &mut details.origination_pd, facts.origination_pd),
            (Field::CollateralValue, &mut details.collateral, facts.collateral),
        ];
        for (field, column, value) in amounts {
            if kept.contains(field) {
                column.push(value);
            }
        }
        for ((blank, field), count) in facts.blanks.iter().zip(BLANKS).zip(&mut self.blanks) {
            *count += u64::from(*blank && kept.contains(field));
        }
        if kept.contains(Field::Stage) {
            details.stage.push(facts.stage);
        }
        if kept.contains(Field::Watchlist) {
            details.watchlist.push(facts.watchlist);
        }
        if maturity::FIELDS.iter().any(|field| kept.contains(*field)) {
            details.remaining_months.push(facts.remaining_months);
        }
        if let Some(ids) = &mut details.loan_ids {
            ids.push(id.unwrap_or_default());
            details.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        }
        Ok(())
    }

    /// The number of the rating `name` in a `field` that is kept.
    fn number(&mut self, field: Field, name: Option<&str>) -> Result<u16, Flaw> {
        let Some(name) = name.filter(|_| self.kept.contains(field)) else { return Ok(Details::BLANK) };
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        let number = u16::try_from(self.ratings.len()).unwrap_or(Details::BLANK);
        if number == Details::BLANK {
            return Err(too_many(field, name));
        }
        self.ratings.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        Ok(number)
    }
}

fn too_many(field: Field, name: &str) -> Flaw {
    let wanted = format!("one of at most {MOST_RATINGS} ratings; is this the right column?");
    Flaw { field, found: quote(name), wanted }
}
