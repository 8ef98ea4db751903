//! Twin of `shaders/cumulate.wgsl`.

use super::super::interface::{Block, PERIOD_WORDS, Params};
use super::argument::argument;
use super::economy::{Economy, index_in};
use super::mulhi_split::mulhi;
use super::seat::Seat;
use super::tests::Memory;
use super::threshold::threshold;

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

pub fn cumulate(memory: &Memory<'_>, thresholds: &mut [u32], (seat, block): (Seat, &Block), economy: Economy) {
    for t in (seat.lane..block.periods).step_by(memory.params.lanes as usize) {
        let x = argument(&in_period(memory, block, t), economy.mixing, index_in(memory, economy, t));
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
