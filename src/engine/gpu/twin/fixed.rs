//! Twin of `shaders/fixed.wgsl`.

use super::mulhi_split::mulhi;

pub fn round31(base: u32, factor: u32) -> u32 {
    let product = base.wrapping_mul(factor);
    let lo = product.wrapping_add(1 << 30);
    let hi = mulhi(base, factor) + u32::from(lo < product);
    hi << 1 | lo >> 31
}
