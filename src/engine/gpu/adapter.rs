//! Adapters: the GPUs (and software stand-ins) that this machine's drivers offer.
//!
//! `WGPU_BACKEND` (vulkan, metal, dx12) narrows the search and `WGPU_ADAPTER_NAME` the choice.

use wgpu::{Backends, DeviceType, Features, Instance, InstanceDescriptor};

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

/// Every adapter that can run the kernels, best kind first; starts the drivers, which takes 15 to 700 ms.
pub fn find_adapters() -> Vec<Adapter> {
    let mut descriptor = InstanceDescriptor::new_without_display_handle_from_env();
    descriptor.backends &= Backends::VULKAN | Backends::METAL | Backends::DX12;
    let backends = descriptor.backends;
    let instance = Instance::new(descriptor);
    let mut adapters: Vec<Adapter> = pollster::block_on(instance.enumerate_adapters(backends))
        .into_iter()
        .filter(|handle| {
            let limits = handle.limits();
            // What WebGPU promises everywhere, and what the kernels are written for.
            limits.max_storage_buffers_per_shader_stage >= 7 && limits.max_compute_invocations_per_workgroup >= 256
        })
        .map(|handle| Adapter { info: describe(&handle), handle })
        .collect();
    adapters.sort_by_key(|adapter| adapter.info.kind);
    adapters
}

/// The place of the adapter that `gpu` means: the one named by `WGPU_ADAPTER_NAME`, else the first.
pub fn preferred(adapters: &[Adapter]) -> Option<usize> {
    let wanted = std::env::var("WGPU_ADAPTER_NAME").unwrap_or_default().to_lowercase();
    adapters.iter().position(|adapter| adapter.info.name.to_lowercase().contains(&wanted))
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
    }
}
