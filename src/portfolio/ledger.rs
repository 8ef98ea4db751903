//! The ledger that rows of every format are entered in: each becomes a loan of the tape, or a rejected row with its reason.

use super::columns::find_plan;
use super::found::{nearest, quote};
use super::notes;
use super::obligors::{LoanIds, Obligors};
use super::plan::{Idle, Plan};
use super::rejects::Rejects;
use super::row::{Flaw, Row};
use super::schema::Field;
use super::segments::{DEFAULT_SEGMENT, Segments};
use super::settings::{OnError, TapeSettings};
use super::tape::{InputFile, Tape};
use crate::error::{Error, Result, RowIssue};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

/// Rows between two reports of progress.
const PROGRESS_EVERY: u64 = 1 << 16;

/// What an accepted row says.
struct Loan<'r> {
    segment: &'r str,
    pd: f64,
    ead: f64,
    lgd: f64,
    lgd_filled: bool,
    obligor: Option<&'r str>,
}

/// Takes rows, gives a tape.
pub(super) struct Ledger<'a> {
    pub settings: &'a TapeSettings,
    progress: &'a dyn Fn(u64) -> ControlFlow<()>,
    ratings: HashMap<&'a str, f64>,
    segments: Segments,
    obligors: Obligors,
    loan_ids: LoanIds,
    rejects: Rejects,
    tape: Tape,
    /// For each file, what could have served a field and does not.
    idle: Vec<Vec<Idle>>,
    rows: u64,
    lgds_filled: u64,
    obligors_blank: u64,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(settings: &'a TapeSettings, progress: &'a dyn Fn(u64) -> ControlFlow<()>) -> Self {
        Self {
            settings,
            progress,
            ratings: settings.ratings.iter().map(|(name, pd)| (name.trim(), *pd)).collect(),
            segments: Segments::new(&settings.segments),
            obligors: Obligors::default(),
            loan_ids: LoanIds::default(),
            rejects: Rejects::new(&settings.on_error),
            tape: Tape::default(),
            idle: Vec::new(),
            rows: 0,
            lgds_filled: 0,
            obligors_blank: 0,
        }
    }

    /// Finds the fields of the next file in its `headers` and refuses what no row could mend.
    pub(super) fn begin(&mut self, file: &Path, headers: &[String]) -> Result<Plan> {
        let plan = find_plan(file, headers, &self.settings.columns)?;
        self.check_prospects(&plan)?;
        if plan.slot(Field::ObligorId).is_some() {
            self.obligors.start(self.tape.loans());
        }
        // One rated file among others does not make their PDs grades.
        let is_first = self.tape.inputs.is_empty();
        self.tape.graded = plan.slot(Field::Rating).is_some() && (is_first || self.tape.graded);
        self.idle.push(plan.idle.clone());
        Ok(plan)
    }

    /// Records a file that was read to its end.
    pub(super) fn end(&mut self, input: InputFile) -> Result<()> {
        self.tape.inputs.push(input);
        self.tell()
    }

    /// Enters the row at `line` of the plan's file; `raw` gives its text, should it be rejected.
    pub(super) fn add(&mut self, plan: &Plan, line: u64, row: &Row, raw: &dyn Fn() -> String) -> Result<()> {
        self.count_row()?;
        let ead = row.required(plan, Field::Ead, self.settings.format.decimal);
        let exposure = ead.as_ref().ok().copied();
        match ead.and_then(|ead| self.judge(plan, row, ead)) {
            Ok(loan) => {
                if let Some(id) = row.name(Field::LoanId) {
                    self.loan_ids.enter(id);
                }
                self.enter(plan, loan)
            }
            Err(Flaw { field, found, mut wanted }) => {
                wanted.push_str(&self.name_further_flaws(plan, row, field));
                let column = plan.column(field).to_owned();
                self.rejects.add(RowIssue { file: plan.file.clone(), line, column, found, wanted }, exposure, raw)
            }
        }
    }

    /// Rejects a row that is not even a row of cells.
    pub(super) fn reject(&mut self, issue: RowIssue, raw: &dyn Fn() -> String) -> Result<()> {
        self.count_row()?;
        self.rejects.add(issue, None, raw)
    }

    /// Rows entered or rejected so far, over all files.
    pub(super) fn rows(&self) -> u64 {
        self.rows
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
        tape.assumed = notes::of_columns(&tape.inputs, &self.idle, &self.segments);
        let repeats = self.loan_ids.count_repeats();
        tape.assumed.extend(notes::of_loans(self.lgds_filled, self.obligors_blank, repeats));
        tape.assumed.extend(notes::of_files(&tape.inputs));
        tape.assumed.extend(notes::of_segments(&self.segments.unused(&self.settings.segments)));
        tape.segments = self.segments.finish();
        tape.obligor = self.obligors.finish();
        Ok(tape)
    }

    fn check_prospects(&self, plan: &Plan) -> Result<()> {
        let error =
            |found: String, remedy: &str| Err(Error::Tape { path: plan.file.clone(), found, remedy: remedy.into() });
        if plan.slot(Field::Rating).is_some() && self.ratings.is_empty() {
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

    fn judge<'r>(&self, plan: &Plan, row: &Row<'r>, ead: f64) -> std::result::Result<Loan<'r>, Flaw> {
        let decimal = self.settings.format.decimal;
        let pd = match plan.slot(Field::Rating) {
            Some(_) => self.rate(row)?,
            None => row.required(plan, Field::Pd, decimal)?,
        };
        let own_lgd = row.number(plan, Field::Lgd, decimal)?;
        let name = row.name(Field::Segment).unwrap_or(DEFAULT_SEGMENT);
        let Some(segment) = self.segments.find(name) else {
            let found = row.name(Field::Segment).map_or_else(|| "nothing (segment 'default')".to_owned(), quote);
            return Err(Flaw { field: Field::Segment, found, wanted: self.segments.wanted(name) });
        };
        let Some(lgd) = own_lgd.or(segment.lgd) else {
            let wanted = format!("0 to 1, or an lgd for segment {} in the model", quote(name));
            return Err(Flaw { field: Field::Lgd, found: "nothing".to_owned(), wanted });
        };
        let obligor = row.name(Field::ObligorId);
        if let Some(known) = obligor.and_then(|id| self.obligors.find(id)) {
            if known.pd != pd {
                let field = if plan.slot(Field::Rating).is_some() { Field::Rating } else { Field::Pd };
                let found = format!("PD {pd} for obligor {}", quote(obligor.unwrap_or_default()));
                let wanted = format!("PD {} as on the obligor's first row: its loans default together", known.pd);
                return Err(Flaw { field, found, wanted });
            }
            if segment.index != Some(known.segment) {
                let found = format!("segment {} for obligor {}", quote(name), quote(obligor.unwrap_or_default()));
                let first = quote(self.segments.name(known.segment));
                let wanted = format!("segment {first} as on the obligor's first row: its loans default together");
                return Err(Flaw { field: Field::Segment, found, wanted });
            }
        }
        let lgd_filled = own_lgd.is_none() && plan.slot(Field::Lgd).is_some();
        Ok(Loan { segment: name, pd, ead, lgd, lgd_filled, obligor })
    }

    /// What else is wrong with the cells of a row whose flaw in `first` was found, so that it is mended once.
    fn name_further_flaws(&self, plan: &Plan, row: &Row, first: Field) -> String {
        let decimal = self.settings.format.decimal;
        let judge = |field: Field| match field {
            Field::Rating => self.rate(row).err(),
            Field::Lgd => row.number(plan, field, decimal).err(),
            _ => row.required(plan, field, decimal).err(),
        };
        let later = [Field::Pd, Field::Rating, Field::Lgd].into_iter();
        let read_later = later.filter(|field| *field > first && first >= Field::Ead && plan.slot(*field).is_some());
        let name = |Flaw { field, found, wanted }: Flaw| {
            format!("; also {}: found {found}; wanted {wanted}", plan.column(field))
        };
        read_later.filter_map(judge).map(name).collect()
    }

    fn rate(&self, row: &Row) -> std::result::Result<f64, Flaw> {
        let name = row.name(Field::Rating);
        if let Some(pd) = name.and_then(|name| self.ratings.get(name)) {
            return Ok(*pd);
        }
        let known = self.settings.ratings.iter().map(|(name, _)| name.as_str());
        let hint = name
            .and_then(|name| nearest(name, known))
            .map_or_else(String::new, |near| format!(" (the nearest is '{near}')"));
        let wanted = format!("a rating that [ratings] gives a PD to{hint}");
        Err(Flaw { field: Field::Rating, found: name.map_or_else(|| "nothing".to_owned(), quote), wanted })
    }

    fn enter(&mut self, plan: &Plan, loan: Loan) -> Result<()> {
        if self.tape.loans() == u32::MAX {
            let found = format!("more than {} loans", u32::MAX);
            let remedy = "split the tape and run its parts as portfolios of their own".to_owned();
            return Err(Error::Tape { path: plan.file.clone(), found, remedy });
        }
        let segment = self.segments.enter(loan.segment);
        self.obligors.enter(loan.obligor, segment, loan.pd);
        self.lgds_filled += u64::from(loan.lgd_filled);
        self.obligors_blank += u64::from(loan.obligor.is_none() && plan.slot(Field::ObligorId).is_some());
        self.tape.push(segment, loan.pd, loan.ead, loan.lgd);
        Ok(())
    }

    fn count_row(&mut self) -> Result<()> {
        self.rows += 1;
        if self.rows.is_multiple_of(PROGRESS_EVERY) { self.tell() } else { Ok(()) }
    }

    /// Reports progress; fails with [`Error::Interrupted`] when that is the answer.
    fn tell(&self) -> Result<()> {
        match (self.progress)(self.rows) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Interrupted),
        }
    }
}
