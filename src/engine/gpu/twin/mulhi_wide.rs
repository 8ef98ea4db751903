//! Twin of `shaders/mulhi_wide.wgsl`.

pub fn mulhi(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 32) as u32
}
