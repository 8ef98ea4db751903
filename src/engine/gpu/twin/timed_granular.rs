//! Twin of `shaders/timed_granular.wgsl`: a workgroup, one thread after the other between barriers. Threads mark backwards:
//! which hit is the first must not depend on who comes first.

use super::super::interface::{BITMAP_WORDS, Block, CONTEST_WORDS, PERIOD_WORDS, Params, ROUND_HITS};
use super::address::{counter, table_index};
use super::cumulate::{cumulate, first_threshold, survive};
use super::economy::{Economy, economy_of};
use super::mulhi_split::mulhi;
use super::outcome::{outcome, period_of};
use super::philox::philox4x32_10;
use super::seat::{Seat, take_seat};
use super::severity::{cells_at, place_in_class};
use super::tests::Memory;
use super::years::{UNCLEARED, Years, book, clear_years, settle};
use crate::rng::Purpose;

const SPENT: u32 = 0xFFFF;

/// Workgroup memory. As on a device, nothing is clear before the kernel clears it.
pub struct Hits {
    hit_before: Vec<u32>,
    hit_again: Vec<u32>,
    struck: Vec<u32>,
    lowest: Vec<u32>,
    reached: Vec<u32>,
    thresholds: Vec<u32>,
    years: Years,
}

pub fn clear_bitmaps(shared: &mut Hits, thread: u32, workgroup_size: u32) {
    shared.reached[thread as usize] = 0;
    for word in (thread..BITMAP_WORDS).step_by(workgroup_size as usize) {
        shared.hit_before[word as usize] = 0;
        shared.hit_again[word as usize] = 0;
    }
}

pub fn bitmap_word(params: &Params, player: u32, i: u32) -> usize {
    (player * (BITMAP_WORDS / params.players) + (i >> 5)) as usize
}

pub fn position(params: &Params, shared: &Hits, (player, block): (u32, &Block), (word, is_hit): (u32, bool)) -> u32 {
    let i = mulhi(word, block.obligors);
    let before = shared.hit_before[bitmap_word(params, player, i)];
    if is_hit && before & (1 << (i & 31)) == 0 { i } else { SPENT }
}

pub fn struck_at(params: &Params, shared: &Hits, player: u32, hit: u32) -> u32 {
    let at = player * (ROUND_HITS / params.players) + hit;
    shared.struck[(at >> 1) as usize] >> (16 * (at & 1)) & 0xFFFF
}

pub fn clear_contest(shared: &mut Hits, thread: u32, workgroup_size: u32) {
    shared.lowest.iter_mut().skip(thread as usize).step_by(workgroup_size as usize).for_each(|word| *word = u32::MAX);
}

pub fn strike(params: &Params, shared: &mut Hits, (seat, block): (Seat, &Block), (first, n): (u32, u32)) {
    for hit in (4 * seat.lane..n).step_by(4 * params.lanes as usize) {
        let address = counter(params, Purpose::Hit as u32, seat.place, [block.number, (first + hit) / 4]);
        let words = philox4x32_10(address, [params.key_lo, params.key_hi]);
        let at = ((seat.player * (ROUND_HITS / params.players) + hit) >> 1) as usize;
        let [x, y, z, w] = [0, 1, 2, 3]
            .map(|nth: u32| position(params, shared, (seat.player, block), (words[nth as usize], hit + nth < n)));
        shared.struck[at] = x | y << 16;
        shared.struck[at + 1] = z | w << 16;
    }
}

pub fn n_hits(params: &Params, shared: &Hits, (player, block): (u32, &Block), (first, hits): (u32, u32)) -> u32 {
    let n = hits.saturating_sub(first).min(ROUND_HITS / params.players);
    if shared.reached[player as usize] < block.obligors { n } else { 0 }
}

pub fn mark(params: &Params, shared: &mut Hits, player: u32, hit: u32) -> u32 {
    let i = struck_at(params, shared, player, hit);
    if i == SPENT {
        return 0;
    }
    let (bit, word) = (1 << (i & 31), bitmap_word(params, player, i));
    let before = shared.hit_before[word];
    shared.hit_before[word] |= bit;
    if before & bit != 0 {
        shared.hit_again[word] |= bit;
        return 0;
    }
    1
}

pub fn mark_all(params: &Params, shared: &mut Hits, seat: Seat, n: u32) {
    for first in (4 * seat.lane..n).step_by(4 * params.lanes as usize) {
        let sum: u32 = (first..first + 4).map(|hit| mark(params, shared, seat.player, hit)).sum();
        shared.reached[seat.player as usize] += sum;
    }
}

pub fn is_contested(params: &Params, shared: &Hits, player: u32, i: u32) -> bool {
    i != SPENT && shared.hit_again[bitmap_word(params, player, i)] & (1 << (i & 31)) != 0
}

pub fn contest(params: &Params, shared: &mut Hits, player: u32, hit: u32) {
    let i = struck_at(params, shared, player, hit);
    if is_contested(params, shared, player, i) {
        let number = i * params.players + player;
        let word = &mut shared.lowest[(number % CONTEST_WORDS) as usize];
        *word = (*word).min(number << 16 | hit);
    }
}

