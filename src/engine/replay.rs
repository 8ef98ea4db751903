//! Replay: any scenario again, alone, obligor by obligor (L3, M21). Its losses add up to what every device played.

use super::block::Kernel;
use super::cpu::Cpu;
use super::job::Job;
use super::plan::Chance;
use super::scalar::{granular, named, outcome, systematic};
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
    let mixing = systematic::mixing(job, scenario);
    let index = systematic::index(job, scenario);
    for block in plan.blocks() {
        let mut at = |i: usize, period: usize| {
            if let Some(loss) = outcome::loss(plan, block, i, period) {
                default(Defaulted { obligor: block.first as usize + i, segment: block.segment, loss, period });
            }
        };
        match plan.pools()[block.pool as usize].chance {
            Chance::Never => {}
            Chance::Certain => (0..block.obligors as usize).for_each(|i| at(i, 0)),
            Chance::Random => {
                let shock = (mixing, index[block.segment as usize]);
                let count = systematic::count(job, block, scenario, shock);
                let thresholds = systematic::thresholds(job, block, shock);
                let (address, n) = (job.address(scenario, block), block.obligors);
                match block.kernel {
                    Kernel::Granular => granular::play(address, count, n, |i, hit| {
                        let top = thresholds.last().copied().unwrap_or(0);
                        at(i, outcome::period(&thresholds, outcome::value(address, hit, top)));
                    }),
                    Kernel::Named => {
                        named::play(address, count, n, |i, word| at(i, outcome::period(&thresholds, word)))
                    }
                }
            }
        }
    }
}
