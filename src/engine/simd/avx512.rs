//! AVX-512: eight lanes to a word.

#![allow(unsafe_code)]

use super::round::Values;
use crate::rng::MULTIPLIERS;
use std::arch::x86_64::*;

type Words = __m512i;

const LANES: usize = 8;

/// Words of lanes whose hits are generated together: three chains of four words fit the 32 registers (2: 4 % slower).
const PARTS: usize = 3;

/// The same where each hit has a second word, its period's: four chains of four words fit the 32 registers (1: 5 % slower).
const TIMED_PARTS: usize = 2;

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn splat(value: u64) -> Words {
    _mm512_set1_epi64(value as i64)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn load(lanes: &[u64; LANES]) -> Words {
    // SAFETY: 64 bytes are there to read, and no alignment is asked for.
    unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn store(words: Words) -> [u64; LANES] {
    let mut lanes = [0; LANES];
    // SAFETY: 64 bytes are there to write, and no alignment is asked for.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), words) };
    lanes
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn add(a: Words, b: Words) -> Words {
    _mm512_add_epi64(a, b)
}

/// The 64-bit products of the lower halves.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn multiply(a: Words, b: Words) -> Words {
    _mm512_mul_epu32(a, b)
}

/// The upper halves, moved down.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn upper(a: Words) -> Words {
    _mm512_srli_epi64::<32>(a)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn xor(a: Words, b: Words, c: Words) -> Words {
    _mm512_ternarylogic_epi64::<0b1001_0110>(a, b, c)
}

/// One round of Philox4x32.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn turn([a, b, c, d]: [Words; 4], [k0, k1]: [Words; 2]) -> [Words; 4] {
    let [m0, m1] = MULTIPLIERS.map(|multiplier| splat(u64::from(multiplier)));
    let (p0, p1) = (multiply(a, m0), multiply(c, m1));
    [xor(upper(p1), b, k0), p1, xor(upper(p0), d, k1), p0]
}

/// Bits 32–47 of a and c, and bits 48–63 of b and d, one after the other.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn pack([a, b, c, d]: [Words; 4]) -> Words {
    let ab = _mm512_mask_blend_epi16(0x8888_8888, a, b);
    let cd = _mm512_mask_blend_epi16(0x8888_8888, c, d);
    _mm512_mask_blend_epi32(0xAAAA, upper(ab), cd)
}

/// The lower half of a in the upper half, the lower half of b in the lower.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn join([a, b]: [Words; 2]) -> Words {
    _mm512_mask_blend_epi32(0xAAAA, b, _mm512_slli_epi64::<32>(a))
}

/// `sum`, with `value` added in the lanes where the lower half of `word` is below `bound`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn add_if_below(sum: Words, [word, bound]: [Words; 2], value: u64) -> Words {
    let below = _mm512_cmplt_epu64_mask(_mm512_and_si512(word, splat(u64::from(u32::MAX))), bound);
    _mm512_mask_add_epi64(sum, below, sum, splat(value))
}

/// Values of 32 bits as a word.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn of(values: Values) -> Words {
    load(&bytemuck::cast(values))
}

/// How many of `thresholds` each value has reached.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn passed(values: &[Values], thresholds: &[u32], counts: &mut [Values]) {
    match thresholds.len() {
        0..32 => search::<32>(values, thresholds, counts),
        32..64 => search::<64>(values, thresholds, counts),
        _ => {
            for (counts, &values) in counts.iter_mut().zip(values) {
                let (values, mut reached) = (of(values), _mm512_setzero_si512());
                for &threshold in thresholds {
                    let has = _mm512_cmple_epu32_mask(_mm512_set1_epi32(threshold as i32), values);
                    reached = _mm512_mask_add_epi32(reached, has, reached, _mm512_set1_epi32(1));
                }
                *counts = bytemuck::cast(store(reached));
            }
        }
    }
}

/// [`passed`] for fewer than `SIZE` thresholds, 32 or 64, by halves: they fit words, in which each lane finds its own.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn search<const SIZE: usize>(values: &[Values], thresholds: &[u32], counts: &mut [Values]) {
    // No value is as large as that.
    let mut padded = [u32::MAX; 64];
    padded.iter_mut().zip(thresholds).for_each(|(place, &threshold)| *place = threshold);
    let [a, b, c, d] = bytemuck::cast::<_, [Values; 4]>(padded).map(|values| of(values));
    for (counts, &values) in counts.iter_mut().zip(values) {
        let values = of(values);
        let mut reached = _mm512_setzero_si512();
        let mut upper = 0;
        if SIZE == 64 {
            upper = _mm512_cmple_epu32_mask(_mm512_set1_epi32(padded[31] as i32), values);
            reached = _mm512_maskz_set1_epi32(upper, 32);
        }
        for step in [16, 8, 4, 2, 1] {
            let place = _mm512_add_epi32(reached, _mm512_set1_epi32(step - 1));
            let mut threshold = _mm512_permutex2var_epi32(a, place, b);
            if SIZE == 64 {
                threshold = _mm512_mask_blend_epi32(upper, threshold, _mm512_permutex2var_epi32(c, place, d));
            }
            let has = _mm512_cmple_epu32_mask(threshold, values);
            reached = _mm512_mask_add_epi32(reached, has, reached, _mm512_set1_epi32(step));
        }
        *counts = bytemuck::cast(store(reached));
    }
}

