//! What moves when one setting changes: both settings in one pass, loans counted by the stage they leave and the one they
//! come to.

use super::measure::{chunk, in_chunks};
use super::setup::{Depth, EclSetup};
use crate::error::Result;
use crate::model::staging::Stage;
use crate::portfolio::Tape;

/// Loans that go from one stage to another, or stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Stage under the first settings.
    pub from: Stage,
    /// Stage under the second.
    pub to: Stage,
    /// Loans.
    pub loans: u64,
    /// Their drawn balances, currency.
    pub exposure: f64,
    /// Their ECL under the first settings, currency.
    pub before: f64,
    /// Their ECL under the second, currency.
    pub after: f64,
}

/// All moves that a change makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Moves {
    /// By stage before, then stage after; only those that some loan makes.
    pub moves: Vec<Move>,
}

impl Moves {
    /// ECL of all loans before the change, currency.
    pub fn before(&self) -> f64 {
        self.moves.iter().map(|moved| moved.before).sum()
    }

    /// And after it.
    pub fn after(&self) -> f64 {
        self.moves.iter().map(|moved| moved.after).sum()
    }
}

/// Stages in the order of moves.
const STAGES: [Stage; Stage::COUNT] =
    [Stage::One, Stage::Two, Stage::Three, Stage::Poci, Stage::Lifetime, Stage::Default];

/// Measures `tape` under `base` and under `other`; `each` is told of how many more loans are done, and may break off.
///
/// # Errors
/// As [`measure`](super::measure).
pub fn compare(
    tape: &Tape,
    base: &EclSetup,
    other: &EclSetup,
    each: &mut dyn FnMut(usize) -> Result<()>,
) -> Result<Moves> {
    let blank = |from, to| Move { from, to, loans: 0, exposure: 0.0, before: 0.0, after: 0.0 };
    let mut moves: Vec<Move> = STAGES.into_iter().flat_map(|from| STAGES.map(|to| blank(from, to))).collect();
    let both = |loans: std::ops::Range<usize>| {
        let before = chunk(tape, base, Depth::Totals, loans.clone())?;
        Ok((before, chunk(tape, other, Depth::Totals, loans)?))
    };
    in_chunks(tape, both, |_, (before, after)| {
        for (before, after) in before.loans.iter().zip(&after.loans) {
            let place = before.staged.stage as usize * Stage::COUNT + after.staged.stage as usize;
            if let Some(moved) = moves.get_mut(place) {
                moved.loans += 1;
                moved.exposure += before.exposure;
                moved.before += before.ecl;
                moved.after += after.ecl;
            }
        }
        each(before.loans.len())
    })?;
    moves.retain(|moved| moved.loans > 0);
    Ok(Moves { moves })
}
