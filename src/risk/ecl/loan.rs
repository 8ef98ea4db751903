//! One loan: its stage, and its expected credit loss over what that stage covers.

use super::economy::{DefaultsByState, Exposed};
use super::more::MoreOfLoan;
use super::outlook::{Lens, Seen};
use super::setup::{Depth, EclSetup};
use crate::error::{Error, Result};
use crate::math::incomplete_beta::largest_deviation;
use crate::model::ecl::{PeriodLoss, expected, loss_in_default, loss_path};
use crate::model::exposure::{ExposureSettings, LgdPath, LoanFacts, LoanTerms, MissingTerm, loan_terms};
use crate::model::severity::Secured;
use crate::model::staging::{Facts, Framework, Reason, ResidualPds, Stage, Staged, StagingRules, annual_pd, classify};
use crate::model::term::{TermFacts, TermKey};
use crate::model::time::{Grid, MOST_MONTHS};
use crate::portfolio::{Details, Tape};
use crate::risk::lifetime::EXACT_PERIODS;

/// Years that a loss may fall into.
pub(in crate::risk) const YEARS: usize = MOST_MONTHS as usize / 12;

/// What is found of a loan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoanEcl {
    /// Segment, an index into the tape's.
    pub segment: u32,
    /// Stage, reason and the months that `ecl` covers.
    pub staged: Staged,
    /// How what the tape says of its stage contradicts its arrears, if it does.
    pub contradiction: Option<Contradiction>,
    /// Whether its losses reach behind the last node of its curve.
    pub beyond: bool,
    /// What its PD of today could not be held against that of origination for, if it came to that test.
    pub untested: Option<Untested>,
    /// Whether the segment's rate or maturity had to serve, in that order.
    pub served: [bool; 2],
    /// Drawn balance, currency.
    pub exposure: f64,
    /// Undrawn part of the limit, currency, before the CCF.
    pub undrawn: f64,
    /// Remaining months; 0 where none are known, which only a loan in default may have.
    pub remaining_months: u16,
    /// Expected credit loss that the framework asks for, currency.
    pub ecl: f64,
    /// What [`Depth::Loans`] adds.
    pub more: MoreOfLoan,
}

impl LoanEcl {
    /// Takes the means, by weight, of what `others` say of the same loan under macro scenarios.
    pub(super) fn take_means<'a>(&mut self, others: impl Iterator<Item = (&'a Self, &'a f64)>) {
        let mut sum = MoreOfLoan::NOTHING;
        self.ecl = 0.0;
        for (other, weight) in others {
            self.ecl += weight * other.ecl;
            sum.add(&other.more, *weight);
            self.beyond |= other.beyond;
        }
        self.more = sum;
    }

    /// Whether it is in default, or impaired and due: no life is left over which it could default.
    pub fn is_lost_at_once(&self) -> bool {
        self.staged.stage.is_default() || self.staged.stage == Stage::Poci && self.remaining_months == 0
    }
}

/// How a stage on the tape and arrears contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Stage 1, taken over, and more days past due than stage 1 allows, if not so many as default means.
    InStage1,
    /// Stage 1 or 2, taken over, and more days past due than default means.
    InDefault,
    /// Impaired when it was bought, and so far past due again; its PD is the tape's.
    Poci,
}

impl Contradiction {
    /// How many there are.
    pub const COUNT: usize = 3;

    fn find(facts: &Facts, staged: Staged, rules: &StagingRules) -> Option<Self> {
        let late = facts.days_past_due > rules.days_past_due_stage_3;
        match (staged.reason, staged.stage) {
            (Reason::StageGiven, Stage::One | Stage::Two) if late => Some(Self::InDefault),
            (Reason::StageGiven, Stage::One) if facts.days_past_due > rules.days_past_due_stage_2 => {
                Some(Self::InStage1)
            }
            (Reason::Poci, _) if late => Some(Self::Poci),
            _ => None,
        }
    }
}

/// What a test of increased credit risk lacks (M39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untested {
    /// The PD and the rating at origination.
    Origination,
    /// The age, without which a curve does not say what was expected of the months to come.
    Age,
}

impl Untested {
    /// How many there are.
    pub const COUNT: usize = 2;
}

