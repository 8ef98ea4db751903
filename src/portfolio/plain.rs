//! The fast path from text to number: plain decimals of few digits, rounded once and therefore right.
//!
//! A whole number below 2^53 and a power of ten up to 10^22 are both exact in f64, so that their product or quotient is the
//! f64 nearest to what is written (Clinger 1990, "How to read floating point numbers accurately").

/// Digits that a whole number below 2^53 may have in any case.
const MOST_DIGITS: usize = 15;

/// The powers of ten that are exact in f64 (the last one, 1e22, included).
pub(super) const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// `text` × 10^`shift` as the nearest f64, if `text` consists of 1 to 15 digits with at most one `sign` before its decimals;
/// None for whatever needs a closer look.
pub(super) fn plain_decimal(text: &str, sign: u8, shift: i32) -> Option<f64> {
    let text = text.as_bytes();
    if text.len() > MOST_DIGITS + 1 {
        return None;
    }
    let (mut whole, mut digits, mut decimals) = (0_u64, 0_usize, None);
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            whole = whole * 10 + u64::from(digit);
            digits += 1;
        } else if byte == sign && decimals.is_none() {
            decimals = Some(digits);
        } else {
            return None;
        }
    }
    if digits == 0 || digits > MOST_DIGITS {
        return None;
    }
    let exponent = shift - decimals.map_or(0, |before| (digits - before) as i32);
    let power = POWERS_OF_TEN.get(exponent.unsigned_abs() as usize)?;
    Some(if exponent < 0 { whole as f64 / power } else { whole as f64 * power })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whatever_is_not_plain_is_left_alone() {
        for text in ["", ".", "-1", "+1", "1e3", "1..2", "1,2", " 1", "1 ", "0x1", "nan", "1234567890123456", "½"] {
            assert_eq!(plain_decimal(text, b'.', 0), None, "{text}");
        }
        for (text, value) in
            [("0", 0.0), ("5.", 5.0), (".5", 0.5), ("000", 0.0), ("123456789012345", 123_456_789_012_345.0)]
        {
            assert_eq!(plain_decimal(text, b'.', 0).map(f64::to_bits), Some(f64::to_bits(value)), "{text}");
        }
        assert_eq!(plain_decimal("1,5", b',', 3), Some(1500.0));
        assert_eq!(plain_decimal("7.34", b'.', -2), Some(0.0734));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_099, ..ProptestConfig::default() })]
        #[test]
        fn every_plain_decimal_is_the_nearest_number(text in "[0-9]{0,11}[.]?[0-9]{0,6}", shift in -4..7) {
            if let Some(value) = plain_decimal(&text, b'.', shift) {
                let nearest: f64 = format!("{text}e{shift}").parse().unwrap();
                prop_assert_eq!(value.to_bits(), nearest.to_bits());
            }
        }
    }
}
