//! An opened device: its queue, its kernels and what it has complained about.

use super::adapter::Adapter;
use super::ended::Ended;
use super::failure::Failure;
use super::fault::FaultKind;
use super::interface::{Params, Periods};
use super::options::{GpuOptions, KernelClock, Mulhi};
use super::pipelines::{Pipelines, Variant};
use super::schedule::Bounds;
use crate::engine::device::Sink;
use crate::fence::fence;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use wgpu::{Buffer, BufferDescriptor, BufferUsages, ErrorFilter, Features, PollError, PollType, SubmissionIndex};

/// Largest buffer that is ever asked for: beyond 2 GiB drivers read wrong values without a word (wgpu issue 2361).
const MOST_BYTES: u64 = (1 << 31) - 4;

/// Smallest that is accepted: the losses of one full block.
const LEAST_BYTES: u64 = 1 << 16;

/// How long a device that complained may take to say that it is lost.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How long the host waits before it asks whether somebody stopped the run.
const SLICE: Duration = Duration::from_millis(100);

/// How long what is in hand may still take once somebody did.
const GRACE: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub struct Opened {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub bounds: Bounds,
    /// Most bytes of a binding that the device allows, whatever the options ask for.
    pub most_binding_bytes: u64,
    /// Bytes between the parameters of two dispatches.
    pub stride: u64,
    /// Nanoseconds per unit of the device's clock; None when it is not to be asked.
    pub tick: Option<f32>,
    variant: Variant,
    pipelines: Pipelines,
    /// Those for plans of several periods, once there was one.
    timed_pipelines: OnceLock<Pipelines>,
    /// Likewise, where the state of the economy matters in each.
    stateful_pipelines: OnceLock<Pipelines>,
    lost: Arc<AtomicBool>,
    complaint: Arc<Mutex<Option<Failure>>>,
    given_up: AtomicBool,
    acts_hang: AtomicBool,
    /// Buffers until one is refused; 0 when none is to be. For acted failures.
    acts_shortage: AtomicU32,
}

impl Opened {
    /// Opens `adapter` and compiles the kernels, acting out `fault`.
    ///
    /// # Errors
    /// What the driver refuses.
    pub fn new(adapter: &Adapter, options: &GpuOptions, fault: Option<FaultKind>) -> Result<Self, Failure> {
        fenced(|| Self::open(adapter, options, fault))
    }