/// What was expected, at origination, of the months to come.
#[derive(Debug, Clone, Copy)]
struct Expected {
    pd: f64,
    /// −ln(1 − pd).
    hazard: f64,
}

/// Why a loan cannot be measured.
#[derive(Debug)]
pub(in crate::risk) enum Fault {
    /// Neither tape nor model has it.
    Missing(MissingTerm),
    /// The tape puts a loan of PD 1 into stage 1 or 2.
    CertainYetPerforming,
    /// No LGD of that mean can have the standard deviation that the model gives it.
    WideLgd { lgd: f64, deviation: f64 },
    /// Its term structure.
    Other(Error),
}

impl From<MissingTerm> for Fault {
    fn from(missing: MissingTerm) -> Self {
        Self::Missing(missing)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Space that one thread uses for loan after loan.
pub(in crate::risk) struct Scratch {
    /// What a default costs in each period of the loan that was last measured, unless it is lost at once.
    pub(in crate::risk) losses: Vec<PeriodLoss>,
    by_state: DefaultsByState,
    /// Losses by the year in which a default would fall, currency, summed over loans.
    pub(in crate::risk) years: [f64; YEARS],
}

impl Scratch {
    pub(in crate::risk) fn new() -> Self {
        Self { losses: Vec::new(), by_state: DefaultsByState::default(), years: [0.0; YEARS] }
    }
}

/// A loan number with what it is measured by.
pub(in crate::risk) struct Loan<'a> {
    pub(in crate::risk) tape: &'a Tape,
    pub(in crate::risk) setup: &'a EclSetup,
    pub(in crate::risk) number: usize,
}

impl Loan<'_> {
    /// Measures it and adds its losses to the years of `scratch`.
    pub(in crate::risk) fn measure(&self, depth: Depth, scratch: &mut Scratch) -> std::result::Result<LoanEcl, Fault> {
        let setup = self.setup;
        let segment = self.tape.segment.get(self.number).copied().unwrap_or_default();
        let settings = self.settings(segment)?;
        let facts = self.facts();
        let known = self.term_facts(segment);
        let key = match setup.terms.key(&known) {
            // What is lost of a loan in default does not hang on its PD, so it may lack what that needs.
            Err(_) if self.is_in_default() => TermKey::flat(1.0),
            key => key?,
        };
        let months = facts.months.or(settings.remaining_months).unwrap_or(0);
        let expected_then = self.expected_at_origination(&known, months)?;
        let of_stage = self.seen((segment, key), setup.view.staging, MOST_MONTHS)?;
        let about = self.staging_facts(&of_stage, months, expected_then.ok());
        let mut staged = classify(setup.framework, &setup.staging, &about);
        staged.horizon = setup.most_months.map_or(staged.horizon, |most| staged.horizon.min(most));
        if setup.staging.default_rule(setup.framework).contradicts(about.tape_stage, about.pd) {
            return Err(Fault::CertainYetPerforming);
        }
        let mut found = LoanEcl {
            segment,
            staged,
            contradiction: Contradiction::find(&about, staged, &setup.staging),
            beyond: setup.terms.covered(key).is_some_and(|covered| covered < staged.horizon),
            untested: expected_then.err().filter(|_| staged.reason == Reason::Performing),
            served: served(&facts, settings),
            exposure: facts.drawn,
            undrawn: self.undrawn(facts.drawn),
            remaining_months: months,
            ecl: 0.0,
            more: MoreOfLoan::NONE,
        };
        let at_once = found.is_lost_at_once();
        let lost = match at_once || depth == Depth::Loans {
            true => loss_in_default(settings, setup.discounting, &facts)?,
            false => 0.0,
        };
        if at_once {
            found.ecl = lost;
            scratch.years[0] += lost;
        } else {
            let terms = loan_terms(settings, setup.discounting, &facts)?;
            refuse_wide_lgd(&terms, settings)?;
            loss_path(&terms, setup.discounting, setup.grid, &mut scratch.losses);
            if setup.severity.settings.moves_expectation(settings, Secured::by(terms.collateral.as_ref())) {
                let horizon = if depth == Depth::Loans { months } else { staged.horizon };
                let name = self.tape.segments.get(segment as usize).map_or("", String::as_str);
                let loan = Exposed { terms: &terms, settings, segment, name, key };
                scratch.by_state.move_losses(&loan, setup, horizon, &mut scratch.losses)?;
            }
            let own = self.seen((segment, key), setup.view.pds, staged.horizon.min(months))?;
            let cumulative = |months: u16| own.cumulative(months);
            found.ecl = expected(&scratch.losses, &cumulative, staged.horizon, &mut scratch.years);
        }
        if depth == Depth::Loans {
            let over = |horizon: u16| -> Result<(f64, f64)> {
                if at_once {
                    return Ok((1.0, lost));
                }
                let own = self.seen((segment, key), setup.view.pds, horizon)?;
                let cumulative = |months: u16| own.cumulative(months);
                Ok((cumulative(horizon), expected(&scratch.losses, &cumulative, horizon, &mut [])))
            };
            let ((pd_12m, ecl_12m), (pd_lifetime, ecl_lifetime)) = (over(months.min(12))?, over(months)?);
            let pd_residual_origination = expected_then.map_or(f64::NAN, |then| then.pd);
            let lgd = if facts.drawn > 0.0 { lost / facts.drawn } else { f64::NAN };
            found.more = MoreOfLoan { pd_12m, pd_lifetime, pd_residual_origination, lgd, ecl_12m, ecl_lifetime };
        }
        Ok(found)
    }

