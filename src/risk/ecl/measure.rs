//! One pass over a tape on all threads, in chunks; loans are added up in the order of the tape, so the bits of every sum are
//! the same for any number of threads.

use super::loan::{Loan, LoanEcl, Scratch, YEARS};
use super::outlook::Outlook;
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
            totals.add_chunk(&chunk);
            each(first, &chunk.loans)
        },
    )?;
    Ok(totals)
}

/// A chunk that has been measured.
pub(super) struct Chunk {
    pub(super) loans: Vec<LoanEcl>,
    pub(super) years: [f64; YEARS],
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

/// Measures the loans of a range: under macro scenarios by their weights, unless `setup` looks through one of them.
pub(super) fn chunk(tape: &Tape, setup: &EclSetup, depth: Depth, loans: Range<usize>) -> Result<Chunk> {
    match setup.weighed() {
        None => one_view(tape, setup, depth, loans),
        Some(outlook) => {
            let of = |scenario: usize| one_view(tape, &setup.through(outlook.view(scenario)), depth, loans.clone());
            let scenarios: Vec<Chunk> = (0..outlook.scenarios().len()).map(of).collect::<Result<_>>()?;
            let staged = staged(tape, (setup, outlook), &scenarios, loans)?;
            Ok(mixed(outlook, &scenarios, staged))
        }
    }
}

/// Measures the loans of a range through the view of `setup`.
pub(super) fn one_view(tape: &Tape, setup: &EclSetup, depth: Depth, loans: Range<usize>) -> Result<Chunk> {
    let mut scratch = Scratch::new();
    let one = |number| {
        let loan = Loan { tape, setup, number };
        loan.measure(depth, &mut scratch).map_err(|fault| refuse(tape, number, fault))
    };
    let loans = loans.map(one).collect::<Result<Vec<LoanEcl>>>()?;
    Ok(Chunk { loans, years: scratch.years })
}

/// The loans with the stages that mean probabilities of default give them: those of every scenario, unless each has its own.
pub(super) fn staged(
    tape: &Tape,
    (setup, outlook): (&EclSetup, &Outlook),
    scenarios: &[Chunk],
    loans: Range<usize>,
) -> Result<Vec<LoanEcl>> {
    match scenarios.first().filter(|_| outlook.has_one_staging()) {
        Some(first) => Ok(first.loans.clone()),
        None => Ok(one_view(tape, &setup.through(Outlook::MEANS), Depth::Totals, loans)?.loans),
    }
}

/// What loans are expected to lose in all scenarios by their weights; whatever else there is of them is that of `staged`.
pub(super) fn mixed(outlook: &Outlook, scenarios: &[Chunk], mut staged: Vec<LoanEcl>) -> Chunk {
    let weights: Vec<f64> = outlook.scenarios().iter().map(|scenario| scenario.weight).collect();
    for (number, loan) in staged.iter_mut().enumerate() {
        let of_scenarios = scenarios.iter().filter_map(|chunk| chunk.loans.get(number)).zip(&weights);
        loan.take_means(of_scenarios);
    }
    let mut years = [0.0; YEARS];
    for (chunk, weight) in scenarios.iter().zip(&weights) {
        years.iter_mut().zip(chunk.years).for_each(|(sum, year)| *sum += weight * year);
    }
    Chunk { loans: staged, years }
}
