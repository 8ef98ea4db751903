//! Hits and names of plans of several periods, from their words on (M31, M32, M45): who is hit first, when, and what is lost.
//!
//! Plain loops over lanes: each set of instructions inlines them into its kernels, and the compiler fills the words. What
//! is looked up stands in a batch's arrays before words are made of it: a processor that has just written lanes one by one
//! waits before it reads them as a word.

use super::ground::{Ground, PLACES, zeros};
use super::timed::{At, Losses};
use crate::engine::horizon::{MATURED, MOST_PERIODS, round31};

/// Hits whose words are generated before they are resolved: their arrays stay in the first-level cache.
pub const BATCH: usize = 256;

/// Values whose periods are counted together.
const LANES: usize = 16;

/// See [`passed`].
pub type Values = [u32; LANES];

/// How many of `thresholds`, which rise, each value has reached: the specification of what sets of instructions do in
/// their words.
#[inline(always)]
pub fn passed(values: &[Values], thresholds: &[u32], counts: &mut [Values]) {
    for (counts, values) in counts.iter_mut().zip(values) {
        let mut reached = [0; LANES];
        for &threshold in thresholds {
            for (count, &value) in reached.iter_mut().zip(values) {
                *count += u32::from(threshold <= value);
            }
        }
        *counts = reached;
    }
}

/// Room for the hits of a batch, and for whole groups of lanes; a power of two, so that an index is kept inside by a mask.
const ROOM: usize = 2 * BATCH;

/// Groups of lanes in it.
const GROUPS: usize = ROOM / LANES;

/// Room for the periods of a horizon; a power of two, as above.
const PERIODS: usize = MOST_PERIODS.next_power_of_two();

/// A block of several periods, laid out for hits.
#[derive(Debug)]
pub struct TimedGround {
    ground: Ground,
    /// For each obligor its first base, and above it where the profile of that stands: one load has both.
    places: Box<[u64; PLACES]>,
    by_period: Box<[u64; PERIODS]>,
    /// First hits of a batch.
    kept: Box<Kept>,
}

/// First hits of a batch, or names that default.
#[derive(Debug)]
pub struct Kept {
    /// Positions.
    pub positions: [u32; ROOM],
    /// What decides on periods.
    pub values: [u32; ROOM],
    /// Words of severities; idle without.
    words: [u32; ROOM],
    periods: [u32; ROOM],
    /// What is laid out at the positions.
    places: [u64; ROOM],
    /// Where factors stand.
    indices: [u32; ROOM],
    /// Those factors.
    factors: [u32; ROOM],
    losses: [u64; ROOM],
}

/// Some hits or names of a scenario, at most [`BATCH`].
pub struct Batch<'a, P> {
    /// Where hits strike, or the first of the names.
    pub positions: P,
    /// What decides on their periods.
    pub values: &'a [u32; BATCH],
    /// Words of their severities; idle without.
    pub words: &'a [u32; BATCH],
    /// How many there are; beyond, arrays hold what is left there.
    pub len: usize,
}

impl Default for TimedGround {
    fn default() -> Self {
        let none = [0; ROOM];
        let kept = Kept {
            positions: none,
            places: [0; ROOM],
            values: none,
            words: none,
            periods: none,
            indices: none,
            factors: none,
            losses: [0; ROOM],
        };
        Self { ground: Ground::default(), places: zeros(), by_period: zeros(), kept: Box::new(kept) }
    }
}

impl TimedGround {
    /// Lays out another block.
    pub fn lay(&mut self, losses: &Losses<'_>) {
        let first = losses.bases.iter().zip(losses.profiles).take(losses.obligors);
        for (place, (&base, &profile)) in self.places.iter_mut().zip(first) {
            *place = u64::from(base) | (u64::from(profile) * losses.periods as u64) << 32;
        }
    }

    /// Begins the scenario at a place, whose thresholds by period are given.
    #[inline(always)]
    pub fn start<'a>(&'a mut self, losses: Losses<'a>, thresholds: &'a [u32], scenario: usize) -> TimedRound<'a> {
        self.by_period.iter_mut().take(thresholds.len()).for_each(|loss| *loss = 0);
        let earlier = thresholds.split_last().map_or(&[][..], |(_, earlier)| earlier);
        let Self { ground, places, by_period, kept } = self;
        ground.next_round();
        TimedRound { ground, places, by_period, kept, losses, earlier, scenario, defaults: 0 }
    }
}

/// What one scenario hits, and when.
pub struct TimedRound<'a> {
    /// Stamps.
    pub ground: &'a mut Ground,
    places: &'a [u64; PLACES],
    by_period: &'a mut [u64; PERIODS],
    /// Where first hits are kept.
    pub kept: &'a mut Kept,
    losses: Losses<'a>,
    /// Thresholds of all periods but the last.
    earlier: &'a [u32],
    scenario: usize,
    defaults: u32,
}

