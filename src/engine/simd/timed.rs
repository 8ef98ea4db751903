//! Hits and names of plans of several periods, from their words on (M31, M32): who is hit first, when, and what is lost.
//!
//! Plain loops over lanes: each set of instructions inlines them into its kernels, and the compiler fills the words.

use super::ground::{Ground, PLACES, zeros};
use super::{Hits, Numbers};
use crate::engine::horizon::{MATURED, round31};
use crate::rng::RoundKeys;

/// Hits whose words are generated before they are resolved: their positions and values stay in the first-level cache.
pub const BATCH: usize = 512;

/// Values whose periods are counted together.
const LANES: usize = 16;

/// See [`passed`].
pub type Values = [u32; LANES];

/// How many of `thresholds` each value has reached: the specification of what sets of instructions do in their words.
#[inline(always)]
pub fn passed(values: &Values, thresholds: &[u32]) -> Values {
    let mut counts = [0; LANES];
    for &threshold in thresholds {
        for (count, &value) in counts.iter_mut().zip(values) {
            *count += u32::from(threshold <= value);
        }
    }
    counts
}

/// Room for the hits of a batch, and for whole groups of lanes; a power of two, so that an index is kept inside by a mask.
const ROOM: usize = 2 * BATCH;

/// What a granular block of several periods needs to be played in several scenarios.
#[derive(Clone, Copy)]
pub struct TimedHits<'a> {
    /// Its hits.
    pub hits: Hits<'a>,
    /// Thresholds by the end of each period, a row for each scenario.
    pub thresholds: &'a [u32],
    /// What it loses.
    pub losses: Losses<'a>,
}

/// What a named block of several periods needs to be played in several scenarios.
#[derive(Clone, Copy)]
pub struct TimedNames<'a> {
    /// Round keys of the seed.
    pub keys: &'a RoundKeys,
    /// Block number.
    pub block: u32,
    /// Scenario numbers.
    pub numbers: &'a Numbers,
    /// Thresholds by the end of each period, a row for each scenario.
    pub thresholds: &'a [u32],
    /// What it loses.
    pub losses: Losses<'a>,
}

/// Losses and defaults of a block in several scenarios.
pub struct TimedSums<'a> {
    /// Loss of each scenario, units: replaced.
    pub losses: &'a mut [u64],
    /// Defaults of each scenario: replaced.
    pub defaults: &'a mut [u32],
    /// Loss of each scenario and year, scenario-major: added to.
    pub years: &'a mut [u64],
}

impl TimedSums<'_> {
    /// Rows of thresholds and of years for each scenario: how long they are.
    #[inline(always)]
    pub fn row_lengths(&self, thresholds: &[u32]) -> (usize, usize) {
        let n = self.losses.len().max(1);
        (thresholds.len() / n, self.years.len() / n)
    }

    /// Adds the default of obligor `i` of a named block in the scenario at `place`; `word` is below the last threshold.
    #[inline(always)]
    pub fn add_name(&mut self, names: &TimedNames<'_>, place: usize, (i, word): (usize, u32)) {
        let (periods, years) = self.row_lengths(names.thresholds);
        let Losses { bases, profiles, obligors, per_year, .. } = names.losses;
        let row = &names.thresholds[place * periods..][..periods];
        let period = row.partition_point(|&threshold| threshold <= word).min(periods - 1);
        let (mut loss, mut is_alive) = (0, 0);
        for slot in (i..bases.len()).step_by(obligors.max(1)) {
            let (more, alive) =
                names.losses.of(bases[slot], usize::from(profiles[slot]) * names.losses.periods + period);
            loss += more;
            is_alive |= alive;
        }
        self.losses[place] += loss;
        self.defaults[place] += is_alive;
        self.years[place * years + period / per_year] += loss;
    }
}

/// What a block of several periods loses, whoever defaults when.
#[derive(Clone, Copy)]
pub struct Losses<'a> {
    /// Bases of its obligors, slot by slot.
    pub bases: &'a [u32],
    /// Profiles of those.
    pub profiles: &'a [u16],
    /// Number of obligors.
    pub obligors: usize,
    /// All profiles: a factor, or [`MATURED`], for each period of the plan.
    pub factors: &'a [u32],
    /// Periods of the plan.
    pub periods: usize,
    /// Periods in a year.
    pub per_year: usize,
}

impl Losses<'_> {
    /// Loss of a loan of this base at a place in the table of factors, and whether it had not matured, 1 or 0.
    #[inline(always)]
    fn of(&self, base: u32, place: usize) -> (u64, u32) {
        let factor = self.factors[place];
        let is_alive = u32::from(factor != MATURED);
        (u64::from(round31(base, factor) & is_alive.wrapping_neg()), is_alive)
    }
}

/// A block of several periods, laid out for hits: for each obligor its first base and where the profile of that stands.
#[derive(Debug)]
pub struct TimedGround {
    ground: Ground,
    rows: Box<[u32; PLACES]>,
    by_period: Vec<u64>,
    /// First hits of a batch.
    kept: Box<Kept>,
}

