//! What a tile needs beside its losses where a plan has several periods: thresholds and rows of severities by period, and
//! losses by year.

use crate::engine::block::{Block, Kernel};
use crate::engine::horizon::Horizon;
use crate::engine::job::Job;
use crate::engine::severity::Severity;
use crate::engine::shocks::Shocks;
use crate::engine::simd::{Hits, Instructions, Losses, Severities, TimedGround, TimedHits, TimedNames, TimedSums};

/// See the module; reused from block to block and from tile to tile.
#[derive(Debug, Default)]
pub struct Timed {
    /// A row of thresholds for each scenario.
    thresholds: Vec<u32>,
    /// Rows of severities by period and scenario.
    states: Vec<u8>,
    /// Loss of the block in each scenario.
    losses: Vec<u64>,
    /// Defaults of the block in each scenario.
    defaults: Vec<u32>,
    /// Loss of all blocks by scenario and year, scenario-major.
    years: Vec<u64>,
    ground: TimedGround,
}

impl Timed {
    /// Begins a tile of `n` scenarios, in the first year of each of which `certain` units are lost.
    pub fn begin(&mut self, horizon: Option<&Horizon>, n: usize, certain: u64) {
        let n_years = horizon.map_or(0, Horizon::years);
        self.years.clear();
        self.years.resize(n * n_years, 0);
        self.years.iter_mut().step_by(n_years.max(1)).for_each(|year| *year = certain);
        self.losses.resize(n, 0);
        self.defaults.resize(n, 0);
    }

    /// Plays `block` in the scenarios of `shocks`; `counts` are the hits of a granular block.
    pub fn play(&mut self, job: &Job<'_>, (block, horizon): (&Block, &Horizon), played: &Played<'_>) {
        let n = self.losses.len();
        self.thresholds.resize(n * usize::from(block.periods), 0);
        let Played { instructions, shocks, counts } = *played;
        job.period_thresholds_by(instructions, block, shocks, &mut self.thresholds);
        let severities = horizon.severity().map(|severity| {
            let periods = if severity.is_by_state() { usize::from(block.periods) } else { 0 };
            self.states.resize(n * periods, 0);
            job.severity_rows_by(instructions, block, shocks, &mut self.states);
            let Severity { classes, table, rows, cells, .. } = severity;
            Severities { classes, table, rows: *rows, cells: *cells, states: &self.states, scenarios: n }
        });
        let losses = Losses {
            bases: job.plan().losses_of(block),
            profiles: &horizon.profiles()[block.places()],
            obligors: block.obligors as usize,
            factors: horizon.factors(),
            periods: horizon.periods(),
            per_year: horizon.per_year(),
            severities: severities.as_ref(),
        };
        let ground = &mut self.ground;
        let thresholds = self.thresholds.as_slice();
        let mut sums = TimedSums { losses: &mut self.losses, defaults: &mut self.defaults, years: &mut self.years };
        let (keys, numbers) = (job.keys(), shocks.numbers());
        match block.kernel {
            Kernel::Granular => {
                ground.lay(&losses);
                let hits = Hits { keys, block: block.number, obligors: block.obligors, numbers, first: 0, counts };
                instructions.timed_hits(&TimedHits { hits, thresholds, losses }, ground, &mut sums);
            }
            Kernel::Named => {
                ground.lay(&losses);
                let names = TimedNames { keys, block: block.number, numbers, thresholds, losses };
                instructions.timed_names(&names, ground, &mut sums);
            }
        }
    }

    /// Loss and defaults of the last block in each scenario.
    pub fn sums(&self) -> impl Iterator<Item = (u64, u32)> {
        self.losses.iter().copied().zip(self.defaults.iter().copied())
    }

    /// Losses of all blocks by scenario and year, scenario-major; none in a plan of one period.
    pub fn years(&self) -> &[u64] {
        &self.years
    }
}

/// With what, and in which economy, a block is played.
#[derive(Clone, Copy)]
pub struct Played<'a> {
    /// Kernels.
    pub instructions: Instructions,
    /// The economy of each scenario.
    pub shocks: &'a Shocks,
    /// Hits in each scenario, of a granular block.
    pub counts: &'a [u32],
}
