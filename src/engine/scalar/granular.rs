//! The granular kernel: K hits thrown uniformly at n loans; a loan that is hit at least once defaults.
//!
//! With K ~ Poisson(n λ) and λ = −ln(1 − p), each loan defaults with probability p, independently of the others (M7).

use crate::engine::job::Address;
use crate::rng::{Purpose, counter, mulhi, philox4x32_10};

/// Which loan hit `hit` strikes, 0 to n − 1: word h mod 4 of Philox block h / 4, scaled to n (M9).
pub fn position(address: Address, hit: u32, n: u32) -> u32 {
    let words = philox4x32_10(counter(Purpose::Hit, address.scenario, address.block, hit / 4), address.key);
    mulhi(words[hit as usize % 4], n)
}

/// Calls `default` once with the position of each loan that at least one of `hits` strikes, and the first of those.
pub fn play(address: Address, hits: u32, n: u32, mut default: impl FnMut(usize, u32)) {
    let mut hit_before = vec![0u64; (n as usize).div_ceil(64)];
    for hit in 0..hits {
        let i = position(address, hit, n) as usize;
        let bit = 1 << (i % 64);
        if hit_before[i / 64] & bit == 0 {
            hit_before[i / 64] |= bit;
            default(i, hit);
        }
    }
}
