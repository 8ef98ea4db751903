//! The CPU device: tiles of scenarios over all threads. A tile keeps its counts, stamps and losses in a core's caches.

mod tile;
mod timed;

pub use tile::Tile;

use super::device::{Device, DeviceInfo, DeviceKind, Sink};
use super::job::Job;
use super::simd::Instructions;
use crate::error::{Error, Result};
use rayon::prelude::*;
use std::ops::Range;

/// Most scenarios in a tile: the block is the outer loop, and about this many inner scenarios were best.
const LARGEST_TILE: u64 = 1024;

/// Losses of segments, scenarios times segments, that a tile holds: with their indices about a core's second-level cache.
const CACHED_SEGMENT_LOSSES: u64 = 1 << 16;

/// Losses of segments that a tile holds at most, where it would otherwise be smaller than [`WORTHWHILE`].
const MOST_SEGMENT_LOSSES: u64 = 1 << 21;

/// Scenarios of a tile from which laying a block's losses out is worth its time, whatever the caches hold.
const WORTHWHILE: u64 = 64;

/// Scenarios that fill every kernel's lanes.
const LANES: u64 = 16;

/// Tiles per thread that a range is cut into at least, so that no thread waits long for the last.
const TILES_PER_THREAD: u64 = 8;

/// See the module.
#[derive(Debug)]
pub struct Cpu {
    pool: rayon::ThreadPool,
    name: String,
    instructions: Instructions,
}

impl Cpu {
    /// A device of `threads` threads, at least 1.
    ///
    /// # Errors
    /// [`Error::Setting`] for 0 threads or when the system refuses so many.
    pub fn new(threads: usize) -> Result<Self> {
        if threads == 0 {
            return Err(Error::setting("--threads", 0, "at least 1; leave it out to use every core"));
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|i| format!("mc-gpu-{i}"))
            .build()
            .map_err(|refused| Error::setting("--threads", threads, format!("fewer threads ({refused})")))?;
        Ok(Self { pool, name: processor_name(), instructions: Instructions::best() })
    }

    /// The same device restricted to `instructions` (for tests and benchmarks); those that are not here become portable.
    pub fn with_instructions(self, instructions: Instructions) -> Self {
        Self { instructions, ..self }
    }

    /// One thread per core.
    ///
    /// # Errors
    /// When the system refuses the threads.
    pub fn on_all_cores() -> Result<Self> {
        Self::new(std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// Scenarios to a tile: small enough for all threads to share `scenarios`, and for its segments to stay in memory.
    fn tile_size(&self, job: &Job<'_>, scenarios: u64) -> u64 {
        let threads = self.pool.current_num_threads() as u64;
        let shared = scenarios.div_ceil(threads * TILES_PER_THREAD).max(scenarios.div_ceil(threads).min(LANES));
        let segments = job.plan().n_segments().max(1) as u64;
        let held = (CACHED_SEGMENT_LOSSES / segments).max((MOST_SEGMENT_LOSSES / segments).clamp(LANES, WORTHWHILE));
        let size = shared.min(held).clamp(1, LARGEST_TILE);
        if size > LANES { size - size % LANES } else { size }
    }

    /// Plays the scenarios listed, whatever their numbers, and gives `each` tile to the caller, in any order.
    pub fn play_listed(&self, job: &Job<'_>, scenarios: &[u64], each: impl Fn(&Tile) + Sync) {
        let size = self.tile_size(job, scenarios.len() as u64) as usize;
        self.pool.install(|| {
            scenarios.par_chunks(size).for_each_init(Tile::default, |tile, scenarios| {
                tile.play(job, scenarios, self.instructions);
                each(tile);
            });
        });
    }

    /// Runs `work` on this device's threads, where rayon's parallel iterators use all of them.
    pub fn install<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }

    /// [`Device::play`], for those who share the device.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn play_shared(&self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        let n = range.end.saturating_sub(range.start);
        let size = self.tile_size(job, n);
        self.pool.install(|| {
            (0..n.div_ceil(size)).into_par_iter().try_for_each_init(Tile::default, |tile, nth| {
                if sink.is_stopped() {
                    return Ok(());
                }
                let start = range.start + nth * size;
                let scenarios: Vec<u64> = (start..range.end.min(start + size)).collect();
                tile.play(job, &scenarios, self.instructions);
                sink.accept(tile.part(start..start + scenarios.len() as u64))
            })
        })
    }
}

impl Device for Cpu {
    fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: DeviceKind::Cpu, name: self.name.clone(), threads: self.pool.current_num_threads() }
    }

    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        self.play_shared(job, range, sink)
    }
}

/// The processor's name as the system tells it, else its architecture.
fn processor_name() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    told.unwrap_or_else(|| format!("{} processor", std::env::consts::ARCH))
}
