//! Twin of `shaders/named.wgsl`: a workgroup, one thread after the other.

use super::super::interface::Block;
use super::address::{counter, table_index};
use super::argument::argument;
use super::philox::philox4x32_10;
use super::seat::{Seat, take_seat};
use super::tally::{Tally, add, clear_sums, settle};
use super::tests::Memory;
use super::threshold::threshold;
use crate::rng::Purpose;

pub fn decide(memory: &Memory<'_>, tally: Tally, (block, i): (&Block, u32), defaulted: bool) -> Tally {
    if defaulted && i < block.obligors {
        return add(tally, memory.losses[(block.first + i) as usize]);
    }
    tally
}

pub fn play(memory: &Memory<'_>, (seat, block): (Seat, &Block), bound: u32, start: Tally) -> Tally {
    let params = &memory.params;
    let mut tally = start;
    let mut first = 4 * seat.lane;
    while first < block.obligors {
        let address = counter(params, Purpose::Name as u32, seat.place, [block.number, first / 4]);
        let words = philox4x32_10(address, [params.key_lo, params.key_hi]);
        for (word, i) in words.into_iter().zip(first..) {
            tally = decide(memory, tally, (block, i), word < bound);
        }
        first += 4 * params.lanes;
    }
    tally
}

pub fn named(memory: &Memory<'_>, results: &mut [u32], group: [u32; 2]) {
    let params = &memory.params;
    let size = params.players * params.lanes;
    let span = memory.spans[(params.first_span + group[1]) as usize];
    let mut sums = vec![Tally { loss_lo: 7, loss_hi: 7, defaults: 7 }; size as usize];
    let mut threads: Vec<(Seat, Tally)> =
        (0..size).map(|thread| (take_seat(params, group[0], thread), Tally::default())).collect();
    (0..size).for_each(|thread| clear_sums(&mut sums, thread));
    for (seat, tally) in threads.iter_mut().filter(|(seat, _)| seat.plays) {
        let n_rows = 1 + params.n_segments;
        let shock = |row: u32| memory.shocks[table_index(params, seat.place, row, n_rows) as usize];
        let (mixing, index) = (shock(0), shock(1 + span.segment));
        for nth in 0..span.n_blocks {
            let block = memory.blocks[(span.first_block + nth) as usize];
            *tally = play(memory, (*seat, &block), threshold(argument(&block, mixing, index)), *tally);
        }
    }
    settle(params, results, (span.segment, &mut sums), &threads);
}
