//! The row of severities of each scenario and period of a block (M46, M47), where they depend on the economy.

use crate::engine::job::path_argument;
use crate::engine::line::Line;
use crate::engine::severity::{State, state_row};

/// What chooses the rows of a block.
#[derive(Clone, Copy)]
pub struct States<'a> {
    /// Which of both.
    pub state: State,
    /// Lines in Φ's argument, one for each period of the block.
    pub lines: &'a [Line],
    /// W of each scenario, Q7.24.
    pub mixing: &'a [i32],
    /// Y of each scenario, Q7.24: for each period in turn where the index has a path.
    pub index: &'a [i32],
}

/// The rows of all periods in each scenario, period-major.
#[inline(always)]
pub fn rows(states: &States<'_>, out: &mut [u8]) {
    let n = states.mixing.len().max(1);
    for (period, (out, &line)) in out.chunks_mut(n).zip(states.lines).enumerate() {
        let index = states.index.get(period * n..).filter(|index| index.len() >= n).unwrap_or(states.index);
        match states.state {
            State::Index => out.iter_mut().zip(index).for_each(|(row, &y)| *row = state_row(y)),
            State::Argument => {
                let shocks = states.mixing.iter().zip(index);
                out.iter_mut().zip(shocks).for_each(|(row, (&w, &y))| *row = state_row(path_argument(line, w, y)));
            }
        }
    }
}
