//! `auto`: the CPU for small runs; for large ones whichever of CPU and GPU played the run's first scenarios faster.
//!
//! The trial is a part of the run: its losses count, and they are the same on both (L1).

use super::cpu::Cpu;
use super::device::{Device, DeviceInfo, Sink};
use super::gpu::{AdapterKind, Gpu, GpuOptions, find_adapters, preferred};
use super::job::Job;
use crate::error::Result;
use std::ops::Range;
use std::time::Instant;

/// Random words (hits and draws) below which starting a graphics driver costs more than it can save: about a second on
/// one core.
pub const LEAST_WORK: f64 = 1e9;

/// Random words that the CPU plays in the trial, about; a tenth of a second on one core.
const CPU_TRIAL: f64 = 1e8;

/// Random words that the GPU plays in the trial: more, because its batches start small.
const GPU_TRIAL: f64 = 4e8;

/// Fewest scenarios that the GPU plays in the trial: several batches, since the first one alone measures its start.
const LEAST_GPU_TRIAL: u64 = 256;

/// The worst kind of adapter that is tried: software is never faster than the CPU device.
pub(super) const WORST: AdapterKind = AdapterKind::Other;

/// Settings of [`Auto`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AutoOptions {
    /// Threads of the host; None takes every core.
    pub threads: Option<usize>,
    /// Random words of a run, hits and draws, below which no graphics driver is started.
    pub least_work: f64,
    /// The worst kind of adapter that is tried.
    pub worst: AdapterKind,
}

impl Default for AutoOptions {
    fn default() -> Self {
        Self { threads: None, least_work: LEAST_WORK, worst: WORST }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Auto {
    options: AutoOptions,
    cpu: Cpu,
    gpu: Option<Gpu>,
    /// Whether drivers were asked.
    searched: bool,
    trial: Option<Trial>,
}

/// How fast both devices were on the first scenarios of a run, in random words per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// The CPU device.
    pub cpu: f64,
    /// The GPU device; 0 when it failed.
    pub gpu: f64,
}

impl Trial {
    /// Whether the rest of the run is the GPU's.
    pub fn takes_gpu(self) -> bool {
        self.gpu > self.cpu
    }
}

impl Auto {
    /// A device that has not decided yet.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) for unusable threads.
    pub fn new(options: AutoOptions) -> Result<Self> {
        let cpu = options.threads.map_or_else(Cpu::on_all_cores, Cpu::new)?;
        Ok(Self { options, cpu, gpu: None, searched: false, trial: None })
    }

    /// What the last run's trial found; None when there was no trial, and the CPU played.
    pub fn trial(&self) -> Option<Trial> {
        self.trial
    }

    /// Whether a graphics driver was started, which small runs must not pay for.
    pub fn has_searched(&self) -> bool {
        self.searched
    }

    /// Looks for a GPU that is good enough, once.
    fn search(&mut self) {
        if std::mem::replace(&mut self.searched, true) {
            return;
        }
        let mut adapters = find_adapters();
        let Some(place) = preferred(&adapters, self.options.worst) else {
            tracing::info!("auto takes cpu: no hardware GPU is here");
            return;
        };
        let options = GpuOptions { threads: self.options.threads, ..GpuOptions::default() };
        match Gpu::open(adapters.swap_remove(place), options) {
            Ok(gpu) => self.gpu = Some(gpu),
            Err(refused) => tracing::warn!("auto takes cpu: {refused}"),
        }
    }

    /// Plays the first scenarios on both and returns where the rest begins.
    fn try_both(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<u64> {
        let Some(gpu) = &mut self.gpu else { return Ok(range.start) };
        let per_scenario = job.plan().work_per_scenario().max(1.0);
        let eighth = (range.end - range.start) / 8;
        let size = |words: f64, least: u64| ((words / per_scenario) as u64).clamp(least, eighth.max(least));
        let middle = range.end.min(range.start + size(CPU_TRIAL, 64));
        let end = range.end.min(middle + size(GPU_TRIAL, LEAST_GPU_TRIAL));
        let started = Instant::now();
        self.cpu.play(job, range.start..middle, sink)?;
        let cpu = (middle - range.start) as f64 * per_scenario / started.elapsed().as_secs_f64().max(1e-6);
        gpu.play(job, middle..end, sink)?;
        if sink.is_stopped() {
            return Ok(end);
        }
        let told = gpu.played();
        let trial = Trial { cpu, gpu: if told.failures.is_empty() { told.words_per_second } else { 0.0 } };
        self.trial = Some(trial);
        let name = gpu.info().name;
        let (taken, fast, left, slow) = match trial.takes_gpu() {
            true => ("gpu", trial.gpu, "cpu", trial.cpu),
            false => ("cpu", trial.cpu, "gpu", trial.gpu),
        };
        tracing::info!("auto takes {taken}: {fast:.1e} random words/s against {slow:.1e} on {left} (gpu is {name})");
        Ok(end)
    }

    fn takes_gpu(&self) -> bool {
        self.trial.is_some_and(Trial::takes_gpu)
    }
}

impl Device for Auto {
    /// The device that played last; the CPU before that.
    fn info(&self) -> DeviceInfo {
        match &self.gpu {
            Some(gpu) if self.takes_gpu() => gpu.info(),
            _ => self.cpu.info(),
        }
    }

    fn notes(&self) -> Vec<String> {
        self.gpu.as_ref().map(Device::notes).unwrap_or_default()
    }

    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        self.trial = None;
        let scenarios = range.end.saturating_sub(range.start);
        let is_small = job.plan().work_per_scenario() * (scenarios as f64) < self.options.least_work;
        if is_small {
            return self.cpu.play(job, range, sink);
        }
        self.search();
        let rest = self.try_both(job, range.clone(), sink)?..range.end;
        if sink.is_stopped() || rest.is_empty() {
            return Ok(());
        }
        let takes_gpu = self.takes_gpu();
        match &mut self.gpu {
            Some(gpu) if takes_gpu => gpu.play(job, rest, sink),
            _ => self.cpu.play(job, rest, sink),
        }
    }
}