/// Keeps the first hits among these; how many they are.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn keep_first<const PLAIN: bool>(round: &mut TimedRound<'_>, hits: &Batch<'_, &[u16; BATCH]>) -> usize {
    if !PLAIN {
        return round.keep_first::<false>(hits);
    }
    let backwards = of(std::array::from_fn(|lane| 15 - lane as u32));
    let (positions, values) = (hits.positions.as_chunks().0, hits.values.as_chunks::<16>().0);
    let mut n = 0;
    for (nth, (positions, &values)) in positions.iter().zip(values).take(hits.len.div_ceil(16)).enumerate() {
        // What lies beyond the last hit of a scenario may be hit as well: nothing comes after it.
        let mut first = round.ground.hit_all(positions);
        if hits.len < 16 * (nth + 1) {
            first &= !(u16::MAX >> (hits.len % 16));
        }
        let lanes = [_mm512_cvtepu16_epi32(bytemuck::cast(*positions)), of(values)];
        n = keep(round, n, first, lanes.map(|lanes| _mm512_permutexvar_epi32(backwards, lanes)));
    }
    n
}

/// Keeps the names among these whose words are below `top`; how many they are.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn keep_below<const PLAIN: bool>(round: &mut TimedRound<'_>, names: &Batch<'_, usize>, top: u32) -> usize {
    if !PLAIN {
        return round.keep_below::<false>(names, top);
    }
    let lanes: [u32; 16] = std::array::from_fn(|lane| lane as u32);
    let mut positions = _mm512_add_epi32(_mm512_set1_epi32(names.positions as i32), of(lanes));
    let mut n = 0;
    for (nth, &values) in names.values.as_chunks::<16>().0.iter().take(names.len.div_ceil(16)).enumerate() {
        let values = of(values);
        let below_top = _mm512_cmplt_epu32_mask(values, _mm512_set1_epi32(top as i32));
        let is_there = u16::MAX >> (16 * (nth + 1)).saturating_sub(names.len);
        n = keep(round, n, below_top & is_there, [positions, values]);
        positions = _mm512_add_epi32(positions, _mm512_set1_epi32(16));
    }
    n
}

/// Keeps the lanes of positions and values that `which` says, from number `n` on; the number of the next.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
#[inline]
fn keep(round: &mut TimedRound<'_>, n: usize, which: u16, [positions, values]: [Words; 2]) -> usize {
    let Some(kept) = round.kept.positions.get_mut(n..).and_then(|kept| kept.first_chunk_mut::<16>()) else { return n };
    *kept = bytemuck::cast(store(_mm512_maskz_compress_epi32(which, positions)));
    let Some(kept) = round.kept.values.get_mut(n..).and_then(|kept| kept.first_chunk_mut::<16>()) else { return n };
    *kept = bytemuck::cast(store(_mm512_maskz_compress_epi32(which, values)));
    n + which.count_ones() as usize
}

super::kernels::kernels!(#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]);
super::timed_kernels::timed_kernels!(#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]);

#[cfg(test)]
mod tests {
    use super::super::Instructions;
    use super::super::round;

    #[test]
    fn values_reach_as_many_thresholds_as_the_specification_says() {
        if !Instructions::Avx512.are_here() {
            return;
        }
        for n in [0, 1, 15, 16, 17, 31, 32, 33, 39, 47, 48, 63, 64, 65, 479] {
            // Some are equal, as where a period adds nothing.
            let thresholds: Vec<u32> = (0..n).map(|i| (i / 3 * 3 + i % 2) * (u32::MAX / 480)).collect();
            let mut thresholds: Vec<u32> = thresholds.into_iter().map(|threshold| threshold.max(7)).collect();
            thresholds.sort_unstable();
            let near = thresholds.iter().flat_map(|&threshold| [threshold - 1, threshold, threshold + 1]);
            let mut values: Vec<u32> = near.chain([0, 1 << 31, u32::MAX - 1]).collect();
            values.resize(values.len().next_multiple_of(16), 3);
            let values = values.as_chunks().0;
            let (mut found, mut wanted) = (vec![[77; 16]; values.len()], vec![[77; 16]; values.len()]);
            round::passed(values, &thresholds, &mut wanted);
            // SAFETY: the processor has the features.
            unsafe { super::passed(values, &thresholds, &mut found) };
            assert_eq!(found, wanted, "{n} thresholds");
        }
    }
}
