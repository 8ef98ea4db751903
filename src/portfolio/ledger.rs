//! The ledger that batches of every format are entered in, in the order of their rows: each row becomes a loan of the tape, or
//! a rejected row with its reason.

use super::batch::{Batch, Reject};
use super::columns::find_plan;
use super::details::{Details, TapeStage};
use super::extras::{Extras, MOST_RATINGS};
use super::found::quote;
use super::judge::Judge;
use super::loan_ids::LoanIds;
use super::notes;
use super::obligors::{Identity, Obligors, Standing};
use super::plan::{Idle, Plan};
use super::progress::Progress;
use super::ratings::Ratings;
use super::rejects::Rejects;
use super::row::Flaw;
use super::schema::Field;
use super::segments::Segments;
use super::settings::{ObligorRule, OnError, TapeSettings};
use super::tape::{InputFile, Tape};
use crate::error::{Error, Result, RowIssue};
use std::path::Path;

/// A row read once more, because an earlier one makes it wrong.
pub(super) struct Again {
    /// Its line in the file.
    pub line: u64,
    /// The obligor that it names.
    pub obligor: String,
    /// Its text.
    pub row: String,
}

/// Takes batches, gives a tape.
pub(super) struct Ledger<'a> {
    settings: &'a TapeSettings,
    judge: &'a Judge<'a>,
    progress: &'a Progress<'a>,
    segments: Segments,
    obligors: Obligors,
    loan_ids: LoanIds,
    rejects: Rejects,
    ratings: Ratings,
    tape: Tape,
    /// For each file, what could have served a field and does not.
    idle: Vec<Vec<Idle>>,
    lgds_filled: u64,
    obligors_blank: u64,
    /// Blanks that count as something, by field.
    blanks: [u64; 2],
}

impl<'a> Ledger<'a> {
    pub(super) fn new(judge: &'a Judge<'a>, progress: &'a Progress<'a>) -> Self {
        let settings = judge.settings();
        Self {
            settings,
            judge,
            progress,
            segments: Segments::new(&settings.segments),
            obligors: Obligors::default(),
            loan_ids: LoanIds::default(),
            rejects: Rejects::new(&settings.on_error),
            ratings: Ratings::new(settings),
            tape: Tape::default(),
            idle: Vec::new(),
            lgds_filled: 0,
            obligors_blank: 0,
            blanks: [0; 2],
        }
    }

    /// Finds the fields of the next file in its `headers` and refuses what no row could mend.
    pub(super) fn begin(&mut self, file: &Path, headers: &[String]) -> Result<Plan> {
        let plan = find_plan(file, headers, self.settings)?;
        self.judge.check_prospects(&plan)?;
        if plan.slot(Field::ObligorId).is_some() {
            self.obligors.start(self.tape.loans());
        }
        // One rated file among others does not make their PDs grades.
        let is_first = self.tape.inputs.is_empty();
        self.tape.graded = plan.is_rated() && (is_first || self.tape.graded);
        self.idle.push(plan.idle.clone());
        Ok(plan)
    }

    /// Records a file that was read to its end.
    pub(super) fn end(&mut self, input: InputFile) -> Result<()> {
        self.tape.inputs.push(input);
        if self.tape.details.loan_ids.is_some() {
            self.tape.details.file_ends.push(self.tape.loans());
        }
        self.progress.tell()
    }

    /// Enters the next `batch` of the plan's file; `again` reads a row of it again, by its number in the batch from 0.
    pub(super) fn take(&mut self, plan: &Plan, batch: Batch, again: &mut dyn FnMut(u64) -> Again) -> Result<()> {
        if self.tape.ead.len() + batch.loans() > u32::MAX as usize {
            let found = format!("more than {} loans", u32::MAX);
            let remedy = "split the tape and run its parts as portfolios of their own".to_owned();
            return Err(Error::Tape { path: plan.file.clone(), found, remedy });
        }
        self.progress.add(batch.rows);
        if plan.slot(Field::ObligorId).is_some() {
            self.enter_one_by_one(plan, batch, again)?;
        } else {
            self.enter_all(plan, batch)?;
        }
        self.progress.tell()
    }

