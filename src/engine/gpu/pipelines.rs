//! The two kernels compiled for a device, for plans of one period or of several, and the layout of what they see.

use super::interface::{Access, Params, Periods, bindings};
use super::options::{Mulhi, ShaderChecks};
use super::shader::{self, Program};
use super::unchecked::create_unchecked;
use crate::engine::block::Kernel;
use std::num::NonZeroU64;
use wgpu::{
    BindGroupLayout, BindGroupLayoutEntry, BindingType, BufferBindingType, ComputePipeline, Device, ShaderStages,
};

/// Ways to compile a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    pub mulhi: Mulhi,
    pub checks: ShaderChecks,
    /// Threads of a workgroup.
    pub workgroup_size: u32,
}

/// See the module.
#[derive(Debug)]
pub struct Pipelines {
    pub layout: BindGroupLayout,
    granular: ComputePipeline,
    named: ComputePipeline,
}

impl Pipelines {
    /// Compiles both kernels on `device`; errors go to its scopes.
    pub fn new(device: &Device, variant: Variant, periods: Periods) -> Self {
        let layout = bind_group_layout(device, periods);
        let [granular, named] = [Kernel::Granular, Kernel::Named]
            .map(|kernel| compile(device, &layout, Program { kernel, periods }, variant));
        Self { layout, granular, named }
    }

    /// The pipeline of a kernel.
    pub fn of(&self, kernel: Kernel) -> &ComputePipeline {
        match kernel {
            Kernel::Granular => &self.granular,
            Kernel::Named => &self.named,
        }
    }
}

fn bind_group_layout(device: &Device, periods: Periods) -> BindGroupLayout {
    let entries: Vec<BindGroupLayoutEntry> = bindings(periods)
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

fn compile(device: &Device, layout: &BindGroupLayout, program: Program, variant: Variant) -> ComputePipeline {
    let name = shader::entry_point(program);
    let source = shader::source(program, variant.mulhi, variant.workgroup_size);
    let descriptor =
        wgpu::ShaderModuleDescriptor { label: Some(name), source: wgpu::ShaderSource::Wgsl(source.into()) };
    let module = match variant.checks {
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