    /// Its terms and its term structure, if it is not in default.
    pub(in crate::risk) fn terms(&self) -> std::result::Result<(LoanTerms<'_>, TermKey), Fault> {
        let segment = self.tape.segment.get(self.number).copied().unwrap_or_default();
        let settings = self.settings(segment)?;
        let key = self.setup.terms.key(&self.term_facts(segment))?;
        Ok((loan_terms(settings, self.setup.discounting, &self.facts())?, key))
    }

    /// The settings of its segment.
    pub(in crate::risk) fn settings(&self, segment: u32) -> Result<&ExposureSettings> {
        let settings = self.setup.exposure.get(segment as usize);
        settings.ok_or_else(|| Error::Internal("a segment without exposure settings".to_owned()))
    }

    /// Whether stage and days past due alone say so.
    fn is_in_default(&self) -> bool {
        let details = &self.tape.details;
        let stage = at(&details.stage, self.number).unwrap_or_default();
        let days = at(&details.days_past_due, self.number).unwrap_or(0);
        self.setup.staging.default_rule(self.setup.framework).is_met(stage, f64::NAN, days)
    }

    fn facts(&self) -> LoanFacts {
        let details = &self.tape.details;
        let limit = at(&details.limit, self.number).filter(|_| !self.setup.cancellable);
        LoanFacts {
            drawn: at(&self.tape.ead, self.number).unwrap_or(0.0),
            limit: limit.filter(|limit| *limit > 0.0),
            rate: at(&details.interest_rate, self.number).filter(|rate| rate.is_finite()),
            months: at(&details.remaining_months, self.number).filter(|months| *months > 0),
            lgd: at(&self.tape.lgd, self.number).filter(|lgd| lgd.is_finite()),
            collateral: at(&details.collateral, self.number).filter(|value| *value > 0.0),
        }
    }

    fn undrawn(&self, drawn: f64) -> f64 {
        at(&self.tape.details.limit, self.number).map_or(0.0, |limit| (limit - drawn).max(0.0))
    }

    fn term_facts(&self, segment: u32) -> TermFacts {
        let details = &self.tape.details;
        TermFacts {
            segment,
            pd: at(&self.tape.pd, self.number).unwrap_or(f64::NAN),
            rating: at(&details.rating, self.number).unwrap_or(TermFacts::BLANK),
            age: at(&details.age_months, self.number).unwrap_or(TermFacts::BLANK),
        }
    }

    /// What was expected at origination of the next `months` (M39), or what is lacking for that; nothing where it is not asked.
    fn expected_at_origination(&self, now: &TermFacts, months: u16) -> Result<std::result::Result<Expected, Untested>> {
        if months == 0 || self.setup.framework == Framework::Cecl {
            return Ok(Err(Untested::Origination));
        }
        let details = &self.tape.details;
        let rating = at(&details.origination_rating, self.number).unwrap_or(TermFacts::BLANK);
        let pd = at(&details.origination_pd, self.number).filter(|pd| !pd.is_nan());
        let pd = pd.or_else(|| self.setup.scale.pd(rating)).unwrap_or(f64::NAN);
        let Some(key) = self.setup.terms.key_at_origination(&TermFacts { pd, rating, ..*now })? else {
            return Ok(Err(Untested::Origination));
        };
        // The months to come of a flat hazard are like any others.
        let age = if key.curve == TermKey::FLAT { 0 } else { now.age };
        if age == TermFacts::BLANK {
            return Ok(Err(Untested::Age));
        }
        let term = self.setup.terms.term(key);
        Ok(Ok(Expected { pd: term.residual(age, months), hazard: term.hazard(age, months) }))
    }

