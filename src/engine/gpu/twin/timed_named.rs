//! Twin of `shaders/timed_named.wgsl`: a workgroup, one thread after the other between barriers.

use super::super::interface::{Block, PERIOD_WORDS};
use super::address::{counter, table_index};
use super::cumulate::{cumulate, first_threshold};
use super::outcome::{outcome, period_of};
use super::philox::philox4x32_10;
use super::seat::{Seat, take_seat};
use super::tests::Memory;
use super::years::{UNCLEARED, Years, book, clear_years, settle};
use crate::rng::Purpose;

/// Workgroup memory.
pub struct Names {
    thresholds: Vec<u32>,
    years: Years,
}

pub fn decide(memory: &Memory<'_>, shared: &mut Names, (seat, block): (Seat, &Block), (i, word): (u32, u32)) -> u32 {
    let params = &memory.params;
    let last = first_threshold(params, seat.player) + block.periods as usize - 1;
    if i < block.obligors && word < shared.thresholds[last] {
        let period = period_of(params, &shared.thresholds, (seat.player, block.periods), word);
        let found = outcome(memory, block, i, period);
        book(params, &mut shared.years, (seat.player, period), found);
        return found.defaults;
    }
    0
}

pub fn play(memory: &Memory<'_>, shared: &mut Names, (seat, block): (Seat, &Block), start: u32) -> u32 {
    let params = &memory.params;
    let mut defaults = start;
    for first in (4 * seat.lane..block.obligors).step_by(4 * params.lanes as usize) {
        let address = counter(params, Purpose::Name as u32, seat.place, [block.number, first / 4]);
        let words = philox4x32_10(address, [params.key_lo, params.key_hi]);
        for (word, i) in words.into_iter().zip(first..) {
            defaults += decide(memory, shared, (seat, block), (i, word));
        }
    }
    defaults
}

pub fn timed_named(memory: &Memory<'_>, results: &mut [u32], group: [u32; 2]) {
    let params = &memory.params;
    let size = params.players * params.lanes;
    let span = memory.spans[(params.first_span + group[1]) as usize];
    let mut shared = Names { thresholds: vec![0xDEAD_BEEF; PERIOD_WORDS as usize], years: UNCLEARED };
    let mut threads: Vec<(Seat, u32)> = (0..size).map(|thread| (take_seat(params, group[0], thread), 0)).collect();
    let n_rows = 1 + params.n_segments;
    let shock = |seat: Seat, row: u32| memory.shocks[table_index(params, seat.place, row, n_rows) as usize];
    (0..size).for_each(|thread| clear_years(&mut shared.years, thread, size));
    for nth in 0..params.most_blocks {
        let block = memory.blocks[(span.first_block + nth.min(span.n_blocks - 1)) as usize];
        let plays = |seat: &Seat| seat.plays && nth < span.n_blocks;
        for &(seat, _) in threads.iter().filter(|(seat, _)| plays(seat)) {
            let shocks = [shock(seat, 0), shock(seat, 1 + span.segment)];
            cumulate(memory, &mut shared.thresholds, (seat, &block), shocks);
        }
        for (seat, defaults) in threads.iter_mut().filter(|(seat, _)| plays(seat)) {
            *defaults = play(memory, &mut shared, (*seat, &block), *defaults);
        }
    }
    settle(params, results, (span.segment, &mut shared.years), &threads);
}
