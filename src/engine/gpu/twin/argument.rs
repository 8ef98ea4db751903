//! Twin of `shaders/argument.wgsl`.

use super::super::interface::Block;
use super::words::{clamp_words, multiply, round_shift, subtract};
use crate::math::grid::{FRACTION_BITS, POSITION_LIMIT};

pub fn argument(block: &Block, mixing: i32, index: i32) -> i32 {
    let level = round_shift(multiply(block.threshold, mixing), block.shift);
    let drift = round_shift(multiply(block.slope, index), FRACTION_BITS);
    clamp_words(subtract(level, drift), POSITION_LIMIT)
}
