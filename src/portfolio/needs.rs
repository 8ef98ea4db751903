//! What loans cannot do without, and which of it a row lacks: some of it hangs on the loan's segment, and a loan in default needs
//! less, as what it loses no longer hangs on time.

use super::details::{Details, TapeStage};
use super::facts::Facts;
use super::field_set::FieldSet;
use super::found::show;
use super::maturity;
use super::plan::Plan;
use super::row::{Flaw, Row};
use super::schema::Field;

/// What the loans of a segment cannot do without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Fields in which a blank is a row's flaw. Any of `maturity_date`, `remaining_months` and `term_months` stands for the months
    /// that remain; `default_date` is asked of loans of stage 3 only. A loan in default needs neither these months nor
    /// `interest_rate`, `rating` and `origination_date`.
    pub fields: FieldSet,
    /// Whether a limit above the exposure cannot be used, as nothing says how much of the rest is drawn by default.
    pub drawn_in_full: bool,
    /// Whether a loan in default needs its rate where it has collateral, whose sale is discounted with it.
    pub rate_to_sell: bool,
}

impl Needs {
    /// These needs and those.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.union(other.fields),
            drawn_in_full: self.drawn_in_full || other.drawn_in_full,
            rate_to_sell: self.rate_to_sell || other.rate_to_sell,
        }
    }

    /// Refuses `row`, a loan with that exposure `ead` and these `facts`, for the first thing that it lacks.
    pub(super) fn check(self, (plan, row): (&Plan, &Row), facts: &Facts, ead: f64) -> Result<(), Flaw> {
        if let Some(field) = self.fields.iter().find(|field| is_blank(*field, facts)) {
            return Err(refuse((plan, row), field));
        }
        let sells = self.rate_to_sell && facts.is_in_default && facts.collateral > 0.0;
        if sells && facts.interest_rate.is_nan() {
            return Err(refuse((plan, row), Field::InterestRate));
        }
        if self.drawn_in_full && facts.limit > ead && !facts.is_in_default {
            let wanted = format!("at most the exposure of {}, or exposure.ccf in the model", show(ead));
            return Err(Flaw { field: Field::Limit, found: show(facts.limit), wanted });
        }
        Ok(())
    }
}

fn is_blank(field: Field, facts: &Facts) -> bool {
    match field {
        Field::InterestRate => facts.interest_rate.is_nan() && !facts.is_in_default,
        Field::Rating => facts.rating.is_none() && !facts.is_in_default,
        Field::OriginationDate => facts.age_months == Details::BLANK && !facts.is_in_default,
        Field::OriginationPd => facts.origination_pd.is_nan(),
        Field::OriginationRating => facts.origination_rating.is_none(),
        Field::DefaultDate => facts.stage == TapeStage::Three && facts.default_months == Details::BLANK,
        Field::Stage => facts.stage == TapeStage::Blank,
        field if maturity::FIELDS.contains(&field) => facts.remaining_months == 0 && !facts.may_be_due,
        _ => false,
    }
}

#[cold]
fn refuse((plan, row): (&Plan, &Row), field: Field) -> Flaw {
    let is_time = maturity::FIELDS.contains(&field);
    let field = if is_time { maturity::server(plan).unwrap_or(field) } else { field };
    let mut flaw = row.blank(plan, field);
    if field == Field::DefaultDate {
        flaw.found.push_str(" on a loan of stage 3");
    }
    flaw.wanted.push_str(remedy(field));
    flaw
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