impl TimedRound<'_> {
    /// Keeps the first hits among these; how many they are. The specification of what sets of instructions do in their words.
    #[inline(always)]
    pub fn keep_first<const PLAIN: bool>(&mut self, hits: &Batch<'_, &[u16; BATCH]>) -> usize {
        let mut n = 0;
        let len = hits.len.min(BATCH);
        let pairs = hits.positions[..len].iter().zip(&hits.values[..len]);
        for ((&position, &value), &word) in pairs.zip(&hits.words[..len]) {
            // No branch: what is no first hit is overwritten by the next.
            self.keep::<PLAIN>(n, u32::from(position), (value, word));
            n += usize::from(self.ground.hit_first(position));
        }
        n
    }

    /// Keeps the names among these whose words are below `top`; how many they are. A specification as well.
    #[inline(always)]
    pub fn keep_below<const PLAIN: bool>(&mut self, names: &Batch<'_, usize>, top: u32) -> usize {
        let mut n = 0;
        let len = names.len.min(BATCH);
        for (i, (&value, &word)) in names.values[..len].iter().zip(&names.words[..len]).enumerate() {
            // No branch, as above.
            self.keep::<PLAIN>(n, (names.positions + i) as u32, (value, word));
            n += usize::from(value < top);
        }
        n
    }

    /// Keeps the obligor at `position` as number `n`.
    #[inline(always)]
    fn keep<const PLAIN: bool>(&mut self, n: usize, position: u32, (value, word): (u32, u32)) {
        self.kept.positions[n % ROOM] = position;
        self.kept.values[n % ROOM] = value;
        if !PLAIN {
            self.kept.words[n % ROOM] = word;
        }
    }

    /// Settles the first `n` that were kept: their periods, lane by lane, then what they lose.
    #[inline(always)]
    pub fn settle<const PLAIN: bool>(&mut self, n: usize, passed: impl Fn(&[Values], &[u32], &mut [Values])) {
        let Kept { values, periods, .. } = &mut *self.kept;
        let groups = n.div_ceil(LANES) % GROUPS;
        passed(&values.as_chunks().0[..groups], self.earlier, &mut periods.as_chunks_mut().0[..groups]);
        if PLAIN {
            self.settle_plainly(n);
            return;
        }
        for nth in 0..n {
            let Kept { positions, words, periods, .. } = &*self.kept;
            let at = At { period: periods[nth % ROOM] as usize, scenario: self.scenario, word: words[nth % ROOM] };
            self.settle_one(positions[nth % ROOM] as usize % PLACES, at);
        }
    }

    /// What the first `n` lose, where obligors have one loss each, and no severity: step by step for all of them.
    #[inline(always)]
    fn settle_plainly(&mut self, n: usize) {
        let Kept { positions, places, periods, indices, factors, losses, .. } = &mut *self.kept;
        let n = n % (ROOM - LANES);
        let whole = n.next_multiple_of(LANES);
        for (place, &position) in places[..n].iter_mut().zip(&positions[..n]) {
            *place = self.places[position as usize % PLACES];
        }
        for ((index, &place), &period) in indices[..whole].iter_mut().zip(&places[..whole]).zip(&periods[..whole]) {
            *index = (place >> 32) as u32 + period;
        }
        for (factor, &index) in factors[..n].iter_mut().zip(&indices[..n]) {
            *factor = self.losses.factors.get(index as usize).copied().unwrap_or(MATURED);
        }
        // Nobody is there beyond n.
        factors[n..n + LANES].fill(MATURED);
        let mut alive = 0;
        for ((loss, &place), &factor) in losses[..whole].iter_mut().zip(&places[..whole]).zip(&factors[..whole]) {
            let is_alive = u32::from(factor != MATURED);
            *loss = u64::from(round31(place as u32, factor) & is_alive.wrapping_neg());
            alive += is_alive;
        }
        self.defaults += alive;
        for (&period, &loss) in periods[..n].iter().zip(&losses[..n]) {
            self.by_period[period as usize % PERIODS] += loss;
        }
    }

    /// The default of the obligor at `place`.
    #[inline(always)]
    fn settle_one(&mut self, place: usize, at: At) {
        let losses = &self.losses;
        let (base, row) = (self.places[place] as u32, (self.places[place] >> 32) as usize);
        let (mut loss, mut is_alive) = losses.of::<true>(base, row, at);
        if losses.bases.len() > losses.obligors {
            for slot in (place..losses.bases.len()).step_by(losses.obligors).skip(1) {
                let row = usize::from(losses.profiles[slot]) * losses.periods;
                let (more, alive) = losses.of::<true>(losses.bases[slot], row, at);
                loss += more;
                is_alive |= alive;
            }
        }
        self.by_period[at.period % PERIODS] += loss;
        self.defaults += is_alive;
    }

    /// Loss and defaults; the losses of the years are added to `years`.
    #[inline(always)]
    pub fn finish(self, years: &mut [u64]) -> (u64, u32) {
        let mut sum = 0;
        let by_period = &self.by_period[..self.earlier.len() + 1];
        for (year, periods) in years.iter_mut().zip(by_period.chunks(self.losses.per_year)) {
            let loss: u64 = periods.iter().sum();
            *year += loss;
            sum += loss;
        }
        (sum, self.defaults)
    }
}