pub fn contest_all(params: &Params, shared: &mut Hits, seat: Seat, n: u32) {
    for first in (4 * seat.lane..n).step_by(4 * params.lanes as usize) {
        (first..first + 4).for_each(|hit| contest(params, shared, seat.player, hit));
    }
}

pub fn is_first(params: &Params, shared: &Hits, (player, hit): (u32, u32), i: u32) -> bool {
    if !is_contested(params, shared, player, i) {
        return i != SPENT;
    }
    let number = i * params.players + player;
    let found = shared.lowest[(number % CONTEST_WORDS) as usize];
    if found >> 16 == number {
        return found & 0xFFFF == hit;
    }
    (0..hit).all(|earlier| struck_at(params, shared, player, earlier) != i)
}

pub fn resolve(
    memory: &Memory<'_>,
    shared: &mut Hits,
    (seat, block, economy): (Seat, &Block, Economy),
    (hit, word, cell): (u32, u32, u32),
) -> u32 {
    let params = &memory.params;
    let i = struck_at(params, shared, seat.player, hit);
    if is_first(params, shared, (seat.player, hit), i) {
        let last = first_threshold(params, seat.player) + block.periods as usize - 1;
        let value = mulhi(word, shared.thresholds[last]);
        let period = period_of(params, &shared.thresholds, (seat.player, block.periods), value);
        let severity = place_in_class(memory, (block, economy), period, cell);
        let found = outcome(memory, block, i, (period, severity));
        book(params, &mut shared.years, (seat.player, period), found);
        return found.defaults;
    }
    0
}

pub fn play(
    memory: &Memory<'_>,
    shared: &mut Hits,
    (seat, block, economy): (Seat, &Block, Economy),
    (first, n): (u32, u32),
) -> u32 {
    let params = &memory.params;
    let mut defaults = 0;
    for hit in (4 * seat.lane..n).step_by(4 * params.lanes as usize) {
        let address = counter(params, Purpose::Outcome as u32, seat.place, [block.number, (first + hit) / 4]);
        let words = philox4x32_10(address, [params.key_lo, params.key_hi]);
        let cells = cells_at(memory, (seat, block), (first + hit) / 4);
        for ((word, cell), hit) in words.into_iter().zip(cells).zip(hit..) {
            defaults += resolve(memory, shared, (seat, block, economy), (hit, word, cell));
        }
    }
    defaults
}

pub fn timed_granular(memory: &Memory<'_>, results: &mut [u32], group: [u32; 2]) {
    let params = &memory.params;
    let size = params.players * params.lanes;
    let span = memory.spans[(params.first_span + group[1]) as usize];
    let words = |n: u32| vec![0xDEAD_BEEF; n as usize];
    let mut shared = Hits {
        hit_before: words(BITMAP_WORDS),
        hit_again: words(BITMAP_WORDS),
        struck: words(ROUND_HITS / 2),
        lowest: words(CONTEST_WORDS),
        reached: words(size),
        thresholds: words(PERIOD_WORDS),
        years: UNCLEARED,
    };
    let mut threads: Vec<(Seat, u32)> = (0..size).map(|thread| (take_seat(params, group[0], thread), 0)).collect();
    let economies: Vec<Economy> = threads.iter().map(|&(seat, _)| economy_of(memory, seat, span.segment)).collect();
    (0..size).for_each(|thread| clear_years(&mut shared.years, thread, size));
    for nth in 0..params.most_blocks {
        let at = span.first_block + nth.min(span.n_blocks - 1);
        let block = memory.blocks[at as usize];
        let mut hits = vec![0; size as usize];
        let plays = |seat: &Seat| seat.plays && nth < span.n_blocks;
        for ((hits, &(seat, _)), &economy) in
            hits.iter_mut().zip(&threads).zip(&economies).filter(|((_, (seat, _)), _)| plays(seat))
        {
            *hits = memory.counts[table_index(params, seat.place, at, params.n_counted) as usize];
            cumulate(memory, &mut shared.thresholds, (seat, &block), economy);
        }
        for &(seat, _) in threads.iter().filter(|(seat, _)| memory.is_stateful && plays(seat)) {
            survive(params, &mut shared.thresholds, (seat, &block));
        }
        (0..size).for_each(|thread| clear_bitmaps(&mut shared, thread, size));
        for turn in 0..params.most_rounds {
            let first = turn * (ROUND_HITS / params.players);
            let n = |(&hits, (seat, _)): (&u32, &(Seat, u32))| {
                n_hits(params, &shared, (seat.player, &block), (first, hits))
            };
            let n: Vec<u32> = hits.iter().zip(&threads).map(n).collect();
            (0..size).for_each(|thread| clear_contest(&mut shared, thread, size));
            for (&n, &(seat, _)) in n.iter().zip(&threads) {
                strike(params, &mut shared, (seat, &block), (first, n));
            }
            for (&n, &(seat, _)) in n.iter().zip(&threads).rev() {
                mark_all(params, &mut shared, seat, n);
            }
            for (&n, &(seat, _)) in n.iter().zip(&threads).rev() {
                contest_all(params, &mut shared, seat, n);
            }
            for ((&n, (seat, defaults)), &economy) in n.iter().zip(&mut threads).zip(&economies) {
                *defaults += play(memory, &mut shared, (*seat, &block, economy), (first, n));
            }
        }
    }
    settle(params, results, (span.segment, &mut shared.years), &threads);
}
