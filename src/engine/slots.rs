//! Obligors with several losses, each with a profile of its own: slot k of every obligor of a block, then slot k + 1.
//!
//! Pools have all first slots, then all second ones; blocks are parts of pools, so their values are put in order once,
//! when the plan is laid out. An obligor nearly always has one slot, and nothing moves.

use std::ops::Range;

/// Puts the `values` of a pool of `obligors`, slot by slot, into the order of blocks that hold these parts of it.
pub fn into_blocks<T: Copy>(values: &mut [T], obligors: usize, blocks: &[Range<usize>]) {
    let slots = values.len() / obligors.max(1);
    if slots < 2 || blocks.len() < 2 {
        return;
    }
    let by_pool = values.to_vec();
    let mut places = values.iter_mut();
    for block in blocks {
        for slot in 0..slots {
            let of_block = &by_pool[slot * obligors..][block.clone()];
            of_block.iter().zip(&mut places).for_each(|(&value, place)| *place = value);
        }
    }
}

/// What `values` of a block of `obligors` has for obligor `i`, slot by slot.
pub fn of_obligor<T: Copy>(values: &[T], obligors: usize, i: usize) -> impl Iterator<Item = T> {
    values.iter().skip(i).step_by(obligors.max(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_their_own_slots_one_after_the_other() {
        let mut values: Vec<u32> = (0..3).flat_map(|slot| (0..5).map(move |i| 10 * slot + i)).collect();
        into_blocks(&mut values, 5, &[0..2, 2..5]);
        assert_eq!(values, [0, 1, 10, 11, 20, 21, 2, 3, 4, 12, 13, 14, 22, 23, 24]);
        assert_eq!(of_obligor(&values[6..], 3, 1).collect::<Vec<_>>(), [3, 13, 23]);
        let mut one_slot = [7, 8, 9];
        into_blocks(&mut one_slot, 3, &[0..1, 1..3]);
        assert_eq!(one_slot, [7, 8, 9]);
    }
}
