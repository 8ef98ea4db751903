//! Blocks: a pool in even parts, each with the kernel that plays it (M15).

use super::stream::LARGEST_BLOCK;
use std::ops::Range;

/// A block of fewer loans is played by name under [`KernelChoice::Auto`]: measured crossover on a CPU.
const FEW_LOANS: u32 = 64;

/// A block of a higher PD is played by name under [`KernelChoice::Auto`]: measured crossover on a CPU.
const HIGH_PD: f64 = 0.35;

/// Which kernel plays a block's loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelChoice {
    /// By size and PD of each block (M15).
    Auto,
    /// Hits thrown at loans, everywhere.
    Granular,
    /// One draw per loan, everywhere.
    Named,
}

/// How one block is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// K hits, thrown uniformly; K comes from the host.
    Granular,
    /// One word per obligor against a threshold from the host.
    Named,
}

/// Up to [`LARGEST_BLOCK`] obligors of one pool: what is played at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Number of the block: a part of the address of its randomness (L3).
    pub number: u32,
    /// Index of the pool.
    pub pool: u32,
    /// Index of the segment.
    pub segment: u32,
    /// Index of the first obligor in [`Plan::losses`](super::Plan::losses).
    pub first: u32,
    /// Number of obligors, 1 to [`LARGEST_BLOCK`].
    pub obligors: u32,
    /// Losses of each obligor, at least 1; slot k of obligor i stands at `first` + k `obligors` + i.
    pub slots: u16,
    /// Periods in which any of its obligors can default, at least 1.
    pub periods: u16,
    /// How it is played.
    pub kernel: Kernel,
}

impl Block {
    /// Where its losses, rows and profiles stand.
    pub fn places(&self) -> Range<usize> {
        let first = self.first as usize;
        first..first + self.obligors as usize * usize::from(self.slots)
    }
}

/// The obligors of each block of a pool of `obligors`. Even parts: their sizes differ by one at most, so that no block is a
/// small remainder.
pub fn parts(obligors: u32) -> Vec<Range<usize>> {
    let n_blocks = obligors.div_ceil(LARGEST_BLOCK);
    let cut = |part: u32| (u64::from(obligors) * u64::from(part) / u64::from(n_blocks)) as usize;
    (0..n_blocks).map(|part| cut(part)..cut(part + 1)).collect()
}

/// The kernel of a block of `obligors` that default with probability `pd`.
pub fn choose_kernel(choice: KernelChoice, obligors: u32, pd: f64) -> Kernel {
    match choice {
        KernelChoice::Granular => Kernel::Granular,
        KernelChoice::Named => Kernel::Named,
        KernelChoice::Auto if obligors < FEW_LOANS || pd >= HIGH_PD => Kernel::Named,
        KernelChoice::Auto => Kernel::Granular,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_follows_size_and_pd_only() {
        assert_eq!(choose_kernel(KernelChoice::Auto, 63, 0.01), Kernel::Named);
        assert_eq!(choose_kernel(KernelChoice::Auto, 64, 0.01), Kernel::Granular);
        assert_eq!(choose_kernel(KernelChoice::Auto, 9_999, 0.35), Kernel::Named);
        assert_eq!(choose_kernel(KernelChoice::Named, 9_999, 0.01), Kernel::Named);
        assert_eq!(choose_kernel(KernelChoice::Granular, 1, 0.9), Kernel::Granular);
    }
}
