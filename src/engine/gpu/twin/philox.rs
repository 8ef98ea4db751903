//! Twin of `shaders/philox.wgsl`.

use super::mulhi_split::mulhi;
use crate::rng::{INCREMENTS, MULTIPLIERS};

pub fn philox_round(words: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let (hi0, lo0) = (mulhi(MULTIPLIERS[0], words[0]), MULTIPLIERS[0].wrapping_mul(words[0]));
    let (hi1, lo1) = (mulhi(MULTIPLIERS[1], words[2]), MULTIPLIERS[1].wrapping_mul(words[2]));
    [hi1 ^ words[1] ^ key[0], lo1, hi0 ^ words[3] ^ key[1], lo0]
}

pub fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let weyl = |times: u32| {
        let step = |word: usize| key[word].wrapping_add(INCREMENTS[word].wrapping_mul(times));
        [step(0), step(1)]
    };
    (0..10).fold(counter, |words, round| philox_round(words, weyl(round)))
}
