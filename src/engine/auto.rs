//! `auto`: the CPU for small runs; for large ones whichever of CPU and GPU played the run's first scenarios faster.
//!
//! The trial is a part of the run: its losses count, and they are the same on both (L1).

use super::cpu::Cpu;
use super::device::{Device, DeviceInfo, Sink};
use super::gpu::{AdapterKind, Gpu, GpuOptions, find_adapters};
use super::job::Job;
use crate::error::Result;
use std::ops::Range;
use std::time::Instant;

/// Random words (hits and draws) below which starting a graphics driver costs more than it can save: about a second on
/// one core.
const LEAST_WORK: f64 = 1e9;

/// Random words that the CPU plays in the trial, about; a tenth of a second on one core.
const CPU_TRIAL: f64 = 1e8;

/// Random words that the GPU plays in the trial: more, because batches start small.
const GPU_TRIAL: f64 = 4e8;

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
        Self { threads: None, least_work: LEAST_WORK, worst: AdapterKind::Other }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Auto {
    options: AutoOptions,
    cpu: Cpu,
    gpu: Option<Gpu>,
    /// Whether the GPU played the last run to its end.
    took_gpu: bool,
    /// Whether drivers were asked.
    searched: bool,
}

impl Auto {
    /// A device that has not decided yet.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) for unusable threads.
    pub fn new(options: AutoOptions) -> Result<Self> {
        let cpu = options.threads.map_or_else(Cpu::on_all_cores, Cpu::new)?;
        Ok(Self { options, cpu, gpu: None, took_gpu: false, searched: false })
    }

    /// Looks for a GPU that is good enough, once.
    fn search(&mut self) {
        if std::mem::replace(&mut self.searched, true) {
            return;
        }
        let Some(adapter) = find_adapters().into_iter().find(|adapter| adapter.info.kind <= self.options.worst) else {
            tracing::info!("auto takes cpu: no GPU is here");
            return;
        };
        let options = GpuOptions { threads: self.options.threads, ..GpuOptions::default() };
        match Gpu::open(adapter, options) {
            Ok(gpu) => self.gpu = Some(gpu),
            Err(refused) => tracing::warn!("auto takes cpu: {refused}"),
        }
    }

    /// Plays the first scenarios on both and returns where the rest begins.
    fn try_both(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<u64> {
        let Some(gpu) = &mut self.gpu else { return Ok(range.start) };
        let per_scenario = job.plan().work_per_scenario().max(1.0);
        let eighth = (range.end - range.start) / 8;
        let size = |words: f64| ((words / per_scenario) as u64).clamp(64, eighth.max(64));
        let middle = range.end.min(range.start + size(CPU_TRIAL));
        let end = range.end.min(middle + size(GPU_TRIAL));
        let started = Instant::now();
        self.cpu.play(job, range.start..middle, sink)?;
        let cpu = (middle - range.start) as f64 * per_scenario / started.elapsed().as_secs_f64().max(1e-6);
        gpu.play(job, middle..end, sink)?;
        let told = gpu.played();
        self.took_gpu = told.failures.is_empty() && told.words_per_second > cpu;
        let (taken, left) = if self.took_gpu { ("gpu", "cpu") } else { ("cpu", "gpu") };
        let (fast, slow) = if self.took_gpu { (told.words_per_second, cpu) } else { (cpu, told.words_per_second) };
        let name = gpu.info().name;
        tracing::info!("auto takes {taken}: {fast:.1e} random words/s against {slow:.1e} on {left} (gpu is {name})");
        Ok(end)
    }
}

impl Device for Auto {
    /// The device that played last; the CPU before that.
    fn info(&self) -> DeviceInfo {
        match &self.gpu {
            Some(gpu) if self.took_gpu => gpu.info(),
            _ => self.cpu.info(),
        }
    }

    fn play(&mut self, job: &Job<'_>, range: Range<u64>, sink: &dyn Sink) -> Result<()> {
        self.took_gpu = false;
        let scenarios = range.end.saturating_sub(range.start);
        if job.plan().work_per_scenario() * (scenarios as f64) < self.options.least_work {
            return self.cpu.play(job, range, sink);
        }
        self.search();
        let rest = self.try_both(job, range.clone(), sink)?..range.end;
        if sink.is_stopped() || rest.is_empty() {
            return Ok(());
        }
        match &mut self.gpu {
            Some(gpu) if self.took_gpu => gpu.play(job, rest, sink),
            _ => self.cpu.play(job, rest, sink),
        }
    }
}
