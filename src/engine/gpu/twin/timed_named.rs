//! Twin of `shaders/timed_named.wgsl`: a workgroup, one thread after the other between barriers.

use super::super::interface::{Block, PERIOD_WORDS};
use super::address::counter;
use super::cumulate::{cumulate, first_threshold, survive};
use super::economy::{Economy, economy_of};
use super::outcome::{outcome, period_of};
use super::philox::philox4x32_10;
use super::seat::{Seat, take_seat};
use super::severity::{cells_at, place_in_class};
use super::tests::Memory;
use super::years::{UNCLEARED, Years, book, clear_years, settle};
use crate::rng::Purpose;

/// Workgroup memory.
pub struct Names {
    thresholds: Vec<u32>,
    years: Years,
}

pub fn decide(
    memory: &Memory<'_>,
    shared: &mut Names,
    (seat, block, economy): (Seat, &Block, Economy),
    (i, word, cell): (u32, u32, u32),
) -> u32 {
    let params = &memory.params;
    let last = first_threshold(params, seat.player) + block.periods as usize - 1;
    if i < block.obligors && word < shared.thresholds[last] {
        let period = period_of(params, &shared.thresholds, (seat.player, block.periods), word);
        let severity = place_in_class(memory, (block, economy), period, cell);
        let found = outcome(memory, block, i, (period, severity));
        book(params, &mut shared.years, (seat.player, period), found);
        return found.defaults;
    }
    0
}

pub fn play(
    memory: &Memory<'_>,
    shared: &mut Names,
    (seat, block, economy): (Seat, &Block, Economy),
    start: u32,
) -> u32 {
    let params = &memory.params;
    let mut defaults = start;
    let top = shared.thresholds[first_threshold(params, seat.player) + block.periods as usize - 1];
    for first in (4 * seat.lane..block.obligors).step_by(4 * params.lanes as usize) {
        let address = counter(params, Purpose::Name as u32, seat.place, [block.number, first / 4]);
        let words = philox4x32_10(address, [params.key_lo, params.key_hi]);
        let mut cells = [0; 4];
        if words.iter().any(|&word| word < top) {
            cells = cells_at(memory, (seat, block), first / 4);
        }
        for ((word, cell), i) in words.into_iter().zip(cells).zip(first..) {
            defaults += decide(memory, shared, (seat, block, economy), (i, word, cell));
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
    (0..size).for_each(|thread| clear_years(&mut shared.years, thread, size));
    for nth in 0..params.most_blocks {
        let block = memory.blocks[(span.first_block + nth.min(span.n_blocks - 1)) as usize];
        let plays = |seat: &Seat| seat.plays && nth < span.n_blocks;
        for &(seat, _) in threads.iter().filter(|(seat, _)| plays(seat)) {
            cumulate(memory, &mut shared.thresholds, (seat, &block), economy_of(memory, seat, span.segment));
        }
        for &(seat, _) in threads.iter().filter(|(seat, _)| memory.is_stateful && plays(seat)) {
            survive(params, &mut shared.thresholds, (seat, &block));
        }
        for (seat, defaults) in threads.iter_mut().filter(|(seat, _)| plays(seat)) {
            let economy = economy_of(memory, *seat, span.segment);
            *defaults = play(memory, &mut shared, (*seat, &block, economy), *defaults);
        }
    }
    settle(params, results, (span.segment, &mut shared.years), &threads);
}
