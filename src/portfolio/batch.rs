//! A batch: what consecutive rows of one file amount to, before it is known what stands in front of them.
//!
//! Threads make batches side by side; the ledger takes them in order. What depends on earlier rows (numbers of segments and
//! obligors, and whether the loans of an obligor agree) is left to it.

use super::extras::Extras;
use super::fingerprint::Fingerprints;
use super::hints::Hints;
use super::judge::{Judge, Loan, refuse_blank_lgd};
use super::loan_ids::{LoanId, LoanIds};
use super::obligors::{self, Identity};
use super::plan::Plan;
use super::row::{Flaw, Row};
use super::schema::Field;
use super::settings::OnError;
use crate::error::{RowIssue, SHOWN_ISSUES};
use std::collections::HashMap;

/// Consecutive rows, judged one by one. All per-loan arrays have the same length.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Number of rows, rejected ones included.
    pub rows: u64,
    /// Segments of the loans, in order of first appearance.
    pub names: Vec<String>,
    /// Per loan: index into `names`.
    pub segment: Vec<u32>,
    /// Per loan: probability of default, 0 to 1; NaN where it is left to the run.
    pub pd: Vec<f64>,
    /// Per loan: exposure at default, currency.
    pub ead: Vec<f64>,
    /// Per loan: loss given default, 0 to 1; NaN where it is left to the run.
    pub lgd: Vec<f64>,
    /// Per loan, where the file has obligors: whose it is, if it says so.
    pub obligors: Vec<Option<Identity>>,
    /// The identities of the loans that have one, where every loan stands for itself.
    pub loan_ids: LoanIds,
    /// Per loan, where the file has obligors: its identity, if it has one.
    pub own_ids: Vec<Option<LoanId>>,
    /// Per loan, where the file has obligors: whether its LGD is that of its segment.
    pub filled: Vec<bool>,
    /// What else is wanted of each loan; None where nothing is.
    pub extras: Option<Extras>,
    /// Rows that are no loans, in order.
    pub rejects: Vec<Reject>,
    /// Number of loans whose blank LGD was filled from the segment.
    pub lgds_filled: u64,
}

/// A row that is no loan.
#[derive(Debug)]
pub(super) struct Reject {
    /// Number of loans in the batch before it.
    pub before: usize,
    /// What is wrong with it; None where so many rows were rejected before it that nobody will be told.
    pub issue: Option<RowIssue>,
    /// Its exposure, currency, where that could be read.
    pub exposure: Option<f64>,
    /// Its text, where that is wanted.
    pub row: String,
}

/// Makes a batch of rows.
pub(super) struct Batcher<'a> {
    judge: &'a Judge<'a>,
    plan: &'a Plan,
    batch: Batch,
    known: HashMap<String, Known, Fingerprints>,
    hints: Hints<'a>,
    has_obligors: bool,
    wants_rows: bool,
}

/// A segment met in a batch.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// What fills a blank loss given default: 0 to 1, or NaN where that is left to the run.
    lgd: Option<f64>,
    /// Its index in [`Batch::names`], once a loan was accepted in it.
    index: Option<u32>,
}

impl<'a> Batcher<'a> {
    /// For rows of the plan's file.
    pub(super) fn new(judge: &'a Judge<'a>, plan: &'a Plan) -> Self {
        let wants_rows = matches!(judge.settings().on_error, OnError::Skip { .. });
        let has_obligors = plan.slot(Field::ObligorId).is_some();
        let hints = Hints::new(judge);
        let fields = judge.settings().fields();
        let extras = (!fields.is_empty()).then(|| Extras::new(plan, fields));
        Self {
            judge,
            plan,
            batch: Batch { extras, ..Batch::default() },
            known: HashMap::default(),
            hints,
            has_obligors,
            wants_rows,
        }
    }

