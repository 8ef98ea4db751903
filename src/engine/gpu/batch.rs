//! Batches: how many scenarios go to the device at a time, by memory and by time.

use super::rate::Rate;
use super::schedule::Shelf;
use super::states::shock_rows;
use crate::engine::plan::Plan;
use std::time::Duration;

/// Time that one submission should take: short enough for a display's watchdog, long enough to hide its cost.
const SUBMISSION_TIME: Duration = Duration::from_millis(75);

/// Scenarios of a tile of the host's tables.
const TILE: u32 = 256;

/// A batch is at most this part of what is left, so that host and device overlap and a stop is heard.
const BATCHES_AT_LEAST: u64 = 16;

/// Fewer scenarios leave the threads of small blocks without a player.
const FEW: u32 = 64;

/// Sizes of the tables for a number of scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiling {
    /// Scenarios.
    pub n_scenarios: u32,
    /// Scenarios per tile; the last one may have fewer.
    pub tile: u32,
    /// Tiles.
    pub n_tiles: u32,
}

impl Tiling {
    /// Even tiles for `n_scenarios`, at least 1.
    pub fn new(n_scenarios: u32) -> Self {
        let n_tiles = n_scenarios.div_ceil(TILE).max(1);
        let tile = n_scenarios.div_ceil(n_tiles).max(1);
        Self { n_scenarios, tile, n_tiles: n_scenarios.div_ceil(tile).max(1) }
    }

    /// Places in a row of a table, those of no scenario included.
    pub fn places(self) -> u64 {
        u64::from(self.tile) * u64::from(self.n_tiles)
    }
}

/// Bytes for the tables and sums of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Each of them.
    pub binding: u64,
    /// All together, where one scenario needs less.
    pub batch: u64,
}

/// Most scenarios whose tables and sums fit; 0 when not even one fits.
pub fn most_scenarios(plan: &Plan, shelves: &[Shelf], room: Room) -> u32 {
    let segments = plan.n_segments() as u64;
    let years = plan.horizon().map_or(0, |horizon| horizon.years() as u64);
    let sums = 4 + 8 * (segments + years);
    let shocks = 4 * shock_rows(plan);
    let counts = |shelf: &Shelf| 4 * shelf.n_counted as u64;
    let widest = shelves.iter().map(counts).max().unwrap_or(0).max(sums).max(shocks);
    let together = shelves.iter().map(counts).sum::<u64>() + 2 * sums + shocks;
    let fitting = (room.binding.saturating_sub(16) / widest).min((room.batch / together).max(1));
    let most = fitting.min(u64::from(u16::MAX)) as u32;
    // Tiles of equal size may leave a place unused in each.
    most - if most > TILE { most.div_ceil(TILE) } else { 0 }
}

/// Chooses the size of the next batch from how fast the device is.
#[derive(Debug, Clone)]
pub struct Pace {
    work_per_scenario: f64,
    most: u32,
}

impl Pace {
    /// For scenarios of `work_per_scenario` random words each, at most `most` at a time.
    pub fn new(work_per_scenario: f64, most: u32) -> Self {
        Self { work_per_scenario: work_per_scenario.max(1.0), most: most.max(1) }
    }

    /// Scenarios of the next batch, of `left` that are to be played.
    pub fn next(&self, rate: &Rate, left: u64) -> u32 {
        let timely = (self.submission_work(rate) / self.work_per_scenario) as u64;
        let share = left.div_ceil(BATCHES_AT_LEAST);
        timely.min(share).max(u64::from(FEW)).min(u64::from(self.most)).min(left) as u32
    }

    /// Random words of one submission.
    pub fn submission_work(&self, rate: &Rate) -> f64 {
        rate.words_per_second() * SUBMISSION_TIME.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_scenario_with_less_than_a_place_wasted_in_each() {
        for n in 1..5_003 {
            let Tiling { tile, n_tiles, .. } = Tiling::new(n);
            assert!(tile <= TILE);
            assert!(tile * n_tiles >= n && tile * n_tiles < n + tile, "{n}");
            assert!(tile * n_tiles <= n + n.div_ceil(TILE), "{n}");
        }
    }

    #[test]
    fn batches_follow_the_clock() {
        let (pace, mut rate) = (Pace::new(1_000.0, 60_000), Rate::default());
        assert_eq!(pace.next(&rate, 1_000_000), 3_750);
        rate.learn(3_750_000.0, Duration::from_millis(750));
        assert_eq!(pace.next(&rate, 1_000_000), 375);
        rate.learn(1e12, Duration::from_millis(1));
        assert_eq!(pace.next(&rate, 10_000_000), 60_000);
        assert_eq!(pace.next(&rate, 160_000), 10_000, "a sixteenth of what is left");
        assert_eq!(pace.next(&rate, 70), 64);
        assert_eq!(pace.next(&rate, 3), 3);
    }
}
