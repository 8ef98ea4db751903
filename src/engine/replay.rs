//! Replay: any scenario again, alone, obligor by obligor (L3, M21). Its losses add up to what every device played.

use super::block::Kernel;
use super::cpu::Cpu;
use super::horizon::Horizon;
use super::job::Job;
use super::plan::Chance;
use super::scalar::systematic::Economy;
use super::scalar::{granular, named, outcome, systematic};
use super::severity::Lookup;
use crate::error::Result;

/// An obligor that defaulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaulted {
    /// Index of its first loss in [`super::Plan::losses`] and [`super::Plan::rows`].
    pub obligor: usize,
    /// Index of its segment.
    pub segment: u32,
    /// Its loss, units.
    pub loss: u64,
    /// The period in which it defaulted, from 0.
    pub period: usize,
}

/// Plays scenarios of a job again on the host, whatever device played them first.
pub struct Replay<'a> {
    job: &'a Job<'a>,
    cpu: Cpu,
}

impl<'a> Replay<'a> {
    /// A replay of `job` on `threads` threads, at least 1.
    ///
    /// # Errors
    /// When the system refuses the threads.
    pub fn new(job: &'a Job<'a>, threads: usize) -> Result<Self> {
        Ok(Self { job, cpu: Cpu::new(threads)? })
    }

    /// Number of segments.
    pub fn n_segments(&self) -> usize {
        self.job.plan().n_segments()
    }

    /// Calls `each` with the losses of all segments (units) in each of `scenarios`, from any thread and in any order.
    pub fn each_scenario(&self, scenarios: &[u64], each: impl Fn(&[u64]) + Sync) {
        self.cpu.play_listed(self.job, scenarios, |tile| {
            tile.segment_losses().chunks(self.n_segments().max(1)).for_each(&each);
        });
    }
}

/// Calls `default` once for each obligor that defaults in `scenario`.
pub fn visit(job: &Job<'_>, scenario: u64, mut default: impl FnMut(Defaulted)) {
    let plan = job.plan();
    let economy = Economy::new(job, scenario);
    let severity = plan.horizon().and_then(Horizon::severity);
    for block in plan.blocks() {
        let mut at = |i: usize, when: (usize, Option<Lookup>)| {
            if let Some(loss) = outcome::loss(plan, block, i, when) {
                default(Defaulted { obligor: block.first as usize + i, segment: block.segment, loss, period: when.0 });
            }
        };
        match plan.pools()[block.pool as usize].chance {
            Chance::Never => {}
            Chance::Certain => (0..block.obligors as usize).for_each(|i| at(i, (0, None))),
            Chance::Random => {
                let arguments = systematic::arguments(job, block, &economy);
                let thresholds = systematic::thresholds(job, &arguments);
                let top = thresholds.last().copied().unwrap_or(0);
                let (address, n) = (job.address(scenario, block), block.obligors);
                // By the number of the hit, or of the name.
                let lookup = |place: u32, period: usize| {
                    severity.map(|severity| Lookup {
                        row: systematic::severity_row(severity, (&economy, block, period), &arguments),
                        cell: if severity.is_drawn() { outcome::cell(address, place) } else { 0 },
                    })
                };
                match block.kernel {
                    Kernel::Granular => {
                        let hits = systematic::hits(job, block, scenario, &arguments);
                        granular::play(address, hits, n, |i, hit| {
                            let period = outcome::period(&thresholds, outcome::value(address, hit, top));
                            at(i, (period, lookup(hit, period)));
                        });
                    }
                    Kernel::Named => named::play(address, top, n, |i, word| {
                        let period = outcome::period(&thresholds, word);
                        at(i, (period, lookup(i as u32, period)));
                    }),
                }
            }
        }
    }
}