    /// Makes room for `n` more loans.
    pub(super) fn reserve(&mut self, n: usize) {
        let batch = &mut self.batch;
        batch.segment.reserve(n);
        for numbers in [&mut batch.pd, &mut batch.ead, &mut batch.lgd] {
            numbers.reserve(n);
        }
        if self.plan.slot(Field::LoanId).is_some() && !self.has_obligors {
            batch.loan_ids.reserve(n);
        }
    }

    /// Enters the row at `line` of the file; `raw` gives its text, should it be rejected.
    pub(super) fn add(&mut self, line: u64, row: &Row, raw: impl Fn() -> String) {
        self.batch.rows += 1;
        let ead = self.judge.read_exposure(self.plan, row);
        let exposure = ead.as_ref().ok().copied();
        let entered = match ead.and_then(|ead| self.judge.judge(self.plan, row, ead)) {
            Ok(loan) => self.enter(line, row, loan),
            Err(flaw) => Err(flaw),
        };
        if let Err(flaw) = entered {
            let Flaw { field, found, mut wanted } = self.hints.complete(flaw, row);
            for further in self.judge.find_further_flaws(self.plan, row, field) {
                let Flaw { field, found, wanted: more } = self.hints.complete(further, row);
                wanted.push_str(&format!("; also {}: found {found}; wanted {more}", self.plan.column(field)));
            }
            let column = self.plan.column(field).to_owned();
            self.keep(RowIssue { file: self.plan.file.clone(), line, column, found, wanted }, exposure, raw);
        }
    }

    /// Rejects a row that is not even a row of cells.
    pub(super) fn reject(&mut self, issue: RowIssue, raw: impl Fn() -> String) {
        self.batch.rows += 1;
        self.keep(issue, None, raw);
    }

    /// What was entered.
    pub(super) fn finish(self) -> Batch {
        self.batch
    }

    fn enter(&mut self, line: u64, row: &Row, loan: Loan) -> Result<(), Flaw> {
        let known = match self.known.get_mut(loan.segment) {
            Some(known) => known,
            None => {
                let lgd = self.judge.find_segment(loan.segment).ok_or_else(|| self.judge.refuse_segment(row))?;
                let lgd = lgd.map(|lgd| self.judge.fill_lgd(lgd));
                self.known.entry(loan.segment.to_owned()).or_insert(Known { lgd, index: None })
            }
        };
        let lgd = loan.lgd.or(known.lgd).ok_or_else(|| refuse_blank_lgd(loan.segment))?;
        let batch = &mut self.batch;
        if let Some(extras) = &mut batch.extras {
            let facts = self.judge.read_facts(self.plan, row, &loan)?;
            extras.enter(&facts, (line, row.name(Field::LoanId)))?;
        }
        let index = *known.index.get_or_insert_with(|| {
            batch.names.push(loan.segment.to_owned());
            (batch.names.len() - 1) as u32 // a row takes more than a byte, and a batch less than 4 GiB
        });
        batch.segment.push(index);
        batch.pd.push(loan.pd);
        batch.ead.push(loan.ead);
        batch.lgd.push(lgd);
        let is_filled = loan.lgd.is_none() && self.plan.slot(Field::Lgd).is_some();
        batch.lgds_filled += u64::from(is_filled);
        let id = row.name(Field::LoanId).map(LoanId::of);
        if self.has_obligors {
            batch.own_ids.push(id);
            batch.obligors.push(loan.obligor.map(obligors::identify));
            batch.filled.push(is_filled);
        } else if let Some(id) = id {
            batch.loan_ids.enter(id);
        }
        Ok(())
    }

    fn keep(&mut self, issue: RowIssue, exposure: Option<f64>, raw: impl Fn() -> String) {
        let row = if self.wants_rows { raw() } else { String::new() };
        let issue = (self.wants_rows || self.batch.rejects.len() < SHOWN_ISSUES).then_some(issue);
        self.batch.rejects.push(Reject { before: self.batch.ead.len(), issue, exposure, row });
    }
}

impl Batch {
    /// Number of loans.
    pub(super) fn loans(&self) -> usize {
        self.ead.len()
    }
}