    /// F of a loan through `lens`, as far as a life of so many months goes.
    fn seen(&self, (segment, key): (u32, TermKey), lens: Lens, horizon: u16) -> Result<Seen<'_>> {
        let (terms, grid) = (&self.setup.terms, self.setup.grid);
        let (term, outlook) = (terms.term(key), self.setup.outlook.as_ref());
        let Some(outlook) = outlook.filter(|_| lens != Lens::Tape) else { return Ok(Seen::own(term)) };
        let name = self.tape.segments.get(segment as usize).map_or("", String::as_str);
        let multipliers = outlook.multipliers((segment, name), key, cut(horizon, grid), (terms, grid))?;
        let periods = (multipliers.len() / outlook.scenarios().len().max(1)).max(1);
        let scenarios = outlook.scenarios().iter().zip(multipliers.chunks_exact(periods)).enumerate();
        let through = scenarios.filter_map(|(number, (scenario, own))| match lens {
            Lens::Scenario(wanted) => (number == wanted).then_some((1.0, own)),
            _ => Some((scenario.weight, own)),
        });
        Ok(Seen::through(term, grid.months(), through))
    }

    fn staging_facts(&self, term: &Seen<'_>, months: u16, then: Option<Expected>) -> Facts {
        let details = &self.tape.details;
        let known = |months: u16| (months != Details::BLANK).then_some(months);
        let residual = then.map(|then| ResidualPds {
            now: annual_pd(term.hazard(months), months),
            origination: annual_pd(then.hazard, months),
        });
        Facts {
            tape_stage: at(&details.stage, self.number).unwrap_or_default(),
            days_past_due: at(&details.days_past_due, self.number).unwrap_or(0),
            watched: at(&details.watchlist, self.number).unwrap_or(false),
            pd: term.cumulative(12),
            months,
            notches: self.notches(),
            residual,
            since_default: at(&details.default_months, self.number).and_then(known),
            since_trigger: at(&details.trigger_months, self.number).and_then(known),
        }
    }

    /// How many notches the rating is worse than at origination.
    fn notches(&self) -> Option<i32> {
        let details = &self.tape.details;
        let rank = |column: &[u16]| {
            let rating = at(column, self.number).filter(|rating| *rating != Details::BLANK)?;
            self.setup.scale.rank(rating).map(i32::from)
        };
        Some(rank(&details.rating)? - rank(&details.origination_rating)?)
    }
}

/// The month in which a life of so many months ends, where it is played to the month; else 0.
fn cut(horizon: u16, grid: Grid) -> u16 {
    let is_cut = !horizon.is_multiple_of(grid.months()) && grid.periods(horizon) <= EXACT_PERIODS;
    if is_cut { horizon } else { 0 }
}

/// Refuses an LGD of the loan's own whose deviation no number between 0 and 1 can have. One that is 0 or 1 is no random number.
fn refuse_wide_lgd(terms: &LoanTerms<'_>, settings: &ExposureSettings) -> std::result::Result<(), Fault> {
    let deviation = settings.lgd_sd;
    match terms.lgd {
        LgdPath::Constant(lgd) if deviation > 0.0 && lgd > 0.0 && lgd < 1.0 && deviation >= largest_deviation(lgd) => {
            Err(Fault::WideLgd { lgd, deviation })
        }
        _ => Ok(()),
    }
}

/// Which of rate and maturity the tape left to the model.
fn served(facts: &LoanFacts, settings: &ExposureSettings) -> [bool; 2] {
    [
        facts.rate.is_none() && settings.interest_rate.is_some(),
        facts.months.is_none() && settings.remaining_months.is_some(),
    ]
}

fn at<T: Copy>(column: &[T], loan: usize) -> Option<T> {
    column.get(loan).copied()
}
