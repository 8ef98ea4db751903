//! Hits and names of plans of several periods, from their words on (M31, M32): who is hit first, when, and what is lost.
//!
//! Plain loops over lanes: each set of instructions inlines them into its kernels, and the compiler fills the words.

use super::ground::Ground;
use super::{Hits, Numbers};
use crate::engine::horizon::round31;
use crate::engine::stream::LARGEST_BLOCK;
use crate::rng::RoundKeys;

/// Hits whose words are generated before they are resolved: their positions and values stay in the first-level cache.
pub const BATCH: usize = 512;

/// Values whose periods are counted together.
const LANES: usize = 16;

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
        let Losses { bases, profiles, obligors, factors, stride, per_year } = names.losses;
        let row = &names.thresholds[place * periods..][..periods];
        let period = row.partition_point(|&threshold| threshold <= word).min(periods - 1);
        let mut is_alive = false;
        let mut loss = 0;
        for slot in (i..bases.len()).step_by(obligors.max(1)) {
            let row = usize::from(profiles[slot]) * stride;
            is_alive |= (period as u32) < factors[row];
            loss += u64::from(round31(bases[slot], factors[row + 1 + period]));
        }
        self.losses[place] += loss;
        self.defaults[place] += u32::from(is_alive);
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
    /// All profiles: for each its periods, then a factor for each.
    pub factors: &'a [u32],
    /// Words of a profile.
    pub stride: usize,
    /// Periods in a year.
    pub per_year: usize,
}

/// A block of several periods, laid out for hits: for each obligor its first base and where the profile of that stands.
#[derive(Debug)]
pub struct TimedGround {
    ground: Ground,
    rows: Vec<u32>,
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
        Self { ground: Ground::default(), rows: vec![0; LARGEST_BLOCK as usize], by_period: Vec::new(), kept }
    }
}

impl TimedGround {
    /// Lays out another block.
    pub fn lay(&mut self, losses: &Losses<'_>) {
        self.ground.lay(&losses.bases[..losses.obligors]);
        let rows = losses.profiles.iter().map(|&profile| u32::from(profile) * losses.stride as u32);
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
    rows: &'a [u32],
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
    pub fn resolve(&mut self, positions: &[u16], values: &[u32]) {
        let mut n = 0;
        for (&position, &value) in positions.iter().zip(values) {
            // No branch: what is no first hit is overwritten by the next.
            self.kept.positions[n % ROOM] = position;
            self.kept.values[n % ROOM] = value;
            n += self.ground.hit_first(position) as usize;
        }
        for first in (0..n).step_by(LANES) {
            let Some(values) = self.kept.values.get(first..).and_then(|values| values.first_chunk::<LANES>()) else {
                return;
            };
            let mut periods = [0u32; LANES];
            for &threshold in self.earlier {
                for lane in 0..LANES {
                    periods[lane] += u32::from(threshold <= values[lane]);
                }
            }
            for (lane, &period) in periods.iter().enumerate().take(n - first) {
                self.settle(usize::from(self.kept.positions[(first + lane) % ROOM]), period as usize);
            }
        }
    }

    /// The first hit at the obligor of `place`, in `period`.
    #[inline(always)]
    fn settle(&mut self, place: usize, period: usize) {
        let Losses { bases, obligors, factors, stride, .. } = self.losses;
        let row = self.rows[place % LARGEST_BLOCK as usize] as usize;
        let mut is_alive = (period as u32) < factors[row];
        let mut loss = u64::from(round31(bases[place], factors[row + 1 + period]));
        if bases.len() > obligors {
            for slot in (place..bases.len()).step_by(obligors).skip(1) {
                let row = usize::from(self.losses.profiles[slot]) * stride;
                is_alive |= (period as u32) < factors[row];
                loss += u64::from(round31(bases[slot], factors[row + 1 + period]));
            }
        }
        self.by_period[period] += loss;
        self.defaults += u32::from(is_alive);
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
