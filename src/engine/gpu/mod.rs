//! The GPU device: both kernels in WGSL through wgpu, on Vulkan, Metal or DX12; integers only (L1).
//!
//! `schedule` puts the plan on shelves, `passes` takes as many at a time as the device has memory for, `resident` uploads
//! them, `tables` computes what the host adds to each batch, `slot` sends a batch and reads it back, `session` keeps two
//! in hand. What `recovery` does about failures is invisible in the losses.

mod abandoned;
mod adapter;
mod batch;
mod budget;
mod chunk;
mod clock;
#[cfg(test)]
mod emission_tests;
mod ended;
mod failure;
mod fault;
mod groups;
mod interface;
mod opened;
mod options;
mod passes;
mod pieces;
mod pipelines;
mod progress;
mod rate;
mod receipt;
mod recovery;
mod resident;
mod schedule;
mod session;
mod shader;
#[cfg(test)]
mod shader_tests;
mod slot;
mod states;
mod sums;
mod tables;
mod timed;
mod todo;
#[cfg(test)]
mod twin;
mod unchecked;

pub use adapter::{Adapter, AdapterInfo, AdapterKind, find_adapters, preferred};
pub use clock::Times;
pub use failure::Failure;
pub use fault::{Fault, FaultKind};
pub use options::{GpuOptions, KernelClock, Mulhi, ShaderChecks};

use super::cpu::Cpu;
use super::device::{Device, DeviceInfo, DeviceKind, Sink};
use super::job::Job;
use crate::error::{Error, Result};
use opened::Opened;
use progress::Progress;
use rate::Rate;
use std::ops::Range;
use std::sync::Arc;

/// What happened in the last call of `play`, for reports and tests.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Played {
    /// Batches that came back whole.
    pub batches: u64,
    /// Failures, in order, with what was done about them.
    pub failures: Vec<Failure>,
    /// Scenarios that the CPU had to finish.
    pub finished_by_cpu: u64,
    /// Random words (hits and draws) per second by the clock on the wall, host tables and transfers included: those of the
    /// batches that landed after the first, from its landing to the last; of a single batch from its sending to its
    /// landing; 0 before any.
    pub words_per_second: f64,
    /// Where the time went.
    pub times: Times,
}

/// See the module. Clones share the opened device.
#[derive(Debug, Clone)]
pub struct Gpu {
    adapter: Adapter,
    options: GpuOptions,
    opened: Option<Arc<Opened>>,
    cpu: Arc<Cpu>,
    played: Played,
    rate: Rate,
    /// Whether it was said that the device is given up.
    mourned: bool,
    helped: Helped,
}

/// What the CPU had to do in the device's place, over all calls of `play`.
#[derive(Debug, Clone, Default)]
struct Helped {
    scenarios: u64,
    because: Option<Failure>,
}

impl Gpu {
    /// Opens `adapter` and compiles the kernels.
    ///
    /// # Errors
    /// [`Error::Setting`] for unusable options, [`Error::Gpu`] when the driver refuses.
    pub fn open(adapter: Adapter, options: GpuOptions) -> Result<Self> {
        options.check()?;
        let cpu = Arc::new(options.threads.map_or_else(Cpu::on_all_cores, Cpu::new)?);
        let opened = Opened::new(&adapter, &options, None)
            .map_err(|failure| Error::Gpu { name: adapter.info.name.clone(), found: failure.to_string() })?;
        Ok(Self {
            adapter,
            options,
            opened: Some(Arc::new(opened)),
            cpu,
            played: Played::default(),
            rate: Rate::default(),
            mourned: false,
            helped: Helped::default(),
        })
    }

    /// The same opened device with acted failures.
    pub fn with_faults(&self, faults: Vec<Fault>) -> Self {
        let mut other = self.clone();
        other.options.faults = faults;
        other
    }

    /// The same opened device with at most so many bytes of the plan on it: see [`GpuOptions::most_resident_bytes`].
    pub fn with_most_resident_bytes(&self, bytes: Option<u64>) -> Self {
        let mut other = self.clone();
        other.options.most_resident_bytes = bytes;
        other
    }

    /// What happened in the last call of `play`.
    pub fn played(&self) -> &Played {
        &self.played
    }

    /// The adapter.
    pub fn adapter(&self) -> &AdapterInfo {
        &self.adapter.info
    }
}

impl Device for Gpu {
    fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: DeviceKind::Gpu, name: self.adapter.info.title(), threads: self.cpu.info().threads }
    }

    fn notes(&self) -> Vec<String> {
        let name = &self.adapter.info.name;
        let Helped { scenarios, because: Some(failure) } = &self.helped else { return Vec::new() };
        vec![format!("the CPU played {scenarios} of the scenarios in place of {name}: {failure}")]
    }

    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        self.played = Played::default();
        if range.is_empty() || job.plan().random_blocks().is_empty() {
            // Nothing for a device to play: every scenario has the same, certain losses.
            return self.cpu.play_shared(job, range, sink);
        }
        let mut progress = Progress::new(range, &self.options, self.rate);
        self.play_on_device(job, &mut progress, sink)?;
        if sink.is_stopped() {
            return Ok(());
        }
        let todo = progress.surrender();
        self.played.finished_by_cpu = todo.left();
        if todo.left() > 0 {
            self.helped.scenarios += todo.left();
            self.helped.because = self.helped.because.take().or(self.played.failures.first().cloned());
        }
        todo.ranges().try_for_each(|range| self.cpu.play_shared(job, range, sink))
    }
}

impl Drop for Gpu {
    fn drop(&mut self) {
        self.close();
    }
}
