// 64-bit signed integers as two words, so that no shader needs SHADER_INT64.

struct Words {
    lo: u32,
    hi: u32,
}

// a times b, exactly.
fn multiply(a: i32, b: i32) -> Words {
    let a_bits = bitcast<u32>(a);
    let b_bits = bitcast<u32>(b);
    // A negative factor stands 2^32 too high: take the other factor off the upper word.
    let hi = mulhi(a_bits, b_bits) - select(0u, b_bits, a < 0) - select(0u, a_bits, b < 0);
    return Words(a_bits * b_bits, hi);
}

// value / 2^shift, rounded half up; shift is 0 to 30.
fn round_shift(value: Words, shift: u32) -> Words {
    let half = (1u << shift) >> 1u;
    let lo = value.lo + half;
    let hi = value.hi + select(0u, 1u, lo < half);
    // Shifted in two steps, because a shift by 32 (for shift 0) is not a shift.
    let lower = (lo >> shift) | ((hi << 1u) << (31u - shift));
    return Words(lower, bitcast<u32>(bitcast<i32>(hi) >> shift));
}

fn subtract(a: Words, b: Words) -> Words {
    return Words(a.lo - b.lo, a.hi - b.hi - select(0u, 1u, a.lo < b.lo));
}

// The value clamped to -limit...limit, limit at least 0.
fn clamp_words(value: Words, limit: i32) -> i32 {
    let low = bitcast<i32>(value.lo);
    let high = bitcast<i32>(value.hi);
    if (low >> 31u) == high {
        return clamp(low, -limit, limit);
    }
    return select(limit, -limit, high < 0);
}
