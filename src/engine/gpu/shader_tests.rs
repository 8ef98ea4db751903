//! The shaders without a GPU: naga parses and validates every kernel and variant, and compares layouts with the host's.

use super::interface::{Access, BINDINGS, Block, Params, Span, constants};
use super::options::Mulhi;
use super::shader::source;
use crate::engine::block::Kernel;
use naga::proc::Layouter;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Module, StorageAccess, TypeInner};

pub const KERNELS: [Kernel; 2] = [Kernel::Granular, Kernel::Named];
const SIZES: [u32; 4] = [32, 64, 128, 256];

/// Every kernel, product and workgroup size.
pub fn variants() -> impl Iterator<Item = (Kernel, Mulhi, u32)> {
    KERNELS.into_iter().flat_map(|kernel| {
        [Mulhi::Wide, Mulhi::Split].into_iter().flat_map(move |mulhi| SIZES.map(|size| (kernel, mulhi, size)))
    })
}

pub fn parsed(kernel: Kernel, mulhi: Mulhi, size: u32) -> Module {
    let text = source(kernel, mulhi, size);
    naga::front::wgsl::parse_str(&text).unwrap_or_else(|error| panic!("{}", error.emit_to_string(&text)))
}

pub fn validated(module: &Module, mulhi: Mulhi) -> ModuleInfo {
    let capabilities = match mulhi {
        Mulhi::Wide => Capabilities::SHADER_INT64,
        // Nothing but what every device has.
        Mulhi::Split => Capabilities::empty(),
    };
    Validator::new(ValidationFlags::all(), capabilities).validate(module).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn the_split_product_needs_no_64_bit_integers_and_the_wide_one_does() {
    for kernel in KERNELS {
        let module = parsed(kernel, Mulhi::Wide, 64);
        let refused = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module);
        assert!(refused.is_err(), "{kernel:?}");
        // None in a buffer: wgpu issue 5857.
        for (_, variable) in module.global_variables.iter() {
            let kind = &module.types[variable.ty].inner;
            assert!(!format!("{kind:?}").contains("width: 8"), "{:?}", variable.name);
        }
    }
}

#[test]
fn every_variant_is_valid() {
    variants().for_each(|(kernel, mulhi, size)| _ = validated(&parsed(kernel, mulhi, size), mulhi));
}

#[test]
fn structs_lie_in_shaders_as_the_host_writes_them() {
    let expected: [(&str, &[&str]); 3] =
        [("Params", &Params::FIELDS), ("Block", &Block::FIELDS), ("Span", &Span::FIELDS)];
    for (kernel, mulhi, size) in variants() {
        let module = parsed(kernel, mulhi, size);
        let mut layouter = Layouter::default();
        layouter.update(module.to_ctx()).unwrap();
        for (name, fields) in expected {
            let (handle, found) = module.types.iter().find(|(_, found)| found.name.as_deref() == Some(name)).unwrap();
            let TypeInner::Struct { members, span } = &found.inner else { panic!("{name} is no struct") };
            assert_eq!(*span as usize, 4 * fields.len(), "{name}");
            assert_eq!(layouter[handle].size, *span);
            for (member, (place, field)) in members.iter().zip(fields.iter().enumerate()) {
                assert_eq!((member.name.as_deref(), member.offset as usize), (Some(*field), 4 * place), "{name}");
                assert_eq!(layouter[member.ty].size, 4);
            }
        }
    }
}

#[test]
fn bindings_are_those_of_the_host() {
    for kernel in KERNELS {
        let module = parsed(kernel, Mulhi::Split, 64);
        let mut seen = 0;
        for (_, variable) in module.global_variables.iter() {
            let Some(place) = &variable.binding else { continue };
            let bound = BINDINGS[place.binding as usize];
            assert_eq!((variable.name.as_deref(), place.group), (Some(bound.name), 0));
            let access = match variable.space {
                AddressSpace::Uniform => Access::Uniform,
                AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => Access::Add,
                AddressSpace::Storage { .. } => Access::Read,
                other => panic!("{other:?}"),
            };
            assert_eq!(access, bound.access);
            seen += 1;
        }
        assert_eq!(seen, BINDINGS.len());
    }
}

#[test]
fn workgroup_memory_fits_every_device() {
    // 16,384 bytes is what WebGPU promises.
    for (kernel, mulhi, size) in variants() {
        let module = parsed(kernel, mulhi, size);
        let mut layouter = Layouter::default();
        layouter.update(module.to_ctx()).unwrap();
        let bytes: u32 = module
            .global_variables
            .iter()
            .filter(|(_, variable)| variable.space == AddressSpace::WorkGroup)
            .map(|(_, variable)| layouter[variable.ty].size)
            .sum();
        assert!(bytes <= 16_384, "{kernel:?} at {size} threads takes {bytes} bytes");
        assert!(bytes >= 12 * size);
    }
}

#[test]
fn every_constant_is_used_by_a_shader() {
    let bodies: String = KERNELS.map(|kernel| source(kernel, Mulhi::Split, 64)).concat();
    for (name, ..) in constants(64) {
        let uses = bodies.matches(name).count();
        assert!(uses > KERNELS.len(), "{name} is declared, and that is all");
    }
}
