//! Hits and names of plans of several periods, from their words on (M31, M32, M45): who is hit first, when, and what is lost.
//!
//! Plain loops over lanes: each set of instructions inlines them into its kernels, and the compiler fills the words.

use super::ground::{Ground, PLACES, zeros};
use super::{Hits, Numbers};
use crate::engine::horizon::{MATURED, MOST_PERIODS, round31};
use crate::rng::{Purpose, RoundKeys, philox4x32_10};

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

impl TimedNames<'_> {
    /// The word of the severity of obligor `i` in the scenario at `place`; 0 where none is drawn.
    #[inline(always)]
    fn severity_word(&self, place: usize, i: usize) -> u32 {
        if !self.losses.severities.is_some_and(Severities::are_drawn) {
            return 0;
        }
        let [_, number, lo, hi] = self.numbers.counter(Purpose::Severity, place, self.block);
        philox4x32_10([(i / 4) as u32, number, lo, hi], self.keys[0])[i % 4]
    }
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
    pub fn add_name<const SEVERE: bool>(&mut self, names: &TimedNames<'_>, place: usize, (i, word): (usize, u32)) {
        let (periods, years) = self.row_lengths(names.thresholds);
        let Losses { bases, profiles, obligors, per_year, .. } = names.losses;
        let row = &names.thresholds[place * periods..][..periods];
        let period = row.partition_point(|&threshold| threshold <= word).min(periods - 1);
        let (mut loss, mut is_alive) = (0, 0);
        let at = At { period, scenario: place, word: if SEVERE { names.severity_word(place, i) } else { 0 } };
        for slot in (i..bases.len()).step_by(obligors.max(1)) {
            let row = usize::from(profiles[slot]) * names.losses.periods;
            let (more, alive) = names.losses.of::<SEVERE>(bases[slot], row, at);
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
    /// What severity makes of it.
    pub severities: Option<&'a Severities<'a>>,
}

/// What severity makes of losses (M45 to M47).
#[derive(Clone, Copy)]
pub struct Severities<'a> {
    /// Class of each profile and period.
    pub classes: &'a [u16],
    /// Shares by class, row and cell.
    pub table: &'a [u32],
    /// Rows of a class.
    pub rows: usize,
    /// Cells of a row.
    pub cells: usize,
    /// Row of the economy in each period and scenario of the block, period-major; empty where there is one.
    pub states: &'a [u8],
    /// Number of those scenarios.
    pub scenarios: usize,
}

impl Severities<'_> {
    /// Whether it is drawn.
    #[inline(always)]
    pub fn are_drawn(&self) -> bool {
        self.cells > 1
    }

    /// The share lost by a default of the class at a place in the table of factors.
    #[inline(always)]
    fn share(&self, place: usize, at: At) -> u32 {
        let state = match self.states.is_empty() {
            true => 0,
            false => usize::from(self.states[at.period * self.scenarios + at.scenario]),
        };
        let row = usize::from(self.classes[place]) * self.rows + state;
        let cell = if self.are_drawn() { at.word as usize >> 24 } else { 0 };
        self.table[row * self.cells + cell]
    }
}

/// In which circumstances an obligor defaults.
#[derive(Clone, Copy)]
struct At {
    /// From 0.
    period: usize,
    /// Place of the scenario.
    scenario: usize,
    /// The word of its severity.
    word: u32,
}

impl Losses<'_> {
    /// Loss of a loan of this base and this row of factors, and whether it had not matured, 1 or 0.
    #[inline(always)]
    fn of<const SEVERE: bool>(&self, base: u32, row: usize, at: At) -> (u64, u32) {
        let factor = self.factors[row + at.period];
        let is_alive = u32::from(factor != MATURED);
        let loss = round31(base, factor) & is_alive.wrapping_neg();
        let loss = match self.severities {
            Some(severities) if SEVERE => round31(loss, severities.share(row + at.period, at)),
            _ => loss,
        };
        (u64::from(loss), is_alive)
    }
}

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
    /// Words of their severities.
    words: Box<[u32; ROOM]>,
}

/// Positions and values of first hits.
#[derive(Debug)]
struct Kept {
    positions: [u16; ROOM],
    values: [u32; ROOM],
}

/// Some hits or names of a scenario, at most [`BATCH`].
pub struct Batch<'a, P> {
    /// Where hits strike, or the first of the names.
    pub positions: P,
    /// What decides on their periods.
    pub values: &'a [u32],
    /// Words of their severities; idle without.
    pub words: &'a [u32; BATCH],
}

impl Default for TimedGround {
    fn default() -> Self {
        let kept = Box::new(Kept { positions: [0; ROOM], values: [0; ROOM] });
        Self { ground: Ground::default(), places: zeros(), by_period: zeros(), kept, words: zeros() }
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
        let Self { ground, places, by_period, kept, words } = self;
        ground.next_round();
        TimedRound { ground, places, by_period, kept, words, losses, earlier, scenario, defaults: 0 }
    }
}

/// What one scenario hits, and when.
pub struct TimedRound<'a> {
    ground: &'a mut Ground,
    places: &'a [u64; PLACES],
    by_period: &'a mut [u64; PERIODS],
    kept: &'a mut Kept,
    words: &'a mut [u32; ROOM],
    losses: Losses<'a>,
    /// Thresholds of all periods but the last.
    earlier: &'a [u32],
    scenario: usize,
    defaults: u32,
}

