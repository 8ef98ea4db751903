//! The shaders in the languages of the drivers, without a GPU: naga writes every kernel and variant as SPIR-V, MSL and
//! HLSL, with its own defaults and with what wgpu 30 asks for, checked and unchecked.

use super::interface::{Access, Periods, bindings};
use super::options::{Mulhi, ShaderChecks};
use super::shader::entry_point;
use super::shader_tests::{PROGRAMS, parsed, validated, variants};
use naga::back::{hlsl, msl, spv};
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::valid::ModuleInfo;
use naga::{AddressSpace, Block, Expression, Function, Handle, Module, ResourceBinding, ShaderStage, Statement};

const CHECKS: [ShaderChecks; 2] = [ShaderChecks::On, ShaderChecks::Off];

fn policies(checks: ShaderChecks) -> BoundsCheckPolicies {
    let policy = match checks {
        ShaderChecks::On => BoundsCheckPolicy::Restrict,
        ShaderChecks::Off => BoundsCheckPolicy::Unchecked,
    };
    let binding_array = BoundsCheckPolicy::Unchecked;
    BoundsCheckPolicies { index: policy, buffer: policy, image_load: policy, binding_array }
}

/// Every binding of group 0 with its number.
fn bound() -> impl Iterator<Item = (ResourceBinding, u32, Access)> {
    bindings(Periods::Several)
        .iter()
        .zip(0..)
        .map(|(bound, binding)| (ResourceBinding { group: 0, binding }, binding, bound.access))
}

/// As wgpu's Vulkan backend writes it; which SPIR-V depends on the driver.
fn spirv(module: &Module, info: &ModuleInfo, checks: ShaderChecks, lang_version: (u8, u8)) -> Vec<u32> {
    let is_checked = checks == ShaderChecks::On;
    let options = spv::Options {
        lang_version,
        fake_missing_bindings: true,
        bounds_check_policies: policies(checks),
        zero_initialize_workgroup_memory: spv::ZeroInitializeWorkgroupMemoryMode::None,
        force_loop_bounding: is_checked,
        emit_int_div_checks: is_checked,
        ..spv::Options::default()
    };
    spv::write_vec(module, info, &options, None).unwrap()
}

/// As wgpu's Metal backend writes it.
fn metal(module: &Module, info: &ModuleInfo, checks: ShaderChecks, version: (u8, u8)) -> String {
    let name = &module.entry_points[0].name;
    let is_checked = checks == ShaderChecks::On;
    let target = |slot: u32, access| msl::BindTarget {
        buffer: Some(slot as u8),
        mutable: access == Access::Add,
        ..msl::BindTarget::default()
    };
    let resources = msl::EntryPointResources {
        resources: bound().map(|(place, slot, access)| (place, target(slot, access))).collect(),
        immediates_buffer: None,
        sizes_buffer: Some(bound().count() as u8),
    };
    let options = msl::Options {
        lang_version: version,
        per_entry_point_map: [(name.clone(), resources)].into(),
        fake_missing_bindings: false,
        bounds_check_policies: policies(checks),
        zero_initialize_workgroup_memory: false,
        force_loop_bounding: is_checked,
        emit_int_div_checks: is_checked,
        ..msl::Options::default()
    };
    let pipeline = msl::PipelineOptions {
        entry_point: Some((ShaderStage::Compute, name.clone())),
        ..msl::PipelineOptions::default()
    };
    let (text, told) = msl::write_string(module, info, &options, &pipeline).unwrap();
    told.entry_point_names.into_iter().for_each(|told| assert_eq!(&told.unwrap(), name));
    text
}

/// As wgpu's DX12 backend writes it.
fn direct(module: &Module, info: &ModuleInfo, checks: ShaderChecks, shader_model: hlsl::ShaderModel) -> String {
    let is_checked = checks == ShaderChecks::On;
    let target = |register, access| hlsl::BindTarget {
        register,
        restrict_indexing: is_checked && access != Access::Uniform,
        ..hlsl::BindTarget::default()
    };
    let options = hlsl::Options {
        shader_model,
        binding_map: bound().map(|(place, register, access)| (place, target(register, access))).collect(),
        fake_missing_bindings: false,
        zero_initialize_workgroup_memory: false,
        restrict_indexing: is_checked,
        force_loop_bounding: is_checked,
        ..hlsl::Options::default()
    };
    let mut text = String::new();
    hlsl::Writer::new(&mut text, &options, &hlsl::PipelineOptions::default()).write(module, info, None).unwrap();
    text
}

/// FXC, to which DX12 may fall back, has no 64-bit integers.
fn shader_models(mulhi: Mulhi) -> &'static [hlsl::ShaderModel] {
    match mulhi {
        Mulhi::Wide => &[hlsl::ShaderModel::V6_0, hlsl::ShaderModel::V6_6],
        Mulhi::Split => &[hlsl::ShaderModel::V5_1, hlsl::ShaderModel::V6_6],
    }
}

#[test]
fn every_variant_is_written_as_spirv() {
    for (program, mulhi, size) in variants() {
        let module = parsed(program, mulhi, size);
        let info = validated(&module, mulhi);
        let plain = spv::write_vec(&module, &info, &spv::Options::default(), None).unwrap();
        for version in [(1, 0), (1, 3), (1, 5), (1, 6)] {
            let [checked, unchecked] = CHECKS.map(|checks| spirv(&module, &info, checks, version));
            for words in [&plain, &checked, &unchecked] {
                assert_eq!(words[0], 0x0723_0203, "SPIR-V begins with its magic number");
            }
            assert!(unchecked.len() < checked.len(), "{program:?} has no checks to leave out");
        }
    }
}

