//! The stream version: what besides plan and seed decides which obligors default (L8).
//!
//! Whoever changes the largest block, a table, the choice of kernel, an address or the inversion of a distribution
//! raises the version: digests change with it.

/// Version of the mapping from (plan, seed, scenario) to defaults.
pub const STREAM_VERSION: u32 = 1;

/// Most obligors in a block (M15); a power of two. 16,384 byte stamps and 64 KiB of losses stay in a core's caches.
pub const LARGEST_BLOCK: u32 = 16_384;
