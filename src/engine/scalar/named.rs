//! The named kernel (M10): one word per loan; it defaults when the word is below the block's threshold.

use crate::engine::job::Address;
use crate::rng::{Purpose, counter, philox4x32_10};

/// The word that decides loan `i` of the block: word i mod 4 of Philox block i / 4.
pub fn word(address: Address, i: u32) -> u32 {
    philox4x32_10(counter(Purpose::Name, address.scenario, address.block, i / 4), address.key)[i as usize % 4]
}

/// Calls `default` with the position of each loan, of `n`, whose word is below `threshold`, and the word.
pub fn play(address: Address, threshold: u32, n: u32, mut default: impl FnMut(usize, u32)) {
    for i in 0..n {
        let word = word(address, i);
        if word < threshold {
            default(i as usize, word);
        }
    }
}
