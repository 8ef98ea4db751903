//! The conformance suite (L1): every device runs it whole, and every comparison is `==`.
//!
//! To add a device, add a line at the end.

mod case;
mod suite;

use mc_gpu::engine::{Cpu, Device, Scalar};

/// The whole suite for one device.
macro_rules! conformance {
    ($name:ident, $device:expr) => {
        mod $name {
            use super::*;

            fn device() -> Box<dyn Device> {
                Box::new($device)
            }

            #[test]
            fn equals_the_reference_on_random_portfolios() {
                suite::equals_the_reference_on_random_portfolios(&device);
            }

            #[test]
            fn equals_the_reference_on_awkward_portfolios() {
                suite::equals_the_reference_on_awkward_portfolios(&device);
            }

            #[test]
            fn does_not_depend_on_how_the_range_is_split() {
                suite::does_not_depend_on_how_the_range_is_split(&device);
            }

            #[test]
            fn merged_shards_equal_the_whole() {
                suite::merged_shards_equal_the_whole(&device);
            }

            #[test]
            fn an_interrupted_run_continues_to_the_same_digest() {
                suite::an_interrupted_run_continues_to_the_same_digest(&device);
            }

            #[test]
            fn replay_adds_up_to_play() {
                suite::replay_adds_up_to_play(&device);
            }

            #[test]
            fn plays_the_last_scenarios_there_are() {
                suite::plays_the_last_scenarios_there_are(&device);
            }
        }
    };
}

conformance!(scalar, Scalar);
conformance!(cpu_1_thread, Cpu::new(1).unwrap());
conformance!(cpu_2_threads, Cpu::new(2).unwrap());
conformance!(cpu_5_threads, Cpu::new(5).unwrap());
