//! Twin of `shaders/granular.wgsl`: a workgroup, one thread after the other between barriers.

use super::super::interface::{BITMAP_WORDS, Params};
use super::address::{counter, table_index};
use super::mulhi_split::mulhi;
use super::philox::philox4x32_10;
use super::seat::{Seat, take_seat};
use super::tally::{Tally, add, clear_sums, settle};
use super::tests::Memory;
use crate::rng::Purpose;

pub fn clear_bitmap(hit_before: &mut [u32], thread: u32, workgroup_size: u32) {
    hit_before.iter_mut().skip(thread as usize).step_by(workgroup_size as usize).for_each(|word| *word = 0);
}

/// Whether a hit at loan `i` is the first.
pub fn hit(hit_before: &mut [u32], params: &Params, player: u32, i: u32) -> bool {
    let bit = 1 << (i & 31);
    let word = &mut hit_before[(player * (BITMAP_WORDS / params.players) + (i >> 5)) as usize];
    let before = *word;
    *word |= bit;
    before & bit == 0
}

pub fn play(memory: &Memory<'_>, hit_before: &mut [u32], (seat, at): (Seat, u32), start: Tally) -> Tally {
    let params = &memory.params;
    let block = memory.blocks[at as usize];
    let hits = memory.counts[table_index(params, seat.place, at, params.n_counted) as usize];
    let mut tally = start;
    let mut first = 4 * seat.lane;
    while first < hits {
        let address = counter(params, Purpose::Hit as u32, seat.place, [block.number, first / 4]);
        let words = philox4x32_10(address, [params.key_lo, params.key_hi]);
        for (word, _) in words.into_iter().zip(first..hits) {
            let i = mulhi(word, block.obligors);
            if hit(hit_before, params, seat.player, i) {
                tally = add(tally, memory.losses[(block.first + i) as usize]);
            }
        }
        first += 4 * params.lanes;
    }
    tally
}

pub fn granular(memory: &Memory<'_>, results: &mut [u32], group: [u32; 2]) {
    let params = &memory.params;
    let size = params.players * params.lanes;
    let span = memory.spans[(params.first_span + group[1]) as usize];
    // As on a device, neither is clear before the kernel clears it.
    let mut sums = vec![Tally { loss_lo: 7, loss_hi: 7, defaults: 7 }; size as usize];
    let mut hit_before = vec![0xDEAD_BEEF; BITMAP_WORDS as usize];
    let mut threads: Vec<(Seat, Tally)> =
        (0..size).map(|thread| (take_seat(params, group[0], thread), Tally::default())).collect();
    (0..size).for_each(|thread| clear_sums(&mut sums, thread));
    for nth in 0..params.most_blocks {
        let has_block = nth < span.n_blocks;
        if has_block {
            (0..size).for_each(|thread| clear_bitmap(&mut hit_before, thread, size));
        }
        for (seat, tally) in threads.iter_mut().filter(|(seat, _)| has_block && seat.plays) {
            *tally = play(memory, &mut hit_before, (*seat, span.first_block + nth), *tally);
        }
    }
    settle(params, results, (span.segment, &mut sums), &threads);
}
