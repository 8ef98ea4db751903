//! The kernels, written once over `Words`, a SIMD word of `LANES` 64-bit lanes, and stamped out for each set of
//! instructions.
//!
//! Each lane holds a 32-bit Philox word in its lower half; the upper half is whatever the last product left there,
//! because the next product ignores it. A file that uses this macro brings `Words`, `LANES`, `PARTS` and the few
//! operations on words, all of them compiled with the same features, so that everything is inlined and words stay in
//! registers (L1: integers only).

/// Up to this many hits a scenario shares its Philox words with its neighbours instead of having a group of its own.
pub const FEW_HITS: u32 = 32;

macro_rules! kernels {
    ($(#[$features:meta])*) => {
        use super::counting::{self, Counting, PeriodThresholds, Thresholds};
        use super::ground::{Ground, HITS_BELOW};
        use super::kernels::FEW_HITS;
        use super::mixing::{self, Mixing};
        use super::path::{self, Along, PathCounting};
        use super::states::{self, States};
        use super::{Draws, Hits, Names};
        use crate::math::poisson_chunk::CHUNK;
        use crate::math::threshold::ThresholdTable;
        use crate::rng::{Purpose, RoundKeys};

        /// Places that a kernel fills at a time at most; a chunk has a whole number of them.
        const PLACES: usize = 16;
        /// Words that share a round's constants: two independent chains hide the latency of the products.
        const CHAINS: usize = 2;
        /// Hits in the Philox blocks of one word of lanes, four each.
        const PART: usize = 4 * LANES;
        /// Hits that one turn of the hit loop generates and resolves.
        const GROUP: usize = PARTS * PART;
        /// Hits resolved during each of the ten rounds of the next group; the rest follow.
        const PER_ROUND: usize = GROUP / 10;

        type Block = [Words; 4];

        /// Round keys in every lane, computed once per call.
        type Keys = [[Words; 2]; 10];

        $(#[$features])*
        #[inline]
        fn broadcast(keys: &RoundKeys) -> Keys {
            keys.map(|key| key.map(|word| splat(u64::from(word))))
        }

        /// One round of Philox4x32 on every chain.
        $(#[$features])*
        #[inline]
        fn round<const N: usize>(blocks: &mut [Block; N], key: [Words; 2]) {
            for block in blocks {
                *block = turn(*block, key);
            }
        }

        $(#[$features])*
        #[inline]
        fn philox<const N: usize>(mut blocks: [Block; N], keys: &Keys) -> [Block; N] {
            for key in keys {
                round(&mut blocks, *key);
            }
            blocks
        }

        /// Counters of the group of hits that begins at Philox block `index`.
        $(#[$features])*
        #[inline]
        fn group_at(index: u32, at: [u32; 4]) -> [Block; PARTS] {
            let [_, number, lo, hi] = at.map(|word| splat(u64::from(word)));
            let counting = load(&std::array::from_fn(|lane| lane as u64));
            std::array::from_fn(|part| {
                [add(counting, splat(u64::from(index) + (part * LANES) as u64)), number, lo, hi]
            })
        }

        /// Positions of the hits of `block`, four of 16 bits to a lane.
        $(#[$features])*
        #[inline]
        fn positions([a, b, c, d]: Block, n: u32) -> [u64; LANES] {
            // A product with n has the position in bits 32 to 47, one with n × 2^16 in bits 48 to 63.
            let (low, high) = (splat(u64::from(n)), splat(u64::from(n) << 16));
            store(pack([multiply(a, low), multiply(b, high), multiply(c, low), multiply(d, high)]))
        }

        $(#[$features])*
        #[inline]
        fn save(blocks: &[Block; PARTS], n: u32, group: &mut [u64; GROUP / 4]) {
            for (part, block) in group.chunks_exact_mut(LANES).zip(blocks) {
                part.copy_from_slice(&positions(*block, n));
            }
        }

        /// Plays a granular block in each scenario.
        $(#[$features])*
        pub fn hits(hits: &Hits<'_>, ground: &mut Ground, sums: &mut [u64]) {
            let keys = broadcast(hits.keys);
            for (nth, (counts, sums)) in hits.counts.chunks(LANES).zip(sums.chunks_mut(LANES)).enumerate() {
                let hits = Hits { counts, first: hits.first + nth * LANES, ..*hits };
                if counts.iter().all(|&count| count <= FEW_HITS) {
                    few_hits(&hits, &keys, (&mut *ground, sums));
                } else {
                    many_hits(&hits, &keys, (&mut *ground, sums));
                }
            }
        }

        /// Scenario by scenario; while the hits of one group are resolved, the positions of the next are computed.
        $(#[$features])*
        fn many_hits(hits: &Hits<'_>, keys: &Keys, (ground, sums): (&mut Ground, &mut [u64])) {
            let n = hits.obligors;
            let at = |place: usize| hits.numbers.counter(Purpose::Hit, hits.first + place, hits.block);
            let mut group = [0u64; GROUP / 4];
            save(&philox(group_at(0, at(0)), keys), n, &mut group);
            for (place, (&count, sum)) in hits.counts.iter().zip(sums).enumerate() {
                let at_here = at(place);
                let mut round_of_hits = ground.start();
                let mut index = 0;
                let mut left = count as usize;
                while left >= GROUP {
                    index += (GROUP / 4) as u32;
                    let mut next = group_at(index, at_here);
                    {
                        let positions: &[u16; GROUP] = bytemuck::cast_ref(&group);
                        for (now, key) in positions.chunks_exact(PER_ROUND).zip(keys) {
                            round(&mut next, *key);
                            now.iter().for_each(|&position| round_of_hits.hit(position));
                        }
                        positions[10 * PER_ROUND..].iter().for_each(|&position| round_of_hits.hit(position));
                    }
                    save(&next, n, &mut group);
                    left -= GROUP;
                }
                let next = philox(group_at(0, at(place + 1)), keys);
                let positions: &[u16; GROUP] = bytemuck::cast_ref(&group);
                positions[..left].iter().for_each(|&position| round_of_hits.hit(position));
                save(&next, n, &mut group);
                *sum = round_of_hits.sum();
            }
        }

        /// At most `LANES` scenarios with few hits each: one lane per scenario.
        $(#[$features])*
        fn few_hits(hits: &Hits<'_>, keys: &Keys, (ground, sums): (&mut Ground, &mut [u64])) {
            let most = hits.counts.iter().copied().max().unwrap_or(0);
            let [number, lo, hi] = lanes_of(Purpose::Hit, hits.numbers.lanes(hits.first), hits.block);
            let mut positions_of = [[0u64; LANES]; HITS_BELOW / 4];
            for (index, out) in positions_of.iter_mut().enumerate().take(most.div_ceil(4) as usize) {
                let [block] = philox([[splat(index as u64), number, lo, hi]], keys);
                *out = positions(block, hits.obligors);
            }
            for (lane, (&count, sum)) in hits.counts.iter().zip(sums).enumerate() {
                let mut round_of_hits = ground.start();
                for hit in 0..count as usize {
                    let four = positions_of[(hit / 4) % (HITS_BELOW / 4)][lane % LANES];
                    round_of_hits.hit((four >> (hit % 4 * 16)) as u16);
                }
                *sum = round_of_hits.sum();
            }
        }

        /// The last three words of the counters of `LANES` scenarios, whose halves are given.
        $(#[$features])*
        #[inline]
        fn lanes_of(purpose: Purpose, [lo, hi]: [&[u64; LANES]; 2], block: u32) -> [Words; 3] {
            [splat(u64::from(block)), load(lo), add(load(hi), splat((purpose as u64) << 24))]
        }

        /// Plays a named block in each scenario: one lane per scenario.
        $(#[$features])*
        pub fn names(names: &Names<'_>, sums: &mut [u64]) {
            let keys = broadcast(names.keys);
            let (thresholds, _) = names.thresholds.as_chunks::<{ CHAINS * LANES }>();
            let (sums, _) = sums.as_chunks_mut::<{ CHAINS * LANES }>();
            for (nth, (thresholds, sums)) in thresholds.iter().zip(sums).enumerate() {
                let from = |chain: usize| (nth * CHAINS + chain) * LANES;
                let below: [Words; CHAINS] = std::array::from_fn(|chain| {
                    load(&std::array::from_fn(|lane| u64::from(thresholds[chain * LANES + lane])))
                });
                let at: [[Words; 3]; CHAINS] = std::array::from_fn(|chain| {
                    lanes_of(Purpose::Name, names.numbers.lanes(from(chain)), names.block)
                });
                let mut totals = [splat(0); CHAINS];
                for (index, four) in names.entries.chunks_exact(4).enumerate() {
                    let blocks = philox(at.map(|[number, lo, hi]| [splat(index as u64), number, lo, hi]), &keys);
                    for ((block, total), below) in blocks.into_iter().zip(&mut totals).zip(below) {
                        for (word, &entry) in block.into_iter().zip(four) {
                            *total = add_if_below(*total, [word, below], entry);
                        }
                    }
                }
                for (sums, total) in sums.chunks_exact_mut(LANES).zip(totals) {
                    sums.copy_from_slice(&store(total));
                }
            }
        }

        /// The first two and the last two words of one Philox block per scenario, as 64-bit numbers.
        $(#[$features])*
        pub fn draws(draws: &Draws<'_>, first: &mut [u64], second: &mut [u64]) {
            let keys = broadcast(draws.keys);
            let (first, _) = first.as_chunks_mut::<{ CHAINS * LANES }>();
            let (second, _) = second.as_chunks_mut::<{ CHAINS * LANES }>();
            for (nth, (first, second)) in first.iter_mut().zip(second).enumerate() {
                let at = std::array::from_fn::<_, CHAINS, _>(|chain| {
                    let from = draws.first + (nth * CHAINS + chain) * LANES;
                    let [number, lo, hi] = lanes_of(draws.purpose, draws.numbers.lanes(from), draws.block);
                    [splat(u64::from(draws.index)), number, lo, hi]
                });
                for (chain, [a, b, c, d]) in philox(at, &keys).into_iter().enumerate() {
                    first[chain * LANES..][..LANES].copy_from_slice(&store(join([a, b])));
                    second[chain * LANES..][..LANES].copy_from_slice(&store(join([c, d])));
                }
            }
        }

        /// Hits of a granular block in each scenario.
        $(#[$features])*
        pub fn counts(counting: &Counting<'_>, out: &mut [u32]) {
            for (nth, out) in out.chunks_mut(CHUNK).enumerate() {
                let (mut words, mut unused) = ([0; CHUNK], [0; CHUNK]);
                let (first, padded) = (nth * CHUNK, out.len().next_multiple_of(PLACES));
                draws(&Draws { first, ..counting.draws }, &mut words[..padded], &mut unused[..padded]);
                counting::count(counting, first, &words, out);
            }
        }

        /// Threshold of a named block in each scenario.
        $(#[$features])*
        pub fn thresholds(thresholds: &Thresholds<'_>, out: &mut [u32]) {
            counting::threshold(thresholds, out);
        }

        /// Thresholds of a block by the end of each of its periods: a row for each scenario.
        $(#[$features])*
        pub fn period_thresholds(thresholds: &PeriodThresholds<'_>, out: &mut [u32]) {
            counting::period_threshold(thresholds, out);
        }

        /// Hits of a granular block along a path in each scenario.
        $(#[$features])*
        pub fn path_counts(counting: &PathCounting<'_>, out: &mut [u32]) {
            for (nth, out) in out.chunks_mut(CHUNK).enumerate() {
                let (mut words, mut unused) = ([0; CHUNK], [0; CHUNK]);
                let (first, padded) = (nth * CHUNK, out.len().next_multiple_of(PLACES));
                draws(&Draws { first, ..counting.draws }, &mut words[..padded], &mut unused[..padded]);
                path::path_count(counting, first, &words, out);
            }
        }

        /// Thresholds of a block by the end of each of its periods along a path: a row for each scenario.
        $(#[$features])*
        pub fn path_thresholds(along: &Along<'_>, table: &ThresholdTable, out: &mut [u32]) {
            path::path_threshold(along, table, out);
        }

        /// Rows of severities of a block, period-major.
        $(#[$features])*
        pub fn severity_rows(states: &States<'_>, out: &mut [u8]) {
            states::rows(states, out);
        }

        /// The index of a segment in each scenario.
        $(#[$features])*
        pub fn mix(mixing: &Mixing<'_>, out: &mut [i32]) {
            mixing::mix(mixing, out);
        }
    };
}

pub(super) use kernels;
