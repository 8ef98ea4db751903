//! The shaders without a GPU: naga parses and validates every kernel and variant, and compares layouts with the host's.

use super::interface::{Access, Block, Params, Periods, Span, bindings, constants};
use super::options::Mulhi;
use super::shader::{Program, source};
use crate::engine::block::Kernel;
use naga::proc::Layouter;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Module, StorageAccess, TypeInner};

pub const PROGRAMS: [Program; 6] = [
    Program { kernel: Kernel::Granular, periods: Periods::One },
    Program { kernel: Kernel::Named, periods: Periods::One },
    Program { kernel: Kernel::Granular, periods: Periods::Several },
    Program { kernel: Kernel::Named, periods: Periods::Several },
    Program { kernel: Kernel::Granular, periods: Periods::Stateful },
    Program { kernel: Kernel::Named, periods: Periods::Stateful },
];
const SIZES: [u32; 4] = [32, 64, 128, 256];

/// Every program, product and workgroup size.
pub fn variants() -> impl Iterator<Item = (Program, Mulhi, u32)> {
    PROGRAMS.into_iter().flat_map(|program| {
        [Mulhi::Wide, Mulhi::Split].into_iter().flat_map(move |mulhi| SIZES.map(|size| (program, mulhi, size)))
    })
}

pub fn parsed(program: Program, mulhi: Mulhi, size: u32) -> Module {
    let text = source(program, mulhi, size);
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
    for program in PROGRAMS {
        let module = parsed(program, Mulhi::Wide, 64);
        let refused = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module);
        assert!(refused.is_err(), "{program:?}");
        // None in a buffer: wgpu issue 5857.
        for (_, variable) in module.global_variables.iter() {
            let kind = &module.types[variable.ty].inner;
            assert!(!format!("{kind:?}").contains("width: 8"), "{:?}", variable.name);
        }
    }
}

#[test]
fn every_variant_is_valid() {
    variants().for_each(|(program, mulhi, size)| _ = validated(&parsed(program, mulhi, size), mulhi));
}

#[test]
fn structs_lie_in_shaders_as_the_host_writes_them() {
    for (program, mulhi, size) in variants() {
        let expected: [(&str, &[&str]); 3] = [
            ("Params", &Params::FIELDS[..Params::words_in(program.periods)]),
            ("Block", &Block::FIELDS[..Block::words_in(program.periods)]),
            ("Span", &Span::FIELDS[..Span::words_in(program.periods)]),
        ];
        let module = parsed(program, mulhi, size);
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
    for program in PROGRAMS {
        let bindings = bindings(program.periods);
        let module = parsed(program, Mulhi::Split, 64);
        let mut seen = 0;
        for (_, variable) in module.global_variables.iter() {
            let Some(place) = &variable.binding else { continue };
            let bound = bindings[place.binding as usize];
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
        assert_eq!(seen, bindings.len());
        // What WebGPU promises, besides one uniform.
        assert!(seen <= 9);
    }
}

#[test]
fn workgroup_memory_fits_every_device() {
    // 16,384 bytes is what WebGPU promises.
    for (program, mulhi, size) in variants() {
        let module = parsed(program, mulhi, size);
        let mut layouter = Layouter::default();
        layouter.update(module.to_ctx()).unwrap();
        let bytes: u32 = module
            .global_variables
            .iter()
            .filter(|(_, variable)| variable.space == AddressSpace::WorkGroup)
            .map(|(_, variable)| layouter[variable.ty].size)
            .sum();
        assert!(bytes <= 16_384, "{program:?} at {size} threads takes {bytes} bytes");
        assert!(bytes >= 12 * size);
    }
}

#[test]
fn every_constant_is_used_by_a_shader() {
    for periods in [Periods::One, Periods::Several, Periods::Stateful] {
        let programs = PROGRAMS.into_iter().filter(|program| program.periods == periods);
        let bodies: Vec<String> = programs.map(|program| source(program, Mulhi::Split, 64)).collect();
        for (name, ..) in constants(64, periods) {
            let uses = bodies.concat().matches(name).count();
            assert!(uses > bodies.len(), "{name} is declared, and that is all");
        }
    }
}

#[test]
fn what_is_there_for_several_periods_is_unknown_to_others() {
    let names = |periods| {
        let [params, block] = [Params::FIELDS.as_slice(), Block::FIELDS.as_slice()];
        let fields = [&params[..Params::words_in(periods)], &block[..Block::words_in(periods)]].concat();
        let bound = bindings(periods).iter().map(|bound| bound.name);
        fields.into_iter().chain(bound).chain(constants(64, periods).into_iter().map(|(name, ..)| name)).collect()
    };
    let [one, several]: [Vec<&str>; 2] = [Periods::One, Periods::Several].map(names);
    let late: Vec<&&str> = several.iter().filter(|name| !one.contains(name)).collect();
    assert_eq!((one.len(), late.len()), (13 + 6 + 8 + 14, 11 + 3 + 1 + 10));
    for program in PROGRAMS {
        let text = source(program, Mulhi::Split, 64);
        let words: Vec<&str> = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').collect();
        if program.periods == Periods::One {
            assert!(late.iter().all(|name| !words.contains(name)), "{program:?}");
        }
    }
}
