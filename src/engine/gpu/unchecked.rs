//! Shaders without run-time checks: the one place that is unsafe, because wgpu demands it.

#![allow(unsafe_code)]

use wgpu::{Device, ShaderModule, ShaderModuleDescriptor, ShaderRuntimeChecks};

/// Compiles one of this crate's own shaders without index checks and loop bounds.
pub fn create_unchecked(device: &Device, descriptor: ShaderModuleDescriptor<'_>) -> ShaderModule {
    // SAFETY: the shaders come from this crate alone. Every loop counts up to a bound that the host knows (hits at most
    // 2^24, obligors, blocks and turns at most 2^32 / 4) in steps of at least one. Every index is below the length of its binding:
    // losses by `first + i` with i < obligors (`mulhi(word, obligors)` or tested), blocks by spans that `schedule` cut from
    // them, spans by the dispatch's own range, counts, shocks and results by `place < n_scenarios` within buffers that
    // `slot` sized for as many, knots by a clamped position, workgroup memory by the player's own share. Divisors
    // (`tile`, `lanes`, `players`) are at least one. There are no ray queries and no mesh shaders.
    unsafe { device.create_shader_module_trusted(descriptor, ShaderRuntimeChecks::unchecked()) }
}
