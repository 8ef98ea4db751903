//! Twin of `shaders/cumulate.wgsl`.

use super::super::interface::{Block, PERIOD_WORDS, Params};
use super::argument::argument;
use super::economy::{Economy, index_in};
use super::mulhi_split::mulhi;
use super::seat::Seat;
use super::tests::Memory;
use super::threshold::threshold;
use crate::engine::line::Line;
use crate::math::grid::POSITION_LIMIT;

pub fn first_threshold(params: &Params, player: u32) -> usize {
    (player * (PERIOD_WORDS / params.players)) as usize
}

pub fn in_period(memory: &Memory<'_>, block: &Block, t: u32) -> Block {
    let mut line = *block;
    if t + 1 < block.periods {
        line.threshold = memory.tables[(block.first_line + 2 * t) as usize] as i32;
        line.shift = memory.tables[(block.first_line + 2 * t + 1) as usize];
    }
    line
}

pub fn argument_in(memory: &Memory<'_>, (block, economy): (&Block, Economy), t: u32) -> i32 {
    let line = in_period(memory, block, t);
    if memory.is_stateful && line.shift == Line::NEVER.shift {
        return -POSITION_LIMIT;
    }
    argument(&line, economy.mixing, index_in(memory, economy, t))
}

pub fn cumulate(memory: &Memory<'_>, thresholds: &mut [u32], (seat, block): (Seat, &Block), economy: Economy) {
    for t in (seat.lane..block.periods).step_by(memory.params.lanes as usize) {
        let x = argument_in(memory, (block, economy), t);
        thresholds[first_threshold(&memory.params, seat.player) + t as usize] = threshold(x);
    }
}

pub fn survive(params: &Params, thresholds: &mut [u32], (seat, block): (Seat, &Block)) {
    if params.is_path == 0 || seat.lane > 0 {
        return;
    }
    let mut alive = u32::MAX;
    for threshold in &mut thresholds[first_threshold(params, seat.player)..][..block.periods as usize] {
        alive -= mulhi(alive, *threshold);
        *threshold = u32::MAX - alive;
    }
}
