//! One pass over a tape on all threads, in chunks; loans are added up in the order of the tape, so the bits of every sum are
//! the same for any number of threads.

use super::loan::{Loan, LoanEcl, Scratch, YEARS};
use super::place::refuse;
use super::setup::{Depth, EclSetup};
use super::total::EclTotals;
use crate::error::Result;
use crate::portfolio::Tape;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;

/// Loans that one thread takes at a time.
pub const CHUNK: usize = 65_536;

/// Measures every loan of `tape` under `setup` with the threads of the rayon pool that it is called in.
///
/// `each` is handed the loans in the order of the tape, with the number of the first of them; it may break the pass off.
///
/// # Errors
/// [`Error::Tape`](crate::error::Error::Tape) for the first loan that lacks what its loss hangs on; those of the term
/// structure; those of `each`.
pub fn measure(
    tape: &Tape,
    setup: &EclSetup,
    depth: Depth,
    each: &mut dyn FnMut(usize, &[LoanEcl]) -> Result<()>,
) -> Result<EclTotals> {
    let mut totals = EclTotals::new(tape.segments.len());
    in_chunks(
        tape,
        |loans| chunk(tape, setup, depth, loans),
        |first, chunk: Chunk| {
            chunk.loans.iter().for_each(|loan| totals.add(loan));
            totals.add_years(&chunk.years);
            each(first, &chunk.loans)
        },
    )?;
    Ok(totals)
}

/// A chunk that has been measured.
pub(super) struct Chunk {
    pub(super) loans: Vec<LoanEcl>,
    years: [f64; YEARS],
}

/// Has `work` done on chunk after chunk by all threads, and hands the answers to `take` in the order of the tape.
pub(in crate::risk) fn in_chunks<T: Send>(
    tape: &Tape,
    work: impl Fn(Range<usize>) -> Result<T> + Sync,
    mut take: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let n_loans = tape.ead.len();
    // Few at a time, so that whoever breaks off is soon heard.
    let at_once = 2 * rayon::current_num_threads();
    let starts: Vec<usize> = (0..n_loans).step_by(CHUNK).collect();
    for starts in starts.chunks(at_once) {
        let done: Vec<Result<T>> =
            starts.to_vec().into_par_iter().map(|start| work(start..n_loans.min(start + CHUNK))).collect();
        for (&start, chunk) in starts.iter().zip(done) {
            take(start, chunk?)?;
        }
    }
    Ok(())
}

pub(super) fn chunk(tape: &Tape, setup: &EclSetup, depth: Depth, loans: Range<usize>) -> Result<Chunk> {
    let mut scratch = Scratch::new();
    let one = |number| {
        let loan = Loan { tape, setup, number };
        loan.measure(depth, &mut scratch).map_err(|fault| refuse(tape, number, fault))
    };
    let loans = loans.map(one).collect::<Result<Vec<LoanEcl>>>()?;
    Ok(Chunk { loans, years: scratch.years })
}