    fn open(adapter: &Adapter, options: &GpuOptions, fault: Option<FaultKind>) -> Result<Self, Failure> {
        let info = &adapter.info;
        let mulhi = options.mulhi.unwrap_or(if info.int64 { Mulhi::Wide } else { Mulhi::Split });
        let limits = wgpu::Limits {
            max_storage_buffer_binding_size: info.most_binding_bytes,
            max_buffer_size: info.most_buffer_bytes,
            ..wgpu::Limits::default()
        };
        let is_timed = options.clock == KernelClock::On && info.timestamps;
        let mut features = Features::empty();
        features.set(Features::SHADER_INT64, mulhi == Mulhi::Wide);
        features.set(Features::TIMESTAMP_QUERY, is_timed);
        if fault == Some(FaultKind::OpeningRefused) {
            // No device has them all.
            features = Features::all();
        }
        let (device, queue) = pollster::block_on(adapter.handle.request_device(&wgpu::DeviceDescriptor {
            label: Some("mc-gpu"),
            required_features: features,
            required_limits: limits.clone(),
            // Few buffers and large ones: each gets memory of its own, and none is reserved beside them.
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        }))
        .map_err(|refused| Failure::Refused(refused.to_string()))?;
        let lost = Arc::new(AtomicBool::new(false));
        let complaint = Arc::new(Mutex::new(None));
        let (flag, place) = (Arc::clone(&lost), Arc::clone(&complaint));
        device.set_device_lost_callback(move |_, _| flag.store(true, Ordering::SeqCst));
        // Without a handler of its own wgpu panics on an error that no scope catches.
        device.on_uncaptured_error(Arc::new(move |error| {
            place.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure(&error));
        }));
        let bytes = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size).min(MOST_BYTES);
        let bounds = Bounds {
            bytes: options.most_bytes.unwrap_or(bytes).clamp(LEAST_BYTES.min(bytes), bytes),
            workgroups: limits.max_compute_workgroups_per_dimension,
        };
        let alignment = u64::from(limits.min_uniform_buffer_offset_alignment);
        let variant = Variant { mulhi, checks: options.checks, workgroup_size: options.workgroup_size };
        let acted = (fault == Some(FaultKind::OpeningOutOfMemory)).then(out_of_memory);
        let pipelines = guarded(&device, acted, || Pipelines::new(&device, variant, Periods::One))?;
        let tick = is_timed.then(|| queue.get_timestamp_period());
        let stride = (4 * Params::WORDS as u64).next_multiple_of(alignment);
        Ok(Self {
            device,
            queue,
            bounds,
            most_binding_bytes: bytes,
            stride,
            tick,
            variant,
            pipelines,
            timed_pipelines: OnceLock::new(),
            stateful_pipelines: OnceLock::new(),
            lost,
            complaint,
            given_up: AtomicBool::new(false),
            acts_hang: AtomicBool::new(false),
            acts_shortage: AtomicU32::new(0),
        })
    }

    /// Threads of a workgroup, for which the kernels were compiled.
    pub fn workgroup_size(&self) -> u32 {
        self.variant.workgroup_size
    }

    /// The kernels for such plans; those for several periods are compiled when they are first asked for.
    ///
    /// # Errors
    /// What the driver refuses.
    pub fn pipelines(&self, periods: Periods) -> Result<&Pipelines, Failure> {
        let place = match periods {
            Periods::One => return Ok(&self.pipelines),
            Periods::Several => &self.timed_pipelines,
            Periods::Stateful => &self.stateful_pipelines,
        };
        if let Some(compiled) = place.get() {
            return Ok(compiled);
        }
        let compiled = guarded(&self.device, None, || Pipelines::new(&self.device, self.variant, periods))?;
        Ok(place.get_or_init(|| compiled))
    }

    /// A buffer of at least `bytes`.
    ///
    /// # Errors
    /// [`Failure::OutOfMemory`], [`Failure::Lost`] or what the driver refuses.
    pub fn buffer(&self, name: &'static str, bytes: u64, usage: BufferUsages) -> Result<Buffer, Failure> {
        // Vulkan wants no empty buffer, and copies come in whole words.
        let size = bytes.next_multiple_of(4).max(16);
        let descriptor = BufferDescriptor { label: Some(name), size, usage, mapped_at_creation: false };
        let count = |left: u32| left.checked_sub(1);
        let left = self.acts_shortage.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count);
        let acted = (left == Ok(1)).then(out_of_memory);
        let buffer = guarded(&self.device, acted, || self.device.create_buffer(&descriptor))?;
        self.check()?;
        Ok(buffer)
    }

    /// Whether the device still works.
    ///
    /// # Errors
    /// What it complained about.
    pub fn check(&self) -> Result<(), Failure> {
        let complaint = self.complaint.lock().unwrap_or_else(PoisonError::into_inner).take();
        if complaint.is_some() {
            // A lost device first refuses whatever is made on it; that it is lost is told once nothing is in flight.
            let _ = self.poll(PollType::Wait { submission_index: None, timeout: Some(LAST_WORDS) });
        }
        if self.lost.load(Ordering::SeqCst) {
            return Err(Failure::Lost);
        }
        complaint.map_or(Ok(()), Err)
    }

    /// Waits until `submission` is done and its callbacks have run, at most to `end`, or shortly after `sink` was stopped.
    ///
    /// # Errors
    /// When the device is lost, or does not answer by `end` and so is given up; when the sink is stopped.
    pub fn wait(&self, submission: &SubmissionIndex, end: Instant, sink: &dyn Sink) -> Result<(), Ended> {
        let mut last_call = None;
        loop {
            self.check()?;
            let poll = PollType::Wait { submission_index: Some(submission.clone()), timeout: Some(SLICE) };
            let outcome = self.poll(poll);
            self.check()?;
            if outcome != Err(Failure::TimedOut) {
                return outcome.map_err(Ended::Failed);
            }
            let now = Instant::now();
            if sink.is_stopped() && *last_call.get_or_insert(now + GRACE) <= now {
                return Err(Ended::Stopped);
            }
            if now >= end {
                self.given_up.store(true, Ordering::SeqCst);
                return Err(Ended::Failed(Failure::TimedOut));
            }
        }
    }

    /// Waits until the device has nothing to do, however long that takes.
    pub fn wait_for_ever(&self) {
        let _ = self.poll(PollType::Wait { submission_index: None, timeout: None });
    }

    /// Whether the device once did not answer; it is never asked again.
    pub fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::SeqCst)
    }

    /// Never answers from now on; for acted failures.
    pub fn act_hang(&self) {
        self.acts_hang.store(true, Ordering::SeqCst);
    }

    /// Refuses the `nth` buffer from now, counted from 1, for want of memory; for acted failures.
    pub fn act_shortage(&self, nth: u32) {
        self.acts_shortage.store(nth, Ordering::SeqCst);
    }

    /// Lets wgpu make progress; it panics when the device is lost while it waits, which is caught.
    fn poll(&self, poll: PollType) -> Result<(), Failure> {
        if self.acts_hang.load(Ordering::SeqCst) {
            let PollType::Wait { timeout: Some(timeout), .. } = poll else { sleep_for_ever() };
            std::thread::sleep(timeout);
            return Err(Failure::TimedOut);
        }
        fenced(|| match self.device.poll(poll) {
            Ok(_) => Ok(()),
            Err(PollError::Timeout) => Err(Failure::TimedOut),
            Err(other) => Err(Failure::Refused(other.to_string())),
        })
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        // What wgpu's queue does when its device hangs.
        if self.acts_hang.load(Ordering::SeqCst) {
            sleep_for_ever();
        }
    }
}

