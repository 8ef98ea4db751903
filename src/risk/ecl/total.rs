//! What loans add up to: by segment and stage, by reason, by year. Loans are added in the order of the tape.

use super::loan::{Contradiction, LoanEcl, Untested, YEARS};
use super::measure::Chunk;
use crate::model::staging::{Reason, Stage};

/// Coverage that only growing balances and negative rates lead to; a little above 1, for rounding.
const MOST_COVERAGE: f64 = 1.0 + 1e-9;

/// Some loans together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sum {
    /// Loans.
    pub loans: u64,
    /// Drawn balances, currency.
    pub exposure: f64,
    /// Expected credit loss, currency.
    pub ecl: f64,
}

impl Sum {
    /// ECL per exposure; NaN without exposure.
    pub fn coverage(&self) -> f64 {
        self.ecl / self.exposure
    }

    fn add(&mut self, loan: &LoanEcl) {
        self.loans += 1;
        self.exposure += loan.exposure;
        self.ecl += loan.ecl;
    }

    fn join(self, other: Self) -> Self {
        Self { loans: self.loans + other.loans, exposure: self.exposure + other.exposure, ecl: self.ecl + other.ecl }
    }
}

/// All loans of a tape.
#[derive(Debug, Clone, PartialEq)]
pub struct EclTotals {
    /// By segment of the tape, and there by [`Stage`].
    by_segment: Vec<[Sum; Stage::COUNT]>,
    /// By [`Reason`] and [`Stage`].
    by_reason: [[Sum; Stage::COUNT]; Reason::ALL.len()],
    /// ECL by the year after the reporting date in which a default falls, currency; what is in default already is in the first.
    pub years: [f64; YEARS],
    /// Undrawn parts of limits, currency.
    pub undrawn: f64,
    /// Loans whose stage on the tape contradicts their arrears, by [`Contradiction`].
    pub contradictions: [u64; Contradiction::COUNT],
    /// Loans for which the model's interest rate and maturity served, in that order.
    pub served: [u64; 2],
    /// Loans whose losses reach behind the last node of their curve.
    pub beyond: u64,
    /// Their ECL, currency.
    pub beyond_ecl: f64,
    /// Loans without undrawn limits whose ECL is above their exposure.
    pub above_exposure: u64,
    /// Loans left in stage 1 without a test of increased credit risk, by what it lacks ([`Untested`]).
    pub untested: [u64; Untested::COUNT],
}

impl EclTotals {
    pub(in crate::risk) fn new(n_segments: usize) -> Self {
        Self {
            by_segment: vec![[Sum::default(); Stage::COUNT]; n_segments],
            by_reason: [[Sum::default(); Stage::COUNT]; Reason::ALL.len()],
            years: [0.0; YEARS],
            undrawn: 0.0,
            contradictions: [0; Contradiction::COUNT],
            served: [0; 2],
            beyond: 0,
            beyond_ecl: 0.0,
            above_exposure: 0,
            untested: [0; Untested::COUNT],
        }
    }

    pub(in crate::risk) fn add(&mut self, loan: &LoanEcl) {
        let stage = loan.staged.stage as usize;
        if let Some(sums) = self.by_segment.get_mut(loan.segment as usize) {
            sums[stage].add(loan);
        }
        self.by_reason[loan.staged.reason as usize][stage].add(loan);
        self.undrawn += loan.undrawn;
        self.above_exposure += u64::from(loan.undrawn == 0.0 && loan.ecl > loan.exposure * MOST_COVERAGE);
        if let Some(contradiction) = loan.contradiction {
            self.contradictions[contradiction as usize] += 1;
        }
        if let Some(untested) = loan.untested {
            self.untested[untested as usize] += 1;
        }
        if loan.beyond {
            self.beyond += 1;
            self.beyond_ecl += loan.ecl;
        }
        for (count, served) in self.served.iter_mut().zip(loan.served) {
            *count += u64::from(served);
        }
    }

    pub(super) fn add_chunk(&mut self, chunk: &Chunk) {
        chunk.loans.iter().for_each(|loan| self.add(loan));
        self.add_years(&chunk.years);
    }

    pub(in crate::risk) fn add_years(&mut self, years: &[f64; YEARS]) {
        self.years.iter_mut().zip(years).for_each(|(sum, year)| *sum += year);
    }

    /// Everything.
    pub fn total(&self) -> Sum {
        (0..self.by_segment.len()).map(|segment| self.segment(segment)).fold(Sum::default(), Sum::join)
    }

    /// One segment of the tape.
    pub fn segment(&self, segment: usize) -> Sum {
        self.by_segment.get(segment).into_iter().flatten().copied().fold(Sum::default(), Sum::join)
    }

    /// One stage, of one segment or of all.
    pub fn stage(&self, stage: Stage, segment: Option<usize>) -> Sum {
        let cell = |sums: &[Sum; Stage::COUNT]| sums[stage as usize];
        match segment {
            Some(segment) => self.by_segment.get(segment).map_or_else(Sum::default, cell),
            None => self.by_segment.iter().map(cell).fold(Sum::default(), Sum::join),
        }
    }

    /// Loans of one reason in one stage.
    pub fn reason(&self, reason: Reason, stage: Stage) -> Sum {
        self.by_reason[reason as usize][stage as usize]
    }
}
