//! AVX-512: eight lanes to a word.

#![allow(unsafe_code)]

use super::round::Values;
use crate::rng::MULTIPLIERS;
use std::arch::x86_64::*;

type Words = __m512i;

const LANES: usize = 8;

/// Words of lanes whose hits are generated together: three chains of four words fit the 32 registers (2: 4 % slower).
const PARTS: usize = 3;

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn splat(value: u64) -> Words {
    _mm512_set1_epi64(value as i64)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn load(lanes: &[u64; LANES]) -> Words {
    // SAFETY: 64 bytes are there to read, and no alignment is asked for.
    unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn store(words: Words) -> [u64; LANES] {
    let mut lanes = [0; LANES];
    // SAFETY: 64 bytes are there to write, and no alignment is asked for.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), words) };
    lanes
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn add(a: Words, b: Words) -> Words {
    _mm512_add_epi64(a, b)
}

/// The 64-bit products of the lower halves.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn multiply(a: Words, b: Words) -> Words {
    _mm512_mul_epu32(a, b)
}

/// The upper halves, moved down.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn upper(a: Words) -> Words {
    _mm512_srli_epi64::<32>(a)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn xor(a: Words, b: Words, c: Words) -> Words {
    _mm512_ternarylogic_epi64::<0b1001_0110>(a, b, c)
}

/// One round of Philox4x32.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn turn([a, b, c, d]: [Words; 4], [k0, k1]: [Words; 2]) -> [Words; 4] {
    let [m0, m1] = MULTIPLIERS.map(|multiplier| splat(u64::from(multiplier)));
    let (p0, p1) = (multiply(a, m0), multiply(c, m1));
    [xor(upper(p1), b, k0), p1, xor(upper(p0), d, k1), p0]
}

/// Bits 32–47 of a and c, and bits 48–63 of b and d, one after the other.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn pack([a, b, c, d]: [Words; 4]) -> Words {
    let ab = _mm512_mask_blend_epi16(0x8888_8888, a, b);
    let cd = _mm512_mask_blend_epi16(0x8888_8888, c, d);
    _mm512_mask_blend_epi32(0xAAAA, upper(ab), cd)
}

/// The lower half of a in the upper half, the lower half of b in the lower.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn join([a, b]: [Words; 2]) -> Words {
    _mm512_mask_blend_epi32(0xAAAA, b, _mm512_slli_epi64::<32>(a))
}

/// `sum`, with `value` added in the lanes where the lower half of `word` is below `bound`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
fn add_if_below(sum: Words, [word, bound]: [Words; 2], value: u64) -> Words {
    let below = _mm512_cmplt_epu64_mask(_mm512_and_si512(word, splat(u64::from(u32::MAX))), bound);
    _mm512_mask_add_epi64(sum, below, sum, splat(value))
}

/// How many of `thresholds` each value has reached.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
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

super::kernels::kernels!(#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]);
super::timed_kernels::timed_kernels!(#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]);
