//! The GPU device (DESIGN section 3): both kernels in WGSL through wgpu, on Vulkan, Metal or DX12; integers only (L1).
//!
//! `schedule` puts the plan on shelves, `resident` uploads them once, `tables` computes what the host adds to each batch,
//! `slot` sends a batch and reads it back, `session` keeps two in hand. A batch that fails is retried, then the CPU
//! finishes: nobody sees the difference in the losses.

mod adapter;
mod batch;
mod clock;
mod failure;
mod fault;
mod interface;
mod opened;
mod options;
mod pieces;
mod receipt;
mod resident;
mod schedule;
mod session;
mod shader;
#[cfg(test)]
mod shader_tests;
mod slot;
mod tables;
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
use session::{Ended, Tale, Tools};
use std::ops::Range;
use std::sync::Arc;
use todo::Todo;

/// Failures in one call of `play` after which the device is not trusted any more, even if batches succeed in between.
const MOST_FAILURES: u32 = 8;

/// What happened in the last call of `play`, for reports and tests.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Played {
    /// Batches that came back whole.
    pub batches: u64,
    /// Failures, in order, with what was done about them.
    pub failures: Vec<Failure>,
    /// Scenarios that the CPU had to finish.
    pub finished_by_cpu: u64,
    /// Random words (hits and draws) per second of the last batches, host tables and transfers included; 0 before any.
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
}

impl Gpu {
    /// Opens `adapter` and compiles the kernels.
    ///
    /// # Errors
    /// [`Error::Setting`] for unusable options, [`Error::Gpu`] when the driver refuses.
    pub fn open(adapter: Adapter, options: GpuOptions) -> Result<Self> {
        options.check()?;
        let cpu = Arc::new(options.threads.map_or_else(Cpu::on_all_cores, Cpu::new)?);
        let opened = Opened::new(&adapter, &options)
            .map_err(|failure| Error::Gpu { name: adapter.info.name.clone(), found: failure.to_string() })?;
        Ok(Self { adapter, options, opened: Some(Arc::new(opened)), cpu, played: Played::default() })
    }

    /// The same opened device with acted failures and other batches.
    pub fn with(&self, change: impl FnOnce(&mut GpuOptions)) -> Self {
        let mut other = self.clone();
        change(&mut other.options);
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

    /// The device, opened again if it was given up.
    fn reopen(&mut self) -> std::result::Result<Arc<Opened>, Failure> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => Arc::new(Opened::new(&self.adapter, &self.options)?),
        };
        self.opened = Some(Arc::clone(&opened));
        Ok(opened)
    }

    /// Plays on the device until the list is empty, the sink is stopped, or the device has failed twice in a row.
    fn play_on_device(&mut self, job: &Job<'_>, todo: &mut Todo, sink: &dyn Sink) -> Result<()> {
        let mut tale = Tale::default();
        let mut delivered_before = None;
        loop {
            let outcome = self.reopen().map_err(Ended::Failed).and_then(|opened| {
                let tools = Tools { opened: &opened, options: &self.options, cpu: &self.cpu };
                session::play(tools, job, (todo, &mut tale), sink)
            });
            self.played.batches = tale.delivered;
            self.played.words_per_second = tale.words_per_second;
            self.played.times = tale.times;
            match outcome {
                Ok(()) => return Ok(()),
                Err(Ended::Refused(error)) => return Err(error),
                Err(Ended::Failed(failure)) => {
                    let again = delivered_before == Some(tale.delivered);
                    delivered_before = Some(tale.delivered);
                    let name = &self.adapter.info.name;
                    self.opened = None;
                    self.played.failures.push(failure.clone());
                    if again || failure == Failure::TooLarge || self.played.failures.len() as u32 >= MOST_FAILURES {
                        let left = todo.left();
                        tracing::warn!("{name}: {failure}; the CPU plays the {left} scenarios that are missing");
                        return Ok(());
                    }
                    tracing::warn!("{name}: {failure}; the batch is tried once more");
                }
            }
        }
    }
}

impl Device for Gpu {
    fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: DeviceKind::Gpu, name: self.adapter.info.title(), threads: self.cpu.info().threads }
    }

    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        self.played = Played::default();
        if range.is_empty() || job.plan().random_blocks().is_empty() {
            // Nothing for a device to play: every scenario has the same, certain losses.
            return self.cpu.play_shared(job, range, sink);
        }
        let mut todo = Todo::new(range);
        self.play_on_device(job, &mut todo, sink)?;
        if sink.is_stopped() {
            return Ok(());
        }
        self.played.finished_by_cpu = todo.left();
        todo.ranges().try_for_each(|range| self.cpu.play_shared(job, range, sink))
    }
}
