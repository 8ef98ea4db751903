//! The kernels of plans of several periods, stamped out beside those of [`kernels`](super::kernels) with the same words.
//!
//! Severities have functions of their own (`SEVERE`), so that plans without them do nothing for them.

macro_rules! timed_kernels {
    ($(#[$features:meta])*) => {
        use super::round::{BATCH, Batch, TimedGround, TimedRound};
        use super::timed::{Severities, TimedHits, TimedNames, TimedSums};

        /// Values below `top` of the hits of `block`, two to a lane: the first two of each four, and the last two.
        $(#[$features])*
        #[inline]
        fn values([a, b, c, d]: Block, top: u32) -> [[u64; LANES]; 2] {
            let [a, b, c, d] = [a, b, c, d].map(|word| upper(multiply(word, splat(u64::from(top)))));
            [store(join([b, a])), store(join([d, c]))]
        }

        /// Plays a granular block of several periods.
        $(#[$features])*
        pub fn timed_hits(timed: &TimedHits<'_>, ground: &mut TimedGround, sums: &mut TimedSums<'_>) {
            match timed.losses.are_plain() {
                true => all_timed_hits::<true>(timed, ground, sums),
                false => all_timed_hits::<false>(timed, ground, sums),
            }
        }

        /// Scenario by scenario: the words of a batch of hits, positions and values, then what they hit. `PLAIN` blocks have a
        /// function of their own, so that they do nothing for severities and further losses.
        $(#[$features])*
        fn all_timed_hits<const PLAIN: bool>(
            timed: &TimedHits<'_>,
            ground: &mut TimedGround,
            sums: &mut TimedSums<'_>,
        ) {
            let keys = broadcast(timed.hits.keys);
            let hits = &timed.hits;
            let (n_periods, n_years) = sums.row_lengths(timed.thresholds);
            let (mut positions_of, mut values_of) = ([0u64; BATCH / 4], [0u64; BATCH / 2]);
            let mut words_of = [0u64; BATCH / 2];
            let is_drawn = !PLAIN && timed.losses.severities.is_some_and(Severities::are_drawn);
            for (place, &count) in hits.counts.iter().enumerate() {
                let thresholds = &timed.thresholds[place * n_periods..][..n_periods];
                let top = thresholds.last().copied().unwrap_or(0);
                let at = [Purpose::Hit, Purpose::Outcome]
                    .map(|purpose| hits.numbers.counter(purpose, hits.first + place, hits.block))
                    .map(|[_, number, lo, hi]| [number, lo, hi].map(|word| splat(u64::from(word))));
                let mut round = ground.start(timed.losses, thresholds, place);
                let (mut index, mut left) = (0, count as usize);
                while left > 0 {
                    let now = left.min(BATCH);
                    if is_drawn {
                        let [_, number, lo, hi] = hits.numbers.counter(Purpose::Severity, hits.first + place, hits.block);
                        let at = [number, lo, hi].map(|word| splat(u64::from(word)));
                        severity_words(index, (at, &keys), &mut words_of[..2 * LANES * now.div_ceil(PART)]);
                    }
                    let parts = positions_of.chunks_exact_mut(TIMED_PARTS * LANES);
                    let parts = parts.zip(values_of.chunks_exact_mut(2 * TIMED_PARTS * LANES));
                    for (positions_of, values_of) in parts.take(now.div_ceil(TIMED_PARTS * PART)) {
                        let counting = load(&std::array::from_fn(|lane| index + lane as u64));
                        index += (TIMED_PARTS * LANES) as u64;
                        let blocks: [Block; 2 * TIMED_PARTS] = std::array::from_fn(|chain| {
                            let [number, lo, hi] = at[chain % 2];
                            [add(counting, splat((chain / 2 * LANES) as u64)), number, lo, hi]
                        });
                        let parts = positions_of.chunks_exact_mut(LANES).zip(values_of.chunks_exact_mut(2 * LANES));
                        for ((positions_of, values_of), blocks) in parts.zip(philox(blocks, &keys).chunks_exact(2)) {
                            positions_of.copy_from_slice(&positions(blocks[0], hits.obligors));
                            let [first, last] = values(blocks[1], top);
                            for (pair, (first, last)) in values_of.chunks_exact_mut(2).zip(first.into_iter().zip(last)) {
                                pair.copy_from_slice(&[first, last]);
                            }
                        }
                    }
                    let positions: &[u16; BATCH] = bytemuck::cast_ref(&positions_of);
                    let values: &[u32; BATCH] = bytemuck::cast_ref(&values_of);
                    let words: &[u32; BATCH] = bytemuck::cast_ref(&words_of);
                    let n = keep_first::<PLAIN>(&mut round, &Batch { positions, values, words, len: now });
                    round.settle::<PLAIN>(n, |values, thresholds, counts| passed(values, thresholds, counts));
                    left -= now;
                }
                (sums.losses[place], sums.defaults[place]) = round.finish(&mut sums.years[place * n_years..][..n_years]);
            }
        }

        /// Words of severities from Philox block `index` on, in order, as many as `out` holds; it has whole pairs of words of lanes.
        $(#[$features])*
        fn severity_words(index: u64, ([number, lo, hi], keys): ([Words; 3], &Keys), out: &mut [u64]) {
            let counting = load(&std::array::from_fn(|lane| lane as u64));
            for (nth, out) in out.chunks_mut(2 * CHAINS * LANES).enumerate() {
                let at = |chain: usize| index + ((CHAINS * nth + chain) * LANES) as u64;
                let blocks: [Block; CHAINS] =
                    std::array::from_fn(|chain| [add(counting, splat(at(chain))), number, lo, hi]);
                for (out, [a, b, c, d]) in out.chunks_exact_mut(2 * LANES).zip(philox(blocks, keys)) {
                    let (first, last) = (store(join([b, a])), store(join([d, c])));
                    for (pair, (first, last)) in out.chunks_exact_mut(2).zip(first.into_iter().zip(last)) {
                        pair.copy_from_slice(&[first, last]);
                    }
                }
            }
        }

        /// Plays a named block of several periods.
        $(#[$features])*
        pub fn timed_names(names: &TimedNames<'_>, ground: &mut TimedGround, sums: &mut TimedSums<'_>) {
            match (names.losses.obligors < PART, names.losses.are_plain()) {
                (true, _) if names.losses.severities.is_some() => few_timed_names::<true>(names, sums),
                (true, _) => few_timed_names::<false>(names, sums),
                (false, true) => many_timed_names::<true>(names, ground, sums),
                (false, false) => many_timed_names::<false>(names, ground, sums),
            }
        }

        /// Scenario by scenario: the words of a batch of obligors, then who defaults.
        $(#[$features])*
        fn many_timed_names<const PLAIN: bool>(
            names: &TimedNames<'_>,
            ground: &mut TimedGround,
            sums: &mut TimedSums<'_>,
        ) {
            let keys = broadcast(names.keys);
            let (n_periods, n_years) = sums.row_lengths(names.thresholds);
            let (mut values_of, mut words_of) = ([0u64; BATCH / 2], [0u64; BATCH / 2]);
            let is_drawn = !PLAIN && names.losses.severities.is_some_and(Severities::are_drawn);
            for place in 0..sums.losses.len() {
                let thresholds = &names.thresholds[place * n_periods..][..n_periods];
                let top = thresholds.last().copied().unwrap_or(0);
                let [_, number, lo, hi] =
                    names.numbers.counter(Purpose::Name, place, names.block).map(|word| splat(u64::from(word)));
                let mut round = ground.start(names.losses, thresholds, place);
                for first in (0..names.losses.obligors).step_by(BATCH) {
                    let now = BATCH.min(names.losses.obligors - first);
                    if is_drawn {
                        let [_, number, lo, hi] = names.numbers.counter(Purpose::Severity, place, names.block);
                        let at = [number, lo, hi].map(|word| splat(u64::from(word)));
                        let out = &mut words_of[..2 * LANES * now.div_ceil(PART)];
                        severity_words((first / 4) as u64, (at, &keys), out);
                    }
                    let parts = values_of.chunks_exact_mut(CHAINS * PART / 2).take(now.div_ceil(CHAINS * PART));
                    for (nth, values_of) in parts.enumerate() {
                        let at = |chain: usize| (first / 4 + (nth * CHAINS + chain) * LANES) as u64;
                        let counting = |chain: usize| load(&std::array::from_fn(|lane| at(chain) + lane as u64));
                        let blocks = std::array::from_fn::<_, CHAINS, _>(|chain| [counting(chain), number, lo, hi]);
                        let parts = values_of.chunks_exact_mut(PART / 2);
                        for (values_of, [a, b, c, d]) in parts.zip(philox(blocks, &keys)) {
                            let (first, last) = (store(join([b, a])), store(join([d, c])));
                            for (pair, (first, last)) in values_of.chunks_exact_mut(2).zip(first.into_iter().zip(last)) {
                                pair.copy_from_slice(&[first, last]);
                            }
                        }
                    }
                    let values: &[u32; BATCH] = bytemuck::cast_ref(&values_of);
                    let words: &[u32; BATCH] = bytemuck::cast_ref(&words_of);
                    let names = Batch { positions: first, values, words, len: now };
                    let n = keep_below::<PLAIN>(&mut round, &names, top);
                    round.settle::<PLAIN>(n, |values, thresholds, counts| passed(values, thresholds, counts));
                }
                (sums.losses[place], sums.defaults[place]) = round.finish(&mut sums.years[place * n_years..][..n_years]);
            }
        }

        /// One lane per scenario.
        $(#[$features])*
        fn few_timed_names<const SEVERE: bool>(names: &TimedNames<'_>, sums: &mut TimedSums<'_>) {
            let keys = broadcast(names.keys);
            let (n_periods, _) = sums.row_lengths(names.thresholds);
            let (n, obligors) = (sums.losses.len(), names.losses.obligors);
            sums.losses.fill(0);
            sums.defaults.fill(0);
            for first in (0..n).step_by(CHAINS * LANES) {
                let tops: [[u32; LANES]; CHAINS] = std::array::from_fn(|chain| {
                    std::array::from_fn(|lane| {
                        let end = (first + chain * LANES + lane + 1) * n_periods;
                        names.thresholds.get(end - 1).copied().unwrap_or(0)
                    })
                });
                let at: [[Words; 3]; CHAINS] = std::array::from_fn(|chain| {
                    lanes_of(Purpose::Name, names.numbers.lanes(first + chain * LANES), names.block)
                });
                for index in 0..obligors.div_ceil(4) {
                    let blocks = philox(at.map(|[number, lo, hi]| [splat(index as u64), number, lo, hi]), &keys);
                    for (chain, (block, tops)) in blocks.into_iter().zip(&tops).enumerate() {
                        for (i, words) in (4 * index..obligors).zip(block) {
                            for (lane, (word, &top)) in store(words).into_iter().zip(tops).enumerate() {
                                if (word as u32) < top {
                                    sums.add_name::<SEVERE>(names, first + chain * LANES + lane, (i, word as u32));
                                }
                            }
                        }
                    }
                }
            }
        }
    };
}

pub(super) use timed_kernels;
