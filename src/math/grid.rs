//! The integer grid on which conditional PDs live: the argument of Φ as a Q7.24 number (L1, M5).
//!
//! Rounding x to a grid first makes everything after it a function of an integer: the same on every device, and tables can be
//! tested point by point.

/// Fraction bits of a grid position: 2^24 positions per unit of x.
pub const FRACTION_BITS: u32 = 24;

/// Grid positions per unit of x.
const SCALE: f64 = (1u32 << FRACTION_BITS) as f64;

/// Largest |x| of the grid. Φ(−8.25) = 7.9e-17 is below the smallest uniform, 2^−53 = 1.1e-16.
pub const X_LIMIT: f64 = 8.25;

/// The same as a grid position: positions are −POSITION_LIMIT…POSITION_LIMIT, 276,824,065 of them.
pub const POSITION_LIMIT: i32 = (X_LIMIT * SCALE) as i32;

/// The grid position nearest to `x` (ties to even), clamped to ±[`POSITION_LIMIT`]; NaN becomes the lower limit.
///
/// Adding 1.5 × 2^52 rounds to an integer in the low bits of the significand, without a call and in SIMD words alike.
#[inline]
pub fn position(x: f64) -> i32 {
    const ROUNDER: f64 = 1.5 * (1u64 << 52) as f64;
    #[expect(clippy::manual_clamp, reason = "clamp would keep NaN")]
    let inside = x.max(-X_LIMIT).min(X_LIMIT);
    (inside * SCALE + ROUNDER).to_bits() as u32 as i32
}

/// The x at a grid position, exactly.
#[inline]
pub fn x_at(position: i32) -> f64 {
    f64::from(position) * (1.0 / SCALE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_nearest_and_clamped() {
        assert_eq!(POSITION_LIMIT, 138_412_032);
        for i in 0..34_567 {
            let x = -8.3 + f64::from(i) * 4.803e-4;
            let wanted = (x.clamp(-X_LIMIT, X_LIMIT) * 16_777_216.0).round_ties_even() as i32;
            assert_eq!(position(x), wanted, "{x}");
        }
        assert_eq!(position(0.5 / SCALE), 0);
        assert_eq!(position(1.5 / SCALE), 2);
        assert_eq!(position(-1.5 / SCALE), -2);
        assert_eq!(position(f64::INFINITY), POSITION_LIMIT);
        assert_eq!(position(f64::NEG_INFINITY), -POSITION_LIMIT);
        assert_eq!(position(f64::NAN), -POSITION_LIMIT);
    }

    #[test]
    fn x_at_undoes_position() {
        for p in (-POSITION_LIMIT..=POSITION_LIMIT).step_by(34_567) {
            assert_eq!(position(x_at(p)), p);
        }
    }
}