fn sleep_for_ever() -> ! {
    loop {
        std::thread::park();
    }
}

/// Calls wgpu; where it panics, the device counts as lost.
///
/// # Errors
/// Those of `call`, and [`Failure::Lost`].
pub fn fenced<T, E: From<Failure>>(call: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    fence(|| Ok::<_, String>(call())).unwrap_or_else(|_| Err(Failure::Lost.into()))
}

/// Runs `create` and returns what the driver says about it, or `acted` in its place.
fn guarded<T>(device: &wgpu::Device, acted: Option<wgpu::Error>, create: impl FnOnce() -> T) -> Result<T, Failure> {
    let memory = device.push_error_scope(ErrorFilter::OutOfMemory);
    let internal = device.push_error_scope(ErrorFilter::Internal);
    let validation = device.push_error_scope(ErrorFilter::Validation);
    let made = create();
    let told =
        [pollster::block_on(validation.pop()), pollster::block_on(internal.pop()), pollster::block_on(memory.pop())];
    match acted.into_iter().chain(told.into_iter().flatten()).next() {
        Some(error) => Err(failure(&error)),
        None => Ok(made),
    }
}

/// What wgpu says when memory is short.
fn out_of_memory() -> wgpu::Error {
    wgpu::Error::OutOfMemory { source: "acted".into() }
}

fn failure(error: &wgpu::Error) -> Failure {
    match error {
        wgpu::Error::OutOfMemory { .. } => Failure::OutOfMemory,
        other => Failure::Refused(other.to_string()),
    }
}
