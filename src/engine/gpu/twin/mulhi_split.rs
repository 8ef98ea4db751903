//! Twin of `shaders/mulhi_split.wgsl`. Rust's overflow checks prove that neither sum wraps.

pub fn mulhi(a: u32, b: u32) -> u32 {
    let (a_lo, a_hi) = (a & 0xFFFF, a >> 16);
    let (b_lo, b_hi) = (b & 0xFFFF, b >> 16);
    let middle = a_hi * b_lo + ((a_lo * b_lo) >> 16);
    let crossed = a_lo * b_hi + (middle & 0xFFFF);
    a_hi * b_hi + (middle >> 16) + (crossed >> 16)
}
