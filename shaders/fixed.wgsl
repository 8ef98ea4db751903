// What a factor leaves of a loss (M32).

// base times factor / 2^31, rounded half up; factor is at most 2^31.
fn round31(base: u32, factor: u32) -> u32 {
    let product = base * factor;
    let lo = product + (1u << 30u);
    let hi = mulhi(base, factor) + select(0u, 1u, lo < product);
    return (hi << 1u) | (lo >> 31u);
}
