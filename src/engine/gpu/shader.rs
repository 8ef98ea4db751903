//! The shaders: which files of `shaders/` make a kernel, for each way to compute the upper half of a product.

use super::interface;
use super::options::Mulhi;
use crate::engine::block::Kernel;

/// The WGSL of one kernel.
pub fn source(kernel: Kernel, mulhi: Mulhi, workgroup_size: u32) -> String {
    let product = match mulhi {
        Mulhi::Wide => include_str!("../../../shaders/mulhi_wide.wgsl"),
        Mulhi::Split => include_str!("../../../shaders/mulhi_split.wgsl"),
    };
    let shared = [
        product,
        include_str!("../../../shaders/philox.wgsl"),
        include_str!("../../../shaders/address.wgsl"),
        include_str!("../../../shaders/seat.wgsl"),
        include_str!("../../../shaders/tally.wgsl"),
    ];
    let own: &[&str] = match kernel {
        Kernel::Granular => &[include_str!("../../../shaders/granular.wgsl")],
        Kernel::Named => &[
            include_str!("../../../shaders/words.wgsl"),
            include_str!("../../../shaders/argument.wgsl"),
            include_str!("../../../shaders/threshold.wgsl"),
            include_str!("../../../shaders/named.wgsl"),
        ],
    };
    let prelude = interface::wgsl(workgroup_size);
    [prelude.as_str()].into_iter().chain(shared).chain(own.iter().copied()).collect::<Vec<_>>().join("\n")
}

/// Name of the kernel's entry point.
pub fn entry_point(kernel: Kernel) -> &'static str {
    match kernel {
        Kernel::Granular => "granular",
        Kernel::Named => "named",
    }
}
