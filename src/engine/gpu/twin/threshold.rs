//! Twin of `shaders/threshold.wgsl`.

use super::mulhi_split::mulhi;
use crate::math::grid::POSITION_LIMIT;
use crate::math::threshold::{PIECE_BITS, ThresholdTable};

pub fn threshold(position: i32) -> u32 {
    let knots = ThresholdTable::shared().knots();
    let offset = (position.clamp(-POSITION_LIMIT, POSITION_LIMIT) + POSITION_LIMIT) as u32;
    let index = (offset >> PIECE_BITS) as usize;
    let fraction = (offset & ((1 << PIECE_BITS) - 1)) << (32 - PIECE_BITS);
    let left = knots[index];
    left + mulhi(knots[index + 1] - left, fraction)
}
