//! What a row says by itself: a loan, or what is wrong with it. Every thread that reads asks the same judge.

use super::facts::{self, Facts};
use super::fingerprint::Fingerprints;
use super::found::{nearest, quote};
use super::needs::Needs;
use super::plan::Plan;
use super::row::{Flaw, Row};
use super::schema::Field;
use super::segments::{self, DEFAULT_SEGMENT, Segments};
use super::settings::TapeSettings;
use crate::error::{Error, Result};
use std::collections::HashMap;

/// The rules that rows are judged by.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    settings: &'a TapeSettings,
    ratings: HashMap<&'a str, f64, Fingerprints>,
    segments: Segments,
    /// What loans of segments with needs of their own may not lack.
    needs: HashMap<&'a str, Needs, Fingerprints>,
}

/// What a good row says.
#[derive(Debug)]
pub(super) struct Loan<'r> {
    /// Name of its segment.
    pub segment: &'r str,
    /// Probability of default, 0 to 1.
    pub pd: f64,
    /// Exposure at default, currency.
    pub ead: f64,
    /// Its own loss given default, 0 to 1; None where that is blank.
    pub lgd: Option<f64>,
    /// Identity of the borrower, if it has one.
    pub obligor: Option<&'r str>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(settings: &'a TapeSettings) -> Self {
        let ratings = settings.ratings.iter().map(|(name, pd)| (name.trim(), *pd)).collect();
        let needs = |(name, own): &'a (String, Needs)| (name.trim(), own.and(settings.needs));
        let needs = settings.segment_needs.iter().map(needs).collect();
        Self { settings, ratings, segments: Segments::new(&settings.segments), needs }
    }

    /// The settings behind the rules.
    pub(super) fn settings(&self) -> &'a TapeSettings {
        self.settings
    }

    /// Refuses a plan under which no row can be good.
    pub(super) fn check_prospects(&self, plan: &Plan) -> Result<()> {
        let error =
            |found: String, remedy: &str| Err(Error::Tape { path: plan.file.clone(), found, remedy: remedy.into() });
        if plan.is_rated() && self.ratings.is_empty() && !self.leaves_out_pds(plan) {
            let found =
                format!("PDs come from the ratings in column '{}', but no rating has a PD", plan.column(Field::Rating));
            return error(found, "give each rating its PD under [ratings] in the model file, or map a pd column");
        }
        if plan.slot(Field::Lgd).is_none() && !self.segments.have_lgd() {
            return error(
                "no column for lgd, and no segment has one".to_owned(),
                "set lgd in [segments.default] (or each segment) of the model file, or [columns] lgd = \"…\"",
            );
        }
        if plan.slot(Field::Segment).is_none() && !self.segments.serve_default() {
            return error(
                "no column for segment, and the model has no segment 'default'".to_owned(),
                "map it with [columns] segment = \"…\", or add [segments.default] to the model file",
            );
        }
        Ok(())
    }

    /// The exposure of `row` (currency), or why it has none.
    pub(super) fn read_exposure(&self, plan: &Plan, row: &Row) -> std::result::Result<f64, Flaw> {
        row.required(plan, Field::Ead, self.settings.format.decimal)
    }

    /// The loan that `row` is, its exposure `ead` read before; its segment may still be one that cannot be.
    pub(super) fn judge<'r>(&self, plan: &Plan, row: &Row<'r>, ead: f64) -> std::result::Result<Loan<'r>, Flaw> {
        let decimal = self.settings.format.decimal;
        let pd = match plan.is_rated() {
            true if self.leaves_out_pds(plan) => f64::NAN,
            true => self.rate(plan, row)?,
            false => match row.number(plan, Field::Pd, decimal)? {
                Some(pd) => pd,
                None => self.rate_default(plan, row).ok_or_else(|| row.blank(plan, Field::Pd))?,
            },
        };
        let lgd = row.number(plan, Field::Lgd, decimal)?;
        let segment = row.name(Field::Segment).unwrap_or(DEFAULT_SEGMENT);
        Ok(Loan { segment, pd, ead, lgd, obligor: row.name(Field::ObligorId) })
    }

    /// What `row`, which is that `loan`, says beyond that.
    pub(super) fn read_facts<'r>(
        &self,
        plan: &Plan,
        row: &Row<'r>,
        loan: &Loan,
    ) -> std::result::Result<Facts<'r>, Flaw> {
        let facts = Facts::read(self.settings, plan, (row, loan.pd))?;
        for (field, name) in [(Field::Rating, facts.rating), (Field::OriginationRating, facts.origination_rating)] {
            if let Some(name) = name.filter(|name| !self.ratings.is_empty() && !self.ratings.contains_key(name)) {
                return Err(self.refuse_rating(field, Some(name)));
            }
        }
        let own = self.needs.get(loan.segment).copied().unwrap_or(self.settings.needs);
        own.check((plan, row), &facts, loan.ead)?;
        Ok(facts)
    }

    /// The loss given default of the segment `name` (None where it has none); None when there may be no such segment.
    pub(super) fn find_segment(&self, name: &str) -> Option<Option<f64>> {
        self.segments.find(name).map(|segment| segment.lgd)
    }

    /// The known name most like the unknown `name` in that field, if any is like it.
    pub(super) fn find_nearest(&self, field: Field, name: &str) -> Option<&str> {
        match field {
            Field::Rating | Field::OriginationRating => {
                nearest(name, self.settings.ratings.iter().map(|(name, _)| name.as_str()))
            }
            Field::Segment => self.segments.find_nearest(name),
            _ => None,
        }
    }

    /// What is wrong with `row` when there may be no segment of its name.
    pub(super) fn refuse_segment(&self, row: &Row) -> Flaw {
        let name = row.name(Field::Segment);
        let found = name.map_or_else(|| "nothing (segment 'default')".to_owned(), quote);
        let wanted = segments::wanted(name.unwrap_or(DEFAULT_SEGMENT));
        Flaw { field: Field::Segment, found, wanted }
    }

    /// What else is wrong with the cells of a row whose flaw in `first` was found, so that it is mended once.
    pub(super) fn find_further_flaws(&self, plan: &Plan, row: &Row, first: Field) -> Vec<Flaw> {
        let decimal = self.settings.format.decimal;
        let judge = |field: Field| match field {
            Field::Rating if !plan.is_rated() || self.leaves_out_pds(plan) => None,
            Field::Rating => self.rate(plan, row).err(),
            Field::Lgd => row.number(plan, field, decimal).err(),
            _ => row.required(plan, field, decimal).err(),
        };
        let later = [Field::Pd, Field::Rating, Field::Lgd].into_iter();
        let read_later = later.filter(|field| *field > first && first >= Field::Ead && plan.slot(*field).is_some());
        let mut flaws: Vec<Flaw> = read_later.filter_map(judge).collect();
        if first >= Field::Ead && plan.wants_more() {
            flaws.extend(facts::find_further_flaws(self.settings, plan, (row, first)));
        }
        flaws
    }

    /// Whether loans have no PD, and need none in this run.
    fn leaves_out_pds(&self, plan: &Plan) -> bool {
        let without = plan.is_rated() && (self.ratings.is_empty() || plan.slot(Field::Rating).is_none());
        without && self.settings.wanted.contains(Field::Pd)
    }

    /// The LGD of a loan that names none, in a segment that has `lgd`.
    pub(super) fn fill_lgd(&self, lgd: f64) -> f64 {
        if self.settings.wanted.contains(Field::Lgd) { f64::NAN } else { lgd }
    }

    fn rate(&self, plan: &Plan, row: &Row) -> std::result::Result<f64, Flaw> {
        let name = row.name(Field::Rating);
        let own = match name {
            Some(name) => self.ratings.get(name).copied(),
            None => self.rate_default(plan, row),
        };
        own.ok_or_else(|| self.refuse_rating(Field::Rating, name))
    }

    /// The PD of a loan without one, if it is in default by what else its row says.
    #[cold]
    fn rate_default(&self, plan: &Plan, row: &Row) -> Option<f64> {
        (plan.wants_more() && facts::is_in_default(self.settings, plan, row)).then_some(1.0)
    }

    #[cold]
    fn refuse_rating(&self, field: Field, name: Option<&str>) -> Flaw {
        let wanted = format!("a rating that {} gives a PD to", self.settings.ratings_from);
        Flaw { field, found: name.map_or_else(|| "nothing".to_owned(), quote), wanted }
    }
}

/// What is wrong with a row without a loss given default in a segment that has none either.
pub(super) fn refuse_blank_lgd(segment: &str) -> Flaw {
    let wanted = format!("0 to 1, or an lgd for segment {} in the model", quote(segment));
    Flaw { field: Field::Lgd, found: "nothing".to_owned(), wanted }
}
