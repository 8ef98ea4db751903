//! Twin of `shaders/words.wgsl`.

use super::mulhi_split::mulhi;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    pub lo: u32,
    pub hi: u32,
}

pub fn multiply(a: i32, b: i32) -> Words {
    let (a_bits, b_bits) = (a as u32, b as u32);
    let off_a = if a < 0 { b_bits } else { 0 };
    let off_b = if b < 0 { a_bits } else { 0 };
    let hi = mulhi(a_bits, b_bits).wrapping_sub(off_a).wrapping_sub(off_b);
    Words { lo: a_bits.wrapping_mul(b_bits), hi }
}

pub fn round_shift(value: Words, shift: u32) -> Words {
    let half = (1 << shift) >> 1;
    let lo = value.lo.wrapping_add(half);
    let hi = value.hi.wrapping_add(u32::from(lo < half));
    let lower = (lo >> shift) | ((hi << 1) << (31 - shift));
    Words { lo: lower, hi: (hi as i32 >> shift) as u32 }
}

pub fn subtract(a: Words, b: Words) -> Words {
    Words { lo: a.lo.wrapping_sub(b.lo), hi: a.hi.wrapping_sub(b.hi).wrapping_sub(u32::from(a.lo < b.lo)) }
}

pub fn clamp_words(value: Words, limit: i32) -> i32 {
    let (low, high) = (value.lo as i32, value.hi as i32);
    if low >> 31 == high {
        return low.clamp(-limit, limit);
    }
    if high < 0 { -limit } else { limit }
}