#[test]
fn every_variant_is_written_as_metal() {
    for (program, mulhi, size) in variants() {
        let module = parsed(program, mulhi, size);
        let info = validated(&module, mulhi);
        for version in [(2, 3), (2, 4), (3, 1), (4, 0)] {
            let [checked, unchecked] = CHECKS.map(|checks| metal(&module, &info, checks, version));
            for text in [&checked, &unchecked] {
                assert!(text.contains(&format!("kernel void {}(", entry_point(program))));
                assert!(!text.contains("__local_invocation_id"), "the memory of a workgroup is not cleared for us");
            }
            assert!(unchecked.len() < checked.len() && !unchecked.contains("loop_bound"), "{program:?}");
        }
    }
}

#[test]
fn every_variant_is_written_as_hlsl() {
    for (program, mulhi, size) in variants() {
        let module = parsed(program, mulhi, size);
        let info = validated(&module, mulhi);
        for &shader_model in shader_models(mulhi) {
            let [checked, unchecked] = CHECKS.map(|checks| direct(&module, &info, checks, shader_model));
            for text in [&checked, &unchecked] {
                assert!(text.contains(&format!("[numthreads({size}, 1, 1)]")));
                assert!(!text.contains("__local_invocation_id"), "the memory of a workgroup is not cleared for us");
            }
            assert!(unchecked.len() < checked.len() && !unchecked.contains("loop_bound"), "{program:?}");
        }
    }
}

/// Loops of `block` with a barrier in them.
fn loops_with_barriers<'a>(block: &'a Block, found: &mut Vec<&'a Block>) {
    for statement in block.iter() {
        let inner: Vec<&Block> = match statement {
            Statement::Block(block) => vec![block],
            Statement::If { accept, reject, .. } => vec![accept, reject],
            Statement::Loop { body, .. } => {
                if format!("{body:?}").contains("ControlBarrier") {
                    found.push(body);
                }
                vec![body]
            }
            _ => vec![],
        };
        inner.into_iter().for_each(|block| loops_with_barriers(block, found));
    }
}

/// Whether the value of `expression` comes from storage.
fn is_from_storage(module: &Module, function: &Function, expression: Handle<Expression>) -> bool {
    let any = |parts: &[Handle<Expression>]| parts.iter().any(|&part| is_from_storage(module, function, part));
    match &function.expressions[expression] {
        Expression::GlobalVariable(variable) => {
            matches!(module.global_variables[*variable].space, AddressSpace::Storage { .. })
        }
        Expression::LocalVariable(variable) => {
            // What is ever stored in it as a whole; a counter's own sum refers to itself, and adds a literal.
            let mut stored = vec![];
            stores(&function.body, &function.expressions, *variable, &mut stored);
            stored.into_iter().any(|value| match &function.expressions[value] {
                Expression::Binary { right, .. } => any(&[*right]),
                _ => any(&[value]),
            })
        }
        Expression::Load { pointer } => any(&[*pointer]),
        Expression::Access { base, index } => any(&[*base, *index]),
        Expression::AccessIndex { base, .. } => any(&[*base]),
        Expression::Unary { expr, .. } => any(&[*expr]),
        Expression::Binary { left, right, .. } => any(&[*left, *right]),
        Expression::Literal(_) => false,
        other => panic!("a loop's bound should be simple: {other:?}"),
    }
}

/// Values stored in a local variable.
fn stores(
    block: &Block,
    expressions: &naga::Arena<Expression>,
    variable: Handle<naga::LocalVariable>,
    found: &mut Vec<Handle<Expression>>,
) {
    for statement in block.iter() {
        match statement {
            Statement::Store { pointer, value } if expressions[*pointer] == Expression::LocalVariable(variable) => {
                found.push(*value);
            }
            Statement::Block(block) => stores(block, expressions, variable, found),
            Statement::If { accept, reject, .. } => {
                stores(accept, expressions, variable, found);
                stores(reject, expressions, variable, found);
            }
            Statement::Loop { body, continuing, .. } => {
                stores(body, expressions, variable, found);
                stores(continuing, expressions, variable, found);
            }
            _ => {}
        }
    }
}

#[test]
fn loops_with_barriers_are_bounded_by_uniforms() {
    let n_loops = PROGRAMS.map(|program| {
        let module = parsed(program, Mulhi::Split, 64);
        let function = &module.entry_points[0].function;
        let mut loops = vec![];
        loops_with_barriers(&function.body, &mut loops);
        for body in &loops {
            let condition = body.iter().find_map(|statement| match statement {
                Statement::If { condition, accept, reject }
                    if [accept, reject].iter().any(|block| block.iter().any(|s| matches!(s, Statement::Break))) =>
                {
                    Some(*condition)
                }
                _ => None,
            });
            assert!(!is_from_storage(&module, function, condition.unwrap()), "FXC refuses the loop of {program:?}");
        }
        loops.len()
    });
    assert_eq!(n_loops, [1, 0, 2, 1, 2, 1], "turns of blocks, and rounds of hits");
}