/// Positions and values of first hits.
#[derive(Debug)]
struct Kept {
    positions: [u16; ROOM],
    values: [u32; ROOM],
}

impl Default for TimedGround {
    fn default() -> Self {
        let kept = Box::new(Kept { positions: [0; ROOM], values: [0; ROOM] });
        Self { ground: Ground::default(), rows: zeros(), by_period: Vec::new(), kept }
    }
}

impl TimedGround {
    /// Lays out another block.
    pub fn lay(&mut self, losses: &Losses<'_>) {
        self.ground.lay(&losses.bases[..losses.obligors]);
        let rows = losses.profiles.iter().map(|&profile| u32::from(profile) * losses.periods as u32);
        self.rows.iter_mut().zip(rows.take(losses.obligors)).for_each(|(place, row)| *place = row);
    }

    /// Begins a scenario whose thresholds by period are given.
    #[inline(always)]
    pub fn start<'a>(&'a mut self, losses: Losses<'a>, thresholds: &'a [u32]) -> TimedRound<'a> {
        self.by_period.clear();
        self.by_period.resize(thresholds.len(), 0);
        let earlier = thresholds.split_last().map_or(&[][..], |(_, earlier)| earlier);
        let Self { ground, rows, by_period, kept } = self;
        ground.next_round();
        TimedRound { ground, rows, by_period, kept, losses, earlier, defaults: 0 }
    }
}

/// What one scenario hits, and when.
pub struct TimedRound<'a> {
    ground: &'a mut Ground,
    rows: &'a [u32; PLACES],
    by_period: &'a mut [u64],
    kept: &'a mut Kept,
    losses: Losses<'a>,
    /// Thresholds of all periods but the last.
    earlier: &'a [u32],
    defaults: u32,
}

impl TimedRound<'_> {
    /// Resolves hits, at most [`BATCH`], by their positions and values.
    #[inline(always)]
    pub fn resolve(&mut self, (positions, values): (&[u16], &[u32]), passed: impl Fn(&Values, &[u32]) -> Values) {
        let mut n = 0;
        for (&position, &value) in positions.iter().zip(values) {
            // No branch: what is no first hit is overwritten by the next.
            self.kept.positions[n % ROOM] = position;
            self.kept.values[n % ROOM] = value;
            n += usize::from(self.ground.hit_first(position));
        }
        self.settle_all(n, passed);
    }

    /// Resolves the obligors from `first` on, at most [`BATCH`], by their words: those below `top` default.
    #[inline(always)]
    pub fn resolve_names(
        &mut self,
        (first, words): (usize, &[u32]),
        top: u32,
        passed: impl Fn(&Values, &[u32]) -> Values,
    ) {
        let mut n = 0;
        for (i, &word) in words.iter().enumerate() {
            // No branch, as above.
            self.kept.positions[n % ROOM] = (first + i) as u16;
            self.kept.values[n % ROOM] = word;
            n += usize::from(word < top);
        }
        self.settle_all(n, passed);
    }

    /// Settles the first `n` that were kept: their periods, lane by lane, then what they lose.
    #[inline(always)]
    fn settle_all(&mut self, n: usize, passed: impl Fn(&Values, &[u32]) -> Values) {
        for first in (0..n).step_by(LANES) {
            let Some(values) = self.kept.values.get(first..).and_then(|values| values.first_chunk::<LANES>()) else {
                return;
            };
            let periods = passed(values, self.earlier);
            for (lane, &period) in periods.iter().enumerate().take(n - first) {
                self.settle(self.kept.positions[(first + lane) % ROOM], period as usize);
            }
        }
    }

    /// The default of the obligor at `position`, in `period`.
    #[inline(always)]
    fn settle(&mut self, position: u16, period: usize) {
        let place = usize::from(position);
        let losses = &self.losses;
        let (mut loss, mut is_alive) = losses.of(self.ground.loss(position), self.rows[place] as usize + period);
        if losses.bases.len() > losses.obligors {
            for slot in (place..losses.bases.len()).step_by(losses.obligors).skip(1) {
                let row = usize::from(losses.profiles[slot]) * losses.periods;
                let (more, alive) = losses.of(losses.bases[slot], row + period);
                loss += more;
                is_alive |= alive;
            }
        }
        self.by_period[period] += loss;
        self.defaults += is_alive;
    }

    /// Loss and defaults; the losses of the years are added to `years`.
    #[inline(always)]
    pub fn finish(self, years: &mut [u64]) -> (u64, u32) {
        let mut sum = 0;
        for (year, periods) in years.iter_mut().zip(self.by_period.chunks(self.losses.per_year)) {
            let loss: u64 = periods.iter().sum();
            *year += loss;
            sum += loss;
        }
        (sum, self.defaults)
    }
}