    /// How far it is.
    pub(super) fn progress(&self) -> &'a Progress<'a> {
        self.progress
    }

    /// The tape; or [`Error::DirtyRows`], or [`Error::Tape`] when no loan is left and that is not what is looked into.
    pub(super) fn finish(self) -> Result<Tape> {
        let mut tape = self.tape;
        tape.rejected = self.rejects.finish()?;
        if tape.ead.is_empty() && self.settings.on_error != OnError::Inspect {
            let path = tape.inputs.first().map(|input| input.path.clone()).unwrap_or_default();
            let rows = tape.rejected.rows;
            let found = format!("no loans left after skipping {rows} {}", if rows == 1 { "row" } else { "rows" });
            let remedy = "see the file of rejected rows for the reasons".to_owned();
            return Err(Error::Tape { path, found, remedy });
        }
        let fields = self.settings.fields();
        tape.assumed = notes::of_columns((&tape.inputs, &self.idle), &self.segments, fields);
        let repeats = self.loan_ids.count_repeats();
        tape.assumed.extend(notes::of_loans(self.lgds_filled, self.obligors_blank, repeats));
        tape.assumed.extend(notes::of_blanks(self.blanks));
        tape.assumed.extend(notes::of_files(&tape.inputs));
        tape.assumed.extend(notes::of_segments(&self.segments.unused(&self.settings.segments)));
        let loans = tape.ead.len();
        tape.details.finish(loans);
        tape.ratings = self.ratings.finish();
        tape.segments = self.segments.finish();
        tape.obligor = self.obligors.finish();
        Ok(tape)
    }

    /// Enters a batch in which every loan stands for itself.
    fn enter_all(&mut self, plan: &Plan, mut batch: Batch) -> Result<()> {
        if let Some(extras) = batch.extras.take() {
            self.enter_extras((plan, self.tape.ead.len()), extras)?;
        }
        let numbers: Vec<u32> = batch.names.iter().map(|name| self.segments.enter(name)).collect();
        let number = |&index: &u32| numbers.get(index as usize).copied().unwrap_or_default();
        self.obligors.enter_alone(batch.loans());
        self.tape.segment.extend(batch.segment.iter().map(number));
        self.tape.pd.extend_from_slice(&batch.pd);
        self.tape.ead.extend_from_slice(&batch.ead);
        self.tape.lgd.extend_from_slice(&batch.lgd);
        self.loan_ids.append(&batch.loan_ids);
        self.lgds_filled += batch.lgds_filled;
        batch.rejects.into_iter().try_for_each(|reject| self.reject(reject))
    }

