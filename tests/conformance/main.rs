//! The conformance suite (L1): every device runs it whole, and every comparison is `==`.
//!
//! To add a device, add a line at the end.

mod case;
mod faults;
mod gpu;
mod hang;
mod horizon_case;
mod large;
mod memory;
mod suite;
mod validation;

use mc_gpu::engine::{Cpu, Device, Gpu, GpuOptions, Instructions, KernelClock, Mulhi, Scalar, ShaderChecks};
use std::sync::OnceLock;

/// The whole suite for one device.
macro_rules! conformance {
    ($name:ident, $device:expr) => {
        mod $name {
            use super::*;

            /// None where the machine has no such device, which was then said.
            fn device() -> Option<Box<dyn Device>> {
                let device: Option<Box<dyn Device>> = $device;
                device
            }

            #[test]
            fn equals_the_reference_on_random_portfolios() {
                if device().is_some() {
                    suite::equals_the_reference_on_random_portfolios(&|| device().unwrap());
                }
            }

            #[test]
            fn equals_the_reference_on_awkward_portfolios() {
                if device().is_some() {
                    suite::equals_the_reference_on_awkward_portfolios(&|| device().unwrap());
                }
            }

            #[test]
            fn equals_the_reference_over_many_scenarios() {
                if device().is_some() {
                    suite::equals_the_reference_over_many_scenarios(&|| device().unwrap());
                }
            }

            #[test]
            fn does_not_depend_on_how_the_range_is_split() {
                if device().is_some() {
                    suite::does_not_depend_on_how_the_range_is_split(&|| device().unwrap());
                }
            }

            #[test]
            fn merged_shards_equal_the_whole() {
                if device().is_some() {
                    suite::merged_shards_equal_the_whole(&|| device().unwrap());
                }
            }

            #[test]
            fn an_interrupted_run_continues_to_the_same_digest() {
                if device().is_some() {
                    suite::an_interrupted_run_continues_to_the_same_digest(&|| device().unwrap());
                }
            }

            #[test]
            fn replay_adds_up_to_play() {
                if device().is_some() {
                    suite::replay_adds_up_to_play(&|| device().unwrap());
                }
            }

            #[test]
            fn plays_the_last_scenarios_there_are() {
                if device().is_some() {
                    suite::plays_the_last_scenarios_there_are(&|| device().unwrap());
                }
            }
        }
    };
}

/// A CPU restricted to some instructions; None, and a line on stderr, where the processor lacks them.
fn cpu_with(instructions: Instructions) -> Option<Box<dyn Device>> {
    if !instructions.are_here() {
        eprintln!("SKIPPED: this processor has no {instructions:?}, so this test checked nothing");
        return None;
    }
    Some(Box::new(Cpu::new(2).unwrap().with_instructions(instructions)))
}

/// The whole suite for one variant of the GPU device.
macro_rules! conformance_gpu {
    ($name:ident, $options:expr) => {
        conformance!($name, {
            static SHARED: OnceLock<Option<Gpu>> = OnceLock::new();
            let options: GpuOptions = $options;
            let most_bytes = options.most_bytes;
            gpu::shared(&SHARED, options).map(|gpu| Box::new(gpu::Alone(gpu, most_bytes)) as Box<dyn Device>)
        });
    };
}

conformance!(scalar, Some(Box::new(Scalar)));
conformance!(cpu_1_thread, Some(Box::new(Cpu::new(1).unwrap())));
conformance!(cpu_2_threads, Some(Box::new(Cpu::new(2).unwrap())));
conformance!(cpu_5_threads, Some(Box::new(Cpu::new(5).unwrap())));
// Those above take the fastest instructions that are here; these take each set.
conformance!(cpu_avx512, cpu_with(Instructions::Avx512));
conformance!(cpu_avx2, cpu_with(Instructions::Avx2));
conformance!(cpu_portable, cpu_with(Instructions::Portable));
// Both products, checked and unchecked shaders, every workgroup size, odd batches, buffers of one block and memory for one,
// the device's clock.
conformance_gpu!(gpu_as_users_get_it, GpuOptions::default());
conformance_gpu!(
    gpu_wide_unchecked_128,
    GpuOptions {
        mulhi: Some(Mulhi::Wide),
        checks: ShaderChecks::Off,
        workgroup_size: 128,
        most_scenarios: Some(13),
        ..GpuOptions::default()
    }
);
conformance_gpu!(
    gpu_split_checked_32,
    GpuOptions {
        mulhi: Some(Mulhi::Split),
        workgroup_size: 32,
        most_bytes: Some(1 << 16),
        most_resident_bytes: Some(1),
        ..GpuOptions::default()
    }
);
conformance_gpu!(
    gpu_split_unchecked_256,
    GpuOptions {
        mulhi: Some(Mulhi::Split),
        checks: ShaderChecks::Off,
        workgroup_size: 256,
        clock: KernelClock::On,
        most_scenarios: Some(301),
        ..GpuOptions::default()
    }
);
