//! Plain Rust over 16 lanes of 32 bits, which the compiler turns into the SIMD words that the target always has (SSE2,
//! NEON).
//!
//! Loops over whole lanes, round by round, are what it turns well: the kernels of [`kernels`](super::kernels), stamped
//! out with lanes of 64 bits, took 1.3 to 2 times as long without further instructions.

use super::counting::{self, Counting, PeriodThresholds, Thresholds};
use super::ground::Ground;
use super::mixing::{self, Mixing};
use super::path::{self, Along, PathCounting};
use super::round::{BATCH, Batch, TimedGround, passed};
use super::states::{self, States};
use super::timed::{Severities, TimedHits, TimedNames, TimedSums};
use super::{Draws, Hits, Names, Numbers};
use crate::math::poisson_chunk::CHUNK;
use crate::math::threshold::ThresholdTable;
use crate::rng::{Purpose, mulhi, philox4x32_10, philox4x32_10_lanes};

/// Philox blocks side by side: 16 or 32 were fastest.
const LANES: usize = 16;

/// Hits in as many blocks.
const GROUP: usize = 4 * LANES;

type Words = [u32; LANES];

/// Plays a granular block in each scenario.
pub fn hits(hits: &Hits<'_>, ground: &mut Ground, sums: &mut [u64]) {
    let key = hits.keys[0];
    let position = |word: u32| mulhi(word, hits.obligors) as u16;
    for (place, (&count, sum)) in hits.counts.iter().zip(sums).enumerate() {
        let mut round = ground.start();
        let [_, number, lo, hi] = hits.numbers.counter(Purpose::Hit, hits.first + place, hits.block);
        let mut next = 0;
        for _ in 0..count as usize / GROUP {
            let indices = std::array::from_fn(|lane| next + lane as u32);
            let words = philox4x32_10_lanes([indices, [number; LANES], [lo; LANES], [hi; LANES]], key);
            let positions = words.map(|words| words.map(position));
            positions.iter().flatten().for_each(|&position| round.hit(position));
            next += LANES as u32;
        }
        let mut left = count as usize % GROUP;
        while left > 0 {
            let words = philox4x32_10([next, number, lo, hi], key);
            words.iter().take(left).for_each(|&word| round.hit(position(word)));
            left = left.saturating_sub(4);
            next += 1;
        }
        *sum = round.sum();
    }
}

/// Words of one Philox block in each of `LANES` scenarios.
fn words_of(
    purpose: Purpose,
    [index, block]: [u32; 2],
    (numbers, first): (&Numbers, usize),
    key: [u32; 2],
) -> [Words; 4] {
    let [lo, hi] = numbers.lanes::<LANES>(first);
    let hi = hi.map(|hi| hi as u32 | (purpose as u32) << 24);
    philox4x32_10_lanes([[index; LANES], [block; LANES], lo.map(|lo| lo as u32), hi], key)
}

/// Plays a named block in each scenario: one lane per scenario.
pub fn names(names: &Names<'_>, sums: &mut [u64]) {
    let (thresholds, _) = names.thresholds.as_chunks::<LANES>();
    let (sums, _) = sums.as_chunks_mut::<LANES>();
    for (nth, (thresholds, sums)) in thresholds.iter().zip(sums).enumerate() {
        *sums = [0; LANES];
        let lanes = (names.numbers, nth * LANES);
        for (index, four) in names.entries.chunks_exact(4).enumerate() {
            let words = words_of(Purpose::Name, [index as u32, names.block], lanes, names.keys[0]);
            for (words, &entry) in words.iter().zip(four) {
                for lane in 0..LANES {
                    sums[lane] += entry & u64::from(words[lane] < thresholds[lane]).wrapping_neg();
                }
            }
        }
    }
}

/// The first two and the last two words of one Philox block per scenario, as 64-bit numbers.
pub fn draws(draws: &Draws<'_>, first: &mut [u64], second: &mut [u64]) {
    let (first, _) = first.as_chunks_mut::<LANES>();
    let (second, _) = second.as_chunks_mut::<LANES>();
    for (nth, (first, second)) in first.iter_mut().zip(second).enumerate() {
        let lanes = (draws.numbers, draws.first + nth * LANES);
        let [a, b, c, d] = words_of(draws.purpose, [draws.index, draws.block], lanes, draws.keys[0]);
        let joined = |upper: Words, lower: Words| {
            std::array::from_fn(|lane| u64::from(upper[lane]) << 32 | u64::from(lower[lane]))
        };
        (*first, *second) = (joined(a, b), joined(c, d));
    }
}

/// Hits of a granular block in each scenario.
pub fn counts(counting: &Counting<'_>, out: &mut [u32]) {
    for (nth, out) in out.chunks_mut(CHUNK).enumerate() {
        let (mut words, mut unused) = ([0; CHUNK], [0; CHUNK]);
        let (first, padded) = (nth * CHUNK, out.len().next_multiple_of(LANES));
        draws(&Draws { first, ..counting.draws }, &mut words[..padded], &mut unused[..padded]);
        counting::count(counting, first, &words, out);
    }
}

/// Threshold of a named block in each scenario.
pub fn thresholds(thresholds: &Thresholds<'_>, out: &mut [u32]) {
    counting::threshold(thresholds, out);
}

/// Thresholds of a block by the end of each of its periods: a row for each scenario.
pub fn period_thresholds(thresholds: &PeriodThresholds<'_>, out: &mut [u32]) {
    counting::period_threshold(thresholds, out);
}