    /// Enters a batch in which a loan may contradict an earlier one of its obligor.
    fn enter_one_by_one(&mut self, plan: &Plan, mut batch: Batch, again: &mut dyn FnMut(u64) -> Again) -> Result<()> {
        let (mut extras, before) = (batch.extras.take(), self.tape.ead.len());
        let mut keeps = vec![true; batch.loans()];
        let mut rejects = batch.rejects.into_iter().peekable();
        let mut n_rejected = 0;
        let columns = batch.segment.iter().zip(&batch.pd).zip(&batch.ead).zip(&batch.lgd);
        let owners = batch.obligors.iter().zip(&batch.own_ids).zip(&batch.filled);
        for (loan, ((((&index, &pd), &ead), &lgd), ((&obligor, &id), &is_filled))) in columns.zip(owners).enumerate() {
            while let Some(reject) = rejects.next_if(|reject| reject.before <= loan) {
                n_rejected += 1;
                self.reject(reject)?;
            }
            let name = batch.names.get(index as usize).map(String::as_str).unwrap_or_default();
            let stands = self.must_agree(extras.as_ref(), (loan, pd));
            let found = obligor.filter(|_| stands).and_then(|id| self.find_contradiction(plan, id, (name, pd)));
            if let Some(mut flaw) = found {
                let Again { line, obligor, row } = again(loan as u64 + n_rejected);
                flaw.found.push_str(&quote(&obligor));
                let (file, column) = (plan.file.clone(), plan.column(flaw.field).to_owned());
                let issue = RowIssue { file, line, column, found: flaw.found, wanted: flaw.wanted };
                if let Some(keep) = keeps.get_mut(loan) {
                    *keep = false;
                }
                self.reject(Reject { before: loan, issue: Some(issue), exposure: Some(ead), row })?;
                continue;
            }
            let segment = self.segments.enter(name);
            self.obligors.enter(obligor, stands.then_some(Standing { segment, pd }));
            self.obligors_blank += u64::from(obligor.is_none());
            self.lgds_filled += u64::from(is_filled);
            if let Some(id) = id {
                self.loan_ids.enter(id);
            }
            self.tape.push(segment, pd, ead, lgd);
        }
        if let Some(mut extras) = extras.take() {
            extras.details.retain(&keeps);
            self.enter_extras((plan, before), extras)?;
        }
        rejects.try_for_each(|reject| self.reject(reject))
    }

    /// Enters what else is wanted of loans of the plan's file, `before` which there were others.
    fn enter_extras(&mut self, (plan, before): (&Plan, usize), extras: Extras) -> Result<()> {
        let numbers = extras.ratings.iter().map(|name| self.ratings.enter(name)).collect::<Option<Vec<u16>>>();
        let numbers = numbers.ok_or_else(|| {
            let found = format!("more than {MOST_RATINGS} different ratings");
            let remedy = "map rating and origination_rating to columns with grades".to_owned();
            Error::Tape { path: plan.file.clone(), found, remedy }
        })?;
        self.blanks.iter_mut().zip(extras.blanks).for_each(|(all, more)| *all += more);
        let mut details = extras.details;
        for number in details.rating.iter_mut().chain(&mut details.origination_rating) {
            *number = numbers.get(usize::from(*number)).copied().unwrap_or(Details::BLANK);
        }
        self.tape.details.append(details, before);
        Ok(())
    }

    /// Whether loan number `loan` of a batch, of that PD, must agree with others of its obligor: loans in default are judged
    /// one by one where a run says so.
    fn must_agree(&self, extras: Option<&Extras>, (loan, pd): (usize, f64)) -> bool {
        let details = extras.map(|extras| &extras.details);
        let stage = details.and_then(|details| details.stage.get(loan).copied()).unwrap_or(TapeStage::Blank);
        let days = details.and_then(|details| details.days_past_due.get(loan).copied()).unwrap_or(0);
        self.settings.obligors != ObligorRule::Performing || !self.settings.default_rule.is_met(stage, pd, days)
    }

    /// What is wrong with a loan of that segment and PD when the first loan of its obligor is another; the obligor's name is
    /// to be added to what was found.
    fn find_contradiction(&self, plan: &Plan, obligor: Identity, (segment, pd): (&str, f64)) -> Option<Flaw> {
        let known = self.obligors.find(obligor)?;
        let as_first = "as on the obligor's first row: its loans default together \
            (simulation.obligors = \"apart\" takes each by itself)";
        if known.pd != pd && !(known.pd.is_nan() && pd.is_nan()) {
            let field = if plan.is_rated() { Field::Rating } else { Field::Pd };
            let wanted = format!("PD {} {as_first}", known.pd);
            return Some(Flaw { field, found: format!("PD {pd} for obligor "), wanted });
        }
        let first = self.segments.name(known.segment);
        let found = format!("segment {} for obligor ", quote(segment));
        let wanted = format!("segment {} {as_first}", quote(first));
        (first != segment).then_some(Flaw { field: Field::Segment, found, wanted })
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.add(reject.issue, reject.exposure, &reject.row)
    }
}
