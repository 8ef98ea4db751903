//! An opened device: its queue, the two pipelines and what it has complained about.

use super::adapter::Adapter;
use super::failure::Failure;
use super::interface::{Access, BINDINGS, Params};
use super::options::{GpuOptions, KernelClock, Mulhi, ShaderChecks};
use super::schedule::Bounds;
use super::shader;
use super::unchecked::create_unchecked;
use crate::engine::plan::Kernel;
use crate::portfolio::fence;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use wgpu::{
    BindGroupLayout, BindGroupLayoutEntry, BindingType, Buffer, BufferBindingType, BufferDescriptor, BufferUsages,
    ComputePipeline, ErrorFilter, Features, PollError, PollType, ShaderStages, SubmissionIndex,
};

/// Largest buffer that is ever asked for: beyond 2 GiB drivers read wrong values without a word (wgpu issue 2361).
const MOST_BYTES: u64 = (1 << 31) - 4;

/// Smallest that is accepted: the losses of one full block.
const LEAST_BYTES: u64 = 1 << 16;

/// A submission that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a device that complained may take to say that it is lost.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug)]
pub struct Opened {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub layout: BindGroupLayout,
    pub bounds: Bounds,
    /// Bytes between the parameters of two dispatches.
    pub stride: u64,
    /// Nanoseconds per unit of the device's clock; None when it is not to be asked.
    pub tick: Option<f32>,
    granular: ComputePipeline,
    named: ComputePipeline,
    lost: Arc<AtomicBool>,
    complaint: Arc<Mutex<Option<Failure>>>,
}

impl Opened {
    /// Opens `adapter` and compiles the kernels.
    ///
    /// # Errors
    /// What the driver refuses.
    pub fn new(adapter: &Adapter, options: &GpuOptions) -> Result<Self, Failure> {
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
        let (device, queue) = pollster::block_on(adapter.handle.request_device(&wgpu::DeviceDescriptor {
            label: Some("mc-gpu"),
            required_features: features,
            required_limits: limits.clone(),
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
        let (layout, granular, named) = guarded(&device, || {
            let layout = bind_group_layout(&device);
            let pipeline = |kernel| {
                pipeline(
                    &device,
                    &layout,
                    &shader::source(kernel, mulhi, options.workgroup_size),
                    (kernel, options.checks),
                )
            };
            let (granular, named) = (pipeline(Kernel::Granular), pipeline(Kernel::Named));
            (layout, granular, named)
        })?;
        let tick = is_timed.then(|| queue.get_timestamp_period());
        let stride = (4 * Params::WORDS as u64).next_multiple_of(alignment);
        Ok(Self { device, queue, layout, bounds, stride, tick, granular, named, lost, complaint })
    }

    /// The pipeline of a kernel.
    pub fn pipeline(&self, kernel: Kernel) -> &ComputePipeline {
        match kernel {
            Kernel::Granular => &self.granular,
            Kernel::Named => &self.named,
        }
    }

    /// A buffer of at least `bytes`.
    ///
    /// # Errors
    /// [`Failure::OutOfMemory`], [`Failure::Lost`] or what the driver refuses.
    pub fn buffer(&self, name: &'static str, bytes: u64, usage: BufferUsages) -> Result<Buffer, Failure> {
        // Vulkan wants no empty buffer, and copies come in whole words.
        let size = bytes.next_multiple_of(4).max(16);
        let descriptor = BufferDescriptor { label: Some(name), size, usage, mapped_at_creation: false };
        let buffer = guarded(&self.device, || self.device.create_buffer(&descriptor))?;
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

    /// Waits until `submission` is done and its callbacks have run.
    ///
    /// # Errors
    /// When the device is lost or does not answer.
    pub fn wait(&self, submission: SubmissionIndex) -> Result<(), Failure> {
        self.check()?;
        let poll = PollType::Wait { submission_index: Some(submission), timeout: Some(PATIENCE) };
        let outcome = self.poll(poll);
        self.check().and(outcome)
    }

    /// Lets wgpu make progress; it panics when the device is lost while it waits, which is caught.
    fn poll(&self, poll: PollType) -> Result<(), Failure> {
        match fence(|| Ok::<_, String>(self.device.poll(poll))) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(PollError::Timeout)) => Err(Failure::TimedOut),
            Ok(Err(other)) => Err(Failure::Refused(other.to_string())),
            Err(_) => Err(Failure::Lost),
        }
    }
}

fn bind_group_layout(device: &wgpu::Device) -> BindGroupLayout {
    let entries: Vec<BindGroupLayoutEntry> = BINDINGS
        .iter()
        .zip(0..)
        .map(|(bound, binding)| BindGroupLayoutEntry {
            binding,
            visibility: ShaderStages::COMPUTE,
            ty: BindingType::Buffer {
                ty: match bound.access {
                    Access::Uniform => BufferBindingType::Uniform,
                    Access::Read => BufferBindingType::Storage { read_only: true },
                    Access::Add => BufferBindingType::Storage { read_only: false },
                },
                has_dynamic_offset: bound.access == Access::Uniform,
                min_binding_size: (bound.access == Access::Uniform)
                    .then(|| NonZeroU64::new(4 * Params::WORDS as u64))
                    .flatten(),
            },
            count: None,
        })
        .collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some("mc-gpu"), entries: &entries })
}

fn pipeline(
    device: &wgpu::Device,
    layout: &BindGroupLayout,
    source: &str,
    (kernel, checks): (Kernel, ShaderChecks),
) -> ComputePipeline {
    let name = shader::entry_point(kernel);
    let descriptor =
        wgpu::ShaderModuleDescriptor { label: Some(name), source: wgpu::ShaderSource::Wgsl(source.into()) };
    let module = match checks {
        ShaderChecks::On => device.create_shader_module(descriptor),
        ShaderChecks::Off => create_unchecked(device, descriptor),
    };
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(name),
        bind_group_layouts: &[Some(layout)],
        immediate_size: 0,
    });
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(name),
        layout: Some(&layout),
        module: &module,
        entry_point: Some(name),
        compilation_options: wgpu::PipelineCompilationOptions {
            // The kernels clear what they use; Metal and DX12 would do it with one thread.
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        },
        cache: None,
    })
}

/// Runs `create` and catches what the driver says about it.
fn guarded<T>(device: &wgpu::Device, create: impl FnOnce() -> T) -> Result<T, Failure> {
    let memory = device.push_error_scope(ErrorFilter::OutOfMemory);
    let internal = device.push_error_scope(ErrorFilter::Internal);
    let validation = device.push_error_scope(ErrorFilter::Validation);
    let made = create();
    let told =
        [pollster::block_on(validation.pop()), pollster::block_on(internal.pop()), pollster::block_on(memory.pop())];
    match told.into_iter().flatten().next() {
        Some(error) => Err(failure(&error)),
        None => Ok(made),
    }
}

fn failure(error: &wgpu::Error) -> Failure {
    match error {
        wgpu::Error::OutOfMemory { .. } => Failure::OutOfMemory,
        other => Failure::Refused(other.to_string()),
    }
}
