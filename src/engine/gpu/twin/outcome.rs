//! Twin of `shaders/outcome.wgsl`.

use super::super::interface::{Block, Params};
use super::cumulate::first_threshold;
use super::fixed::round31;
use super::severity::sever;
use super::tests::Memory;
use crate::engine::horizon::MATURED;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    pub loss_lo: u32,
    pub loss_hi: u32,
    pub defaults: u32,
}

pub fn climb(thresholds: &[u32], value: u32, low: usize, step: usize) -> usize {
    let high = low + step;
    if high <= thresholds.len() && thresholds[high - 1] <= value { high } else { low }
}

pub fn period_of(params: &Params, thresholds: &[u32], (player, periods): (u32, u32), value: u32) -> u32 {
    let first = first_threshold(params, player);
    let earlier = &thresholds[first..first + periods as usize - 1];
    let steps = [256, 128, 64, 32, 16, 8, 4, 2, 1];
    steps.into_iter().fold(0, |low, step| climb(earlier, value, low, step)) as u32
}

pub fn outcome(memory: &Memory<'_>, block: &Block, i: u32, (period, severity): (u32, u32)) -> Outcome {
    let mut sum = Outcome::default();
    let n = block.obligors * block.slots;
    for place in (i..n).step_by(block.obligors as usize) {
        let pair = memory.losses[(block.first + n + (place >> 1)) as usize];
        let profile = pair >> (16 * (place & 1)) & 0xFFFF;
        let factor_at = profile * memory.params.periods + period;
        let factor = memory.tables[factor_at as usize];
        if factor != MATURED {
            let loss = round31(memory.losses[(block.first + place) as usize], factor);
            let loss = sever(memory, loss, factor_at, severity);
            let lo = sum.loss_lo.wrapping_add(loss);
            sum = Outcome { loss_lo: lo, loss_hi: sum.loss_hi + u32::from(lo < loss), defaults: 1 };
        }
    }
    sum
}
