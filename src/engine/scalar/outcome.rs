//! When an obligor defaults, and what it loses then (M31, M32).

use crate::engine::block::Block;
use crate::engine::job::Address;
use crate::engine::plan::Plan;
use crate::engine::severity::Lookup;
use crate::engine::slots;
use crate::rng::{Purpose, counter, mulhi, philox4x32_10};

/// The value of hit `hit` below `top`, the threshold of the last period: word h mod 4 of Philox block h / 4.
pub fn value(address: Address, hit: u32, top: u32) -> u32 {
    let words = philox4x32_10(counter(Purpose::Outcome, address.scenario, address.block, hit / 4), address.key);
    mulhi(words[hit as usize % 4], top)
}

/// The period, from 0, in which an obligor of that value defaults: how many thresholds but the last do not exceed it.
pub fn period(thresholds: &[u32], value: u32) -> usize {
    thresholds.split_last().map_or(0, |(_, earlier)| earlier.iter().filter(|&&threshold| threshold <= value).count())
}

/// The cell of severities of the obligor at `place` of a block's names, or of the first hit of that number (M45): the upper
/// byte of word mod 4 of Philox block `place` / 4.
pub fn cell(address: Address, place: u32) -> u8 {
    let words = philox4x32_10(counter(Purpose::Severity, address.scenario, address.block, place / 4), address.key);
    (words[place as usize % 4] >> 24) as u8
}

/// What obligor `i` of `block` loses in `period`, units; None when all its loans have matured by then: it does not default.
/// All its losses share the place `at` of the table of severities; a certain default has none and loses all.
pub fn loss(plan: &Plan, block: &Block, i: usize, (period, at): (usize, Option<Lookup>)) -> Option<u64> {
    let obligors = block.obligors as usize;
    let Some(horizon) = plan.horizon() else { return plan.losses_of(block).get(i).map(|&loss| u64::from(loss)) };
    let bases = slots::of_obligor(plan.losses_of(block), obligors, i);
    let profiles = slots::of_obligor(&horizon.profiles()[block.places()], obligors, i);
    let losses = bases.zip(profiles).filter_map(|(base, profile)| {
        let loss = horizon.loss(base, profile, period)?;
        Some(at.map_or(loss, |at| horizon.severed(loss, (profile, period), at)))
    });
    losses.map(u64::from).reduce(|sum, loss| sum + loss)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_counts_the_thresholds_passed() {
        // PD 2 % in a year, rho 0.15, quarterly, Y = −2.
        let thresholds = [109_676_233, 199_181_983, 280_022_504, 354_998_429];
        let at = |word: u32| period(&thresholds, mulhi(word, thresholds[3]));
        assert_eq!([0, 1 << 30, 1 << 31, 3 << 30, u32::MAX].map(at), [0, 0, 1, 2, 3]);
        assert_eq!(period(&[5], u32::MAX), 0, "never beyond the last");
        assert_eq!(period(&[0, 0, 9], 0), 2, "nobody defaults in a period that adds nothing");
    }
}
