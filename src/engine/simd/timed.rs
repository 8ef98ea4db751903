//! What blocks of several periods need to be played, and what comes out of it (M31, M32, M45); see
//! [`round`](super::round) for how.

use super::{Hits, Numbers};
use crate::engine::horizon::{MATURED, round31};
use crate::rng::{Purpose, RoundKeys, philox4x32_10};

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
pub struct At {
    /// From 0.
    pub period: usize,
    /// Place of the scenario.
    pub scenario: usize,
    /// The word of its severity.
    pub word: u32,
}

impl Losses<'_> {
    /// Whether obligors have one loss each, and no severity.
    #[inline(always)]
    pub fn are_plain(&self) -> bool {
        self.severities.is_none() && self.bases.len() == self.obligors
    }

    /// Loss of a loan of this base and this row of factors, and whether it had not matured, 1 or 0.
    #[inline(always)]
    pub fn of<const SEVERE: bool>(&self, base: u32, row: usize, at: At) -> (u64, u32) {
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
