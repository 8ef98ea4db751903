//! AVX2: four lanes to a word.

use super::round::Values;
use crate::rng::MULTIPLIERS;
use std::arch::x86_64::*;

type Words = __m256i;

const LANES: usize = 4;

/// Words of lanes whose hits are generated together: two chains of four words fit the 16 registers (4: 12 % slower).
const PARTS: usize = 2;

/// The same where each hit has a second word, its period's (2: 6 % slower).
const TIMED_PARTS: usize = 1;

#[target_feature(enable = "avx2")]
#[inline]
fn splat(value: u64) -> Words {
    _mm256_set1_epi64x(value as i64)
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(lanes: &[u64; LANES]) -> Words {
    bytemuck::cast(*lanes)
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(words: Words) -> [u64; LANES] {
    bytemuck::cast(words)
}

#[target_feature(enable = "avx2")]
#[inline]
fn add(a: Words, b: Words) -> Words {
    _mm256_add_epi64(a, b)
}

/// The 64-bit products of the lower halves.
#[target_feature(enable = "avx2")]
#[inline]
fn multiply(a: Words, b: Words) -> Words {
    _mm256_mul_epu32(a, b)
}

/// The upper halves, moved down.
#[target_feature(enable = "avx2")]
#[inline]
fn upper(a: Words) -> Words {
    _mm256_srli_epi64::<32>(a)
}

#[target_feature(enable = "avx2")]
#[inline]
fn xor(a: Words, b: Words, c: Words) -> Words {
    _mm256_xor_si256(_mm256_xor_si256(b, c), a)
}

/// One round of Philox4x32.
#[target_feature(enable = "avx2")]
#[inline]
fn turn([a, b, c, d]: [Words; 4], [k0, k1]: [Words; 2]) -> [Words; 4] {
    let [m0, m1] = MULTIPLIERS.map(|multiplier| splat(u64::from(multiplier)));
    let (p0, p1) = (multiply(a, m0), multiply(c, m1));
    [xor(upper(p1), b, k0), p1, xor(upper(p0), d, k1), p0]
}

/// Bits 32–47 of a and c, and bits 48–63 of b and d, one after the other.
#[target_feature(enable = "avx2")]
#[inline]
fn pack([a, b, c, d]: [Words; 4]) -> Words {
    let ab = _mm256_blend_epi16::<0b1000_1000>(a, b);
    let cd = _mm256_blend_epi16::<0b1000_1000>(c, d);
    _mm256_blend_epi32::<0b1010_1010>(upper(ab), cd)
}

/// The lower half of a in the upper half, the lower half of b in the lower.
#[target_feature(enable = "avx2")]
#[inline]
fn join([a, b]: [Words; 2]) -> Words {
    _mm256_blend_epi32::<0b1010_1010>(b, _mm256_slli_epi64::<32>(a))
}

/// `sum`, with `value` added in the lanes where the lower half of `word` is below `bound`.
#[target_feature(enable = "avx2")]
#[inline]
fn add_if_below(sum: Words, [word, bound]: [Words; 2], value: u64) -> Words {
    let below = _mm256_cmpgt_epi64(bound, _mm256_and_si256(word, splat(u64::from(u32::MAX))));
    _mm256_add_epi64(sum, _mm256_and_si256(below, splat(value)))
}

/// How many of `thresholds` each value has reached.
#[target_feature(enable = "avx2")]
#[inline]
fn passed(values: &[Values], thresholds: &[u32], counts: &mut [Values]) {
    for (counts, values) in counts.iter_mut().zip(values) {
        let values: [__m256i; 2] = bytemuck::cast(*values);
        let mut reached = [_mm256_setzero_si256(); 2];
        for &threshold in thresholds {
            let threshold = _mm256_set1_epi32(threshold as i32);
            for (count, value) in reached.iter_mut().zip(values) {
                // The greater of both is the value itself where it has reached the threshold; −1 is subtracted there.
                *count = _mm256_sub_epi32(*count, _mm256_cmpeq_epi32(_mm256_max_epu32(value, threshold), value));
            }
        }
        *counts = bytemuck::cast(reached);
    }
}

/// Keeps the first hits among these; how many they are.
#[target_feature(enable = "avx2")]
#[inline]
fn keep_first<const PLAIN: bool>(round: &mut TimedRound<'_>, hits: &Batch<'_, &[u16; BATCH]>) -> usize {
    round.keep_first::<PLAIN>(hits)
}

/// Keeps the names among these whose words are below `top`; how many they are.
#[target_feature(enable = "avx2")]
#[inline]
fn keep_below<const PLAIN: bool>(round: &mut TimedRound<'_>, names: &Batch<'_, usize>, top: u32) -> usize {
    round.keep_below::<PLAIN>(names, top)
}

super::kernels::kernels!(#[target_feature(enable = "avx2")]);
super::timed_kernels::timed_kernels!(#[target_feature(enable = "avx2")]);
