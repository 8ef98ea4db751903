//! The CPU's kernels in AVX-512, AVX2 and portable form, one of them chosen while the program runs (L1: same integers).

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod counting;
mod ground;
mod kernels;
mod mixing;
mod numbers;
mod path;
mod portable;
mod round;
mod states;
mod timed;
#[cfg(target_arch = "x86_64")]
mod timed_kernels;

pub use counting::{Counting, PeriodThresholds, Thresholds};
pub use ground::{Ground, entry, parts};
pub use mixing::{Mixing, Step, step, to_grid};
pub use numbers::{GROUP, Numbers};
pub use path::{Along, PathCounting};
pub use round::TimedGround;
pub use states::States;
pub use timed::{Losses, Severities, TimedHits, TimedNames, TimedSums};

use crate::math::threshold::ThresholdTable;
use crate::rng::{Purpose, RoundKeys};

/// Sets of instructions that a kernel can be compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instructions {
    /// AVX-512 F, BW, DQ and VL, and POPCNT: eight lanes of 64 bits.
    Avx512,
    /// AVX2: four lanes.
    Avx2,
    /// Whatever every processor of this architecture has.
    Portable,
}

impl Instructions {
    /// Those that this processor has, fastest first; the last is always [`Instructions::Portable`].
    pub fn here() -> Vec<Self> {
        [Self::Avx512, Self::Avx2, Self::Portable].into_iter().filter(|instructions| instructions.are_here()).collect()
    }

    /// The fastest that this processor has.
    pub fn best() -> Self {
        [Self::Avx512, Self::Avx2].into_iter().find(|instructions| instructions.are_here()).unwrap_or(Self::Portable)
    }

    /// Whether this processor has them.
    #[cfg(target_arch = "x86_64")]
    pub fn are_here(self) -> bool {
        match self {
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("popcnt")
            }
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            Self::Portable => true,
        }
    }

    /// Whether this processor has them.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn are_here(self) -> bool {
        self == Self::Portable
    }
}

/// What a granular block needs to be played in several scenarios.
#[derive(Clone, Copy)]
pub struct Hits<'a> {
    /// Round keys of the seed.
    pub keys: &'a RoundKeys,
    /// Block number.
    pub block: u32,
    /// Obligors of the block, 1 to [`LARGEST_BLOCK`](crate::engine::LARGEST_BLOCK).
    pub obligors: u32,
    /// Scenario numbers.
    pub numbers: &'a Numbers,
    /// Place of the first scenario among them; a multiple of 8.
    pub first: usize,
    /// Hits in each scenario.
    pub counts: &'a [u32],
}

/// What a named block needs to be played in several scenarios.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// Round keys of the seed.
    pub keys: &'a RoundKeys,
    /// Block number.
    pub block: u32,
    /// An [`entry`] for each obligor, then zeros up to a multiple of four.
    pub entries: &'a [u64],
    /// Scenario numbers.
    pub numbers: &'a Numbers,
    /// Threshold in each scenario; as many as there are padded numbers.
    pub thresholds: &'a [u32],
}

/// One Philox block in each of several scenarios.
#[derive(Clone, Copy)]
pub struct Draws<'a> {
    /// Round keys of the seed.
    pub keys: &'a RoundKeys,
    /// What the words decide.
    pub purpose: Purpose,
    /// Block number.
    pub block: u32,
    /// Index of the Philox block.
    pub index: u32,
    /// Scenario numbers.
    pub numbers: &'a Numbers,
    /// Place of the first scenario among them; a multiple of 16.
    pub first: usize,
}

/// Calls the function of this name that was compiled for the instructions; those that are not here become portable.
macro_rules! dispatch {
    ($instructions:expr, $kernel:ident($($argument:expr),*)) => {
        match $instructions {
            // SAFETY: the processor has the features that the function was compiled for.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 if Instructions::Avx512.are_here() => unsafe { avx512::$kernel($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 if Instructions::Avx2.are_here() => unsafe { avx2::$kernel($($argument),*) },
            _ => portable::$kernel($($argument),*),
        }
    };
}

#[allow(unsafe_code)] // calls of functions with more features than their caller
impl Instructions {
    /// Plays a granular block whose losses lie on `ground`; `sums` gets the [`parts`] of each scenario.
    pub(in crate::engine) fn hits(self, hits: &Hits<'_>, ground: &mut Ground, sums: &mut [u64]) {
        dispatch!(self, hits(hits, ground, sums));
    }

    /// Plays a named block; `sums` gets the [`parts`] of each scenario, one place per padded number.
    pub(in crate::engine) fn names(self, names: &Names<'_>, sums: &mut [u64]) {
        dispatch!(self, names(names, sums));
    }

    /// The first two words of each scenario's Philox block as one number, and the last two; padded like the numbers.
    pub(in crate::engine) fn draws(self, draws: &Draws<'_>, first: &mut [u64], second: &mut [u64]) {
        dispatch!(self, draws(draws, first, second));
    }

    /// Hits of a granular block in each scenario.
    pub(in crate::engine) fn counts(self, counting: &Counting<'_>, out: &mut [u32]) {
        dispatch!(self, counts(counting, out));
    }

    /// Threshold of a named block in each scenario.
    pub(in crate::engine) fn thresholds(self, thresholds: &Thresholds<'_>, out: &mut [u32]) {
        dispatch!(self, thresholds(thresholds, out));
    }

    /// Thresholds of a block by the end of each of its periods: a row for each scenario.
    pub(in crate::engine) fn period_thresholds(self, thresholds: &PeriodThresholds<'_>, out: &mut [u32]) {
        dispatch!(self, period_thresholds(thresholds, out));
    }

    /// Hits of a granular block along a path in each scenario.
    pub(in crate::engine) fn path_counts(self, counting: &PathCounting<'_>, out: &mut [u32]) {
        dispatch!(self, path_counts(counting, out));
    }

    /// Thresholds of a block by the end of each of its periods along a path: a row for each scenario.
    pub(in crate::engine) fn path_thresholds(self, along: &Along<'_>, table: &ThresholdTable, out: &mut [u32]) {
        dispatch!(self, path_thresholds(along, table, out));
    }

    /// Rows of severities of a block, period-major.
    pub(in crate::engine) fn severity_rows(self, states: &States<'_>, out: &mut [u8]) {
        dispatch!(self, severity_rows(states, out));
    }

    /// Plays a granular block of several periods that lies on `ground`.
    pub(in crate::engine) fn timed_hits(
        self,
        timed: &TimedHits<'_>,
        ground: &mut TimedGround,
        sums: &mut TimedSums<'_>,
    ) {
        dispatch!(self, timed_hits(timed, ground, sums));
    }

    /// Plays a named block of several periods.
    pub(in crate::engine) fn timed_names(
        self,
        names: &TimedNames<'_>,
        ground: &mut TimedGround,
        sums: &mut TimedSums<'_>,
    ) {
        dispatch!(self, timed_names(names, ground, sums));
    }

    /// The index of a segment in each scenario.
    pub(in crate::engine) fn mix(self, mixing: &Mixing<'_>, out: &mut [i32]) {
        dispatch!(self, mix(mixing, out));
    }
}
