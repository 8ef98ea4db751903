//! Adapters: the GPUs (and software stand-ins) that this machine's drivers offer.
//!
//! `WGPU_BACKEND` (vulkan, metal, dx12) narrows the search and `WGPU_ADAPTER_NAME` the choice.

use wgpu::{Backends, DeviceType, Features, Instance, InstanceDescriptor, Limits};

/// Narrows the search to some backends; wgpu reads it.
const BACKEND: &str = "WGPU_BACKEND";

/// Narrows the choice to adapters whose name holds this, in any case.
const ADAPTER_NAME: &str = "WGPU_ADAPTER_NAME";

/// What an adapter is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdapterKind {
    /// A card of its own.
    Discrete,
    /// Shares the processor's memory.
    Integrated,
    /// A part of a host's card.
    Virtual,
    /// The driver does not say.
    Other,
    /// Software on the processor: for tests, never faster than `cpu`.
    Software,
}

/// An adapter as shown to users.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AdapterInfo {
    /// Name, as the driver tells it.
    pub name: String,
    /// Programming interface: Vulkan, Metal or Dx12.
    pub backend: String,
    /// What it is.
    pub kind: AdapterKind,
    /// Driver with its version.
    pub driver: String,
    /// Most bytes of a storage binding.
    pub most_binding_bytes: u64,
    /// Most bytes of a buffer.
    pub most_buffer_bytes: u64,
    /// Most workgroups of a dispatch in each dimension.
    pub most_workgroups: u32,
    /// Whether shaders have 64-bit integers.
    pub int64: bool,
    /// Whether shaders have subgroup operations (unused).
    pub subgroups: bool,
    /// Whether kernels can be timed on the device.
    pub timestamps: bool,
    /// What it lacks for the kernels; None when they can run.
    pub lacks: Option<String>,
}

impl AdapterInfo {
    /// Name and programming interface.
    pub fn title(&self) -> String {
        format!("{}, {}", self.name, self.backend)
    }
}

/// An adapter that can be opened.
#[derive(Debug, Clone)]
pub struct Adapter {
    pub(super) handle: wgpu::Adapter,
    /// What it is.
    pub info: AdapterInfo,
}

/// Every adapter, those that can run the kernels first and the best kind first among them; starts the drivers, which
/// takes 15 to 700 ms.
pub fn find_adapters() -> Vec<Adapter> {
    let mut descriptor = InstanceDescriptor::new_without_display_handle_from_env();
    descriptor.backends &= Backends::VULKAN | Backends::METAL | Backends::DX12;
    let backends = descriptor.backends;
    if backends.is_empty() {
        let wanted = std::env::var(BACKEND).unwrap_or_default();
        tracing::warn!("{BACKEND}={wanted} names none of vulkan, metal and dx12: no GPU is looked for");
    }
    let instance = Instance::new(descriptor);
    let mut adapters: Vec<Adapter> = pollster::block_on(instance.enumerate_adapters(backends))
        .into_iter()
        .map(|handle| Adapter { info: describe(&handle), handle })
        .collect();
    adapters.sort_by_key(|adapter| (adapter.info.lacks.is_some(), adapter.info.kind));
    adapters
}

/// The place of the adapter to take: the first that can run the kernels and is of kind `worst` or better, of those whose
/// name holds `WGPU_ADAPTER_NAME`. If that names none, it says so.
pub fn preferred(adapters: &[Adapter], worst: AdapterKind) -> Option<usize> {
    let wanted = std::env::var(ADAPTER_NAME).unwrap_or_default().to_lowercase();
    let able = |adapter: &Adapter| adapter.info.lacks.is_none() && adapter.info.kind <= worst;
    let place = adapters.iter().position(|adapter| able(adapter) && adapter.info.name.to_lowercase().contains(&wanted));
    if place.is_none() && adapters.iter().any(able) {
        tracing::warn!("{ADAPTER_NAME}={wanted} fits none of the adapters here");
    }
    place
}

fn describe(adapter: &wgpu::Adapter) -> AdapterInfo {
    let (told, limits, features) = (adapter.get_info(), adapter.limits(), adapter.features());
    AdapterInfo {
        name: told.name,
        backend: format!("{:?}", told.backend),
        kind: match told.device_type {
            DeviceType::DiscreteGpu => AdapterKind::Discrete,
            DeviceType::IntegratedGpu => AdapterKind::Integrated,
            DeviceType::VirtualGpu => AdapterKind::Virtual,
            DeviceType::Cpu => AdapterKind::Software,
            DeviceType::Other => AdapterKind::Other,
        },
        driver: format!("{} {}", told.driver, told.driver_info).trim().to_owned(),
        most_binding_bytes: limits.max_storage_buffer_binding_size,
        most_buffer_bytes: limits.max_buffer_size,
        most_workgroups: limits.max_compute_workgroups_per_dimension,
        int64: features.contains(Features::SHADER_INT64),
        subgroups: features.contains(Features::SUBGROUP),
        timestamps: features.contains(Features::TIMESTAMP_QUERY),
        lacks: lacks(&limits),
    }
}

/// What WebGPU promises everywhere, and what a device is opened with; the first limit that an adapter misses.
fn lacks(limits: &Limits) -> Option<String> {
    let mut missed = None;
    Limits::default().check_limits_with_fail_fn(limits, true, |name, needed, allowed| {
        missed.get_or_insert(format!("{name} is {allowed}, and {needed} is needed"));
    });
    missed
}