impl TimedRound<'_> {
    /// Resolves hits by their positions and values.
    #[inline(always)]
    pub fn resolve<const SEVERE: bool>(&mut self, hits: Batch<'_, &[u16]>, passed: impl Fn(&Values, &[u32]) -> Values) {
        let mut n = 0;
        let pairs = hits.positions.iter().zip(hits.values);
        // No branch: what is no first hit is overwritten by the next.
        if SEVERE {
            for ((&position, &value), &word) in pairs.zip(hits.words) {
                self.words[n % ROOM] = word;
                n = self.keep(n, (position, value));
            }
        } else {
            for (&position, &value) in pairs {
                n = self.keep(n, (position, value));
            }
        }
        self.settle_all::<SEVERE>(n, passed);
    }

    /// Keeps a hit as number `n`; the number of the next, which is the same unless it is a first hit.
    #[inline(always)]
    fn keep(&mut self, n: usize, (position, value): (u16, u32)) -> usize {
        self.kept.positions[n % ROOM] = position;
        self.kept.values[n % ROOM] = value;
        n + usize::from(self.ground.hit_first(position))
    }

    /// Keeps an obligor as number `n`; the number of the next, which is the same unless its value is below `top`.
    #[inline(always)]
    fn keep_below(&mut self, n: usize, (position, value): (usize, u32), top: u32) -> usize {
        self.kept.positions[n % ROOM] = position as u16;
        self.kept.values[n % ROOM] = value;
        n + usize::from(value < top)
    }

    /// Resolves obligors by their words: those below `top` default.
    #[inline(always)]
    pub fn resolve_names<const SEVERE: bool>(
        &mut self,
        names: Batch<'_, usize>,
        top: u32,
        passed: impl Fn(&Values, &[u32]) -> Values,
    ) {
        let mut n = 0;
        // No branch, as above.
        if SEVERE {
            for (position, (&value, &word)) in (names.positions..).zip(names.values.iter().zip(names.words)) {
                self.words[n % ROOM] = word;
                n = self.keep_below(n, (position, value), top);
            }
        } else {
            for (i, &value) in names.values.iter().enumerate() {
                n = self.keep_below(n, (names.positions + i, value), top);
            }
        }
        self.settle_all::<SEVERE>(n, passed);
    }

    /// Settles the first `n` that were kept: their periods, lane by lane, then what they lose.
    #[inline(always)]
    fn settle_all<const SEVERE: bool>(&mut self, n: usize, passed: impl Fn(&Values, &[u32]) -> Values) {
        for first in (0..n).step_by(LANES) {
            let Some(values) = self.kept.values.get(first..).and_then(|values| values.first_chunk::<LANES>()) else {
                return;
            };
            let periods = passed(values, self.earlier);
            if !SEVERE && self.losses.bases.len() == self.losses.obligors {
                self.settle_lanes((first, n), &periods);
                continue;
            }
            for (lane, &period) in periods.iter().enumerate().take(n - first) {
                let word = if SEVERE { self.words[(first + lane) % ROOM] } else { 0 };
                let at = At { period: period as usize, scenario: self.scenario, word };
                self.settle::<SEVERE>(self.kept.positions[(first + lane) % ROOM], at);
            }
        }
    }

    /// The defaults of those kept from `first` on, below `n`, where obligors have one loss each. Phase by phase, and beyond
    /// `n` too: so that what is looked up for one does not wait for another.
    #[inline(always)]
    fn settle_lanes(&mut self, (first, n): (usize, usize), periods: &Values) {
        let factors = self.losses.factors;
        let (mut bases, mut shares) = ([0_u32; LANES], [0_u32; LANES]);
        for lane in 0..LANES {
            let place = self.places[usize::from(self.kept.positions[(first + lane) % ROOM])];
            bases[lane] = place as u32;
            let at = (place >> 32) as usize + periods[lane] as usize;
            shares[lane] = factors.get(at).copied().unwrap_or(MATURED);
        }
        let (mut lost, mut alive) = ([0_u32; LANES], [0_u32; LANES]);
        for lane in 0..LANES {
            alive[lane] = u32::from(shares[lane] != MATURED);
            lost[lane] = round31(bases[lane], shares[lane]) & alive[lane].wrapping_neg();
        }
        for lane in 0..LANES.min(n - first) {
            self.by_period[periods[lane] as usize % PERIODS] += u64::from(lost[lane]);
            self.defaults += alive[lane];
        }
    }

    /// The default of the obligor at `position`.
    #[inline(always)]
    fn settle<const SEVERE: bool>(&mut self, position: u16, at: At) {
        let place = usize::from(position);
        let losses = &self.losses;
        let (base, row) = (self.places[place] as u32, (self.places[place] >> 32) as usize);
        let (mut loss, mut is_alive) = losses.of::<SEVERE>(base, row, at);
        if losses.bases.len() > losses.obligors {
            for slot in (place..losses.bases.len()).step_by(losses.obligors).skip(1) {
                let row = usize::from(losses.profiles[slot]) * losses.periods;
                let (more, alive) = losses.of::<SEVERE>(losses.bases[slot], row, at);
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
