// Upper half of a product from four products of 16-bit halves, for devices without 64-bit integers.

fn mulhi(a: u32, b: u32) -> u32 {
    let a_lo = a & 0xFFFFu;
    let a_hi = a >> 16u;
    let b_lo = b & 0xFFFFu;
    let b_hi = b >> 16u;
    // Neither sum wraps: (2^16 - 1)^2 + 2^16 - 1 < 2^32.
    let middle = a_hi * b_lo + ((a_lo * b_lo) >> 16u);
    let crossed = a_lo * b_hi + (middle & 0xFFFFu);
    return a_hi * b_hi + (middle >> 16u) + (crossed >> 16u);
}