/// Hits of a granular block along a path in each scenario.
pub fn path_counts(counting: &PathCounting<'_>, out: &mut [u32]) {
    for (nth, out) in out.chunks_mut(CHUNK).enumerate() {
        let (mut words, mut unused) = ([0; CHUNK], [0; CHUNK]);
        let (first, padded) = (nth * CHUNK, out.len().next_multiple_of(LANES));
        draws(&Draws { first, ..counting.draws }, &mut words[..padded], &mut unused[..padded]);
        path::path_count(counting, first, &words, out);
    }
}

/// Thresholds of a block by the end of each of its periods along a path: a row for each scenario.
pub fn path_thresholds(along: &Along<'_>, table: &ThresholdTable, out: &mut [u32]) {
    path::path_threshold(along, table, out);
}

/// Rows of severities of a block, period-major.
pub fn severity_rows(states: &States<'_>, out: &mut [u8]) {
    states::rows(states, out);
}

/// Plays a granular block of several periods.
pub fn timed_hits(timed: &TimedHits<'_>, ground: &mut TimedGround, sums: &mut TimedSums<'_>) {
    match timed.losses.are_plain() {
        true => all_timed_hits::<true>(timed, ground, sums),
        false => all_timed_hits::<false>(timed, ground, sums),
    }
}

fn all_timed_hits<const PLAIN: bool>(timed: &TimedHits<'_>, ground: &mut TimedGround, sums: &mut TimedSums<'_>) {
    let hits = &timed.hits;
    let key = hits.keys[0];
    let (n_periods, n_years) = sums.row_lengths(timed.thresholds);
    let (mut positions, mut values, mut words) = ([0u16; BATCH], [0u32; BATCH], [0u32; BATCH]);
    let is_drawn = !PLAIN && timed.losses.severities.is_some_and(Severities::are_drawn);
    for (place, &count) in hits.counts.iter().enumerate() {
        let thresholds = &timed.thresholds[place * n_periods..][..n_periods];
        let top = thresholds.last().copied().unwrap_or(0);
        let mut round = ground.start(timed.losses, thresholds, place);
        let (mut index, mut left) = (0, count as usize);
        while left > 0 {
            let now = left.min(BATCH);
            if is_drawn {
                let [_, number, lo, hi] = hits.numbers.counter(Purpose::Severity, hits.first + place, hits.block);
                for (nth, words) in words.chunks_exact_mut(GROUP).take(now.div_ceil(GROUP)).enumerate() {
                    let indices = std::array::from_fn(|lane| index + (nth * LANES + lane) as u32);
                    let blocks = philox4x32_10_lanes([indices, [number; LANES], [lo; LANES], [hi; LANES]], key);
                    for (word, block) in blocks.iter().enumerate() {
                        for lane in 0..LANES {
                            words[4 * lane + word] = block[lane];
                        }
                    }
                }
            }
            let groups = positions.chunks_exact_mut(GROUP).zip(values.chunks_exact_mut(GROUP));
            for (positions, values) in groups.take(now.div_ceil(GROUP)) {
                let indices = std::array::from_fn(|lane| index + lane as u32);
                index += LANES as u32;
                let [hit, outcome] = [Purpose::Hit, Purpose::Outcome].map(|purpose| {
                    let [_, number, lo, hi] = hits.numbers.counter(purpose, hits.first + place, hits.block);
                    philox4x32_10_lanes([indices, [number; LANES], [lo; LANES], [hi; LANES]], key)
                });
                for (word, (hit, outcome)) in hit.iter().zip(&outcome).enumerate() {
                    for lane in 0..LANES {
                        positions[4 * lane + word] = mulhi(hit[lane], hits.obligors) as u16;
                        values[4 * lane + word] = mulhi(outcome[lane], top);
                    }
                }
            }
            let batch = Batch { positions: &positions, values: &values, words: &words, len: now };
            let n = round.keep_first::<PLAIN>(&batch);
            round.settle::<PLAIN>(n, passed);
            left -= now;
        }
        (sums.losses[place], sums.defaults[place]) = round.finish(&mut sums.years[place * n_years..][..n_years]);
    }
}

/// Plays a named block of several periods: one lane per scenario.
pub fn timed_names(names: &TimedNames<'_>, _: &mut TimedGround, sums: &mut TimedSums<'_>) {
    match names.losses.severities.is_some() {
        false => all_timed_names::<false>(names, sums),
        true => all_timed_names::<true>(names, sums),
    }
}

fn all_timed_names<const SEVERE: bool>(names: &TimedNames<'_>, sums: &mut TimedSums<'_>) {
    let (n_periods, _) = sums.row_lengths(names.thresholds);
    let (n, obligors) = (sums.losses.len(), names.losses.obligors);
    sums.losses.fill(0);
    sums.defaults.fill(0);
    for first in (0..n).step_by(LANES) {
        let top = |lane: usize| names.thresholds.get((first + lane + 1) * n_periods - 1).copied().unwrap_or(0);
        let tops: [u32; LANES] = std::array::from_fn(top);
        for index in 0..obligors.div_ceil(4) {
            let block = words_of(Purpose::Name, [index as u32, names.block], (names.numbers, first), names.keys[0]);
            for (i, words) in (4 * index..obligors).zip(block) {
                for (lane, (word, top)) in words.into_iter().zip(tops).enumerate() {
                    if word < top {
                        sums.add_name::<SEVERE>(names, first + lane, (i, word));
                    }
                }
            }
        }
    }
}

/// The index of a segment in each scenario.
pub fn mix(mixing: &Mixing<'_>, out: &mut [i32]) {
    mixing::mix(mixing, out);
}
