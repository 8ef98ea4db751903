//! The shaders: which files of `shaders/` make a kernel, for each way to compute the upper half of a product.

use super::interface::{self, Periods};
use super::options::Mulhi;
use crate::engine::block::Kernel;

/// A kernel, in plans of one period or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// Kernel.
    pub kernel: Kernel,
    /// Periods of the plan.
    pub periods: Periods,
}

/// The WGSL of one program.
pub fn source(program: Program, mulhi: Mulhi, workgroup_size: u32) -> String {
    let product = match mulhi {
        Mulhi::Wide => include_str!("../../../shaders/mulhi_wide.wgsl"),
        Mulhi::Split => include_str!("../../../shaders/mulhi_split.wgsl"),
    };
    let shared = [
        product,
        include_str!("../../../shaders/philox.wgsl"),
        include_str!("../../../shaders/address.wgsl"),
        include_str!("../../../shaders/seat.wgsl"),
    ];
    let tally = include_str!("../../../shaders/tally.wgsl");
    let phi = [
        include_str!("../../../shaders/words.wgsl"),
        include_str!("../../../shaders/argument.wgsl"),
        include_str!("../../../shaders/threshold.wgsl"),
    ];
    let several = [
        include_str!("../../../shaders/economy.wgsl"),
        include_str!("../../../shaders/cumulate.wgsl"),
        include_str!("../../../shaders/fixed.wgsl"),
        include_str!("../../../shaders/severity.wgsl"),
        include_str!("../../../shaders/outcome.wgsl"),
        include_str!("../../../shaders/years.wgsl"),
    ];
    let parts = match (program.periods, program.kernel) {
        (Periods::One, Kernel::Granular) => vec![tally, include_str!("../../../shaders/granular.wgsl")],
        (Periods::One, Kernel::Named) => [&[tally][..], &phi, &[include_str!("../../../shaders/named.wgsl")]].concat(),
        (Periods::Several | Periods::Stateful, Kernel::Granular) => {
            [&phi[..], &several, &[include_str!("../../../shaders/timed_granular.wgsl")]].concat()
        }
        (Periods::Several | Periods::Stateful, Kernel::Named) => {
            [&phi[..], &several, &[include_str!("../../../shaders/timed_named.wgsl")]].concat()
        }
    };
    let prelude = interface::wgsl(workgroup_size, program.periods);
    [prelude.as_str()].into_iter().chain(shared).chain(parts).collect::<Vec<_>>().join("\n")
}

/// Name of the program's entry point.
pub fn entry_point(program: Program) -> &'static str {
    match (program.periods, program.kernel) {
        (Periods::One, Kernel::Granular) => "granular",
        (Periods::One, Kernel::Named) => "named",
        (Periods::Several | Periods::Stateful, Kernel::Granular) => "timed_granular",
        (Periods::Several | Periods::Stateful, Kernel::Named) => "timed_named",
    }
}
